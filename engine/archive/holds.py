"""Legal holds: what is held is neither archived nor thrown away, whatever a policy says."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, false, func, insert, or_, select, text, update
from sqlalchemy.engine import Connection

from engine import clock
from engine.actors import Actor
from engine.definitions.versions import newest
from engine.errors import NotAuthorised, NotFound, Rejection
from engine.ids import new_id
from engine.tables import legal_hold, process_instance

#: Who may place and lift holds, set policies and archive.
MANAGE = "retention:manage"

_LONGEST_SUBJECT = 200


class Scope(StrEnum):
    """What a hold covers."""

    #: One instance, by its identifier.
    INSTANCE = "instance"
    #: Every instance of a process.
    PROCESS = "process"
    #: Every instance whose business key fits a pattern: ``*`` for any characters, ``?`` for one.
    BUSINESS_KEY = "business_key"


class RetentionRefused(Rejection):
    """A hold or a policy cannot be as it was asked for."""

    code = "retention_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalHold:
    """A hold; it stands until it is lifted."""

    id: UUID
    scope: Scope
    subject: str
    reason: str
    placed_by: str
    placed_at: datetime
    lifted_by: str | None
    lifted_at: datetime | None
    lift_reason: str | None


def require_manager(actor: Actor) -> None:
    """Refuse an actor who may not manage retention with ``NotAuthorised``."""
    if MANAGE not in actor.permissions:
        raise NotAuthorised("Expected an actor who may manage retention", actor=actor.key)


def require_reason(reason: str) -> str:
    """Return the reason without blanks around it; refuse an empty one."""
    if not reason.strip():
        raise RetentionRefused("Expected a reason, but it is empty")
    return reason.strip()


def place(connection: Connection, scope: Scope, subject: str, *, reason: str, actor: Actor) -> UUID:
    """Place a hold and return its identifier. What is covered later is held, too.

    Raises:
        NotAuthorised: the actor may not manage retention.
        NotFound: no process of that key was ever deployed.
        RetentionRefused: the subject is no identifier, or empty; the reason is empty.
    """
    require_manager(actor)
    named = _subject(scope, subject.strip())
    if scope is Scope.PROCESS:
        newest(connection, named)
    hold_id = new_id()
    connection.execute(
        insert(legal_hold).values(
            id=hold_id,
            scope=scope,
            subject=named,
            reason=require_reason(reason),
            placed_by=actor.key,
            placed_at=clock.now(),
        )
    )
    return hold_id


def lift(connection: Connection, hold_id: UUID, *, reason: str, actor: Actor) -> None:
    """Lift a hold; it stays on record.

    Raises:
        NotAuthorised: the actor may not manage retention.
        NotFound: no such hold stands.
        RetentionRefused: the reason is empty.
    """
    require_manager(actor)
    lifted = connection.execute(
        update(legal_hold)
        .where(legal_hold.c.id == hold_id, legal_hold.c.lifted_at.is_(None))
        .values(lifted_by=actor.key, lifted_at=clock.now(), lift_reason=require_reason(reason))
    )
    if not lifted.rowcount:
        raise NotFound(f"Expected a legal hold '{hold_id}' that stands, but there is none")


def holds(connection: Connection, *, lifted: bool = False) -> list[LegalHold]:
    """Return the holds that stand, or all that ever were, the oldest first."""
    query = select(legal_hold).order_by(legal_hold.c.placed_at, legal_hold.c.id)
    if not lifted:
        query = query.where(legal_hold.c.lifted_at.is_(None))
    return [_hold(row) for row in connection.execute(query)]


def covered(hold: LegalHold) -> ColumnElement[bool]:
    """Return the condition on ``process_instance`` that picks what a hold covers."""
    match hold.scope:
        case Scope.INSTANCE:
            return process_instance.c.id == UUID(hold.subject)
        case Scope.PROCESS:
            return process_instance.c.process_key == hold.subject
        case Scope.BUSINESS_KEY:
            return process_instance.c.business_key.like(_like(hold.subject), escape="\\")


def held(connection: Connection) -> ColumnElement[bool]:
    """Return the condition on ``process_instance`` that picks what is held now."""
    return or_(false(), *(covered(hold) for hold in holds(connection)))


def covered_count(connection: Connection, hold: LegalHold) -> tuple[int, int]:
    """Return how many instances a hold covers, and how many of them are archived."""
    row = connection.execute(
        select(func.count(), func.count(process_instance.c.archived_at)).where(covered(hold))
    ).one()
    return row[0], row[1]


def keep_others_from_placing(connection: Connection) -> None:
    """Let no hold be placed until this transaction ends; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE legal_hold IN SHARE MODE"))


def _subject(scope: Scope, subject: str) -> str:
    if not 1 <= len(subject) <= _LONGEST_SUBJECT:
        raise RetentionRefused("Expected something to hold of 1 to 200 characters")
    if scope is not Scope.INSTANCE:
        return subject
    try:
        return str(UUID(subject))
    except ValueError as error:
        raise RetentionRefused(f"Expected the identifier of an instance, but got '{subject}'") from error


def _like(pattern: str) -> str:
    for special in ("\\", "%", "_"):
        pattern = pattern.replace(special, f"\\{special}")
    return pattern.replace("*", "%").replace("?", "_")


def _hold(row: Any) -> LegalHold:
    return LegalHold(**{**row._mapping, "scope": Scope(row.scope)})
