"""Host functions, names that nobody offers, and explanations."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from engine.feel import (
    FeelSyntaxError,
    HostFunction,
    HostFunctionFailed,
    HostFunctions,
    Limits,
    TooManySteps,
    TooSlow,
    compile_expression,
    compile_unary_tests,
)
from engine.feel.explanation import MAX_PARTS
from engine.feel.types import SimpleType
from engine.feel.vocabulary import TypeNames

NOW = datetime(2026, 8, 14, 9, tzinfo=UTC)


def add_working_days(start: str, days: int) -> Any:
    if days > 100:
        raise ValueError("the calendar ends before that")
    return f"2026-01-{int(start[-2:]) + days:02}" if days >= 0 else days


FUNCTIONS = HostFunctions(
    [
        HostFunction("add working days(start: date, days: number)", "date", add_working_days),
        HostFunction("unit(code: string?)", "context", lambda code: {"code": code, "since": "2020-01-01"}),
    ]
)


def result(text: str, **variables: Any) -> Any:
    return compile_expression(text, functions=FUNCTIONS).evaluate_json(variables, now=NOW)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('add working days(@"2026-01-01", 3)', "2026-01-04"),
        ('add working days(@"2026-01-01", 3) + @"P1D"', "2026-01-05"),
        ('add working days(days: 3, start: date("2026-01-01")).day', 4),
        ('add working days("2026-01-01", 3)', None),
        ('add working days(@"2026-01-01")', None),
        ('add working days(@"2026-01-01", -1)', None),
        ('for n in 1..2 return add working days(@"2026-01-01", n)', ["2026-01-02", "2026-01-03"]),
        ("unit(null).since", "2020-01-01"),
        ("sort([2, 1], function(a, b) a < b)[1]", 1),
    ],
)
def test_host_function_gives(text: str, expected: Any) -> None:
    assert result(text) == expected


def test_host_is_asked_in_json_once_for_each_question_and_can_be_replayed() -> None:
    asked: list[tuple[str, list[Any], Any]] = []

    def recording(name: str, arguments: list[Any]) -> Any:
        asked.append((name, arguments, FUNCTIONS.answer(name, arguments)))
        return asked[-1][2]

    text = 'add working days(x, 1) = add working days(x, 1) and add working days(x, 2) = @"2026-01-03"'
    expression = compile_expression(text, functions=FUNCTIONS)
    variables = {"x": datetime(2026, 1, 1, tzinfo=UTC).date()}
    live = expression.evaluate(variables, now=NOW, ask=recording)
    assert asked == [
        ("add working days", ["2026-01-01", 1], "2026-01-02"),
        ("add working days", ["2026-01-01", 2], "2026-01-03"),
    ]
    answers = iter([answer for _, _, answer in asked])
    assert expression.evaluate(variables, now=NOW, ask=lambda *_: next(answers)) is live is True


def test_host_function_that_refuses_ends_the_evaluation() -> None:
    with pytest.raises(HostFunctionFailed, match="calendar ends"):
        result('add working days(@"2026-01-01", 101)')


def test_host_functions_work_in_unary_tests() -> None:
    tests = compile_unary_tests('>= add working days(@"2026-01-01", 1)', functions=FUNCTIONS)
    assert tests.names == frozenset()
    assert tests.matches(datetime(2026, 1, 2, tzinfo=UTC).date(), {}, now=NOW) is True


@pytest.mark.parametrize(
    ("signature", "gives"),
    [("count(list: list)", "number"), ("no signature", "number"), ("f(a: number)", "thing")],
)
def test_host_function_that_cannot_be_declared_is_refused(signature: str, gives: str) -> None:
    with pytest.raises(ValueError, match="Expected"):
        HostFunctions([HostFunction(signature, gives, lambda: None)])


def test_names_that_nobody_offers_are_found_with_their_positions() -> None:
    expression = compile_expression("due(x, y.z) + count(w) + (function(f) f(x))(v) + due(1)")
    unresolved = expression.unresolved(["x", "w"])
    assert [(use.name, use.position) for use in unresolved.functions] == [("due", 0)]
    assert [(use.name, use.position) for use in unresolved.variables] == [("y", 7), ("v", 44)]


def test_name_in_a_filter_may_be_an_entry() -> None:
    unresolved = compile_expression("items[price > limit and due(price)].price").unresolved(["items"])
    assert [use.name for use in unresolved.functions] == ["due"]
    assert unresolved.variables == ()


def test_variable_may_hold_a_function() -> None:
    assert compile_expression("f(1)").unresolved(["f"]).functions == ()


@pytest.mark.parametrize(
    ("text", "words", "position"),
    [
        ("add work days(x, 1)", "no function 'add work days'", 4),
        ("if x and due date(x) then 1 else 2", "no function 'due date'", 13),
        ("if end of month(x) then 1 else 2", "no function 'end of month'", 7),
        ("1 + first name", "no name 'first name'", 10),
        ("x instance of tPerson", "Expected a type, but got 'tPerson'", 14),
    ],
)
def test_refusal_says_what_is_missing_and_where(text: str, words: str, position: int) -> None:
    with pytest.raises(FeelSyntaxError, match=words) as caught:
        compile_expression(text)
    assert caught.value.position == position


def test_types_of_a_model_can_be_named() -> None:
    types = TypeNames({"tAge": SimpleType("number")})
    expression = compile_expression("[x instance of tAge, [x] instance of list<tAge>]", types=types)
    assert expression.evaluate_json({"x": 1}, now=NOW) == [True, True]


def explained(text: str, **variables: Any) -> Any:
    return compile_expression(text, functions=FUNCTIONS).explain(variables, now=NOW).whole


def test_every_part_has_its_value_and_place() -> None:
    whole = explained("if x > 1 then x * 2 else y", x=3)
    assert whole.to_json() == {
        "text": "if x > 1 then x * 2 else y",
        "position": 0,
        "value": 6,
        "children": [
            {
                "text": "x > 1",
                "position": 3,
                "value": True,
                "children": [
                    {"text": "x", "position": 3, "value": 3, "children": []},
                    {"text": "1", "position": 7, "value": 1, "children": []},
                ],
            },
            {
                "text": "x * 2",
                "position": 14,
                "value": 6,
                "children": [
                    {"text": "x", "position": 14, "value": 3, "children": []},
                    {"text": "2", "position": 18, "value": 2, "children": []},
                ],
            },
        ],
    }


def test_rounds_of_a_loop_and_bodies_of_functions_are_shown_each_time() -> None:
    whole = explained("for i in [1, 2] return (function(a) a + i)(10)")
    assert [part.value for part in whole.walk() if part.text == "a + i"] == [11, 12]


def test_part_that_passes_a_bound_carries_the_error() -> None:
    whole = explained("1 + count(for i in 1..999999999 return i)")
    assert "at most" in str(whole.error)
    assert [part.error is not None for part in whole.children] == [False, True]
    assert "value" not in whole.to_json()


def test_explanation_is_bounded() -> None:
    explanation = compile_expression("for i in 1..5000 return i").explain({}, now=NOW)
    assert not explanation.complete
    assert sum(1 for _ in explanation.whole.walk()) <= MAX_PARTS
    assert len(explanation.whole.value) == 5000


def test_large_values_are_not_written_again_and_again() -> None:
    expression = compile_expression("for i in 1..500 return count(big)")
    explanation = expression.explain({"big": [0] * 5_000}, now=NOW)
    written = orjson.dumps(explanation.whole.to_json())
    assert len(written) < 1_000_000
    assert b'"omitted":true' in written
    assert not explanation.complete


def test_bound_in_seconds_ends_what_the_steps_would_allow() -> None:
    expression = compile_expression("count(for i in 1..90000 return i)")
    with pytest.raises(TooSlow, match="seconds"):
        expression.evaluate({}, now=NOW, limits=Limits(seconds=0.001))
    assert expression.evaluate({}, now=NOW, limits=Limits(seconds=60)) == 90_000
    with pytest.raises(TooManySteps):
        expression.evaluate({}, now=NOW, limits=Limits(seconds=60, steps=20_000))
