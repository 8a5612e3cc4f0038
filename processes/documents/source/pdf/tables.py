"""Makes one table of a table's parts on several pages: its heading once, rows whole, merged cells in every row."""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from processes.documents.source.blocks import Cell, Place, Table
from processes.documents.source.pdf.cells import cell_text, goes_on_in_cell, text_edges
from processes.documents.source.pdf.glyphs import Box
from processes.documents.source.pdf.grids import Grid
from processes.documents.source.pdf.lines import Piece, follows
from processes.documents.source.pdf.marks import ends_sentence, is_marked

#: Columns whose borders differ by less from page to page are the same, in points.
_SAME_BORDER = 5.0
#: The number by which a row is told from the rest of the row above.
_ROW_NUMBER = re.compile(r"\(?(?:\d{1,4}|[IVXL]{1,6}|[A-ZĐ]|[a-zđ])(?:[.\-]\d{1,3})*\)?[.)]?")
#: A row of the columns' numbers below their names.
_COLUMN_NUMBER = re.compile(r"\(?(?:\d{1,2}|[A-H]|[IVX]{1,4})\)?(?:\s*=.*)?")
#: The last line of a full cell stands so near to its lower edge, in parts of the letters' size.
_FULL = 2.2
#: Rows that may repeat on each page.
_LONGEST_HEADING = 6


@dataclass(slots=True)
class _Content:
    """What stands in a cell; all rows over which it reaches share it."""

    lines: list[Piece]
    text: str
    x0: float
    x1: float
    box: Box
    page: int
    rows: int
    is_carried: bool = False


@dataclass(slots=True)
class _Slot:
    content: _Content
    is_first: bool

    @property
    def text(self) -> str:
        return self.content.text


_Row = list[_Slot]


@dataclass(slots=True)
class Part:
    """A ruled table on one page, with the lines of each of its cells."""

    page: int
    grid: Grid
    lines: list[list[Piece]]
    rows: list[_Row] = field(init=False)

    def __post_init__(self) -> None:
        grid = self.grid
        slots: list[dict[int, _Slot]] = [{} for _ in range(len(grid.ys) - 1)]
        for each, lines in zip(grid.fields, self.lines, strict=True):
            box = grid.box_of(each)
            content = _Content(
                lines,
                cell_text(lines, box[0], box[2]),
                box[0],
                box[2],
                box,
                self.page,
                each.last_row - each.first_row,
            )
            for row in range(each.first_row, each.last_row):
                slots[row][each.first_column] = _Slot(content, row == each.first_row)
        rows = [[row[column] for column in sorted(row)] for row in slots]
        self.rows = [row for row in rows if any(slot.is_first for slot in row)]

    @property
    def box(self) -> Box:
        """Left, top, right and bottom on its page."""
        return self.grid.box


def goes_on_with(part: Part, more: Part) -> bool:
    """Return whether a table at the top of the next page has the columns of one at the bottom of a page."""
    if abs(_width(part) - _width(more)) > 2 * _SAME_BORDER:
        return False
    few, many = sorted((_borders(part), _borders(more)), key=len)
    inner = [x for x in few if any(abs(x - other) <= _SAME_BORDER for other in many)]
    if len(inner) == len(few):
        return True
    return len(few) == len(many) and bool(_repeated(part.rows, more.rows))


def join_parts(parts: Sequence[Part], block: int) -> Table:
    """Return the table that begins with the first part; each other part goes on with the one before."""
    rows = list(parts[0].rows)
    heading = 0
    for part in parts[1:]:
        more = list(part.rows)
        repeated = _repeated(parts[0].rows, more)
        heading = max(heading, repeated)
        more = more[repeated:]
        if more and rows:
            if _is_rest(rows[-1], more[0], is_numbered=_is_numbered([*rows[max(heading, 1) :], *more[1:]])):
                _merge(rows[-1], more.pop(0))
            if more:
                _carry(rows[-1], more[0])
        rows += more
    heading = _with_numbers(rows, heading) if heading else _bold_heading(rows)
    borders = _all_borders(parts)
    return Table(
        rows=tuple(tuple(_cells(row, number, block, borders, parts)) for number, row in enumerate(rows, 1)),
        heading_rows=heading,
        place=Place(block=block, page=parts[0].page, box=_rounded(parts[0].box)),
    )


def _cells(
    row: _Row, number: int, block: int, borders: Sequence[float], parts: Sequence[Part]
) -> Iterator[Cell]:
    shifts = {part.page: parts[0].box[0] - part.box[0] for part in parts}
    for slot in row:
        content = slot.content
        first = _nearest(borders, content.x0 + shifts[content.page])
        last = _nearest(borders, content.x1 + shifts[content.page])
        yield Cell(
            text=content.text,
            place=Place(
                block=block, page=content.page, box=_rounded(content.box), row=number, column=first + 1
            ),
            columns=max(last - first, 1),
            inherited=content.is_carried or not slot.is_first,
        )


def _rounded(box: Box) -> Box:
    left, top, right, bottom = (round(each, 1) for each in box)
    return left, top, right, bottom


def _nearest(borders: Sequence[float], x: float) -> int:
    return min(range(len(borders)), key=lambda at: abs(borders[at] - x))


def _width(part: Part) -> float:
    return part.box[2] - part.box[0]


def _borders(part: Part) -> list[float]:
    return [x - part.box[0] for x in part.grid.xs]


def _all_borders(parts: Sequence[Part]) -> list[float]:
    left = parts[0].box[0]
    borders: list[float] = list(parts[0].grid.xs)
    for part in parts[1:]:
        if len(part.grid.xs) == len(parts[0].grid.xs):
            continue
        for x in _borders(part):
            if all(abs(left + x - other) > _SAME_BORDER for other in borders):
                borders.append(left + x)
    return sorted(borders)


def _repeated(first: Sequence[_Row], more: Sequence[_Row]) -> int:
    """Return how many rows at the top of a part are those at the top of the first part."""
    count = 0
    for one, other in zip(first[:_LONGEST_HEADING], more, strict=False):
        texts = [_bare(slot.text) for slot in one]
        if not any(texts) or texts != [_bare(slot.text) for slot in other]:
            break
        count += 1
    return count


def _bare(text: str) -> str:
    return "".join(text.split()).casefold()


def _with_numbers(rows: Sequence[_Row], heading: int) -> int:
    """Count the row of the columns' numbers to the heading."""
    if heading < len(rows):
        texts = [slot.text for slot in rows[heading] if slot.text and slot.is_first]
        if len(texts) > 2 and all(_COLUMN_NUMBER.fullmatch(text) for text in texts):
            return heading + 1
    return heading


def _bold_heading(rows: Sequence[_Row]) -> int:
    """Return how many rows at the top are the columns' names: bold, or numbered below."""
    filled = [slot for slot in rows[0] if slot.text] if rows else []
    if len(filled) < 2 or len(rows) < 2:
        return 0
    deep = max(slot.content.rows for slot in filled)
    deep = deep if deep < len(rows) else 1
    if all(line.bold for slot in filled for line in slot.content.lines):
        return _with_numbers(rows, deep)
    numbered = _with_numbers(rows, deep)
    return numbered if numbered > deep else 0


def _is_numbered(rows: Sequence[_Row]) -> bool:
    """Whether rows mostly begin with a number."""
    firsts = [row[0].text for row in rows if len(row) > 1 and row[0].is_first]
    filled = [text for text in firsts if _ROW_NUMBER.fullmatch(text)]
    return len(firsts) > 0 and len(filled) >= 0.55 * len(firsts)


def _pairs(row: _Row, more: _Row) -> list[tuple[_Slot, _Slot]]:
    left, more_left = row[0].content.x0, more[0].content.x0
    return [
        (one, other)
        for other in more
        for one in row
        if abs((one.content.x0 - left) - (other.content.x0 - more_left)) <= _SAME_BORDER
        and abs((one.content.x1 - one.content.x0) - (other.content.x1 - other.content.x0)) <= 2 * _SAME_BORDER
    ]


def _is_rest(row: _Row, more: _Row, *, is_numbered: bool) -> bool:
    """Return whether the first row of a page is the rest of the last row of the page before.

    Its first cell has no number, or the text of one of its cells goes on.
    """
    if not any(slot.text for slot in more):
        return True
    pairs = _pairs(row, more)
    if len(row) == 1 or len(more) == 1 or len(pairs) < len(more):
        return False
    filled = [(one, other) for one, other in pairs if other.text and other.is_first]
    going_on = [other for one, other in filled if _text_goes_on(one.content, other.content)]
    goes_on = bool(going_on)
    is_cut = all(not one.text or _reaches_bottom(one.content) for one, other in filled)
    if not is_cut and not any(other.text[0].islower() for other in going_on):
        return False  # a cell that the page cuts is full; these are rows of a merged cell
    first, next_first = row[0], more[0]
    if next_first.text:
        if is_numbered:
            return goes_on and not first.text and first.is_first
        return goes_on and len(filled) < len(pairs)
    if not is_numbered or first.content.rows > 1:
        return goes_on
    return goes_on or len(filled) <= max(2, len(pairs) // 2)


def _text_goes_on(content: _Content, more: _Content) -> bool:
    if not content.lines or not more.lines:
        return False
    if ends_sentence(content.text) or is_marked(more.text):
        return False
    return _has_no_room(content, more)


def _reaches_bottom(content: _Content) -> bool:
    last = content.lines[-1]
    return content.box[3] - last.base < _FULL * last.size


def _has_no_room(content: _Content, more: _Content) -> bool:
    edges = text_edges(content.lines, content.x0, content.x1)
    return goes_on_in_cell(content.lines[-1], more.lines[0], *edges)


def _merge(row: _Row, more: _Row) -> None:
    """Put the rest of a row to the row."""
    for one, other in _pairs(row, more):
        above, below = one.content, other.content
        if below.text and other.is_first:
            is_one = not above.lines or _has_no_room(above, below)
            above.text = follows(above.text, below.text) if is_one else f"{above.text}\n{below.text}"
            above.lines = [*above.lines, *below.lines]
        if below.rows > 1:
            below.text, below.lines, below.is_carried = above.text, above.lines, True


def _carry(row: _Row, more: _Row) -> None:
    """Let a merged cell that a page cuts go on in the rows of the next page.

    In a row that has neither number nor task of its own, so are all before the first that says something.
    """
    pairs = _pairs(row, more)
    leading = list(itertools.takewhile(lambda pair: not pair[1].text, pairs))
    is_numbered = len(leading) > 1 and _ROW_NUMBER.fullmatch(row[0].text) is not None
    for one, other in pairs:
        is_tall = one.content.rows > 1 or one.content.is_carried or other.content.rows > 1
        is_led = is_numbered and (one, other) in leading
        if (is_tall or is_led) and not other.text and other.is_first:
            other.content.text, other.content.is_carried = one.content.text, True
