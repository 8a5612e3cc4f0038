"""Keeps the calendar in the database; starts from the days known by law."""

import csv
from datetime import date
from importlib.resources import files

from sqlalchemy import Engine, func, insert, select
from sqlalchemy.engine import Connection

from processes.calendar.tables import CalendarDay
from processes.calendar.working_days import DayKind, WorkingCalendar

#: The days that come with the product, columns ``date,kind,name,source``.
DATA_FILE = "calendar-vn.csv"


def ensure_calendar(database: Engine) -> None:
    """Fill an empty calendar with the days that come with the product; never touches a filled one."""
    with database.begin() as connection:
        if connection.scalar(select(func.count()).select_from(CalendarDay)):
            return
        connection.execute(
            insert(CalendarDay),
            [
                {
                    "day": date.fromisoformat(row["date"]),
                    "kind": DayKind(row["kind"]).value,
                    "name": row["name"],
                    "source": row["source"],
                }
                for row in _delivered_days()
            ],
        )


def load_calendar(connection: Connection) -> WorkingCalendar:
    """Return the calendar as it stands."""
    rows = connection.execute(select(CalendarDay.day, CalendarDay.kind))
    return WorkingCalendar({row.day: DayKind(row.kind) for row in rows})


def _delivered_days() -> list[dict[str, str]]:
    text = (files("processes.calendar") / "data" / DATA_FILE).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
