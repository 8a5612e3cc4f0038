"""The timers' account of themselves: what was set, what fired, and how late, per element.

The lag of a timer is the time from its due instant to when it really fired, never less than nothing. Percentiles
are by nearest rank: the lag at rank ⌈p·n⌉ of the n that fired. Everything is counted and ranked in the database;
only one row per element and the worst few timers are read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Float,
    Select,
    and_,
    case,
    cast,
    extract,
    func,
    select,
    true,
    type_coerce,
)
from sqlalchemy.engine import Connection

from engine import clock
from engine.instances.instance import CANCELLED, FAILED, FIRED, WAITING
from engine.tables import process_instance, timer

#: How many of the latest timers are named.
WORST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementTimers:
    """The timers of one element of a process, over all its instances and versions.

    Attributes:
        scheduled: all that were ever set; the sum of the others, and of those that are suspended.
        overdue: those among ``waiting`` whose instant has passed.
        lag_p50: what half of those that fired did not exceed; ``None`` if none has fired, as for the others.
    """

    process_key: str
    element_id: str
    scheduled: int
    fired: int
    cancelled: int
    failed: int
    waiting: int
    overdue: int
    lag_p50: timedelta | None
    lag_p95: timedelta | None
    lag_max: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LateTimer:
    """A timer that fired late or is overdue.

    Attributes:
        ended_at: when it fired; ``None`` while it waits.
        lag: up to when it fired, or up to now.
    """

    timer_id: UUID
    instance_id: UUID
    business_key: str
    process_key: str
    element_id: str
    due_at: datetime
    ended_at: datetime | None
    lag: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerAudit:
    """What the timers say at an instant; ``worst`` are the latest, the worst first."""

    audited_at: datetime
    elements: Sequence[ElementTimers]
    worst: Sequence[LateTimer]


def audit_timers(connection: Connection, *, process_key: str | None = None, worst: int = WORST) -> TimerAudit:
    """Count and rank all timers, or those of one process."""
    now = clock.now()
    wanted = true() if process_key is None else process_instance.c.process_key == process_key
    lags = {(row.process_key, row.element_id): row for row in connection.execute(_lags(connection, wanted))}
    elements = []
    for row in connection.execute(_counts(wanted, now)):
        lag = lags.get((row.process_key, row.element_id))
        elements.append(
            ElementTimers(
                process_key=row.process_key,
                element_id=row.element_id,
                scheduled=row.scheduled,
                fired=row.fired,
                cancelled=row.cancelled,
                failed=row.failed,
                waiting=row.waiting,
                overdue=row.overdue,
                lag_p50=None if lag is None else _span(lag.p50),
                lag_p95=None if lag is None else _span(lag.p95),
                lag_max=None if lag is None else _span(lag.longest),
            )
        )
    late = connection.execute(_worst(connection, wanted, now, worst))
    return TimerAudit(audited_at=now, elements=elements, worst=[_late(row, now) for row in late])


def _counts(wanted: ColumnElement[bool], now: datetime) -> Select[Any]:
    def counted(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((and_(*conditions), 1), else_=0)), 0)

    status = timer.c.status
    return (
        select(
            process_instance.c.process_key,
            timer.c.element_id,
            func.count().label("scheduled"),
            counted(status == FIRED).label("fired"),
            counted(status == CANCELLED).label("cancelled"),
            counted(status == FAILED).label("failed"),
            counted(status == WAITING).label("waiting"),
            counted(status == WAITING, timer.c.due_at <= now).label("overdue"),
        )
        .join(process_instance, process_instance.c.id == timer.c.instance_id)
        .where(wanted)
        .group_by(process_instance.c.process_key, timer.c.element_id)
        .order_by(process_instance.c.process_key, timer.c.element_id)
    )


def _lags(connection: Connection, wanted: ColumnElement[bool]) -> Select[Any]:
    """Return the query of the percentiles: every fired timer gets its rank, and three are kept."""
    element = (process_instance.c.process_key, timer.c.element_id)
    lag = _seconds(connection, timer.c.due_at, timer.c.ended_at)
    ranked = (
        select(
            *element,
            lag.label("lag"),
            func.row_number().over(partition_by=element, order_by=lag).label("place"),
            func.count().over(partition_by=element).label("fired"),
        )
        .join(process_instance, process_instance.c.id == timer.c.instance_id)
        .where(timer.c.status == FIRED, timer.c.ended_at.is_not(None), wanted)
        .subquery()
    )

    def at_rank(percent: int) -> ColumnElement[float]:
        rank = (ranked.c.fired * percent + 99) // 100
        return func.max(case((ranked.c.place == rank, ranked.c.lag)))

    return select(
        ranked.c.process_key,
        ranked.c.element_id,
        at_rank(50).label("p50"),
        at_rank(95).label("p95"),
        func.max(ranked.c.lag).label("longest"),
    ).group_by(ranked.c.process_key, ranked.c.element_id)


def _worst(connection: Connection, wanted: ColumnElement[bool], now: datetime, limit: int) -> Select[Any]:
    until = func.coalesce(timer.c.ended_at, now, type_=timer.c.due_at.type)
    late = (timer.c.status == FIRED) | ((timer.c.status == WAITING) & (timer.c.due_at <= now))
    return (
        select(
            timer.c.id,
            timer.c.instance_id,
            process_instance.c.business_key,
            process_instance.c.process_key,
            timer.c.element_id,
            timer.c.due_at,
            timer.c.ended_at,
        )
        .join(process_instance, process_instance.c.id == timer.c.instance_id)
        .where(late, wanted)
        .order_by(_seconds(connection, timer.c.due_at, until).desc(), timer.c.id)
        .limit(limit)
    )


def _seconds(
    connection: Connection, begin: ColumnElement[datetime], end: ColumnElement[datetime]
) -> ColumnElement[float]:
    """Return the seconds between two instants, to the millisecond."""
    if connection.dialect.name == "sqlite":
        milliseconds = (func.julianday(end) - func.julianday(begin)) * 86_400_000
    else:
        milliseconds = extract("epoch", end - begin) * 1_000
    return type_coerce(cast(func.round(milliseconds), Float) / 1_000, Float)


def _late(row: Any, now: datetime) -> LateTimer:
    return LateTimer(
        timer_id=row.id,
        instance_id=row.instance_id,
        business_key=row.business_key,
        process_key=row.process_key,
        element_id=row.element_id,
        due_at=row.due_at,
        ended_at=row.ended_at,
        lag=max(timedelta(), (row.ended_at or now) - row.due_at),
    )


def _span(seconds: float) -> timedelta:
    return timedelta(milliseconds=round(max(0.0, seconds) * 1_000))
