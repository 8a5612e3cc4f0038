"""What the JSON of a reading tells of every directive: its nature, all its times, what is left open, slips."""

from typing import Any

import pytest

from processes.documents.states import Nature
from tests.unit.documents.structure.reading import SIGNED, heading, read, source, table

ASKED = "Kính gửi: Các sở, ban, ngành; UBND các xã, phường\nChủ tịch UBND thành phố yêu cầu:"


def told(body: str) -> list[dict[str, Any]]:
    found = read(heading("10/UBND-TH") + f"{ASKED}\n{body}\n{SIGNED}").to_json()["directives"]
    return list(found)


@pytest.mark.parametrize(
    ("text", "words", "code"),
    [
        ("Sở Y tế hoàn thành hồ sơ trước ngày 30/8/2026.", "one-off", Nature.ONE_OFF),
        ("Sở Y tế duy trì, trình UBND thành phố trong tháng 11/2026.", "one-off", Nature.ONE_OFF),
        ("Sở Y tế quán triệt trong 05 ngày làm việc kể từ ngày ký.", "one-off", Nature.ONE_OFF),
        ("Sở Y tế báo cáo trước ngày 25 hằng tháng.", "periodic reporting", Nature.PERIODIC),
        ("Sở Y tế kiểm tra hằng quý.\nThời hạn: hằng quý", "periodic", Nature.PERIODIC),
        (
            "Sở Y tế triển khai.\nThời hạn: sau khi Đề án được duyệt",
            "waits for an event",
            Nature.WAITS_FOR_EVENT,
        ),
        ("Sở Y tế ban hành kế hoạch.", "one-off", Nature.ONE_OFF),
        ("Sở Y tế quán triệt Nghị quyết.", "one-off start + continuous", Nature.CONTINUOUS),
        ("Sở Y tế nêu cao tinh thần.", "continuous", Nature.CONTINUOUS),
        ("Sở Y tế nêu cao tinh thần.\nThời hạn: Thường xuyên", "continuous", Nature.CONTINUOUS),
    ],
)
def test_the_nature_follows_the_time(text: str, words: str, code: Nature) -> None:
    (directive,) = told(f"1. {text}")
    assert (directive["nature"], directive["nature_code"]) == (words, code.value)


def test_the_nature_counts_the_time_that_stands_above() -> None:
    lettered = told(
        "1. Sở Y tế hoàn thành trước ngày 30/8/2026:\na) Sở Y tế rà thuốc.\nb) Sở Tài chính rà kinh phí."
    )
    assert [each["nature_code"] for each in lettered] == ["one_off", "one_off"]


def test_all_times_of_a_directive_are_told_the_main_one_first() -> None:
    (directive,) = told(
        "1. Sở Y tế báo cáo trước ngày 25 hằng tháng; hoàn thành xây dựng trước ngày 30/9/2026."
    )
    assert [each["kind"] for each in directive["deadlines"]] == ["before_date", "periodic"]
    assert directive["deadline"] == directive["deadlines"][0]


def test_all_times_of_a_cell_are_told() -> None:
    rows = table(
        ("TT", "Nhiệm vụ", "Đơn vị chủ trì", "Thời hạn"),
        ("1", "Xây dựng Đề án", "Sở Y tế", "Tháng 9/2026 (dự thảo);\nQuý IV/2026 (ban hành)"),
    )
    (directive,) = read(heading("10/KH-UBND", "KẾ HOẠCH\nCải cách"), "PHỤ LỤC", rows, SIGNED).directives
    assert [str(each.date) for each in directive.deadlines] == ["2026-09-30", "2026-12-31"]


def test_who_is_left_open_is_quoted() -> None:
    (directive,) = told("1. Sở Y tế phối hợp với các đơn vị liên quan rà thuốc.")
    assert directive["concerned"] == ["các đơn vị liên quan"]


def test_slips_are_told_with_their_places_in_the_source() -> None:
    text = heading("10/UBND-TH") + f"{ASKED}\n1. Sở Y tế rà xoát hồ sơ và và báo cáo.\n{SIGNED}"
    slips = read(text).to_json()["typos"]
    assert [(each["suggest"], each["reason"]) for each in slips] == [
        ("rà soát", "misspelt"),
        ("và", "doubled_word"),
    ]
    lines = list(source(text).lines)
    for slip in slips:
        line = next(line for line in lines if line.place and line.place.block == slip["place"]["block"])
        assert line.text[slip["start"] : slip["end"]] == slip["found"]


def test_a_directive_never_falls_back_to_the_contact_it_names() -> None:
    (directive,) = told(
        "1. Đầu mối liên hệ: đồng chí Nguyễn Văn An, SĐT 0912.345.678.\n"
        "2. Gửi báo cáo về Sở Nội vụ trước 16h00 ngày 22/8/2026, đồng thời gửi bản mềm qua email: a@b.vn. Đầu mối "
        "liên hệ: đồng chí Nguyễn Văn An, SĐT 0912.345.678."
    )
    assert directive["deadline"]["date"].startswith("2026-08-22T16:00")
    assert not any(word in directive["text"] for word in ("0912", "@", "Nguyễn"))


def test_the_year_of_a_column_is_the_time_of_its_rows() -> None:
    rows = table(
        ("TT", "Nhiệm vụ", "Đơn vị chủ trì", "Năm thực hiện"),
        ("1", "Xây dựng Đề án", "Sở Y tế", "2027"),
        ("2", "Xây dựng Quy chế", "Sở Tài chính", "2026-2027"),
    )
    read_in = read(heading("10/KH-UBND", "KẾ HOẠCH\nCải cách"), "PHỤ LỤC", rows, SIGNED).directives
    assert [each.deadline and str(each.deadline.date) for each in read_in] == ["2027-12-31", "2027-12-31"]


def test_a_column_of_bounds_makes_bounds_of_its_days() -> None:
    rows = table(
        ("TT", "Nhiệm vụ", "Đơn vị chủ trì", "Hoàn thành trước"),
        ("1", "Xây dựng Đề án", "Sở Y tế", "30/9/2026"),
    )
    (one,) = read(heading("10/KH-UBND", "KẾ HOẠCH\nCải cách"), "PHỤ LỤC", rows, SIGNED).directives
    assert one.deadline is not None
    assert (one.deadline.kind, str(one.deadline.date)) == ("before_date", "2026-09-29")
