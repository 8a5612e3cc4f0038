"""Finds timers that are due, claims them and has each fired by a command.

Nothing fires here: a due timer becomes a ``FireTimer`` command whose effective time is its due time. Timers of
one instance fire in the order in which they were due, however many workers there are: only the first that waits
in an instance can be claimed, and the command refuses any other. A claim lasts a minute, so that a worker that
dies holds nobody up; a timer taken twice is fired once, because the command's identifier is derived from the
timer's. Timers of different instances share a transaction, since most of a firing's time is its commit; if one of
them is refused or fails, nothing of it was written, and each is fired by itself.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine, exists, func, or_, select, tuple_, update
from sqlalchemy.engine import Connection

from engine import clock
from engine.commands import FireTimer
from engine.database import reading
from engine.definitions import starts
from engine.dispatch import Answer, Dispatcher
from engine.errors import Busy, Rejection, StepFailed
from engine.ids import derived_id
from engine.instances.instance import WAITING
from engine.tables import timer, timer_waits

logger = logging.getLogger(__name__)

CLAIM = timedelta(minutes=1)

#: Timers of different instances that share a transaction, and so its commit; people wait for it at most as long as
#: these take.
SHARING = 25


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
    count = _Count()
    while (room := limit - count.handled) > 0:
        claimed = claim_due(dispatcher.database, limit=room, claim=claim)
        if not claimed:
            break
        for begin in range(0, len(claimed), SHARING):
            _fire(dispatcher, claimed[begin : begin + SHARING], count)
    return count.firing()


@dataclass(slots=True)
class _Count:
    fired: int = 0
    refused: int = 0
    failed: int = 0
    postponed: int = 0
    longest_lag: timedelta = timedelta()

    @property
    def handled(self) -> int:
        return self.fired + self.refused + self.failed + self.postponed

    def answered(self, due: DueTimer, answer: Answer) -> None:
        self.fired += not answer.repeated
        self.refused += answer.repeated
        self.longest_lag = max(self.longest_lag, clock.now() - due.due_at)

    def firing(self) -> Firing:
        return Firing(
            fired=self.fired,
            refused=self.refused,
            failed=self.failed,
            postponed=self.postponed,
            longest_lag=self.longest_lag,
        )


def _fire(dispatcher: Dispatcher, claimed: Sequence[DueTimer], count: _Count) -> None:
    """Fire timers of different instances: together if all goes well, else each by itself."""
    commands = [
        FireTimer(command_id=derived_id("fire", due.id), timer_id=due.id, due_at=due.due_at)
        for due in claimed
    ]
    together = dispatcher.execute_together(commands) if len(commands) > 1 else None
    if together is not None:
        for due, answer in zip(claimed, together, strict=True):
            count.answered(due, answer)
        return
    for due, command in zip(claimed, commands, strict=True):
        try:
            answer = dispatcher.execute(command)
        except Busy as busy:
            count.postponed += 1
            logger.warning("timer postponed", extra={"timer_id": str(due.id), "reason": str(busy)})
        except Rejection as refusal:
            count.refused += 1
            logger.info("timer refused", extra={"timer_id": str(due.id), "reason": refusal.code})
        except StepFailed:
            count.failed += 1  # the dispatcher has logged it and kept an incident
        else:
            count.answered(due, answer)
