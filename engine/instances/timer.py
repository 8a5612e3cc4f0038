"""Fires a timer that is due, once, at its due time."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, tuple_
from sqlalchemy.engine import Connection

from engine import clock
from engine.commands import FireTimer
from engine.errors import NotAuthorised, NotFound, TimerNotDue
from engine.instances.instance import (
    FAILED,
    SUSPENDED,
    WAITING,
    Instance,
    lock_instance,
    require_running,
)
from engine.spiff import Execution, LateCycles
from engine.tables import timer


def locate(connection: Connection, command: FireTimer) -> Instance:
    """Take the timer's instance under lock.

    Raises:
        NotFound: no such timer.
    """
    instance_id = connection.scalar(select(timer.c.instance_id).where(timer.c.id == command.timer_id))
    if instance_id is None:
        raise NotFound(f"Expected timer '{command.timer_id}', but there is none")
    return lock_instance(connection, instance_id)


def authorise(connection: Connection, command: FireTimer, instance: Instance) -> None:
    """Refuse a timer that is not due, has been fired, or belongs to an element that has ended.

    While an earlier timer of the instance waits, it is not its turn either; one that failed has had its turn.
    """
    if "timer:fire" not in command.actor.permissions:
        raise NotAuthorised("Expected the clock to fire timers", actor=command.actor.key)
    row = connection.execute(select(timer).where(timer.c.id == command.timer_id)).one()
    if row.status not in (WAITING, FAILED, SUSPENDED):
        raise TimerNotDue(f"Expected timer '{row.element_id}' to wait, but it is {row.status}")
    require_running(instance)
    if row.due_at != command.due_at or row.due_at > clock.now():
        raise TimerNotDue(
            f"Expected timer '{row.element_id}' to be due, but its time is {clock.to_text(row.due_at)}"
        )
    if row.status == WAITING and connection.scalar(_EARLIER, {"id": row.id}) is not None:
        raise TimerNotDue(f"Expected timer '{row.element_id}' to be the next, but an earlier one waits")


def apply(execution: Execution, payload: Mapping[str, Any]) -> None:
    """Fire the timer, live or on replay."""
    execution.fire_timer(
        UUID(payload["timer_id"]),
        fired_at=clock.from_text(payload["fired_at"]),
        late_cycles=LateCycles(payload["late_cycles"]),
    )


def fired(late_cycles: LateCycles) -> dict[str, Any]:
    """Return the part of the payload that says when the timer really fires, and what a late cycle does."""
    return {"fired_at": clock.to_text(clock.now()), "late_cycles": late_cycles.value}


_earlier = timer.alias("earlier")
_EARLIER = (
    select(_earlier.c.id)
    .join(timer, timer.c.instance_id == _earlier.c.instance_id)
    .where(
        timer.c.id == bindparam("id"),
        _earlier.c.status == WAITING,
        tuple_(_earlier.c.due_at, _earlier.c.id) < tuple_(timer.c.due_at, timer.c.id),
    )
    .limit(1)
)
