"""Assigns a user task to a person, whoever had it, or gives it back to its groups."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Connection

from engine.commands import AssignUserTask
from engine.errors import NotAuthorised, NothingToChange
from engine.instances.instance import Instance, lock_instance_of_task, require_running
from engine.instances.open_task import require_key, require_open, task_of
from engine.instances.reason import require_reason
from engine.instances.release import require_groups
from engine.instances.subjects import TaskRow
from engine.spiff import Execution


def locate(connection: Connection, command: AssignUserTask) -> Instance:
    """Take the task's instance under lock."""
    return lock_instance_of_task(connection, command.task_id)


def authorise(_connection: Connection, command: AssignUserTask, instance: Instance) -> None:
    """Refuse an actor without the permission to assign, but for an owner who takes back what is delegated.

    A delegation ends with any assignment; giving it to the person who has it already changes nothing.
    """
    task = task_of(instance)
    if "task:assign" not in command.actor.permissions and not _takes_back(command, task):
        raise NotAuthorised("Expected an actor who may assign user tasks", actor=command.actor.key)
    require_open(task, "assign")
    require_reason(command.reason)
    if command.assignee is None:
        require_groups(task, "give back")
    else:
        require_key("assignee", command.assignee)
    if command.assignee == task.assignee and task.owner is None:
        raise NothingToChange(
            f"Expected to assign user task '{task.element_id}', but "
            + (
                "it is with its groups already"
                if task.assignee is None
                else f"'{task.assignee}' has it already"
            ),
            element_id=task.element_id,
        )
    require_running(instance)


def _takes_back(command: AssignUserTask, task: TaskRow) -> bool:
    return task.owner is not None and command.actor.acts_as == task.owner == command.assignee


def apply(execution: Execution, payload: Mapping[str, Any]) -> None:
    """Assign, live or on replay."""
    execution.hand_over(
        UUID(payload["task_id"]), how="assigned", assignee=payload["assignee"], reason=payload["reason"]
    )
