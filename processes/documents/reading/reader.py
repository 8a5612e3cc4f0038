"""Reads a whole letter."""

import datetime as dt
import re
from calendar import monthrange
from collections.abc import Iterator, Sequence

from processes.documents.deadlines import find_deadline
from processes.documents.errors import NoLetterFound
from processes.documents.reading.contacts import without_contacts
from processes.documents.reading.envelope import (
    Heading,
    find_stamp,
    read_cc,
    read_heading,
    read_recipients,
    read_signer,
    split_parts,
)
from processes.documents.reading.items import Item, divide_body
from processes.documents.reading.leads import find_leads
from processes.documents.reading.letter import (
    Closing,
    DirectiveReading,
    LetterReading,
    PartialDate,
    Reference,
)
from processes.documents.reading.nature import nature_of
from processes.documents.reading.references import (
    indicators,
    numbered_references,
    six_clear_labels,
    titled_references,
)
from processes.documents.reading.text import read_text
from processes.documents.reading.typos import find_typo
from processes.documents.reading.warnings import find_warnings
from processes.units.registry import UnitRegistry

_ASSIGNS = re.compile(
    r"(?:^|[,;]\s*)(?P<who>[^,;]*?)\s+(?P<verb>đề nghị|yêu cầu|giao|chỉ đạo)\s", re.IGNORECASE
)
_PURPOSE = re.compile(r"^(?:Nhằm|Để)\s", re.IGNORECASE)
_BY_HEAD = re.compile(r"^(?:[^,;]*\s)?người đứng đầu\b", re.IGNORECASE)


def read_letter(content: bytes, filename: str, registry: UnitRegistry) -> LetterReading:
    """Return what a .txt or .docx file says as an official letter.

    Nothing is corrected or made up: a missing number or day stays ``None`` and becomes a warning.

    Args:
        registry: the units by whose names addressees and leads are recognised.

    Raises:
        LetterUnreadable: the file cannot be read, or holds no letter.
    """
    lines = read_text(content, filename)
    parts = split_parts(lines)
    heading = read_heading(parts.heading)
    body = divide_body(parts.body)
    if heading.suffix is None and heading.number is None and not parts.addressed and not body.items:
        raise NoLetterFound(
            "Expected an official letter, but the text has no number, no 'Kính gửi' and no numbered item",
            filename=filename,
        )
    opening = " ".join(body.opening)
    assigned = list(_ASSIGNS.finditer(opening))
    decided_by = assigned[-1]["who"].strip() if assigned else None
    legal_bases = tuple(numbered_references(opening))
    directives = tuple(_directives(body.items, registry, heading.date))
    stamp = find_stamp(lines) if heading.number is None else None
    text = " ".join(line.text for line in lines)
    issuer = heading.issuer or _inferred_issuer(heading, text)
    return LetterReading(
        source=filename,
        doc_type="Công văn",
        number=heading.number,
        suffix=heading.suffix,
        date=heading.date,
        place=heading.place,
        issuer=issuer,
        issuer_inferred=heading.issuer is None and issuer is not None,
        decided_by=decided_by,
        assigning_verb=assigned[-1]["verb"].lower() if assigned else None,
        purpose=next((line for line in body.opening if _PURPOSE.match(line)), None),
        urgency=heading.urgency,
        subject=heading.subject,
        recipients=read_recipients(parts.recipients, registry),
        legal_bases=legal_bases,
        other_references=tuple(_other_references(body.items, legal_bases)),
        directives=directives,
        six_clear_labels=six_clear_labels(text),
        closing=None if body.closing is None else Closing(text=body.closing, typo=find_typo(body.closing)),
        cc=read_cc(parts.cc),
        signer=read_signer(parts.signature),
        proposed_number=None if stamp is None else f"{stamp[0]}{heading.suffix or ''}",
        proposed=None if stamp is None else stamp[1],
        warnings=find_warnings(parts, heading, body, directives),
    )


def last_day_of(day: PartialDate) -> dt.date:
    """Return the letter's day, or the last that it can be; groups are expanded on it while parts are missing."""
    if day.whole is not None:
        return day.whole
    if day.year is None:
        return dt.date.max
    month = day.month or 12
    return dt.date(day.year, month, monthrange(day.year, month)[1])


def _directives(
    items: Sequence[Item], registry: UnitRegistry, day: PartialDate
) -> Iterator[DirectiveReading]:
    on = last_day_of(day)
    for item in items:
        own = _directive(item.ordinal, item.everything, item.section, registry, day, on)
        points = [
            _directive(f"{item.ordinal}.{point.letter}", point.paragraphs, None, registry, day, on)
            for point in item.points
        ]
        if any(point.leads or point.deadline for point in points):
            yield from (_inheriting(point, item, registry, day, on) for point in points)
        else:
            yield own


def _directive(
    ordinal: str,
    written: Sequence[str],
    section: str | None,
    registry: UnitRegistry,
    day: PartialDate,
    on: dt.date,
) -> DirectiveReading:
    paragraphs = tuple(text for each in written if (text := without_contacts(each))) or (written[0],)
    text = "\n".join(paragraphs)
    leads = find_leads(paragraphs[0], registry, on=on)
    if not leads.leads and section is not None:
        leads = find_leads(section, registry, on=on)
    deadline = find_deadline(text, issued_on=day.whole, year=day.year)
    rates = indicators(text)
    planned = tuple(each for each in titled_references(text, in_item=ordinal) if each.status is not None)
    return DirectiveReading(
        ordinal=ordinal,
        paragraphs=paragraphs,
        leads=leads.leads,
        lead_codes=leads.lead_codes,
        coordinate=leads.coordinate,
        by_head=not leads.leads and _BY_HEAD.match(paragraphs[0]) is not None,
        deadline=deadline,
        nature=nature_of(text, planned=planned, indicators=rates, deadline=deadline),
        indicators=rates,
        contact_removed=paragraphs != tuple(written),
    )


def _inheriting(
    point: DirectiveReading, item: Item, registry: UnitRegistry, day: PartialDate, on: dt.date
) -> DirectiveReading:
    """Give a point what its item says for all of them; what it says itself stands."""
    whole = _directive(item.ordinal, item.paragraphs, item.section, registry, day, on)
    named = point if point.leads else whole
    return DirectiveReading(
        ordinal=point.ordinal,
        paragraphs=point.paragraphs,
        leads=named.leads,
        lead_codes=named.lead_codes,
        coordinate=point.coordinate or named.coordinate,
        by_head=named.by_head,
        deadline=point.deadline or whole.deadline,
        nature=point.nature,
        indicators=point.indicators,
        contact_removed=point.contact_removed,
    )


def _other_references(items: Sequence[Item], legal_bases: Sequence[Reference]) -> Iterator[Reference]:
    known = {reference.number for reference in legal_bases}
    for item in items:
        text = "\n".join(item.everything)
        for reference in numbered_references(text, in_item=item.ordinal):
            if reference.number not in known:
                known.add(reference.number)
                yield reference
        yield from titled_references(text, in_item=item.ordinal)


def _inferred_issuer(heading: Heading, text: str) -> str | None:
    """Return the issuer that notation, place and body together point at."""
    body = (heading.suffix or "").lstrip("/").partition("-")[0]
    if body != "UBND" or heading.place is None:
        return None
    level = re.search(r"UBND (thành phố|tỉnh)", text)
    return None if level is None else f"UBND {level[1]} {heading.place}"
