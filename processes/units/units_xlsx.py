"""Reads and writes a registry as an Excel workbook; what could be computed or unpacked without end is refused."""

import io
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from processes.problems import N_, Problem
from processes.units.registry import Unit
from processes.units.units_csv import cells_of
from processes.units.units_rows import (
    COLUMNS,
    MAX_BYTES,
    OPTIONAL_COLUMNS,
    LoadedUnits,
    Row,
    missing_columns,
    refused,
    take_rows,
    too_large,
)

#: Bytes that a workbook may unpack to.
MAX_UNPACKED = 60 * 1024 * 1024
#: Files within a workbook.
MAX_MEMBERS = 2_000
#: Rows of a registry, the heading included.
MAX_ROWS = 20_000
#: Columns that are looked at.
MAX_COLUMNS = 60

_WIDTHS = {"name_vi": 48, "name_en": 40, "group": 24, "short_vi": 20, "aliases": 48}


def load_units_xlsx(source: bytes | Path) -> LoadedUnits:
    """Read the first sheet of a workbook row by row, see :func:`processes.units.units_rows.take_rows`.

    Raises:
        RegistryRefused: the file as a whole is no registry.
    """
    content = _content(source)
    _require_harmless(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
        sheets = book.worksheets
        rows = _cells(sheets[0]) if sheets else []
    except (KeyError, ValueError, TypeError, AttributeError, OSError, SyntaxError, BadZipFile) as error:
        raise refused(
            [Problem(N_("the file is no Excel workbook that can be read: {error}"), error=error)]
        ) from error
    if not rows:
        raise refused([Problem(N_("the file is empty"))])
    heading = [str(cell.value or "").strip() for cell in rows[0]]
    incomplete = missing_columns(heading)
    if incomplete is not None:
        raise incomplete
    places = {name: place for place, name in reversed(list(enumerate(heading))) if name}
    return take_rows(
        _rows(rows[1:], places),
        heading,
        lambda column, line: f"{get_column_letter(places[column] + 1)}{line}" if column in places else "",
    )


def write_units_xlsx(units: Iterable[Unit]) -> bytes:
    """Return a registry as a workbook; every cell is text, so that nothing is taken for a formula or a number."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("units")
    sheet.freeze_panes = "C2"
    names = (*COLUMNS, *OPTIONAL_COLUMNS)
    for place, name in enumerate(names, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = _WIDTHS.get(name, 16)
    sheet.append([_text_cell(sheet, name, bold=True) for name in names])
    for unit in units:
        sheet.append([_text_cell(sheet, cell) for cell in cells_of(unit)])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _text_cell(sheet: Any, text: str, *, bold: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, value=text or None)
    if text:
        cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell


def _content(source: bytes | Path) -> bytes:
    if isinstance(source, Path):
        with source.open("rb") as file:
            source = file.read(MAX_BYTES + 1)
    if len(source) > MAX_BYTES:
        raise too_large()
    return source


def _require_harmless(content: bytes) -> None:
    """Refuse what is no archive, unpacks to too much, or declares entities of XML."""
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
                raise refused([Problem(N_("the file would unpack to far more than a registry"))])
            if any(member.flag_bits & 1 for member in members):
                raise refused([Problem(N_("the file is encrypted; save it without a password"))])
            for member in members:
                with archive.open(member) as part:
                    beginning = part.read(2048).replace(b"\0", b"")
                if b"<!DOCTYPE" in beginning or b"<!ENTITY" in beginning:
                    raise refused(
                        [
                            Problem(
                                N_("the file declares entities of XML, which no spreadsheet program writes")
                            )
                        ]
                    )
    # the archive library says so of packing that it does not know, and of encryption
    except (BadZipFile, zipfile.LargeZipFile, NotImplementedError, OSError, EOFError, RuntimeError) as error:
        raise refused([Problem(N_("the file is no Excel workbook (.xlsx)"))]) from error


def _cells(sheet: Any) -> list[tuple[Any, ...]]:
    """Return the cells of a sheet up to its last row with text."""
    found: list[tuple[Any, ...]] = []
    for number, cells in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS), start=1):
        if number > MAX_ROWS:
            raise refused([Problem(N_("the sheet has more than {rows} rows"), rows=MAX_ROWS)])
        found.append(cells)
    while found and not _has_text(found[-1]):
        found.pop()
    return found


def _has_text(cells: Sequence[Any]) -> bool:
    return any(cell.value is not None and str(cell.value).strip() for cell in cells)


def _rows(rows: Sequence[tuple[Any, ...]], places: dict[str, int]) -> Iterator[Row]:
    for line, cells in enumerate(rows, start=2):
        if not _has_text(cells):
            continue
        texts: dict[str, str | None] = {}
        problems: list[tuple[str, str]] = []
        for name in (*COLUMNS, *OPTIONAL_COLUMNS):
            place = places.get(name)
            cell = cells[place] if place is not None and place < len(cells) else None
            texts[name] = "" if cell is None else _text(cell, name, problems)
        yield Row(line=line, cells=texts, problems=tuple(problems))


def _text(cell: Any, column: str, problems: list[tuple[str, str]]) -> str:
    value = cell.value
    if cell.data_type in {"f", "e"} or isinstance(value, bool):
        what = {
            "f": N_("{column} holds a formula; write the text itself"),
            "e": N_("{column} holds an error; write the text itself"),
        }.get(cell.data_type, N_("{column} holds a truth value; write the text itself"))
        problems.append((column, Problem(what, column=column)))
        return ""
    match value:
        case None:
            return ""
        case datetime() if not (value.hour or value.minute or value.second):
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return unicodedata.normalize("NFC", str(value))
