"""Three-valued logic and the comparison operators (DMN 1.5, 10.3.2.5 and 10.3.2.6)."""

from collections.abc import Callable, Iterable
from typing import Any

from engine.feel.values import EQUAL, GREATER, LESS, Range, compare, contains, equal

Comparator = Callable[[Any, Any], bool | None]


def conjunction(values: Iterable[Any]) -> bool | None:
    """Return false if any value is false, true if all are true, else ``None``; stops at the first false."""
    result: bool | None = True
    for value in values:
        if value is False:
            return False
        if value is not True:
            result = None
    return result


def disjunction(values: Iterable[Any]) -> bool | None:
    """Return true if any value is true, false if all are false, else ``None``; stops at the first true."""
    result: bool | None = False
    for value in values:
        if value is True:
            return True
        if value is not False:
            result = None
    return result


def _not_equal(left: Any, right: Any) -> bool | None:
    result = equal(left, right)
    return None if result is None else not result


def _ordered(*wanted: int) -> Comparator:
    def comparator(left: Any, right: Any) -> bool | None:
        order = compare(left, right)
        return None if order is None else order in wanted

    return comparator


COMPARATORS: dict[str, Comparator] = {
    "=": equal,
    "!=": _not_equal,
    "<": _ordered(LESS),
    "<=": _ordered(LESS, EQUAL),
    ">": _ordered(GREATER),
    ">=": _ordered(GREATER, EQUAL),
}


def half_line(comparator: str, end: Any) -> Range | None:
    """Return the values that a comparison such as ``< 5`` holds for, as an interval."""
    if end is None:
        return None
    match comparator:
        case "=":
            return Range(end, end, True, True, comparator)
        case "<" | "<=":
            return Range(None, end, False, comparator == "<=", comparator)
        case ">" | ">=":
            return Range(end, None, comparator == ">=", False, comparator)
        case _:
            return None


def satisfies(value: Any, test: Any) -> bool | None:
    """Return whether a value fits one test value: lies in the interval, is in the list, or equals it."""
    if isinstance(test, Range):
        return equal(value, test) if isinstance(value, Range) else contains(test, value)
    if isinstance(test, list):
        if equal(value, test) is True:
            return True
        return any(
            (
                contains(item, value)
                if isinstance(item, Range) and not isinstance(value, Range)
                else equal(value, item)
            )
            is True
            for item in test
        )
    return equal(value, test)
