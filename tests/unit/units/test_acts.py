"""What becomes of units on a day: periods that end and begin, names that lead on, and what is refused."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from engine import clock
from engine.ids import new_id
from processes.units.acts import ActKind, ActRefused, Outcome, UnitAct, preview_act
from processes.units.differences import Difference
from processes.units.office_groups import OfficeGroup
from processes.units.registry import Recipient, Unit, UnitRegistry
from processes.units.succession import former_unit, predecessors, successors, unit_on, with_successors

DAY = date(2026, 7, 1)
BEFORE = date(2026, 6, 30)


def unit(code: str, name: str, **values: object) -> Unit:
    given = {"name_en": "", "kind": "commune", "group": "", "short_name": "", **values}
    return Unit(code=code, name=name, **given)  # type: ignore[arg-type]


AN = unit("A", "UBND xã An", short_name="Xã An", aliases=("Xã An Cũ (đến 1/1/2020)",))
BINH = unit("B", "UBND xã Bình", short_name="Xã Bình")
CAT = unit("C", "UBND xã Cát", valid_to=date(2026, 5, 31))
DUONG = unit("D", "UBND phường Dương", kind="ward", identifier="H19.40")
REGISTRY = UnitRegistry((AN, BINH, CAT, DUONG))
NEW = unit("N", "UBND xã An Bình", short_name="Xã An Bình")


@pytest.fixture(autouse=True)
def _june() -> Iterator[None]:
    with clock.frozen_at(datetime(2026, 6, 15, 2, tzinfo=UTC)):
        yield


def act(kind: ActKind, codes: str, *results: Unit, **values: object) -> UnitAct:
    given = {"source": "Nghị quyết 1/NQ-HĐND", "reason": "Sắp xếp đơn vị", "effective_on": DAY, **values}
    return UnitAct(id=new_id(), kind=kind, codes=tuple(codes), results=results, **given)  # type: ignore[arg-type]


def outcome(kind: ActKind, codes: str, *results: Unit, registry: UnitRegistry = REGISTRY) -> Outcome:
    return preview_act(registry, act(kind, codes, *results))


def names_on(registry: UnitRegistry, day: date) -> list[str]:
    return [each.name for each in registry.at(day).units]


def test_two_units_become_a_new_one_that_answers_to_their_names() -> None:
    found = outcome(ActKind.MERGE, "AB", NEW)
    assert names_on(found.after, BEFORE) == ["UBND xã An", "UBND xã Bình", "UBND phường Dương"]
    assert names_on(found.after, DAY) == ["UBND xã An Bình", "UBND phường Dương"]
    assert found.ended == ("A", "B")
    for name in ("UBND xã An", "xã Bình", "Xã An Cũ", "Chủ tịch UBND xã An"):
        named = found.after.at(DAY).find(name)
        assert getattr(named, "code", None) == "N", name
    assert "UBND xã An (đến 30/6/2026)" in found.after.at(DAY).units[0].aliases
    assert [each.code for each in found.after.resolve("UBND xã An", on=BEFORE)] == ["A"]
    assert [each.code for each in found.after.resolve("UBND xã An; UBND xã Bình", on=DAY)] == ["N"]
    assert [each.code for each in successors(found.after, "B", DAY)] == ["N"]
    assert {each.code for each in predecessors(found.after, "N")} == {"A", "B"}
    assert [(each.code, each.what) for each in found.changes] == [
        ("A", Difference.REPLACED_BY), ("A", Difference.CLOSED), ("N", Difference.ADDED),
        ("B", Difference.REPLACED_BY), ("B", Difference.CLOSED),
    ]  # fmt: skip


def test_a_unit_is_taken_in_by_one_that_there_is() -> None:
    found = outcome(ActKind.MERGE, "A", DUONG)
    assert names_on(found.after, DAY) == ["UBND xã Bình", "UBND phường Dương"]
    ward = unit_on(found.after, "D", DAY)
    assert ward is not None
    assert (ward.valid_from, ward.identifier) == (DAY, "H19.40")
    assert found.after.at(DAY).find("Xã An") == ward
    assert unit_on(found.after, "D", BEFORE) == replace(DUONG, valid_to=BEFORE)
    assert found.ended == ("A",)


def test_one_of_the_merged_units_may_go_on_under_its_code() -> None:
    found = outcome(ActKind.MERGE, "AB", replace(AN, name="UBND xã An Bình"))
    assert found.ended == ("B",)
    assert names_on(found.after, DAY) == ["UBND xã An Bình", "UBND phường Dương"]
    named = found.after.at(DAY).find("UBND xã Bình")
    assert named is not None
    assert named.code == "A"


def test_a_split_leaves_the_old_name_to_the_coordinator() -> None:
    one, other = unit("A1", "UBND xã An Đông"), unit("A2", "UBND xã An Tây")
    found = outcome(ActKind.SPLIT, "A", one, other)
    assert found.after.at(DAY).find("UBND xã An") is None
    former = former_unit(found.after, "UBND xã An", DAY)
    assert former is not None
    assert (former.unit.code, [each.code for each in former.successors]) == ("A", ["A1", "A2"])
    assert with_successors(found.after, ("A", "B"), DAY) == ("A", "A1", "A2", "B")
    assert former_unit(found.after, "UBND xã An", BEFORE) is None


def test_a_split_unit_may_go_on_as_one_of_its_parts() -> None:
    found = outcome(ActKind.SPLIT, "A", AN, unit("A2", "UBND xã An Tây"))
    assert found.ended == ()
    assert names_on(found.after, DAY)[:2] == ["UBND xã An", "UBND xã An Tây"]
    assert found.after.at(DAY).find("Xã An") == unit_on(found.after, "A", DAY)
    assert [each.code for each in predecessors(found.after, "A2")] == ["A"]
    assert successors(found.after, "A", DAY) == ()


def test_a_commune_becomes_a_ward_and_keeps_its_code() -> None:
    ward = replace(AN, name="UBND phường An", short_name="Phường An", kind="ward")
    found = outcome(ActKind.CHANGE_KIND, "A", ward)
    now = found.after.at(DAY).find("UBND xã An")
    assert now is not None
    assert (now.code, now.kind, now.name) == ("A", "ward", "UBND phường An")
    assert [each.what for each in found.changes] == [Difference.RENAMED, Difference.KIND_CHANGED]
    assert found.ended == ()


def test_a_closed_unit_has_no_successor_and_its_name_leads_nowhere() -> None:
    found = outcome(ActKind.CLOSE, "A")
    assert names_on(found.after, DAY) == ["UBND xã Bình", "UBND phường Dương"]
    former = former_unit(found.after, "UBND xã An", DAY)
    assert former is not None
    assert former.successors == ()


def test_who_took_over_in_turn_is_followed() -> None:
    merged = outcome(ActKind.MERGE, "AB", NEW).after
    later = act(
        ActKind.MERGE, "N", DUONG, effective_on=date(2026, 8, 1), source="Nghị quyết 2", reason="Nhập vào"
    )
    after = preview_act(merged, later).after
    assert [each.code for each in successors(after, "A", DAY)] == ["N"]
    assert [each.code for each in successors(after, "A", date(2026, 8, 1))] == ["D"]
    named = after.at(date(2026, 8, 1)).find("UBND xã An")
    assert named is not None
    assert named.code == "D"


def test_a_group_by_list_follows_a_merger() -> None:
    group = OfficeGroup(code="MN", name="Các xã miền núi", members=("A", "D"), valid_from=date(2026, 1, 1))
    registry = UnitRegistry(REGISTRY.units, (group,))
    found = outcome(ActKind.MERGE, "AB", NEW, registry=registry)
    assert [(each.members, each.valid_from) for each in found.groups] == [(("N", "D"), DAY)]
    assert [each.code for each in found.after.expand_group("các xã miền núi", BEFORE)] == ["A", "D"]
    assert {each.code for each in found.after.expand_group("các xã miền núi", DAY)} == {"N", "D"}


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        (act(ActKind.MERGE, "A", replace(AN, name="UBND xã An Bình")), "begins with two units"),
        (act(ActKind.MERGE, "AB"), "ends in one unit, but 0"),
        (act(ActKind.MERGE, "AA", NEW), "named twice"),
        (act(ActKind.MERGE, "AX", NEW), "no unit 'X'"),
        (act(ActKind.MERGE, "AC", NEW), "'C' (UBND xã Cát) ended on 2026-05-31"),
        (act(ActKind.MERGE, "AB", replace(NEW, name="UBND phường Dương")), "is that of unit 'D'"),
        (act(ActKind.MERGE, "AB", replace(NEW, code="C")), "ended on 2026-05-31"),
        (act(ActKind.MERGE, "AB", replace(NEW, identifier="H19.40")), "is that of unit 'D'"),
        (act(ActKind.MERGE, "AB", replace(NEW, identifier="19.40")), "not written as H19.15"),
        (act(ActKind.MERGE, "AB", replace(NEW, kind="town")), "kind 'town' is none"),
        (act(ActKind.MERGE, "AB", replace(NEW, name="")), "no name"),
        (act(ActKind.MERGE, "AB", NEW, source=" "), "legal source is missing"),
        (act(ActKind.MERGE, "AB", NEW, reason=""), "reason is missing"),
        (act(ActKind.MERGE, "AB", NEW, reason="x" * 501), "longer than 500"),
        (act(ActKind.MERGE, "AB", NEW, effective_on=date(206, 7, 1)), "too far from today"),
        (act(ActKind.SPLIT, "AB", NEW, unit("M", "UBND xã Mới")), "one unit is split, but 2"),
        (act(ActKind.SPLIT, "A", NEW), "split into two or more"),
        (act(ActKind.SPLIT, "A", NEW, replace(NEW, code="M")), "have one name"),
        (act(ActKind.SPLIT, "A", NEW, replace(NEW, name="UBND xã Khác")), "have one code"),
        (act(ActKind.RENAME, "A", AN), "has that name already"),
        (act(ActKind.RENAME, "A", NEW), "keeps its code"),
        (act(ActKind.CHANGE_KIND, "A", replace(AN, name="UBND xã Khác")), "of that kind already"),
        (act(ActKind.CLOSE, "A", NEW), "without a successor"),
        (act(ActKind.CLOSE, ""), "without a successor"),
    ],
)
def test_what_contradicts_the_registry_is_refused(asked: UnitAct, problem: str) -> None:
    with pytest.raises(ActRefused) as refused:
        preview_act(REGISTRY, asked)
    assert problem in " / ".join(refused.value.params["problems"])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("day", "problem"),
    [(DAY, "changes on 2026-07-01"), (date(2026, 6, 20), "changes on 2026-07-01"), (date(2026, 7, 2), None)],
)
def test_two_acts_on_one_unit_follow_each_other(day: date, problem: str | None) -> None:
    renamed = outcome(ActKind.RENAME, "A", replace(AN, name="UBND xã An Mới")).after
    asked = act(ActKind.CLOSE, "A", effective_on=day)
    if problem is None:
        assert unit_on(preview_act(renamed, asked).after, "A", day) is None
        return
    with pytest.raises(ActRefused) as refused:
        preview_act(renamed, asked)
    assert problem in refused.value.params["problems"][0]  # type: ignore[index]


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(ActRefused) as refused:
        preview_act(REGISTRY, act(ActKind.MERGE, "XC", replace(NEW, kind=""), source=""))
    assert len(refused.value.params["problems"]) == 4  # type: ignore[arg-type]


def test_units_that_are_only_addressed_by_name_are_members_by_list_not_by_kind() -> None:
    opt_in = unit("O", "Ban Ơ", kind="agency", recipient=Recipient.OPT_IN)
    group = OfficeGroup(
        code="SN", name="Đơn vị sự nghiệp", wordings=("đơn vị sự nghiệp công lập",), kinds=frozenset({"agency"}),
        valid_from=date(2026, 1, 1),
    )  # fmt: skip
    registry = UnitRegistry((opt_in,), (group,))
    assert registry.expand_group("các đơn vị sự nghiệp công lập", DAY) == ()
    listed = UnitRegistry((opt_in,), (replace(group, members=("O",)),))
    assert listed.expand_group("Các đơn vị sự nghiệp", DAY) == (opt_in,)
    assert listed.resolve("Thủ trưởng các đơn vị sự nghiệp", on=DAY) == (opt_in,)
