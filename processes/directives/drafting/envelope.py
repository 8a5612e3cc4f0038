"""Sets the fields of a document's envelope: number, day, issuer, subject, signer, urgency."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from engine.actors import Actor
from engine.errors import NothingToChange
from processes.directives.drafting.errors import DraftInvalid
from processes.directives.drafting.open import checked_text, open_document
from processes.directives.naming import check_day, full_number
from processes.documents.states import DocumentState
from processes.documents.tables import Document
from processes.documents.trail import add_to_trail

#: Text fields of the envelope, with the most characters each may have (DOMAIN §7.10 T0).
LONGEST: Mapping[str, int] = {
    "doc_type": 40,
    "place": 100,
    "issuer": 300,
    "subject": 2_000,
    "signer_name": 200,
    "signer_title": 200,
    "signer_authority": 100,
}
#: What is filled in after the leader's approval, when the letter is signed and registered.
OF_THE_REGISTER = frozenset({"number_no", "issued_on"})
URGENCIES = ("normal", "urgent", "express")


def set_envelope(
    session: Session,
    document_id: UUID,
    fields: Mapping[str, str | date | None],
    *,
    actor: Actor,
    version: int,
    oldest_days: int = 731,
) -> Document:
    """Set fields of the envelope; what was read stays in the reading. The caller commits.

    Number and day of a document may also be set once a leader has approved it: it gets them when it is signed.

    Args:
        fields: by column: ``number_no`` (``5120``, or in full), ``issued_on``, ``urgency`` and those of
            :data:`LONGEST`; ``None`` empties a field.
        oldest_days: calendar days that a document may be old.

    Raises:
        DocumentNumberRefused, DocumentDayRefused: it cannot have that number or day.
        DraftInvalid: no such field, or a value that it cannot have.
        NothingToChange: it has these values already.
    """
    registered = OF_THE_REGISTER.issuperset(fields)
    document = open_document(
        session,
        document_id,
        actor=actor,
        version=version,
        states=(DocumentState.DRAFT, DocumentState.APPROVED) if registered else (DocumentState.DRAFT,),
        edits=not registered,
    )
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for name, value in fields.items():
        accepted = _accepted(document, name, value, oldest_days)
        present = getattr(document, name)
        if accepted != present:
            before[name], after[name] = _plain(present), _plain(accepted)
            setattr(document, name, accepted)
    if not after:
        raise NothingToChange("Expected other values for the envelope, but it has these already")
    add_to_trail(session, document, "envelope_set", actor=actor, before=before, after=after)
    return document


def _accepted(document: Document, name: str, value: str | date | None, oldest_days: int) -> str | date | None:
    if isinstance(value, date):
        if name != "issued_on":
            raise _invalid(name, value)
        check_day(document, value, oldest_days=oldest_days)
        return value
    if name in ("number_no", "issued_on") and value is None:
        return None
    if name == "number_no" and value is not None:
        return full_number(document, value.strip())
    if name == "urgency" and value in URGENCIES:
        return value
    if name not in LONGEST:
        raise _invalid(name, value)
    text = "" if value is None else checked_text(name, value.strip(), LONGEST[name])
    return text if name == "subject" else text or None


def _invalid(name: str, value: str | date | None) -> DraftInvalid:
    return DraftInvalid(
        f"Expected a field of the envelope with a value that it can have, but got {name} = {value}",
        field=name,
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
