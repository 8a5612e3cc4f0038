"""What looks like an item and asks nobody for anything: nothing is made up of it."""

import pytest

from tests.unit.documents.structure.reading import SIGNED, found, heading, ordinals, read

LETTER = heading("1/UBND-TH", "V/v thử\nKính gửi: Các sở, ban, ngành.")
CHARTER = (
    "Chương II\nQUYỀN HẠN, NHIỆM VỤ\nĐiều 5. Nhiệm vụ\n1. Tuyên truyền tôn chỉ của Hội.\n"
    "2. Phối hợp với Sở Nội vụ tổ chức hoạt động.\nĐiều 6. Hội viên có nghĩa vụ đóng hội phí."
)


@pytest.mark.parametrize(
    "said",
    [
        "Kèm theo là Phụ lục 1a, Phụ lục 1b.",
        "(Chi tiết tại Phụ lục đính kèm)",
        "Gửi kèm Giấy mời của Hội.",
        "Phê bình Ban Quản lý dự án chậm báo cáo.",
        "Về kinh phí: thống nhất chủ trương chi 2 tỷ đồng.",
        "Về tồn tại: việc quy hoạch chưa hoàn thành.",
        "Sở Nội vụ có chức năng tham mưu, giúp UBND thành phố quản lý nhà nước.",
        "Hội đã tổ chức Đại hội theo đúng quy định của pháp luật.",
        "Chủ tịch Hội: Ông Lê Văn Mẫu.",
        "Họ và tên: Lê Văn Mẫu.",
        "Giám đốc Sở Nội vụ, Phó Trưởng Ban Chỉ đạo.",
        "Sở Nội vụ;",
        "Ông Lê Văn Mẫu, Phó Giám đốc Sở Nội vụ.",
        "Sở Tài chính kính trình UBND thành phố xem xét.",
        "UBND các xã, phường: Tại Phụ lục II đính kèm.",
        "Phó Thủ tướng Chính phủ Lê Văn Mẫu, Phó Trưởng Ban Chỉ đạo.",
        "Thời gian thực hiện: từ tháng 7/2026 đến tháng 9/2026.",
    ],
)
def test_what_only_tells_points_or_names_is_no_directive(said: str) -> None:
    assert found(read(LETTER, f"1. Rà soát thủ tục.\n2. {said}", SIGNED)) == [("1", "Rà soát thủ tục.")]


@pytest.mark.parametrize(
    "asked",
    [
        "Ông Lê Văn Mẫu, Giám đốc Sở Nội vụ chủ trì xây dựng kế hoạch.",
        "Chi tiết hóa kế hoạch của đơn vị.",
        "Tham dự đầy đủ các cuộc họp.",
        "Phê bình Ban Quản lý dự án; yêu cầu Ban hoàn thành trước ngày 30/8/2026.",
        "Sở Nội vụ đã tham mưu cần tiếp tục theo dõi.",
        "Kính đề nghị các đơn vị báo cáo trước ngày 30/8/2026.",
        "Thủ trưởng các đơn vị, Trưởng các khu phố rà soát.",
        "Sở Nội vụ, thành viên Ban Chỉ đạo và Sở Tài chính rà soát.",
    ],
)
def test_what_asks_beside_telling_is_one(asked: str) -> None:
    assert found(read(LETTER, f"1. Rà soát thủ tục.\n2. {asked}", SIGNED))[1:] == [("2", asked)]


def test_a_section_that_only_points_at_an_appendix_asks_nothing() -> None:
    text = "I. NHIỆM VỤ\nCác nhiệm vụ cụ thể tại Phụ lục I kèm theo.\nII. TỔ CHỨC THỰC HIỆN\n1. Rà soát."

    assert ordinals(read(heading("1/KH-UBND", "KẾ HOẠCH\nThử nghiệm"), text, SIGNED)) == ["II.1"]


def test_courtesies_end_a_body_without_numbers() -> None:
    reading = read(
        LETTER,
        "Yêu cầu Sở Nội vụ rà soát trước ngày 20/8/2026.\n"
        "Trong quá trình thực hiện, nếu có vướng mắc, báo cáo UBND thành phố.\nTrân trọng./.",
        SIGNED,
    )

    assert ordinals(reading) == ["1"]
    assert reading.closing is not None
    assert reading.closing.text.endswith("Trân trọng./.")


def test_requirements_beside_purposes_are_no_tasks_and_alone_they_are() -> None:
    plan = heading("1/KH-UBND", "KẾ HOẠCH\nThử nghiệm")
    beside = (
        "I. MỤC ĐÍCH, YÊU CẦU\n1. Mục đích\n- Nâng cao.\n2. Yêu cầu\n- Đồng bộ.\nII. NHIỆM VỤ\n1. Rà soát."
    )
    alone = "I. Tình hình\n1. Tốt.\nII. Yêu cầu\n1. Sở Nội vụ rà soát."

    assert ordinals(read(plan, beside, SIGNED)) == ["II.1"]
    assert ordinals(read(plan, alone, SIGNED)) == ["II.1"]


@pytest.mark.parametrize("topic", ["Nội dung kiểm tra", "Định hướng"])
def test_topics_ask_only_those_they_name(topic: str) -> None:
    text = f"1. {topic}\n- Công tác chỉ đạo, điều hành.\n- Cải cách thủ tục.\n2. Sở Nội vụ chủ trì."

    assert ordinals(read(LETTER, text, SIGNED)) == ["2"]


@pytest.mark.parametrize(
    ("number", "title", "doc_type"),
    [
        ("", "ĐIỀU LỆ (SỬA ĐỔI, BỔ SUNG)\nHỘI THỬ NGHIỆM", "Điều lệ"),
        ("1/PT-NC", "PHIẾU TRÌNH\nKính gửi: Lãnh đạo UBND.", "Phiếu trình"),
        ("1/TTr-SNV", "TỜ TRÌNH\nVề việc đổi tên Hội", "Tờ trình"),
        ("", "ĐỀ CƯƠNG BÁO CÁO\nKết quả", "Đề cương"),
        ("", "CHƯƠNG TRÌNH\nHội nghị tổng kết", "Chương trình"),
    ],
)
def test_charters_slips_submissions_and_agendas_ask_for_nothing(
    number: str, title: str, doc_type: str
) -> None:
    reading = read(heading(number, title), CHARTER, "Giao Sở Nội vụ báo cáo trước ngày 20/8/2026.", SIGNED)

    assert (reading.doc_type, ordinals(reading)) == (doc_type, [])


def test_a_charter_behind_the_decision_that_approves_it_asks_for_nothing() -> None:
    reading = read(
        heading("1/QĐ-UBND", "QUYẾT ĐỊNH\nVề việc phê duyệt Điều lệ"),
        "Điều 1. Phê duyệt Điều lệ Hội kèm theo Quyết định này.\nĐiều 2. Giao Sở Nội vụ theo dõi.",
        SIGNED,
        "ĐIỀU LỆ\nHỘI THỬ NGHIỆM\n(Kèm theo Quyết định số 1/QĐ-UBND)",
        CHARTER,
    )

    assert ordinals(reading) == ["2"]


@pytest.mark.parametrize(("number", "title"), [("1/BC-UBND", "BÁO CÁO\nKết quả"), ("", "BIÊN BẢN\nCuộc họp")])
def test_reports_ask_only_where_they_give_something_to_somebody(number: str, title: str) -> None:
    text = (
        "I. KẾT QUẢ\n1. Sở Nội vụ hướng dẫn các đơn vị trong tháng 8.\nII. NHIỆM VỤ\n1. Nâng cao chất lượng.\n"
        "2. Giao Sở Tài chính bố trí vốn."
    )

    assert ordinals(read(heading(number, title), text, SIGNED)) == ["II.2"]


def test_a_decision_that_sets_up_a_body_asks_none_of_its_members_but_the_body() -> None:
    reading = read(
        heading("1/QĐ-UBND", "QUYẾT ĐỊNH\nThành lập Tổ công tác"),
        "Điều 1. Thành lập Tổ công tác gồm các ông, bà:\n1. Giám đốc Sở Nội vụ, Tổ trưởng.\n2. Các thành viên:\n"
        "- Giám đốc Sở Tài chính;\n- Chánh Văn phòng UBND thành phố.\nĐiều 2. Nhiệm vụ của Tổ công tác\n"
        "1. Rà soát dự án trước ngày 30/8/2026.\n2. Tham mưu giải pháp.",
        SIGNED,
    )

    assert [(each.ordinal, each.unknown and each.unknown.text) for each in reading.directives] == [
        ("2.1", "Tổ công tác"),
        ("2.2", "Tổ công tác"),
    ]


def test_a_list_of_units_and_a_form_behind_the_signature_ask_nothing() -> None:
    listed = "PHỤ LỤC\nDANH SÁCH ĐƠN VỊ CHƯA BÁO CÁO\n1. Sở Tài chính\n2. Sở Nội vụ"
    form = "Mẫu số 01\nBÁO CÁO\nKết quả\n1. Kết quả\n2. Đề xuất\nTHỦ TRƯỞNG ĐƠN VỊ\n(Ký tên, đóng dấu)"

    assert ordinals(read(LETTER, "1. Rà soát.", SIGNED, listed)) == ["1"]
    assert ordinals(read(LETTER, "1. Rà soát.", SIGNED, form)) == ["1"]


def test_an_answer_to_a_citizen_asks_only_whom_it_names() -> None:
    text = "1. Việc thành lập Hội phải đủ hồ sơ.\n2. Giao Sở Nội vụ hướng dẫn."

    assert ordinals(read(heading("1/UBND-NC", "V/v trả lời\nKính gửi: Ông Lê Văn Mẫu."), text, SIGNED)) == [
        "2"
    ]


def test_nothing_is_read_out_of_a_text_layer_that_cannot_be_read() -> None:
    garbled = " ".join(f"th{number % 10}ng du<rc Ph6p ly" for number in range(40))

    assert ordinals(read(LETTER, f"1. {garbled}.\n2. Giao Sở Nội vụ {garbled}.", SIGNED)) == []
