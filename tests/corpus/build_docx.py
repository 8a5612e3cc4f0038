"""Builds Word files from descriptions."""

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import docx
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt

from tests.corpus.description import Header, Layout, Paragraph, Rows, Stamp, Turn, parts_of, run_of

#: Bytes must not depend on the day of building.
_BUILT = (2026, 1, 1, 0, 0, 0)
_LEVELS = {".": ("decimal", "%1."), ")": ("lowerLetter", "%1)"), "-": ("bullet", "-")}
_FIRST_ABSTRACT = 90
#: Issuer and addressees stand in the narrower column.
_LAYOUT_MM = (62, 104)
_LAYOUT_SIZE, _CELL_SIZE = Pt(12), Pt(10.5)
#: What counts for a column's width: its margins, its longest word, and its average cell up to so many characters.
_PADDING_WEIGHT, _WORD_WEIGHT, _MOST_WEIGHT = 5, 2, 50


def build_docx(description: str) -> bytes:
    """Return a Word file; equal descriptions give equal bytes."""
    document = docx.Document()
    _set_page(document)
    lists = _Lists(document)
    for part in parts_of(description):
        if isinstance(part, Paragraph):
            _write(document.add_paragraph(), part, lists)
        elif isinstance(part, Layout):
            _add_layout(document, part, lists)
        elif isinstance(part, Rows):
            _add_table(document, part)
        elif isinstance(part, Turn):
            _turn(document, landscape=part.landscape)
        elif isinstance(part, Header):
            document.sections[0].header.paragraphs[0].text = part.text
        elif isinstance(part, Stamp):
            document.sections[0].different_first_page_header_footer = True
            for line in part.lines:
                document.sections[0].first_page_footer.add_paragraph(line)
    stream = io.BytesIO()
    document.save(stream)
    return _with_fixed_times(stream.getvalue())


class _Lists:
    """Automatic numbers: one abstract list for each mark, a new instance of it at each restart."""

    def __init__(self, document: Any) -> None:
        self._numbering = document.part.numbering_part.element
        self._abstracts: dict[str, int] = {}
        self._current: dict[str, int] = {}

    def number(self, paragraph: Any, mark: str, *, restarts: bool) -> None:
        """Give a paragraph the next number of its list; letters start again below each new number."""
        if restarts or mark not in self._current:
            self._current[mark] = self._instance(mark)
        if mark == ".":
            self._current.pop(")", None)
        properties = paragraph._p.get_or_add_pPr()
        reference = properties.get_or_add_numPr()
        reference.get_or_add_ilvl().val = 0
        reference.get_or_add_numId().val = self._current[mark]

    def _instance(self, mark: str) -> int:
        if mark not in self._abstracts:
            self._abstracts[mark] = _FIRST_ABSTRACT + len(self._abstracts)
            self._insert_abstract(self._abstracts[mark], *_LEVELS[mark])
        number = 1 + max(
            (int(each.get(qn("w:numId"))) for each in self._numbering.findall(qn("w:num"))), default=0
        )
        self._numbering.append(
            parse_xml(
                f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="{self._abstracts[mark]}"/>'
                '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
            )
        )
        return number

    def _insert_abstract(self, number: int, numbers: str, text: str) -> None:
        abstract = parse_xml(
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{number}"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
            f'<w:numFmt w:val="{numbers}"/><w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/></w:lvl>'
            "</w:abstractNum>"
        )
        self._numbering.insert(0, abstract)


def _set_page(document: Any) -> None:
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Times New Roman", Pt(13)
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(30), Mm(20)
    section.top_margin = section.bottom_margin = Mm(20)
    document.core_properties.created = document.core_properties.modified = datetime(*_BUILT, tzinfo=UTC)
    document.core_properties.author = "Văn thư"


def _write(target: Any, paragraph: Paragraph, lists: _Lists) -> None:
    for at, words in enumerate(paragraph.text.split("**")):
        if words:
            run = target.add_run(words.replace(" // ", "\n"))
            run.bold = paragraph.bold or at % 2 == 1 or None
    if paragraph.centred:
        target.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if paragraph.numbered:
        lists.number(target, paragraph.numbered, restarts=paragraph.restarts)


def _add_layout(document: Any, layout: Layout, lists: _Lists) -> None:
    table = document.add_table(rows=len(layout.rows), cols=2)
    table.autofit = False
    for column, width in zip(table.columns, _LAYOUT_MM, strict=True):
        column.width = Mm(width)
    for row, sides in zip(table.rows, layout.rows, strict=True):
        for cell, paragraphs, width in zip(row.cells, sides, _LAYOUT_MM, strict=True):
            cell.width = Mm(width)
            _fill_layout(cell, paragraphs, lists)
    document.add_paragraph()


def _fill_layout(cell: Any, paragraphs: Sequence[Paragraph], lists: _Lists) -> None:
    for at, paragraph in enumerate(paragraphs):
        target = cell.paragraphs[0] if at == 0 else cell.add_paragraph()
        _write(target, paragraph, lists)
        for run in target.runs:
            run.font.size = _LAYOUT_SIZE


def _add_table(document: Any, rows: Rows) -> None:
    width = max(map(len, rows.cells))
    table = document.add_table(rows=len(rows.cells), cols=width, style="Table Grid")
    grid = [row.cells for row in table.rows]
    table.autofit = False
    for column, share in enumerate(_shares(rows)):
        width = int(share * _text_width(document.sections[-1]))
        table.columns[column].width = width
        for cells in grid:
            cells[column].width = width
    for at, row in enumerate(table.rows):
        if at < rows.heading_rows:
            row._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))
    for at, cells in enumerate(rows.cells):
        for column, text in enumerate(cells):
            if text not in ("^", "<"):
                _fill(grid[at][column], text)
                right = run_of(list(cells[column + 1 :]), "<")
                down = run_of([below[column] for below in rows.cells[at + 1 :]], "^")
                if right or down:
                    grid[at][column].merge(grid[at + down][column + right])
    document.add_paragraph()


def _shares(rows: Rows) -> list[float]:
    """Return how much of the width each column takes: more where more is written."""
    columns = list(zip(*rows.cells, strict=True))
    written = [[len(text) for text in column if text not in ("", "^", "<")] for column in columns]
    words = [max(len(word) for text in column for word in text.split() or [""]) for column in columns]
    averages = [sum(each) / len(each) for each in written]
    weights = [
        _PADDING_WEIGHT + max(longest * _WORD_WEIGHT, min(average, _MOST_WEIGHT))
        for longest, average in zip(words, averages, strict=True)
    ]
    return [weight / sum(weights) for weight in weights]


def _text_width(section: Any) -> int:
    return int(section.page_width - section.left_margin - section.right_margin)


def _fill(cell: Any, text: str) -> None:
    for number, line in enumerate(text.split(" // ")):
        paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
        paragraph.add_run(line).font.size = _CELL_SIZE


def _turn(document: Any, *, landscape: bool) -> None:
    section = document.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    sides = sorted((section.page_width, section.page_height), reverse=landscape)
    section.page_width, section.page_height = sides


def _with_fixed_times(content: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as built, zipfile.ZipFile(stream, "w") as fixed:
        for name in built.namelist():
            fixed.writestr(
                zipfile.ZipInfo(name, _BUILT), built.read(name), compress_type=zipfile.ZIP_DEFLATED
            )
    return stream.getvalue()
