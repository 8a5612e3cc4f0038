"""Sorts the rows of a table: tasks, the groups and headings above them, what a page cut off, sums."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise, takewhile

from processes.documents.reading.cells import is_ditto, is_nothing
from processes.documents.reading.columns import Column, Grid
from processes.documents.source.blocks import Cell, Place

_SUM = re.compile(r"^(?:Tổng(?:\s+cộng|\s+số)?|Cộng)\b(?!\s+\S+\s+\S+\s+\S+\s+\S+)", re.IGNORECASE)
_ROMAN = re.compile(r"^[IVX]+$")
_CAPITAL = re.compile(r"^[A-HĐ]$")
_LABELLED = re.compile(
    r"^(?:(?:PHẦN|Phần|MỤC|Mục)\s+)?(?P<label>[A-H]|[IVX]+)\s*[.):/-]\s*(?P<text>\S.*)$", re.DOTALL
)
_CODE = re.compile(r"^[\w.\-/]{1,20}$")
_ENDS_TABLE = re.compile(r"^(?:Nơi nhận|(?:KT|TM|TL|TUQ)\.\s|NGƯỜI LẬP|Ghi chú\s*:)")
_INHERITED = (Column.LEAD, Column.COORDINATE, Column.PRODUCT, Column.DEADLINE)
_TICKED = re.compile(r"^\s*[xX✓✔•]\s*$")


@dataclass(slots=True, kw_only=True)
class Row:
    """A row with the texts of its cells by column.

    Attributes:
        group: the row above it that says what it leaves out.
        division: the numbers of the headings above it.
        continued: a page had cut it; ``spans``: one cell over the whole width.
    """

    ordinal: str
    cells: dict[Column, list[Cell]]
    ticks: list[str]
    headings: dict[Column, str]
    place: Place | None
    filled: int
    group: "Row | None" = None
    section: tuple[str, ...] = ()
    division: str = ""
    continued: bool = False
    spans: bool = False

    def text(self, column: Column) -> str:
        return "\n".join(cell.text.strip() for cell in self.cells.get(column, ()) if cell.text.strip())

    @property
    def content(self) -> str:
        return self.text(Column.CONTENT)


@dataclass(slots=True)
class Notes:
    """Collects warnings, in the order of the rows.

    Attributes:
        past: ordinals whose deadline is over; ``coordinators``: ordinals by the coordinator that is unknown.
    """

    name: str
    found: list[str] = field(default_factory=list)
    past: list[str] = field(default_factory=list)
    coordinators: dict[str, list[str]] = field(default_factory=dict)

    def add(self, text: str) -> None:
        self.found.append(f"appendix {self.name}: {text}")


def tasks_of(grid: Grid, notes: Notes) -> list[Row]:
    """Return the rows that are tasks, each with the group and the headings above it."""
    rows = list(_tasks(_joined(_rows(grid)), notes))
    _check_numbers(rows, notes)
    return rows


def _rows(grid: Grid) -> Iterator[Row]:
    for number, cells in enumerate(grid.rows, 1):
        filled = [cell for cell in cells if cell is not None and not is_nothing(cell.text)]
        if not filled:
            continue
        if any(_ENDS_TABLE.match(cell.text) for cell in filled):
            return
        found: dict[Column, list[Cell]] = {}
        ticks: list[str] = []
        for column, heading, cell in zip(grid.columns, grid.headings, cells, strict=True):
            if cell is None:
                continue
            if column is Column.TICK:
                ticks += [heading] if _TICKED.match(cell.text) else []
            found.setdefault(column, []).append(cell)
        place = next((cell.place for cell in filled if cell.place is not None), grid.table.place)
        if place is not None and place.row is None:
            place = replace(place, row=number)
        row = Row(
            ordinal=" ".join(_own(found.get(Column.ORDINAL, ())).split()).rstrip(".)"),
            cells=found,
            ticks=ticks,
            headings=dict(zip(grid.columns, grid.headings, strict=True)),
            place=place,
            filled=len(filled),
        )
        if len(filled) == 1 and not filled[0].inherited:
            _head(row, filled[0])
        yield row


def _head(row: Row, cell: Cell) -> None:
    """Read the only cell of a row: ``A. Cải cách thể chế`` over the whole width is a number and a heading."""
    text = cell.text.strip()
    labelled = _LABELLED.match(text)
    if labelled is not None:
        row.ordinal, cell = labelled["label"], replace(cell, text=labelled["text"])
    elif row.content or _CODE.match(text):
        row.spans = cell.columns > 1 and not _CODE.match(text)
        return
    else:
        row.ordinal = ""
    row.cells[Column.CONTENT] = [cell]
    row.spans = True


def _own(cells: Sequence[Cell]) -> str:
    return next((cell.text.strip() for cell in cells if not cell.inherited), "")


def _joined(rows: Iterator[Row]) -> Iterator[Row]:
    """Yield the rows, each with what a page cut off it and what stands beside it in merged cells."""
    last: Row | None = None
    for row in rows:
        if last is not None and _continues(row, last):
            _append(last, row)
            continue
        if last is not None:
            yield last
        if last is not None:
            _repeat(row, last)
        last = row
    if last is not None:
        yield last


def _continues(row: Row, last: Row) -> bool:
    """Say whether a row without a number goes on with the one above it."""
    content = row.cells.get(Column.CONTENT, [])
    if content and content[0].inherited:
        return True
    if row.ordinal or row.spans or not last.content or _SUM.match(row.content):
        return False
    if row.filled == 1 and row.content and not last.ordinal and len(row.content.split()) <= 25:
        return row.content[0].islower()
    if not row.content:
        return True
    before = last.content.rstrip()
    is_cut = row.content[0].islower() or (before[-1:] not in ".;:" and bool(last.ordinal) and row.filled <= 2)
    has_own = any(not is_nothing(row.text(column)) for column in (Column.LEAD, Column.DEADLINE))
    return is_cut and not (has_own and row.content[0].isupper())


def _append(last: Row, row: Row) -> None:
    last.continued = True
    for column, cells in row.cells.items():
        for cell in cells:
            if cell.inherited or is_nothing(cell.text):
                continue
            kept = last.cells.setdefault(column, [])
            if not kept:
                kept.append(cell)
            else:
                joined = f"{kept[0].text.rstrip()} {cell.text.lstrip()}".strip()
                kept[0] = replace(kept[0], text=joined)


def _repeat(row: Row, last: Row) -> None:
    """Put in for ``nt`` what the row above says."""
    for column in _INHERITED:
        for at, cell in enumerate(row.cells.get(column, [])):
            above = last.text(column)
            if is_ditto(cell.text) and above:
                row.cells[column][at] = replace(cell, text=above)


def _tasks(rows: Iterator[Row], notes: Notes) -> Iterator[Row]:
    """Yield the rows that are tasks, each with the group and the headings above it."""
    listed = list(rows)
    groups: list[Row] = []
    divisions: list[Row] = []
    for at, row in enumerate(listed):
        following = listed[at + 1] if at + 1 < len(listed) else None
        if not row.content:
            notes.add(f"row {row.ordinal or at + 1} has no text")
            continue
        if _SUM.match(row.content) and not row.text(Column.LEAD):
            continue
        if _is_division(row, following):
            level = _level(row)
            divisions = [each for each in divisions if _level(each) < level] + [row]
            groups = []
            continue
        groups = [each for each in groups if _is_below(row.ordinal, each.ordinal)]
        row.group = _above(groups, divisions)
        heads = following is not None and _is_below(following.ordinal, row.ordinal)
        if heads and not _asks_itself(row, listed[at + 1 :]):
            groups.append(row)
            continue
        topic = row.text(Column.TOPIC)
        row.section = (
            *(each.content for each in divisions),
            *(each.content for each in groups),
            *((topic,) if topic else ()),
        )
        row.division = ".".join(each.ordinal for each in divisions if _CODE.match(each.ordinal or ""))
        if heads:
            groups.append(row)
        yield row


def _asks_itself(row: Row, below: Sequence[Row]) -> bool:
    """Say whether a row with parts below it is a task itself: it has a time that no part inherits."""
    if not _has_own(row, Column.LEAD) or not _has_own(row, Column.DEADLINE):
        return False
    parts = takewhile(lambda each: _is_below(each.ordinal, row.ordinal), below)
    return all(_has_own(each, Column.DEADLINE) for each in parts)


def _has_own(row: Row, column: Column) -> bool:
    return any(not cell.inherited and not is_nothing(cell.text) for cell in row.cells.get(column, ()))


def _above(groups: Sequence[Row], divisions: Sequence[Row]) -> Row | None:
    if groups:
        return groups[-1]
    return divisions[-1] if divisions else None


def _level(row: Row) -> int:
    return (
        0
        if _CAPITAL.match(row.ordinal) and row.ordinal not in "IVX"
        else 1
        if _ROMAN.match(row.ordinal)
        else 2
    )


def _is_division(row: Row, following: Row | None) -> bool:
    """Say whether a row heads what follows: a capital or Roman number, or one text over the whole width."""
    if row.continued and row.ordinal and not _ROMAN.match(row.ordinal):
        return False
    numbered = bool(_ROMAN.match(row.ordinal) or _CAPITAL.match(row.ordinal))
    if numbered:
        others = following is not None and not (
            _ROMAN.match(following.ordinal) or _CAPITAL.match(following.ordinal)
        )
        return others or row.filled <= 2
    return (
        not row.ordinal
        and row.filled == 1
        and following is not None
        and bool(following.ordinal or following.filled > 1)
    )


def _is_below(ordinal: str, group: str) -> bool:
    return bool(group) and ordinal.startswith((f"{group}.", f"{group}-", f"{group}/"))


def _check_numbers(rows: Sequence[Row], notes: Notes) -> None:
    """Compare the rows found with their numbers: a number left out is a row that was lost, or none."""
    runs: dict[str, list[int]] = {}
    for row in rows:
        head, _, last = row.ordinal.rpartition(".")
        if last.isdecimal():
            runs.setdefault(f"{row.division}|{head}", []).append(int(last))
    top = [numbers for key, numbers in runs.items() if key.endswith("|")]
    if len(top) > 1 and all(after[0] == before[-1] + 1 for before, after in pairwise(top)):
        runs = {key: numbers for key, numbers in runs.items() if not key.endswith("|")}
        runs["|"] = [number for numbers in top for number in numbers]
    groups = {row.group.ordinal for row in rows if row.group is not None}
    for key, numbers in runs.items():
        head = key.partition("|")[2]
        names = {f"{head}.{number}" if head else str(number): number for number in range(1, max(numbers) + 1)}
        missing = [name for name, number in names.items() if number not in numbers and name not in groups]
        if missing and len(missing) < len(numbers) + 3:
            notes.add(f"rows {', '.join(missing)} missing")


def ordinals_of(rows: Sequence[Row], name: str, notes: Notes) -> list[str]:
    """Return an ordinal for each row, unique in the table; the section's number where the rows' begin again."""
    written = [row.ordinal if _CODE.match(row.ordinal) else "" for row in rows]
    places: dict[str, set[str]] = {}
    for row, ordinal in zip(rows, written, strict=True):
        places.setdefault(ordinal, set()).add(row.division)
    begins_again = any(len(found_in) > 1 for ordinal, found_in in places.items() if ordinal)
    found: list[str] = []
    seen: dict[str, int] = {}
    unnumbered = not any(written)
    last = ""
    for number, (row, ordinal) in enumerate(zip(rows, written, strict=True), 1):
        own = ordinal or (str(number) if unnumbered else last or "0")
        piece = f"{row.division}.{own}" if begins_again and row.division else own
        seen[piece] = seen.get(piece, 0) + 1
        if seen[piece] > 1:
            if ordinal:
                notes.add(f"number {ordinal} stands there more than once")
            piece = f"{piece}-{seen[piece]}"
        last = own
        found.append(f"{name}.{piece}")
    return found
