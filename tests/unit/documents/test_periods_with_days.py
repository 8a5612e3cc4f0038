"""Periods that name their days, events that something precedes or follows, days of today: as reports word them."""

from datetime import date

import pytest

from processes.documents.deadlines import deadline_of_cell, find_deadlines

FRIDAY = date(2026, 7, 10)


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("Định kỳ ngày 05 và ngày 20 hằng tháng báo cáo", ["monthly, by days 5 and 20"]),
        ("Gửi báo cáo vào ngày 15 và 30 hằng tháng", ["monthly, by days 15 and 30"]),
        ("Báo cáo hằng tháng trước ngày 25.", ["monthly, before day 25"]),
        ("Tổng hợp báo cáo UBND thành phố trước 16 giờ hằng ngày.", ["daily, before 16:00"]),
        (
            "báo cáo 6 tháng (trước ngày 10/6), năm (trước ngày 10/12)",
            ["yearly, before 10 June and 10 December"],
        ),
        (
            "Định kỳ 6 tháng, năm báo cáo về Sở Nội vụ (trước ngày 10/6 và 10/12).",
            ["yearly, before 10 June and 10 December"],
        ),
        (
            "Báo cáo định kỳ 6 tháng trước ngày 15/6 và năm trước ngày 15/12.",
            ["yearly, before 15 June and 15 December"],
        ),
        ("Hằng quý, Đảng ủy xã báo cáo kết quả thực hiện.", ["quarterly"]),
        (
            "Báo cáo trước ngày 05 của tháng đầu quý sau.",
            ["quarterly, before day 5 of the next quarter"],
        ),
    ],
)
def test_a_period_keeps_its_days(text: str, rules: list[str]) -> None:
    found = find_deadlines(text, issued_on=FRIDAY)
    assert [(each.kind, each.rrule, each.date) for each in found] == [
        ("periodic", rule, None) for rule in rules
    ]


def test_half_years_with_their_years_are_days() -> None:
    text = "Báo cáo 6 tháng (trước ngày 10/12/2026), năm (trước ngày 10/6/2027)"
    assert [str(each.date) for each in find_deadlines(text, issued_on=FRIDAY)] == ["2026-12-09", "2027-06-09"]


def test_an_exception_counts_after_what_it_is_one_from() -> None:
    text = "Báo cáo trước ngày 25 hằng tháng (riêng tháng 12 báo cáo trước ngày 15/12)."
    assert [each.kind for each in find_deadlines(text, issued_on=FRIDAY)] == ["periodic", "before_date"]


def test_today_at_an_hour_is_a_moment() -> None:
    (found,) = find_deadlines("Báo cáo trước 18 giờ 00 hôm nay (10/7/2026).", issued_on=FRIDAY)
    assert (found.kind, found.to_json()["date"]) == ("datetime", "2026-07-10T18:00:00+07:00")
    (bare,) = find_deadlines("Báo cáo trước 18h00 ngày hôm nay.", issued_on=FRIDAY)
    assert (bare.date, bare.inferred) == (FRIDAY, True)


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Hoàn thành trước khi khai giảng năm học", "trước khi khai giảng năm học"),
        ("Báo cáo ngay sau khi kết thúc đợt kiểm tra.", "ngay sau khi kết thúc đợt kiểm tra"),
        ("Gửi hồ sơ trước ngày kiểm tra 03 ngày làm việc.", "trước ngày kiểm tra 03 ngày làm việc"),
    ],
)
def test_an_event_is_quoted(text: str, event: str) -> None:
    assert [(each.kind, each.event) for each in find_deadlines(text, issued_on=FRIDAY)] == [
        ("upon_event", event)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Bảo đảm ngay sau khi các văn bản được ban hành có thể triển khai đồng bộ.",
        "Báo cáo UBND thành phố trước khi thực hiện.",
        "Số liệu tính đến 30/11/2026.",
        "Trình báo cáo kết quả tháng 11/2026.",
        "Hội Nông dân (sau đây gọi tắt là Hội) rà soát.",
        "Sửa đổi Điều lệ (theo quy định tại khoản 7 Điều 18) của Hội.",
        "Ban Chấp hành nhiệm kỳ (2024-2029) rà soát.",
        "Huy động vốn (từ các tổ chức quốc tế).",
        "Thực hiện Luật (ngày 28/5/2015) của Quốc hội.",
    ],
)
def test_what_only_follows_an_event_or_names_a_period_sets_no_time(text: str) -> None:
    assert find_deadlines(text, issued_on=FRIDAY) == []


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Hoàn thành 9/2026.", ["2026-09-30"]),
        ("Trình UBND thành phố trước 30/9/2026; trình HĐND tháng 11/2026.", ["2026-09-29", "2026-11-30"]),
        ("Hoàn thành trong Quý III/2026 - Quý II/2027.", ["2027-06-30"]),
    ],
)
def test_months_and_quarters_end(text: str, days: list[str]) -> None:
    assert [str(each.date) for each in find_deadlines(text, issued_on=FRIDAY)] == days


@pytest.mark.parametrize(
    ("cell", "kind", "day"),
    [
        ("8/2026", "month", "2026-08-31"),
        ("T9/2026", "month", "2026-09-30"),
        ("2026-2027", "year", "2027-12-31"),
        ("Giai đoạn 2026-2030", "year", "2030-12-31"),
        ("Quý III/2026 - Quý II/2027", "quarter", "2027-06-30"),
        ("Sau khi có hướng dẫn của Trung ương", "upon_event", "None"),
        ("2026 và các năm tiếp theo", "ongoing", "None"),
        ("20 giờ", "none", "None"),
        ("08h20 - 08h30", "none", "None"),
        ("Từ tháng 8/2026", "ongoing", "None"),
        ("Từ 15/8/2026", "ongoing", "None"),
        ("48 giờ", "relative_days", "2026-07-12"),
    ],
)
def test_bare_cells_say_their_time(cell: str, kind: str, day: str) -> None:
    found = deadline_of_cell(cell, issued_on=FRIDAY)
    assert (found.kind, str(found.date)) == (kind, day)


def test_a_column_of_bounds_makes_bounds_of_its_days() -> None:
    bound = deadline_of_cell("30/9/2026", heading="Hoàn thành trước", issued_on=FRIDAY)
    assert (bound.kind, bound.date) == ("before_date", date(2026, 9, 29))
    stored = deadline_of_cell("30/9/2026", value=date(2026, 9, 30), heading="Hoàn thành trước ngày")
    assert (stored.kind, stored.date) == ("before_date", date(2026, 9, 29))
    assert deadline_of_cell("Quý IV/2026", heading="Hoàn thành trước").kind == "quarter"


def test_hearing_reports_each_month_is_no_date_for_one() -> None:
    assert not find_deadlines("Chỉ đạo; mỗi tháng dành ít nhất một buổi nghe báo cáo và tháo gỡ khó khăn.")
