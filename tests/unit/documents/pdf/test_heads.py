"""The head of a letter is read column by column, whatever its measures."""

from processes.documents.source.blocks import SourceText
from processes.documents.source.pdf import read_pdf
from tests.unit.documents.pdf.drawn import Drawing, Sheet

BODY = "Thực hiện chỉ đạo của Chủ tịch UBND thành phố về công tác cải cách hành chính,"


def texts(source: SourceText) -> list[str]:
    return [line.text for line in source.lines]


def drawn(*rows: tuple[float, float, str]) -> Drawing:
    drawing = Drawing()
    sheet = drawing.page()
    for x, y, text in rows:
        drawing.text(sheet, x, y, text)
    body(drawing, sheet)
    return drawing


def body(drawing: Drawing, sheet: Sheet) -> None:
    for y in (300, 318, 336, 354, 372, 390):
        drawing.text(sheet, 60, y, BODY)


def test_the_columns_of_the_head_end_above_the_addressees() -> None:
    drawing = drawn(
        (100, 60, "BỘ NỘI VỤ"),
        (275, 60, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        (297, 76, "Độc lập - Tự do - Hạnh phúc"),
        (90, 100, "Số: 12/BNV-CCHC"),
        (320, 100, "Hà Nội, ngày 15 tháng 6 năm 2026"),
        (80, 116, "V/v đánh giá công tác"),
        (95, 132, "cải cách hành chính"),
        (115, 162, "Kính gửi:"),
        (185, 180, "- Các bộ, cơ quan ngang bộ;"),
        (185, 198, "- Ủy ban nhân dân các tỉnh, thành phố."),
    )

    assert texts(read_pdf(drawing.bytes()))[:8] == [
        "BỘ NỘI VỤ",
        "Số: 12/BNV-CCHC",
        "V/v đánh giá công tác cải cách hành chính",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Hà Nội, ngày 15 tháng 6 năm 2026",
        "Kính gửi:",
        "- Các bộ, cơ quan ngang bộ;",
    ]


def test_a_name_that_nearly_touches_the_motto_stands_in_the_left_column() -> None:
    drawing = drawn(
        (75, 60, "UBND THÀNH PHỐ SÔNG VÀNG"),
        (285, 60, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        (45, 76, "SỞ NÔNG NGHIỆP VÀ MÔI TRƯỜNG CHUNG"),
        (320, 76, "Độc lập - Tự do - Hạnh phúc"),
        (90, 100, "Số: 418/SNNMT-VP"),
        (320, 100, "Sông Vàng, ngày 09 tháng 4 năm 2026"),
    )

    assert texts(read_pdf(drawing.bytes()))[:3] == [
        "UBND THÀNH PHỐ SÔNG VÀNG",
        "SỞ NÔNG NGHIỆP VÀ MÔI TRƯỜNG CHUNG",
        "Số: 418/SNNMT-VP",
    ]


def test_number_and_date_are_two_lines_beside_a_subject_of_half_the_page() -> None:
    drawing = drawn(
        (85, 60, "ỦY BAN NHÂN DÂN"),
        (319, 60, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        (85, 78, "THÀNH PHỐ SÔNG VÀNG"),
        (319, 78, "Độc lập - Tự do - Hạnh phúc"),
        (85, 125, "Số: 4521/UBND-KGVX"),
        (319, 125, "Sông Vàng, ngày 03 tháng 7 năm"),
        (85, 143, "V/v tăng cường công tác phòng, chống"),
        (319, 143, "2026"),
        (85, 161, "dịch bệnh trên địa bàn thành phố"),
    )

    assert texts(read_pdf(drawing.bytes()))[4:7] == [
        "Số: 4521/UBND-KGVX",
        "V/v tăng cường công tác phòng, chống dịch bệnh trên địa bàn thành phố",
        "Sông Vàng, ngày 03 tháng 7 năm 2026",
    ]


def test_heads_of_several_letters_in_one_file_are_no_headers() -> None:
    drawing = Drawing()
    for number in (7, 8, 9):
        sheet = drawing.page()
        drawing.text(sheet, 100, 60, "BỘ TƯ PHÁP")
        drawing.text(sheet, 285, 60, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
        drawing.text(sheet, 330, 76, "Độc lập - Tự do - Hạnh phúc")
        drawing.text(sheet, 100, 100, f"Số: {number}/BTP-VP")
        body(drawing, sheet)

    found = texts(read_pdf(drawing.bytes()))
    assert found.count("BỘ TƯ PHÁP") == 3
    assert found.count("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM") == 3
