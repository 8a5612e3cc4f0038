"""What is found wrong with a decision table is what trying all values finds."""

from datetime import UTC, datetime
from fractions import Fraction
from itertools import combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.dmn import DecisionModel, load_decisions
from engine.dmn.analysis import FindingKind, analyse
from engine.feel.expression import outermost
from engine.feel.json_values import to_feel

NOW = datetime(2026, 8, 14, tzinfo=UTC)
#: All ends that cells name, and a value before, between and after them.
POINTS = [float(Fraction(half, 2)) for half in range(-1, 10)]
_ENDS = st.integers(0, 4)
_CELLS = st.one_of(
    st.just("-"),
    _ENDS.map(str),
    st.tuples(st.sampled_from(["<", "<=", ">", ">=", "="]), _ENDS).map("{0[0]} {0[1]}".format),
    st.tuples(st.sampled_from("[("), _ENDS, _ENDS, st.sampled_from("])"))
    .filter(lambda parts: parts[1] <= parts[2])
    .map("{0[0]}{0[1]}..{0[2]}{0[3]}".format),
    st.tuples(_ENDS, _ENDS).map("{0[0]}, {0[1]}".format),
    st.tuples(_ENDS, _ENDS).map("not({0[0]}, > {0[1]})".format),
)


def model_of(rows: list[tuple[str, str]], policy: str) -> DecisionModel:
    columns = "".join(
        f"<input label='{x}'><inputExpression><text>{x}</text></inputExpression></input>" for x in "xy"
    )
    rules = "".join(
        "<rule>"
        + "".join(f"<inputEntry><text><![CDATA[{cell}]]></text></inputEntry>" for cell in row)
        + f"<outputEntry><text>{number}</text></outputEntry></rule>"
        for number, row in enumerate(rows)
    )
    content = (
        "<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/' name='m' namespace='m'>"
        f"<decision id='d' name='d'><decisionTable hitPolicy='{policy}'>{columns}<output/>{rules}"
        "</decisionTable></decision></definitions>"
    )
    return load_decisions(content.encode())


def matched(model: DecisionModel) -> list[set[int]]:
    """Return the numbers of the rules that match, for each pair of values."""
    (table,) = model.tables
    found = []
    for pair in product(POINTS, POINTS):
        scope = outermost({}, now=NOW)
        values = [to_feel(value) for value in pair]
        found.append(
            {
                number
                for number, rule in enumerate(table.rules, start=1)
                if all(
                    test is None or test.matches_within(value, scope)
                    for test, value in zip(rule.tests, values, strict=True)
                )
            }
        )
    return found


ROWS = st.lists(st.tuples(_CELLS, _CELLS), min_size=1, max_size=5)


@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_overlaps_and_gaps_are_those_that_trying_finds(rows: list[tuple[str, str]]) -> None:
    model = model_of(rows, "UNIQUE")
    tried = matched(model)
    findings = analyse(model)
    overlaps = {finding.rules for finding in findings if finding.kind is FindingKind.OVERLAP}
    assert overlaps == {pair for rules in tried for pair in combinations(sorted(rules), 2)}
    assert any(finding.kind is FindingKind.GAP for finding in findings) == any(not rules for rules in tried)


@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_rules_that_never_count_are_those_that_trying_finds(rows: list[tuple[str, str]]) -> None:
    model = model_of(rows, "FIRST")
    counting = {min(rules) for rules in matched(model) if rules}
    idle = {
        finding.rules[-1]
        for finding in analyse(model)
        if finding.kind in (FindingKind.UNREACHABLE, FindingKind.NEVER_MATCHES)
    }
    assert idle == set(range(1, len(rows) + 1)) - counting
