"""Time zones: a fixed offset from UTC, or a named zone of the IANA data."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.feel.days import CYCLE_YEARS

#: Largest offset that a text or a duration may give, in seconds.
MAX_OFFSET = 18 * 3600
#: Years for which the operating system's rules are asked; those beyond are taken from a year that is alike.
_FIRST_YEAR, _LAST_YEAR = 1, 9999


@dataclass(frozen=True, slots=True)
class Offset:
    """So many seconds ahead of UTC."""

    seconds: int


@dataclass(frozen=True, slots=True)
class NamedZone:
    """A zone by its name, such as ``Asia/Ho_Chi_Minh``."""

    name: str


Zone = Offset | NamedZone
UTC_ZONE = Offset(0)


def zone_named(name: str) -> NamedZone | None:
    """Return the zone of this name, ``None`` if there is none."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError, ValueError):
        return None
    return NamedZone(name)


def read_zone(text: str) -> Zone | None:
    """Read ``Z``, ``+07:00`` or ``@Asia/Ho_Chi_Minh``; anything else is ``None``."""
    if text == "Z":
        return UTC_ZONE
    if text.startswith("@"):
        return zone_named(text[1:])
    parts = [int(part) for part in text[1:].split(":")]
    if any(part > 59 for part in parts[1:]):
        return None
    seconds = parts[0] * 3600 + parts[1] * 60 + (parts[2] if len(parts) == 3 else 0)
    return None if seconds > MAX_OFFSET else Offset(-seconds if text[0] == "-" else seconds)


def zone_text(zone: Zone | None) -> str:
    """Write a zone as :func:`read_zone` reads it; no zone is the empty text."""
    if zone is None:
        return ""
    if isinstance(zone, NamedZone):
        return f"@{zone.name}"
    if not zone.seconds:
        return "Z"
    hours, rest = divmod(abs(zone.seconds), 3600)
    minutes, seconds = divmod(rest, 60)
    sign = "-" if zone.seconds < 0 else "+"
    return f"{sign}{hours:02}:{minutes:02}" + (f":{seconds:02}" if seconds else "")


def offset_on_clock(zone: Zone, day: tuple[int, int, int], seconds: int) -> int:
    """Return the offset in seconds when the clocks of a zone show this day and second of the day.

    A time that clocks show twice is the first one.
    """
    if isinstance(zone, Offset):
        return zone.seconds
    moment = datetime(_alike(day[0]), day[1], day[2]) + timedelta(seconds=seconds)  # noqa: DTZ001 - the clock's
    return _seconds(ZoneInfo(zone.name).utcoffset(moment))


def offset_at_instant(zone: Zone, day: tuple[int, int, int], seconds: int) -> int:
    """Return the offset in seconds of a zone at the instant of this day and second of the day in UTC."""
    if isinstance(zone, Offset):
        return zone.seconds
    moment = datetime(_alike(day[0]), day[1], day[2], tzinfo=UTC) + timedelta(seconds=seconds)
    try:
        return _seconds(moment.astimezone(ZoneInfo(zone.name)).utcoffset())
    except OverflowError:
        return offset_on_clock(zone, day, seconds)


def _alike(year: int) -> int:
    if year < _FIRST_YEAR:
        return _FIRST_YEAR + (year - _FIRST_YEAR) % CYCLE_YEARS
    return year if year <= _LAST_YEAR else year - -(-(year - _LAST_YEAR) // CYCLE_YEARS) * CYCLE_YEARS


def _seconds(offset: timedelta | None) -> int:
    return 0 if offset is None else int(offset.total_seconds())
