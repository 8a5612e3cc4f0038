"""What the acts share that go through the engine: rights, open tasks, and instances of a document."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.engine import Connection

from engine.actors import Actor
from engine.instances.instance import ACTIVE, OPEN, SUSPENDED
from engine.tables import message_subscription, process_instance, user_task
from processes.assignments.status import FINISHED
from processes.assignments.tables import Assignment


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """What an act came to that goes to many assignments.

    Attributes:
        total: assignments meant; ``reached``: told now or before; ``refused``: business keys of those that were
            not, which a repeat tries again.
    """

    total: int
    reached: int
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A running assignment of a document."""

    id: UUID
    directive_id: UUID
    lead_unit: str
    status: str
    business_key: str


def entitled(actor: Actor, *permissions: str, groups: Collection[str] = ()) -> Actor:
    """Return an actor who may do to process instances what their act on the document means."""
    return replace(
        actor, permissions=actor.permissions | frozenset(permissions), groups=actor.groups | frozenset(groups)
    )


def open_task(connection: Connection, instance_id: UUID, element_id: str) -> tuple[UUID, list[str]] | None:
    """Return an open user task and its candidate groups; ``None`` if there is none."""
    row = connection.execute(
        select(user_task.c.id, user_task.c.candidate_groups).where(
            user_task.c.instance_id == instance_id,
            user_task.c.element_id == element_id,
            user_task.c.status == OPEN,
        )
    ).one_or_none()
    return None if row is None else (row.id, orjson.loads(row.candidate_groups))


def running_assignments(
    connection: Connection, document_id: UUID, round_no: int, *, directive_ids: Collection[UUID] | None = None
) -> list[Running]:
    """Return the assignments of a round whose work is not finished, by business key."""
    query = (
        select(
            Assignment.id,
            Assignment.directive_id,
            Assignment.lead_unit,
            Assignment.status,
            process_instance.c.business_key,
        )
        .join(process_instance, process_instance.c.id == Assignment.id)
        .where(
            Assignment.document_id == document_id,
            Assignment.issue_round == round_no,
            Assignment.status.not_in([status.value for status in FINISHED]),
            process_instance.c.status.in_((ACTIVE, SUSPENDED)),
        )
        .order_by(process_instance.c.business_key)
    )
    if directive_ids is not None:
        query = query.where(Assignment.directive_id.in_(directive_ids))
    return [Running(**row._mapping) for row in connection.execute(query)]


def waits_for(connection: Connection, instance_id: UUID, message_name: str) -> bool:
    """Say whether an instance waits for a message."""
    return (
        connection.scalar(
            select(message_subscription.c.task_id)
            .where(
                message_subscription.c.instance_id == instance_id,
                message_subscription.c.message_name == message_name,
            )
            .limit(1)
        )
        is not None
    )
