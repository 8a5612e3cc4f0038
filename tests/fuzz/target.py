"""What every text must satisfy, whatever it says: a value of FEEL or a refusal, and nothing else."""

from datetime import UTC, datetime
from typing import Any

from engine.feel import FeelError, FeelSyntaxError, Limits, compile_expression, compile_unary_tests, to_json
from engine.feel.builtins_registry import BUILTINS
from engine.feel.values import Function, Range, type_name

NOW = datetime(2026, 8, 14, 9, tzinfo=UTC)
VARIABLES: dict[str, Any] = {
    "x": 3,
    "y": 1.5,
    "s": "Sở Nội vụ",
    "b": True,
    "n": None,
    "items": [{"a": 1, "b": "u"}, {"a": 2, "b": "v"}, {"a": None}],
    "c": {"a": {"b": [1, 2]}, "first name": "An"},
    "first name": "An",
}
NAMES = ("first name",)
#: What a caller allows is less than the default, so that more is tried in the same time.
LIMITS = Limits(steps=100_000, size=20_000)

#: Pieces of the language from which expressions are put together.
PIECES: tuple[str, ...] = (
    *("x", "y", "s", "b", "n", "items", "c", "first name", "item", "partial", "?", "a", "i", "f"),
    *("0", "1", "-1", "2.5", "1e30", "1e6144", "9999999999", "0.1", '"a"', '""', '"(a|b)*c"', '"\\u0110"'),
    *("true", "false", "null", '@"2026-08-14"', '@"2026-08-14T09:00:00@Asia/Ho_Chi_Minh"', '@"09:00:00Z"'),
    *('@"P1Y2M"', '@"-P1DT2H"', '@"999999999-12-31"', '@"-999999999-01-01T00:00:00+18:00"'),
    *("+", "-", "*", "/", "**", "<", "<=", ">", ">=", "=", "!=", "and", "or", "between", "in", "instance of"),
    *("(", ")", "[", "]", "{", "}", ",", ":", ".", "..", "->", "..5", "1..9", "if", "then", "else", "not("),
    *("for i in", "return", "some i in", "every i in", "satisfies", "function(i)", "function(f, i: number)"),
    *("list<number>", "context<a: string>", "function<number> -> string", "range<date>", "number", "string"),
    *(".a", ".b", ".year", ".time offset", "[item > 1]", "[1]", "[-1]", "{a: 1}", "{f: function(i) f(i)}"),
    *(f"{name}(" for name in sorted(BUILTINS)),
)


def check(text: str, *, unary: bool = False) -> None:
    """Compile, evaluate and explain a text.

    Raises:
        AssertionError: something else than a FEEL value came out.
        Exception: the language let something escape.
    """
    try:
        if unary:
            matched = compile_unary_tests(text, names=NAMES).matches(3, VARIABLES, now=NOW)
            assert isinstance(matched, bool), text
            return
        expression = compile_expression(text, names=NAMES)
    except FeelSyntaxError as error:
        if not 0 <= error.position <= len(text):
            raise AssertionError(f"{text!r} is refused at {error.position}") from error
        return
    except FeelError:
        assert unary, text
        return
    value: Any
    try:
        value = expression.evaluate(VARIABLES, now=NOW, limits=LIMITS)
    except FeelError as error:
        value = error
    else:
        require_feel(value)
        try:
            to_json(value)
        except FeelError:
            pass
    explanation = expression.explain(VARIABLES, now=NOW, limits=LIMITS)
    assert (explanation.whole.error is not None) == isinstance(value, FeelError), text
    explanation.whole.to_json()


def require_feel(value: Any) -> None:
    """Refuse a value that is none of FEEL, at any depth."""
    type_name(value)
    if isinstance(value, Function):
        return
    if isinstance(value, Range):
        require_feel(value.low)
        require_feel(value.high)
    for item in value if isinstance(value, list) else value.values() if isinstance(value, dict) else ():
        require_feel(item)
