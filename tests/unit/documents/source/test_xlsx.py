"""Workbooks: the table under its heading, what is merged or hidden, dates and formulas as a person sees them."""

import datetime as dt
import zipfile
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from processes.documents import errors
from processes.documents.source.blocks import Line, SourceKind, SourceText, Table
from processes.documents.source.read import read_source
from processes.documents.source.xlsx.dates import maybe_swapped
from processes.documents.source.xlsx.shown import shown
from tests.office import relationships, zipped

S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def saved(book: Workbook) -> bytes:
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def sheet(*rows: list[Any], title: str = "Phụ lục") -> Any:
    """Return the only sheet of a new workbook."""
    book = Workbook()
    found = book.active
    assert found is not None
    found.title = title
    for row in rows:
        found.append(row)
    return found


def read(found: Any) -> SourceText:
    return read_source(saved(found.parent), "plan.xlsx")


def texts(source: SourceText) -> list[str]:
    return [line.text for line in source.lines]


def tables(source: SourceText) -> list[list[list[str]]]:
    return [
        [[cell.text for cell in row] for row in block.rows]
        for block in source.blocks
        if isinstance(block, Table)
    ]


def remarks(source: SourceText) -> list[dict[str, Any]]:
    return [remark.to_json() for remark in source.remarks]


def raw(data: str, *, book: str = "") -> bytes:
    """Return a workbook of one sheet, its rows as they are written."""
    return zipped(
        {
            "[Content_Types].xml": (
                '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
                '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument'
                '.spreadsheetml.sheet.main+xml"/></Types>'
            ),
            "_rels/.rels": relationships({"r1": ("officeDocument", "xl/workbook.xml")}),
            "xl/workbook.xml": (
                f'{book}<workbook xmlns="{S}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/'
                'relationships"><sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>'
            ),
            "xl/_rels/workbook.xml.rels": relationships({"r1": ("worksheet", "worksheets/sheet1.xml")}),
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{S}">{data}</worksheet>',
        },
        packed=False,
    )


def written(rows: int, columns: int = 3) -> str:
    """Return rows of numbers."""
    cells = "<c><v>1</v></c>" * columns
    return f"<sheetData>{f'<row>{cells}</row>' * rows}</sheetData>"


def test_what_stands_above_the_heading_is_paragraphs_and_the_rest_is_a_table() -> None:
    found = sheet(
        ["UBND THÀNH PHỐ", None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
        ["PHỤ LỤC"],
        ["(Kèm theo Kế hoạch số 38/KH-UBND)"],
        [],
        ["TT", "Nhiệm vụ", "Chủ trì", "Thời hạn"],
        ["I", "Nhóm nhiệm vụ"],
        [1, "Rà soát", "Sở Nội vụ", dt.date(2026, 9, 25)],
        [2, "Báo cáo\nkết quả", "Sở Tài chính", "Quý IV/2026"],
        [],
        [None, "Ghi chú: (*) thường xuyên"],
    )
    found["A2"].font = Font(bold=True)
    found["A2"].alignment = Alignment(horizontal="center")
    source = read(found)

    assert source.kind is SourceKind.XLSX
    assert texts(source) == [
        "UBND THÀNH PHỐ",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "PHỤ LỤC",
        "(Kèm theo Kế hoạch số 38/KH-UBND)",
        "Ghi chú: (*) thường xuyên",
    ]
    assert tables(source) == [
        [
            ["TT", "Nhiệm vụ", "Chủ trì", "Thời hạn"],
            ["I", "Nhóm nhiệm vụ", "", ""],
            ["1", "Rà soát", "Sở Nội vụ", "25/09/2026"],
            ["2", "Báo cáo kết quả", "Sở Tài chính", "Quý IV/2026"],
        ]
    ]
    title, table = source.blocks[2], source.blocks[4]
    assert isinstance(title, Line)
    assert (title.bold, title.centred) == (True, True)
    assert title.place is not None
    assert (title.place.block, title.place.sheet, title.place.cell) == (3, "Phụ lục", "A2")
    assert isinstance(table, Table)
    assert table.heading_rows == 1
    deadline = table.rows[2][3]
    assert deadline.value == dt.date(2026, 9, 25)
    assert deadline.place is not None
    place = deadline.place
    assert (place.block, place.row, place.column, place.sheet, place.cell) == (5, 3, 4, "Phụ lục", "D7")


def test_merged_cells_stand_once_in_a_row_and_are_inherited_below() -> None:
    found = sheet(
        ["TT", "Việc", "Tiến độ", None, "Ghi chú"],
        [None, None, "Quý I", "Quý II", None],
        [1, "Rà soát", "x", None, "a"],
        [None, None, None, "x", "b"],
        [2, "Báo cáo", "x", "x", "c"],
    )
    for merged in ("A1:A2", "B1:B2", "C1:D1", "E1:E2", "B3:B4", "A3:A4", "G3:XFD1048576"):
        found.merge_cells(merged) if merged[0] != "G" else found.merged_cells.add(merged)
    source = read(found)

    assert tables(source) == [
        [
            ["TT", "Việc", "Tiến độ", "Ghi chú"],
            ["TT", "Việc", "Quý I", "Quý II", "Ghi chú"],
            ["1", "Rà soát", "x", "", "a"],
            ["1", "Rà soát", "", "x", "b"],
            ["2", "Báo cáo", "x", "x", "c"],
        ]
    ]
    table = source.blocks[0]
    assert isinstance(table, Table)
    assert table.heading_rows == 2
    assert [cell.columns for cell in table.rows[0]] == [1, 1, 2, 1]
    assert [cell.inherited for cell in table.rows[3]] == [True, True, False, False, False]


def test_hidden_sheets_rows_and_columns_are_left_out_and_said() -> None:
    found = sheet(["TT", "Việc", "Mật", "Hạn"], [1, "a", "x", "b"], [2, "c", "x", "d"], [3, "e", "x", "f"])
    found.row_dimensions[3].hidden = True
    found.column_dimensions["C"].hidden = True
    for state in ("hidden", "veryHidden"):
        found.parent.create_sheet(state).append(["x"])
        found.parent[state].sheet_state = state
    source = read(found)

    assert tables(source) == [[["TT", "Việc", "Hạn"], ["1", "a", "b"], ["3", "e", "f"]]]
    assert remarks(source) == [
        {"code": "hidden_sheets_left_out", "sheets": ["hidden", "veryHidden"]},
        {"code": "hidden_rows_left_out", "count": 1},
        {"code": "hidden_columns_left_out", "count": 1},
    ]


def test_formulas_are_shown_as_excel_kept_them_and_never_computed() -> None:
    source = read_source(
        raw(
            '<dimension ref="A1:XFD1048576"/><sheetData>'
            '<row r="1"><c r="A1" t="inlineStr"><is><t>TT</t></is></c><c r="B1"><f>1+1</f><v>7</v></c></row>'
            '<row r="2"><c r="A2"><f>HYPERLINK("http://a.vn")</f></c>'
            '<c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c></row></sheetData>'
        ),
        "plan.xlsx",
    )

    assert tables(source) == [[["TT", "7"], ["", "#DIV/0!"]]]
    assert remarks(source) == [
        {"code": "formulas", "count": 3},
        {"code": "formulas_without_value", "count": 1, "cells": ["A!A2"]},
        {"code": "cells_with_errors", "count": 1, "cells": ["A!B2"]},
    ]


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (dt.datetime.fromisoformat("2026-09-05"), "mm-dd-yy", "05/09/2026"),
        (dt.datetime.fromisoformat("2026-09-05T16:30"), "dd/mm/yyyy hh:mm", "05/09/2026 16:30"),
        (dt.datetime.fromisoformat("2026-09-01"), "mmm-yy", "09/2026"),
        (dt.datetime.fromisoformat("2026-01-01"), "yyyy", "2026"),
        (dt.time(16, 30), "h:mm", "16:30"),
        (0.975, "0.0%", "97,5%"),
        (0.98, "0%", "98%"),
        (1250000, "#,##0", "1.250.000"),
        (1250000.5, "#,##0.00", "1.250.000,50"),
        (1.1, "General", "1.1"),
        (3.0, "General", "3"),
        (0.1 + 0.2, "General", "0.3"),
        (7, "00", "07"),
        (3, '"Quý "0"/2026"', "Quý 3/2026"),
        (2.5, "0.##", "2,5"),
        (True, "General", "TRUE"),
        ("01.1", "@", "01.1"),
        (None, "General", ""),
    ],
)
def test_values_are_written_as_excel_shows_them(value: object, number_format: str, text: str) -> None:
    assert shown(value, number_format) == text


def test_dates_in_a_column_that_mixes_them_with_text_may_be_swapped() -> None:
    swapped = dt.date(2026, 5, 8)  # typed 05/08/2026 where Excel expects the month first

    assert maybe_swapped([swapped, "25/08/2026", "Quý IV", dt.date(2026, 7, 7)]) == [0]
    assert maybe_swapped([swapped, "25/08/2026", dt.date(2026, 8, 20)]) == [0]
    assert maybe_swapped([dt.date(2026, 8, 5), "25/08/2026", dt.date(2026, 8, 20)]) == []
    assert maybe_swapped([swapped, "05/08/2026"]) == []
    assert maybe_swapped([dt.date(2026, 9, 25), dt.date(2026, 10, 30), dt.date(2026, 1, 10)]) == [2]
    assert maybe_swapped([swapped, None, "31/02/2026"]) == []


def test_dates_that_may_be_swapped_are_named_and_stay() -> None:
    found = sheet(
        ["TT", "Việc", "Hạn"],
        [1, "a", "25/08/2026"],
        [2, "b", dt.date(2026, 5, 8)],
        [3, "c", "30/09/2026"],
    )
    source = read(found)

    assert tables(source)[0][2] == ["2", "b", "08/05/2026"]
    assert remarks(source) == [{"code": "dates_maybe_swapped", "count": 1, "cells": ["Phụ lục!C3"]}]


def test_each_sheet_and_each_table_on_a_sheet_is_one() -> None:
    heading = ["TT", "Việc", "Hạn"]
    found = sheet(
        heading, [1, "a", "b"], [], ["PHỤ LỤC 2"], [], heading, [1, "c", "d"], heading, [2, "e", "f"]
    )
    found.parent.create_sheet("Trống")
    found.parent.create_sheet("Chữ").append(["Chỉ có chữ"])
    source = read(found)

    assert tables(source) == [[heading, ["1", "a", "b"]], [heading, ["1", "c", "d"], ["2", "e", "f"]]]
    assert texts(source) == ["PHỤ LỤC 2", "Chỉ có chữ"]


def test_columns_without_a_value_are_none() -> None:
    found = sheet(["TT", None, "Việc", "Hạn"], [1, None, "a", "b"])
    found["IV9"] = " "
    found["XFD1048576"] = " "

    assert tables(read(found)) == [[["TT", "Việc", "Hạn"], ["1", "a", "b"]]]


def test_a_value_far_below_the_others_is_read() -> None:
    found = sheet(["TT", "Việc"])
    found["A1048576"] = "Hết"

    assert tables(read(found)) == [[["TT", "Việc"]]]
    assert texts(read(found)) == ["Hết"]


def test_days_are_counted_as_the_workbook_counts_them() -> None:
    found = sheet(["TT", "Việc", "Hạn"], [1, "a", dt.date(2026, 9, 25)])
    found.parent.epoch = CALENDAR_MAC_1904

    assert tables(read(found)) == [[["TT", "Việc", "Hạn"], ["1", "a", "25/09/2026"]]]


def test_texts_of_several_runs_are_one_without_their_pronunciation() -> None:
    runs = "<r><t>Rà </t></r><r><t>soát_x000D_</t></r><rPh><t>x</t></rPh>"
    source = read_source(
        raw(f'<sheetData><row><c t="inlineStr"><is>{runs}</is></c></row></sheetData>'), "a.xlsx"
    )

    assert texts(source) == ["Rà soát"]


def test_a_signature_below_the_table_is_paragraphs() -> None:
    found = sheet(
        ["TT", "Việc", "Hạn"], [1, "a", "b"], ["Nơi nhận:", None, "KT. CHỦ TỊCH"], [None, None, "Lê Văn Mẫu"]
    )

    assert texts(read(found)) == ["Nơi nhận:", "KT. CHỦ TỊCH", "Lê Văn Mẫu"]


def test_macros_are_not_looked_into_and_said() -> None:
    content = saved(sheet(["Rà soát"]).parent)
    with_macros = zipped(parts(content) | {"xl/vbaProject.bin": b"\0"})

    assert remarks(read_source(with_macros, "plan.xlsm")) == [{"code": "macros_ignored"}]


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


OVERLAPPING = "".join(f'<mergeCell ref="A{at}:A10000"/>' for at in range(1, 40))


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (written(20_001), "rows"),
        (written(1, 257), "columns"),
        (written(10_000, 11), "cells"),
        (f"{written(10_000, 1)}<mergeCells>{OVERLAPPING}</mergeCells>", "merged cells"),
    ],
    ids=["rows", "columns", "cells", "merged"],
)
def test_a_sheet_larger_than_any_plan_is_refused(data: str, what: str) -> None:
    with pytest.raises(errors.LetterTooLong) as caught:
        read_source(raw(data), "plan.xlsx")

    assert caught.value.params["of"] == what


def test_a_million_empty_rows_are_nothing() -> None:
    empty = "".join(f'<row r="{number}" ht="15"/>' for number in range(3, 60_000))
    source = read_source(
        raw(f'<sheetData><row r="1"><c><v>1</v></c></row>{empty}<row r="1048576"/></sheetData>'), "plan.xlsx"
    )

    assert texts(source) == ["1"]


@pytest.mark.parametrize(
    "content",
    [
        raw("<sheetData>"),
        raw('<sheetData><row r="x"/></sheetData>'),
        raw('<sheetData><row r="99999999999"><c><v>1</v></c></row></sheetData>'),
        raw('<sheetData><row><c s="x"><v>1</v></c></row></sheetData>'),
        raw('<sheetData><row><c r="??"><v>1</v></c></row></sheetData>'),
        raw('<sheetData><row><c r="5"><v>1</v></c></row></sheetData>'),
        raw('<sheetData><row><c t="s"><v>9</v></c></row></sheetData>'),
        raw('<sheetData><row><c t="n"><v>abc</v></c></row></sheetData>'),
    ],
)
def test_a_damaged_sheet_is_refused(content: bytes) -> None:
    with pytest.raises(errors.LetterDamaged):
        read_source(content, "plan.xlsx")


def test_a_workbook_that_declares_entities_is_refused() -> None:
    with pytest.raises(errors.LetterDeclaresEntities):
        read_source(raw(written(1), book='<!DOCTYPE a [<!ENTITY x "y">]>'), "plan.xlsx")
