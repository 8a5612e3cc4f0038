"""Conditions and decision tables: a compiled condition against plain Python, and a table of ten rules."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from statistics import median
from time import perf_counter, process_time
from typing import Any

from engine.dmn import load_decisions
from engine.feel import FeelError, compile_expression
from tests.benchmarks.figures import Figure, Setting
from tests.unit.feel.attacks import ATTACKS
from tests.unit.feel.attacks import VARIABLES as ATTACKED

NOW = datetime(2026, 8, 14, 9, tzinfo=UTC)
#: Twenty variables, as an instance has them.
VARIABLES: dict[str, Any] = {
    **{f"field_{number}": number for number in range(17)},
    "days_left": 4,
    "status": "waiting",
    "unit": {"code": "SNV", "name": "Sở Nội vụ"},
}
#: Conditions of two terms in FEEL and in Python.
CONDITIONS = (
    ('days_left > 3 and status = "waiting"', 'days_left > 3 and status == "waiting"'),
    ("days_left > field_3 or field_5 <= 2", "days_left > field_3 or field_5 <= 2"),
)
_ROUNDS, _REPEATS = 2_000, 25

_RULES = (
    *(("< 0", '"waiting"', "-", '"late"'), ("[0..1]", '"waiting"', "-", '"urgent"')),
    *(("[2..3]", '"waiting"', "> 10", '"soon"'), ("[2..3]", '"waiting"', "<= 10", '"calm"')),
    *(("> 3", '"waiting"', "> 10", '"watch"'), ("> 3", '"waiting"', "<= 10", '"calm"')),
    *(("-", '"done"', "< 5", '"praise"'), ("-", '"done"', "[5..10)", '"thank"')),
    *(("-", '"done"', ">= 10", '"none"'), ("-", 'not("done", "waiting")', "-", '"ask"')),
)


def _table() -> bytes:
    columns = "".join(
        f"<input label='{name}'><inputExpression typeRef='{kind}'><text>{name}</text></inputExpression></input>"
        for name, kind in (("days_left", "number"), ("status", "string"), ("field_11", "number"))
    )
    rules = "".join(
        "<rule>"
        + "".join(f"<inputEntry><text><![CDATA[{cell}]]></text></inputEntry>" for cell in row[:-1])
        + f"<outputEntry><text>{row[-1]}</text></outputEntry></rule>"
        for row in _RULES
    )
    return (
        "<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/' name='m' namespace='m'>"
        f"<decision id='d' name='d'><decisionTable hitPolicy='UNIQUE'>{columns}<output name='o'/>{rules}"
        "</decisionTable></decision></definitions>"
    ).encode()


def _seconds_each(act: Callable[[], object], rounds: int) -> float:
    """Return the seconds of one of many calls, the loop's own included."""
    begun = perf_counter()
    for _ in range(rounds):
        act()
    return (perf_counter() - begun) / rounds


def condition_ratio() -> float:
    """Return how much longer a condition takes than ``eval`` of the same in Python, the worse of two."""
    return max(_ratio(feel, python) for feel, python in CONDITIONS)


def _ratio(feel: str, python: str) -> float:
    expression, code = compile_expression(feel), compile(python, "<condition>", "eval")

    def ours() -> Any:
        return expression.evaluate(VARIABLES, now=NOW)

    def theirs() -> Any:
        return eval(code, {}, VARIABLES)

    assert ours() == theirs()
    pairs = [(_seconds_each(ours, _ROUNDS), _seconds_each(theirs, _ROUNDS)) for _ in range(_REPEATS)]
    return median(mine for mine, _ in pairs) / median(other for _, other in pairs)


def table_microseconds() -> float:
    """Return the microseconds of a table of ten rules, with the reasons for its result."""
    model = load_decisions(_table())
    assert model.evaluate("d", VARIABLES, now=NOW).result == "watch"
    return 1e6 * median(
        _seconds_each(lambda: model.evaluate("d", VARIABLES, now=NOW), 100) for _ in range(_REPEATS)
    )


def slowest_attack_seconds() -> tuple[int, float]:
    """Return how many attack expressions there are and how many seconds of work the slowest is."""
    slowest = 0.0
    for text, _ in ATTACKS:
        begun = process_time()
        try:
            compile_expression(text).evaluate_json(ATTACKED, now=NOW)
        except FeelError:
            pass
        slowest = max(slowest, process_time() - begun)
    return len(ATTACKS), slowest


def deciding(_setting: Setting) -> Iterable[Figure]:
    """Measure conditions, decision tables and attacks."""
    yield Figure(
        name="condition",
        what="a FEEL condition over 20 variables / the same by eval in Python",
        reach="<= 3",
        measured=condition_ratio(),
        unit="x",
    )
    yield Figure(
        name="decision-table",
        what="a decision table of 10 rules, with the reasons for its result",
        reach="<= 100",
        measured=table_microseconds(),
        unit="µs",
    )
    count, slowest = slowest_attack_seconds()
    yield Figure(
        name="attacks",
        what=f"the slowest of {count} attack expressions",
        reach="<= 1",
        measured=slowest,
        unit="s",
    )
