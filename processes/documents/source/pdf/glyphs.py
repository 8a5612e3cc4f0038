"""Takes the characters of a page from PDFium, each with its box, baseline, size and weight.

Neither the order of the characters in the file nor the spaces and line breaks that PDFium guesses from it are
used: programs write accented letters apart from the others. Words come from where the characters stand.
"""

import ctypes
import math
import re
import unicodedata
from collections import Counter
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

Box = tuple[float, float, float, float]

_BOLD_NAME = re.compile(r"bold|black|heavy|demi", re.IGNORECASE)
#: Bit 19 of a font's flags.
_FORCE_BOLD = 1 << 18
#: Filled and stroked: how programs make bold from a font that has none.
_FILL_AND_STROKE = 2
#: PDFium's signs for a hyphen at the end of a line.
_HYPHENS = (0x02, 0xFFFE)
#: Text at another angle than 0, 90, 180 or 270 degrees, give or take this, is a watermark.
_SLANT = 4.0
#: How far letters reach above and below the baseline, in parts of their size.
_ABOVE, _BELOW = 0.75, 0.22
#: Spacing accents that some fonts print over a letter, and the combining ones that are meant.
_ACCENTS = {"´": "\u0301", "`": "\u0300", "ˆ": "\u0302", "^": "\u0302", "˜": "\u0303", "˘": "\u0306"}
#: Signs of Symbol and Wingdings that lists begin with, as they come out of a PDF.
_SYMBOLS = dict.fromkeys((61623, 61607, 61608, 61656, 61692, 61558, 61485, 61550, 61630, 61553, 61664), "•")


class Glyph(NamedTuple):
    """One character as it is printed; coordinates in points from the upper left corner of the page as shown.

    Attributes:
        text: one letter with its marks, or a space that the file has there.
        x0, x1: where it begins, and where the next one would.
        base: the baseline.
        bold: ``None`` where the font has no name and does not say.
        spaced: a space of the file stands between it and the letter to the left; known in a line only.
    """

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    base: float
    size: float
    bold: bool | None
    angle: int
    spaced: bool = False

    @property
    def middle(self) -> tuple[float, float]:
        """A point within it that decides in which cell it stands."""
        return (self.x0 + self.x1) / 2, self.base - 0.3 * self.size


class Glyphs(NamedTuple):
    """The characters of a page.

    Attributes:
        length: how many the page has with spaces; of them not more than asked for were read.
        unreadable: how many have no meaning: the font does not say which letters they are.
    """

    found: list[Glyph]
    length: int
    unreadable: int


class View:
    """Turns a page's own coordinates into those of the page as shown: upright, downwards from the corner."""

    def __init__(self, page: Any) -> None:
        box = pdfium.FS_RECTF()
        if not pdfium.FPDF_GetPageBoundingBox(page, box):
            box.left, box.bottom, box.right, box.top = 0, 0, 595, 842
        self._left, self._bottom, self._right, self._top = box.left, box.bottom, box.right, box.top
        self.turns = int(pdfium.FPDFPage_GetRotation(page)) % 4

    @property
    def size(self) -> tuple[float, float]:
        """Width and height."""
        across, up = self._right - self._left, self._top - self._bottom
        return (up, across) if self.turns % 2 else (across, up)

    def turn(self, quarters: int) -> None:
        """Show the page turned clockwise by so many quarters more."""
        self.turns = (self.turns + quarters) % 4

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Return where a point of the page is shown."""
        if self.turns == 0:
            return x - self._left, self._top - y
        if self.turns == 1:
            return y - self._bottom, x - self._left
        if self.turns == 2:
            return self._right - x, y - self._bottom
        return self._top - y, self._right - x

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        """Return left, top, right and bottom of a box as shown."""
        ax, ay = self.point(left, bottom)
        bx, by = self.point(right, top)
        return min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)


class _Style(NamedTuple):
    size: float
    bold: bool | None
    angle: int | None


def read_glyphs(page: Any, view: View, *, most: int) -> Glyphs:
    """Return the characters of a page in the file's order, at most ``most``; slanted ones are watermarks.

    A page whose text mostly runs up or down is turned: ``view`` changes with it.
    """
    text = pdfium.FPDFText_LoadPage(page)
    try:
        glyphs = _read(text, view, most)
        angles = Counter(glyph.angle for glyph in glyphs.found)
        if angles and (main := angles.most_common(1)[0][0]) != 0:
            view.turn(main // 90)
            glyphs = _read(text, view, most)
        return glyphs
    finally:
        pdfium.FPDFText_ClosePage(text)


def _read(text: Any, view: View, most: int) -> Glyphs:
    rect, x, y = pdfium.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    styles: dict[int | None, _Style] = {}
    found: list[Glyph] = []
    marks: list[tuple[int, Glyph]] = []
    unreadable, last_run = 0, None
    length = max(pdfium.FPDFText_CountChars(text), 0)
    for at in range(min(length, most)):
        code = pdfium.FPDFText_GetUnicode(text, at)
        if code <= 0x20 and code not in _HYPHENS and (code != 0x20 or pdfium.FPDFText_IsGenerated(text, at)):
            unreadable += code == 0
            continue
        run = ctypes.cast(pdfium.FPDFText_GetTextObject(text, at), ctypes.c_void_p).value
        if run not in styles:
            styles[run] = _style(text, at, view.turns)
        style = styles[run]
        if style.angle is None:
            continue
        sign = None if pdfium.FPDFText_HasUnicodeMapError(text, at) == 1 else _sign(code)
        if sign is None:
            unreadable += 1
            continue
        if not sign:
            continue
        pdfium.FPDFText_GetLooseCharBox(text, at, rect)
        pdfium.FPDFText_GetCharOrigin(text, at, x, y)
        left, top, right, bottom = view.box(rect.left, rect.bottom, rect.right, rect.top)
        start, base = view.point(x.value, y.value)
        if unicodedata.combining(sign):
            marks.append((len(found), _mark(text, at, view, sign, base, style)))
            continue
        if style.angle == 0:
            left, top, bottom = start, base - _ABOVE * style.size, base + _BELOW * style.size
        if run == last_run and abs(found[-1].base - base) < 0.1 and found[-1].x0 < left < found[-1].x1:
            found[-1] = found[-1]._replace(x1=left)  # drawn wider than the file says it is
        last_run = run
        found.append(Glyph(sign, left, right, top, bottom, base, style.size, style.bold, style.angle))
    return Glyphs(_with_marks(found, marks), length, unreadable)


def _style(text: Any, at: int, turns: int) -> _Style:
    matrix = pdfium.FS_MATRIX()
    if not pdfium.FPDFText_GetMatrix(text, at, matrix):
        matrix.a = matrix.d = 1.0
    size = pdfium.FPDFText_GetFontSize(text, at) * math.hypot(matrix.c, matrix.d)
    degrees = math.degrees(math.atan2(matrix.b, matrix.a)) - 90 * turns
    nearest = round(degrees / 90) * 90
    angle = None if abs(degrees - nearest) > _SLANT else nearest % 360
    run = pdfium.FPDFText_GetTextObject(text, at)
    return _Style(abs(size) or 1.0, _is_bold(run) if run else None, angle)


def _is_bold(run: Any) -> bool | None:
    font = pdfium.FPDFTextObj_GetFont(run)
    name = ctypes.create_string_buffer(256)
    pdfium.FPDFFont_GetBaseFontName(font, name, 256)
    if not name.value:
        return None
    return (
        _BOLD_NAME.search(name.value.decode("utf-8", "replace")) is not None
        or bool(max(pdfium.FPDFFont_GetFlags(font), 0) & _FORCE_BOLD)
        or pdfium.FPDFTextObj_GetTextRenderMode(run) == _FILL_AND_STROKE
    )


def _sign(code: int) -> str | None:
    """Return the character of a code point; empty for what is not seen, ``None`` for what means nothing."""
    if code in _HYPHENS or code in (0xAD, 0x2010, 0x2011):
        return "-"
    if code in _SYMBOLS:
        return _SYMBOLS[code]
    if code == 0xFFFD or 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
        return None
    sign = chr(code)
    category = unicodedata.category(sign)
    if category in ("Co", "Cn"):
        return None
    if category == "Zs":
        return " "
    return "" if category in ("Cc", "Cf", "Zl", "Zp") else sign


def _mark(text: Any, at: int, view: View, sign: str, base: float, style: _Style) -> Glyph:
    """Return a combining mark with the box of its ink: its place in the line says nothing."""
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    pdfium.FPDFText_GetCharBox(text, at, left, right, bottom, top)
    box = view.box(left.value, bottom.value, right.value, top.value)
    return Glyph(sign, box[0], box[2], box[1], box[3], base, style.size, style.bold, style.angle or 0)


def _with_marks(found: list[Glyph], marks: list[tuple[int, Glyph]]) -> list[Glyph]:
    """Put each mark on the letter over or under which it is printed, whatever their order in the file."""
    accents = [at for at, glyph in enumerate(found) if glyph.text in _ACCENTS]
    laid: set[int] = set()
    for at in accents:
        accent = found[at]
        target = _under(found, at, accent._replace(text=_ACCENTS[accent.text]), skip=at)
        if target is not None and found[target].x1 - accent.x0 > 0.6 * (accent.x1 - accent.x0):
            found[target] = _marked(found[target], _ACCENTS[accent.text])
            laid.add(at)
    for at, mark in marks:
        target = _under(found, at, mark)
        if target is not None:
            found[target] = _marked(found[target], mark.text)
    return [glyph for at, glyph in enumerate(found) if at not in laid] if laid else found


def _under(found: list[Glyph], at: int, mark: Glyph, skip: int = -1) -> int | None:
    """Return the letter nearest to ``at`` in the file whose box holds the middle of the mark."""
    middle = (mark.x0 + mark.x1) / 2
    for near in (at - 1, at, at + 1, at - 2, at + 2):
        if near == skip or not 0 <= near < len(found) or not found[near].text[0].isalpha():
            continue
        letter = found[near]
        if abs(letter.base - mark.base) < 0.7 * letter.size and letter.x0 <= middle <= letter.x1:
            return near
    before = at - 1
    return before if skip < 0 and before >= 0 and found[before].text[0].isalpha() else None


def _marked(letter: Glyph, mark: str) -> Glyph:
    return letter._replace(text=composed(letter.text + mark))


def composed(text: str) -> str:
    """Return a letter and its marks as one, the circumflex, breve or horn before the tone.

    Fonts map ``ế`` to e, acute, circumflex as well; composed in that order it would not be Vietnamese.
    """
    letters = unicodedata.normalize("NFD", text)
    shapes = "".join(sign for sign in letters if sign in "\u0302\u0306\u031b")
    tones = "".join(sign for sign in letters if unicodedata.combining(sign) and sign not in shapes)
    rest = "".join(sign for sign in letters if not unicodedata.combining(sign))
    return unicodedata.normalize("NFC", rest[:1] + shapes + tones + rest[1:])
