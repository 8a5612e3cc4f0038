"""Letters and their directives."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, ForeignKey, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Identifier, UtcDateTime
from processes.database import Base


class Document(Base):
    """A letter as it was read from a file.

    Attributes:
        source: the bytes of the file, exactly as received; ``source_sha256`` is their digest in hexadecimal.
        number_no: the full number and notation (``5120/UBND-HCC``); ``None`` until the letter has one.
        notation: what follows the number (``/UBND-HCC``), known even while the number is missing.
        issued_on: the day of the letter; ``None`` until it is known.
        issued_at: when its directives were issued; ``None`` for a draft.
        urgency: ``normal``, ``urgent`` or ``express``.
        reading: everything read from the letter, as JSON.
    """

    __tablename__ = "document"

    id: Mapped[UUID] = mapped_column(Identifier, primary_key=True)
    source_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    source: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    filename: Mapped[str] = mapped_column(Text)
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


class Directive(Base):
    """One thing a letter orders.

    Attributes:
        ordinal: its number as written in the letter, ``4`` or ``2.đ``; ``position`` is its place, from 1.
        text: as written, all paragraphs, without contact data.
        leads: the addressees that lead, as a JSON list of wordings: units, or groups of units.
        lead_text: the wording that names the lead, or the recipients when the directive names none.
        coordinating_units: codes of the units that cooperate, as a JSON list.
        deadline: the deadline object of DOMAIN §2.2 as JSON; ``None`` if the letter states none.
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
