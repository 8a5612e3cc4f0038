"""The work lists: which open user tasks wait for whom, read a page at a time whatever their number.

The table ``inbox`` holds a row for everyone a task waits for. It is kept with the tasks, in their transaction, and
can be rebuilt from them. A list is read in the order of an index, for each holder as far as a page goes, and the
pages of an actor's holders are put together; so a page costs the same among a thousand open tasks and a million.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Self
from uuid import UUID

import orjson
from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.engine import Connection

from engine import clock
from engine.actors import Actor
from engine.database import UNREAD
from engine.tables import inbox, process_instance, user_task
from engine.writes import Writes

#: Stands in the table where a task has no due date, so that such tasks come last.
NO_DUE_DATE = datetime.max.replace(tzinfo=UTC)

#: Tasks on a page.
PAGE_SIZE = 50

#: Tasks are counted up to this number.
COUNT_LIMIT = 1000

_OPEN = "open"


class TaskOrder(Enum):
    """What comes first in a list."""

    #: The nearest due date; tasks without one last.
    DUE = "due"
    #: The highest priority, then the nearest due date.
    PRIORITY = "priority"


class Assigned(Enum):
    """Whose tasks of those that an actor may work on."""

    ANY = "any"
    #: The actor is the assignee.
    MINE = "mine"
    #: Nobody is; a candidate group of the actor's may take them.
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFilter:
    """What a list is narrowed to; every part that is not given lets all pass.

    Attributes:
        due_from: due at this instant or later. :data:`NO_DUE_DATE` leaves the tasks without a due date.
        due_before: due before this instant. :data:`NO_DUE_DATE` leaves out the tasks without a due date.
        text: part of the business key, in upper or lower case.
    """

    process_key: str | None = None
    element_id: str | None = None
    due_from: datetime | None = None
    due_before: datetime | None = None
    text: str = ""
    assigned: Assigned = Assigned.ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A place in a list, between tasks."""

    rank: int
    due_at: datetime
    task_id: UUID

    def to_text(self) -> str:
        """Return a form for addresses."""
        return f"{self.rank}~{clock.to_text(self.due_at)}~{self.task_id.hex}"

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read what :meth:`to_text` wrote; raises ``ValueError`` for anything else."""
        rank, due_at, task_id = text.split("~")
        return cls(rank=int(rank[:11]), due_at=clock.from_text(due_at), task_id=UUID(task_id))


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCount:
    """How many tasks there are; at least so many where ``exact`` is false."""

    number: int
    exact: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskGroup:
    """How many tasks of an element lie in one of the stretches of time asked for."""

    process_key: str
    element_id: str
    stretch: int
    number: int


# keeping


def begin(writes: Writes, process_key: str, tasks: Iterable[Mapping[str, Any]]) -> None:
    """Add user tasks, given as their rows; those that are not open are left out."""
    writes.add(
        _INSERT, [row for task in tasks if task["status"] == _OPEN for row in _rows(process_key, task)]
    )


def end(writes: Writes, task_ids: Iterable[object]) -> None:
    """Take out tasks that have ended."""
    writes.add(_DELETE, [{"b_task_id": task_id} for task_id in task_ids])


def refresh(connection: Connection, instance_id: UUID) -> None:
    """Make the rows of an instance agree with its user tasks."""
    connection.execute(_DELETE_OF_INSTANCE, {"b_instance_id": instance_id})
    _insert(connection, _OPEN_TASKS.where(user_task.c.instance_id == instance_id))


def rebuild(connection: Connection) -> None:
    """Make all rows anew from the user tasks."""
    connection.execute(delete(inbox))
    _insert(connection, _OPEN_TASKS)


def _insert(connection: Connection, tasks: Select[Any]) -> None:
    for part in connection.execute(tasks).partitions(1000):
        rows = [row for task in part for row in _rows(task.process_key, task._mapping)]
        if rows:
            connection.execute(_INSERT, rows)


def _rows(process_key: str, task: Mapping[Any, Any]) -> list[dict[str, Any]]:
    if task["assignee"] is not None:
        holders = [_actor(task["assignee"])]
    else:
        holders = [_group(key) for key in orjson.loads(task["candidate_groups"])]
    return [
        {
            "task_id": task["id"],
            "holder": holder,
            "instance_id": task["instance_id"],
            "process_key": process_key,
            "element_id": task["element_id"],
            "rank": -task["priority"],
            "due_at": task["due_at"] or NO_DUE_DATE,
        }
        for holder in holders
    ]


def _actor(key: str) -> str:
    return f"actor:{key}"


def _group(key: str) -> str:
    return f"group:{key}"


# reading


def page_query(
    actor: Actor,
    wanted: TaskFilter,
    order: TaskOrder,
    *,
    after: Position | None = None,
    before: Position | None = None,
    size: int = PAGE_SIZE,
) -> Select[Any]:
    """Return the query for one task more than a page, with ``task_id``, ``rank`` and ``due_at``.

    The tasks follow ``after``; with ``before`` instead, they are those before it, the last first.
    """
    columns = _order(inbox.c, order)
    chosen = select(inbox.c.task_id, inbox.c.rank, inbox.c.due_at)
    edge = after or before
    if edge is not None:
        place = tuple_(*(literal(value, column.type) for column, value in _place(columns, edge)))
        chosen = chosen.where(tuple_(*columns) < place if before else tuple_(*columns) > place)
    pages = _of_each_holder(
        chosen.order_by(*(column.desc() if before else column for column in columns)),
        actor,
        wanted,
        size + 1,
    )
    columns = _order(pages.c, order)
    return (
        select(pages.c.task_id, pages.c.rank, pages.c.due_at)
        .distinct()
        .order_by(*(column.desc() if before else column for column in columns))
        .limit(size + 1)
    )


def held_query(keys: Collection[str], *, limit: int) -> Select[Any]:
    """Return the query for tasks that people have, the nearest due date first.

    Args:
        keys: keys of actors.
    """
    return (
        select(inbox.c.task_id)
        .where(inbox.c.holder.in_([_actor(key) for key in sorted(keys)]))
        .order_by(inbox.c.due_at, inbox.c.task_id)
        .limit(limit)
    )


def count_query(actor: Actor, wanted: TaskFilter) -> Select[Any]:
    """Return the query for how many tasks there are, up to one more than :data:`COUNT_LIMIT`."""
    rows = select(inbox.c.task_id).order_by(*_order(inbox.c, TaskOrder.DUE))
    found = _of_each_holder(rows, actor, wanted, COUNT_LIMIT + 1)
    return select(func.count(found.c.task_id.distinct()))


def groups_query(actor: Actor, bounds: Sequence[datetime], assigned: Assigned = Assigned.ANY) -> Select[Any]:
    """Return the query for the numbers of tasks by process, element and stretch of time between bounds."""
    rows = select(inbox.c.task_id, inbox.c.process_key, inbox.c.element_id, inbox.c.due_at)
    found = _of_each_holder(
        rows.order_by(*_order(inbox.c, TaskOrder.DUE)), actor, TaskFilter(assigned=assigned), COUNT_LIMIT + 1
    )
    stretch = case(
        *((found.c.due_at < bound, literal(number)) for number, bound in enumerate(bounds)),
        else_=literal(len(bounds)),
    ).label("stretch")
    return select(
        found.c.process_key,
        found.c.element_id,
        stretch,
        func.count(found.c.task_id.distinct()).label("number"),
    ).group_by(found.c.process_key, found.c.element_id, stretch)


def count_tasks(connection: Connection, actor: Actor, wanted: TaskFilter) -> TaskCount:
    """Return how many tasks a list has."""
    number = connection.scalar(count_query(actor, wanted)) or 0
    return TaskCount(number=min(number, COUNT_LIMIT), exact=number <= COUNT_LIMIT)


def task_groups(
    connection: Connection, actor: Actor, bounds: Sequence[datetime], assigned: Assigned = Assigned.ANY
) -> list[TaskGroup]:
    """Return how many tasks wait, by element and by the stretches that ``bounds`` divide time into.

    Of very long lists only the first tasks of each holder are looked at, :data:`COUNT_LIMIT` and one.
    """
    return [TaskGroup(**row._mapping) for row in connection.execute(groups_query(actor, bounds, assigned))]


def _of_each_holder(rows: Select[Any], actor: Actor, wanted: TaskFilter, limit: int) -> Subquery:
    """Put together what each of the actor's holders has, each up to a limit, in the order of an index."""
    parts = [
        select(rows.where(inbox.c.holder == holder, *_conditions(wanted)).limit(limit).subquery())
        for holder in _holders(actor, wanted.assigned)
    ]
    return union_all(*parts).subquery() if len(parts) > 1 else parts[0].subquery()


def _holders(actor: Actor, assigned: Assigned) -> list[str]:
    mine = [] if assigned is Assigned.NOBODY else [_actor(actor.acts_as)]
    groups = [] if assigned is Assigned.MINE else [_group(key) for key in sorted(actor.groups)]
    return mine + groups or [_group("")]  # a group without a name has no tasks


def _conditions(wanted: TaskFilter) -> list[ColumnElement[bool]]:
    conditions = []
    if wanted.process_key is not None:
        conditions.append(inbox.c.process_key == wanted.process_key)
    if wanted.element_id is not None:
        conditions.append(inbox.c.element_id == wanted.element_id)
    if wanted.due_from is not None:
        conditions.append(inbox.c.due_at >= wanted.due_from)
    if wanted.due_before is not None:
        conditions.append(inbox.c.due_at < wanted.due_before)
    if wanted.text:
        conditions.append(
            select(process_instance.c.id)
            .where(
                process_instance.c.id == inbox.c.instance_id,
                process_instance.c.business_key.icontains(wanted.text, autoescape=True),
            )
            .correlate(inbox)
            .exists()
        )
    return conditions


def _order(columns: Any, order: TaskOrder) -> list[Any]:
    ranked = [columns.rank] if order is TaskOrder.PRIORITY else []
    return [*ranked, columns.due_at, columns.task_id]


def _place(columns: Sequence[Any], position: Position) -> list[tuple[Any, Any]]:
    return [(column, getattr(position, column.name)) for column in columns]


_INSERT = insert(inbox).execution_options(**UNREAD)
_DELETE = delete(inbox).where(inbox.c.task_id == bindparam("b_task_id")).execution_options(**UNREAD)
_DELETE_OF_INSTANCE = (
    delete(inbox)
    .where(
        inbox.c.task_id.in_(
            select(user_task.c.id).where(user_task.c.instance_id == bindparam("b_instance_id"))
        )
    )
    .execution_options(**UNREAD)
)
_OPEN_TASKS = (
    select(
        user_task.c.id,
        user_task.c.instance_id,
        user_task.c.element_id,
        user_task.c.assignee,
        user_task.c.candidate_groups,
        user_task.c.priority,
        user_task.c.due_at,
        process_instance.c.process_key,
    )
    .join(process_instance, process_instance.c.id == user_task.c.instance_id)
    .where(user_task.c.status == _OPEN)
)
