"""Builds Excel workbooks from descriptions: paragraphs stand in the first column, tables where they come."""

import io
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
from openpyxl.styles import Border, Font, Side

from tests.corpus.description import Paragraph, Rows, Sheet, parts_of, run_of

_THIN = Side(style="thin")


def build_xlsx(description: str) -> bytes:
    """Return a workbook."""
    workbook = openpyxl.Workbook()
    workbook.properties.created = workbook.properties.modified = datetime(2026, 1, 1, tzinfo=UTC)
    sheet: Any = workbook.active
    is_first, row = True, 0
    for part in parts_of(description):
        if isinstance(part, Sheet):
            if not is_first:
                sheet = workbook.create_sheet()
            sheet.title, is_first, row = part.name, False, 0
        elif isinstance(part, Paragraph):
            row += 1
            sheet.cell(row, 1, part.text).font = Font(bold=part.bold)
        elif isinstance(part, Rows):
            row = _add_table(sheet, part, row + 1)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def _add_table(sheet: Any, rows: Rows, top: int) -> int:
    """Write a table from a row on and return the last row it takes; ``^`` and ``<`` become merged cells."""
    height = len(rows.cells)
    for at, cells in enumerate(rows.cells):
        for column, text in enumerate(cells):
            if text in ("^", "<"):
                continue
            down = run_of([rows.cells[each][column] for each in range(at + 1, height)], "^")
            right = run_of(list(cells[column + 1 :]), "<")
            cell = sheet.cell(top + at, column + 1, _value(text))
            cell.border = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
            if isinstance(cell.value, date):
                cell.number_format = "dd/mm/yyyy"
            if down or right:
                sheet.merge_cells(
                    start_row=top + at,
                    start_column=column + 1,
                    end_row=top + at + down,
                    end_column=column + 1 + right,
                )
    return top + height - 1


def _value(text: str) -> str | int | date | None:
    if text.startswith("=#"):
        return int(text[2:])
    if text.startswith("="):
        return date.fromisoformat(text[1:])
    return text.replace(" // ", "\n") or None
