"""Decision tables and models: hit policies, required decisions, what is refused and how it is named."""

from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

import pytest

from engine.dmn import DecisionResult, DmnError, load_decisions
from engine.feel import HostFunction, HostFunctions

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
    assert decided(xml).result == "2026-08-14T16:00:00+07:00"


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


def test_result_tells_rules_outputs_and_notes_of_every_decision_on_the_way() -> None:
    required = (
        '<decision id="days" name="Days"><decisionTable id="dd"><input label="Left">'
        "<inputExpression><text>left</text></inputExpression></input>"
        '<output name="days"/><output name="unit"/><rule id="dr"><description> why </description>'
        "<inputEntry><text>&gt; 0</text></inputEntry><outputEntry><text>left + 1</text></outputEntry>"
        "<outputEntry><text>left * 2</text></outputEntry><annotationEntry><text>so</text></annotationEntry>"
        "</rule></decisionTable></decision>"
    )
    using = (
        '<decision id="t" name="T"><informationRequirement><requiredDecision href="#days"/>'
        '</informationRequirement><informationRequirement><requiredInput href="#in"/></informationRequirement>'
        "<literalExpression><text>Days.days + Extra</text></literalExpression></decision>"
        '<inputData id="in" name="Extra"><variable name="Extra" typeRef="number"/></inputData>'
    )
    result = decided(required + using, left=1, Extra=5)
    first, last = result.walk()
    assert (first.inputs, first.matched_rules, first.result) == ({"Left": 1}, (1,), {"days": 2, "unit": 2})
    assert first.rules[0].to_json() == {
        "number": 1,
        "id": "dr",
        "outputs": {"days": 2, "unit": 2},
        "annotations": ["why", "so"],
    }
    assert (last.result, last.rules, last.inputs) == (7, (), {"Days": {"days": 2, "unit": 2}, "Extra": 5})
    assert last.to_json()["decision_id"] == "t"


KNOWLEDGE = (
    '<businessKnowledgeModel id="k" name="Level of"><variable name="Level of"/>'
    '<encapsulatedLogic><formalParameter name="n" typeRef="number"/><decisionTable id="kt" hitPolicy="FIRST">'
    "<input><inputExpression><text>n</text></inputExpression></input><output/>"
    '<rule id="k1"><inputEntry><text>&lt; 3</text></inputEntry><outputEntry><text>"low"</text></outputEntry>'
    '</rule><rule id="k2"><inputEntry><text>-</text></inputEntry><outputEntry><text>"high"</text></outputEntry>'
    "</rule></decisionTable></encapsulatedLogic></businessKnowledgeModel>"
)
REQUIRES_KNOWLEDGE = '<knowledgeRequirement><requiredKnowledge href="#k"/></knowledgeRequirement>'


def test_tables_within_functions_are_told_too() -> None:
    using = (
        f'<decision id="t" name="T">{REQUIRES_KNOWLEDGE}<literalExpression>'
        "<text>[Level of(1), Level of(5)]</text></literalExpression></decision>"
    )
    result = decided(KNOWLEDGE + using)
    assert result.result == ["low", "high"]
    assert [(table.table_id, table.inputs, table.rules[0].number) for table in result.within] == [
        ("kt", {"n": 1}, 1),
        ("kt", {"n": 5}, 2),
    ]


def test_invocation_binds_by_name() -> None:
    using = (
        f'<decision id="t" name="T">{REQUIRES_KNOWLEDGE}<invocation><literalExpression><text>Level of</text>'
        '</literalExpression><binding><parameter name="n"/><literalExpression><text>x + 1</text>'
        "</literalExpression></binding></invocation></decision>"
    )
    assert decided(KNOWLEDGE + using, x=2).result == "high"
    assert decided(KNOWLEDGE + using, x="2").result == "high", "null is below nothing"


def test_values_of_columns_are_brought_to_their_types() -> None:
    xml = table(("1", '"1"')).replace("<inputExpression>", '<inputExpression typeRef="number">')
    typed = xml.replace('name="out"', 'name="out" typeRef="number"')
    assert decided(xml, x=[1]).result == "1"
    assert decided(xml, x=None).matched_rules == ()
    assert (decided(typed, x=1).result, decided(typed, x=1).matched_rules) == (None, (1,))


def test_output_that_is_not_allowed_is_an_error_of_its_rule() -> None:
    allowed = '<outputValues><text>"a", "b"</text></outputValues>'
    xml = table(("1", '"a"'), ("2", '"c"'), extra=allowed)
    assert decided(xml, x=1).result == "a"
    with pytest.raises(DmnError, match="Expected one of") as caught:
        decided(xml, x=2)
    assert caught.value.element_id == "r2"


def test_host_functions_are_asked_in_decisions() -> None:
    functions = HostFunctions([HostFunction("double of(n: number)", "number", lambda n: 2 * n)])
    content = definitions(table(("> double of(2)", "double of(x)")))
    model = load_decisions(content, functions=functions)
    assert model.evaluate("t", {"x": 5}, now=NOW).result == 10
    asked: list[tuple[str, list[Any]]] = []

    def ask(name: str, arguments: list[Any]) -> Any:
        asked.append((name, arguments))
        return 1

    assert model.evaluate("t", {"x": 5}, now=NOW, ask=ask).result == 1
    assert asked == [("double of", [2]), ("double of", [5])]
    with pytest.raises(DmnError, match="no function 'double of'"):
        load_decisions(content)


def test_names_that_the_file_does_not_offer_are_listed_with_their_elements() -> None:
    known = '<inputData id="in" name="Known"/>'
    model = load_decisions(definitions(known, table(("? > z and Known > 1", "due(x, Known)"))))
    assert [
        (text.element_id, [use.name for use in text.functions], [use.name for use in text.variables])
        for text in model.unresolved
    ] == [("i0", [], ["x"]), ("r1i0", [], ["z"]), ("r1o0", ["due"], ["x"])]


IMPORTED = (
    f'<definitions xmlns="{NAMESPACE}" name="base" namespace="urn:base">'
    '<itemDefinition name="tAge"><typeRef>number</typeRef></itemDefinition>'
    '<decision id="limit" name="Limit"><literalExpression><text>18</text></literalExpression></decision>'
    '<businessKnowledgeModel id="k" name="Twice"><encapsulatedLogic><formalParameter name="n"/>'
    "<literalExpression><text>n * 2</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>"
    "</definitions>"
).encode()


def test_decisions_types_and_functions_of_other_files_can_be_used() -> None:
    importing = definitions(
        f'<import name="base" namespace="urn:base" importType="{NAMESPACE}"/>',
        '<decision id="t" name="T"><variable name="T" typeRef="base.tAge"/>'
        '<informationRequirement><requiredDecision href="urn:base#limit"/></informationRequirement>'
        '<knowledgeRequirement><requiredKnowledge href="urn:base#k"/></knowledgeRequirement>'
        "<literalExpression><text>base.Twice(base.Limit) + x</text></literalExpression></decision>",
    )
    result = load_decisions(importing, others=[IMPORTED]).evaluate("t", {"x": 1}, now=NOW)
    assert result.result == 37
    assert [each.decision_name for each in result.walk()] == ["Limit", "T"]
    lost = importing.replace(b"urn:base#limit", b"urn:base#lost")
    with pytest.raises(DmnError, match="lost"):
        load_decisions(lost, others=[IMPORTED])


def test_files_that_import_each_other_are_refused() -> None:
    circular = IMPORTED.replace(
        b"<itemDefinition",
        f'<import name="b" namespace="t" importType="{NAMESPACE}"/><itemDefinition'.encode(),
    )
    importing = definitions(f'<import name="base" namespace="urn:base" importType="{NAMESPACE}"/>')
    with pytest.raises(DmnError, match="no file has namespace 't'"):
        load_decisions(importing, others=[circular])


HALF_YEAR = 'date("2026-01-01")..date("2026-06-30")'


def typed_column(kind: str, cell_text: str, policy: str = "FIRST") -> str:
    """Return a table with one rule under a typed column and one for everything else."""
    xml = table((cell_text, '"in"'), ("-", '"out"'), attributes=f'hitPolicy="{policy}"')
    return xml.replace("<inputExpression>", f'<inputExpression typeRef="{kind}">')


@pytest.mark.parametrize(
    ("kind", "test", "x"),
    [
        ("date", f"[{HALF_YEAR}]", "2026-06-12"),
        ("time", '< time("12:00:00")', "08:30:00"),
        ("dateTime", '< date and time("2026-06-12T12:00:00Z")', "2026-06-12T12:00:00+07:00"),
        ("dayTimeDuration", '> duration("P1D")', "PT30H"),
        ("yearMonthDuration", '> duration("P1Y")', "P13M"),
        ("date", f"[{HALF_YEAR}]", ["2026-06-12"]),
    ],
)
def test_text_from_variables_is_read_as_the_type_of_its_column(kind: str, test: str, x: Any) -> None:
    assert decided(typed_column(kind, test), x=x).result == "in"


@pytest.mark.parametrize(
    ("kind", "x", "shown"),
    [
        ("date", "12/06/2026", '"12/06/2026"'),
        ("date", 20260612, "20260612"),
        ("number", "12", '"12"'),
        ("dayTimeDuration", "P1Y", '"P1Y"'),
        ("boolean", "true", '"true"'),
    ],
)
def test_a_variable_that_cannot_be_of_the_type_of_its_column_is_an_error(
    kind: str, x: Any, shown: str
) -> None:
    with pytest.raises(DmnError) as caught:
        decided(typed_column(kind, "-"), x=x)
    for part in ("column 'Label x'", "decision 't'", f"but got {shown}"):
        assert part in str(caught.value)
    assert caught.value.element_id == "i0"
    assert decided(typed_column(kind, "-"), x=None).result == "in", "nothing is no wrong value"


def typed_input(kind: str, text: str) -> bytes:
    return definitions(
        '<itemDefinition name="tDays" isCollection="true"><typeRef>date</typeRef></itemDefinition>',
        '<itemDefinition name="tStay"><itemComponent name="from"><typeRef>date</typeRef></itemComponent>'
        '<itemComponent name="nights"><typeRef>number</typeRef></itemComponent></itemDefinition>',
        '<itemDefinition name="tStatus"><typeRef>string</typeRef><allowedValues><text>"a", "b"</text>'
        "</allowedValues></itemDefinition>",
        f'<inputData id="x" name="x"><variable name="x" typeRef="{kind}"/></inputData>',
        '<decision id="t" name="T"><informationRequirement><requiredInput href="#x"/></informationRequirement>'
        f"<literalExpression><text>{text}</text></literalExpression></decision>",
    )


def test_text_from_variables_is_read_as_the_type_of_input_data() -> None:
    for kind, text, x, expected in (
        ("date", "x.month", "2026-06-12", 6),
        ("tDays", "x[-1].day", ["2026-06-12", "2026-06-13"], 13),
        (
            "tStay",
            "string(x.from + duration(&quot;P1D&quot;))",
            {"from": "2026-06-12", "nights": 2},
            "2026-06-13",
        ),
        ("tStatus", "x", "a", "a"),
    ):
        model = load_decisions(typed_input(kind, text))
        assert model.evaluate("t", {"x": x}, now=NOW).result == expected


def test_a_variable_that_cannot_be_of_the_type_of_input_data_is_an_error() -> None:
    for kind, x in (
        ("date", "soon"),
        ("tDays", ["2026-06-12", "soon"]),
        ("tStay", {"from": 1}),
        ("tStatus", "c"),
    ):
        model = load_decisions(typed_input(kind, "x"))
        with pytest.raises(DmnError, match="Expected input 'x' of decision 't' to be "):
            model.evaluate("t", {"x": x}, now=NOW)
        assert model.value_of("t", {"x": x}, now=NOW) is None, (
            "as the specification has it for values of FEEL"
        )
