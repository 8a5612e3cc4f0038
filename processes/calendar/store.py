"""Keeps the calendar in the database; starts from the days known by law."""

import csv
from datetime import date
from importlib.resources import files

from sqlalchemy import Engine, insert, select, text
from sqlalchemy.engine import Connection

from engine.database import reading
from processes.calendar.tables import CalendarDay
from processes.calendar.working_days import DayKind, WorkingCalendar

#: The days that come with the product, columns ``date,kind,name,source``.
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
    return WorkingCalendar({row.day: DayKind(row.kind) for row in rows})


def _is_filled(connection: Connection) -> bool:
    return connection.scalar(select(CalendarDay.day).limit(1)) is not None


def _delivered_days() -> list[dict[str, object]]:
    content = (files("processes.calendar") / "data" / DATA_FILE).read_text(encoding="utf-8")
    return [
        {
            "day": date.fromisoformat(row["date"]),
            "kind": DayKind(row["kind"]).value,
            "name": row["name"],
            "source": row["source"],
        }
        for row in csv.DictReader(content.splitlines())
    ]
