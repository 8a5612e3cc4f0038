"""Starts an instance: a definition, a business key and the first variables."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.engine import Connection

from engine import clock
from engine.commands import StartInstance
from engine.database import lock_words
from engine.errors import InstanceAlreadyExists, NotAuthorised, NotFound
from engine.history.journal import GENESIS
from engine.instances.instance import ACTIVE, UNFINISHED, Instance
from engine.spiff import Execution
from engine.tables import definition, process_instance


def locate(connection: Connection, command: StartInstance) -> Instance:
    """Return the instance about to start.

    What an event starts is taken with its business key, so that two messages at once come one after the other.

    Raises:
        NotFound: the definition is not deployed.
        InstanceAlreadyExists: the identifier is taken.
    """
    process_key = connection.scalar(_PROCESS_KEY, {"hash": command.definition_hash})
    if process_key is None:
        raise NotFound(f"Expected definition '{command.definition_hash}' to be deployed, but it is not")
    if command.start_event is not None:
        lock_words(connection, process_key, command.business_key)
    if connection.scalar(_INSTANCE_EXISTS, {"id": command.instance_id}):
        raise InstanceAlreadyExists(
            f"Expected to start process instance '{command.instance_id}', but it is already started"
        )
    return Instance(
        id=command.instance_id,
        definition_hash=command.definition_hash,
        process_key=process_key,
        business_key=command.business_key,
        status=ACTIVE,
        sequence=0,
        started_at=clock.now(),
        effective_at=clock.now(),
        state=b"",
        head_hash=GENESIS,
    )


def authorise(connection: Connection, command: StartInstance, instance: Instance) -> None:
    """Refuse an actor without the permission to start instances.

    What an event starts has a business key of its own: while an instance with that key has not ended, there is no
    second one, even if two messages arrive at once.

    Raises:
        InstanceAlreadyExists: an event is to start it and an instance with this key has not ended.
    """
    if "instance:start" not in command.actor.permissions:
        raise NotAuthorised("Expected an actor who may start process instances", actor=command.actor.key)
    if command.start_event is None:
        return
    if connection.scalar(
        _WITH_THIS_KEY, {"process_key": instance.process_key, "business_key": command.business_key}
    ):
        raise InstanceAlreadyExists(
            f"Expected '{command.business_key}' to start process '{instance.process_key}', but one is active"
        )


def apply(execution: Execution, payload: Mapping[str, Any]) -> None:
    """Start, live or on replay."""
    execution.start(payload["business_key"], payload["variables"], payload.get("start_event"))


_PROCESS_KEY = select(definition.c.process_key).where(definition.c.hash == bindparam("hash"))
_WITH_THIS_KEY = (
    select(process_instance.c.id)
    .where(
        process_instance.c.process_key == bindparam("process_key"),
        process_instance.c.business_key == bindparam("business_key"),
        process_instance.c.status.in_(UNFINISHED),
    )
    .limit(1)
)
_INSTANCE_EXISTS = select(process_instance.c.id).where(process_instance.c.id == bindparam("id"))
