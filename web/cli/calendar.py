"""``sauro calendar``: the working-day calendar, and what its changes move."""

from pathlib import Path
from typing import Any

import click

from engine import clock
from engine.database import reading
from processes.assignments.calendar_change import Move, Recomputed, find_moves, recompute
from processes.calendar.calendar_csv import NamedDay, read_calendar_csv
from processes.calendar.change import CalendarChange, apply_change, compare
from web.cli.installation import Installation, open_installation, operator
from web.cli.output import notes, print_json
from web.language import gettext, ngettext
from web.typography import day, moment

#: Assignments named by a preview; the JSON document names all.
SHOWN = 20


@click.group()
def calendar() -> None:
    """Keep the working-day calendar."""


@calendar.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--preview", is_flag=True, help="Show what would change and move; write nothing.")
@click.option("--reason", default="", help="Why, for the histories; the days that change by default.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def load(file: Path, preview: bool, reason: str, as_json: bool) -> None:
    """Load days off and make-up workdays from the CSV FILE (date, kind, name, source).

    For the years that FILE names it holds all of them: a day that it no longer lists is an ordinary one again.
    Reminders, escalations and time limits of open assignments are counted anew; deadline days stay. Loading again
    goes on where it was interrupted.
    """
    named = read_calendar_csv(file)
    installation = open_installation()
    with reading(installation.database) as connection:
        change = compare(connection, named)
    if not preview and not change.is_none:
        with installation.database.begin() as connection:
            change = apply_change(connection, named)
    moves = _moves(installation, change)
    done = None if preview else _recompute(installation, moves, reason.strip() or _reason(change))
    if as_json:
        print_json(_document(change, moves, done))
        return
    _print_days(change)
    _print_moves(moves, done)


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
        "added": [_day(each) for each in change.added],
        "changed": [_day(each) for each in change.changed],
        "removed": [_day(each) for each in change.removed],
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


def _day(named: NamedDay) -> dict[str, str]:
    return {
        "date": named.day.isoformat(),
        "kind": named.kind.value,
        "name": named.name,
        "source": named.source,
    }
