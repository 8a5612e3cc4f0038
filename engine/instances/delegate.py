"""Delegates a user task: somebody else works on it and returns it to its owner, who completes it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Connection

from engine.commands import DelegateUserTask
from engine.errors import InvalidVariables
from engine.instances.instance import Instance, lock_instance_of_task, require_running
from engine.instances.open_task import refuse_stranger, require_key, require_open, task_of
from engine.instances.reason import require_reason
from engine.spiff import Execution


def locate(connection: Connection, command: DelegateUserTask) -> Instance:
    """Take the task's instance under lock."""
    return lock_instance_of_task(connection, command.task_id)


def authorise(_connection: Connection, command: DelegateUserTask, instance: Instance) -> None:
    """Refuse anyone but who may work on the task, and a delegate who has it or owns it already."""
    task = task_of(instance)
    if not task.is_for(command.actor):
        raise refuse_stranger(command.actor, task, "delegate", "one of its candidates")
    require_open(task, "delegate")
    require_reason(command.reason)
    require_key("delegate", command.delegate)
    if command.delegate in (command.actor.acts_as, task.owner):
        raise InvalidVariables(
            f"Expected to delegate user task '{task.element_id}' to somebody else, but '{command.delegate}' "
            + (
                "is who delegates it"
                if command.delegate == command.actor.key
                else "owns it: return it instead"
            ),
            errors=[{"key": "delegate", "code": "not_somebody_else"}],
        )
    require_running(instance)


def completed(
    _connection: Connection, command: DelegateUserTask, instance: Instance, _execution: Execution
) -> dict[str, Any]:
    """Return the part of the payload that says who gets the task back; who delegates first owns it."""
    return {"owner": task_of(instance).owner or command.actor.acts_as}


def apply(execution: Execution, payload: Mapping[str, Any]) -> None:
    """Delegate, live or on replay."""
    execution.hand_over(
        UUID(payload["task_id"]),
        how="delegated",
        assignee=payload["delegate"],
        owner=payload["owner"],
        reason=payload["reason"],
    )
