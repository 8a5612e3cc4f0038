"""The original beside the reading: places, their anchors, and what was understood from them."""

from web.intake.original import OriginalText, sentences

SOURCE = {
    "kind": "pdf",
    "blocks": [
        {"text": "Số: 31/UBND-TH", "bold": True, "place": {"block": 1, "page": 1}},
        {"text": "1. Giao Sở Y tế rà soát hồ sơ của ngành.", "place": {"block": 2, "page": 2}},
        {
            "rows": [
                [{"text": "STT", "place": {"block": 3, "page": 2, "row": 1}}, {"text": "Nhiệm vụ"}],
                [
                    {"text": "1", "place": {"block": 3, "page": 2, "row": 4}},
                    {"text": "Số hóa kết quả giải quyết"},
                ],
            ],
            "heading_rows": 1,
            "place": {"block": 3, "page": 2},
        },
    ],
}


def test_every_paragraph_and_every_row_is_a_place() -> None:
    original = OriginalText(SOURCE)
    assert original.anchor_of({"block": 2, "page": 2}) == "b-2"
    assert original.anchor_of({"block": 3, "row": 4, "column": 2}) == "b-3-4"
    assert original.anchor_of({"block": 3, "row": 99}) == "b-3", "a row that is not shown is in its table"
    assert original.anchor_of({"block": 99}) is None
    assert original.anchor_of(None) is None


def test_a_new_page_is_said_where_it_begins() -> None:
    assert [block.division for block in OriginalText(SOURCE).blocks] == [("page", "1"), ("page", "2"), None]


def test_rows_that_the_format_calls_headings_are_headings() -> None:
    assert [row.is_heading for row in OriginalText(SOURCE).blocks[2].rows] == [True, False]


def test_a_text_is_found_by_its_beginning_whatever_its_form() -> None:
    original = OriginalText(SOURCE)
    assert original.find("Giao  Sở Y tế rà soát hồ sơ\nđoạn thứ hai") == "b-2"
    assert original.find("Số hóa kết quả giải quyết") == "b-3-4"
    assert original.find("1.") is None, "so little is found everywhere"
    assert original.find("Giao Sở Tài chính chủ trì") is None


def test_what_was_understood_from_a_place_is_written_there_once() -> None:
    original = OriginalText(SOURCE)
    for _ in range(2):
        original.mention("b-2", "d-1", "mục 1")
    original.mention("b-9", "d-2", "mục 2")
    assert [(each.target, each.label) for each in original.blocks[1].mentions] == [("d-1", "mục 1")]


def test_without_a_source_the_text_stands_in_for_it() -> None:
    blocks = OriginalText(None, "Dòng một\n\nDòng hai").blocks
    assert [(block.anchor, block.text) for block in blocks] == [("b-1", "Dòng một"), ("b-2", "Dòng hai")]


def test_sentences_are_the_text_in_pieces() -> None:
    text = "Rà soát hồ sơ; lập danh mục. Báo cáo trước ngày 30/9.\nCông khai kết quả."
    found = sentences(text)
    assert [begins for _, begins in found] == [True, False, False, True]
    assert " ".join(sentence for sentence, _ in found) == " ".join(text.split())
