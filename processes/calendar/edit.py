"""Changes the calendar with a source and a reason, previewed, and kept in a trail (DOMAIN §4 rule 7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

import orjson
from sqlalchemy import insert, select, text
from sqlalchemy.engine import Connection

from engine import clock
from engine.actors import Actor
from engine.errors import NotAuthorised, Rejection
from processes.calendar.calendar_csv import MAX_TEXT, CalendarFile, NamedDay, misfits
from processes.calendar.change import (
    CalendarChange,
    apply_change,
    compare,
    compare_edit,
    compare_hours,
    write,
)
from processes.calendar.store import load_days
from processes.calendar.tables import CalendarChangeRow
from processes.calendar.working_days import DayKind, WorkingHours
from processes.problems import N_, Problem

#: The permission to change the calendar.
MANAGE = "calendar:manage"
#: Characters of a reason.
LONGEST_REASON = 500
#: Years before and after this one that may be changed.
_YEARS = 10

_LENGTHS = {
    "name": N_("the name has {length} characters, expected 1 to {most}"),
    "reason": N_("the reason has {length} characters, expected 1 to {most}"),
    "source": N_("the source has {length} characters, expected 1 to {most}"),
}

_LOCK = text("LOCK TABLE calendar_day IN SHARE ROW EXCLUSIVE MODE")


class CalendarChangeRefused(Rejection):
    """The calendar cannot be changed so; ``params["problems"]`` names every reason."""

    code: ClassVar[str] = "calendar_change_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class DayEdit:
    """A day as somebody wants it.

    Attributes:
        kind: ``None`` makes it an ordinary day again, and the other day of its swap.
        swapped_with: the make-up workday of a day off, or the day off of a make-up workday; it is changed, too.
        swapped_name: what the other day is called.
    """

    day: date
    kind: DayKind | None
    name: str = ""
    source: str = ""
    swapped_with: date | None = None
    swapped_name: str = ""
    provisional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedChange:
    """One change of the calendar as it was kept; ``detail`` has its days or hours before and after."""

    kind: str
    source: str
    reason: str
    detail: Mapping[str, Any]
    changed_by: str
    changed_at: datetime


def preview_day(connection: Connection, edit: DayEdit) -> CalendarChange:
    """Return what an edit would change; nothing is written.

    Raises:
        CalendarChangeRefused: it cannot be so, or changes nothing.
    """
    stored = {each.day: each for each in load_days(connection)}
    problems: list[str] = []
    put, take = _removal(edit, stored, problems) if edit.kind is None else _placing(edit, stored, problems)
    if not problems:
        after = {day: each for day, each in stored.items() if day not in take} | {
            each.day: each for each in put
        }
        problems += [problem for each in put for problem in misfits(each, after)]
    _refuse(problems)
    return _something(compare_edit(connection, put=put, take=take))


def preview_hours(connection: Connection, hours: WorkingHours) -> CalendarChange:
    """Return what working hours from a day on would change; nothing is written.

    Raises:
        CalendarChangeRefused: they cannot be so, or hold already.
    """
    problems = list(_day_problems(hours.valid_from))
    if hours.closes_at <= hours.opens_at:
        problems.append(Problem(N_("offices close after they open")))
    problems += _text_problems("source", hours.source)
    _refuse(problems)
    return _something(compare_hours(connection, hours))


def edit_day(connection: Connection, edit: DayEdit, *, reason: str, by: Actor) -> CalendarChange:
    """Write an edit of a day with its trail. The caller commits.

    Raises:
        NotAuthorised: the actor may not change the calendar.
        CalendarChangeRefused: it cannot be so, changes nothing, or has no reason.
    """
    _begin(connection, reason, by)
    change = preview_day(connection, edit)
    write(connection, change)
    kind = "remove" if edit.kind is None else "set"
    _record(connection, kind, change, source=edit.source, reason=reason, by=by)
    return change


def set_hours(connection: Connection, hours: WorkingHours, *, reason: str, by: Actor) -> CalendarChange:
    """Write working hours from a day on with their trail. The caller commits.

    Raises:
        NotAuthorised: the actor may not change the calendar.
        CalendarChangeRefused: they cannot be so, hold already, or have no reason.
    """
    _begin(connection, reason, by)
    change = preview_hours(connection, hours)
    write(connection, change)
    _record(connection, "hours", change, source=hours.source, reason=reason, by=by)
    return change


def load_file(
    connection: Connection, file: CalendarFile, *, source: str, reason: str, by: Actor
) -> CalendarChange:
    """Write what a file says of the years that it names, with its trail. The caller commits.

    Args:
        source: the file's name.

    Raises:
        NotAuthorised: the actor may not change the calendar.
    """
    _require_manager(by)
    _lock(connection)
    change = apply_change(connection, file.days, file.columns)
    if not change.is_none:
        _record(connection, "load", change, source=source[:MAX_TEXT], reason=reason, by=by)
    return change


def preview_file(connection: Connection, file: CalendarFile) -> CalendarChange:
    """Return what loading a file would change; nothing is written."""
    return compare(connection, file.days, file.columns)


def history(connection: Connection, *, limit: int = 1_000) -> list[RecordedChange]:
    """Return the changes of the calendar, newest first."""
    table = CalendarChangeRow.__table__
    rows = connection.execute(select(table).order_by(table.c.id.desc()).limit(limit))
    return [
        RecordedChange(
            kind=row.kind,
            source=row.source,
            reason=row.reason,
            detail=orjson.loads(row.detail),
            changed_by=row.changed_by,
            changed_at=row.changed_at,
        )
        for row in rows
    ]


def day_json(named: NamedDay) -> dict[str, Any]:
    """Return a day as JSON values."""
    return {
        "date": named.day.isoformat(),
        "kind": named.kind.value,
        "name": named.name,
        "source": named.source,
        "paired_with": None if named.paired_with is None else named.paired_with.isoformat(),
        "provisional": named.provisional,
    }


def hours_json(hours: WorkingHours) -> dict[str, str]:
    """Return working hours as JSON values."""
    return {
        "valid_from": hours.valid_from.isoformat(),
        "opens_at": f"{hours.opens_at:%H:%M}",
        "closes_at": f"{hours.closes_at:%H:%M}",
        "source": hours.source,
    }


def _removal(
    edit: DayEdit, stored: Mapping[date, NamedDay], problems: list[str]
) -> tuple[list[NamedDay], set[date]]:
    known = stored.get(edit.day)
    problems += _text_problems("source", edit.source)
    if known is None:
        problems.append(Problem(N_("{day} is an ordinary day already"), day=edit.day))
        return [], set()
    return [], {edit.day} if known.paired_with is None else {edit.day, known.paired_with}


def _placing(
    edit: DayEdit, stored: Mapping[date, NamedDay], problems: list[str]
) -> tuple[list[NamedDay], set[date]]:
    if edit.kind is None:
        raise AssertionError("Expected a kind of day")
    problems += _day_problems(edit.day)
    problems += [*_text_problems("name", edit.name), *_text_problems("source", edit.source)]
    put = [
        NamedDay(
            day=edit.day,
            kind=edit.kind,
            name=edit.name.strip(),
            source=edit.source.strip(),
            paired_with=edit.swapped_with,
            provisional=edit.provisional,
        )
    ]
    other = edit.swapped_with
    if other is not None:
        problems += _day_problems(other)
        is_off = edit.kind is DayKind.OFF
        put.append(
            NamedDay(
                day=other,
                kind=DayKind.MAKEUP_WORKDAY if is_off else DayKind.OFF,
                name=edit.swapped_name.strip() or ("Ngày làm bù" if is_off else "Ngày nghỉ hoán đổi"),
                source=edit.source.strip(),
                paired_with=edit.day,
                provisional=edit.provisional,
            )
        )
    given = {each.day for each in put}
    partners = {stored[day].paired_with for day in given if day in stored}
    return put, {day for day in partners if day is not None} - given


def _day_problems(day: date) -> list[str]:
    year = clock.today().year
    return (
        []
        if abs(day.year - year) <= _YEARS
        else [Problem(N_("the day {day} lies too far from today"), day=day)]
    )


def _text_problems(what: str, written: str, most: int = MAX_TEXT) -> list[str]:
    length = len(written.strip())
    return [] if 0 < length <= most else [Problem(_LENGTHS[what], length=length, most=most)]


def _begin(connection: Connection, reason: str, by: Actor) -> None:
    _require_manager(by)
    _refuse(_text_problems("reason", reason, LONGEST_REASON))
    _lock(connection)


def _lock(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK)


def _require_manager(by: Actor) -> None:
    if MANAGE not in by.permissions:
        raise NotAuthorised("Expected an actor who may change the calendar", actor=by.key)


def _something(change: CalendarChange) -> CalendarChange:
    if change.is_none:
        _refuse([Problem(N_("the calendar is so already"))])
    return change


def _refuse(problems: list[str]) -> None:
    if problems:
        raise CalendarChangeRefused(
            f"Expected a change that the calendar can take, but {len(problems)} problems were found",
            problems=problems,
        )


def _record(
    connection: Connection, kind: str, change: CalendarChange, *, source: str, reason: str, by: Actor
) -> None:
    after = {each.day: each for each in (*change.added, *change.changed)}
    before = {each.day: each for each in (*change.before, *change.removed)}
    detail = {
        "days": [
            {
                "before": day_json(before[day]) if day in before else None,
                "after": day_json(after[day]) if day in after else None,
            }
            for day in sorted({*before, *after})
        ],
        "hours": None if change.new_hours is None else hours_json(change.new_hours),
    }
    connection.execute(
        insert(CalendarChangeRow),
        [
            {
                "kind": kind,
                "source": source.strip(),
                "reason": reason.strip(),
                "detail": orjson.dumps(detail).decode(),
                "changed_by": by.key,
                "changed_at": clock.now(),
            }
        ],
    )
