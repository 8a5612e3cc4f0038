"""Working days as DOMAIN §4 counts them."""

import csv
from datetime import date, time
from importlib.resources import files

import pytest

from engine import clock
from processes.calendar.working_days import DayKind, WorkingCalendar
from tests.conftest import SHARED


def delivered() -> dict[date, DayKind]:
    text = (files("processes.calendar") / "data" / "calendar-vn.csv").read_text(encoding="utf-8")
    return {
        date.fromisoformat(row["date"]): DayKind(row["kind"]) for row in csv.DictReader(text.splitlines())
    }


CALENDAR = WorkingCalendar(delivered())


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-01-02", False),  # swapped
        ("2026-01-10", True),  # the Saturday worked for it
        ("2026-08-22", True),
        ("2026-08-31", False),
        ("2026-11-24", False),  # Ngày Văn hóa Việt Nam
        ("2026-11-23", True),
        ("2026-11-21", False),  # a Saturday
    ],
)
def test_4_rule_6_makeup_days_first_then_days_off_then_the_weekday(day: str, works: bool) -> None:
    assert CALENDAR.is_working_day(date.fromisoformat(day)) is works


def test_4_rule_1_day_one_is_the_next_working_day() -> None:
    assert CALENDAR.add_working_days(date(2026, 6, 12), 1) == date(2026, 6, 15)  # over a weekend
    assert CALENDAR.add_working_days(date(2026, 6, 13), 1) == date(2026, 6, 15)
    assert CALENDAR.add_working_days(date(2026, 8, 28), 1) == date(2026, 9, 3)  # over Quốc khánh
    assert CALENDAR.add_working_days(date(2026, 8, 21), 1) == date(2026, 8, 22)  # a make-up Saturday
    assert CALENDAR.add_working_days(date(2026, 6, 15), -1) == date(2026, 6, 12)
    assert CALENDAR.add_working_days(date(2026, 6, 13), 0) == date(2026, 6, 13)


def test_4_rule_1_the_last_day_ends_at_17_00_in_the_business_zone() -> None:
    assert clock.to_text(CALENDAR.end_of_working_day(date(2026, 6, 15))) == "2026-06-15T10:00:00.000000Z"
    assert clock.to_text(CALENDAR.at_hour(date(2026, 6, 15), time(8))) == "2026-06-15T01:00:00.000000Z"


def test_4_rule_2_calendar_days_end_on_a_working_day() -> None:
    assert CALENDAR.add_calendar_days(date(2026, 6, 12), 30) == date(2026, 7, 13)  # 12/7 is a Sunday
    assert CALENDAR.add_calendar_days(date(2026, 8, 1), 31) == date(2026, 9, 3)


def test_working_days_between_counts_the_end_and_not_the_start() -> None:
    assert CALENDAR.working_days_between(date(2026, 6, 12), date(2026, 6, 12)) == 0
    assert CALENDAR.working_days_between(date(2026, 6, 12), date(2026, 6, 15)) == 1
    assert CALENDAR.working_days_between(date(2026, 6, 15), date(2026, 6, 12)) == -1
    assert CALENDAR.working_days_between(date(2026, 8, 28), date(2026, 9, 4)) == 2


def test_the_delivered_days_are_those_of_the_reference() -> None:
    reference = SHARED / "data" / "calendar-vn.csv"
    if not reference.exists():
        pytest.skip("the reference calendar is not beside the project")
    with reference.open(encoding="utf-8") as file:
        expected = {date.fromisoformat(row["date"]): DayKind(row["kind"]) for row in csv.DictReader(file)}
    assert delivered() == expected
