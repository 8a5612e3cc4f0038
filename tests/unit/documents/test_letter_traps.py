"""What an importer of letters has to survive (DOMAIN §1.4), trap by trap."""

import unicodedata
from datetime import date
from pathlib import Path

import pytest

from processes.documents.errors import NoLetterFound
from processes.documents.reading.letter import LetterReading
from processes.documents.reading.reader import read_letter
from processes.units.registry import Unit, UnitRegistry

SAMPLE = Path(__file__).resolve().parents[3] / "processes" / "samples" / "letter.txt"


def unit(code: str, name: str, kind: str = "department") -> Unit:
    return Unit(code=code, name=name, name_en=name, kind=kind, group=kind, short_name=code)


REGISTRY = UnitRegistry(
    (
        unit("SNV", "Sở Nội vụ"),
        unit("STC", "Sở Tài chính"),
        unit("SNNMT", "Sở Nông nghiệp và Môi trường"),
        unit("VPUB", "Văn phòng UBND thành phố"),
        unit("XH", "UBND xã Xuân Hòa", "commune"),
    )
)
HEADING = "Số: 12/UBND-TH\n\nSông Vàng, ngày 5 tháng 8 năm 2026\n\nV/v thử\n\nKính gửi:\n\n"


def read(body: str, *, heading: str = HEADING, to: str = "- Các sở, ban, ngành.") -> LetterReading:
    return read_letter(f"{heading}{to}\n\n{body}".encode(), "letter.txt", REGISTRY)


def ordinals(body: str) -> list[str]:
    return [directive.ordinal for directive in read(body).directives]


def test_a_missing_number_and_day_stay_missing() -> None:
    reading = read_letter(SAMPLE.read_bytes(), "letter.txt", REGISTRY)

    assert (reading.number, reading.suffix, reading.issued_on) == (None, "/UBND-KSTT", None)
    assert (reading.date.year, reading.date.month, reading.date.day) == (2026, 8, None)
    assert {"missing number", "missing day"} <= set(reading.warnings)


def test_a_number_and_day_that_are_there_are_read_with_a_day_of_one_digit() -> None:
    reading = read("1. Rà soát.")

    assert (reading.number, reading.issued_on) == ("12/UBND-TH", date(2026, 8, 5))


def test_a_stamped_number_is_proposed_and_not_taken() -> None:
    heading = HEADING.replace("12/", "/").replace("ngày 5", "ngày")
    reading = read("1. Rà soát.\n\nNơi nhận:\n\n- Như trên.\n\n277\n14\n7\n", heading=heading)

    assert (reading.number, reading.proposed_number) == (None, "277/UBND-TH")
    assert reading.proposed is not None
    assert (reading.proposed.day, reading.proposed.month) == (14, 7)


def test_an_absent_issuer_is_inferred_and_marked() -> None:
    reading = read_letter(SAMPLE.read_bytes(), "letter.txt", REGISTRY)

    assert (reading.issuer, reading.issuer_inferred) == ("UBND thành phố Sông Vàng", True)


def test_an_issuer_that_is_written_is_not_inferred() -> None:
    heading = "ỦY BAN NHÂN DÂN\nTHÀNH PHỐ SÔNG VÀNG\n\n" + HEADING
    reading = read("1. Rà soát.", heading=heading)

    assert (reading.issuer, reading.issuer_inferred) == ("UBND thành phố Sông Vàng", False)


def test_a_subject_on_several_lines_is_one() -> None:
    reading = read_letter(SAMPLE.read_bytes(), "letter.txt", REGISTRY)

    assert reading.subject == (
        "nâng cao chất lượng phục vụ người dân và doanh nghiệp những tháng cuối năm 2026"
    )


def test_recipients_are_separated_by_semicolons_only() -> None:
    to = "- Các sở, ban, ngành; Sở Nội vụ;\n- UBND các xã: Xuân Hòa, Lạ."
    reading = read("1. Rà soát.", to=to)

    assert [(each.text, each.kind) for each in reading.recipients] == [
        ("Các sở, ban, ngành", "group"),
        ("Sở Nội vụ", "unit"),
        ("UBND các xã: Xuân Hòa, Lạ", "list"),
    ]


def test_an_unknown_recipient_is_kept_with_the_nearest_name() -> None:
    reading = read("1. Rà soát.", to="- Sở Nội vu.")

    assert reading.recipients[0].kind == "unknown"
    assert "Sở Nội vụ" in reading.recipients[0].nearest


def test_who_is_known_beside_an_unknown_recipient_is_kept() -> None:
    reading = read("1. Rà soát.", to="- Các sở, ban, ngành, đoàn thể thành phố; Sở Nội vụ, Cục Xa Xôi.")

    assert [(each.text, each.kind) for each in reading.recipients] == [
        ("Các sở, ban, ngành", "group"),
        ("đoàn thể thành phố", "unknown"),
        ("Sở Nội vụ", "unit"),
        ("Cục Xa Xôi", "unknown"),
    ]


@pytest.mark.parametrize(
    "name",
    [
        "UBND các xã, phường và đặc khu",
        "Các sở, ban, ngành thuộc tỉnh",
        "Các cơ quan ngành dọc đóng trên địa bàn",
    ],
)
def test_a_group_is_a_recipient_however_it_is_worded(name: str) -> None:
    assert [each.kind for each in read("1. Rà soát.", to=f"- {name}.").recipients] == ["group"]


def test_a_title_keeps_its_dashes_and_loses_nested_emphasis() -> None:
    reading = read("1. Chuẩn bị cho “*Đề án mẫu - giai đoạn 2026 – 2030*” dự kiến ban hành.")

    assert [(each.title, each.status) for each in reading.other_references] == [
        ("Đề án mẫu - giai đoạn 2026 – 2030", "dự kiến")
    ]
    assert "markdown emphasis stripped in 1" in reading.warnings


def test_bold_over_two_lines_leaves_authority_and_office() -> None:
    reading = read(
        "1. Rà soát.\n\nNơi nhận:\n\n- Như trên.\n\n**KT. CHỦ TỊCH\nPHÓ CHỦ TỊCH**\n\nLê Văn Mẫu\n"
    )

    assert reading.signer is not None
    assert reading.signer.to_json() == {
        "name": "Lê Văn Mẫu",
        "title": "Phó Chủ tịch",
        "authority": "KT. CHỦ TỊCH",
    }


def test_an_unnumbered_paragraph_belongs_to_the_item_above() -> None:
    reading = read_letter(SAMPLE.read_bytes(), "letter.txt", REGISTRY)

    assert [len(directive.paragraphs) for directive in reading.directives] == [1, 1, 1, 2, 1, 1, 1, 1]
    assert reading.directives[3].paragraphs[1].startswith("Đối với các khâu")


def test_a_slip_is_pointed_at_and_the_text_stays() -> None:
    reading = read("1. Rà soát.\n\nYêu cầu Thủ tướng các cơ quan thực hiện./.")

    assert reading.closing is not None
    assert "Thủ tướng các cơ quan" in reading.closing.text
    assert reading.closing.typo is not None
    assert reading.closing.typo.suggest == "Thủ trưởng"


def test_the_prime_minister_is_no_slip() -> None:
    assert not any("typo" in each for each in read("1. Theo ý kiến của Thủ tướng Chính phủ.").warnings)


def test_dates_of_references_are_read_in_both_styles() -> None:
    body = (
        "Căn cứ Nghị quyết số 05-NQ/TU ngày 1 tháng 5 năm 2026 của Thành ủy về việc mẫu,\n\n"
        "1. Theo Kế hoạch số 228/KH-UBND ngày 25/12/2025."
    )
    reading = read(body)

    assert [(each.number, each.date, each.issuer) for each in reading.legal_bases] == [
        ("05-NQ/TU", date(2026, 5, 1), "Thành ủy")
    ]
    assert [(each.number, each.date, each.in_item) for each in reading.other_references] == [
        ("228/KH-UBND", date(2025, 12, 25), "1")
    ]


def test_the_number_of_a_reference_is_not_the_letters_own() -> None:
    heading = HEADING.replace("12/", "/")
    body = "Căn cứ Công văn số 99/UBND-TH ngày 1/7/2026 của UBND thành phố,\n\n1. Rà soát."

    assert read(body, heading=heading).number is None


@pytest.mark.parametrize(
    "written",
    [
        unicodedata.normalize("NFD", "UBND xã Xuân Hòa"),
        "Uỷ ban nhân dân xã Xuân Hoà",
        "UBND\u00a0xã\u00a0Xuân Hòa",
    ],
)
def test_unicode_forms_and_tone_placement_find_the_same_unit(written: str) -> None:
    assert read("1. Rà soát.", to=f"- {written}.").recipients[0].code == "XH"


def test_a_byte_order_mark_is_no_text() -> None:
    plain = SAMPLE.read_text("utf-8")

    readings = [
        read_letter(plain.encode(encoding), "letter.txt", REGISTRY)
        for encoding in ("utf-8", "utf-8-sig", "utf-16")
    ]
    assert readings[0] == readings[1] == readings[2]


def test_points_follow_the_vietnamese_alphabet() -> None:
    points = "\n\n".join(f"{letter}) Sở Tài chính làm việc {letter}." for letter in "abcdđeghiklmn")

    assert ordinals(f"1. Các việc:\n\n{points}") == [f"1.{letter}" for letter in "abcdđeghiklmn"]


def test_points_without_lead_or_time_stay_one_directive() -> None:
    reading = read("1. Các việc:\n\na) Việc một.\n\nb) Việc hai.\n\n2. Rà soát.")

    assert [each.ordinal for each in reading.directives] == ["1", "2"]
    assert reading.directives[0].paragraphs == ("Các việc:", "a) Việc một.", "b) Việc hai.")


def test_numbers_that_start_again_are_told_apart_by_section() -> None:
    body = "I. Việc chung\n\n1. Rà soát.\n\n2. Báo cáo.\n\nII. Việc riêng\n\n1. Kiểm tra."

    assert ordinals(body) == ["I.1", "I.2", "II.1"]


def test_a_heading_that_is_a_unit_leads_and_a_topic_does_not() -> None:
    reading = read("1. Sở Nông nghiệp và Môi trường\n\nRà soát.\n\n2. Về đầu tư công\n\nRà soát.")

    assert [each.lead_codes for each in reading.directives] == [("SNNMT",), ()]


def test_lead_and_coordinators_are_found() -> None:
    body = "1. Giao Sở Nội vụ chủ trì, phối hợp với Văn phòng UBND thành phố, Sở Tài chính và các đơn vị theo dõi."
    directive = read(body).directives[0]

    assert (directive.leads, directive.coordinate) == (("Sở Nội vụ",), ("VPUB", "STC"))


def test_all_units_and_localities_are_the_recipients() -> None:
    assert read("1. Các cơ quan, đơn vị, địa phương rà soát.").directives[0].leads == ()


def test_no_directive_is_an_explicit_result() -> None:
    reading = read("Đề nghị quý cơ quan quan tâm./.")

    assert reading.directives == ()
    assert "no directive found" in reading.warnings


def test_an_item_needs_no_space_after_its_number() -> None:
    assert ordinals("1.Hoàn thành việc một.\n\n2 . Hoàn thành việc hai.") == ["1", "2"]


def test_a_decimal_or_a_date_begins_no_item() -> None:
    assert ordinals("1. Chi cho việc này:\n\n2.5 tỷ đồng.\n\n2/9/2026 là ngày nghỉ.") == ["1"]


def test_contact_data_is_left_out_of_the_task() -> None:
    body = (
        "1. Gửi báo cáo về Sở Nội vụ (ông Nguyễn Văn Mẫu, điện thoại 0909.123.456). Liên hệ bà Mẫu: mau@x.vn."
    )
    reading = read(body)

    assert reading.directives[0].text == "Gửi báo cáo về Sở Nội vụ."
    assert "contact data left out of item 1" in reading.warnings


def test_a_text_that_is_no_letter_is_refused() -> None:
    with pytest.raises(NoLetterFound):
        read_letter("Hôm nay trời đẹp.\n".encode(), "letter.txt", REGISTRY)
