"""Ends an instance before its time; everything open in it is withdrawn."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import Connection

from engine.commands import CancelInstance
from engine.errors import NotAuthorised
from engine.instances.instance import Instance, lock_instance, require_active
from engine.instances.reason import require_reason
from engine.spiff import Execution


def locate(connection: Connection, command: CancelInstance) -> Instance:
    """Take the instance under lock."""
    return lock_instance(connection, command.instance_id)


def authorise(_connection: Connection, command: CancelInstance, instance: Instance) -> None:
    """Refuse an actor without the permission to cancel, an ended instance, and a cancellation without reason."""
    if "instance:cancel" not in command.actor.permissions:
        raise NotAuthorised("Expected an actor who may cancel process instances", actor=command.actor.key)
    require_active(instance)
    require_reason(command.reason)


def apply(execution: Execution, payload: Mapping[str, Any]) -> None:
    """Cancel, live or on replay."""
    execution.cancel(payload["reason"])
