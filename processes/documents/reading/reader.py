"""Reads a whole document: divides it, reads its envelope, walks its body and its appendices."""

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from processes.calendar.working_days import WorkingCalendar
from processes.documents.deadlines import Deadline
from processes.documents.errors import NoLetterFound
from processes.documents.reading.addressees import (
    MOST_SUGGESTED,
    executors_in_cc,
    executors_of_article,
    read_cc,
    read_recipients,
    stated_recipients,
)
from processes.documents.reading.attached import named_tables, read_attached
from processes.documents.reading.basis import Basis, last_day_of
from processes.documents.reading.closing import part_closing, tasks_in
from processes.documents.reading.contacts import without_contacts
from processes.documents.reading.directive import DirectiveReading
from processes.documents.reading.directives import Walk, Walked
from processes.documents.reading.evidence import Evidence, How, evidence
from processes.documents.reading.heading import Heading, Stamp, find_stamp, read_heading
from processes.documents.reading.issuer import Issuer, inferred_issuer, written_issuer
from processes.documents.reading.item import directive_of
from processes.documents.reading.kinds import REPORTING, RULING, STATING, Kind, is_silent, kind_of, reminds
from processes.documents.reading.layout import flow_of
from processes.documents.reading.leads import with_nearest
from processes.documents.reading.letter import LetterReading
from processes.documents.reading.marks import Rank
from processes.documents.reading.nature import with_nature
from processes.documents.reading.opening import read_opening
from processes.documents.reading.outline import Node, outline
from processes.documents.reading.parts import Parts, divide
from processes.documents.reading.references import numbered_references, six_clear_labels, titled_references
from processes.documents.reading.signature import read_signers
from processes.documents.reading.stated import complete
from processes.documents.reading.topics import is_garbled
from processes.documents.reading.typos import find_typo, typos_of
from processes.documents.reading.unique import with_unique_ordinals
from processes.documents.reading.unnumbered import unnumbered
from processes.documents.reading.values import Addressee, Closing, Reference, Signer
from processes.documents.reading.warnings import Doubts, find_warnings
from processes.documents.source.blocks import Line, SourceText
from processes.documents.source.read import read_source
from processes.units.registry import UnitRegistry

_ENCLOSED = re.compile(
    r"[Kk]èm theo\b.*?\bsố\s*:?\s*(?P<number>\d[\w/.-]*-?[\wĐđ-]+)(?:.*?\bcủa\s+(?P<issuer>[^);]+))?"
)
_PERSON = re.compile(r"^[-–+\s]*(?:Ông|Bà|ông|bà)\s")
#: A sentence that announces what is asked.
_ANNOUNCES = re.compile(r"\b(?:yêu cầu|đề nghị|giao|chỉ đạo|kết luận|ý kiến)\b[^:]{0,120}:$", re.IGNORECASE)


def read_letter(
    content: bytes, filename: str, registry: UnitRegistry, *, calendar: WorkingCalendar | None = None
) -> LetterReading:
    """Return what a file says as a directive document; it is taken apart in this process.

    Raises:
        LetterUnreadable: the file cannot be read, or holds no directive document.
    """
    return understand(read_source(content, filename), filename, registry, calendar=calendar)


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
    flow = flow_of(source)
    lines = [block for block in flow if isinstance(block, Line)]
    text = " ".join(line.text for line in lines)
    heading = read_heading(divide(flow, registry).heading)
    stamp = find_stamp(lines) if heading.number is None else None
    if stamp is not None:
        flow = tuple(block for block in flow if block not in stamp.lines)
    parts = divide(flow, registry)
    envelope = _envelope(parts, source, text, registry)
    basis = Basis(
        registry=registry,
        day=envelope.heading.date,
        on=last_day_of(envelope.heading.date),
        calendar=calendar or WorkingCalendar({}),
        states=envelope.kind.name in STATING or _is_fragment(parts, envelope) or _answers_person(parts),
        reports=envelope.kind.name in REPORTING,
        rules=envelope.kind.name in RULING,
        silent=is_silent(envelope.kind.name, envelope.heading.subject) or is_garbled(text),
    )
    root = outline(named_tables(parts.body, source.kind))
    closing = part_closing(root)
    body = _body(root, closing, basis)
    attached = read_attached(parts.attached, basis)
    found = (_timed(each, basis) for each in (*body.directives, *attached.directives))
    directives = with_unique_ordinals(_suggesting(map(with_nature, found), registry))
    has_envelope = envelope.heading.suffix is not None or envelope.heading.number is not None
    if not has_envelope and not parts.addressed and not directives and not root.children:
        raise NoLetterFound(
            "Expected an official letter, but the text has no number, no 'Kính gửi' and no numbered item",
            filename=filename,
        )
    opening = read_opening(root.lines, envelope.heading, parts.wired_by, envelope.signer, envelope.issuer)
    cc = read_cc(parts.cc)
    recipients = (
        read_recipients(parts.recipients, registry, on=basis.on)
        if parts.addressed
        else executors_of_article(cc, _articles(root), registry, on=basis.on)
        or executors_in_cc(cc, registry, on=basis.on)
    )
    if not recipients:
        recipients = stated_recipients(source.stated, registry, on=basis.on)
    known = {reference.number for reference in opening.legal_bases}
    others = (*_other_references(root, opening.legal_bases), *_given_in(directives, known))
    urges = reminds(envelope.heading.subject, [line.text for line in root.lines])
    last = "\n".join(filter(None, (without_contacts(line.text) for line in closing))) or None
    findings = {
        **envelope.evidence,
        **opening.evidence,
        **_addressed(parts, cc, recipients),
        **_proposed(stamp),
    }
    return LetterReading(
        source=filename,
        doc_type=envelope.kind.name,
        number=envelope.heading.number,
        suffix=envelope.heading.suffix,
        date=envelope.heading.date,
        place=envelope.heading.place,
        issuer=envelope.issuer,
        issuer_inferred=_is_inferred("issuer", findings),
        decided_by=opening.decided_by,
        assigning_verb=opening.verb,
        purpose=opening.purpose,
        urgency=envelope.heading.urgency,
        subject=envelope.heading.subject or _title_of_appendix(parts),
        recipients=recipients,
        legal_bases=opening.legal_bases,
        other_references=others,
        directives=directives,
        six_clear_labels=six_clear_labels(text),
        closing=None if last is None else Closing(text=last, typo=find_typo(last)),
        cc=cc,
        signer=envelope.signer,
        proposed_number=_proposed_number(stamp, envelope.heading, parts),
        proposed=None if stamp is None else stamp.date,
        warnings=find_warnings(
            parts,
            envelope.heading,
            Doubts(
                root=root,
                closing=last,
                issuer=None if _is_inferred("issuer", findings) else envelope.issuer,
                conflicts=envelope.conflicts,
                tables=(*body.warnings, *attached.warnings),
            ),
            directives,
            recipients,
        ),
        signers=envelope.signers,
        urges=urges,
        refers_to=_numbers((*opening.legal_bases, *others)) if urges else (),
        secrecy=envelope.heading.secrecy,
        needs_answer=not directives,
        typos=typos_of(source),
        source_format=source.kind.value,
        source_remarks=tuple(remark.to_json() for remark in source.remarks),
        evidence=findings,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Envelope:
    """What surrounds the text."""

    heading: Heading
    kind: Kind
    issuer: str | None
    signer: Signer | None
    signers: tuple[Signer, ...]
    evidence: Mapping[str, Evidence]
    conflicts: tuple[str, ...]


def _envelope(parts: Parts, source: SourceText, text: str, registry: UnitRegistry) -> _Envelope:
    heading = read_heading(parts.heading)
    kind = kind_of(parts.heading, heading.suffix, heading.numbered, parts.body_lines)
    issuer = written_issuer(parts.heading, heading.place, registry)
    signed = read_signers(parts.signature)
    signer = signed[0][0] if signed else None
    done = complete(heading, None if issuer is None else issuer.name, signer, source.stated)
    issuer = issuer or (
        None
        if done.issuer is not None
        else inferred_issuer(done.heading.suffix, heading.place, heading.numbered, text, registry)
    )
    if issuer is None and done.issuer is None and heading.suffix is None:
        issuer = _issuer_of_whole(parts)
    found = {**heading.evidence, "doc_type": kind.evidence}
    if issuer is not None:
        found["issuer"] = issuer.evidence
    if signed:
        found["signer"] = evidence(How.POSITION, signed[0][0].name or signed[0][1][0].text, *signed[0][1])
    if done.doc_type is not None and kind.evidence.how is How.GUESS:
        kind = Kind(name=done.doc_type, evidence=evidence(How.STATED, done.doc_type))
        found["doc_type"] = kind.evidence
    others = tuple(each for each, _ in signed[1:])
    return _Envelope(
        heading=done.heading,
        kind=kind,
        issuer=done.issuer or (None if issuer is None else issuer.name),
        signer=done.signer,
        signers=(*((done.signer,) if done.signer is not None else ()), *others),
        evidence={**found, **done.evidence},
        conflicts=done.conflicts,
    )


def _is_fragment(parts: Parts, envelope: _Envelope) -> bool:
    """Say whether a text has nothing that a letter has around it: whom it asks, only names can say."""
    heading = envelope.heading
    has_end = bool(parts.cc or parts.signature)
    return (
        envelope.kind.evidence.how is How.GUESS
        and not (parts.addressed or has_end or heading.subject or heading.date.year)
        and not any(_ANNOUNCES.search(line.text) for line in parts.body_lines)
    )


def _answers_person(parts: Parts) -> bool:
    """Say whether a letter goes to a citizen, as an answer does."""
    return bool(parts.recipients) and all(_PERSON.match(line.text) for line in parts.recipients)


def _title_of_appendix(parts: Parts) -> str | None:
    """Return the title of an appendix that stands alone."""
    if parts.body or parts.recipients or not parts.attached:
        return None
    lines = [line.text for line in parts.attached[0].title if not line.text.startswith("(")]
    title = re.sub(
        r"^(?:PHỤ LỤC|Phụ lục)(?:\s+(?:số\s*)?(?:[IVX]+|\d{1,2}))?\b\s*[.:–-]?\s*", "", " ".join(lines)
    )
    return title or None


def _issuer_of_whole(parts: Parts) -> Issuer | None:
    """Return who issued the document that an appendix alone says it belongs to."""
    match, line = _enclosed(parts)
    if match is None or line is None or not match["issuer"]:
        return None
    name = match["issuer"].strip(" .")
    return Issuer(name=name, superior=None, evidence=evidence(How.BODY, name, line))


def _body(root: Node, closing: Sequence[Line], basis: Basis) -> Walked:
    """Return the directives of a body: of its items, else of its sentences; and those its end still gives."""
    if not root.children:
        tables = Walk(basis).over(root)
        if tables.directives:
            asked = tuple(unnumbered(_behind(root), basis))
            return replace(tables, directives=(*tables.directives, *asked))
        asked = tuple(unnumbered([*root.lines, *closing], basis))
        return replace(tables, directives=(*asked, *tables.directives))
    walked = Walk(basis).over(root)
    tops = [
        int(child.label) for child in root.children if child.rank is Rank.NUMBER and child.label.isdecimal()
    ]
    number = max(tops, default=0)
    added = (
        ()
        if basis.silent or basis.reports
        else tuple(
            directive_of(str(number + at), (line,), basis)
            for at, line in enumerate(tasks_in(list(closing), basis), 1)
        )
    )
    return replace(walked, directives=(*walked.directives, *added))


def _behind(root: Node) -> list[Line]:
    """Return the paragraphs that stand behind the last table of a body."""
    last = max((grid.table.place.block for grid in root.tables if grid.table.place is not None), default=0)
    return [line for line in root.lines if line.place is not None and line.place.block > last > 0]


def _timed(directive: DirectiveReading, basis: Basis) -> DirectiveReading:
    """Return a directive with every time that its text or its cells state, the one that counts first."""
    main = () if directive.deadline is None else (directive.deadline,)
    stated = (*main, *directive.deadlines, *basis.deadlines(directive.text))
    distinct: dict[Hashable, Deadline] = {}
    for each in stated:
        distinct.setdefault(each.moment, each)
    return replace(directive, deadlines=tuple(distinct.values()))


def _suggesting(directives: Iterable[DirectiveReading], registry: UnitRegistry) -> Iterator[DirectiveReading]:
    """Give the first unknown leads the names they may mean; guessing takes time."""
    left = MOST_SUGGESTED
    for directive in directives:
        if directive.unknown is None or not left:
            yield directive
        else:
            left -= 1
            yield replace(directive, unknown=with_nearest(directive.unknown, registry))


def _other_references(root: Node, legal_bases: Sequence[Reference]) -> Iterator[Reference]:
    known = {reference.number for reference in legal_bases}
    for node in root.children:
        for each in node.walk():
            text = "\n".join(line.text for line in each.lines)
            for reference in numbered_references(text, in_item=each.ordinal):
                if reference.number not in known:
                    known.add(reference.number)
                    yield reference
            yield from titled_references(text, in_item=each.ordinal)


def _given_in(directives: Iterable[DirectiveReading], known: set[str | None]) -> Iterator[Reference]:
    """Yield the documents that a list of open tasks says they were given in."""
    for directive in directives:
        for text in directive.given_in:
            written = text if re.search(r"\bsố\b", text, re.IGNORECASE) else f"số {text}"
            for reference in numbered_references(written, in_item=directive.ordinal):
                if reference.number not in known:
                    known.add(reference.number)
                    yield reference


def _articles(root: Node) -> dict[str, str]:
    return {
        node.label: " ".join(line.text for line in node.everything)
        for node in root.walk()
        if node.rank is Rank.ARTICLE
    }


def _numbers(references: Iterable[Reference]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.number for each in references if each.number is not None))


def _addressed(parts: Parts, cc: Sequence[str], recipients: Sequence[Addressee]) -> dict[str, Evidence]:
    if not recipients:
        return {}
    first = recipients[0].text
    if parts.recipients:
        found = evidence(How.LABEL, first, *parts.recipients)
    elif any(first in entry for entry in cc) or any("Như Điều" in entry for entry in cc):
        found = evidence(How.DISTRIBUTION, first, *parts.cc)
    else:
        found = evidence(How.STATED, first)
    unknown = any(each.kind == "unknown" for each in recipients)
    return {"recipients": found.less_sure(0.6) if unknown else found}


def _is_inferred(field: str, findings: Mapping[str, Evidence]) -> bool:
    return field in findings and findings[field].inferred


def _proposed(stamp: Stamp | None) -> dict[str, Evidence]:
    if stamp is None:
        return {}
    found = evidence(How.STAMP, " ".join(line.text for line in stamp.lines), *stamp.lines)
    return {"proposed_number": found, "proposed_date": found}


def _proposed_number(stamp: Stamp | None, heading: Heading, parts: Parts) -> str | None:
    """Return the number that a signing tool stamped, or that an appendix alone says it belongs to."""
    if stamp is not None:
        return f"{stamp.number}{heading.suffix or ''}"
    if heading.number is not None or heading.suffix is not None:
        return None
    match = _enclosed(parts)[0]
    return None if match is None else match["number"]


def _enclosed(parts: Parts) -> tuple[re.Match[str] | None, Line | None]:
    """Return the line by which an appendix that stands alone says what it belongs to."""
    lines = (*parts.heading, *(line for each in parts.attached for line in each.title))
    found = ((match, line) for line in lines if (match := _ENCLOSED.search(line.text)))
    return next(found, (None, None))
