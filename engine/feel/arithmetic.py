"""The arithmetic operators (DMN 1.5, 10.3.2.5); what they are not defined for is ``null``."""

from collections.abc import Callable
from decimal import ROUND_DOWN, Decimal
from typing import Any

from engine.feel.temporal import (
    Date,
    DateTime,
    Span,
    Time,
    YearsMonths,
    add_months,
    add_span,
    difference,
    span_of,
    years_months_of,
)
from engine.feel.values import NUMBERS

Operator = Callable[[Any, Any], Any]
#: Durations of more digits lie beyond the calendar.
_MAX_SCALE = 30


def add(left: Any, right: Any) -> Any:
    """Add numbers or durations, join texts, or move a date or time by a duration."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return _number(NUMBERS.add, left, right)
    if isinstance(left, str) and isinstance(right, str):
        return left + right
    if isinstance(left, YearsMonths) and isinstance(right, YearsMonths):
        return years_months_of(left.months + right.months)
    if isinstance(left, Span) and isinstance(right, Span):
        return span_of(left.nanoseconds + right.nanoseconds)
    if isinstance(left, (Date, Time, DateTime)):
        return _moved(left, right)
    if isinstance(right, (Date, Time, DateTime)):
        return _moved(right, left)
    return None


def subtract(left: Any, right: Any) -> Any:
    """Subtract numbers or durations, move a date back by a duration, or measure between two dates."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return _number(NUMBERS.subtract, left, right)
    if isinstance(left, (Date, Time, DateTime)) and isinstance(right, (Date, Time, DateTime)):
        return difference(left, right)
    if isinstance(right, YearsMonths):
        return (
            add(left, YearsMonths(-right.months)) if isinstance(left, (YearsMonths, Date, DateTime)) else None
        )
    if isinstance(right, Span):
        return add(left, Span(-right.nanoseconds)) if isinstance(left, (Span, Date, Time, DateTime)) else None
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
    if isinstance(left, Span) and isinstance(right, Span):
        return _number(NUMBERS.divide, Decimal(left.nanoseconds), Decimal(right.nanoseconds))
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
    if isinstance(value, Span):
        return Span(-value.nanoseconds)
    return None


def _number(
    operation: Callable[[Decimal, Decimal], Decimal], left: Decimal, right: Decimal
) -> Decimal | None:
    try:
        return operation(left, right)
    except ArithmeticError:
        return None


def _moved(value: Date | Time | DateTime, by: Any) -> Date | Time | DateTime | None:
    if isinstance(by, Span):
        return add_span(value, by)
    if isinstance(by, YearsMonths) and not isinstance(value, Time):
        return add_months(value, by.months)
    return None


def _scaled(duration: Any, by: Decimal, operation: Callable[[Decimal, Decimal], Decimal]) -> Any:
    amount: int
    if isinstance(duration, YearsMonths):
        amount = duration.months
    elif isinstance(duration, Span):
        amount = duration.nanoseconds
    else:
        return None
    result = _number(operation, Decimal(amount), by)
    if result is None or result.adjusted() > _MAX_SCALE:
        return None
    whole = int(result.to_integral_value(rounding=ROUND_DOWN))
    return years_months_of(whole) if isinstance(duration, YearsMonths) else span_of(whole)
