"""The stored process instance: taken under lock, written whole after each command."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import bindparam, delete, exists, insert, select, tuple_, update
from sqlalchemy.engine import Connection

from engine import clock, inbox
from engine.actors import Actor
from engine.database import UNREAD
from engine.errors import InstanceNotActive, InstanceSuspended, NotFound
from engine.instances.subjects import TaskRow, TimerRow
from engine.packing import Packing, pack, unpack
from engine.spiff import StepResult
from engine.tables import (
    incident,
    message_subscription,
    process_instance,
    signal_subscription,
    timer,
    user_task,
)
from engine.writes import Writes

ACTIVE = "active"
SUSPENDED = "suspended"  # an instance that is stopped for a while, and its timers
COMPLETED = "completed"
CANCELLED = "cancelled"

#: An instance that has not ended.
UNFINISHED = (ACTIVE, SUSPENDED)

OPEN = "open"  # a user task that waits for a person
WAITING = "waiting"  # a timer that waits for its instant
FIRED = "fired"
FAILED = "failed"  # a timer whose command failed; an incident holds it


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """A process instance as it stands in the database; ``sequence`` 0 means that it is about to start.

    Attributes:
        effective_at: the effective time of its last command; its clock never goes back behind it.
        has_incidents: whether commands have failed that nobody has mended.
        subject: the user task or timer that the command names, if it was taken by one.
    """

    id: UUID
    definition_hash: str
    process_key: str
    business_key: str
    status: str
    sequence: int
    started_at: datetime
    effective_at: datetime
    state: bytes
    head_hash: str
    has_incidents: bool = False
    subject: TaskRow | TimerRow | None = None


def lock_instance(connection: Connection, instance_id: UUID) -> Instance:
    """Take the instance for this transaction; others wait.

    Raises:
        NotFound: no such instance.
    """
    row = connection.execute(_LOCK_INSTANCE, {"id": instance_id}).one_or_none()
    if row is None:
        raise NotFound(f"Expected process instance '{instance_id}', but there is none")
    return _instance(row)


def lock_instance_of_task(connection: Connection, task_id: UUID) -> Instance:
    """Take the instance of a user task, and the task with it, for this transaction; others wait.

    The row of the task is taken after that of the instance: what is read of it is newer than what others did who
    held the instance before.

    Raises:
        NotFound: no such task.
    """
    row = connection.execute(_LOCK_INSTANCE_OF_TASK, {"task_id": task_id}).one_or_none()
    if row is None:
        raise NotFound(f"Expected user task '{task_id}', but there is none")
    task = TaskRow(
        element_id=row.task_element_id,
        status=row.task_status,
        assignee=row.task_assignee,
        owner=row.task_owner,
        completed_by=row.task_completed_by,
        groups=frozenset(orjson.loads(row.task_candidate_groups)),
    )
    return _instance(row, task)


def lock_instances_of_timers(connection: Connection, timer_ids: Collection[UUID]) -> dict[UUID, Instance]:
    """Take the instances of timers, and the timers with them, for this transaction; others wait.

    Return the instances by the timers that there are. Instances are taken in one order, so that two workers do not
    wait for each other.
    """
    rows = connection.execute(_LOCK_INSTANCES_OF_TIMERS, {"timer_ids": list(timer_ids)}).all()
    behind = set(connection.scalars(_BEHIND_OTHERS, {"timer_ids": list(timer_ids)}))
    return {
        row.timer_id: _instance(
            row,
            TimerRow(
                id=row.timer_id,
                element_id=row.timer_element_id,
                status=row.timer_status,
                due_at=row.timer_due_at,
                is_next=row.timer_id not in behind,
            ),
        )
        for row in rows
    }


def _instance(row: Any, subject: TaskRow | TimerRow | None = None) -> Instance:
    return Instance(
        id=row.id,
        definition_hash=row.definition_hash,
        process_key=row.process_key,
        business_key=row.business_key,
        status=row.status,
        sequence=row.sequence,
        started_at=row.started_at,
        effective_at=row.effective_at or row.started_at,
        state=unpack(row.state),
        head_hash=row.head_hash,
        has_incidents=row.has_incidents,
        subject=subject,
    )


def require_active(instance: Instance) -> None:
    """Refuse an instance that has ended with ``InstanceNotActive``; a suspended one has not."""
    if instance.status not in UNFINISHED:
        raise InstanceNotActive(
            f"Expected process instance '{instance.business_key}' to be active, but it is {instance.status}",
            status=instance.status,
        )


def require_running(instance: Instance) -> None:
    """Refuse an instance that has ended with ``InstanceNotActive``, a suspended one with ``InstanceSuspended``."""
    require_active(instance)
    if instance.status == SUSPENDED:
        raise InstanceSuspended(
            f"Expected process instance '{instance.business_key}' to be running, but it is suspended"
        )


def write_instance(
    writes: Writes,
    instance: Instance,
    step: StepResult,
    *,
    effective_at: datetime,
    head_hash: str,
    cancelled: bool,
) -> str:
    """Collect the instance's new state for writing and return its new status."""
    status = CANCELLED if cancelled else COMPLETED if step.completed else ACTIVE
    if step.suspended_at is not None:
        status = SUSPENDED
    values = {
        "definition_hash": instance.definition_hash,
        "status": status,
        "sequence": instance.sequence + 1,
        "ended_at": None if status in UNFINISHED else effective_at,
        "effective_at": effective_at,
        "suspended_at": step.suspended_at,
        "state": pack(step.state, Packing.STATE_1),
        "state_digest": step.digest,
        "head_hash": head_hash,
    }
    if instance.sequence == 0:
        values |= {
            "id": instance.id,
            "process_key": instance.process_key,
            "business_key": instance.business_key,
            "started_at": effective_at,
        }
        writes.add(_INSERT_INSTANCE, [values])
    else:
        writes.add(_UPDATE_INSTANCE, [{"b_id": instance.id, **values}])
    return status


def write_waiting(
    writes: Writes, instance: Instance, step: StepResult, *, effective_at: datetime, actor: Actor
) -> None:
    """Collect what the instance now waits for: user tasks, timers, messages, as far as the step changed it."""
    tasks = {str(task.task_id): task for task in step.user_tasks}
    created_tasks, assigned_tasks, regrouped_tasks, moved_tasks, ended_tasks = [], [], [], [], []
    created_timers, moved_timers, ended_timers = [], [], []
    waiting = WAITING if step.suspended_at is None else SUSPENDED
    for event in step.stored_events:
        match event["type"]:
            case "user_task.created.v1":
                created_tasks.append(
                    {
                        "id": UUID(event["task_id"]),
                        "instance_id": instance.id,
                        "element_id": event["element_id"],
                        "status": OPEN if event["task_id"] in tasks else CANCELLED,
                        "assignee": event.get("assignee"),
                        "candidate_groups": _groups(event),
                        "priority": event["priority"],
                        "due_at": _instant(event.get("due_at")),
                        "follow_up_at": _instant(event.get("follow_up_at")),
                        "form_id": event.get("form_id"),
                        "created_at": effective_at,
                    }
                )
            case "user_task.assigned.v1":
                assigned_tasks.append(
                    {
                        "b_id": UUID(event["task_id"]),
                        "assignee": event.get("assignee"),
                        "owner": event.get("owner"),
                    }
                )
            case "user_task.regrouped.v1":
                regrouped_tasks.append(
                    {
                        "b_id": UUID(event["task_id"]),
                        "assignee": event.get("assignee"),
                        "owner": None,
                        "candidate_groups": _groups(event),
                    }
                )
            case "user_task.rescheduled.v1":
                moved_tasks.append(
                    {
                        "b_id": UUID(event["task_id"]),
                        "due_at": _instant(event.get("due_at")),
                        "follow_up_at": _instant(event.get("follow_up_at")),
                    }
                )
            case "user_task.completed.v1":
                by = {"completed_by": actor.key, "completed_on_behalf_of": actor.on_behalf_of}
                ended_tasks.append(_ended(event["task_id"], COMPLETED, effective_at, **by))
            case "user_task.cancelled.v1":
                by = {"completed_by": None, "completed_on_behalf_of": None}
                ended_tasks.append(_ended(event["task_id"], CANCELLED, effective_at, **by))
            case "timer.scheduled.v1":
                created_timers.append(
                    {
                        "id": UUID(event["timer_id"]),
                        "instance_id": instance.id,
                        "element_id": event["element_id"],
                        "status": waiting,
                        "due_at": clock.from_text(event["due_at"]),
                        "scheduled_at": effective_at,
                    }
                )
            case "timer.rescheduled.v1":  # one that had failed is tried again
                moved_timers.append(
                    {
                        "b_id": UUID(event["timer_id"]),
                        "status": waiting,
                        "due_at": clock.from_text(event["due_at"]),
                        "claimed_until": None,
                    }
                )
            case "timer.fired.v1":
                ended_timers.append(_ended(event["timer_id"], FIRED, clock.now()))
            case "timer.cancelled.v1":
                ended_timers.append(_ended(event["timer_id"], CANCELLED, effective_at))
            case "process_instance.suspended.v1":
                writes.add(_SUSPEND_TIMERS, [{"b_instance_id": instance.id}])
            case "process_instance.resumed.v1":
                writes.add(_RESUME_TIMERS, [{"b_instance_id": instance.id}])
    for statement, rows in (
        (_INSERT_TASK, created_tasks),
        (_UPDATE_TASK, assigned_tasks),
        (_UPDATE_TASK, regrouped_tasks),
        (_UPDATE_TASK, moved_tasks),
        (_UPDATE_TASK, ended_tasks),
        (_INSERT_TIMER, created_timers),
        (_UPDATE_TIMER, moved_timers),
        (_UPDATE_TIMER, ended_timers),
    ):
        writes.add(statement, rows)
    if assigned_tasks or regrouped_tasks or moved_tasks:
        writes.flush()
        inbox.refresh(writes.connection, instance.id)
    else:
        inbox.end(writes, [row["b_id"] for row in ended_tasks])
        inbox.begin(writes, instance.process_key, created_tasks)
    _write_subscriptions(writes, instance, step, effective_at)


def _write_subscriptions(
    writes: Writes, instance: Instance, step: StepResult, effective_at: datetime
) -> None:
    ended = [{"b_task_id": task_id} for task_id in step.ended_subscriptions]
    writes.add(_DELETE_SUBSCRIPTION, ended)
    writes.add(_DELETE_SIGNAL_SUBSCRIPTION, ended)
    heard = [
        {
            "task_id": signal.task_id,
            "instance_id": instance.id,
            "element_id": signal.element_id,
            "signal_name": signal.signal_name,
            "since": effective_at,
        }
        for signal in step.signals
        if signal.fresh
    ]
    writes.add(_INSERT_SIGNAL_SUBSCRIPTION, heard)
    fresh = [
        {
            "task_id": subscription.task_id,
            "instance_id": instance.id,
            "element_id": subscription.element_id,
            "message_name": subscription.message_name,
            "correlation_key": subscription.correlation_key,
        }
        for subscription in step.subscriptions
        if subscription.fresh
    ]
    writes.add(_INSERT_SUBSCRIPTION, fresh)


def _ended(row_id: str, status: str, ended_at: datetime, **values: str | None) -> dict[str, object]:
    return {"b_id": UUID(row_id), "status": status, "ended_at": ended_at, **values}


def _groups(event: Mapping[str, Any]) -> str:
    return orjson.dumps(list(dict.fromkeys(event["candidate_groups"]))).decode()


def _instant(text: str | None) -> datetime | None:
    return None if text is None else clock.from_text(text)


_STORED = select(
    process_instance,
    exists()
    .where(incident.c.instance_id == process_instance.c.id, incident.c.resolved_at.is_(None))
    .label("has_incidents"),
)
_LOCK_INSTANCE = _STORED.where(process_instance.c.id == bindparam("id")).with_for_update()
_LOCK_INSTANCE_OF_TASK = (
    _STORED.add_columns(
        *(
            column.label(f"task_{column.name}")
            for column in (
                user_task.c.element_id,
                user_task.c.status,
                user_task.c.assignee,
                user_task.c.owner,
                user_task.c.completed_by,
                user_task.c.candidate_groups,
            )
        )
    )
    .join(user_task, user_task.c.instance_id == process_instance.c.id)
    .where(user_task.c.id == bindparam("task_id"))
    .with_for_update(of=[process_instance, user_task])
)
_LOCK_INSTANCES_OF_TIMERS = (
    _STORED.add_columns(
        *(
            column.label(f"timer_{column.name}")
            for column in (timer.c.id, timer.c.element_id, timer.c.status, timer.c.due_at)
        )
    )
    .join(timer, timer.c.instance_id == process_instance.c.id)
    .where(timer.c.id.in_(bindparam("timer_ids", expanding=True)))
    .order_by(process_instance.c.id)
    .with_for_update(of=[process_instance, timer])
)
_earlier = timer.alias("earlier")
_BEHIND_OTHERS = select(timer.c.id).where(
    timer.c.id.in_(bindparam("timer_ids", expanding=True)),
    exists().where(
        _earlier.c.instance_id == timer.c.instance_id,
        _earlier.c.status == WAITING,
        tuple_(_earlier.c.due_at, _earlier.c.id) < tuple_(timer.c.due_at, timer.c.id),
    ),
)
_INSERT_INSTANCE = insert(process_instance).execution_options(**UNREAD)
_UPDATE_INSTANCE = (
    update(process_instance).where(process_instance.c.id == bindparam("b_id")).execution_options(**UNREAD)
)
_INSERT_TASK = insert(user_task).execution_options(**UNREAD)
_UPDATE_TASK = update(user_task).where(user_task.c.id == bindparam("b_id")).execution_options(**UNREAD)
_INSERT_TIMER = insert(timer).execution_options(**UNREAD)
_UPDATE_TIMER = update(timer).where(timer.c.id == bindparam("b_id")).execution_options(**UNREAD)
_SUSPEND_TIMERS = (
    update(timer)
    .where(timer.c.instance_id == bindparam("b_instance_id"), timer.c.status == WAITING)
    .values(status=SUSPENDED)
    .execution_options(**UNREAD)
)
_RESUME_TIMERS = (
    update(timer)
    .where(timer.c.instance_id == bindparam("b_instance_id"), timer.c.status == SUSPENDED)
    .values(status=WAITING, claimed_until=None)
    .execution_options(**UNREAD)
)
_INSERT_SUBSCRIPTION = insert(message_subscription).execution_options(**UNREAD)
_DELETE_SUBSCRIPTION = (
    delete(message_subscription)
    .where(message_subscription.c.task_id == bindparam("b_task_id"))
    .execution_options(**UNREAD)
)
_INSERT_SIGNAL_SUBSCRIPTION = insert(signal_subscription).execution_options(**UNREAD)
_DELETE_SIGNAL_SUBSCRIPTION = (
    delete(signal_subscription)
    .where(signal_subscription.c.task_id == bindparam("b_task_id"))
    .execution_options(**UNREAD)
)
