"""Numbers, letters and dashes make a tree; what does not go on is text (DOMAIN §1.4, 7, 12–14, 17)."""

import pytest

from processes.documents.reading.outline import outline
from processes.documents.source.blocks import Line
from tests.unit.documents.structure.reading import SIGNED, found, heading, leads, ordinals, read


def tree(text: str) -> list[tuple[str, str]]:
    """Return the nodes of a text by ordinal and first paragraph."""
    root = outline([Line(text=line.strip()) for line in text.splitlines() if line.strip()])
    return [
        (node.ordinal, node.lines[0].text if node.lines else "") for node in root.walk() if node is not root
    ]


def letter(body: str) -> list[str]:
    """Return the ordinals of a letter's directives."""
    return ordinals(read(heading("1/UBND-TH", "V/v thử\nKính gửi: Các sở, ban, ngành."), body, SIGNED))


def test_trap_7_a_paragraph_without_a_number_belongs_to_the_item_above() -> None:
    reading = read(
        heading("1/UBND-TH", "V/v thử\nKính gửi: Các sở, ban, ngành."),
        "1. Rà soát các điểm nghẽn.\nĐánh giá kết quả thực hiện.\n2. Báo cáo.",
        SIGNED,
    )

    assert found(reading)[0] == ("1", "Rà soát các điểm nghẽn.\nĐánh giá kết quả thực hiện.")


def test_trap_12_letters_follow_the_vietnamese_alphabet() -> None:
    points = "\n".join(f"{letter}) Việc {letter}." for letter in "abcdđeghiklmn")

    assert tree(f"1. Nhiệm vụ\n{points}")[1:] == [(f"1.{each}", f"Việc {each}.") for each in "abcdđeghiklmn"]


def test_trap_13_ordinals_that_begin_again_take_their_section_and_dashes_are_counted() -> None:
    body = "I. CHUNG\n1. Rà soát.\nII. RIÊNG\n1. Thể chế\n- Việc một.\n- Việc hai.\n2. Bộ máy\n- Việc ba."

    assert letter(body) == ["I.1", "II.1.-1", "II.1.-2", "II.2.-1"]


def test_trap_14_a_heading_that_is_an_executor_leads_and_a_topic_does_not() -> None:
    reading = read(
        heading("9/CT-UBND", "CHỈ THỊ\nVề việc thử"),
        "1. Về đầu tư công\na) Rà soát.\nb) Báo cáo.\n2. Sở Tài chính\na) Bố trí vốn.\nb) Kiểm tra.\n"
        "3. Đối với UBND các xã, phường:\n- Tuyên truyền.\n- Rà soát.",
        SIGNED,
    )

    assert leads(reading) == {
        "1.a": (),
        "1.b": (),
        "2.a": ("STC",),
        "2.b": ("STC",),
        "3.-1": ("UBND các xã, phường (each)",),
        "3.-2": ("UBND các xã, phường (each)",),
    }
    assert reading.directives[2].evidence["lead"].how == "heading"


def test_trap_17_a_number_needs_no_space_and_may_have_one_before_its_dot() -> None:
    assert letter("1.Hoàn thành việc một.\n2 . Hoàn thành việc hai.\n3)Hoàn thành việc ba.") == [
        "1",
        "2",
        "3",
    ]


def test_decimals_hang_under_their_number_to_any_depth() -> None:
    assert tree("I. NHIỆM VỤ\n1. Thể chế\n1.1. Rà soát.\n1.1.1. Văn bản.\n1.2 Báo cáo.\n2. Bộ máy") == [
        ("I", "NHIỆM VỤ"),
        ("I.1", "Thể chế"),
        ("I.1.1", "Rà soát."),
        ("I.1.1.1", "Văn bản."),
        ("I.1.2", "Báo cáo."),
        ("I.2", "Bộ máy"),
    ]


@pytest.mark.parametrize(
    "text", ["2.5 tỷ đồng.", "2/9/2026 là ngày nghỉ.", "24/7 trực ban.", "10.000 hồ sơ.", "9. việc thứ chín"]
)
def test_a_number_that_does_not_go_on_is_text(text: str) -> None:
    assert letter(f"1. Chi cho việc này như sau.\n{text}") == ["1"]


def test_plus_signs_hang_under_dashes_and_dashes_under_letters() -> None:
    assert [
        each
        for each, _ in tree(
            "1. Thể chế\na) Rà soát:\n- Văn bản:\n+ Luật;\n+ Nghị định;\n- Hồ sơ.\nb) Báo cáo."
        )
    ] == [
        "1",
        "1.a",
        "1.a.-1",
        "1.a.-1.+1",
        "1.a.-1.+2",
        "1.a.-2",
        "1.b",
    ]


def test_articles_clauses_and_points_are_numbered_as_they_are_cited() -> None:
    assert [
        each
        for each, _ in tree("Điều 1. Phạm vi\nĐiều 2. Nhiệm vụ\n1. Sở Nội vụ\na) Rà soát.\n2. Sở Tài chính")
    ] == [
        "1",
        "2",
        "2.1",
        "2.1.a",
        "2.2",
    ]


def test_capitals_without_a_number_head_a_section() -> None:
    reading = read(
        heading("1/KH-UBND", "KẾ HOẠCH\nThử"),
        "MỤC ĐÍCH, YÊU CẦU\n1. Nâng cao.\nNHIỆM VỤ TRỌNG TÂM\n1. Rà soát.",
        "TỔ CHỨC THỰC HIỆN\n1. Sở Nội vụ báo cáo.",
        SIGNED,
    )

    assert ordinals(reading) == ["1", "1-2"]
    assert [each.section for each in reading.directives] == [("NHIỆM VỤ TRỌNG TÂM",), ("TỔ CHỨC THỰC HIỆN",)]


def test_numbers_that_begin_again_below_a_plain_heading_are_its_own() -> None:
    reading = read(
        heading("1/KH-UBND", "KẾ HOẠCH\nThử"),
        "I. NHIỆM VỤ\n1. Rà soát văn bản.\n2. Báo cáo kết quả.\nGiai đoạn tiếp theo\n1. Kiểm tra việc thực hiện.",
        SIGNED,
    )

    assert [each.text for each in reading.directives] == [
        "Rà soát văn bản.",
        "Báo cáo kết quả.",
        "Kiểm tra việc thực hiện.",
    ]
    assert len(set(ordinals(reading))) == 3


def test_points_of_one_sentence_stay_together_unless_one_has_its_own_time() -> None:
    together = letter("1. Rà soát các nội dung sau:\n- Văn bản;\n- Hồ sơ.\n2. Báo cáo.")
    apart = letter(
        "1. Báo cáo kết quả:\n- Báo cáo tháng trước ngày 15/9/2026;\n- Báo cáo quý trước ngày 30/9/2026."
    )

    assert (together, apart) == (["1", "2"], ["1.-1", "1.-2"])


def test_what_a_sentence_says_for_its_points_they_inherit() -> None:
    reading = read(
        heading("1/UBND-TH", "V/v thử\nKính gửi: Các sở, ban, ngành."),
        "1. Giao Sở Nội vụ chủ trì, phối hợp Sở Tài chính, hoàn thành trước ngày 30/9/2026:",
        "a) Rà soát.\nb) Báo cáo.",
        SIGNED,
    )

    for each in reading.directives:
        assert (each.lead_codes, each.coordinate, each.parent) == (("SNV",), ("STC",), "1")
        assert each.deadline is not None
        assert each.deadline.text == "trước ngày 30/9/2026"
    assert ordinals(reading) == ["1.a", "1.b"]


def test_a_bracket_at_the_end_of_an_item_assigns_it() -> None:
    reading = read(
        heading("1/KH-UBND", "KẾ HOẠCH\nThử"),
        "I. NHIỆM VỤ\n1. Tư vấn tâm lý (Sở Y tế chủ trì, phối hợp Sở Nội vụ; Quý IV/2026).\n2. Mua 05 (năm) máy.",
        SIGNED,
    )
    first, second = reading.directives

    assert (first.lead_codes, first.coordinate) == (("SYT",), ("SNV",))
    assert first.deadline is not None
    assert first.deadline.kind == "quarter"
    assert (second.leads, second.deadline) == ((), None)


def test_who_asks_is_not_who_is_asked() -> None:
    reading = read(
        heading("1/SNV-TH", "V/v thử\nKính gửi: Các sở, ban, ngành.", office="SỞ NỘI VỤ"),
        "1. Sở Nội vụ đề nghị các cơ quan, đơn vị báo cáo.\n2. Thanh tra, kiểm tra việc thực hiện.",
        SIGNED,
    )

    assert leads(reading) == {"1": (), "2": ()}


def test_a_person_is_no_unit_and_somebody_has_to_say_who_it_is() -> None:
    reading = read(
        heading("1/UBND-TH", "V/v thử\nKính gửi: Sở Nội vụ."), "1. Giao đồng chí Lê Văn Mẫu chỉ đạo.", SIGNED
    )

    assert reading.directives[0].to_json()["lead"] is None
    assert len(reading.unknown_names) == 1


def test_tasks_may_be_numbered_in_words() -> None:
    nodes = tree("I. NỘI DUNG\nNhiệm vụ 1: Truyền thông.\nNhiệm vụ 2: Tập huấn.")

    assert [ordinal for ordinal, _ in nodes] == ["I", "I.1", "I.2"]


def test_an_item_turns_to_other_executors_no_more_often_than_any_does() -> None:
    turns = "; ".join(f"giao Sở {name} báo cáo kết quả" for name in ("Tài chính", "Nội vụ") * 500)

    assert len(letter(f"1. {turns}.")) <= 31


def test_dashes_that_follow_nothing_are_counted_from_one() -> None:
    assert letter("- Sở Nội vụ rà soát.\n- Sở Tài chính báo cáo.") == ["-1", "-2"]


def test_the_party_numbers_with_dashes_and_others_with_strokes() -> None:
    assert letter("1- Sở Nội vụ rà soát.\n2- Sở Tài chính báo cáo.\n3/ Kiểm tra.") == ["1", "2", "3"]
    assert letter("I- Tình hình\n1- Tốt.\nII- Nhiệm vụ\n1- Sở Nội vụ rà soát.") == ["II.1"]


def test_stars_are_above_dashes_where_they_come_first_and_below_them_else() -> None:
    above = "UBND thành phố giao:\n* Sở Nội vụ\n- Rà soát.\n- Báo cáo.\n* Sở Tài chính\n- Kiểm tra."
    below = "1. Phân công\n- Sở Nội vụ:\n* Rà soát.\n* Báo cáo.\n- Sở Tài chính:\n* Kiểm tra."

    assert letter(above) == ["-1.-1", "-1.-2", "-2.-1"]
    assert letter(below) == ["1.-1.+1", "1.-1.+2", "1.-2.+1"]


def test_items_go_on_behind_the_ninety_ninth() -> None:
    assert letter("\n".join(f"{number}. Rà soát." for number in range(1, 103)))[-1] == "102"


def test_decimals_at_the_top_keep_their_numbers() -> None:
    text = "1.1. Sở Nội vụ rà soát.\n1.2. Sở Tài chính có trách nhiệm:\n1.2.1. Báo cáo.\n1.2.2. Kiểm tra."

    assert letter(text) == ["1.1", "1.2.1", "1.2.2"]


def test_a_part_has_its_title_on_the_next_line() -> None:
    text = "Phần thứ nhất\nĐÁNH GIÁ\n1. Tốt.\nPhần thứ hai\nNHIỆM VỤ\n1. Rà soát."
    reading = read(heading("1/KH-UBND", "KẾ HOẠCH\nThử nghiệm"), text, SIGNED)

    assert [(each.ordinal, each.section) for each in reading.directives] == [("1", ("NHIỆM VỤ",))]


def test_articles_go_on_behind_the_sections_of_one() -> None:
    reading = read(
        heading("1/QĐ-UBND", "QUYẾT ĐỊNH\nVề việc thử"),
        "Điều 1. Phê duyệt Đề án với các nội dung sau:\nI. MỤC TIÊU\n1. Tốt.\nII. NHIỆM VỤ\n1. Rà soát.\n"
        "Điều 2. Giao Sở Nội vụ báo cáo.\nĐiều 3. Chánh Văn phòng chịu trách nhiệm thi hành./.",
        SIGNED,
    )

    assert ordinals(reading) == ["II.1", "2"]


def test_the_words_of_an_item_head_the_points_that_stand_alone() -> None:
    reading = read(
        heading("1/UBND-TH", "V/v thử\nKính gửi: Các sở."),
        "1. Tập trung rà soát đối tượng.\na) Sở Nội vụ có trách nhiệm tổng hợp.\nb) Giao Sở Tài chính bố trí vốn.",
        SIGNED,
    )

    assert [each.section for each in reading.directives] == [("Tập trung rà soát đối tượng",)] * 2


def test_points_that_only_list_units_say_who_carries_out_the_item() -> None:
    reading = read(
        heading("1/UBND-TH", "V/v thử\nKính gửi: Các sở."),
        "1. Giao các đơn vị sau rà soát thủ tục:\n- Sở Nội vụ;\n- Sở Tài chính.\n2. Báo cáo.",
        SIGNED,
    )

    assert leads(reading) == {"1": ("SNV", "STC"), "2": ()}


@pytest.mark.parametrize("mark", ["a) b) c) d)", "- - - -"])
def test_points_that_fill_in_labels_belong_to_their_item(mark: str) -> None:
    labels = (
        "Nội dung: Phổ biến.",
        "Đơn vị chủ trì: Sở Nội vụ.",
        "Phối hợp: Sở Tài chính.",
        "Thời gian: Quý III/2026.",
    )
    points = "\n".join(f"{each} {label}" for each, label in zip(mark.split(), labels, strict=True))
    reading = read(
        heading("1/KH-UBND", "KẾ HOẠCH\nThử nghiệm"),
        f"I. NHIỆM VỤ\n1. Công tác tuyên truyền\n{points}",
        SIGNED,
    )

    (directive,) = reading.directives
    assert (directive.lead_shown, directive.coordinate_shown) == (("SNV",), ("STC",))
    assert directive.deadline is not None
