"""Reads the working-day calendar from CSV: the whole file or nothing, every line that is wrong named."""

import csv
import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import ClassVar

from engine.errors import Rejection
from processes.calendar.working_days import DayKind

#: Columns that must be there; others are ignored.
COLUMNS = ("date", "kind", "name", "source")
#: Thirty years of days off fit several times.
MAX_BYTES = 1024 * 1024
#: Characters of a name and of a source.
MAX_TEXT = 200


class CalendarRefused(Rejection):
    """A calendar file cannot be taken; ``params["problems"]`` names every line."""

    code: ClassVar[str] = "calendar_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedDay:
    """A day off or a make-up workday, with where it is known from."""

    day: date
    kind: DayKind
    name: str
    source: str


def read_calendar_csv(source: bytes | Path) -> tuple[NamedDay, ...]:
    """Read all days of a file, in their order.

    Args:
        source: UTF-8 text with the columns :data:`COLUMNS`; days are written YYYY-MM-DD, ``kind`` is ``off`` or
            ``makeup_workday``.

    Raises:
        CalendarRefused: the file or any of its lines cannot be taken.
    """
    rows = csv.DictReader(io.StringIO(_text(source)))
    missing = [column for column in COLUMNS if column not in (rows.fieldnames or ())]
    if missing:
        raise _refused([f"line 1: the column '{column}' is missing" for column in missing])
    found: dict[date, NamedDay] = {}
    problems: list[str] = []
    try:
        for line, row in enumerate(rows, start=2):
            try:
                read = _day({column: (row[column] or "").strip() for column in COLUMNS})
            except ValueError as error:
                problems.append(f"line {line}: {error}")
                continue
            if read.day in found:
                problems.append(f"line {line}: {read.day.isoformat()} is there twice")
            found[read.day] = read
    except csv.Error as error:
        raise _refused([f"the file is no CSV: {error}"]) from error
    if not found and not problems:
        problems = ["the file names no day"]
    if problems:
        raise _refused(problems)
    return tuple(found[day] for day in sorted(found))


def _day(row: dict[str, str]) -> NamedDay:
    try:
        day = date.fromisoformat(row["date"])
    except ValueError as error:
        raise ValueError(f"'{row['date']}' is no day written YYYY-MM-DD") from error
    if row["kind"] not in set(DayKind):
        raise ValueError(f"the kind '{row['kind']}' is none of {', '.join(DayKind)}")
    for column in ("name", "source"):
        if not 0 < len(row[column]) <= MAX_TEXT:
            raise ValueError(f"the {column} has {len(row[column])} characters, expected 1 to {MAX_TEXT}")
    return NamedDay(day=day, kind=DayKind(row["kind"]), name=row["name"], source=row["source"])


def _text(source: bytes | Path) -> str:
    if isinstance(source, Path):
        with source.open("rb") as file:
            source = file.read(MAX_BYTES + 1)
    if len(source) > MAX_BYTES:
        raise _refused([f"the file is larger than {MAX_BYTES // (1024 * 1024)} MB"])
    try:
        return unicodedata.normalize("NFC", source.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise _refused(["the file is not encoded as UTF-8"]) from error


def _refused(problems: Sequence[str]) -> CalendarRefused:
    return CalendarRefused(
        f"Expected a calendar that can be taken, but it has {len(problems)} problems", problems=list(problems)
    )
