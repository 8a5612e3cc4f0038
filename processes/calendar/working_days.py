"""Counts working days (DOMAIN §4). Pure: the days off and make-up workdays are given."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from engine.clock import BUSINESS_ZONE

_SATURDAY = 5


class DayKind(StrEnum):
    """Why a day is not what its weekday says."""

    OFF = "off"
    MAKEUP_WORKDAY = "makeup_workday"


class WorkingCalendar:
    """Monday to Friday, but for the days named.

    Args:
        days: days off and make-up workdays.
        closes_at: time of day at which a deadline's last day ends (rule 1).
    """

    def __init__(self, days: Mapping[date, DayKind], *, closes_at: time = time(17, 0)) -> None:
        self._days = dict(days)
        self._closes_at = closes_at

    def is_working_day(self, day: date) -> bool:
        """Say whether the offices work: make-up workdays first, then days off, then the weekday (rule 6)."""
        kind = self._days.get(day)
        if kind is not None:
            return kind is DayKind.MAKEUP_WORKDAY
        return day.weekday() < _SATURDAY

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
        """Return the instant at which a deadline on ``day`` passes."""
        return self.at_hour(day, self._closes_at)

    def at_hour(self, day: date, hour: time) -> datetime:
        """Return a time of day as an instant in the business time zone."""
        return datetime.combine(day, hour, BUSINESS_ZONE)
