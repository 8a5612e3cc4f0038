"""Built-in functions on dates and times (DMN 1.5, 10.3.4.7 and 10.3.4.8)."""

from datetime import timedelta, timezone
from decimal import Decimal
from typing import Any

from engine.clock import BUSINESS_ZONE
from engine.feel.bounds import Account
from engine.feel.builtins_registry import builtin
from engine.feel.days import number_of_day
from engine.feel.temporal import Date, DateTime, from_python

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@builtin("now()")
def now(account: Account) -> Any:
    """Return the instant that the caller of the evaluation gave, on the clocks of the business time zone."""
    local = account.now.astimezone(BUSINESS_ZONE)
    return from_python(local.replace(tzinfo=timezone(local.utcoffset() or timedelta())))


@builtin("today()")
def today(account: Account) -> Any:
    """Return the calendar day of that instant in the business time zone."""
    return from_python(account.now.astimezone(BUSINESS_ZONE).date())


@builtin("day of week(date: date|date and time)")
def day_of_week(_: Account, value: Date | DateTime) -> str:
    """Return the English name of the day."""
    return _DAYS[_day(value).iso_weekday - 1]


@builtin("month of year(date: date|date and time)")
def month_of_year(_: Account, value: Date | DateTime) -> str:
    """Return the English name of the month."""
    return _MONTHS[_day(value).month - 1]


@builtin("day of year(date: date|date and time)")
def day_of_year(_: Account, value: Date | DateTime) -> Decimal:
    """Return the number of the day in the year, from 1."""
    return Decimal(_day_of_year(_day(value)))


@builtin("week of year(date: date|date and time)")
def week_of_year(_: Account, value: Date | DateTime) -> Decimal:
    """Return the ISO 8601 number of the week: the first has the year's first Thursday."""
    day = _day(value)
    week = (_day_of_year(day) - day.iso_weekday + 10) // 7
    if week == 0:
        return Decimal(_weeks_in(day.year - 1))
    return Decimal(1 if week > _weeks_in(day.year) else week)


def _day(value: Date | DateTime) -> Date:
    return value.date if isinstance(value, DateTime) else value


def _day_of_year(day: Date) -> int:
    return day.number - number_of_day(day.year, 1, 1) + 1


def _weeks_in(year: int) -> int:
    """Return 53 for a year that begins on a Thursday, or leaps and begins on a Wednesday, else 52."""
    return 53 if 4 in (Date(year, 1, 1).iso_weekday, Date(year, 12, 31).iso_weekday) else 52
