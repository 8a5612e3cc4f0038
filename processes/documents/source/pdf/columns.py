"""Takes apart what stands side by side: issuer and quốc hiệu, list of recipients and signature."""

import itertools
import re
from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

from processes.documents.source.letterhead import is_beside_head
from processes.documents.source.pdf.lines import AFTER_BLANK, BEFORE_BLANK, Piece, merge_lines, rows_of

#: A gap that parts columns is at least so wide, in parts of the letters' size; one that stands alone, wider.
_GUTTER, _LONE_GUTTER = 0.7, 2.4
#: Beside quốc hiệu or place and date it may be narrower.
_HEAD_GUTTER = 0.3
#: Between the rows of a column, in parts of the letters' size from baseline to baseline.
_NEXT_ROW = 2.3
_ALIGNED = 5.0
#: How far the second line of a bullet may be indented, in parts of the letters' size.
_HANGING = 1.6
#: A number or bullet with its text set off behind it is no column.
_MARK = re.compile(
    r"(?:\d{1,3}(?:\.\d{1,3})*|[a-zđA-ZĐ]|[IVXL]{1,6})[.)]?|[-–+•*]|(?:Điều|Phần|Chương|Mục) \w+\.?"
)


class Row(NamedTuple):
    """A line of a page with the column in which it stands.

    Attributes:
        left, right: where the column begins and ends; ``None`` for the whole width of the page.
        column: tells the columns of a page apart, 0 for the whole width.
        centred: whether the line stands in the middle of one of two columns.
        is_spread: whether it is a row of three columns or more that no lines part.
    """

    line: Piece
    left: float | None
    right: float | None
    column: int
    centred: bool = False
    is_spread: bool = False


def read_rows(pieces: Sequence[Piece]) -> list[Row]:
    """Return the lines of a page in reading order; of two columns first the left one, then the right one."""
    levels = rows_of(pieces)
    rows: list[Row] = []
    at, column, free_from = 0, 0, 0
    while at < len(levels):
        zone = _zone(levels, at, free_from)
        if zone is None:
            is_spread = len(_gaps(levels, at)) > 1
            rows.append(Row(merge_lines(levels[at])[0], None, None, 0, is_spread=is_spread))
            at += 1
            continue
        first, end, gutter = zone
        del rows[len(rows) - (at - first) :]
        within = [piece for level in levels[first:end] for piece in level]
        left = [piece for piece in within if piece.middle < gutter]
        right = [piece for piece in within if piece.middle >= gutter]
        for side in (left, right):
            column += 1
            low, high = min(piece.x0 for piece in side), max(piece.x1 for piece in side)
            lines = merge_lines(side)
            centre = _centre(lines)
            rows += [
                Row(line, low, high, column, centre is not None and abs(line.middle - centre) <= _ALIGNED)
                for line in lines
            ]
        at = free_from = end
    return rows


def _centre(lines: list[Piece]) -> float | None:
    """Return the middle that the lines of a column share; ``None`` where they share their left edge instead."""
    centre = median(line.middle for line in lines)
    off = max(abs(line.middle - centre) for line in lines)
    lefts = max(line.x0 for line in lines) - min(line.x0 for line in lines)
    if len(lines) == 1 or lefts < off + 1:
        return None
    shared = sum(abs(line.middle - centre) <= _ALIGNED for line in lines)
    return centre if shared > 0.6 * len(lines) else None


Gap = tuple[float, float]


def _zone(levels: list[list[Piece]], at: int, free_from: int) -> tuple[int, int, float] | None:
    """Return first row, end and gutter of two columns that begin to stand beside each other in a row."""
    gaps = _gaps(levels, at)
    if not gaps:
        return None
    # two lines at one height that are not on one baseline are rows of their own
    end, split = at + (1 if len(levels[at]) > 1 else 2), 1
    while end < len(levels):
        if levels[end][0].base - levels[end - 1][0].base > _NEXT_ROW * _size(levels[end]):
            break
        if levels[end][0].text.startswith("Kính gửi"):
            break  # what stands beside the head of a letter ends above its addressees
        left = [gap for each in gaps for gap in _left_free(each, levels[end])]
        if not left or (len(levels[end]) == 1 and not _goes_on(levels[at:end], levels[end][0], left)):
            break
        split += bool(_gaps(levels, end))
        gaps = left
        end += 1
    within = levels[at:end]
    kept = [gap for gap in gaps if _both_sides(within, gap)]
    if not kept:
        return None
    if len(kept) > 1 and (split > 1 or len(within) == 1):
        return None  # three columns or more without lines between them: a table, read row by row
    gutter = max(kept, key=lambda gap: gap[1] - gap[0])
    size = max(_size(level) for level in within)
    is_head = any(is_beside_head(piece.text) for level in within for piece in level[1:])
    if is_head and gutter[1] - gutter[0] > _HEAD_GUTTER * size:
        middle = (gutter[0] + gutter[1]) / 2
        return _begun(levels, at, free_from, middle), end, middle
    if gutter[1] - gutter[0] < (_GUTTER if split > 1 else 2 * _GUTTER) * size:
        return None
    if split == 1 and len(within) == 1 and gutter[1] - gutter[0] < _LONE_GUTTER * size:
        return None
    middle = (gutter[0] + gutter[1]) / 2
    return _begun(levels, at, free_from, middle), end, middle


def _size(level: list[Piece]) -> float:
    return max(piece.size for piece in level)


def _gaps(levels: list[list[Piece]], at: int) -> list[Gap]:
    """Return the gaps that part columns: in a row, or between it and the next where both stand at one height."""
    level = levels[at]
    usual = _usual_gap(level)
    found = [
        (one.x1, other.x0) for one, other in itertools.pairwise(level) if _parts(level[0], one, other, usual)
    ]
    if not found and len(level) == 1 and at + 1 < len(levels) and len(levels[at + 1]) == 1:
        one, other = sorted((level[0], levels[at + 1][0]), key=lambda piece: piece.x0)
        overlap = min(one.bottom, other.bottom) - max(one.top, other.top)
        if overlap > 0.3 * min(one.size, other.size) and _parts(one, one, other, _usual_gap([one, other])):
            found = [(one.x1, other.x0)]
    return found


def _usual_gap(level: list[Piece]) -> float:
    """Return the gap between the words of a row; none where it has two words."""
    words = [word for piece in level for word in piece.words]
    gaps = [after.x0 - before.x1 for before, after in itertools.pairwise(words)]
    return median(gaps) if len(gaps) > 1 else 0.0


def _parts(first: Piece, one: Piece, other: Piece, usual: float) -> bool:
    """Whether the gap between two pieces parts columns: it is wide, and wider than those between words."""
    gap = other.x0 - one.x1
    return (
        gap > max(_GUTTER * min(one.size, other.size), 2.5 * usual)
        and not (one is first and _MARK.fullmatch(one.text))
        and not (BEFORE_BLANK.search(one.text) and not one.text.startswith(("Kính", "Nơi")))
        and not AFTER_BLANK.match(other.text)
    )


def _left_free(gap: Gap, level: list[Piece]) -> list[Gap]:
    """Return what of a gap the pieces of a row leave free."""
    free = [gap]
    for piece in level:
        free = [
            part
            for low, high in free
            for part in ((low, min(high, piece.x0)), (max(low, piece.x1), high))
            if part[1] - part[0] > 0.3 * piece.size
        ]
        free = list(dict.fromkeys(free))
    return free


def _goes_on(above: list[list[Piece]], piece: Piece, gaps: list[Gap]) -> bool:
    """Whether a piece alone in its row still belongs to the column over it: near, and set alike."""
    middle = sum(gaps[0]) / 2
    column = [each for level in above for each in level if (each.middle < middle) == (piece.middle < middle)]
    if not column:
        return False
    last = max(column, key=lambda each: each.base)
    if piece.middle >= middle and piece.base - last.base > _NEXT_ROW * piece.size:
        return any(abs(each.middle - piece.middle) < 3 * _ALIGNED for each in column)
    return piece.base - last.base <= _NEXT_ROW * piece.size and _is_aligned(piece, column)


def _is_aligned(piece: Piece, column: list[Piece]) -> bool:
    return any(
        abs(each.x0 - piece.x0) <= _ALIGNED
        or abs(each.middle - piece.middle) <= _ALIGNED
        or 0 < each.x0 - piece.x0 < 3 * piece.size  # a first line, indented
        or (each.text[0] in "-–+•" and 0 < piece.x0 - each.x0 < _HANGING * piece.size)
        for each in column
    )


def _both_sides(within: list[list[Piece]], gap: Gap) -> bool:
    pieces = [piece for level in within for piece in level]
    return any(piece.x1 <= gap[0] + 0.1 for piece in pieces) and any(
        piece.x0 >= gap[1] - 0.1 for piece in pieces
    )


def _begun(levels: list[list[Piece]], at: int, free_from: int, gutter: float) -> int:
    """Return the row where the columns begin: one of them may start a row or two higher."""
    first = at
    while first > free_from and at - first < 2 and len(levels[first - 1]) == 1:
        piece, below = levels[first - 1][0], levels[first]
        side = [each for each in below if (each.middle < gutter) == (piece.middle < gutter)]
        is_clear = piece.x1 < gutter or piece.x0 > gutter
        near = side and side[0].base - piece.base <= _NEXT_ROW * piece.size
        above = levels[first - 2][0].base if first > 1 else 0.0
        belongs_above = piece.base - above < 0.95 * (below[0].base - piece.base)
        is_listed = piece.text[0] in "-–+•" and any(abs(each.x0 - piece.x0) <= 2 for each in side)
        is_aligned = is_listed or any(abs(each.middle - piece.middle) <= _ALIGNED for each in side)
        if not is_clear or not near or belongs_above or not is_aligned:
            break
        first -= 1
    return first
