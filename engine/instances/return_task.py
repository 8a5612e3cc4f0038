"""Returns a delegated user task to its owner; the delegate gives it back, or the owner takes it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Connection

from engine.commands import ReturnUserTask
from engine.errors import TaskNotDelegated
from engine.instances.instance import Instance, lock_instance_of_task, require_running
from engine.instances.open_task import refuse_stranger, require_open, task_of
from engine.instances.reason import accept_reason
from engine.spiff import Execution


def locate(connection: Connection, command: ReturnUserTask) -> Instance:
    """Take the task's instance under lock."""
    return lock_instance_of_task(connection, command.task_id)


def authorise(_connection: Connection, command: ReturnUserTask, instance: Instance) -> None:
    """Refuse anyone but the delegate and the owner, and a task that is not delegated."""
    task = task_of(instance)
    if command.actor.acts_as not in (task.assignee, task.owner):
        raise refuse_stranger(command.actor, task, "return", "its delegate or its owner")
    require_open(task, "return")
    if task.owner is None:
        raise TaskNotDelegated(
            f"Expected user task '{task.element_id}' to be delegated, but it is not",
            element_id=task.element_id,
        )
    accept_reason(command.reason)
    require_running(instance)


def completed(
    _connection: Connection, _command: ReturnUserTask, instance: Instance, _execution: Execution
) -> dict[str, Any]:
    """Return the part of the payload that says who has the task again."""
    return {"assignee": task_of(instance).owner}


def apply(execution: Execution, payload: Mapping[str, Any]) -> None:
    """Return, live or on replay."""
    execution.hand_over(
        UUID(payload["task_id"]),
        how="returned",
        assignee=payload["assignee"],
        reason=payload["reason"],
    )
