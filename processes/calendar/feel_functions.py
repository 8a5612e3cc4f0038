"""Working-day arithmetic for expressions in models (DOMAIN §4), by the calendar of the installation."""

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy.engine import Connection

from engine import clock
from engine.host_functions import EngineFunction, EngineFunctions
from processes.calendar.working_days import WorkingCalendar

#: Working days that one call may count; some twenty years.
LONGEST = 5_000

Loader = Callable[[Connection], WorkingCalendar]


def calendar_functions(load: Loader) -> EngineFunctions:
    """Return the functions, bound to the calendar of the transaction at hand.

    ``is working day(date)``; ``add working days(date, days)``, the n-th working day after the date, before it if
    negative; ``working days between(start, end)``, those after the start up to and including the end;
    ``end of working day(date)``, the instant at which a deadline on that day passes.
    """

    def is_working_day(connection: Connection, day: str) -> bool:
        return load(connection).is_working_day(date.fromisoformat(day))

    def add_working_days(connection: Connection, day: str, days: Any) -> str:
        if not isinstance(days, int) or abs(days) > LONGEST:
            raise ValueError(f"expected a whole number of working days up to {LONGEST}, but got {days}")
        return load(connection).add_working_days(date.fromisoformat(day), days).isoformat()

    def working_days_between(connection: Connection, start: str, end: str) -> int:
        first, last = date.fromisoformat(start), date.fromisoformat(end)
        if abs((last - first).days) > 2 * LONGEST:
            raise ValueError(f"expected days no more than {2 * LONGEST} apart, but got {start} and {end}")
        return load(connection).working_days_between(first, last)

    def end_of_working_day(connection: Connection, day: str) -> str:
        return clock.to_text(load(connection).end_of_working_day(date.fromisoformat(day)))

    return EngineFunctions(
        (
            EngineFunction("is working day(date: date)", "boolean", is_working_day),
            EngineFunction("add working days(date: date, days: number)", "date", add_working_days),
            EngineFunction("working days between(start: date, end: date)", "number", working_days_between),
            EngineFunction("end of working day(date: date)", "date and time", end_of_working_day),
        )
    )
