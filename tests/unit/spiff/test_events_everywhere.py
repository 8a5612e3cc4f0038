"""Every event at every place where it may stand, interrupting and not (BPMN 2.0.2 §10.5)."""

import pytest

from tests.drawing import (
    boundary,
    call,
    each,
    end,
    end_with,
    event_subprocess,
    flows,
    looping,
    message,
    named,
    node,
    of,
    start,
    subprocess,
    throw,
    timed,
    transaction,
    triggered,
    user_task,
    when,
)
from tests.elements import runs
from tests.running import Run, compiled

ROOTS = (
    message("m", "news", "key")
    + message("other", "other", "key")
    + named("signal", "s", "alarm")
    + named("error", "e", "broken")
    + named("escalation", "x", "louder")
)
TRIGGERS = {
    "timer": timed("timeDuration", "P1D"),
    "message": of("message", "m"),
    "signal": of("signal", "s"),
    "conditional": when("n > 1"),
}
INNER = (start("b"), user_task("inside"), end("e"), flows("b", "inside", "e"))
HOSTS = {
    "userTask": user_task("host"),
    "receiveTask": node("receiveTask", "host", messageRef="other"),
    "subProcess": subprocess("host", *INNER),
    "transaction": transaction("host", *INNER),
    "callActivity": call("host", "child"),
    "multi-instance": looping(user_task("host"), each("[1, 2]")),
    "multi-instance subprocess": looping(subprocess("host", *INNER), each("[1, 2]", sequential=True)),
}


def child(*more: str) -> dict[str, object]:
    model = compiled(
        start(), user_task("inside"), end(), flows("begin", "inside", "finish"), *more,
        process="child", messages=ROOTS,
    )  # fmt: skip
    return {"child": model}


def happen(run: Run, trigger: str, element_id: str) -> None:
    if trigger == "timer":
        run.fire(element_id)
    elif trigger == "message":
        run.send(element_id)
    elif trigger == "signal":
        run.signal("alarm")
    else:
        run.complete("beside", {"n": 2})


@pytest.mark.parametrize("interrupting", [True, False])
@pytest.mark.parametrize("trigger", TRIGGERS)
@pytest.mark.parametrize("host", HOSTS)
def test_an_event_at_an_activity(host: str, trigger: str, interrupting: bool) -> None:
    model = compiled(
        start(),
        node("parallelGateway", "fork"),
        HOSTS[host],
        boundary("at", "host", TRIGGERS[trigger], interrupting=interrupting),
        user_task("react"),
        user_task("beside"),
        end(),
        end("reacted"),
        end("beside_end"),
        flows("begin", "fork", "host", "finish"),
        flows("fork", "beside", "beside_end"),
        flows("at", "react", "reacted"),
        messages=ROOTS,
        called=child(),  # type: ignore[arg-type]
    )
    run = Run(model, {"key": "k", "n": 0})
    before = [name for name in run.open + run.waiting if name not in ("at", "beside")]
    happen(run, trigger, "at")
    after = [name for name in run.open + run.waiting if name not in ("at", "beside", "react")]
    assert "react" in run.open
    assert after == ([] if interrupting else before)
    run.complete("react")
    while not run.completed:
        if run.open:
            run.complete(run.open[0])
        else:
            run.send("host")
    assert run.history.count("element.completed reacted") == 1
    assert run.history.count("element.completed finish") == (0 if interrupting else 1)


SCOPES = ["process", "subProcess", "transaction", "callActivity", "event subprocess", "multi-instance"]


def scoped(scope: str, *parts: str) -> Run:
    """A scope that holds the parts, and a user task beside it."""
    inner = {
        "process": "",
        "subProcess": subprocess("host", *INNER, *parts),
        "transaction": transaction("host", *INNER, *parts),
        "callActivity": call("host", "child"),
        "multi-instance": looping(subprocess("host", *INNER, *parts), each("[1]")),
        "event subprocess": user_task("host")
        + event_subprocess("outer", triggered("outer_start", when("true")), user_task("inside"), end("e"),
                           flows("outer_start", "inside", "e"), *parts),
    }[scope]  # fmt: skip
    if scope == "process":
        inner = user_task("host").replace("host", "inside") + "".join(parts)
    first = "inside" if scope == "process" else "host"
    model = compiled(
        start(),
        node("parallelGateway", "fork"),
        inner,
        user_task("beside"),
        end(),
        end("beside_end"),
        flows("begin", "fork", first, "finish"),
        flows("fork", "beside", "beside_end"),
        messages=ROOTS,
        called=child(*parts),  # type: ignore[arg-type]
    )
    return Run(model, {"key": "k", "n": 0})


def bare(names: list[str]) -> list[str]:
    return sorted(name.removeprefix("host/") for name in names)


@pytest.mark.parametrize("interrupting", [True, False])
@pytest.mark.parametrize("trigger", TRIGGERS)
@pytest.mark.parametrize("scope", SCOPES)
def test_an_event_subprocess_in_a_scope(scope: str, trigger: str, interrupting: bool) -> None:
    handler = event_subprocess(
        "handler",
        triggered("heard", TRIGGERS[trigger], interrupting=interrupting),
        user_task("handle"),
        end("handled"),
        flows("heard", "handle", "handled"),
    )
    run = scoped(scope, handler)
    alone = scope in ("process", "event subprocess")
    beside = [] if scope == "event subprocess" else ["beside"]
    assert bare(run.open) == sorted(["inside", *beside])
    if trigger == "conditional" and not beside:
        run.complete("inside", {"n": 2})
        assert run.open == ["handle"], "it rose while the task's token was still on its way to the end"
        assert run.complete("handle").completed
        return
    if scope == "callActivity" and trigger == "conditional":
        return  # a called process sees nothing of what changes outside
    prefix = "host/" if scope == "callActivity" else ""
    happen(run, trigger, f"{prefix}heard")
    rest = [] if trigger == "conditional" or (alone and interrupting) else beside
    assert bare(run.open) == sorted(["handle", *([] if interrupting else ["inside"]), *rest])
    while run.open:
        run.complete(run.open[0])
    assert run.completed


@pytest.mark.parametrize("kind", ["error", "escalation"])
@pytest.mark.parametrize("place", ["end", "throw"])
@pytest.mark.parametrize("host", ["subProcess", "transaction", "callActivity", "multi-instance"])
def test_what_is_thrown_inside_is_caught_at_the_border(host: str, place: str, kind: str) -> None:
    if (place, kind) == ("throw", "error"):
        return  # BPMN has no such event
    definition = of(kind, kind[0] if kind == "error" else "x")
    thrown = end_with("bad", definition) if place == "end" else throw("bad", definition)
    inner = (thrown, flows("inside", "bad"), *([] if place == "end" else [end("e"), flows("bad", "e")]))
    parts = (start("b"), user_task("inside"), *inner, flows("b", "inside"))
    called = compiled(*parts, process="child", messages=ROOTS)
    activity = {
        "subProcess": subprocess("host", *parts),
        "transaction": transaction("host", *parts),
        "callActivity": call("host", "child"),
        "multi-instance": looping(subprocess("host", *parts), each("[1, 2]")),
    }[host]
    model = compiled(
        start(),
        activity,
        boundary("at", "host", definition),
        user_task("react"),
        end(),
        flows("begin", "host", "finish"),
        flows("at", "react", "finish"),
        messages=ROOTS,
        called={"child": called},
    )
    run = Run(model)
    run.complete(run.open[0])
    assert run.open == ["react"]


@runs("boundaryEvent", "timer", "interrupting")
def test_boundary_events_of_one_activity_are_apart() -> None:
    model = compiled(
        start(),
        user_task("work"),
        boundary("one", "work", TRIGGERS["timer"], interrupting=False),
        boundary("two", "work", TRIGGERS["message"], interrupting=False),
        boundary("three", "work", TRIGGERS["signal"]),
        end(),
        end("noted"),
        end("over"),
        flows("begin", "work", "finish"),
        flows("one", "noted"),
        flows("two", "noted"),
        flows("three", "over"),
        messages=ROOTS,
    )
    run = Run(model, {"key": "k"}).fire("one").send("two").send("two").signal("alarm")
    assert run.completed
    assert run.history.count("element.completed noted") == 3
    assert run.history.count("element.completed over") == 1
