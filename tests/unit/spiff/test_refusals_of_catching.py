"""Events that never catch anything, or of which nobody could say which is meant, are refused at deployment."""

import pytest

from tests.drawing import (
    boundary,
    call,
    catch,
    end,
    end_with,
    event,
    event_subprocess,
    flow,
    flows,
    io,
    looping,
    message,
    named,
    node,
    of,
    repeated,
    script_task,
    service_task,
    start,
    subprocess,
    timed,
    triggered,
    user_task,
)
from tests.elements import refused
from tests.running import compiled, reasons_of

ROOTS = (
    message("m", "news", "key")
    + message("m2", "news", " key ")
    + message("m3", "news", "other")
    + message("n", "answer", "key")
    + named("error", "e", "broken")
    + named("error", "e2", "broken")
    + named("error", "f", "other")
    + named("escalation", "x", "louder")
    + named("escalation", "y", "softer")
    + named("signal", "s", "alarm")
)
ANY_ERROR = "<bpmn:errorEventDefinition/>"
ANY_ESCALATION = "<bpmn:escalationEventDefinition/>"


def beside(host: str, *definitions: str) -> tuple[str, ...]:
    """An activity ``work`` with boundary events ``at0``, ``at1`` and so on."""
    events = [
        boundary(f"at{n}", "work", definition) + flow(f"at{n}", "finish")
        for n, definition in enumerate(definitions)
    ]
    return (start(), host, end(), flows("begin", "work", "finish"), *events)


def racing(*elements: str) -> tuple[str, ...]:
    """An event-based gateway before ``first`` and ``second``."""
    ways = (flows("begin", "race", "first", "finish"), flows("race", "second", "finish"))
    return (start(), node("eventBasedGateway", "race"), *elements, end(), *ways)


def started(*definitions: str) -> tuple[str, ...]:
    """A process with event subprocesses that begin at ``b0``, ``b1`` and so on."""
    subprocesses = [
        event_subprocess(f"sub{n}", triggered(f"b{n}", definition), end(f"e{n}"), flows(f"b{n}", f"e{n}"))
        for n, definition in enumerate(definitions)
    ]
    return (start(), user_task("work"), end(), flows("begin", "work", "finish"), *subprocesses)


INSIDE = subprocess("work", start("b"), end("e"), flows("b", "e"))
ALIKE = [
    (of("message", "m"), of("message", "m"), "waits for the message 'news' under the same key"),
    (of("message", "m"), of("message", "m2"), "waits for the message 'news' under the same key"),
    (of("error", "e"), of("error", "e2"), "catches the error 'broken'"),
    (ANY_ERROR, ANY_ERROR, "catches every error"),
    (of("escalation", "x"), of("escalation", "x"), "catches the escalation 'louder'"),
    (ANY_ESCALATION, ANY_ESCALATION, "catches every escalation"),
]
APART = [
    (of("message", "m"), of("message", "m3")),
    (of("message", "m"), of("message", "n")),
    (of("error", "e"), of("error", "f")),
    (of("error", "e"), ANY_ERROR),
    (of("escalation", "x"), of("escalation", "y")),
    (of("escalation", "x"), ANY_ESCALATION),
    (ANY_ERROR, ANY_ESCALATION),
    (of("signal", "s"), of("signal", "s")),
    (timed("timeDuration", "P1D"), timed("timeDuration", "P1D")),
]


@refused("boundaryEvent", "message, error, escalation", "two for the same at one activity")
@pytest.mark.parametrize(("one", "two", "reason"), ALIKE)
def test_two_events_at_one_activity_do_not_catch_the_same(one: str, two: str, reason: str) -> None:
    found = reasons_of(*beside(INSIDE, one, two), messages=ROOTS)
    assert reason in found["at1"]
    assert "at0" not in found


@refused("startEvent", "message, error, escalation", "two for the same in the event subprocesses of a scope")
@pytest.mark.parametrize(("one", "two", "reason"), ALIKE)
def test_two_event_subprocesses_of_one_scope_do_not_catch_the_same(one: str, two: str, reason: str) -> None:
    assert reason in reasons_of(*started(one, two), messages=ROOTS)["b1"]


@pytest.mark.parametrize(("one", "two"), APART)
def test_events_that_catch_different_things_stand_beside_each_other(one: str, two: str) -> None:
    compiled(*beside(INSIDE, one, two), messages=ROOTS)
    compiled(*started(one, two), messages=ROOTS)


@refused("eventBasedGateway", "two events for the same message")
def test_two_events_behind_a_gateway_do_not_wait_for_the_same_message() -> None:
    first, second = (catch(name, of("message", "m")) for name in ("first", "second"))
    received = node("receiveTask", "second", messageRef="m")
    for other in (second, received):
        assert "under the same key" in reasons_of(*racing(first, other), messages=ROOTS)["second"]
    for other in (
        second.replace('"m"', '"m3"'),
        second.replace('"m"', '"n"'),
        node("receiveTask", "second", io(inputs=[("key", "1")]), messageRef="m"),
    ):
        compiled(*racing(first, other), messages=ROOTS)


def test_a_receive_task_does_not_wait_beside_an_event_for_the_same_message() -> None:
    task = node("receiveTask", "work", messageRef="m")
    assert "same key" in reasons_of(*beside(task, of("message", "m")), messages=ROOTS)["at0"]
    compiled(*beside(task, of("message", "n")), messages=ROOTS)
    compiled(*beside(looping(task, repeated(most=2)), of("message", "m")), messages=ROOTS)


def test_a_process_does_not_start_twice_by_the_same_message() -> None:
    def starting(*references: str) -> tuple[str, ...]:
        starts = [
            event("startEvent", f"b{n}", of("message", reference)) + flow(f"b{n}", "finish")
            for n, reference in enumerate(references)
        ]
        return (*starts, end())

    assert "message 'news'" in reasons_of(*starting("m", "m3"), messages=ROOTS)["b1"]
    compiled(*starting("m", "n"), messages=ROOTS)


@refused("boundaryEvent", "error, escalation", "at an activity that never throws one")
@pytest.mark.parametrize(
    "host",
    [
        user_task("work"),
        node("task", "work"),
        node("manualTask", "work"),
        node("receiveTask", "work", messageRef="n"),
        node("sendTask", "work", messageRef="n"),
        script_task("work", "1", "x"),
        node("businessRuleTask", "work", '<zeebe:calledDecision decisionId="d" resultVariable="r"/>'),
    ],
)
def test_an_event_is_refused_where_nothing_throws_what_it_catches(host: str) -> None:
    kind = host[1:].split(" ")[0].split(":")[1]
    missing = " without a task type" if kind in ("sendTask", "scriptTask", "businessRuleTask") else ""
    for definition in (of("error", "e"), ANY_ERROR):
        reason = reasons_of(*beside(host, definition), messages=ROOTS)["at0"]
        assert reason == f"nothing in a {kind}{missing} throws an error"
    reason = reasons_of(*beside(host, ANY_ESCALATION), messages=ROOTS)["at0"]
    assert reason == f"nothing in a {kind} throws an escalation"


@pytest.mark.parametrize("kind", ["serviceTask", "sendTask", "scriptTask", "businessRuleTask"])
def test_a_handler_may_throw_an_error_but_no_escalation(kind: str) -> None:
    host = service_task("work").replace("serviceTask", kind)
    compiled(*beside(host, ANY_ERROR))
    assert "throws an escalation" in reasons_of(*beside(host, ANY_ESCALATION))["at0"]


def test_a_called_process_may_throw_both() -> None:
    child = compiled(start(), user_task("inner"), end(), flows("begin", "inner", "finish"), process="child")
    compiled(*beside(call("work", "child"), ANY_ERROR, ANY_ESCALATION), called={"child": child})


@refused("endEvent", "error", "that nothing catches, in a process that cannot be called")
def test_an_error_that_nothing_can_ever_catch_is_refused() -> None:
    told = event("startEvent", "begin", of("message", "m"))
    bad = (end_with("bad", of("error", "e")), flows("begin", "bad"))
    assert "nothing catches the error 'broken'" in reasons_of(told, *bad, messages=ROOTS)["bad"]
    compiled(start(), *bad, messages=ROOTS)

    def caught_by(definition: str) -> tuple[str, ...]:
        return (event_subprocess("sub", triggered("b", definition), end("e"), flows("b", "e")),)

    compiled(told, *bad, *caught_by(of("error", "e")), messages=ROOTS)
    compiled(told, *bad, *caught_by(ANY_ERROR), messages=ROOTS)
    assert "bad" in reasons_of(told, *bad, *caught_by(of("error", "f")), messages=ROOTS)


@pytest.mark.parametrize(("code", "caught"), [("e", True), ("f", False)])
def test_an_error_in_a_subprocess_may_be_caught_at_it(code: str, caught: bool) -> None:
    inner = subprocess("work", start("b"), end_with("bad", of("error", "e")), flows("b", "bad"))
    told = event("startEvent", "begin", of("message", "m"))
    parts = (told, *beside(inner, of("error", code))[1:])
    if caught:
        compiled(*parts, messages=ROOTS)
    else:
        assert "bad" in reasons_of(*parts, messages=ROOTS)


def test_an_error_thrown_again_in_its_handler_is_caught_further_outwards() -> None:
    told = event("startEvent", "begin", of("message", "m"))
    again = event_subprocess(
        "log",
        triggered("logged", of("error", "e")),
        end_with("again", of("error", "e")),
        flows("logged", "again"),
    )
    work = (user_task("work"), end(), flows("begin", "work", "finish"))
    assert "again" in reasons_of(told, *work, again, messages=ROOTS)
    inner = subprocess("work", start("b"), end("e"), flows("b", "e"), again)
    compiled(told, *beside(inner, of("error", "e"))[1:], messages=ROOTS)
