"""Reads a registry from CSV: every row is taken or refused with its line and reason."""

import csv
import io
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import ClassVar

from engine.errors import Rejection
from processes.units.names import folded
from processes.units.registry import Recipient, Unit

#: Columns that must be there; ``valid_from`` and ``valid_to`` (YYYY-MM-DD) may be, others are ignored.
COLUMNS = ("code", "name_vi", "name_en", "kind", "group", "short_vi", "aliases", "in_letter_recipients")

KINDS = frozenset({"department", "agency", "vertical", "ward", "commune"})

#: A registry of a whole country fits ten times.
MAX_BYTES = 5 * 1024 * 1024

_MAX_CODE = 40

#: Rows taken so far with their lines, by ("code", …) and by ("name", …).
_Lines = dict[tuple[str, str], list[tuple[int, Unit]]]


class RegistryRefused(Rejection):
    """A registry file cannot be taken; ``params["problems"]`` names every line."""

    code: ClassVar[str] = "registry_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedRow:
    """A line that cannot be taken; the heading is line 1."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedUnits:
    """What a file holds: the rows that can be taken, in its order, and those that cannot."""

    accepted: tuple[Unit, ...]
    rejected: tuple[RejectedRow, ...]


def load_units_csv(source: bytes | Path) -> LoadedUnits:
    """Read a registry row by row.

    Two rows of one code must not hold on the same day, nor two units of one name.

    Args:
        source: UTF-8 text with the columns ``COLUMNS``, separated by ``,`` or, as Excel does in Vietnam, ``;``.

    Raises:
        RegistryRefused: the file as a whole is no registry.
    """
    try:
        rows = list(_rows(_text(source)))
    except csv.Error as error:
        raise _refused([f"the file is no CSV: {error}"]) from error
    taken: list[Unit] = []
    lines: _Lines = {}
    rejected: list[RejectedRow] = []
    for line, row in rows:
        try:
            unit = _unit(row)
            _refuse_twice(unit, line, lines)
        except ValueError as error:
            rejected.append(RejectedRow(line=line, reason=str(error)))
        else:
            taken.append(unit)
    if not rows:
        raise _refused(["the file holds no unit"])
    return LoadedUnits(accepted=tuple(taken), rejected=tuple(rejected))


def read_units_csv(source: bytes | Path) -> tuple[Unit, ...]:
    """Read a whole registry.

    Raises:
        RegistryRefused: the file or any of its rows cannot be taken; nothing is half taken.
    """
    loaded = load_units_csv(source)
    if loaded.rejected:
        raise _refused([f"line {row.line}: {row.reason}" for row in loaded.rejected])
    return loaded.accepted


def separator_of(source: str | bytes | Path) -> str:
    """Return what separates the columns of a registry: ``,`` or, as Excel writes it in Vietnam, ``;``."""
    text = source if isinstance(source, str) else _text(source)
    heading = text.partition("\n")[0]
    return ";" if heading.count(";") > heading.count(",") else ","


def _text(source: bytes | Path) -> str:
    if isinstance(source, Path):
        with source.open("rb") as file:
            source = file.read(MAX_BYTES + 1)
    if len(source) > MAX_BYTES:
        raise _refused([f"the file is larger than {MAX_BYTES // (1024 * 1024)} MB"])
    try:
        return unicodedata.normalize("NFC", source.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise _refused(["the file is not UTF-8; save it again as 'CSV UTF-8'"]) from error


def _rows(text: str) -> Iterator[tuple[int, Mapping[str | None, str | None]]]:
    if not text.strip():
        raise _refused(["the file is empty"])
    delimiter = separator_of(text)
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter)
    missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
    if missing:
        words = "column {} is" if len(missing) == 1 else "columns {} are"
        raise _refused([f"line 1: the {words.format(', '.join(missing))} missing"])
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _refused([f"line {reader.line_num + 1}: {error}"]) from error
        yield reader.line_num, row


def _unit(row: Mapping[str | None, str | None]) -> Unit:
    if None in row or any(row.get(column) is None for column in COLUMNS):
        raise ValueError("the row does not have as many cells as the heading")
    cell = {column: (row.get(column) or "").strip() for column in (*COLUMNS, "valid_from", "valid_to")}
    for column, text in cell.items():
        if any(unicodedata.category(character) == "Cc" for character in text):
            raise ValueError(f"{column} holds a line break or control character")
    for column in ("code", "name_vi"):
        if not cell[column]:
            raise ValueError(f"{column} is empty")
    if len(cell["code"]) > _MAX_CODE:
        raise ValueError(f"the code is longer than {_MAX_CODE} characters")
    if cell["kind"] not in KINDS:
        raise ValueError(f"the kind '{cell['kind']}' is none of {', '.join(sorted(KINDS))}")
    recipients = [recipient.value for recipient in Recipient]
    if cell["in_letter_recipients"] not in recipients:
        raise ValueError(
            f"in_letter_recipients '{cell['in_letter_recipients']}' is none of {', '.join(recipients)}"
        )
    unit = Unit(
        code=cell["code"],
        name=cell["name_vi"],
        name_en=cell["name_en"],
        kind=cell["kind"],
        group=cell["group"],
        short_name=cell["short_vi"],
        aliases=tuple(alias.strip() for alias in cell["aliases"].split(";") if alias.strip()),
        recipient=Recipient(cell["in_letter_recipients"]),
        valid_from=_day(cell["valid_from"], "valid_from"),
        valid_to=_day(cell["valid_to"], "valid_to"),
    )
    if unit.valid_from and unit.valid_to and unit.valid_to < unit.valid_from:
        raise ValueError("valid_to is before valid_from")
    return unit


def _refuse_twice(unit: Unit, line: int, lines: _Lines) -> None:
    keys = (("code", unit.code), ("name", folded(unit.name)))
    for key in keys:
        for other_line, other in lines.get(key, ()):
            same = unit.code if key[0] == "code" else unit.name
            if unit.overlaps(other) and (key[0] == "code" or unit.code != other.code):
                raise ValueError(
                    f"the {key[0]} '{same}' is already used in line {other_line} for the same days"
                )
    for key in keys:
        lines.setdefault(key, []).append((line, unit))


def _day(text: str, column: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{column} '{text}' is no date (YYYY-MM-DD)") from error


def _refused(problems: list[str]) -> RegistryRefused:
    count = "1 problem was" if len(problems) == 1 else f"{len(problems)} problems were"
    return RegistryRefused(f"Expected a registry of units, but {count} found", problems=problems)
