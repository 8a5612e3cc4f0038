"""Reads what follows the signature: appendices with tables of tasks, plans and rules of their own structure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from processes.documents.reading.basis import Basis
from processes.documents.reading.closing import part_closing
from processes.documents.reading.columns import Grid
from processes.documents.reading.directive import DirectiveReading
from processes.documents.reading.directives import Walk
from processes.documents.reading.kinds import REPORTING, RULING, SILENT, STATING, title_of
from processes.documents.reading.marks import number_of
from processes.documents.reading.outline import outline
from processes.documents.reading.parts import Attached, Flow
from processes.documents.source.blocks import Line, SourceKind

_APPENDIX = re.compile(r"^phụ lục\s*(?:số\s*)?(?P<number>[IVX]+\b|\d{1,2}\b)?", re.IGNORECASE)
_FORM = re.compile(r"^(?:biểu mẫu|mẫu(?:\s+số)?\b|biểu(?:\s+số)?\s)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachedReading:
    """What the attachments gave."""

    directives: tuple[DirectiveReading, ...]
    warnings: tuple[str, ...]


def read_attached(attached: Sequence[Attached], basis: Basis) -> AttachedReading:
    """Return the directives of all attachments; an appendix without a number is numbered by its place."""
    directives: list[DirectiveReading] = []
    warnings: list[str] = []
    taken: set[str] = set()
    for position, each in enumerate(attached, 1):
        name = _name(each, position, taken)
        if any(_FORM.match(line.text) for line in each.title):
            continue
        kinds = [found[0] for line in each.title if (found := title_of(line)) is not None]
        title = " ".join(line.text for line in each.title[1:] if not line.text.startswith("(")) or None
        flow = list(_named(each.flow, name, title))
        root = outline(flow)
        part_closing(root)
        walked = Walk(_of_kind(basis, kinds[0] if kinds else None)).over(root)
        directives += walked.directives
        warnings += walked.warnings
    return AttachedReading(directives=tuple(directives), warnings=tuple(warnings))


def _of_kind(basis: Basis, kind: str | None) -> Basis:
    """Return what is known for an attachment; one without a title of its own only adds to its document."""
    if kind is None:
        return replace(basis, states=True)
    return replace(
        basis, states=kind in STATING, reports=kind in REPORTING, rules=kind in RULING, silent=kind in SILENT
    )


def named_tables(flow: Flow, kind: SourceKind) -> list[Line | Grid]:
    """Return a body whose tables have names that their ordinals begin with: ``B1``; a workbook is an appendix."""
    prefix = "PL" if kind is SourceKind.XLSX else "B"
    named: list[Line | Grid] = []
    count = 0
    for block in flow:
        if isinstance(block, Grid):
            count += 1
            sheet = None if block.table.place is None else block.table.place.sheet
            block = replace(block, name=f"{prefix}{count}", title=sheet)
        named.append(block)
    return named


def _name(attached: Attached, position: int, taken: set[str]) -> str:
    """Return what the ordinals of an appendix begin with: ``PL2`` for ``PHỤ LỤC II``."""
    match = next((match for line in attached.title if (match := _APPENDIX.match(line.text))), None)
    written = None if match is None else match["number"]
    number = position if written is None else number_of(written) or position
    while f"PL{number}" in taken:
        number += 1
    taken.add(f"PL{number}")
    return f"PL{number}"


def _named(flow: Flow, name: str, title: str | None) -> Iterator[Line | Grid]:
    """Give every table the appendix' name; a second one that holds directives has a letter behind it."""
    count = 0
    for block in flow:
        if not isinstance(block, Grid):
            yield block
            continue
        count += 1
        own = name if count == 1 else f"{name}{chr(ord('a') + min(count, 26) - 1)}"
        yield replace(block, name=own, title=title)
