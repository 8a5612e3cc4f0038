"""Keeps the calendar in the database; starts from the days known by law."""

from dataclasses import asdict
from importlib.resources import files

from sqlalchemy import Engine, insert, select, text
from sqlalchemy.engine import Connection

from engine.database import reading
from processes.calendar.calendar_csv import NamedDay, read_calendar_csv
from processes.calendar.tables import CalendarDay, WorkingHoursRow
from processes.calendar.working_days import DayKind, WorkingCalendar, WorkingHours

#: The days that come with the product, as :func:`read_calendar_csv` reads them.
DATA_FILE = "calendar-vn.csv"

_LOCK_FOR_FILLING = text("LOCK TABLE calendar_day IN SHARE ROW EXCLUSIVE MODE")


def ensure_calendar(database: Engine) -> None:
    """Fill an empty calendar with the days that come with the product; never touches a filled one.

    Two processes may start at once: one fills it, the other finds it filled.
    """
    with reading(database) as connection:
        if _is_filled(connection):
            return
    with database.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(_LOCK_FOR_FILLING)
        if not _is_filled(connection):
            connection.execute(insert(CalendarDay), _delivered_days())


def load_calendar(connection: Connection) -> WorkingCalendar:
    """Return the calendar as it stands; a change is seen by the next command, whichever process made it."""
    rows = connection.execute(select(CalendarDay.day, CalendarDay.kind))
    return WorkingCalendar({row.day: DayKind(row.kind) for row in rows}, hours=load_hours(connection))


def load_days(connection: Connection) -> list[NamedDay]:
    """Return all days that are not what their weekday says, in order."""
    table = CalendarDay.__table__
    return [
        NamedDay(
            day=row.day,
            kind=DayKind(row.kind),
            name=row.name,
            source=row.source,
            paired_with=row.paired_with,
            provisional=row.provisional,
        )
        for row in connection.execute(select(table).order_by(table.c.day))
    ]


def load_hours(connection: Connection) -> tuple[WorkingHours, ...]:
    """Return the working hours that were set, in order."""
    table = WorkingHoursRow.__table__
    return tuple(
        WorkingHours(
            valid_from=row.valid_from, opens_at=row.opens_at, closes_at=row.closes_at, source=row.source
        )
        for row in connection.execute(select(table).order_by(table.c.valid_from))
    )


def _is_filled(connection: Connection) -> bool:
    return connection.scalar(select(CalendarDay.day).limit(1)) is not None


def _delivered_days() -> list[dict[str, object]]:
    content = (files("processes.calendar") / "data" / DATA_FILE).read_bytes()
    return [asdict(each) for each in read_calendar_csv(content).days]
