"""The properties of dates, times, durations and ranges (DMN 1.5, table 65)."""

from collections.abc import Callable
from decimal import Decimal
from operator import attrgetter
from typing import Any

from engine.feel.temporal import DAY, HOUR, MINUTE, SECOND, Date, DateTime, Span, Time, YearsMonths
from engine.feel.values import NUMBERS, Range
from engine.feel.zones import NamedZone, zone_text

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


def _part_of(part: Reader, read: Reader) -> Reader:
    return lambda value: read(part(value))


def _seconds(nanoseconds: int) -> Decimal:
    whole, fraction = divmod(nanoseconds, SECOND)
    return Decimal(whole) if not fraction else NUMBERS.divide(Decimal(nanoseconds), Decimal(SECOND))


def _zone_name(value: Time) -> str | None:
    return value.zone.name if isinstance(value.zone, NamedZone) else zone_text(value.zone) or None


def _offset(value: Time | DateTime) -> Span | None:
    seconds = value.offset
    return None if seconds is None else Span(seconds * SECOND)


def _part(span: Span, unit: int, within: int | None) -> Decimal:
    size = abs(span.nanoseconds) if within is None else abs(span.nanoseconds) % within
    return _signed(span.nanoseconds, Decimal(size // unit))


def _span_seconds(span: Span) -> Decimal:
    return _signed(span.nanoseconds, _seconds(abs(span.nanoseconds) % MINUTE))


def _signed(sign: int, amount: Decimal) -> Decimal:
    return amount.copy_negate() if sign < 0 and amount else amount


_DATE: dict[str, Reader] = {
    "year": lambda value: Decimal(value.year),
    "month": lambda value: Decimal(value.month),
    "day": lambda value: Decimal(value.day),
    "weekday": lambda value: Decimal(value.iso_weekday),
}
_CLOCK: dict[str, Reader] = {
    "hour": lambda value: Decimal(value.hour),
    "minute": lambda value: Decimal(value.minute),
    "second": lambda value: _seconds(value.nanoseconds % MINUTE),
    "time offset": _offset,
    "timezone": _zone_name,
}
_DATE_TIME: dict[str, Reader] = {
    **{name: _part_of(attrgetter("date"), read) for name, read in _DATE.items()},
    **{name: _part_of(attrgetter("time"), read) for name, read in _CLOCK.items()},
    "time offset": _offset,
}
_READERS: tuple[tuple[type, dict[str, Reader]], ...] = (
    (DateTime, _DATE_TIME),
    (Date, _DATE),
    (Time, _CLOCK),
    (
        Span,
        {
            "days": lambda value: _part(value, DAY, None),
            "hours": lambda value: _part(value, HOUR, DAY),
            "minutes": lambda value: _part(value, MINUTE, HOUR),
            "seconds": _span_seconds,
        },
    ),
    (
        YearsMonths,
        {
            "years": lambda value: _signed(value.months, Decimal(abs(value.months) // 12)),
            "months": lambda value: _signed(value.months, Decimal(abs(value.months) % 12)),
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
