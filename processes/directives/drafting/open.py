"""Opens a document for one change: the right person, the right state, and nobody in between."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import Actor
from engine.errors import NotAuthorised, NotFound
from processes.access.policy import Permission
from processes.directives.drafting.errors import (
    DirectiveStateWrong,
    DocumentStateWrong,
    DraftChanged,
    DraftInvalid,
    ReasonRequired,
)
from processes.documents.states import DirectiveState, DocumentState
from processes.documents.tables import Directive, Document
from processes.documents.trail import trail_of

#: Characters of a reason.
LONGEST_REASON = 2_000


def open_document(
    session: Session,
    document_id: UUID,
    *,
    actor: Actor,
    version: int,
    permission: Permission = Permission.DOCUMENT_DRAFT,
    states: Collection[DocumentState] = (DocumentState.DRAFT,),
    edits: bool = True,
) -> Document:
    """Return a document under lock with its version counted on; the caller changes it and commits.

    Of two who change the same version one is first; the other is refused and told what was changed.

    Args:
        version: the version that the actor has seen.
        edits: the actor edits what goes out, and so may not approve it.

    Raises:
        NotAuthorised: the actor may not do this.
        NotFound: no such document.
        DraftChanged: it has another version.
        DocumentStateWrong: it is in none of the states.
    """
    require_permission(actor, permission)
    took = session.execute(
        update(Document)
        .where(Document.id == document_id, Document.version == version)
        .values(version=version + 1)
        .execution_options(synchronize_session=False)
    )
    document = session.get(Document, document_id, populate_existing=True)
    if document is None:
        raise NotFound(f"Expected document '{document_id}', but there is none")
    if took.rowcount == 0:  # type: ignore[attr-defined]  # of an UPDATE there is one
        raise changed(session, document, version)
    if document.state not in states:
        raise DocumentStateWrong(
            f"Expected a document that is {' or '.join(sorted(states))}, but it is {document.state}",
            state=document.state,
        )
    if edits:
        document.edited_by = actor.key
    return document


def changed(session: Session, document: Document, seen: int) -> DraftChanged:
    """Return the refusal that says what was changed since a version."""
    rows = trail_of(session, document.id, since=seen)
    ordinals = {
        directive_id: session.get_one(Directive, directive_id).ordinal
        for directive_id in {row.directive_id for row in rows}
        if directive_id is not None and session.get(Directive, directive_id) is not None
    }
    changes: list[dict[str, Any]] = [
        {
            "by": row.actor,
            "at": clock.to_text(row.at),
            "act": row.act,
            "ordinal": ordinals.get(row.directive_id) if row.directive_id else None,
            "before": row.before,
            "after": row.after,
        }
        for row in rows
    ]
    acts = "; ".join(
        f"{each['act']}{'' if each['ordinal'] is None else ' ' + each['ordinal']} by {each['by']}"
        for each in changes
    )
    return DraftChanged(
        f"Expected version {seen} of the document, but it is at {document.version}: {acts}",
        version=document.version,
        changes=changes,
    )


def require_permission(actor: Actor, permission: Permission) -> None:
    """Refuse an actor without a permission.

    Raises:
        NotAuthorised: they do not have it.
    """
    if permission not in actor.permissions:
        raise NotAuthorised(f"Expected an actor with permission '{permission}'", actor=actor.key)


def directive_of(
    session: Session,
    document: Document,
    directive_id: UUID,
    *,
    states: Collection[DirectiveState] = (DirectiveState.ACTIVE,),
) -> Directive:
    """Return a directive of a document.

    Raises:
        NotFound: the document has no such directive.
        DirectiveStateWrong: it is in none of the states.
    """
    directive = session.get(Directive, directive_id)
    if directive is None or directive.document_id != document.id:
        raise NotFound(f"Expected directive '{directive_id}' of the document, but there is none")
    if directive.state not in states:
        raise DirectiveStateWrong(
            f"Expected directive {directive.ordinal} to be {' or '.join(sorted(states))}, "
            f"but it is {directive.state}",
            ordinal=directive.ordinal,
            state=directive.state,
        )
    return directive


def accepted_reason(reason: str) -> str:
    """Return a reason without the space around it.

    Raises:
        ReasonRequired: there is none.
        DraftInvalid: it is longer than :data:`LONGEST_REASON`.
    """
    accepted = reason.strip()
    if not accepted:
        raise ReasonRequired("Expected a reason, but there is none")
    return checked_text("reason", accepted, LONGEST_REASON)


def checked_text(field: str, text: str, longest: int) -> str:
    """Return a text.

    Raises:
        DraftInvalid: it is longer than ``longest`` characters, or holds characters that no text has.
    """
    if len(text) > longest or "\x00" in text:
        raise DraftInvalid(
            f"Expected {field} of up to {longest} characters, but it has {len(text)}",
            field=field,
            longest=longest,
        )
    return text
