"""Whatever units a text lists, those are read, in their order and in any spelling."""

import unicodedata
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from processes.documents.reading.naming import units_in
from processes.samples import sample_registry
from processes.units.registry import UnitRegistry
from processes.units.units_csv import read_units_csv

REGISTRY = UnitRegistry(read_units_csv(sample_registry()))
DAY = date(2026, 8, 14)
UNITS = st.lists(st.sampled_from(REGISTRY.units), min_size=1, max_size=12, unique=True)
COMMUNES = st.lists(
    st.sampled_from([unit for unit in REGISTRY.units if unit.kind == "commune"]),
    min_size=2,
    max_size=12,
    unique=True,
)
DEPARTMENTS = st.lists(
    st.sampled_from([unit for unit in REGISTRY.units if unit.name.startswith("Sở ")]),
    min_size=2,
    max_size=8,
    unique=True,
)
FORMS = st.sampled_from(["NFC", "NFD"])
WORDS = (
    "Sở Nội vụ Tài chính UBND các xã phường Bến Vàng Suối Chàm ban ngành trừ ( ) , ; : và Lộc Thạnh Trúc thành "
    "phố liên quan đơn vị Ủy nhân dân Giám đốc Chủ tịch 95 địa phương có nhiệm vụ quá hạn"
)


@settings(deadline=None)
@given(UNITS, st.sampled_from([", ", "; ", "\n", " và ", ";\n- "]), FORMS)
def test_listed_units_are_read_each_once_and_nobody_else(units: list, mark: str, form: str) -> None:  # type: ignore[type-arg]
    text = unicodedata.normalize(form, mark.join(unit.name for unit in units))  # type: ignore[arg-type]
    found = units_in(text, REGISTRY, on=DAY)

    assert found.codes == tuple(unit.code for unit in units)
    assert (found.unknown, found.outside) == ((), ())


@settings(deadline=None)
@given(COMMUNES, st.sampled_from([": ", " "]))
def test_communes_under_one_prefix_are_those_that_are_listed(units: list, mark: str) -> None:  # type: ignore[type-arg]
    bare = [unit.name.removeprefix("UBND xã ") for unit in units]
    text = f"UBND các xã{mark}{', '.join(bare[:-1])} và {bare[-1]}"

    assert units_in(text, REGISTRY, on=DAY).codes == tuple(unit.code for unit in units)
    assert REGISTRY.resolve(text, on=DAY) == tuple(units)


@settings(deadline=None)
@given(DEPARTMENTS)
def test_departments_under_one_prefix_are_those_that_are_listed(units: list) -> None:  # type: ignore[type-arg]
    text = f"các Sở: {', '.join(unit.name.removeprefix('Sở ') for unit in units)}"

    assert units_in(text, REGISTRY, on=DAY).codes == tuple(unit.code for unit in units)


@settings(deadline=None)
@given(DEPARTMENTS)
def test_whom_a_group_excepts_is_all_that_it_loses(units: list) -> None:  # type: ignore[type-arg]
    everybody = units_in("các sở, ban, ngành", REGISTRY, on=DAY).codes
    found = units_in(f"các sở, ban, ngành (trừ {', '.join(unit.name for unit in units)})", REGISTRY, on=DAY)

    assert set(found.codes) == set(everybody) - {unit.code for unit in units}


@settings(deadline=None)
@given(st.lists(st.sampled_from(WORDS.split(" ")), max_size=24))
def test_any_words_are_read_without_error_and_nobody_twice(words: list[str]) -> None:
    found = units_in(" ".join(words), REGISTRY, on=DAY)

    assert len(found.codes) == len(set(found.codes))
    assert not {each.units[0].code for each in found.exceptions if each.units} & set(found.codes)
