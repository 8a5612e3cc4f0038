"""Four eyes: who completed one of the user tasks that a task names may not take that task.

A model says so by the property ``sauro:excludesCompletersOf`` of a user task. Somebody who acts for another
stands for both: neither may judge what either of them did.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.engine import Connection

from engine.commands import AssignUserTask, ClaimUserTask, Command, CompleteUserTask, DelegateUserTask
from engine.errors import FourEyesRequired
from engine.instances.instance import COMPLETED
from engine.spiff import CompiledModel
from engine.tables import user_task


def require_of(connection: Connection, model: CompiledModel, command: Command) -> None:
    """Refuse a command by which somebody excluded would take a user task.

    Raises:
        FourEyesRequired: one of them has a part in what the task judges.
    """
    match command:
        case CompleteUserTask() | ClaimUserTask():
            require(connection, model, command.task_id, command.actor.people)
        case DelegateUserTask():  # who delegates a task owns it from then on
            require(connection, model, command.task_id, {command.delegate, *command.actor.people})
        case AssignUserTask(assignee=str(assignee)):
            require(connection, model, command.task_id, {assignee})


def require(connection: Connection, model: CompiledModel, task_id: UUID, people: Collection[str]) -> None:
    """Refuse people of whom one completed a task that the user task excludes.

    Args:
        people: keys of whoever would take the task, and on whose behalf.

    Raises:
        FourEyesRequired: one of them has a part in what the task judges.
    """
    if not any(element.excludes for element in model.elements.values()):
        return
    task = connection.execute(
        select(user_task.c.element_id, user_task.c.instance_id).where(user_task.c.id == task_id)
    ).one()
    judged = completed_by_them(connection, model, task.element_id, task.instance_id, people)
    if judged is not None:
        raise FourEyesRequired(
            f"Expected '{task.element_id}' to be taken by somebody other than who completed '{judged}'",
            element_id=task.element_id,
            judged=judged,
        )


def completed_by_them(
    connection: Connection,
    model: CompiledModel,
    element_id: str,
    instance_id: UUID,
    people: Collection[str],
) -> str | None:
    """Return a task that excludes these people from the element, by its id; ``None`` if there is none."""
    excludes = model.elements[element_id].excludes
    if not excludes:
        return None
    return connection.scalar(
        select(user_task.c.element_id)
        .where(
            user_task.c.instance_id == instance_id,
            user_task.c.element_id.in_(excludes),
            user_task.c.status == COMPLETED,
            or_(
                user_task.c.completed_by.in_(people),
                user_task.c.completed_on_behalf_of.in_(people),
            ),
        )
        .order_by(user_task.c.ended_at)
        .limit(1)
    )
