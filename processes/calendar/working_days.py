"""Counts working days (DOMAIN §4). Pure: the days off and make-up workdays are given."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from engine.clock import BUSINESS_ZONE

SATURDAY = 5


class DayKind(StrEnum):
    """Why a day is not what its weekday says."""

    OFF = "off"
    MAKEUP_WORKDAY = "makeup_workday"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingHours:
    """When offices open and close from a day on; a deadline's last day ends when they close (rule 1)."""

    valid_from: date
    opens_at: time
    closes_at: time
    source: str = ""


#: Where nothing else is set.
USUAL_HOURS = WorkingHours(valid_from=date.min, opens_at=time(8, 0), closes_at=time(17, 0))


class WorkingCalendar:
    """Monday to Friday, but for the days named.

    Args:
        days: days off and make-up workdays.
        hours: working hours, each from its day on; before the first :data:`USUAL_HOURS`.
    """

    def __init__(self, days: Mapping[date, DayKind], *, hours: Iterable[WorkingHours] = ()) -> None:
        self._days = dict(days)
        self._hours = sorted((USUAL_HOURS, *hours), key=lambda each: each.valid_from)

    def is_working_day(self, day: date) -> bool:
        """Say whether the offices work: make-up workdays first, then days off, then the weekday (rule 6)."""
        kind = self._days.get(day)
        if kind is not None:
            return kind is DayKind.MAKEUP_WORKDAY
        return day.weekday() < SATURDAY

    def add_working_days(self, day: date, count: int) -> date:
        """Return the ``count``-th working day after ``day``; before it, when ``count`` is negative (rule 1).

        ``day`` itself never counts; with ``count`` 0 it is returned as it is.
        """
        step = timedelta(days=1 if count >= 0 else -1)
        left = abs(count)
        while left:
            day += step
            if self.is_working_day(day):
                left -= 1
        return day

    def add_calendar_days(self, day: date, count: int) -> date:
        """Return the ``count``-th day after ``day``, moved to the next working day if it is none (rule 2)."""
        day += timedelta(days=count)
        while not self.is_working_day(day):
            day += timedelta(days=1)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """Return how many working days lie after ``start`` up to and including ``end``.

        Negative, when ``end`` is before ``start``.
        """
        if end < start:
            return -self.working_days_between(end, start)
        span = (end - start).days
        return sum(self.is_working_day(start + timedelta(days=n)) for n in range(1, span + 1))

    def end_of_working_day(self, day: date) -> datetime:
        """Return the instant at which a deadline on ``day`` passes: when offices close."""
        return self.at_hour(day, self.hours_on(day).closes_at)

    def hours_on(self, day: date) -> WorkingHours:
        """Return the working hours that hold on a day."""
        return [each for each in self._hours if each.valid_from <= day][-1]

    def at_hour(self, day: date, hour: time) -> datetime:
        """Return a time of day as an instant in the business time zone."""
        return datetime.combine(day, hour, BUSINESS_ZONE)
