"""Changes the calendar: what a file says of the years it names takes the place of what was known of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, extract, insert, select
from sqlalchemy.engine import Connection

from processes.calendar.calendar_csv import NamedDay
from processes.calendar.tables import CalendarDay
from processes.calendar.working_days import DayKind, WorkingCalendar


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarChange:
    """What differs from the calendar that there is.

    Attributes:
        removed: days of the years named that the file no longer lists.
        days: all days afterwards.
    """

    added: Sequence[NamedDay]
    changed: Sequence[NamedDay]
    removed: Sequence[NamedDay]
    days: Sequence[NamedDay]

    @property
    def calendar(self) -> WorkingCalendar:
        """The calendar afterwards."""
        return WorkingCalendar({named.day: named.kind for named in self.days})

    @property
    def is_none(self) -> bool:
        """Whether nothing differs."""
        return not (self.added or self.changed or self.removed)


def compare(connection: Connection, named: Iterable[NamedDay]) -> CalendarChange:
    """Return what a file's days would change; nothing is written."""
    before = {row.day: row for row in _stored(connection)}
    after = {each.day: each for each in named}
    years = {day.year for day in after}
    removed = [each for day, each in before.items() if day.year in years and day not in after]
    kept = [each for day, each in before.items() if day.year not in years]
    return CalendarChange(
        added=[each for day, each in after.items() if day not in before],
        changed=[each for day, each in after.items() if day in before and before[day] != each],
        removed=removed,
        days=sorted([*kept, *after.values()], key=lambda each: each.day),
    )


def apply_change(connection: Connection, named: Iterable[NamedDay]) -> CalendarChange:
    """Write what a file's days change and return it."""
    change = compare(connection, named)
    years = {each.day.year for each in (*change.added, *change.changed, *change.removed)}
    if not years:
        return change
    connection.execute(delete(CalendarDay).where(extract("year", CalendarDay.day).in_(sorted(years))))
    connection.execute(
        insert(CalendarDay),
        [
            {"day": each.day, "kind": each.kind.value, "name": each.name, "source": each.source}
            for each in change.days
            if each.day.year in years
        ],
    )
    return change


def _stored(connection: Connection) -> list[NamedDay]:
    rows = connection.execute(
        select(CalendarDay.day, CalendarDay.kind, CalendarDay.name, CalendarDay.source).order_by(
            CalendarDay.day
        )
    )
    return [NamedDay(day=row.day, kind=DayKind(row.kind), name=row.name, source=row.source) for row in rows]
