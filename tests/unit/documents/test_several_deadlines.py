"""Running text with several deadlines: which one counts, and which words are none."""

from datetime import date

import pytest

from processes.calendar.working_days import WorkingCalendar
from processes.documents.deadlines import BeforeDay, find_deadline, find_deadlines

FRIDAY = date(2026, 8, 14)


def found(text: str) -> list[tuple[str, str]]:
    return [
        (each.kind, str(each.rrule or each.date))
        for each in find_deadlines(text, issued_on=FRIDAY, calendar=WorkingCalendar({}))
    ]


@pytest.mark.parametrize(
    ("text", "deadlines"),
    [
        (
            "hoàn thành trước ngày 20/9/2026; báo cáo về Sở Nội vụ trước ngày 25/9/2026.",
            [("before_date", "2026-09-19"), ("before_date", "2026-09-24")],
        ),
        (
            "Gửi báo cáo trước 17h00 ngày 25/9/2026; hoàn thành trước ngày 20/9/2026",
            [("before_date", "2026-09-19"), ("datetime", "2026-09-25")],
        ),
        (
            "giải quyết dứt điểm hồ sơ phát sinh trước ngày 30/9/2026; hoàn thành trong Quý III/2026",
            [("quarter", "2026-09-30")],
        ),
        ("Thời gian hoàn thành: Tháng 9/2026.", [("month", "2026-09-30")]),
        ("Rà soát.\n- Thời gian thực hiện: Thường xuyên; sản phẩm: báo cáo.", [("ongoing", "None")]),
        ("Thời hạn: Quý IV/2026. Đơn vị chủ trì: Sở Nội vụ.", [("quarter", "2026-12-31")]),
        ("Rà soát hồ sơ (Quý III/2026)", [("quarter", "2026-09-30")]),
        ("tổ chức lấy ý kiến từ ngày 15/8/2026 đến ngày 20/9/2026", [("date", "2026-09-20")]),
        ("phải được ban hành trước ngày 30/8/2026", [("before_date", "2026-08-29")]),
        ("trước ngày 30 tháng này", [("before_date", "2026-08-29")]),
        ("trong 02 tuần", [("relative_days", "2026-08-28")]),
        ("trong 01 tháng kể từ ngày ký ban hành", [("relative_days", "2026-09-14")]),
        ("chậm nhất sau 05 ngày kể từ ngày nhận được văn bản", [("relative_days", "None")]),
        ("trả lời trong 5 ngày làm việc kể từ ngày nhận được phản ánh", [("upon_event", "None")]),
        ("Ngay sau khi Nghị quyết được thông qua, tham mưu", [("upon_event", "None")]),
        ("Báo cáo định kỳ hằng tháng (trước ngày 20)", [("periodic", "monthly, before day 20")]),
        ("15h thứ Sáu hằng tuần gửi báo cáo", [("periodic", "weekly, by 15:00 on Friday")]),
        ("trước 15/6 và 15/12 hằng năm", [("periodic", "yearly, before 15 June and 15 December")]),
        ("báo cáo hằng quý, 6 tháng, năm", [("periodic", "quarterly; half-yearly; yearly")]),
        ("báo cáo Chủ tịch UBND thành phố hằng quý", [("periodic", "quarterly")]),
        (
            "báo cáo 6 tháng trước ngày 15/6; báo cáo năm trước ngày 15/12",
            [
                ("periodic", "yearly, before 15 June"),
                ("periodic", "yearly, before 15 December"),
            ],
        ),
        ("Hoàn thành việc chi trả trước Tết Nguyên đán.", [("upon_event", "None")]),
        ("Tư vấn tâm lý (Sở Y tế chủ trì, phối hợp Sở Giáo dục; Quý IV/2026)", [("quarter", "2026-12-31")]),
        ("Rà soát cửa hàng (Sở Văn hóa chủ trì; hằng quý).", [("periodic", "quarterly")]),
        ("Tuyên truyền (Báo chủ trì; thường xuyên).", [("ongoing", "None")]),
        ("báo cáo Chủ tịch UBND thành phố ngày 05/9/2026.", [("date", "2026-09-05")]),
        ("báo cáo trước 16 giờ hằng ngày.", [("periodic", "daily, before 16:00")]),
        (
            "Công khai kết quả xử lý trên cổng thông tin điện tử của đơn vị hằng tuần.",
            [("periodic", "weekly")],
        ),
        ("thực hiện thường xuyên trong suốt mùa khô.", [("ongoing", "None")]),
        ("giao ban 02 tuần/lần", [("periodic", "every 2 weeks")]),
        ("trước 25/9. 15 đơn vị", [("before_date", "2026-09-24")]),
        ("trong tháng 9, 10 đơn vị", [("month", "2026-09-30")]),
        ("đến hết năm 2026", [("year", "2026-12-31")]),
    ],
)
def test_every_deadline_is_found_the_one_that_counts_first(
    text: str, deadlines: list[tuple[str, str]]
) -> None:
    assert found(text) == deadlines


@pytest.mark.parametrize(
    "text",
    [
        "hồ sơ tiếp nhận từ ngày 01/10/2026 đến ngày 31/12/2026",
        "tồn đọng trong năm 2026",
        "các vi phạm xảy ra trước ngày 01/9/2026",
        "hoàn thành 5/10 nhiệm vụ",
        "không quá 2/3 thành viên",
        "đạt đến 9/10 tiêu chí",
        "thực hiện “Đề án chuyển đổi số đến hết năm 2030”",
        "Chiến lược đến năm 2030, tầm nhìn 2045",
        "báo cáo sơ kết 6 tháng đầu năm",
        "trong 5 ngày nghỉ lễ",
        "chủ trương di dời chợ tạm trước Tết Nguyên đán năm 2027",
        "gắn với kết quả đánh giá hằng năm",
        "thực hiện Kế hoạch chuyển đổi số 6 tháng cuối năm 2026",
        "hỗ trợ (03 đợt; mỗi đợt 5 hộ)",
        "trước ngày 10/8",
        "ngay sau khi các văn bản được cấp có thẩm quyền ban hành thì triển khai",
        "Tổ chức triển khai ngay khi các văn bản được ban hành",
    ],
)
def test_words_that_bound_papers_or_count_things_set_no_time(text: str) -> None:
    found_there = find_deadlines("Rà soát " + text, issued_on=FRIDAY)

    assert found_there == []


def test_a_day_without_a_year_that_is_long_over_is_next_years() -> None:
    deadline = find_deadline("trước ngày 10/02", issued_on=FRIDAY)

    assert deadline is not None
    assert (deadline.date, deadline.inferred) == (date(2027, 2, 9), True)


def test_a_city_may_read_before_a_day_as_including_it() -> None:
    deadline = find_deadline("trước ngày 25/9/2026", issued_on=FRIDAY, before=BeforeDay.INCLUSIVE)

    assert deadline is not None
    assert deadline.date == date(2026, 9, 25)


def test_calendar_days_that_end_on_a_day_of_rest_end_on_the_next_working_day() -> None:
    deadline = find_deadline("trong 8 ngày kể từ ngày ký", issued_on=FRIDAY, calendar=WorkingCalendar({}))

    assert deadline is not None
    assert (deadline.date, deadline.inferred) == (date(2026, 8, 24), False)
