"""Reads one page: its pieces of lines, its ruled tables, and what is stamped on it."""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pypdfium2.raw as pdfium

from processes.documents.source.pdf.furniture import Rule
from processes.documents.source.pdf.glyphs import Box, Glyph, View, read_glyphs
from processes.documents.source.pdf.grids import Grid, find_grids
from processes.documents.source.pdf.lines import Piece, find_lines, find_pieces
from processes.documents.source.pdf.rulings import read_drawn
from processes.documents.source.pdf.signatures import Signature, read_stamp, take_stamps
from processes.documents.source.pdf.tables import Part

#: A page with fewer letters of its own holds no text but a stamp, if pictures or outlines fill it.
_FEWEST_LETTERS = 25
_PICTURE, _OUTLINES = 0.4, 300
#: Kinds of annotations whose text is shown on the page.
_SHOWN = (pdfium.FPDF_ANNOT_WIDGET, pdfium.FPDF_ANNOT_FREETEXT, pdfium.FPDF_ANNOT_STAMP)
_MOST_ANNOTATIONS = 1000
_LONGEST_SEPARATOR = 0.45
#: What is filled into the blanks for number, day and month.
_FILLED = re.compile(r"\d{1,5}[a-zA-Z]?(?:[ /.-]\d{1,4}){0,2}")


@dataclass(slots=True)
class Page:
    """What one page holds.

    Attributes:
        pieces: pieces of lines outside tables.
        rules: lying lines that are no part of a table.
        length: how many characters the page has, spaces included.
        unreadable: how many of them have no meaning.
        characters: how many of them have, spaces left out.
        is_picture: it shows something, and not as text.
    """

    number: int
    width: float
    height: float
    pieces: list[Piece]
    tables: list[Part]
    rules: list[Rule]
    stamps: list[Signature]
    length: int
    unreadable: int
    characters: int
    is_picture: bool


def read_page(document: Any, number: int, *, most: int) -> Page | None:
    """Return a page, from 1, with at most ``most`` characters; ``None`` if it is damaged."""
    page = pdfium.FPDF_LoadPage(document, number - 1)
    if not page:
        return None
    try:
        view = View(page)
        read = read_glyphs(page, view, most=most)
        drawn = read_drawn(page, view)
        fields, has_shown = _annotations(page, view)
    finally:
        pdfium.FPDF_ClosePage(page)
    glyphs = read.found
    stamps: list[Signature] = []
    if has_shown:
        glyphs, stamps = _with_shown(document, number, glyphs, fields, most)
    grids = find_grids(drawn)
    parts, rest = _tables(glyphs, grids, number)
    pieces, printed = take_stamps(find_pieces(rest), number)
    width, height = view.size
    letters = sum(len(word.text) for piece in pieces for word in piece.words) + sum(
        len(line.text) for part in parts for lines in part.lines for line in lines
    )
    return Page(
        number=number,
        width=width,
        height=height,
        pieces=pieces,
        tables=parts,
        rules=[
            Rule(line.at, line.high - line.low < _LONGEST_SEPARATOR * width)
            for line in drawn.lying
            if not any(grid.holds(line.low, line.at) for grid in grids)
        ],
        stamps=[*stamps, *printed],
        length=read.length,
        unreadable=read.unreadable,
        characters=sum(glyph.text != " " for glyph in glyphs),
        is_picture=letters < _FEWEST_LETTERS and (drawn.pictures > _PICTURE or drawn.outlines > _OUTLINES),
    )


def _annotations(page: Any, view: View) -> tuple[list[Box], bool]:
    """Return where signature fields are shown, and whether any annotation shows text."""
    fields: list[Box] = []
    has_shown = False
    rect = pdfium.FS_RECTF()
    for at in range(min(max(pdfium.FPDFPage_GetAnnotCount(page), 0), _MOST_ANNOTATIONS)):
        annotation = pdfium.FPDFPage_GetAnnot(page, at)
        if not annotation:
            continue
        kind = pdfium.FPDFAnnot_GetSubtype(annotation)
        has_shown = has_shown or kind in _SHOWN
        if kind == pdfium.FPDF_ANNOT_WIDGET and _is_signature(annotation):
            pdfium.FPDFAnnot_GetRect(annotation, rect)
            fields.append(view.box(rect.left, rect.bottom, rect.right, rect.top))
        pdfium.FPDFPage_CloseAnnot(annotation)
    return fields, has_shown


def _is_signature(annotation: Any) -> bool:
    buffer = (pdfium.FPDF_WCHAR * 16)()
    pdfium.FPDFAnnot_GetStringValue(annotation, b"FT", buffer, 32)
    return bytes(buffer).decode("utf-16-le", "replace").split("\0")[0] == "Sig"


def _with_shown(
    document: Any, number: int, own: list[Glyph], fields: list[Box], most: int
) -> tuple[list[Glyph], list[Signature]]:
    """Add what annotations show to the characters of the page, save what signature fields say of the signature.

    Document systems sign once more to fill in number and date: that field shows nothing else.
    """
    page = pdfium.FPDF_LoadPage(document, number - 1)
    try:
        flattened = pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY)
    finally:
        pdfium.FPDF_ClosePage(page)
    if flattened != pdfium.FLATTEN_SUCCESS:
        return own, []
    page = pdfium.FPDF_LoadPage(document, number - 1)
    try:
        everything = read_glyphs(page, View(page), most=most).found
    finally:
        pdfium.FPDF_ClosePage(page)
    known = Counter(_key(glyph) for glyph in own)
    shown: list[Glyph] = []
    for glyph in everything:
        if known[_key(glyph)] > 0:
            known[_key(glyph)] -= 1
        else:
            shown.append(glyph)
    stamps: list[Signature] = []
    for field in fields:
        signed = [glyph for glyph in shown if _lies_in(glyph, field)]
        lines = [line.text for line in find_lines(signed)]
        if lines and not _FILLED.fullmatch(" ".join(lines)):
            stamps.append(read_stamp(lines, number))
            shown = [glyph for glyph in shown if not _lies_in(glyph, field)]
    return [*own, *shown], stamps


def _key(glyph: Glyph) -> tuple[str, int, int]:
    return glyph.text, round(glyph.x0 * 4), round(glyph.base * 4)


def _lies_in(glyph: Glyph, box: Box) -> bool:
    x, y = glyph.middle
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _tables(glyphs: list[Glyph], grids: list[Grid], number: int) -> tuple[list[Part], list[Glyph]]:
    """Give each cell of each table its lines; return the tables that hold text, and the characters outside."""
    if not grids:
        return [], [glyph for glyph in glyphs if glyph.angle == 0]
    fields = [
        {
            (row, column): at
            for at, each in enumerate(grid.fields)
            for row in range(each.first_row, each.last_row)
            for column in range(each.first_column, each.last_column)
        }
        for grid in grids
    ]
    inside: list[list[list[Glyph]]] = [[[] for _ in grid.fields] for grid in grids]
    outside: list[Glyph] = []
    for glyph in glyphs:
        x, y = (
            glyph.middle if glyph.angle == 0 else ((glyph.x0 + glyph.x1) / 2, (glyph.top + glyph.bottom) / 2)
        )
        for at, grid in enumerate(grids):
            if grid.holds(x, y):
                inside[at][fields[at][grid.at(x, y)]].append(glyph)
                break
        else:
            outside.append(glyph)
    parts = [
        Part(number, grid, [_cell_lines(cell) for cell in cells])
        for grid, cells in zip(grids, inside, strict=True)
        if any(cells)
    ]
    return parts, [glyph for glyph in outside if glyph.angle == 0]


def _cell_lines(glyphs: list[Glyph]) -> list[Piece]:
    """Return a cell's lines; text that runs up or down, as in narrow headings, after that which is upright."""
    if not glyphs:
        return []
    lines = find_lines([glyph for glyph in glyphs if glyph.angle == 0])
    for angle in sorted({glyph.angle for glyph in glyphs} - {0}):
        lines += find_lines([_turned(glyph) for glyph in glyphs if glyph.angle == angle])
    return lines


def _turned(glyph: Glyph) -> Glyph:
    """Return a character of turned text as if the text were upright."""
    if glyph.angle == 180:
        return glyph._replace(
            x0=-glyph.x1,
            x1=-glyph.x0,
            top=-glyph.bottom,
            bottom=-glyph.top,
            base=-glyph.top - glyph.size * 0.2,
        )
    across = (glyph.x0 + glyph.x1) / 2
    if glyph.angle == 90:
        return glyph._replace(x0=-glyph.bottom, x1=-glyph.top, top=glyph.x0, bottom=glyph.x1, base=across)
    return glyph._replace(x0=glyph.top, x1=glyph.bottom, top=-glyph.x1, bottom=-glyph.x0, base=-across)
