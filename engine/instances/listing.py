"""Lists process instances, a page at a time, with what an operator looks for first."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from engine.instances.instance import OPEN
from engine.instances.selection import InstanceFilter, select_instances
from engine.tables import definition, incident, process_instance, user_task


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceSummary:
    """A process instance as shown in a list, with how many user tasks and incidents of it are open."""

    id: UUID
    process_key: str
    version: int
    business_key: str
    status: str
    started_at: datetime
    ended_at: datetime | None
    open_tasks: int
    open_incidents: int


def count_instances(connection: Connection, chosen: InstanceFilter) -> int:
    """Return how many instances are selected."""
    query = select_instances(connection, chosen).order_by(None).subquery()
    return connection.scalar(select(func.count()).select_from(query)) or 0


def list_instances(
    connection: Connection, chosen: InstanceFilter, *, limit: int = 100, offset: int = 0
) -> list[InstanceSummary]:
    """Return selected instances, earliest started first."""
    instance = process_instance.c
    tasks = (
        select(func.count())
        .where(user_task.c.instance_id == instance.id, user_task.c.status == OPEN)
        .correlate(process_instance)
        .scalar_subquery()
    )
    incidents = (
        select(func.count())
        .where(incident.c.instance_id == instance.id, incident.c.resolved_at.is_(None))
        .correlate(process_instance)
        .scalar_subquery()
    )
    page = select_instances(connection, chosen).limit(limit).offset(offset).subquery()
    rows = connection.execute(
        select(
            instance.id,
            instance.process_key,
            definition.c.version,
            instance.business_key,
            instance.status,
            instance.started_at,
            instance.ended_at,
            tasks.label("open_tasks"),
            incidents.label("open_incidents"),
        )
        .join(page, page.c.id == instance.id)
        .join(definition, definition.c.hash == instance.definition_hash)
        .order_by(instance.started_at, instance.id)
    )
    return [
        InstanceSummary(
            id=row.id,
            process_key=row.process_key,
            version=row.version,
            business_key=row.business_key,
            status=row.status,
            started_at=row.started_at,
            ended_at=row.ended_at,
            open_tasks=row.open_tasks,
            open_incidents=row.open_incidents,
        )
        for row in rows
    ]
