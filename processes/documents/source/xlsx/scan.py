"""Goes through a sheet once: what its cells store, what is merged, hidden or computed.

The dimension that a sheet declares is not asked: it may lie.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO

from lxml import etree
from openpyxl.utils.cell import get_column_letter, range_boundaries
from openpyxl.utils.escape import unescape

from processes.documents.errors import LetterDamaged
from processes.documents.source.archives import no_xml, prepared
from processes.documents.source.collecting import too_long
from processes.documents.source.limits import MOST_CELLS, MOST_COLUMNS, MOST_ROWS

S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ROW, _MERGED, _COLUMN = f"{S}row", f"{S}mergeCell", f"{S}col"
_ON = ("1", "true")
#: Excel has no more.
_LAST_ROW = 1_048_576


@dataclass(frozen=True, slots=True)
class Range:
    """Cells that are merged; rows and columns from 1, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Stored:
    """What a cell stores.

    Attributes:
        kind: as in the file: ``s`` for the number of a shared text, ``str`` and ``inlineStr`` for a text,
            ``e`` for an error, ``n``, ``b``, ``d``.
        style: number of its style.
    """

    kind: str
    text: str
    style: int


@dataclass(slots=True, kw_only=True)
class Scan:
    """What a sheet holds.

    Attributes:
        rows, columns: the last ones that hold a value.
        cells: what holds a value, by row and column from 1.
        hidden_rows, hidden_columns: their numbers.
        formulas: how many cells are computed; ``unknown`` those of them that hold no value.
    """

    rows: int = 0
    columns: int = 0
    cells: dict[tuple[int, int], Stored] = field(default_factory=dict)
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
            BytesIO(prepared(sheet)), tag=(_ROW, _MERGED, _COLUMN), resolve_entities=False, no_network=True
        ):
            if element.tag == _ROW:
                row = int(element.get("r", row + 1))
                if not 0 < row <= _LAST_ROW:
                    raise ValueError(f"no row {row}")
                before = len(found.cells)
                _take_row(found, element, row)
                filled += len(found.cells) > before
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
    for cell in row.iterchildren(f"{S}c"):
        reference = cell.get("r")
        column = column + 1 if reference is None else range_boundaries(reference)[0] or 0
        if column < 1:
            raise ValueError(f"no column in {reference}")
        stored = _stored(cell)
        if cell.find(f"{S}f") is not None:
            found.formulas += 1
            if stored is None:
                found.unknown.append(f"{get_column_letter(column)}{number}")
        if stored is None:
            continue
        if column > MOST_COLUMNS:
            raise too_long("columns", MOST_COLUMNS)
        found.cells[number, column] = stored
        if len(found.cells) > MOST_CELLS:
            raise too_long("cells", MOST_CELLS)
        found.rows = max(found.rows, number)
        found.columns = max(found.columns, column)


def _stored(cell: etree._Element) -> Stored | None:
    kind = cell.get("t", "n")
    style = cell.get("s", "0")
    value, inline = cell.find(f"{S}v"), cell.find(f"{S}is")
    text = text_of(inline) if kind == "inlineStr" and inline is not None else value is not None and value.text
    if not text or text.isspace():
        return None
    return Stored(kind, text, int(style))


def text_of(rich: etree._Element) -> str:
    """Return a text of several runs without the guides to its pronunciation."""
    # a text within a rich text always has a parent
    runs = (each for each in rich.iter(f"{S}t") if each.getparent().tag != f"{S}rPh")  # type: ignore[union-attr]
    return str(unescape("".join(run.text or "" for run in runs)))
