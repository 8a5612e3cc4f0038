"""Decision tables: which rules match, and what the table gives."""

from dataclasses import dataclass
from typing import Any

from engine.dmn.errors import DmnError
from engine.dmn.hit_policies import Aggregation, HitPolicy, Outputs, chosen
from engine.feel.errors import FeelError
from engine.feel.expression import Expression, UnaryTests
from engine.feel.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A column that is tested."""

    id: str | None
    label: str
    expression: Expression
    #: Values that may occur, ``None`` for all.
    allowed: UnaryTests | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """A column that is given."""

    id: str | None
    name: str
    #: What the column gives if no rule matches.
    default: Expression | None
    #: The possible values as a list, by falling importance.
    values: Expression | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A row; a test that is ``None`` always passes, an output that is ``None`` is ``null``."""

    id: str | None
    tests: tuple[UnaryTests | None, ...]
    outputs: tuple[Expression | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableOutcome:
    """What a table gave for one set of inputs, in FEEL values."""

    inputs: dict[str, Any]
    matched_rules: tuple[int, ...]
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
        """Return what the table gives in a scope.

        Raises:
            DmnError: the hit policy is violated, or an evaluation passed one of its bounds.
        """
        values = [_evaluated(column.expression, scope, column.id) for column in self.inputs]
        matches: list[tuple[int, Outputs]] = []
        if self._allows(values, scope):
            for number, rule in enumerate(self.rules, start=1):
                if self._matches(rule, values, scope):
                    matches.append((number, self._outputs(rule, scope)))
                    if self.policy is HitPolicy.FIRST:
                        break
        counted = chosen(self.policy, matches, self._priorities(scope), self.id)
        return TableOutcome(
            inputs={column.label: value for column, value in zip(self.inputs, values, strict=True)},
            matched_rules=tuple(number for number, _ in counted),
            value=self._result([outputs for _, outputs in counted], scope),
        )

    def _allows(self, values: list[Any], scope: Scope) -> bool:
        return all(
            column.allowed is None or value is None or _passes(column.allowed, value, scope, column.id)
            for column, value in zip(self.inputs, values, strict=True)
        )

    def _matches(self, rule: Rule, values: list[Any], scope: Scope) -> bool:
        return all(
            test is None or _passes(test, value, scope, rule.id)
            for test, value in zip(rule.tests, values, strict=True)
        )

    def _outputs(self, rule: Rule, scope: Scope) -> Outputs:
        return tuple(
            None if output is None else _evaluated(output, scope, rule.id) for output in rule.outputs
        )

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
                    None if column.default is None else _evaluated(column.default, scope, column.id)
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
