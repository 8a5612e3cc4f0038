"""Divides a sheet into what stands above a table, the table, and what stands below it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from processes.documents.source.blocks import Cell
from processes.documents.source.letterhead import is_beside_head

#: So many of the cells of the fullest row a heading has at least.
_SHARE = (2, 3)
_FEWEST = 2
#: A heading has at most so many rows.
LONGEST_HEADING = 3
_BELOW = ("nơi nhận", "ghi chú", "người lập")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One visible row.

    Attributes:
        cells: a cell that covers columns stands once.
        reaches: over how many visible rows its deepest merged cell goes, itself included.
        after_gap: empty rows stand before it.
    """

    cells: tuple[Cell, ...]
    reaches: int = 1
    after_gap: bool = False

    @property
    def own(self) -> list[Cell]:
        """The cells that say something, and not only because of a merged cell further up."""
        return [cell for cell in self.cells if cell.text and not cell.inherited]


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """Part of a sheet: rows that are paragraphs, or a table with so many rows of heading."""

    rows: tuple[Row, ...]
    heading_rows: int = 0
    is_table: bool = False


def regions(found: Iterable[Row]) -> Iterator[Region]:
    """Yield the parts of a sheet from top to bottom. A sheet without a row of several cells is paragraphs only."""
    rows = tuple(found)
    begin = 0
    for end in (*_beginnings(rows), len(rows)):
        yield from _parts(rows[begin:end])
        begin = end


def _parts(rows: Sequence[Row]) -> Iterator[Region]:
    top = _heading(rows)
    if top is None:
        yield Region(rows=tuple(rows))
        return
    bottom = _bottom(rows, top)
    heading_rows = min(rows[top].reaches, LONGEST_HEADING, bottom - top)
    if top:
        yield Region(rows=tuple(rows[:top]))
    yield Region(rows=tuple(rows[top:bottom]), heading_rows=heading_rows, is_table=True)
    if bottom < len(rows):
        yield Region(rows=tuple(rows[bottom:]))


def _heading(rows: Sequence[Row]) -> int | None:
    """Return the first row of the table's heading: the first that is about as full as any."""
    fullest = max((len(row.own) for row in rows if not _is_head(row)), default=0)
    least = max(_FEWEST, -(-fullest * _SHARE[0] // _SHARE[1]))
    top = next((at for at, row in enumerate(rows) if len(row.own) >= least and not _is_head(row)), None)
    # a heading of two levels has fewer cells in its first
    while (
        top
        and rows[top - 1].reaches > 1
        and len(rows[top - 1].own) >= _FEWEST
        and not _is_head(rows[top - 1])
    ):
        top -= 1
    return top


def _bottom(rows: Sequence[Row], top: int) -> int:
    """Return behind which row the table ends: a signature, or thin rows after a gap, stand below it."""
    fullest = max(len(row.own) for row in rows[top:])
    last = max(at for at, row in enumerate(rows) if at >= top and 2 * len(row.own) > fullest)
    for at in range(top + 1, len(rows)):
        row = rows[at]
        if _is_head(row) or any(cell.text.lower().startswith(_BELOW) for cell in row.own):
            return at
        if at > last and row.after_gap:
            return at
    return len(rows)


def _is_head(row: Row) -> bool:
    return any(is_beside_head(cell.text) for cell in row.own)


def _beginnings(rows: Sequence[Row]) -> Iterator[int]:
    """Yield where further tables begin with the lines above them: at a gap, before a heading like the first."""
    top = _heading(rows)
    if top is None or not rows[top].own:
        return
    first = rows[top].own[0].text.casefold()
    for at in range(top + 1, len(rows)):
        own = rows[at].own
        if len(own) <= _FEWEST or own[0].text.casefold() != first:
            continue
        begin = at
        while begin > top + 1 and not rows[begin].after_gap and len(rows[begin - 1].own) <= _FEWEST:
            begin -= 1
        if rows[begin].after_gap:
            yield begin
