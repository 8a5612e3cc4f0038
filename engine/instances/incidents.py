"""Reads incidents: one by one, and in groups of the same cause."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.engine import Connection, Row

from engine.errors import NotFound
from engine.tables import definition, incident, process_instance


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentDetail:
    """A command that failed on our side.

    Attributes:
        instance_id: the instance; of a start that failed, the one that there would have been.
        business_key: absent of a start that failed.
        process_key: with ``version`` of the definition under which it failed last; absent in early incidents.
        command: tag of the command that failed.
        error: class of the error beneath; absent in early incidents.
        cause: digest of what failed (see :mod:`engine.instances.causes`).
    """

    id: UUID
    instance_id: UUID
    business_key: str | None
    process_key: str | None
    version: int | None
    element_id: str | None
    command: str
    actor_key: str
    error: str | None
    message: str
    cause: str | None
    attempts: int
    created_at: datetime
    last_failed_at: datetime
    resolved_at: datetime | None
    resolved_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentGroup:
    """Incidents with the same cause.

    Attributes:
        cause: ``None`` for all those of early versions.
        count: how many there are, ``open_count`` of them open.
        instances: how many instances they are of.
        example: the one that failed last, an open one if there is any.
    """

    cause: str | None
    count: int
    open_count: int
    instances: int
    first_seen_at: datetime
    last_seen_at: datetime
    example: IncidentDetail


def find_incident(connection: Connection, incident_id: UUID) -> IncidentDetail:
    """Return one incident.

    Raises:
        NotFound: no such incident.
    """
    row = connection.execute(_details().where(incident.c.id == incident_id)).one_or_none()
    if row is None:
        raise NotFound(f"Expected incident '{incident_id}', but there is none")
    return _detail(row)


def list_incidents(
    connection: Connection,
    *,
    only_open: bool = False,
    cause: str | None = None,
    limit: int = 100,
    offset: int = 0,
) -> list[IncidentDetail]:
    """Return incidents, the one that failed last first."""
    query = (
        _details()
        .where(*_which(only_open, cause))
        .order_by(incident.c.last_failed_at.desc(), incident.c.id)
        .limit(limit)
        .offset(offset)
    )
    return [_detail(row) for row in connection.execute(query)]


def incident_groups(
    connection: Connection, *, only_open: bool = False, cause: str | None = None, limit: int = 100
) -> list[IncidentGroup]:
    """Return incidents by cause, the cause with the most open ones first."""
    is_open = incident.c.resolved_at.is_(None)
    counted = (
        select(
            incident.c.cause,
            func.count().label("incidents"),
            func.sum(case((is_open, 1), else_=0)).label("open_incidents"),
            func.count(incident.c.instance_id.distinct()).label("instances"),
            func.min(incident.c.created_at).label("first_seen_at"),
            func.max(incident.c.last_failed_at).label("last_seen_at"),
        )
        .where(*_which(only_open, cause))
        .group_by(incident.c.cause)
        .subquery()
    )
    ranked = (
        select(
            incident.c.id,
            incident.c.cause,
            func.row_number()
            .over(
                partition_by=incident.c.cause,
                order_by=(
                    incident.c.resolved_at.is_not(None),
                    incident.c.last_failed_at.desc(),
                    incident.c.id,
                ),
            )
            .label("place"),
        )
        .where(*_which(only_open, cause))
        .subquery()
    )
    query = (
        _details()
        .add_columns(
            counted.c.incidents,
            counted.c.open_incidents,
            counted.c.instances,
            counted.c.first_seen_at,
            counted.c.last_seen_at,
        )
        .join(ranked, (ranked.c.id == incident.c.id) & (ranked.c.place == 1))
        .join(counted, func.coalesce(counted.c.cause, "") == func.coalesce(ranked.c.cause, ""))
        .order_by(
            counted.c.open_incidents.desc(), counted.c.incidents.desc(), counted.c.last_seen_at, incident.c.id
        )
        .limit(limit)
    )
    return [
        IncidentGroup(
            cause=row.cause,
            count=row.incidents,
            open_count=row.open_incidents,
            instances=row.instances,
            first_seen_at=row.first_seen_at,
            last_seen_at=row.last_seen_at,
            example=_detail(row),
        )
        for row in connection.execute(query)
    ]


def find_cause(connection: Connection, beginning: str) -> str:
    """Return the cause that begins so.

    Raises:
        NotFound: no incident has such a cause, or several causes begin so.
    """
    found = connection.scalars(
        select(incident.c.cause)
        .where(incident.c.cause.startswith(beginning, autoescape=True))
        .distinct()
        .limit(2)
    ).all()
    if len(found) != 1 or not beginning:
        raise NotFound(
            f"Expected one cause that begins with '{beginning}', but there {'are more' if found else 'is none'}"
        )
    return str(found[0])


def _which(only_open: bool, cause: str | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if only_open:
        conditions.append(incident.c.resolved_at.is_(None))
    if cause is not None:
        conditions.append(incident.c.cause == cause)
    return conditions


def _details() -> Select[*tuple[object, ...]]:
    return (
        select(
            incident,
            process_instance.c.business_key,
            func.coalesce(definition.c.process_key, process_instance.c.process_key).label("process_key"),
            definition.c.version,
        )
        .outerjoin(process_instance, process_instance.c.id == incident.c.instance_id)
        .outerjoin(definition, definition.c.hash == incident.c.definition_hash)
    )


def _detail(row: Row[*tuple[object, ...]]) -> IncidentDetail:
    body = orjson.loads(row.command)
    return IncidentDetail(
        id=row.id,
        instance_id=row.instance_id,
        business_key=row.business_key,
        process_key=row.process_key,
        version=row.version,
        element_id=row.element_id,
        command=body["command"],
        actor_key=body["actor"]["key"],
        error=row.error,
        message=row.message,
        cause=row.cause,
        attempts=row.attempts,
        created_at=row.created_at,
        last_failed_at=row.last_failed_at,
        resolved_at=row.resolved_at,
        resolved_by=row.resolved_by,
    )
