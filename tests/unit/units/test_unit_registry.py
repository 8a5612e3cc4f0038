"""Units found by any spelling of their names, groups expanded as DOMAIN §1.3 says."""

import unicodedata
from datetime import date

import pytest

from processes.samples import sample_registry
from processes.units.registry import Group, Recipient, Unit, UnitRegistry, UnknownUnit
from processes.units.units_csv import read_units_csv
from tests.conftest import SHARED

DAY = date(2026, 8, 14)
SAMPLE = UnitRegistry(read_units_csv(sample_registry()))


def unit(code: str, name: str, **values: object) -> Unit:
    """A valid unit in one line."""
    given = {"name_en": name, "kind": "commune", "group": "", "short_name": "", **values}
    return Unit(code=code, name=name, **given)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def reference() -> UnitRegistry:
    """The registry of the worked example."""
    path = SHARED / "data" / "units.csv"
    if not path.exists():
        pytest.skip("the reference registry is not beside the project")
    return UnitRegistry(read_units_csv(path))


def codes(text: str, registry: UnitRegistry = SAMPLE) -> list[str]:
    return [found.code for found in registry.resolve(text, on=DAY)]


@pytest.mark.parametrize(
    ("phrase", "group", "size"),
    [
        ("Sở, ban, ngành", Group.DEPARTMENTS, 16),
        ("Các sở, ban, ngành", Group.DEPARTMENTS, 16),
        ("Các sở, ban ngành", Group.DEPARTMENTS, 16),
        ("sở, ngành", Group.DEPARTMENTS, 16),
        ("Các Sở, ban, ngành thành phố;", Group.DEPARTMENTS, 16),
        ("Giám đốc các Sở, Thủ trưởng các ban, ngành thành phố", Group.DEPARTMENTS, 16),
        ("UBND các xã, phường", Group.COMMUNES, 95),
        ("UBND xã, phường", Group.COMMUNES, 95),
        ("UBND xã/phường", Group.COMMUNES, 95),
        ("các xã, phường", Group.COMMUNES, 95),
        ("cấp xã", Group.COMMUNES, 95),
        ("Uỷ ban nhân dân các phường, xã", Group.COMMUNES, 95),
        ("Chủ tịch Ủy ban nhân dân các xã, phường", Group.COMMUNES, 95),
        ("UBND các phường", Group.WARDS, 33),
        ("UBND các xã", Group.RURAL_COMMUNES, 62),
        ("các cơ quan ngành dọc", Group.VERTICALS, 4),
        ("các cơ quan, đơn vị, địa phương", Group.ALL, 115),
        ("Thủ trưởng các cơ quan, đơn vị, địa phương", Group.ALL, 115),
    ],
)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_1_3_a_phrase_names_its_group_however_it_is_written(
    phrase: str, group: Group, size: int, form: str
) -> None:
    written = unicodedata.normalize(form, phrase.replace(" ", "\u00a0", 1))  # type: ignore[arg-type]
    assert SAMPLE.group_of(written) is group
    assert len(SAMPLE.resolve(written, on=DAY)) == size


def test_1_3_the_recipients_of_the_letter_are_115_units(reference: UnitRegistry) -> None:
    named = "Công an thành phố; Thuế thành phố; Chi cục Hải quan khu vực XVIII; Bảo hiểm xã hội thành phố"
    assert len(codes("Sở, ban, ngành", reference)) == 16
    assert len(codes(named, reference)) == 4
    assert len(codes("UBND các xã, phường", reference)) == 95
    everyone = codes(f"Các sở, ban, ngành; {named}; UBND các xã, phường.", reference)
    assert len(everyone) == len(set(everyone)) == 115
    assert set(everyone) == set(codes("các cơ quan, đơn vị, địa phương", reference))


def test_groups_joined_in_one_phrase_do_not_reach_the_vertical_units() -> None:
    both = codes("Các sở, ban, ngành và UBND các xã, phường")
    assert both == codes("sở, ban, ngành; UBND các xã, phường")
    assert len(both) == 111
    assert "CATP" not in both


def test_opt_in_and_information_only_units_are_reached_by_name_and_by_no_group() -> None:
    beside = {found.code for found in SAMPLE.units if found.recipient is not Recipient.YES}
    assert {"BQLDAGT", "BPTTH", "BCHQS"} <= beside
    assert not beside & set(codes("các cơ quan, đơn vị, địa phương"))
    assert codes("Ban Quản lý dự án giao thông thành phố") == ["BQLDAGT"]


@pytest.mark.parametrize("text", ["Như trên", "- Như trên;", "Như Điều 3", "như kính gửi."])
def test_an_entry_that_points_at_others_names_nobody(text: str) -> None:
    assert SAMPLE.resolve(text, on=DAY) == ()
    assert SAMPLE.resolve(unicodedata.normalize("NFD", text), on=DAY) == ()


def test_1_3_a_prefix_belongs_to_every_name_of_its_list() -> None:
    assert codes("UBND các xã: Suối Chàm, Đắk Sương và Phú Hoà Lạc;") == ["X01", "X07", "X22"]
    assert codes("Uỷ ban nhân dân các phường: Bến Lụa; Thuỷ Trúc") == ["P02", "P25"]
    assert codes("UBND các xã, phường: phường Bến Lụa, xã Suối Chàm, Bù Sậy") == ["P02", "X01", "X10"]
    assert codes(unicodedata.normalize("NFD", "Ủy ban nhân dân các xã: Đak Mua")) == ["X08"]


def test_a_wrong_name_in_a_list_is_named_with_its_nearest() -> None:
    with pytest.raises(UnknownUnit) as refused:
        SAMPLE.resolve("UBND các xã: Suối Chàm, Suối Trắt", on=DAY)
    assert refused.value.params["text"] == "UBND xã Suối Trắt"
    assert refused.value.params["nearest"][0] == "UBND xã Suối Trắc"  # type: ignore[index]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("SNV", "SNV"),
        ("sở  NỘI\u00a0vụ", "SNV"),
        ("Sở NN & MT", "SNNMT"),
        ("Sở Văn hoá, Thể thao và Du lịch", "SVHTTDL"),
        ("Văn phòng Uỷ ban nhân dân thành phố", "VPUB"),
        ("Chánh Văn phòng UBND thành phố", "VPUB"),
        ("Giám đốc Sở Nội vụ", "SNV"),
        ("Công an TP.", "CATP"),
        ("Xã Phú Hoà Lạc", "X22"),
        ("UBND xã Phú Hòa Lạc", "X22"),
        ("xã Đắk Sương", "X07"),
        ("Xã Đak Sương", "X07"),
        ("ủy ban nhân dân phường Thuỷ Trúc", "P25"),
        ("Xã Lộc Thanh Trúc", "X27"),
        ("Xã Lộc Thạnh Trúc", "X28"),
        ("Sở VHTT&DL", "SVHTTDL"),
        ("VP UBND TP", "VPUB"),
        ("BQL các KCN", "BQLKCN"),
        ("Bộ CHQS thành phố", "BCHQS"),
        ("Thanh tra TP Sông Vàng", "TTRA"),
    ],
)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_unit_is_found_however_it_is_written(written: str, code: str, form: str) -> None:
    found = SAMPLE.find(unicodedata.normalize(form, written))  # type: ignore[arg-type]
    assert found is not None
    assert found.code == code


def test_every_name_in_the_registries_finds_its_own_unit(reference: UnitRegistry) -> None:
    for registry in (SAMPLE, reference):
        strays = [(u.code, name) for u in registry.units for name in u.names if registry.find(name) is not u]
        assert strays == []


def test_people_and_bodies_outside_the_registry_are_nobody() -> None:
    for text in ("Chủ tịch UBND thành phố", "Thường trực Thành ủy", "Lưu: VT", "", "Sở"):
        assert SAMPLE.find(text) is None


def test_the_nearest_names_come_closest_first_even_without_diacritics() -> None:
    assert SAMPLE.nearest("Sở Nội vu")[0] == "Sở Nội vụ"
    assert SAMPLE.nearest("So Noi vu")[0] == "Sở Nội vụ"
    assert set(SAMPLE.nearest("xa Loc Thanh Truc")[:2]) == {
        "UBND xã Lộc Thanh Trúc",
        "UBND xã Lộc Thạnh Trúc",
    }
    assert SAMPLE.nearest("Hội Liên hiệp Phụ nữ") == []
    with pytest.raises(UnknownUnit, match="did you mean 'Sở Nội vụ'"):
        SAMPLE.resolve("Sở Nội vu", on=DAY)


def test_a_name_that_two_units_share_finds_neither() -> None:
    first = unit("A", "UBND xã An", aliases=("Bến",))
    registry = UnitRegistry((first, unit("B", "UBND xã Bình", aliases=("Bến",))))
    assert registry.find("Bến") is None
    assert registry.find("xã An") == first


def test_a_name_goes_before_another_units_alias() -> None:
    registry = UnitRegistry((unit("A", "UBND phường An", aliases=("Xã An (cũ)",)), unit("B", "UBND xã An")))
    assert registry.find("Xã An") == registry.units[1]


def test_a_letter_reaches_the_units_of_its_own_day() -> None:
    before = unit("A", "UBND xã An", valid_to=date(2026, 4, 29))
    after = unit("A", "UBND phường An", kind="ward", valid_from=date(2026, 4, 30))
    registry = UnitRegistry((before, after, unit("B", "UBND xã Bình")))
    assert registry.resolve("UBND các xã", on=date(2026, 4, 29)) == (before, registry.units[2])
    assert registry.resolve("UBND các xã", on=date(2026, 4, 30)) == (registry.units[2],)
    assert registry.resolve("UBND xã An", on=date(2026, 4, 29)) == (before,)
    assert registry.resolve("UBND xã An", on=date(2026, 4, 30)) == (after,)
    assert registry.find("A") == after
    assert registry.at(date(2026, 4, 29)).find("A") == before


def test_expand_group_takes_a_phrase_as_well_and_refuses_what_is_none() -> None:
    assert len(SAMPLE.expand_group("Các sở, ban ngành", DAY)) == 16
    with pytest.raises(UnknownUnit):
        SAMPLE.expand_group("Sở Nội vụ", DAY)


def test_a_city_that_the_registry_names_is_no_other_city() -> None:
    registry = UnitRegistry(
        (
            unit("A", "Văn phòng UBND thành phố", kind="department"),
            unit("B", "Báo và Phát thanh - Truyền hình thành phố Sông Vàng", kind="agency"),
        )
    )
    found = registry.find("Văn phòng UBND TP Sông Vàng")

    assert found is not None
    assert found.code == "A"
    assert registry.find("Văn phòng UBND thành phố Hà Nội") is None


def test_an_addressee_may_list_names_under_one_word_and_except_some() -> None:
    assert codes("các Sở: Nội vụ, Tài chính và Tư pháp") == ["SNV", "STC", "STP"]
    assert "SYT" not in codes("Các sở, ban, ngành (trừ Sở Y tế)")
    assert len(codes("Các sở, ban, ngành (trừ Sở Y tế)")) == 15
