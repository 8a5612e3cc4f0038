"""What FEEL expressions give: operators, logic, structures, loops, functions."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from engine.feel import FeelSyntaxError, compile_expression

NOW = datetime(2026, 8, 14, 18, 30, tzinfo=UTC)
VARIABLES: dict[str, Any] = {
    "x": 3,
    "price": 1.1,
    "name": "Sở Nội vụ",
    "nothing": None,
    "unit": {"code": "SNV", "head": {"name": "An"}},
    "items": [{"a": 1, "item": 9}, {"a": 2}, {"a": 3}],
    "đơn_vị": "UBND",
}


def result(text: str, **variables: Any) -> Any:
    return compile_expression(text).evaluate_json({**VARIABLES, **variables}, now=NOW)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("10 - 4 - 3", 3),
        ("2 ** 3 ** 2", 64),
        ("-x ** 2", 9),
        ("0.1 + 0.2", 0.3),
        ("0.1 + 0.2 = 0.3", True),
        ("price + price", 2.2),
        ("1 / 0", None),
        (".5 + 1e2", 100.5),
        ('"a" + "b"', "ab"),
        ('"a" + 1', None),
        ("x > 2", True),
        ('x > "2"', None),
        ('x = "3"', None),
        ("nothing = null", True),
        ("x != null", True),
        ("x between 1 and 3 and true", True),
        ("x in (1, 2, > 2)", True),
        ("x in [1..3)", False),
        ("x in ]2..3]", True),
        ("x in [1..4[", True),
        ("x in [1, 2, 3]", True),
        ("x in (< 3)", False),
        ("x in > 2", True),
        ("if x > 2 then 1 else 2", 1),
        ("if nothing then 1 else 2", 2),
        ("unit.head.name", "An"),
        ("unit.foot.name", None),
        ("unknown.part", None),
        ("items.a", [1, 2, 3]),
        ("items[1].a", 1),
        ("items[-1].a", 3),
        ("items[4]", None),
        ("items[a > 1].a", [2, 3]),
        ("items[item.a = 1].a", []),
        ("[1, 2, 3][item > 1]", [2, 3]),
        ("x[1]", 3),
        ("[][1]", None),
        ("nothing[true]", []),
        ("{a: 1, b: a + 1}.b", 2),
        ('{"a b": 1, c: a b + 1}.c', 2),
        ("{first name: 1}.first name", 1),
        ("{a: 1, a: 2}", None),
        ("for i in [1, 2], j in [i, 10] return i * j", [1, 10, 4, 20]),
        ("for i in 3..1 return i", [3, 2, 1]),
        ("for i in 1..4 return if i = 1 then 1 else i * partial[-1]", [1, 2, 6, 24]),
        ('for d in @"2026-01-30"..@"2026-02-01" return d.day', [30, 31, 1]),
        ("some i in [1, 2] satisfies i > 1", True),
        ("every i in [1, 2] satisfies i > 1", False),
        ("every i in [] satisfies i > 1", True),
        ('some i in [1, "a"] satisfies i > 1', None),
        ("(function(a: number, b) a + b)(1, 2)", 3),
        ('(function(a: number) a)("1")', None),
        ("{f: function(n) if n <= 1 then 1 else n * f(n - 1), r: f(10)}.r", 3628800),
        ("{y: 10, f: function(a) a + y, r: f(1)}.r", 11),
        ("x instance of number", True),
        ("[1] instance of list<number>", True),
        ("[1, true] instance of list<number>", False),
        ("unit instance of context<code: string>", True),
        ("[1..2] instance of range<number>", True),
        ("nothing instance of string", False),
        ("// comment\nx /* more */ + 1", 4),
        ('"\\u0110\\n\\"\\\\"', 'Đ\n"\\'),
        ("đơn_vị", "UBND"),
        ('substring(string: "abc", start position: 2)', "bc"),
        ('substring("abc", 2, wrong)', "bc"),
        ('unit.code = "SNV" and not(x = 4)', True),
    ],
)
def test_expression_gives(text: str, expected: Any) -> None:
    assert result(text) == expected


@pytest.mark.parametrize("left", ["true", "false", "null"])
@pytest.mark.parametrize("right", ["true", "false", "null"])
def test_logic_has_three_values(left: str, right: str) -> None:
    values = {"true": True, "false": False, "null": None}
    pair = (values[left], values[right])
    assert result(f"{left} and {right}") is (False if False in pair else (None if None in pair else True))
    assert result(f"{left} or {right}") is (True if True in pair else (None if None in pair else False))


def test_numbers_have_34_digits() -> None:
    assert compile_expression("1 / 3").evaluate({}, now=NOW) == Decimal("0." + "3" * 34)
    assert compile_expression("-(1 / 3)").evaluate({}, now=NOW) == Decimal("-0." + "3" * 34)


def test_names_are_the_free_names_of_the_text() -> None:
    names = compile_expression("for i in a return i + count(b.c) + {d: e, f: d}.f").names
    assert names == {"a", "b", "e"}


def test_names_with_spaces_are_known_when_they_are_told() -> None:
    expression = compile_expression("Monthly Fee + Annual - Rate", names=["Monthly Fee", "Annual - Rate"])
    assert expression.evaluate_json({"Monthly Fee": 1, "Annual-Rate": 2}, now=NOW) == 3
    assert expression.names == {"Monthly Fee", "Annual-Rate"}


def test_a_variable_hides_the_built_in_function_of_its_name() -> None:
    assert result("count", count=5) == 5


def test_same_text_is_compiled_once() -> None:
    assert compile_expression("a + 12345") is compile_expression("a + 12345")


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("1 +", 3),
        ("", 0),
        ("a b", 2),
        ("[1, 2", 5),
        ('"abc', 0),
        ("1 # 2", 2),
        ("x instance of thing", 14),
        ("1 2", 2),
    ],
)
def test_text_that_is_no_expression_is_refused_with_its_position(text: str, position: int) -> None:
    with pytest.raises(FeelSyntaxError) as caught:
        compile_expression(text)
    assert caught.value.position == position


def test_now_and_today_come_from_the_caller() -> None:
    assert result("now()") == "2026-08-15T01:30:00+07:00"
    assert result("date(now()) = today()") is True
    assert result('now() = date and time("2026-08-14T18:30:00Z")') is True
    assert result("today()") == "2026-08-15", "in Vietnam it is the next day already"
