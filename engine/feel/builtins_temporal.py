"""Built-in functions on dates and times (DMN 1.5, 10.3.4.7 and 10.3.4.8)."""

from calendar import monthrange
from datetime import date, datetime
from decimal import Decimal

from engine.clock import BUSINESS_ZONE
from engine.feel.bounds import Account
from engine.feel.builtins_registry import builtin

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@builtin("now()")
def now(account: Account) -> datetime:
    """Return the instant that the caller of the evaluation gave."""
    return account.now


@builtin("today()")
def today(account: Account) -> date:
    """Return the calendar day of that instant in the business time zone."""
    return account.now.astimezone(BUSINESS_ZONE).date()


@builtin("day of week(date: date|date and time)")
def day_of_week(_: Account, value: date) -> str:
    """Return the English name of the day."""
    return _DAYS[value.weekday()]


@builtin("month of year(date: date|date and time)")
def month_of_year(_: Account, value: date) -> str:
    """Return the English name of the month."""
    return _MONTHS[value.month - 1]


@builtin("day of year(date: date|date and time)")
def day_of_year(_: Account, value: date) -> Decimal:
    """Return the number of the day in the year, from 1."""
    return Decimal(value.timetuple().tm_yday)


@builtin("week of year(date: date|date and time)")
def week_of_year(_: Account, value: date) -> Decimal:
    """Return the ISO 8601 number of the week."""
    return Decimal(value.isocalendar().week)


@builtin("last day of month(date: date|date and time)")
def last_day_of_month(_: Account, value: date) -> date:
    """Return the date of the last day of the same month (also in Camunda 8)."""
    return date(value.year, value.month, monthrange(value.year, value.month)[1])
