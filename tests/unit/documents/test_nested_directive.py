"""A chỉ thị whose headings are executors: the second worked example."""

import json
from pathlib import Path
from typing import Any

import pytest

from processes.documents.reading.reader import read_letter
from processes.units.registry import UnitRegistry
from processes.units.units_csv import read_units_csv
from tests.conftest import SHARED

LETTER = SHARED / "letters" / "chi-thi-nested.txt"
EXPECTED = SHARED / "letters" / "chi-thi-nested.expected.json"
UNITS = SHARED / "data" / "units.csv"

pytestmark = pytest.mark.skipif(
    not (LETTER.exists() and UNITS.exists()), reason="the worked example is not beside the project"
)


@pytest.fixture(scope="module")
def registry() -> UnitRegistry:
    return UnitRegistry(read_units_csv(Path(UNITS)))


@pytest.fixture(scope="module")
def reading(registry: UnitRegistry) -> dict[str, Any]:
    return read_letter(LETTER.read_bytes(), LETTER.name, registry).to_json()


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(EXPECTED.read_text("utf-8"))
    return found


def named(text: str, registry: UnitRegistry) -> str:
    """The example writes names where the reading gives codes."""
    unit = registry.find(text)
    return text if unit is None else unit.code


def test_the_heading_and_the_signature_are_read(reading: dict[str, Any], expected: dict[str, Any]) -> None:
    for key in ("doc_type", "number", "date", "issuer", "subject", "signer"):
        assert reading[key] == expected[key], key
    assert reading["issuer_inferred"] is False


def test_without_kinh_gui_the_executors_of_noi_nhan_are_the_addressees(
    reading: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert [each["text"] for each in reading["recipients"]] == expected["recipients"]


def test_points_are_directives_of_the_unit_in_their_heading(
    reading: dict[str, Any], expected: dict[str, Any], registry: UnitRegistry
) -> None:
    wanted = expected["directives"]
    found = reading["directives"]

    assert [each["ordinal"] for each in found] == [each["ordinal"] for each in wanted]
    assert [each["first_12_words"] for each in found] == [each["first_12_words"] for each in wanted]
    assert [each["lead"] for each in found] == [named(each["lead"], registry) for each in wanted]
    for key in ("coordinate", "indicator", "kind", "warning"):
        assert {each["ordinal"]: each[key] for each in found if key in each} == {
            each["ordinal"]: [named(unit, registry) for unit in each[key]]
            if key == "coordinate"
            else each[key]
            for each in wanted
            if key in each
        }


def test_every_kind_of_deadline_is_read(reading: dict[str, Any], expected: dict[str, Any]) -> None:
    for found, wanted in zip(reading["directives"], expected["directives"], strict=True):
        deadline = wanted["deadline"]
        if deadline is None:
            assert found["deadline"] is None, wanted["ordinal"]
            continue
        deadline.pop("note", None)
        assert {key: found["deadline"].get(key) for key in deadline} == deadline, wanted["ordinal"]


def test_only_groups_are_expanded_for_the_coordinators(registry: UnitRegistry) -> None:
    reading = read_letter(LETTER.read_bytes(), LETTER.name, registry)
    land = next(each for each in reading.directives if each.ordinal == "2.a")

    assert land.coordinate_shown == ("STP", "UBND các xã, phường")
    assert len(land.coordinate) == 96
