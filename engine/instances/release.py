"""Releases a user task: its assignee gives it back to its groups."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Connection

from engine.commands import ReleaseUserTask
from engine.errors import CandidateGroupsMissing, TaskDelegated
from engine.instances.instance import Instance, lock_instance_of_task, require_running
from engine.instances.open_task import refuse_stranger, require_open, task_of
from engine.instances.reason import accept_reason
from engine.instances.subjects import TaskRow
from engine.spiff import Execution


def locate(connection: Connection, command: ReleaseUserTask) -> Instance:
    """Take the task's instance under lock."""
    return lock_instance_of_task(connection, command.task_id)


def authorise(_connection: Connection, command: ReleaseUserTask, instance: Instance) -> None:
    """Refuse anyone but the assignee, a delegate (who returns it), and a task without groups."""
    task = task_of(instance)
    if command.actor.acts_as != task.assignee:
        raise refuse_stranger(command.actor, task, "release", "its assignee")
    require_open(task, "release")
    if task.owner is not None:
        raise TaskDelegated(
            f"Expected to release user task '{task.element_id}', but it has to be returned to '{task.owner}'",
            element_id=task.element_id,
            owner=task.owner,
        )
    require_groups(task, "release")
    accept_reason(command.reason)
    require_running(instance)


def require_groups(task: TaskRow, doing: str) -> None:
    """Refuse a task that would be nobody's with ``CandidateGroupsMissing``."""
    if not task.groups:
        raise CandidateGroupsMissing(
            f"Expected to {doing} user task '{task.element_id}' to its groups, but it has none",
            element_id=task.element_id,
        )


def apply(execution: Execution, payload: Mapping[str, Any]) -> None:
    """Release, live or on replay."""
    execution.hand_over(UUID(payload["task_id"]), how="released", assignee=None, reason=payload["reason"])
