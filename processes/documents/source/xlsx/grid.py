"""Lays the cells of a sheet out as a person sees them: visible rows and columns, merged cells once in a row."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl.utils.cell import get_column_letter

from processes.documents.source.blocks import Cell, Place
from processes.documents.source.collecting import too_long
from processes.documents.source.limits import MOST_CELLS
from processes.documents.source.xlsx.regions import LONGEST_HEADING, Row
from processes.documents.source.xlsx.scan import Range, Scan

#: Places for cells in all rows and columns, filled or not, beyond which none is laid out.
_MOST_PLACES = 2 * MOST_CELLS


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A cell that holds something."""

    text: str
    value: Any
    bold: bool
    centred: bool


def visible_rows(cells: Mapping[tuple[int, int], Found], scanned: Scan) -> Iterator[Row]:
    """Yield the visible rows that say something; what is merged stands in the first row and is inherited below.

    The place of each cell has its own name, and row and column of the cell whose text it shows.

    Raises:
        LetterTooLong: there would be more than twice ``MOST_CELLS`` places.
    """
    merged = {
        (row, column): each
        for each in scanned.merges()
        for row in range(each.top, each.bottom + 1)
        for column in range(each.left, each.right + 1)
    }
    rows = sorted({row for row, _ in cells} - scanned.hidden_rows)
    # a column without a value may be a slip of the mouse far to the right
    columns = sorted({column for _, column in cells} - scanned.hidden_columns)
    if len(rows) * len(columns) > _MOST_PLACES:
        raise too_long("cells", MOST_CELLS)
    no_gap = scanned.hidden_rows | {row for row, _ in merged}
    seen: set[Range] = set()
    last = 0
    for at, row in enumerate(rows):
        said: list[Cell] = []
        reaches = 1
        begun: set[Range] = set()
        for column in columns:
            over = merged.get((row, column), Range(row, column, row, column))
            if over in begun:
                continue
            begun.add(over)
            found = cells.get((over.top, over.left))
            if found is not None and over not in seen:
                reaches = max(reaches, _reach(over, rows[at : at + LONGEST_HEADING + 1]))
            said.append(_cell(found, over, row, column, columns, inherited=over in seen))
        seen |= {over for over in begun if over.bottom > row}
        after_gap = any(between not in no_gap for between in range(last + 1, row))
        yield Row(cells=tuple(said), reaches=reaches, after_gap=after_gap)
        last = row


def _cell(
    found: Found | None, over: Range, row: int, column: int, columns: Sequence[int], *, inherited: bool
) -> Cell:
    covered = 1 if over.left == over.right else sum(over.left <= each <= over.right for each in columns)
    return Cell(
        text="" if found is None else found.text,
        value=None if found is None else found.value,
        columns=covered,
        inherited=inherited and found is not None,
        place=Place(block=1, row=over.top, column=over.left, cell=f"{get_column_letter(column)}{row}"),
    )


def _reach(over: Range, rows: Sequence[int]) -> int:
    return sum(row <= over.bottom for row in rows)
