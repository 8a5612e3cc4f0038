"""What every kind of file becomes: paragraphs and tables in reading order, each with its place in the original.

``SourceText.to_json`` is how a text leaves the process that parsed it, and how it is kept beside its document.
"""

import datetime as dt
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self


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

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Self:
        """Return what ``to_json`` told."""
        box = found.get("box")
        return cls(**{**found, "box": None if box is None else tuple(box)})


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

    def to_json(self) -> dict[str, Any]:
        """Return the text and what is said of it."""
        return {"text": self.text, **_set(self, "emphasised", "bold", "centred"), **_placed(self.place)}

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Self:
        """Return what ``to_json`` told."""
        return cls(**{**found, "place": _place(found)})


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

    def to_json(self) -> dict[str, Any]:
        """Return the text and what is said of it."""
        found: dict[str, Any] = {"text": self.text, **_set(self, "inherited")}
        if self.value is not None:
            found["value"] = _packed(self.value)
        if self.columns != 1:
            found["columns"] = self.columns
        return {**found, **_placed(self.place)}

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Self:
        """Return what ``to_json`` told."""
        return cls(**{**found, "value": _unpacked(found.get("value")), "place": _place(found)})


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

    def to_json(self) -> dict[str, Any]:
        """Return the rows and what is said of them."""
        rows = [[cell.to_json() for cell in row] for row in self.rows]
        return {"rows": rows, "heading_rows": self.heading_rows, **_placed(self.place)}

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Self:
        """Return what ``to_json`` told."""
        return cls(
            rows=tuple(tuple(Cell.from_json(cell) for cell in row) for row in found["rows"]),
            heading_rows=found["heading_rows"],
            place=_place(found),
        )


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

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Self:
        """Return what ``to_json`` told; lists stay lists."""
        return cls(code=found["code"], params={name: each for name, each in found.items() if name != "code"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that came inside a package."""

    filename: str
    content: bytes

    def to_json(self) -> dict[str, Any]:
        """Return both, the content in base64."""
        return {"filename": self.filename, "content": b64encode(self.content).decode()}

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Self:
        """Return what ``to_json`` told."""
        return cls(filename=found["filename"], content=b64decode(found["content"]))


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

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON values; what is as by default is left out."""
        found: dict[str, Any] = {
            "kind": self.kind.value,
            "blocks": [block.to_json() for block in self.blocks],
            "remarks": [remark.to_json() for remark in self.remarks],
        }
        if self.attachments:
            found["attachments"] = [attachment.to_json() for attachment in self.attachments]
        if self.stated:
            found["stated"] = dict(self.stated)
        if self.pages is not None:
            found["pages"] = self.pages
        return found

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Self:
        """Return the text of which ``to_json`` told."""
        return cls(
            kind=SourceKind(found["kind"]),
            blocks=tuple(
                Table.from_json(block) if "rows" in block else Line.from_json(block)
                for block in found["blocks"]
            ),
            remarks=tuple(map(Remark.from_json, found["remarks"])),
            attachments=tuple(map(Attachment.from_json, found.get("attachments", ()))),
            stated=found.get("stated", {}),
            pages=found.get("pages"),
        )


def _set(of: Any, *names: str) -> dict[str, bool]:
    return {name: True for name in names if getattr(of, name)}


def _placed(place: Place | None) -> dict[str, Any]:
    return {} if place is None else {"place": place.to_json()}


def _place(found: Mapping[str, Any]) -> Place | None:
    place = found.get("place")
    return None if place is None else Place.from_json(place)


def _packed(value: Any) -> Any:
    """Return a number as it is, a date or a time under its type's name."""
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return {type(value).__name__: value.isoformat()}
    return value


def _unpacked(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    ((name, written),) = value.items()
    return _MOMENTS[name].fromisoformat(written)


_MOMENTS: Mapping[str, type[dt.datetime] | type[dt.date] | type[dt.time]] = {
    "datetime": dt.datetime,
    "date": dt.date,
    "time": dt.time,
}
