"""Keeps a reading as a draft; a draft that nobody has touched may be read again."""

from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from engine.actors import Actor
from engine.errors import NotFound
from engine.ids import derived_id
from processes.access.policy import Permission
from processes.directives.drafting.errors import DocumentStateWrong, DraftInvalid
from processes.directives.drafting.open import open_document, require_permission
from processes.documents.reading.letter import LetterReading
from processes.documents.store import (
    Original,
    directives_of,
    fill_envelope,
    keep,
    keep_directives,
    packed_text,
)
from processes.documents.tables import AwaitedDocument, Directive, Document
from processes.documents.trail import add_to_trail, trail_of

#: Acts that leave a draft as it was read.
_READING_ACTS = frozenset({"document_saved", "document_read_again"})


def save_draft(session: Session, reading: LetterReading, original: Original, *, actor: Actor) -> Document:
    """Keep a reading as a draft and return it; the same file again returns what was kept, unchanged.

    Units that the registry does not have are kept as they are written, for the coordinator to set. The caller
    commits.

    Raises:
        NotAuthorised: the actor may not draft.
    """
    require_permission(actor, Permission.DOCUMENT_DRAFT)
    document = keep(session, reading, original, created_by=actor.key)
    if not trail_of(session, document.id) and document.created_by == actor.key:
        after = {"filename": original.filename, "directives": len(directives_of(session, document.id))}
        add_to_trail(session, document, "document_saved", actor=actor, after=after)
    return document


def is_untouched(session: Session, document: Document) -> bool:
    """Say whether a document is as it was read: nobody has set anything in it."""
    return all(row.act in _READING_ACTS for row in trail_of(session, document.id))


def read_again(
    session: Session,
    document_id: UUID,
    reading: LetterReading,
    original: Original,
    *,
    actor: Actor,
    version: int,
) -> Document:
    """Put another reading of the same file in the place of the one that is kept; the caller commits.

    Raises:
        DocumentStateWrong: somebody has changed it since it was read, or it is no draft.
        DraftInvalid: it is another file.
    """
    if derived_id("document", original.sha256) != document_id:
        raise DraftInvalid(
            "Expected the file that the document was read from, but it is another", field="file"
        )
    document = open_document(session, document_id, actor=actor, version=version)
    if not is_untouched(session, document):
        raise DocumentStateWrong(
            "Expected a document as it was read, but it has been edited; what was set would be lost",
            state=document.state,
        )
    before = {"directives": len(directives_of(session, document_id))}
    ids = [directive.id for directive in directives_of(session, document_id)]
    session.execute(delete(AwaitedDocument).where(AwaitedDocument.directive_id.in_(ids)))
    session.execute(delete(Directive).where(Directive.document_id == document_id))
    session.expire_all()
    fill_envelope(document, reading)
    document.source_text = packed_text(original.text)
    session.flush()
    keep_directives(session, document, reading)
    after = {"directives": len(directives_of(session, document_id))}
    add_to_trail(session, document, "document_read_again", actor=actor, before=before, after=after)
    return document


def find_draft(session: Session, document_id: UUID) -> Document:
    """Return a document.

    Raises:
        NotFound: there is none.
    """
    document = session.get(Document, document_id)
    if document is None:
        raise NotFound(f"Expected document '{document_id}', but there is none")
    return document
