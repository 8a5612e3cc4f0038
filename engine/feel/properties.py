"""The properties of dates, times, durations and ranges (DMN 1.5, table 65)."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from engine.feel.temporal import YearsMonths, offset_of, zone_text
from engine.feel.values import NUMBERS, Range

Reader = Callable[[Any], Any]


def property_of(value: Any, name: str) -> Any:
    """Return a property by name; of a list, the list of the properties of its items; unknown ones are ``null``."""
    if isinstance(value, dict):
        return value.get(name)
    if isinstance(value, list):
        return [property_of(item, name) for item in value]
    for kind, readers in _READERS:
        if isinstance(value, kind):
            reader = readers.get(name)
            return None if reader is None else reader(value)
    return None


def _seconds(value: time | datetime) -> Decimal:
    return (
        _number(value.second)
        if not value.microsecond
        else NUMBERS.divide(Decimal(value.second * 1_000_000 + value.microsecond), Decimal(1_000_000))
    )


def _number(value: int) -> Decimal:
    return Decimal(value)


def _zone_name(value: time | datetime) -> str | None:
    return value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else zone_text(value.tzinfo) or None


def _part(value: timedelta, unit: timedelta, within: timedelta | None) -> Decimal:
    size = abs(value) if within is None else abs(value) % within
    amount = Decimal(size // unit)
    return amount.copy_negate() if value < timedelta() and amount else amount


def _span_seconds(value: timedelta) -> Decimal:
    micro = abs(value) % timedelta(minutes=1) // timedelta(microseconds=1)
    amount = NUMBERS.divide(Decimal(micro), Decimal(1_000_000))
    return amount.copy_negate() if value < timedelta() and amount else amount


def _signed(months: int, amount: int) -> Decimal:
    return Decimal(-amount if months < 0 else amount)


_DATE: dict[str, Reader] = {
    "year": lambda value: _number(value.year),
    "month": lambda value: _number(value.month),
    "day": lambda value: _number(value.day),
    "weekday": lambda value: _number(value.isoweekday()),
}
_CLOCK: dict[str, Reader] = {
    "hour": lambda value: _number(value.hour),
    "minute": lambda value: _number(value.minute),
    "second": _seconds,
    "time offset": offset_of,
    "timezone": _zone_name,
}
_READERS: tuple[tuple[type, dict[str, Reader]], ...] = (
    (datetime, _DATE | _CLOCK),
    (date, _DATE),
    (time, _CLOCK),
    (
        timedelta,
        {
            "days": lambda value: _part(value, timedelta(days=1), None),
            "hours": lambda value: _part(value, timedelta(hours=1), timedelta(days=1)),
            "minutes": lambda value: _part(value, timedelta(minutes=1), timedelta(hours=1)),
            "seconds": _span_seconds,
        },
    ),
    (
        YearsMonths,
        {
            "years": lambda value: _signed(value.months, abs(value.months) // 12),
            "months": lambda value: _signed(value.months, abs(value.months) % 12),
        },
    ),
    (
        Range,
        {
            "start": lambda value: value.low,
            "end": lambda value: value.high,
            "start included": lambda value: value.low_closed,
            "end included": lambda value: value.high_closed,
        },
    ),
)
