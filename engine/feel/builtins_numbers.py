"""Built-in functions on numbers (DMN 1.5, 10.3.4.5)."""

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)
from typing import Any

from engine.feel.arithmetic import negate
from engine.feel.bounds import Account
from engine.feel.builtins_registry import builtin
from engine.feel.temporal import Span, YearsMonths
from engine.feel.values import NUMBERS, truncated

_MIN_SCALE, _MAX_SCALE = -6111, 6176


def _rounded(value: Decimal, scale: Decimal | None, rounding: str) -> Decimal | None:
    digits = 0 if scale is None else truncated(scale)
    if digits is None or not _MIN_SCALE <= digits <= _MAX_SCALE:
        return None
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= digits:
        return value
    try:
        return NUMBERS.plus(value.quantize(Decimal((0, (1,), -digits)), rounding=rounding, context=NUMBERS))
    except ArithmeticError:
        return None


@builtin("decimal(n: number, scale: number)")
def decimal(_: Account, value: Decimal, scale: Decimal) -> Decimal | None:
    """Round to a number of decimals, halves to even."""
    return _rounded(value, scale, ROUND_HALF_EVEN)


@builtin("floor(n: number)", "floor(n: number, scale: number)")
def floor(_: Account, value: Decimal, scale: Decimal | None = None) -> Decimal | None:
    """Round towards minus infinity."""
    return _rounded(value, scale, ROUND_FLOOR)


@builtin("ceiling(n: number)", "ceiling(n: number, scale: number)")
def ceiling(_: Account, value: Decimal, scale: Decimal | None = None) -> Decimal | None:
    """Round towards infinity."""
    return _rounded(value, scale, ROUND_CEILING)


@builtin("round up(n: number, scale: number)")
def round_up(_: Account, value: Decimal, scale: Decimal) -> Decimal | None:
    """Round away from zero."""
    return _rounded(value, scale, ROUND_UP)


@builtin("round down(n: number, scale: number)")
def round_down(_: Account, value: Decimal, scale: Decimal) -> Decimal | None:
    """Round towards zero."""
    return _rounded(value, scale, ROUND_DOWN)


@builtin("round half up(n: number, scale: number)")
def round_half_up(_: Account, value: Decimal, scale: Decimal) -> Decimal | None:
    """Round to the nearest, halves away from zero."""
    return _rounded(value, scale, ROUND_HALF_UP)


@builtin("round half down(n: number, scale: number)")
def round_half_down(_: Account, value: Decimal, scale: Decimal) -> Decimal | None:
    """Round to the nearest, halves towards zero."""
    return _rounded(value, scale, ROUND_HALF_DOWN)


@builtin("abs(n: number|days and time duration|years and months duration)")
def abs_(_: Account, value: Any) -> Any:
    """Return a number or duration without its sign."""
    zero: Any = YearsMonths(0) if isinstance(value, YearsMonths) else Span(0)
    if isinstance(value, Decimal):
        return value.copy_abs()
    return negate(value) if value < zero else value


@builtin("modulo(dividend: number, divisor: number)")
def modulo(_: Account, dividend: Decimal, divisor: Decimal) -> Decimal | None:
    """Return ``dividend - divisor * floor(dividend / divisor)``, which has the sign of the divisor."""
    try:
        rest = NUMBERS.remainder(dividend, divisor)
        return NUMBERS.add(rest, divisor) if rest and (rest < 0) != (divisor < 0) else rest
    except ArithmeticError:
        return None


@builtin("sqrt(number: number)")
def sqrt(_: Account, value: Decimal) -> Decimal | None:
    """Return the square root; of a negative number it is ``null``."""
    return NUMBERS.sqrt(value) if value >= 0 else None


@builtin("log(number: number)")
def log(_: Account, value: Decimal) -> Decimal | None:
    """Return the natural logarithm; of a number that is not positive it is ``null``."""
    return NUMBERS.ln(value) if value > 0 else None


@builtin("exp(number: number)")
def exp(_: Account, value: Decimal) -> Decimal | None:
    """Return e to the power of a number."""
    try:
        return NUMBERS.exp(value)
    except ArithmeticError:
        return None


def _last_digit(value: Decimal) -> int:
    """Return the last digit of a whole number before the point."""
    _, digits, exponent = value.normalize(NUMBERS).as_tuple()
    return digits[-1] if exponent == 0 else 0


@builtin("odd(number: number)")
def odd(_: Account, value: Decimal) -> bool | None:
    """Return whether a whole number is odd; a fraction gives ``null``."""
    return None if value != value.to_integral_value() else _last_digit(value) % 2 == 1


@builtin("even(number: number)")
def even(_: Account, value: Decimal) -> bool | None:
    """Return whether a whole number is even; a fraction gives ``null``."""
    return None if value != value.to_integral_value() else _last_digit(value) % 2 == 0
