"""Lets a user task change hands: assign, claim, delegate, release, return."""

from uuid import UUID

from engine.commands import (
    AssignUserTask,
    ClaimUserTask,
    Command,
    DelegateUserTask,
    ReleaseUserTask,
    ReturnUserTask,
)
from engine.tasklist import TaskView
from web.sign_in.guard import actor_holding, actor_on, signed_in_actor

#: What can be done, as it stands in addresses.
ACTS = ("assign", "claim", "delegate", "release", "return")


def handover_command(act: str, task: TaskView, *, command_id: UUID, person: str, reason: str) -> Command:
    """Return the command of one of :data:`ACTS` for the signed-in person.

    Args:
        person: key of who gets it; empty to give it back to its groups.
    """
    match act:
        case "claim":
            return ClaimUserTask(command_id=command_id, actor=actor_on(task), task_id=task.id)
        case "release":
            return ReleaseUserTask(
                command_id=command_id, actor=actor_holding(task), task_id=task.id, reason=reason
            )
        case "return":
            return ReturnUserTask(
                command_id=command_id, actor=actor_holding(task), task_id=task.id, reason=reason
            )
        case "delegate":
            return DelegateUserTask(
                command_id=command_id, actor=actor_on(task), task_id=task.id, delegate=person, reason=reason
            )
        case _:
            return AssignUserTask(
                command_id=command_id,
                actor=signed_in_actor(),
                task_id=task.id,
                assignee=person or None,
                reason=reason,
            )
