"""Incidents: a command that failed on our side is kept, so that it can be retried when the cause is mended."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.engine import Connection

from engine import clock
from engine.actors import actor_body, actor_from
from engine.canonical import canonical_bytes, normalised
from engine.commands import (
    Command,
    CompleteUserTask,
    CorrelateMessage,
    FireTimer,
    RetryIncident,
    SkipServiceTask,
    StartInstance,
    command_from,
    payload_of,
    request_digest,
)
from engine.errors import (
    CommandConflict,
    InvalidVariables,
    NotAuthorised,
    NotFound,
    NotSkippable,
    StepFailed,
)
from engine.history.journal import JournalEntry, find_by_command
from engine.ids import derived_id
from engine.instances.causes import cause_of
from engine.instances.instance import FAILED, UNFINISHED, WAITING, Instance
from engine.instances.reason import accept_reason, require_reason
from engine.instances.skip import Skip
from engine.spiff import ElementNames, Skipped, StepResult
from engine.tables import incident, process_instance, timer


def record(connection: Connection, instance: Instance, command: Command, failure: StepFailed) -> UUID:
    """Keep a failed command; a command that fails again counts up. A timer that failed waits for an operator.

    Nothing is kept of a command that another process has applied meanwhile, or whose instance has ended since: its
    incident could never be resolved.
    """
    now = clock.now()
    incident_id = derived_id("incident", command.command_id)
    status = connection.scalar(_STATUS, {"id": instance.id})
    if status not in (None, *UNFINISHED) or find_by_command(connection, command.command_id) is not None:
        return incident_id
    body: dict[str, Any] = {
        "command": command.tag,
        "actor": actor_body(command.actor),
        "payload": payload_of(command),
    }
    if failure.passage > 1:
        body["passage"] = failure.passage
    failed = {
        "command": canonical_bytes(body).decode(),
        "element_id": failure.element_id,
        "message": failure.message,
        "last_failed_at": now,
        **_cause(instance, failure),
    }
    attempts = connection.scalar(select(incident.c.attempts).where(incident.c.id == incident_id))
    if attempts is not None:
        connection.execute(
            update(incident)
            .where(incident.c.id == incident_id)
            .values(attempts=attempts + 1, resolved_at=None, resolved_by=None, **failed)
        )
    else:
        connection.execute(
            insert(incident).values(
                id=incident_id,
                instance_id=instance.id,
                command_id=command.command_id,
                attempts=1,
                created_at=now,
                **failed,
            )
        )
    if isinstance(command, FireTimer):
        connection.execute(
            update(timer)
            .where(timer.c.id == command.timer_id, timer.c.status == WAITING)
            .values(status=FAILED)
        )
    return incident_id


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedAgain:
    """A command that failed and is now applied again.

    Attributes:
        note: what its journal entry says about that.
    """

    command: Command
    actor_key: str
    note: Mapping[str, Any]
    skip: Skip | None


def first_answer(connection: Connection, asked: RetryIncident | SkipServiceTask) -> JournalEntry | None:
    """Return the entry that this retry or skip has led to, if it was asked for before.

    Raises:
        CommandConflict: its identifier was used for another request.
    """
    command_id = connection.scalar(
        select(incident.c.command_id).where(
            incident.c.id == asked.incident_id, incident.c.resolved_at.is_not(None)
        )
    )
    entry = None if command_id is None else find_by_command(connection, command_id)
    if entry is None or entry.operator.get("operation", {}).get("command_id") != str(asked.command_id):
        return None
    if entry.operator["operation"] != _operation(asked):
        raise CommandConflict(
            f"Expected command '{asked.command_id}' to be new, but it was used for another request",
            instance_id=str(entry.instance_id),
            sequence=entry.sequence,
        )
    return entry


def apply_again(connection: Connection, asked: RetryIncident | SkipServiceTask) -> AppliedAgain:
    """Return the command that an incident holds, and how it is applied again.

    Raises:
        NotAuthorised: the actor may not retry incidents, or skip service tasks.
        InvalidVariables: a reason is too long, or that for skipping missing; an output is no JSON.
        NotFound: no such open incident.
        NotSkippable: it is not known what failed.
    """
    if isinstance(asked, SkipServiceTask):
        if "instance:modify" not in asked.actor.permissions:
            raise NotAuthorised("Expected an actor who may skip service tasks", actor=asked.actor.key)
        require_reason(asked.reason)
    else:
        if "incident:retry" not in asked.actor.permissions:
            raise NotAuthorised("Expected an actor who may retry incidents", actor=asked.actor.key)
        accept_reason(asked.reason)
    row = connection.execute(
        select(incident).where(incident.c.id == asked.incident_id, incident.c.resolved_at.is_(None))
    ).one_or_none()
    if row is None:
        raise NotFound(f"Expected an open incident '{asked.incident_id}', but there is none")
    body = orjson.loads(row.command)
    actor = actor_from(body["actor"])
    reason = asked.reason.strip()
    note: dict[str, Any] = {"operation": _operation(asked)}
    skip = None
    if isinstance(asked, SkipServiceTask):
        if row.element_id is None:
            raise NotSkippable("Expected a service task to have failed, but it is not known what did")
        note |= {"skipped_by": asked.actor.key, "skip_reason": reason}
        given = Skipped(output=asked.output, by=asked.actor.key, reason=reason)
        skip = Skip(element_id=row.element_id, passage=body.get("passage", 1), given=given)
    else:
        note |= {"retried_by": asked.actor.key, **({"retry_reason": reason} if reason else {})}
    return AppliedAgain(
        command=command_from(body["command"], row.command_id, actor, body["payload"]),
        actor_key=asked.actor.key,
        note=note,
        skip=skip,
    )


def refuse_if_mended(first: JournalEntry, again: AppliedAgain) -> None:
    """Refuse a skip of a command that has been applied meanwhile, and a retry of one that was skipped meanwhile.

    Raises:
        NotFound: the incident is open no more.
    """
    if again.skip is not None or "skipped_by" in first.operator:
        raise NotFound(
            f"Expected an open incident of command '{first.command_id}', but it was mended meanwhile"
        )


def rename(connection: Connection, instance_id: UUID, names: ElementNames) -> None:
    """Give what failed in an instance its name after a migration, so that it can be skipped."""
    rows = connection.execute(
        select(incident.c.id, incident.c.element_id).where(
            incident.c.instance_id == instance_id,
            incident.c.resolved_at.is_(None),
            incident.c.element_id.is_not(None),
        )
    )
    for row in rows.all():
        name = names.of(row.element_id)
        if name and name != row.element_id:
            connection.execute(update(incident).where(incident.c.id == row.id).values(element_id=name))


def _operation(asked: RetryIncident | SkipServiceTask) -> dict[str, str]:
    try:
        payload = normalised(payload_of(asked))
    except ValueError as error:
        raise InvalidVariables(
            f"Expected an output that JSON can carry, but {error}", errors=[{"key": "", "code": "not_json"}]
        ) from error
    return {"command_id": str(asked.command_id), "request": request_digest(asked, payload)}


def resolve(connection: Connection, command_id: UUID, actor_key: str) -> None:
    """Mark the incident of a command as mended, if it had one."""
    connection.execute(
        update(incident)
        .where(incident.c.command_id == command_id, incident.c.resolved_at.is_(None))
        .values(resolved_at=clock.now(), resolved_by=actor_key)
    )


def settle(
    connection: Connection, instance_id: UUID, step: StepResult, command: Command, *, ended: bool
) -> None:
    """Resolve the open incidents of an instance of which nothing can come any more.

    Their task or timer is over, or was done by another command; all of them once the instance has ended.
    """
    rows = connection.execute(
        select(incident.c.id, incident.c.command).where(
            incident.c.instance_id == instance_id, incident.c.resolved_at.is_(None)
        )
    ).all()
    over = [row.id for row in rows if ended or _is_over(orjson.loads(row.command), step, command)]
    if over:
        connection.execute(
            update(incident)
            .where(incident.c.id.in_(over))
            .values(resolved_at=clock.now(), resolved_by=command.actor.key)
        )


def _is_over(failed: Mapping[str, Any], step: StepResult, command: Command) -> bool:
    asked: Mapping[str, Any] = failed["payload"]
    if failed["command"] == StartInstance.tag:
        return True
    if failed["command"] == FireTimer.tag:
        waiting = {(str(each.timer_id), clock.to_text(each.due_at)) for each in step.timers}
        return (asked["timer_id"], asked["due_at"]) not in waiting
    if failed["command"] == CorrelateMessage.tag:
        subscribed = {(each.message_name, each.correlation_key) for each in step.subscriptions}
        message = (asked["message_name"], asked["correlation_key"])
        done = isinstance(command, CorrelateMessage) and message == (
            command.message_name,
            command.correlation_key,
        )
        return done or message not in subscribed
    if failed["command"] == CompleteUserTask.tag:
        return asked["task_id"] not in {str(each.task_id) for each in step.user_tasks}
    return bool(failed["command"] == command.tag)


def _cause(instance: Instance, failure: StepFailed) -> dict[str, str]:
    beneath = failure.__cause__ or failure
    error = type(beneath).__name__
    return {
        "definition_hash": instance.definition_hash,
        "error": error[:100],
        "cause": cause_of(
            process_key=instance.process_key,
            definition_hash=instance.definition_hash,
            element_id=failure.element_id,
            called=failure.called,
            error=error,
            message=failure.message,
        ),
    }


_STATUS = select(process_instance.c.status).where(process_instance.c.id == bindparam("id")).with_for_update()
