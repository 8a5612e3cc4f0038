"""The values of FEEL: which types there are, and when two values are equal or ordered.

``None`` stands for ``null`` and for every result that the specification calls an error.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any

from engine.feel.bounds import Account
from engine.feel.temporal import Date, DateTime, Span, Time, YearsMonths

#: Numbers are IEEE 754-2008 decimal128: 34 digits, rounded half to even.
NUMBERS = Context(prec=34, Emin=-6143, Emax=6144, traps=[InvalidOperation, DivisionByZero, Overflow])

LESS, EQUAL, GREATER = -1, 0, 1


@dataclass(frozen=True, slots=True)
class Range:
    """An interval.

    Attributes:
        comparator: the sign of an interval that was written as a comparison, such as ``< 5``; it reaches to
            infinity on its other side. An end that is ``null`` without such a sign makes membership ``null``.
    """

    low: Any
    high: Any
    low_closed: bool
    high_closed: bool
    comparator: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """Something that can be called: a built-in or a function definition.

    Attributes:
        parameters: the accepted lists of parameter names; more than one if the function is overloaded.
        call: receives the account of the evaluation and the arguments by position.
        overloads: one function for each list of parameter names, where there are several.
        signature: the types of parameters and result as a function definition states them, in ``types.py``.
    """

    name: str
    parameters: tuple[tuple[str, ...], ...]
    call: Callable[[Account, Sequence[Any]], Any]
    overloads: tuple["Function", ...] = ()
    signature: Any = None


_TYPE_NAMES: dict[type, str] = {
    type(None): "Null",
    bool: "boolean",
    Decimal: "number",
    str: "string",
    list: "list",
    dict: "context",
    DateTime: "date and time",
    Date: "date",
    Time: "time",
    Span: "days and time duration",
    YearsMonths: "years and months duration",
    Range: "range",
    Function: "function",
}


def type_name(value: Any) -> str:
    """Return the FEEL name of the type of a value; ``null`` has the type ``Null``."""
    name = _TYPE_NAMES.get(type(value))
    if name is not None:
        return name
    for kind, name in _TYPE_NAMES.items():
        if isinstance(value, kind):
            return name
    raise TypeError(f"Expected a FEEL value, but got {type(value).__name__}")


#: Types whose values Python compares as FEEL does.
_PLAIN = frozenset({Decimal, str, bool, Date})


def equal(left: Any, right: Any) -> bool | None:
    """Return whether two values are equal; values of different types cannot be compared (``None``).

    ``null`` equals only ``null``. A date and time equals another if both denote the same instant; with a zone
    and without are different.
    """
    if type(left) is type(right) and type(left) in _PLAIN:
        return bool(left == right)
    if left is None or right is None:
        return left is right
    kind = type_name(left)
    if kind != type_name(right):
        return None
    if kind == "list":
        return len(left) == len(right) and _all_equal(zip(left, right, strict=True))
    if kind == "context":
        return left.keys() == right.keys() and _all_equal((left[key], right[key]) for key in left)
    if kind == "range":
        signs = [(one.low_closed, one.high_closed, one.comparator) for one in (left, right)]
        return signs[0] == signs[1] and _all_equal(((left.low, right.low), (left.high, right.high)))
    if kind == "function":
        return left is right
    if kind in ("date and time", "time"):
        return _equal_on_clock(left, right)
    return bool(left == right)


def _all_equal(pairs: Any) -> bool:
    return all(equal(left, right) is True for left, right in pairs)


def _equal_on_clock(left: Any, right: Any) -> bool:
    if (left.zone is None) != (right.zone is None):
        return False
    return compare(left, right) == EQUAL


def compare(left: Any, right: Any) -> int | None:
    """Return ``LESS``, ``EQUAL`` or ``GREATER``; ``None`` for values that have no common order."""
    if type(left) is Decimal and type(right) is Decimal:
        return (left > right) - (left < right)
    if left is None or right is None:
        return None
    kind = type_name(left)
    if kind != type_name(right) or kind not in _ORDERED:
        return None
    if kind in ("date and time", "time"):
        if (left.zone is None) != (right.zone is None):
            return None
        left, right = _on_time_line(left), _on_time_line(right)
    return int(left > right) - int(left < right)


_ORDERED = frozenset(
    {
        "number",
        "string",
        "date",
        "time",
        "date and time",
        "days and time duration",
        "years and months duration",
    }
)


def _on_time_line(value: Time | DateTime) -> int:
    return value.on_time_line if isinstance(value, DateTime) else value.since_midnight_utc


def contains(interval: Range, value: Any) -> bool | None:
    """Return whether ``value`` lies within the interval; ``None`` if it cannot be compared to the ends."""
    if value is None:
        return None
    if not interval.comparator and (interval.low is None or interval.high is None):
        return None
    if interval.low is not None:
        order = compare(interval.low, value)
        if order is None:
            return None
        if order == GREATER or (order == EQUAL and not interval.low_closed):
            return False
    if interval.high is not None:
        order = compare(value, interval.high)
        if order is None:
            return None
        if order == GREATER or (order == EQUAL and not interval.high_closed):
            return False
    return True


def singleton(value: Any) -> Any:
    """Return the only item of a list of one, else the value itself."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def as_list(value: Any) -> list[Any]:
    """Return a list as it is, and any other value, also ``null``, as a list of one."""
    return value if isinstance(value, list) else [value]


def number_from(digits: str | int) -> Decimal | None:
    """Return the number that decimal digits denote, rounded to 34 digits; one beyond decimal128 is ``None``."""
    try:
        return NUMBERS.create_decimal(digits)
    except ArithmeticError:
        return None


def truncated(value: Decimal) -> int | None:
    """Return a number without its fraction as an ``int``; one beyond 10^18 is ``None``."""
    return int(value) if value.adjusted() <= 18 else None


def as_int(value: Any) -> int | None:
    """Return a whole number as an ``int``; a fraction or another type is ``None``."""
    if not isinstance(value, Decimal) or not value.is_finite() or value.adjusted() > 18:
        return None
    whole = int(value)
    return whole if whole == value else None


Variables = Mapping[str, Any]
