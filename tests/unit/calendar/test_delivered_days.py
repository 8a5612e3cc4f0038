"""The calendar that comes with the product against the table of DOMAIN §4, row by row."""

from datetime import date, timedelta
from importlib.resources import files

import pytest

from processes.calendar.calendar_csv import NamedDay, read_calendar_csv
from processes.calendar.working_days import DayKind, WorkingCalendar

DAYS = read_calendar_csv((files("processes.calendar") / "data" / "calendar-vn.csv").read_bytes()).days
CALENDAR = WorkingCalendar({each.day: each.kind for each in DAYS})

#: Days off from Monday to Friday, by year, as day/month.
OFF = {
    2025: "1/1 27/1 28/1 29/1 30/1 31/1 7/4 30/4 1/5 2/5 1/9 2/9",
    2026: "1/1 2/1 16/2 17/2 18/2 19/2 20/2 27/4 30/4 1/5 31/8 1/9 2/9 24/11",
    2027: "1/1 4/2 5/2 8/2 9/2 10/2 16/4 30/4 3/5 2/9 3/9 24/11",
}
MAKE_UP = {2025: "26/4", 2026: "10/1 22/8", 2027: ""}
SWAPS = {"2025-05-02": "2025-04-26", "2026-01-02": "2026-01-10", "2026-08-31": "2026-08-22"}


def days(year: int, written: str) -> set[date]:
    return {date(year, int(part.split("/")[1]), int(part.split("/")[0])) for part in written.split()}


def of_year(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


@pytest.mark.parametrize("year", [2025, 2026, 2027])
def test_4_offices_are_closed_from_monday_to_friday_on_these_days_only(year: int) -> None:
    closed = {day for day in of_year(year) if day.weekday() < 5 and not CALENDAR.is_working_day(day)}
    assert closed == days(year, OFF[year])


@pytest.mark.parametrize("year", [2025, 2026, 2027])
def test_4_offices_work_on_these_saturdays_and_sundays_only(year: int) -> None:
    worked = {day for day in of_year(year) if day.weekday() >= 5 and CALENDAR.is_working_day(day)}
    assert worked == days(year, MAKE_UP[year])


def test_4_what_is_not_decided_is_marked_provisional() -> None:
    assert {each.day.year for each in DAYS if each.provisional} == {2027}
    assert all(each.provisional for each in DAYS if each.day.year == 2027)


def test_4_a_swapped_day_names_its_make_up_workday_and_back() -> None:
    paired = {each.day: each.paired_with for each in DAYS if each.paired_with is not None}
    wanted = {date.fromisoformat(one): date.fromisoformat(other) for one, other in SWAPS.items()}
    assert paired == wanted | {other: one for one, other in wanted.items()}
    assert {each.day for each in DAYS if each.kind is DayKind.MAKEUP_WORKDAY} == set(wanted.values())


def test_every_day_has_a_name_and_a_source() -> None:
    assert all(isinstance(each, NamedDay) and each.name and each.source for each in DAYS)
