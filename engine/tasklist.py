"""Reads user tasks: what waits for whom, and everything that is needed to work on one."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Select, select
from sqlalchemy.engine import Connection

from engine import clock
from engine.actors import Actor
from engine.definitions.versions import Definition, DefinitionCache, versions_of
from engine.errors import NotFound
from engine.forms import Form
from engine.inbox import (
    PAGE_SIZE,
    Position,
    TaskCount,
    TaskFilter,
    TaskOrder,
    count_tasks,
    held_query,
    page_query,
)
from engine.instances.instance import OPEN
from engine.packing import unpack
from engine.spiff import Execution
from engine.tables import process_instance, user_task

#: All that an actor may work on.
NO_FILTER = TaskFilter()


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskView:
    """A user task as shown in a list; ``owner`` is whom a delegate returns it to."""

    id: UUID
    instance_id: UUID
    element_id: str
    element_name: str
    lane: str | None
    business_key: str
    process_key: str
    definition_hash: str
    status: str
    assignee: str | None
    owner: str | None
    candidate_groups: tuple[str, ...]
    priority: int
    due_at: datetime | None
    follow_up_at: datetime | None
    created_at: datetime
    ended_at: datetime | None
    completed_by: str | None
    completed_on_behalf_of: str | None
    form_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDetail:
    """A user task to be worked on: the variables in its scope and its form."""

    task: TaskView
    variables: Mapping[str, Any]
    form: Form | None


def may_work_on(task: TaskView, actor: Actor) -> bool:
    """Return whether the actor may complete the task: its assignee, else a member of a candidate group."""
    if task.assignee is not None:
        return task.assignee == actor.acts_as
    return not actor.groups.isdisjoint(task.candidate_groups)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskPage:
    """A page of a list of open user tasks.

    Attributes:
        next: where the next page begins; ``None`` if this is the last.
        previous: where the page before ends; ``None`` if this is the first.
        count: all tasks of the list.
    """

    tasks: Sequence[TaskView]
    next: Position | None
    previous: Position | None
    count: TaskCount


def task_page(
    connection: Connection,
    definitions: DefinitionCache,
    actor: Actor,
    wanted: TaskFilter = NO_FILTER,
    order: TaskOrder = TaskOrder.PRIORITY,
    *,
    after: Position | None = None,
    before: Position | None = None,
    size: int = PAGE_SIZE,
) -> TaskPage:
    """Return a page of the open tasks that the actor may work on.

    Args:
        after: the page begins behind this place.
        before: the page ends before this place; not together with ``after``.
        size: tasks on the page.
    """
    query = page_query(actor, wanted, order, after=after, before=before, size=size)
    found = [
        Position(rank=row.rank, due_at=row.due_at, task_id=row.task_id) for row in connection.execute(query)
    ]
    more = len(found) > size
    page = found[:size]
    if before is not None:
        page.reverse()
    earlier = more if before is not None else after is not None
    later = before is not None or more
    return TaskPage(
        tasks=_tasks_at(connection, definitions, page),
        next=page[-1] if page and later else None,
        previous=page[0] if page and earlier else None,
        count=count_tasks(connection, actor, wanted),
    )


def open_tasks(connection: Connection, definitions: DefinitionCache, actor: Actor) -> list[TaskView]:
    """Return all open tasks the actor may work on: highest priority first, then the nearest due date."""
    query = page_query(actor, NO_FILTER, TaskOrder.PRIORITY, size=2**31 - 2)
    return _tasks_at(connection, definitions, connection.execute(query).all())


def _tasks_at(connection: Connection, definitions: DefinitionCache, places: Sequence[Any]) -> list[TaskView]:
    """Return the tasks of a list in the same order."""
    return tasks_of(connection, definitions, [place.task_id for place in places])


def tasks_of(connection: Connection, definitions: DefinitionCache, ids: Sequence[UUID]) -> list[TaskView]:
    """Return these tasks in the same order; all of them have to be there."""
    found: dict[UUID, TaskView] = {}
    for begin in range(0, len(ids), 500):
        rows = connection.execute(_tasks().where(user_task.c.id.in_(ids[begin : begin + 500])))
        found |= {task.id: task for task in _views(connection, definitions, rows)}
    return [found[task_id] for task_id in ids]


def tasks_held_by(
    connection: Connection, definitions: DefinitionCache, keys: Collection[str], *, limit: int
) -> list[TaskView]:
    """Return open tasks that these people have, the nearest due date first.

    Args:
        keys: keys of actors.
        limit: the most tasks returned.
    """
    places = connection.execute(held_query(keys, limit=limit)).all()
    return _tasks_at(connection, definitions, places)


def tasks_of_instance(
    connection: Connection, definitions: DefinitionCache, instance_id: UUID
) -> list[TaskView]:
    """Return all user tasks an instance has had, oldest first."""
    rows = connection.execute(
        _tasks()
        .where(user_task.c.instance_id == instance_id)
        .order_by(user_task.c.created_at, user_task.c.id)
    ).all()
    return _views(connection, definitions, rows)


def find_task(connection: Connection, definitions: DefinitionCache, task_id: UUID) -> TaskDetail:
    """Return one task with its variables and form.

    Raises:
        NotFound: no such task.
    """
    row = connection.execute(_tasks().where(user_task.c.id == task_id)).one_or_none()
    if row is None:
        raise NotFound(f"Expected user task '{task_id}', but there is none")
    (task,) = _views(connection, definitions, [row])
    definition = _ran_under(connection, definitions, row)
    variables: Mapping[str, Any] = {}
    if task.status == OPEN:
        state = connection.scalar(
            select(process_instance.c.state).where(process_instance.c.id == task.instance_id)
        )
        execution = Execution.load(
            definition.model,
            unpack(state or b""),
            instance_id=task.instance_id,
            at=clock.now(),
            services=_no_service,
        )
        variables = execution.task_variables(task_id)
    form = None if task.form_id is None else definition.forms[task.form_id]
    return TaskDetail(task=task, variables=variables, form=form)


def _no_service(request: object) -> Mapping[str, Any]:
    raise AssertionError(f"Reading a task must not run a service task, but it asked for {request}")


def _tasks() -> Select[Any]:
    return select(
        user_task,
        process_instance.c.business_key,
        process_instance.c.process_key,
        process_instance.c.definition_hash,
    ).join(process_instance, process_instance.c.id == user_task.c.instance_id)


def _ran_under(connection: Connection, definitions: DefinitionCache, row: Any) -> Definition:
    """Return the definition that knows a task: its instance's, or for one that ended before a migration, an older.

    Raises:
        NotFound: no version of the process knows it.
    """

    def knows(found: Definition) -> bool:
        return row.element_id in found.model.elements and (row.form_id is None or row.form_id in found.forms)

    present = definitions.get(connection, row.definition_hash)
    if knows(present):
        return present
    for version in reversed(versions_of(connection, row.process_key)):
        earlier = definitions.get(connection, version.hash)
        if knows(earlier):
            return earlier
    raise NotFound(f"Expected a version of process '{row.process_key}' with task '{row.element_id}'")


def _views(connection: Connection, definitions: DefinitionCache, rows: Iterable[Any]) -> list[TaskView]:
    views = []
    for row in rows:
        element = _ran_under(connection, definitions, row).model.elements[row.element_id]
        views.append(
            TaskView(
                id=row.id,
                instance_id=row.instance_id,
                element_id=row.element_id,
                element_name=element.name,
                lane=element.lane,
                business_key=row.business_key,
                process_key=row.process_key,
                definition_hash=row.definition_hash,
                status=row.status,
                assignee=row.assignee,
                owner=row.owner,
                candidate_groups=tuple(sorted(orjson.loads(row.candidate_groups))),
                priority=row.priority,
                due_at=row.due_at,
                follow_up_at=row.follow_up_at,
                created_at=row.created_at,
                ended_at=row.ended_at,
                completed_by=row.completed_by,
                completed_on_behalf_of=row.completed_on_behalf_of,
                form_id=row.form_id,
            )
        )
    return views
