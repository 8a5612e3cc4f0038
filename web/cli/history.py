"""``sauro history``: what happened, replayed and proved."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import click
from sqlalchemy import select
from sqlalchemy.engine import Connection

from engine import clock
from engine.archive.reading import history_of, replay_anywhere
from engine.archive.verify import verify_everything, verify_one
from engine.database import reading
from engine.errors import NotFound
from engine.history.journal import JournalEntry
from engine.history.replay import ReplayedStep
from engine.history.verify import Verified
from engine.tables import process_instance
from web.cli.installation import Installation, open_installation
from web.cli.output import print_json, print_table
from web.language import gettext

#: Exit status when a history does not hold.
DIFFERS = 1


@click.group()
def history() -> None:
    """Show, replay and verify process instances."""


@history.command()
@click.argument("instance")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def show(instance: str, as_json: bool) -> None:
    """Print the journal of INSTANCE (identifier or business key)."""
    installation = open_installation()
    with reading(installation.database) as connection:
        instance_id = find_instance_id(connection, instance)
        entries = history_of(connection, installation.archive.folder, instance_id)
    if as_json:
        print_json([_entry_json(entry) for entry in entries])
        return
    rows = []
    for entry in entries:
        rows.append(
            [
                str(entry.sequence),
                entry.effective_at.astimezone(clock.BUSINESS_ZONE).strftime("%d/%m/%Y %H:%M:%S"),
                entry.actor_key,
                entry.command,
                ", ".join(_what_happened(entry)),
            ]
        )
    headings = [gettext("No."), gettext("At"), gettext("Actor"), gettext("Command"), gettext("Events")]
    print_table(headings, rows)


@history.command(name="replay")
@click.argument("instance")
@click.option("--at", type=click.IntRange(min=1), help="Entry to stop after (default: the last).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def replay_(instance: str, at: int | None, as_json: bool) -> None:
    """Rebuild INSTANCE from its journal, up to an entry, and print its state then."""
    installation = open_installation()
    with reading(installation.database) as connection:
        steps = replay_anywhere(
            connection,
            installation.dispatcher.definitions,
            installation.archive.folder,
            find_instance_id(connection, instance),
            at=at,
        )
    last = steps[-1]
    state = _state_json(last)
    if as_json:
        print_json(state)
        return
    click.echo(f"entry        {state['sequence']} of {instance}, {state['command']} by {state['actor']}")
    click.echo(f"at           {state['effective_at']}")
    click.echo(f"digest       {state['state_digest']}" + ("" if state["agrees"] else "  DIFFERS"))
    click.echo(f"active       {', '.join(state['active_elements']) or '-'}")
    click.echo(f"user tasks   {', '.join(task['element_id'] for task in state['user_tasks']) or '-'}")
    for timer in state["timers"]:
        click.echo(f"timer        {timer['element_id']} due {timer['due_at']}")
    for name, value in state["variables"].items():
        click.echo(f"variable     {name} = {value}")
    if not state["agrees"]:
        raise SystemExit(DIFFERS)


@history.command()
@click.argument("instance", required=False)
@click.option("--all", "everything", is_flag=True, help="Verify every instance.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def verify(instance: str | None, everything: bool, as_json: bool) -> None:
    """Execute INSTANCE (or --all) again from the journal or its archive file and compare every digest.

    Exit status 0 when all holds, 1 when something differs; the place is named.
    """
    if (instance is None) == (not everything):
        raise click.UsageError("name an INSTANCE, or say --all")
    installation = open_installation()
    with reading(installation.database) as connection:
        results = _verified(installation, connection, instance)
    report(results, as_json=as_json)


def report(results: Sequence[Verified], *, as_json: bool) -> None:
    """Print what was verified; end with exit status 1 when something differs."""
    differing = [result for result in results if result.difference is not None]
    if as_json:
        print_json(
            {
                "holds": not differing,
                "instances": len(results),
                "entries": sum(result.entries for result in results),
                "differences": [_difference_json(result) for result in differing],
            }
        )
    else:
        for result in differing:
            found = _difference_json(result)
            click.echo(
                f"{found['instance_id']} entry {found['sequence']}: {found['kind']}: {found['detail']}"
            )
        counted = gettext(
            "%(instances)s instances, %(entries)s entries",
            instances=len(results),
            entries=sum(result.entries for result in results),
        )
        outcome = (
            gettext("%(count)s instances differ", count=len(differing)) if differing else gettext("all holds")
        )
        click.echo(f"{counted}: {outcome}")
    if differing:
        raise SystemExit(DIFFERS)


def _verified(installation: Installation, connection: Connection, instance: str | None) -> list[Verified]:
    if instance is None:
        return list(verify_everything(connection, installation.archive))
    return [verify_one(connection, installation.archive, find_instance_id(connection, instance))]


def find_instance_id(connection: Connection, text: str) -> UUID:
    """Return the instance that ``text`` names, by identifier or by business key.

    Raises:
        NotFound: none, or more than one.
    """
    try:
        wanted = process_instance.c.id == UUID(text)
    except ValueError:
        wanted = process_instance.c.business_key == text
    found = connection.scalars(select(process_instance.c.id).where(wanted).limit(2)).all()
    if len(found) != 1:
        raise NotFound(
            f"Expected one process instance '{text}', but there {'are more' if found else 'is none'}"
        )
    return UUID(str(found[0]))


def _what_happened(entry: JournalEntry) -> list[str]:
    shown = []
    for event in entry.events:
        kind = event["type"].rsplit(".", 1)[0]
        if kind != "element.completed":
            shown.append(f"{kind} {event['element_id']}" if "element_id" in event else kind)
    return shown


def _entry_json(entry: JournalEntry) -> dict[str, Any]:
    return {
        "instance_id": str(entry.instance_id),
        "sequence": entry.sequence,
        "command_id": str(entry.command_id),
        "command": entry.command,
        "effective_at": clock.to_text(entry.effective_at),
        "recorded_at": clock.to_text(entry.recorded_at),
        "actor": entry.actor_key,
        "on_behalf_of": entry.on_behalf_of,
        "payload": entry.payload,
        "events": entry.events,
        "service_results": entry.service_results,
        "definition": entry.definition_hash,
        "versions": entry.versions,
        "state_digest": entry.state_digest,
        "previous": entry.previous,
        "entry_hash": entry.entry_hash,
    }


def _state_json(last: ReplayedStep) -> dict[str, Any]:
    entry, step = last.entry, last.step
    return {
        "instance_id": str(entry.instance_id),
        "sequence": entry.sequence,
        "command": entry.command,
        "actor": entry.actor_key,
        "effective_at": clock.to_text(entry.effective_at),
        "state_digest": step.digest,
        "agrees": step.digest == entry.state_digest,
        "completed": step.completed,
        "active_elements": list(step.active_elements),
        "user_tasks": [
            {
                "id": str(task.task_id),
                "element_id": task.element_id,
                "candidate_groups": list(task.candidate_groups),
            }
            for task in step.user_tasks
        ],
        "timers": [
            {"element_id": timer.element_id, "due_at": clock.to_text(timer.due_at)} for timer in step.timers
        ],
        "variables": dict(step.variables),
    }


def _difference_json(result: Verified) -> dict[str, Any]:
    found = result.difference
    if found is None:
        raise ValueError("Expected a difference, but the history holds")
    return {
        "instance_id": str(found.instance_id),
        "sequence": found.sequence,
        "kind": found.kind,
        "detail": found.detail,
    }
