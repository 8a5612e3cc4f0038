"""Correlates a message: to the one active instance that waits for it under the key, or to nobody."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, true
from sqlalchemy.engine import Connection

from engine.commands import CorrelateMessage
from engine.errors import MessageAmbiguous, MessageNotExpected, NotAuthorised
from engine.instances.instance import ACTIVE, Instance, lock_instance, require_running
from engine.instances.reason import accept_reason
from engine.spiff import Execution
from engine.tables import message_subscription, process_instance


def _waiting(connection: Connection, command: CorrelateMessage) -> tuple[UUID, UUID]:
    rows = connection.execute(
        select(message_subscription.c.instance_id, message_subscription.c.task_id).where(
            message_subscription.c.message_name == command.message_name,
            message_subscription.c.correlation_key == command.correlation_key,
            true() if command.task_id is None else message_subscription.c.task_id == command.task_id,
        )
    ).all()
    if not rows:
        raise MessageNotExpected(
            f"Expected an instance to wait for message '{command.message_name}' with key "
            f"'{command.correlation_key}', but none does",
            message_name=command.message_name,
        )
    if len(rows) > 1:
        raise MessageAmbiguous(
            f"Expected one element to wait for message '{command.message_name}' with key "
            f"'{command.correlation_key}', but {len(rows)} do",
            message_name=command.message_name,
        )
    return rows[0].instance_id, rows[0].task_id


def receivers_of(connection: Connection, message_name: str, correlation_key: str) -> Sequence[UUID]:
    """Return the elements of active instances that wait for a message under this key."""
    return connection.scalars(
        select(message_subscription.c.task_id)
        .join(process_instance, message_subscription.c.instance_id == process_instance.c.id)
        .where(
            message_subscription.c.message_name == message_name,
            message_subscription.c.correlation_key == correlation_key,
            process_instance.c.status == ACTIVE,
        )
    ).all()


def status_of_receiver(connection: Connection, message_name: str, correlation_key: str) -> str | None:
    """Return the status of the instance that waits for a message under this key; ``None`` if none does."""
    return connection.scalar(
        select(process_instance.c.status)
        .join(message_subscription, message_subscription.c.instance_id == process_instance.c.id)
        .where(
            message_subscription.c.message_name == message_name,
            message_subscription.c.correlation_key == correlation_key,
        )
        .order_by(process_instance.c.status)  # active comes before suspended
        .limit(1)
    )


def locate(connection: Connection, command: CorrelateMessage) -> Instance:
    """Take the waiting instance under lock.

    Whether anybody waits is told to nobody without the permission to correlate.

    Raises:
        NotAuthorised: the actor has no such permission.
        MessageNotExpected: nobody waits.
        MessageAmbiguous: several wait.
    """
    if "message:correlate" not in command.actor.permissions:
        raise NotAuthorised("Expected an actor who may correlate messages", actor=command.actor.key)
    instance_id, _ = _waiting(connection, command)
    return lock_instance(connection, instance_id)


def authorise(_connection: Connection, command: CorrelateMessage, instance: Instance) -> None:
    """Refuse an instance that does not run, and a reason that is too long."""
    require_running(instance)
    accept_reason(command.reason)


def addressed(connection: Connection, command: CorrelateMessage) -> dict[str, Any]:
    """Return the part of the payload that names the waiting element, read again under the lock."""
    _, task_id = _waiting(connection, command)
    return {"task_id": str(task_id)}


def apply(execution: Execution, payload: Mapping[str, Any]) -> None:
    """Deliver the message, live or on replay."""
    execution.correlate(
        UUID(payload["task_id"]), payload["message_name"], payload["correlation_key"], payload["variables"]
    )
