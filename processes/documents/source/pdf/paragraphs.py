"""Joins lines to paragraphs over line and page breaks: by indent, spacing, right edge, sentence and number."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from processes.documents.source.pdf.columns import Row
from processes.documents.source.pdf.glyphs import Box
from processes.documents.source.pdf.lines import Piece, Word, follows
from processes.documents.source.pdf.marks import ends_sentence, is_marked, is_surely_marked, with_dash

_SIGNING = re.compile(r"(?:TM|KT|TL|TUQ|Q)\.")
#: What titles of signers, and names of bodies and places, begin with in capitals.
_TITLES = re.compile(r"(?:PHÓ|CHỦ|GIÁM|CHÁNH|TRƯỞNG|BỘ TRƯỞNG|THỨ|BÍ|CỤC TRƯỞNG|HIỆU|ỦY VIÊN|THỪA)\b")
_NAMES = re.compile(
    r"(?:SỞ|UBND|HĐND|ỦY BAN|UỶ BAN|HỘI|BAN|VĂN PHÒNG|CÔNG AN|TRUNG TÂM|CHI CỤC|CỤC|BỘ|PHÒNG|THANH TRA|TỔ|ĐẢNG"
    r"|TỈNH|THÀNH|XÃ|PHƯỜNG|QUẬN|HUYỆN|THỊ|ĐẶC KHU|KT|TM|TL|TUQ|SỐ|VIỆN|TRƯỜNG)\b|" + _TITLES.pattern
)
#: What signing tools leave on a page where they do not find the blank.
_STRAY = re.compile(r"\d{1,5}")
#: What the last line of a paragraph may be.
_YEAR = re.compile(r"(?:19|20)\d\d")
_BEFORE_YEAR = re.compile(r"\btháng\s+\d{1,2}\s+năm$", re.IGNORECASE)
#: In parts of the letters' size: what is indented, what is spaced out, and how much room a word may lack.
_INDENT, _SPACED, _SLACK = 0.6, 0.34, 0.35
_SAME_X = 3.0
#: Fewer long lines than these do not show where the margins are: they are at least so wide, in parts of the page.
_FEW_LINES, _NARROWEST, _PADDING = 6, 0.12, 5.4


@dataclass(slots=True)
class Paragraph:
    """Lines that belong together.

    Attributes:
        page, box: of the lines on the page where it begins.
        column: the column in which it stands, 0 for the whole width.
        ends_on: the page on which its last line stands.
        is_even, has_room: whether all lines have equal margins; whether one of them has wide ones.
    """

    lines: list[Piece]
    page: int
    column: int
    box: Box
    ends_on: int
    is_even: bool
    has_room: bool

    @property
    def text(self) -> str:
        """Its lines as one text, a list's sign written as a dash."""
        text = ""
        for line in self.lines:
            text = follows(text, line.text)
        return with_dash(text)

    @property
    def centred(self) -> bool:
        """Whether all its lines stand in the middle, and one of them leaves room on both sides."""
        return self.is_even and self.has_room

    @property
    def bold(self) -> bool:
        """Whether all of it is bold."""
        return all(line.bold for line in self.lines)


@dataclass(frozen=True, slots=True)
class Margins:
    """Where the text of pages of one width begins and ends, and how far its lines are apart.

    Attributes:
        pitch: usual distance from baseline to baseline within a paragraph, in parts of the letters' size.
    """

    left: float
    right: float
    pitch: float


def find_margins(
    pages: Iterable[tuple[float, Sequence[Row]]], tables: Iterable[tuple[float, Box]]
) -> dict[int, Margins]:
    """Return the margins by rounded width of the page.

    Args:
        pages: the width of each and lines that stand on it.
        tables: the width of the page and where on it a table stands; text beside one may be titles only.
    """
    by_width: dict[int, list[Sequence[Row]]] = {}
    for width, rows in pages:
        by_width.setdefault(round(width), []).append(rows)
    edges: dict[int, list[Box]] = {}
    for width, box in tables:
        edges.setdefault(round(width), []).append(box)
    return {width: _margins(width, found, edges.get(width, [])) for width, found in by_width.items()}


def _margins(width: float, pages: Sequence[Sequence[Row]], tables: Sequence[Box]) -> Margins:
    whole = [row.line for rows in pages for row in rows if row.column == 0]
    long = [line for line in whole if line.x1 - line.x0 > 0.5 * width] or whole
    if not long:
        return Margins(0.0, width, 1.2)
    # lines within paragraphs begin at the left edge, the last of them may be short; first lines stand right of it
    lefts = Counter(round(line.x0) for line in whole)
    often = [left for left, times in lefts.items() if times > 1]
    left = float(min(often)) if often else min(line.x0 for line in long)
    rights = sorted(line.x1 for line in long)
    right = rights[min(int(0.9 * len(rights)), len(rights) - 1)]
    if len(long) < _FEW_LINES:
        if not often:
            left = min(left, _NARROWEST * width, *(box[0] + _PADDING for box in tables))
        right = max(right, (1 - _NARROWEST) * width, *(box[2] - _PADDING for box in tables))
    pitches = [
        (after.base - before.base) / after.size
        for rows in pages
        for before, after in zip(
            [row.line for row in rows if row.column == 0],
            [row.line for row in rows if row.column == 0][1:],
            strict=False,
        )
        if after.base > before.base and abs(after.x0 - left) < _SAME_X and abs(after.size - before.size) < 0.6
    ]
    # paragraphs may be short: most distances are then those between them, which are the larger ones
    return Margins(left, right, sorted(pitches)[len(pitches) // 10] if pitches else 1.2)


def split_strays(
    rows: Sequence[tuple[int, Row]],
) -> tuple[list[tuple[int, Row]], list[tuple[int, Row]]]:
    """Return the rows of a page, and apart from them numbers that were stamped below or over its text."""
    kept = list(rows)
    strays: list[tuple[int, Row]] = []
    for at in range(len(rows) - 1, -1, -1):
        row = rows[at][1]
        if row.column or not _STRAY.fullmatch(row.line.text):
            continue
        is_last = at == len(kept) - 1 and at > 0
        near = [rows[other][1] for other in (at - 1, at + 1) if 0 <= other < len(rows)]
        is_over = any(abs(other.line.base - row.line.base) < 0.6 * row.line.size for other in near)
        is_year = _YEAR.fullmatch(row.line.text) is not None and any(
            0 < row.line.base - other.line.base < 1.6 * row.line.size for other in near
        )
        if is_over or (is_last and not is_year):
            strays.insert(0, kept.pop(at))
    return kept, strays


class Joiner:
    """Takes the lines of a document one by one and makes paragraphs of them."""

    def __init__(self, margins: dict[int, Margins]) -> None:
        self._margins = margins
        self._width, self._was_spread = 0, False
        self._paragraphs: list[Paragraph] = []
        self._strays: list[tuple[int, Paragraph]] = []

    def taken(self) -> list[Paragraph]:
        """Return the paragraphs so far; what comes next begins a new one."""
        for at, stray in reversed(self._strays):
            self._paragraphs.insert(at, stray)
        done, self._paragraphs, self._strays = self._paragraphs, [], []
        return done

    def set_apart(self, rows: Sequence[tuple[int, Row]]) -> None:
        """Take numbers that belong to no paragraph; they follow the one that is under way."""
        self._strays += [
            (len(self._paragraphs), Paragraph([row.line], page, 0, row.line.box, page, False, False))
            for page, row in rows
        ]

    def add(self, row: Row, page: int, width: float) -> None:
        """Take the next line of the document; the page's width tells which margins hold."""
        margins = self._margins[round(width)]
        extent = (
            (margins.left, margins.right) if row.left is None or row.right is None else (row.left, row.right)
        )
        is_even = row.centred if row.column else _is_even(row.line, *extent)
        has_room = row.centred if row.column else is_centred(row.line, *extent)
        last = self._paragraphs[-1] if self._paragraphs else None
        if (
            last is not None
            and not row.is_spread
            and not self._was_spread
            and self._width == round(width)
            and self._is_same_column(last, row, page)
            and continues(
                last.lines,
                row.line,
                extent,
                pitch=margins.pitch,
                is_next_page=last.ends_on != page,
                is_column=row.column > 0,
            )
        ):
            last.lines.append(row.line)
            if last.page == page:
                last.box = around([last.box, row.line.box])
            last.ends_on = page
            last.is_even = last.is_even and is_even
            last.has_room = last.has_room or has_room
        else:
            self._paragraphs.append(
                Paragraph([row.line], page, row.column, row.line.box, page, is_even, has_room)
            )
        self._width, self._was_spread = round(width), row.is_spread

    def _is_same_column(self, last: Paragraph, row: Row, page: int) -> bool:
        if last.ends_on == page:
            return last.column == row.column
        return last.column == row.column == 0 and page == last.ends_on + 1


def around(boxes: Sequence[Box]) -> Box:
    """Return the smallest box that holds all."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def is_centred(line: Piece, left: float, right: float) -> bool:
    """Whether a line stands in the middle of its column, with room on both sides."""
    return _is_even(line, left, right) and min(line.x0 - left, right - line.x1) > 1.2 * line.size


def _is_even(line: Piece, left: float, right: float) -> bool:
    before, after = line.x0 - left, right - line.x1
    return abs(before - after) < max(1.6 * line.size, 0.05 * (right - left))


def continues(
    lines: Sequence[Piece],
    line: Piece,
    extent: tuple[float, float],
    *,
    pitch: float,
    is_next_page: bool = False,
    is_column: bool = False,
) -> bool:
    """Return whether a line goes on with the paragraph that the lines before it are.

    Args:
        extent: where the column begins and ends.
        pitch: usual distance of lines, in parts of their size.
        is_next_page: it stands on the next page, where distances say nothing.
        is_column: the column is one of two; its true width is not known, it is as wide as its widest line.
    """
    last, (left, right) = lines[-1], extent
    size = min(last.size, line.size)
    text, before = line.text, last.text
    ended = ends_sentence(before)
    if abs(last.size - line.size) > 0.12 * last.size and (ended or last.bold != line.bold):
        return False
    if is_surely_marked(text):
        return False
    if before.isupper() and text.istitle():
        return False  # the name of a signer below a title
    gap = (line.base - last.base) / size
    is_spaced = not is_next_page and gap > pitch + _SPACED
    if not is_next_page and (gap > 2.6 or gap < 0.5):
        return False
    has_mark = is_marked(text)
    in_small = text[0].islower() and not has_mark
    if in_small and not ended:
        return True
    if _YEAR.fullmatch(text) and _BEFORE_YEAR.search(before):
        return True
    if last.bold != line.bold and (ended or is_column or last.bold):
        fits = _would_fit(last, line, left, right)
        if ended or fits or is_column:
            return False
    if is_column:
        return _goes_on_in_column(lines, line, extent, has_mark=has_mark, is_spaced=is_spaced)
    middle_set = _is_even(last, left, right) and is_centred(line, left, right)
    if middle_set:
        is_alike = last.bold == line.bold and not has_mark and not ended and not is_spaced
        return is_alike and not _would_fit(last, line, left, right)
    if _would_fit(last, line, left, right):
        return False
    if is_spaced:
        return False
    first = lines[0]
    hangs = len(lines) > 1 and abs(lines[1].x0 - line.x0) <= _SAME_X
    if len(lines) > 1 and last.x0 > line.x0 + _INDENT * size:
        return False  # left of where the lines of this paragraph go on
    if len(lines) > 1 and abs(line.x0 - first.x0) <= _SAME_X and first.x0 > last.x0 + _INDENT * size:
        return False  # indented as the first line of this paragraph is
    if has_mark and (ended or not (hangs or abs(line.x0 - left) <= _SAME_X)):
        return False
    if hangs or abs(line.x0 - left) <= _SAME_X:
        # at the edge at which lines go on; where nothing is indented, a page may end with a paragraph
        return first.x0 > line.x0 + _INDENT * size or not (ended and is_next_page)
    if line.x0 > first.x0 + _INDENT * size:
        return not ended or is_marked(first.text)  # a hanging indent begins
    return not ended


def _would_fit(last: Piece, line: Piece, left: float, right: float) -> bool:
    """Whether the first word would have found room in the line before: then that line ended on purpose."""
    word: Word = line.words[0]
    is_middle = is_centred(last, left, right) and is_centred(line, left, right)
    room = (right - left) - (last.x1 - last.x0) if is_middle else right - last.x1
    return room > (word.x1 - word.x0) + (0.25 + _SLACK) * last.size


def _goes_on_in_column(
    lines: Sequence[Piece], line: Piece, extent: tuple[float, float], *, has_mark: bool, is_spaced: bool
) -> bool:
    last, width = lines[-1], extent[1] - extent[0]
    if lines[0].text[0] in "-–+•" and not has_mark and not is_spaced and last.bold == line.bold:
        return last.x0 <= line.x0 + _SAME_X and not _would_fit(last, line, *extent)
    if has_mark or is_spaced or ends_sentence(last.text) or last.bold != line.bold:
        return False
    if last.text.isupper() and line.text.isupper():
        # a name that the column was too narrow for; titles and units of their own begin with one of these words
        is_short = line.x1 - line.x0 < 0.6 * (last.x1 - last.x0) or last.text.endswith(" VÀ")
        is_rest = is_short and not _NAMES.match(line.text)
        return is_rest and not _TITLES.match(last.text) and not _SIGNING.match(last.text)
    if last.text.isupper() or line.text.isupper():
        return False
    return (
        last.x1 - last.x0 > 0.85 * width and line.x0 > last.x0 - 2.5 * line.size and _is_label(lines[0].text)
    )


def _is_label(text: str) -> bool:
    """Whether a column's paragraph is one that is broken over lines: a subject, a bullet of a list."""
    return re.match(r"(?:V/v|Về việc|[-–+•])", text) is not None
