"""Lists what a reader of the letter has to look at: what is missing, doubtful or was stripped."""

import re
from collections.abc import Iterator, Sequence

from processes.documents.reading.envelope import Heading, Parts
from processes.documents.reading.items import Body
from processes.documents.reading.letter import Addressee, DirectiveReading
from processes.documents.reading.typos import find_typo
from processes.units.names import folded

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_DEPARTMENTS = re.compile(r"sở,? ban,? ngành", re.IGNORECASE)
_NATIONAL = re.compile(r"CỘNG H[ÒO]", re.IGNORECASE)


def find_warnings(
    parts: Parts,
    heading: Heading,
    body: Body,
    directives: Sequence[DirectiveReading],
    recipients: Sequence[Addressee],
) -> tuple[str, ...]:
    """Return the warnings, in the order of the letter."""
    return tuple(_warnings(parts, heading, body, directives, recipients))


def _warnings(
    parts: Parts,
    heading: Heading,
    body: Body,
    directives: Sequence[DirectiveReading],
    recipients: Sequence[Addressee],
) -> Iterator[str]:
    if heading.number is None:
        yield "missing number"
    for part in ("day", "month", "year"):
        if getattr(heading.date, part) is None:
            yield f"missing {part}"
    if not any(_NATIONAL.match(line.text) for line in parts.heading):
        yield "issuer block and quốc hiệu absent" if heading.issuer is None else "quốc hiệu absent"
    if not parts.addressed:
        yield "addressees taken from 'Nơi nhận'" if recipients else "missing addressees"
    for recipient in recipients:
        if recipient.kind == "unknown":
            yield f"unknown addressee '{recipient.text}'{_meant(recipient.nearest)}"
    emphasised = [item.ordinal for item in body.items if item.emphasised]
    if any(line.emphasised for line in parts.signature):
        emphasised.append("the signature")
    if emphasised:
        yield f"markdown emphasis stripped in {' and in '.join(emphasised)}"
    if not directives:
        yield "no directive found"
        return
    for item in body.items:
        if item.missing:
            yield f"item {', '.join(map(str, item.missing))} missing before {item.ordinal}"
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
    yield from _doubtful_words(parts, body)


def _doubtful_words(parts: Parts, body: Body) -> Iterator[str]:
    paragraphs = [*body.opening, *(text for item in body.items for text in item.everything)]
    for text in (*paragraphs, body.closing or ""):
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
