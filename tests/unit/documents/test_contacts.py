"""Contact persons, telephone numbers and mailboxes stay out of what all units see; everything else stays in."""

import pytest

from processes.documents.reading.contacts import without_contacts, without_personal_data


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (
            "Gửi báo cáo về Sở Nội vụ trước ngày 30/9/2026 (đ/c Nguyễn Văn A, chuyên viên Phòng Cải cách hành "
            "chính, SĐT 0912345678) để tổng hợp.",
            "Gửi báo cáo về Sở Nội vụ trước ngày 30/9/2026 để tổng hợp.",
        ),
        (
            "Rà soát hồ sơ. Mọi vướng mắc liên hệ đồng chí Nguyễn Văn A, điện thoại 0912.345.678.",
            "Rà soát hồ sơ.",
        ),
        ("Rà soát hồ sơ (ông Trần Văn B, điện thoại 0251 3822 501).", "Rà soát hồ sơ."),
        ("Rà soát hồ sơ (liên hệ đ/c Trần Thị Bình - Văn phòng Sở).", "Rà soát hồ sơ."),
        (
            "Gửi về Sở Nội vụ qua đồng chí Nguyễn Văn A, số điện thoại 0912345678, trước ngày 25/9/2026.",
            "Gửi về Sở Nội vụ, trước ngày 25/9/2026.",
        ),
        (
            "Gửi bản điện tử qua email an.nv@dongnai.gov.vn trước ngày 25/9.",
            "Gửi bản điện tử trước ngày 25/9.",
        ),
        (
            "Báo cáo kết quả về Sở Nội vụ, đầu mối: bà Lê Thị C, 0912 345 678; hoàn thành trước 30/9/2026.",
            "Báo cáo kết quả về Sở Nội vụ; hoàn thành trước 30/9/2026.",
        ),
        ("Mọi vướng mắc liên hệ đồng chí Nguyễn Văn A, Phó Trưởng phòng Cải cách hành chính.", ""),
        (
            "Gửi báo cáo tuần vào thứ Năm hằng tuần qua bác sĩ Đoàn Thị Mẫu (ĐT: 0987654321; zalo cùng số).",
            "Gửi báo cáo tuần vào thứ Năm hằng tuần.",
        ),
        ("Thông tin liên hệ: +84 912 345 678", ""),
        (
            "Gửi báo cáo về Sở Nội vụ qua Trục liên thông văn bản và email: a@b.vn trước ngày 25 hằng tháng.",
            "Gửi báo cáo về Sở Nội vụ qua Trục liên thông văn bản trước ngày 25 hằng tháng.",
        ),
        (
            "Kết quả gửi về Sở Tài chính trước ngày 10/8/2026 theo địa chỉ email: qlns.stc@dongnai.gov.vn, gặp "
            "đồng chí Trần Thị Lan, chuyên viên phòng Ngân sách, điện thoại: 0909123456 để được hướng dẫn.",
            "Kết quả gửi về Sở Tài chính trước ngày 10/8/2026 để được hướng dẫn.",
        ),
        (
            "Báo cáo gửi về Sở Y tế, số 5 đường 30/4, điện thoại 02513.822.501, trước ngày 20/7/2026.",
            "Báo cáo gửi về Sở Y tế, số 5 đường 30/4, trước ngày 20/7/2026.",
        ),
        ("Gửi báo cáo về email a@b.vn", "Gửi báo cáo"),
        (
            "Sở Y tế tổng hợp, gửi về hộp thư syt@b.vn và báo cáo UBND thành phố trước ngày 15/8/2026.",
            "Sở Y tế tổng hợp và báo cáo UBND thành phố trước ngày 15/8/2026.",
        ),
        (
            "Rà soát. Đầu mối phối hợp: ông Nguyễn Văn A - Phó phòng, ĐT 0912345678; bà Trần Thị B, 0987654321.",
            "Rà soát.",
        ),
        (
            "Đồng chí Nguyễn Văn A (điện thoại 0912345678) tổng hợp báo cáo.",
            "Đồng chí Nguyễn Văn A tổng hợp báo cáo.",
        ),
        (
            "Các đơn vị gửi báo cáo về Sở Nội vụ trước ngày 20/7/2026, đồng thời gửi bản mềm qua email: a@b.vn. "
            "Sở Nội vụ tổng hợp.",
            "Các đơn vị gửi báo cáo về Sở Nội vụ trước ngày 20/7/2026, đồng thời gửi bản mềm. Sở Nội vụ tổng hợp.",
        ),
        (
            "Báo cáo trước ngày 20/7/2026. Đầu mối: đồng chí Nguyễn Văn An, chuyên viên phòng Tổng hợp.",
            "Báo cáo trước ngày 20/7/2026.",
        ),
    ],
)
def test_the_contact_goes_and_the_task_stays(text: str, kept: str) -> None:
    assert without_contacts(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "Bố trí kinh phí 0123456789 đồng.",
        "Theo Quyết định số 0123456789/QĐ-UBND.",
        "Chuyển vào tài khoản 0123456789012 tại Kho bạc.",
        "Số liệu 1.234.567.890 hồ sơ, đường dây nóng 1022, trực 24/7.",
        "Công văn số 5120/UBND-HCC ngày 12/6/2026; Kế hoạch số 228/KH-UBND ngày 25/12/2025.",
        "Giao đồng chí Giám đốc Sở Nội vụ chỉ đạo.",
        "Đồng chí Nguyễn Văn A, Phó Chủ tịch UBND thành phố chỉ đạo thực hiện.",
        "Khó khăn, vướng mắc báo cáo về Sở Nội vụ.",
        "Gửi danh sách đầu mối (họ tên, chức vụ, số điện thoại, email) về Sở Nội vụ trước ngày 15/8/2026.",
        "Hai dòng\ngiữ nguyên  khoảng trắng.",
    ],
)
def test_what_is_no_contact_is_not_touched(text: str) -> None:
    assert without_contacts(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "Mọi vướng mắc liên hệ đồng chí Nguyễn Văn An, chuyên viên, điện thoại 0912.345.678, email an@b.vn.",
        "Liên hệ: bà Trần Thị Bình, 0987 654 321",
    ],
)
def test_what_must_be_shown_has_no_personal_data(text: str) -> None:
    kept = without_personal_data(text)
    assert kept
    assert not any(word in kept for word in ("Nguyễn", "Trần", "0912", "0987", "@"))
