"""Dates, times and durations as values: what they are made of, how they are ordered, moved and measured.

Years run from -999999999 to 999999999 and fractions of a second have nine digits.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine.feel.days import MAX_YEAR, day_of_number, is_day, month_length, number_of_day
from engine.feel.zones import NamedZone, Offset, Zone, offset_at_instant, offset_on_clock

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
#: Longest duration, in nanoseconds: it reaches from the first year to the last.
MAX_SPAN = 2 * 366 * MAX_YEAR * DAY
MAX_MONTHS = 12 * 2 * MAX_YEAR


@dataclass(frozen=True, slots=True, order=True)
class YearsMonths:
    """A years and months duration, counted in months; negative ones run backwards."""

    months: int


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A days and time duration, counted in nanoseconds; negative ones run backwards."""

    nanoseconds: int


@dataclass(frozen=True, slots=True, order=True)
class Date:
    """A day of the calendar; :func:`date_of` makes one that exists."""

    year: int
    month: int
    day: int

    @property
    def number(self) -> int:
        """The number of the day; 0001-01-01 is 1."""
        return number_of_day(self.year, self.month, self.day)

    @property
    def iso_weekday(self) -> int:
        """1 for Monday to 7 for Sunday."""
        return (self.number - 1) % 7 + 1


@dataclass(frozen=True, slots=True)
class Time:
    """A time of day, local if it has no zone."""

    nanoseconds: int
    zone: Zone | None

    @property
    def hour(self) -> int:
        """0 to 23."""
        return self.nanoseconds // HOUR

    @property
    def minute(self) -> int:
        """0 to 59."""
        return self.nanoseconds // MINUTE % 60

    @property
    def second(self) -> int:
        """0 to 59."""
        return self.nanoseconds // SECOND % 60

    @property
    def fraction(self) -> int:
        """Nanoseconds within the second."""
        return self.nanoseconds % SECOND

    @property
    def offset(self) -> int | None:
        """Seconds ahead of UTC; in a named zone those of its winter."""
        return None if self.zone is None else offset_at_instant(self.zone, (2000, 1, 1), 0)

    @property
    def since_midnight_utc(self) -> int:
        """Nanoseconds from midnight in UTC; a time without a zone counts as one of UTC."""
        return self.nanoseconds - (self.offset or 0) * SECOND


@dataclass(frozen=True, slots=True)
class DateTime:
    """A date and a time of that day, local if it has no zone."""

    date: Date
    time: Time

    @property
    def zone(self) -> Zone | None:
        """The zone of its time."""
        return self.time.zone

    @property
    def offset(self) -> int | None:
        """Seconds ahead of UTC."""
        if self.time.zone is None:
            return None
        day = (self.date.year, self.date.month, self.date.day)
        return offset_on_clock(self.time.zone, day, self.time.nanoseconds // SECOND)

    @property
    def on_time_line(self) -> int:
        """Nanoseconds since the beginning of the day before 0001-01-01 in UTC (on the clock, if local)."""
        return self.date.number * DAY + self.time.nanoseconds - (self.offset or 0) * SECOND


def date_of(year: int, month: int, day: int) -> Date | None:
    """Return a day, ``None`` if there is none."""
    return Date(year, month, day) if is_day(year, month, day) else None


def time_of(hour: int, minute: int, second: int, fraction: int, zone: Zone | None) -> Time | None:
    """Return a time of day from its parts (the fraction in nanoseconds), ``None`` if there is none."""
    if not (0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 60 and 0 <= fraction < SECOND):
        return None
    return Time(hour * HOUR + minute * MINUTE + second * SECOND + fraction, zone)


def span_of(nanoseconds: int) -> Span | None:
    """Return a days and time duration; one beyond the calendar is ``None``."""
    return Span(nanoseconds) if abs(nanoseconds) <= MAX_SPAN else None


def years_months_of(months: int) -> YearsMonths | None:
    """Return a years and months duration; one beyond the calendar is ``None``."""
    return YearsMonths(months) if abs(months) <= MAX_MONTHS else None


def day_numbered(number: int) -> Date | None:
    """Return the day with this number; one beyond the calendar is ``None``."""
    return date_of(*day_of_number(number))


def midnight(day: Date, zone: Zone | None) -> DateTime:
    """Return the beginning of a day."""
    return DateTime(day, Time(0, zone))


def at(instant: int, zone: Zone | None) -> DateTime | None:
    """Return what the clocks of a zone show at an instant of the time line; beyond the calendar it is ``None``."""
    if zone is not None:
        number, rest = divmod(instant, DAY)
        if day_numbered(number) is None:
            return None
        instant += offset_at_instant(zone, day_of_number(number), rest // SECOND) * SECOND
    number, rest = divmod(instant, DAY)
    day = day_numbered(number)
    return None if day is None else DateTime(day, Time(rest, zone))


def in_zone(moment: DateTime, zone: Zone) -> DateTime | None:
    """Return the same instant on the clocks of a zone; a local date and time is taken to be of that zone."""
    if moment.zone is None:
        return DateTime(moment.date, Time(moment.time.nanoseconds, zone))
    return at(moment.on_time_line, zone)


def add_months(value: Date | DateTime, months: int) -> Date | DateTime | None:
    """Return ``value`` moved by calendar months, on the last day of the month if it has no such day."""
    if isinstance(value, DateTime):
        moved = add_months(value.date, months)
        return DateTime(moved, value.time) if isinstance(moved, Date) else None
    year, month = divmod(value.year * 12 + value.month - 1 + months, 12)
    return date_of(year, month + 1, min(value.day, month_length(year, month + 1)))


def add_span(value: Date | Time | DateTime, span: Span) -> Date | Time | DateTime | None:
    """Return ``value`` moved by a days and time duration; beyond the calendar it is ``None``.

    A date and time with a zone is moved on the time line; a time of day wraps around midnight.
    """
    if isinstance(value, Time):
        return Time((value.nanoseconds + span.nanoseconds) % DAY, value.zone)
    if isinstance(value, Date):
        return day_numbered(value.number + span.nanoseconds // DAY)
    return at(value.on_time_line + span.nanoseconds, value.zone)


def difference(left: Date | Time | DateTime, right: Date | Time | DateTime) -> Span | None:
    """Return ``left`` minus ``right``; values that cannot be compared on one time line give ``None``.

    A date counts as its midnight in UTC.
    """
    if isinstance(left, Time) and isinstance(right, Time):
        if (left.zone is None) != (right.zone is None):
            return None
        return Span(left.since_midnight_utc - right.since_midnight_utc)
    if isinstance(left, Time) or isinstance(right, Time):
        return None
    first, second = (midnight(day, Offset(0)) if isinstance(day, Date) else day for day in (left, right))
    if (first.zone is None) != (second.zone is None):
        return None
    return Span(first.on_time_line - second.on_time_line)


def from_python(value: date | time | timedelta) -> Date | Time | DateTime | Span:
    """Return the FEEL value of a Python date, time, date and time or time span."""
    if isinstance(value, timedelta):
        return Span(value // timedelta(microseconds=1) * 1_000)
    if isinstance(value, datetime):
        return DateTime(Date(value.year, value.month, value.day), _time(value))
    if isinstance(value, date):
        return Date(value.year, value.month, value.day)
    return _time(value)


def _time(value: time | datetime) -> Time:
    zone: Zone | None = None
    if isinstance(value.tzinfo, ZoneInfo):
        zone = NamedZone(value.tzinfo.key)
    elif value.tzinfo is not None:
        offset = value.utcoffset()
        zone = None if offset is None else Offset(int(offset.total_seconds()))
    nanoseconds = (
        value.hour * HOUR + value.minute * MINUTE + value.second * SECOND + value.microsecond * 1_000
    )
    return Time(nanoseconds, zone)
