"""What would not run as drawn is refused at deployment, with every reason (DESIGN §2)."""

import pytest

from engine.definitions.resources import ModelResources
from engine.errors import DefinitionRefused
from engine.spiff import compile_model
from tests.drawing import (
    end,
    flow,
    flows,
    io,
    model,
    node,
    script_task,
    service_task,
    start,
    timer,
    user_task,
)


def problems(*parts: str, content: bytes | None = None) -> list[dict[str, str]]:
    with pytest.raises(DefinitionRefused) as refused:
        compile_model(ModelResources(bpmn=content or model(*parts)), service_types=frozenset({"echo"}))
    found = refused.value.params["problems"]
    assert isinstance(found, list)
    assert all(problem["reason"] and problem["advice"] for problem in found)
    return found


def reasons(*parts: str) -> dict[str, str]:
    return {problem["element_id"]: problem["reason"] for problem in problems(*parts)}


PLAIN = (start(), user_task("work"), end(), flows("begin", "work", "finish"))


def in_place_of_work(element: str) -> tuple[str, ...]:
    return (start(), element, end(), flows("begin", "work", "finish"))


def test_a_plain_model_is_accepted() -> None:
    compiled = compile_model(ModelResources(bpmn=model(*PLAIN)), service_types=frozenset())
    assert list(compiled.elements) == ["begin", "work", "finish"]
    assert compiled.elements["work"].type == "userTask"


@pytest.mark.parametrize(
    "kind",
    [
        "inclusiveGateway",
        "complexGateway",
        "eventBasedGateway",
        "callActivity",
        "sendTask",
        "receiveTask",
        "intermediateThrowEvent",
        "transaction",
        "adHocSubProcess",
    ],
)
def test_unsupported_elements_are_named(kind: str) -> None:
    assert kind in reasons(*in_place_of_work(node(kind, "work")))["work"]


@pytest.mark.parametrize(
    "definition",
    ["signalEventDefinition", "errorEventDefinition", "terminateEventDefinition", "linkEventDefinition"],
)
def test_end_events_that_would_silently_do_nothing_are_refused(definition: str) -> None:
    event = f'<bpmn:endEvent id="finish"><bpmn:{definition}/></bpmn:endEvent>'
    assert (
        definition in reasons(start(), user_task("work"), event, flows("begin", "work", "finish"))["finish"]
    )


def test_event_subprocesses_are_refused() -> None:
    inner = (
        '<bpmn:subProcess id="handler" triggeredByEvent="true"><bpmn:startEvent id="b"/>'
        '<bpmn:endEvent id="e"/><bpmn:sequenceFlow id="f" sourceRef="b" targetRef="e"/></bpmn:subProcess>'
    )
    assert "event subprocesses" in reasons(*PLAIN, inner)["handler"]


def test_multi_instance_is_refused() -> None:
    task = user_task("work").replace(
        "</bpmn:userTask>", "<bpmn:multiInstanceLoopCharacteristics/></bpmn:userTask>"
    )
    assert "multi-instance" in reasons(*in_place_of_work(task))["work"]


@pytest.mark.parametrize("tag", ["timeDuration", "timeCycle"])
def test_durations_and_cycles_are_refused_because_they_know_no_working_days(tag: str) -> None:
    event = timer("late", "work", "x", interrupting=False).replace("timeDate", tag)
    assert "duration or a cycle" in reasons(*PLAIN, event, end("e2"), flows("late", "e2"))["late"]


def test_every_problem_is_found_not_only_the_first() -> None:
    found = reasons(
        start(),
        service_task("call", "unknown"),
        script_task("compute", "1 +", "x"),
        user_task("work", extra='<zeebe:formDefinition formId="missing"/>'),
        node("businessRuleTask", "rule", '<zeebe:calledDecision decisionId="none" resultVariable="r"/>'),
        end(),
        flows("begin", "call", "compute", "work", "rule", "finish"),
    )
    assert set(found) == {"call", "compute", "work", "rule"}
    assert "no handler" in found["call"]
    assert "not valid FEEL" in found["compute"]
    assert "form 'missing'" in found["work"]
    assert "decision 'none'" in found["rule"]


def test_a_gateway_needs_conditions_and_a_default() -> None:
    parts = (
        start(),
        node("exclusiveGateway", "choose"),
        end(),
        end("other"),
        flows("begin", "choose"),
        flow("choose", "finish", "a"),
        flow("choose", "other"),
    )
    found = reasons(*parts)
    assert "without a condition" in found["choose_to_other"]
    assert "no default flow" in found["choose"]


def test_a_task_that_nobody_may_do_is_refused() -> None:
    assert (
        "nobody may work" in reasons(*in_place_of_work(node("userTask", "work", "<zeebe:userTask/>")))["work"]
    )


def test_mappings_must_write_to_names() -> None:
    task = service_task("work", extra=io(outputs=[("a-b", "1")]))
    assert "no variable name" in reasons(*in_place_of_work(task))["work"]


def test_dangling_elements_are_refused() -> None:
    found = reasons(start(), user_task("work"), end(), flows("begin", "finish"))
    assert "work" in found


def test_reserved_and_unusable_ids_are_refused() -> None:
    for bad in ("End", "a.EndJoin", "1st", "it's"):
        element = user_task(bad)
        assert bad in reasons(start(), element, end(), flows("begin", bad, "finish"))


def test_a_file_that_is_not_xml_or_has_a_doctype_is_refused() -> None:
    assert "not well-formed" in problems(content=b"not xml")[0]["reason"]
    doctype = b'<!DOCTYPE x [<!ENTITY a "b">]>' + model(*PLAIN)
    assert "DOCTYPE" in problems(content=doctype)[0]["reason"]
    assert "larger than" in problems(content=b" " * (6 * 1024 * 1024))[0]["reason"]


def test_exactly_one_process_may_be_executable() -> None:
    content = model(*PLAIN).replace(b'isExecutable="true"', b'isExecutable="false"')
    assert "0 executable" in problems(content=content)[0]["reason"]


def test_a_model_that_doubles_its_tasks_at_every_gateway_is_refused() -> None:
    parts = [start(), end()]
    path = "begin"
    for n in range(14):
        fork, join = f"fork{n}", f"join{n}"
        parts += [node("parallelGateway", fork), node("parallelGateway", join)]
        parts += [user_task(f"a{n}"), user_task(f"b{n}"), flows(path, fork, f"a{n}", join)]
        parts += [flows(fork, f"b{n}", join)]
        path = join
    parts.append(flows(path, "finish"))
    assert "more than" in problems(*parts)[0]["reason"]
