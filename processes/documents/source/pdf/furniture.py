"""Leaves out what belongs to the pages and not to the text: page numbers, headers, footers, footnotes."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from processes.documents.source.pdf.lines import Piece, Word, rows_of

#: Headers and footers stand in this part of the page's height, at the top and at the bottom.
_MARGIN = 0.13
#: What recurs on fewer pages than this is text.
_RECURS = 3
#: A document begins where one of so many rows at the top of a page is this.
_HEAD_ROWS = 4
_MOTTO = re.compile(r"CỘNG H(?:ÒA|OÀ) XÃ HỘI|ĐẢNG CỘNG SẢN VIỆT NAM")
#: What appendices begin with, each on a page of its own.
_TITLE = re.compile(r"\W*(?:phụ lục|biểu|mẫu)\b", re.IGNORECASE)
#: Heights that differ by less are the same, in points.
_SAME_HEIGHT = 4.0
_PAGE_NUMBER = re.compile(
    r"[-–—]?\s*(?:Trang|Page)?\s*(\d{1,4})(?:\s*(?:/|trên|of)\s*\d{1,4})?\s*[-–—]?", re.IGNORECASE
)
#: What document systems print on each page: who took the copy, and when.
_COPY = re.compile(r"\S*[-_ ]?\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d{2}:\d{2}\S*")
_DIGIT = re.compile(r"\d+")
#: Notes are smaller than this, in parts of the size of the text.
_NOTE_SIZE = 0.95
_NOTE = re.compile(r"(?:\(?\d{1,3}\)?|\*{1,3})")


class Rule(NamedTuple):
    """A lying line drawn outside tables: at which height, and whether it is as short as one above notes."""

    at: float
    is_short: bool


class Sheet(NamedTuple):
    """A page's text outside tables.

    Attributes:
        first_block, last_block: where tables and text begin and end, downwards.
    """

    width: float
    height: float
    pieces: list[Piece]
    first_block: float
    last_block: float


def without_furniture(sheets: Sequence[Sheet]) -> list[list[Piece]]:
    """Return each page's pieces without page numbers, headers and footers that recur."""
    numbers = _page_numbers(sheets)
    recurring = _recurring(sheets)
    return [
        [piece for piece in sheet.pieces if id(piece) not in numbers and id(piece) not in recurring]
        for sheet in sheets
    ]


def _page_numbers(sheets: Sequence[Sheet]) -> set[int]:
    """Return the pieces that are page numbers: they count on from page to page, at the edge of the text."""
    candidates: list[tuple[int, int, Piece]] = []
    for at, sheet in enumerate(sheets, 1):
        for piece in _outermost(sheet):
            match = _PAGE_NUMBER.fullmatch(piece.text)
            if match is not None:
                candidates.append((at, int(match[1]) - at, piece))
    offsets = Counter(offset for _, offset, _ in candidates)
    return {
        id(piece)
        for at, offset, piece in candidates
        if (offsets[offset] >= 2 and offset == offsets.most_common(1)[0][0])
        or offsets[offset] >= _RECURS
        or (offset == 0 and (at > 1 or len(sheets) == 1 or offsets[offset] > 1))
    }


def _outermost(sheet: Sheet) -> list[Piece]:
    """Return the pieces above and below everything else, alone at their height and in the margin."""
    found = []
    for piece in sheet.pieces:
        others = [each for each in sheet.pieces if each is not piece]
        is_first = piece.bottom < sheet.height * _MARGIN and all(
            each.base > piece.base + 0.5 * piece.size for each in others
        )
        is_last = piece.top > sheet.height * (1 - _MARGIN) and all(
            each.base < piece.base - 0.5 * piece.size for each in others
        )
        if (is_first and piece.base < sheet.first_block) or (is_last and piece.base > sheet.last_block):
            found.append(piece)
    return found


def _recurring(sheets: Sequence[Sheet]) -> set[int]:
    """Return the pieces of lines that recur at one place in the margin of many pages, but for numbers in them."""
    at: dict[tuple[str, int], list[tuple[int, list[Piece]]]] = defaultdict(list)
    dropped: set[int] = set()
    for number, sheet in enumerate(sheets):
        rows = rows_of(sheet.pieces)
        is_first = any(_MOTTO.match(piece.text) for row in rows[:_HEAD_ROWS] for piece in row)
        for row in rows:
            top, bottom = min(piece.top for piece in row), max(piece.bottom for piece in row)
            above = not is_first and bottom < min(sheet.height * _MARGIN, sheet.first_block + 1)
            below = top > max(sheet.height * (1 - _MARGIN), sheet.last_block - 1)
            text = " ".join(piece.text for piece in row)
            if (above or below) and _COPY.fullmatch(text):
                dropped.update(id(piece) for piece in row)
            elif above or below:
                height = row[0].base if above else sheet.height - row[0].base
                at[_DIGIT.sub("#", text), round(height / _SAME_HEIGHT)].append((number, row))
    least = max(_RECURS, len(sheets) // 4)
    every, but_first = set(range(len(sheets))), set(range(1, len(sheets)))
    for (text, _), found in at.items():
        pages = {number for number, _ in found}
        is_same = len(pages) > 1 and len({tuple(piece.text for piece in row) for _, row in found}) == 1
        has_more = all(
            len(sheets[number].pieces) > len(row) or sheets[number].last_block for number, row in found
        )
        is_everywhere = is_same and has_more and pages in (every, but_first)
        if (len(pages) >= least or is_everywhere) and text.strip("#") and not _TITLE.match(text):
            dropped.update(id(piece) for _, row in found for piece in row)
    return dropped


def without_notes(
    pieces: list[Piece], rules: Sequence[Rule], size: float, *, goes_on: bool = False
) -> tuple[list[Piece], list[str], str]:
    """Take the notes from the foot of a page, and their marks out of the text above.

    Notes are smaller than the text, stand below a short line or at the very end of the page, and begin with a
    raised number. The rest of a note of the page before stands below a line of any length.

    Args:
        rules: the lines drawn on the page outside tables.
        size: the size of the document's letters.
        goes_on: the page before ends with a note.

    Returns:
        The other pieces, the notes with their marks, and the rest of the last note of the page before.
    """
    ordered = sorted(pieces, key=lambda piece: piece.base)
    begin = next(
        (
            at
            for at, piece in enumerate(ordered)
            if _is_note(piece, size)
            and all(each.size < _NOTE_SIZE * size for each in ordered[at:])
            and (piece.words[0].raised or _is_below(piece, (rule for rule in rules if rule.is_short), size))
        ),
        len(ordered),
    )
    rest = _begin_of_rest(ordered, begin, rules, size) if goes_on else begin
    notes: list[str] = []
    for piece in ordered[begin:]:
        if _is_note(piece, size):
            mark = piece.words[0]
            text = Piece(piece.words[1:], piece.x0, piece.x1, piece.top, piece.base, piece.bottom, piece.size)
            notes.append(f"{mark.text} {text.text}" if text.words else mark.text)
        else:
            notes[-1] += f" {piece.text}"
    marks = {note.split()[0] for note in notes}
    kept = [_without_marks(piece, marks) for piece in ordered[:rest]] if notes else ordered[:rest]
    return kept, notes, " ".join(piece.text for piece in ordered[rest:begin])


def _begin_of_rest(ordered: Sequence[Piece], begin: int, rules: Sequence[Rule], size: float) -> int:
    """Return where the rest of a note of the page before begins: below a line, all of it smaller than the text."""
    at = found = begin
    while at > 0 and ordered[at - 1].size < _NOTE_SIZE * size:
        at -= 1
        if _is_below(ordered[at], rules, size):
            found = at
    return found


def _is_below(piece: Piece, rules: Iterable[Rule], size: float) -> bool:
    return any(0 < piece.base - rule.at < 3 * size for rule in rules)


def _is_note(piece: Piece, size: float) -> bool:
    return piece.size < _NOTE_SIZE * size and _NOTE.fullmatch(piece.words[0].text) is not None


def _without_marks(piece: Piece, marks: set[str]) -> Piece:
    kept: list[Word] = [word for word in piece.words if not (word.raised and word.text in marks)]
    if len(kept) == len(piece.words) or not kept:
        return piece
    return Piece(tuple(kept), piece.x0, piece.x1, piece.top, piece.base, piece.bottom, piece.size)
