"""The registry and the calendar in the database: whole files, loaded again, changed, ended."""

from datetime import date

import pytest
from sqlalchemy import Engine, delete, func, insert, select
from sqlalchemy.orm import Session

from engine.database import reading
from processes.calendar.store import ensure_calendar, load_calendar
from processes.calendar.tables import CalendarDay
from processes.database import Base
from processes.samples import sample_registry
from processes.units.registry import Recipient, Unit, UnitRegistry
from processes.units.store import Saved, load_registry, save_units
from processes.units.units_csv import read_units_csv


def unit(code: str, name: str, **values: object) -> Unit:
    """A valid unit in one line."""
    given = {"name_en": "", "kind": "commune", "group": "", "short_name": "", **values}
    return Unit(code=code, name=name, **given)  # type: ignore[arg-type]


@pytest.fixture
def stored(database: Engine) -> Engine:
    """A database with the tables and nothing in them."""
    Base.metadata.create_all(database)
    return database


def save(database: Engine, *units: Unit) -> Saved:
    with Session(database) as session, session.begin():
        return save_units(session, units)


def load(database: Engine) -> UnitRegistry:
    with reading(database) as connection:
        return load_registry(connection)


def test_a_registry_comes_back_as_it_was_saved(stored: Engine) -> None:
    units = (
        *read_units_csv(sample_registry()),
        unit(
            "Z",
            "UBND xã Zét",
            valid_from=date(2025, 7, 1),
            valid_to=date(2026, 4, 29),
            recipient=Recipient.NO,
        ),
    )
    assert save(stored, *units) == Saved(added=len(units), changed=0, unchanged=0, missing=())
    assert load(stored).units == units


def test_the_same_file_again_changes_nothing(stored: Engine) -> None:
    units = read_units_csv(sample_registry())
    save(stored, *units)
    assert save(stored, *units) == Saved(added=0, changed=0, unchanged=len(units), missing=())
    assert load(stored).units == units


def test_a_changed_unit_is_updated_and_a_moved_one_only_moves(stored: Engine) -> None:
    one, two, three = unit("A", "Xã An"), unit("B", "Xã Bình"), unit("C", "Xã Cát")
    save(stored, one, two, three)
    renamed = unit("B", "Xã Bình Minh", aliases=("Xã Bình", "Bình"), recipient=Recipient.OPT_IN)
    assert save(stored, three, renamed, one) == Saved(added=0, changed=1, unchanged=2, missing=())
    assert load(stored).units == (three, renamed, one)


def test_a_unit_that_the_file_no_longer_names_is_kept_and_reported(stored: Engine) -> None:
    one, two, three = unit("A", "Xã An"), unit("B", "Xã Bình"), unit("C", "Xã Cát")
    save(stored, one, two)
    assert save(stored, one, three) == Saved(added=1, changed=0, unchanged=1, missing=("B",))
    assert set(load(stored).units) == {one, two, three}


def test_a_new_period_ends_the_one_it_begins_in(stored: Engine) -> None:
    save(stored, unit("A", "UBND xã An"))
    ward = unit("A", "UBND phường An", kind="ward", valid_from=date(2026, 4, 30))
    assert save(stored, ward) == Saved(added=1, changed=1, unchanged=0, missing=())
    registry = load(stored)
    assert [found.name for found in registry.at(date(2026, 4, 29)).units] == ["UBND xã An"]
    assert registry.at(date(2026, 4, 30)).units == (ward,)
    assert save(stored, ward) == Saved(added=0, changed=0, unchanged=1, missing=())
    assert load(stored) == registry


def test_the_newest_period_of_a_unit_comes_last_wherever_the_file_has_it(stored: Engine) -> None:
    other, commune = unit("B", "Xã Bình"), unit("A", "Xã An", valid_to=date(2026, 4, 29))
    ward = unit("A", "Phường An", kind="ward", valid_from=date(2026, 4, 30))
    save(stored, ward, other, commune)
    assert load(stored).units == (commune, ward, other)


def test_a_corrected_beginning_replaces_the_period_that_has_no_day_left(stored: Engine) -> None:
    save(stored, unit("A", "Xã An", valid_from=date(2026, 7, 1)))
    earlier = unit("A", "Xã An", valid_from=date(2025, 7, 1))
    save(stored, earlier)
    assert load(stored).units == (earlier,)


def test_what_is_rolled_back_leaves_the_registry_as_it_was(stored: Engine) -> None:
    save(stored, unit("A", "Xã An"))
    with Session(stored) as session:
        save_units(session, [unit("A", "Xã Khác"), unit("B", "Xã Bình")])
        session.rollback()
    assert load(stored).units == (unit("A", "Xã An"),)


def test_an_empty_calendar_is_filled_once_with_the_days_of_the_law(stored: Engine) -> None:
    ensure_calendar(stored)
    ensure_calendar(stored)
    with reading(stored) as connection:
        count = connection.scalar(select(func.count()).select_from(CalendarDay))
        calendar = load_calendar(connection)
    assert count == 44
    assert not calendar.is_working_day(date(2026, 1, 2))
    assert calendar.is_working_day(date(2026, 1, 10))


def test_a_calendar_that_was_edited_is_left_alone_and_read_as_edited(stored: Engine) -> None:
    ensure_calendar(stored)
    with stored.begin() as connection:
        connection.execute(delete(CalendarDay).where(CalendarDay.day == date(2027, 9, 3)))
        connection.execute(
            insert(CalendarDay).values(day=date(2026, 8, 14), kind="off", name="Nghỉ bão", source="Sở Nội vụ")
        )
    ensure_calendar(stored)
    with reading(stored) as connection:
        calendar = load_calendar(connection)
    assert calendar.is_working_day(date(2027, 9, 3))
    assert not calendar.is_working_day(date(2026, 8, 14))
