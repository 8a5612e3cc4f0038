"""What starts instances of a process without a command: messages, signals and timers of its newest version.

A deployment takes the place of the version before: what waited to start that one waits no more.
"""

from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection

from engine import clock
from engine.actors import SYSTEM
from engine.commands import StartInstance
from engine.database import lock_words
from engine.errors import DefinitionRefused, StepFailed
from engine.ids import derived_id
from engine.instances.instance import CANCELLED, FAILED, FIRED, WAITING
from engine.spiff import (
    CompiledModel,
    Cycle,
    LateCycles,
    MessageTrigger,
    Moment,
    SignalTrigger,
    TimerTrigger,
    first_tick,
)
from engine.tables import definition, start_subscription, start_timer

MESSAGE = "message"
SIGNAL = "signal"

#: Locked with the key of a process while what starts it changes.
_STARTS = "starts of"


def replace_starts(connection: Connection, definition_hash: str, model: CompiledModel) -> None:
    """Let the starts of a version that has just been deployed take the place of those of the one before.

    Raises:
        DefinitionRefused: the expression of a timer does not give a time.
    """
    key = model.process_key
    now = clock.now()
    lock_words(connection, _STARTS, key)
    connection.execute(delete(start_subscription).where(start_subscription.c.process_key == key))
    connection.execute(
        update(start_timer)
        .where(start_timer.c.process_key == key, start_timer.c.status == WAITING)
        .values(status=CANCELLED, ended_at=now)
    )
    for element_id, trigger in model.starts.items():
        common = {"process_key": key, "element_id": element_id, "definition_hash": definition_hash}
        if isinstance(trigger, MessageTrigger | SignalTrigger):
            kind = MESSAGE if isinstance(trigger, MessageTrigger) else SIGNAL
            connection.execute(insert(start_subscription).values(**common, kind=kind, name=trigger.name))
        elif isinstance(trigger, TimerTrigger):
            try:
                tick = first_tick(trigger, {}, at=Moment(now=now), element_id=element_id)
            except StepFailed as error:
                raise _refused(element_id, error.message) from error
            if tick is not None:
                _wait(connection, common, tick, now)


def due_starts(connection: Connection, *, limit: int) -> list[StartInstance]:
    """Return the commands of timers that are due, earliest first."""
    rows = connection.execute(
        select(start_timer)
        .where(start_timer.c.status == WAITING, start_timer.c.due_at <= clock.now())
        .order_by(start_timer.c.due_at, start_timer.c.id)
        .limit(limit)
    )
    return [
        StartInstance(
            command_id=derived_id("start", row.id),
            actor=SYSTEM,
            instance_id=derived_id("started", row.id),
            definition_hash=row.definition_hash,
            business_key=f"{row.process_key} {clock.to_text(row.due_at)}",
            start_event=row.element_id,
        )
        for row in rows
    ]


def note_started(connection: Connection, command: StartInstance, late_cycles: LateCycles) -> None:
    """Mark the timer that started an instance as fired, and wait for its next tick; other starts have none.

    A deployment that replaces the timer at this moment is waited for.
    """
    process_key = connection.scalar(
        select(definition.c.process_key).where(definition.c.hash == command.definition_hash)
    )
    lock_words(connection, _STARTS, str(process_key))
    row = connection.execute(
        select(start_timer).where(
            start_timer.c.definition_hash == command.definition_hash,
            start_timer.c.element_id == command.start_event,
            start_timer.c.status.in_((WAITING, FAILED)),
        )
    ).one_or_none()
    if row is None or derived_id("start", row.id) != command.command_id:
        return
    now = clock.now()
    connection.execute(
        update(start_timer).where(start_timer.c.id == row.id).values(status=FIRED, ended_at=now)
    )
    if row.cycle is None:
        return
    cycle = Cycle.from_json(orjson.loads(row.cycle)).after(now, late_cycles)
    if cycle is not None:
        common = {name: getattr(row, name) for name in ("process_key", "element_id", "definition_hash")}
        _wait(connection, common, cycle, row.due_at)


def note_failed(connection: Connection, command: StartInstance) -> None:
    """Let a timer whose start failed wait for an operator; not one that has come after it."""
    waiting = connection.scalars(
        select(start_timer.c.id).where(
            start_timer.c.definition_hash == command.definition_hash,
            start_timer.c.element_id == command.start_event,
            start_timer.c.status == WAITING,
        )
    )
    failed = [timer_id for timer_id in waiting if derived_id("start", timer_id) == command.command_id]
    connection.execute(
        update(start_timer)
        .where(start_timer.c.id.in_(failed), start_timer.c.status == WAITING)
        .values(status=FAILED)
    )


def next_start_at(connection: Connection) -> datetime | None:
    """Return the instant of the next timer that starts an instance, or ``None``."""
    return connection.scalar(
        select(start_timer.c.due_at)
        .where(start_timer.c.status == WAITING)
        .order_by(start_timer.c.due_at)
        .limit(1)
    )


def _wait(connection: Connection, common: dict[str, Any], tick: datetime | Cycle, after: datetime) -> None:
    due_at = tick.due_at if isinstance(tick, Cycle) else tick
    cycle = orjson.dumps(tick.to_json()).decode() if isinstance(tick, Cycle) else None
    connection.execute(
        insert(start_timer).values(
            id=derived_id("start timer", *common.values(), clock.to_text(due_at), clock.to_text(after)),
            **common,
            status=WAITING,
            due_at=due_at,
            cycle=cycle,
        )
    )


def _refused(element_id: str, reason: str) -> DefinitionRefused:
    problem = {
        "element_id": element_id,
        "element_name": "",
        "reason": reason,
        "advice": "Write a date, a duration or a cycle; there are no variables before the start.",
    }
    return DefinitionRefused(f"Expected a timer that starts the process, but {reason}", problems=[problem])
