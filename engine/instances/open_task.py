"""What the commands about user tasks share: the task as its row tells it, and who is who."""

from dataclasses import dataclass
from uuid import UUID

import orjson
from sqlalchemy import bindparam, select
from sqlalchemy.engine import Connection

from engine.actors import Actor
from engine.errors import InvalidVariables, NotAuthorised, TaskAlreadyCompleted, TaskNotOpen
from engine.instances.instance import COMPLETED, OPEN
from engine.tables import user_task

#: Characters of the key of an actor.
LONGEST_KEY = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """A user task of an instance that is under lock.

    Attributes:
        owner: whom a delegate returns it to; ``None`` if it is not delegated.
    """

    element_id: str
    status: str
    assignee: str | None
    owner: str | None
    completed_by: str | None
    groups: frozenset[str]

    def is_for(self, actor: Actor) -> bool:
        """Say whether the actor may work on the task: its assignee, else a member of a candidate group."""
        if self.assignee is not None:
            return actor.acts_as == self.assignee
        return self.is_candidate(actor)

    def is_candidate(self, actor: Actor) -> bool:
        """Say whether the actor is a member of a candidate group."""
        return not actor.groups.isdisjoint(self.groups)


def read_task(connection: Connection, task_id: UUID) -> TaskRow:
    """Return a user task that is known to exist."""
    row = connection.execute(_TASK, {"id": task_id}).one()
    return TaskRow(
        element_id=row.element_id,
        status=row.status,
        assignee=row.assignee,
        owner=row.owner,
        completed_by=row.completed_by,
        groups=frozenset(orjson.loads(row.candidate_groups)),
    )


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


_TASK = select(
    user_task.c.element_id,
    user_task.c.assignee,
    user_task.c.owner,
    user_task.c.status,
    user_task.c.completed_by,
    user_task.c.candidate_groups,
).where(user_task.c.id == bindparam("id"))
