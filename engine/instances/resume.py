"""Resumes a suspended instance; its timers and due dates move by the length of the pause.

Messages that were kept for it meanwhile are delivered; a signal that came meanwhile was not heard.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import Connection

from engine.commands import ResumeInstance
from engine.errors import InstanceNotSuspended, NotAuthorised
from engine.instances.instance import SUSPENDED, Instance, lock_instance, require_active
from engine.instances.reason import require_reason
from engine.spiff import Execution


def locate(connection: Connection, command: ResumeInstance) -> Instance:
    """Take the instance under lock."""
    return lock_instance(connection, command.instance_id)


def authorise(_connection: Connection, command: ResumeInstance, instance: Instance) -> None:
    """Refuse an actor without the permission to suspend, and an instance that is not suspended."""
    if "instance:suspend" not in command.actor.permissions:
        raise NotAuthorised("Expected an actor who may resume process instances", actor=command.actor.key)
    require_active(instance)
    if instance.status != SUSPENDED:
        raise InstanceNotSuspended(
            f"Expected process instance '{instance.business_key}' to be suspended, but it is {instance.status}"
        )
    require_reason(command.reason)


def apply(execution: Execution, payload: Mapping[str, Any]) -> None:
    """Resume, live or on replay."""
    execution.resume(payload["reason"])
