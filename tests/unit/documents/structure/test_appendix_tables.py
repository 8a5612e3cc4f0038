"""Appendix tables become directives row by row (DOMAIN §1.4, 15; §2.2)."""

import datetime as dt

import pytest

from processes.documents.reading.columns import Column, grid_of
from processes.documents.reading.letter import LetterReading
from processes.documents.source.blocks import Cell, Place, SourceKind, Table
from tests.unit.documents.structure.reading import (
    SIGNED,
    found,
    heading,
    leads,
    ordinals,
    read,
    table,
    wide,
)

HEADINGS = ("TT", "Nhiệm vụ", "Đơn vị chủ trì", "Đơn vị phối hợp", "Sản phẩm", "Thời hạn")


def appendix(
    *rows: tuple[str | Cell, ...], title: str = "PHỤ LỤC", headings: tuple[str, ...] = HEADINGS
) -> LetterReading:
    """Return the reading of a plan whose tasks stand in an appendix."""
    return read(
        heading("38/KH-UBND", "KẾ HOẠCH\nCải cách hành chính năm 2026"),
        "I. MỤC ĐÍCH\nNâng cao chất lượng.",
        SIGNED,
        "PHỤ LỤC\nDANH MỤC NHIỆM VỤ\n(Kèm theo Kế hoạch số 38/KH-UBND ngày 05/8/2026)",
        table(headings, *rows),
    )


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("Stt", Column.ORDINAL),
        ("TT", Column.ORDINAL),
        ("Chi tiết", Column.ORDINAL),
        ("Mã nhiệm vụ", Column.ORDINAL),
        ("Tên nhiệm vụ", Column.CONTENT),
        ("Tên nhóm nhiệm vụ/nhiệm vụ", Column.CONTENT),
        ("Công việc", Column.CONTENT),
        ("Nội dung", Column.CONTENT),
        ("Nhiệm vụ, giải pháp", Column.CONTENT),
        ("Lĩnh vực", Column.TOPIC),
        ("Đơn vị chủ trì", Column.LEAD),
        ("Chủ trì", Column.LEAD),
        ("Đơn vị thực hiện", Column.LEAD),
        ("Cơ quan, đơn vị chủ trì", Column.LEAD),
        ("Đơn vị phối hợp", Column.COORDINATE),
        ("Cơ quan phối hợp thực hiện", Column.COORDINATE),
        ("Sản phẩm", Column.PRODUCT),
        ("Sản phẩm đầu ra", Column.PRODUCT),
        ("Thời hạn", Column.DEADLINE),
        ("Thời hạn hoàn thành", Column.DEADLINE),
        ("Số ngày dự kiến", Column.DEADLINE),
        ("Thời gian hoàn thành", Column.DEADLINE),
        ("Thời gian nhận", Column.OTHER),
        ("Kết quả thực hiện", Column.OTHER),
        ("Phương thức hỗ trợ thực hiện", Column.OTHER),
        ("Ghi chú", Column.OTHER),
    ],
)
def test_columns_are_known_by_their_headings(text: str, column: Column) -> None:
    grid = grid_of(table(("Số thứ tự", text, "Nội dung công việc", "Đơn vị đầu mối"), ("1", "a", "b", "c")))

    assert grid is not None
    assert grid.columns[1] is column or (column is Column.ORDINAL and grid.columns[0] is Column.ORDINAL)


def test_rows_are_directives_with_units_products_and_deadlines_of_their_cells() -> None:
    reading = appendix(
        ("1", "Rà soát thủ tục", "Sở Nội vụ", "Sở Tài chính;\nSở Y tế", "Danh mục; Báo cáo", "Quý III/2026"),
        ("2", "Tập huấn", "Các sở, ban, ngành; UBND các xã, phường", "", "", "Thường xuyên"),
        ("3", "Báo cáo", "Sở Tư pháp", "Các đơn vị liên quan", "", "30/11/2026"),
    )
    first, second, third = reading.directives

    assert ordinals(reading) == ["PL1.1", "PL1.2", "PL1.3"]
    assert (first.lead_codes, first.coordinate) == (("SNV",), ("STC", "SYT"))
    assert first.products == ("Danh mục", "Báo cáo")
    assert first.deadline is not None
    assert (first.deadline.kind, first.deadline.date) == ("quarter", dt.date(2026, 9, 30))
    assert second.lead_shown == ("Sở, ban, ngành (each)", "UBND các xã, phường (each)")
    assert second.deadline is not None
    assert second.deadline.kind == "ongoing"
    assert third.coordinate == ()
    assert third.deadline is not None
    assert third.deadline.date == dt.date(2026, 11, 30)
    assert first.section == ("DANH MỤC NHIỆM VỤ",)


def test_children_inherit_what_their_group_says_and_keep_what_they_say_themselves() -> None:
    reading = appendix(
        ("1", "Cải cách thể chế", "Sở Tư pháp", "Sở Nội vụ", "Báo cáo", "Quý IV/2026"),
        ("1.1", "Rà soát văn bản", "", "", "", ""),
        ("1.2", "Hệ thống hóa", "Sở Tài chính", "Sở Y tế", "Danh mục", "30/9/2026"),
        ("2", "Tuyên truyền", "", "", "", ""),
    )
    inheriting, own, alone = reading.directives

    assert ordinals(reading) == ["PL1.1.1", "PL1.1.2", "PL1.2"]
    assert (inheriting.lead_codes, inheriting.coordinate, inheriting.products) == (
        ("STP",),
        ("SNV",),
        ("Báo cáo",),
    )
    assert inheriting.deadline is not None
    assert inheriting.deadline.text == "Quý IV/2026"
    assert (own.lead_codes, own.coordinate, own.products) == (("STC",), ("SYT",), ("Danh mục",))
    assert (alone.leads, alone.deadline) == ((), None)
    assert inheriting.evidence["lead"].how == "group_row"
    assert inheriting.evidence["lead"].confidence < own.evidence["lead"].confidence


def test_a_row_that_a_page_cut_goes_on_without_a_number() -> None:
    reading = appendix(
        ("1", "Rà soát, đơn giản hóa thủ tục", "Sở Nội", "", "Quyết định", "Quý III/2026"),
        ("", "hành chính nội bộ", "vụ", "", "công bố", ""),
        ("2", "Báo cáo", "Sở Tài chính", "", "", ""),
    )

    assert found(reading) == [
        ("PL1.1", "Rà soát, đơn giản hóa thủ tục hành chính nội bộ"),
        ("PL1.2", "Báo cáo"),
    ]
    assert leads(reading)["PL1.1"] == ("SNV",)
    assert reading.directives[0].products == ("Quyết định công bố",)


def test_sections_sums_and_rows_without_text_are_no_directives() -> None:
    reading = appendix(
        ("I", wide("CẢI CÁCH THỂ CHẾ", 5)),
        ("1", "Rà soát", "Sở Nội vụ", "", "", ""),
        ("II", "TÀI CHÍNH CÔNG", "", "", "", ""),
        ("2", "Quyết toán", "Sở Tài chính", "", "", ""),
        ("3", "", "", "", "", ""),
        ("", "Tổng cộng", "", "", "", ""),
    )

    assert ordinals(reading) == ["PL1.1", "PL1.2"]
    assert [each.section[-1] for each in reading.directives] == ["CẢI CÁCH THỂ CHẾ", "TÀI CHÍNH CÔNG"]
    assert "appendix PL1: row 3 has no text" in reading.warnings


def test_numbers_that_begin_again_in_each_section_take_its_number() -> None:
    reading = appendix(
        (wide("A. Cải cách thể chế", 6),),
        ("1", "Rà soát", "Sở Nội vụ", "", "", ""),
        ("2", "Báo cáo", "Sở Nội vụ", "", "", ""),
        (wide("B. Tài chính công", 6),),
        ("1", "Quyết toán", "Sở Tài chính", "", "", ""),
    )

    assert ordinals(reading) == ["PL1.A.1", "PL1.A.2", "PL1.B.1"]


def test_doubled_codes_of_the_source_are_made_unique_and_pointed_at() -> None:
    reading = appendix(
        ("1", "Rà soát", "Sở Nội vụ", "", "", ""),
        ("1", "Báo cáo", "Sở Nội vụ", "", "", ""),
        ("2", "Kiểm tra", "Sở Nội vụ", "", "", ""),
    )

    assert ordinals(reading) == ["PL1.1", "PL1.1-2", "PL1.2"]
    assert "appendix PL1: number 1 stands there more than once" in reading.warnings


def test_numbers_left_out_are_counted() -> None:
    reading = appendix(("1", "Rà soát", "Sở Nội vụ", "", "", ""), ("4", "Báo cáo", "Sở Nội vụ", "", "", ""))

    assert "appendix PL1: rows 2, 3 missing" in reading.warnings


def test_a_heading_of_two_rows_and_a_row_of_column_numbers_are_no_tasks() -> None:
    reading = read(
        heading("38/KH-UBND", "KẾ HOẠCH\nThử"),
        SIGNED,
        "PHỤ LỤC II",
        table(
            ("TT", "Nội dung", wide("Đơn vị thực hiện", 2), "Thời gian"),
            (
                Cell(text="TT", inherited=True),
                Cell(text="Nội dung", inherited=True),
                "Chủ trì",
                "Phối hợp",
                Cell(text="Thời gian", inherited=True),
            ),
            ("(1)", "(2)", "(3)", "(4)", "(5)"),
            ("1", "Rà soát", "Sở Nội vụ", "Sở Tài chính", "Tháng 9/2026"),
        ),
    )

    assert found(reading) == [("PL2.1", "Rà soát")]
    assert (reading.directives[0].lead_codes, reading.directives[0].coordinate) == (("SNV",), ("STC",))


def test_a_quarter_that_is_ticked_is_the_deadline() -> None:
    reading = appendix(
        ("1", "Rà soát", "Sở Nội vụ", "", "x", ""),
        headings=("TT", "Nhiệm vụ", "Đơn vị chủ trì", "Quý I", "Quý III", "Ghi chú"),
    )

    assert reading.directives[0].deadline is not None
    assert reading.directives[0].deadline.kind == "quarter"


def test_of_two_deadlines_the_one_that_must_be_kept_counts() -> None:
    reading = appendix(
        ("1", "Rà soát", "Sở Nội vụ", "31/7/2026", "5", "30/9/2026"),
        headings=(
            "TT",
            "Nhiệm vụ",
            "Đơn vị thực hiện",
            "Thời hạn được giao",
            "Số ngày quá hạn",
            "Thời hạn mới",
        ),
    )

    assert reading.directives[0].deadline is not None
    assert reading.directives[0].deadline.date == dt.date(2026, 9, 30)


def test_a_date_of_a_workbook_counts_as_stored_and_a_swapped_one_is_doubted() -> None:
    sheet = table(
        ("STT", "Nhiệm vụ", "Chủ trì", "Thời hạn"),
        ("1", "Rà soát", "Sở Nội vụ", Cell(text="20/09/2026", value=dt.date(2026, 9, 20))),
        ("2", "Báo cáo", "Sở Nội vụ", Cell(text="10/02/2026", value=dt.date(2026, 2, 10))),
    )
    reading = read(heading("1/KH-UBND", "KẾ HOẠCH\nThử"), sheet, SIGNED)
    sure, doubtful = reading.directives

    assert sure.deadline is not None
    assert sure.deadline.date == dt.date(2026, 9, 20)
    assert doubtful.evidence["deadline"].confidence < sure.evidence["deadline"].confidence
    assert "appendix B1: B1.2: day and month of deadline '10/02/2026' may be swapped" in reading.warnings


def test_overdue_days_stay_and_are_pointed_at_once() -> None:
    reading = appendix(
        ("1", "Rà soát", "Sở Nội vụ", "", "", "30/6/2026"), ("2", "Báo cáo", "Sở Nội vụ", "", "", "20/7/2026")
    )

    assert [str(each.deadline.date) for each in reading.directives if each.deadline] == [
        "2026-06-30",
        "2026-07-20",
    ]
    assert "appendix PL1: deadlines before the document in PL1.1, PL1.2" in reading.warnings


@pytest.mark.parametrize(
    "other",
    [
        table(("STT", "Họ và tên", "Chức vụ", "Điện thoại"), ("1", "Lê Mẫu", "Chuyên viên", "0909123456")),
        table(("TT", "Nội dung", "Số lượng", "Tỷ lệ"), ("1", "Hồ sơ", "12", "98%"), ("2", "Đơn", "3", "2%")),
        table(("TT", "Họ và tên", "Chức vụ", "Nhiệm vụ"), ("1", "Lê Mẫu", "Giám đốc", "Trưởng ban")),
    ],
)
def test_a_table_without_directives_is_left_out_with_a_warning(other: Table) -> None:
    reading = read(
        heading("1/KH-UBND", "KẾ HOẠCH\nThử"), "I. NHIỆM VỤ\n1. Rà soát.", SIGNED, "PHỤ LỤC", other
    )

    assert ordinals(reading) == ["I.1"]
    assert any(each.startswith("table left out") for each in reading.warnings)


def test_tables_that_set_the_page_are_read_as_its_lines() -> None:
    reading = read(
        table(
            (
                "ỦY BAN NHÂN DÂN\nTHÀNH PHỐ SÔNG VÀNG\nSố: 4/UBND-TH",
                "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nSông Vàng, ngày 05 tháng 8 năm 2026",
            )
        ),
        "V/v thử\nKính gửi: Sở Nội vụ.",
        table(("1", "Rà soát hồ sơ."), ("", "Báo cáo kết quả."), ("2", "Kiểm tra.")),
        table(("Nơi nhận:\n- Như trên;\n- Lưu: VT.", "KT. CHỦ TỊCH\nPHÓ CHỦ TỊCH\nLê Văn Mẫu")),
    )

    assert (reading.number, reading.issuer, reading.place) == (
        "4/UBND-TH",
        "UBND thành phố Sông Vàng",
        "Sông Vàng",
    )
    assert found(reading) == [("1", "Rà soát hồ sơ.\nBáo cáo kết quả."), ("2", "Kiểm tra.")]
    assert reading.signer is not None
    assert reading.signer.name == "Lê Văn Mẫu"
    assert reading.cc == ("Như trên", "Lưu: VT")


def test_a_table_that_goes_on_without_a_heading_is_the_same_table() -> None:
    reading = read(
        heading("1/KH-UBND", "KẾ HOẠCH\nThử"),
        SIGNED,
        "PHỤ LỤC",
        table(("TT", "Nhiệm vụ", "Chủ trì"), ("1", "Rà soát", "Sở Nội vụ")),
        table(("2", "Báo cáo", "Sở Tài chính")),
    )

    assert leads(reading) == {"PL1.1": ("SNV",), "PL1.2": ("STC",)}


def test_a_workbook_alone_is_an_appendix_and_proposes_the_number_it_names() -> None:
    reading = read(
        "PHỤ LỤC 1\nPHÂN CÔNG NHIỆM VỤ\n(Kèm theo Kế hoạch số 38/KH-UBND của UBND thành phố Sông Vàng)",
        table(("STT", "Nhiệm vụ", "Chủ trì"), ("1", "Rà soát", "Sở Nội vụ")),
        kind=SourceKind.XLSX,
    )

    assert (reading.number, reading.proposed_number) == (None, "38/KH-UBND")
    assert (reading.issuer, reading.issuer_inferred) == ("UBND thành phố Sông Vàng", True)
    assert (reading.subject, ordinals(reading)) == ("PHÂN CÔNG NHIỆM VỤ", ["PL1.1"])


def test_two_appendices_keep_their_numbers() -> None:
    rows = table(("TT", "Nhiệm vụ", "Chủ trì"), ("1", "Rà soát", "Sở Nội vụ"))
    reading = read(
        heading("1/KH-UBND", "KẾ HOẠCH\nThử"),
        SIGNED,
        "PHỤ LỤC I\nVIỆC MỘT",
        rows,
        "PHỤ LỤC II\nVIỆC HAI",
        rows,
    )

    assert ordinals(reading) == ["PL1.1", "PL2.1"]


def test_a_list_of_open_tasks_names_the_documents_that_gave_them() -> None:
    reading = read(
        heading("9/SNV-TH", "V/v đôn đốc nhiệm vụ quá hạn\nKính gửi: Sở Tài chính.", office="SỞ NỘI VỤ"),
        "Đề nghị Sở Tài chính khẩn trương báo cáo trước ngày 30/8/2026./.",
        SIGNED,
        "Phụ lục",
        table(
            ("TT", "Nội dung nhiệm vụ", "Văn bản giao", "Đơn vị thực hiện"),
            ("1", "Rà soát", "1102/UBND-KT ngày 12/9/2025", "Sở Tài chính"),
        ),
    )

    assert (reading.urges, reading.refers_to) == (True, ("1102/UBND-KT",))
    assert reading.directives[-1].given_in == ("1102/UBND-KT ngày 12/9/2025",)


def test_an_unknown_unit_of_a_cell_is_named_and_its_row_leads_nobody() -> None:
    reading = appendix(("1", "Rà soát", "Sở Nội vu", "", "", ""))

    assert reading.directives[0].to_json()["lead"] is None
    assert [each.text for each in reading.unknown_names] == ["Sở Nội vu"]


@pytest.mark.parametrize(
    "name",
    [
        "Đơn vị chịu trách nhiệm chính",
        "Cơ quan trình",
        "Cơ quan soạn thảo",
        "Đơn vị/địa phương thực hiện",
        "Phân công trách nhiệm",
        "Người thực hiện",
        "Ai làm",
    ],
)
def test_the_column_of_the_executors_is_known_by_its_heading_or_by_what_it_holds(name: str) -> None:
    headings = ("TT", "Nội dung công việc", name, "Thời hạn")
    reading = appendix(
        ("1", "Rà soát", "Sở Nội vụ", ""), ("2", "Kiểm tra", "Sở Tài chính", ""), headings=headings
    )

    assert leads(reading) == {"PL1.1": ("SNV",), "PL1.2": ("STC",)}


def test_a_table_without_a_column_of_executors_is_told() -> None:
    reading = appendix(("1", "Rà soát", "9/2026"), headings=("TT", "Nội dung nhiệm vụ", "Thời hạn"))

    assert any("no column says who leads" in each for each in reading.warnings)


def test_a_group_of_rows_that_is_an_executor_leads_them() -> None:
    reading = appendix(
        ("I", "SỞ Y TẾ", "", ""),
        ("1", "Rà soát", "9/2026", "Báo cáo"),
        ("II", "UBND CÁC XÃ, PHƯỜNG", "", ""),
        ("1", "Vệ sinh", "9/2026", "Báo cáo"),
        headings=("TT", "Nội dung", "Thời hạn", "Sản phẩm"),
    )

    assert leads(reading) == {"PL1.I.1": ("SYT",), "PL1.II.1": ("UBND các xã, phường (each)",)}


def test_a_row_with_its_own_executor_and_time_is_a_task_above_its_parts() -> None:
    reading = appendix(
        ("1", "Nâng cấp hạ tầng", "Sở Nội vụ", "", "", "12/2026"),
        ("1.1", "Khảo sát", "", "", "", "9/2026"),
        ("2", "Đào tạo", "", "", "", ""),
        ("2.1", "Lập kế hoạch", "Sở Y tế", "", "", "9/2026"),
    )

    assert ordinals(reading) == ["PL1.1", "PL1.1.1", "PL1.2.1"]
    assert [each.parent for each in reading.directives] == [None, "PL1.1", None]


def test_one_cell_may_say_who_leads_and_who_cooperates() -> None:
    reading = appendix(
        ("1", "Rà soát", "Sở Y tế chủ trì; Sở Tài chính phối hợp", "", "", ""),
        ("2", "Rà soát", "Chủ trì: Sở Nội vụ; phối hợp: Sở Y tế", "", "", ""),
    )

    assert leads(reading) == {"PL1.1": ("SYT",), "PL1.2": ("SNV",)}
    assert [each.coordinate for each in reading.directives] == [("STC",), ("SYT",)]


def test_a_name_beside_known_ones_and_a_coordinator_that_nobody_knows_are_told() -> None:
    reading = appendix(
        ("1", "Rà soát", "Sở Y tế, Phòng Nghiệp vụ Y", "Tổ công tác Mẫu", "", ""),
        ("2", "Rà soát", "Sở Y tế", "Tổ công tác Mẫu", "", ""),
    )

    assert [each.lead_shown for each in reading.directives] == [("SYT",), ("SYT",)]
    assert [each.text for each in reading.unknown_names] == ["Phòng Nghiệp vụ Y"]
    assert "appendix PL1: unknown coordinator 'Tổ công tác Mẫu' in PL1.1, PL1.2" in reading.warnings


def test_the_evidence_of_a_row_points_at_its_cells() -> None:
    cells = [
        Cell(text=text, place=Place(block=9, page=3, row=2, column=column))
        for column, text in enumerate(("1", "Rà soát", "Sở Nội vụ"), 1)
    ]
    reading = read(
        heading("1/KH-UBND", "KẾ HOẠCH\nThử"),
        SIGNED,
        "PHỤ LỤC",
        table(("TT", "Nhiệm vụ", "Chủ trì"), tuple(cells)),
    )
    found_in = reading.directives[0].evidence

    assert found_in["lead"].place == Place(block=9, page=3, row=2, column=3)
    assert found_in["text"].to_json()["place"] == {"block": 9, "page": 3, "row": 2, "column": 2}
    assert found_in["lead"].to_json()["how"] == "column"
