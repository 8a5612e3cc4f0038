"""Deadlines as directives word them, and what the planning of assignments makes of them."""

from datetime import date

import pytest

from processes.calendar.working_days import WorkingCalendar
from processes.directives.deadlines import FROM_DOCUMENT, DefaultDeadlines, plan_deadline
from processes.documents.deadlines import find_deadline

FRIDAY = date(2026, 8, 14)


@pytest.mark.parametrize(
    ("wording", "kind", "day", "inferred"),
    [
        ("gửi về Sở Nội vụ trước ngày 30/9/2026.", "before_date", "2026-09-29", False),
        ("trước ngày 05 tháng 9 năm 2026", "before_date", "2026-09-04", False),
        ("chậm nhất trước ngày 5/9/2026", "before_date", "2026-09-04", False),
        ("trước 25/9", "before_date", "2026-09-24", True),
        ("trước ngày 10/02", "before_date", "2027-02-09", True),
        ("chậm nhất ngày 15/10/2026", "date", "2026-10-15", False),
        ("chậm nhất là ngày 5/9/2026", "date", "2026-09-05", False),
        ("đến hết ngày 31/12/2026", "date", "2026-12-31", False),
        ("hoàn thành trong tháng 10/2026", "month", "2026-10-31", False),
        ("trong tháng 02/2028", "month", "2028-02-29", False),
        ("trong tháng 9", "month", "2026-09-30", True),
        ("trong Quý II/2026", "quarter", "2026-06-30", False),
        ("trong quý IV năm 2026", "quarter", "2026-12-31", False),
        ("trong năm 2027", "year", "2027-12-31", False),
        ("báo cáo trong tuần này", "week", "2026-08-16", True),
        ("chậm nhất là 16 giờ 00 ngày 20/8/2026", "datetime", "2026-08-20T16:00:00+07:00", False),
        ("phấn đấu đến ngày 31/12/2026 đạt 98%", "date", "2026-12-31", False),
        ("hồ sơ đã quá hạn chậm nhất ngày 15/10/2026", "date", "2026-10-15", False),
        ("Trước ngày 15 hằng tháng, báo cáo", "periodic", None, False),
        ("báo cáo trước ngày 20 tháng cuối quý", "periodic", None, False),
        ("nộp lại giấy tờ; thực hiện thường xuyên.", "ongoing", None, False),
        ("trong vòng 10 ngày", "relative_days", "2026-08-24", True),
        ("trong thời hạn 5 ngày làm việc", "working_days", None, False),
        ("trong 10 ngày làm việc sau khi Nghị quyết có hiệu lực", "upon_event", None, False),
        ("báo cáo hằng tháng", "periodic", None, False),
        ("hàng quý báo cáo", "periodic", None, False),
        ("Thường xuyên", "ongoing", None, False),
    ],
)
def test_a_wording_gives_its_kind_and_last_day(
    wording: str, kind: str, day: str | None, inferred: bool
) -> None:
    deadline = find_deadline(wording, issued_on=FRIDAY)

    assert deadline is not None
    found = deadline.to_json()
    assert (found["kind"], found["date"], found["inferred"]) == (kind, day, inferred)
    assert found["text"] in wording


@pytest.mark.parametrize(
    "wording",
    [
        "Kế hoạch số 228/KH-UBND ngày 25/12/2025 về cải cách hành chính năm 2026",
        "đợt thi đua đặc biệt 500 ngày đêm",
        "khắc phục tồn tại qua kết quả chấm điểm hằng năm",
        "giai đoạn 2026 – 2030",
        "đúng thời hạn, công khai",
        "trước 31/2/2026",
        "trong tháng 13/2026",
        "trong năm 0000",
        "hồ sơ phát sinh trước ngày 30/9/2026",
        "số liệu tính đến ngày 30/9/2026",
        "hoàn thành trước ngày 01/7/2026",
    ],
)
def test_a_date_that_sets_no_time_is_no_deadline(wording: str) -> None:
    assert find_deadline(wording, issued_on=FRIDAY) is None


def test_a_day_without_a_year_stays_open_while_the_letter_has_none() -> None:
    deadline = find_deadline("trước 25/9")

    assert deadline is not None
    assert (deadline.date, deadline.inferred) == (None, True)


def test_the_year_of_a_letter_without_a_day_is_enough() -> None:
    deadline = find_deadline("trong tháng 9", year=2026)

    assert deadline is not None
    assert deadline.date == date(2026, 9, 30)


@pytest.mark.parametrize(
    ("wording", "day", "rule"),
    [
        ("chậm nhất ngày 15/10/2026", date(2026, 10, 15), "date"),
        ("trong tháng 10/2026", date(2026, 10, 31), "month"),
        ("trong 5 ngày làm việc", date(2026, 8, 21), "working_days"),
        ("cập nhật hằng tháng", None, "periodic"),
    ],
)
def test_what_is_read_is_what_is_planned(wording: str, day: date | None, rule: str) -> None:
    deadline = find_deadline(wording, issued_on=FRIDAY)
    assert deadline is not None

    planned = plan_deadline(
        deadline=deadline.to_json(),
        text=wording,
        urgency="normal",
        issued_on=FRIDAY,
        calendar=WorkingCalendar({}),
        defaults=DefaultDeadlines(),
    )
    assert (planned.on, planned.source, planned.rule) == (day, FROM_DOCUMENT, rule)


@pytest.mark.parametrize(
    ("wording", "rrule"),
    [
        ("Trước ngày 15 hằng tháng, báo cáo", "monthly, before day 15"),
        ("chậm nhất ngày 5 hàng tháng gửi báo cáo", "monthly, by day 5"),
        ("báo cáo trước ngày 20 tháng cuối quý", "quarterly, before day 20 of the last month"),
        ("cập nhật hằng tuần", "weekly"),
    ],
)
def test_a_period_is_kept_with_its_day(wording: str, rrule: str) -> None:
    deadline = find_deadline(wording, issued_on=FRIDAY)

    assert deadline is not None
    assert deadline.rrule == rrule


@pytest.mark.parametrize(
    ("wording", "anchor", "day"),
    [
        ("trong 05 ngày làm việc kể từ ngày ký ban hành Chỉ thị này", "issued_date", date(2026, 8, 21)),
        ("trong 05 ngày làm việc kể từ ngày nhận được văn bản này", "received_date", None),
        ("trong 05 ngày làm việc", None, None),
    ],
)
def test_working_days_count_from_the_letter_only_where_it_says_so(
    wording: str, anchor: str | None, day: date | None
) -> None:
    deadline = find_deadline(wording, issued_on=FRIDAY, calendar=WorkingCalendar({}))

    assert deadline is not None
    assert (deadline.kind, deadline.anchor, deadline.date) == ("working_days", anchor, day)
