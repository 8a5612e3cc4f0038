"""Suspends an instance: nobody completes, nothing fires or arrives until it is resumed."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import Connection

from engine.commands import SuspendInstance
from engine.errors import NotAuthorised
from engine.instances.instance import Instance, lock_instance, require_running
from engine.instances.reason import require_reason
from engine.spiff import Execution


def locate(connection: Connection, command: SuspendInstance) -> Instance:
    """Take the instance under lock."""
    return lock_instance(connection, command.instance_id)


def authorise(_connection: Connection, command: SuspendInstance, instance: Instance) -> None:
    """Refuse an actor without the permission to suspend, and an instance that is suspended or has ended."""
    if "instance:suspend" not in command.actor.permissions:
        raise NotAuthorised("Expected an actor who may suspend process instances", actor=command.actor.key)
    require_running(instance)
    require_reason(command.reason)


def apply(execution: Execution, payload: Mapping[str, Any]) -> None:
    """Suspend, live or on replay."""
    execution.suspend(payload["reason"])
