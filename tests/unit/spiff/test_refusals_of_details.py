"""Details that are missing or written in the wrong way are refused, each with its reason."""

import pytest

from tests.drawing import (
    boundary,
    catch,
    compensation,
    defined,
    each,
    end,
    end_with,
    event_subprocess,
    flow,
    flows,
    looping,
    model,
    named,
    node,
    of,
    script_task,
    start,
    subprocess,
    timed,
    triggered,
    user_task,
)
from tests.elements import refused
from tests.running import problems_of, reasons_of

PLAIN = (start(), user_task("work"), end(), flows("begin", "work", "finish"))
LATE = timed("timeDuration", "P1D")


def in_place_of_work(element: str) -> tuple[str, ...]:
    return (start(), element, end(), flows("begin", "work", "finish"))


def refused_for(element: str) -> str:
    return reasons_of(*in_place_of_work(element))["work"]


def test_every_scope_has_a_start() -> None:
    assert "0 start events" in reasons_of(user_task("work"), end(), flows("work", "finish"))["sample"]
    assert "0 start events" in refused_for(subprocess("work", end("e")))
    two = subprocess("work", start("b"), start("c"), end("e"), flows("b", "e"), flows("c", "e"))
    assert "2 start events" in refused_for(two)


@refused("boundaryEvent", "at a gateway, an event, a compensating activity, nothing")
def test_boundary_events_are_attached_to_activities_at_work() -> None:
    parts = (start(), node("parallelGateway", "gate"), end(), flows("begin", "gate", "finish"))
    for host in ("gate", "nowhere", "begin"):
        at = boundary("at", host, LATE) + flow("at", "finish")
        assert "attached to no activity" in reasons_of(*parts, at)["at"]
    handler = event_subprocess("handler", triggered("b", LATE), end("e"), flows("b", "e"))
    at = boundary("at", "handler", LATE) + flow("at", "finish")
    assert "attached to no activity" in reasons_of(*PLAIN, handler, at)["at"]
    undone = compensation("back", "work", user_task("undo"))
    at = boundary("at", "undo", LATE) + flow("at", "finish")
    assert "cannot have boundary events" in reasons_of(*PLAIN, undone, at)["at"]


def test_flows_have_ids_of_their_own() -> None:
    for odd in ("", "work", "begin_to_work"):
        written = flow("work", "finish").replace('id="work_to_finish"', f'id="{odd}"')
        reasons = reasons_of(start(), user_task("work"), end(), flows("begin", "work"), written)
        assert "no id of its own" in reasons[odd]


def test_a_process_has_a_limited_number_of_flows() -> None:
    gates = [node("exclusiveGateway", f"g{n}") for n in range(75)]
    ways = [
        f'<bpmn:sequenceFlow id="f{a}_{b}" sourceRef="g{a}" targetRef="g{b}"/>'
        for a in range(75)
        for b in range(75)
    ]
    found = problems_of(content=model(*PLAIN, *gates, *ways))
    assert "the process has 5627 flows" in [problem["reason"] for problem in found]


def test_collections_are_written_as_the_properties_panel_does() -> None:
    half = each("x").replace("inputElement=", 'outputCollection="all" inputElement=')
    assert "but not both" in refused_for(looping(user_task("work"), half))
    for loop in (each("x", "a-b"), each("x", results="a.b", result="1")):
        assert "is no variable name" in refused_for(looping(user_task("work"), loop))


@pytest.mark.parametrize("missing", ["decisionId", "resultVariable"])
def test_a_decision_has_an_id_and_a_result_variable(missing: str) -> None:
    called = '<zeebe:calledDecision decisionId="d" resultVariable="r"/>'.replace(missing, "bindingType")
    assert "names no decision or no result variable" in refused_for(node("businessRuleTask", "work", called))


def test_result_variables_are_names() -> None:
    assert "is no variable name" in refused_for(script_task("work", "1", "a-b"))
    called = '<zeebe:calledDecision decisionId="d" resultVariable="a.b"/>'
    assert "is no variable name" in refused_for(node("businessRuleTask", "work", called))
    dynamic = '<zeebe:calledDecision decisionId="=d" resultVariable="r"/>'
    assert "names no decision" in refused_for(node("businessRuleTask", "work", dynamic))


def test_what_events_refer_to_is_there_and_has_a_name() -> None:
    assert "has no condition" in refused_for(catch("work", defined("conditional")))
    assert "has no name in plain text" in refused_for(catch("work", defined("signal")))
    assert "has no name in plain text" in refused_for(catch("work", of("signal", "nothing")))
    assert "no name or no correlation key" in refused_for(catch("work", of("message", "nothing")))
    dynamic = in_place_of_work(catch("work", of("signal", "s")))
    assert "plain text" in reasons_of(*dynamic, messages=named("signal", "s", "=name"))["work"]
    for kind in ("error", "escalation"):
        bad = (start(), end_with("finish", defined(kind)), flows("begin", "finish"))
        assert f"has no {kind}Code" in reasons_of(*bad)["finish"]
        at = boundary("at", "work", of(kind, "nothing")) + flow("at", "finish")
        assert f"has no {kind}Code" in reasons_of(*PLAIN, at)["at"]


def test_definitions_that_bpmn_does_not_have_are_refused() -> None:
    reasons = refused_for(catch("work", defined("weather")))
    assert "intermediateCatchEvent with a weather is not supported" in reasons
    assert "a definition of kind weather" in reasons
