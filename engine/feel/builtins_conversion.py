"""Built-in functions that make values from texts and parts (DMN 1.5, 10.3.4.1)."""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from engine.feel.bounds import Account
from engine.feel.builtins_registry import builtin
from engine.feel.temporal import (
    YearsMonths,
    parse_date,
    parse_date_time,
    parse_duration,
    parse_time,
    parse_zone,
    temporal_text,
    zone_of_offset,
)
from engine.feel.values import Function, Range, as_int, number_from

_NUMBER = re.compile(r"-?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)


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
    text = written(value)
    account.require_size(len(text))
    return text


def written(value: Any) -> str:
    """Return a value as it would be written within a list or context."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    if isinstance(value, list):
        return f"[{', '.join(written(item) for item in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_key(key)}: {written(item)}' for key, item in value.items())}}}"
    if isinstance(value, Range):
        low, high = ("" if end is None else written(end) for end in (value.low, value.high))
        return f"{'[' if value.low_closed else '('}{low}..{high}{']' if value.high_closed else ')'}"
    if isinstance(value, Function):
        return f"function {value.name}".strip()
    return temporal_text(value)


def _key(key: str) -> str:
    return key if re.fullmatch(r"[^\W\d][\w ]*", key) else written(key)


def number_text(value: Decimal) -> str:
    """Return a number in plain decimal notation."""
    plain = format(value, "f")
    return plain if "E" not in plain else str(value)


@builtin(
    "date(from: string)", "date(from: date and time|date)", "date(year: number, month: number, day: number)"
)
def date_(_: Account, value: Any, month: Decimal | None = None, day: Decimal | None = None) -> date | None:
    """Read a date, cut the time off a date and time, or put a date together."""
    if isinstance(value, str):
        return parse_date(value)
    if isinstance(value, date):
        return value.date() if isinstance(value, datetime) else value
    parts = [as_int(part) for part in (value, month, day)]
    try:
        return date(*(part if part is not None else 0 for part in parts))
    except (ValueError, OverflowError):
        return None


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
    offset: timedelta | None = None,
) -> time | None:
    """Read a time of day, take it from a date and time, or put it together."""
    if isinstance(value, str):
        return parse_time(value)
    if isinstance(value, time):
        return value
    if isinstance(value, datetime):
        return value.timetz()
    whole_hour, whole_minute = as_int(value), as_int(minute)
    if whole_hour is None or whole_minute is None or second is None or not 0 <= second < 60:
        return None
    whole = int(second)
    micro = int((second - whole) * 1_000_000)
    try:
        zone = None if offset is None else zone_of_offset(offset)
        return time(whole_hour, whole_minute, whole, micro, zone)
    except (ValueError, OverflowError):
        return None


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
def date_and_time(account: Account, value: Any, *parts: Any) -> datetime | None:
    """Read a date and time, or put one together from a date and a time, or from numbers and a zone."""
    if not parts:
        return parse_date_time(value) if isinstance(value, str) else value
    if len(parts) == 1:
        return _joined(value, parts[0])
    day = date_(account, value, parts[0], parts[1])
    zone = parts[5] if len(parts) == 6 else None
    clock = time_(account, parts[2], parts[3], parts[4], zone if isinstance(zone, timedelta) else None)
    if day is None or clock is None:
        return None
    moment = datetime.combine(day, clock)
    return _joined(moment, zone) if isinstance(zone, str) else moment


def _joined(value: Any, part: Any) -> datetime | None:
    if isinstance(part, time):
        day = value.date() if isinstance(value, datetime) else value
        return datetime.combine(day, part)
    moment: datetime = value
    try:
        zone = parse_zone(part) if part == "Z" or part[:1] in ("+", "-") else ZoneInfo(part)
        return moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)
    except (ValueError, OSError, LookupError, OverflowError):
        return None


@builtin("duration(from: string)")
def duration(_: Account, text: str) -> YearsMonths | timedelta | None:
    """Read a duration."""
    return parse_duration(text)


@builtin("years and months duration(from: date|date and time, to: date|date and time)")
def years_and_months_duration(_: Account, start: date, end: date) -> YearsMonths:
    """Return the whole months between two dates, whatever the times of day."""
    months = (end.year - start.year) * 12 + end.month - start.month
    if months > 0 and end.day < start.day:
        months -= 1
    elif months < 0 and end.day > start.day:
        months += 1
    return YearsMonths(months)
