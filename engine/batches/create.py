"""Creates a batch: what to do, why, and to what, frozen in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, func, insert, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from engine import clock
from engine.actors import Actor, actor_body
from engine.batches.kinds import Subject, kind_of, parameters_of, require_permission
from engine.batches.progress import PENDING, RUNNING, BatchView, find_batch
from engine.canonical import canonical_bytes, sha256_hex
from engine.errors import CommandConflict, EmptySelection, InvalidVariables, TooManySubjects
from engine.instances.selection import InstanceFilter, select_incidents, select_instances, select_tasks
from engine.tables import batch, batch_item

#: Subjects of one batch.
MOST_SUBJECTS = 100_000
#: Characters of a reason.
LONGEST_REASON = 2_000

#: Subjects written by one statement.
_PORTION = 5_000

_QUERIES = {
    Subject.INSTANCE: select_instances,
    Subject.TASK: select_tasks,
    Subject.INCIDENT: select_incidents,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBatch:
    """What is asked for.

    Attributes:
        batch_id: chosen by the caller; the same again gives the batch that there is.
        command: tag of the command (see :data:`engine.batches.kinds.KINDS`).
        parameters: its payload without subject and reason, JSON values.
        actor: who asks, and in whose name every command is given.
        reason: why; also that of the commands which have one.
        subjects: identifiers of instances, user tasks or incidents, or a filter that finds them now.
    """

    batch_id: UUID
    command: str
    actor: Actor
    reason: str
    subjects: Sequence[UUID] | InstanceFilter
    parameters: Mapping[str, Any] = field(default_factory=dict)


def create_batch(database: Engine, asked: NewBatch) -> BatchView:
    """Create a batch, or return the one that the same request made before.

    Raises:
        NotAuthorised: the actor may not give such commands.
        InvalidVariables: no reason, an unknown command, wrong parameters.
        EmptySelection: there is no subject.
        TooManySubjects: there are more than :data:`MOST_SUBJECTS`.
        CommandConflict: the identifier was used for another batch.
    """
    try:
        return _attempt(database, asked)
    except IntegrityError:
        return _attempt(database, asked)  # another process took the same new identifier


def count_subjects(connection: Connection, command: str, chosen: InstanceFilter) -> int:
    """Return how many subjects a batch of such commands would have now.

    Raises:
        InvalidVariables: an unknown command.
    """
    query = _QUERIES[kind_of(command).subject](connection, chosen).order_by(None)
    return connection.scalar(select(func.count()).select_from(query.subquery())) or 0


def _attempt(database: Engine, asked: NewBatch) -> BatchView:
    with database.begin() as connection:
        return add_batch(connection, asked)


def add_batch(connection: Connection, asked: NewBatch) -> BatchView:
    """Create a batch within a transaction of the caller's, who commits; else as :func:`create_batch`.

    Raises:
        NotAuthorised, InvalidVariables, EmptySelection, TooManySubjects, CommandConflict: as there.
    """
    kind = kind_of(asked.command)
    require_permission(kind, asked.actor)
    reason = _accepted_reason(asked.reason)
    try:
        parameters = canonical_bytes(parameters_of(kind, asked.parameters, reason)).decode()
    except ValueError as error:
        raise InvalidVariables(
            f"Expected parameters that JSON can carry, but {error}",
            errors=[{"key": "", "code": "not_json"}],
        ) from error
    request = _request(asked, parameters)
    there = connection.scalar(select(batch.c.request).where(batch.c.id == asked.batch_id))
    if there is not None:
        if there != request:
            raise CommandConflict(
                f"Expected batch '{asked.batch_id}' to be new, but it was used for another request"
            )
        return find_batch(connection, asked.batch_id)
    subjects = _subjects(connection, kind.subject, asked.subjects)
    connection.execute(
        insert(batch).values(
            id=asked.batch_id,
            command=asked.command,
            parameters=parameters,
            actor=canonical_bytes(actor_body(asked.actor)).decode(),
            reason=reason,
            request=request,
            status=RUNNING,
            total=len(subjects),
            created_at=clock.now(),
        )
    )
    for portion in _portions(subjects):
        connection.execute(
            insert(batch_item),
            [
                {"batch_id": asked.batch_id, "position": position, "subject": subject, "status": PENDING}
                for position, subject in portion
            ],
        )
    return find_batch(connection, asked.batch_id)


def _subjects(
    connection: Connection, subject: Subject, wanted: Sequence[UUID] | InstanceFilter
) -> list[UUID]:
    found: list[UUID]
    if isinstance(wanted, InstanceFilter):
        query = _QUERIES[subject](connection, wanted).limit(MOST_SUBJECTS + 1)
        found = list(connection.scalars(query))
    else:
        found = list(dict.fromkeys(wanted))
    if not found:
        raise EmptySelection("Expected at least one subject for the batch, but nothing matches")
    if len(found) > MOST_SUBJECTS:
        raise TooManySubjects(
            f"Expected up to {MOST_SUBJECTS} subjects for one batch, but there are more", most=MOST_SUBJECTS
        )
    return found


def _portions(subjects: Sequence[UUID]) -> list[list[tuple[int, UUID]]]:
    numbered = list(enumerate(subjects, start=1))
    return [numbered[begin : begin + _PORTION] for begin in range(0, len(numbered), _PORTION)]


def _accepted_reason(reason: str) -> str:
    code = "required" if not reason.strip() else "too_long" if len(reason) > LONGEST_REASON else None
    if code is not None:
        raise InvalidVariables(
            f"Expected a reason of up to {LONGEST_REASON} characters",
            errors=[{"key": "reason", "code": code}],
        )
    return reason


def _request(asked: NewBatch, parameters: str) -> str:
    wanted = asked.subjects
    body = {
        "command": asked.command,
        "parameters": parameters,
        "reason": asked.reason,
        "actor": [asked.actor.key, asked.actor.on_behalf_of],
        "subjects": wanted.to_json()
        if isinstance(wanted, InstanceFilter)
        else [str(each) for each in wanted],
    }
    return sha256_hex(canonical_bytes(body))
