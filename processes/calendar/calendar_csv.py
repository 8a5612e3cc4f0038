"""Reads the working-day calendar from CSV: the whole file or nothing, every line that is wrong named."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import ClassVar

from engine.errors import Rejection
from processes.calendar.working_days import SATURDAY, DayKind
from processes.problems import N_, Problem
from processes.units.units_rows import with_guard, without_guard

#: Columns that must be there.
COLUMNS = ("date", "kind", "name", "source")
#: Columns that may be there; others are ignored.
OPTIONAL_COLUMNS = ("paired_with", "provisional")
#: Thirty years of days off fit several times.
MAX_BYTES = 1024 * 1024
#: Characters of a name and of a source.
MAX_TEXT = 200


class CalendarRefused(Rejection):
    """A calendar file cannot be taken; ``params["problems"]`` names every line."""

    code: ClassVar[str] = "calendar_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedDay:
    """A day off or a make-up workday, with where it is known from.

    Attributes:
        paired_with: the other day of a swap, a day off and its make-up workday.
        provisional: it is expected, not decided.
    """

    day: date
    kind: DayKind
    name: str
    source: str
    paired_with: date | None = None
    provisional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarFile:
    """The days of a file in their order; ``columns`` are the optional ones that it has."""

    days: tuple[NamedDay, ...]
    columns: frozenset[str]


def read_calendar_csv(source: bytes | Path) -> CalendarFile:
    """Read all days of a file.

    Args:
        source: UTF-8 text with the columns :data:`COLUMNS`; days are written YYYY-MM-DD, ``kind`` is ``off`` or
            ``makeup_workday``, ``provisional`` is ``yes`` or empty.

    Raises:
        CalendarRefused: the file or any of its lines cannot be taken.
    """
    rows = csv.DictReader(io.StringIO(_text(source)))
    missing = [column for column in COLUMNS if column not in (rows.fieldnames or ())]
    if missing:
        raise _refused([f"line 1: the column '{column}' is missing" for column in missing])
    found: dict[date, NamedDay] = {}
    problems: list[str] = []
    columns = frozenset(OPTIONAL_COLUMNS).intersection(rows.fieldnames or ())
    try:
        for line, row in enumerate(rows, start=2):
            try:
                names = (*COLUMNS, *OPTIONAL_COLUMNS)
                read = _day({column: without_guard((row.get(column) or "").strip()) for column in names})
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
    years = {day.year for day in found}
    for each in found.values():
        if each.paired_with is None or each.paired_with.year in years:
            problems += [f"{each.day.isoformat()}: {problem}" for problem in misfits(each, found)]
    if problems:
        raise _refused(problems)
    return CalendarFile(days=tuple(found[day] for day in sorted(found)), columns=columns)


def write_calendar_csv(days: Iterable[NamedDay]) -> bytes:
    """Return days as the text that :func:`read_calendar_csv` reads; nothing in it is taken for a formula."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow((*COLUMNS, *OPTIONAL_COLUMNS))
    for each in days:
        paired = "" if each.paired_with is None else each.paired_with.isoformat()
        cells = (each.day.isoformat(), each.kind.value, each.name, each.source, paired)
        writer.writerow([with_guard(cell) for cell in (*cells, "yes" if each.provisional else "")])
    return b"\xef\xbb\xbf" + written.getvalue().encode()


def misfits(named: NamedDay, days: Mapping[date, NamedDay]) -> Iterable[str]:
    """Yield why a day cannot be what it is said to be, beside the other days.

    A make-up workday is a Saturday or Sunday; a swap pairs it with a day off from Monday to Friday, both ways.
    """
    at_weekend = named.day.weekday() >= SATURDAY
    if named.kind is DayKind.MAKEUP_WORKDAY and not at_weekend:
        yield Problem(N_("a make-up workday is a Saturday or a Sunday"))
    if named.paired_with is None:
        return
    if named.kind is DayKind.OFF and at_weekend:
        yield Problem(N_("a day off that is made up for is one from Monday to Friday"))
    other = days.get(named.paired_with)
    if other is None or other.kind is named.kind or other.paired_with != named.day:
        yield Problem(N_("{day} is not the other day of the swap"), day=named.paired_with)


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
    if row["provisional"] not in {"", "yes"}:
        raise ValueError(f"provisional '{row['provisional']}' is neither yes nor empty")
    try:
        paired_with = date.fromisoformat(row["paired_with"]) if row["paired_with"] else None
    except ValueError as error:
        raise ValueError(f"paired_with '{row['paired_with']}' is no day written YYYY-MM-DD") from error
    return NamedDay(
        day=day,
        kind=DayKind(row["kind"]),
        name=row["name"],
        source=row["source"],
        paired_with=paired_with,
        provisional=row["provisional"] == "yes",
    )


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
