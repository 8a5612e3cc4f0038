"""The arithmetic operators (DMN 1.5, 10.3.2.5); what they are not defined for is ``null``."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Any

from engine.feel.temporal import YearsMonths, add_months, add_span, difference
from engine.feel.values import NUMBERS

Operator = Callable[[Any, Any], Any]


def add(left: Any, right: Any) -> Any:
    """Add numbers or durations, join texts, or move a date or time by a duration."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return _number(NUMBERS.add, left, right)
    if isinstance(left, str) and isinstance(right, str):
        return left + right
    if isinstance(left, YearsMonths) and isinstance(right, YearsMonths):
        return YearsMonths(left.months + right.months)
    if isinstance(left, timedelta) and isinstance(right, timedelta):
        return _span(lambda: left + right)
    if isinstance(left, (date, time)):
        return _moved(left, right)
    if isinstance(right, (date, time)):
        return _moved(right, left)
    return None


def subtract(left: Any, right: Any) -> Any:
    """Subtract numbers or durations, move a date back by a duration, or measure between two dates."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return _number(NUMBERS.subtract, left, right)
    if isinstance(left, (date, time)) and isinstance(right, (date, time)):
        return difference(left, right)
    if isinstance(right, YearsMonths):
        return add(left, YearsMonths(-right.months)) if isinstance(left, (YearsMonths, date)) else None
    if isinstance(right, timedelta):
        return add(left, -right) if isinstance(left, (timedelta, date, time)) else None
    return None


def multiply(left: Any, right: Any) -> Any:
    """Multiply numbers, or a duration by a number."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return _number(NUMBERS.multiply, left, right)
    if isinstance(left, Decimal):
        left, right = right, left
    if not isinstance(right, Decimal):
        return None
    return _scaled(left, right, NUMBERS.multiply)


def divide(left: Any, right: Any) -> Any:
    """Divide numbers, durations of the same kind, or a duration by a number; by zero it is ``null``."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return _number(NUMBERS.divide, left, right)
    if isinstance(right, Decimal):
        return _scaled(left, right, NUMBERS.divide)
    if isinstance(left, YearsMonths) and isinstance(right, YearsMonths):
        return _number(NUMBERS.divide, Decimal(left.months), Decimal(right.months))
    if isinstance(left, timedelta) and isinstance(right, timedelta):
        return _number(NUMBERS.divide, Decimal(_micro(left)), Decimal(_micro(right)))
    return None


def power(left: Any, right: Any) -> Any:
    """Raise a number to a power."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return _number(NUMBERS.power, left, right)
    return None


def negate(value: Any) -> Any:
    """Return the opposite of a number or duration."""
    if isinstance(value, Decimal):
        return value.copy_negate() if value else value
    if isinstance(value, YearsMonths):
        return YearsMonths(-value.months)
    if isinstance(value, timedelta):
        return _span(lambda: -value)
    return None


def _number(
    operation: Callable[[Decimal, Decimal], Decimal], left: Decimal, right: Decimal
) -> Decimal | None:
    try:
        return operation(left, right)
    except ArithmeticError:
        return None


def _moved(value: date | time, by: Any) -> date | time | None:
    if isinstance(by, timedelta):
        return add_span(value, by)
    if isinstance(by, YearsMonths) and isinstance(value, (date, datetime)):
        return add_months(value, by.months)
    return None


def _scaled(duration: Any, by: Decimal, operation: Callable[[Decimal, Decimal], Decimal]) -> Any:
    amount: int
    if isinstance(duration, YearsMonths):
        amount = duration.months
    elif isinstance(duration, timedelta):
        amount = _micro(duration)
    else:
        return None
    result = _number(operation, Decimal(amount), by)
    if result is None or result.adjusted() > 20:
        return None
    whole = int(result.to_integral_value(rounding=ROUND_DOWN))
    return (
        YearsMonths(whole)
        if isinstance(duration, YearsMonths)
        else _span(lambda: timedelta(microseconds=whole))
    )


def _span(make: Callable[[], timedelta]) -> timedelta | None:
    try:
        return make()
    except OverflowError:
        return None


def _micro(value: timedelta) -> int:
    return value // timedelta(microseconds=1)
