"""Undoes the issue of a document as a whole, until the first unit acknowledges."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import Actor
from engine.batches.create import NewBatch, create_batch
from engine.batches.progress import DONE, find_batch
from engine.batches.run import run_batches
from engine.dispatch import Dispatcher
from engine.errors import EmptySelection
from engine.ids import derived_id
from engine.tables import batch
from processes.access.policy import Permission
from processes.directives.drafting.engine_acts import entitled, running_assignments
from processes.directives.drafting.errors import AlreadyAcknowledged, DocumentStateWrong
from processes.directives.drafting.open import accepted_reason, open_document, require_permission
from processes.directives.drafting.save import find_draft
from processes.directives.issue import Approval
from processes.directives.rounds import first_to_acknowledge, mark_undone
from processes.documents.states import DocumentState
from processes.documents.tables import DocumentIssue
from processes.documents.trail import add_to_trail
from processes.units.store import load_registry

#: Instances cancelled between two calls of ``progress``.
_PORTION = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """What undoing came to.

    Attributes:
        batch_id: the batch that cancels; ``None`` if nothing had been started.
        total, cancelled: its instances, and how many are cancelled; a worker cancels the rest.
    """

    batch_id: UUID | None
    total: int
    cancelled: int


def undo_issue(
    dispatcher: Dispatcher,
    document_id: UUID,
    *,
    reason: str,
    progress: Callable[[int, int], None] | None = None,
    actor: Actor,
    version: int,
) -> Undone:
    """Take the whole issue of a document back; it can be edited and issued again, as a new round.

    What a leader had approved stays approved until it is reopened. A repeat goes on where an act was interrupted.

    Args:
        progress: called with (done, total).

    Raises:
        AlreadyAcknowledged: a unit has acknowledged; it is named.
        ReasonRequired: there is no reason.
        DocumentStateWrong: it is not issued.
        DraftChanged: it has another version than the actor has seen.
    """
    why = accepted_reason(reason)
    require_permission(actor, Permission.DOCUMENT_ISSUE)
    round_no = _undone_before(dispatcher, document_id)
    if round_no is None:
        round_no = _undo(dispatcher, document_id, why, actor, version)
    return _cancel(dispatcher, document_id, round_no, why, actor, progress)


def _undone_before(dispatcher: Dispatcher, document_id: UUID) -> int | None:
    """Return the round whose undoing was interrupted, if there is one."""
    with Session(dispatcher.database) as session:
        document = find_draft(session, document_id)
        last = session.get(DocumentIssue, (document_id, document.issue_round - 1))
        if document.state == DocumentState.ISSUED or last is None or not last.undone:
            return None
        left = running_assignments(session.connection(), document_id, last.round_no)
        return last.round_no if left else None


def _undo(dispatcher: Dispatcher, document_id: UUID, why: str, actor: Actor, version: int) -> int:
    with Session(dispatcher.database) as session, session.begin():
        document = open_document(
            session,
            document_id,
            actor=actor,
            version=version,
            permission=Permission.DOCUMENT_ISSUE,
            states=(DocumentState.ISSUED,),
            edits=False,
        )
        connection = session.connection()
        round_no = document.issue_round
        batch_id = _batch_id(document_id, round_no)
        marked = mark_undone(
            connection,
            document_id,
            round_no,
            undone_at=clock.now(),
            undone_by=actor.key,
            undo_reason=why,
            batch_id=batch_id,
        )
        if not marked:
            raise DocumentStateWrong(
                "Expected an issue that can be undone, but the document was issued before rounds were kept; "
                "withdraw it instead",
                state=document.state,
            )
        first = first_to_acknowledge(connection, document_id, round_no)
        if first is not None:
            raise _acknowledged(session, first)
        issued = session.get_one(DocumentIssue, (document_id, round_no), populate_existing=True)
        approved = issued.approval == Approval.LEADER
        document.state = DocumentState.APPROVED if approved else DocumentState.DRAFT
        document.issued_at = None
        document.issue_round = round_no + 1
        add_to_trail(
            session,
            document,
            "issue_undone",
            actor=actor,
            before={"state": DocumentState.ISSUED.value, "round": round_no},
            after={"state": document.state},
            reason=why,
        )
        return round_no


def _acknowledged(session: Session, code: str) -> AlreadyAcknowledged:
    named = {unit.code: unit.name for unit in load_registry(session.connection()).units}
    name = named.get(code, code)
    return AlreadyAcknowledged(
        f"Expected no unit to have acknowledged, but '{name}' was the first; withdraw or amend directives instead",
        unit=code,
        unit_name=name,
    )


def _cancel(
    dispatcher: Dispatcher,
    document_id: UUID,
    round_no: int,
    why: str,
    actor: Actor,
    progress: Callable[[int, int], None] | None,
) -> Undone:
    with dispatcher.database.connect() as connection:
        subjects = [each.id for each in running_assignments(connection, document_id, round_no)]
    batch_id = _batch_id(document_id, round_no)
    asked = NewBatch(
        batch_id=batch_id,
        command="cancel_instance.v1",
        actor=entitled(actor, "instance:cancel"),
        reason=why,
        subjects=subjects,
    )
    with dispatcher.database.connect() as connection:
        there = connection.scalar(select(batch.c.id).where(batch.c.id == batch_id)) is not None
    if not there:
        try:
            create_batch(dispatcher.database, asked)
        except EmptySelection:
            return Undone(batch_id=None, total=0, cancelled=0)
    while run_batches(dispatcher, limit=_PORTION, batch_id=batch_id).treated:
        if progress is not None:
            with dispatcher.database.connect() as connection:
                view = find_batch(connection, batch_id)
            progress(view.treated, view.total)
    with dispatcher.database.connect() as connection:
        view = find_batch(connection, batch_id)
    return Undone(batch_id=batch_id, total=view.total, cancelled=view.counts[DONE])


def _batch_id(document_id: UUID, round_no: int) -> UUID:
    return derived_id("undo", document_id, round_no)
