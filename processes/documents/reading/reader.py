"""Reads a whole letter."""

import datetime as dt
import re
from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from processes.calendar.working_days import WorkingCalendar
from processes.documents.deadlines import find_deadline
from processes.documents.errors import NoLetterFound
from processes.documents.reading.contacts import without_contacts
from processes.documents.reading.envelope import (
    MOST_SUGGESTED,
    Heading,
    executors_in_cc,
    find_stamp,
    read_cc,
    read_heading,
    read_recipients,
    read_signer,
    split_parts,
)
from processes.documents.reading.indicators import indicators, target_of
from processes.documents.reading.items import Item, Point, divide_body
from processes.documents.reading.leads import Leads, find_executors, find_leads, with_nearest
from processes.documents.reading.letter import (
    Closing,
    DirectiveReading,
    LetterReading,
    PartialDate,
    Reference,
)
from processes.documents.reading.nature import nature_of
from processes.documents.reading.references import numbered_references, six_clear_labels, titled_references
from processes.documents.reading.text import read_text
from processes.documents.reading.typos import find_typo
from processes.documents.reading.warnings import find_warnings
from processes.documents.source.blocks import Line, Place, SourceKind, SourceText
from processes.units.registry import UnitRegistry

_ASSIGNS = re.compile(
    r"(?:^|[,;]\s*)(?P<who>[^,;]*?)\s+(?P<verb>đề nghị|yêu cầu|giao|chỉ đạo)(?=[\s:]|$)", re.IGNORECASE
)
_ASKS = re.compile(r"^Đề nghị\s", re.IGNORECASE)
_PURPOSE = re.compile(r"^(?:Nhằm|Để)\s", re.IGNORECASE)
_BY_HEAD = re.compile(r"^(?:[^,;]*\s)?người đứng đầu\b", re.IGNORECASE)


def read_letter(
    content: bytes, filename: str, registry: UnitRegistry, *, calendar: WorkingCalendar | None = None
) -> LetterReading:
    """Return what a file says as a directive document; it is taken apart in this process.

    Raises:
        LetterUnreadable: the file cannot be read, or holds no directive document.
    """
    return understand(_source(content, filename), filename, registry, calendar=calendar)


def understand(
    source: SourceText, filename: str, registry: UnitRegistry, *, calendar: WorkingCalendar | None = None
) -> LetterReading:
    """Return what a text says as a directive document.

    Nothing is corrected or made up: a missing number or day stays ``None`` and becomes a warning.

    Args:
        registry: the units by whose names addressees and leads are recognised.
        calendar: counts working days; Monday to Friday if it is not given. They are counted again on issuing.

    Raises:
        NoLetterFound: the text holds no directive document.
    """
    lines = tuple(source.lines)
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
    basis = _Basis(
        registry=registry,
        day=heading.date,
        on=last_day_of(heading.date),
        calendar=calendar or WorkingCalendar({}),
    )
    directives = tuple(_suggesting(_directives(body.items, basis), registry))
    cc = read_cc(parts.cc)
    recipients = (
        read_recipients(parts.recipients, registry) if parts.addressed else executors_in_cc(cc, registry)
    )
    stamp = find_stamp(lines) if heading.number is None else None
    text = " ".join(line.text for line in lines)
    issuer = heading.issuer or _inferred_issuer(heading, text)
    return LetterReading(
        source=filename,
        doc_type=heading.doc_type,
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
        recipients=recipients,
        legal_bases=legal_bases,
        other_references=tuple(_other_references(body.items, legal_bases)),
        directives=directives,
        six_clear_labels=six_clear_labels(text),
        closing=None if body.closing is None else Closing(text=body.closing, typo=find_typo(body.closing)),
        cc=cc,
        signer=read_signer(parts.signature),
        proposed_number=None if stamp is None else f"{stamp[0]}{heading.suffix or ''}",
        proposed=None if stamp is None else stamp[1],
        warnings=find_warnings(parts, heading, body, directives, recipients),
    )


def _source(content: bytes, filename: str) -> SourceText:
    lines = tuple(
        Line(text=line.text, emphasised=line.emphasised, place=Place(block=block))
        for block, line in enumerate(read_text(content, filename), 1)
    )
    kind = SourceKind.DOCX if filename.lower().endswith(".docx") else SourceKind.TEXT
    return SourceText(kind=kind, blocks=lines)


def last_day_of(day: PartialDate) -> dt.date:
    """Return the letter's day, or the last that it can be; groups are expanded on it while parts are missing."""
    if day.whole is not None:
        return day.whole
    if day.year is None:
        return dt.date.max
    month = day.month or 12
    return dt.date(day.year, month, monthrange(day.year, month)[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Basis:
    """What every directive of the letter is read with; groups are expanded ``on`` a day."""

    registry: UnitRegistry
    day: PartialDate
    on: dt.date
    calendar: WorkingCalendar

    def leads(self, text: str) -> Leads:
        return find_leads(text, self.registry, on=self.on)


def _directives(items: Sequence[Item], basis: _Basis) -> Iterator[DirectiveReading]:
    for item in items:
        heading = item.heading
        executors = None if heading is None else find_executors(heading, basis.registry, on=basis.on)
        if heading is not None and item.points:
            whole = _directive(item.ordinal, [heading, *item.paragraphs[1:]], item.section, basis)
            for point in item.points:
                yield replace(_point(point, item, whole, basis, executors), heading=heading)
        elif heading is not None and executors is not None:
            found = _directive(item.ordinal, item.paragraphs[1:], None, basis)
            yield replace(_led_by(executors, found), heading=heading)
        else:
            yield from _item_or_points(item, basis)


def _suggesting(directives: Iterable[DirectiveReading], registry: UnitRegistry) -> Iterator[DirectiveReading]:
    """Give the first unknown leads the names they may mean; guessing takes time."""
    left = MOST_SUGGESTED
    for directive in directives:
        if directive.unknown is None or not left:
            yield directive
        else:
            left -= 1
            yield replace(directive, unknown=with_nearest(directive.unknown, registry))


def _item_or_points(item: Item, basis: _Basis) -> Iterator[DirectiveReading]:
    """Yield the item as one directive; or its points, where one of them has its own lead or time."""
    whole = _directive(item.ordinal, item.paragraphs, item.section, basis)
    points = [_point(point, item, whole, basis, None) for point in item.points]
    alone = [_directive(item.ordinal, point.paragraphs, None, basis) for point in item.points]
    if any(point.leads or point.outside or point.unknown or point.deadline for point in alone):
        yield from points
    else:
        yield _directive(item.ordinal, item.everything, item.section, basis)


def _point(
    point: Point, item: Item, whole: DirectiveReading, basis: _Basis, executors: Leads | None
) -> DirectiveReading:
    """Return a point with what its item says for all of them; what it says itself stands."""
    found = _directive(f"{item.ordinal}.{point.letter}", point.paragraphs, None, basis)
    names_somebody = found.leads or found.outside is not None or found.unknown is not None
    if not names_somebody:
        if executors is not None:
            found = _led_by(executors, found)
        else:
            found = replace(
                found,
                leads=whole.leads,
                lead_codes=whole.lead_codes,
                lead_shown=whole.lead_shown,
                outside=whole.outside,
                unknown=whole.unknown,
                by_head=found.by_head or whole.by_head,
            )
    return replace(
        found,
        coordinate=found.coordinate or whole.coordinate,
        coordinate_shown=found.coordinate_shown or whole.coordinate_shown,
        deadline=found.deadline or whole.deadline,
        gap=point.gap,
    )


def _led_by(executors: Leads, directive: DirectiveReading) -> DirectiveReading:
    """Give a directive the lead of its heading, unless it names another."""
    if directive.leads or directive.outside is not None or directive.unknown is not None:
        return directive
    return replace(
        directive,
        leads=executors.leads,
        lead_codes=executors.lead_codes,
        lead_shown=executors.lead_shown,
        by_head=False,
    )


def _directive(ordinal: str, written: Sequence[str], section: str | None, basis: _Basis) -> DirectiveReading:
    paragraphs = tuple(text for each in written if (text := without_contacts(each))) or (written[0],)
    text = "\n".join(paragraphs)
    leads = basis.leads(paragraphs[0])
    if not leads.leads and section is not None:
        leads = find_executors(section, basis.registry, on=basis.on) or leads
    deadline = find_deadline(text, issued_on=basis.day.whole, year=basis.day.year, calendar=basis.calendar)
    rates = indicators(text)
    planned = tuple(each for each in titled_references(text, in_item=ordinal) if each.status is not None)
    is_named = bool(leads.leads) or leads.outside is not None
    return DirectiveReading(
        ordinal=ordinal,
        paragraphs=paragraphs,
        leads=leads.leads,
        lead_codes=leads.lead_codes,
        lead_shown=leads.lead_shown,
        coordinate=leads.coordinate,
        coordinate_shown=leads.coordinate_shown,
        outside=leads.outside,
        unknown=leads.unknown,
        is_request=is_named and _ASKS.match(paragraphs[0]) is not None,
        by_head=not is_named and _BY_HEAD.match(paragraphs[0]) is not None,
        deadline=deadline,
        nature=nature_of(text, planned=planned, indicators=rates, deadline=deadline),
        indicators=rates,
        target=target_of(text) if len(rates) == 1 else None,
        contact_removed=paragraphs != tuple(written),
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
