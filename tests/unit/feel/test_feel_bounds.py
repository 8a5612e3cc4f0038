"""An expression can be slow, deep or large only so far."""

from datetime import UTC, datetime

import pytest

from engine.feel import FeelError, FeelSyntaxError, TooDeep, TooLarge, TooManySteps, compile_expression

NOW = datetime(2026, 8, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("count(for i in 1..9999, j in 1..9999, k in [] return 1)", TooManySteps),
        ("distinct values(for i in 1..20000 return i)", TooManySteps),
        ("for i in 1..999999999 return i", TooLarge),
        ("for i in 1..300 return [partial[-1]]", TooLarge),
        ("for i in 1..30 return partial", TooLarge),
        ("{f: function(n) f(n + 1), r: f(1)}.r", TooDeep),
        ('{f: function(t, n) if n = 0 then t else f(t + t, n - 1), r: f("abcdefgh", 18)}.r', TooLarge),
        ("10 ** 400", TooLarge),
    ],
)
def test_evaluation_stops_at_its_bound(text: str, error: type[FeelError]) -> None:
    with pytest.raises(error):
        compile_expression(text).evaluate_json({}, now=NOW)


def test_large_input_is_refused_when_it_is_used() -> None:
    variables = {"big": [0] * 200_000, "text": "x" * 200_000, "small": 1}
    assert compile_expression("small").evaluate_json(variables, now=NOW) == 1
    for name in ("big", "text"):
        with pytest.raises(TooLarge):
            compile_expression(name).evaluate(variables, now=NOW)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 200 + "]" * 200,
        "-" * 5000 + "1",
        "a" + ".b" * 100,
        "x instance of " + "list<" * 100 + "number" + ">" * 100,
        "1 + " * 6000 + "1",
    ],
)
def test_source_that_is_too_deep_or_long_is_refused(text: str) -> None:
    with pytest.raises(FeelSyntaxError):
        compile_expression(text)


def test_brackets_and_long_chains_are_no_depth() -> None:
    assert compile_expression("(" * 5000 + "1" + ")" * 5000).evaluate_json({}, now=NOW) == 1
    assert compile_expression(" + ".join(["1"] * 3000)).evaluate_json({}, now=NOW) == 3000


def test_patterns_never_take_exponential_time() -> None:
    expression = compile_expression('matches(text, "^(a|a)*(a*)*b$")')
    assert expression.evaluate_json({"text": "a" * 2000}, now=NOW) is False
    with pytest.raises(TooManySteps):
        expression.evaluate_json({"text": "a" * 99_000}, now=NOW)
