"""``sauro calendar``: the working-day calendar, and what its changes move."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy.engine import Connection

from engine import clock
from engine.actors import Actor
from engine.database import reading
from processes.assignments.calendar_change import Move, Recomputed, find_moves, recompute
from processes.calendar import edit
from processes.calendar.calendar_csv import read_calendar_csv, write_calendar_csv
from processes.calendar.change import CalendarChange
from processes.calendar.edit import DayEdit, day_json, hours_json
from processes.calendar.store import load_calendar, load_days, load_hours
from processes.calendar.working_days import DayKind, WorkingHours
from web.calendar_words import change_lines, kind_in_words
from web.cli.installation import Installation, open_installation, operator
from web.cli.output import notes, print_json, print_table
from web.language import gettext, ngettext
from web.typography import day, moment

#: Assignments named by a preview; the JSON document names all.
SHOWN = 20

_DAY = click.DateTime(formats=["%Y-%m-%d"])
_TIME = click.DateTime(formats=["%H:%M"])
_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
_PREVIEW = click.option("--preview", is_flag=True, help="Show what would change and move; write nothing.")
_SOURCE = click.option(
    "--source", required=True, help="Where it is known from, such as a decision with number."
)
_REASON = click.option(
    "--reason", required=True, help="Why, for the calendar's and the assignments' histories."
)


@click.group()
def calendar() -> None:
    """Keep the working-day calendar."""


@calendar.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_PREVIEW
@click.option("--reason", default="", help="Why, for the histories; the days that change by default.")
@_JSON
def load(file: Path, preview: bool, reason: str, as_json: bool) -> None:
    """Load days off and make-up workdays from the CSV FILE (date, kind, name, source).

    For the years that FILE names it holds all of them: a day that it no longer lists is an ordinary one again.
    Reminders, escalations and time limits of open assignments are counted anew; deadline days stay. Loading again
    goes on where it was interrupted.
    """
    named = read_calendar_csv(file)
    installation = open_installation()
    with reading(installation.database) as connection:
        change = edit.preview_file(connection, named)
    why = reason.strip() or _reason(change)
    if not preview and not change.is_none:
        with installation.database.begin() as connection:
            change = edit.load_file(connection, named, source=file.name, reason=why, by=_manager())
    _finish(installation, change, reason=why, preview=preview, as_json=as_json)


@calendar.command(name="set")
@click.argument("the_day", metavar="DAY", type=_DAY)
@click.argument("kind", type=click.Choice([kind.value for kind in DayKind]))
@click.option("--name", required=True, help="What the day is called.")
@_SOURCE
@_REASON
@click.option("--with", "other", type=_DAY, help="The other day of a swap; it is set, too.")
@click.option("--other-name", default="", help="What the other day is called.")
@click.option("--provisional", is_flag=True, help="It is expected, not decided.")
@_PREVIEW
@_JSON
def set_(
    the_day: datetime,
    kind: str,
    name: str,
    source: str,
    reason: str,
    other: datetime | None,
    other_name: str,
    provisional: bool,
    preview: bool,
    as_json: bool,
) -> None:
    """Make DAY (YYYY-MM-DD) a day off or a make-up workday; open assignments are counted anew."""
    wanted = DayEdit(
        day=the_day.date(),
        kind=DayKind(kind),
        name=name,
        source=source,
        swapped_with=None if other is None else other.date(),
        swapped_name=other_name,
        provisional=provisional,
    )
    _edit(wanted, reason=reason, preview=preview, as_json=as_json)


@calendar.command()
@click.argument("the_day", metavar="DAY", type=_DAY)
@_SOURCE
@_REASON
@_PREVIEW
@_JSON
def remove(the_day: datetime, source: str, reason: str, preview: bool, as_json: bool) -> None:
    """Make DAY an ordinary day again, and the other day of its swap; open assignments are counted anew."""
    wanted = DayEdit(day=the_day.date(), kind=None, source=source)
    _edit(wanted, reason=reason, preview=preview, as_json=as_json)


@calendar.command()
@click.argument("opens_at", type=_TIME)
@click.argument("closes_at", type=_TIME)
@click.option(
    "--from", "valid_from", required=True, type=_DAY, help="First day on which they hold, YYYY-MM-DD."
)
@_SOURCE
@_REASON
@_PREVIEW
@_JSON
def hours(
    opens_at: datetime,
    closes_at: datetime,
    valid_from: datetime,
    source: str,
    reason: str,
    preview: bool,
    as_json: bool,
) -> None:
    """Let offices work from OPENS_AT to CLOSES_AT (HH:MM); a deadline's last day ends when they close."""
    wanted = WorkingHours(
        valid_from=valid_from.date(), opens_at=opens_at.time(), closes_at=closes_at.time(), source=source
    )
    installation = open_installation()
    with installation.database.begin() as connection:
        change = (
            edit.preview_hours(connection, wanted)
            if preview
            else edit.set_hours(connection, wanted, reason=reason, by=_manager())
        )
    _finish(installation, change, reason=reason, preview=preview, as_json=as_json)


@calendar.command(name="list")
@click.argument("year", type=click.IntRange(1900, 2200), required=False)
@_JSON
def list_(year: int | None, as_json: bool) -> None:
    """Print the days of YEAR that are not what their weekday says, and the working hours; all years by default."""
    with reading(open_installation().database) as connection:
        days = [each for each in load_days(connection) if year is None or each.day.year == year]
        set_hours = load_hours(connection)
        present = load_calendar(connection).hours_on(clock.today())
    if as_json:
        print_json(
            {"days": [day_json(each) for each in days], "hours": [hours_json(each) for each in set_hours]}
        )
        return
    headings = [gettext("Day"), gettext("Kind"), gettext("Name"), gettext("Swapped with"), gettext("Source")]
    rows = [
        [
            day(each.day),
            kind_in_words(each.kind, provisional=each.provisional),
            each.name,
            "" if each.paired_with is None else day(each.paired_with),
            each.source,
        ]
        for each in days
    ]
    print_table(headings, rows)
    hours_now = f"{present.opens_at:%H:%M}–{present.closes_at:%H:%M}"
    click.echo(gettext("Working hours today: %(hours)s", hours=hours_now))


@calendar.command()
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="The newest.")
@_JSON
def history(limit: int, as_json: bool) -> None:
    """Print who changed the calendar, when and why, newest first."""
    with reading(open_installation().database) as connection:
        told = edit.history(connection, limit=limit)
    if as_json:
        print_json(
            [
                {
                    "kind": each.kind,
                    "source": each.source,
                    "reason": each.reason,
                    **each.detail,
                    "changed_by": each.changed_by,
                    "changed_at": clock.to_text(each.changed_at),
                }
                for each in told
            ]
        )
        return
    for each in told:
        click.echo(f"{moment(each.changed_at)}  {each.changed_by}  {each.source}  {each.reason}")
        for line in change_lines(each.detail):
            click.echo(f"  {line}")


@calendar.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--year", type=click.IntRange(1900, 2200), help="Only this year.")
def export(file: Path, year: int | None) -> None:
    """Write the calendar to the CSV FILE, as 'sauro calendar load' reads it."""
    with reading(open_installation().database) as connection:
        days = [each for each in load_days(connection) if year is None or each.day.year == year]
    file.write_bytes(write_calendar_csv(days))
    notes.print(ngettext("%(num)s row written", "%(num)s rows written", len(days)))


@calendar.command(name="recompute")
@_REASON
@_JSON
def recompute_(reason: str, as_json: bool) -> None:
    """Count open assignments anew by the calendar as it stands, as after an interrupted change."""
    installation = open_installation()
    with reading(installation.database) as connection:
        change = _unchanged(connection)
    _finish(installation, change, reason=reason, preview=False, as_json=as_json)


def _unchanged(connection: Connection) -> CalendarChange:
    return CalendarChange(days=load_days(connection), hours=load_hours(connection))


def _edit(wanted: DayEdit, *, reason: str, preview: bool, as_json: bool) -> None:
    installation = open_installation()
    with installation.database.begin() as connection:
        change = (
            edit.preview_day(connection, wanted)
            if preview
            else edit.edit_day(connection, wanted, reason=reason, by=_manager())
        )
    _finish(installation, change, reason=reason, preview=preview, as_json=as_json)


def _finish(
    installation: Installation, change: CalendarChange, *, reason: str, preview: bool, as_json: bool
) -> None:
    """Tell open assignments what moves, unless it is a preview, and print all of it."""
    moves = _moves(installation, change)
    done = None if preview else _recompute(installation, moves, reason)
    if as_json:
        print_json(_document(change, moves, done))
        return
    _print_days(change)
    _print_moves(moves, done)


def _manager() -> Actor:
    actor = operator()
    return replace(actor, permissions=actor.permissions | {edit.MANAGE})


def _moves(installation: Installation, change: CalendarChange) -> list[Move]:
    settings = installation.process_settings
    return find_moves(
        installation.dispatcher, change.calendar, assignment=settings.assignment, issue=settings.issue
    )


def _recompute(installation: Installation, moves: list[Move], reason: str) -> Recomputed:
    if moves:
        notes.print(ngettext("moving %(num)s assignment", "moving %(num)s assignments", len(moves)))
    return recompute(installation.dispatcher, moves, actor=operator(), reason=reason)


def _reason(change: CalendarChange) -> str:
    days = [day(each.day) for each in (*change.added, *change.changed, *change.removed)]
    told = ", ".join(days[:5]) + ("…" if len(days) > 5 else "")
    return f"Lịch làm việc thay đổi: {told}" if days else "Lịch làm việc thay đổi"


def _print_days(change: CalendarChange) -> None:
    if change.is_none:
        click.echo(gettext("The calendar is as the file says."))
    for sign, days in (("+", change.added), ("~", change.changed), ("-", change.removed)):
        for each in days:
            click.echo(f"{sign} {day(each.day)}  {each.kind.value}  {each.name}")
    if change.new_hours is not None:
        told = change.new_hours
        click.echo(f"+ {day(told.valid_from)}  {told.opens_at:%H:%M}–{told.closes_at:%H:%M}")


def _print_moves(moves: list[Move], done: Recomputed | None) -> None:
    if done is None:
        click.echo(ngettext("%(num)s assignment would move", "%(num)s assignments would move", len(moves)))
        for move in moves[:SHOWN]:
            click.echo(f"  {move.business_key}")
            for name, before, after in move.moved:
                click.echo(f"    {name}: {moment(before)} → {moment(after)}")
        if len(moves) > SHOWN:
            click.echo(f"  … {len(moves) - SHOWN}")
        return
    click.echo(ngettext("%(num)s assignment has moved", "%(num)s assignments have moved", done.told))
    if done.suspended:
        click.echo(
            ngettext(
                "%(num)s is suspended; load the file again when it goes on",
                "%(num)s are suspended; load the file again when they go on",
                done.suspended,
            )
        )


def _document(change: CalendarChange, moves: list[Move], done: Recomputed | None) -> dict[str, Any]:
    return {
        "preview": done is None,
        "added": [day_json(each) for each in change.added],
        "changed": [day_json(each) for each in change.changed],
        "removed": [day_json(each) for each in change.removed],
        "hours": None if change.new_hours is None else hours_json(change.new_hours),
        "moves": [
            {
                "instance_id": str(move.instance_id),
                "business_key": move.business_key,
                "suspended": move.suspended,
                "moved": [
                    {"name": name, "before": clock.to_text(before), "after": clock.to_text(after)}
                    for name, before, after in move.moved
                ],
            }
            for move in moves
        ],
        "told": None if done is None else done.told,
        "suspended": None if done is None else done.suspended,
    }
