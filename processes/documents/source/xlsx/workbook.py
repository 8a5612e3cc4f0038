"""Reads an Excel workbook: a table for each region of data on a visible sheet, rows around it as paragraphs."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lxml import etree
from openpyxl.utils.cell import get_column_letter

from processes.documents.errors import LetterDamaged, LetterNotWorkbook
from processes.documents.source.archives import Archive, ignored
from processes.documents.source.blocks import Cell, Line, Place, Remark, SourceKind, SourceText, Table
from processes.documents.source.characters import is_rule, joined, plain, without_emphasis
from processes.documents.source.collecting import Collector
from processes.documents.source.xlsx.dates import maybe_swapped
from processes.documents.source.xlsx.grid import Found, visible_rows
from processes.documents.source.xlsx.regions import Region, regions
from processes.documents.source.xlsx.scan import S, Scan, scan
from processes.documents.source.xlsx.shown import shown
from processes.documents.source.xlsx.values import Values

_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
#: A remark names so many cells and counts the others.
_MOST_NAMED = 50


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
    collector = Collector()
    with Archive(content) as archive:
        main = next((name for kind, name in archive.related().values() if kind == "officeDocument"), None)
        if main is None or main not in archive:
            raise LetterNotWorkbook("Expected an Excel workbook, but the archive holds none")
        book = archive.xml(main)
        if book.tag != f"{S}workbook":
            raise LetterNotWorkbook("Expected an Excel workbook, but its main part has another form")
        properties = book.find(f"{S}workbookPr")
        values = Values(
            _part(archive, main, "sharedStrings"),
            _part(archive, main, "styles"),
            from_1904=properties is not None and properties.get("date1904") in ("1", "true"),
        )
        for name, sheet in _visible_sheets(archive, main, book, met):
            scanned = scan(sheet)
            _take_sheet(collector, name, _cells(name, scanned, values, met), scanned, met)
        remarks = [*ignored(archive), *_remarks(met)]
    return SourceText(kind=SourceKind.XLSX, blocks=tuple(collector.blocks), remarks=tuple(remarks))


def _part(archive: Archive, main: str, kind: str) -> etree._Element | None:
    name = next((name for each, name in archive.related(main).values() if each == kind), "")
    return archive.xml(name) if name in archive else None


def _visible_sheets(
    archive: Archive, main: str, book: etree._Element, met: _Met
) -> Iterator[tuple[str, bytes]]:
    related = archive.related(main)
    for sheet in book.iter(f"{S}sheet"):
        kind, part = related.get(sheet.get(f"{_R}id", ""), ("", ""))
        name = sheet.get("name", "")
        if kind != "worksheet" or part not in archive:
            continue
        if sheet.get("state", "visible") != "visible":
            met.hidden_sheets.append(name)
        else:
            yield name, archive.read(part)


def _cells(name: str, scanned: Scan, values: Values, met: _Met) -> dict[tuple[int, int], Found]:
    """Return what the cells of a sheet show, by row and column."""
    found = {}
    for (row, column), stored in scanned.cells.items():
        try:
            meant = values.of(stored)
        except (ValueError, OverflowError) as error:
            raise LetterDamaged("Expected a workbook, but a cell of it is damaged") from error
        if meant.is_error:
            met.wrong.append(f"{name}!{get_column_letter(column)}{row}")
        lines = map(plain, shown(meant.value, meant.number_format).split("\n"))
        text = without_emphasis("\n".join(joined(line for line in lines if not is_rule(line))))
        if text:
            found[row, column] = Found(
                text=text, value=_kept(meant.value), bold=meant.bold, centred=meant.centred
            )
    met.formulas += scanned.formulas
    met.unknown += (f"{name}!{cell}" for cell in scanned.unknown)
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
