"""Adds a directive by hand, or below another one."""

from collections.abc import Sequence
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from engine.actors import Actor
from processes.directives.drafting.change import (
    LONGEST_TEXT,
    free_ordinals,
    new_directive,
    ordinals_of,
    rank_below,
)
from processes.directives.drafting.errors import DraftInvalid
from processes.directives.drafting.open import checked_text, directive_of, open_document
from processes.directives.terms import resolved
from processes.documents.states import Origin
from processes.documents.tables import Directive, Document, rank_of
from processes.documents.trail import add_to_trail
from processes.units.registry import UnitRegistry


def add_directive(
    session: Session,
    document_id: UUID,
    *,
    text: str,
    leads: Sequence[str] = (),
    parent_id: UUID | None = None,
    ordinal: str | None = None,
    registry: UnitRegistry,
    actor: Actor,
    version: int,
) -> Directive:
    """Add a directive that is not read in the document and return it; the caller commits.

    Args:
        leads: codes or wordings; those of the parent if not given.
        parent_id: the directive that it hangs under.
        ordinal: its number; the next one that is free if not given.

    Raises:
        DraftInvalid: it has no text, or a number that is taken.
        UnknownUnit: a lead is neither a unit nor a group.
    """
    document = open_document(session, document_id, actor=actor, version=version)
    parent = None if parent_id is None else directive_of(session, document, parent_id)
    written = checked_text("text", text.strip(), LONGEST_TEXT)
    if not written:
        raise DraftInvalid("Expected the text of a directive, but there is none", field="text")
    for wording in leads:
        resolved(wording, registry, on=document.issued_on or document.created_at.date())
    directive = new_directive(
        session,
        document,
        origin=Origin.ADDED,
        origin_ids=[],
        ordinal=ordinal or _next_ordinal(session, document, parent),
        text=written,
        rank=_rank(session, document, parent),
        read={
            "leads": "[]" if parent is None else parent.leads,
            "lead_text": "" if parent is None else parent.lead_text,
            "coordinating_units": "[]",
        },
        given={
            "set_leads": {"include": list(leads), "except": []}
            if leads
            else None
            if parent is None
            else parent.set_leads
        },
        parent_id=parent_id,
    )
    add_to_trail(
        session,
        document,
        "directive_added",
        actor=actor,
        directive_id=directive.id,
        after={
            "ordinal": directive.ordinal,
            "text": directive.text,
            "leads": orjson.loads(directive.leads) if not leads else list(leads),
        },
    )
    return directive


def _next_ordinal(session: Session, document: Document, parent: Directive | None) -> str:
    taken = ordinals_of(session, document.id)
    if parent is not None:
        return free_ordinals(taken, parent.ordinal, 1)[0]
    return str(1 + max((int(each) for each in taken if each.isdecimal()), default=0))


def _rank(session: Session, document: Document, parent: Directive | None) -> str:
    if parent is not None:
        return rank_below(session, document.id, parent.rank)
    return rank_of(999_999) + rank_below(session, document.id, rank_of(999_999))[6:]
