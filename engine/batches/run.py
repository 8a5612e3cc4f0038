"""Runs batches: items are claimed in portions, each becomes a command of its own, its answer is noted.

Any number of workers share a batch. A command's identifier is derived from the batch and the subject, so that a
subject is changed once, however often its command is given: after a crash between a command and its note, and
where a worker was taken for dead, the repeat gets the first answer. A command that failed is given again under the
same identifier, too; when it succeeds, its incident is resolved.

Whoever asked for a batch gives its commands with the rights that are left of those they had then: who has lost one
since, or their account, is refused.
"""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Engine, bindparam, or_, select, update
from sqlalchemy.engine import Connection

from engine import clock
from engine.actors import Actor, actor_from
from engine.batches.kinds import KINDS, BatchKind, Subject, command_for
from engine.batches.progress import DONE, FAILED, PENDING, REFUSED, RUNNING
from engine.database import reading
from engine.dispatch import Dispatcher
from engine.errors import Busy, Fault, NotAuthorised, Rejection, StepFailed
from engine.ids import derived_id
from engine.instances import incident
from engine.tables import batch, batch_item

logger = logging.getLogger(__name__)

#: How long a portion is a worker's own; another takes it over then.
CLAIM = timedelta(minutes=1)
#: Items claimed and noted at a time.
PORTION = 20

#: What is left of a claim when a worker begins no further command.
_MARGIN = timedelta(seconds=30)
#: Batches that are worked on at a time, oldest first.
_SIDE_BY_SIDE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRound:
    """What one round came to; ``postponed`` are those that the database could not take now."""

    done: int
    refused: int
    failed: int
    postponed: int

    @property
    def treated(self) -> int:
        """How many items got their answer."""
        return self.done + self.refused + self.failed


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """What is the same for all items of a batch; ``standing`` is who asked, with the rights they have left."""

    batch_id: UUID
    kind: BatchKind
    parameters: Mapping[str, Any]
    actor: Actor
    standing: Actor | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    status: str
    code: str | None = None
    detail: str | None = None
    instance_id: UUID | None = None


def run_batches(dispatcher: Dispatcher, *, limit: int = 100, batch_id: UUID | None = None) -> BatchRound:
    """Give up to ``limit`` commands of running batches.

    Args:
        batch_id: only this batch; all that run, the oldest first, if not given.
    """
    counts: Counter[str] = Counter()
    while (room := limit - counts.total()) > 0:
        before = counts.total()
        for work in _running(dispatcher, batch_id):
            portion = min(PORTION, room - (counts.total() - before))
            if portion > 0:
                counts += _run_portion(dispatcher, work, portion)
        if counts.total() == before:
            break
    return BatchRound(
        done=counts[DONE], refused=counts[REFUSED], failed=counts[FAILED], postponed=counts[PENDING]
    )


def command_id_of(batch_id: UUID, subject: UUID) -> UUID:
    """Return the identifier of the command that a batch gives to a subject."""
    return derived_id("batch", batch_id, subject)


def _running(dispatcher: Dispatcher, batch_id: UUID | None) -> list[_Work]:
    query = (select(batch).where(batch.c.status == RUNNING).order_by(batch.c.created_at, batch.c.id)).limit(
        _SIDE_BY_SIDE
    )
    if batch_id is not None:
        query = query.where(batch.c.id == batch_id)
    with reading(dispatcher.database) as connection:
        return [_work(connection, dispatcher, row) for row in connection.execute(query).all()]


def _work(connection: Connection, dispatcher: Dispatcher, row: Any) -> _Work:
    actor = actor_from(orjson.loads(row.actor))
    return _Work(
        batch_id=row.id,
        kind=KINDS[row.command],
        parameters=orjson.loads(row.parameters),
        actor=actor,
        standing=dispatcher.standing(connection, actor),
    )


def _run_portion(dispatcher: Dispatcher, work: _Work, size: int) -> Counter[str]:
    claimed_at = clock.now()
    items = _claim(dispatcher.database, work.batch_id, size, claimed_at)
    outcomes: dict[int, _Outcome] = {}
    postponed = []
    for position, subject in items:
        outcome = None
        if clock.now() < claimed_at + CLAIM - _MARGIN:
            outcome = _give(dispatcher, work, subject)
        if outcome is None:
            postponed.append(position)
        else:
            outcomes[position] = outcome
    if items:
        _note(dispatcher.database, work, dict(items), outcomes, postponed)
    return Counter([outcome.status for outcome in outcomes.values()] + [PENDING] * len(postponed))


def _claim(database: Engine, batch_id: UUID, size: int, now: datetime) -> list[tuple[int, UUID]]:
    """Take pending items for a minute; other workers skip them."""
    with database.begin() as connection:
        rows = connection.execute(
            select(batch_item.c.position, batch_item.c.subject)
            .where(
                batch_item.c.batch_id == batch_id,
                batch_item.c.status == PENDING,
                or_(
                    batch_item.c.claimed_until.is_(None),
                    batch_item.c.claimed_until <= now,
                    # made before the clock stepped back, not just by a worker who read it a moment later
                    batch_item.c.claimed_until > now + 2 * CLAIM,
                ),
            )
            .order_by(batch_item.c.position)
            .limit(size)
            .with_for_update(skip_locked=True)
        ).all()
        if rows:
            connection.execute(
                update(batch_item)
                .where(
                    batch_item.c.batch_id == batch_id,
                    batch_item.c.position.in_([row.position for row in rows]),
                )
                .values(claimed_until=now + CLAIM)
            )
    return [(row.position, row.subject) for row in rows]


def _give(dispatcher: Dispatcher, work: _Work, subject: UUID) -> _Outcome | None:
    """Give the command for one subject; ``None`` if the database could not take it now."""
    known = subject if work.kind.subject is Subject.INSTANCE else None
    try:
        if work.standing is None:
            raise NotAuthorised(
                f"Expected '{work.actor.key}' to have an account in use", actor=work.actor.key
            )
        command = command_for(
            work.kind,
            subject,
            work.parameters,
            command_id=command_id_of(work.batch_id, subject),
            actor=work.standing,
        )
        answer = dispatcher.execute(command)
    except Busy:
        return None
    except Rejection as refusal:
        return _Outcome(status=REFUSED, code=refusal.code, detail=refusal.message, instance_id=known)
    except StepFailed as failure:  # the dispatcher has logged it and kept an incident
        return _Outcome(status=FAILED, code="step_failed", detail=failure.message, instance_id=known)
    except Exception as error:  # one subject that cannot be worked on must not hold up the others
        logger.exception(
            "command of a batch failed", extra={"batch_id": str(work.batch_id), "subject": str(subject)}
        )
        code = "fault" if isinstance(error, Fault) else "unexpected"
        return _Outcome(status=FAILED, code=code, detail=str(error), instance_id=known)
    return _Outcome(status=DONE, instance_id=answer.instance_id)


def _note(
    database: Engine,
    work: _Work,
    subjects: Mapping[int, UUID],
    outcomes: Mapping[int, _Outcome],
    postponed: Sequence[int],
) -> None:
    """Write what the items came to; the batch is done with its last one."""
    now = clock.now()
    with database.begin() as connection:
        # one worker after the other, so that the last one sees that nothing is left
        connection.execute(select(batch.c.id).where(batch.c.id == work.batch_id).with_for_update())
        if outcomes:
            connection.execute(
                _NOTE,
                [
                    {
                        "b_batch_id": work.batch_id,
                        "b_position": position,
                        "status": outcome.status,
                        "code": outcome.code,
                        "detail": outcome.detail,
                        "instance_id": outcome.instance_id,
                        "ended_at": now,
                    }
                    for position, outcome in outcomes.items()
                ],
            )
        if postponed:
            connection.execute(
                update(batch_item)
                .where(
                    batch_item.c.batch_id == work.batch_id,
                    batch_item.c.position.in_(postponed),
                    batch_item.c.status == PENDING,
                )
                .values(claimed_until=None)
            )
        for position, outcome in outcomes.items():
            if outcome.status == DONE:
                incident.resolve(connection, command_id_of(work.batch_id, subjects[position]), work.actor.key)
        _finish_if_nothing_is_left(connection, work.batch_id)


def _finish_if_nothing_is_left(connection: Connection, batch_id: UUID) -> None:
    """Mark a running batch as done when no item is pending; its row has to be locked."""
    left = connection.scalar(
        select(batch_item.c.position)
        .where(batch_item.c.batch_id == batch_id, batch_item.c.status == PENDING)
        .limit(1)
    )
    if left is None:
        connection.execute(
            update(batch)
            .where(batch.c.id == batch_id, batch.c.status == RUNNING)
            .values(status=DONE, ended_at=clock.now())
        )


_NOTE = update(batch_item).where(
    batch_item.c.batch_id == bindparam("b_batch_id"),
    batch_item.c.position == bindparam("b_position"),
    batch_item.c.status == PENDING,
)
