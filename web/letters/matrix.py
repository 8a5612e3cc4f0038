"""Lays out the matrix of one letter: leagues of units as blocks of rows, directives as columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from processes.assignments.board import Cell, Matrix
from processes.documents.tables import Directive
from processes.units.registry import Unit
from web.language import gettext
from web.letters.marks import (
    ACCOUNTABILITY,
    DONE_KEYS,
    LegendEntry,
    Mark,
    MarkKey,
    legend,
    mark_of,
    shares,
)
from web.typography import sort_key
from web.units import unit_name


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixCell:
    """One cell: where it leads, its mark, and all of it in words.

    Attributes:
        beside: what the unit has taken over of the same item.
    """

    assignment_id: UUID
    mark: Mark
    dim: bool
    words: str
    beside: Sequence["MatrixCell"] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixRow:
    """One unit."""

    unit: Unit
    name: str
    cells: Sequence[MatrixCell | None]
    done: int
    total: int
    overdue: int


@dataclass(frozen=True, slots=True, kw_only=True)
class League:
    """Units that are compared with each other."""

    key: str
    name: str
    rows: Sequence[MatrixRow]
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectiveRow:
    """One directive above the matrix, with its share bar."""

    directive: Directive
    total: int
    done: int
    overdue: int
    shares: Sequence[tuple[MarkKey, float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixPage:
    """What the letter's page shows."""

    directives: Sequence[DirectiveRow]
    leagues: Sequence[League]
    league_choices: Sequence[tuple[str, str, int]]
    legend: Sequence[LegendEntry]
    total: int


def league_of(unit: Unit) -> str:
    """Return the league a unit belongs to, by its kind; offices and boards are compared with departments."""
    return "department" if unit.kind in {"department", "agency"} else unit.kind


def league_name(key: str) -> str:
    """Return what a league is called."""
    match key:
        case "department":
            return gettext("Departments and agencies")
        case "vertical":
            return gettext("Vertical agencies")
        case "ward":
            return gettext("Wards")
        case "commune":
            return gettext("Communes")
        case _:
            return gettext("Other units")


def lay_out(found: Matrix, *, league: str, mark: str) -> MatrixPage:
    """Return the page of a matrix.

    Args:
        league: show the rows of this league only; empty shows all.
        mark: show the rows that hold this mark, and dim all other marks; empty shows all.
    """
    marks = {key: [_mark(each) for each in _cells(found, key)] for key in found.cells}
    every = [mark for at in marks.values() for mark in at]
    by_league: dict[str, list[Unit]] = {}
    for unit in found.units:
        by_league.setdefault(league_of(unit), []).append(unit)
    leagues = [
        _league(key, units, found, marks, mark) for key, units in by_league.items() if league in {"", key}
    ]
    return MatrixPage(
        directives=[_directive(directive, marks) for directive in found.directives],
        leagues=[entry for entry in leagues if entry.rows],
        league_choices=[(key, league_name(key), len(units)) for key, units in by_league.items()],
        legend=legend(every),
        total=len(every),
    )


def _cells(found: Matrix, key: tuple[UUID, str]) -> Sequence[Cell]:
    return [found.cells[key], *found.beside.get(key, ())]


def _mark(cell: Cell) -> Mark:
    return mark_of(
        cell.status,
        cell.days_left,
        cell.late_working_days,
        has_deadline=cell.deadline_on is not None,
        accountability_open=cell.accountability_open,
    )


def _league(
    key: str, units: list[Unit], found: Matrix, marks: Mapping[tuple[UUID, str], Sequence[Mark]], wanted: str
) -> League:
    rows = [_row(unit, found, marks, wanted) for unit in units]
    shown = [row for row in rows if not wanted or any(cell and not cell.dim for cell in row.cells)]
    if key not in {"department", "vertical"}:
        shown.sort(key=lambda row: sort_key(row.name))
    return League(key=key, name=league_name(key), rows=shown, size=len(units))


def _is_wanted(mark: Mark, wanted: str) -> bool:
    return mark.accountability if wanted == ACCOUNTABILITY else mark.key == wanted


def _row(
    unit: Unit, found: Matrix, marks: Mapping[tuple[UUID, str], Sequence[Mark]], wanted: str
) -> MatrixRow:
    cells: list[MatrixCell | None] = []
    keys: list[MarkKey] = []
    for directive in found.directives:
        at = (directive.id, unit.code)
        if at not in marks:
            cells.append(None)
            continue
        keys += [mark.key for mark in marks[at]]
        shown = [
            MatrixCell(
                assignment_id=cell.assignment_id,
                mark=mark,
                dim=bool(wanted) and not _is_wanted(mark, wanted),
                words=_words(cell, mark),
            )
            for cell, mark in zip(_cells(found, at), marks[at], strict=True)
        ]
        cells.append(replace(shown[0], beside=shown[1:]))
    return MatrixRow(
        unit=unit,
        name=unit_name(unit.code),
        cells=cells,
        done=sum(keys.count(key) for key in DONE_KEYS),
        total=len(keys),
        overdue=keys.count(MarkKey.OVERDUE),
    )


def _words(cell: Cell, mark: Mark) -> str:
    if cell.former_unit is None:
        return mark.words
    issued = gettext("issued to %(unit)s", unit=unit_name(cell.former_unit))
    return f"{mark.words} · {issued}"


def _directive(directive: Directive, marks: Mapping[tuple[UUID, str], Sequence[Mark]]) -> DirectiveRow:
    counts: dict[MarkKey, int] = {}
    for (directive_id, _), at in marks.items():
        for mark in at if directive_id == directive.id else ():
            counts[mark.key] = counts.get(mark.key, 0) + 1
    return DirectiveRow(
        directive=directive,
        total=sum(counts.values()),
        done=sum(counts.get(key, 0) for key in DONE_KEYS),
        overdue=counts.get(MarkKey.OVERDUE, 0),
        shares=shares(counts),
    )
