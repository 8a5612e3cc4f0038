"""Acts on units, files and groups in the database: written whole with their trail, or not at all."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import SYSTEM, Actor
from engine.database import reading
from engine.errors import NotAuthorised
from engine.ids import new_id
from processes.access.accounts import create_user, find_user
from processes.access.policy import Role
from processes.reorganisation.affected import PeopleRefused, affected_by, move_people
from processes.schema import all_metadata
from processes.units import trail
from processes.units.acts import ActKind, ActRefused, UnitAct, perform_act, preview_act
from processes.units.differences import Difference
from processes.units.loading import Loading, load_units, preview_load
from processes.units.office_groups import OfficeGroup
from processes.units.registry import Unit, UnitRegistry
from processes.units.store import end_group, load_registry, save_group, save_units
from processes.units.units_csv import load_units_csv, write_units_csv
from processes.units.units_rows import RegistryRefused

DAY = date(2026, 7, 1)
CHIEF = Actor(key="u:chief", permissions=frozenset({"unit:manage"}))


def unit(code: str, name: str, **values: object) -> Unit:
    given = {"name_en": "", "kind": "commune", "group": "", "short_name": "", **values}
    return Unit(code=code, name=name, **given)  # type: ignore[arg-type]


AN, BINH = unit("A", "UBND xã An", identifier="H19.40"), unit("B", "UBND xã Bình", parent="D")
DUONG = unit("D", "UBND phường Dương", kind="ward")
NEW = unit("N", "UBND xã An Bình")


@pytest.fixture(autouse=True)
def _july() -> Iterator[None]:
    with clock.frozen_at(datetime(2026, 7, 6, 2, tzinfo=UTC)):
        yield


@pytest.fixture
def stored(database: Engine) -> Engine:
    """A database with three units."""
    all_metadata().create_all(database)
    with Session(database) as session, session.begin():
        save_units(session, [AN, BINH, DUONG])
    return database


def merge(**values: object) -> UnitAct:
    given = {
        "id": new_id(), "kind": ActKind.MERGE, "effective_on": DAY, "codes": ("A", "B"), "results": (NEW,),
        "source": "Nghị quyết 1/NQ-HĐND", "reason": "Sắp xếp đơn vị hành chính", **values,
    }  # fmt: skip
    return UnitAct(**given)  # type: ignore[arg-type]


def perform(database: Engine, act: UnitAct, by: Actor = CHIEF) -> None:
    with Session(database) as session, session.begin():
        perform_act(session, act, by=by)


def registry_of(database: Engine) -> UnitRegistry:
    with reading(database) as connection:
        return load_registry(connection)


def trail_of(database: Engine, code: str | None = None) -> list[trail.Recorded]:
    with reading(database) as connection:
        return trail.recorded(connection, code=code)


def load(database: Engine, content: bytes, load_id: UUID | None = None) -> Loading:
    with Session(database) as session, session.begin():
        return load_units(
            session, load_units_csv(content), load_id=load_id or new_id(), source="units.csv", reason="Cập nhật",
            by=CHIEF,
        )  # fmt: skip


def test_what_is_written_is_what_was_previewed_and_the_trail_tells_it(stored: Engine) -> None:
    act = merge()
    foreseen = preview_act(registry_of(stored), act)
    perform(stored, act)
    assert registry_of(stored) == foreseen.after
    (told,) = trail_of(stored)
    assert (told.kind, told.effective_on, told.source) == ("merge", DAY, "Nghị quyết 1/NQ-HĐND")
    assert (told.performed_by, told.codes, told.changes) == ("u:chief", ("A", "B"), foreseen.changes)
    assert told.performed_at == clock.now()
    assert [each.id for each in trail_of(stored, "N")] == [act.id]
    assert trail_of(stored, "D") == []


def test_the_same_act_again_does_nothing_more(stored: Engine) -> None:
    act = merge()
    perform(stored, act)
    before = registry_of(stored)
    perform(stored, act)
    assert registry_of(stored) == before
    assert len(trail_of(stored)) == 1


def test_what_is_refused_leaves_everything_as_it_was(stored: Engine) -> None:
    before = registry_of(stored)
    with pytest.raises(ActRefused):
        perform(stored, merge(codes=("A", "X")))
    with pytest.raises(NotAuthorised):
        perform(stored, merge(), by=Actor(key="u:head"))
    assert registry_of(stored) == before
    assert trail_of(stored) == []


def test_a_taken_in_unit_and_a_rename_are_written_as_well(stored: Engine) -> None:
    perform(stored, merge(codes=("A",), results=(DUONG,)))
    perform(
        stored, merge(kind=ActKind.RENAME, codes=("B",), results=(replace(BINH, name="UBND xã Bình Mới"),))
    )
    registry = registry_of(stored)
    assert [each.name for each in registry.at(DAY).units] == ["UBND xã Bình Mới", "UBND phường Dương"]
    renamed = registry.at(DAY).find("UBND xã Bình")
    assert renamed is not None
    assert (renamed.code, renamed.parent) == ("B", "D")


@pytest.mark.parametrize("statement", ["UPDATE unit_act SET reason = 'x'", "DELETE FROM unit_act"])
def test_the_trail_cannot_be_changed(stored: Engine, statement: str) -> None:
    perform(stored, merge())
    with pytest.raises(DBAPIError, match="append-only"), stored.begin() as connection:
        connection.execute(text(statement))


def test_an_act_names_whom_it_concerns(stored: Engine) -> None:
    with Session(stored) as session, session.begin():
        save_group(
            session,
            OfficeGroup(code="MN", name="Các xã miền núi", members=("A",), valid_from=date(2026, 1, 1)),
        )
        create_user(
            session,
            username="an.head",
            name="Trần An",
            password_hash="x",
            roles=[Role.UNIT_HEAD],
            unit_code="A",
        )
        act = merge()
        registry = load_registry(session.connection())
        found = affected_by(session, registry, act, preview_act(registry, act))
        assert [user.username for user in found.people] == ["an.head"]
        assert found.open_assignments == {"A": 0, "B": 0}
        assert {(each.group, each.before, each.after) for each in found.groups} == {
            ("communes", 3, 2), ("rural_communes", 2, 1), ("all", 3, 2), ("Các xã miền núi", 1, 1),
        }  # fmt: skip


def test_accounts_of_an_ended_unit_go_to_the_successor(stored: Engine) -> None:
    with Session(stored) as session, session.begin():
        for username, code in (("an.head", "A"), ("duong.head", "D")):
            create_user(
                session, username=username, name=username, password_hash="x", roles=[Role.UNIT_HEAD],
                unit_code=code,
            )  # fmt: skip
    perform(stored, merge())

    def move(people: dict[str, str], request_id: UUID, by: Actor = CHIEF) -> None:
        later = clock.frozen_at(datetime(2026, 7, 6, 3, tzinfo=UTC))
        with later, Session(stored) as session, session.begin():
            move_people(
                session,
                people,
                request_id=request_id,
                source="NQ 1",
                reason="Sắp xếp",
                day=clock.today(),
                by=by,
            )

    for people in ({"duong.head": "N"}, {"an.head": "A"}, {"nobody": "N"}, {}):
        with pytest.raises(PeopleRefused):
            move(people, new_id())
    with pytest.raises(NotAuthorised):
        move(
            {"an.head": "N"},
            new_id(),
            SYSTEM if "unit:manage" not in SYSTEM.permissions else Actor(key="u:x"),
        )
    request_id = new_id()
    move({"an.head": "N"}, request_id)
    move({"an.head": "N"}, request_id)
    with Session(stored) as session:
        moved = find_user(session, "an.head")
        assert moved is not None
        assert moved.unit_code == "N"
    assert [(each.kind, each.more) for each in trail_of(stored, "A")][:1] == [
        ("people", {"people": {"an.head": ["A", "N"]}})
    ]


def test_an_export_loaded_again_changes_nothing(stored: Engine) -> None:
    perform(stored, merge())
    before = registry_of(stored)
    loading = load(stored, write_units_csv(before.units))
    assert (loading.changes, loading.rejected, loading.saved.changed) == ((), (), 0)
    assert registry_of(stored) == before
    assert [each.kind for each in trail_of(stored)] == ["merge"]


def test_a_file_changes_what_it_says_and_is_recorded(stored: Engine) -> None:
    renamed = replace(AN, name="UBND xã An Lành", aliases=("Xã An",), identifier="H19.41")
    closed = replace(DUONG, valid_to=date(2026, 12, 31))
    content = write_units_csv([renamed, BINH, closed, unit("E", "UBND xã Em")])
    with Session(stored) as session:
        foreseen = preview_load(session, load_units_csv(content))
    assert registry_of(stored).units == (AN, BINH, DUONG)
    assert [(each.code, each.what) for each in foreseen.changes] == [
        ("A", Difference.RENAMED), ("A", Difference.ALIASES), ("A", Difference.IDENTIFIER),
        ("D", Difference.CLOSED), ("E", Difference.ADDED),
    ]  # fmt: skip
    assert load(stored, content).changes == foreseen.changes
    (told,) = trail_of(stored)
    assert (told.kind, told.source, told.changes) == ("load", "units.csv", foreseen.changes)


def test_what_a_file_leaves_out_stays(stored: Engine) -> None:
    columns = "code,name_vi,name_en,kind,group,short_vi,aliases,in_letter_recipients"
    content = f"{columns}\nA,UBND xã An Lành,,commune,,,,yes\nB,UBND xã Bình,,commune,,,,yes\n".encode()
    load(stored, content)
    found = {each.code: each for each in registry_of(stored).units}
    assert (found["A"].name, found["A"].identifier, found["B"].parent) == ("UBND xã An Lành", "H19.40", "D")


def test_a_file_does_not_undo_an_act_and_every_row_is_told(stored: Engine) -> None:
    perform(stored, merge())
    before = registry_of(stored)
    content = write_units_csv(
        [AN, replace(BINH, parent="Q"), unit("M", "UBND phường Dương"), replace(NEW, valid_from=DAY)]
    ).replace(b"UBND x\xc3\xa3 An B\xc3\xacnh,,commune", b"UBND x\xc3\xa3 An B\xc3\xacnh,,town")
    with Session(stored) as session:
        foreseen = preview_load(session, load_units_csv(content))
    assert [row.line for row in foreseen.rejected] == [2, 3, 3, 4, 5]
    reasons = [row.reason for row in foreseen.rejected]
    assert "changed from 2026-07-01 on" in reasons[0]
    assert "parent 'Q' is no unit" in reasons[2]
    assert "that of unit 'D'" in reasons[3]
    assert "kind 'town'" in reasons[4]
    with pytest.raises(RegistryRefused) as refused:
        load(stored, content)
    assert len(refused.value.params["problems"]) == 5  # type: ignore[arg-type]
    assert registry_of(stored) == before


def test_a_group_begins_anew_from_a_day_on_and_ends(stored: Engine) -> None:
    first = OfficeGroup(
        code="MN",
        name="Các xã miền núi",
        wordings=("xã vùng cao",),
        members=("A",),
        valid_from=date(2026, 1, 1),
    )
    with Session(stored) as session, session.begin():
        save_group(session, first)
        save_group(session, replace(first, members=("A", "B"), valid_from=DAY))
    registry = registry_of(stored)
    assert [each.code for each in registry.resolve("các xã vùng cao", on=date(2026, 6, 30))] == ["A"]
    assert [each.code for each in registry.resolve("các xã vùng cao", on=DAY)] == ["A", "B"]
    assert registry.at(DAY).office_group("Các xã miền núi", DAY) is not None
    with Session(stored) as session, session.begin():
        end_group(session, "MN", date(2026, 9, 30))
    assert registry_of(stored).office_group("Các xã miền núi", date(2026, 10, 1)) is None
