"""What makes two incidents the same: everything but what differs from case to case."""

from typing import Any

import pytest

from engine.instances.causes import LONGEST, cause_of, normal_form


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("order 17 is closed", "order 2 is closed"),
        ("ratio -1.5e-3 of 1,000.25", "ratio 0.2 of 7"),
        ("unit 'HS-17' is unknown", "unit 'Sở Y tế' is unknown"),
        ('no file "a.txt"', 'no file "b c.txt"'),
        ("no “a” in «b»", "no “c” in «d»"),
        ("due 2026-06-15T01:00:00.000000Z is past", "due 2026-07-01T08:30:00+07:00 is past"),
        ("on 2026-06-15 at 08:00", "on 2025-01-01 at 17:30:15"),
        (
            "instance 5a2e7c1e-6b0f-4f0e-9d53-0c4d8b6a7f11 is gone",
            "instance 00000000-0000-0000-0000-000000000001 is gone",
        ),
        ("record HS0042 is locked", "record B7 is locked"),
        ("two  spaces\nand a line", "two spaces and a line"),
        ("x" * LONGEST + "a", "x" * LONGEST + "b"),
    ],
)
def test_identifiers_numbers_quoted_values_and_instants_do_not_count(one: str, other: str) -> None:
    assert normal_form(one) == normal_form(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("the cabinet is locked", "the cabinet is empty"),
        ("Locked", "locked"),
        ("number 17", "number seventeen"),
        ("it isn't there and can't be", "it isn't here and can't be"),
        ("value 17 of type text", "value 'x' of type text"),
    ],
)
def test_words_do(one: str, other: str) -> None:
    assert normal_form(one) != normal_form(other)


def test_the_normal_form_says_what_was_there() -> None:
    assert (
        normal_form("Service task 'file' failed at 2026-06-15T01:00:00Z: 3 of HS0042 are not in “A”")
        == "Service task <value> failed at <instant>: <number> of <id> are not in <value>"
    )


def test_a_cause_is_one_of_a_process_a_definition_an_element_and_an_error() -> None:
    given: dict[str, Any] = {
        "process_key": "p",
        "definition_hash": "0" * 64,
        "element_id": "file",
        "called": "file",
        "error": "RuntimeError",
        "message": "locked",
    }
    assert cause_of(**given) == cause_of(**given)
    assert len(cause_of(**given)) == 64
    others = {cause_of(**{**given, name: "else"}) for name in given} | {
        cause_of(**{**given, name: None}) for name in ("element_id", "called", "error")
    }
    assert len(others | {cause_of(**given)}) == 10
