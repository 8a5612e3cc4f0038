"""Shows a process instance as it stands: tokens, variables, open work, timers, incidents."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.engine import Connection

from engine import clock
from engine.definitions.versions import DefinitionCache, load_resources
from engine.errors import InstanceArchived, NotFound
from engine.instances.instance import UNFINISHED
from engine.packing import unpack
from engine.spiff import Execution, ServiceRequest
from engine.tables import incident, process_instance, timer
from engine.tasklist import TaskView, tasks_of_instance


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerView:
    """A timer of an instance; ``status`` is waiting, suspended, fired, cancelled or failed."""

    id: UUID
    element_id: str
    status: str
    due_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentView:
    """A command that failed on our side."""

    id: UUID
    element_id: str | None
    message: str
    attempts: int
    created_at: datetime
    resolved_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceView:
    """A process instance; ``active_elements`` hold a token now."""

    id: UUID
    process_key: str
    business_key: str
    definition_hash: str
    status: str
    sequence: int
    started_at: datetime
    ended_at: datetime | None
    suspended_at: datetime | None
    active_elements: tuple[str, ...]
    variables: Mapping[str, Any]
    user_tasks: tuple[TaskView, ...]
    timers: tuple[TimerView, ...]
    incidents: tuple[IncidentView, ...]


def find_instance(connection: Connection, definitions: DefinitionCache, instance_id: UUID) -> InstanceView:
    """Return one instance.

    Raises:
        NotFound: no such instance.
        InstanceArchived: its state went to an archive file (:mod:`engine.archive.reading`).
    """
    row = connection.execute(
        select(process_instance).where(process_instance.c.id == instance_id)
    ).one_or_none()
    if row is None:
        raise NotFound(f"Expected process instance '{instance_id}', but there is none")
    if row.archived_at is not None:
        raise InstanceArchived(
            f"Expected process instance '{row.business_key}' in the database, but it is archived;"
            " 'sauro history show' reads it"
        )
    execution = Execution.load(
        definitions.get(connection, row.definition_hash).model,
        unpack(row.state),
        instance_id=instance_id,
        at=clock.now(),
        services=_no_service,
    )
    state = execution.inspect()
    timers = connection.execute(
        select(timer).where(timer.c.instance_id == instance_id).order_by(timer.c.due_at, timer.c.id)
    )
    incidents = connection.execute(
        select(incident).where(incident.c.instance_id == instance_id).order_by(incident.c.created_at)
    )
    return InstanceView(
        id=row.id,
        process_key=row.process_key,
        business_key=row.business_key,
        definition_hash=row.definition_hash,
        status=row.status,
        sequence=row.sequence,
        started_at=row.started_at,
        ended_at=row.ended_at,
        suspended_at=row.suspended_at,
        active_elements=state.active_elements if row.status in UNFINISHED else (),
        variables=state.variables,
        user_tasks=tuple(tasks_of_instance(connection, definitions, instance_id)),
        timers=tuple(
            TimerView(
                id=entry.id,
                element_id=entry.element_id,
                status=entry.status,
                due_at=entry.due_at,
                ended_at=entry.ended_at,
            )
            for entry in timers
        ),
        incidents=tuple(
            IncidentView(
                id=entry.id,
                element_id=entry.element_id,
                message=entry.message,
                attempts=entry.attempts,
                created_at=entry.created_at,
                resolved_at=entry.resolved_at,
            )
            for entry in incidents
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinned:
    """What an instance runs, or ran, under."""

    process_key: str
    definition_hash: str


def find_pinned(connection: Connection, instance_id: UUID) -> Pinned:
    """Return what an instance runs under, also when its history is archived.

    Raises:
        NotFound: no such instance.
    """
    row = connection.execute(
        select(process_instance.c.process_key, process_instance.c.definition_hash).where(
            process_instance.c.id == instance_id
        )
    ).one_or_none()
    if row is None:
        raise NotFound(f"Expected process instance '{instance_id}', but there is none")
    return Pinned(process_key=row.process_key, definition_hash=row.definition_hash)


def status_of(connection: Connection, instance_id: UUID) -> str | None:
    """Return the status of an instance; ``None`` if there is none."""
    return connection.scalar(select(process_instance.c.status).where(process_instance.c.id == instance_id))


def bpmn_xml(connection: Connection, definition_hash: str) -> bytes:
    """Return the BPMN file of a definition, as it was deployed."""
    return load_resources(connection, definition_hash).bpmn


def _no_service(request: ServiceRequest) -> Mapping[str, Any]:
    raise AssertionError(f"Reading an instance must not run service task '{request.element_id}'")
