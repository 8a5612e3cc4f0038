"""Who carries a directive out, by what stands above and around it; nobody is made up (DOMAIN §1.4, 14, 19)."""

import pytest

from processes.documents.reading.letter import DirectiveReading
from tests.unit.documents.structure.reading import SIGNED, found, heading, leads, read

LETTER = heading("1/CT-UBND", "CHỈ THỊ\nVề việc thử")


def only(text: str) -> DirectiveReading:
    """Return the one directive of a body."""
    directives = read(LETTER, text, SIGNED).directives
    assert len(directives) == 1
    return directives[0]


@pytest.mark.parametrize(
    "executor",
    [
        "Trung tâm Kiểm soát bệnh tật",
        "Trung tâm Kiểm soát bệnh tật:",
        "Sở Nội vu",
        "Các bệnh viện công lập",
        "Trách nhiệm của Công ty Cấp nước",
    ],
)
def test_an_executor_of_a_heading_that_nobody_knows_is_not_every_recipient(executor: str) -> None:
    reading = read(LETTER, f"1. {executor}\n- Giám sát tình hình.\n- Báo cáo kết quả.", SIGNED)

    assert [each.to_json()["lead"] == "every recipient" for each in reading.directives] == [False, False]


@pytest.mark.parametrize(
    ("text", "outside"),
    [
        ("1. Bộ Tài chính:\na) Tổng hợp.", "Bộ Tài chính"),
        ("1. Văn phòng Chính phủ theo dõi, đôn đốc.", "Văn phòng Chính phủ"),
        ("1. Bộ Công Thương chủ trì điều hành giá.", "Bộ Công Thương"),
    ],
)
def test_a_body_above_the_city_is_asked_and_nothing_is_assigned(text: str, outside: str) -> None:
    assert only(text).outside == outside


@pytest.mark.parametrize(
    "topic", ["Bộ máy hành chính", "Ban hành văn bản", "Trường học an toàn", "Hội nghị tổng kết"]
)
def test_a_topic_that_begins_like_a_body_is_a_topic(topic: str) -> None:
    reading = read(LETTER, f"1. {topic}\na) Rà soát.\nb) Báo cáo.", SIGNED)

    assert {each.to_json()["lead"] for each in reading.directives} == {"every recipient"}


def test_whom_a_sentence_only_speaks_of_does_not_replace_the_executor_above() -> None:
    reading = read(
        LETTER,
        "1. UBND các xã, phường\na) Chỉ đạo các ban, ngành phối hợp tuyên truyền.\nb) Sở Tài chính cấp vốn.",
        SIGNED,
    )

    assert leads(reading) == {"1.a": ("UBND các xã, phường (each)",), "1.b": ("STC",)}


def test_a_topic_before_a_colon_does_not_hide_who_is_told() -> None:
    assert only("1. Về đầu tư công: giao Sở Tài chính bố trí vốn.").lead_codes == ("STC",)


@pytest.mark.parametrize("person", ["đồng chí Lê Văn Mẫu", "ông Lê Văn Mẫu", "Phó Chủ tịch Lê Văn Mẫu"])
def test_a_person_is_no_unit(person: str) -> None:
    assert only(f"1. Giao {person} trực tiếp chỉ đạo.").to_json()["lead"] is None


def test_trap_19_whom_to_call_is_no_part_of_a_task() -> None:
    reading = read(
        LETTER,
        "1. Sở Nội vụ\nTổng hợp kết quả.",
        "Mọi thông tin xin liên hệ: Phòng Cải cách (bà Trần Thị Mai, ĐT: 0912.345.678).",
        SIGNED,
    )

    assert found(reading) == [("1", "Tổng hợp kết quả.")]
    assert "contact data left out of item 1" in reading.warnings
    assert "0912" not in str(reading.to_json()["directives"])


def test_who_is_told_in_a_later_paragraph_leads_that_paragraph_only() -> None:
    reading = read(
        LETTER,
        "1. Khẩn trương rà soát các điểm nghẽn trong toàn thành phố.\n"
        "Giao Sở Nội vụ tổng hợp, báo cáo trước ngày 30/9/2026.\n2. Kiểm tra.",
        SIGNED,
    )

    assert leads(reading) == {"1.1": (), "1.2": ("SNV",), "2": ()}
    assert reading.directives[0].deadline is None


def test_one_executor_of_one_item_stays_one_directive() -> None:
    text = (
        "1. Thống nhất chủ trương đầu tư dự án. Giao Sở Tài chính bố trí vốn; báo cáo trước ngày 30/9/2026."
    )

    assert only(text).paragraphs == (text.removeprefix("1. "),)
    assert only(text).lead_codes == ("STC",)
