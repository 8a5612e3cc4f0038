"""Ends an instance before its time; everything open in it is withdrawn."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import Connection

from engine.commands import CancelInstance
from engine.errors import InvalidVariables, NotAuthorised
from engine.instances.instance import Instance, lock_instance, require_active
from engine.spiff import Execution


def locate(connection: Connection, command: CancelInstance) -> Instance:
    """Take the instance under lock."""
    return lock_instance(connection, command.instance_id)


def authorise(_connection: Connection, command: CancelInstance, instance: Instance) -> None:
    """Refuse an actor without the permission to cancel, an ended instance, and a cancellation without reason."""
    if "instance:cancel" not in command.actor.permissions:
        raise NotAuthorised("Expected an actor who may cancel process instances", actor=command.actor.key)
    require_active(instance)
    if not command.reason.strip():
        raise InvalidVariables(
            "Expected a reason for the cancellation, but it is empty",
            errors=[{"key": "reason", "code": "required"}],
        )


def apply(execution: Execution, payload: Mapping[str, Any]) -> None:
    """Cancel, live or on replay."""
    execution.cancel(payload["reason"])
