"""Messages that leave after commit.

A command writes its messages in its own transaction; :func:`deliver_due` hands them to the receivers later, each
in a transaction of its own, with growing pauses after a failure. Delivery is at least once: the message key lets
a receiver recognise a repeat.

What one instance sends under a topic arrives in the order in which it was sent, however many workers there are:
a message can be claimed only together with, or after, all that were sent before it. One that has failed too often
holds up no others.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Engine, exists, or_, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from engine import clock
from engine.canonical import canonical_bytes
from engine.database import UNREAD, trouble_of
from engine.errors import Busy
from engine.tables import outbox
from engine.writes import Writes

logger = logging.getLogger(__name__)

#: Pause before the n-th new attempt; the last one repeats.
RETRY_PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 360))

#: How long a claimed message is left to the worker that has claimed it.
CLAIM = timedelta(minutes=5)

#: After so many failures the message waits for an operator.
MAX_ATTEMPTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxMessage:
    """A message on its way out."""

    id: int
    instance_id: UUID
    topic: str
    key: str
    payload: dict[str, Any]
    created_at: datetime


class OutboxWriter:
    """Collects the messages of one command and writes them with it."""

    def __init__(self, instance_id: UUID, effective_at: datetime) -> None:
        self._instance_id = instance_id
        self._effective_at = effective_at
        self._rows: list[dict[str, Any]] = []

    def add(self, topic: str, payload: Mapping[str, Any], *, key: str) -> None:
        """Queue a message; the same key is queued once for ever."""
        self._rows.append(
            {
                "instance_id": self._instance_id,
                "topic": topic,
                "message_key": key,
                "payload": canonical_bytes(dict(payload)).decode(),
                "created_at": self._effective_at,
                "available_at": self._effective_at,
                "attempts": 0,
            }
        )

    def write(self, writes: Writes) -> None:
        """Collect the queued messages for writing; a key that is already there is left as it is."""
        writes.add(_INSERT[writes.connection.dialect.name], self._rows)
        self._rows = []


#: By the name of the database; inline, because nobody asks for the numbers that messages get.
_INSERT = {
    "sqlite": sqlite.insert(outbox)
    .on_conflict_do_nothing(index_elements=["message_key"])
    .inline()
    .execution_options(**UNREAD),
    "postgresql": postgresql.insert(outbox)
    .on_conflict_do_nothing(index_elements=["message_key"])
    .inline()
    .execution_options(**UNREAD),
}


#: Takes all waiting messages of a topic at once, so that it can put them together; raising keeps them all.
Receiver = Callable[[Sequence[OutboxMessage]], None]


def deliver_due(
    database: Engine, receivers: Mapping[str, Receiver], *, limit: int = 100, claim: timedelta = CLAIM
) -> int:
    """Deliver up to ``limit`` waiting messages whose topic has a receiver; return how many got through.

    The receiver runs outside of any transaction. After a crash between delivery and its note in the database,
    messages are delivered again, with the same keys.
    """
    by_topic: dict[str, list[OutboxMessage]] = {}
    for message in _claim(database, tuple(receivers), limit, claim):
        by_topic.setdefault(message.topic, []).append(message)
    return sum(_deliver(database, topic, receivers[topic], messages) for topic, messages in by_topic.items())


def _deliver(database: Engine, topic: str, receiver: Receiver, messages: Sequence[OutboxMessage]) -> int:
    """Hand messages to their receiver and note what came of it; return how many got through."""
    try:
        receiver(messages)
    except (OSError, Busy) as error:
        logger.warning("outbox delivery failed", extra={"topic": topic, "messages": len(messages)})
        _postpone(database, messages, str(error))
        return 0
    except Exception as error:  # a receiver is foreign code; what it cannot take must not hold up the rest
        by_instance: dict[UUID, list[OutboxMessage]] = {}
        for message in messages:
            by_instance.setdefault(message.instance_id, []).append(message)
        if len(by_instance) > 1 and trouble_of(error) is None:
            return sum(_deliver(database, topic, receiver, group) for group in by_instance.values())
        logger.warning(
            "outbox delivery failed", extra={"topic": topic, "messages": len(messages)}, exc_info=True
        )
        _postpone(database, messages, str(error))
        return 0
    with database.begin() as connection:
        connection.execute(
            update(outbox)
            .where(outbox.c.id.in_([message.id for message in messages]), outbox.c.delivered_at.is_(None))
            .values(delivered_at=clock.now(), last_error=None)
        )
    return len(messages)


def _claim(database: Engine, topics: tuple[str, ...], limit: int, claim: timedelta) -> list[OutboxMessage]:
    """Take waiting messages for a time, so that a second worker leaves them alone.

    The first message of an instance under a topic is locked; whoever holds it may take those behind it.
    """
    now = clock.now()
    earlier = outbox.alias("earlier")
    waiting = (outbox.c.delivered_at.is_(None), outbox.c.attempts < MAX_ATTEMPTS)
    # one that nobody has taken yet does not wait for a clock that was ahead when it was written
    available = or_(outbox.c.available_at <= now, outbox.c.available_at == outbox.c.created_at)
    with database.begin() as connection:
        heads = connection.execute(
            select(outbox.c.instance_id, outbox.c.topic)
            .where(
                *waiting,
                available,
                outbox.c.topic.in_(topics),
                ~exists().where(
                    earlier.c.instance_id == outbox.c.instance_id,
                    earlier.c.topic == outbox.c.topic,
                    earlier.c.delivered_at.is_(None),
                    earlier.c.attempts < MAX_ATTEMPTS,
                    earlier.c.id < outbox.c.id,
                ),
            )
            .order_by(outbox.c.available_at, outbox.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
        if not heads:
            return []
        rows = connection.execute(
            select(outbox)
            .where(
                *waiting,
                available,
                outbox.c.instance_id.in_(
                    [head.instance_id for head in heads]
                ),  # SQLite finds this by an index
                tuple_(outbox.c.instance_id, outbox.c.topic).in_([tuple(head) for head in heads]),
            )
            .order_by(outbox.c.id)
            .limit(limit)
        ).all()
        connection.execute(
            update(outbox).where(outbox.c.id.in_([row.id for row in rows])).values(available_at=now + claim)
        )
    return [
        OutboxMessage(
            id=row.id,
            instance_id=row.instance_id,
            topic=row.topic,
            key=row.message_key,
            payload=orjson.loads(row.payload),
            created_at=row.created_at,
        )
        for row in rows
    ]


def _postpone(database: Engine, messages: Sequence[OutboxMessage], reason: str) -> None:
    with database.begin() as connection:
        for message in messages:
            attempts = connection.scalar(select(outbox.c.attempts).where(outbox.c.id == message.id)) or 0
            pause = RETRY_PAUSES[min(attempts, len(RETRY_PAUSES) - 1)]
            connection.execute(
                update(outbox)
                .where(outbox.c.id == message.id)
                .values(attempts=attempts + 1, available_at=clock.now() + pause, last_error=reason[:500])
            )
