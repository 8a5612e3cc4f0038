"""Evaluates again when waiting timers and open user tasks are due, as after a change of the calendar.

A duration counts from when its timer began to wait, which its journal tells, later by every pause since. What
began to wait in a pause, by a migration, has waited since that began: the clock stood still.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from engine import clock
from engine.commands import RecomputeDueDates
from engine.errors import NotAuthorised
from engine.history.journal import JournalEntry, read_journal
from engine.instances.instance import Instance, lock_instance, require_running
from engine.instances.reason import require_reason
from engine.spiff import Execution


def locate(connection: Connection, command: RecomputeDueDates) -> Instance:
    """Take the instance under lock."""
    return lock_instance(connection, command.instance_id)


def authorise(_connection: Connection, command: RecomputeDueDates, instance: Instance) -> None:
    """Refuse an actor without the permission to modify instances, and an instance that does not run."""
    if "instance:modify" not in command.actor.permissions:
        raise NotAuthorised("Expected an actor who may modify process instances", actor=command.actor.key)
    require_running(instance)
    require_reason(command.reason)


def completed(
    connection: Connection, command: RecomputeDueDates, _instance: Instance, execution: Execution
) -> dict[str, Any]:
    """Return the part of the payload that says when each timer with a duration began to wait."""
    timer_ids = execution.timers_with_durations()
    if not timer_ids:
        return {"since": {}}
    since = _since(read_journal(connection, command.instance_id), timer_ids)
    return {"since": {timer_id: clock.to_text(instant) for timer_id, instant in since.items()}}


def _since(entries: Iterable[JournalEntry], timer_ids: frozenset[str]) -> dict[str, datetime]:
    since: dict[str, datetime] = {}
    stopped_at: datetime | None = None
    for entry in entries:
        for event in entry.events:
            match event["type"]:
                case "timer.scheduled.v1" if event["timer_id"] in timer_ids:
                    since[event["timer_id"]] = stopped_at or entry.effective_at
                case "process_instance.suspended.v1":
                    stopped_at = entry.effective_at
                case "process_instance.resumed.v1":
                    pause = entry.effective_at - clock.from_text(event["suspended_at"])
                    since.update({timer_id: instant + pause for timer_id, instant in since.items()})
                    stopped_at = None
    return since


def apply(execution: Execution, payload: Mapping[str, Any]) -> None:
    """Evaluate again, live or on replay."""
    execution.recompute_due_dates(
        payload["variables"],
        reason=payload["reason"],
        element_ids=payload["element_ids"],
        since={timer_id: clock.from_text(text) for timer_id, text in payload["since"].items()},
    )
