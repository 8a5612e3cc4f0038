"""What an operator can do to process instances: to those named, or to all that options select."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import click

from engine.commands import (
    CancelInstance,
    CorrelateMessage,
    MoveToken,
    ReceiveSignal,
    RecomputeDueDates,
    ResumeInstance,
    SetVariables,
    SuspendInstance,
)
from engine.database import reading
from engine.ids import new_id
from engine.instances.instance import ACTIVE, SUSPENDED, UNFINISHED
from engine.instances.reason import require_reason
from web.cli.giving import execute, give, json_option, many_options, reason_option
from web.cli.history import find_instance_id
from web.cli.installation import Installation, open_installation, operator
from web.cli.json_input import json_variables
from web.cli.selecting import filter_of, selects_instances

_INSTANCES = click.argument("instances", nargs=-1)
_VARIABLES = click.option("--variables", default="{}", metavar="JSON", help="Set before, as JSON or @FILE.")


@click.command()
@_INSTANCES
@selects_instances
@many_options
def cancel(instances: tuple[str, ...], **given: Any) -> None:
    """End INSTANCES (identifiers or business keys), or all that match, before their time."""
    _give(CancelInstance.tag, instances, given, usual_statuses=UNFINISHED)


@click.command()
@_INSTANCES
@selects_instances
@many_options
def suspend(instances: tuple[str, ...], **given: Any) -> None:
    """Stop INSTANCES, or all that match: nobody completes, nothing fires until they are resumed."""
    _give(SuspendInstance.tag, instances, given, usual_statuses=(ACTIVE,))


@click.command()
@_INSTANCES
@selects_instances
@many_options
def resume(instances: tuple[str, ...], **given: Any) -> None:
    """Let suspended INSTANCES, or all that match, go on; their timers move by the length of the pause."""
    _give(ResumeInstance.tag, instances, given, usual_statuses=(SUSPENDED,))


@click.command(name="set")
@_INSTANCES
@click.option("--variables", required=True, metavar="JSON", help="New values by name, as JSON or @FILE.")
@click.option("--scope", "scope_id", type=click.UUID, help="The token whose own variables are meant.")
@selects_instances
@many_options
def set_(instances: tuple[str, ...], variables: str, scope_id: UUID | None, **given: Any) -> None:
    """Correct variables of INSTANCES, or of all that match; old and new values are kept."""
    parameters = {"variables": json_variables(variables, "--variables")}
    singular = {} if scope_id is None else {"scope_id": scope_id}
    _give(SetVariables.tag, instances, given, parameters, singular, usual_statuses=UNFINISHED)


@click.command()
@_INSTANCES
@click.option("--from", "from_element", required=True, metavar="ELEMENT", help="Where the token is.")
@click.option("--to", "to_element", required=True, metavar="ELEMENT", help="Where it begins.")
@click.option("--task", "task_id", type=click.UUID, help="Which token, if several are there.")
@_VARIABLES
@selects_instances
@many_options
def move(
    instances: tuple[str, ...],
    from_element: str,
    to_element: str,
    task_id: UUID | None,
    variables: str,
    **given: Any,
) -> None:
    """Take a token of INSTANCES, or of all that match and wait there, from one element to another."""
    if not instances and given["element_id"] is None:
        given["element_id"] = from_element if any(given[name] for name in _FILTER) else None
    parameters = {
        "from_element": from_element,
        "to_element": to_element,
        "variables": json_variables(variables, "--variables"),
    }
    singular = {} if task_id is None else {"task_id": task_id}
    _give(MoveToken.tag, instances, given, parameters, singular, usual_statuses=(ACTIVE,))


@click.command()
@_INSTANCES
@click.option("--at", "element_ids", multiple=True, metavar="ELEMENT", help="Only there; repeat it.")
@_VARIABLES
@selects_instances
@many_options
def recompute(instances: tuple[str, ...], element_ids: tuple[str, ...], variables: str, **given: Any) -> None:
    """Evaluate again when waiting timers and open user tasks of INSTANCES, or of all that match, are due."""
    parameters = {"element_ids": element_ids, "variables": json_variables(variables, "--variables")}
    _give(RecomputeDueDates.tag, instances, given, parameters, usual_statuses=UNFINISHED)


@click.command()
@_INSTANCES
@click.option("--name", "signal_name", required=True, help="The signal.")
@click.option("--variables", default="{}", metavar="JSON", help="What it carries, as JSON or @FILE.")
@selects_instances
@many_options
def signal(instances: tuple[str, ...], signal_name: str, variables: str, **given: Any) -> None:
    """Let INSTANCES, or all that match, hear a signal."""
    parameters = {"signal_name": signal_name, "variables": json_variables(variables, "--variables")}
    _give(ReceiveSignal.tag, instances, given, parameters, usual_statuses=(ACTIVE,))


@click.command(name="send-message")
@click.argument("name")
@click.option("--key", "correlation_key", required=True, help="The correlation key that is waited under.")
@click.option("--task", "task_id", type=click.UUID, help="Which element, if several wait.")
@click.option("--variables", default="{}", metavar="JSON", help="What it carries, as JSON or @FILE.")
@reason_option
@json_option
def send_message(
    name: str, correlation_key: str, task_id: UUID | None, variables: str, reason: str, as_json: bool
) -> None:
    """Deliver the message NAME by hand to the element that waits for it under a key."""
    require_reason(reason)
    command = CorrelateMessage(
        command_id=new_id(),
        actor=operator(),
        message_name=name,
        correlation_key=correlation_key,
        variables=json_variables(variables, "--variables"),
        task_id=task_id,
        reason=reason,
    )
    execute(open_installation(), command, as_json=as_json)


#: All of them, for the group.
COMMANDS: Sequence[click.Command] = (cancel, suspend, resume, set_, move, recompute, signal, send_message)

_FILTER = (
    "process_key", "version", "definition_hash", "statuses", "business_key_contains", "element_id",
    "has_incident", "incident_cause", "started_from", "started_before", "due_before",
)  # fmt: skip


def _give(
    tag: str,
    instances: Sequence[str],
    given: dict[str, Any],
    parameters: dict[str, Any] | None = None,
    singular: dict[str, Any] | None = None,
    *,
    usual_statuses: tuple[str, ...],
) -> None:
    installation = open_installation()
    chosen = filter_of(installation, {name: given.pop(name) for name in _FILTER})
    give(
        installation,
        tag,
        _instance_ids(installation, instances),
        chosen,
        parameters=parameters or {},
        singular=singular,
        usual_statuses=usual_statuses,
        **given,
    )


def _instance_ids(installation: Installation, instances: Sequence[str]) -> list[UUID]:
    with reading(installation.database) as connection:
        return list(dict.fromkeys(find_instance_id(connection, each) for each in instances))
