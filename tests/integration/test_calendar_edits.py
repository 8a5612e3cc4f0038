"""The calendar changed by people: source and reason, swaps as pairs, hours from a day on, a trail that stays."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from engine import clock
from engine.actors import Actor
from engine.database import reading
from engine.errors import NotAuthorised
from processes.calendar import edit
from processes.calendar.calendar_csv import CalendarRefused, NamedDay, read_calendar_csv, write_calendar_csv
from processes.calendar.edit import CalendarChangeRefused, DayEdit
from processes.calendar.store import ensure_calendar, load_calendar, load_days
from processes.calendar.working_days import DayKind, WorkingCalendar, WorkingHours
from processes.schema import all_metadata

KEEPER = Actor(key="u:keeper", permissions=frozenset({"calendar:manage"}))
FRIDAY, SATURDAY = date(2026, 12, 31), date(2027, 1, 9)


@pytest.fixture(autouse=True)
def _december() -> Iterator[None]:
    with clock.frozen_at(datetime(2026, 12, 1, 2, tzinfo=UTC)):
        yield


@pytest.fixture
def kept(database: Engine) -> Engine:
    """The delivered calendar."""
    all_metadata().create_all(database)
    ensure_calendar(database)
    return database


def off(day: date = FRIDAY, **values: object) -> DayEdit:
    given = {"kind": DayKind.OFF, "name": "Nghỉ hoán đổi", "source": "Thông báo 9", **values}
    return DayEdit(day=day, **given)  # type: ignore[arg-type]


def change(database: Engine, wanted: DayEdit, reason: str = "Nghỉ liền kề", by: Actor = KEEPER) -> None:
    with database.begin() as connection:
        edit.edit_day(connection, wanted, reason=reason, by=by)


def calendar_of(database: Engine) -> WorkingCalendar:
    with reading(database) as connection:
        return load_calendar(connection)


def day_of(database: Engine, day: date) -> NamedDay | None:
    with reading(database) as connection:
        return next((each for each in load_days(connection) if each.day == day), None)


def trail_of(database: Engine) -> list[edit.RecordedChange]:
    with reading(database) as connection:
        return edit.history(connection)


def test_a_swap_changes_both_days_and_is_taken_back_with_both(kept: Engine) -> None:
    wanted = off(swapped_with=SATURDAY, swapped_name="Làm bù cho 31/12")
    with reading(kept) as connection:
        foreseen = edit.preview_day(connection, wanted)
    assert calendar_of(kept).is_working_day(FRIDAY)
    assert [each.day for each in foreseen.added] == [FRIDAY, SATURDAY]
    change(kept, wanted)
    assert not calendar_of(kept).is_working_day(FRIDAY)
    assert calendar_of(kept).is_working_day(SATURDAY)
    other = day_of(kept, SATURDAY)
    assert other is not None
    assert (other.name, other.paired_with, other.source) == ("Làm bù cho 31/12", FRIDAY, "Thông báo 9")
    change(kept, DayEdit(day=SATURDAY, kind=None, source="Thông báo 10"), "Thôi hoán đổi")
    assert calendar_of(kept).is_working_day(FRIDAY)
    assert not calendar_of(kept).is_working_day(SATURDAY)
    last, first = trail_of(kept)
    assert (last.kind, last.reason, last.changed_by) == ("remove", "Thôi hoán đổi", "u:keeper")
    assert [each["after"] for each in last.detail["days"]] == [None, None]
    assert first.detail["days"][0]["before"] is None
    assert first.changed_at == clock.now()


def test_another_make_up_day_releases_the_first(kept: Engine) -> None:
    change(kept, off(swapped_with=SATURDAY))
    change(kept, off(swapped_with=date(2027, 1, 16)))
    assert day_of(kept, SATURDAY) is None
    assert calendar_of(kept).is_working_day(date(2027, 1, 16))


def test_what_was_expected_becomes_decided(kept: Engine) -> None:
    expected = day_of(kept, date(2027, 2, 4))
    assert expected is not None
    assert expected.provisional
    change(kept, off(date(2027, 2, 4), name="Tết Nguyên đán", source="Thông báo 1/2027"))
    decided = day_of(kept, date(2027, 2, 4))
    assert decided is not None
    assert not decided.provisional
    assert trail_of(kept)[0].detail["days"][0]["before"]["provisional"]


@pytest.mark.parametrize(
    ("wanted", "problem"),
    [
        (off(name=" "), "the name has 0 characters"),
        (off(source=""), "the source has 0 characters"),
        (off(source="x" * 201), "the source has 201 characters"),
        (off(swapped_with=date(2027, 1, 8)), "is a Saturday or a Sunday"),
        (off(date(2026, 12, 26), swapped_with=SATURDAY), "one from Monday to Friday"),
        (off(kind=DayKind.MAKEUP_WORKDAY), "is a Saturday or a Sunday"),
        (off(date(2066, 1, 1)), "too far from today"),
        (DayEdit(day=FRIDAY, kind=None, source="x"), "an ordinary day already"),
        (
            off(date(2026, 11, 24), name="Ngày Văn hóa Việt Nam", source="Nghị quyết 28/2026/QH16"),
            "so already",
        ),
    ],
)
def test_what_the_calendar_cannot_take_is_refused(kept: Engine, wanted: DayEdit, problem: str) -> None:
    with pytest.raises(CalendarChangeRefused) as refused:
        change(kept, wanted)
    assert problem in str(refused.value.params["problems"])
    assert trail_of(kept) == []


def test_a_change_needs_a_reason_and_the_right(kept: Engine) -> None:
    with pytest.raises(CalendarChangeRefused, match="problems"):
        change(kept, off(), reason="  ")
    with pytest.raises(NotAuthorised):
        change(kept, off(), by=Actor(key="u:head"))
    assert calendar_of(kept).is_working_day(FRIDAY)


def test_working_hours_hold_from_their_day_on(kept: Engine) -> None:
    winter = WorkingHours(
        valid_from=date(2027, 1, 1), opens_at=time(7, 30), closes_at=time(16, 30), source="Quyết định 3"
    )
    with kept.begin() as connection:
        edit.set_hours(connection, winter, reason="Giờ mùa đông", by=KEEPER)
    calendar = calendar_of(kept)
    assert calendar.end_of_working_day(date(2026, 12, 31)) == calendar.at_hour(
        date(2026, 12, 31), time(17, 0)
    )
    assert calendar.end_of_working_day(date(2027, 1, 4)) == calendar.at_hour(date(2027, 1, 4), time(16, 30))
    (told,) = trail_of(kept)
    assert (told.kind, told.detail["hours"]["closes_at"]) == ("hours", "16:30")
    for wrong, problem in (
        (winter, "so already"),
        (WorkingHours(valid_from=FRIDAY, opens_at=time(9), closes_at=time(9), source="x"), "after they open"),
        (WorkingHours(valid_from=FRIDAY, opens_at=time(9), closes_at=time(18)), "source has 0"),
    ):
        with pytest.raises(CalendarChangeRefused) as refused, kept.begin() as connection:
            edit.set_hours(connection, wrong, reason="x", by=KEEPER)
        assert problem in str(refused.value.params["problems"])


@pytest.mark.parametrize(
    "statement", ["UPDATE calendar_change SET reason = 'x'", "DELETE FROM calendar_change"]
)
def test_the_trail_cannot_be_changed(kept: Engine, statement: str) -> None:
    change(kept, off())
    with pytest.raises(DBAPIError, match="append-only"), kept.begin() as connection:
        connection.execute(text(statement))


def test_an_export_loaded_again_changes_nothing(kept: Engine) -> None:
    change(kept, off(name="=1+1", swapped_with=SATURDAY))
    with reading(kept) as connection:
        days = load_days(connection)
    content = write_calendar_csv(days)
    assert b",=1+1" not in content
    file = read_calendar_csv(content)
    assert list(file.days) == days
    with kept.begin() as connection:
        assert edit.load_file(connection, file, source="x.csv", reason="x", by=KEEPER).is_none
    assert [each.kind for each in trail_of(kept)] == ["set"]


def test_a_file_without_the_newer_columns_leaves_them_as_they_are(kept: Engine) -> None:
    with reading(kept) as connection:
        days = [each for each in load_days(connection) if each.day.year == 2026]
    lines = [f'{each.day},{each.kind.value},{each.name},"{each.source}"' for each in days]
    file = read_calendar_csv("\n".join(["date,kind,name,source", *lines]).encode())
    assert file.columns == frozenset()
    with kept.begin() as connection:
        assert edit.preview_file(connection, file).is_none


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("2026-08-31,off,x,y,2026-08-22,", "is not the other day of the swap"),
        ("2026-08-31,off,x,y,22/8,", "no day written"),
        ("2026-08-31,off,x,y,,maybe", "neither yes nor empty"),
        ("2026-08-31,makeup_workday,x,y,,", "Saturday or a Sunday"),
    ],
)
def test_a_file_with_half_a_swap_is_refused(row: str, problem: str) -> None:
    with pytest.raises(CalendarRefused) as refused:
        read_calendar_csv(f"date,kind,name,source,paired_with,provisional\n{row}\n".encode())
    assert problem in str(refused.value.params["problems"])
