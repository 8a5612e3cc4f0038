"""Lets a running instance go on under another definition of its process."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import Connection

from engine.commands import MigrateInstance
from engine.errors import NotAuthorised
from engine.instances.instance import Instance, lock_instance, require_active
from engine.instances.reason import require_reason
from engine.spiff import Execution


def locate(connection: Connection, command: MigrateInstance) -> Instance:
    """Take the instance under lock."""
    return lock_instance(connection, command.instance_id)


def authorise(_connection: Connection, command: MigrateInstance, instance: Instance) -> None:
    """Refuse an actor without the permission to migrate, an ended instance, and a migration without reason."""
    if "instance:migrate" not in command.actor.permissions:
        raise NotAuthorised("Expected an actor who may migrate process instances", actor=command.actor.key)
    require_active(instance)
    require_reason(command.reason)


def migrated_from(instance: Instance) -> dict[str, Any]:
    """Return the part of the payload that names the definition it was under before."""
    return {"from_definition": instance.definition_hash}


def apply(execution: Execution, payload: Mapping[str, Any]) -> None:
    """Migrate, live or on replay."""
    execution.migrate(
        payload["from_definition"], payload["definition_hash"], payload["mapping"], payload["reason"]
    )
