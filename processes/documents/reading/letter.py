"""A letter as it was read: nothing is corrected, what is missing is ``None``, what is doubtful is a warning."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from processes.documents.reading.directive import DirectiveReading
from processes.documents.reading.evidence import Evidence, to_json
from processes.documents.reading.typos import Slip
from processes.documents.reading.values import (
    Addressee,
    Closing,
    PartialDate,
    Reference,
    Signer,
    Typo,
    UnknownName,
)

__all__ = [
    "Addressee",
    "Closing",
    "DirectiveReading",
    "LetterReading",
    "PartialDate",
    "Reference",
    "Signer",
    "Typo",
    "UnknownName",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterReading:
    """A whole letter.

    Attributes:
        number: the full number and notation; ``suffix`` is what follows the number (``/UBND-HCC``).
        needs_answer: no directive was found; a person has to say whether that is so.
        proposed: number and day that a signing tool stamped elsewhere, to be confirmed.
        assigning_verb: ``đề nghị`` asks, ``yêu cầu`` orders.
        signers: everybody who signed, ``signer`` first.
        urges: it reminds of what was asked before; ``refers_to`` are the numbers of those documents.
        secrecy: ``Mật`` and the like, as printed.
        typos: words that are probably meant otherwise, with their places in the source.
        source_format, source_remarks: what the file was, and what was left alone in it.
        evidence: what each field was read from.
    """

    source: str
    doc_type: str
    number: str | None
    suffix: str | None
    date: PartialDate
    place: str | None
    issuer: str | None
    issuer_inferred: bool
    decided_by: str | None
    assigning_verb: str | None
    purpose: str | None
    urgency: str
    subject: str | None
    recipients: tuple[Addressee, ...]
    legal_bases: tuple[Reference, ...]
    other_references: tuple[Reference, ...]
    directives: tuple[DirectiveReading, ...]
    six_clear_labels: tuple[str, ...]
    closing: Closing | None
    cc: tuple[str, ...]
    signer: Signer | None
    proposed: PartialDate | None
    proposed_number: str | None
    warnings: tuple[str, ...]
    signers: tuple[Signer, ...] = ()
    urges: bool = False
    refers_to: tuple[str, ...] = ()
    secrecy: str | None = None
    needs_answer: bool = False
    typos: tuple[Slip, ...] = ()
    source_format: str | None = field(default=None, compare=False)
    source_remarks: tuple[Mapping[str, Any], ...] = ()
    evidence: Mapping[str, Evidence] = field(default_factory=dict, compare=False)

    @property
    def issued_on(self) -> dt.date | None:
        """The day of the letter, if it is written in it."""
        return self.date.whole

    @property
    def drafting_unit(self) -> str | None:
        """The unit that drafted it: by the end of a công văn's notation, else by the entry ``Lưu: VT, HCC``."""
        if self.doc_type == "Công văn" and self.suffix and "-" in self.suffix:
            return self.suffix.rpartition("-")[2]
        filed = next((entry for entry in self.cc if entry.startswith("Lưu")), "")
        return filed.rpartition(",")[2].strip() or None if "," in filed else None

    @property
    def unknown_names(self) -> tuple[UnknownName, ...]:
        """Addressees and leads that the registry does not have."""
        addressees = (
            UnknownName(text=each.text, nearest=each.nearest)
            for each in self.recipients
            if each.kind == "unknown"
        )
        leads = (each.unknown for each in self.directives if each.unknown is not None)
        return (*addressees, *leads)

    def to_json(self) -> dict[str, Any]:
        """Return the whole reading as JSON values."""
        day = self.issued_on
        return {
            "source": self.source,
            "doc_type": self.doc_type,
            "number": self.number,
            "number_suffix": self.suffix,
            "date": None if day is None else day.isoformat(),
            "date_partial": self.date.to_json(),
            "proposed_number": self.proposed_number,
            "proposed_date": None if self.proposed is None else self.proposed.to_json(),
            "place": self.place,
            "issuer": self.issuer,
            "issuer_inferred": self.issuer_inferred,
            "decided_by": self.decided_by,
            "assigning_verb": self.assigning_verb,
            "purpose": self.purpose,
            "drafting_unit": self.drafting_unit,
            "urgency": self.urgency,
            "subject": self.subject,
            "recipients": [each.to_json() for each in self.recipients],
            "legal_bases": [each.to_json() for each in self.legal_bases],
            "other_references": [each.to_json() for each in self.other_references],
            "directives": [each.to_json() for each in self.directives],
            "six_clear_labels": list(self.six_clear_labels),
            "closing": None if self.closing is None else self.closing.to_json(),
            "cc": list(self.cc),
            "signer": None if self.signer is None else self.signer.to_json(),
            "unknown_units": [each.to_json() for each in self.unknown_names],
            "warnings": list(self.warnings),
            "needs_answer": self.needs_answer,
            "urges": self.urges,
            "refers_to": list(self.refers_to),
            "secrecy": self.secrecy,
            "typos": [each.to_json() for each in self.typos],
            "signers": [each.to_json() for each in self.signers],
            "source_format": self.source_format,
            "source_remarks": [dict(each) for each in self.source_remarks],
            **to_json(self.evidence),
        }
