"""Completes a user task: the right person, an open task, values that satisfy its form."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Connection

from engine.canonical import normalised
from engine.commands import CompleteUserTask
from engine.definitions.versions import Definition
from engine.errors import InvalidVariables, TaskDelegated
from engine.forms import validate
from engine.instances.instance import Instance, lock_instance_of_task, require_running
from engine.instances.open_task import refuse_stranger, require_open, task_of
from engine.spiff import Execution


def locate(connection: Connection, command: CompleteUserTask) -> Instance:
    """Take the task's instance under lock.

    Raises:
        NotFound: no such task.
    """
    return lock_instance_of_task(connection, command.task_id)


def authorise(_connection: Connection, command: CompleteUserTask, instance: Instance) -> None:
    """Refuse anyone but the assignee or a member of a candidate group; refuse a task not open, or delegated.

    Who may not work on the task is told so before anything about its state.
    """
    task = task_of(instance)
    if not task.is_for(command.actor) and command.actor.acts_as != task.owner:
        raise refuse_stranger(command.actor, task, "complete", "one of its candidates")
    require_open(task, "complete")
    if task.owner is not None:
        raise TaskDelegated(
            f"Expected to complete user task '{task.element_id}', but '{task.assignee}' has to return it to "
            f"'{task.owner}' first",
            element_id=task.element_id,
            owner=task.owner,
        )
    require_running(instance)


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
