"""Moves a token to another element; what it did not do is not done."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Connection

from engine.commands import MoveToken
from engine.errors import NotAuthorised
from engine.instances.instance import Instance, lock_instance, require_running
from engine.instances.reason import require_reason
from engine.spiff import Execution


def locate(connection: Connection, command: MoveToken) -> Instance:
    """Take the instance under lock."""
    return lock_instance(connection, command.instance_id)


def authorise(_connection: Connection, command: MoveToken, instance: Instance) -> None:
    """Refuse an actor without the permission to modify instances, and an instance that does not run."""
    if "instance:modify" not in command.actor.permissions:
        raise NotAuthorised("Expected an actor who may modify process instances", actor=command.actor.key)
    require_running(instance)
    require_reason(command.reason)


def completed(
    _connection: Connection, command: MoveToken, _instance: Instance, execution: Execution
) -> dict[str, Any]:
    """Return the part of the payload that says which token is moved."""
    return {"task_id": str(execution.token_at(command.from_element, command.task_id))}


def apply(execution: Execution, payload: Mapping[str, Any]) -> None:
    """Move, live or on replay."""
    execution.move_token(
        UUID(payload["task_id"]),
        from_element=payload["from_element"],
        to_element=payload["to_element"],
        variables=payload["variables"],
        reason=payload["reason"],
    )
