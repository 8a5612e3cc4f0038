"""Lays the cells of a sheet out as a person sees them: visible rows and columns, merged cells once in a row."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl.utils.cell import get_column_letter

from processes.documents.source.blocks import Cell, Place
from processes.documents.source.xlsx.regions import LONGEST_HEADING, Row
from processes.documents.source.xlsx.scan import Range, Scan


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
    """
    merged = {
        (row, column): each
        for each in scanned.merges()
        for row in range(each.top, each.bottom + 1)
        for column in range(each.left, each.right + 1)
    }
    rows = [row for row in range(1, scanned.rows + 1) if row not in scanned.hidden_rows]
    columns = [column for column in range(1, scanned.columns + 1) if column not in scanned.hidden_columns]
    seen: set[Range] = set()
    after_gap = False
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
        if any(cell.text for cell in said):
            yield Row(cells=tuple(said), reaches=reaches, after_gap=after_gap)
            after_gap = False
        else:
            after_gap = True


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
