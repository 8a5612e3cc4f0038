"""The built-in functions, where the TCK beside the checkout does not reach or cannot be counted on."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.feel import compile_expression
from engine.feel.bounds import Account, Limits
from engine.feel.builtins_registry import BUILTINS
from engine.feel.pattern_matching import search
from engine.feel.patterns import read_pattern

NOW = datetime(2026, 8, 14, 9, tzinfo=UTC)


def result(text: str, **variables: Any) -> Any:
    return compile_expression(text).evaluate_json(variables, now=NOW)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('substring("foobar", 3)', "obar"),
        ('substring("foobar", -2, 1)', "a"),
        ('substring("foobar", 0)', None),
        ('string length("Đà Nẵng")', 7),
        ('upper case("đà")', "ĐÀ"),
        ('substring before("a/b", "/") + substring after("a/b", "/")', "ab"),
        ('contains("abc", "b") and starts with("abc", "a") and ends with("abc", "c")', True),
        ('string join(["a", null, "b"], ", ")', "a, b"),
        ('string join("a")', "a"),
        ('split("a;b;;", ";")', ["a", "b", "", ""]),
        ('replace("abcd", "(ab)|(cd)", "[$1$2]")', "[ab][cd]"),
        ('replace("a.b", ".", "-", "q")', "a-b"),
        ('replace("abc", "x*", "-")', None),
        ('matches("ABC", "^b?abc$", "i")', True),
        ('matches("a", "(")', None),
        ('extract("số 12, số 7", "\\d+")', ["12", "7"]),
        ("decimal(2.5, 0)", 2),
        ("round half up(-2.5, 0)", -3),
        ("round half down(2.5, 0)", 2),
        ("round up(1.121, 2)", 1.13),
        ("round down(-1.129, 2)", -1.12),
        ("floor(-1.5)", -2),
        ("ceiling(1.55, 1)", 1.6),
        ("abs(-3)", 3),
        ("modulo(-12, 5)", 3),
        ("modulo(12, -5)", -3),
        ("modulo(1, 0)", None),
        ("sqrt(16)", 4),
        ("sqrt(-1)", None),
        ("odd(3) and even(2)", True),
        ("list contains([1, null], null)", True),
        ("count([1, [2, 3]])", 2),
        ("min(3, 1, 2)", 1),
        ('max(["a", "b"])', "b"),
        ('max([1, "a"])', None),
        ("sum([])", None),
        ("sum(1, 2)", 3),
        ("mean([1, 2])", 1.5),
        ("median(3, 1, 2, 4)", 2.5),
        ("mode([1, 2, 2, 1])", [1, 2]),
        ("stddev([2, 4])", 1.4142135623730951),
        ("all([true, null])", None),
        ("any([true, null])", True),
        ("sublist([1, 2, 3], -2, 1)", [2]),
        ("append([1], 2, [3])", [1, 2, [3]]),
        ("concatenate([1], [2])", [1, 2]),
        ("insert before([1, 3], 2, 2)", [1, 2, 3]),
        ("remove([1, 2, 3], -1)", [1, 2]),
        ("list replace([1, 2], function(old, new) old = 2, 9)", [1, 9]),
        ("reverse([1, 2])", [2, 1]),
        ("index of([1, 2, 1], 1)", [1, 3]),
        ("union([1, 2], [2, 3])", [1, 2, 3]),
        ("flatten([1, [2, [3]]])", [1, 2, 3]),
        ("sort([3, 1, 2], function(a, b) a > b)", [3, 2, 1]),
        ("sort([{n: 2}, {n: 1}], function(a, b) a.n < b.n).n", [1, 2]),
        ('get value({a: {b: 1}}, ["a", "b"])', 1),
        ("get entries({a: 1})", [{"key": "a", "value": 1}]),
        ('context([{key: "a", value: 1}])', {"a": 1}),
        ('context put({a: {b: 1}}, ["a", "c"], 2)', {"a": {"b": 1, "c": 2}}),
        ("context merge([{a: 1}, {a: 2, b: 3}])", {"a": 2, "b": 3}),
        ('number("1 000,5", " ", ",")', 1000.5),
        ('number("x")', None),
        ('string([1, "a", {b: null}])', '[1, "a", {b: null}]'),
        ('is defined(missing) or is(1, "1")', False),
        ("before(1, [2..3])", True),
        ("meets([1..2], [2..3])", True),
        ("overlaps([1..3], [2..4])", True),
        ("during(2, [1..3]) and includes([1..3], [2..3])", True),
        ("starts(1, [1..3]) and finishes(3, [1..3])", True),
        ("coincides([1..3], [1..3])", True),
        ('before(1, "a")', None),
    ],
)
def test_function_gives(text: str, expected: Any) -> None:
    assert result(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('date("2026-02-29")', None),
        ("date(2028, 2, 29)", "2028-02-29"),
        ('date("2026-01-31") + duration("P1M")', "2026-02-28"),
        ('date("2026-03-01") - date("2026-02-01")', "P28D"),
        ('date and time("2026-08-14T09:00:00.000000Z") + @"PT90M"', "2026-08-14T10:30:00Z"),
        ('@"2026-08-14T16:00:00+07:00" = @"2026-08-14T09:00:00Z"', True),
        ('@"2026-08-14T16:00:00@Asia/Ho_Chi_Minh" = @"2026-08-14T09:00:00Z"', True),
        ('@"2026-08-14T16:00:00" < @"2026-08-14T17:00:00Z"', None),
        ('@"2026-08-14T24:00:00"', "2026-08-15T00:00:00"),
        ('date and time(date("2026-08-14"), time("17:00:00+07:00"))', "2026-08-14T17:00:00+07:00"),
        ('date and time(@"2026-08-14T09:00:00Z", "Asia/Ho_Chi_Minh").hour', 16),
        ('time("23:30:00") + duration("PT1H")', "00:30:00"),
        ('date(@"2026-08-14T23:00:00+07:00")', "2026-08-14"),
        ('duration("P1Y2M") + duration("P10M")', "P2Y"),
        ('duration("P1DT2H") * 2', "P2DT4H"),
        ('duration("P1D") / duration("PT6H")', 4),
        ('-duration("PT30S")', "-PT30S"),
        ('duration("P")', None),
        ('duration("P1Y1D")', None),
        ('years and months duration(date("2024-02-29"), date("2026-02-28"))', "P1Y11M"),
        ('@"2026-08-14".weekday', 5),
        ('day of week(@"2026-08-14")', "Friday"),
        ('week of year(@"2026-01-01")', 1),
        ('@"PT26H30M".days * 100 + @"PT26H30M".hours', 102),
        ('date("9999-12-31") + duration("P1D")', "10000-01-01"),
        ('date("999999999-12-31") + duration("P1D")', None),
        ('date("0000-03-01") - date("0000-02-01")', "P29D"),
        ('@"-0001-12-31T23:59:59.999999999Z" + @"PT0.000000001S"', "0000-01-01T00:00:00Z"),
        ('date and time("2026-08-14T09:00:00.123456789").second', 0.123456789),
        ('@"12026-07-01T00:00:00@Europe/Paris".time offset', "PT2H"),
        ('@"2026-03-29T02:30:00@Europe/Paris" + @"PT1H"', "2026-03-29T04:30:00@Europe/Paris"),
        ('@"2026-10-25T02:30:00@Europe/Paris".time offset', "PT2H"),
        ('week of year(@"2020-12-31") * 100 + week of year(@"2021-01-03")', 5353),
        ('duration("P999999999999999999D")', None),
        ('duration("P1999999998Y") + duration("P1Y")', None),
        ("date(2026, 1.5, 1)", None),
        ('date("02026-01-01")', None),
    ],
)
def test_dates_and_times(text: str, expected: Any) -> None:
    assert result(text) == expected


def test_wrong_arguments_of_any_function_give_null() -> None:
    for function in BUILTINS.values():
        account = Account(now=NOW, limits=Limits())
        assert function.call(account, [None] * 9) is None, function.name


_PATTERNS = st.recursive(
    st.sampled_from(["a", "b", ".", "[ab]", "[^a]", r"\d"]),
    lambda inner: (
        st.tuples(inner, inner).map("".join)
        | st.tuples(inner, inner).map("({0[0]}|{0[1]})".format)
        | inner.map("({})".format)
    ),
    max_leaves=6,
)
_REPEATED = st.lists(
    st.tuples(_PATTERNS, st.sampled_from(["", "", "?", "*", "+", "{2}", "{1,2}", "*?", "+?"]))
)


@given(_REPEATED, st.text("ab1", max_size=8))
def test_patterns_match_where_python_says(parts: list[tuple[str, str]], text: str) -> None:
    pattern = "".join(f"(?:{piece}){times}" for piece, times in parts)
    expected = re.search(pattern, text)
    found = search(read_pattern(pattern, ""), text, 0, Account(now=NOW, limits=Limits()))
    spans = None if expected is None else [expected.span(group) for group in range(expected.re.groups + 1)]
    assert found == (None if spans is None else tuple(end for span in spans for end in span))
