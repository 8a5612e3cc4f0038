"""Cells and addressees made of names: whom they name, whom they except, what they leave open (DOMAIN §1.3)."""

import unicodedata
from datetime import date

import pytest

from processes.documents.reading.naming import UnitsNamed, units_in
from processes.samples import sample_registry
from processes.units.office_groups import OfficeGroup
from processes.units.registry import Unit, UnitRegistry
from processes.units.units_csv import read_units_csv

DAY = date(2026, 8, 14)
SAMPLE = UnitRegistry(read_units_csv(sample_registry()))


def unit(code: str, name: str, kind: str = "commune", **values: object) -> Unit:
    return Unit(
        code=code,
        name=name,
        name_en=name,
        kind=kind,
        group="",
        short_name="",
        **values,  # type: ignore[arg-type]
    )


def named(text: str, registry: UnitRegistry = SAMPLE, on: date = DAY) -> UnitsNamed:
    return units_in(text, registry, on=on)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("các Sở: Nội vụ, Tài chính, Tư pháp", ["SNV", "STC", "STP"]),
        ("Giám đốc các Sở: Nội vụ; Văn hóa, Thể thao và Du lịch; Y tế", ["SNV", "SVHTTDL", "SYT"]),
        ("Các sở Nội vụ, Tài chính", ["SNV", "STC"]),
        ("Sở Nội vụ, Tài chính và Tư pháp", ["SNV", "STC", "STP"]),
        ("Các sở, ngành: Nội vụ, Tài chính, Công an thành phố", ["SNV", "STC", "CATP"]),
        ("Sở NN&MT, Sở KH&CN, Sở GDĐT, VP UBND TP", ["SNNMT", "SKHCN", "SGDDT", "VPUB"]),
        ("Sở VH,TT&DL; BQL các KCN; TT PVHCC thành phố", ["SVHTTDL", "BQLKCN", "TTPVHCC"]),
        ("Trưởng Ban Quản lý các khu công nghiệp, Chánh Thanh tra thành phố", ["BQLKCN", "TTRA"]),
        ("Đ/c Giám đốc Sở Nội vụ", ["SNV"]),
        ("Sở Nội vụ (chủ trì)\nSở Tài chính", ["SNV", "STC"]),
        ("- Sở Nội vụ;\n- Sở Tài chính.", ["SNV", "STC"]),
        ("1. Sở Nội vụ\n2. Sở Tài chính", ["SNV", "STC"]),
        ("Chủ trì: Sở Nội vụ; phối hợp: Sở Tài chính", ["SNV", "STC"]),
        ("Sở Nội vụ/Sở Tài chính", ["SNV", "STC"]),
        ("Sở Nội vụ - Sở Tài chính", ["SNV", "STC"]),
        ("SỞ NỘI VỤ", ["SNV"]),
        ("các xã: Suối Chàm, Đắk Sương", ["X01", "X07"]),
        ("phường: Bến Vàng, Bến Lụa", ["P01", "P02"]),
        ("Ban QLDA giao thông thành phố, Kho bạc Nhà nước", ["BQLDAGT", "KBNN"]),
        ("UBND các xã: Suối Chàm, Đắk Sương và Phú Hoà Lạc", ["X01", "X07", "X22"]),
        ("UBND các phường Bến Vàng, Bến Lụa và xã Suối Chàm", ["P01", "P02", "X01"]),
        ("UBND xã Suối Chàm, Đắk Sương và phường Bến Lụa", ["X01", "X07", "P02"]),
        ("Chủ tịch UBND phường Bến Vàng, UBND P. Bến Lụa", ["P01", "P02"]),
        ("Xã Lộc Thanh Trúc", ["X27"]),
        ("Xã Lộc Thạnh Trúc", ["X28"]),
        ("Như trên", []),
        ("-", []),
        ("", []),
    ],
)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_every_name_of_a_cell_is_found_in_its_order(text: str, codes: list[str], form: str) -> None:
    found = named(unicodedata.normalize(form, text))  # type: ignore[arg-type]

    assert list(found.codes) == codes
    assert (found.unknown, found.outside) == ((), ())


@pytest.mark.parametrize(
    ("text", "size", "without"),
    [
        ("Các sở, ban, ngành (trừ Sở Y tế, Sở Nội vụ)", 14, {"SYT", "SNV"}),
        ("UBND các xã, phường, trừ phường Bến Vàng, xã Suối Chàm", 93, {"P01", "X01"}),
        ("Các sở, ban, ngành và UBND 95 xã, phường (không bao gồm Sở Y tế)", 110, {"SYT"}),
    ],
)
def test_who_is_excepted_is_not_named(text: str, size: int, without: set[str]) -> None:
    found = named(text)

    assert len(found.codes) == size
    assert not without & set(found.codes)
    assert {each.units[0].code for each in found.exceptions} == without


def test_what_is_called_concerned_is_left_open_and_names_nobody() -> None:
    found = named("Sở Nội vụ và các đơn vị liên quan")

    assert (found.codes, found.concerned) == (("SNV",), ("các đơn vị liên quan",))
    assert named("Các sở, ngành, địa phương có liên quan").codes == ()


@pytest.mark.parametrize(
    "text", ["Thống kê, hỗ trợ người chăn nuôi", "Thanh tra, kiểm tra công vụ", "Thống kê thiệt hại"]
)
def test_a_verb_is_no_unit_though_one_is_called_so(text: str) -> None:
    assert named(text).codes == ()
    assert named("Công an, Thanh tra, Thống kê").codes == ("CATP", "TTRA", "TKTP")


def test_everybody_may_be_called_by_one_word() -> None:
    everybody = named("các cơ quan, đơn vị, địa phương").codes

    assert named("Thủ trưởng các đơn vị").codes == named("Tất cả các đơn vị").codes == everybody


def test_units_with_overdue_work_are_asked_for_when_the_work_is_assigned() -> None:
    found = named("các đơn vị có nhiệm vụ quá hạn")

    assert (found.names_overdue, found.codes) == (True, ())


@pytest.mark.parametrize(
    ("text", "unknown", "nearest"),
    [
        ("Sở Nội vu", "Sở Nội vu", "Sở Nội vụ"),
        ("Sở Du lịch", "Sở Du lịch", "Sở Văn hóa, Thể thao và Du lịch"),
        ("Sở TN&MT", "Sở TN&MT", "Sở Nông nghiệp và Môi trường"),
        ("Sở Kế hoạch và Đầu tư", "Sở Kế hoạch và Đầu tư", "Sở Tài chính"),
        ("UBND các phường: Bến Vàng, Bến Lua, Cầu Trầm", "Bến Lua", "UBND phường Bến Lụa"),
        ("UBND xã Suối Chàm Thượng", "UBND xã Suối Chàm Thượng", "UBND xã Suối Chàm"),
    ],
)
def test_an_unknown_name_comes_with_its_nearest(text: str, unknown: str, nearest: str) -> None:
    found = named(text).unknown

    assert [each.text for each in found] == [unknown]
    assert nearest in found[0].nearest


def test_the_names_beside_an_unknown_one_are_found() -> None:
    found = named("Sở Nội vụ, Phòng Văn hóa - Xã hội, Sở Tài chính")

    assert found.codes == ("SNV", "STC")
    assert [each.text for each in found.unknown] == ["Phòng Văn hóa - Xã hội"]
    assert named("UBND các phường: Bến Vàng, Lạ Lùng, Bến Lụa").codes == ("P01", "P02")


def test_two_units_that_differ_by_an_accent_are_both_offered_where_it_is_missing() -> None:
    found = named("xa Loc Thanh Truc")

    assert found.codes == ()
    assert set(found.unknown[0].nearest[:2]) == {"UBND xã Lộc Thanh Trúc", "UBND xã Lộc Thạnh Trúc"}


def test_words_in_another_order_are_another_unit() -> None:
    registry = UnitRegistry(
        (unit("A", "UBND phường Phước Bình", "ward"), unit("B", "UBND phường Bình Phước", "ward"))
    )

    assert named("phường Phước Bình", registry).codes == ("A",)
    assert named("phường Bình Phước", registry).codes == ("B",)


@pytest.mark.parametrize(
    "body",
    [
        "Ủy ban MTTQ Việt Nam thành phố",
        "Thường trực HĐND thành phố",
        "Tòa án nhân dân thành phố",
        "Viện kiểm sát nhân dân thành phố",
        "Ban Tổ chức Thành ủy",
        "Thường trực Thành ủy",
        "Liên đoàn Lao động thành phố",
        "Hội Nông dân thành phố",
        "Thành đoàn",
        "Bộ Nội vụ",
        "Chủ tịch UBND thành phố",
        "các cơ quan báo chí",
    ],
)
def test_a_body_outside_the_registry_is_known_as_such(body: str) -> None:
    found = named(f"{body}; Sở Nội vụ")

    assert (found.outside, found.codes, found.unknown) == ((body,), ("SNV",), ())


def test_a_former_name_is_found_on_its_day_and_afterwards_with_a_mark() -> None:
    registry = UnitRegistry(
        (
            unit("A", "UBND xã An", valid_to=date(2026, 4, 29)),
            unit("A", "UBND phường An", "ward", valid_from=date(2026, 4, 30)),
        )
    )
    then = named("UBND xã An", registry, date(2025, 12, 25))
    now = named("UBND xã An", registry)

    assert (then.units, then.former_names) == ((registry.units[0],), ())
    assert (now.units, now.former_names) == ((registry.units[1],), (("UBND xã An", "A"),))
    assert now.to_json()["names"] == [
        {"text": "UBND xã An", "kind": "unit", "code": "A", "former_name": True}
    ]


def test_an_alias_with_its_last_day_is_a_former_name_afterwards() -> None:
    registry = UnitRegistry(
        (unit("A", "UBND phường An", "ward", aliases=("Xã An (đến 29/4/2026)", "Xã Cũ (cũ)")),)
    )

    assert named("UBND các xã: An", registry, date(2026, 4, 29)).former_names == ()
    assert named("UBND xã An", registry).former_names == (("UBND xã An", "A"),)
    assert named("xã Cũ", registry).former_names == (("xã Cũ", "A"),)


def test_what_a_former_name_is_now_the_name_of_is_the_unit_that_bears_it() -> None:
    registry = UnitRegistry(
        (
            unit("A", "UBND phường An", "ward", aliases=("Xã An (cũ)",)),
            unit("B", "UBND xã An"),
        )
    )

    assert named("xã An", registry).codes == ("B",)


def test_the_city_behind_a_name_belongs_to_it() -> None:
    assert named("Sở Nội vụ thành phố, Công an TP. Sông Vàng").codes[:2] == ("SNV", "CATP")


def test_a_group_that_the_office_defines_is_read_like_any_other() -> None:
    group = OfficeGroup(
        code="ĐTC", name="các chủ đầu tư", members=("SXD", "SYT"), valid_from=date(2026, 1, 1)
    )
    registry = UnitRegistry(SAMPLE.units, (group,))
    found = named("Sở Nội vụ, các chủ đầu tư và UBND phường Bến Vàng", registry)

    assert (found.codes, found.unknown) == (("SNV", "SXD", "SYT", "P01"), ())
    assert named("các chủ đầu tư", registry, date(2025, 12, 31)).unknown != ()


def test_for_a_unit_that_was_merged_the_one_that_took_over_is_offered() -> None:
    registry = UnitRegistry(
        (
            unit("A", "UBND xã Cũ Kỹ", valid_to=date(2026, 4, 29), replaced_by=("B",)),
            unit("B", "UBND xã Mới"),
        )
    )
    found = named("UBND xã Cũ Kỹ", registry)

    assert found.codes == ()
    assert [nearest for each in found.unknown for nearest in each.nearest][:1] == ["UBND xã Mới"]
