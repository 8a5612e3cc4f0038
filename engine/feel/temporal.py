"""Dates, times and durations: how FEEL reads, writes and adds them.

A date is ``datetime.date``, a time ``datetime.time``, a date and time ``datetime.datetime`` (local if it has no
zone) and a days and time duration ``datetime.timedelta``. Years run from 1 to 9999 and fractions of a second
have six digits; whatever lies beyond is ``null``.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Day = TypeVar("Day", bound=date)


@dataclass(frozen=True, slots=True, order=True)
class YearsMonths:
    """A years and months duration, counted in months; negative ones run backwards."""

    months: int


_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_TIME = re.compile(
    r"(\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(Z|[+-]\d{2}:\d{2}(?::\d{2})?|@[A-Za-z][A-Za-z0-9_+\-]*(?:/[A-Za-z0-9_+\-]+)*)?",
    re.ASCII,
)
_YEARS_MONTHS = re.compile(r"(-?)P(?:(\d+)Y)?(?:(\d+)M)?", re.ASCII)
_DAYS_TIME = re.compile(r"(-?)P(?:(\d+)D)?(?:(T)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d*))?S)?)?", re.ASCII)
#: Durations of more days than this do not fit a calendar of 9999 years.
_MAX_DIGITS = 15


def parse_date(text: str) -> date | None:
    """Read ``YYYY-MM-DD``; anything else is ``None``."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def parse_zone(text: str | None) -> tzinfo | None:
    """Read ``Z``, ``+07:00`` or ``@Asia/Ho_Chi_Minh``; ``None`` is no zone.

    Raises:
        ValueError: there is no such zone, or the offset is beyond 18 hours.
    """
    if not text:
        return None
    if text == "Z":
        return UTC
    if text[0] == "@":
        try:
            return ZoneInfo(text[1:])
        except (ZoneInfoNotFoundError, OSError) as error:
            raise ValueError(f"Unknown time zone {text[1:]}") from error
    parts = [int(part) for part in text[1:].split(":")]
    if parts[0] > 18 or any(part > 59 for part in parts[1:]):
        raise ValueError(f"Unknown offset {text}")
    seconds = parts[0] * 3600 + parts[1] * 60 + (parts[2] if len(parts) == 3 else 0)
    offset = timedelta(seconds=-seconds if text[0] == "-" else seconds)
    return zone_of_offset(offset)


def zone_of_offset(offset: timedelta) -> tzinfo:
    """Return the zone with this offset from UTC.

    Raises:
        ValueError: the offset is a day or longer.
    """
    return timezone(offset) if offset else UTC


def parse_time(text: str) -> time | None:
    """Read ``HH:MM:SS`` with an optional fraction and zone; anything else is ``None``."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    try:
        micro = int((match[4] or "0")[:6].ljust(6, "0"))
        return time(int(match[1]), int(match[2]), int(match[3]), micro, parse_zone(match[5]))
    except ValueError:
        return None


def parse_date_time(text: str) -> datetime | None:
    """Read a date, or a date and a time joined by ``T``; anything else is ``None``.

    ``24:00:00`` is the midnight that begins the next day.
    """
    day_text, separator, time_text = text.partition("T")
    day = parse_date(day_text)
    if day is None:
        return None
    if not separator:
        return datetime.combine(day, time())
    ends_day = time_text.startswith("24:00:00")
    clock = parse_time(time_text.replace("24", "00", 1) if ends_day else time_text)
    if clock is None or (ends_day and (clock.microsecond or day == date.max)):
        return None
    return datetime.combine(day + timedelta(days=1) if ends_day else day, clock)


def parse_duration(text: str) -> YearsMonths | timedelta | None:
    """Read an ISO 8601 duration of years and months, or of days and time; anything else is ``None``."""
    match = _YEARS_MONTHS.fullmatch(text)
    if match is not None and (match[2] or match[3]):
        if len(match[2] or "") > _MAX_DIGITS or len(match[3] or "") > _MAX_DIGITS:
            return None
        months = int(match[2] or 0) * 12 + int(match[3] or 0)
        return YearsMonths(-months if match[1] else months)
    match = _DAYS_TIME.fullmatch(text)
    if match is None or not any(match.group(2, 4, 5, 6)) or (match[3] and not any(match.group(4, 5, 6))):
        return None
    if any(len(group or "") > _MAX_DIGITS for group in match.group(2, 4, 5, 6)):
        return None
    try:
        span = timedelta(
            days=int(match[2] or 0),
            hours=int(match[4] or 0),
            minutes=int(match[5] or 0),
            seconds=int(match[6] or 0),
            microseconds=int((match[7] or "0")[:6].ljust(6, "0")),
        )
    except OverflowError:
        return None
    return -span if match[1] else span


def parse_literal(text: str) -> date | time | timedelta | YearsMonths | None:
    """Read what may stand in ``@"..."``: the first of date, date and time, time, duration that fits."""
    return parse_date(text) or parse_date_time(text) or _time_or_duration(text)


def _time_or_duration(text: str) -> time | timedelta | YearsMonths | None:
    clock = parse_time(text)
    return parse_duration(text) if clock is None else clock


def zone_text(zone: tzinfo | None) -> str:
    """Write a zone as :func:`parse_zone` reads it; no zone is the empty text."""
    if zone is None:
        return ""
    if isinstance(zone, ZoneInfo):
        return f"@{zone.key}"
    offset = zone.utcoffset(None)
    if not offset:
        return "Z"
    total = int(offset.total_seconds())
    sign = "-" if total < 0 else "+"
    hours, rest = divmod(abs(total), 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{sign}{hours:02}:{minutes:02}" + (f":{seconds:02}" if seconds else "")


def _clock_text(value: time | datetime) -> str:
    fraction = f".{value.microsecond:06}".rstrip("0") if value.microsecond else ""
    return f"{value.hour:02}:{value.minute:02}:{value.second:02}{fraction}{zone_text(value.tzinfo)}"


def temporal_text(value: date | time | timedelta | YearsMonths) -> str:
    """Write a date, time, date and time or duration in its ISO 8601 form (zones by name after ``@``)."""
    if isinstance(value, datetime):
        return f"{value.year:04}-{value.month:02}-{value.day:02}T{_clock_text(value)}"
    if isinstance(value, date):
        return f"{value.year:04}-{value.month:02}-{value.day:02}"
    if isinstance(value, time):
        return _clock_text(value)
    if isinstance(value, YearsMonths):
        years, months = divmod(abs(value.months), 12)
        sign = "-" if value.months < 0 else ""
        text = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
        return f"{sign}P{text or '0M'}"
    return _span_text(value)


def _span_text(value: timedelta) -> str:
    if not value:
        return "PT0S"
    sign, span = ("-", -value) if value < timedelta() else ("", value)
    hours, rest = divmod(span.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    fraction = f".{span.microseconds:06}".rstrip("0") if span.microseconds else ""
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    if seconds or fraction:
        clock += f"{seconds}{fraction}S"
    return f"{sign}P{f'{span.days}D' if span.days else ''}{f'T{clock}' if clock else ''}"


def add_months(day: Day, months: int) -> Day | None:
    """Return ``day`` moved by calendar months, on the last day of the month if it has no such day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    if not 1 <= year <= 9999:
        return None
    return day.replace(year=year, month=month, day=min(day.day, monthrange(year, month)[1]))


def offset_of(value: time | datetime) -> timedelta | None:
    """Return the offset from UTC; of a time of day in a named zone, the offset that the zone has in winter."""
    if value.tzinfo is None or isinstance(value, datetime):
        return value.utcoffset()
    return value.tzinfo.utcoffset(datetime(2000, 1, 1, tzinfo=UTC))


def add_span(value: date | time, span: timedelta) -> date | time | None:
    """Return ``value`` moved by a days and time duration; beyond the calendar it is ``None``.

    A date with a zone is moved on the time line; a time of day wraps around midnight.
    """
    try:
        if isinstance(value, datetime):
            if value.tzinfo is None:
                return value + span
            return (value.astimezone(UTC) + span).astimezone(value.tzinfo)
        if isinstance(value, date):
            return (datetime.combine(value, time()) + span).date()
        moved = datetime.combine(date(2000, 1, 1), value.replace(tzinfo=None)) + timedelta(
            seconds=span.seconds, microseconds=span.microseconds
        )
        return moved.time().replace(tzinfo=value.tzinfo)
    except (OverflowError, ValueError):
        return None


def difference(left: date | time, right: date | time) -> timedelta | None:
    """Return ``left`` minus ``right``; values that cannot be compared on one time line give ``None``."""
    if isinstance(left, time) and isinstance(right, time):
        if (left.tzinfo is None) != (right.tzinfo is None):
            return None
        return _since_midnight(left) - _since_midnight(right)
    if isinstance(left, time) or isinstance(right, time):
        return None
    first, second = _at_midnight_utc(left), _at_midnight_utc(right)
    if (first.tzinfo is None) != (second.tzinfo is None):
        return None
    local = first.replace(tzinfo=None) - second.replace(tzinfo=None)
    return local - (first.utcoffset() or timedelta()) + (second.utcoffset() or timedelta())


def _at_midnight_utc(value: date) -> datetime:
    return value if isinstance(value, datetime) else datetime.combine(value, time(), UTC)


def _since_midnight(value: time) -> timedelta:
    clock = timedelta(
        hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond
    )
    return clock - (offset_of(value) or timedelta())
