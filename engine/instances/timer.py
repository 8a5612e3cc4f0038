"""Fires a timer that is due, once, at its due time."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Connection

from engine import clock
from engine.commands import FireTimer
from engine.errors import NotAuthorised, NotFound, TimerNotDue
from engine.instances.instance import (
    FAILED,
    SUSPENDED,
    WAITING,
    Instance,
    lock_instances_of_timers,
    require_running,
)
from engine.instances.subjects import TimerRow
from engine.spiff import Execution, LateCycles


def locate(connection: Connection, command: FireTimer) -> Instance:
    """Take the timer's instance under lock.

    Raises:
        NotFound: no such timer.
    """
    return locate_all(connection, [command])[0]


def locate_all(connection: Connection, commands: Sequence[FireTimer]) -> list[Instance]:
    """Take the instances of several timers under lock, at once.

    Raises:
        NotFound: one of the timers does not exist.
    """
    found = lock_instances_of_timers(connection, [command.timer_id for command in commands])
    for command in commands:
        if command.timer_id not in found:
            raise NotFound(f"Expected timer '{command.timer_id}', but there is none")
    return [found[command.timer_id] for command in commands]


def authorise(_connection: Connection, command: FireTimer, instance: Instance) -> None:
    """Refuse a timer that is not due, has been fired, or belongs to an element that has ended.

    While an earlier timer of the instance waits, it is not its turn either; one that failed has had its turn.
    """
    if "timer:fire" not in command.actor.permissions:
        raise NotAuthorised("Expected the clock to fire timers", actor=command.actor.key)
    timer = instance.subject
    if not isinstance(timer, TimerRow):
        raise TypeError(f"Expected instance '{instance.id}' to be taken by a timer, but it is not")
    if timer.status not in (WAITING, FAILED, SUSPENDED):
        raise TimerNotDue(f"Expected timer '{timer.element_id}' to wait, but it is {timer.status}")
    require_running(instance)
    if timer.due_at != command.due_at or timer.due_at > clock.now():
        raise TimerNotDue(
            f"Expected timer '{timer.element_id}' to be due, but its time is {clock.to_text(timer.due_at)}"
        )
    if timer.status == WAITING and not timer.is_next:
        raise TimerNotDue(f"Expected timer '{timer.element_id}' to be the next, but an earlier one waits")


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
