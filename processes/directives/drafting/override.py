"""Overrides a gap of the 6 rõ check with a reason; the gap and the reason stay in sight."""

from uuid import UUID

from sqlalchemy.orm import Session

from engine import clock
from engine.actors import Actor
from processes.directives.drafting.change import require_change, set_columns
from processes.directives.drafting.errors import DraftInvalid
from processes.directives.drafting.open import accepted_reason, directive_of, open_document
from processes.directives.gaps import Gap
from processes.documents.tables import Document


def override_gap(
    session: Session,
    document_id: UUID,
    directive_id: UUID,
    gap: Gap,
    *,
    reason: str,
    actor: Actor,
    version: int,
) -> Document:
    """Let a directive go out with a gap; the caller commits.

    Raises:
        ReasonRequired: there is no reason.
        NothingToChange: it is overridden with this reason already.
        DraftInvalid: the gap is the lead unit, without which nobody can be given anything.
    """
    why = accepted_reason(reason)
    if gap is Gap.LEAD:
        raise DraftInvalid(
            "Expected a lead unit to be set; a directive without one reaches nobody", field="lead"
        )
    document = open_document(session, document_id, actor=actor, version=version)
    directive = directive_of(session, document, directive_id)
    present = directive.overrides or {}
    require_change(present.get(gap.value, {}).get("reason") != why)
    entry = {"reason": why, "by": actor.key, "at": clock.to_text(clock.now())}
    overrides = {**present, gap.value: entry}
    set_columns(
        session, document, directive, {"overrides": overrides}, act="gap_overridden", actor=actor, reason=why
    )
    return document


def lift_override(
    session: Session, document_id: UUID, directive_id: UUID, gap: Gap, *, actor: Actor, version: int
) -> Document:
    """Take an override back; the caller commits.

    Raises:
        NothingToChange: there is none.
    """
    document = open_document(session, document_id, actor=actor, version=version)
    directive = directive_of(session, document, directive_id)
    left = {name: entry for name, entry in (directive.overrides or {}).items() if name != gap}
    require_change(
        set_columns(
            session, document, directive, {"overrides": left or None}, act="override_lifted", actor=actor
        )
    )
    return document
