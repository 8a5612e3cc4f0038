"""Cancels a batch, or puts back what was refused or failed in it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Engine, select, update
from sqlalchemy.engine import Connection

from engine import clock
from engine.actors import Actor
from engine.batches.kinds import KINDS, require_permission
from engine.batches.progress import CANCELLED, FAILED, PENDING, REFUSED, RUNNING, BatchView, find_batch
from engine.errors import BatchNotRunning, EmptySelection, NotFound
from engine.tables import batch, batch_item


def cancel_batch(database: Engine, batch_id: UUID, *, actor: Actor) -> BatchView:
    """Stop a batch; what is done stays, and what a worker has begun (a portion at most) is ended.

    Raises:
        NotFound: no such batch.
        NotAuthorised: the actor may not give such commands.
        BatchNotRunning: it has ended.
    """
    with database.begin() as connection:
        status = _locked_status(connection, batch_id, actor)
        if status != RUNNING:
            raise BatchNotRunning(f"Expected batch '{batch_id}' to be running, but it is {status}")
        connection.execute(
            update(batch).where(batch.c.id == batch_id).values(status=CANCELLED, ended_at=clock.now())
        )
        return find_batch(connection, batch_id)


def retry_failed(
    database: Engine, batch_id: UUID, *, actor: Actor, statuses: Sequence[str] = (REFUSED, FAILED)
) -> BatchView:
    """Put items back that were refused or failed; their commands are given again, under the same identifiers.

    A command that was refused has left nothing, so that it is judged anew. One that failed is kept by an incident,
    which is resolved when the command succeeds. What somebody has retried by hand since then counts as done.

    Args:
        statuses: refused, failed, or both.

    Raises:
        NotFound: no such batch.
        NotAuthorised: the actor may not give such commands.
        BatchNotRunning: it was cancelled.
        EmptySelection: nothing was refused or failed.
    """
    with database.begin() as connection:
        status = _locked_status(connection, batch_id, actor)
        if status == CANCELLED:
            raise BatchNotRunning(f"Expected batch '{batch_id}' to go on, but it is cancelled")
        put_back = connection.execute(
            update(batch_item)
            .where(
                batch_item.c.batch_id == batch_id,
                batch_item.c.status.in_(tuple(statuses)),
                batch_item.c.status.in_((REFUSED, FAILED)),
            )
            .values(status=PENDING, claimed_until=None, ended_at=None)
        )
        if put_back.rowcount == 0:
            raise EmptySelection(f"Expected items of batch '{batch_id}' to retry, but there are none")
        connection.execute(update(batch).where(batch.c.id == batch_id).values(status=RUNNING, ended_at=None))
        return find_batch(connection, batch_id)


def _locked_status(connection: Connection, batch_id: UUID, actor: Actor) -> str:
    row = connection.execute(
        select(batch.c.status, batch.c.command).where(batch.c.id == batch_id).with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound(f"Expected batch '{batch_id}', but there is none")
    require_permission(KINDS[row.command], actor)
    return str(row.status)
