"""Decision tables and models: hit policies, required decisions, what is refused and how it is named."""

from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

import pytest

from engine.dmn import DecisionResult, DmnError, load_decisions

NOW = datetime(2026, 8, 14, 9, tzinfo=UTC)
NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def definitions(*elements: str, namespace: str = NAMESPACE) -> bytes:
    body = "".join(elements)
    return f'<definitions xmlns="{namespace}" id="d" name="n" namespace="t">{body}</definitions>'.encode()


def cell(kind: str, text: str, identifier: str) -> str:
    return f'<{kind} id="{identifier}"><text>{escape(text)}</text></{kind}>'


def table(
    *rules: tuple[str, ...],
    inputs: str = "x",
    outputs: tuple[str, ...] = ("out",),
    attributes: str = "",
    extra: str = "",
) -> str:
    """Return a decision ``t`` with one row for each tuple of cells (inputs first)."""
    columns = inputs.split(",") if inputs else []
    parts = [
        f'<input id="i{n}" label="Label {name}"><inputExpression><text>{name}</text></inputExpression></input>'
        for n, name in enumerate(columns)
    ]
    parts += [f'<output id="o{n}" name="{name}">{extra}</output>' for n, name in enumerate(outputs)]
    for row, cells in enumerate(rules, start=1):
        tests = [cell("inputEntry", text, f"r{row}i{n}") for n, text in enumerate(cells[: len(columns)])]
        results = [cell("outputEntry", text, f"r{row}o{n}") for n, text in enumerate(cells[len(columns) :])]
        parts.append(f'<rule id="r{row}">{"".join(tests + results)}</rule>')
    body = "".join(parts)
    return f'<decision id="t" name="T"><decisionTable id="dt" {attributes}>{body}</decisionTable></decision>'


def decided(element: str, **variables: Any) -> DecisionResult:
    return load_decisions(definitions(element)).evaluate("t", variables, now=NOW)


OVERLAP = (("> 1", "1"), ("> 2", "2"), ("> 3", "3"))
PRIORITIES = '<outputValues id="ov"><text>3, 2, 1</text></outputValues>'


@pytest.mark.parametrize(
    ("attributes", "extra", "x", "expected", "matched"),
    [
        ("", "", 2, 1, (1,)),
        ("", "", 0, None, ()),
        ('hitPolicy="FIRST"', "", 4, 1, (1,)),
        ('hitPolicy="PRIORITY"', PRIORITIES, 3, 2, (2,)),
        ('hitPolicy="OUTPUT ORDER"', PRIORITIES, 4, [3, 2, 1], (3, 2, 1)),
        ('hitPolicy="RULE ORDER"', "", 4, [1, 2, 3], (1, 2, 3)),
        ('hitPolicy="COLLECT"', "", 3, [1, 2], (1, 2)),
        ('hitPolicy="COLLECT"', "", 0, [], ()),
        ('hitPolicy="COLLECT" aggregation="SUM"', "", 4, 6, (1, 2, 3)),
        ('hitPolicy="COLLECT" aggregation="MIN"', "", 4, 1, (1, 2, 3)),
        ('hitPolicy="COLLECT" aggregation="MAX"', "", 4, 3, (1, 2, 3)),
        ('hitPolicy="COLLECT" aggregation="COUNT"', "", 4, 3, (1, 2, 3)),
        ('hitPolicy="COLLECT" aggregation="COUNT"', "", 0, 0, ()),
        ("", "<defaultOutputEntry><text>9</text></defaultOutputEntry>", 0, 9, ()),
    ],
)
def test_hit_policy(attributes: str, extra: str, x: int, expected: Any, matched: tuple[int, ...]) -> None:
    result = decided(table(*OVERLAP, attributes=attributes, extra=extra), x=x)
    assert (result.result, result.matched_rules) == (expected, matched)


def test_unique_table_refuses_overlap() -> None:
    with pytest.raises(DmnError, match="Expected one rule to match, but 1, 2 do") as caught:
        decided(table(*OVERLAP), x=3)
    assert caught.value.element_id == "dt"


def test_any_table_takes_rules_that_agree_and_refuses_others() -> None:
    agreeing = table(("> 1", '"a"'), ("> 2", '"a"'), ("> 3", '"b"'), attributes='hitPolicy="ANY"')
    assert decided(agreeing, x=3).result == "a"
    with pytest.raises(DmnError, match="they differ"):
        decided(agreeing, x=4)


def test_several_outputs_are_a_dict_by_name() -> None:
    result = decided(
        table(('"a", "b"', "-", '"late"', "x + y"), inputs="k,y", outputs=("label", "points")),
        k="b",
        x=1,
        y=2,
    )
    assert result.result == {"label": "late", "points": 3}
    assert result.inputs == {"Label k": "b", "Label y": 2}


def test_empty_cells_pass_and_give_null() -> None:
    result = decided(table(("", "")), x=None)
    assert (result.result, result.matched_rules) == (None, (1,))


def test_table_without_inputs_always_matches() -> None:
    assert decided(table(("1",), inputs="")).result == 1


def test_columns_of_the_same_label_are_told_apart() -> None:
    xml = table(("1", "2", "true"), inputs="x,y").replace("Label y", "Label x")
    assert decided(xml, x=1, y=2).inputs == {"Label x (1)": 1, "Label x (2)": 2}


REQUIRING = (
    '<decision id="t" name="Mức nhắc">'
    '<informationRequirement><requiredDecision href="#days"/></informationRequirement>'
    "<literalExpression><text>if Days Left &lt; 3 then days * 10 else 0</text></literalExpression></decision>"
    '<decision id="days" name="Days Left"><variable name="Days Left"/>'
    "<literalExpression><text>left + 1</text></literalExpression></decision>"
)


def test_required_decisions_come_first_and_are_known_by_name_and_id() -> None:
    result = decided(REQUIRING, left=1)
    assert result.result == 20
    assert [(required.decision_id, required.result) for required in result.required] == [("days", 2)]
    assert result.decision_name == "Mức nhắc"


def test_decision_sees_the_instant_of_the_caller() -> None:
    xml = '<decision id="t" name="T"><literalExpression><text>now()</text></literalExpression></decision>'
    assert decided(xml).result == "2026-08-14T09:00:00Z"


@pytest.mark.parametrize("version", ["20191111", "20211108", "20230324"])
def test_versions_1_3_to_1_5_are_read(version: str) -> None:
    namespace = f"https://www.omg.org/spec/DMN/{version}/MODEL/"
    assert set(load_decisions(definitions(table(("1", "2")), namespace=namespace)).decisions) == {"t"}


def literal(text: str, attributes: str = "") -> str:
    expression = f'<literalExpression id="le" {attributes}><text>{text}</text></literalExpression>'
    return f'<decision id="t" name="T">{expression}</decision>'


def requiring(identifier: str, other: str) -> str:
    return (
        f'<decision id="{identifier}" name="{identifier}"><informationRequirement>'
        f'<requiredDecision href="{other}"/></informationRequirement></decision>'
    )


@pytest.mark.parametrize(
    ("element", "element_id", "words"),
    [
        (table(("1 +", "1")), "r1i0", "at character"),
        (table(("1", "1 2")), "r1o0", "Unexpected '2'"),
        (table(("1",)), "r1", "1 inputs and 1 outputs"),
        (table(("1", "1"), attributes='hitPolicy="BEST"'), "dt", "hit policy"),
        (table(("1", "1"), attributes='aggregation="SUM"'), "dt", "aggregation"),
        (table(("1", "1"), attributes='hitPolicy="PRIORITY"'), "dt", "importance"),
        (table(("1",), outputs=()), "dt", "output"),
        (literal("import os", 'expressionLanguage="python"'), "le", "'python'"),
        (requiring("a", "#a"), "a", "itself"),
        (requiring("a", "#b") + requiring("b", "#a"), "a", "itself"),
        (requiring("a", "#lost"), "a", "'lost'"),
        (requiring("a", "http://example.org/x#b"), "a", "within the file"),
        ('<decision id="a" name="a"><variable id="v" name="a" typeRef="tLost"/></decision>', "v", "tLost"),
        ('<import id="im" namespace="x" importType="y"/>', "im", "imports something else"),
        (
            '<import id="im" name="i" namespace="x" importType="https://www.omg.org/spec/DMN/20191111/MODEL/"/>',
            "im",
            "no file",
        ),
    ],
)
def test_model_that_cannot_run_is_refused_with_its_element(element: str, element_id: str, words: str) -> None:
    with pytest.raises(DmnError, match=words) as caught:
        load_decisions(definitions(element))
    assert caught.value.element_id == element_id


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"not xml", "not XML"),
        (b'<!DOCTYPE d [<!ENTITY e "x">]>' + definitions(literal("1")), "document type"),
        (b'<!DOCTYPE d SYSTEM "file:///etc/passwd">' + definitions(literal("1")), "document type"),
        (b"<definitions/>", "DMN 1.3"),
        (definitions(namespace="http://www.omg.org/spec/DMN/20151101/dmn.xsd"), "DMN 1.3"),
        (b" " * 2_000_001, "at most"),
    ],
)
def test_file_that_is_no_model_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(DmnError, match=words):
        load_decisions(content)


def test_bound_of_feel_is_an_error_of_the_decision() -> None:
    with pytest.raises(DmnError, match="at most") as caught:
        decided(literal("for i in 1..999999999 return i"))
    assert caught.value.element_id == "t"


def test_unknown_decision_is_refused() -> None:
    with pytest.raises(DmnError, match="'lost'"):
        load_decisions(definitions(literal("1"))).evaluate("lost", {}, now=NOW)


def test_result_that_is_not_of_the_declared_type_is_null() -> None:
    typed = literal('"text"').replace("<literal", '<variable name="T" typeRef="number"/><literal', 1)
    assert decided(typed).result is None
    assert decided(typed.replace('"text"', "[7]")).result == 7
