"""What fuzzing found, so that it is not found again."""

from datetime import UTC, datetime
from typing import Any

import pytest

from engine.feel import FeelSyntaxError, compile_expression, compile_unary_tests

NOW = datetime(2026, 8, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # a bracket after the parameters of a function begins its body, and does not filter
        ("(function(i) [i, 2])(1)", [1, 2]),
        ("(function() [])()", []),
        ("(function(i: list<number>) [i])([1])", [[1]]),
        # a bracket after a type ends a list, and does not open an interval
        ("[1 instance of number, [1] instance of list<number>]", [True, True]),
        ("[[[1] instance of list<number>]]", [[True]]),
        # numbers beyond 34 digits are whole, and even
        ("odd(1e6144)", False),
        ("even(1e40)", True),
        ("even(-12)", True),
        ("odd(-7)", True),
        # an index beyond every list, or between two items, is no condition
        ("[1, 2][1e30]", None),
        ("[1, 2][1.5]", None),
        # a point after the end of an interval reads a property of it
        ("[1..10[.start included", True),
        ("[1..10[.end included", False),
    ],
)
def test_expression_gives(text: str, expected: Any) -> None:
    assert compile_expression(text).evaluate_json({}, now=NOW) == expected


@pytest.mark.parametrize("text", ['"\\uD800"', '{"\\uDC00": 1}', 'x in ("a", "\\uD83D")'])
def test_half_a_character_is_refused(text: str) -> None:
    with pytest.raises(FeelSyntaxError, match="Unicode") as caught:
        compile_expression(text)
    assert caught.value.position == text.index('"\\u')


@pytest.mark.parametrize(
    ("text", "value", "matches"),
    [
        # the brackets of an interval need not be alike
        ("not([1..3))", 3, True),
        ("not([1..3))", 2, False),
        ("not((1..3])", 1, True),
        ("not(< 1, [5..7))", 7, True),
        ("not([1..3), (5..7])", 6, False),
        ("not(]1..3[)", 2, False),
    ],
)
def test_unary_tests_give(text: str, value: Any, matches: bool) -> None:
    assert compile_unary_tests(text).matches(value, {}, now=NOW) is matches
