"""Shows batches: how far they are, and what their items came to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from engine.errors import NotFound
from engine.tables import batch, batch_item

RUNNING = "running"
CANCELLED = "cancelled"
DONE = "done"

PENDING = "pending"  # an item that waits for a worker
REFUSED = "refused"  # its command was refused; nothing was changed
FAILED = "failed"  # something failed on our side; an incident holds it

#: What an item can be, in the order in which it is shown.
ITEM_STATUSES = (PENDING, DONE, REFUSED, FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchView:
    """A batch and how far it is.

    Attributes:
        status: running, cancelled or done.
        counts: items by status; every status is there.
    """

    id: UUID
    command: str
    parameters: Mapping[str, Any]
    actor_key: str
    reason: str
    status: str
    total: int
    created_at: datetime
    ended_at: datetime | None
    counts: Mapping[str, int]

    @property
    def treated(self) -> int:
        """How many items have their answer."""
        return self.total - self.counts[PENDING]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchItem:
    """One subject of a batch.

    Attributes:
        code: of the refusal or failure.
        detail: what it came to, as text.
        instance_id: the instance, where it is known.
    """

    position: int
    subject: UUID
    status: str
    code: str | None
    detail: str | None
    instance_id: UUID | None
    ended_at: datetime | None


def find_batch(connection: Connection, batch_id: UUID) -> BatchView:
    """Return one batch.

    Raises:
        NotFound: no such batch.
    """
    row = connection.execute(select(batch).where(batch.c.id == batch_id)).one_or_none()
    if row is None:
        raise NotFound(f"Expected batch '{batch_id}', but there is none")
    return _views(connection, [row])[0]


def list_batches(
    connection: Connection, *, status: str | None = None, limit: int = 50, offset: int = 0
) -> list[BatchView]:
    """Return batches, newest first.

    Args:
        status: only those running, cancelled or done.
    """
    query = select(batch).order_by(batch.c.created_at.desc(), batch.c.id).limit(limit).offset(offset)
    if status is not None:
        query = query.where(batch.c.status == status)
    return _views(connection, connection.execute(query).all())


def items_of(
    connection: Connection, batch_id: UUID, *, statuses: Sequence[str] = (), limit: int = 100, after: int = 0
) -> list[BatchItem]:
    """Return items in order.

    Args:
        statuses: only these; all if empty.
        after: the position behind which to begin.
    """
    query = (
        select(batch_item)
        .where(batch_item.c.batch_id == batch_id, batch_item.c.position > after)
        .order_by(batch_item.c.position)
        .limit(limit)
    )
    if statuses:
        query = query.where(batch_item.c.status.in_(statuses))
    return [
        BatchItem(
            position=row.position,
            subject=row.subject,
            status=row.status,
            code=row.code,
            detail=row.detail,
            instance_id=row.instance_id,
            ended_at=row.ended_at,
        )
        for row in connection.execute(query)
    ]


def _views(connection: Connection, rows: Sequence[Any]) -> list[BatchView]:
    counted = connection.execute(
        select(batch_item.c.batch_id, batch_item.c.status, func.count().label("items"))
        .where(batch_item.c.batch_id.in_([row.id for row in rows]))
        .group_by(batch_item.c.batch_id, batch_item.c.status)
    )
    counts: dict[UUID, dict[str, int]] = {row.id: dict.fromkeys(ITEM_STATUSES, 0) for row in rows}
    for count in counted:
        counts[count.batch_id][count.status] = count.items
    return [
        BatchView(
            id=row.id,
            command=row.command,
            parameters=orjson.loads(row.parameters),
            actor_key=orjson.loads(row.actor)["key"],
            reason=row.reason,
            status=row.status,
            total=row.total,
            created_at=row.created_at,
            ended_at=row.ended_at,
            counts=counts[row.id],
        )
        for row in rows
    ]
