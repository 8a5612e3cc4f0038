"""What the commands about user tasks share: the task as its row tells it, and who is who."""

from engine.actors import Actor
from engine.errors import InvalidVariables, NotAuthorised, TaskAlreadyCompleted, TaskNotOpen
from engine.instances.instance import COMPLETED, OPEN, Instance
from engine.instances.subjects import TaskRow

#: Characters of the key of an actor.
LONGEST_KEY = 100


def task_of(instance: Instance) -> TaskRow:
    """Return the user task by which an instance was taken under lock."""
    if not isinstance(instance.subject, TaskRow):
        raise TypeError(f"Expected instance '{instance.id}' to be taken by a user task, but it is not")
    return instance.subject


def refuse_stranger(actor: Actor, task: TaskRow, doing: str, expected: str) -> NotAuthorised:
    """Return the refusal of somebody who may not do this; ``expected`` says who may."""
    return NotAuthorised(
        f"Expected to {doing} user task '{task.element_id}' as {expected}, but '{actor.key}' is none",
        element_id=task.element_id,
    )


def require_open(task: TaskRow, doing: str) -> None:
    """Refuse a task that is completed with ``TaskAlreadyCompleted``, a withdrawn one with ``TaskNotOpen``."""
    if task.status == COMPLETED:
        raise TaskAlreadyCompleted(
            f"Expected to {doing} user task '{task.element_id}', but it is already completed",
            element_id=task.element_id,
            completed_by=task.completed_by,
        )
    if task.status != OPEN:
        raise TaskNotOpen(
            f"Expected to {doing} user task '{task.element_id}', but it is {task.status}",
            element_id=task.element_id,
        )


def require_key(field: str, key: str) -> None:
    """Refuse what cannot be the key of an actor with ``InvalidVariables``."""
    if not 0 < len(key) <= LONGEST_KEY or "\0" in key:
        raise InvalidVariables(
            f"Expected the {field} to be a key of up to {LONGEST_KEY} characters",
            errors=[{"key": field, "code": "invalid"}],
        )
