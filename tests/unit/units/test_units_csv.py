"""Registry files: every row is taken, or refused with its line and the reason."""

import unicodedata
from datetime import date

import pytest

from processes.samples import sample_registry
from processes.units.registry import Recipient
from processes.units.units_csv import MAX_BYTES, RegistryRefused, load_units_csv, read_units_csv

HEADING = "code,name_vi,name_en,kind,group,short_vi,aliases,in_letter_recipients,valid_from,valid_to"


def file(*rows: str) -> bytes:
    return "\n".join([HEADING, *rows, ""]).encode()


def row(
    code: str, name: str, begins: str = "", ends: str = "", kind: str = "commune", to: str = "yes"
) -> str:
    return f"{code},{name},,{kind},,,,{to},{begins},{ends}"


def test_a_row_is_read_with_all_it_says() -> None:
    content = file(
        'SNV,Sở Nội vụ,Home Affairs,department,"Sở, ban, ngành",SNV,Sở NV; Nội vụ,opt-in,2025-07-01,'
    )
    (unit,) = read_units_csv(content)
    assert (unit.code, unit.name, unit.name_en, unit.kind) == (
        "SNV",
        "Sở Nội vụ",
        "Home Affairs",
        "department",
    )
    assert (unit.group, unit.aliases) == ("Sở, ban, ngành", ("Sở NV", "Nội vụ"))
    assert (unit.recipient, unit.valid_from, unit.valid_to) == (Recipient.OPT_IN, date(2025, 7, 1), None)


def test_good_rows_are_taken_beside_rejected_ones_with_their_lines() -> None:
    loaded = load_units_csv(
        file(
            row("A", "Xã An"),
            row("B", "Xã Bình", kind="village"),
            row("", "Xã Không"),
            row("C", "Xã Cát", to="maybe"),
            row("D", "Xã Dương", begins="1/7/2025"),
            row("E", "Xã Em", begins="2026-02-01", ends="2026-01-31"),
            "F,Xã thiếu ô",
            row("G", "Xã Gia"),
        )
    )
    assert [unit.code for unit in loaded.accepted] == ["A", "G"]
    assert [rejected.line for rejected in loaded.rejected] == [3, 4, 5, 6, 7, 8]
    reasons = [rejected.reason for rejected in loaded.rejected]
    assert "kind 'village'" in reasons[0]
    assert reasons[1] == "code is empty"
    assert "'maybe'" in reasons[2]
    assert "valid_from '1/7/2025' is no date" in reasons[3]
    assert reasons[4] == "valid_to is before valid_from"
    assert "as many cells" in reasons[5]


def test_a_file_with_one_bad_row_is_refused_whole_and_names_the_line() -> None:
    with pytest.raises(RegistryRefused) as refused:
        read_units_csv(file(row("A", "Xã An"), row("B", "")))
    assert refused.value.params["problems"] == ["line 3: name_vi is empty"]


def test_two_periods_of_one_code_may_follow_and_must_not_overlap() -> None:
    followed = file(row("A", "Xã An", ends="2026-04-29"), row("A", "Phường An", begins="2026-04-30"))
    assert len(read_units_csv(followed)) == 2
    shared_day = file(row("A", "Xã An", ends="2026-04-30"), row("A", "Phường An", begins="2026-04-30"))
    (rejected,) = load_units_csv(shared_day).rejected
    assert (rejected.line, rejected.reason) == (3, "the code 'A' is already used in line 2 for the same days")


def test_two_units_must_not_bear_one_name_on_one_day() -> None:
    (rejected,) = load_units_csv(file(row("A", "Xã Hòa"), row("B", "xã Hoà"))).rejected
    assert (rejected.line, rejected.reason) == (
        3,
        "the name 'xã Hoà' is already used in line 2 for the same days",
    )
    assert read_units_csv(
        file(row("A", "Xã Hòa", ends="2025-06-30"), row("B", "Xã Hòa", begins="2025-07-01"))
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "\ufeff" + text,
        lambda text: unicodedata.normalize("NFD", text),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace(",", ";"),
    ],
    ids=["byte order mark", "decomposed", "Windows line ends", "semicolons"],
)
def test_files_from_other_programs_read_alike(change) -> None:  # type: ignore[no-untyped-def]
    content = file(row("A", "Xã Hòa"), row("B", "Phường Đăk Ơ", kind="ward"))
    assert read_units_csv(change(content.decode()).encode()) == read_units_csv(content)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf\r\n", "the file is empty"),
        (b"x\n", "line 1: the columns code, name_vi"),
        (HEADING.replace("code", "id", 1).encode(), "line 1: the column code is missing"),
        (b"code,name_vi\nA,B\n", "name_en"),
        (HEADING.encode(), "holds no unit"),
        ("Sở".encode("utf-16"), "not UTF-8"),
        (b"x" * (MAX_BYTES + 1), "larger than 5 MB"),
        (file('A,"Xã An,,commune'), "line 2: unexpected end of data"),
        (file(row("A", "Xã\x00An")), "line 2: name_vi holds a line break or control character"),
    ],
)
def test_what_is_no_registry_is_refused_with_the_reason(content: bytes, problem: str) -> None:
    with pytest.raises(RegistryRefused) as refused:
        read_units_csv(content)
    assert problem in str(refused.value.params["problems"])


def test_the_sample_city_has_115_recipients_and_some_beside() -> None:
    units = read_units_csv(sample_registry())
    reached = [unit for unit in units if unit.recipient is Recipient.YES]
    kinds = [unit.kind for unit in reached]
    assert {kind: kinds.count(kind) for kind in sorted(set(kinds))} == {
        "agency": 2,
        "commune": 62,
        "department": 14,
        "vertical": 4,
        "ward": 33,
    }
    assert {"VPUB", "SNV"} <= {unit.code for unit in reached}
    assert len(units) > len(reached)
