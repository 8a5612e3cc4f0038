"""Selects process instances, their open user tasks or their open incidents by what an operator knows of them."""

from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.engine import Connection

from engine import clock
from engine.instances.instance import CANCELLED, FIRED, OPEN
from engine.tables import (
    definition,
    incident,
    message_subscription,
    process_instance,
    signal_subscription,
    timer,
    user_task,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceFilter:
    """What selected instances have in common; what is not given does not matter.

    Attributes:
        process_key: the process they are instances of.
        version: the version of their definition.
        definition_hash: their definition.
        statuses: any of these; any at all if empty.
        business_key_contains: a part of the business key, as it is written.
        element_id: an element at which they wait: an open user task, a timer, a message or a signal.
        has_incident: an incident of theirs is open.
        incident_cause: an incident of theirs with this cause is open.
        started_from: the earliest start, included.
        started_before: the latest start, not included.
        due_before: a user task of theirs is open and due before this instant.
    """

    process_key: str | None = None
    version: int | None = None
    definition_hash: str | None = None
    statuses: tuple[str, ...] = ()
    business_key_contains: str | None = None
    element_id: str | None = None
    has_incident: bool = False
    incident_cause: str | None = None
    started_from: datetime | None = None
    started_before: datetime | None = None
    due_before: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        """Return what is given, as JSON values."""
        given = {f.name: getattr(self, f.name) for f in fields(self)}
        return {name: _plain(value) for name, value in given.items() if value}


def select_instances(connection: Connection, chosen: InstanceFilter) -> Select[tuple[UUID]]:
    """Return the query for the selected instances, earliest started first."""
    return (
        select(process_instance.c.id)
        .where(*_of_instances(connection, chosen))
        .order_by(process_instance.c.started_at, process_instance.c.id)
    )


def select_tasks(connection: Connection, chosen: InstanceFilter) -> Select[tuple[UUID]]:
    """Return the query for the open user tasks of the selected instances, oldest first.

    Element and due date are then those of the task itself.
    """
    conditions: list[ColumnElement[bool]] = [user_task.c.status == OPEN]
    if chosen.element_id is not None:
        conditions.append(user_task.c.element_id == chosen.element_id)
    if chosen.due_before is not None:
        conditions.append(user_task.c.due_at < chosen.due_before)
    return (
        select(user_task.c.id)
        .join(process_instance, process_instance.c.id == user_task.c.instance_id)
        .where(*conditions, *_of_instances(connection, chosen))
        .order_by(user_task.c.created_at, user_task.c.id)
    )


def select_incidents(connection: Connection, chosen: InstanceFilter) -> Select[tuple[UUID]]:
    """Return the query for the open incidents of the selected instances, oldest first.

    A cause is then that of the incident itself.
    """
    conditions: list[ColumnElement[bool]] = [incident.c.resolved_at.is_(None)]
    if chosen.incident_cause is not None:
        conditions.append(incident.c.cause == chosen.incident_cause)
    of_instances = _of_instances(connection, replace(chosen, has_incident=False, incident_cause=None))
    if of_instances:
        conditions.append(
            exists().where(process_instance.c.id == incident.c.instance_id, *of_instances).correlate(incident)
        )  # an incident of a start that failed has no instance yet
    return select(incident.c.id).where(*conditions).order_by(incident.c.created_at, incident.c.id)


def _of_instances(connection: Connection, chosen: InstanceFilter) -> list[ColumnElement[bool]]:
    instance = process_instance.c
    conditions: list[ColumnElement[bool]] = []
    if chosen.process_key is not None:
        conditions.append(instance.process_key == chosen.process_key)
    if chosen.version is not None:
        versions = select(definition.c.hash).where(definition.c.version == chosen.version)
        conditions.append(instance.definition_hash.in_(versions))
    if chosen.definition_hash is not None:
        conditions.append(instance.definition_hash == chosen.definition_hash)
    if chosen.statuses:
        conditions.append(instance.status.in_(chosen.statuses))
    if chosen.business_key_contains is not None:
        # unlike LIKE, both find a text as it is written, whatever its letters
        position = func.strpos if connection.dialect.name == "postgresql" else func.instr
        conditions.append(position(instance.business_key, chosen.business_key_contains) > 0)
    if chosen.element_id is not None:
        conditions.append(_waits_at(chosen.element_id))
    if chosen.has_incident or chosen.incident_cause is not None:
        is_open = [incident.c.instance_id == instance.id, incident.c.resolved_at.is_(None)]
        if chosen.incident_cause is not None:
            is_open.append(incident.c.cause == chosen.incident_cause)
        conditions.append(_there_is(*is_open))
    if chosen.started_from is not None:
        conditions.append(instance.started_at >= chosen.started_from)
    if chosen.started_before is not None:
        conditions.append(instance.started_at < chosen.started_before)
    if chosen.due_before is not None:
        conditions.append(
            _there_is(
                user_task.c.instance_id == instance.id,
                user_task.c.status == OPEN,
                user_task.c.due_at < chosen.due_before,
            )
        )
    return conditions


def _waits_at(element_id: str) -> ColumnElement[bool]:
    instance_id = process_instance.c.id
    return or_(
        _there_is(
            user_task.c.instance_id == instance_id,
            user_task.c.status == OPEN,
            user_task.c.element_id == element_id,
        ),
        _there_is(
            timer.c.instance_id == instance_id,
            timer.c.status.not_in((FIRED, CANCELLED)),
            timer.c.element_id == element_id,
        ),
        *(
            _there_is(table.c.instance_id == instance_id, table.c.element_id == element_id)
            for table in (message_subscription, signal_subscription)
        ),
    )


def _there_is(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(*conditions).correlate(process_instance)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return clock.to_text(value)
    return list(value) if isinstance(value, tuple) else value
