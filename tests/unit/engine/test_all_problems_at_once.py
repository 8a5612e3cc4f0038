"""A model is refused for everything that is wrong with it, in one pass: process, decisions and forms."""

from engine.definitions.lint import lint
from tests.drawing import end, flows, model, node, start, user_task

TABLES = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">
<decision id="grade" name="grade"><variable name="grade"/><decisionTable id="t1" hitPolicy="FIRST">
<input id="i1"><inputExpression id="e1"><text>score +</text></inputExpression></input>
<output id="o1" name="grade"/>
<rule id="r1"><inputEntry id="c1"><text>&lt; </text></inputEntry>
<outputEntry id="c2"><text>"good</text></outputEntry></rule>
<rule id="r2"><inputEntry id="c3"><text>-</text></inputEntry>
<outputEntry id="c4"><text>1</text></outputEntry></rule>
</decisionTable></decision>
<decision id="other" name="other"><variable name="other"/>
<literalExpression id="l1"><text>if</text></literalExpression></decision>
</definitions>"""

FORM = b"""{"id": "asked", "type": "default", "schemaVersion": 16, "components": [
 {"id": "Field_1", "key": "a", "type": "telepathy"},
 {"id": "Field_2", "key": "b", "type": "textfield", "label": "x", "validate": {"required": "perhaps"}},
 {"id": "Group_1", "type": "group", "components": [{"id": "Field_3", "key": "c", "type": "dowsing"}]}]}"""

PROCESS = model(
    start(),
    user_task("work", '<zeebe:formDefinition formId="asked"/>'),
    node("businessRuleTask", "decide", '<zeebe:calledDecision decisionId="grade" resultVariable="grade"/>'),
    node("serviceTask", "send", '<zeebe:taskDefinition type="telepathy"/>'),
    end(),
    flows("begin", "work", "decide", "send", "finish"),
)


def test_every_file_is_read_to_its_end() -> None:
    files = {"p.bpmn": PROCESS, "t.dmn": TABLES, "f.form": FORM}
    found = {
        (problem.file, problem.problem.element_id)
        for problem in lint(files, service_types=frozenset(), deployed={})
    }
    assert found == {
        ("p.bpmn", "send"),
        *(("t.dmn", element_id) for element_id in ("e1", "c1", "c2", "l1")),
        *(("f.form", component_id) for component_id in ("Field_1", "Field_2", "Field_3")),
    }


def test_a_file_that_nothing_refers_to_is_read_to_its_end_too() -> None:
    found = lint({"t.dmn": TABLES, "f.form": FORM}, service_types=frozenset(), deployed={})
    assert [problem.file for problem in found].count("t.dmn") == 4
    assert [problem.file for problem in found].count("f.form") == 3
