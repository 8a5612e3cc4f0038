"""Claims a user task: a member of its groups takes it for themselves."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Connection

from engine.commands import ClaimUserTask
from engine.errors import TaskAlreadyClaimed
from engine.instances.instance import Instance, lock_instance_of_task, require_running
from engine.instances.open_task import refuse_stranger, require_open, task_of
from engine.spiff import Execution


def locate(connection: Connection, command: ClaimUserTask) -> Instance:
    """Take the task's instance under lock."""
    return lock_instance_of_task(connection, command.task_id)


def authorise(_connection: Connection, command: ClaimUserTask, instance: Instance) -> None:
    """Refuse anyone but members of the candidate groups, and a task that somebody has already."""
    task = task_of(instance)
    if not task.is_candidate(command.actor):
        raise refuse_stranger(command.actor, task, "claim", "a member of its groups")
    require_open(task, "claim")
    if task.assignee is not None:
        raise TaskAlreadyClaimed(
            f"Expected to claim user task '{task.element_id}', but '{task.assignee}' has it already",
            element_id=task.element_id,
            assignee=task.assignee,
        )
    require_running(instance)


def completed(
    _connection: Connection, command: ClaimUserTask, _instance: Instance, _execution: Execution
) -> dict[str, Any]:
    """Return the part of the payload that says who has the task from now on."""
    return {"assignee": command.actor.acts_as}


def apply(execution: Execution, payload: Mapping[str, Any]) -> None:
    """Claim, live or on replay."""
    execution.hand_over(UUID(payload["task_id"]), how="claimed", assignee=payload["assignee"])
