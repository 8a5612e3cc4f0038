"""Slips are pointed at with their place and never mended; natures have stable codes."""

import unicodedata

import pytest

from processes.documents.deadlines import Deadline, deadline_of_cell
from processes.documents.reading.letter import Reference
from processes.documents.reading.nature import read_nature
from processes.documents.reading.typos import find_typo, find_typos
from processes.documents.states import Nature


@pytest.mark.parametrize(
    ("text", "found", "suggest", "reason"),
    [
        ("yêu cầu Thủ tướng các cơ quan thực hiện", "Thủ tướng", "Thủ trưởng", "confused_word"),
        ("Rà xoát hồ sơ", "Rà xoát", "Rà soát", "misspelt"),
        ("các nghành liên quan", "nghành", "ngành", "misspelt"),
        ("UBDN các xã", "UBDN", "UBND", "misspelt"),
        ("báo các kết quả về Sở", "báo các", "báo cáo", "misspelt"),
        ("tháo dỡ khó khăn", "tháo dỡ khó khăn", "tháo gỡ khó khăn", "misspelt"),
        ("của của đơn vị", "của của", "của", "doubled_word"),
        ("Tổ chức tổ chức hội nghị các các xã", "các các", "các", "doubled_word"),
    ],
)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_slip_is_named_with_its_place(text: str, found: str, suggest: str, reason: str, form: str) -> None:
    slips = find_typos(unicodedata.normalize(form, text))  # type: ignore[arg-type]

    assert [(slip.found, slip.suggest, slip.reason) for slip in slips] == [(found, suggest, reason)]
    assert text[slips[0].start : slips[0].end] == found
    assert slips[0].to_json()["must_not_silently_change_original"] is True


@pytest.mark.parametrize(
    "text",
    [
        "Theo ý kiến của Thủ tướng Chính phủ",
        "1.Hoàn thành việc rà soát ,báo cáo",
        "thông báo các đơn vị",
        "luôn luôn, ngày ngày, dần dần, thường thường",
        "xã Ba Ba, Bù Bù",
        "xử lí, kĩ thuật, hoà giải, uỷ ban",
        "phần phải tháo dỡ công trình",
        "hành vi vi phạm; Đại hội hội viên; trực tiếp tiếp công dân; hiện tại tại tỉnh; tiếp theo theo quy định",
        "tài chính chính xác; UBND tỉnh Lâm Đồng đồng ý; đầu tư công công trình",
    ],
)
def test_what_is_allowed_is_no_slip(text: str) -> None:
    assert find_typos(text) == []
    assert find_typo(text) is None


def test_all_slips_come_from_left_to_right() -> None:
    slips = find_typos("Bổ xung hồ sơ; sử lý nghành các các")

    assert [slip.suggest for slip in slips] == ["Bổ sung", "xử lý", "ngành", "các"]
    first = find_typo("Bổ xung hồ sơ; sử lý")
    assert first is not None
    assert first.suggest == "Bổ sung"


PLANNED = (Reference(title="Đề án mẫu", status="dự kiến"), Reference(title="Bộ chỉ số", status="dự kiến"))


@pytest.mark.parametrize(
    ("text", "deadline", "code"),
    [
        ("Rà soát, hoàn thành trước ngày 30/9/2026.", deadline_of_cell("30/9/2026"), Nature.ONE_OFF),
        ("Ban hành kế hoạch.", None, Nature.ONE_OFF),
        ("Cập nhật hằng tháng.", deadline_of_cell("Hằng tháng"), Nature.PERIODIC),
        ("Thực hiện chế độ báo cáo.", None, Nature.PERIODIC),
        ("Thực hiện thường xuyên.", deadline_of_cell("Thường xuyên"), Nature.CONTINUOUS),
        ("Tăng cường kiểm tra việc ban hành văn bản.", None, Nature.CONTINUOUS),
        ("Nêu cao tinh thần trách nhiệm.", None, Nature.CONTINUOUS),
        (
            "Triển khai.",
            deadline_of_cell("Sau khi Đề án được ban hành"),
            Nature.WAITS_FOR_EVENT,
        ),
        (
            "Trình.",
            deadline_of_cell("10 ngày làm việc sau khi Nghị quyết được thông qua"),
            Nature.ONE_OFF,
        ),
    ],
)
def test_a_nature_has_a_stable_code(text: str, deadline: Deadline | None, code: Nature) -> None:
    assert read_nature(text, deadline=deadline).code is code


def test_what_is_waited_for_is_named() -> None:
    nature = read_nature("Chuẩn bị nhân lực.", planned=PLANNED)

    assert nature.to_json() == {
        "nature": "one-off readiness, waits for two future documents",
        "nature_code": "waits_for_event",
        "waits_for": ["Đề án mẫu", "Bộ chỉ số"],
    }
    after = read_nature("Triển khai.", deadline=deadline_of_cell("Sau khi Đề án được ban hành"))
    assert after.waits_for == ("Sau khi Đề án được ban hành",)


def test_what_is_asked_of_somebody_is_a_request() -> None:
    nature = read_nature("Đề nghị tham gia giám sát.", is_request=True)

    assert nature.to_json()["nature_code"] == "request"
