"""Finds timers that are due, claims them and has each fired by a command.

Nothing fires here: a due timer becomes a ``FireTimer`` command whose effective time is its due time. Timers of
one instance fire in the order in which they were due, however many workers there are: only the first that waits
in an instance can be claimed, and the command refuses any other. A claim lasts a minute, so that a worker that
dies holds nobody up; a timer taken twice is fired once, because the command's identifier is derived from the
timer's.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine, exists, func, or_, select, tuple_, update
from sqlalchemy.engine import Connection

from engine import clock
from engine.commands import FireTimer
from engine.database import reading
from engine.definitions import starts
from engine.dispatch import Dispatcher
from engine.errors import Busy, Rejection, StepFailed
from engine.ids import derived_id
from engine.instances.instance import WAITING
from engine.tables import timer, timer_waits

logger = logging.getLogger(__name__)

CLAIM = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueTimer:
    """A timer that this worker has claimed."""

    id: UUID
    instance_id: UUID
    element_id: str
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Firing:
    """What one round came to.

    Attributes:
        refused: timers that another worker had fired, or that were no longer to fire.
        postponed: timers that the database could not take now; they are tried again after their claim.
        longest_lag: the greatest time between due and fired.
    """

    fired: int
    refused: int
    failed: int
    postponed: int
    longest_lag: timedelta


def next_due_at(connection: Connection) -> datetime | None:
    """Return when the next timer of an instance or a process can be claimed, or ``None``.

    A timer that a worker has claimed can be claimed again when that claim ends.
    """
    now = clock.now()
    claimed = timer.c.claimed_until > now
    due_at = connection.scalar(
        select(timer.c.due_at)
        .where(timer_waits, or_(timer.c.claimed_until.is_(None), ~claimed))
        .order_by(timer.c.due_at)
        .limit(1)
    )
    free_at = connection.scalar(
        select(func.min(timer.c.claimed_until)).where(
            timer_waits, timer.c.claimed_until.is_not(None), claimed
        )
    )
    instants = (due_at, free_at, starts.next_start_at(connection))
    return min((instant for instant in instants if instant is not None), default=None)


def waiting_count(connection: Connection) -> int:
    """Return how many timers wait."""
    return connection.scalar(select(func.count()).select_from(timer).where(timer_waits)) or 0


def claim_due(database: Engine, *, limit: int, claim: timedelta = CLAIM) -> list[DueTimer]:
    """Claim up to ``limit`` due timers, the first of each instance, earliest first; other workers skip them."""
    now = clock.now()
    earlier = timer.alias("earlier")
    with database.begin() as connection:
        rows = connection.execute(
            select(timer.c.id, timer.c.instance_id, timer.c.element_id, timer.c.due_at)
            .where(
                timer_waits,
                timer.c.due_at <= now,
                or_(timer.c.claimed_until.is_(None), timer.c.claimed_until <= now),
                ~exists().where(
                    earlier.c.instance_id == timer.c.instance_id,
                    earlier.c.status == WAITING,
                    tuple_(earlier.c.due_at, earlier.c.id) < tuple_(timer.c.due_at, timer.c.id),
                ),
            )
            .order_by(timer.c.due_at, timer.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
        if rows:
            connection.execute(
                update(timer)
                .where(timer.c.id.in_([row.id for row in rows]))
                .values(claimed_until=now + claim)
            )
    return [
        DueTimer(id=row.id, instance_id=row.instance_id, element_id=row.element_id, due_at=row.due_at)
        for row in rows
    ]


def start_due(dispatcher: Dispatcher, *, limit: int = 100) -> int:
    """Start the instances whose timer is due; return how many. One that fails is kept as an incident.

    Several workers may take the same timer at once: the command's identifier is derived from the timer's, so that
    one of them starts the instance and the others get its answer.
    """
    with reading(dispatcher.database) as connection:
        commands = starts.due_starts(connection, limit=limit)
    started = 0
    for command in commands:
        try:
            answer = dispatcher.execute(command)
        except Busy as busy:
            logger.warning(
                "timed start postponed", extra={"element_id": command.start_event, "reason": str(busy)}
            )
        except (Rejection, StepFailed) as failure:
            logger.warning(
                "timed start failed", extra={"element_id": command.start_event, "reason": str(failure)}
            )
            with dispatcher.database.begin() as connection:
                starts.note_failed(connection, command)
        else:
            started += not answer.repeated
    return started


def fire_due(dispatcher: Dispatcher, *, limit: int = 100, claim: timedelta = CLAIM) -> Firing:
    """Fire up to ``limit`` due timers. A timer that fails is kept as an incident and does not stop the others."""
    fired = refused = failed = postponed = 0
    longest = timedelta()
    while (room := limit - fired - refused - failed - postponed) > 0:
        claimed = claim_due(dispatcher.database, limit=room, claim=claim)
        if not claimed:
            break
        for due in claimed:
            try:
                answer = dispatcher.execute(
                    FireTimer(command_id=derived_id("fire", due.id), timer_id=due.id, due_at=due.due_at)
                )
            except Busy as busy:
                postponed += 1
                logger.warning("timer postponed", extra={"timer_id": str(due.id), "reason": str(busy)})
            except Rejection as refusal:
                refused += 1
                logger.info("timer refused", extra={"timer_id": str(due.id), "reason": refusal.code})
            except StepFailed:
                failed += 1  # the dispatcher has logged it and kept an incident
            else:
                fired += not answer.repeated
                refused += answer.repeated
                longest = max(longest, clock.now() - due.due_at)
    return Firing(fired=fired, refused=refused, failed=failed, postponed=postponed, longest_lag=longest)
