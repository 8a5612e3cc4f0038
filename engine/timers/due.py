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
from engine.database import Trouble, reading
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


@dataclass(slots=True, kw_only=True)
class Firing:
    """What one round came to.

    Attributes:
        refused: timers that another worker had fired, or that were no longer to fire.
        postponed: timers that could not be fired now; they are tried again after their claim. Where the database
            is away, the round ends.
        longest_lag: the greatest time between due and fired.
    """

    fired: int = 0
    refused: int = 0
    failed: int = 0
    postponed: int = 0
    longest_lag: timedelta = timedelta()

    @property
    def handled(self) -> int:
        """How many timers were taken."""
        return self.fired + self.refused + self.failed + self.postponed


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
    """Claim up to ``limit`` due timers, the first of each instance, earliest first; other workers skip them.

    A claim that ends far later than any made now was made before the clock stepped back, and counts no more; that
    of a worker which read its clock a moment later does.
    """
    now = clock.now()
    earlier = timer.alias("earlier")
    with database.begin() as connection:
        rows = connection.execute(
            select(timer.c.id, timer.c.instance_id, timer.c.element_id, timer.c.due_at)
            .where(
                timer_waits,
                timer.c.due_at <= now,
                or_(
                    timer.c.claimed_until.is_(None),
                    timer.c.claimed_until <= now,
                    timer.c.claimed_until > now + 2 * max(claim, CLAIM),
                ),
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
            if busy.params["trouble"] == Trouble.LOST.value:
                break
        except (Rejection, StepFailed) as failure:
            logger.warning(
                "timed start failed", extra={"element_id": command.start_event, "reason": str(failure)}
            )
            with dispatcher.database.begin() as connection:
                starts.note_failed(connection, command)
        except Exception:  # whatever is wrong with one process must not hold up the others
            logger.exception("timed start failed", extra={"element_id": command.start_event})
        else:
            started += not answer.repeated
    return started


def fire_due(dispatcher: Dispatcher, *, limit: int = 100, claim: timedelta = CLAIM) -> Firing:
    """Fire up to ``limit`` due timers. A timer that fails is kept as an incident and does not stop the others."""
    firing = Firing()
    while (room := limit - firing.handled) > 0:
        claimed = claim_due(dispatcher.database, limit=room, claim=claim)
        if not claimed:
            break
        shares = [claimed[begin : begin + SHARING] for begin in range(0, len(claimed), SHARING)]
        for due in (due for share in shares for due in _fire_together(dispatcher, share, firing)):
            try:
                _fire(dispatcher, due, firing)
            except Busy as busy:
                firing.postponed += 1
                logger.warning("timer postponed", extra={"timer_id": str(due.id), "reason": str(busy)})
                if busy.params["trouble"] == Trouble.LOST.value:
                    return firing
            except Exception:  # whatever is wrong with one timer must not hold up the others
                firing.postponed += 1
                logger.exception("timer could not be fired", extra={"timer_id": str(due.id)})
    return firing


def _fire_together(dispatcher: Dispatcher, share: Sequence[DueTimer], firing: Firing) -> Sequence[DueTimer]:
    """Fire timers of different instances in one transaction; return those that are to be fired by themselves."""
    if len(share) == 1:
        return share
    try:
        answers = dispatcher.fire_together([_command(due) for due in share])
    except Exception:  # it will be met again, and then it is known whose it is
        logger.exception("timers could not be fired together")
        return share
    if answers is None:
        return share
    for due, answer in zip(share, answers, strict=True):
        _count(dispatcher, due, answer, firing)
    return ()


def _fire(dispatcher: Dispatcher, due: DueTimer, firing: Firing) -> None:
    try:
        answer = dispatcher.execute(_command(due))
    except Busy:
        raise
    except Rejection as refusal:
        firing.refused += 1
        logger.info("timer refused", extra={"timer_id": str(due.id), "reason": refusal.code})
    except StepFailed:
        firing.failed += 1  # the dispatcher has logged it and kept an incident
    else:
        _count(dispatcher, due, answer, firing)


def _command(due: DueTimer) -> FireTimer:
    return FireTimer(command_id=derived_id("fire", due.id), timer_id=due.id, due_at=due.due_at)


def _count(dispatcher: Dispatcher, due: DueTimer, answer: Answer, firing: Firing) -> None:
    lag = clock.now() - due.due_at
    firing.longest_lag = max(firing.longest_lag, lag)
    if answer.repeated:
        firing.refused += 1
    else:
        firing.fired += 1
        dispatcher.instruments.timer_fired(lag)
