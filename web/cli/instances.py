"""``sauro instances``: list them, look into one, find those that are stuck."""

from datetime import datetime
from typing import Any

import click
import orjson

from engine import clock
from engine.database import reading
from engine.instances.inspect import InstanceView, find_instance
from engine.instances.listing import InstanceSummary, count_instances, list_instances
from engine.instances.selection import InstanceFilter
from engine.instances.stuck import StuckInstance, find_stuck
from web.cli.giving import json_option
from web.cli.history import find_instance_id
from web.cli.installation import open_installation
from web.cli.instance_commands import COMMANDS
from web.cli.output import notes, print_json, print_table
from web.cli.selecting import filter_of, selects_instances
from web.language import gettext

#: Exit status when instances are stuck.
STUCK = 1


@click.group()
def instances() -> None:
    """List process instances, look into them, put them right."""


for _command in COMMANDS:
    instances.add_command(_command)


@instances.command(name="list")
@selects_instances
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True)
@click.option("--offset", type=click.IntRange(0), default=0, show_default=True, help="Leave out so many.")
@json_option
def list_(limit: int, offset: int, as_json: bool, **given: Any) -> None:
    """Print the instances that match, earliest started first; how many there are is noted."""
    installation = open_installation()
    chosen = filter_of(installation, given) or InstanceFilter()
    with reading(installation.database) as connection:
        total = count_instances(connection, chosen)
        found = list_instances(connection, chosen, limit=limit, offset=offset)
    if as_json:
        print_json({"total": total, "instances": [_summary_json(each) for each in found]})
        return
    headings = [
        gettext("Instance"), gettext("Process"), gettext("Version"), gettext("State"), gettext("Started"),
        gettext("Open tasks"), gettext("Incidents"), gettext("Business key"),
    ]  # fmt: skip
    print_table(
        headings,
        [
            [
                str(each.id),
                each.process_key,
                str(each.version),
                each.status,
                _local(each.started_at),
                str(each.open_tasks),
                str(each.open_incidents),
                each.business_key,
            ]
            for each in found
        ],
    )
    if len(found) < total:
        notes.print(gettext("%(shown)s of %(total)s", shown=len(found), total=total))


@instances.command()
@click.argument("instance")
@json_option
def show(instance: str, as_json: bool) -> None:
    """Print INSTANCE (identifier or business key): tokens, open tasks, timers, variables, incidents."""
    installation = open_installation()
    with reading(installation.database) as connection:
        view = find_instance(
            connection, installation.dispatcher.definitions, find_instance_id(connection, instance)
        )
    if as_json:
        print_json(_view_json(view))
        return
    click.echo(f"instance     {view.id}")
    click.echo(f"key          {view.business_key}")
    click.echo(f"process      {view.process_key} {view.definition_hash}")
    click.echo(f"state        {view.status}, entry {view.sequence}")
    click.echo(f"started      {_local(view.started_at)}")
    for name, instant in (("suspended", view.suspended_at), ("ended", view.ended_at)):
        if instant is not None:
            click.echo(f"{name:<12} {_local(instant)}")
    click.echo(f"active       {', '.join(view.active_elements) or '-'}")
    for task in view.user_tasks:
        if task.ended_at is None:
            held = task.assignee or ", ".join(task.candidate_groups) or "-"
            due = "-" if task.due_at is None else _local(task.due_at)
            click.echo(f"user task    {task.element_id} {task.id} with {held}, due {due}")
    for timer in view.timers:
        if timer.ended_at is None:
            click.echo(f"timer        {timer.element_id} {timer.status}, due {_local(timer.due_at)}")
    for incident in view.incidents:
        if incident.resolved_at is None:
            click.echo(f"incident     {incident.id} at {incident.element_id or '-'}: {incident.message}")
    for name, value in view.variables.items():
        click.echo(f"variable     {name} = {orjson.dumps(value).decode()}")


@instances.command()
@click.option("--thorough", is_flag=True, help="Look into the state of every active instance.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=1000, show_default=True)
@json_option
def stuck(thorough: bool, limit: int, as_json: bool) -> None:
    """Print the instances that wait for nothing which can ever come. Exit 0 when there are none, else 1."""
    installation = open_installation()
    with reading(installation.database) as connection:
        found = find_stuck(connection, installation.dispatcher.definitions, thorough=thorough, limit=limit)
    if as_json:
        print_json([_stuck_json(each) for each in found])
    for each in () if as_json else found:
        where = ", ".join(each.elements) or "-"
        click.echo(f"{each.instance_id}  {each.business_key}  {each.kind}  {where}")
        for missing in each.missing:
            click.echo(f"  {missing}")
    if found:
        raise SystemExit(STUCK)


def _summary_json(each: InstanceSummary) -> dict[str, Any]:
    return {
        "instance_id": str(each.id),
        "process_key": each.process_key,
        "version": each.version,
        "business_key": each.business_key,
        "status": each.status,
        "started_at": clock.to_text(each.started_at),
        "ended_at": _text(each.ended_at),
        "open_tasks": each.open_tasks,
        "open_incidents": each.open_incidents,
    }


def _view_json(view: InstanceView) -> dict[str, Any]:
    return {
        "instance_id": str(view.id),
        "process_key": view.process_key,
        "business_key": view.business_key,
        "definition": view.definition_hash,
        "status": view.status,
        "sequence": view.sequence,
        "started_at": clock.to_text(view.started_at),
        "ended_at": _text(view.ended_at),
        "suspended_at": _text(view.suspended_at),
        "active_elements": list(view.active_elements),
        "user_tasks": [
            {
                "task_id": str(task.id),
                "element_id": task.element_id,
                "status": task.status,
                "assignee": task.assignee,
                "candidate_groups": list(task.candidate_groups),
                "due_at": _text(task.due_at),
                "created_at": clock.to_text(task.created_at),
                "ended_at": _text(task.ended_at),
                "completed_by": task.completed_by,
            }
            for task in view.user_tasks
        ],
        "timers": [
            {
                "timer_id": str(timer.id),
                "element_id": timer.element_id,
                "status": timer.status,
                "due_at": clock.to_text(timer.due_at),
                "ended_at": _text(timer.ended_at),
            }
            for timer in view.timers
        ],
        "incidents": [
            {
                "incident_id": str(incident.id),
                "element_id": incident.element_id,
                "message": incident.message,
                "attempts": incident.attempts,
                "created_at": clock.to_text(incident.created_at),
                "resolved_at": _text(incident.resolved_at),
            }
            for incident in view.incidents
        ],
        "variables": dict(view.variables),
    }


def _stuck_json(each: StuckInstance) -> dict[str, Any]:
    return {
        "instance_id": str(each.instance_id),
        "process_key": each.process_key,
        "business_key": each.business_key,
        "kind": each.kind.value,
        "elements": list(each.elements),
        "missing": list(each.missing),
    }


def _text(instant: datetime | None) -> str | None:
    return None if instant is None else clock.to_text(instant)


def _local(instant: datetime) -> str:
    return instant.astimezone(clock.BUSINESS_ZONE).strftime("%d/%m/%Y %H:%M:%S")
