"""Goes through a sheet once before it is read: how large it is, what is merged, hidden or computed.

The dimension that a sheet declares is not asked: it may lie.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO

from lxml import etree
from openpyxl.utils.cell import get_column_letter, range_boundaries

from processes.documents.errors import LetterDamaged
from processes.documents.source.archives import no_xml
from processes.documents.source.collecting import too_long
from processes.documents.source.limits import MOST_CELLS, MOST_COLUMNS, MOST_ROWS

_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ROW, _MERGED, _COLUMN = f"{_S}row", f"{_S}mergeCell", f"{_S}col"
_ON = ("1", "true")


@dataclass(frozen=True, slots=True)
class Range:
    """Cells that are merged; rows and columns from 1, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(slots=True, kw_only=True)
class Scan:
    """What a sheet holds.

    Attributes:
        rows, columns: the last ones that hold a value.
        hidden_rows, hidden_columns: their numbers.
        formulas: how many cells are computed; ``unknown`` those of them that hold no value.
    """

    rows: int = 0
    columns: int = 0
    cells: int = 0
    merged: list[Range] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    formulas: int = 0
    unknown: list[str] = field(default_factory=list)

    def merges(self) -> Iterator[Range]:
        """Yield the merged cells as far as the sheet holds values; a merge may reach to the end of Excel."""
        for each in self.merged:
            bottom, right = min(each.bottom, self.rows), min(each.right, self.columns)
            if each.top <= bottom and each.left <= right:
                yield Range(each.top, each.left, bottom, right)


def scan(sheet: bytes) -> Scan:
    """Return what a sheet holds.

    Raises:
        LetterTooLong: more than ``MOST_ROWS`` rows, ``MOST_COLUMNS`` columns or ``MOST_CELLS`` cells hold
            something, or so many are merged.
        LetterDamaged: it is no XML, or its rows have no order.
    """
    found = Scan()
    row = filled = 0
    try:
        for _, element in etree.iterparse(
            BytesIO(sheet), tag=(_ROW, _MERGED, _COLUMN), resolve_entities=False, no_network=True
        ):
            if element.tag == _ROW:
                row = int(element.get("r", row + 1))
                before = found.cells
                _take_row(found, element, row)
                filled += found.cells > before
                if filled > MOST_ROWS:
                    raise too_long("rows", MOST_ROWS)
            elif element.tag == _MERGED:
                left, top, right, bottom = range_boundaries(element.get("ref", ""))
                found.merged.append(Range(int(top or 1), int(left or 1), int(bottom or 1), int(right or 1)))
            elif element.get("hidden") in _ON:
                last = min(int(element.get("max", 0)), MOST_COLUMNS)
                found.hidden_columns.update(range(int(element.get("min", 1)), last + 1))
            element.clear()
            while element.getprevious() is not None:
                parent = element.getparent()
                if parent is None:
                    break
                del parent[0]
    except etree.XMLSyntaxError as error:
        raise no_xml(error) from error
    except ValueError as error:
        raise LetterDamaged("Expected a workbook, but a sheet of it is damaged") from error
    area = sum((each.bottom - each.top + 1) * (each.right - each.left + 1) for each in found.merges())
    if area > MOST_CELLS:
        raise too_long("merged cells", MOST_CELLS)
    return found


def _take_row(found: Scan, row: etree._Element, number: int) -> None:
    if row.get("hidden") in _ON:
        found.hidden_rows.add(number)
    column = 0
    for cell in row.iterchildren(f"{_S}c"):
        reference = cell.get("r")
        column = column + 1 if reference is None else range_boundaries(reference)[0] or 0
        value = cell.find(f"{_S}v")
        has_value = cell.find(f"{_S}is") is not None or (value is not None and bool(value.text))
        is_formula = cell.find(f"{_S}f") is not None
        if is_formula:
            found.formulas += 1
            if value is None or (not value.text and cell.get("t") != "str"):
                found.unknown.append(f"{get_column_letter(column)}{number}")
        if not (has_value or is_formula):
            continue
        if column > MOST_COLUMNS:
            raise too_long("columns", MOST_COLUMNS)
        found.cells += 1
        if found.cells > MOST_CELLS:
            raise too_long("cells", MOST_CELLS)
        found.rows = max(found.rows, number)
        found.columns = max(found.columns, column)
