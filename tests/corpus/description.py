"""Reads the descriptions from which the corpus builds its files: plain text with a few marks.

Lines that begin with ``%`` are marks; every other line is a paragraph::

    %layout            a table without borders; || parts its two columns, %row its rows, %end closes it
    %table             rows with cells parted by |; %end closes it; %table 2 has two heading rows
    %landscape         from here on pages lie on their side; %portrait turns them back
    %sheet NAME        a worksheet (workbooks only)
    %header TEXT       a running header of the page
    %stamp A // B // C   what a signing tool leaves at the foot of the first page

In a paragraph, ``#. `` numbers it automatically (1. 2. 3.), ``#) `` with letters a) b) c), ``#- `` with a dash;
``#0. `` starts the numbers again; ``**…**`` sets bold, ``>< `` before it centres it, `` // `` breaks a line. In a
cell, ``^`` continues the cell above, ``<`` the one to the left, ``=2026-09-30`` is a date and ``=#5`` a number.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_NUMBERED = re.compile(r"^#(?P<restart>0)?(?P<mark>[.)-]) (?P<text>.*)$")
_BOLD = re.compile(r"^\*\*([^*]+)\*\*$")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; ``numbered`` is its automatic number's mark: ``.``, ``)``, ``-`` or empty.

    ``bold`` is all of it; where a part is, its marks stay in the text.
    """

    text: str
    numbered: str = ""
    restarts: bool = False
    bold: bool = False
    centred: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """Two columns of paragraphs side by side, as in the heading and at the end of a letter."""

    rows: tuple[tuple[tuple[Paragraph, ...], tuple[Paragraph, ...]], ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """A table with borders."""

    cells: tuple[tuple[str, ...], ...]
    heading_rows: int = 1


@dataclass(frozen=True, slots=True)
class Turn:
    """Pages turn here; ``landscape`` or back."""

    landscape: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """A worksheet begins."""

    name: str


@dataclass(frozen=True, slots=True)
class Header:
    """A running header."""

    text: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """Lines at the foot of the first page."""

    lines: tuple[str, ...]


Part = Paragraph | Layout | Rows | Turn | Sheet | Header | Stamp


def parts_of(description: str) -> Iterator[Part]:
    """Yield the parts of a description in their order; blank lines part nothing."""
    lines = iter(description.splitlines())
    for line in lines:
        mark, _, rest = line.partition(" ")
        if mark == "%layout":
            rows = "\n".join(_until_end(lines)).split("\n%row\n")
            sides = (row.partition("\n||\n") for row in rows)
            yield Layout(tuple((_paragraphs(left), _paragraphs(right)) for left, _, right in sides))
        elif mark == "%table":
            cells = tuple(tuple(cell.strip() for cell in row.split("|")) for row in _until_end(lines))
            yield Rows(cells, int(rest or 1))
        elif mark in ("%landscape", "%portrait"):
            yield Turn(mark == "%landscape")
        elif mark == "%sheet":
            yield Sheet(rest)
        elif mark == "%header":
            yield Header(rest)
        elif mark == "%stamp":
            yield Stamp(tuple(rest.split(" // ")))
        elif line.strip():
            yield _paragraph(line)


def run_of(texts: Sequence[str], mark: str) -> int:
    """Return how many of the first texts are nothing but a mark: how far a cell goes on."""
    return next((at for at, text in enumerate(texts) if text != mark), len(texts))


def _until_end(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        if line == "%end":
            return
        yield line


def _paragraphs(text: str) -> tuple[Paragraph, ...]:
    return tuple(_paragraph(line) for line in text.splitlines() if line.strip())


def _paragraph(line: str) -> Paragraph:
    centred = line.startswith(">< ")
    line = line.removeprefix(">< ")
    bold = _BOLD.match(line)
    if bold is not None:
        line = bold[1]
    numbered = _NUMBERED.match(line)
    if numbered is None:
        return Paragraph(line, bold=bold is not None, centred=centred)
    return Paragraph(
        numbered["text"],
        numbered=numbered["mark"],
        restarts=numbered["restart"] is not None,
        bold=bold is not None,
        centred=centred,
    )
