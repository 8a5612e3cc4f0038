"""Groups that an office defines: from day to day, with a trail; refused where their words mean something else."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import Actor
from engine.database import reading
from engine.errors import NotAuthorised
from engine.ids import new_id
from processes.samples import sample_registry
from processes.schema import all_metadata
from processes.units import trail
from processes.units.group_acts import UnitGroupRefused, close_group, define_group
from processes.units.office_groups import OfficeGroup
from processes.units.registry import UnitRegistry
from processes.units.store import load_registry, save_units
from processes.units.units_csv import read_units_csv

CHIEF = Actor(key="u:chief", permissions=frozenset({"unit:manage"}))
SUMMER = date(2026, 7, 1)
LOAN = OfficeGroup(
    code="TD", name="Đơn vị trọng điểm", wordings=("đơn vị trọng điểm về cải cách hành chính",),
    members=("SNV", "STC"), valid_from=date(2026, 1, 1),
)  # fmt: skip


@pytest.fixture(autouse=True)
def _july() -> Iterator[None]:
    with clock.frozen_at(datetime(2026, 7, 6, 2, tzinfo=UTC)):
        yield


@pytest.fixture
def stored(database: Engine) -> Engine:
    """The registry of the invented city."""
    all_metadata().create_all(database)
    with Session(database) as session, session.begin():
        save_units(session, read_units_csv(sample_registry()))
    return database


def define(database: Engine, group: OfficeGroup, by: Actor = CHIEF, **values: str) -> None:
    given = {"source": "Quyết định 5", "reason": "Theo dõi riêng", **values}
    with Session(database) as session, session.begin():
        define_group(session, group, request_id=new_id(), by=by, **given)


def registry_of(database: Engine) -> UnitRegistry:
    with reading(database) as connection:
        return load_registry(connection)


def named(database: Engine, text: str, day: date) -> list[str]:
    return [unit.code for unit in registry_of(database).resolve(text, on=day)]


def test_a_group_is_recognised_by_its_wordings_while_it_holds(stored: Engine) -> None:
    define(stored, LOAN)
    define(stored, replace(LOAN, members=("SNV", "STC", "SXD"), valid_from=SUMMER))
    wording = "Thủ trưởng các đơn vị trọng điểm về cải cách hành chính"
    assert named(stored, wording, date(2026, 6, 30)) == ["SNV", "STC"]
    assert set(named(stored, "các đơn vị trọng điểm", SUMMER)) == {"SNV", "STC", "SXD"}
    with Session(stored) as session, session.begin():
        close_group(
            session, "TD", last_day=date(2026, 9, 30), request_id=new_id(), source="Quyết định 6", reason="Hết",
            by=CHIEF,
        )  # fmt: skip
    assert registry_of(stored).office_group(wording, date(2026, 10, 1)) is None
    with reading(stored) as connection:
        told = trail.recorded(connection)
    assert {each.kind for each in told} == {"group"}
    assert len(told) == 3


def test_a_group_by_kind_holds_who_is_addressed_with_its_kind(stored: Engine) -> None:
    define(stored, replace(LOAN, code="NP", name="Khối ngành dọc và phường", wordings=(), members=(),
                           kinds=frozenset({"vertical", "ward"})))  # fmt: skip
    assert len(named(stored, "khối ngành dọc và phường", SUMMER)) == 37


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        (replace(LOAN, code=""), "cannot be the code"),
        (replace(LOAN, name="Các"), "has no name"),
        (replace(LOAN, members=()), "no members"),
        (replace(LOAN, members=("SNV", "X")), "unit 'X' does not exist"),
        (replace(LOAN, kinds=frozenset({"town"})), "kind 'town'"),
        (replace(LOAN, name="Các sở, ban, ngành"), "every letter may address"),
        (replace(LOAN, wordings=("Sở Nội vụ",)), "name of a unit"),
        (replace(LOAN, valid_to=date(2025, 1, 1)), "before it begins"),
    ],
)
def test_what_a_group_cannot_be_is_refused(stored: Engine, wrong: OfficeGroup, problem: str) -> None:
    with pytest.raises(UnitGroupRefused) as refused:
        define(stored, wrong)
    assert problem in str(refused.value.params["problems"])
    assert registry_of(stored).office_groups == ()


def test_others_names_no_source_and_no_right_are_refused(stored: Engine) -> None:
    define(stored, LOAN)
    for group, values, error in (
        (replace(LOAN, code="T2"), {}, UnitGroupRefused),
        (LOAN, {"source": " "}, UnitGroupRefused),
        (LOAN, {"reason": ""}, UnitGroupRefused),
    ):
        with pytest.raises(error):
            define(stored, group, **values)
    with pytest.raises(NotAuthorised):
        define(stored, LOAN, Actor(key="u:head"))
    with pytest.raises(UnitGroupRefused), Session(stored) as session:
        close_group(
            session, "XX", last_day=SUMMER, request_id=new_id(), source="Quyết định 6", reason="Hết", by=CHIEF
        )
