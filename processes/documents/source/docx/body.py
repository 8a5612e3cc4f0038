"""Reads the body of a Word document, a header, a cell or a text box: paragraphs and tables in reading order."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lxml import etree

from processes.documents.source.blocks import Block, Cell, Line, Table
from processes.documents.source.characters import is_rule, joined, plain, without_emphasis
from processes.documents.source.docx.names import MC, W, chosen, switch, value, whole
from processes.documents.source.docx.paragraphs import Paragraph, ParagraphReader
from processes.documents.source.letterhead import columns_of, is_letterhead

#: What only wraps blocks, rows or cells.
_WRAPPERS = frozenset(W + name for name in ("sdt", "sdtContent", "customXml", "ins", "moveTo"))
_CONTENTS = "Table of Contents"
_NUMBER = re.compile(r"\d{1,3}\.?")
#: Word has at most 63 columns.
_MOST_COLUMNS = 63


@dataclass(slots=True, kw_only=True)
class _Cell:
    """A cell of Word's grid: its first column from 0, how many it covers, whether it is merged with that above."""

    column: int
    columns: int
    goes_on: bool
    blocks: list[Block]
    label: str = ""


class BodyReader:
    """Reads blocks with what the paragraphs' reader knows.

    Attributes:
        letterhead: what text boxes hold that stands at the head of a letter; it belongs in front.
    """

    def __init__(self, paragraphs: ParagraphReader) -> None:
        self._paragraphs = paragraphs
        self.letterhead: list[Block] = []

    def blocks(self, parent: etree._Element, *, in_cell: bool = False) -> Iterator[Block]:
        """Yield the paragraphs and tables; a table of one column is its paragraphs.

        Args:
            in_cell: a number without a text is printed there, too: in a column of numbers.
        """
        begun: Paragraph | None = None
        for element in _content(parent):
            if element.tag == f"{W}tbl":
                yield from self._table(element)
                continue
            paragraph = self._paragraphs.read(element)
            for box in paragraph.boxes:
                yield from self._box(box)
            if paragraph.is_contents:
                self._paragraphs.met["contents_left_out"] += 1
                continue
            if begun is not None:
                paragraph.bold = paragraph.bold and begun.bold
                paragraph.text = begun.text + paragraph.text
            begun = paragraph if paragraph.goes_on else None
            if begun is None and (in_cell or paragraph.text.strip()):
                yield from _lines(paragraph)
        if begun is not None:
            yield from _lines(begun)

    def _box(self, box: etree._Element) -> Iterator[Block]:
        found = list(self.blocks(box))
        self._paragraphs.met["text_boxes_read"] += 1
        if is_letterhead(found):
            self.letterhead += found
        else:
            yield from found

    def _table(self, table: etree._Element) -> Iterator[Block]:
        rows: list[list[_Cell]] = []
        heading_rows = 0
        for row in _within(table, f"{W}tr"):
            properties = row.find(f"{W}trPr")
            if properties is not None and properties.find(f"{W}del") is not None:
                self._paragraphs.met["deletions_left_out"] += 1
                continue
            if switch(properties, "tblHeader") and heading_rows == len(rows):
                heading_rows += 1
            rows.append(self._row(row, properties))
        if all(len(row) <= 1 for row in rows):
            for cells in rows:
                yield from (block for cell in cells for block in cell.blocks)
        else:
            yield Table(rows=tuple(_filled(rows)), heading_rows=heading_rows)

    def _row(self, row: etree._Element, properties: etree._Element | None) -> list[_Cell]:
        column = min(whole(value(properties, "gridBefore")), _MOST_COLUMNS)
        cells = [_Cell(column=0, columns=column, goes_on=False, blocks=[])] if column else []
        for element in _within(row, f"{W}tc"):
            set_as = element.find(f"{W}tcPr")
            columns = min(max(whole(value(set_as, "gridSpan"), 1), 1), _MOST_COLUMNS)
            blocks = list(self.blocks(element, in_cell=True))
            if _goes_on(set_as, "hMerge") and cells:
                cells[-1].columns += columns
                cells[-1].blocks += blocks
            else:
                cells.append(
                    _Cell(column=column, columns=columns, goes_on=_goes_on(set_as, "vMerge"), blocks=blocks)
                )
            column += columns
        return cells


def _content(parent: etree._Element) -> Iterator[etree._Element]:
    """Yield paragraphs and tables, out of what only wraps them; a table of contents is left out."""
    for child in parent:
        if child.tag in (f"{W}p", f"{W}tbl"):
            yield child
        elif child.tag in _WRAPPERS:
            gallery = child.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery")
            if gallery is None or gallery.get(f"{W}val") != _CONTENTS:
                yield from _content(child)
        elif child.tag == f"{MC}AlternateContent":
            alternative = chosen(child)
            if alternative is not None:
                yield from _content(alternative)


def _within(parent: etree._Element, tag: str) -> Iterator[etree._Element]:
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag in _WRAPPERS:
            yield from _within(child, tag)


def _goes_on(properties: etree._Element | None, merge: str) -> bool:
    """Tell whether a cell belongs to the merged one before it; only the first says that it begins."""
    found = None if properties is None else properties.find(f"{W}{merge}")
    return found is not None and found.get(f"{W}val", "continue") == "continue"


def _lines(paragraph: Paragraph) -> Iterator[Line]:
    """Yield what a paragraph says; hard breaks part it where its sentence does not go on."""
    raw = [piece for line in paragraph.text.split("\n") for piece in columns_of(line)]
    written = [plain(piece) for piece in raw]
    first = next((at for at, line in enumerate(written) if line), 0)
    written[first] = f"{plain(paragraph.label)} {written[first]}".strip()
    for line in joined(line for line in written if not is_rule(line)):
        text = without_emphasis(line)
        if text:
            yield Line(text=text, emphasised=text != line, bold=paragraph.bold, centred=paragraph.centred)


def _filled(rows: list[list[_Cell]]) -> Iterator[tuple[Cell, ...]]:
    """Yield the rows; a cell that goes on from above says what that says."""
    above: dict[int, Cell] = {}
    for row in rows:
        cells = []
        for cell in row:
            begun = above.get(cell.column) if cell.goes_on else None
            if begun is None:
                read = Cell(text="\n".join(_texts(cell.blocks)), columns=cell.columns)
            else:
                read = replace(begun, columns=cell.columns, inherited=True)
            above[cell.column] = read
            cells.append(read)
        yield tuple(cells)


def _texts(blocks: list[Block]) -> Iterator[str]:
    """Yield the paragraphs of a cell; a table within it is its cells, a number going with what it counts."""
    for block in blocks:
        if isinstance(block, Line):
            yield block.text
            continue
        for row in block.rows:
            texts = [cell.text for cell in row if cell.text and not cell.inherited]
            if len(texts) > 1 and _NUMBER.fullmatch(texts[0]):
                texts[:2] = [f"{texts[0].rstrip('.')}. {texts[1]}"]
            yield from texts
