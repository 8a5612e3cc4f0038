"""Lines become paragraphs; what stands side by side is taken apart; what belongs to the page is left out."""

import pytest

from processes.documents.source.blocks import Line, Remark
from processes.documents.source.pdf import read_pdf
from tests.unit.documents.pdf.drawn import Drawing, Sheet

LEFT, RIGHT, INDENT = 85.0, 540.0, 36.0
LONG = (
    "Khẩn trương tổ chức quán triệt, triển khai thực hiện nghiêm túc các nhiệm vụ, giải pháp về cải cách hành "
    "chính, chuyển đổi số đã được giao; xác định đây là nhiệm vụ trọng tâm, xuyên suốt trong công tác lãnh đạo."
)


def blocks(drawing: Drawing) -> list[Line]:
    return [block for block in read_pdf(drawing.bytes()).blocks if isinstance(block, Line)]


def lines(drawing: Drawing) -> list[str]:
    return [block.text for block in blocks(drawing)]


def write(
    drawing: Drawing, sheet: Sheet, y: float, text: str, *, indent: float = INDENT, pitch: float = 17
) -> float:
    """Write a justified paragraph; returns where the next one begins."""
    size, words = 13.0, text.split()
    x, line, room = LEFT + indent, [], RIGHT - LEFT - indent
    for at, word in enumerate([*words, None]):
        width = sum(len(each) for each in line) * 6.5
        if word is None or (line and width + len(word) * 6.5 + len(line) * 3.25 > room):
            gap = 3.25 if word is None or len(line) == 1 else (room - width) / (len(line) - 1)
            drawing.words(sheet, x, y, line, gap=gap, size=size)
            x, line, room, y = LEFT, [], RIGHT - LEFT, y + pitch
        if word is not None:
            line.append(word)
        del at
    return y + 6


def test_lines_are_joined_and_indented_lines_begin_paragraphs() -> None:
    drawing = Drawing()
    sheet = drawing.page()
    y = 100.0
    texts = [f"1. {LONG}", LONG, f"a) {LONG}", "Nơi nhận chính xác được ghi sau."]
    for text in texts:
        y = write(drawing, sheet, y, text)

    assert lines(drawing) == texts


def test_paragraphs_without_indent_are_parted_by_their_distance() -> None:
    drawing = Drawing()
    sheet = drawing.page()
    y = 100.0
    for at in range(4):
        y = write(drawing, sheet, y, f"{LONG} {'Thêm chữ ' * at}".strip(), indent=0)

    assert lines(drawing) == [f"{LONG} {'Thêm chữ ' * at}".strip() for at in range(4)]


def test_a_paragraph_that_is_indented_as_a_whole_is_one() -> None:
    drawing = Drawing()
    sheet = drawing.page()
    write(drawing, sheet, 60, LONG)
    words = LONG.split()
    for at, part in enumerate((words[:13], words[13:25])):
        gap = (RIGHT - 130 - sum(map(len, part)) * 6.5) / (len(part) - 1)
        drawing.words(sheet, 130, 140 + at * 17, part, gap=gap)
    drawing.text(sheet, 130, 140 + 34, "các sở.")

    assert lines(drawing)[1:] == [f"{' '.join(words[:25])} các sở."]


def test_a_dash_at_the_beginning_of_a_line_within_a_paragraph_is_no_bullet() -> None:
    drawing = Drawing()
    sheet = drawing.page()
    y = write(drawing, sheet, 100, LONG)
    words = [
        "Tiếp",
        "tục",
        "tổ",
        "chức",
        "thực",
        "hiện",
        "có",
        "hiệu",
        "quả",
        "Đề",
        "án",
        "phát",
        "triển",
        "giai",
        "đoạn",
        "2026",
    ]
    drawing.words(sheet, LEFT + INDENT, y, words, gap=(419 - sum(map(len, words)) * 6.5) / (len(words) - 1))
    drawing.text(sheet, LEFT, y + 17, "- 2030 trên địa bàn thành phố.")
    drawing.text(sheet, LEFT + INDENT, y + 34 + 6, "- Sở Nội vụ;")

    assert lines(drawing)[1:] == [f"{' '.join(words)} - 2030 trên địa bàn thành phố.", "- Sở Nội vụ;"]


def test_a_paragraph_goes_on_over_a_page_and_a_number_on_the_page_is_left_out() -> None:
    drawing = Drawing()
    first, second, third = (drawing.page() for _ in range(3))
    y = write(drawing, first, 100, f"1. {LONG}")
    drawing.text(second, 294, 40, "2")
    drawing.text(third, 290, 40, "- 3 -")
    words = LONG.split()
    drawing.words(first, LEFT + INDENT, y, words[:12], gap=(419 - sum(map(len, words[:12])) * 6.5) / 11)
    write(drawing, second, 80, " ".join(words[12:]), indent=0)
    write(drawing, third, 80, f"2. {LONG}")

    assert lines(drawing) == [f"1. {LONG}", LONG, f"2. {LONG}"]


def test_headers_that_recur_on_many_pages_are_left_out() -> None:
    drawing = Drawing()
    for at in range(4):
        sheet = drawing.page()
        drawing.text(sheet, 85, 40, "Kế hoạch số 38/KH-UBND", size=9)
        drawing.text(sheet, 450, 810, f"Trang {at + 1}/4", size=9)
        write(drawing, sheet, 100, f"{at + 1}. {'Tiếp tục ' * at}{LONG}")

    assert lines(drawing) == [f"{at + 1}. {'Tiếp tục ' * at}{LONG}" for at in range(4)]


def test_a_number_that_stands_on_the_first_page_only_is_kept() -> None:
    drawing = Drawing()
    sheet = drawing.page()
    write(drawing, sheet, 100, LONG)
    for at, number in enumerate(["277", "14", "7"]):
        drawing.text(sheet, 85, 760 + at * 20, number)
    write(drawing, drawing.page(), 80, f"2. {LONG}")

    assert lines(drawing) == [LONG, "277", "14", "7", f"2. {LONG}"]


def test_numbers_left_by_signing_at_the_end_of_a_page_do_not_part_its_last_paragraph() -> None:
    drawing = Drawing()
    first, second = drawing.page(), drawing.page()
    words = LONG.split()
    y = write(drawing, first, 100, f"1. {LONG}")
    drawing.words(first, LEFT + INDENT, y, words[:12], gap=(419 - sum(map(len, words[:12])) * 6.5) / 11)
    for at, number in enumerate(["277", "14", "7"]):
        drawing.text(first, 85, 760 + at * 20, number)
    write(drawing, second, 80, " ".join(words[12:]), indent=0)
    write(drawing, second, 300, f"2. {LONG}")

    assert lines(drawing) == [f"1. {LONG}", LONG, "277", "14", "7", f"2. {LONG}"]


def heading(drawing: Drawing, sheet: Sheet, *, shift: float = 0) -> None:
    left = [
        "UBND THÀNH PHỐ SÔNG VÀNG",
        "SỞ NỘI VỤ",
        "Số: 12/SNV-CCHC",
        "V/v báo cáo kết quả",
        "cải cách hành chính",
    ]
    right = [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "",
        "Sông Vàng, ngày 5 tháng 8 năm 2026",
    ]
    for at, text in enumerate(left):
        drawing.text(sheet, 140 - len(text) * 2.7, 60 + at * 16, text, size=11, font="B" if at < 2 else "F")
    for at, text in enumerate(right):
        drawing.text(
            sheet, 410 - len(text) * 2.9, 60 + shift + at * 16, text, size=12, font="B" if at < 2 else "F"
        )


@pytest.mark.parametrize("shift", [0.0, 1.5, 4.0, -7.0])
def test_the_two_columns_of_a_heading_are_read_one_after_the_other(shift: float) -> None:
    drawing = Drawing()
    sheet = drawing.page()
    heading(drawing, sheet, shift=shift)
    drawing.text(sheet, 200, 180, "Kính gửi: UBND thành phố Sông Vàng")
    write(drawing, sheet, 220, LONG)
    found = blocks(drawing)

    assert [line.text for line in found] == [
        "UBND THÀNH PHỐ SÔNG VÀNG",
        "SỞ NỘI VỤ",
        "Số: 12/SNV-CCHC",
        "V/v báo cáo kết quả cải cách hành chính",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Sông Vàng, ngày 5 tháng 8 năm 2026",
        "Kính gửi: UBND thành phố Sông Vàng",
        LONG,
    ]
    assert [line.bold for line in found[:7]] == [True, True, False, False, True, True, False]
    assert found[0].centred
    assert not found[-1].centred


@pytest.mark.parametrize("rows", [2, 6, 12])
def test_the_two_columns_at_the_end_are_read_one_after_the_other(rows: int) -> None:
    drawing = Drawing()
    sheet = drawing.page()
    y = write(drawing, sheet, 100, LONG)
    recipients = ["Nơi nhận:", *(f"- Đơn vị thứ {at};" for at in range(rows))]
    for at, text in enumerate(recipients):
        drawing.text(sheet, 85, y + 20 + at * 13.5, text, size=11)
    signature = [("KT. CHỦ TỊCH", 0), ("PHÓ CHỦ TỊCH", 17), ("Nguyễn Thị Lan", 100)]
    for text, down in signature:
        drawing.text(sheet, 420 - len(text) * 3, y + 20 + down, text, font="B")

    assert lines(drawing) == [LONG, *recipients, "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH", "Nguyễn Thị Lan"]


def test_addressees_set_off_from_their_label_are_lines_of_their_own() -> None:
    drawing = Drawing()
    sheet = drawing.page()
    drawing.text(sheet, 120, 100, "Kính gửi:")
    drawing.text(sheet, 220, 100, "- Các sở, ban, ngành thành phố;")
    drawing.text(sheet, 220, 118, "- UBND các xã, phường.")
    write(drawing, sheet, 160, LONG)

    assert lines(drawing) == ["Kính gửi:", "- Các sở, ban, ngành thành phố;", "- UBND các xã, phường.", LONG]


def test_a_number_set_off_from_its_text_stays_with_it() -> None:
    drawing = Drawing()
    sheet = drawing.page()
    for at in range(3):
        drawing.text(sheet, 85, 100 + at * 20, f"{at + 1}.")
        drawing.text(sheet, 140, 100 + at * 20, "Rà soát thủ tục hành chính.")

    assert lines(drawing) == [f"{at}. Rà soát thủ tục hành chính." for at in range(1, 4)]


def test_a_title_over_two_lines_is_one_line_bold_and_centred() -> None:
    drawing = Drawing()
    sheet = drawing.page()
    title = [
        "Về việc triển khai thực hiện nhiệm vụ phát triển kinh tế - xã hội, bảo",
        "đảm quốc phòng, an ninh",
    ]
    drawing.text(sheet, 312 - 8 * 3.2, 80, "KẾ HOẠCH", font="B")
    for at, text in enumerate(title):
        width = len(text.replace(" ", "")) * 6.5 + text.count(" ") * 3.25
        drawing.text(sheet, 312.5 - width / 2, 110 + at * 17, text, font="B")
    write(drawing, sheet, 170, LONG)
    found = blocks(drawing)

    assert [line.text for line in found] == ["KẾ HOẠCH", " ".join(title), LONG]
    assert [(line.bold, line.centred) for line in found] == [(True, True), (True, True), (False, False)]


def test_a_line_indented_as_first_lines_are_begins_a_paragraph_whatever_ends_above() -> None:
    drawing = Drawing()
    sheet = drawing.page()
    first = "Trên địa bàn tỉnh có 02 hội: Hội vận tải ô tô và Hội các xã vùng biển"
    second = "Hiện nay, Hội vận tải ô tô đã phối hợp với Hội tỉnh Hải Sơn bàn về"
    rest = "Sông Vàng trước khi sắp xếp các đơn vị hành chính của tỉnh Hải Sơn cũ"
    for at, (x, text) in enumerate([(0, first), (1, rest), (0, second), (1, rest)]):
        drawing.text(sheet, LEFT if x else LEFT + INDENT, 100 + at * 17, text)

    assert lines(drawing) == [f"{first} {rest}", f"{second} {rest}"]


def test_a_name_close_below_a_title_is_a_line_of_its_own() -> None:
    drawing = Drawing()
    sheet = drawing.page()
    write(drawing, sheet, 80, LONG)
    for at, text in enumerate(["PHÓ GIÁM ĐỐC SỞ NỘI VỤ", "Trần Hữu Tuấn"]):
        width = len(text.replace(" ", "")) * 6.5 + text.count(" ") * 3.25
        drawing.text(sheet, 420 - width / 2, 300 + at * 17, text, font="B")

    assert lines(drawing) == [LONG, "PHÓ GIÁM ĐỐC SỞ NỘI VỤ", "Trần Hữu Tuấn"]


def test_footnotes_are_left_out_and_remarked_with_their_marks() -> None:
    drawing = Drawing()
    sheet = drawing.page()
    end = drawing.text(sheet, LEFT + INDENT, 100, "Thực hiện Nghị quyết số 05-NQ/TU")
    drawing.text(sheet, end, 95.5, "1", size=8)
    write(drawing, sheet, 130, f"1. {LONG}")
    drawing.rule(sheet, 85, 740, 230, 740)
    mark = drawing.text(sheet, 85, 751, "1", size=6)
    drawing.text(sheet, mark + 2, 754, "Ngày 01 tháng 5 năm 2026 của Ban Chấp hành", size=9)
    drawing.text(sheet, 85, 766, "Đảng bộ thành phố.", size=9)
    source = read_pdf(drawing.bytes())

    assert [line.text for line in source.lines] == ["Thực hiện Nghị quyết số 05-NQ/TU", f"1. {LONG}"]
    assert source.remarks == (
        Remark(
            code="footnotes_left_out",
            params={"count": 1, "notes": ["1 Ngày 01 tháng 5 năm 2026 của Ban Chấp hành Đảng bộ thành phố."]},
        ),
    )


def test_a_note_that_goes_on_below_the_next_page_is_left_out_whole() -> None:
    drawing = Drawing()
    first, second = drawing.page(), drawing.page()
    end = drawing.text(first, LEFT + INDENT, 100, "Thực hiện Nghị quyết số 05-NQ/TU")
    drawing.text(first, end, 95.5, "1", size=8)
    write(drawing, first, 130, f"1. {LONG}")
    drawing.rule(first, 85, 740, 230, 740)
    mark = drawing.text(first, 85, 751, "1", size=6)
    drawing.text(first, mark + 2, 754, "Ngày 01 tháng 5 năm 2026 của", size=9)
    write(drawing, second, 80, f"2. {LONG}")
    drawing.rule(second, 85, 740, 540, 740)
    drawing.text(second, 85, 754, "Ban Chấp hành", size=9)
    drawing.text(second, 85, 766, "Đảng bộ thành phố.", size=9)
    source = read_pdf(drawing.bytes())

    assert [line.text for line in source.lines] == [
        "Thực hiện Nghị quyết số 05-NQ/TU",
        f"1. {LONG}",
        f"2. {LONG}",
    ]
    assert source.remarks[0].params["notes"] == [
        "1 Ngày 01 tháng 5 năm 2026 của Ban Chấp hành Đảng bộ thành phố."
    ]


def test_every_line_knows_its_page_and_box() -> None:
    drawing = Drawing()
    drawing.text(drawing.page(), 100, 100, "Kính gửi: Sở Nội vụ", size=10)
    drawing.text(drawing.page(), 100, 300, "KT. CHỦ TỊCH", size=10)
    first, second = blocks(drawing)

    assert first.place is not None
    assert first.place.to_json() == {"block": 1, "page": 1, "box": [100.0, 92.5, 185.0, 102.2]}
    assert second.place is not None
    assert (second.place.block, second.place.page) == (2, 2)


def test_a_list_of_recipients_that_a_page_cuts_is_read_before_the_signature() -> None:
    drawing = Drawing()
    first, second = drawing.page(), drawing.page()
    y = write(drawing, first, 600, LONG)
    for at, text in enumerate(["Nơi nhận:", "- Như trên;"]):
        drawing.text(first, 85, y + 20 + at * 13.5, text, size=11)
    for at, text in enumerate(["KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"]):
        drawing.text(first, 420 - len(text) * 3, y + 20 + at * 17, text, font="B")
    for at, text in enumerate(["- Sở Nội vụ;", "- Lưu: VT."]):
        drawing.text(second, 85, 70 + at * 13.5, text, size=11)
    drawing.text(second, 380, 130, "Nguyễn Thị Lan", font="B")

    assert lines(drawing) == [
        LONG,
        "Nơi nhận:",
        "- Như trên;",
        "- Sở Nội vụ;",
        "- Lưu: VT.",
        "KT. CHỦ TỊCH",
        "PHÓ CHỦ TỊCH",
        "Nguyễn Thị Lan",
    ]


def test_an_indented_line_below_a_recipient_stays_in_its_column() -> None:
    drawing = Drawing()
    sheet = drawing.page()
    y = write(drawing, sheet, 100, LONG) + 20
    for at, text in enumerate(["Nơi nhận:", "- Như trên;", "- VPCP: BTCN;", "Trợ lý, Thư ký;", "- Lưu: VT."]):
        drawing.text(sheet, 91 if text[0] == "T" else 85, y + at * 13.5, text, size=11)
    for at, text in ((0, "KT. BỘ TRƯỞNG"), (1.2, "PHÓ CHỦ NHIỆM"), (8, "Đỗ Ngọc Huỳnh")):
        drawing.text(sheet, 420 - len(text) * 3, y + at * 13, text, font="B")

    assert lines(drawing)[1:] == [
        *("Nơi nhận:", "- Như trên;", "- VPCP: BTCN; Trợ lý, Thư ký;", "- Lưu: VT."),
        *("KT. BỘ TRƯỞNG", "PHÓ CHỦ NHIỆM", "Đỗ Ngọc Huỳnh"),
    ]


def test_a_header_on_every_page_but_the_first_is_left_out_and_titles_of_appendices_are_not() -> None:
    drawing = Drawing()
    for at in range(3):
        sheet = drawing.page()
        if at:
            drawing.text(sheet, 85, 40, "Thông báo số 510/TB-UBND", size=9)
            drawing.text(sheet, 280, 75, "PHỤ LỤC", font="B")
        write(drawing, sheet, 120, f"{at + 1}. {'Tiếp tục ' * at}{LONG}")

    assert [line for line in lines(drawing) if len(line) < 30] == ["PHỤ LỤC", "PHỤ LỤC"]


@pytest.mark.parametrize(
    ("above", "below", "whole"),
    [
        ("UBND THÀNH PHỐ SÔNG", "VÀNG", True),
        ("SỞ NÔNG NGHIỆP VÀ", "MÔI TRƯỜNG", True),
        ("ỦY BAN NHÂN DÂN", "TỈNH HẢI SƠN", False),
        ("UBND THÀNH PHỐ SÔNG VÀNG", "SỞ Y TẾ", False),
    ],
)
def test_a_name_in_capitals_that_its_column_broke_is_whole(above: str, below: str, whole: bool) -> None:
    drawing = Drawing()
    sheet = drawing.page()
    for at, text in enumerate([above, below]):
        drawing.text(sheet, 150 - len(text) * 3, 60 + at * 16, text, size=12, font="B")
    motto = ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"]
    for at, text in enumerate(motto):
        drawing.text(sheet, 410 - len(text) * 2.7, 60 + at * 16, text, size=12, font="B")

    assert lines(drawing) == [*([f"{above} {below}"] if whole else [above, below]), *motto]


def test_a_year_alone_in_its_line_at_the_end_of_a_page_stays_in_its_paragraph() -> None:
    drawing = Drawing()
    sheet = drawing.page()
    write(drawing, sheet, 100, LONG)
    words = [
        "Tiếp",
        "tục",
        "tổ",
        "chức",
        "thực",
        "hiện",
        "có",
        "hiệu",
        "quả",
        "Đề",
        "án",
        "phát",
        "triển",
        "giai",
        "đoạn",
        "2026",
        "-",
    ]
    gap = (419 - sum(map(len, words)) * 6.5) / (len(words) - 1)
    drawing.words(sheet, LEFT + INDENT, 160, words, gap=gap)
    drawing.text(sheet, LEFT, 177, "2030")
    write(drawing, drawing.page(), 80, LONG)

    assert lines(drawing)[1] == f"{' '.join(words)} 2030"


def test_who_took_a_copy_and_when_is_no_text() -> None:
    drawing = Drawing()
    sheet = drawing.page()
    drawing.text(sheet, 85, 820, "vanthu_snv-12/06/2026 16:52:11-vanthu_snv", size=7)
    write(drawing, sheet, 100, LONG)

    assert lines(drawing) == [LONG]


def test_bullets_at_the_top_of_many_pages_are_no_header() -> None:
    drawing = Drawing()
    for at in range(4):
        sheet = drawing.page()
        drawing.text(sheet, 85, 70, "-")
        drawing.text(sheet, 110, 70, f"Đơn vị thứ {['nhất', 'hai', 'ba', 'tư'][at]} báo cáo kết quả.")
        drawing.text(sheet, 85, 120, "Kết thúc.")

    assert lines(drawing)[::2] == [
        f"- Đơn vị thứ {each} báo cáo kết quả." for each in ("nhất", "hai", "ba", "tư")
    ]


def test_a_paragraph_left_of_a_hanging_one_is_another() -> None:
    drawing = Drawing()
    sheet = drawing.page()
    write(drawing, sheet, 60, LONG)
    words = LONG.split()
    for at, part in enumerate((words[:12], words[12:24])):
        gap = (RIGHT - 121 - sum(map(len, part)) * 6.5) / (len(part) - 1)
        drawing.words(sheet, 121, 140 + at * 17, part, gap=gap)
    drawing.text(sheet, 103, 140, "-")
    write(drawing, sheet, 174, LONG, indent=0)

    assert lines(drawing)[1:] == [f"- {' '.join(words[:24])}", LONG]
