"""Each kind of document has its structure: which of its parts ask for something."""

import pytest

from tests.unit.documents.structure.reading import SIGNED, found, heading, leads, ordinals, read


@pytest.mark.parametrize(
    ("number", "title", "doc_type"),
    [
        ("12/UBND-TH", "V/v thử\nKính gửi: Sở Nội vụ.", "Công văn"),
        ("12/CT-UBND", "CHỈ THỊ\nVề việc thử", "Chỉ thị"),
        ("12/KH-UBND", "KẾ HOẠCH\nThử nghiệm", "Kế hoạch"),
        ("12/TB-VP", "THÔNG BÁO\nKết luận của Chủ tịch UBND thành phố", "Thông báo"),
        ("12/QĐ-UBND", "QUYẾT ĐỊNH\nVề việc thử", "Quyết định"),
        ("12/CĐ-UBND", "CÔNG ĐIỆN\nVề việc thử", "Công điện"),
        ("12/CTr-UBND", "CHƯƠNG TRÌNH HÀNH ĐỘNG\nThử", "Chương trình"),
    ],
)
def test_the_title_says_the_kind(number: str, title: str, doc_type: str) -> None:
    reading = read(heading(number, title), "1. Rà soát.\n2. Báo cáo.\n", SIGNED)

    assert (reading.doc_type, reading.evidence["doc_type"].inferred) == (doc_type, False)


@pytest.mark.parametrize(
    ("number", "doc_type"),
    [
        ("Số: 9/CT-UBND", "Chỉ thị"),
        ("Số: 9/KH-UBND", "Kế hoạch"),
        ("Số: 9/TB-UBND", "Thông báo"),
        ("Số: 9/QĐ-UBND", "Quyết định"),
        ("Số: 9/CĐ-UBND", "Công điện"),
        ("Số: 9/CTr-UBND", "Chương trình"),
        ("Số 05-NQ/TU", "Nghị quyết"),
    ],
)
def test_without_a_title_the_notation_says_the_kind_and_that_is_inferred(number: str, doc_type: str) -> None:
    reading = read(f"{number}\nCăn cứ tình hình thực tế,\n1. Rà soát.\n", SIGNED)

    assert (reading.doc_type, reading.evidence["doc_type"].how) == (doc_type, "notation")
    assert reading.evidence["doc_type"].confidence <= 0.6


def test_a_plan_gives_tasks_in_its_sections_of_tasks_only() -> None:
    reading = read(
        heading("21/KH-UBND", "KẾ HOẠCH\nCải cách hành chính năm 2026"),
        """I. MỤC ĐÍCH, YÊU CẦU
        1. Mục đích
        - Nâng cao chất lượng phục vụ.
        2. Yêu cầu
        a) Hoàn thành trước ngày 31/12/2026.
        II. NHIỆM VỤ, GIẢI PHÁP
        1. Cải cách thể chế
        a) Rà soát văn bản.
        b) Sở Tài chính kiểm tra văn bản trước ngày 30/11/2026.
        2. Tuyên truyền về cải cách hành chính.
        III. KINH PHÍ THỰC HIỆN
        Kinh phí được bố trí từ ngân sách.
        IV. TỔ CHỨC THỰC HIỆN
        1. Sở Nội vụ:
        - Theo dõi việc thực hiện.
        - Báo cáo UBND thành phố.
        Trên đây là Kế hoạch cải cách hành chính năm 2026./.
        """,
        SIGNED,
    )

    assert ordinals(reading) == ["II.1.a", "II.1.b", "II.2", "IV.1.-1", "IV.1.-2"]
    assert reading.directives[0].section == ("NHIỆM VỤ, GIẢI PHÁP", "Cải cách thể chế")
    assert leads(reading)["IV.1.-2"] == ("SNV",)
    assert reading.closing is not None
    assert reading.closing.text.startswith("Trên đây")


def test_a_task_of_a_plan_may_be_assigned_in_lines_of_its_own() -> None:
    reading = read(
        heading("21/KH-UBND", "KẾ HOẠCH\nThử"),
        """I. NHIỆM VỤ
        1. Tổ chức hội nghị tập huấn
        - Đơn vị chủ trì: Sở Nội vụ.
        - Đơn vị phối hợp: Sở Tài chính; UBND các xã, phường.
        - Thời gian hoàn thành: Quý III/2026.
        - Sản phẩm: Báo cáo kết quả; Danh sách học viên.
        2. Rà soát thủ tục.
        """,
        SIGNED,
    )
    first, second = reading.directives

    assert (first.ordinal, second.ordinal) == ("I.1", "I.2")
    assert first.lead_codes == ("SNV",)
    assert first.coordinate_shown[0] == "STC"
    assert first.deadline is not None
    assert first.deadline.kind == "quarter"
    assert first.products == ("Báo cáo kết quả", "Danh sách học viên")
    assert first.paragraphs[1] == "- Đơn vị chủ trì: Sở Nội vụ."


def test_a_conclusion_gives_each_giao_its_own_directive() -> None:
    reading = read(
        heading("30/TB-UBND", "THÔNG BÁO\nKết luận của Chủ tịch UBND thành phố tại cuộc họp"),
        """Sau khi nghe báo cáo, Chủ tịch UBND thành phố kết luận như sau:
        1. Thời gian qua, các sở đã có nhiều cố gắng.
        2. Giao Sở Tài chính bố trí vốn trước ngày 30/8/2026; giao Sở Xây dựng lập hồ sơ trước ngày 15/9/2026.
        3. Về đầu tư công
        Giao Sở Xây dựng đẩy nhanh thi công.
        Giao Sở Tài chính kiểm soát chi.
        Văn phòng UBND thành phố thông báo để các đơn vị biết, thực hiện./.
        """,
        SIGNED,
    )

    assert found(reading) == [
        ("2.1", "Giao Sở Tài chính bố trí vốn trước ngày 30/8/2026;"),
        ("2.2", "giao Sở Xây dựng lập hồ sơ trước ngày 15/9/2026."),
        ("3.1", "Giao Sở Xây dựng đẩy nhanh thi công."),
        ("3.2", "Giao Sở Tài chính kiểm soát chi."),
    ]
    assert (reading.decided_by, reading.assigning_verb) == ("Chủ tịch UBND thành phố", "kết luận")
    assert {each.ordinal: each.parent for each in reading.directives}["2.1"] == "2"


def test_a_conclusion_may_have_its_executors_as_headings() -> None:
    reading = read(
        heading("30/TB-UBND", "THÔNG BÁO\nKết luận cuộc họp"),
        "Chủ tịch UBND thành phố kết luận:\n1. Sở Nội vụ:\n"
        "- Rà soát biên chế.\n- Báo cáo.\n2. Sở Tài chính cấp kinh phí.",
        SIGNED,
    )

    assert leads(reading) == {"1.-1": ("SNV",), "1.-2": ("SNV",), "2": ("STC",)}


def test_what_was_achieved_is_no_task_though_giao_may_stand_among_it() -> None:
    reading = read(
        heading("30/TB-UBND", "THÔNG BÁO\nKết luận phiên họp"),
        "1. Về tình hình kinh tế\nKết quả thu ngân sách đạt 98%.\n"
        "a) Giao Sở Tài chính hoàn thiện báo cáo.\n2. Rà soát.",
        SIGNED,
    )

    assert ordinals(reading) == ["1.a", "2"]


def test_the_articles_of_a_decision_ask_only_whom_they_name() -> None:
    reading = read(
        heading("15/QĐ-UBND", "QUYẾT ĐỊNH\nVề việc phê duyệt Đề án"),
        """CHỦ TỊCH ỦY BAN NHÂN DÂN THÀNH PHỐ SÔNG VÀNG
        Căn cứ Luật Tổ chức chính quyền địa phương ngày 16/6/2025;
        QUYẾT ĐỊNH:
        Điều 1. Phê duyệt kèm theo Quyết định này Đề án chuyển đổi số.
        Điều 2. Giao nhiệm vụ
        1. Sở Nội vụ chủ trì triển khai Đề án; báo cáo trước ngày 15/12/2026.
        2. Kinh phí lấy từ ngân sách.
        Điều 3. Quyết định này có hiệu lực kể từ ngày ký.
        Điều 4. Chánh Văn phòng UBND thành phố, Giám đốc các Sở: Nội vụ, Tài chính; Chủ tịch UBND các xã, phường
        chịu trách nhiệm thi hành Quyết định này./.
        """.replace("phường\n        chịu", "phường chịu"),
        "Nơi nhận:\n- Như Điều 4;\n- Lưu: VT.\nTM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH\nLê Văn Mẫu",
    )

    assert found(reading) == [("2.1", "Sở Nội vụ chủ trì triển khai Đề án; báo cáo trước ngày 15/12/2026.")]
    assert reading.decided_by == "Chủ tịch UBND thành phố Sông Vàng"
    assert [each.code for each in reading.recipients if each.kind == "unit"] == ["VPUB", "SNV", "STC"]
    assert [(each.title, str(each.date)) for each in reading.legal_bases] == [
        ("Luật Tổ chức chính quyền địa phương", "2025-06-16")
    ]


def test_responsibilities_as_headings_of_articles_are_executors() -> None:
    reading = read(
        heading("15/QĐ-UBND", "QUYẾT ĐỊNH\nBan hành Quy chế"),
        "Điều 5. Trách nhiệm của Sở Nội vụ\n1. Rà soát hằng năm.\n"
        "2. Tổng hợp, báo cáo.\nĐiều 6. Nguyên tắc\n1. Công khai.",
        SIGNED,
    )

    assert leads(reading) == {"5.1": ("SNV",), "5.2": ("SNV",)}


def test_a_plan_behind_the_signature_has_its_own_structure() -> None:
    reading = read(
        heading("15/QĐ-UBND", "QUYẾT ĐỊNH\nBan hành Kế hoạch"),
        "Điều 1. Ban hành kèm theo Quyết định này Kế hoạch.\n",
        SIGNED,
        "KẾ HOẠCH\nChuyển đổi số\n(Ban hành kèm theo Quyết định số 15/QĐ-UBND)\n"
        "I. MỤC TIÊU\n1. Đạt 100%.\nII. NHIỆM VỤ\n1. Rà soát hạ tầng.\n2. Đào tạo nhân lực.",
    )

    assert ordinals(reading) == ["II.1", "II.2"]


def test_a_wire_names_whom_it_reaches_and_is_urgent() -> None:
    reading = read(
        "ỦY BAN NHÂN DÂN\nTHÀNH PHỐ SÔNG VÀNG\n"
        "Số: 05/CĐ-UBND\nSông Vàng, hồi 15 giờ 30 phút ngày 12 tháng 9 năm 2026",
        "HỎA TỐC\nCÔNG ĐIỆN\nVề việc ứng phó bão\nCHỦ TỊCH ỦY BAN NHÂN DÂN THÀNH PHỐ SÔNG VÀNG ĐIỆN:",
        "- Giám đốc Sở Nội vụ;\n- Chủ tịch UBND các xã, phường.\nChủ tịch UBND thành phố yêu cầu:",
        "1. Sở Nội vụ trực ban.\n"
        "2. Giao Văn phòng UBND thành phố theo dõi, đôn đốc việc thực hiện Công điện này.",
        SIGNED,
    )

    assert (reading.urgency, reading.decided_by) == (
        "express",
        "Chủ tịch UBND thành phố",
    )
    assert str(reading.issued_on) == "2026-09-12"
    assert [each.kind for each in reading.recipients] == ["unit", "group"]
    assert leads(reading) == {"1": ("SNV",), "2": ("VPUB",)}


def test_a_letter_that_urges_says_so_and_names_what_was_asked_before() -> None:
    reading = read(
        heading("88/UBND-TH", "V/v đôn đốc báo cáo kết quả\nKính gửi: Các sở, ban, ngành."),
        "Thực hiện Công văn số 5120/UBND-HCC ngày 10/6/2026 của UBND thành phố; đến nay, một số sở chưa báo cáo.",
        "UBND thành phố yêu cầu các cơ quan, đơn vị khẩn trương báo cáo trước ngày 15/9/2026./.",
        SIGNED,
    )

    assert (reading.urges, reading.refers_to) == (True, ("5120/UBND-HCC",))
    assert [each.lead_shown for each in reading.directives] == [()]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "Chủ tịch UBND thành phố có ý kiến chỉ đạo như sau:\n"
            "Giao Sở Nội vụ chủ trì giải quyết; báo cáo trước ngày 30/9/2026.\n"
            "Văn phòng UBND thành phố thông báo để các đơn vị biết, thực hiện./.",
            {"1": ("SNV",)},
        ),
        (
            "Thực hiện Công văn số 1/BNV-TH ngày 1/7/2026 của Bộ Nội vụ, Chủ tịch UBND thành phố yêu cầu Sở "
            "Nội vụ tham mưu báo cáo trước ngày 10/9/2026./.",
            {"1": ("SNV",)},
        ),
        (
            "Chủ tịch UBND thành phố yêu cầu:\nSở Nội vụ rà soát.\nSở Tài chính cấp kinh phí.",
            {"1": ("SNV",), "2": ("STC",)},
        ),
    ],
)
def test_a_letter_without_any_numbers_still_asks(body: str, expected: dict[str, tuple[str, ...]]) -> None:
    reading = read(heading("7/UBND-TH", "V/v thử\nKính gửi: Sở Nội vụ; Sở Tài chính."), body, SIGNED)

    assert leads(reading) == expected
    assert all(each.evidence["ordinal"].inferred for each in reading.directives)


def test_the_last_sentence_of_a_letter_may_still_give_a_task() -> None:
    reading = read(
        heading("7/UBND-TH", "V/v thử\nKính gửi: Các sở, ban, ngành."),
        "1. Rà soát.\nYêu cầu các cơ quan, đơn vị gửi kết quả về Sở Nội vụ trước ngày 20/9/2026./.",
        SIGNED,
    )

    assert ordinals(reading) == ["1", "2"]
    assert reading.directives[1].evidence["ordinal"].inferred


def test_an_invitation_asks_nobody_for_anything() -> None:
    reading = read(
        heading("77/GM-UBND", "GIẤY MỜI\nHọp giao ban"),
        "1. Thành phần:\n- Lãnh đạo Sở Nội vụ.\n"
        "2. Thời gian: 14 giờ 00 ngày 06/11/2026.\n3. Địa điểm: Phòng họp số 2.",
        SIGNED,
    )

    assert (ordinals(reading), reading.needs_answer) == ([], True)
    assert "no directive found" in reading.warnings
