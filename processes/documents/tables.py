"""Letters and their directives: what was read, and beside it what the coordinator sets.

What was read of a directive never changes: the database refuses it. Every change of what is set is a row of the
trail.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    DDL,
    BigInteger,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    event,
    false,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Identifier, UtcDateTime
from engine.tables import keep_append_only
from processes.database import Base, JsonText

#: A number counted by the database; SQLite counts only what it calls INTEGER.
_COUNTED = BigInteger().with_variant(Integer, "sqlite")


class DocumentFile(Base):
    """A file as received, kept once however often it comes.

    Attributes:
        sha256: the digest of ``content`` in hexadecimal.
        filename: under which it came first.
        size: in bytes.
    """

    __tablename__ = "document_file"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    filename: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(Integer)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Document(Base):
    """A letter, as it was read from a file and as it goes out.

    Attributes:
        source_sha256: the original, a :class:`DocumentFile`.
        source_text: what the original says, taken apart (``SourceText`` as JSON, zstd); ``None`` for letters from
            before it was kept.
        doc_type: kind of document as printed, ``Công văn``.
        number_no: the full number and notation (``5120/UBND-HCC``); ``None`` until the letter has one.
        notation: what follows the number (``/UBND-HCC``), known even while the number is missing.
        issued_on: the day of the letter; ``None`` until it is known.
        issued_at: when its directives were issued; ``None`` if they are not.
        urgency: ``normal``, ``urgent`` or ``express``.
        reading: everything read from the letter, as JSON; the columns beside it are what holds.
        state: a :class:`processes.documents.states.DocumentState` value.
        version: counts the changes; who changes it names the version they have seen.
        created_by, edited_by, submitted_by, approved_by: keys of actors; ``edited_by`` changed it last.
        issue_round: counts how often it was issued; 1 before and at the first time.
        approval_round: counts how often it was submitted afresh; 0 before the first time.
        no_directive_reason: why a person says that it directs nothing.
    """

    __tablename__ = "document"

    id: Mapped[UUID] = mapped_column(Identifier, primary_key=True)
    source_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    source_text: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    filename: Mapped[str] = mapped_column(Text)
    doc_type: Mapped[str | None] = mapped_column(String(40))
    number_no: Mapped[str | None] = mapped_column(Text)
    notation: Mapped[str | None] = mapped_column(Text)
    issued_on: Mapped[date | None] = mapped_column(Date)
    issued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    place: Mapped[str | None] = mapped_column(Text)
    issuer: Mapped[str | None] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    urgency: Mapped[str] = mapped_column(String(16))
    signer_name: Mapped[str | None] = mapped_column(Text)
    signer_title: Mapped[str | None] = mapped_column(Text)
    signer_authority: Mapped[str | None] = mapped_column(Text)
    reading: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(16), default="draft", server_default="draft")
    version: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    created_by: Mapped[str | None] = mapped_column(String(200))
    edited_by: Mapped[str | None] = mapped_column(String(200))
    submitted_by: Mapped[str | None] = mapped_column(String(200))
    approved_by: Mapped[str | None] = mapped_column(String(200))
    issue_round: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    approval_round: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    no_directive_reason: Mapped[str | None] = mapped_column(Text)


class DocumentAttachment(Base):
    """A further file that came with a letter; ``position`` counts from 1."""

    __tablename__ = "document_attachment"

    document_id: Mapped[UUID] = mapped_column(Identifier, ForeignKey("document.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    sha256: Mapped[str] = mapped_column(String(64), ForeignKey("document_file.sha256"))
    filename: Mapped[str] = mapped_column(Text)


class Directive(Base):
    """One thing a letter orders: what was read, which stays, and ``set_…``, which the coordinator sets.

    Attributes:
        ordinal: its number as written in the letter, ``4`` or ``2.đ``; of one that was split, ``4.1``.
        position: unique in the document, from 1; ``rank`` sorts the directives as they are shown.
        text: as written, all paragraphs, without contact data.
        leads: the addressees that lead, as a JSON list of wordings: units, or groups of units.
        lead_text: the wording that names the lead, or the recipients when the directive names none.
        coordinating_units: codes of the units that cooperate, as a JSON list.
        deadline: the deadline object of DOMAIN §2.2 as JSON; ``None`` if the letter states none.
        products: the results that the letter asks for, as written.
        nature: as read, in words.
        evidence: where in the original each field was found, with confidence.
        origin: an :class:`processes.documents.states.Origin` value; ``origin_ids``: the directives it was made of.
        parent_id: the directive that it hangs under.
        state: a :class:`processes.documents.states.DirectiveState` value.
        set_leads: ``{"include": [wordings or codes], "except": [codes]}``.
        set_coordinating: codes of units.
        set_deadline: ``{"kind": "date", "date": "2026-10-15"}``, ``working_days`` with ``days``, or ``ongoing``.
        set_reporting_period: a :class:`processes.documents.states.ReportingPeriod` value.
        set_nature: a :class:`processes.documents.states.Nature` value.
        set_awaits_all: it waits for all the documents it awaits, not for the first.
        overrides: gaps of the 6 rõ check that are accepted, ``{gap: {"reason", "by", "at"}}``.
    """

    __tablename__ = "directive"
    __table_args__ = (Index(None, "document_id", "position", unique=True),)

    id: Mapped[UUID] = mapped_column(Identifier, primary_key=True)
    document_id: Mapped[UUID] = mapped_column(Identifier, ForeignKey("document.id"))
    ordinal: Mapped[str] = mapped_column(Text)
    position: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(Text)
    summary: Mapped[str] = mapped_column(String(300))
    leads: Mapped[str] = mapped_column(Text)
    coordinating_units: Mapped[str] = mapped_column(Text)
    lead_text: Mapped[str] = mapped_column(Text)
    deadline: Mapped[str | None] = mapped_column(Text)
    products: Mapped[list[str] | None] = mapped_column(JsonText)
    nature: Mapped[str | None] = mapped_column(Text)
    evidence: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    origin: Mapped[str] = mapped_column(String(16), default="read", server_default="read")
    origin_ids: Mapped[list[str] | None] = mapped_column(JsonText)
    parent_id: Mapped[UUID | None] = mapped_column(Identifier)
    rank: Mapped[str] = mapped_column(
        String(100),
        default=lambda context: rank_of(context.get_current_parameters()["position"]),
        server_default="0",
    )
    state: Mapped[str] = mapped_column(String(16), default="active", server_default="active")
    set_summary: Mapped[str | None] = mapped_column(String(300))
    set_leads: Mapped[dict[str, list[str]] | None] = mapped_column(JsonText)
    set_coordinating: Mapped[list[str] | None] = mapped_column(JsonText)
    set_deadline: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    set_reporting_period: Mapped[str | None] = mapped_column(String(16))
    set_product: Mapped[str | None] = mapped_column(Text)
    set_criterion: Mapped[str | None] = mapped_column(Text)
    set_nature: Mapped[str | None] = mapped_column(String(16))
    set_person: Mapped[str | None] = mapped_column(Text)
    set_awaits_all: Mapped[bool] = mapped_column(default=True, server_default=true())
    overrides: Mapped[dict[str, dict[str, str]] | None] = mapped_column(JsonText)


class AwaitedDocument(Base):
    """A document to come that a directive waits for, and which one it was when it came.

    Attributes:
        title: as the letter names it; ``position`` counts from 1.
        linked_id: the document that came; ``None`` while it is awaited.
    """

    __tablename__ = "awaited_document"

    directive_id: Mapped[UUID] = mapped_column(Identifier, primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    title: Mapped[str] = mapped_column(Text)
    linked_id: Mapped[UUID | None] = mapped_column(Identifier, ForeignKey("document.id"), index=True)
    linked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    linked_by: Mapped[str | None] = mapped_column(String(200))


class DocumentIssue(Base):
    """One round in which a document was issued, and whether it was undone.

    Attributes:
        units: who was reached, ``{directive id: [codes]}``, as groups stood at that moment.
        approval: ``approved`` by a leader, or ``operator``: without one, by whoever holds the machine.
        batch_id: the batch that cancelled its instances when it was undone.
    """

    __tablename__ = "document_issue"

    document_id: Mapped[UUID] = mapped_column(Identifier, ForeignKey("document.id"), primary_key=True)
    round_no: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    number_no: Mapped[str] = mapped_column(Text)
    issued_on: Mapped[date] = mapped_column(Date)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    issued_by: Mapped[str] = mapped_column(String(200))
    approval: Mapped[str] = mapped_column(String(16))
    units: Mapped[dict[str, list[str]]] = mapped_column(JsonText)
    undone: Mapped[bool] = mapped_column(default=False, server_default=false())
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by: Mapped[str | None] = mapped_column(String(200))
    undo_reason: Mapped[str | None] = mapped_column(Text)
    batch_id: Mapped[UUID | None] = mapped_column(Identifier)


class DocumentTrail(Base):
    """One change of a document: who, when, what, before, after, why. Rows are only ever added.

    Attributes:
        version: the document's after the change.
        act: a stable word, ``directive_split``.
        before, after: what changed, by field.
    """

    __tablename__ = "document_trail"
    __table_args__ = (Index(None, "document_id", "version"),)

    id: Mapped[int] = mapped_column(_COUNTED, primary_key=True)
    document_id: Mapped[UUID] = mapped_column(Identifier, ForeignKey("document.id"))
    directive_id: Mapped[UUID | None] = mapped_column(Identifier)
    version: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(200))
    act: Mapped[str] = mapped_column(String(40))
    before: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    after: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    reason: Mapped[str | None] = mapped_column(Text)


keep_append_only(DocumentTrail.__table__)  # type: ignore[arg-type]  # declared tables are tables

#: What was read of a directive.
READ_COLUMNS = (
    "document_id",
    "ordinal",
    "position",
    "text",
    "leads",
    "coordinating_units",
    "lead_text",
    "deadline",
    "products",
    "nature",
    "evidence",
    "origin",
    "origin_ids",
)

#: The trigger that keeps them.
READING_TRIGGER = "directive_reading_no_update"


def rank_of(*places: int) -> str:
    """Return the text that sorts a directive: its place, and its place within the one it is a part of."""
    return ".".join(f"{place:06d}" for place in places)


def reading_statements(dialect: str) -> list[str]:
    """Return the DDL that makes the table of directives refuse a change of what was read."""
    columns = ", ".join(READ_COLUMNS)
    refusal = "what was read of a directive does not change"
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {READING_TRIGGER} BEFORE UPDATE OF {columns} ON directive "
            f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
        ]
    return [
        "CREATE OR REPLACE FUNCTION sauro_refuse_reading() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{refusal}'; END $$",
        f"CREATE TRIGGER {READING_TRIGGER} BEFORE UPDATE OF {columns} ON directive "
        "FOR EACH ROW EXECUTE FUNCTION sauro_refuse_reading()",
    ]


for _dialect in ("sqlite", "postgresql"):
    for _statement in reading_statements(_dialect):
        _ddl = DDL(_statement)  # type: ignore[no-untyped-call]  # as the library has it
        event.listen(Directive.__table__, "after_create", _ddl.execute_if(dialect=_dialect))
