"""What was understood of the envelope, how sure that is, and from which words; warnings in sentences."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from processes.documents.tables import Document
from web.intake.original import OriginalText
from web.intake.vocabulary import urgency_label
from web.language import gettext
from web.typography import day

#: From which confidence on a reading counts as sure, and from which as likely.
SURE, LIKELY = 0.9, 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class Confidence:
    """How sure a reading is; ``tone`` is shown beside words, never alone."""

    share: int
    words: str
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of the envelope.

    Attributes:
        key: the anchor of the field, without ``f-``.
        value: as it holds; empty if nobody knows it.
        given: it was set by a person and differs from what was read.
        quote: the words it was read from; ``anchor``: where they stand in the original.
    """

    key: str
    label: str
    value: str
    given: bool = False
    confidence: Confidence | None = None
    inferred: bool = False
    quote: str = ""
    anchor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """Number and day that a signing tool printed elsewhere; ``day`` is empty if the year is missing."""

    number: str
    day: str
    words: str


def confidence_of(value: float | None) -> Confidence | None:
    """Return how sure a confidence from 0 to 1 is, in words."""
    if value is None:
        return None
    share = round(100 * value)
    if value >= SURE:
        return Confidence(share=share, words=gettext("sure"), tone="done")
    if value >= LIKELY:
        return Confidence(share=share, words=gettext("likely"), tone="now")
    return Confidence(share=share, words=gettext("to be checked"), tone="soon")


def envelope_fields(
    document: Document, reading: Mapping[str, Any], original: OriginalText
) -> Sequence[Field]:
    """Return the fields of the envelope in the order of a letter; each leaves its mark in the original."""
    return list(_fields(document, reading, original))


def _fields(document: Document, reading: Mapping[str, Any], original: OriginalText) -> Iterator[Field]:
    signer = reading.get("signer") or {}
    rows: tuple[tuple[str, str, str, str], ...] = (
        ("number", gettext("Number"), document.number_no or "", reading.get("number") or ""),
        ("date", gettext("Day of issue"), _day(document.issued_on), _day(reading.get("date"))),
        ("doc_type", gettext("Kind of document"), document.doc_type or "", reading.get("doc_type") or ""),
        ("issuer", gettext("Issuer"), document.issuer or "", reading.get("issuer") or ""),
        ("place", gettext("Place"), document.place or "", reading.get("place") or ""),
        ("subject", gettext("What it is about"), document.subject, reading.get("subject") or ""),
        (
            "urgency",
            gettext("Urgency"),
            urgency_label(document.urgency),
            urgency_label(str(reading.get("urgency", "normal"))),
        ),
        (
            "signer",
            gettext("Signed by"),
            _signer(document.signer_authority, document.signer_title, document.signer_name),
            _signer(signer.get("authority"), signer.get("title"), signer.get("name")),
        ),
    )
    for key, label, value, read in rows:
        yield _field(key, label, value, read, reading, original)
    recipients = "; ".join(str(each["text"]) for each in reading.get("recipients") or ())
    yield _field("recipients", gettext("Addressees"), recipients, recipients, reading, original)


def _field(
    key: str, label: str, value: str, read: str, reading: Mapping[str, Any], original: OriginalText
) -> Field:
    evidence: Mapping[str, Any] = (reading.get("evidence") or {}).get(key) or {}
    given = bool(value) and value != read
    anchor = original.anchor_of(evidence.get("place")) or (original.find(read) if read else None)
    if value or read:
        original.mention(anchor, f"f-{key}", label)
    return Field(
        key=key,
        label=label,
        value=value,
        given=given,
        confidence=None if given else confidence_of((reading.get("confidence") or {}).get(key)),
        inferred=not given
        and bool(evidence.get("inferred") or (key == "issuer" and reading.get("issuer_inferred"))),
        quote=str(evidence.get("quote", "")),
        anchor=anchor,
    )


def _day(value: date | str | None) -> str:
    return day(value) if value else ""


def _signer(*parts: str | None) -> str:
    return ", ".join(part for part in parts if part)


def stamp_of(document: Document, reading: Mapping[str, Any]) -> Stamp | None:
    """Return the number and day that can be taken over by one click; ``None`` if there is nothing to propose."""
    number = reading.get("proposed_number") if document.number_no is None else None
    proposed: Mapping[str, Any] = reading.get("proposed_date") or {}
    parts = [proposed.get(part) for part in ("year", "month", "day")]
    said = reading.get("date_partial") or {}
    year, month, on = (
        parts[at] if parts[at] is not None else said.get(part)
        for at, part in enumerate(("year", "month", "day"))
    )
    found = ""
    if document.issued_on is None and None not in (year, month, on):
        try:
            found = date(int(year), int(month), int(on)).isoformat()  # type: ignore[arg-type]  # none is None
        except ValueError:
            found = ""
    if not number and not found:
        return None
    words = [gettext("number %(number)s", number=number)] if number else []
    words += [gettext("day %(day)s", day=day(found))] if found else []
    return Stamp(number=number or "", day=found, words=", ".join(words))


#: What a warning of the reader says, as a pattern of its words, and the sentence for people.
_WARNINGS: Sequence[tuple[re.Pattern[str], Callable[[re.Match[str]], str]]] = (
    (re.compile(r"missing number"), lambda _: gettext("The number is missing.")),
    (re.compile(r"missing (?:day|month|year)"), lambda _: gettext("The day is not complete.")),
    (re.compile(r"missing subject"), lambda _: gettext("The subject is missing.")),
    (
        re.compile(r"issuer block and quốc hiệu absent"),
        lambda _: gettext("The head with issuer and state title is missing; the issuer was concluded."),
    ),
    (re.compile(r"quốc hiệu absent"), lambda _: gettext("The state title is missing.")),
    (
        re.compile(r"addressees taken from 'Nơi nhận'"),
        lambda _: gettext("There are no addressees; those of the distribution list were taken."),
    ),
    (re.compile(r"missing addressees"), lambda _: gettext("There are no addressees.")),
    (
        re.compile(r"unknown addressee '(?P<name>.+?)'(?:; did you mean (?P<meant>.+)\?)?"),
        lambda found: _unknown(gettext("The registry has no “%(name)s”.", name=found["name"]), found),
    ),
    (
        re.compile(r"unknown lead '(?P<name>.+?)' in item (?P<item>\S+?)(?:; did you mean (?P<meant>.+)\?)?"),
        lambda found: _unknown(
            gettext("Item %(item)s: the registry has no “%(name)s”.", item=found["item"], name=found["name"]),
            found,
        ),
    ),
    (
        re.compile(r"markdown emphasis stripped in .+"),
        lambda _: gettext("Signs for bold and slanted letters were left out."),
    ),
    (re.compile(r"no directive found"), lambda _: gettext("No directive was found.")),
    (
        re.compile(r"item (?P<missing>.+) missing before (?P<item>\S+)"),
        lambda found: gettext(
            "Item %(missing)s is missing before %(item)s.", missing=found["missing"], item=found["item"]
        ),
    ),
    (
        re.compile(r"item (?P<item>\S+) has \S+ paragraphs"),
        lambda found: gettext("Item %(item)s has several paragraphs; it may be split.", item=found["item"]),
    ),
    (
        re.compile(r"item (?P<item>\S+) asks a body outside the registry: nothing to assign"),
        lambda found: gettext(
            "Item %(item)s asks a body outside the city; nothing can be assigned to it.", item=found["item"]
        ),
    ),
    (
        re.compile(r"contact data left out of item (?P<item>\S+)"),
        lambda found: gettext(
            "Names and telephone numbers of contacts were left out of item %(item)s.", item=found["item"]
        ),
    ),
    (re.compile(r"no deadline anywhere"), lambda _: gettext("No item states a deadline.")),
    (
        re.compile(r"typo (?P<found>.+)/(?P<suggest>.+)"),
        lambda found: gettext(
            "“%(found)s” may be meant as “%(suggest)s”; the original stays.",
            found=found["found"],
            suggest=found["suggest"],
        ),
    ),
)


def _unknown(said: str, found: re.Match[str]) -> str:
    if not found["meant"]:
        return said
    meant = found["meant"].replace("'", "").split(" or ")
    return said + " " + gettext("Perhaps meant: %(names)s.", names=", ".join(meant))


def warning_sentences(warnings: Sequence[str]) -> list[str]:
    """Return the warnings of a reading as people read them, each once; one without a sentence as it is."""
    return list(dict.fromkeys(map(_sentence, warnings)))


def _sentence(warning: str) -> str:
    for pattern, words in _WARNINGS:
        found = pattern.fullmatch(warning)
        if found is not None:
            return words(found)
    return warning
