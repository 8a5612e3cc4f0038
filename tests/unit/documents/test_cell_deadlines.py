"""Deadlines of table cells, where bare words stand for a time: the wordings of real plans (DOMAIN §2.2)."""

from datetime import date, datetime

import pytest

from processes.calendar.working_days import DayKind, WorkingCalendar
from processes.documents.deadlines import BeforeDay, Deadline, deadline_of_cell, deadlines_of_cell

ISSUED = date(2026, 2, 13)
CALENDAR = WorkingCalendar({})


def of_cell(text: str, **given: object) -> Deadline:
    return deadline_of_cell(text, issued_on=ISSUED, calendar=CALENDAR, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cell", "kind", "day", "inferred"),
    [
        ("Quý III/2026", "quarter", "2026-09-30", False),
        ("Quý I, II/2026", "quarter", "2026-06-30", False),
        ("Quý II-III/2026", "quarter", "2026-09-30", False),
        ("Quý IV/2026 - Quý I/2027", "quarter", "2027-03-31", False),
        ("Qúy 2", "quarter", "2026-06-30", True),
        ("QIII/2026", "quarter", "2026-09-30", False),
        ("Quý X/2026", "quarter", None, False),
        ("Q.III/2026", "quarter", "2026-09-30", False),
        ("III/2026", "quarter", "2026-09-30", False),
        ("Đầu quý IV/2026", "quarter", "2026-10-31", True),
        ("Giữa năm 2026", "quarter", "2026-06-30", True),
        ("Đến 2030", "year", "2030-12-31", False),
        ("Không thời hạn", "ongoing", None, False),
        ("Tháng 9/2026", "month", "2026-09-30", False),
        ("T9/2026", "month", "2026-09-30", False),
        ("9/2026", "month", "2026-09-30", False),
        ("Trong tháng 01/2026", "month", "2026-01-31", False),
        ("Tháng 8-10/2026", "month", "2026-10-31", False),
        ("Trước tháng 10/2026", "month", "2026-09-30", False),
        ("cuối tháng 9", "month", "2026-09-30", True),
        ("Trung tuần tháng 9/2026", "month", "2026-09-20", True),
        ("6 tháng đầu năm", "month", "2026-06-30", True),
        ("6 tháng cuối năm 2026", "month", "2026-12-31", False),
        ("tuần 2 tháng 8", "week", "2026-08-14", True),
        ("Tuần cuối tháng 8/2026", "week", "2026-08-31", True),
        ("trong tuần này", "week", "2026-02-15", True),
        ("Tuần 34/2026", "week", "2026-08-23", False),
        ("Năm 2026", "year", "2026-12-31", False),
        ("2026", "year", "2026-12-31", False),
        ("2026-2027", "year", "2027-12-31", False),
        ("giai đoạn 2026 – 2030", "year", "2030-12-31", False),
        ("Trong năm", "year", "2026-12-31", True),
        ("30/9/2026", "date", "2026-09-30", False),
        ("30/9/26", "date", "2026-09-30", False),
        ("31/01/2026", "date", "2026-01-31", False),
        ("2026-09-30", "date", "2026-09-30", False),
        ("15/8-30/9/2026", "date", "2026-09-30", False),
        ("Từ 15/8/2026 đến 30/9/2026", "date", "2026-09-30", False),
        ("Ngày 05-06/9/2026", "date", "2026-09-06", False),
        ("đến hết 31/12/2026", "date", "2026-12-31", False),
        ("Trước 25/9", "before_date", "2026-09-24", True),
        ("Hoàn thành trước 30/6", "before_date", "2026-06-29", True),
        ("16 giờ 00 ngày 14/8/2026", "datetime", "2026-08-14T16:00:00+07:00", False),
        ("Trước 16h30, thứ Sáu (ngày 21/8/2026)", "datetime", "2026-08-21T16:30:00+07:00", False),
        ("Thường xuyên", "ongoing", None, False),
        ("Thường xuyên, liên tục", "ongoing", None, False),
        ("Từ tháng 3/2026", "ongoing", None, False),
        ("Hằng năm", "periodic", None, False),
        ("Định kỳ", "periodic", None, False),
        ("Theo tiến độ của Trung ương", "upon_event", None, False),
        ("Theo yêu cầu", "upon_event", None, False),
        ("Sau khi Đề án được ban hành", "upon_event", None, False),
        ("10 ngày làm việc sau khi Nghị quyết được thông qua", "upon_event", None, False),
        ("Chi tiết tại các nhiệm vụ con", "see_children", None, False),
        ("Theo từng nhiệm vụ cụ thể", "see_children", None, False),
        ("", "none", None, False),
        ("-", "none", None, False),
        ("…", "none", None, False),
        ("Không", "none", None, False),
        ("Lãnh đạo Sở", "none", None, False),
    ],
)
def test_a_cell_is_read_as_a_whole(cell: str, kind: str, day: str | None, inferred: bool) -> None:
    found = of_cell(cell).to_json()

    assert (found["kind"], found["date"], found["inferred"]) == (kind, day, inferred)


def test_two_deadlines_in_one_cell_are_both_kept() -> None:
    found = deadlines_of_cell("Tháng 6/2026 (dự thảo);\nQuý III/2026 (ban hành)", issued_on=ISSUED)

    assert [(each.kind, str(each.date)) for each in found] == [
        ("month", "2026-06-30"),
        ("quarter", "2026-09-30"),
    ]


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ("Tháng 12 hằng năm", "yearly, in December"),
        ("Quý I hàng năm", "yearly, in quarter I"),
        ("Hàng quý (trước ngày 15 tháng cuối quý)", "quarterly, before day 15 of the last month"),
    ],
)
def test_a_period_is_said_once_with_its_day(cell: str, rule: str) -> None:
    assert [each.rrule for each in deadlines_of_cell(cell, issued_on=ISSUED)] == [rule]


def test_a_deadline_beside_continuous_work_comes_first() -> None:
    found = deadlines_of_cell("Thường xuyên; báo cáo trước 15/12/2026", issued_on=ISSUED)

    assert [each.kind for each in found] == ["before_date", "ongoing"]


def test_what_an_event_has_to_be_is_kept_in_its_words() -> None:
    deadline = of_cell("10 ngày làm việc sau khi Nghị quyết được thông qua")

    assert (deadline.days, deadline.event) == (10, "sau khi Nghị quyết được thông qua")


@pytest.mark.parametrize(
    ("heading", "cell", "kind", "days", "day"),
    [
        ("Số ngày dự kiến", "5", "relative_days", 5, date(2026, 2, 18)),
        ("Số ngày làm việc", "5", "working_days", 5, None),
        ("Thời hạn (Quý)", "III", "quarter", None, date(2026, 9, 30)),
        ("Tháng", "9", "month", None, date(2026, 9, 30)),
        ("Thời hạn", "9", "none", None, None),
    ],
)
def test_the_heading_says_what_a_bare_number_is(
    heading: str, cell: str, kind: str, days: int | None, day: date | None
) -> None:
    deadline = of_cell(cell, heading=heading)

    assert (deadline.kind, deadline.days, deadline.date) == (kind, days, day)


def test_a_date_that_the_workbook_stores_is_the_deadline() -> None:
    assert of_cell("30/09/2026", value=datetime(2026, 9, 30)).date == date(2026, 9, 30)  # noqa: DTZ001
    assert of_cell("46295").date == date(2026, 9, 30)


def test_a_stored_date_with_day_and_month_exchanged_is_doubtful_and_stays() -> None:
    deadline = of_cell("", value=date(2026, 1, 9))

    assert (deadline.date, deadline.doubt) == (date(2026, 1, 9), "day_month_swapped")
    assert of_cell("", value=date(2026, 9, 1)).doubt is None
    assert of_cell("", value=date(2026, 1, 30)).doubt is None


def test_the_year_of_the_table_holds_whatever_day_its_letter_has() -> None:
    issued_on = date(2025, 12, 25)

    assert deadline_of_cell("Tháng 12", issued_on=issued_on, year=2026).date == date(2026, 12, 31)
    assert deadline_of_cell("Quý I", issued_on=issued_on).date == date(2026, 3, 31)


def test_a_city_may_read_before_a_day_as_including_it() -> None:
    assert of_cell("Trước 25/9/2026", before=BeforeDay.INCLUSIVE).date == date(2026, 9, 25)
    assert of_cell("Trước tháng 10/2026", before=BeforeDay.INCLUSIVE).date == date(2026, 10, 31)


def test_reminders_of_a_period_go_by_its_last_working_day() -> None:
    calendar = WorkingCalendar({date(2026, 12, 31): DayKind.OFF})

    assert of_cell("Tháng 5/2026").remind_on(calendar) == date(2026, 5, 29)
    assert of_cell("Quý IV/2026").remind_on(calendar) == date(2026, 12, 30)
    assert of_cell("31/5/2026").remind_on(calendar) == date(2026, 5, 31)
    assert of_cell("Thường xuyên").remind_on(calendar) is None
