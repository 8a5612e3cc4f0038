"""Keeps letters and their directives; the same file is kept once."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Self
from uuid import UUID

import orjson
import zstandard
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine import clock
from engine.ids import derived_id
from processes.documents.deadlines import Deadline
from processes.documents.reading.letter import DirectiveReading, LetterReading
from processes.documents.source.blocks import SourceText
from processes.documents.states import DirectiveState, DocumentState, Origin
from processes.documents.tables import (
    AwaitedDocument,
    Directive,
    Document,
    DocumentAttachment,
    DocumentFile,
    rank_of,
)
from processes.units.registry import UnknownUnit

#: The length of a summary, the mark of what was cut included.
SUMMARY_LENGTH = 300
_CUT = "…"


#: Media types by the ending of a file's name; anything else is bytes.
MEDIA_TYPES: Mapping[str, str] = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".edxml": "application/xml",
    ".md": "text/markdown",
    ".pdf": "application/pdf",
    ".txt": "text/plain",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xml": "application/xml",
}
_UNKNOWN_MEDIA = "application/octet-stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """A file as received.

    Attributes:
        text: what it says, taken apart (``SourceText`` as JSON); ``None`` if nobody took it apart.
        attachments: further files that came with it, as (file name, content).
    """

    content: bytes
    filename: str
    text: Mapping[str, Any] | None = None
    attachments: Sequence[tuple[str, bytes]] = ()

    @classmethod
    def taken_apart(cls, source: SourceText, *, content: bytes, filename: str) -> Self:
        """Return a file with what it says; its attachments are files of their own."""
        return cls(
            content=content,
            filename=filename,
            text={name: value for name, value in source.to_json().items() if name != "attachments"},
            attachments=[(each.filename, each.content) for each in source.attachments],
        )

    @property
    def sha256(self) -> str:
        """The digest of the content, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


def save_reading(
    session: Session, reading: LetterReading, *, source: bytes, filename: str, created_by: str | None = None
) -> Document:
    """Keep a letter and return it; the same bytes a second time return what was kept, unchanged.

    What is asked of bodies outside the registry stays in the reading; it becomes no directive. The caller commits.

    Args:
        source: the file as received; its digest is the letter's identity.
        created_by: key of who keeps it.

    Raises:
        UnknownUnit: the letter names an addressee or a lead that the registry does not have.
    """
    kept = find_document(session, source)
    if kept is not None:
        return kept
    _refuse_unknown(reading)
    return keep(session, reading, Original(content=source, filename=filename), created_by=created_by)


def keep(
    session: Session, reading: LetterReading, original: Original, *, created_by: str | None = None
) -> Document:
    """Keep a letter, its files and its directives, whatever the registry has of it; return it.

    The same bytes return what was kept, unchanged. The caller commits.
    """
    kept = session.get(Document, derived_id("document", original.sha256))
    if kept is not None:
        return kept
    document = _document(reading, original, created_by)
    try:
        with session.begin_nested():
            keep_file(session, original.content, original.filename)
            session.add(document)
            session.flush()
            _keep_attachments(session, document, original)
            keep_directives(session, document, reading)
    except IntegrityError:
        # Another transaction kept the same file in the meantime.
        kept = session.get(Document, document.id)
        if kept is None:
            raise
        return kept
    return document


def keep_directives(session: Session, document: Document, reading: LetterReading) -> None:
    """Keep what a letter orders, as read, and the documents that its directives wait for."""
    directives = _directives(document.id, reading)
    session.add_all(directives)
    for directive in directives:
        planned = [
            each.title
            for each in reading.other_references
            if each.in_item == directive.ordinal and each.status is not None and each.title is not None
        ]
        session.add_all(
            AwaitedDocument(directive_id=directive.id, position=position, title=title)
            for position, title in enumerate(planned, 1)
        )
    session.flush()


def keep_file(session: Session, content: bytes, filename: str) -> DocumentFile:
    """Keep a file under its digest, or return it as it was kept before."""
    digest = hashlib.sha256(content).hexdigest()
    kept = session.get(DocumentFile, digest)
    if kept is None:
        kept = DocumentFile(
            sha256=digest,
            filename=filename,
            media_type=MEDIA_TYPES.get(PurePath(filename).suffix.lower(), _UNKNOWN_MEDIA),
            size=len(content),
            content=content,
            received_at=clock.now(),
        )
        session.add(kept)
        session.flush()
    return kept


def original_of(session: Session, document: Document) -> DocumentFile:
    """Return the file that a letter was read from."""
    return session.get_one(DocumentFile, document.source_sha256)


def attachments_of(session: Session, document_id: UUID) -> Sequence[DocumentAttachment]:
    """Return the further files that came with a letter, in their order."""
    return session.scalars(
        select(DocumentAttachment)
        .where(DocumentAttachment.document_id == document_id)
        .order_by(DocumentAttachment.position)
    ).all()


def source_text_of(document: Document) -> dict[str, Any] | None:
    """Return what the original says, taken apart (``SourceText`` as JSON); ``None`` if it was not kept."""
    if document.source_text is None:
        return None
    found: dict[str, Any] = orjson.loads(zstandard.decompress(document.source_text))
    return found


def find_document(session: Session, source: bytes) -> Document | None:
    """Return the letter kept from these bytes, if there is one."""
    return session.get(Document, derived_id("document", hashlib.sha256(source).hexdigest()))


def draft(reading: LetterReading, *, source: bytes, filename: str) -> tuple[Document, list[Directive]]:
    """Return a letter and its directives as they would be kept; nothing is written.

    Raises:
        UnknownUnit: the letter names an addressee or a lead that the registry does not have.
    """
    _refuse_unknown(reading)
    document = _document(reading, Original(content=source, filename=filename), None)
    return document, _directives(document.id, reading)


def directives_of(session: Session, document_id: UUID) -> list[Directive]:
    """Return a letter's directives in its order, whatever their state; empty if there is no such letter."""
    wanted = (
        select(Directive)
        .where(Directive.document_id == document_id)
        .order_by(Directive.rank, Directive.position)
    )
    return list(session.scalars(wanted))


def summary_of(text: str) -> str:
    """Return the beginning of a text, cut between words."""
    words = " ".join(text.split())
    if len(words) <= SUMMARY_LENGTH:
        return words
    cut = words[: SUMMARY_LENGTH - len(_CUT) + 1].rpartition(" ")[0] or words[: SUMMARY_LENGTH - len(_CUT)]
    return cut.rstrip(" ,;:.") + _CUT


def fill_envelope(document: Document, reading: LetterReading) -> None:
    """Set a document's columns to what was read of it."""
    signer = reading.signer
    document.doc_type = reading.doc_type[:40]
    document.number_no = reading.number
    document.notation = reading.suffix
    document.issued_on = reading.issued_on
    document.place = reading.place
    document.issuer = reading.issuer
    document.subject = reading.subject or ""
    document.urgency = reading.urgency
    document.signer_name = None if signer is None else signer.name
    document.signer_title = None if signer is None else signer.title
    document.signer_authority = None if signer is None else signer.authority
    document.reading = orjson.dumps(reading.to_json()).decode()


def packed_text(text: Mapping[str, Any] | None) -> bytes | None:
    """Return a text that was taken apart as it is kept."""
    return None if text is None else zstandard.compress(orjson.dumps(text))


def _document(reading: LetterReading, original: Original, created_by: str | None) -> Document:
    digest = original.sha256
    document = Document(
        id=derived_id("document", digest),
        source_sha256=digest,
        source_text=packed_text(original.text),
        filename=original.filename,
        created_at=clock.now(),
        created_by=created_by,
        issued_at=None,
        issue_round=1,
        version=1,
        state=DocumentState.DRAFT,
    )
    fill_envelope(document, reading)
    return document


def _keep_attachments(session: Session, document: Document, original: Original) -> None:
    for position, (filename, content) in enumerate(original.attachments, 1):
        file = keep_file(session, content, filename)
        session.add(
            DocumentAttachment(
                document_id=document.id, position=position, sha256=file.sha256, filename=filename
            )
        )


def _directives(document_id: UUID, reading: LetterReading) -> list[Directive]:
    everyone = [recipient.text for recipient in reading.recipients]
    given = [directive for directive in reading.directives if directive.outside is None]
    directives = [
        _directive(document_id, position, directive, everyone) for position, directive in enumerate(given, 1)
    ]
    by_ordinal = {directive.ordinal: directive.id for directive in directives}
    for directive, read in zip(directives, given, strict=True):
        directive.parent_id = by_ordinal.get(str(read.to_json().get("parent")))
    return directives


def _directive(
    document_id: UUID, position: int, directive: DirectiveReading, everyone: Sequence[str]
) -> Directive:
    named = [*directive.leads, *([directive.unknown.text] if directive.unknown is not None else [])]
    leads = named or list(everyone)
    deadline = directive.deadline
    read = directive.to_json()
    return Directive(
        id=derived_id("directive", document_id, position),
        document_id=document_id,
        ordinal=directive.ordinal,
        position=position,
        rank=rank_of(position),
        text=directive.text,
        summary=summary_of(directive.paragraphs[0]),
        leads=orjson.dumps(leads).decode(),
        coordinating_units=orjson.dumps(list(directive.coordinate)).decode(),
        lead_text="; ".join(leads),
        deadline=None if deadline is None else orjson.dumps(_kept(deadline)).decode(),
        products=read.get("products") or None,
        nature=directive.nature,
        evidence=_evidence(read),
        origin=Origin.READ,
        state=DirectiveState.ACTIVE,
    )


def _evidence(read: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return where each field was found and how sure that is, by field."""
    confidence = read.get("confidence") or {}
    found = {
        name: {**each, **({"confidence": confidence[name]} if name in confidence else {})}
        for name, each in (read.get("evidence") or {}).items()
    }
    return found or None


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
