"""Keeps letters and their directives; the same file is kept once."""

import hashlib
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine import clock
from engine.ids import derived_id
from processes.documents.deadlines import Deadline
from processes.documents.reading.letter import DirectiveReading, LetterReading
from processes.documents.tables import Directive, Document
from processes.units.registry import UnknownUnit

#: The length of a summary, the mark of what was cut included.
SUMMARY_LENGTH = 300
_CUT = "…"


def save_reading(session: Session, reading: LetterReading, *, source: bytes, filename: str) -> Document:
    """Keep a letter and return it; the same bytes a second time return what was kept, unchanged.

    What is asked of bodies outside the registry stays in the reading; it becomes no directive. The caller commits.

    Args:
        source: the file as received; its digest is the letter's identity.

    Raises:
        UnknownUnit: the letter names an addressee or a lead that the registry does not have.
    """
    kept = find_document(session, source)
    if kept is not None:
        return kept
    document, directives = draft(reading, source=source, filename=filename)
    try:
        with session.begin_nested():
            session.add(document)
            session.flush()
            session.add_all(directives)
    except IntegrityError:
        # Another transaction kept the same file in the meantime.
        kept = find_document(session, source)
        if kept is None:
            raise
        return kept
    return document


def find_document(session: Session, source: bytes) -> Document | None:
    """Return the letter kept from these bytes, if there is one."""
    return session.get(Document, derived_id("document", hashlib.sha256(source).hexdigest()))


def draft(reading: LetterReading, *, source: bytes, filename: str) -> tuple[Document, list[Directive]]:
    """Return a letter and its directives as they would be kept; nothing is written.

    Raises:
        UnknownUnit: the letter names an addressee or a lead that the registry does not have.
    """
    _refuse_unknown(reading)
    digest = hashlib.sha256(source).hexdigest()
    document_id = derived_id("document", digest)
    return _document(document_id, digest, reading, source, filename), _directives(document_id, reading)


def directives_of(session: Session, document_id: UUID) -> list[Directive]:
    """Return a letter's directives in its order; empty if there is no such letter."""
    wanted = select(Directive).where(Directive.document_id == document_id).order_by(Directive.position)
    return list(session.scalars(wanted))


def summary_of(text: str) -> str:
    """Return the beginning of a text, cut between words."""
    words = " ".join(text.split())
    if len(words) <= SUMMARY_LENGTH:
        return words
    cut = words[: SUMMARY_LENGTH - len(_CUT) + 1].rpartition(" ")[0] or words[: SUMMARY_LENGTH - len(_CUT)]
    return cut.rstrip(" ,;:.") + _CUT


def _document(
    document_id: UUID, digest: str, reading: LetterReading, source: bytes, filename: str
) -> Document:
    signer = reading.signer
    return Document(
        id=document_id,
        source_sha256=digest,
        source=source,
        filename=filename,
        number_no=reading.number,
        notation=reading.suffix,
        issued_on=reading.issued_on,
        issued_at=None,
        place=reading.place,
        issuer=reading.issuer,
        subject=reading.subject or "",
        urgency=reading.urgency,
        signer_name=None if signer is None else signer.name,
        signer_title=None if signer is None else signer.title,
        signer_authority=None if signer is None else signer.authority,
        reading=orjson.dumps(reading.to_json()).decode(),
        created_at=clock.now(),
    )


def _directives(document_id: UUID, reading: LetterReading) -> list[Directive]:
    everyone = [recipient.text for recipient in reading.recipients]
    return [
        _directive(document_id, position, directive, everyone)
        for position, directive in enumerate(
            (directive for directive in reading.directives if directive.outside is None), 1
        )
    ]


def _directive(
    document_id: UUID, position: int, directive: DirectiveReading, everyone: Sequence[str]
) -> Directive:
    leads = list(directive.leads or everyone)
    deadline = directive.deadline
    return Directive(
        id=derived_id("directive", document_id, position),
        document_id=document_id,
        ordinal=directive.ordinal,
        position=position,
        text=directive.text,
        summary=summary_of(directive.paragraphs[0]),
        leads=orjson.dumps(leads).decode(),
        coordinating_units=orjson.dumps(list(directive.coordinate)).decode(),
        lead_text="; ".join(leads),
        deadline=None if deadline is None else orjson.dumps(_kept(deadline)).decode(),
    )


def _kept(deadline: Deadline) -> dict[str, Any]:
    """Return the deadline object; working days are counted on issuing, by the calendar of that day."""
    return {**deadline.to_json(), **({"date": None} if deadline.kind == "working_days" else {})}


def _refuse_unknown(reading: LetterReading) -> None:
    unknown = reading.unknown_names
    if not unknown:
        return
    named = ", ".join(
        f"'{each.text}'"
        + (f" (did you mean {' or '.join(map(repr, each.nearest))}?)" if each.nearest else "")
        for each in unknown
    )
    raise UnknownUnit(
        f"Expected every addressee and lead to be a unit or a group of units, but the registry has no {named}",
        text=unknown[0].text,
        nearest=list(unknown[0].nearest),
        units=[each.to_json() for each in unknown],
    )
