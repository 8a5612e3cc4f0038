"""Ruled tables, on one page and over several."""

import itertools
from collections.abc import Sequence

import pytest

from processes.documents.source.blocks import Line, Table
from processes.documents.source.pdf import read_pdf
from tests.unit.documents.pdf.drawn import Drawing, Sheet

XS = (60.0, 100.0, 340.0, 450.0, 540.0)


def put(
    drawing: Drawing, sheet: Sheet, xs: Sequence[float], y: float, texts: Sequence[str], font: str = "F"
) -> None:
    """Write the texts of a row, one line below the other where a text has several."""
    for x, text in zip(xs, texts, strict=False):
        for at, line in enumerate(text.split("\n")):
            drawing.text(sheet, x + 5, y + 12 + at * 12, line, size=10, font=font)


def table_of(drawing: Drawing) -> Table:
    tables = [block for block in read_pdf(drawing.bytes()).blocks if isinstance(block, Table)]
    assert len(tables) == 1
    return tables[0]


def texts(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row] for row in table.rows]


HEADING = ("TT", "Nhiệm vụ", "Chủ trì", "Thời hạn")


def two_pages(first: Sequence[Sequence[str]], second: Sequence[Sequence[str]], height: float = 40) -> Drawing:
    """Draw a table whose rows stand on two pages, its heading on both."""
    drawing = Drawing()
    for rows in (first, second):
        sheet = drawing.page()
        ys = [100 + at * height for at in range(len(rows) + 2)]
        drawing.grid(sheet, XS, ys)
        for y, row in zip(ys, (HEADING, *rows), strict=False):
            put(drawing, sheet, XS, y, row, "B" if row is HEADING else "F")
    return drawing


def test_a_ruled_table_keeps_rows_columns_and_places() -> None:
    drawing = Drawing()
    sheet = drawing.page()
    drawing.text(sheet, 60, 60, "Danh mục nhiệm vụ:")
    drawing.grid(sheet, XS, (100, 120, 160))
    put(drawing, sheet, XS, 100, HEADING, "B")
    put(
        drawing,
        sheet,
        XS,
        120,
        ("1", "Rà soát thủ tục hành chính\nthuộc thẩm quyền", "Sở Nội vụ", "Quý I/2026"),
    )
    line, table = read_pdf(drawing.bytes()).blocks

    assert isinstance(line, Line)
    assert isinstance(table, Table)
    assert texts(table) == [
        list(HEADING),
        ["1", "Rà soát thủ tục hành chính thuộc thẩm quyền", "Sở Nội vụ", "Quý I/2026"],
    ]
    assert table.heading_rows == 1
    place = table.rows[1][2].place
    assert place is not None
    assert place.to_json() == {
        "block": 2,
        "page": 1,
        "box": [340.0, 120.0, 450.0, 160.0],
        "row": 2,
        "column": 3,
    }


def test_borders_that_are_filled_rectangles_cell_by_cell_make_the_same_table() -> None:
    drawing = Drawing()
    sheet = drawing.page()
    ys = (100.0, 120.0, 140.0)
    for y in ys:
        for left, right in itertools.pairwise(XS):
            drawing.bar(sheet, left, y, left + 0.5, y + 0.5)
            drawing.bar(sheet, left + 0.5, y, right, y + 0.5)
    for x in XS:
        for top, bottom in itertools.pairwise(ys):
            drawing.bar(sheet, x, top + 0.5, x + 0.5, bottom)
    put(drawing, sheet, XS, 100, HEADING)
    put(drawing, sheet, XS, 120, ("1", "Rà soát", "Sở Nội vụ", "Quý I/2026"))

    assert texts(table_of(drawing)) == [list(HEADING), ["1", "Rà soát", "Sở Nội vụ", "Quý I/2026"]]


def test_bullets_within_a_cell_are_paragraphs_and_wrapped_lines_are_not() -> None:
    drawing = Drawing()
    sheet = drawing.page()
    drawing.grid(sheet, (60, 100, 240, 540), (100, 220))
    work = "Công khai kết quả giải\nquyết hồ sơ, gồm:\n- Trên Cổng Dịch vụ\ncông quốc gia;\n+ Tại bộ phận một cửa."
    put(drawing, sheet, (60, 100, 240), 100, ("1", work, "Sở Nội vụ;\nSở Tài chính;\nUBND các xã, phường"))

    assert texts(table_of(drawing)) == [
        [
            "1",
            "Công khai kết quả giải quyết hồ sơ, gồm:\n- Trên Cổng Dịch vụ công quốc gia;\n+ Tại bộ phận một cửa.",
            "Sở Nội vụ;\nSở Tài chính;\nUBND các xã, phường",
        ]
    ]


def test_a_notation_that_is_broken_after_its_hyphen_is_whole() -> None:
    drawing = Drawing()
    sheet = drawing.page()
    drawing.grid(sheet, (60, 100, 190, 540), (100, 150))
    put(drawing, sheet, (60, 100), 100, ("1", "Kế hoạch số 38/KH-\nUBND năm 2026 -\n2030"))

    assert texts(table_of(drawing))[0][1] == "Kế hoạch số 38/KH-UBND năm 2026 - 2030"


def test_a_cell_across_columns_stands_once_and_one_down_rows_is_inherited() -> None:
    drawing = Drawing()
    sheet = drawing.page()
    ys = (100, 120, 140, 160)
    for x in (XS[0], XS[-1]):
        drawing.rule(sheet, x, 100, x, 160)
    for x in XS[1:-1]:
        drawing.rule(sheet, x, 120, x, 160)
    for y in (100, 120, 160):
        drawing.rule(sheet, XS[0], y, XS[-1], y)
    drawing.rule(sheet, XS[0], 140, XS[3], 140)
    put(drawing, sheet, XS, ys[0], ("I. LĨNH VỰC KINH TẾ",))
    put(drawing, sheet, XS, ys[1], ("1", "Rà soát", "Sở Nội vụ", "Quý I/2026"))
    put(drawing, sheet, XS, ys[2], ("2", "Công khai", "Sở Tài chính"))
    table = table_of(drawing)

    assert texts(table) == [
        ["I. LĨNH VỰC KINH TẾ"],
        ["1", "Rà soát", "Sở Nội vụ", "Quý I/2026"],
        ["2", "Công khai", "Sở Tài chính", "Quý I/2026"],
    ]
    assert [row[0].columns for row in table.rows] == [4, 1, 1]
    assert [[cell.inherited for cell in row] for row in table.rows[1:]] == [
        [False] * 4,
        [False, False, False, True],
    ]


def test_text_that_runs_up_in_a_narrow_cell_is_read() -> None:
    drawing = Drawing()
    sheet = drawing.page()
    drawing.grid(sheet, (60, 90, 540), (100, 220))
    drawing.text(sheet, 0, 0, "Chủ trì", size=10, matrix="0 1 -1 0 78 650")
    put(drawing, sheet, (90,), 100, ("Sở Nội vụ",))

    assert texts(table_of(drawing)) == [["Chủ trì", "Sở Nội vụ"]]


def test_an_edge_that_is_not_drawn_still_closes_the_table() -> None:
    drawing = Drawing()
    sheet = drawing.page()
    for y in (100, 120, 140):
        drawing.rule(sheet, 60, y, 540, y)
    drawing.rule(sheet, 300, 100, 300, 140)
    put(drawing, sheet, (60, 300), 100, ("Nhiệm vụ", "Chủ trì"))
    put(drawing, sheet, (60, 300), 120, ("Rà soát", "Sở Nội vụ"))

    assert texts(table_of(drawing)) == [["Nhiệm vụ", "Chủ trì"], ["Rà soát", "Sở Nội vụ"]]


def test_a_frame_around_text_is_no_table() -> None:
    drawing = Drawing()
    sheet = drawing.page()
    drawing.grid(sheet, (60, 200), (100, 130))
    drawing.text(sheet, 80, 120, "HỎA TỐC")
    blocks = read_pdf(drawing.bytes()).blocks

    assert [type(block) for block in blocks] == [Line]


def test_a_table_over_two_pages_is_one_and_its_repeated_heading_stands_once() -> None:
    table = table_of(
        two_pages(
            [("1", "Rà soát thủ tục.", "Sở Nội vụ", "Quý I/2026")],
            [("2", "Công khai kết quả.", "Sở Tài chính", "Quý II/2026")],
        )
    )

    assert texts(table) == [
        list(HEADING),
        ["1", "Rà soát thủ tục.", "Sở Nội vụ", "Quý I/2026"],
        ["2", "Công khai kết quả.", "Sở Tài chính", "Quý II/2026"],
    ]
    assert table.heading_rows == 1
    assert [row[0].place.page for row in table.rows if row[0].place] == [1, 1, 2]
    assert [row[0].place.row for row in table.rows if row[0].place] == [1, 2, 3]


def test_a_row_that_a_page_cuts_is_one_row() -> None:
    table = table_of(
        two_pages(
            [
                ("1", "Rà soát thủ tục.", "Sở Nội vụ", "Quý I/2026"),
                (
                    "2",
                    "Xây dựng, trình ban hành kế hoạch công khai\nkết quả giải quyết hồ sơ của",
                    "Sở Tài chính",
                    "Năm",
                ),
            ],
            [
                ("", "người dân và doanh nghiệp", "", "2026"),
                ("3", "Số hóa hồ sơ.", "Sở Nội vụ", "Quý I/2026"),
            ],
        )
    )

    assert texts(table)[2:] == [
        [
            "2",
            "Xây dựng, trình ban hành kế hoạch công khai kết quả giải quyết hồ sơ của người dân và doanh nghiệp",
            "Sở Tài chính",
            "Năm\n2026",
        ],
        ["3", "Số hóa hồ sơ.", "Sở Nội vụ", "Quý I/2026"],
    ]


def test_a_row_that_a_page_cuts_between_its_points_keeps_them_apart() -> None:
    table = table_of(
        two_pages(
            [("1", "Triển khai:\n- Rà soát toàn bộ quy trình;", "Sở Nội vụ", "Quý I/2026")],
            [("", "- Công khai kết quả.", "", ""), ("2", "Số hóa.", "Sở Nội vụ", "")],
        )
    )

    assert texts(table)[1][1] == "Triển khai:\n- Rà soát toàn bộ quy trình;\n- Công khai kết quả."
    assert len(table.rows) == 3


def test_rows_of_a_merged_cell_that_a_page_parts_stay_rows() -> None:
    table = table_of(
        two_pages(
            [("1", "Rà soát quy trình của\ncác cơ quan.", "Sở Nội vụ", "Quý I/2026")],
            [("", "", "Sở Y tế", "Quý II/2026"), ("2", "Số hóa.", "Sở Nội vụ", "")],
        )
    )

    assert texts(table)[1:3] == [
        ["1", "Rà soát quy trình của các cơ quan.", "Sở Nội vụ", "Quý I/2026"],
        ["1", "Rà soát quy trình của các cơ quan.", "Sở Y tế", "Quý II/2026"],
    ]
    assert [cell.inherited for cell in table.rows[2]] == [True, True, False, False]


def test_rows_without_a_number_of_their_own_stay_rows() -> None:
    rows = [("", f"Nhiệm vụ {at}.", "Sở Nội vụ", "Quý I/2026") for at in range(4)]

    assert len(table_of(two_pages(rows[:2], rows[2:])).rows) == 5


def test_a_group_row_at_the_top_of_a_page_is_no_rest_of_a_row() -> None:
    drawing = two_pages([("1", "Rà soát thủ tục.", "Sở Nội vụ", "")], [])
    sheet = drawing.sheets[1]
    sheet.drawing.clear()
    for x in (XS[0], XS[-1]):
        drawing.rule(sheet, x, 100, x, 140)
    for y in (100, 120, 140):
        drawing.rule(sheet, XS[0], y, XS[-1], y)
    for x in XS[1:-1]:
        drawing.rule(sheet, x, 120, x, 140)
    put(drawing, sheet, XS, 100, ("II. VĂN HÓA",))
    put(drawing, sheet, XS, 120, ("2", "Công khai", "Sở Tài chính", "Quý II/2026"))
    table = table_of(drawing)

    assert texts(table)[2:] == [["II. VĂN HÓA"], ["2", "Công khai", "Sở Tài chính", "Quý II/2026"]]
    assert table.rows[2][0].columns == 4


def test_a_merged_cell_that_a_page_cuts_is_inherited_on_the_next_page() -> None:
    drawing = Drawing()
    for page in range(2):
        sheet = drawing.page()
        drawing.grid(sheet, XS[:-1], (100, 130, 160))
        drawing.rule(sheet, XS[-1], 100, XS[-1], 160)
        for y in (100, 160):
            drawing.rule(sheet, XS[-2], y, XS[-1], y)
        for at in range(2):
            number = page * 2 + at + 1
            put(drawing, sheet, XS, 100 + at * 30, (str(number), f"Nhiệm vụ {number}.", "Sở Nội vụ"))
    put(drawing, drawing.sheets[0], XS, 100, ("", "", "", "Quý I/2026"))
    table = table_of(drawing)

    assert [row[3].text for row in table.rows] == ["Quý I/2026"] * 4
    assert [row[3].inherited for row in table.rows] == [False, True, True, True]


def test_a_table_with_other_columns_on_the_next_page_is_another() -> None:
    drawing = two_pages([("1", "Rà soát.", "Sở Nội vụ", "")], [])
    sheet = drawing.sheets[1]
    sheet.drawing.clear()
    drawing.grid(sheet, (60, 200, 300), (100, 130))
    put(drawing, sheet, (60, 200), 100, ("Họ và tên", "Chức vụ"))
    blocks = read_pdf(drawing.bytes()).blocks

    assert [type(block) for block in blocks] == [Table, Table]


def test_columns_without_lines_between_them_stay_lines_read_row_by_row() -> None:
    drawing = Drawing()
    sheet = drawing.page()
    for at, row in enumerate(
        [("Sở Nội vụ", "Quý I", "12"), ("Sở Y tế", "Quý II", "15"), ("Sở Tài chính", "Quý III", "9")]
    ):
        for x, text in zip((80, 250, 400), row, strict=True):
            drawing.text(sheet, x, 100 + at * 18, text)

    assert [block.text for block in read_pdf(drawing.bytes()).blocks if isinstance(block, Line)] == [
        "Sở Nội vụ Quý I 12",
        "Sở Y tế Quý II 15",
        "Sở Tài chính Quý III 9",
    ]


def test_departments_one_below_the_other_in_a_cell_are_paragraphs() -> None:
    drawing = Drawing()
    sheet = drawing.page()
    drawing.grid(sheet, (60, 175, 540), (100, 180))
    names = "Sở Giáo dục và Đào tạo\nSở Xây dựng\nSở Nội vụ, Sở Y tế và\nSở Tư pháp"
    put(drawing, sheet, (60, 175), 100, (names, "Rà soát"))

    assert texts(table_of(drawing))[0][0].split("\n") == [
        "Sở Giáo dục và Đào tạo",
        "Sở Xây dựng",
        "Sở Nội vụ, Sở Y tế và Sở Tư pháp",
    ]


def test_a_word_that_a_narrow_cell_broke_is_whole() -> None:
    drawing = Drawing()
    sheet = drawing.page()
    drawing.grid(sheet, (60, 80, 122, 540), (100, 150))
    put(drawing, sheet, (60, 80, 122), 100, ("T\nT", "TCBM.0\n1", "Lĩnh vực"))

    assert texts(table_of(drawing)) == [["T T", "TCBM.01", "Lĩnh vực"]]


def test_a_date_and_an_abbreviation_that_a_narrow_cell_broke_are_whole() -> None:
    drawing = Drawing()
    sheet = drawing.page()
    drawing.grid(sheet, (60, 92, 122, 540), (100, 150))
    put(drawing, sheet, (60, 92, 122), 100, ("Sở\nKH&C\nN", "30/8/\n2026", "Phủ sóng"))

    assert texts(table_of(drawing)) == [["Sở KH&CN", "30/8/2026", "Phủ sóng"]]


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_a_table_on_a_page_that_lies_on_its_side_is_read_upright(turned: int) -> None:
    drawing = Drawing()
    sheet = drawing.page(turned=turned)
    drawing.text(sheet, 60, 60, "Danh mục nhiệm vụ:")
    drawing.grid(sheet, XS, (100, 120, 160))
    put(drawing, sheet, XS, 100, HEADING, "B")
    put(drawing, sheet, XS, 120, ("1", "Rà soát thủ tục", "Sở Nội vụ", "Quý I/2026"))

    assert texts(table_of(drawing)) == [list(HEADING), ["1", "Rà soát thủ tục", "Sở Nội vụ", "Quý I/2026"]]
