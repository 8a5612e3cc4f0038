"""``sauro incidents``: what failed on our side, grouped by cause; retried or skipped."""

from typing import Any
from uuid import UUID

import click

from engine import clock
from engine.commands import RetryIncident, SkipServiceTask
from engine.database import reading
from engine.instances.incidents import (
    IncidentDetail,
    IncidentGroup,
    find_cause,
    find_incident,
    incident_groups,
    list_incidents,
)
from engine.instances.selection import InstanceFilter
from web.cli.giving import give, json_option, many_options, reason_option
from web.cli.installation import open_installation
from web.cli.json_input import json_variables
from web.cli.output import print_json, print_table
from web.language import gettext

#: Digits of a cause that are shown; as many as are needed may be typed.
_SHORT = 12
#: Characters of a message in a table.
_GIST = 100


@click.group()
def incidents() -> None:
    """Show, retry and skip what failed on our side."""


@incidents.command(name="list")
@click.option("--by-cause", is_flag=True, help="One line for all with the same cause.")
@click.option("--open", "only_open", is_flag=True, help="Only those that nobody has mended.")
@click.option("--cause", metavar="CAUSE", help="Only those with this cause; its first digits do.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True)
@json_option
def list_(by_cause: bool, only_open: bool, cause: str | None, limit: int, as_json: bool) -> None:
    """Print incidents, the last failure first; or their causes, that with the most open incidents first."""
    with reading(open_installation().database) as connection:
        wanted = None if cause is None else find_cause(connection, cause)
        if by_cause:
            _answer_groups(
                incident_groups(connection, only_open=only_open, cause=wanted, limit=limit), as_json=as_json
            )
            return
        found = list_incidents(connection, only_open=only_open, cause=wanted, limit=limit)
    if as_json:
        print_json([_incident_json(each) for each in found])
        return
    headings = [
        gettext("Incident"), gettext("Last failed"), gettext("Tries"), gettext("Instance"),
        gettext("Element"), gettext("Cause"), gettext("Message"),
    ]  # fmt: skip
    print_table(
        headings,
        [
            [
                str(each.id),
                _local(each.last_failed_at),
                str(each.attempts),
                each.business_key or str(each.instance_id),
                each.element_id or "-",
                (each.cause or "-")[:_SHORT],
                _gist(each.message),
            ]
            for each in found
        ],
    )


@incidents.command()
@click.argument("incident", type=click.UUID)
@json_option
def show(incident: UUID, as_json: bool) -> None:
    """Print everything about INCIDENT."""
    with reading(open_installation().database) as connection:
        found = find_incident(connection, incident)
    body = _incident_json(found)
    if as_json:
        print_json(body)
        return
    for name, value in body.items():
        click.echo(f"{name:<16} {'-' if value is None else value}")


@incidents.command()
@click.argument("incidents", nargs=-1, type=click.UUID)
@click.option("--cause", metavar="CAUSE", help="All open ones with this cause; its first digits do.")
@many_options
def retry(
    incidents: tuple[UUID, ...], cause: str | None, reason: str, yes: bool, no_wait: bool, as_json: bool
) -> None:
    """Apply the commands of INCIDENTS, or of all with a cause, again. Exit 0 when all was done, else 1."""
    installation = open_installation()
    chosen = None
    if cause is not None:
        with reading(installation.database) as connection:
            chosen = InstanceFilter(incident_cause=find_cause(connection, cause))
    give(
        installation,
        RetryIncident.tag,
        incidents,
        chosen,
        parameters={},
        reason=reason,
        yes=yes,
        no_wait=no_wait,
        as_json=as_json,
    )


@incidents.command()
@click.argument("incident", type=click.UUID)
@click.option("--output", required=True, metavar="JSON", help="What the task gives instead, or @FILE.")
@reason_option
@json_option
def skip(incident: UUID, output: str, reason: str, as_json: bool) -> None:
    """Let the service task that failed with INCIDENT be as done, with an output given by hand."""
    give(
        open_installation(),
        SkipServiceTask.tag,
        [incident],
        None,
        parameters={"output": json_variables(output, "--output")},
        reason=reason,
        yes=False,
        no_wait=False,
        as_json=as_json,
    )


def _answer_groups(groups: list[IncidentGroup], *, as_json: bool) -> None:
    if as_json:
        print_json(
            [
                {
                    "cause": group.cause,
                    "count": group.count,
                    "open": group.open_count,
                    "instances": group.instances,
                    "first_seen_at": clock.to_text(group.first_seen_at),
                    "last_seen_at": clock.to_text(group.last_seen_at),
                    "example": _incident_json(group.example),
                }
                for group in groups
            ]
        )
        return
    headings = [
        gettext("Cause"), gettext("Open"), gettext("All"), gettext("Instances"), gettext("First failed"),
        gettext("Last failed"), gettext("Process"), gettext("Element"), gettext("Message"),
    ]  # fmt: skip
    print_table(
        headings,
        [
            [
                (group.cause or "-")[:_SHORT],
                str(group.open_count),
                str(group.count),
                str(group.instances),
                _local(group.first_seen_at),
                _local(group.last_seen_at),
                f"{group.example.process_key or '-'} {group.example.version or ''}".strip(),
                group.example.element_id or "-",
                _gist(group.example.message),
            ]
            for group in groups
        ],
    )


def _incident_json(found: IncidentDetail) -> dict[str, Any]:
    return {
        "incident_id": str(found.id),
        "instance_id": str(found.instance_id),
        "business_key": found.business_key,
        "process_key": found.process_key,
        "version": found.version,
        "element_id": found.element_id,
        "command": found.command,
        "actor": found.actor_key,
        "error": found.error,
        "message": found.message,
        "cause": found.cause,
        "attempts": found.attempts,
        "created_at": clock.to_text(found.created_at),
        "last_failed_at": clock.to_text(found.last_failed_at),
        "resolved_at": None if found.resolved_at is None else clock.to_text(found.resolved_at),
        "resolved_by": found.resolved_by,
    }


def _gist(message: str) -> str:
    line = " ".join(message.split())
    return line if len(line) <= _GIST else line[: _GIST - 1] + "…"


def _local(instant: Any) -> str:
    return str(instant.astimezone(clock.BUSINESS_ZONE).strftime("%d/%m/%Y %H:%M:%S"))
