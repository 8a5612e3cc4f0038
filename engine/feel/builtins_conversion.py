"""Built-in functions that make values from texts and parts (DMN 1.5, 10.3.4.1)."""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from engine.feel.bounds import Account
from engine.feel.builtins_registry import builtin
from engine.feel.temporal import (
    SECOND,
    Date,
    DateTime,
    Span,
    Time,
    YearsMonths,
    date_of,
    in_zone,
    midnight,
    time_of,
)
from engine.feel.temporal_text import read_date, read_date_time, read_duration, read_time, temporal_text
from engine.feel.values import NUMBERS, Function, Range, as_int, number_from
from engine.feel.zones import MAX_OFFSET, UTC_ZONE, Offset, Zone, read_zone, zone_named

_NUMBER = re.compile(r"-?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_OFFSET = re.compile(r"Z|[+-]\d{2}:\d{2}(?::\d{2})?", re.ASCII)


@builtin(
    "number(from: string)", "number(from: string, grouping separator: string?, decimal separator: string?)"
)
def number(_: Account, text: str, grouping: str | None = None, point: str | None = None) -> Decimal | None:
    """Read a number; the separators are a space, comma or period, and differ."""
    if (
        grouping not in (None, " ", ",", ".")
        or point not in (None, ",", ".")
        or (grouping and grouping == point)
    ):
        return None
    if grouping:
        text = text.replace(grouping, "")
    if point:
        text = text.replace(point, ".")
    return number_from(text) if _NUMBER.fullmatch(text) else None


@builtin("string(from: any)")
def string(account: Account, value: Any) -> str | None:
    """Write a value as text; ``null`` stays ``null``."""
    if value is None or isinstance(value, str):
        return value
    pieces, size = [], 0
    for piece in pieces_of(value):
        pieces.append(piece)
        size += len(piece)
        account.require_size(size)
    return "".join(pieces)


def written(value: Any) -> str:
    """Return a value as it would be written within a list or context."""
    return "".join(pieces_of(value))


def pieces_of(value: Any) -> Iterator[str]:
    """Yield the text of a value piece by piece, so that a long one need not be put together."""
    if value is None:
        yield "null"
    elif isinstance(value, bool):
        yield "true" if value else "false"
    elif isinstance(value, Decimal):
        yield number_text(value)
    elif isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        yield f'"{escaped}"'
    elif isinstance(value, list):
        yield from _listed("[", (("", item) for item in value), "]")
    elif isinstance(value, dict):
        yield from _listed("{", ((f"{_key(key)}: ", item) for key, item in value.items()), "}")
    elif isinstance(value, Range):
        yield from _interval(value)
    elif isinstance(value, Function):
        yield f"function {value.name}".strip()
    else:
        yield temporal_text(value)


def _listed(opening: str, items: Iterable[tuple[str, Any]], closing: str) -> Iterator[str]:
    yield opening
    for number, (label, item) in enumerate(items):
        yield f", {label}" if number else label
        yield from pieces_of(item)
    yield closing


def _interval(interval: Range) -> Iterator[str]:
    low, high = ("" if end is None else written(end) for end in (interval.low, interval.high))
    yield f"{'[' if interval.low_closed else '('}{low}..{high}{']' if interval.high_closed else ')'}"


def _key(key: str) -> str:
    return key if re.fullmatch(r"[^\W\d][\w ]*", key) else written(key)


def number_text(value: Decimal) -> str:
    """Return a number in plain decimal notation."""
    plain = format(value, "f")
    return plain if "E" not in plain else str(value)


@builtin(
    "date(from: string)", "date(from: date and time|date)", "date(year: number, month: number, day: number)"
)
def date_(_: Account, value: Any, month: Decimal | None = None, day: Decimal | None = None) -> Date | None:
    """Read a date, cut the time off a date and time, or put a date together."""
    if isinstance(value, str):
        return read_date(value)
    if isinstance(value, DateTime):
        return value.date
    return value if isinstance(value, Date) else _day(value, month, day)


def _day(year: Any, month: Any, day: Any) -> Date | None:
    parts = [as_int(part) for part in (year, month, day)]
    return None if None in parts else date_of(*(part or 0 for part in parts))


@builtin(
    "time(from: string)",
    "time(from: time|date and time|date)",
    "time(hour: number, minute: number, second: number)",
    "time(hour: number, minute: number, second: number, offset: days and time duration?)",
)
def time_(
    _: Account,
    value: Any,
    minute: Decimal | None = None,
    second: Decimal | None = None,
    offset: Span | None = None,
) -> Time | None:
    """Read a time of day, take it from a date and time, or put it together."""
    if isinstance(value, str):
        return read_time(value)
    if isinstance(value, Time):
        return value
    if isinstance(value, DateTime):
        return value.time
    return _clock(value, minute, second, offset)


def _clock(hour: Any, minute: Any, second: Any, offset: Span | None) -> Time | None:
    zone: Zone | None = None
    if offset is not None:
        if abs(offset.nanoseconds) > MAX_OFFSET * SECOND or offset.nanoseconds % SECOND:
            return None
        zone = Offset(offset.nanoseconds // SECOND)
    whole_hour, whole_minute = as_int(hour), as_int(minute)
    if whole_hour is None or whole_minute is None or not 0 <= second < 60:
        return None
    nanoseconds = int(NUMBERS.multiply(second, Decimal(SECOND)))
    return time_of(whole_hour, whole_minute, nanoseconds // SECOND, nanoseconds % SECOND, zone)


@builtin(
    "date and time(from: string)",
    "date and time(from: date and time|date)",
    "date and time(date: date|date and time, time: time)",
    "date and time(date: date and time, timezone: string)",
    "date and time(year: number, month: number, day: number, hour: number, minute: number, second: number)",
    "date and time(year: number, month: number, day: number, hour: number, minute: number, second: number,"
    " offset: days and time duration?)",
    "date and time(year: number, month: number, day: number, hour: number, minute: number, second: number,"
    " timezone: string)",
)
def date_and_time(_: Account, value: Any, *parts: Any) -> DateTime | None:
    """Read a date and time, or put one together from a date and a time, or from numbers and a zone."""
    if not parts:
        return read_date_time(value) if isinstance(value, str) else value
    if len(parts) == 1:
        return _joined(value, parts[0])
    zone = parts[5] if len(parts) == 6 else None
    day = _day(value, parts[0], parts[1])
    clock = _clock(parts[2], parts[3], parts[4], zone if isinstance(zone, Span) else None)
    if day is None or clock is None:
        return None
    moment = DateTime(day, clock)
    return _joined(moment, zone) if isinstance(zone, str) else moment


def _joined(value: Date | DateTime, part: Time | str) -> DateTime | None:
    if isinstance(part, Time):
        return DateTime(value.date if isinstance(value, DateTime) else value, part)
    zone = read_zone(part) if _OFFSET.fullmatch(part) else zone_named(part)
    if zone is None:
        return None
    return in_zone(value if isinstance(value, DateTime) else midnight(value, UTC_ZONE), zone)


@builtin("duration(from: string)")
def duration(_: Account, text: str) -> YearsMonths | Span | None:
    """Read a duration."""
    return read_duration(text)


@builtin("years and months duration(from: date|date and time, to: date|date and time)")
def years_and_months_duration(_: Account, start: Date | DateTime, end: Date | DateTime) -> YearsMonths:
    """Return the whole months between two dates, whatever the times of day."""
    first, last = (value.date if isinstance(value, DateTime) else value for value in (start, end))
    months = (last.year - first.year) * 12 + last.month - first.month
    if months > 0 and last.day < first.day:
        months -= 1
    elif months < 0 and last.day > first.day:
        months += 1
    return YearsMonths(months)
