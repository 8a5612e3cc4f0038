"""Confirms that a document directs nothing, or takes one back to be edited again."""

from uuid import UUID

from sqlalchemy.orm import Session

from engine.actors import Actor
from processes.directives.drafting.errors import DocumentStateWrong
from processes.directives.drafting.open import accepted_reason, open_document
from processes.documents.states import DirectiveState, DocumentState
from processes.documents.store import directives_of
from processes.documents.tables import Document
from processes.documents.trail import add_to_trail


def answer_no_directive(
    session: Session, document_id: UUID, *, reason: str, actor: Actor, version: int
) -> Document:
    """Answer the warning that no directive was found: there is none, and why. The caller commits.

    The other answer is to add directives by hand.

    Raises:
        ReasonRequired: there is no reason.
        DocumentStateWrong: it has directives, which would have to be dropped first.
    """
    why = accepted_reason(reason)
    document = open_document(session, document_id, actor=actor, version=version)
    given = [each for each in directives_of(session, document_id) if each.state == DirectiveState.ACTIVE]
    if given:
        raise DocumentStateWrong(
            f"Expected a document without directives, but it has {len(given)}", state=document.state
        )
    document.no_directive_reason = why
    _become(session, document, DocumentState.NO_DIRECTIVE, "no_directive_confirmed", actor, why)
    return document


def reopen(session: Session, document_id: UUID, *, reason: str, actor: Actor, version: int) -> Document:
    """Take a document back to be edited; what a leader has approved has to be approved again. The caller commits.

    Raises:
        ReasonRequired: there is no reason.
        DocumentStateWrong: it is a draft already, with a leader, issued, or given up.
    """
    why = accepted_reason(reason)
    document = open_document(
        session,
        document_id,
        actor=actor,
        version=version,
        states=(DocumentState.APPROVED, DocumentState.REFUSED, DocumentState.NO_DIRECTIVE),
    )
    document.approved_by = None
    document.no_directive_reason = None
    _become(session, document, DocumentState.DRAFT, "document_reopened", actor, why)
    return document


def _become(
    session: Session, document: Document, state: DocumentState, act: str, actor: Actor, reason: str
) -> None:
    before = {"state": document.state}
    document.state = state
    add_to_trail(
        session, document, act, actor=actor, before=before, after={"state": state.value}, reason=reason
    )
