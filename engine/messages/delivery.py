"""Carries messages and signals from the outbox to whom they are for."""

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.engine import Connection

from engine.actors import SYSTEM
from engine.commands import Command, ReceiveSignal, StartInstance
from engine.database import reading
from engine.definitions.starts import SIGNAL
from engine.errors import Busy, Rejection, StepFailed
from engine.events import Event, MessageSent, SignalThrown
from engine.ids import derived_id
from engine.messages.publish import KEPT_TOPIC, IfNobodyWaits, PublishMessage, deliver_kept, publish
from engine.outbox import OutboxMessage, OutboxWriter, Receiver
from engine.tables import signal_subscription, start_subscription

if TYPE_CHECKING:
    from engine.dispatch import Dispatcher

logger = logging.getLogger(__name__)

#: Topics of the outbox.
MESSAGE_TOPIC = "engine.message"
SIGNAL_TOPIC = "engine.signal"


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
        with reading(dispatcher.database) as connection:
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
            commands: list[Command] = [*_starts_by_signal(connection, message)]
        commands += [
            ReceiveSignal(
                command_id=derived_id("signal", message.key, instance_id),
                actor=SYSTEM,
                instance_id=instance_id,
                signal_name=message.payload["name"],
                variables=message.payload["variables"],
            )
            for instance_id in instances
        ]
        for command in commands:
            _attempted(partial(dispatcher.execute, command), message)

    def deliver_kept_message(message: OutboxMessage) -> None:
        asked = message.payload
        _attempted(
            lambda: deliver_kept(
                dispatcher, asked["name"], asked["correlation_key"], task_id=UUID(asked["task_id"])
            ),
            message,
        )

    return {
        MESSAGE_TOPIC: each(deliver_message),
        SIGNAL_TOPIC: each(deliver_signal),
        KEPT_TOPIC: each(deliver_kept_message),
    }


def _starts_by_signal(connection: Connection, message: OutboxMessage) -> list[StartInstance]:
    rows = connection.execute(
        select(start_subscription)
        .where(start_subscription.c.kind == SIGNAL, start_subscription.c.name == message.payload["name"])
        .order_by(start_subscription.c.process_key, start_subscription.c.element_id)
    )
    return [
        StartInstance(
            command_id=derived_id("start by signal", message.key, row.process_key, row.element_id),
            actor=SYSTEM,
            instance_id=derived_id("started by signal", message.key, row.process_key, row.element_id),
            definition_hash=row.definition_hash,
            business_key=f"{row.process_key} {message.key}"[:200],
            variables=message.payload["variables"],
            start_event=row.element_id,
        )
        for row in rows
    ]


def _attempted(act: Callable[[], object], message: OutboxMessage) -> None:
    """Run a delivery; a refusal or an incident is an outcome, too, and is not tried again.

    Raises:
        Busy: the database could not take it now; it is tried again.
    """
    try:
        act()
    except Busy:
        raise
    except (Rejection, StepFailed) as outcome:
        logger.warning(
            "message not delivered",
            extra={"topic": message.topic, "key": message.key, "reason": str(outcome)},
        )
