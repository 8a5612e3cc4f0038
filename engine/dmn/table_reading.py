"""Reads decision tables and compiles their cells."""

from collections.abc import Sequence
from dataclasses import replace

from engine.dmn.document import Element, child, children, element_id, text_of
from engine.dmn.errors import DmnError
from engine.dmn.hit_policies import Aggregation, HitPolicy
from engine.dmn.item_types import ItemTypes
from engine.dmn.language import Language, feel_text
from engine.dmn.tables import DecisionTable, Input, Output, Rule


def read_table(table: Element, language: Language, types: ItemTypes) -> DecisionTable:
    """Return the compiled form of a ``decisionTable``.

    Raises:
        DmnError: a cell is not FEEL, a row does not fit the columns, or the hit policy cannot be applied.
    """
    inputs = tuple(_read_input(column, language, types) for column in children(table, "input"))
    outputs = tuple(_read_output(column, language, types) for column in children(table, "output"))
    rules = tuple(_read_rule(row, len(inputs), len(outputs), language) for row in children(table, "rule"))
    policy, aggregation = _read_policy(table, outputs)
    if len({column.label for column in inputs}) < len(inputs):
        inputs = tuple(_told_apart(column, inputs) for column in inputs)
    return DecisionTable(
        id=element_id(table),
        policy=policy,
        aggregation=aggregation,
        inputs=inputs,
        outputs=outputs,
        rules=rules,
    )


def _told_apart(column: Input, columns: Sequence[Input]) -> Input:
    same = [other for other in columns if other.label == column.label]
    if len(same) == 1:
        return column
    return replace(column, label=f"{column.label} ({same.index(column) + 1})")


def _read_policy(table: Element, outputs: Sequence[Output]) -> tuple[HitPolicy, Aggregation | None]:
    identifier = element_id(table)
    try:
        policy = HitPolicy(table.get("hitPolicy", "UNIQUE"))
        aggregation = Aggregation(table.get("aggregation", "")) if table.get("aggregation") else None
    except ValueError as error:
        raise DmnError(f"Expected a hit policy of DMN, but {error}", identifier) from error
    if not outputs:
        raise DmnError("Expected a decision table with an output", identifier)
    if aggregation is not None and (policy is not HitPolicy.COLLECT or len(outputs) > 1):
        raise DmnError("Expected an aggregation only of collected values of one output", identifier)
    if policy.needs_priorities and all(column.values is None for column in outputs):
        raise DmnError(f"Expected hit policy {policy} with output values by importance", identifier)
    return policy, aggregation


def _read_input(column: Element, language: Language, types: ItemTypes) -> Input:
    source = child(column, "inputExpression")
    expression = language.expression_in(source)
    if expression is None:
        raise DmnError("Expected an input with an expression", element_id(column))
    return Input(
        id=element_id(column),
        label=column.get("label") or expression.text,
        expression=expression,
        type=types.of(source),
        allowed=language.tests_in(child(column, "inputValues")),
    )


def _read_output(column: Element, language: Language, types: ItemTypes) -> Output:
    values = child(column, "outputValues")
    listed = "" if values is None else feel_text(values)
    return Output(
        id=element_id(column),
        name=column.get("name") or column.get("label") or "",
        type=types.of(column),
        default=language.expression_in(child(column, "defaultOutputEntry")),
        values=None if values is None or not listed else language.compiled(f"[{listed}]", values),
        allowed=language.tests_in(values),
    )


def _read_rule(row: Element, inputs: int, outputs: int, language: Language) -> Rule:
    tests = tuple(language.tests_in(cell) for cell in children(row, "inputEntry"))
    results = tuple(language.expression_in(cell) for cell in children(row, "outputEntry"))
    if len(tests) != inputs or len(results) != outputs:
        raise DmnError(
            f"Expected a rule of {inputs} inputs and {outputs} outputs, but got {len(tests)} and {len(results)}",
            element_id(row),
        )
    description = child(row, "description")
    notes = [(description.text or "") if description is not None else ""]
    notes += [text_of(entry) for entry in children(row, "annotationEntry")]
    return Rule(
        id=element_id(row),
        tests=tests,
        outputs=results,
        annotations=tuple(filter(None, map(str.strip, notes))),
    )
