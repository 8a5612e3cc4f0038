"""Characters become words and lines by where they are printed."""

import pytest

from processes.documents.source.blocks import Line
from processes.documents.source.pdf import read_pdf
from processes.documents.source.pdf.syllables import is_syllable, share_of_syllables
from tests.unit.documents.pdf.drawn import LETTER, SPACE, Drawing


def lines(drawing: Drawing) -> list[str]:
    return [block.text for block in read_pdf(drawing.bytes()).blocks if isinstance(block, Line)]


def one_line(text: list[str] | str) -> list[str]:
    drawing = Drawing()
    drawing.text(drawing.page(), 100, 100, text)
    return lines(drawing)


def test_words_are_parted_by_gaps_where_the_file_has_no_spaces() -> None:
    drawing = Drawing()
    drawing.words(drawing.page(), 100, 100, ["Sở", "Nội", "vụ", "chủ", "trì"], gap=3.2)

    assert lines(drawing) == ["Sở Nội vụ chủ trì"]


def test_letters_are_ordered_by_place_and_not_by_their_order_in_the_file() -> None:
    drawing = Drawing()
    sheet = drawing.page()
    drawing.text(sheet, 100 + 2 * 6.5, 100, "ế")
    drawing.text(sheet, 100, 100, "Th")
    drawing.text(sheet, 100 + 3 * 6.5, 100, " quan")

    assert lines(drawing) == ["Thế quan"]


@pytest.mark.parametrize(
    "signs",
    [
        ["t", "i", "ế", "t"],
        ["t", "i", "e\u0302\u0301", "t"],
        ["t", "i", "e\u0301\u0302", "t"],
        ["t", "i", "e", "\u0302", "\u0301", "t"],
        ["t", "i", "ê", "\u0301", "t"],
    ],
)
def test_letters_and_their_marks_are_composed_whatever_the_order_of_the_marks(signs: list[str]) -> None:
    assert one_line(signs) == ["tiết"]


def test_an_accent_that_is_printed_over_a_letter_belongs_to_it() -> None:
    drawing = Drawing()
    sheet = drawing.page()
    drawing.text(sheet, 100, 100, "tiêt")
    drawing.text(sheet, 100 + 2 * 6.5 + 0.4, 100, "´")

    assert lines(drawing) == ["tiết"]


@pytest.mark.parametrize(("first", "rest", "whole"), [("tiế", "t", "tiết"), ("th", "ực", "thực")])
def test_a_syllable_whose_parts_drifted_apart_is_whole(first: str, rest: str, whole: str) -> None:
    drawing = Drawing()
    sheet = drawing.page()
    end = drawing.text(sheet, 100, 100, f"các {first} ")
    drawing.text(sheet, end, 100, f"{rest} hiện")

    assert lines(drawing) == [f"các {whole} hiện"]


@pytest.mark.parametrize(
    ("one", "other", "gap"),
    [
        ("Tự", "do", 0.15),
        ("Số", "TTHC", 0.13),
        ("TTHC", "đã", 0.1),
        ("Golf", "tỉnh", 0.17),
        ("V/v", "lấy", 0.18),
        ("VĂN HÓA,", "THỂ", 0.1),
        ("cần thiết.", "Việc", 0.1),
    ],
)
def test_words_with_hardly_a_gap_are_two_where_they_cannot_be_one(one: str, other: str, gap: float) -> None:
    drawing = Drawing()
    sheet = drawing.page()
    end = drawing.text(sheet, 100, 100, one)
    drawing.text(sheet, end + gap * 13, 100, other)

    assert lines(drawing) == [f"{one} {other}"]


def test_letters_that_are_spaced_out_stay_words() -> None:
    drawing = Drawing()
    sheet, x = drawing.page(), 100.0
    for sign in "KẾ HOẠCH":
        x = drawing.text(sheet, x, 100, sign) + 1.8

    assert lines(drawing) == ["KẾ HOẠCH"]


def test_a_letter_printed_twice_to_look_bold_is_one_and_bold() -> None:
    drawing = Drawing()
    sheet = drawing.page()
    drawing.text(sheet, 100, 100, "QUYẾT ĐỊNH")
    for at, sign in enumerate("QUYẾT"):
        drawing.text(sheet, 100.3 + at * 6.5, 100, sign)
    for at, sign in enumerate("ĐỊNH"):
        drawing.text(sheet, 100.3 + at * 6.5 + 5 * 6.5 + 3.25, 100, sign)
    (block,) = read_pdf(drawing.bytes()).blocks

    assert isinstance(block, Line)
    assert (block.text, block.bold) == ("QUYẾT ĐỊNH", True)


def test_a_power_stays_with_its_unit() -> None:
    drawing = Drawing()
    sheet = drawing.page()
    end = drawing.text(sheet, 100, 100, "rộng 30 m")
    end = drawing.text(sheet, end, 95.5, "2", size=8)
    drawing.text(sheet, end, 100, " sàn")

    assert lines(drawing) == ["rộng 30 m2 sàn"]


@pytest.mark.parametrize("lower", [-4.0, 0.0, 2.0, 5.0])
def test_numbers_stamped_into_the_blanks_are_part_of_their_lines(lower: float) -> None:
    drawing = Drawing()
    sheet = drawing.page()
    blank = " " * 12
    number_at = drawing.text(sheet, 90, 100, "Số:") + 2
    drawing.text(sheet, 90, 100, f"Số:{blank}/UBND-HCC")
    sheet.drawing.pop(0)
    day_at = 300 + len("Sông Vàng, ngày") * 6.5 - 3.25 * 2 + 3
    drawing.text(sheet, 300, 100, f"Sông Vàng, ngày{' ' * 8}tháng 6 năm 2026")
    drawing.text(sheet, 60, 160, "Đây là một đoạn văn bản đủ dài để lề phải của trang ở xa bên phải.")
    # the signing tool writes at the end of the page's content
    drawing.text(sheet, number_at, 100 + lower, "5120")
    drawing.text(sheet, day_at, 100 + lower, "12")

    assert lines(drawing)[:2] == ["Số: 5120/UBND-HCC", "Sông Vàng, ngày 12 tháng 6 năm 2026"]


def test_a_number_stamped_over_a_dotted_blank_replaces_the_dots() -> None:
    drawing = Drawing()
    sheet = drawing.page()
    drawing.text(sheet, 100, 100, "Số: ......../UBND-HCC")
    drawing.text(sheet, 100 + 3 * 6.5 + 3.25, 100, "0277")

    assert lines(drawing)[0].replace(".", "") == "Số: 0277/UBND-HCC"


def test_slanted_text_is_a_watermark() -> None:
    drawing = Drawing()
    sheet = drawing.page()
    drawing.text(sheet, 100, 100, "Kính gửi: Sở Nội vụ")
    drawing.text(sheet, 0, 0, "DỰ THẢO", size=60, matrix="0.7 0.7 -0.7 0.7 150 300")

    assert lines(drawing) == ["Kính gửi: Sở Nội vụ"]


@pytest.mark.parametrize("turned", [90, 270])
def test_a_page_that_is_shown_turned_is_read_as_shown(turned: int) -> None:
    drawing = Drawing()
    sheet = drawing.page(turned=turned)
    up = turned == 90
    for at, line in enumerate(["DANH MỤC", "(Kèm theo Kế hoạch số 38/KH-UBND)"]):
        x, y = (100 + at * 20, 200) if up else (500 - at * 20, 700)
        drawing.text(sheet, 0, 0, line, matrix=f"0 {1 if up else -1} {-1 if up else 1} 0 {x} {y}")

    assert lines(drawing) == ["DANH MỤC", "(Kèm theo Kế hoạch số 38/KH-UBND)"]


def test_a_bullet_of_a_symbol_font_is_a_dash() -> None:
    drawing = Drawing()
    sheet = drawing.page()
    drawing.text(sheet, 100, 100, ["\uf0b7", *" Sở Nội vụ;"])

    assert lines(drawing) == ["- Sở Nội vụ;"]


def test_syllables_are_told_from_other_letters() -> None:
    text = "gửi ngửi Nguyễn khuyến huỳnh giếng quốc gì uỷ oà yêu rượu xoong thuở nghiêng"

    assert all(is_syllable(word) for word in text.split())
    assert not any(is_syllable(word) for word in ("tiế", "th", "hßa", "nghÜa", "and", "plan", "tựdo"))
    assert share_of_syllables("Céng hßa x· héi chñ nghÜa")[0] < 0.6
    assert share_of_syllables("Sở Nội vụ chủ trì, tham mưu UBND") == (1.0, 7)


def test_widths_of_the_hand_written_font_are_those_of_its_letters() -> None:
    drawing = Drawing()

    assert drawing.text(drawing.page(), 0, 0, "ab c", size=10) == (3 * LETTER + SPACE) / 100


def test_a_line_that_was_scanned_askew_is_one_line() -> None:
    drawing = Drawing()
    sheet, x = drawing.page(), 80.0
    for line in range(2):
        x = 80.0
        for at, word in enumerate(
            ["Giao", "Sở", "Nội", "vụ", "chủ", "trì,", "phối", "hợp", "theo", "dõi", "việc", "này"]
        ):
            x = drawing.text(sheet, x, 100 + line * 18 + at * 0.7, word) + 3.5

    text = "Giao Sở Nội vụ chủ trì, phối hợp theo dõi việc này"
    assert " ".join(lines(drawing)) == f"{text} {text}"


def test_lines_drawn_with_signs_are_left_out() -> None:
    drawing = Drawing()
    sheet = drawing.page()
    for at, text in enumerate(
        ["Độc lập - Tự do - Hạnh phúc", "___________", "-----------", "Kính gửi: Sở Nội vụ"]
    ):
        drawing.text(sheet, 200, 100 + at * 30, text)

    assert lines(drawing) == ["Độc lập - Tự do - Hạnh phúc", "Kính gửi: Sở Nội vụ"]
