"""Decision tables: which rules match, and what the table gives."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine.dmn.errors import DmnError
from engine.dmn.hit_policies import Aggregation, HitPolicy, Outputs, chosen
from engine.dmn.item_types import ItemType
from engine.feel.errors import FeelError
from engine.feel.expression import Expression, UnaryTests
from engine.feel.scope import Scope

#: Outcomes of tables within one evaluation that are kept for its result.
_MAX_NOTED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A column that is tested."""

    id: str | None
    label: str
    expression: Expression
    type: ItemType
    #: Values that may occur, ``None`` for all.
    allowed: UnaryTests | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """A column that is given."""

    id: str | None
    name: str
    type: ItemType
    #: What the column gives if no rule matches.
    default: Expression | None
    #: The possible values as a list, by falling importance.
    values: Expression | None
    #: The same as a test, ``None`` if all values are possible.
    allowed: UnaryTests | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A row; a test that is ``None`` always passes, an output that is ``None`` is ``null``."""

    id: str | None
    tests: tuple[UnaryTests | None, ...]
    outputs: tuple[Expression | None, ...]
    #: What the author noted beside the rule.
    annotations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedRule:
    """A rule that counted: its number from 1, and its outputs in FEEL values by the names of their columns."""

    number: int
    id: str | None
    outputs: dict[str, Any]
    annotations: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableOutcome:
    """What a table gave for one set of inputs, in FEEL values.

    Attributes:
        table_id: the id of the table, ``None`` if no table decided.
        inputs: the values of the input columns by their labels.
        rules: the rules that counted, in the order of the result.
    """

    table_id: str | None
    inputs: dict[str, Any]
    rules: tuple[MatchedRule, ...]
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionTable:
    """A compiled decision table."""

    id: str | None
    policy: HitPolicy
    aggregation: Aggregation | None
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]

    def evaluate(self, scope: Scope) -> TableOutcome:
        """Return what the table gives in a scope, and note it down in the account.

        Raises:
            DmnError: the hit policy is violated, a rule gives a value that is not allowed, or an evaluation passed
                one of its bounds.
        """
        values = [
            column.type.taken(
                _evaluated(column.expression, scope, column.id), scope, f"column {column.label!r}", column.id
            )
            for column in self.inputs
        ]
        matches: list[tuple[int, Outputs]] = []
        if self._allows(values, scope):
            for number, rule in enumerate(self.rules, start=1):
                if self._matches(rule, values, scope):
                    matches.append((number, self._outputs(rule, scope)))
                    if self.policy is HitPolicy.FIRST:
                        break
        counted = chosen(self.policy, matches, self._priorities(scope), self.id)
        outcome = TableOutcome(
            table_id=self.id,
            inputs={column.label: value for column, value in zip(self.inputs, values, strict=True)},
            rules=tuple(self._matched(number, outputs) for number, outputs in counted),
            value=self._result([outputs for _, outputs in counted], scope),
        )
        if len(scope.account.noted) < _MAX_NOTED:
            scope.account.noted.append(outcome)
        return outcome

    def _allows(self, values: Sequence[Any], scope: Scope) -> bool:
        return all(
            column.allowed is None or value is None or _passes(column.allowed, value, scope, column.id)
            for column, value in zip(self.inputs, values, strict=True)
        )

    def _matches(self, rule: Rule, values: Sequence[Any], scope: Scope) -> bool:
        try:
            for test, value in zip(rule.tests, values, strict=True):
                if test is not None and not test.matches_within(value, scope):
                    return False
        except FeelError as error:
            raise DmnError(error.message, rule.id) from error
        return True

    def _matched(self, number: int, outputs: Outputs) -> MatchedRule:
        rule = self.rules[number - 1]
        names = [column.name or f"output {place}" for place, column in enumerate(self.outputs, start=1)]
        return MatchedRule(
            number=number,
            id=rule.id,
            outputs=dict(zip(names, outputs, strict=True)),
            annotations=rule.annotations,
        )

    def _outputs(self, rule: Rule, scope: Scope) -> Outputs:
        return tuple(
            None if output is None else self._output(column, output, scope, rule.id)
            for column, output in zip(self.outputs, rule.outputs, strict=True)
        )

    def _output(self, column: Output, output: Expression, scope: Scope, element_id: str | None) -> Any:
        value = column.type.coerce(_evaluated(output, scope, element_id), scope)
        if column.allowed is not None and value is not None:
            for item in value if isinstance(value, list) else [value]:
                if not _passes(column.allowed, item, scope, column.id):
                    raise DmnError(f"Expected one of {column.allowed.text}, but got {item!r}", element_id)
        return value

    def _priorities(self, scope: Scope) -> list[list[Any]]:
        if not self.policy.needs_priorities:
            return []
        return [
            [] if column.values is None else _evaluated(column.values, scope, column.id)
            for column in self.outputs
        ]

    def _result(self, rows: list[Outputs], scope: Scope) -> Any:
        if not rows and any(column.default is not None for column in self.outputs):
            rows = [
                tuple(
                    None
                    if column.default is None
                    else column.type.coerce(_evaluated(column.default, scope, column.id), scope)
                    for column in self.outputs
                )
            ]
        results = [self._row(row) for row in rows]
        if self.aggregation is not None:
            return self.aggregation.apply(results, scope.account)
        if self.policy.is_multiple:
            return results
        return results[0] if results else None

    def _row(self, outputs: Outputs) -> Any:
        if len(self.outputs) == 1:
            return outputs[0]
        return {column.name: value for column, value in zip(self.outputs, outputs, strict=True)}


def _evaluated(expression: Expression, scope: Scope, element_id: str | None) -> Any:
    try:
        return expression.evaluate_within(scope)
    except FeelError as error:
        raise DmnError(error.message, element_id) from error


def _passes(tests: UnaryTests, value: Any, scope: Scope, element_id: str | None) -> bool:
    try:
        return tests.matches_within(value, scope)
    except FeelError as error:
        raise DmnError(error.message, element_id) from error
