"""What changes in the calendar: whole years by a file, single days, working hours; compared, then written."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date

from sqlalchemy import delete, insert
from sqlalchemy.engine import Connection

from processes.calendar.calendar_csv import NamedDay
from processes.calendar.store import load_days, load_hours
from processes.calendar.tables import CalendarDay, WorkingHoursRow
from processes.calendar.working_days import WorkingCalendar, WorkingHours


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarChange:
    """What differs from the calendar that there is.

    Attributes:
        before: the days changed, as they were.
        removed: days that are ordinary ones again.
        days: all days afterwards.
        hours: all working hours afterwards.
        new_hours: those that are new.
    """

    added: Sequence[NamedDay] = ()
    changed: Sequence[NamedDay] = ()
    before: Sequence[NamedDay] = ()
    removed: Sequence[NamedDay] = ()
    days: Sequence[NamedDay] = ()
    hours: Sequence[WorkingHours] = ()
    new_hours: WorkingHours | None = None

    @property
    def calendar(self) -> WorkingCalendar:
        """The calendar afterwards."""
        return WorkingCalendar({named.day: named.kind for named in self.days}, hours=self.hours)

    @property
    def is_none(self) -> bool:
        """Whether nothing differs."""
        return not (self.added or self.changed or self.removed or self.new_hours)


def compare(
    connection: Connection, named: Iterable[NamedDay], columns: Collection[str] = ()
) -> CalendarChange:
    """Return what a file's days would change in the years that it names; nothing is written.

    Args:
        columns: the optional columns that the file has; what it leaves out stays.
    """
    before = {row.day: row for row in load_days(connection)}
    after = {each.day: _with_kept(each, before.get(each.day), columns) for each in named}
    years = {day.year for day in after}
    removed = [day for day in before if day.year in years and day not in after]
    return compare_edit(connection, put=after.values(), take=removed)


def compare_edit(
    connection: Connection, *, put: Iterable[NamedDay] = (), take: Iterable[date] = ()
) -> CalendarChange:
    """Return what putting some days and taking others would change; nothing is written."""
    before = {row.day: row for row in load_days(connection)}
    given = {each.day: each for each in put}
    gone = set(take) - given.keys()
    after = {day: each for day, each in before.items() if day not in gone} | given
    changed = [each for day, each in given.items() if day in before and before[day] != each]
    return CalendarChange(
        added=[each for day, each in given.items() if day not in before],
        changed=changed,
        before=[before[each.day] for each in changed],
        removed=[each for day, each in before.items() if day in gone],
        days=sorted(after.values(), key=lambda each: each.day),
        hours=load_hours(connection),
    )


def compare_hours(connection: Connection, hours: WorkingHours) -> CalendarChange:
    """Return what working hours from a day on would change; nothing is written."""
    known = load_hours(connection)
    present = WorkingCalendar({}, hours=known).hours_on(hours.valid_from)
    is_new = (present.opens_at, present.closes_at) != (hours.opens_at, hours.closes_at)
    kept = [each for each in known if each.valid_from != hours.valid_from]
    return CalendarChange(
        days=load_days(connection),
        hours=(*kept, hours) if is_new else known,
        new_hours=hours if is_new else None,
    )


def apply_change(
    connection: Connection, named: Iterable[NamedDay], columns: Collection[str] = ()
) -> CalendarChange:
    """Write what a file's days change and return it."""
    change = compare(connection, named, columns)
    write(connection, change)
    return change


def write(connection: Connection, change: CalendarChange) -> None:
    """Write a change."""
    gone = [each.day for each in (*change.changed, *change.removed)]
    if gone:
        connection.execute(delete(CalendarDay).where(CalendarDay.day.in_(gone)))
    fresh = [asdict(each) for each in (*change.added, *change.changed)]
    if fresh:
        connection.execute(insert(CalendarDay), fresh)
    if change.new_hours is not None:
        table = WorkingHoursRow.__table__
        connection.execute(delete(WorkingHoursRow).where(table.c.valid_from == change.new_hours.valid_from))
        connection.execute(insert(WorkingHoursRow), [asdict(change.new_hours)])


def _with_kept(given: NamedDay, stored: NamedDay | None, columns: Collection[str]) -> NamedDay:
    if stored is None or stored.kind is not given.kind:
        return given
    left_out = {"paired_with", "provisional"}.difference(columns)
    return replace(given, **{name: getattr(stored, name) for name in left_out})
