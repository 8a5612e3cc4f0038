"""Reads a registry from CSV: every row is taken or refused with its line and reason."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from engine.errors import Rejection
from processes.units.registry import Recipient, Unit

#: Columns that must be there; ``valid_from`` and ``valid_to`` (YYYY-MM-DD) may be, others are ignored.
COLUMNS = ("code", "name_vi", "name_en", "kind", "group", "short_vi", "aliases", "in_letter_recipients")

KINDS = frozenset({"department", "agency", "vertical", "ward", "commune"})

#: A registry of a whole country fits ten times.
MAX_BYTES = 5 * 1024 * 1024


class RegistryRefused(Rejection):
    """A registry file cannot be taken; ``params["problems"]`` names every line."""

    code: ClassVar[str] = "registry_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedRow:
    """A line that cannot be taken."""

    line: int
    reason: str


def read_units_csv(content: bytes) -> tuple[Unit, ...]:
    """Read a whole registry.

    Raises:
        RegistryRefused: the file or any of its rows cannot be taken; nothing is half taken.
    """
    if len(content) > MAX_BYTES:
        raise _refused([f"the file is larger than {MAX_BYTES // (1024 * 1024)} MB"])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused(["the file is not UTF-8; save it again as 'CSV UTF-8'"]) from error
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
        if missing:
            raise _refused([f"line 1: the columns {', '.join(missing)} are missing"])
        units, rejected = _read_rows([(reader.line_num, row) for row in reader])
    except csv.Error as error:
        raise _refused([f"line {reader.line_num}: {error}"]) from error
    if not units and not rejected:
        raise _refused(["the file holds no unit"])
    if rejected:
        raise _refused([f"line {row.line}: {row.reason}" for row in rejected])
    return tuple(units)


def _read_rows(rows: list[tuple[int, dict[str, str]]]) -> tuple[list[Unit], list[RejectedRow]]:
    units: list[Unit] = []
    rejected: list[RejectedRow] = []
    periods: dict[str, list[tuple[int, Unit]]] = {}
    for line, row in rows:
        try:
            unit = _unit(row)
            for other_line, other in periods.get(unit.code, ()):
                if _overlap(unit, other):
                    raise ValueError(f"the code '{unit.code}' is already used in line {other_line}")
        except ValueError as error:
            rejected.append(RejectedRow(line=line, reason=str(error)))
            continue
        periods.setdefault(unit.code, []).append((line, unit))
        units.append(unit)
    return units, rejected


def _unit(row: Mapping[str, str | None]) -> Unit:
    if None in row or any(row.get(column) is None for column in COLUMNS):
        raise ValueError("the row does not have as many cells as the header")
    cell = {column: (row.get(column) or "").strip() for column in (*COLUMNS, "valid_from", "valid_to")}
    for column in ("code", "name_vi"):
        if not cell[column]:
            raise ValueError(f"{column} is empty")
    if len(cell["code"]) > 40:
        raise ValueError("the code is longer than 40 characters")
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


def _day(text: str, column: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{column} '{text}' is no date (YYYY-MM-DD)") from error


def _overlap(one: Unit, other: Unit) -> bool:
    first, second = sorted((one, other), key=lambda unit: unit.valid_from or date.min)
    return first.valid_to is None or (second.valid_from or date.min) <= first.valid_to


def _refused(problems: list[str]) -> RegistryRefused:
    return RegistryRefused(
        f"Expected a registry of units, but {len(problems)} problems were found", problems=problems
    )
