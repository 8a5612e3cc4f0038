"""Shows a document as it is being drafted: what was read, what is set, what is missing, who changed what."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from processes.directives.drafting.change import awaited_by
from processes.directives.drafting.save import find_draft, is_untouched
from processes.directives.gaps import FoundGap, gaps_of
from processes.directives.terms import Terms, terms_of
from processes.documents.states import DirectiveState, DocumentState
from processes.documents.store import directives_of
from processes.documents.tables import AwaitedDocument, Directive, Document, DocumentTrail
from processes.documents.trail import trail_of
from processes.units.registry import UnitRegistry


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectiveView:
    """A directive, what holds for it, what it lacks and what it waits for."""

    directive: Directive
    terms: Terms
    gaps: Sequence[FoundGap]
    awaited: Sequence[AwaitedDocument]

    def to_json(self) -> dict[str, Any]:
        """Return all of it as JSON values."""
        directive = self.directive
        return {
            "id": str(directive.id),
            "ordinal": directive.ordinal,
            "state": directive.state,
            "origin": directive.origin,
            "origin_ids": directive.origin_ids or [],
            "parent_id": None if directive.parent_id is None else str(directive.parent_id),
            "text": directive.text,
            "terms": self.terms.to_json(),
            "gaps": [
                {"gap": each.gap.value, "detail": each.detail, "override_reason": each.reason}
                for each in self.gaps
            ],
            "awaited": [
                {
                    "position": each.position,
                    "title": each.title,
                    "linked_id": None if each.linked_id is None else str(each.linked_id),
                }
                for each in self.awaited
            ],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftView:
    """A document with all its directives, in their order, whatever their state.

    Attributes:
        untouched: nobody has set anything, so that it may be read again.
    """

    document: Document
    directives: Sequence[DirectiveView]
    trail: Sequence[DocumentTrail]
    untouched: bool

    @property
    def given(self) -> Sequence[DirectiveView]:
        """The directives that are given to units."""
        return [each for each in self.directives if each.directive.state == DirectiveState.ACTIVE]

    @property
    def open_gaps(self) -> Sequence[FoundGap]:
        """What holds it up."""
        return [gap for each in self.given for gap in each.gaps if gap.is_open]

    def to_json(self) -> dict[str, Any]:
        """Return all of it as JSON values."""
        return {
            **document_json(self.document),
            "untouched": self.untouched,
            "directives": [each.to_json() for each in self.directives],
            "trail": [
                {
                    "version": row.version,
                    "at": clock.to_text(row.at),
                    "by": row.actor,
                    "act": row.act,
                    "directive_id": None if row.directive_id is None else str(row.directive_id),
                    "before": row.before,
                    "after": row.after,
                    "reason": row.reason,
                }
                for row in self.trail
            ],
        }


def draft_view(session: Session, document_id: UUID, *, registry: UnitRegistry) -> DraftView:
    """Return a document as it is being drafted.

    Raises:
        NotFound: there is none.
    """
    document = find_draft(session, document_id)
    directives = directives_of(session, document_id)
    day = document.issued_on or clock.today()
    awaited = awaited_by(session, [directive.id for directive in directives])
    return DraftView(
        document=document,
        directives=[
            DirectiveView(
                directive=directive,
                terms=terms_of(directive),
                gaps=gaps_of(directive, registry, on=day),
                awaited=[each for each in awaited if each.directive_id == directive.id],
            )
            for directive in directives
        ],
        trail=trail_of(session, document_id),
        untouched=is_untouched(session, document),
    )


def documents(session: Session, *, states: Collection[DocumentState] = ()) -> Sequence[Document]:
    """Return the documents in some states, or all, the newest first."""
    query = select(Document).order_by(Document.created_at.desc(), Document.id)
    return session.scalars(query.where(Document.state.in_(states)) if states else query).all()


def document_json(document: Document) -> dict[str, Any]:
    """Return a document's envelope and state as JSON values."""
    return {
        "id": str(document.id),
        "state": document.state,
        "version": document.version,
        "doc_type": document.doc_type,
        "number": document.number_no,
        "date": None if document.issued_on is None else document.issued_on.isoformat(),
        "issuer": document.issuer,
        "subject": document.subject,
        "urgency": document.urgency,
        "filename": document.filename,
        "sha256": document.source_sha256,
        "created_by": document.created_by,
        "edited_by": document.edited_by,
        "submitted_by": document.submitted_by,
        "approved_by": document.approved_by,
        "issue_round": document.issue_round,
    }
