"""The worked example: a real letter and what a good import of it yields."""

import json
from typing import Any

import pytest

from processes.documents.reading.reader import read_letter
from processes.units.registry import UnitRegistry
from processes.units.units_csv import load_units_csv
from tests.conftest import SHARED

LETTER = SHARED / "letters" / "ubnd-hcc-2026-06.txt"
EXPECTED = SHARED / "letters" / "ubnd-hcc-2026-06.expected.json"
UNITS = SHARED / "data" / "units.csv"

pytestmark = pytest.mark.skipif(
    not (LETTER.exists() and UNITS.exists()), reason="the worked example is not beside the project"
)


@pytest.fixture
def reading() -> dict[str, Any]:
    registry = UnitRegistry(load_units_csv(UNITS).accepted)
    return read_letter(LETTER.read_bytes(), LETTER.name, registry).to_json()


def differences(found: Any, expected: Any, at: str = "") -> list[str]:
    """Name every place where a value that is expected is missing or another."""
    if isinstance(expected, dict) and isinstance(found, dict):
        missing = [f"{at}.{key} is missing" for key in expected if key not in found]
        return missing + [
            place
            for key in expected
            if key in found
            for place in differences(found[key], expected[key], f"{at}.{key}")
        ]
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        return [
            place
            for position, (one, other) in enumerate(zip(found, expected, strict=True))
            for place in differences(one, other, f"{at}[{position}]")
        ]
    return [] if found == expected else [f"{at}: {found!r} instead of {expected!r}"]


def test_every_value_of_the_worked_example_is_read(reading: dict[str, Any]) -> None:
    assert differences(reading, json.loads(EXPECTED.read_text("utf-8"))) == []


def test_item_four_keeps_both_paragraphs_as_written(reading: dict[str, Any]) -> None:
    written = LETTER.read_text("utf-8")
    fourth = reading["directives"][3]

    assert all(paragraph in written for paragraph in fourth["text"].split("\n"))
    assert fourth["paragraphs"] == 2


def test_the_letter_has_no_unknown_addressee(reading: dict[str, Any]) -> None:
    assert {recipient["kind"] for recipient in reading["recipients"]} == {"unit", "group"}
