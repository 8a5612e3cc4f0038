"""Reads decision tables and compiles their cells."""

from collections.abc import Sequence

from engine.dmn.document import Element, child, children, element_id, text_of
from engine.dmn.errors import DmnError
from engine.dmn.hit_policies import Aggregation, HitPolicy
from engine.dmn.tables import DecisionTable, Input, Output, Rule
from engine.feel.errors import FeelSyntaxError
from engine.feel.expression import Expression, UnaryTests, compile_expression, compile_unary_tests

#: How a model names FEEL as the language of an expression; no name means FEEL, too.
_FEEL = frozenset(
    {
        "",
        "feel",
        "FEEL",
        *(
            f"https://www.omg.org/spec/DMN/{version}/FEEL/"
            for version in ("20191111", "20211108", "20230324")
        ),
    }
)


def expression_in(element: Element, names: frozenset[str]) -> Expression | None:
    """Return the compiled text of an element, ``None`` if it is empty.

    Raises:
        DmnError: the text is not FEEL.
    """
    text = _feel_text(element)
    return None if not text else compiled(text, element, names)


def compiled(text: str, element: Element, names: frozenset[str]) -> Expression:
    """Return a compiled expression that stands in an element.

    Raises:
        DmnError: the text is not an expression.
    """
    try:
        return compile_expression(text, names=names)
    except FeelSyntaxError as error:
        raise _refusal(error, text, element) from error


def _tests_in(element: Element | None, names: frozenset[str]) -> UnaryTests | None:
    text = "" if element is None else _feel_text(element)
    if element is None or text in ("", "-"):
        return None
    try:
        return compile_unary_tests(text, names=names)
    except FeelSyntaxError as error:
        raise _refusal(error, text, element) from error


def _refusal(error: FeelSyntaxError, text: str, element: Element) -> DmnError:
    return DmnError(
        f"Expected a FEEL expression, but got {text!r}: {error.message} at character {error.position + 1}",
        element_id(element),
    )


def _feel_text(element: Element) -> str:
    language = element.get("expressionLanguage", "")
    if language not in _FEEL:
        raise DmnError(f"Expected an expression in FEEL, but got one in {language!r}", element_id(element))
    return text_of(element)


def read_table(table: Element, names: frozenset[str]) -> DecisionTable:
    """Return the compiled form of a ``decisionTable``.

    Raises:
        DmnError: a cell is not FEEL, a row does not fit the columns, or the hit policy cannot be applied.
    """
    inputs = tuple(_read_input(column, names) for column in children(table, "input"))
    outputs = tuple(_read_output(column, names) for column in children(table, "output"))
    rules = tuple(_read_rule(row, len(inputs), len(outputs), names) for row in children(table, "rule"))
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
    return Input(
        id=column.id,
        label=f"{column.label} ({same.index(column) + 1})",
        expression=column.expression,
        allowed=column.allowed,
    )


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


def _read_input(column: Element, names: frozenset[str]) -> Input:
    source = child(column, "inputExpression")
    expression = None if source is None else expression_in(source, names)
    if expression is None:
        raise DmnError("Expected an input with an expression", element_id(column))
    return Input(
        id=element_id(column),
        label=column.get("label") or expression.text,
        expression=expression,
        allowed=_tests_in(child(column, "inputValues"), names),
    )


def _read_output(column: Element, names: frozenset[str]) -> Output:
    default, values = child(column, "defaultOutputEntry"), child(column, "outputValues")
    listed = "" if values is None else _feel_text(values)
    return Output(
        id=element_id(column),
        name=column.get("name") or column.get("label") or "",
        default=None if default is None else expression_in(default, names),
        values=None if values is None or not listed else compiled(f"[{listed}]", values, names),
    )


def _read_rule(row: Element, inputs: int, outputs: int, names: frozenset[str]) -> Rule:
    tests = tuple(_tests_in(cell, names) for cell in children(row, "inputEntry"))
    results = tuple(expression_in(cell, names) for cell in children(row, "outputEntry"))
    if len(tests) != inputs or len(results) != outputs:
        raise DmnError(
            f"Expected a rule of {inputs} inputs and {outputs} outputs, but got {len(tests)} and {len(results)}",
            element_id(row),
        )
    return Rule(id=element_id(row), tests=tests, outputs=results)
