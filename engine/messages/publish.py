"""Messages and signals between instances: what one sends reaches others after its commit.

A message goes to the one element that waits for it under its key. If nobody does, it is refused or kept for a
time, as its sender says (:class:`IfNobodyWaits`); a kept message is delivered when somebody begins to wait. If two
wait, it is refused. A signal goes to everybody who waits for it at that moment.

An instance that is suspended takes nothing: a message for it is refused or kept, for as long as messages are kept
at all, and delivered when the instance is resumed; a signal that reaches it meanwhile is not heard.

Inside, all of this travels through the outbox, so that no command ever holds two instances.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from engine import clock
from engine.actors import Actor
from engine.canonical import canonical_bytes, normalised
from engine.commands import CorrelateMessage, StartInstance, Variables
from engine.database import lock_words, reading
from engine.definitions.starts import MESSAGE
from engine.errors import (
    Busy,
    CommandConflict,
    InstanceAlreadyExists,
    InstanceSuspended,
    InvalidVariables,
    MessageAmbiguous,
    MessageNotExpected,
    NotAuthorised,
    Rejection,
    StepFailed,
)
from engine.history.journal import find_by_command
from engine.ids import derived_id
from engine.instances.instance import ACTIVE, SUSPENDED, UNFINISHED
from engine.instances.message import receivers_of, status_of_receiver
from engine.outbox import OutboxWriter
from engine.spiff import MessageSubscription
from engine.tables import kept_message, process_instance, start_subscription

if TYPE_CHECKING:
    from engine.dispatch import Answer, Dispatcher

logger = logging.getLogger(__name__)

#: Topic of the outbox for messages that were kept.
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
    """Deliver a message, start a process by it, or keep it.

    What is kept under its key came before it, and goes to who waits before it does.

    Who waits comes first. Where nobody does, a process whose newest version starts with the message begins a new
    instance, with the correlation key as its business key; but not while one with that key is active.

    Raises:
        NotAuthorised: the actor may not correlate messages.
        MessageNotExpected: nobody waits and it is not to be kept.
        MessageAmbiguous: more than one element waits.
        InstanceSuspended: who waits is suspended and it is not to be kept.
        StepFailed: the instance that takes it fails; an incident holds the message.
    """
    with reading(dispatcher.database) as connection:
        kept_until = _kept_until(connection, message.message_id)
        older = _kept(connection, message.message_name, message.correlation_key)
    if kept_until is not None:
        return Published(answer=None, kept_until=kept_until)
    if older:
        _deliver_older(dispatcher, message)
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
        start = _start_by_message(dispatcher, message)
        if start is not None:
            try:
                return Published(answer=dispatcher.execute(start), kept_until=None)
            except InstanceAlreadyExists:
                logger.info("another message has just started it", extra={"key": message.correlation_key})
        if message.if_nobody_waits is IfNobodyWaits.REFUSE:
            raise
    except InstanceSuspended:
        if message.if_nobody_waits is IfNobodyWaits.REFUSE:
            raise
    if _keep(dispatcher, message):
        with reading(dispatcher.database) as connection:
            return Published(answer=None, kept_until=_kept_until(connection, message.message_id))
    return Published(answer=dispatcher.execute(command), kept_until=None)


def _deliver_older(dispatcher: "Dispatcher", message: PublishMessage) -> None:
    """Deliver what is kept under the key of a new message to the one element that waits there, while one does."""
    if "message:correlate" not in message.actor.permissions:
        return
    while True:
        with reading(dispatcher.database) as connection:
            if not _kept(connection, message.message_name, message.correlation_key):
                return
            if find_by_command(connection, message.message_id) is not None:
                return  # it is a repeat
            waiting = receivers_of(connection, message.message_name, message.correlation_key)
        if len(waiting) != 1:
            return
        try:
            deliver_kept(dispatcher, message.message_name, message.correlation_key, task_id=waiting[0])
        except Busy:
            raise
        except (Rejection, StepFailed) as outcome:
            logger.warning(
                "kept message not delivered",
                extra={"task_id": str(waiting[0]), "reason": str(outcome)},
            )
            return


def claim_kept(
    connection: Connection, outbox: OutboxWriter, subscriptions: Sequence[MessageSubscription]
) -> None:
    """Queue a look at the kept messages for elements that have just begun to wait."""
    for subscription in _by_key(subscriptions):
        if subscription.fresh:
            _claim(connection, outbox, subscription, key=f"kept:{subscription.task_id}")


def claim_kept_meanwhile(
    connection: Connection, outbox: OutboxWriter, subscriptions: Sequence[MessageSubscription], sequence: int
) -> None:
    """Queue a look at the kept messages for all elements of an instance that goes on after a pause.

    Args:
        sequence: the entry of the instance by which it goes on.
    """
    for subscription in _by_key(subscriptions):
        _claim(connection, outbox, subscription, key=f"kept:{subscription.task_id}:{sequence}")


def _by_key(subscriptions: Sequence[MessageSubscription]) -> list[MessageSubscription]:
    """Return subscriptions in the one order in which everybody locks keys."""
    return sorted(subscriptions, key=lambda each: (each.message_name, each.correlation_key))


def _claim(
    connection: Connection, outbox: OutboxWriter, subscription: MessageSubscription, *, key: str
) -> None:
    lock_words(connection, subscription.message_name, subscription.correlation_key)
    if _kept(connection, subscription.message_name, subscription.correlation_key):
        outbox.add(
            KEPT_TOPIC,
            {
                "name": subscription.message_name,
                "correlation_key": subscription.correlation_key,
                "task_id": str(subscription.task_id),
            },
            key=key,
        )


def deliver_kept(dispatcher: "Dispatcher", message_name: str, correlation_key: str, *, task_id: UUID) -> None:
    """Deliver the oldest message that is kept under a key to an element that has begun to wait for it."""
    with reading(dispatcher.database) as connection:
        rows = _kept(connection, message_name, correlation_key)
        applied = {row.id for row in rows if find_by_command(connection, _delivery_of(row.id)) is not None}
    for row in rows:
        if row.id not in applied:
            try:
                dispatcher.execute(
                    CorrelateMessage(
                        command_id=_delivery_of(row.id),
                        actor=Actor(key=row.published_by, permissions=frozenset({"message:correlate"})),
                        message_name=row.message_name,
                        correlation_key=row.correlation_key,
                        variables=orjson.loads(row.variables),
                        task_id=task_id,
                    )
                )
            except CommandConflict:
                applied.add(row.id)  # another element has just got it
        with dispatcher.database.begin() as connection:
            connection.execute(
                update(kept_message).where(kept_message.c.id == row.id).values(delivered_at=clock.now())
            )
        if row.id not in applied:  # those before went to others, who have not noted so
            return


def _kept(connection: Connection, message_name: str, correlation_key: str) -> Sequence[Any]:
    """Return the messages kept under a key that are neither noted as delivered nor expired, the oldest first."""
    return connection.execute(
        select(kept_message)
        .where(
            kept_message.c.message_name == message_name,
            kept_message.c.correlation_key == correlation_key,
            kept_message.c.delivered_at.is_(None),
            kept_message.c.expires_at > clock.now(),
        )
        .order_by(kept_message.c.published_at, kept_message.c.id)
    ).all()


def _delivery_of(kept_id: UUID) -> UUID:
    """Return the identifier of the command that delivers a kept message."""
    return derived_id("kept", kept_id)


def _start_of(message_id: UUID) -> UUID:
    """Return the identifier of the command that starts a process by a message."""
    return derived_id("start by message", message_id)


def _start_by_message(dispatcher: "Dispatcher", message: PublishMessage) -> StartInstance | None:
    """Return the command that starts a process by a message; ``None`` if none does now.

    Raises:
        MessageAmbiguous: two processes start with it.
    """
    with reading(dispatcher.database) as connection:
        rows = connection.execute(
            select(start_subscription).where(
                start_subscription.c.kind == MESSAGE, start_subscription.c.name == message.message_name
            )
        ).all()
        if len(rows) > 1:
            raise MessageAmbiguous(
                f"Expected one process to start with message '{message.message_name}', but {len(rows)} do",
                message_name=message.message_name,
            )
        if not rows:
            return None
        command_id = _start_of(message.message_id)
        again = find_by_command(connection, command_id) is not None
        active = connection.scalar(
            select(process_instance.c.id)
            .where(
                process_instance.c.process_key == rows[0].process_key,
                process_instance.c.business_key == message.correlation_key,
                process_instance.c.status.in_(UNFINISHED),
            )
            .limit(1)
        )
    if active is not None and message.correlation_key and not again:
        return None
    return StartInstance(
        command_id=command_id,
        actor=Actor(key=message.actor.key, permissions=message.actor.permissions | {"instance:start"})
        if "message:correlate" in message.actor.permissions
        else message.actor,
        instance_id=derived_id("started by message", message.message_id),
        definition_hash=rows[0].definition_hash,
        business_key=message.correlation_key or str(message.message_id),
        variables=message.variables,
        start_event=rows[0].element_id,
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
        lock_words(connection, message.message_name, message.correlation_key)
        if connection.scalar(select(kept_message.c.id).where(kept_message.c.id == message.message_id)):
            return True
        receiver = status_of_receiver(connection, message.message_name, message.correlation_key)
        if receiver == ACTIVE:
            return False
        if any(
            find_by_command(connection, each) for each in (message.message_id, _start_of(message.message_id))
        ):
            return False  # delivered since by another worker that had the same message
        keep_for = LONGEST_KEPT if receiver == SUSPENDED else message.keep_for
        connection.execute(
            insert(kept_message).values(
                id=message.message_id,
                message_name=message.message_name,
                correlation_key=message.correlation_key,
                variables=canonical_bytes(variables).decode(),
                published_by=message.actor.key,
                published_at=now,
                expires_at=now + keep_for,
            )
        )
    return True


def _kept_until(connection: Connection, message_id: UUID) -> datetime | None:
    return connection.scalar(select(kept_message.c.expires_at).where(kept_message.c.id == message_id))
