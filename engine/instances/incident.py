"""Incidents: a command that failed on our side is kept, so that it can be retried when the cause is mended."""

from uuid import UUID

import orjson
from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from engine import clock
from engine.actors import actor_body, actor_from
from engine.canonical import canonical_bytes
from engine.commands import Command, FireTimer, RetryIncident, command_from, payload_of
from engine.errors import NotAuthorised, NotFound, StepFailed
from engine.history.journal import find_by_command
from engine.ids import derived_id
from engine.instances.causes import cause_of
from engine.instances.instance import FAILED, WAITING, Instance
from engine.tables import incident, timer


def record(connection: Connection, instance: Instance, command: Command, failure: StepFailed) -> UUID:
    """Keep a failed command; a command that fails again counts up. A timer that failed waits for an operator.

    Nothing is kept of a command that another process has applied meanwhile.
    """
    now = clock.now()
    incident_id = derived_id("incident", command.command_id)
    if find_by_command(connection, command.command_id) is not None:
        return incident_id
    failed = {
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
        body = {
            "command": command.tag,
            "actor": actor_body(command.actor),
            "payload": payload_of(command),
        }
        connection.execute(
            insert(incident).values(
                id=incident_id,
                instance_id=instance.id,
                command_id=command.command_id,
                command=canonical_bytes(body).decode(),
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


def original_command(connection: Connection, retry: RetryIncident) -> Command:
    """Return the command that an incident holds.

    Raises:
        NotAuthorised: the actor may not retry incidents.
        NotFound: no such open incident.
    """
    if "incident:retry" not in retry.actor.permissions:
        raise NotAuthorised("Expected an actor who may retry incidents", actor=retry.actor.key)
    row = connection.execute(
        select(incident).where(incident.c.id == retry.incident_id, incident.c.resolved_at.is_(None))
    ).one_or_none()
    if row is None:
        raise NotFound(f"Expected an open incident '{retry.incident_id}', but there is none")
    body = orjson.loads(row.command)
    return command_from(body["command"], row.command_id, actor_from(body["actor"]), body["payload"])


def resolve(connection: Connection, command_id: UUID, actor_key: str) -> None:
    """Mark the incident of a command as mended, if it had one."""
    connection.execute(
        update(incident)
        .where(incident.c.command_id == command_id, incident.c.resolved_at.is_(None))
        .values(resolved_at=clock.now(), resolved_by=actor_key)
    )


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
