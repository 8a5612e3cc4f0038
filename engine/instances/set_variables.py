"""Corrects variables of an instance, also while it is suspended; the old values are kept in its history."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Connection

from engine.commands import SetVariables
from engine.errors import NotAuthorised
from engine.instances.instance import Instance, lock_instance, require_active
from engine.instances.reason import require_reason
from engine.spiff import Execution


def locate(connection: Connection, command: SetVariables) -> Instance:
    """Take the instance under lock."""
    return lock_instance(connection, command.instance_id)


def authorise(_connection: Connection, command: SetVariables, instance: Instance) -> None:
    """Refuse an actor without the permission to modify instances, and an instance that has ended."""
    if "instance:modify" not in command.actor.permissions:
        raise NotAuthorised("Expected an actor who may modify process instances", actor=command.actor.key)
    require_active(instance)
    require_reason(command.reason)


def apply(execution: Execution, payload: Mapping[str, Any]) -> None:
    """Set the variables, live or on replay."""
    scope_id = payload["scope_id"]
    execution.set_variables(
        payload["variables"],
        reason=payload["reason"],
        scope_id=None if scope_id is None else UUID(scope_id),
    )
