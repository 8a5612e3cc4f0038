"""Completes a user task: the right person, an open task, values that satisfy its form."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.engine import Connection

from engine.canonical import normalised
from engine.commands import CompleteUserTask
from engine.definitions.versions import Definition
from engine.errors import InvalidVariables, NotAuthorised, TaskAlreadyCompleted, TaskNotOpen
from engine.forms import validate
from engine.instances.instance import COMPLETED, OPEN, Instance, lock_instance_of_task
from engine.spiff import Execution
from engine.tables import user_task, user_task_candidate


def locate(connection: Connection, command: CompleteUserTask) -> Instance:
    """Take the task's instance under lock.

    Raises:
        NotFound: no such task.
    """
    return lock_instance_of_task(connection, command.task_id)


def authorise(connection: Connection, command: CompleteUserTask, _instance: Instance) -> None:
    """Refuse anyone but the assignee or a member of a candidate group; refuse a task that is not open.

    Who may not work on the task is told so before anything about its state.
    """
    rows = connection.execute(_TASK_WITH_GROUPS, {"id": command.task_id}).all()
    task = rows[0]
    if task.assignee is not None:
        allowed = command.actor.acts_as == task.assignee
    else:
        allowed = not command.actor.groups.isdisjoint(row.group_key for row in rows)
    if not allowed:
        raise NotAuthorised(
            f"Expected to complete user task '{task.element_id}' as one of its candidates, "
            f"but '{command.actor.key}' is none",
            element_id=task.element_id,
        )
    if task.status == COMPLETED:
        raise TaskAlreadyCompleted(
            f"Expected to complete user task '{task.element_id}', but it is already completed",
            element_id=task.element_id,
            completed_by=task.completed_by,
        )
    if task.status != OPEN:
        raise TaskNotOpen(
            f"Expected to complete user task '{task.element_id}', but it is {task.status}",
            element_id=task.element_id,
        )


def cleaned_variables(
    submitted: Mapping[str, Any],
    definition: Definition,
    form_id: str | None,
    scope: Mapping[str, Any],
    *,
    now: datetime,
) -> dict[str, Any]:
    """Return the submitted values as the task's form accepts them.

    Args:
        submitted: the values as normalised JSON.
        form_id: the task's form; without one any values are accepted.
        scope: the variables that the form's conditions and options may read.

    Raises:
        InvalidVariables: with every field's error.
    """
    if form_id is None:
        return dict(submitted)
    cleaned, errors = validate(definition.forms[form_id], submitted, context=scope, now=now)
    if errors:
        raise InvalidVariables(
            f"Expected values that satisfy form '{form_id}', but {len(errors)} of them do not",
            errors=[{"key": error.key, "code": error.code, **error.params} for error in errors],
        )
    return dict(normalised(cleaned))


def apply(execution: Execution, payload: Mapping[str, Any]) -> None:
    """Complete the task, live or on replay."""
    execution.complete_user_task(UUID(payload["task_id"]), payload["variables"])


_TASK_WITH_GROUPS = (
    select(
        user_task.c.element_id,
        user_task.c.assignee,
        user_task.c.status,
        user_task.c.completed_by,
        user_task_candidate.c.group_key,
    )
    .outerjoin(user_task_candidate, user_task_candidate.c.task_id == user_task.c.id)
    .where(user_task.c.id == bindparam("id"))
)
