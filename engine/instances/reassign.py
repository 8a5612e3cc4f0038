"""Evaluates again who may work on open user tasks, as when another unit takes over; also while suspended."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import Connection

from engine.commands import ReassignCandidates
from engine.errors import NotAuthorised
from engine.instances.instance import Instance, lock_instance, require_active
from engine.instances.reason import require_reason
from engine.spiff import Execution


def locate(connection: Connection, command: ReassignCandidates) -> Instance:
    """Take the instance under lock."""
    return lock_instance(connection, command.instance_id)


def authorise(_connection: Connection, command: ReassignCandidates, instance: Instance) -> None:
    """Refuse an actor without the permission to assign tasks, and an instance that has ended."""
    if "task:assign" not in command.actor.permissions:
        raise NotAuthorised("Expected an actor who may assign user tasks", actor=command.actor.key)
    require_active(instance)
    require_reason(command.reason)


def apply(execution: Execution, payload: Mapping[str, Any]) -> None:
    """Evaluate again, live or on replay."""
    execution.reassign_candidates(
        payload["variables"], reason=payload["reason"], element_ids=payload["element_ids"]
    )
