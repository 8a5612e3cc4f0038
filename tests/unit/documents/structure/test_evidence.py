"""Every field says what it was read from, how, and how sure that is; a package fills what the text lacks."""

from typing import Any

import pytest

from processes.documents.reading.evidence import CONFIDENCE, INFERRING, How, evidence
from processes.documents.reading.letter import LetterReading
from processes.documents.source.blocks import Line, Place, Remark, SourceKind
from tests.unit.documents.structure.reading import SIGNED, heading, read

LETTER = heading("1/UBND-TH", "V/v rà soát thủ tục\nKính gửi: Sở Nội vụ; Sở Tài chính.")
BODY = (
    "Thực hiện Kế hoạch số 228/KH-UBND ngày 25/12/2025 của UBND thành phố, Chủ tịch UBND thành phố yêu cầu:\n"
    "1. Sở Nội vụ chủ trì, phối hợp Sở Tài chính ban hành Kế hoạch rà soát trước ngày 30/9/2026.\n"
    "2. Nâng tỷ lệ hồ sơ trực tuyến đạt từ 80% trở lên trong tháng 9."
)


@pytest.fixture(scope="module")
def reading() -> LetterReading:
    return read(LETTER, BODY, SIGNED)


@pytest.mark.parametrize(
    ("field", "quote", "block", "how"),
    [
        ("issuer", "ỦY BAN NHÂN DÂN THÀNH PHỐ SÔNG VÀNG", 1, "position"),
        ("number", "Số: 1/UBND-TH", 3, "label"),
        ("date", "Sông Vàng, ngày 05 tháng 8 năm 2026", 6, "label"),
        ("subject", "V/v rà soát thủ tục", 7, "label"),
        ("recipients", "Sở Nội vụ", 8, "label"),
        ("legal_bases", "228/KH-UBND", 9, "wording"),
        ("decided_by", "Chủ tịch UBND thành phố yêu cầu", 9, "wording"),
        ("signer", "Lê Văn Mẫu", 16, "position"),
    ],
)
def test_a_field_of_the_envelope_quotes_its_line(
    reading: LetterReading, field: str, quote: str, block: int, how: str
) -> None:
    found = reading.to_json()["evidence"][field]

    assert (found["quote"], found["how"], found["inferred"]) == (quote, how, False)
    if field not in ("recipients", "signer"):
        assert found["place"] == {"block": block}


@pytest.mark.parametrize(
    ("field", "quote"),
    [
        ("ordinal", "1."),
        ("lead", "Sở Nội vụ"),
        ("coordinate", "phối hợp"),
        ("deadline", "trước ngày 30/9/2026"),
        ("products", "Kế hoạch rà soát"),
    ],
)
def test_a_field_of_a_directive_quotes_its_words(reading: LetterReading, field: str, quote: str) -> None:
    found = reading.to_json()["directives"][0]

    assert found["evidence"][field]["quote"] == quote
    assert found["evidence"][field]["place"] == {"block": 10}
    assert found["confidence"][field] > 0.6
    assert found["source_place"] == {"block": 10}


def test_what_is_concluded_is_marked_and_no_surer_than_six_tenths(reading: LetterReading) -> None:
    everyone = reading.to_json()["directives"][1]

    assert everyone["lead"] == "every recipient"
    for field in ("lead", "deadline", "nature"):
        assert everyone["evidence"][field]["inferred"], field
        assert everyone["confidence"][field] <= 0.6, field


def test_only_fields_that_were_found_have_a_confidence(reading: LetterReading) -> None:
    found = reading.to_json()

    assert set(found["confidence"]) == set(found["evidence"])
    assert "secrecy" not in found["confidence"]
    assert "products" not in found["directives"][1]["confidence"]
    assert all(0 <= each <= 1 and round(each, 2) == each for each in found["confidence"].values())


def test_an_indicator_is_taken_apart(reading: LetterReading) -> None:
    assert reading.to_json()["directives"][1]["indicators_detail"] == [
        {
            "name": "tỷ lệ hồ sơ trực tuyến",
            "numerator": "hồ sơ nộp trực tuyến",
            "denominator": "tổng số hồ sơ tiếp nhận của thủ tục có dịch vụ công trực tuyến",
            "unit": "%",
            "target": ">= 80%",
        }
    ]


@pytest.mark.parametrize(
    ("text", "numerator", "denominator"),
    [
        ("tỷ lệ thanh toán trực tuyến", "hồ sơ thanh toán trực tuyến", "hồ sơ có nghĩa vụ tài chính"),
        (
            "tỷ lệ tái sử dụng dữ liệu số",
            "hồ sơ (thành phần hồ sơ) dùng lại dữ liệu số đã có",
            "hồ sơ (thành phần hồ sơ) tiếp nhận",
        ),
        ("tỷ lệ hộ nghèo trên tổng số hộ", "hộ nghèo", "tổng số hộ"),
        ("tỷ lệ che phủ rừng", None, None),
    ],
)
def test_a_rate_divides_what_its_rule_or_its_words_say(
    text: str, numerator: str | None, denominator: str | None
) -> None:
    detail = read(LETTER, f"1. Nâng cao {text}.", SIGNED).directives[0].indicator_details[0]

    assert (detail.numerator, detail.denominator) == (numerator, denominator)


def test_literal_labels_are_surest_and_guesses_least() -> None:
    assert all(CONFIDENCE[how] <= 0.6 for how in INFERRING)
    assert all(CONFIDENCE[how] >= 0.8 for how in How if how not in INFERRING)
    assert min(CONFIDENCE, key=CONFIDENCE.__getitem__) is How.GUESS


def test_a_quote_stands_in_the_line_that_holds_it_and_is_cut() -> None:
    lines = [Line(text="một", place=Place(block=1)), Line(text="hai ba", place=Place(block=2))]

    assert evidence(How.LABEL, "ba", *lines).place == Place(block=2)
    assert evidence(How.LABEL, "không có", *lines).place == Place(block=1)
    assert len(evidence(How.LABEL, "x" * 500).quote) == 200


def test_nothing_found_is_a_question_and_no_success() -> None:
    reading = read(LETTER, "Đề nghị quý cơ quan quan tâm./.", SIGNED)

    assert reading.to_json()["needs_answer"] is True
    assert "no directive found" in reading.warnings
    assert read(LETTER, BODY, SIGNED).to_json()["needs_answer"] is False


def test_a_source_is_named_with_what_was_left_alone_in_it() -> None:
    reading = read(LETTER, BODY, SIGNED, remarks=(Remark(code="macros_ignored"),)).to_json()

    assert reading["source_format"] == "docx"
    assert reading["source_remarks"] == [{"code": "macros_ignored"}]


STATED: dict[str, Any] = {
    "number": "45/UBND-TH",
    "date": "2026-08-05",
    "issuer": "UBND thành phố Sông Vàng",
    "subject": "rà soát",
    "signer": {"name": "Lê Văn Mẫu", "title": "Chủ tịch", "authority": None},
    "urgency": "express",
}


def test_a_package_fills_what_the_text_lacks() -> None:
    reading = read("Số: /UBND-TH\nKính gửi: Sở Nội vụ.\n1. Rà soát.", kind=SourceKind.EDXML, stated=STATED)

    assert (reading.number, str(reading.issued_on), reading.issuer) == (
        "45/UBND-TH",
        "2026-08-05",
        "UBND thành phố Sông Vàng",
    )
    assert (reading.subject, reading.urgency, reading.issuer_inferred) == ("rà soát", "express", False)
    assert reading.signer is not None
    assert reading.signer.name == "Lê Văn Mẫu"
    assert {reading.evidence[each].how for each in ("number", "date", "issuer", "signer")} == {How.STATED}
    assert "missing number" not in reading.warnings


def test_a_package_says_to_whom_it_goes_where_the_text_does_not() -> None:
    stated = {"recipients": ["Sở Nội vụ", "Sở Tài chính"]}
    reading = read("Số: 1/CT-UBND\nCHỈ THỊ\nVề việc thử\n1. Rà soát.", stated=stated)

    assert [each.code for each in reading.recipients] == ["SNV", "STC"]
    assert reading.evidence["recipients"].how is How.STATED


def test_where_text_and_package_disagree_the_text_stays_and_a_warning_says_so() -> None:
    reading = read(LETTER, BODY, SIGNED, kind=SourceKind.EDXML, stated={**STATED, "date": "2026-08-06"})

    assert (reading.number, str(reading.issued_on)) == ("1/UBND-TH", "2026-08-05")
    assert "conflict of number: the text has '1/UBND-TH', the package '45/UBND-TH'" in reading.warnings
    assert "conflict of date: the text has '2026-08-05', the package '2026-08-06'" in reading.warnings


def test_spelling_is_no_conflict() -> None:
    reading = read(LETTER, BODY, SIGNED, stated={"issuer": "Ủy ban nhân dân thành phố Sông Vàng"})

    assert not [each for each in reading.warnings if each.startswith("conflict")]


def test_the_reading_of_a_source_is_the_same_each_time() -> None:
    assert read(LETTER, BODY, SIGNED).to_json() == read(LETTER, BODY, SIGNED).to_json()
