"""Lists what a reader of the letter has to look at: what is missing, doubtful or was stripped."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from processes.documents.reading.directive import DirectiveReading
from processes.documents.reading.heading import Heading
from processes.documents.reading.marks import Rank
from processes.documents.reading.outline import Node
from processes.documents.reading.parts import Parts
from processes.documents.reading.typos import find_typo
from processes.documents.reading.values import Addressee
from processes.units.names import folded

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_DEPARTMENTS = re.compile(r"sở,? ban,? ngành", re.IGNORECASE)
_NATIONAL = re.compile(r"CỘNG H[ÒO]", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubts:
    """What was met while a document was read.

    Attributes:
        root: the body; ``closing``: the sentences that end it.
        issuer: as its block names it; ``None`` if there is no such block.
        conflicts: where a package says otherwise than the text; ``tables``: what its tables made doubtful.
    """

    root: Node
    closing: str | None
    issuer: str | None
    conflicts: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()


def find_warnings(
    parts: Parts,
    heading: Heading,
    doubts: Doubts,
    directives: Sequence[DirectiveReading],
    recipients: Sequence[Addressee],
) -> tuple[str, ...]:
    """Return the warnings, in the order of the letter."""
    return tuple(_warnings(parts, heading, doubts, directives, recipients))


def _warnings(
    parts: Parts,
    heading: Heading,
    doubts: Doubts,
    directives: Sequence[DirectiveReading],
    recipients: Sequence[Addressee],
) -> Iterator[str]:
    if heading.number is None:
        yield "missing number"
    for part in ("day", "month", "year"):
        if getattr(heading.date, part) is None:
            yield f"missing {part}"
    if heading.subject is None:
        yield "missing subject"
    if not any(_NATIONAL.match(line.text) for line in parts.heading):
        yield "issuer block and quốc hiệu absent" if doubts.issuer is None else "quốc hiệu absent"
    if not parts.addressed:
        yield "addressees taken from 'Nơi nhận'" if recipients else "missing addressees"
    for recipient in recipients:
        if recipient.kind == "unknown":
            yield f"unknown addressee '{recipient.text}'{_meant(recipient.nearest)}"
    yield from (f"conflict of {each}" for each in doubts.conflicts)
    items = [node for node in doubts.root.walk() if node.rank in (Rank.ARTICLE, Rank.NUMBER)]
    emphasised = [
        node.ordinal for node in items if any(line.emphasised for each in node.walk() for line in each.lines)
    ]
    if any(line.emphasised for line in parts.signature):
        emphasised.append("the signature")
    if emphasised:
        yield f"markdown emphasis stripped in {' and in '.join(emphasised)}"
    yield from doubts.tables
    if not directives:
        yield "no directive found"
        return
    for item in items:
        if item.missing:
            yield f"item {', '.join(item.missing)} missing before {item.ordinal}"
    for directive in directives:
        if len(directive.paragraphs) > 1:
            count = len(directive.paragraphs)
            yield f"item {directive.ordinal} has {_NUMBERS[count] if count < 10 else count} paragraphs"
        if directive.gap:
            yield f"item {directive.ordinal}: {directive.gap}"
        if directive.unknown is not None:
            unknown = directive.unknown
            yield f"unknown lead '{unknown.text}' in item {directive.ordinal}{_meant(unknown.nearest)}"
        if directive.outside is not None:
            yield f"item {directive.ordinal} asks a body outside the registry: nothing to assign"
        if directive.contact_removed:
            yield f"contact data left out of item {directive.ordinal}"
    if all(directive.deadline is None for directive in directives):
        yield "no deadline anywhere"
    yield from _doubtful_words(parts, doubts)


def _doubtful_words(parts: Parts, doubts: Doubts) -> Iterator[str]:
    paragraphs = [line.text for node in doubts.root.walk() for line in node.lines]
    for text in (*paragraphs, doubts.closing or ""):
        typo = find_typo(text)
        if typo is not None:
            yield f"typo {typo.found}/{typo.suggest}"
    named = [match[0] for line in parts.recipients for match in _DEPARTMENTS.finditer(line.text)]
    spellings = dict.fromkeys(match[0] for text in paragraphs for match in _DEPARTMENTS.finditer(text))
    for spelling in spellings:
        if named and spelling.casefold() != named[0].casefold() and folded(spelling) == folded(named[0]):
            yield f"'{spelling}' vs '{named[0]}'"


def _meant(nearest: Sequence[str]) -> str:
    return f"; did you mean {' or '.join(repr(name) for name in nearest)}?" if nearest else ""
