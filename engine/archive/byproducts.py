"""Throws away what was only needed on the way: messages that have left, and messages that nobody took.

A repeat of a message is recognised by the row of the first, and repeats come for as long as delivery is tried; so
nothing younger than :data:`SHORTEST` goes. Messages of a held instance stay.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Column, ColumnElement, Engine, Table, delete, or_, select

from engine import clock
from engine.archive.holds import held, keep_others_from_placing
from engine.tables import kept_message, outbox, process_instance

#: Delivery is tried for up to five days (:mod:`engine.outbox`).
SHORTEST = timedelta(days=7)

#: Rows removed in one transaction.
PORTION = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ThrownAway:
    """How many rows went."""

    outbox: int
    kept_messages: int


def throw_away(
    database: Engine, *, older_than: timedelta, go_on: Callable[[], bool] = lambda: True
) -> ThrownAway:
    """Remove delivered messages of the outbox, and kept messages that were delivered or have expired.

    Raises:
        ValueError: ``older_than`` is shorter than :data:`SHORTEST`.
    """
    if older_than < SHORTEST:
        raise ValueError(f"Expected at least {SHORTEST.days} days, but got {older_than}")
    before = clock.now() - older_than
    return ThrownAway(
        outbox=remove(
            database, outbox, outbox.c.delivered_at < before, of_instance=outbox.c.instance_id, go_on=go_on
        ),
        kept_messages=remove(
            database,
            kept_message,
            or_(kept_message.c.delivered_at < before, kept_message.c.expires_at < before),
            go_on=go_on,
        ),
    )


def remove(
    database: Engine,
    table: Table,
    condition: ColumnElement[bool],
    *,
    of_instance: Column[object] | None = None,
    go_on: Callable[[], bool] = lambda: True,
) -> int:
    """Remove rows in portions, those of held instances excepted; return how many went.

    Args:
        table: has a column ``id``.
        of_instance: the column that names the instance, if there is one.
        go_on: asked before each portion.
    """
    removed = 0
    while go_on():
        with database.begin() as connection:
            query = select(table.c.id).where(condition).order_by(table.c.id).limit(PORTION)
            if of_instance is not None:
                keep_others_from_placing(connection)
                query = query.where(of_instance.not_in(select(process_instance.c.id).where(held(connection))))
            ids = list(connection.scalars(query))
            connection.execute(delete(table).where(table.c.id.in_(ids)))
        removed += len(ids)
        if len(ids) < PORTION:
            break
    return removed
