"""Text and Markdown: broken lines, markup, tables, encodings old and new."""

import unicodedata

import pytest

from processes.documents import errors
from processes.documents.source.blocks import Cell, Line, SourceKind, SourceText, Table
from processes.documents.source.read import read_source

LETTER = (
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n\nSố: 12/UBND-TH\n\n"
    "Kính gửi: Các sở, ban, ngành thành phố.\n\n1. Thực hiện kế hoạch của Ủy ban nhân dân về cải cách.\n"
)
#: The same in the fonts .VnTime and VNI.
TCVN3 = "CéNG HßA X· HéI\n\nKÝnh göi: C¸c së, ban, ngµnh thµnh phè.\n\n1. Thùc hiÖn kÕ ho¹ch cña ñy ban.\n"
VNI = "Kính göûi: Caùc sôû, ban, ngaønh thaønh phoá.\n\n1. Thöïc hieän keá hoaïch cuûa uûy ban.\n"


def read(text: str, filename: str = "letter.txt") -> SourceText:
    return read_source(text.encode(), filename)


def texts(source: SourceText) -> list[str]:
    return [line.text for line in source.lines]


def cells(table: object) -> list[list[str]]:
    assert isinstance(table, Table)
    return [[cell.text for cell in row] for row in table.rows]


def test_a_line_that_goes_on_in_lower_case_belongs_to_the_one_above() -> None:
    source = read("V/v đẩy mạnh\ncải cách hành chính\n\na) Rà soát\nb) Báo cáo\n\nthành phố")

    assert source.kind is SourceKind.TEXT
    assert texts(source) == ["V/v đẩy mạnh cải cách hành chính", "a) Rà soát", "b) Báo cáo", "thành phố"]
    assert [block.place.block for block in source.blocks if block.place] == [1, 2, 3, 4]


def test_lines_that_a_program_broke_are_joined_before_names_and_numbers_too() -> None:
    text = (
        "1. Khẩn trương tổ chức quán triệt, triển khai thực hiện các nhiệm vụ, giải\n"
        "pháp về cải cách hành chính, chuyển đổi số đã được giao tại Kế hoạch của\n"
        "UBND thành phố; xác định đây là nhiệm vụ trọng tâm, xuyên suốt trong công\n"
        "tác lãnh đạo, chỉ đạo, điều hành của cơ quan, đơn vị, địa phương nhằm góp\n"
        "phần thực hiện thắng lợi các mục tiêu, chỉ tiêu đến năm 2026 và giai đoạn\n"
        "2026 - 2030.\n"
        "2. Báo cáo kết quả về\n"
        "Sở Nội vụ\n"
    )

    assert texts(read(text))[1:] == ["2. Báo cáo kết quả về", "Sở Nội vụ"]
    assert texts(read(text))[0].endswith(
        "Kế hoạch của UBND thành phố; xác định đây là nhiệm vụ trọng tâm, "
        "xuyên suốt trong công tác lãnh đạo, chỉ đạo, điều hành của cơ quan, đơn vị, địa phương nhằm góp phần "
        "thực hiện thắng lợi các mục tiêu, chỉ tiêu đến năm 2026 và giai đoạn 2026 - 2030."
    )


def test_emphasis_is_stripped_and_told_and_whole_lines_are_bold() -> None:
    source = read(
        "**KT. CHỦ TỊCH\nPHÓ CHỦ TỊCH**\n\nCho “*Đề án*” **mẫu**\n\n**1. Rà soát**\n\nKhông (*) 5*3 5 * 3"
    )

    assert list(source.lines) == [
        Line(text="KT. CHỦ TỊCH", emphasised=True, bold=True, place=source.blocks[0].place),
        Line(text="PHÓ CHỦ TỊCH", emphasised=True, bold=True, place=source.blocks[1].place),
        Line(text="Cho “Đề án” mẫu", emphasised=True, place=source.blocks[2].place),
        Line(text="1. Rà soát", emphasised=True, bold=True, place=source.blocks[3].place),
        Line(text="Không (*) 5*3 5 * 3", place=source.blocks[4].place),
    ]


def test_headings_bullets_rules_and_escaped_signs_are_what_they_mean() -> None:
    source = read("# CHỈ THỊ #\n---\n* Rà soát\n+ Kiểm tra\n• Báo cáo\n\\- Đến \\*hết\\* 1\\. ngày\n\n***\n")

    assert texts(source) == ["CHỈ THỊ", "* Rà soát", "+ Kiểm tra", "- Báo cáo", "- Đến *hết* 1. ngày"]
    assert [line.bold for line in source.lines] == [True, False, False, False, False]


def test_markdown_has_more_markup_than_text() -> None:
    markup = "> Xem [Kế hoạch](http://a.vn/x_y) ![ảnh](a.png)<br>__Hạn__ _chót_&nbsp;<u>20/8</u>\n```"

    assert texts(read(markup, "a.md")) == ["Xem Kế hoạch", "Hạn chót 20/8"]
    assert texts(read("_a_ [b](c) &amp;", "a.txt")) == ["_a_ [b](c) &amp;"]


@pytest.mark.parametrize(
    ("text", "heading_rows"),
    [
        ("Bảng:\n| TT | Việc |\n|:--|---|\n| 1 | Rà\\|soát<br>Báo cáo |\n| 2 |\n\nHết", 1),
        ("Bảng:\nTT | Việc\n---|---\n1 | Rà\\|soát<br>Báo cáo\n2 |\n\nHết", 1),
        (
            "Bảng:\n+---+---+\n| TT| Việc|\n+===+===+\n| 1 | Rà\\|soát |\n|   | Báo cáo |\n+---+---+\n"
            "| 2 | |\n+---+---+\n\nHết",
            1,
        ),
        ("Bảng:\n| TT | Việc |\n| 1 | Rà\\|soát<br>Báo cáo |\n| 2 | |\nHết", 0),
    ],
)
def test_tables_drawn_with_bars_are_tables(text: str, heading_rows: int) -> None:
    first, table, last = read(text).blocks

    assert isinstance(first, Line)
    assert isinstance(last, Line)
    assert cells(table) == [["TT", "Việc"], ["1", "Rà|soát\nBáo cáo"], ["2", ""]]
    assert isinstance(table, Table)
    assert table.heading_rows == heading_rows


def test_what_was_copied_out_of_a_table_is_one() -> None:
    first, table, last = read("Bảng:\nTT\tViệc\tHạn\n1\tRà soát\t30/9\n\tBáo cáo\t\n\n\tĐoạn\tvăn\t").blocks

    assert cells(table) == [["TT", "Việc", "Hạn"], ["1", "Rà soát", "30/9"], ["", "Báo cáo", ""]]
    assert [getattr(each, "text", None) for each in (first, last)] == ["Bảng:", "Đoạn văn"]


def test_a_drawn_table_of_one_column_is_its_paragraphs() -> None:
    assert texts(read("| Rà soát |\n|---|\n| Báo cáo |")) == ["Rà soát", "Báo cáo"]


def test_characters_are_composed_and_invisible_ones_gone() -> None:
    text = (
        unicodedata.normalize("NFD", "\ufeffỦy\u00a0ban\u200b nhân\u00ad dân")
        + " non\u2011break \u00d0ồng Nai"
    )

    assert texts(read(text)) == ["Ủy ban nhân dân non-break Đồng Nai"]


def test_marks_heaped_on_a_letter_are_no_text() -> None:
    assert len(texts(read("a" + "\u0301\u0323" * 100_000))[0]) < 10


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_is_read_in_every_form_that_says_so(encoding: str) -> None:
    source = read_source(LETTER.encode(encoding), "letter.txt")

    assert texts(source)[1] == "Số: 12/UBND-TH"
    assert source.remarks == ()


def test_windows_1258_is_guessed_by_its_words_and_said() -> None:
    apart = "".join(_tone_apart(character) for character in LETTER)
    source = read_source(apart.encode("cp1258"), "letter.txt")

    assert texts(source) == texts(read(LETTER))
    assert [remark.to_json() for remark in source.remarks] == [
        {"code": "encoding_guessed", "encoding": "windows-1258"}
    ]


def _tone_apart(character: str) -> str:
    """Return a letter as Windows-1258 has it: with its hat or horn, the tone behind it."""
    base, *marks = unicodedata.normalize("NFD", character)
    tones = [mark for mark in marks if mark in "\u0300\u0301\u0303\u0309\u0323"]
    shapes = [mark for mark in marks if mark not in tones]
    return unicodedata.normalize("NFC", base + "".join(shapes)) + "".join(tones)


@pytest.mark.parametrize(("text", "name"), [(TCVN3, "TCVN3 (ABC)"), (VNI, "VNI")])
@pytest.mark.parametrize("encoding", ["latin-1", "utf-8"])
def test_text_for_old_fonts_is_refused_by_name(text: str, name: str, encoding: str) -> None:
    with pytest.raises(errors.LetterEncodingLegacy) as caught:
        read_source(text.encode(encoding), "letter.txt")

    assert caught.value.params["encoding"] == name


def test_text_for_old_fonts_within_a_letter_is_remarked() -> None:
    source = read(LETTER * 3 + "\nC¸c së, thµnh phè")

    assert [remark.to_json() for remark in source.remarks] == [
        {"code": "legacy_text", "encoding": "TCVN3 (ABC)", "count": 4}
    ]


@pytest.mark.parametrize(
    "content",
    [
        "Kính gửi: Sở Nội vụ".encode()[:-1] + b"\xff\xfe\xff",
        "Số: 1".encode("utf-16-le"),
        b"\xc4\xd0\xb9\xfa" * 9,
    ],
)
def test_what_is_in_no_known_encoding_is_told_how_to_be_saved(content: bytes) -> None:
    with pytest.raises(errors.LetterEncodingUnknown, match="save the file again as UTF-8"):
        read_source(content, "letter.txt")


def test_a_cell_knows_its_place() -> None:
    table = read("| a | b |\n|---|---|\n| c | d |").blocks[0]

    assert isinstance(table, Table)
    found = table.rows[1][1]
    assert isinstance(found, Cell)
    assert found.place is not None
    assert (found.place.block, found.place.row, found.place.column) == (1, 2, 2)


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        (
            "Xây dựng kế hoạch, gửi\nSở Nội vụ trước ngày 20/7.",
            ["Xây dựng kế hoạch, gửi Sở Nội vụ trước ngày 20/7."],
        ),
        ("trước ngày 30 tháng\n9 năm\n2026.", ["trước ngày 30 tháng 9 năm 2026."]),
        ("Căn cứ Quyết định số\n112/QĐ-TTg", ["Căn cứ Quyết định số 112/QĐ-TTg"]),
        (
            "Giao Sở Lao động\n- Thương binh và Xã hội rà soát",
            ["Giao Sở Lao động - Thương binh và Xã hội rà soát"],
        ),
        ("a) Rà soát quy định\n(Sở Y tế phối hợp).", ["a) Rà soát quy định (Sở Y tế phối hợp)."]),
        ("Điều 2.\nGiao Sở Y tế", ["Điều 2. Giao Sở Y tế"]),
        ("Kính gửi\nSở Nội vụ", ["Kính gửi", "Sở Nội vụ"]),
        ("1. Báo cáo hằng năm\n2. Rà soát", ["1. Báo cáo hằng năm", "2. Rà soát"]),
        ("Kế hoạch\n(Kèm theo Quyết định số 1)", ["Kế hoạch", "(Kèm theo Quyết định số 1)"]),
        ("Kiểm tra của\n1- Sở Y tế", ["Kiểm tra của", "1- Sở Y tế"]),
    ],
)
def test_a_line_that_ends_in_the_middle_of_a_sentence_goes_on(broken: str, whole: list[str]) -> None:
    assert texts(read(broken)) == whole


def test_a_title_as_wide_as_the_broken_lines_below_it_stays_apart() -> None:
    text = (
        "Triển khai thực hiện Nghị quyết về khoa học và công nghệ năm 2026\n"
        "Thực hiện Nghị quyết của Chính phủ về đột phá phát triển khoa học và\n"
        "công nghệ; theo đề nghị của Sở Khoa học và Công nghệ về việc ban hành\n"
        "kế hoạch thực hiện, UBND thành phố ban hành Kế hoạch với các nội dung\n"
        "như sau:"
    )

    assert texts(read(text))[0] == "Triển khai thực hiện Nghị quyết về khoa học và công nghệ năm 2026"
    assert len(texts(read(text))) == 2


def test_numbers_of_pages_and_notes_at_their_feet_are_no_text() -> None:
    text = (
        "1. Sở Y tế chuẩn bị cho toàn\n\n- 2 -\n\nbộ cán bộ.\n3\n2. Báo cáo.\n4/6\n3. Rà soát.\n______\n"
        "1 Quyết định số 12.\n4. Kiểm tra."
    )

    assert texts(read(text)) == [
        "1. Sở Y tế chuẩn bị cho toàn bộ cán bộ.",
        "2. Báo cáo.",
        "3. Rà soát.",
        "4. Kiểm tra.",
    ]


def test_numbers_below_each_other_are_figures_and_stay() -> None:
    assert texts(read("Số liệu:\n2\n3\n4")) == ["Số liệu:", "2", "3", "4"]


def test_the_borders_of_a_copied_table_part_columns_and_vanish() -> None:
    text = (
        "UBND | CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM |\n|\nSố: 1/QĐ | Huế, ngày 1/2/2026 |\n"
        "Lưu: VT. | KT. CHỦ TỊCH"
    )

    assert texts(read(text)) == [
        "UBND",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Số: 1/QĐ",
        "Huế, ngày 1/2/2026",
        "Lưu: VT.",
        "KT. CHỦ TỊCH",
    ]


def test_a_bullet_behind_a_bullet_is_one() -> None:
    assert texts(read("- - Sở Nội vụ;\n• - Sở Y tế;")) == ["- Sở Nội vụ;", "- Sở Y tế;"]
