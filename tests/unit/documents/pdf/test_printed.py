"""Documents printed by word processor and browser come back as they were written."""

from pathlib import Path

import pytest

from processes.documents.source.blocks import Line, SourceText, Table
from processes.documents.source.pdf import read_pdf
from tests.unit.documents.pdf.make_data import ITEMS, directive

DATA = Path(__file__).parent / "data"
MOTTO = ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"]


def source(name: str) -> SourceText:
    return read_pdf((DATA / f"{name}.pdf").read_bytes())


@pytest.fixture(scope="module")
def plan() -> SourceText:
    return source("plan")


@pytest.fixture(scope="module")
def appendix(plan: SourceText) -> Table:
    (table,) = (block for block in plan.blocks if isinstance(block, Table))
    return table


def test_an_official_letter_is_read_paragraph_by_paragraph() -> None:
    letter = source("official_letter")

    assert [line.text for line in letter.lines] == [
        "ỦY BAN NHÂN DÂN",
        "THÀNH PHỐ SÔNG VÀNG",
        "Số: /UBND-HCC",
        "V/v đẩy mạnh nhiệm vụ trọng tâm liên quan đến công tác cải cách hành chính năm 2026",
        *MOTTO,
        "Sông Vàng, ngày tháng 6 năm 2026",
        "Kính gửi:",
        "- Sở, ban, ngành; Công an thành phố; Thuế thành phố; Chi cục Hải quan khu vực XVIII; Bảo hiểm xã hội;",
        "- UBND các xã, phường.",
        "Thực hiện Nghị quyết số 05-NQ/TU ngày 01 tháng 5 năm 2026 của Ban Chấp hành Đảng bộ thành phố, Chủ tịch "
        "UBND thành phố đề nghị các đơn vị, địa phương nghiêm túc triển khai thực hiện một số nội dung như sau:",
        *(f"{at}. {item}" for at, item in enumerate(ITEMS * 3, 1)),
        "Chủ tịch UBND thành phố yêu cầu Thủ trưởng các cơ quan, đơn vị thực hiện./.",
        "Nơi nhận:",
        "- Như trên;",
        "- Thường trực Thành ủy;",
        "- Chủ tịch, các PCT UBND thành phố;",
        "- Lưu: VT, HCC.",
        "KT. CHỦ TỊCH",
        "PHÓ CHỦ TỊCH",
        "Nguyễn Thị Lan",
    ]
    assert (letter.pages, letter.remarks) == (2, ())


def test_headings_of_a_letter_are_bold_and_centred() -> None:
    lines = {line.text: line for line in source("official_letter").lines}

    for text in ("ỦY BAN NHÂN DÂN", "THÀNH PHỐ SÔNG VÀNG", *MOTTO, "KT. CHỦ TỊCH"):
        assert (lines[text].bold, lines[text].centred) == (True, True), text
    for text in ("- Như trên;", f"3. {ITEMS[2]}"):
        assert (lines[text].bold, lines[text].centred) == (False, False), text


def test_a_notice_printed_by_a_browser_is_read_with_its_table() -> None:
    blocks = source("conclusion").blocks

    assert [block.text for block in blocks[:9] if isinstance(block, Line)] == [
        "ỦY BAN NHÂN DÂN",
        "THÀNH PHỐ SÔNG VÀNG",
        "VĂN PHÒNG",
        "Số: 345/TB-VP",
        *MOTTO,
        "Sông Vàng, ngày 08 tháng 6 năm 2026",
        "THÔNG BÁO",
        "Kết luận của Phó Chủ tịch UBND thành phố Nguyễn Thị Lan tại cuộc họp về tiến độ thực hiện các nhiệm vụ "
        "cải cách hành chính",
    ]
    (table,) = (block for block in blocks if isinstance(block, Table))
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["TT", "Nhiệm vụ", "Cơ quan", "Thời hạn"],
        ["TT", "Nhiệm vụ", "Chủ trì", "Phối hợp", "Thời hạn"],
        ["1", "Rà soát thủ tục hành chính", "Sở Nội vụ", "Sở Tài chính", "Quý II/2026"],
        [
            "2",
            "Công khai kết quả giải quyết hồ sơ:\n- trên Cổng Dịch vụ công;\n- tại bộ phận một cửa",
            "Sở Nội vụ",
            "",
            "Trước ngày 30/6/2026",
        ],
    ]
    assert table.heading_rows == 2
    assert [cell.columns for cell in table.rows[0]] == [1, 1, 2, 1]
    assert [cell.inherited for cell in table.rows[3]] == [False, False, True, False, False]


def test_a_plan_keeps_its_title_and_sections(plan: SourceText) -> None:
    texts = [line.text for line in plan.lines]

    assert texts[6:9] == [
        "KẾ HOẠCH",
        "Triển khai thực hiện nhiệm vụ phát triển kinh tế - xã hội, bảo đảm quốc phòng, an ninh năm 2026",
        "I. MỤC ĐÍCH, YÊU CẦU",
    ]
    assert texts[-3:] == [
        "PHỤ LỤC",
        "DANH MỤC NHIỆM VỤ TRỌNG TÂM NĂM 2026",
        "(Kèm theo Kế hoạch số 38/KH-UBND ngày 20 tháng 01 năm 2026)",
    ]


def test_an_appendix_over_landscape_pages_is_one_table_with_every_row_whole(appendix: Table) -> None:
    rows = [row for row in appendix.rows if row[0].text.isdecimal()]
    written = [list(directive(at)) for at in range(1, 25)]
    for at in range(4, 25, 7):  # merged with the cell above
        written[at - 1][5] = written[at - 2][5]

    assert [[cell.text for cell in row] for row in rows] == written
    assert [at for at, row in enumerate(rows, 1) if row[5].inherited] == [4, 11, 18]
    assert len({row[0].place.page for row in rows if row[0].place}) > 3


def test_the_heading_of_an_appendix_stands_once_and_its_groups_reach_across(appendix: Table) -> None:
    others = [row for row in appendix.rows if not row[0].text.isdecimal()]

    assert appendix.heading_rows == 2
    assert [[cell.text for cell in row] for row in others] == [
        ["TT", "Nội dung nhiệm vụ", "Cơ quan chủ trì", "Cơ quan phối hợp", "Sản phẩm", "Thời hạn"],
        ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)"],
        ["I. LĨNH VỰC KINH TẾ"],
        ["II. LĨNH VỰC VĂN HÓA - XÃ HỘI"],
        ["III. CẢI CÁCH HÀNH CHÍNH"],
    ]
    assert [row[0].columns for row in others[2:]] == [6, 6, 6]


def test_blocks_are_numbered_in_order(plan: SourceText) -> None:
    assert [block.place.block for block in plan.blocks if block.place] == list(range(1, len(plan.blocks) + 1))
