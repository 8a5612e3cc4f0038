"""Reads an Excel workbook: a table for each region of data on a visible sheet, rows around it as paragraphs."""

import datetime as dt
import posixpath
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.cell import get_column_letter

from processes.documents.errors import LetterDamaged, LetterNotWorkbook
from processes.documents.source.archives import DAMAGED, Archive, ignored, refuse_document_type
from processes.documents.source.blocks import Cell, Line, Place, Remark, SourceKind, SourceText, Table
from processes.documents.source.characters import is_rule, joined, plain, without_emphasis
from processes.documents.source.collecting import Collector, too_long
from processes.documents.source.limits import MOST_CELLS
from processes.documents.source.xlsx.dates import maybe_swapped
from processes.documents.source.xlsx.grid import Found, visible_rows
from processes.documents.source.xlsx.regions import Region, regions
from processes.documents.source.xlsx.scan import Scan, scan
from processes.documents.source.xlsx.shown import shown

_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_STRINGS = "sharedstrings.xml"
#: A remark names so many cells and counts the others.
_MOST_NAMED = 50
#: What openpyxl raises of workbooks that are not as they should be.
_WRONG = (*DAMAGED, TypeError, AttributeError, IndexError, SyntaxError)


@dataclass(slots=True, kw_only=True)
class _Met:
    """What was met on the sheets, for the remarks."""

    hidden_sheets: list[str] = field(default_factory=list)
    hidden_rows: int = 0
    hidden_columns: int = 0
    formulas: int = 0
    unknown: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    swapped: list[str] = field(default_factory=list)


def read_xlsx(content: bytes) -> SourceText:
    """Return the visible sheets of a workbook. Formulas are never computed: what Excel kept of them is shown.

    Raises:
        LetterNotWorkbook: the archive holds no workbook.
        LetterUnreadable: damaged, too long, a bomb.
    """
    met = _Met()
    with Archive(content) as archive:
        scans = _scans(archive, met)
        remarks = list(ignored(archive))
    collector = Collector()
    try:
        with warnings.catch_warnings():
            # of what it does not know openpyxl warns; nothing of that is read
            warnings.simplefilter("ignore")
            book = load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
            for name, scanned in scans.items():
                _take_sheet(collector, name, _cells(book[name], scanned, met), scanned, met)
            book.close()
    except _WRONG as error:
        raise LetterDamaged("Expected a workbook, but it is damaged") from error
    remarks += _remarks(met)
    return SourceText(kind=SourceKind.XLSX, blocks=tuple(collector.blocks), remarks=tuple(remarks))


def _scans(archive: Archive, met: _Met) -> Mapping[str, Scan]:
    """Return what the visible sheets hold by their names, having looked at every part that will be parsed."""
    main = next((name for kind, name in archive.related().values() if kind == "officeDocument"), None)
    if main is None or main not in archive:
        raise LetterNotWorkbook("Expected an Excel workbook, but the archive holds none")
    for part in archive.names:
        if part.lower().endswith((".xml", ".rels")):
            content = archive.read(part)
            refuse_document_type(content)
            if posixpath.basename(part).lower() == _STRINGS and content.count(b"<si") > 2 * MOST_CELLS:
                raise too_long("texts", 2 * MOST_CELLS)
    root = archive.xml(main)
    if root.tag != f"{_S}workbook":
        raise LetterNotWorkbook("Expected an Excel workbook, but its main part has another form")
    related = archive.related(main)
    scans = {}
    for sheet in root.iter(f"{_S}sheet"):
        kind, part = related.get(sheet.get(f"{_R}id", ""), ("", ""))
        name = sheet.get("name", "")
        if kind != "worksheet" or part not in archive:
            continue
        if sheet.get("state", "visible") != "visible":
            met.hidden_sheets.append(name)
            continue
        scans[name] = scan(archive.read(part))
    return scans


def _cells(sheet: Any, scanned: Scan, met: _Met) -> dict[tuple[int, int], Found]:
    """Return what the cells of a sheet show, by row and column."""
    if not scanned.rows:
        return {}
    sheet.reset_dimensions()
    found = {}
    rows = sheet.iter_rows(min_row=1, max_row=scanned.rows, min_col=1, max_col=scanned.columns)
    for row, cells in enumerate(rows, 1):
        for column, cell in enumerate(cells, 1):
            if cell.value is None:
                continue
            if cell.data_type == "e":
                met.wrong.append(_named(sheet.title, row, column))
            lines = map(plain, shown(cell.value, cell.number_format or "General").split("\n"))
            text = without_emphasis("\n".join(joined(line for line in lines if not is_rule(line))))
            if text:
                found[row, column] = Found(
                    text=text,
                    value=_kept(cell.value),
                    bold=bool(cell.font and cell.font.b),
                    centred=bool(cell.alignment and str(cell.alignment.horizontal).startswith("center")),
                )
    met.formulas += scanned.formulas
    met.unknown += (f"{sheet.title}!{cell}" for cell in scanned.unknown)
    return found


def _kept(value: object) -> object:
    """Return a value that says more than its text does: a date or a number."""
    if isinstance(value, dt.datetime):
        return value.date() if value.time() == dt.time() else value
    return value if isinstance(value, dt.date | int | float) and not isinstance(value, bool) else None


def _take_sheet(
    collector: Collector, name: str, cells: Mapping[tuple[int, int], Found], scanned: Scan, met: _Met
) -> None:
    met.hidden_rows += len({row for row, _ in cells} & scanned.hidden_rows)
    met.hidden_columns += len({column for _, column in cells} & scanned.hidden_columns)
    for region in regions(visible_rows(cells, scanned)):
        if region.is_table:
            _take_table(collector, name, region, met)
            continue
        for row in region.rows:
            for cell in row.own:
                if cell.place is not None and cell.place.row is not None and cell.place.column is not None:
                    at = cells[cell.place.row, cell.place.column]
                    for text in cell.paragraphs:
                        line = Line(text=text, bold=at.bold, centred=at.centred)
                        collector.line(line, sheet=name, cell=cell.place.cell or "")


def _take_table(collector: Collector, name: str, region: Region, met: _Met) -> None:
    heading = [cell.text for cell in region.rows[0].cells]
    rows = [
        row.cells
        for at, row in enumerate(region.rows)
        if at == 0 or [cell.text for cell in row.cells] != heading
    ]
    if all(len(row) <= 1 for row in rows):
        for row in rows:
            for cell in row:
                collector.line(
                    Line(text=cell.text), sheet=name, cell=(cell.place or Place(block=0)).cell or ""
                )
        return
    met.swapped += _swapped(name, rows[region.heading_rows :])
    collector.table(Table(rows=tuple(rows), heading_rows=region.heading_rows), sheet=name)


def _swapped(name: str, rows: Sequence[Sequence[Cell]]) -> Iterator[str]:
    columns: dict[int, list[Cell]] = {}
    for row in rows:
        at = 1
        for cell in row:
            if not cell.inherited and cell.place is not None:
                columns.setdefault(at, []).append(cell)
            at += cell.columns
    for column in columns.values():
        values = [cell.value if isinstance(cell.value, dt.date) else cell.text for cell in column]
        for at in maybe_swapped(values):
            place = column[at].place
            if place is not None:
                yield f"{name}!{place.cell}"


def _named(sheet: str, row: int, column: int) -> str:
    return f"{sheet}!{get_column_letter(column)}{row}"


def _remarks(met: _Met) -> Iterator[Remark]:
    if met.hidden_sheets:
        yield Remark(code="hidden_sheets_left_out", params={"sheets": met.hidden_sheets})
    if met.hidden_rows:
        yield Remark(code="hidden_rows_left_out", params={"count": met.hidden_rows})
    if met.hidden_columns:
        yield Remark(code="hidden_columns_left_out", params={"count": met.hidden_columns})
    if met.formulas:
        yield Remark(code="formulas", params={"count": met.formulas})
    for code, named in (
        ("formulas_without_value", met.unknown),
        ("cells_with_errors", met.wrong),
        ("dates_maybe_swapped", met.swapped),
    ):
        if named:
            yield Remark(code=code, params={"count": len(named), "cells": named[:_MOST_NAMED]})
