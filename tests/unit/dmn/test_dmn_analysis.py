"""What is found wrong with decision tables before they are run."""

from time import perf_counter

import pytest

from engine.definitions.resources import Severity
from engine.definitions.table_checks import check_decisions
from engine.dmn import load_decisions
from engine.dmn.analysis import Finding, FindingKind, analyse
from engine.feel import HostFunction, HostFunctions


def findings(
    *rows: tuple[str, ...],
    policy: str = "UNIQUE",
    allowed: str = "",
    default: str = "",
    labels: tuple[str, ...] = ("x", "y", "z"),
) -> list[Finding]:
    """Analyse a table of rows of input cells and one output cell."""
    width = len(rows[0]) - 1
    values = f"<inputValues><text>{allowed}</text></inputValues>" if allowed else ""
    columns = "".join(
        f'<input label="{label}"><inputExpression><text>{label}</text></inputExpression>{values}</input>'
        for label in labels[:width]
    )
    otherwise = f"<defaultOutputEntry><text>{default}</text></defaultOutputEntry>" if default else ""
    rules = "".join(
        "<rule>"
        + "".join(f"<inputEntry><text>{cell}</text></inputEntry>" for cell in row[:-1])
        + f"<outputEntry><text>{row[-1]}</text></outputEntry></rule>"
        for row in (tuple(cell.replace("<", "&lt;") for cell in row) for row in rows)
    )
    content = (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="m" namespace="m">'
        f'<decision id="d" name="d"><decisionTable id="dt" hitPolicy="{policy}">{columns}'
        f'<output name="o">{otherwise}</output>{rules}</decisionTable></decision></definitions>'
    )
    return list(analyse(load_decisions(content.encode())))


def told(found: list[Finding], kind: FindingKind) -> list[str]:
    return [finding.sentence for finding in found if finding.kind is kind]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ((("[1..5]", "1"), ("[5..9]", "2")), "Rules 1 and 2 both match where x = 5."),
        ((("< 5", "1"), ("> 3", "2")), "Rules 1 and 2 both match where x in (3..5)."),
        ((('"a", "b"', "1"), ('"b"', "2")), 'Rules 1 and 2 both match where x = "b".'),
        (
            ((">= 3", '"a"', "1"), ("-", 'not("b")', "2")),
            'Rules 1 and 2 both match where x >= 3 and y = "a".',
        ),
        ((("true", "1"), ("-", "2")), "Rules 1 and 2 both match where x = true."),
        (
            (('<= date("2026-01-31")', "1"), ('[@"2026-01-31"..@"2026-02-28"]', "2")),
            "Rules 1 and 2 both match where x = 2026-01-31.",
        ),
        ((('> @"P10D"', "1"), ('@"P11D"', "2")), "Rules 1 and 2 both match where x = P11D."),
        ((("-", "1"), ("-", "2")), "Rules 1 and 2 both match where x is anything."),
        ((("-", "-", "1"), ("-", "-", "2")), "Rules 1 and 2 both match whatever the inputs are."),
    ],
)
def test_overlap_under_unique_is_found(rows: tuple[tuple[str, ...], ...], sentence: str) -> None:
    found = findings(*rows)
    assert told(found, FindingKind.OVERLAP) == [sentence]
    assert found[0].rules == (1, 2)
    assert found[0].table_id == "dt"


def test_overlap_under_any_counts_only_with_different_outputs() -> None:
    assert told(findings(("< 5", "1"), ("< 3", "1"), policy="ANY"), FindingKind.OVERLAP) == []
    assert len(told(findings(("< 5", "1"), ("< 3", "2"), policy="ANY"), FindingKind.OVERLAP)) == 1


@pytest.mark.parametrize("policy", ["FIRST", "COLLECT", "RULE ORDER"])
def test_overlap_under_other_policies_is_no_mistake(policy: str) -> None:
    assert told(findings(("< 5", "1"), ("-", "2"), policy=policy), FindingKind.OVERLAP) == []


@pytest.mark.parametrize(
    ("rows", "allowed", "sentences"),
    [
        ((("< 5", "1"), ("> 5", "2")), "", ["No rule matches where x = 5."]),
        ((("< 5", "1"), ("[5..9)", "2")), "", ["No rule matches where x >= 9."]),
        ((("true", "1"),), "", ["No rule matches where x = false."]),
        ((('"a"', "1"),), "", ["No rule matches where x is anything else."]),
        ((('"a"', "1"),), '"a", "b"', ['No rule matches where x = "b".']),
        ((("[0..10]", "1"),), "[0..100]", ["No rule matches where x in (10..100]."]),
        ((('<= @"2026-01-31"', "1"), ('>= @"2026-02-01"', "2")), "", []),
        (
            (("< 5", "true", "1"), (">= 5", "-", "2")),
            "",
            ["No rule matches where x < 5 and y = false."],
        ),
    ],
)
def test_gap_is_found(rows: tuple[tuple[str, ...], ...], allowed: str, sentences: list[str]) -> None:
    assert told(findings(*rows, allowed=allowed), FindingKind.GAP) == sentences


def test_gap_is_no_mistake_with_a_default_or_where_nothing_need_match() -> None:
    assert findings(("< 5", "1"), default="0") == []
    assert findings(("< 5", "1"), policy="COLLECT") == []


def test_rule_that_others_hide_under_first_is_found() -> None:
    found = findings(("< 5", "1"), (">= 5", "2"), ("3", "3"), ("-", "4"), policy="FIRST")
    assert told(found, FindingKind.UNREACHABLE) == [
        "Rule 3 never counts: rule 1 before it matches whatever it matches.",
        "Rule 4 never counts: rules 1, 2, 3 before it match whatever it matches.",
    ]


def test_rule_that_accepts_only_what_cannot_occur_is_found() -> None:
    found = findings(('"a", "b"', "1"), ('"c"', "2"), allowed='"a", "b"')
    assert told(found, FindingKind.NEVER_MATCHES) == [
        "Rule 2 never matches: its cell under 'x' accepts no value that may occur."
    ]


def test_rule_that_is_not_understood_is_left_out() -> None:
    found = findings(("< y", "1"), ("5", "2"), ("[5..6]", "3"))
    assert [finding.rules for finding in found] == [(2, 3)]
    assert findings(("? > 3", "1"), ('starts with(?, "a")', "2")) == []
    assert findings(("5", "1"), ('"a"', "2")) == [], "columns of two types are not compared"


def test_work_is_bounded() -> None:
    cells = [
        [f"{(row * column) % 7}..{(row * column) % 7 + 3}" for column in (1, 2, 3)] for row in range(300)
    ]
    begun = perf_counter()
    found = findings(*((*(f"[{cell}]" for cell in row), "1") for row in cells), policy="FIRST")
    assert perf_counter() - begun < 10
    assert len(found) <= 60
    rows = tuple(("-", "-", "1") for _ in range(1_001))
    assert told(findings(*rows), FindingKind.INCOMPLETE) == ["The table is too large to be analysed."]


def test_allowed_values_of_the_type_of_a_column_count() -> None:
    content = (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="m" namespace="m">'
        '<itemDefinition name="tStatus"><typeRef>string</typeRef>'
        '<allowedValues><text>"open", "done", "late"</text></allowedValues></itemDefinition>'
        '<decision id="d" name="d"><decisionTable id="dt"><input label="x">'
        '<inputExpression typeRef="tStatus"><text>x</text></inputExpression></input><output/>'
        '<rule><inputEntry><text>"open", "done"</text></inputEntry>'
        "<outputEntry><text>1</text></outputEntry></rule>"
        "</decisionTable></decision></definitions>"
    )
    found = analyse(load_decisions(content.encode()))
    assert [finding.sentence for finding in found] == ['No rule matches where x = "late".']


DECLARED = (
    '<inputData id="score" name="score"><variable name="score"/></inputData>'
    '<decision id="t" name="T"><informationRequirement><requiredInput href="#score"/></informationRequirement>'
    "<literalExpression><text>score + socre</text></literalExpression></decision>"
    '<decision id="free" name="Free"><literalExpression><text>late + 1</text></literalExpression></decision>'
)


def test_an_unknown_name_is_a_warning_only_where_a_decision_declares_what_it_needs() -> None:
    content = f'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/">{DECLARED}</definitions>'
    (problem,) = check_decisions(content.encode())
    assert (problem.severity, problem.element_id) == (Severity.WARNING, "t")
    assert "'socre'" in problem.reason
    assert "decision 't'" in problem.reason


def test_names_of_a_hostile_file_are_told_in_bounds() -> None:
    literal = f'<literalExpression><text>gone("{"x" * 5_000}")</text></literalExpression>'
    content = '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/">' + "".join(
        f'<decision id="d{n}" name="d{n}">{literal}</decision>' for n in range(300)
    )
    problems = check_decisions(f"{content}</definitions>".encode())
    assert len(problems) == 200
    assert all(len(problem.reason) < 300 for problem in problems)


def test_a_function_is_looked_for_in_knowledge_models_too() -> None:
    knowledge = (
        '<businessKnowledgeModel id="k" name="k"><encapsulatedLogic><formalParameter name="x"/>'
        "<literalExpression><text>h(x) + gone(x) + sum(x)</text></literalExpression></encapsulatedLogic>"
        "</businessKnowledgeModel>"
    )
    content = f'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/">{knowledge}</definitions>'
    function = HostFunction("h(a: number)", "number", lambda a: a)
    (problem,) = check_decisions(content.encode(), HostFunctions([function]))
    assert "'gone'" in problem.reason
    assert "business knowledge model 'k'" in problem.reason
    assert problem.severity is Severity.ERROR
