"""Finds instances that wait for nothing that can ever come.

By construction there are none. A restored backup, a row edited by hand or a mistake of ours can make some: an
instance is active, and no user task is open, no timer waits, no message or signal is subscribed to, no open
incident explains it, and no condition is listened to. The tables say which instances may be such; the state of
these few says what they ought to wait for. A timer that failed without an open incident is found, too, for nothing
will fire it.

With ``thorough``, the state of every active instance is compared with its rows, so that one is found that goes on
in one place and is stuck in another; that reads all of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Row, Select, exists, select
from sqlalchemy.engine import Connection

from engine import clock
from engine.definitions.versions import DefinitionCache
from engine.errors import HistoryDiverged
from engine.instances.instance import ACTIVE, FAILED, OPEN, WAITING
from engine.packing import Unreadable, unpack
from engine.spiff import Execution, StepResult
from engine.tables import (
    inbox,
    incident,
    message_subscription,
    process_instance,
    signal_subscription,
    timer,
    user_task,
)


class StuckKind(StrEnum):
    """Why an instance cannot go on."""

    #: Nothing that it waits for is known to the tables.
    NOTHING_AWAITED = "nothing_awaited"
    #: A timer failed, and no open incident holds its command.
    TIMER_FAILED = "timer_failed"
    #: Some of what it waits for is not known to the tables.
    ROWS_MISSING = "rows_missing"
    #: Its state cannot be read.
    STATE_UNREADABLE = "state_unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckInstance:
    """An instance that cannot go on by itself.

    Attributes:
        elements: where its tokens are, or the timers that failed.
        missing: what its state waits for and the tables do not know, as text.
    """

    instance_id: UUID
    process_key: str
    business_key: str
    kind: StuckKind
    elements: tuple[str, ...]
    missing: tuple[str, ...] = ()


def find_stuck(
    connection: Connection, definitions: DefinitionCache, *, thorough: bool = False, limit: int = 1000
) -> list[StuckInstance]:
    """Return instances that cannot go on, earliest started first.

    Args:
        thorough: look into the state of every active instance.
        limit: how many to return at most.
    """
    found: dict[UUID, StuckInstance] = {}
    for row in _failed_timers(connection):
        before = found.get(row.id)
        found[row.id] = StuckInstance(
            instance_id=row.id,
            process_key=row.process_key,
            business_key=row.business_key,
            kind=StuckKind.TIMER_FAILED,
            elements=(*(before.elements if before else ()), row.element_id),
        )
    query = (_active() if thorough else _waiting_for_nothing()).execution_options(yield_per=100)
    with connection.execute(query) as candidates:
        for portion in candidates.partitions():
            if len(found) >= limit:
                break
            known = _known(connection, [row.id for row in portion])
            for row in portion:
                stuck = _looked_into(connection, definitions, row, known, thorough=thorough)
                if stuck is not None:
                    found.setdefault(row.id, stuck)
    return list(found.values())[:limit]


def _looked_into(
    connection: Connection,
    definitions: DefinitionCache,
    row: Row[*tuple[object, ...]],
    known: "_Known",
    *,
    thorough: bool,
) -> StuckInstance | None:
    try:
        state = Execution.load(
            definitions.get(connection, row.definition_hash).model,
            unpack(row.state),
            instance_id=row.id,
            at=clock.now(),
            services=_no_service,
        ).inspect()
    except (HistoryDiverged, Unreadable):
        return _stuck(row, StuckKind.STATE_UNREADABLE)
    missing = tuple(_missing(state, known))
    if not thorough:
        if state.conditions:
            return None
        return _stuck(row, StuckKind.NOTHING_AWAITED, state.active_elements, missing)
    if missing:
        waits = state.conditions or _waits(connection, row.id)
        kind = StuckKind.ROWS_MISSING if waits else StuckKind.NOTHING_AWAITED
        return _stuck(row, kind, state.active_elements, missing)
    return None


def _stuck(
    row: Row[*tuple[object, ...]],
    kind: StuckKind,
    elements: Iterable[str] = (),
    missing: tuple[str, ...] = (),
) -> StuckInstance:
    return StuckInstance(
        instance_id=row.id,
        process_key=row.process_key,
        business_key=row.business_key,
        kind=kind,
        elements=tuple(elements),
        missing=missing,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What the tables know of some instances: identifiers of what waits."""

    tasks: frozenset[UUID]
    listed_tasks: frozenset[UUID]
    timers: frozenset[UUID]
    messages: frozenset[UUID]
    signals: frozenset[UUID]


def _known(connection: Connection, instance_ids: list[UUID]) -> _Known:
    def found(query: Select[tuple[UUID]]) -> frozenset[UUID]:
        ids: list[UUID] = []
        ids += connection.scalars(query)
        return frozenset(ids)

    tasks = select(user_task.c.id).where(
        user_task.c.instance_id.in_(instance_ids), user_task.c.status == OPEN
    )
    return _Known(
        tasks=found(tasks),
        listed_tasks=found(select(inbox.c.task_id).where(inbox.c.task_id.in_(tasks))),
        timers=found(
            select(timer.c.id).where(
                timer.c.instance_id.in_(instance_ids), timer.c.status.in_((WAITING, FAILED))
            )
        ),
        messages=found(
            select(message_subscription.c.task_id).where(message_subscription.c.instance_id.in_(instance_ids))
        ),
        signals=found(
            select(signal_subscription.c.task_id).where(signal_subscription.c.instance_id.in_(instance_ids))
        ),
    )


def _missing(state: StepResult, known: _Known) -> Iterable[str]:
    """Yield what the state waits for and no row knows."""
    yield from (
        f"user task {each.element_id}" for each in state.user_tasks if each.task_id not in known.tasks
    )
    yield from (
        f"work list of user task {each.element_id}"
        for each in state.user_tasks
        if each.task_id in known.tasks - known.listed_tasks and (each.assignee or each.candidate_groups)
    )
    yield from (f"timer {each.element_id}" for each in state.timers if each.timer_id not in known.timers)
    yield from (
        f"message {each.message_name} at {each.element_id}"
        for each in state.subscriptions
        if each.task_id not in known.messages
    )
    yield from (
        f"signal {each.signal_name} at {each.element_id}"
        for each in state.signals
        if each.task_id not in known.signals
    )


def _active() -> Select[*tuple[object, ...]]:
    instance = process_instance.c
    return (
        select(
            instance.id,
            instance.process_key,
            instance.business_key,
            instance.definition_hash,
            instance.state,
        )
        .where(instance.status == ACTIVE)
        .order_by(instance.started_at, instance.id)
    )


def _waiting_for_nothing() -> Select[*tuple[object, ...]]:
    instance_id = process_instance.c.id
    return _active().where(
        ~exists().where(user_task.c.instance_id == instance_id, user_task.c.status == OPEN),
        ~exists().where(timer.c.instance_id == instance_id, timer.c.status == WAITING),
        ~exists().where(message_subscription.c.instance_id == instance_id),
        ~exists().where(signal_subscription.c.instance_id == instance_id),
        ~exists().where(incident.c.instance_id == instance_id, incident.c.resolved_at.is_(None)),
    )


def _waits(connection: Connection, instance_id: UUID) -> bool:
    return not connection.scalar(
        select(_waiting_for_nothing().where(process_instance.c.id == instance_id).exists())
    )


def _failed_timers(connection: Connection) -> Iterable[Row[*tuple[object, ...]]]:
    return connection.execute(
        select(
            process_instance.c.id,
            process_instance.c.process_key,
            process_instance.c.business_key,
            timer.c.element_id,
        )
        .join(process_instance, process_instance.c.id == timer.c.instance_id)
        .where(
            timer.c.status == FAILED,
            process_instance.c.status == ACTIVE,
            ~exists().where(
                incident.c.instance_id == process_instance.c.id, incident.c.resolved_at.is_(None)
            ),
        )
        .order_by(process_instance.c.started_at, process_instance.c.id, timer.c.due_at)
    )


def _no_service(request: object) -> dict[str, object]:
    raise AssertionError(
        f"Looking for stuck instances must not run a service task, but it asked for {request}"
    )
