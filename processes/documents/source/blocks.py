"""What every kind of file becomes: paragraphs and tables in reading order, each with its place in the original."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class SourceKind(StrEnum):
    """What kind of file a text was read from."""

    #: Plain text and Markdown.
    TEXT = "text"
    #: A Word document.
    DOCX = "docx"
    #: A PDF with a text layer.
    PDF = "pdf"
    #: An Excel workbook.
    XLSX = "xlsx"
    #: A package of the document exchange axis (QCVN 102:2016).
    EDXML = "edxml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in the original something stands.

    Attributes:
        block: the number of the paragraph or table in the file, from 1; a page shows readings beside it.
        page: of a PDF, from 1.
        box: left, top, right and bottom on that page, in points from its upper left corner.
        row, column: within a table, from 1.
        sheet, cell: of a workbook, ``Phụ lục 1`` and ``C12``.
        part: name of the attachment it stands in, for packages; ``None`` in the file itself.
    """

    block: int
    page: int | None = None
    box: tuple[float, float, float, float] | None = None
    row: int | None = None
    column: int | None = None
    sheet: str | None = None
    cell: str | None = None
    part: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return what is known."""
        found = {name: getattr(self, name) for name in self.__slots__}
        return {
            name: list(value) if name == "box" else value
            for name, value in found.items()
            if value is not None
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One paragraph.

    Attributes:
        text: NFC, single spaces, no markdown emphasis.
        emphasised: markdown emphasis was stripped from it.
        bold, centred: how the whole of it is set, where the format says so; headings are.
    """

    text: str
    emphasised: bool = False
    bold: bool = False
    centred: bool = False
    place: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell of a table.

    Attributes:
        text: its paragraphs, joined by line feeds; each as a line's text.
        value: what a workbook stores, if that is a date or a number; ``text`` is what a person sees.
        columns: how many columns it covers.
        inherited: the text is that of a merged cell which begins further up.
    """

    text: str
    place: Place | None = None
    value: Any = None
    columns: int = 1
    inherited: bool = False

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The paragraphs that are not empty."""
        return tuple(part for part in self.text.split("\n") if part.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table; one that goes on over several pages is one, its repeated heading left out.

    Attributes:
        rows: each with its cells from left to right; a cell that covers columns stands once.
        heading_rows: how many rows at the top the format itself calls the heading.
    """

    rows: tuple[tuple[Cell, ...], ...]
    heading_rows: int = 0
    place: Place | None = None


Block = Line | Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something that was met and left alone while the file was taken apart.

    Attributes:
        code: stable, ``macros_ignored``.
        params: what the sentence about it names.
    """

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return both."""
        return {"code": self.code, **self.params}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that came inside a package."""

    filename: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceText:
    """The text of a file, taken apart.

    Attributes:
        stated: what a package's envelope says of the document beside its text, in the keys of ``letter read``
            (``number``, ``date``, ``issuer``, ``subject``, ``signer``, ``urgency``, ``doc_type``, ``recipients``).
        pages: how many, for a PDF.
    """

    kind: SourceKind
    blocks: tuple[Block, ...]
    remarks: tuple[Remark, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    stated: Mapping[str, Any] = field(default_factory=dict)
    pages: int | None = None

    @property
    def lines(self) -> Iterator[Line]:
        """The paragraphs outside tables."""
        return (block for block in self.blocks if isinstance(block, Line))
