"""What a decision gave, and why: the inputs, rules and outputs of every table on the way, as JSON."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.dmn.tables import TableOutcome
from engine.feel.json_values import to_json


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleResult:
    """A rule that counted.

    Attributes:
        number: its number from 1.
        outputs: its outputs by the names of their columns.
        annotations: what the author noted beside it.
    """

    number: int
    id: str | None
    outputs: dict[str, Any]
    annotations: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the rule as JSON."""
        return {
            "number": self.number,
            "id": self.id,
            "outputs": self.outputs,
            "annotations": list(self.annotations),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class TableResult:
    """A decision table that was run within a decision, in a function or a boxed expression."""

    table_id: str | None
    inputs: dict[str, Any]
    rules: tuple[RuleResult, ...]
    result: Any

    def to_json(self) -> dict[str, Any]:
        """Return the table's run as JSON."""
        return {
            "table_id": self.table_id,
            "inputs": self.inputs,
            "rules": [rule.to_json() for rule in self.rules],
            "result": self.result,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionResult:
    """What a decision gave, and why.

    Attributes:
        inputs: of a decision table, the values of the input columns by their labels; of another decision, those of
            the input data and decisions that it requires, by name.
        rules: the rules that counted, in the order of the result; empty unless a decision table decided.
        result: one output as its JSON value, several as a dict by output name; collected ones in a list.
        within: the tables that were run in functions and boxed expressions, in the order of their runs.
        required: the results of the required decisions.
    """

    decision_id: str
    decision_name: str
    inputs: dict[str, Any]
    rules: tuple[RuleResult, ...]
    result: Any
    within: tuple[TableResult, ...]
    required: tuple["DecisionResult", ...]

    @property
    def matched_rules(self) -> tuple[int, ...]:
        """The numbers, from 1, of the rules that counted, in the order of the result."""
        return tuple(rule.number for rule in self.rules)

    def walk(self) -> Iterator["DecisionResult"]:
        """Yield every decision on the way once, required ones first and this one last."""
        seen: set[str] = set()
        for result in self._walk():
            if result.decision_id not in seen:
                seen.add(result.decision_id)
                yield result

    def _walk(self) -> Iterator["DecisionResult"]:
        for required in self.required:
            yield from required._walk()
        yield self

    def to_json(self) -> dict[str, Any]:
        """Return the decision without those that it requires as JSON."""
        return {
            "decision_id": self.decision_id,
            "decision_name": self.decision_name,
            "inputs": self.inputs,
            "matched_rules": list(self.matched_rules),
            "rules": [rule.to_json() for rule in self.rules],
            "result": self.result,
            "within": [table.to_json() for table in self.within],
        }


def decision_result(
    identifier: str,
    name: str,
    *,
    outcome: TableOutcome | None,
    inputs: Mapping[str, Any],
    value: Any,
    within: Sequence[TableOutcome],
    required: Sequence[DecisionResult],
) -> DecisionResult:
    """Return the result of a decision from FEEL values.

    Args:
        outcome: that of its decision table, if it has one.
        inputs: the values that it requires, by name.

    Raises:
        TooLarge: a number lies beyond those of JSON.
    """
    return DecisionResult(
        decision_id=identifier,
        decision_name=name,
        inputs=to_json(dict(inputs) if outcome is None else outcome.inputs),
        rules=() if outcome is None else _rules(outcome),
        result=to_json(value),
        within=tuple(_table(table) for table in within),
        required=tuple(required),
    )


def _table(outcome: TableOutcome) -> TableResult:
    return TableResult(
        table_id=outcome.table_id,
        inputs=to_json(outcome.inputs),
        rules=_rules(outcome),
        result=to_json(outcome.value),
    )


def _rules(outcome: TableOutcome) -> tuple[RuleResult, ...]:
    return tuple(
        RuleResult(
            number=rule.number, id=rule.id, outputs=to_json(rule.outputs), annotations=rule.annotations
        )
        for rule in outcome.rules
    )
