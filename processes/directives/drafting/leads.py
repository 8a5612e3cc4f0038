"""Sets who leads: units and groups, with exceptions. Groups become units when the document is issued."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from engine import clock
from engine.actors import Actor
from processes.directives.drafting.change import require_change, set_columns
from processes.directives.drafting.edit import checked_codes
from processes.directives.drafting.errors import DraftInvalid
from processes.directives.drafting.open import directive_of, open_document
from processes.directives.terms import Leads, units_of
from processes.documents.tables import Document
from processes.units.registry import UnitRegistry


def set_leads(
    session: Session,
    document_id: UUID,
    directive_ids: Sequence[UUID],
    *,
    include: Sequence[str] | None,
    exclude: Sequence[str] = (),
    registry: UnitRegistry,
    actor: Actor,
    version: int,
) -> Document:
    """Set who leads directives, beside what was read; the caller commits.

    Args:
        include: codes of units, and wordings of units or groups (``UBND các xã, phường``); ``None`` goes back to
            what the document says.
        exclude: codes of units that do not lead although their group does.

    Raises:
        UnknownUnit: a wording is neither a unit nor a group.
        DraftInvalid: an exception is no code, or nobody would lead.
        NothingToChange: they lead already.
    """
    document = open_document(session, document_id, actor=actor, version=version)
    chosen = None
    if include is not None:
        leads = Leads(
            include=tuple(dict.fromkeys(wording.strip() for wording in include if wording.strip())),
            exclude=tuple(checked_codes(exclude, registry, field="except")),
        )
        if not units_of(leads, registry, on=_day(document)):
            raise DraftInvalid("Expected at least one unit to lead, but there is none", field="leads")
        chosen = {"include": list(leads.include), "except": list(leads.exclude)}
    changed = [
        set_columns(
            session,
            document,
            directive_of(session, document, directive_id),
            {"set_leads": chosen},
            act="leads_set",
            actor=actor,
        )
        for directive_id in directive_ids
    ]
    require_change(any(changed))
    return document


def _day(document: Document) -> date:
    return document.issued_on or clock.today()
