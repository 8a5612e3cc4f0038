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
class UnknownName:
    """A name that the registry does not have, and those that it may mean."""

    text: str
    nearest: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return both."""
        return {"text": self.text, "nearest": list(self.nearest)}


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
    """One item, or one lettered point that has its own lead or time, or stands under a heading.

    Attributes:
        ordinal: ``4``, ``II.2`` or ``2.đ``.
        paragraphs: as written, without contact data.
        leads: wordings of the units or groups that lead; empty if every recipient does.
        lead_codes: the codes of those that are units.
        coordinate: codes of the units that cooperate, groups expanded.
        lead_shown: units by code, groups by name; ``coordinate_shown`` likewise.
        by_head: the item lays the duty on the head of each recipient.
        outside: a body outside the city's administration that is asked; nothing can be assigned to it.
        is_request: it asks (``Đề nghị``) where others order.
        unknown: who is told to lead, if the registry has no such unit.
        heading: what stands above it in the item.
        target: of its one indicator, ``>= 98%``.
        gap: which letters are missing before it.
    """

    ordinal: str
    paragraphs: tuple[str, ...]
    leads: tuple[str, ...] = ()
    lead_codes: tuple[str, ...] = ()
    coordinate: tuple[str, ...] = ()
    lead_shown: tuple[str, ...] = ()
    coordinate_shown: tuple[str, ...] = ()
    outside: str | None = None
    is_request: bool = False
    unknown: UnknownName | None = None
    heading: str | None = None
    target: str | None = None
    gap: str = ""
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
        found: dict[str, Any] = {
            "ordinal": self.ordinal,
            "paragraphs": len(self.paragraphs),
            "first_12_words": _first_words(self.paragraphs[0]),
            "text": self.text,
            "lead": self._lead(),
            "deadline": None if self.deadline is None else self.deadline.to_json(),
            "nature": self.nature,
        }
        if self.coordinate_shown:
            found["coordinate"] = list(self.coordinate_shown)
        if self.indicators:
            found["indicators"] = list(self.indicators)
        if self.target is not None:
            found["indicator"] = {"name": self.indicators[0], "target": self.target}
        if self.heading is not None:
            found["heading"] = self.heading
        if self.is_request:
            found["kind"] = "request"
        if self.gap:
            found["warning"] = self.gap
        if self.unknown is not None:
            found["unknown"] = self.unknown.to_json()
        if len(self.paragraphs) > 1:
            found["second_paragraph_first_12_words"] = _first_words(self.paragraphs[1])
            found["split_suggestion"] = [
                f"{self.ordinal} (¶{number})" for number in range(1, len(self.paragraphs) + 1)
            ]
        return found

    def _lead(self) -> Any:
        if self.outside is not None:
            return self.outside
        if self.unknown is not None:
            return None
        if self.lead_shown:
            return self.lead_shown[0] if len(self.lead_shown) == 1 else list(self.lead_shown)
        return "every recipient (head)" if self.by_head else "every recipient"


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
        }


def _first_words(text: str) -> str:
    return " ".join(text.split()[:12])
