"""What a decision table gives when several rules match, or none (DMN 1.5, 8.2.10)."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, assert_never

from engine.dmn.errors import DmnError
from engine.feel.bounds import Account
from engine.feel.builtins_registry import BUILTINS
from engine.feel.logic import satisfies
from engine.feel.values import equal

#: The outputs of one rule, in the order of the columns.
Outputs = tuple[Any, ...]


class HitPolicy(StrEnum):
    """How the matching rules are combined."""

    #: Exactly one rule may match.
    UNIQUE = "UNIQUE"
    #: The first matching rule counts.
    FIRST = "FIRST"
    #: All matching rules give the same.
    ANY = "ANY"
    #: The matching rule with the most important output counts.
    PRIORITY = "PRIORITY"
    #: All matching rules count, in any order; they may be aggregated.
    COLLECT = "COLLECT"
    #: All matching rules count, in the order of the table.
    RULE_ORDER = "RULE ORDER"
    #: All matching rules count, the most important outputs first.
    OUTPUT_ORDER = "OUTPUT ORDER"

    @property
    def is_multiple(self) -> bool:
        """Whether the result is a list."""
        return self in (HitPolicy.COLLECT, HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER)

    @property
    def needs_priorities(self) -> bool:
        """Whether the outputs must be listed by importance."""
        return self in (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER)


class Aggregation(StrEnum):
    """How collected outputs become one value."""

    SUM = "SUM"
    MIN = "MIN"
    MAX = "MAX"
    COUNT = "COUNT"

    def apply(self, values: list[Any], account: Account) -> Any:
        """Return the one value; of no values it is ``null``, except their count."""
        return BUILTINS[self.value.lower()].call(account, [values])


def chosen(
    policy: HitPolicy,
    matches: Sequence[tuple[int, Outputs]],
    priorities: Sequence[Sequence[Any]],
    table_id: str | None,
) -> list[tuple[int, Outputs]]:
    """Return the rules that count, in the order of the result.

    Args:
        matches: the matching rules: number from 1 and outputs, in the order of the table.
        priorities: for each output, its possible values by falling importance.

    Raises:
        DmnError: several rules match where one may, or give different outputs where they may not.
    """
    match policy:
        case HitPolicy.UNIQUE:
            if len(matches) > 1:
                raise DmnError(f"Expected one rule to match, but {_numbers(matches)} do", table_id)
            return list(matches)
        case HitPolicy.ANY:
            first = list(matches[:1])
            if any(not _same(outputs, first[0][1]) for _, outputs in matches):
                raise DmnError(
                    f"Expected rules {_numbers(matches)} to give the same, but they differ", table_id
                )
            return first
        case HitPolicy.FIRST:
            return list(matches[:1])
        case HitPolicy.PRIORITY:
            return sorted(matches, key=lambda match: _rank(match[1], priorities))[:1]
        case HitPolicy.OUTPUT_ORDER:
            return sorted(matches, key=lambda match: _rank(match[1], priorities))
        case HitPolicy.COLLECT | HitPolicy.RULE_ORDER:
            return list(matches)
        case _:
            assert_never(policy)


def _numbers(matches: Sequence[tuple[int, Outputs]]) -> str:
    return ", ".join(str(number) for number, _ in matches)


def _same(left: Outputs, right: Outputs) -> bool:
    return all(equal(first, second) is True for first, second in zip(left, right, strict=True))


def _rank(outputs: Outputs, priorities: Sequence[Sequence[Any]]) -> tuple[int, ...]:
    return tuple(
        next((rank for rank, value in enumerate(values) if satisfies(output, value) is True), len(values))
        for output, values in zip(outputs, priorities, strict=True)
    )
