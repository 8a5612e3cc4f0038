"""Organisation identifiers in both forms (DOMAIN §3.3)."""

import pytest

from processes.units.identifiers import is_identifier, is_old_identifier, to_new, to_old


@pytest.mark.parametrize(
    ("new", "old"),
    [
        ("H19", "000.00.00.H19"),
        ("H19.15", "000.00.15.H19"),
        ("H19.15.3", "000.03.15.H19"),
        ("H19.15.3.7", "007.03.15.H19"),
        ("H10.01", "000.00.01.H10"),
    ],
)
def test_both_forms_name_the_same_body(new: str, old: str) -> None:
    assert is_identifier(new)
    assert is_old_identifier(old)
    assert to_old(new) == old
    assert to_new(old) == new


@pytest.mark.parametrize("text", ["", "H19.", "h19", "19.15", "H19.1234", "H19.15.3.7.9.1", "000.00.00.H19"])
def test_what_is_written_otherwise_is_none(text: str) -> None:
    assert not is_identifier(text)
    assert to_old(text) is None


@pytest.mark.parametrize("text", ["", "H19", "00.00.00.H19", "000.00.00.19", "000.00.00.H19 "])
def test_what_is_written_otherwise_is_no_old_form(text: str) -> None:
    assert not is_old_identifier(text)
    assert to_new(text) is None


def test_what_the_old_form_has_no_room_for_has_none() -> None:
    assert to_old("H19.115") is None
