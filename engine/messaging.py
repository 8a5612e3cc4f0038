"""Messages and signals between instances: what one sends reaches others after its commit.

A message goes to the one element that waits for it under its key. If nobody does, it is refused or kept for a
time, as its sender says (:class:`IfNobodyWaits`); a kept message is delivered when somebody begins to wait. If two
wait, it is refused. A signal goes to everybody who waits for it at that moment.

Inside, all of this travels through the outbox, so that no command ever holds two instances.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
from sqlalchemy import insert, select, text, update
from sqlalchemy.engine import Connection

from engine import clock
from engine.actors import SYSTEM, Actor
from engine.canonical import canonical_bytes, normalised
from engine.commands import CorrelateMessage, ReceiveSignal, Variables
from engine.errors import InvalidVariables, MessageNotExpected, NotAuthorised, Rejection, StepFailed
from engine.events import Event, MessageSent, SignalThrown
from engine.ids import derived_id
from engine.instances.message import is_expected
from engine.outbox import OutboxMessage, OutboxWriter, Receiver
from engine.spiff import MessageSubscription
from engine.tables import kept_message, signal_subscription

if TYPE_CHECKING:
    from engine.dispatch import Answer, Dispatcher

logger = logging.getLogger(__name__)

#: Topics of the outbox that the engine itself receives.
MESSAGE_TOPIC = "engine.message"
SIGNAL_TOPIC = "engine.signal"
KEPT_TOPIC = "engine.kept_message"

#: How long a message that a process sends waits for its receiver.
SENT_MESSAGES_KEPT_FOR = timedelta(days=1)

#: No message is kept for longer.
LONGEST_KEPT = timedelta(days=366)


class IfNobodyWaits(StrEnum):
    """What becomes of a message for which nobody waits."""

    #: It is refused; the sender may try again.
    REFUSE = "refuse"
    #: It is kept for a stated time and delivered to whoever begins to wait first.
    KEEP = "keep"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishMessage:
    """A message for whoever waits, now or soon.

    Attributes:
        message_id: unique for ever; a repeat of the same message changes nothing.
        keep_for: used with ``IfNobodyWaits.KEEP``; up to :data:`LONGEST_KEPT`.
    """

    message_id: UUID
    actor: Actor
    message_name: str
    correlation_key: str
    variables: Variables = field(default_factory=dict)
    if_nobody_waits: IfNobodyWaits = IfNobodyWaits.REFUSE
    keep_for: timedelta = SENT_MESSAGES_KEPT_FOR

    def __post_init__(self) -> None:
        if not timedelta() < self.keep_for <= LONGEST_KEPT:
            raise ValueError(f"Expected a message to be kept for up to {LONGEST_KEPT.days} days")


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What became of a message: the answer of the instance that took it, or until when it is kept."""

    answer: "Answer | None"
    kept_until: datetime | None


def publish(dispatcher: "Dispatcher", message: PublishMessage) -> Published:
    """Deliver a message, or keep it.

    Raises:
        NotAuthorised: the actor may not correlate messages.
        MessageNotExpected: nobody waits and it is not to be kept.
        MessageAmbiguous: more than one element waits.
        StepFailed: the instance that takes it fails; an incident holds the message.
    """
    kept_until = _kept_until(dispatcher, message.message_id)
    if kept_until is not None:
        return Published(answer=None, kept_until=kept_until)
    command = CorrelateMessage(
        command_id=message.message_id,
        actor=message.actor,
        message_name=message.message_name,
        correlation_key=message.correlation_key,
        variables=message.variables,
    )
    try:
        return Published(answer=dispatcher.execute(command), kept_until=None)
    except MessageNotExpected:
        if message.if_nobody_waits is IfNobodyWaits.REFUSE:
            raise
    if _keep(dispatcher, message):
        return Published(answer=None, kept_until=_kept_until(dispatcher, message.message_id))
    return Published(answer=dispatcher.execute(command), kept_until=None)


def send(outbox: OutboxWriter, instance_id: UUID, sequence: int, events: Sequence[Event]) -> None:
    """Queue the messages and signals of a command."""
    for number, event in enumerate(events):
        key = f"{instance_id}:{sequence}:{number}"
        if isinstance(event, MessageSent):
            outbox.add(
                MESSAGE_TOPIC,
                {
                    "name": event.message_name,
                    "correlation_key": event.correlation_key,
                    "variables": event.variables,
                },
                key=f"message:{key}",
            )
        elif isinstance(event, SignalThrown):
            outbox.add(
                SIGNAL_TOPIC,
                {"name": event.signal_name, "variables": event.variables, "thrown_by": str(instance_id)},
                key=f"signal:{key}",
            )


def claim_kept(
    connection: Connection, outbox: OutboxWriter, subscriptions: Sequence[MessageSubscription]
) -> None:
    """Queue the delivery of messages that were kept for elements that have just begun to wait."""
    for subscription in subscriptions:
        if not subscription.fresh:
            continue
        _lock_key(connection, subscription.message_name, subscription.correlation_key)
        kept_id = connection.scalar(
            select(kept_message.c.id)
            .where(
                kept_message.c.message_name == subscription.message_name,
                kept_message.c.correlation_key == subscription.correlation_key,
                kept_message.c.delivered_at.is_(None),
                kept_message.c.expires_at > clock.now(),
            )
            .order_by(kept_message.c.published_at, kept_message.c.id)
            .limit(1)
        )
        if kept_id is not None:
            outbox.add(
                KEPT_TOPIC,
                {"id": str(kept_id), "task_id": str(subscription.task_id)},
                key=f"kept:{kept_id}:{subscription.task_id}",
            )


def receivers(dispatcher: "Dispatcher") -> dict[str, Receiver]:
    """Return who takes the engine's own topics."""

    def each(act: Callable[[OutboxMessage], None]) -> Receiver:
        def receive(messages: Sequence[OutboxMessage]) -> None:
            for message in messages:
                act(message)

        return receive

    def deliver_message(message: OutboxMessage) -> None:
        _attempted(
            lambda: publish(
                dispatcher,
                PublishMessage(
                    message_id=derived_id("sent", message.key),
                    actor=SYSTEM,
                    message_name=message.payload["name"],
                    correlation_key=message.payload["correlation_key"],
                    variables=message.payload["variables"],
                    if_nobody_waits=IfNobodyWaits.KEEP,
                ),
            ),
            message,
        )

    def deliver_signal(message: OutboxMessage) -> None:
        with dispatcher.database.connect() as connection:
            instances = connection.scalars(
                select(signal_subscription.c.instance_id)
                .where(
                    signal_subscription.c.signal_name == message.payload["name"],
                    signal_subscription.c.instance_id != UUID(message.payload["thrown_by"]),
                    signal_subscription.c.since <= message.created_at,
                )
                .distinct()
                .order_by(signal_subscription.c.instance_id)
            ).all()
        for instance_id in instances:
            command = ReceiveSignal(
                command_id=derived_id("signal", message.key, instance_id),
                actor=SYSTEM,
                instance_id=instance_id,
                signal_name=message.payload["name"],
                variables=message.payload["variables"],
            )
            _attempted(lambda command=command: dispatcher.execute(command), message)  # type: ignore[misc]

    def deliver_kept(message: OutboxMessage) -> None:
        _attempted(
            lambda: _deliver_kept(
                dispatcher, UUID(message.payload["id"]), task_id=UUID(message.payload["task_id"])
            ),
            message,
        )

    return {
        MESSAGE_TOPIC: each(deliver_message),
        SIGNAL_TOPIC: each(deliver_signal),
        KEPT_TOPIC: each(deliver_kept),
    }


def _attempted(act: Callable[[], object], message: OutboxMessage) -> None:
    """Run a delivery; a refusal or an incident is an outcome, too, and is not tried again."""
    try:
        act()
    except (Rejection, StepFailed) as outcome:
        logger.warning(
            "message not delivered",
            extra={"topic": message.topic, "key": message.key, "reason": str(outcome)},
        )


def _keep(dispatcher: "Dispatcher", message: PublishMessage) -> bool:
    """Keep a message unless it is kept already or somebody has begun to wait; say whether it is kept now."""
    if "message:correlate" not in message.actor.permissions:
        raise NotAuthorised("Expected an actor who may correlate messages", actor=message.actor.key)
    try:
        variables: Mapping[str, Any] = normalised(dict(message.variables))
    except ValueError as error:
        raise InvalidVariables(
            f"Expected variables that JSON can carry, but {error}", errors=[{"key": "", "code": "not_json"}]
        ) from error
    now = clock.now()
    with dispatcher.database.begin() as connection:
        _lock_key(connection, message.message_name, message.correlation_key)
        if connection.scalar(select(kept_message.c.id).where(kept_message.c.id == message.message_id)):
            return True
        if is_expected(connection, message.message_name, message.correlation_key):
            return False
        connection.execute(
            insert(kept_message).values(
                id=message.message_id,
                message_name=message.message_name,
                correlation_key=message.correlation_key,
                variables=canonical_bytes(variables).decode(),
                published_by=message.actor.key,
                published_at=now,
                expires_at=now + message.keep_for,
            )
        )
    return True


def _kept_until(dispatcher: "Dispatcher", message_id: UUID) -> datetime | None:
    with dispatcher.database.connect() as connection:
        return connection.scalar(select(kept_message.c.expires_at).where(kept_message.c.id == message_id))


def _deliver_kept(dispatcher: "Dispatcher", kept_id: UUID, *, task_id: UUID) -> None:
    with dispatcher.database.connect() as connection:
        row = connection.execute(select(kept_message).where(kept_message.c.id == kept_id)).one()
    if row.delivered_at is not None or row.expires_at <= clock.now():
        return
    dispatcher.execute(
        CorrelateMessage(
            command_id=derived_id("kept", row.id),
            actor=Actor(key=row.published_by, permissions=frozenset({"message:correlate"})),
            message_name=row.message_name,
            correlation_key=row.correlation_key,
            variables=orjson.loads(row.variables),
            task_id=task_id,
        )
    )
    with dispatcher.database.begin() as connection:
        connection.execute(
            update(kept_message).where(kept_message.c.id == kept_id).values(delivered_at=clock.now())
        )


def _lock_key(connection: Connection, name: str, key: str) -> None:
    """Let nobody begin to wait while somebody decides to keep; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:words, 0))"), {"words": f"{name}\x1f{key}"}
        )
