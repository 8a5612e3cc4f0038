"""What wordings are read with: the letter's day, its year, the calendar, the city's reading of *trước ngày*."""

import datetime as dt
import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from processes.calendar.working_days import WorkingCalendar
from processes.documents.deadlines.deadline import Deadline

#: A day without a year that lies this little before the letter is over; one that lies further is next year's.
_JUST_OVER = timedelta(days=60)
_LEAP_YEAR = 2024


class BeforeDay(StrEnum):
    """How a city reads *trước ngày D* (DOMAIN §4, rule 3)."""

    #: The last admissible day is the day before D.
    STRICT = "strict"
    #: D itself is in time.
    INCLUSIVE = "inclusive"


class NoDeadline(Exception):
    """The wording names a day that there is not, or that is over: it sets no time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What is known when a wording is read.

    Attributes:
        issued_on: the day of the letter.
        year: for days without one.
        before: the reading of *trước ngày*.
        is_cell: the wording is a whole cell; days that are over count, too.
        keeps_year: ``year`` is that of the table and holds, whatever the letter's day.
    """

    issued_on: dt.date | None
    year: int | None
    calendar: WorkingCalendar | None
    before: BeforeDay = BeforeDay.STRICT
    is_cell: bool = False
    keeps_year: bool = False

    def day(self, day: int, month: int, year: int | None) -> dt.date | None:
        """Return a day; ``None`` while its year is not known.

        Raises:
            NoDeadline: there is no such day, or it is over.
        """
        if not _exists(day, month, year):
            raise NoDeadline
        if year is not None:
            return self._not_over(dt.date(year, month, day))
        found = self._inferred(lambda wanted: _day(wanted, month, day))
        return None if found is None else self._not_over(found)

    def month_end(self, month: int, year: int | None) -> dt.date | None:
        """Return the last day of a month; ``None`` while its year is not known. It may be over."""
        if year is not None:
            return _month_end(year, month)
        return self._inferred(lambda wanted: _month_end(wanted, month))

    def before_day(self, day: dt.date | None) -> dt.date | None:
        """Return the last day that is *trước ngày* ``day``."""
        if day is None or self.before is BeforeDay.INCLUSIVE:
            return day
        return day - timedelta(days=1)

    def _inferred(self, in_year: Callable[[int], dt.date | None]) -> dt.date | None:
        found = None if self.year is None else in_year(self.year)
        if found is None or self.issued_on is None or self.keeps_year or found >= self.issued_on:
            return found
        if self.issued_on - found > _JUST_OVER:
            return in_year(found.year + 1)
        return found

    def _not_over(self, day: dt.date) -> dt.date:
        if self.is_cell:
            return day
        if self.issued_on is not None:
            is_over = day < self.issued_on
        else:
            is_over = self.year is not None and day.year < self.year
        if is_over:
            raise NoDeadline
        return day


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A pattern and the deadline that a match of it makes.

    Attributes:
        build: raises :class:`NoDeadline` where the words set no time.
        needs_label: the words stand for a time only in a cell or behind ``Thời hạn:``.
    """

    pattern: re.Pattern[str]
    build: Callable[[re.Match[str], Basis], Deadline]
    needs_label: bool = False


def wording(
    pattern: str, build: Callable[[re.Match[str], Basis], Deadline], *, needs_label: bool = False
) -> Wording:
    """Return a wording; case does not matter."""
    return Wording(pattern=re.compile(pattern, re.IGNORECASE), build=build, needs_label=needs_label)


def year_of(match: re.Match[str]) -> int | None:
    """Return the year of a match, written with four digits or two."""
    found = match.groupdict()
    if found.get("year"):
        return int(found["year"])
    return 2000 + int(found["short"]) if found.get("short") else None


def _exists(day: int, month: int, year: int | None) -> bool:
    return 1 <= month <= 12 and 1 <= day <= monthrange(year or _LEAP_YEAR, month)[1]


def _day(year: int, month: int, day: int) -> dt.date | None:
    return dt.date(year, month, day) if _exists(day, month, year) else None


def _month_end(year: int, month: int) -> dt.date:
    return dt.date(year, month, monthrange(year, month)[1])
