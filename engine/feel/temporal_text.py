"""How dates, times and durations are read and written: ISO 8601, with named zones after ``@``."""

import re

from engine.feel.temporal import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    Date,
    DateTime,
    Span,
    Time,
    YearsMonths,
    date_of,
    day_numbered,
    midnight,
    span_of,
    time_of,
    years_months_of,
)
from engine.feel.zones import Zone, read_zone, zone_text

Temporal = Date | Time | DateTime | Span | YearsMonths

_DATE = re.compile(r"(-?)(\d{4}|[1-9]\d{4,8})-(\d{2})-(\d{2})", re.ASCII)
_TIME = re.compile(
    r"(\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(Z|[+-]\d{2}:\d{2}(?::\d{2})?|@[A-Za-z][A-Za-z0-9_+\-]*(?:/[A-Za-z0-9_+\-]+)*)?",
    re.ASCII,
)
_YEARS_MONTHS = re.compile(r"(-?)P(?:(\d+)Y)?(?:(\d+)M)?", re.ASCII)
_DAYS_TIME = re.compile(r"(-?)P(?:(\d+)D)?(?:(T)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d*))?S)?)?", re.ASCII)
#: Parts of durations with more digits do not fit the calendar.
_MAX_DIGITS = 18


def read_date(text: str) -> Date | None:
    """Read ``YYYY-MM-DD``, with up to nine digits for the year and a sign; anything else is ``None``."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    year = int(match[2])
    return date_of(-year if match[1] else year, int(match[3]), int(match[4]))


def read_time(text: str) -> Time | None:
    """Read ``HH:MM:SS`` with an optional fraction and zone; anything else is ``None``."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    zone: Zone | None = None
    if match[5]:
        zone = read_zone(match[5])
        if zone is None:
            return None
    return time_of(int(match[1]), int(match[2]), int(match[3]), _fraction(match[4]), zone)


def _fraction(digits: str | None) -> int:
    return int((digits or "0")[:9].ljust(9, "0"))


def read_date_time(text: str) -> DateTime | None:
    """Read a date, or a date and a time joined by ``T``; anything else is ``None``.

    ``24:00:00`` is the midnight that begins the next day.
    """
    day_text, separator, time_text = text.partition("T")
    day = read_date(day_text)
    if day is None:
        return None
    if not separator:
        return midnight(day, None)
    ends_day = time_text.startswith("24:00:00")
    clock = read_time(time_text.replace("24", "00", 1) if ends_day else time_text)
    if clock is None:
        return None
    if ends_day:
        following = day_numbered(day.number + 1)
        return None if clock.fraction or following is None else DateTime(following, clock)
    return DateTime(day, clock)


def read_duration(text: str) -> YearsMonths | Span | None:
    """Read an ISO 8601 duration of years and months, or of days and time; anything else is ``None``."""
    match = _YEARS_MONTHS.fullmatch(text)
    if match is not None and (match[2] or match[3]):
        if any(len(group or "") > _MAX_DIGITS for group in match.group(2, 3)):
            return None
        months = int(match[2] or 0) * 12 + int(match[3] or 0)
        return years_months_of(-months if match[1] else months)
    match = _DAYS_TIME.fullmatch(text)
    if match is None or not any(match.group(2, 4, 5, 6)) or (match[3] and not any(match.group(4, 5, 6))):
        return None
    if any(len(group or "") > _MAX_DIGITS for group in match.group(2, 4, 5, 6)):
        return None
    days, hours, minutes, seconds = (int(group or 0) for group in match.group(2, 4, 5, 6))
    nanoseconds = days * DAY + hours * HOUR + minutes * MINUTE + seconds * SECOND + _fraction(match[7])
    return span_of(-nanoseconds if match[1] else nanoseconds)


def read_literal(text: str) -> Temporal | None:
    """Read what may stand in ``@"..."``: the first of date, date and time, time, duration that fits."""
    return read_date(text) or read_date_time(text) or read_time(text) or read_duration(text)


def temporal_text(value: Temporal) -> str:
    """Write a date, time, date and time or duration as :func:`read_literal` reads it."""
    match value:
        case DateTime(day, clock):
            return f"{_date_text(day)}T{_clock_text(clock)}"
        case Date():
            return _date_text(value)
        case Time():
            return _clock_text(value)
        case YearsMonths(months):
            years, rest = divmod(abs(months), 12)
            text = (f"{years}Y" if years else "") + (f"{rest}M" if rest else "")
            return f"{'-' if months < 0 else ''}P{text or '0M'}"
        case Span(nanoseconds):
            return _span_text(nanoseconds)


def _date_text(day: Date) -> str:
    return f"{'-' if day.year < 0 else ''}{abs(day.year):04}-{day.month:02}-{day.day:02}"


def _clock_text(clock: Time) -> str:
    return (
        f"{clock.hour:02}:{clock.minute:02}:{clock.second:02}"
        f"{_fraction_text(clock.fraction)}{zone_text(clock.zone)}"
    )


def _fraction_text(nanoseconds: int) -> str:
    return f".{nanoseconds:09}".rstrip("0") if nanoseconds else ""


def _span_text(nanoseconds: int) -> str:
    if not nanoseconds:
        return "PT0S"
    days, rest = divmod(abs(nanoseconds), DAY)
    hours, rest = divmod(rest, HOUR)
    minutes, rest = divmod(rest, MINUTE)
    seconds, fraction = divmod(rest, SECOND)
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    if seconds or fraction:
        clock += f"{seconds}{_fraction_text(fraction)}S"
    sign = "-" if nanoseconds < 0 else ""
    return f"{sign}P{f'{days}D' if days else ''}{f'T{clock}' if clock else ''}"
