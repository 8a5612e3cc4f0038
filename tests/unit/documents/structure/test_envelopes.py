"""What surrounds the text: number, date, issuer, subject, signature, in all the forms that offices use."""

import datetime as dt

import pytest

from tests.unit.documents.structure.reading import SIGNED, STATE, heading, ordinals, read, table

BODY = "Kính gửi: Sở Nội vụ.\n1. Rà soát.\n"


@pytest.mark.parametrize(
    ("line", "number", "suffix"),
    [
        ("Số: 277/KH-UBND", "277/KH-UBND", "/KH-UBND"),
        ("Số 277/KH-UBND", "277/KH-UBND", "/KH-UBND"),
        ("Số:277 /KH–UBND", "277/KH-UBND", "/KH-UBND"),
        ("Số: 277 / KH - UBND", "277/KH-UBND", "/KH-UBND"),
        ("277/KH-UBND", "277/KH-UBND", "/KH-UBND"),
        ("Số: 68/2025/QĐ-UBND", "68/2025/QĐ-UBND", "/QĐ-UBND"),
        ("Số: 345/SNV-CCHC&VTLT", "345/SNV-CCHC&VTLT", "/SNV-CCHC&VTLT"),
        ("Số: 12/UBND-NC.KSTT", "12/UBND-NC.KSTT", "/UBND-NC.KSTT"),
        ("Số 05-NQ/TU", "05-NQ/TU", "-NQ/TU"),
        ("Số: 01a/CTr-UBND", "01a/CTr-UBND", "/CTr-UBND"),
        ("Số: /UBND-HCC", None, "/UBND-HCC"),
        ("Số: ......./UBND-HCC", None, "/UBND-HCC"),
        ("Số:      /UBND-HCC", None, "/UBND-HCC"),
    ],
)
def test_a_number_is_read_however_it_is_set(line: str, number: str | None, suffix: str) -> None:
    reading = read(f"{line}\nSông Vàng, ngày 5 tháng 8 năm 2026\n{BODY}", SIGNED)

    assert (reading.number, reading.suffix) == (number, suffix)


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("Sông Vàng, ngày 05 tháng 8 năm 2026", (5, 8, 2026)),
        ("TP. Sông Vàng, ngày 05 tháng 8 năm 2026", (5, 8, 2026)),
        ("Sông Vàng, ngày … tháng 8 năm 2026", (None, 8, 2026)),
        ("Sông Vàng, ngày .... tháng .... năm 2026", (None, None, 2026)),
        ("Sông Vàng, ngày 05/8/2026", (5, 8, 2026)),
        ("Ngày 05 tháng 8 năm 2026", (5, 8, 2026)),
        ("Sông Vàng, hồi 15 giờ 30 phút ngày 05 tháng 8 năm 2026", (5, 8, 2026)),
    ],
)
def test_a_date_is_read_as_far_as_it_is_written(line: str, parts: tuple[int | None, ...]) -> None:
    reading = read(f"Số: 1/UBND-TH\n{line}\n{BODY}", SIGNED)

    assert (reading.date.day, reading.date.month, reading.date.year) == parts


@pytest.mark.parametrize("stamp", ["277\n14\n7", "277 / 14 / 7", "277/14/7", "277\n14/7"])
def test_a_stamp_anywhere_on_the_first_page_is_proposed_and_is_no_text(stamp: str) -> None:
    reading = read(
        f"Số: /KH-UBND\nSông Vàng, ngày tháng năm 2026\nKính gửi: Sở Nội vụ.\n1. Rà soát.\n{stamp}\n2. Báo cáo.",
        SIGNED,
    )

    assert (reading.number, reading.proposed_number) == (None, "277/KH-UBND")
    assert reading.proposed is not None
    assert (reading.proposed.day, reading.proposed.month) == (14, 7)
    assert [each.text for each in reading.directives] == ["Rà soát.", "Báo cáo."]
    assert reading.evidence["proposed_number"].how == "stamp"


@pytest.mark.parametrize(
    ("block", "issuer"),
    [
        ("ỦY BAN NHÂN DÂN\nTHÀNH PHỐ SÔNG VÀNG", "UBND thành phố Sông Vàng"),
        ("UBND THÀNH PHỐ SÔNG VÀNG", "UBND thành phố Sông Vàng"),
        ("UỶ BAN NHÂN DÂN THÀNH PHỐ SÔNG VÀNG", "UBND thành phố Sông Vàng"),
        ("UBND THÀNH PHỐ SÔNG VÀNG\nSỞ NỘI VỤ", "Sở Nội vụ"),
        (
            "ỦY BAN NHÂN DÂN\nTHÀNH PHỐ SÔNG VÀNG\nSỞ NÔNG NGHIỆP VÀ\nMÔI TRƯỜNG",
            "Sở Nông nghiệp và Môi trường",
        ),
        ("UBND THÀNH PHỐ SÔNG VÀNG\nVĂN PHÒNG", "Văn phòng UBND thành phố"),
        ("UBND THÀNH PHỐ SÔNG VÀNG\nUBND PHƯỜNG BẾN VÀNG", "UBND phường Bến Vàng"),
        (
            "UBND THÀNH PHỐ SÔNG VÀNG\nBAN CHỈ ĐẠO CẢI CÁCH HÀNH CHÍNH",
            "Ban Chỉ đạo cải cách hành chính",
        ),
        ("ĐẢNG BỘ THÀNH PHỐ SÔNG VÀNG\nBAN CHẤP HÀNH", "Ban Chấp hành Đảng bộ thành phố Sông Vàng"),
        ("THÀNH ỦY SÔNG VÀNG", "Thành ủy Sông Vàng"),
    ],
)
def test_the_last_body_of_the_block_issues(block: str, issuer: str) -> None:
    reading = read(heading("1/UBND-TH", BODY, office=block), SIGNED)

    assert (reading.issuer, reading.issuer_inferred) == (issuer, False)
    assert reading.evidence["issuer"].how == "position"


@pytest.mark.parametrize(
    ("notation", "issuer"),
    [
        ("/CT-UBND", "UBND thành phố Sông Vàng"),
        ("/UBND-HCC", "UBND thành phố Sông Vàng"),
        ("/SNV-CCHC", "Sở Nội vụ"),
        ("/KH-STC", "Sở Tài chính"),
        ("/TB-VP", "Văn phòng UBND thành phố"),
        ("-NQ/TU", "Thành ủy Sông Vàng"),
    ],
)
def test_without_a_block_the_notation_says_who_issued_and_that_is_marked(notation: str, issuer: str) -> None:
    text = (
        f"Số: 5{notation}\nSông Vàng, ngày 5 tháng 8 năm 2026\nTheo ý kiến của UBND thành phố,\n1. Rà soát."
    )
    reading = read(text, SIGNED)

    assert (reading.issuer, reading.issuer_inferred) == (issuer, True)
    assert reading.evidence["issuer"].how == "notation"
    assert reading.to_json()["confidence"]["issuer"] <= 0.6


def test_two_columns_on_one_line_are_two() -> None:
    reading = read(
        "ỦY BAN NHÂN DÂN CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n"
        "THÀNH PHỐ SÔNG VÀNG Độc lập - Tự do - Hạnh phúc\n"
        f"Số: 45/UBND-TH Sông Vàng, ngày 03 tháng 8 năm 2026\n{BODY}",
        "Nơi nhận: TM. ỦY BAN NHÂN DÂN\n- Như trên; KT. CHỦ TỊCH\n- Lưu: VT, TH. PHÓ CHỦ TỊCH\nLê Thị Mẫu",
    )

    assert (reading.issuer, reading.number, str(reading.issued_on)) == (
        "UBND thành phố Sông Vàng",
        "45/UBND-TH",
        "2026-08-03",
    )
    assert reading.cc == ("Như trên", "Lưu: VT, TH")
    assert reading.signer is not None
    assert reading.signer.to_json() == {
        "name": "Lê Thị Mẫu",
        "title": "Phó Chủ tịch",
        "authority": "TM. ỦY BAN NHÂN DÂN, KT. CHỦ TỊCH",
    }


@pytest.mark.parametrize(
    ("lines", "name", "title", "authority"),
    [
        ("CHỦ TỊCH\nLê Văn Mẫu", "Lê Văn Mẫu", "Chủ tịch", None),
        ("CHỦ TỊCH\n(Đã ký)\nLê Văn Mẫu", "Lê Văn Mẫu", "Chủ tịch", None),
        ("GIÁM ĐỐC\nLÊ VĂN MẪU", "Lê Văn Mẫu", "Giám đốc", None),
        ("GIÁM ĐỐC\nTS. Lê Văn Mẫu", "Lê Văn Mẫu", "Giám đốc", None),
        ("GIÁM ĐỐC\nThiếu tướng Lê Văn Mẫu", "Lê Văn Mẫu", "Giám đốc", None),
        ("Q. GIÁM ĐỐC\nLê Văn Mẫu", "Lê Văn Mẫu", "Quyền Giám đốc", "Q. GIÁM ĐỐC"),
        (
            "TL. CHỦ TỊCH\nKT. CHÁNH VĂN PHÒNG\nPHÓ CHÁNH VĂN PHÒNG\nLê Văn Mẫu",
            "Lê Văn Mẫu",
            "Phó Chánh Văn phòng",
            "TL. CHỦ TỊCH, KT. CHÁNH VĂN PHÒNG",
        ),
        ("TUQ. CHỦ TỊCH\nGIÁM ĐỐC SỞ NỘI VỤ\nLê Văn Mẫu", "Lê Văn Mẫu", None, "TUQ. CHỦ TỊCH"),
        ("T/M BAN CHẤP HÀNH\nBÍ THƯ\nLê Văn Mẫu", "Lê Văn Mẫu", "Bí thư", "T/M BAN CHẤP HÀNH"),
        ("KT. CHỦ TỊCH\nPHÓ CHỦ TỊCH", None, "Phó Chủ tịch", "KT. CHỦ TỊCH"),
    ],
)
def test_a_signature_says_on_whose_behalf_in_which_office_and_who(
    lines: str, name: str | None, title: str | None, authority: str | None
) -> None:
    signer = read(heading("1/UBND-TH", BODY), f"Nơi nhận:\n- Như trên;\n- Lưu: VT.\n{lines}").signer

    assert signer is not None
    assert (signer.name, signer.authority) == (name, authority)
    assert title is None or signer.title == title


def test_a_signature_may_stand_above_the_distribution_list_or_without_one() -> None:
    above = read(heading("1/UBND-TH", BODY), "KT. CHỦ TỊCH\nPHÓ CHỦ TỊCH\nLê Văn Mẫu\nNơi nhận:\n- Như trên.")
    without = read(heading("1/UBND-TH", BODY), "KT. CHỦ TỊCH\nPHÓ CHỦ TỊCH\nLê Văn Mẫu")

    for reading in (above, without):
        assert reading.signer is not None
        assert reading.signer.name == "Lê Văn Mẫu"
        assert [each.text for each in reading.directives] == ["Rà soát."]


def test_everybody_who_signs_is_kept() -> None:
    reading = read(
        heading("1/UBND-TH", BODY),
        "Nơi nhận:\n- Như trên.\nGIÁM ĐỐC SỞ TÀI CHÍNH\nLê Văn Mẫu\nGIÁM ĐỐC SỞ NỘI VỤ\nTrần Thị Mai",
    )

    assert [each.name for each in reading.signers] == ["Lê Văn Mẫu", "Trần Thị Mai"]
    assert reading.signer == reading.signers[0]


@pytest.mark.parametrize(
    ("mark", "urgency"),
    [
        ("HỎA TỐC", "express"),
        ("HOẢ TỐC HẸN GIỜ", "express"),
        ("THƯỢNG KHẨN", "urgent"),
        ("KHẨN", "urgent"),
    ],
)
def test_a_mark_of_urgency_is_read(mark: str, urgency: str) -> None:
    assert read(heading("1/UBND-TH", f"{mark}\n{BODY}"), SIGNED).urgency == urgency


def test_a_mark_of_secrecy_is_read() -> None:
    reading = read(heading("1/UBND-TH", f"TỐI MẬT\n{BODY}"), SIGNED)

    assert reading.secrecy == "Tối mật"


@pytest.mark.parametrize(
    ("lines", "subject"),
    [
        ("V/v đẩy mạnh\ncải cách hành chính\nnăm 2026", "đẩy mạnh cải cách hành chính năm 2026"),
        ("Về việc đẩy mạnh cải cách", "đẩy mạnh cải cách"),
        ("CHỈ THỊ\nVề việc đẩy mạnh cải cách", "đẩy mạnh cải cách"),
        ("KẾ HOẠCH\nCải cách hành chính\nnăm 2026", "Cải cách hành chính năm 2026"),
        ("NGHỊ QUYẾT về phát động thi đua", "phát động thi đua"),
        ("KẾ HOẠCH CÔNG TÁC THÁNG 8/2026", "KẾ HOẠCH CÔNG TÁC THÁNG 8/2026"),
    ],
)
def test_a_subject_is_one_sentence_with_or_without_its_label(lines: str, subject: str) -> None:
    assert read(heading("1/UBND-TH", f"{lines}\n{BODY}"), SIGNED).subject == subject


def test_what_a_signing_tool_prints_is_no_text() -> None:
    reading = read(
        "Người ký: Ủy ban nhân dân thành phố\nThời gian ký: 05.08.2026 16:20:33 +07:00\n"
        + heading("1/UBND-TH", BODY),
        SIGNED,
    )

    assert (reading.number, ordinals(reading)) == ("1/UBND-TH", ["1"])


def test_addressees_in_a_line_of_departments_are_a_list() -> None:
    reading = read(
        heading("1/UBND-TH", "Kính gửi:\n- Các Sở: Nội vụ, Tài chính;\n- UBND các xã, phường.\n1. Rà soát."),
        SIGNED,
    )

    assert [(each.text, each.kind) for each in reading.recipients] == [
        ("Các Sở: Nội vụ, Tài chính", "list"),
        ("UBND các xã, phường", "group"),
    ]


def test_a_document_whose_quốc_hiệu_stands_first_has_its_issuer() -> None:
    reading = read(f"{STATE}\nUBND THÀNH PHỐ SÔNG VÀNG\nSố: 1/UBND-TH\n{BODY}", SIGNED)

    assert reading.issuer == "UBND thành phố Sông Vàng"


@pytest.mark.parametrize(
    "broken",
    [
        "Sông Vàng, ngày 05 tháng 8 năm\n2026",
        "Sông Vàng, ngày\n05 tháng 8 năm 2026",
        "Sông Vàng, ngày 05 tháng\n8 năm 2026",
    ],
)
def test_a_day_that_a_narrow_column_broke_is_whole(broken: str) -> None:
    reading = read(f"UBND THÀNH PHỐ SÔNG VÀNG\nSố: 1/UBND-TH\n{STATE}\n{broken}\n{BODY}", SIGNED)

    assert (reading.issued_on, reading.place) == (dt.date(2026, 8, 5), "Sông Vàng")


def test_a_quốc_hiệu_over_two_lines_is_not_of_the_issuer() -> None:
    state = "CỘNG HÒA XÃ HỘI\nCHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc"
    reading = read(f"UBND THÀNH PHỐ SÔNG VÀNG\n{state}\nSố: 1/UBND-TH\n{BODY}", SIGNED)

    assert reading.issuer == "UBND thành phố Sông Vàng"
    assert "quốc hiệu absent" not in reading.warnings


def test_addressees_end_before_the_legal_bases() -> None:
    reading = read(
        heading("1/UBND-TH", "Kính gửi: Sở Nội vụ; Sở Tài chính\nCăn cứ Luật Đầu tư số 1/2025/QH15;\n"),
        "Căn cứ Công văn số 44/BNV-TH ngày 1/2/2026;\nUBND thành phố yêu cầu:\n1. Rà soát.",
        SIGNED,
    )

    assert [each.text for each in reading.recipients] == ["Sở Nội vụ", "Sở Tài chính"]
    assert len(reading.legal_bases) == 2


def test_a_long_line_below_the_title_is_the_subject_whatever_its_first_word() -> None:
    subject = "Thực hiện Nghị quyết số 57-NQ/TW về " + "đột phá phát triển khoa học " * 6 + "thành phố"
    reading = read(
        heading("1/KH-UBND", f"KẾ HOẠCH\n{subject}"), "Thực hiện Luật, UBND ban hành:\n1. Rà soát.", SIGNED
    )

    assert reading.subject == subject


def test_whose_directive_it_is_is_not_its_subject() -> None:
    title = "CHỈ THỊ\nCỦA BAN THƯỜNG VỤ THÀNH ỦY\nvề tăng cường công tác thử nghiệm"

    assert read(heading("1-CT/TU", title), "1. Rà soát.", SIGNED).subject == "tăng cường công tác thử nghiệm"


def test_a_letter_with_a_matter_is_no_directive_of_a_notation_like_one() -> None:
    assert (
        read(heading("1/CT-NVT", "V/v thử\nKính gửi: Sở Nội vụ."), "1. Rà soát.", SIGNED).doc_type
        == "Công văn"
    )


@pytest.mark.parametrize(
    ("signed", "signer"),
    [
        ("TM. ỦY BAN NHÂN DÂN\nQ. CHỦ TỊCH\nĐã ký: Hồ Văn Mẫu", ("Hồ Văn Mẫu", "Quyền Chủ tịch")),
        ("T/M BAN THƯỜNG VỤ\nPHÓ BÍ THƯ\nK’ Đức Mẫu", ("K' Đức Mẫu", "Phó Bí thư")),
        ("GIÁM ĐỐC SỞ NỘI VỤ\nHồ Văn Mẫu", ("Hồ Văn Mẫu", "Giám đốc Sở Nội vụ")),
        ("TRƯỞNG PHÒNG TỔNG HỢP\nHồ Văn Mẫu", ("Hồ Văn Mẫu", "Trưởng phòng Tổng hợp")),
    ],
)
def test_names_and_titles_are_written_as_in_a_sentence(signed: str, signer: tuple[str, str]) -> None:
    reading = read(heading("1/UBND-TH", BODY), f"Nơi nhận:\n- Như trên;\n- Lưu: VT.\n{signed}")

    assert reading.signer is not None
    assert (reading.signer.name, reading.signer.title) == signer


def test_what_follows_a_table_in_the_body_is_read_too() -> None:
    tasks = table(
        ("TT", "Nhiệm vụ", "Đơn vị chủ trì", "Thời hạn"), ("1", "Rà soát", "Sở Nội vụ", "Quý III/2026")
    )
    reading = read(
        heading("1/UBND-TH", "V/v thử\nKính gửi: Các sở.\nUBND thành phố giao nhiệm vụ:"),
        tasks,
        "Yêu cầu Sở Tài chính báo cáo kết quả trước ngày 05 hằng tháng./.",
        SIGNED,
    )

    assert ordinals(reading) == ["B1.1", "1"]


@pytest.mark.parametrize(
    ("opening", "decided"),
    [
        (
            "Thực hiện Luật, Chủ tịch UBND thành phố yêu cầu các cấp tập trung lãnh đạo, chỉ đạo thực hiện:",
            ("Chủ tịch UBND thành phố", "yêu cầu"),
        ),
        (
            "UBND thành phố đã quyết liệt chỉ đạo công tác này. Chủ tịch UBND thành phố chỉ thị:",
            ("Chủ tịch UBND thành phố", "chỉ thị"),
        ),
        (
            "Xét đề nghị của Sở Y tế, Chủ tịch UBND thành phố có ý kiến như sau:",
            ("Chủ tịch UBND thành phố", None),
        ),
        (
            "Sau khi nghe báo cáo, đồng chí Phó Chủ tịch UBND thành phố kết luận, chỉ đạo như sau:",
            ("Phó Chủ tịch UBND thành phố", "kết luận"),
        ),
        ("UBND thành phố giao Sở Nội vụ nghiên cứu.", ("UBND thành phố", "giao")),
    ],
)
def test_who_decides_and_how_stands_in_the_sentence_that_announces_it(
    opening: str, decided: tuple[str, str | None]
) -> None:
    reading = read(heading("1/UBND-TH", f"V/v thử\nKính gửi: Các sở.\n{opening}\n1. Rà soát."), SIGNED)

    assert (reading.decided_by, reading.assigning_verb) == decided
