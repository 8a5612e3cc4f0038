"""Reads user tasks: what waits for whom, and everything that is needed to work on one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.engine import Connection

from engine import clock
from engine.actors import Actor
from engine.definitions.versions import Definition, DefinitionCache, versions_of
from engine.errors import NotFound
from engine.forms import Form
from engine.instances.instance import OPEN, unpack
from engine.spiff import Execution
from engine.tables import process_instance, user_task, user_task_candidate


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


def open_tasks(connection: Connection, definitions: DefinitionCache, actor: Actor) -> list[TaskView]:
    """Return the open tasks the actor may work on: highest priority first, then the nearest due date."""
    query = _tasks().where(*_open_for(actor))
    rows = connection.execute(
        query.order_by(
            user_task.c.priority.desc(),
            user_task.c.due_at.is_(None),
            user_task.c.due_at,
            user_task.c.created_at,
            user_task.c.id,
        )
    ).all()
    return _views(connection, definitions, rows)


def open_tasks_of_others(
    connection: Connection, definitions: DefinitionCache, actor: Actor
) -> list[TaskView]:
    """Return the open tasks of the actor's groups that somebody else has, and those the actor delegated."""
    mine = select(user_task_candidate.c.task_id).where(user_task_candidate.c.group_key.in_(actor.groups))
    query = _tasks().where(
        user_task.c.status == OPEN,
        user_task.c.assignee.is_not(None),
        user_task.c.assignee != actor.acts_as,
        user_task.c.id.in_(mine) | (user_task.c.owner == actor.acts_as),
    )
    rows = connection.execute(
        query.order_by(
            user_task.c.due_at.is_(None), user_task.c.due_at, user_task.c.created_at, user_task.c.id
        )
    ).all()
    return _views(connection, definitions, rows)


def count_open_tasks(connection: Connection, actor: Actor) -> int:
    """Return how many open tasks the actor may work on."""
    return connection.scalar(select(func.count()).select_from(user_task).where(*_open_for(actor))) or 0


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


def _open_for(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    mine = select(user_task_candidate.c.task_id).where(user_task_candidate.c.group_key.in_(actor.groups))
    return (
        user_task.c.status == OPEN,
        (user_task.c.assignee.is_(None) & user_task.c.id.in_(mine)) | (user_task.c.assignee == actor.acts_as),
    )


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
    rows = list(rows)
    groups: dict[UUID, list[str]] = {}
    ids = [row.id for row in rows]
    for begin in range(0, len(ids), 500):
        for candidate in connection.execute(
            select(user_task_candidate).where(user_task_candidate.c.task_id.in_(ids[begin : begin + 500]))
        ):
            groups.setdefault(candidate.task_id, []).append(candidate.group_key)
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
                candidate_groups=tuple(sorted(groups.get(row.id, ()))),
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
