"""A letter as it was read: nothing is corrected, what is missing is ``None``, what is doubtful is a warning."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from processes.documents.deadlines import Deadline


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialDate:
    """A date of which parts may be missing."""

    year: int | None = None
    month: int | None = None
    day: int | None = None

    @property
    def whole(self) -> dt.date | None:
        """The date, if nothing is missing and there is such a day."""
        if self.year is None or self.month is None or self.day is None:
            return None
        try:
            return dt.date(self.year, self.month, self.day)
        except ValueError:
            return None

    def to_json(self) -> dict[str, Any]:
        """Return the parts."""
        return {"year": self.year, "month": self.month, "day": self.day}


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """One entry of *Kính gửi*.

    Attributes:
        kind: ``unit``, ``group``, ``list`` (one prefix for several names) or ``unknown``.
        code: of a unit.
        nearest: for an unknown one, the names it may mean.
    """

    text: str
    kind: str
    code: str | None = None
    nearest: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the keys that say something."""
        found: dict[str, Any] = {"text": self.text, "kind": self.kind}
        if self.code is not None:
            found["code"] = self.code
        if self.kind == "unknown":
            found["nearest"] = list(self.nearest)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Another document that the letter names: by number, or by title while it has none."""

    number: str | None = None
    date: dt.date | None = None
    issuer: str | None = None
    title: str | None = None
    status: str | None = None
    in_item: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the keys of its sort."""
        found: dict[str, Any]
        if self.title is not None:
            found = {"title": self.title, "status": self.status}
        else:
            found = {"number": self.number, "date": None if self.date is None else self.date.isoformat()}
            if self.issuer is not None:
                found["issuer"] = self.issuer
        return found if self.in_item is None else {**found, "in_item": self.in_item}


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Who signed, in which office and on whose behalf (``KT. CHỦ TỊCH``)."""

    name: str | None
    title: str | None
    authority: str | None

    def to_json(self) -> dict[str, Any]:
        """Return all three."""
        return {"name": self.name, "title": self.title, "authority": self.authority}


@dataclass(frozen=True, slots=True, kw_only=True)
class Typo:
    """A word that is probably meant otherwise; the text keeps what was found."""

    found: str
    suggest: str

    def to_json(self) -> dict[str, Any]:
        """Return the finding; the original must stay."""
        return {"found": self.found, "suggest": self.suggest, "must_not_silently_change_original": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """The last sentence of the body."""

    text: str
    typo: Typo | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the sentence and what is doubtful in it."""
        found: dict[str, Any] = {"text": self.text}
        return found if self.typo is None else {**found, "typo": self.typo.to_json()}


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectiveReading:
    """One item, or one lettered point that has its own lead or time.

    Attributes:
        ordinal: ``4``, ``II.2`` or ``2.đ``.
        paragraphs: as written, without contact data.
        leads: wordings of the units or groups that lead; empty if every recipient does.
        lead_codes: the codes of those that are units.
        by_head: the item lays the duty on the head of each recipient.
    """

    ordinal: str
    paragraphs: tuple[str, ...]
    leads: tuple[str, ...] = ()
    lead_codes: tuple[str, ...] = ()
    coordinate: tuple[str, ...] = ()
    by_head: bool = False
    deadline: Deadline | None = None
    nature: str = "continuous"
    indicators: tuple[str, ...] = ()
    contact_removed: bool = False

    @property
    def text(self) -> str:
        """All paragraphs."""
        return "\n".join(self.paragraphs)

    def to_json(self) -> dict[str, Any]:
        """Return the keys that say something."""
        named = list(self.lead_codes or self.leads)
        lead: Any = "every recipient (head)" if self.by_head else "every recipient"
        if named:
            lead = named[0] if len(named) == 1 else named
        found: dict[str, Any] = {
            "ordinal": self.ordinal,
            "paragraphs": len(self.paragraphs),
            "first_12_words": _first_words(self.paragraphs[0]),
            "text": self.text,
            "lead": lead,
            "deadline": None if self.deadline is None else self.deadline.to_json(),
            "nature": self.nature,
        }
        if self.coordinate:
            found["coordinate"] = list(self.coordinate)
        if self.indicators:
            found["indicators"] = list(self.indicators)
        if len(self.paragraphs) > 1:
            found["second_paragraph_first_12_words"] = _first_words(self.paragraphs[1])
            found["split_suggestion"] = [
                f"{self.ordinal} (¶{number})" for number in range(1, len(self.paragraphs) + 1)
            ]
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterReading:
    """A whole letter.

    Attributes:
        number: the full number and notation; ``suffix`` is what follows the number (``/UBND-HCC``).
        proposed: number and day that a signing tool stamped elsewhere, to be confirmed.
        assigning_verb: ``đề nghị`` asks, ``yêu cầu`` orders.
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

    @property
    def issued_on(self) -> dt.date | None:
        """The day of the letter, if it is written in it."""
        return self.date.whole

    @property
    def drafting_unit(self) -> str | None:
        """The unit that drafted it, by the end of its notation."""
        return self.suffix.rpartition("-")[2] if self.suffix and "-" in self.suffix else None

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
            "warnings": list(self.warnings),
        }


def _first_words(text: str) -> str:
    return " ".join(text.split()[:12])
