"""Puts drawn lines together to tables: which cells they enclose, over how many rows and columns."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from processes.documents.source.pdf.glyphs import Box
from processes.documents.source.pdf.rulings import Drawn, Ruling

#: Lines that end this far from each other still meet, in points.
_MEETS = 3.2
#: Borders this near to each other are one: a double border, or one drawn for each of two cells.
_SAME = 3.2
#: Lines that stick out further than this mean an edge that is not drawn.
_OPEN_EDGE = 10.0
#: This part of a cell's side has to be drawn for the side to be there.
_DRAWN = 0.6
#: A page with more pairs of lines to compare is a chart.
_MOST_PAIRS = 400_000


@dataclass(frozen=True, slots=True)
class Field:
    """What lines enclose: rows and columns of the grid, the last not included."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int


@dataclass(frozen=True, slots=True)
class Grid:
    """A ruled table on one page.

    Attributes:
        xs, ys: where its columns and rows are parted, in points, edges included.
        fields: its cells, from top to bottom and left to right.
    """

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    fields: tuple[Field, ...]

    @property
    def box(self) -> Box:
        """Left, top, right and bottom."""
        return self.xs[0], self.ys[0], self.xs[-1], self.ys[-1]

    def box_of(self, field: Field) -> Box:
        """Return left, top, right and bottom of a cell."""
        return (
            self.xs[field.first_column],
            self.ys[field.first_row],
            self.xs[field.last_column],
            self.ys[field.last_row],
        )

    @property
    def squares(self) -> int:
        """How many cells it would have if none were merged."""
        return (len(self.xs) - 1) * (len(self.ys) - 1)

    def holds(self, x: float, y: float) -> bool:
        """Return whether a point lies within the table."""
        left, top, right, bottom = self.box
        return left - 1 <= x <= right + 1 and top - 1 <= y <= bottom + 1

    def at(self, x: float, y: float) -> tuple[int, int]:
        """Return row and column of the grid at a point within the table."""
        row = min(max(bisect_right(self.ys, y) - 1, 0), len(self.ys) - 2)
        column = min(max(bisect_right(self.xs, x) - 1, 0), len(self.xs) - 2)
        return row, column


def find_grids(drawn: Drawn) -> list[Grid]:
    """Return the tables of two or more columns from top to bottom; what is ruled within a cell is that cell's."""
    grids: list[Grid] = []
    for lying, standing in _meeting(drawn.lying, drawn.standing):
        grid = _grid(lying, standing)
        if grid is not None:
            grids.append(grid)
    grids.sort(key=lambda grid: -(grid.box[2] - grid.box[0]) * (grid.box[3] - grid.box[1]))
    outer: list[Grid] = []
    for grid in grids:
        left, top, right, bottom = grid.box
        if not any(each.holds((left + right) / 2, (top + bottom) / 2) for each in outer):
            outer.append(grid)
    return sorted(outer, key=lambda grid: grid.box[1])


def _meeting(
    lying: Sequence[Ruling], standing: Sequence[Ruling]
) -> Iterator[tuple[list[Ruling], list[Ruling]]]:
    """Yield lying and standing lines that hang together."""
    if not lying or not standing or len(lying) * len(standing) > _MOST_PAIRS:
        return
    group = list(range(len(lying) + len(standing)))

    def root(at: int) -> int:
        while group[at] != at:
            group[at] = group[group[at]]
            at = group[at]
        return at

    for i, h in enumerate(lying):
        for j, v in enumerate(standing, len(lying)):
            meets = h.low - _MEETS <= v.at <= h.high + _MEETS and v.low - _MEETS <= h.at <= v.high + _MEETS
            if meets:
                group[root(i)] = root(j)
    together: dict[int, tuple[list[Ruling], list[Ruling]]] = {}
    for i, h in enumerate(lying):
        together.setdefault(root(i), ([], []))[0].append(h)
    for j, v in enumerate(standing, len(lying)):
        together.setdefault(root(j), ([], []))[1].append(v)
    yield from (pair for pair in together.values() if pair[0] and pair[1])


def _grid(lying: list[Ruling], standing: list[Ruling]) -> Grid | None:
    lying, standing = _closed(lying, standing), _closed(standing, lying)
    xs, ys = _places(standing), _places(lying)
    if len(xs) < 3 or len(ys) < 2:
        return None
    right_of = _sides(standing, xs, ys)
    below = _sides(lying, ys, xs)
    fields = tuple(_fields(len(ys) - 1, len(xs) - 1, right_of, below))
    return Grid(tuple(xs), tuple(ys), fields) if len(fields) > 1 else None


def _closed(lines: list[Ruling], across: list[Ruling]) -> list[Ruling]:
    """Add the edge on either side where lines across stick out: some tables are drawn without it."""
    low, high = min(each.low for each in across), max(each.high for each in across)
    first, last = min(each.at for each in lines), max(each.at for each in lines)
    start, end = min(each.at for each in across), max(each.at for each in across)
    return [
        *([Ruling(low, start, end)] if first - low > _OPEN_EDGE else []),
        *lines,
        *([Ruling(high, start, end)] if high - last > _OPEN_EDGE else []),
    ]


def _places(lines: Sequence[Ruling]) -> list[float]:
    places: list[list[float]] = []
    for at in sorted(each.at for each in lines):
        if places and at - places[-1][0] <= _SAME:
            places[-1].append(at)
        else:
            places.append([at])
    return [sum(each) / len(each) for each in places]


def _sides(lines: Sequence[Ruling], places: Sequence[float], steps: Sequence[float]) -> set[tuple[int, int]]:
    """Return (place, step) wherever a line is drawn at a place along a step of the other direction."""
    drawn: dict[tuple[int, int], float] = {}
    for line in lines:
        place = min(range(len(places)), key=lambda at: abs(places[at] - line.at))
        first = max(bisect_right(steps, line.low) - 1, 0)
        for step in range(first, len(steps) - 1):
            if steps[step] >= line.high:
                break
            length = min(line.high, steps[step + 1]) - max(line.low, steps[step])
            drawn[place, step] = drawn.get((place, step), 0.0) + max(length, 0.0)
    return {
        (place, step)
        for (place, step), length in drawn.items()
        if length >= _DRAWN * (steps[step + 1] - steps[step])
    }


def _fields(
    rows: int, columns: int, right_of: set[tuple[int, int]], below: set[tuple[int, int]]
) -> Iterator[Field]:
    """Yield the cells: squares of the grid belong together where no line parts them."""
    taken: set[tuple[int, int]] = set()
    for row in range(rows):
        for column in range(columns):
            if (row, column) in taken:
                continue
            last_column = column + 1
            while (
                last_column < columns
                and (last_column, row) not in right_of
                and (row, last_column) not in taken
            ):
                last_column += 1
            last_row = row + 1
            while last_row < rows and not any(
                (last_row, each) in below or (last_row, each) in taken for each in range(column, last_column)
            ):
                last_row += 1
            taken.update((r, c) for r in range(row, last_row) for c in range(column, last_column))
            yield Field(row, last_row, column, last_column)
