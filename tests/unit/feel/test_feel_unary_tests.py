"""The cells of decision tables."""

from datetime import UTC, datetime
from typing import Any

import pytest

from engine.feel import FeelSyntaxError, compile_unary_tests

NOW = datetime(2026, 8, 14, tzinfo=UTC)
VARIABLES = {"limit": 3, "kinds": ["ward", "commune"], "text": "abc"}


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("-", None, True),
        ("5", 5, True),
        ("5", "5", False),
        ('"a", "b"', "b", True),
        ('not("a", "b")', "b", False),
        ('not("a", "b")', "c", True),
        ("not(< 5)", 6, True),
        ("not(< 5)", "six", False),
        ("< 5", 3, True),
        ("<= limit", 3, True),
        ("> limit", None, False),
        ("[1..5)", 5, False),
        ("]1..5]", 5, True),
        ("(1..5)", 1, False),
        ("< 1, [10..20]", 15, True),
        ("limit", 3, True),
        ("kinds", "ward", True),
        ("kinds", ["ward", "commune"], True),
        ("? > limit and ? < 10", 4, True),
        ('starts with(?, "ab")', "abc", True),
        ("contains(?, text)", "xabcx", True),
        ("null", None, True),
        ("null", 1, False),
        ("true", True, True),
        ("true", False, False),
        ("false", False, True),
        ("unknown", 1, False),
        ('< date("2026-01-02")', "2026-01-01", False),
        ("not(null)", 1, True),
        ("= 3, != 3", 4, True),
    ],
)
def test_value_passes(text: str, value: Any, *, expected: bool) -> None:
    assert compile_unary_tests(text).matches(value, VARIABLES, now=NOW) is expected


def test_input_is_no_free_name() -> None:
    assert compile_unary_tests("? > limit").names == {"limit"}


@pytest.mark.parametrize("text", ["", "<", "1,", "not(1", "- 5 -"])
def test_text_that_is_no_test_is_refused(text: str) -> None:
    with pytest.raises(FeelSyntaxError):
        compile_unary_tests(text)
