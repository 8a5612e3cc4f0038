"""Whatever an expression says, it ends in a FEEL value or in a refusal, and the same one each time."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.feel import FeelError, compile_expression, compile_unary_tests, to_feel, to_json
from engine.feel.builtins_registry import BUILTINS
from engine.feel.expression import Expression, outermost
from engine.feel.scope import Inner
from tests.fuzz.target import LIMITS, NAMES, NOW, PIECES, VARIABLES, check

_NAMES = st.sampled_from(["x", "y", "s", "b", "n", "items", "c", "first name", "unknown", "i"])
_NUMBERS = st.sampled_from(["0", "1", "2", "-3", "0.5", "1e10", "1e6000", "12345678901234567890.5"])
_TEXTS = st.sampled_from(['""', '"a"', '"Đà Nẵng"', '"a|b*"', '"\\n"', '"2026-08-14"', '"P1D"'])
_DATES = st.sampled_from(
    ['@"2026-08-14"', '@"2026-08-14T09:00:00Z"', '@"09:00:00"', '@"PT1H"', '@"-P1Y"', '@"999999999-12-31"']
)
_LEAVES = _NAMES | _NUMBERS | _TEXTS | _DATES | st.sampled_from(["true", "false", "null", "[]", "{}"])
_OPERATORS = st.sampled_from(
    ["+", "-", "*", "/", "**", "<", "<=", ">", ">=", "=", "!=", "and", "or", "in", "between 0 and"]
)
_TYPES = st.sampled_from(
    ["number", "string", "list<number>", "context<a: number>", "range<date>", "function<number> -> Any"]
)


def _compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(inner, inner)
    return st.one_of(
        st.tuples(inner, _OPERATORS, inner).map(lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"),
        st.tuples(inner, inner, inner).map("if {0[0]} then {0[1]} else {0[2]}".format).map("({})".format),
        pair.map("(for i in {0[0]} return {0[1]})".format),
        pair.map("(for i in 1..4 return [i, {0[0]}, partial, {0[1]}])".format),
        pair.map("(some i in {0[0]} satisfies {0[1]})".format),
        pair.map("(every i in {0[0]} satisfies {0[1]})".format),
        pair.map("{0[0]}[{0[1]}]".format),
        pair.map("[{0[0]}..{0[1]})".format),
        pair.map(lambda parts: f"{{a: {parts[0]}, b: {parts[1]}}}"),
        pair.map("(function(i) {0[0]})({0[1]})".format),
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.tuples(st.sampled_from(sorted(BUILTINS)), st.lists(inner, max_size=4)).map(
            lambda call: f"{call[0]}({', '.join(call[1])})"
        ),
        st.tuples(inner, _TYPES).map("({0[0]} instance of {0[1]})".format),
        st.tuples(inner, st.sampled_from(["a", "b", "year", "months", "start", "time offset"])).map(
            "{0[0]}.{0[1]}".format
        ),
    )


EXPRESSIONS = st.recursive(_LEAVES, _compound, max_leaves=12)


@settings(max_examples=300, deadline=None)
@given(EXPRESSIONS)
def test_expression_gives_a_value_or_a_refusal(text: str) -> None:
    compile_expression(text, names=NAMES)
    check(text)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join), st.booleans())
def test_pieces_in_any_order_give_a_value_or_a_refusal(text: str, unary: bool) -> None:
    check(text, unary=unary)


def evaluated(expression: Expression) -> Any:
    try:
        return repr(expression.evaluate(VARIABLES, now=NOW, limits=LIMITS))
    except FeelError as error:
        return error.message


@settings(max_examples=200, deadline=None)
@given(EXPRESSIONS)
def test_explanation_gives_the_value_of_the_evaluation(text: str) -> None:
    expression = compile_expression(text, names=NAMES)
    whole = expression.explain(VARIABLES, now=NOW, limits=LIMITS).whole
    if "Function" not in evaluated(expression):
        assert (repr(whole.value) if whole.error is None else whole.error) == evaluated(expression)


_SIMPLE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.integers(-3, 3),
    st.floats(),
    st.sampled_from([0.1, 1.0, 2.5, -0.0]),
    st.sampled_from(["", "a", "b"]),
    st.lists(st.integers(0, 1), max_size=1),
    st.dictionaries(st.just("a"), st.sampled_from([None, True, 1, 0.1, "a", {"b": False}, {"b": 1}])),
)
_TERMS = st.sampled_from(["v", "w", "v.a", "missing", "w.a.b", "(v)"]) | st.tuples(
    st.sampled_from(["v", "w", "missing", "count", "v.a", "v.a.b"]),
    st.sampled_from(["=", "!=", "<", "<=", ">", ">="]),
    st.sampled_from(
        ["1", "0.1", "2.5", "-1", '"a"', "v", "w", "null", "true", "false", "w.a", "1e30", "9007199254740993"]
    ),
    st.booleans(),
).map(lambda term: " ".join((term[2], term[1], term[0]) if term[3] else term[:3]))


@settings(max_examples=400, deadline=None)
@given(st.lists(_TERMS, min_size=1, max_size=4), st.sampled_from([" and ", " or "]), _SIMPLE, _SIMPLE)
def test_shortcut_gives_what_the_full_evaluation_gives(terms: list[str], by: str, v: Any, w: Any) -> None:
    expression = compile_expression(by.join(terms))
    variables = {"v": v, "w": w}
    full = expression.evaluate_within(outermost(variables, now=NOW))
    assert repr(expression.evaluate(variables, now=NOW)) == repr(full)
    assert repr(expression.evaluate_json(variables, now=NOW)) == repr(to_json(full))


_ENDS = st.sampled_from(["1", "2.5", '"a"', "true", "null", '@"2026-08-14"', '@"PT1H"', "-3", "v"])
_TESTS = st.one_of(
    _ENDS,
    st.tuples(st.sampled_from(["<", "<=", ">", ">=", "=", "!="]), _ENDS).map(" ".join),
    st.tuples(_ENDS, _ENDS).map("[{0[0]}..{0[1]})".format),
    st.tuples(_ENDS, _ENDS).map("[{0[0]}, {0[1]}]".format),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(_TESTS, min_size=1, max_size=3).map(", ".join), st.booleans(), _SIMPLE | st.just(NOW))
def test_known_cell_gives_what_the_full_evaluation_gives(text: str, negated: bool, value: Any) -> None:
    tests = compile_unary_tests(f"not({text})" if negated else text)
    scope = Inner({"?": to_feel(value)}, outermost({"v": 1}, now=NOW))
    full = tests._check.evaluate_within(scope)
    assert tests.matches(value, {"v": 1}, now=NOW) is (full is True)
