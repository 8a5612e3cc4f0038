"""Event subprocesses: they wait inside a scope, interrupt it or run beside it (BPMN 2.0.2 §10.3.5, §13.5.4)."""

from datetime import timedelta

import pytest

from engine.service_tasks import BusinessError
from engine.spiff import LateCycles
from tests.drawing import (
    boundary,
    defined,
    end,
    end_with,
    event_subprocess,
    flows,
    io,
    message,
    named,
    node,
    of,
    service_task,
    start,
    subprocess,
    throw,
    timed,
    triggered,
    user_task,
    when,
)
from tests.elements import runs
from tests.running import Run, compiled

ROOTS = (
    message("m", "news", "key")
    + named("signal", "s", "alarm")
    + named("error", "e", "broken")
    + named("escalation", "x", "louder")
)
PLAIN = (start(), user_task("work"), user_task("more"), end(), flows("begin", "work", "more", "finish"))


def handler(definition: str, *, interrupting: bool, name: str = "handler", extra: str = "") -> str:
    return event_subprocess(
        name,
        triggered(f"{name}_start", definition, extra, interrupting=interrupting),
        user_task(f"{name}_task"),
        end(f"{name}_end"),
        flows(f"{name}_start", f"{name}_task", f"{name}_end"),
    )


def plain(definition: str, *, interrupting: bool, extra: str = "") -> Run:
    return Run(
        compiled(*PLAIN, handler(definition, interrupting=interrupting, extra=extra), messages=ROOTS),
        {"key": "k", "n": 0},
    )


@runs("startEvent", "none", "process, subprocess")
def test_waiting_for_an_event_is_not_being_at_work() -> None:
    run = plain(of("message", "m"), interrupting=True)
    assert run.step.active_elements == ("work",)
    assert run.waiting == ["handler_start"]
    run.complete("work").complete("more")
    assert run.completed, "an event subprocess that was never started does not hold up the process"


@runs("startEvent", "message", "event subprocess")
@runs("startEvent", "signal", "event subprocess")
@runs("startEvent", "timer", "event subprocess")
@runs("startEvent", "conditional", "event subprocess")
@pytest.mark.parametrize("how", ["message", "signal", "timer", "conditional"])
def test_an_interrupting_event_subprocess_takes_the_place_of_the_rest(how: str) -> None:
    definitions = {
        "message": of("message", "m"),
        "signal": of("signal", "s"),
        "timer": timed("timeDuration", "P1D"),
        "conditional": when("n > 1"),
    }
    run = plain(definitions[how], interrupting=True)
    run = {
        "message": lambda: run.send("handler_start", {"got": 1}),
        "signal": lambda: run.signal("alarm", {"got": 1}),
        "timer": lambda: run.fire("handler_start"),
        "conditional": lambda: run.complete("work", {"n": 2}),
    }[how]()
    assert run.open == ["handler_task"]
    assert not run.waiting
    assert not run.due
    assert any(event.startswith("user_task.cancelled") for event in run.events)
    if how in ("message", "signal"):
        assert run.variables["got"] == 1
    assert run.complete("handler_task").completed


@runs("startEvent", "message", "non-interrupting")
@runs("startEvent", "signal", "non-interrupting")
@pytest.mark.parametrize("how", ["message", "signal"])
def test_one_that_does_not_interrupt_runs_as_often_as_it_is_told(how: str) -> None:
    """ENGINE-NOTES §1: in SpiffWorkflow the message changes the spec that all instances share."""
    run = plain(of(how, how[0]), interrupting=False)
    for _ in range(3):
        if how == "message":
            run.send("handler_start")
        else:
            run.signal("alarm")
    assert run.open.count("handler_task") == 3
    run.complete("work").complete("more")
    assert not run.completed, "what runs beside the scope belongs to it"
    for _ in range(3):
        assert not run.completed
        run.complete("handler_task")
    assert run.completed
    fresh = Run(run.model, {"key": "k", "n": 0})
    assert fresh.open == ["work"], "another instance of the same model starts nothing by itself"


@runs("startEvent", "timer", "date, duration, cycle, non-interrupting")
def test_a_cycle_starts_it_again_and_again_until_the_scope_ends() -> None:
    run = plain(timed("timeCycle", "R/P1D"), interrupting=False)
    run.fire("handler_start").fire("handler_start")
    assert run.due == {"handler_start": "2026-06-15 12:00"}
    assert run.open.count("handler_task") == 2
    run.complete("handler_task").complete("handler_task").complete("work").complete("more")
    assert run.completed
    assert not run.due


def test_a_timer_that_is_no_cycle_starts_it_once() -> None:
    run = plain(timed("timeDuration", "P1D"), interrupting=False).fire("handler_start")
    assert run.open == ["handler_task", "work"] or run.open == ["work", "handler_task"]
    assert not run.due


def test_a_late_cycle_may_fire_each_tick() -> None:
    run = plain(timed("timeCycle", "R3/P1D"), interrupting=False)
    for _ in range(3):
        run.fire("handler_start", late=timedelta(days=30), late_cycles=LateCycles.FIRE_EACH)
    assert run.open.count("handler_task") == 3
    assert not run.due


@runs("startEvent", "conditional", "non-interrupting")
def test_a_condition_starts_it_each_time_it_becomes_true() -> None:
    run = plain(when("n > 1"), interrupting=False)
    run.complete("work", {"n": 2})
    assert sorted(run.open) == ["handler_task", "more"]
    run.complete("handler_task", {"n": 3})
    assert run.open == ["more"], "it still holds: that is no new event"


def failing(*parts: str, interrupting: bool = True) -> Run:
    def fail(_: object) -> dict[str, object]:
        raise BusinessError("broken", "it broke", {"why": "rain"})

    return Run(compiled(*parts, messages=ROOTS), {"key": "k"}, fail)


@runs("startEvent", "error", "event subprocess")
def test_an_error_starts_its_event_subprocess_and_only_then() -> None:
    """ENGINE-NOTES §1: plain SpiffWorkflow runs such an event subprocess at the start of the process."""
    run = failing(
        start(),
        user_task("before"),
        service_task("break_it", "fail"),
        end(),
        flows("begin", "before", "break_it", "finish"),
        handler(of("error", "e"), interrupting=True),
    )
    assert run.open == ["before"]
    run.complete("before")
    assert run.open == ["handler_task"]
    assert run.variables["why"] == "rain"
    assert run.complete("handler_task").completed


@runs("startEvent", "escalation", "event subprocess")
@runs("startEvent", "escalation", "non-interrupting")
@pytest.mark.parametrize("interrupting", [True, False])
def test_an_escalation_starts_its_event_subprocess_and_only_then(interrupting: bool) -> None:
    """ENGINE-NOTES §1: plain SpiffWorkflow runs such an event subprocess at the start of the process."""
    run = Run(
        compiled(
            start(),
            user_task("before"),
            throw("shout", of("escalation", "x")),
            user_task("after"),
            end(),
            flows("begin", "before", "shout", "after", "finish"),
            handler(of("escalation", "x"), interrupting=interrupting),
            messages=ROOTS,
        )
    )
    assert run.open == ["before"]
    run.complete("before")
    assert run.open == (["handler_task"] if interrupting else ["after", "handler_task"])
    for element_id in list(run.open):
        run.complete(element_id)
    assert run.completed


def test_an_event_subprocess_inside_an_event_subprocess() -> None:
    inner = handler(of("signal", "s"), interrupting=True, name="inner")
    outer = event_subprocess(
        "outer",
        triggered("outer_start", of("message", "m"), interrupting=False),
        user_task("outer_task"),
        end("outer_end"),
        flows("outer_start", "outer_task", "outer_end"),
        inner,
    )
    run = Run(compiled(*PLAIN, outer, messages=ROOTS), {"key": "k"})
    run.send("outer_start").send("outer_start")
    assert run.open.count("outer_task") == 2
    run.signal("alarm")
    assert run.open.count("inner_task") == 2
    assert "outer_task" not in run.open
    assert "work" in run.open, "the inner one interrupts the outer one, not the process"
    run.complete("work").complete("more").complete("inner_task")
    assert not run.completed
    assert run.complete("inner_task").completed


def test_an_error_inside_an_interrupting_event_subprocess_goes_outwards() -> None:
    """It is not caught beside it: the event subprocess is alone in its scope."""
    inside = (
        start("b"),
        user_task("work"),
        end("e"),
        flows("b", "work", "e"),
        event_subprocess(
            "stop",
            triggered("stopped", of("message", "m")),
            end_with("broken", of("error", "e")),
            flows("stopped", "broken"),
        ),
        handler(of("error", "e"), interrupting=True),
    )
    run = failing(
        start(),
        subprocess("sub", *inside),
        boundary("caught", "sub", of("error", "e")),
        user_task("mend"),
        end(),
        flows("begin", "sub", "finish"),
        flows("caught", "mend", "finish"),
    )
    assert run.send("stopped").open == ["mend"]


def test_an_error_inside_an_event_subprocess_beside_the_scope_is_caught_in_the_scope() -> None:
    run = failing(
        *PLAIN,
        event_subprocess(
            "extra",
            triggered("told", of("message", "m"), interrupting=False),
            end_with("broken", of("error", "e")),
            flows("told", "broken"),
        ),
        handler(of("error", "e"), interrupting=True),
    )
    assert run.send("told").open == ["handler_task"]


def test_an_escalation_inside_an_event_subprocess_does_not_start_it_again() -> None:
    louder = event_subprocess(
        "louder",
        triggered("heard", of("escalation", "x"), interrupting=False),
        end_with("again", of("escalation", "x")),
        flows("heard", "again"),
    )
    run = Run(
        compiled(
            start(),
            throw("shout", of("escalation", "x")),
            user_task("work"),
            end(),
            flows("begin", "shout", "work", "finish"),
            louder,
            messages=ROOTS,
        )
    )
    assert run.open == ["work"]
    assert run.history.count("element.completed heard") == 1


def test_terminate_inside_an_event_subprocess_ends_only_that() -> None:
    ending = event_subprocess(
        "extra",
        triggered("told", of("message", "m"), interrupting=False),
        node("parallelGateway", "fork"),
        user_task("slow"),
        end("slow_end"),
        end_with("stop", defined("terminate")),
        flows("told", "fork", "slow", "slow_end"),
        flows("fork", "stop"),
    )
    run = Run(compiled(*PLAIN, ending, messages=ROOTS), {"key": "k"})
    assert run.send("told").open == ["work"]
    assert "user_task.cancelled slow" in run.events


def test_an_event_subprocess_takes_what_its_start_event_maps() -> None:
    mapped = io(outputs=[("text", "body")])
    run = plain(of("message", "m"), interrupting=False, extra=mapped)
    run.send("handler_start", {"body": "hello", "noise": 1})
    assert run.variables == {"key": "k", "n": 0, "text": "hello"}


def test_after_an_interrupting_event_subprocess_the_scope_is_complete() -> None:
    run = Run(
        compiled(
            start(),
            subprocess(
                "sub",
                start("b"),
                user_task("work"),
                end("e"),
                flows("b", "work", "e"),
                handler(of("signal", "s"), interrupting=True),
            ),
            user_task("after"),
            end(),
            flows("begin", "sub", "after", "finish"),
            messages=ROOTS,
        )
    )
    assert run.signal("alarm").complete("handler_task").open == ["after"]
