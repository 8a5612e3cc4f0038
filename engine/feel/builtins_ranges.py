"""Built-in functions on intervals and points (DMN 1.5, 10.3.4.11, after Allen's interval algebra)."""

from collections.abc import Callable
from typing import Any

from engine.feel.bounds import Account
from engine.feel.builtins_registry import builtin
from engine.feel.values import EQUAL, LESS, Range, compare, contains

Relation = Callable[[Range, Range], bool]


class _NoOrder(Exception):
    """Two ends have no order."""


def _order(left: Any, right: Any) -> int:
    order = compare(left, right)
    if order is None:
        raise _NoOrder
    return order


def _as_range(value: Any) -> Range:
    return value if isinstance(value, Range) else Range(value, value, True, True)


def _decide(relation: Relation, left: Any, right: Any) -> bool | None:
    try:
        return relation(_as_range(left), _as_range(right))
    except _NoOrder:
        return None


def _before(left: Range, right: Range) -> bool:
    order = _order(left.high, right.low)
    return order == LESS or (order == EQUAL and not (left.high_closed and right.low_closed))


def _meets(left: Range, right: Range) -> bool:
    return left.high_closed and right.low_closed and _order(left.high, right.low) == EQUAL


def _starts_first(left: Range, right: Range) -> bool:
    order = _order(left.low, right.low)
    return order == LESS or (order == EQUAL and left.low_closed and not right.low_closed)


def _ends_first(left: Range, right: Range) -> bool:
    order = _order(left.high, right.high)
    return order == LESS or (order == EQUAL and right.high_closed and not left.high_closed)


def _same_start(left: Range, right: Range) -> bool:
    return _order(left.low, right.low) == EQUAL and left.low_closed == right.low_closed


def _same_end(left: Range, right: Range) -> bool:
    return _order(left.high, right.high) == EQUAL and left.high_closed == right.high_closed


def _overlaps(left: Range, right: Range) -> bool:
    return not _before(left, right) and not _before(right, left)


def _includes(left: Range, right: Range) -> bool:
    return not _starts_first(right, left) and not _ends_first(left, right)


def _overlaps_before(left: Range, right: Range) -> bool:
    return _starts_first(left, right) and not _ends_first(right, left) and _overlaps(left, right)


def _starts(left: Range, right: Range) -> bool:
    return _same_start(left, right) and not _ends_first(right, left)


def _finishes(left: Range, right: Range) -> bool:
    return _same_end(left, right) and not _starts_first(left, right)


def _coincides(left: Range, right: Range) -> bool:
    return _same_start(left, right) and _same_end(left, right)


_POINTS = "date|date and time|time|number|string|days and time duration|years and months duration"


@builtin(
    f"before(point1: {_POINTS}, point2: {_POINTS})",
    f"before(point: {_POINTS}, range: range)",
    f"before(range: range, point: {_POINTS})",
    "before(range1: range, range2: range)",
)
def before(_: Account, left: Any, right: Any) -> bool | None:
    """Return whether the first ends before the second starts."""
    return _decide(_before, left, right)


@builtin(
    f"after(point1: {_POINTS}, point2: {_POINTS})",
    f"after(point: {_POINTS}, range: range)",
    f"after(range: range, point: {_POINTS})",
    "after(range1: range, range2: range)",
)
def after(_: Account, left: Any, right: Any) -> bool | None:
    """Return whether the first starts after the second ends."""
    return _decide(_before, right, left)


@builtin("meets(range1: range, range2: range)")
def meets(_: Account, left: Range, right: Range) -> bool | None:
    """Return whether the first ends with the point with which the second starts."""
    return _decide(_meets, left, right)


@builtin("met by(range1: range, range2: range)")
def met_by(_: Account, left: Range, right: Range) -> bool | None:
    """Return whether the first starts with the point with which the second ends."""
    return _decide(_meets, right, left)


@builtin("overlaps(range1: range, range2: range)")
def overlaps(_: Account, left: Range, right: Range) -> bool | None:
    """Return whether two intervals have a point in common."""
    return _decide(_overlaps, left, right)


@builtin("overlaps before(range1: range, range2: range)")
def overlaps_before(_: Account, left: Range, right: Range) -> bool | None:
    """Return whether the first starts earlier and ends within the second, or with it."""
    return _decide(_overlaps_before, left, right)


@builtin("overlaps after(range1: range, range2: range)")
def overlaps_after(_: Account, left: Range, right: Range) -> bool | None:
    """Return whether the second starts earlier and ends within the first, or with it."""
    return _decide(_overlaps_before, right, left)


@builtin(f"finishes(point: {_POINTS}, range: range)", "finishes(range1: range, range2: range)")
def finishes(_: Account, left: Any, right: Range) -> bool | None:
    """Return whether the first ends together with the second and lies within it."""
    return _decide(_finishes, left, right)


@builtin(f"finished by(range: range, point: {_POINTS})", "finished by(range1: range, range2: range)")
def finished_by(_: Account, left: Range, right: Any) -> bool | None:
    """Return whether the second ends together with the first and lies within it."""
    return _decide(_finishes, right, left)


@builtin(f"includes(range: range, point: {_POINTS})", "includes(range1: range, range2: range)")
def includes(_: Account, left: Range, right: Any) -> bool | None:
    """Return whether the second lies within the first."""
    return _decide(_includes, left, right) if isinstance(right, Range) else contains(left, right)


@builtin(f"during(point: {_POINTS}, range: range)", "during(range1: range, range2: range)")
def during(_: Account, left: Any, right: Range) -> bool | None:
    """Return whether the first lies within the second."""
    return _decide(_includes, right, left) if isinstance(left, Range) else contains(right, left)


@builtin(f"starts(point: {_POINTS}, range: range)", "starts(range1: range, range2: range)")
def starts(_: Account, left: Any, right: Range) -> bool | None:
    """Return whether the first starts together with the second and lies within it."""
    return _decide(_starts, left, right)


@builtin(f"started by(range: range, point: {_POINTS})", "started by(range1: range, range2: range)")
def started_by(_: Account, left: Range, right: Any) -> bool | None:
    """Return whether the second starts together with the first and lies within it."""
    return _decide(_starts, right, left)


@builtin(f"coincides(point1: {_POINTS}, point2: {_POINTS})", "coincides(range1: range, range2: range)")
def coincides(_: Account, left: Any, right: Any) -> bool | None:
    """Return whether two points or intervals are the same."""
    return _decide(_coincides, left, right)
