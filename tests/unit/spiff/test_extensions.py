"""Extensions of modellers: what is read is done, what would have no effect is refused (DESIGN §2)."""

from typing import Any

import pytest

from engine.definitions.resources import ModelResources
from engine.spiff import compile_model
from tests.drawing import (
    boundary,
    catch,
    each,
    end,
    event_subprocess,
    flow,
    flows,
    io,
    looping,
    model,
    node,
    service_task,
    start,
    timed,
    triggered,
    user_task,
    when,
)
from tests.elements import refused
from tests.running import SERVICES, Run, compiled, problems_of, reasons_of

OLD = 'xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'


def old(kind: str, inner: str = "", **attributes: str) -> str:
    """An element as Camunda 7 writes it."""
    written = {f"camunda:{name}": value for name, value in attributes.items()}
    return node(kind, "work", inner, **written).replace(f"<bpmn:{kind}", f"<bpmn:{kind} {OLD}", 1)


def around(element: str) -> tuple[str, ...]:
    return (start(), element, end(), flows("begin", "work", "finish"))


def refused_for(element: str) -> str:
    return reasons_of(*around(element))["work"]


@refused(
    "serviceTask", "without a task type, with an unknown one, with retries that are no number; listeners"
)
@pytest.mark.parametrize(
    "extension",
    [
        "<zeebe:unknown/>",
        "<zeebe:executionListeners/>",
        "<zeebe:taskListeners/>",
        '<zeebe:calledElement processId="p"/>',
        '<zeebe:script expression="=1" resultVariable="x"/>',
        "<zeebe:adHoc/>",
        '<x:anything xmlns:x="http://example.org"/>',
        f"<camunda:executionListener {OLD}/>",
        f"<camunda:inputOutput {OLD}/>",
        f"<camunda:connector {OLD}/>",
        f"<camunda:field {OLD}/>",
    ],
)
def test_an_extension_that_nobody_reads_is_refused(extension: str) -> None:
    name = extension[1:].split(" ")[0].rstrip("/>").split(":")[1]
    assert f"'{name}' would have no effect" in refused_for(service_task("work", extra=extension))


@refused("callActivity", "a binding to a version tag")
def test_attributes_that_nobody_reads_are_refused() -> None:
    sent = node(
        "sendTask", "work", '<zeebe:publishMessage correlationKey="=k" timeToLive="PT1H"/>', messageRef="m"
    )
    assert "'timeToLive' of 'publishMessage' would have no effect" in refused_for(sent)
    for binding in ("latest", "deployment", "versionTag"):
        called = node(
            "businessRuleTask",
            "work",
            f'<zeebe:calledDecision decisionId="d" resultVariable="r" bindingType="{binding}"/>',
        )
        assert ("binding 'versionTag'" in refused_for(called)) is (binding == "versionTag")


@pytest.mark.parametrize(
    "extension",
    [
        '<zeebe:properties><zeebe:property name="a" value="b"/></zeebe:properties>',
        '<zeebe:modelerTemplateIcon body="x"/>',
        '<signavio:signavioMetaData xmlns:signavio="http://www.signavio.com" metaKey="bgcolor" metaValue="#fff"/>',
        f"<camunda:properties {OLD}/>",
        "<!-- a comment -->",
    ],
)
def test_notes_of_modellers_are_left_alone(extension: str) -> None:
    assert Run(compiled(*around(service_task("work", extra=extension)))).completed


@pytest.mark.parametrize("name", ["modelerTemplate", "modelerTemplateVersion", "modelerTemplateIcon"])
def test_elements_made_from_templates_are_read_like_others(name: str) -> None:
    new = service_task("work").replace(" id=", f' zeebe:{name}="x" id=', 1)
    assert Run(compiled(*around(new))).completed
    assert Run(compiled(*around(old("task", **{name: "x"})))).completed
    content = model(*around(new)).replace(b"<bpmn:process", f'<bpmn:process zeebe:{name}="x"'.encode(), 1)
    assert compile_model(ModelResources(bpmn=content), service_types=SERVICES).process_key == "sample"
    other = new.replace(name, "retryCounter")
    assert "the attribute 'retryCounter' would have no effect" in refused_for(other)


def test_notes_and_colours_of_camunda_modeler_are_left_alone() -> None:
    shape = (
        b'<bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI">'
        b'<bpmndi:BPMNPlane bpmnElement="sample"><bpmndi:BPMNShape bpmnElement="work" '
        b'xmlns:bioc="http://bpmn.io/schema/bpmn/biocolor/1.0" bioc:stroke="#000" bioc:fill="#fff" '
        b'xmlns:color="http://www.omg.org/spec/BPMN/non-normative/color/1.0" color:border-color="#000"/>'
        b"</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></bpmn:definitions>"
    )
    platform = (
        b'<bpmn:definitions xmlns:modeler="http://camunda.org/schema/modeler/1.0" '
        b'modeler:executionPlatform="Camunda Cloud" modeler:executionPlatformVersion="8.6.0"'
    )
    tag = '<bpmn:extensionElements><zeebe:versionTag value="2"/></bpmn:extensionElements>'
    content = model(tag, *around(service_task("work")))
    content = content.replace(b"</bpmn:definitions>", shape).replace(b"<bpmn:definitions", platform)
    assert compile_model(ModelResources(bpmn=content), service_types=SERVICES).process_key == "sample"


def advice_for(*parts: str) -> str:
    (problem,) = problems_of(*parts)
    return problem["advice"]


@refused("startEvent", "a linked form")
def test_what_has_an_effect_elsewhere_is_refused_with_advice() -> None:
    begun = node("startEvent", "begin", '<zeebe:formDefinition formId="f"/>')
    assert "Link the form to a user task" in advice_for(begun, *around(user_task("work"))[1:])
    linked = service_task(
        "work", extra="<zeebe:linkedResources><zeebe:linkedResource/></zeebe:linkedResources>"
    )
    assert "handler" in advice_for(*around(linked))


@pytest.mark.parametrize(
    ("inside", "name"),
    [
        (f"<bpmn:extensionElements>{inner}</bpmn:extensionElements>", name)
        for inner, name in (
            ('<zeebe:conditionalFilter variableNames="a"/>', "conditionalFilter"),
            ("<zeebe:foo/>", "foo"),
            (f"<camunda:field {OLD}/>", "field"),
        )
    ]
    + [("<zeebe:foo/>", "foo"), ("<bpmn:dataInput/>", "dataInput"), (f"<camunda:field {OLD}/>", "field")],
)
@pytest.mark.parametrize("kind", ["conditional", "timer"])
def test_extensions_of_event_definitions_are_looked_at_too(kind: str, inside: str, name: str) -> None:
    written = when("a") if kind == "conditional" else timed("timeDuration", "P1D")
    closing = written.rindex("</")
    event = catch("work", written[:closing] + inside + written[closing:])
    assert f"'{name}' would have no effect" in refused_for(event)


def test_attributes_of_parts_are_looked_at_too() -> None:
    told = catch("work", when("a").replace("Definition>", f'Definition {OLD} camunda:variableName="a">', 1))
    assert "the attribute 'variableName' would have no effect" in refused_for(told)
    many = looping(
        user_task("work"), each("[1]").replace(" inputCollection", ' taskTypes="a" inputCollection')
    )
    assert "'taskTypes' of 'loopCharacteristics' would have no effect" in refused_for(many)
    again = looping(user_task("work"), each("[1]").replace("zeebe:loopC", "zeebe:other/><zeebe:loopC", 1))
    assert "'other' would have no effect" in refused_for(again)
    noted = catch(
        "work",
        timed("timeDuration", "P1D").replace(
            "><", "><bpmn:extensionElements><zeebe:properties/></bpmn:extensionElements><", 1
        ),
    )
    assert Run(compiled(*around(noted))).due


def test_extensions_of_processes_and_flows_are_looked_at_too() -> None:
    listener = "<bpmn:extensionElements><zeebe:executionListeners/></bpmn:extensionElements>"
    assert "executionListeners" in reasons_of(listener, *around(user_task("work")))["sample"]
    heard = flow("work", "finish").replace("></", f">{listener}</", 1)
    found = reasons_of(start(), user_task("work"), end(), flows("begin", "work"), heard)
    assert "executionListeners" in found["work_to_finish"]


def test_a_job_worker_user_task_is_refused() -> None:
    worker = node("userTask", "work", '<zeebe:assignmentDefinition assignee="an"/>')
    assert "job worker" in refused_for(worker)
    embedded = user_task("work", '<zeebe:formDefinition formKey="embedded"/>')
    assert "not linked by its id" in refused_for(embedded)
    both = user_task("work", '<zeebe:taskDefinition type="echo"/>')
    assert "'taskDefinition' would have no effect" in refused_for(both)


@pytest.mark.parametrize("retries", ["=3", "many", "-1", "${r}"])
def test_retries_are_a_whole_number(retries: str) -> None:
    task = node("serviceTask", "work", f'<zeebe:taskDefinition type="echo" retries="{retries}"/>')
    assert "retries is no whole number" in refused_for(task)
    assert Run(compiled(*around(task.replace(retries, "5")))).completed


def test_a_task_type_is_plain_text() -> None:
    assert "names no task type" in refused_for(service_task("work", "=kind"))
    assert "names no task type" in refused_for(node("serviceTask", "work"))
    assert "no handler is registered" in refused_for(service_task("work", "nobody"))


@pytest.mark.parametrize(
    ("place", "side"),
    [
        ("parallelGateway", "input"),
        ("parallelGateway", "output"),
        ("boundaryEvent", "input"),
        ("startEvent", "input"),
    ],
)
def test_mappings_where_nothing_takes_them_are_refused(place: str, side: str) -> None:
    mapping = io(**{f"{side}s": [("a", "1")]})
    parts = {
        "parallelGateway": around(node("parallelGateway", "work", mapping)),
        "startEvent": (node("startEvent", "work", mapping), end(), flows("work", "finish")),
        "boundaryEvent": (
            start(),
            user_task("task"),
            boundary("work", "task", timed("timeDuration", "P1D"), mapping),
            end(),
            flows("begin", "task", "finish"),
            flows("work", "finish"),
        ),
    }[place]
    assert f"{side} mappings have no effect" in reasons_of(*parts)["work"]


def test_mappings_of_an_event_subprocess_itself_are_refused() -> None:
    mapping = f"<bpmn:extensionElements>{io(outputs=[('a', '1')])}</bpmn:extensionElements>"
    told = triggered("b", timed("timeDuration", "P1D"))
    handler = event_subprocess("handler", mapping + told, end("e"), flows("b", "e"))
    assert "output mappings have no effect" in reasons_of(*around(user_task("work")), handler)["handler"]


def opened(**attributes: str) -> Any:
    run = Run(compiled(*around(old("userTask", **attributes))), {"x": 1})
    return run.step.user_tasks[0]


def test_attributes_of_camunda_7_that_mean_the_same_are_read() -> None:
    task = opened(
        assignee="an",
        candidateGroups="a,b",
        dueDate="2026-06-30T17:00:00",
        followUpDate="=now()",
        priority="70",
        asyncBefore="true",
    )
    assert (task.assignee, task.candidate_groups, task.priority) == ("an", ("a", "b"), 70)
    assert task.due_at.isoformat() == "2026-06-30T10:00:00+00:00"
    external = old("serviceTask", type="external", topic="echo")
    assert Run(compiled(*around(external))).variables == {"echoed": "work"}
    rule = old("businessRuleTask", decisionRef="grade", resultVariable="g", mapDecisionResult="singleEntry")
    dmn = (
        b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">'
        b'<decision id="grade" name="grade"><variable name="grade"/><literalExpression><text>1 + 1</text>'
        b"</literalExpression></decision></definitions>"
    )
    assert Run(compiled(*around(rule), decisions=(dmn,))).variables == {"g": 2}
    child = compiled(start(), user_task("inner"), end(), flows("begin", "inner", "finish"), process="child")
    caller = node("callActivity", "work", calledElement="child")
    assert Run(compiled(*around(caller), called={"child": child})).open == ["work/inner"]


def test_a_due_date_may_name_its_zone() -> None:
    task = opened(
        assignee="an", dueDate="=date and time(@&quot;2026-06-30T17:00:00&quot;, &quot;Europe/Paris&quot;)"
    )
    assert task.due_at.isoformat() == "2026-06-30T15:00:00+00:00"


def test_a_collection_of_camunda_7_is_read() -> None:
    loop = (
        f'<bpmn:multiInstanceLoopCharacteristics {OLD} camunda:collection="people" '
        'camunda:elementVariable="person"/>'
    )
    run = Run(compiled(*around(looping(user_task("work"), loop))), {"people": ["an", "binh"]})
    seen = [run.load().task_variables(task.task_id)["person"] for task in run.step.user_tasks]
    assert seen == ["an", "binh"]
    computed = looping(user_task("work"), loop.replace('"people"', '"${people}"'))
    assert "Camunda 7" in refused_for(computed)


def test_forms_of_camunda_7_are_forms_by_their_id() -> None:
    for name in ("formRef", "formKey"):
        task = old("userTask", assignee="an", **{name: "leave"})
        assert "form 'leave' is in no file" in refused_for(task)


@refused("userTask", "of Camunda 7: ${…}, class, delegateExpression, listeners, initiator …")
@pytest.mark.parametrize(
    ("element", "reason"),
    [
        (old("userTask", assignee="${who}"), "is an expression of Camunda 7"),
        (old("userTask", candidateGroups="#{groups}"), "is an expression of Camunda 7"),
        (old("userTask", assignee="an", dueDate="tomorrow"), "dueDate cannot be read"),
        (old("userTask", candidateUsers="an"), "candidate users"),
        (old("userTask", assignee="an", formHandlerClass="x.Y"), "'formHandlerClass' would have no effect"),
        (old("serviceTask", **{"class": "x.Y"}), "'class' would have no effect"),
        (old("serviceTask", delegateExpression="${x}"), "'delegateExpression' would have no effect"),
        (old("serviceTask", expression="${x}"), "names no task type"),
        (
            old("businessRuleTask", decisionRef="d", resultVariable="r", mapDecisionResult="resultList"),
            "another form",
        ),
        (old("businessRuleTask", decisionRef="${d}", resultVariable="r"), "decision '${d}' is in no file"),
        (old("scriptTask", resource="x.js"), "not a FEEL expression"),
        (old("callActivity", variableMappingClass="x.Y"), "'variableMappingClass' would have no effect"),
    ],
)
def test_what_camunda_7_does_in_another_way_is_refused(element: str, reason: str) -> None:
    assert reason in refused_for(element)


def test_advice_says_what_to_do_instead() -> None:
    (problem,) = problems_of(*around(old("userTask", assignee="${who}")))
    assert problem["advice"] == "Write it in FEEL after '='."
    listened = user_task("work", "<zeebe:taskListeners/>")
    assert problems_of(*around(listened))[0]["advice"] == "Use boundary events and service tasks."


def excluding(value: str) -> str:
    written = f'<zeebe:property name="sauro:excludesCompletersOf" value="{value}"/>'
    return f'<zeebe:properties>{written}<zeebe:property name="colour" value="red"/></zeebe:properties>'


def test_a_user_task_names_the_tasks_whose_completers_may_not_take_it() -> None:
    judged = compiled(
        start(),
        user_task("draft"),
        user_task("work", excluding("draft , work")),
        end(),
        flows("begin", "draft", "work", "finish"),
    )
    assert judged.elements["work"].excludes == ("draft", "work")
    assert judged.elements["draft"].excludes == ()


@refused("userTask", "excluded completers of no user task")
@pytest.mark.parametrize("value", ["work, nobody", "begin", "", "work,"])
def test_excluded_completers_of_no_user_task_are_refused(value: str) -> None:
    assert "is no user task of the process" in refused_for(user_task("work", excluding(value)))


def test_properties_of_ours_that_nobody_reads_are_refused() -> None:
    unknown = excluding("work").replace("excludesCompletersOf", "excludes")
    assert "'sauro:excludes' would have no effect" in refused_for(user_task("work", unknown))
    elsewhere = service_task("work", extra=excluding("work"))
    assert "'sauro:excludesCompletersOf' would have no effect" in refused_for(elsewhere)
