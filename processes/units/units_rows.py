"""Takes the rows of a registry file one by one: every row becomes a unit or is refused with all its reasons."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from engine.errors import Rejection
from processes.problems import N_, Problem
from processes.units.identifiers import is_identifier, is_old_identifier
from processes.units.names import folded
from processes.units.registry import Recipient, Unit

#: Columns that must be there.
COLUMNS = ("code", "name_vi", "name_en", "kind", "group", "short_vi", "aliases", "in_letter_recipients")
#: Columns that may be there; days are written YYYY-MM-DD. What else a file has is ignored.
OPTIONAL_COLUMNS = ("parent", "identifier", "identifier_old", "replaced_by", "valid_from", "valid_to")

KINDS = frozenset({"department", "agency", "vertical", "ward", "commune"})

#: A registry of a whole country fits ten times.
MAX_BYTES = 5 * 1024 * 1024

#: Characters of a code.
MAX_CODE = 40

#: What a spreadsheet program takes for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

_USED_TWICE = {
    "code": N_("the code '{text}' is already used in line {line} for the same days"),
    "name": N_("the name '{text}' is already used in line {line} for the same days"),
    "identifier": N_("the identifier '{text}' is already used in line {line} for the same days"),
}

#: Rows taken so far with their lines, by ("code", …), ("name", …) and ("identifier", …).
_Lines = dict[tuple[str, str], list[tuple[int, Unit]]]


class RegistryRefused(Rejection):
    """A registry file cannot be taken; ``params["problems"]`` names every line."""

    code: ClassVar[str] = "registry_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a file.

    Attributes:
        line: the heading is 1.
        cells: text by column; ``None`` where the row is too short.
        problems: what is wrong with single cells already, as (column, reason).
    """

    line: int
    cells: Mapping[str, str | None]
    problems: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedRow:
    """A reason why a line cannot be taken.

    Attributes:
        line: the heading is line 1.
        cell: the spreadsheet's name of the cell, ``D5``; empty where the file has none or the row is meant.
    """

    line: int
    reason: str
    cell: str = ""

    def __str__(self) -> str:
        """Return the place and the reason."""
        place = f"line {self.line}" if not self.cell else f"line {self.line}, cell {self.cell}"
        return f"{place}: {self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedUnits:
    """What a file holds: the rows that can be taken, in its order, and those that cannot.

    Attributes:
        lines: the line of each accepted row.
        columns: the optional columns that the file has.
    """

    accepted: tuple[Unit, ...]
    rejected: tuple[RejectedRow, ...]
    lines: tuple[int, ...]
    columns: frozenset[str]


def take_rows(
    rows: Iterable[Row],
    columns: Iterable[str],
    cell_of: Callable[[str, int], str] = lambda _column, _line: "",
) -> LoadedUnits:
    """Read a registry row by row.

    Two rows of one code must not hold on the same day, nor two units of one name or identifier.

    Args:
        columns: the columns that the file has.
        cell_of: names the cell of a column in a line.

    Raises:
        RegistryRefused: there is no row at all.
    """
    taken: list[Unit] = []
    at: list[int] = []
    lines: _Lines = {}
    rejected: list[RejectedRow] = []
    found = False
    for row in rows:
        found = True
        problems = list(row.problems)
        unit = _unit(row, problems)
        if unit is not None and not problems:
            problems += _used_twice(unit, row.line, lines)
        if unit is not None and not problems:
            taken.append(unit)
            at.append(row.line)
        rejected += [
            RejectedRow(line=row.line, reason=reason, cell=cell_of(column, row.line) if column else "")
            for column, reason in problems
        ]
    if not found:
        raise refused([Problem(N_("the file holds no unit"))])
    return LoadedUnits(
        accepted=tuple(taken),
        rejected=tuple(rejected),
        lines=tuple(at),
        columns=frozenset(OPTIONAL_COLUMNS).intersection(columns),
    )


def missing_columns(heading: Iterable[str]) -> RegistryRefused | None:
    """Return the refusal of a heading that lacks columns; ``None`` if it has all."""
    present = set(heading)
    missing = [column for column in COLUMNS if column not in present]
    if not missing:
        return None
    sentence = (
        N_("line 1: the column {columns} is missing")
        if len(missing) == 1
        else N_("line 1: the columns {columns} are missing")
    )
    return refused([Problem(sentence, columns=", ".join(missing))])


def too_large() -> RegistryRefused:
    """Return the refusal of a file of more than ``MAX_BYTES``."""
    return refused([Problem(N_("the file is larger than {size} MB"), size=MAX_BYTES // (1024 * 1024))])


def refused(problems: list[str]) -> RegistryRefused:
    """Return the refusal of a file."""
    count = "1 problem was" if len(problems) == 1 else f"{len(problems)} problems were"
    return RegistryRefused(f"Expected a registry of units, but {count} found", problems=problems)


def without_guard(text: str) -> str:
    """Return a cell without the apostrophe that keeps a spreadsheet program from computing it."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text


def with_guard(text: str) -> str:
    """Return a cell that no spreadsheet program takes for a formula (the inverse of :func:`without_guard`)."""
    return f"'{text}" if text.startswith(_FORMULA) or without_guard(text) != text else text


def _unit(row: Row, problems: list[tuple[str, str]]) -> Unit | None:
    if any(row.cells.get(column) is None for column in COLUMNS):
        problems.append(("", Problem(N_("the row does not have as many cells as the heading"))))
        return None
    named = (*COLUMNS, *OPTIONAL_COLUMNS)
    cell = {column: without_guard((row.cells.get(column) or "").strip()) for column in named}
    for column, text in cell.items():
        if any(unicodedata.category(character) == "Cc" for character in text):
            problems.append(
                (column, Problem(N_("{column} holds a line break or control character"), column=column))
            )
    problems += [
        (column, Problem(N_("{column} is empty"), column=column))
        for column in ("code", "name_vi")
        if not cell[column]
    ]
    if len(cell["code"]) > MAX_CODE:
        problems.append(("code", Problem(N_("the code is longer than {most} characters"), most=MAX_CODE)))
    if cell["kind"] not in KINDS:
        kinds = ", ".join(sorted(KINDS))
        problems.append(
            ("kind", Problem(N_("the kind '{kind}' is none of {kinds}"), kind=cell["kind"], kinds=kinds))
        )
    recipients = [recipient.value for recipient in Recipient]
    if cell["in_letter_recipients"] not in recipients:
        problems.append(
            (
                "in_letter_recipients",
                Problem(
                    N_("in_letter_recipients '{text}' is none of {words}"),
                    text=cell["in_letter_recipients"],
                    words=", ".join(recipients),
                ),
            )
        )
    for column, form, holds in (
        ("identifier", "H19.15", is_identifier),
        ("identifier_old", "000.00.15.H19", is_old_identifier),
    ):
        if cell[column] and not holds(cell[column]):
            reason = N_("{column} '{text}' is not written as {form}")
            problems.append((column, Problem(reason, column=column, text=cell[column], form=form)))
    if cell["parent"] and cell["parent"] == cell["code"]:
        problems.append(("parent", Problem(N_("the parent is the unit itself"))))
    days = {column: _day(cell[column], column, problems) for column in ("valid_from", "valid_to")}
    if days["valid_from"] and days["valid_to"] and days["valid_to"] < days["valid_from"]:
        problems.append(("valid_to", Problem(N_("valid_to is before valid_from"))))
    if problems:
        return None
    return Unit(
        code=cell["code"],
        name=cell["name_vi"],
        name_en=cell["name_en"],
        kind=cell["kind"],
        group=cell["group"],
        short_name=cell["short_vi"],
        aliases=_parts(cell["aliases"]),
        recipient=Recipient(cell["in_letter_recipients"]),
        valid_from=days["valid_from"],
        valid_to=days["valid_to"],
        parent=cell["parent"] or None,
        identifier=cell["identifier"] or None,
        identifier_old=cell["identifier_old"] or None,
        replaced_by=_parts(cell["replaced_by"]),
    )


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _used_twice(unit: Unit, line: int, lines: _Lines) -> list[tuple[str, str]]:
    keys = [("code", unit.code), ("name", folded(unit.name))]
    if unit.identifier:
        keys.append(("identifier", unit.identifier))
    shown = {"code": unit.code, "name": unit.name, "identifier": unit.identifier}
    columns = {"code": "code", "name": "name_vi", "identifier": "identifier"}
    for what, value in keys:
        for other_line, other in lines.get((what, value), ()):
            if unit.overlaps(other) and (what == "code" or unit.code != other.code):
                reason = Problem(_USED_TWICE[what], text=shown[what], line=other_line)
                return [(columns[what], reason)]
    for key in keys:
        lines.setdefault(key, []).append((line, unit))
    return []


def _day(text: str, column: str, problems: list[tuple[str, str]]) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        problems.append(
            (column, Problem(N_("{column} '{text}' is no date (YYYY-MM-DD)"), column=column, text=text))
        )
        return None
