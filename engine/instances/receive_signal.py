"""Lets an instance hear a signal that was thrown elsewhere."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import Connection

from engine.commands import ReceiveSignal
from engine.errors import NotAuthorised
from engine.instances.instance import Instance, lock_instance, require_running
from engine.spiff import Execution


def locate(connection: Connection, command: ReceiveSignal) -> Instance:
    """Take the instance under lock."""
    return lock_instance(connection, command.instance_id)


def authorise(_connection: Connection, command: ReceiveSignal, instance: Instance) -> None:
    """Refuse an actor without the permission to broadcast, and an instance that does not run."""
    if "signal:broadcast" not in command.actor.permissions:
        raise NotAuthorised("Expected an actor who may broadcast signals", actor=command.actor.key)
    require_running(instance)


def apply(execution: Execution, payload: Mapping[str, Any]) -> None:
    """Deliver the signal, live or on replay."""
    execution.receive_signal(payload["signal_name"], payload["variables"])
