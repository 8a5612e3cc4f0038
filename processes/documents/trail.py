"""The trail of a document: one row per change, shown as its history."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import Actor
from processes.documents.tables import Document, DocumentTrail


def add_to_trail(
    session: Session,
    document: Document,
    act: str,
    *,
    actor: Actor,
    directive_id: UUID | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """Write who changed what, under the document's present version.

    Args:
        act: a stable word, ``directive_split``.
        before, after: what changed, by field; JSON values.
    """
    session.add(
        DocumentTrail(
            document_id=document.id,
            directive_id=directive_id,
            version=document.version,
            at=clock.now(),
            actor=actor.key if actor.on_behalf_of is None else f"{actor.key} ({actor.on_behalf_of})",
            act=act,
            before=None if before is None else dict(before),
            after=None if after is None else dict(after),
            reason=reason,
        )
    )
    session.flush()


def trail_of(session: Session, document_id: UUID, *, since: int = 0) -> Sequence[DocumentTrail]:
    """Return what was changed in a document, the oldest first.

    Args:
        since: only what came after this version.
    """
    return session.scalars(
        select(DocumentTrail)
        .where(DocumentTrail.document_id == document_id, DocumentTrail.version > since)
        .order_by(DocumentTrail.id)
    ).all()
