"""Embedded subprocesses: scopes of tokens and variables, and what interrupts them (BPMN 2.0.2 §10.3.5)."""

from tests.drawing import (
    boundary,
    catch,
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
    script_task,
    start,
    subprocess,
    timed,
    transaction,
    triggered,
    user_task,
)
from tests.elements import runs
from tests.running import Run, compiled


def inside(element_id: str, *parts: str, begin: str = "", finish: str = "") -> str:
    """A subprocess whose start and end have ids of their own."""
    begin, finish = begin or f"{element_id}_begin", finish or f"{element_id}_end"
    return subprocess(element_id, start(begin), *parts, end(finish))


WORK = inside("sub", user_task("work"), flows("sub_begin", "work", "sub_end"))


@runs("subProcess", "embedded")
def test_a_subprocess_ends_with_its_last_token() -> None:
    run = Run(
        compiled(
            start(),
            inside(
                "sub",
                node("parallelGateway", "fork"),
                user_task("a"),
                user_task("b"),
                end("other_end"),
                flows("sub_begin", "fork", "a", "sub_end"),
                flows("fork", "b", "other_end"),
            ),
            user_task("after"),
            end(),
            flows("begin", "sub", "after", "finish"),
        )
    )
    assert set(run.step.active_elements) == {"sub", "a", "b"}
    assert run.complete("a").open == ["b"]
    assert run.complete("b").open == ["after"]
    assert run.step.active_elements == ("after",)


def test_a_subprocess_has_its_inputs_for_itself_and_gives_its_outputs_outwards() -> None:
    mapped = WORK.replace(
        "<bpmn:startEvent",
        "<bpmn:extensionElements>"
        + io(inputs=[("mine", "base * 2")], outputs=[("result", "mine + extra")])
        + "</bpmn:extensionElements><bpmn:startEvent",
        1,
    )
    run = Run(compiled(start(), mapped, end(), flows("begin", "sub", "finish")), {"base": 4})
    assert run.load().task_variables(run.step.user_tasks[0].task_id) == {"base": 4, "mine": 8}
    run.complete("work", {"mine": 20, "extra": 1})
    assert run.variables == {"base": 4, "extra": 1, "result": 21}, "'mine' was local, 'extra' was not"


def test_interrupting_a_nested_subprocess_withdraws_everything_inside() -> None:
    deepest = inside(
        "deep",
        node("parallelGateway", "fork"),
        user_task("work"),
        boundary("remind", "work", timed("timeDuration", "P1D"), interrupting=False),
        catch("answer", of("message", "m")),
        node("parallelGateway", "join"),
        end("reminded"),
        flows("deep_begin", "fork", "work", "join", "deep_end"),
        flows("fork", "answer", "join"),
        flows("remind", "reminded"),
    )
    middle = inside("middle", deepest, flows("middle_begin", "deep", "middle_end"))
    run = Run(
        compiled(
            start(),
            inside("outer", middle, flows("outer_begin", "middle", "outer_end")),
            boundary("limit", "outer", timed("timeDuration", "P3D")),
            user_task("explain"),
            end(),
            flows("begin", "outer", "finish"),
            flows("limit", "explain", "finish"),
            messages=message("m", "answer", "key"),
        ),
        {"key": "k"},
    )
    assert run.due == {"remind": "2026-06-13 12:00", "limit": "2026-06-15 12:00"}
    assert run.waiting == ["answer"]
    run.fire("remind").fire("limit")
    assert (run.open, run.due, run.waiting) == (["explain"], {}, [])
    assert "user_task.cancelled work" in run.events
    assert run.complete("explain").completed


def test_a_boundary_event_that_does_not_interrupt_leaves_the_subprocess_at_work() -> None:
    run = Run(
        compiled(
            start(),
            WORK,
            boundary("news", "sub", of("message", "m"), interrupting=False),
            user_task("read"),
            end("was_read"),
            end(),
            flows("begin", "sub", "finish"),
            flows("news", "read", "was_read"),
            messages=message("m", "news", "key"),
        ),
        {"key": "k"},
    )
    run.send("news", {"text": 1}).send("news", {"text": 2})
    assert run.open == ["read", "read", "work"]
    run.complete("work")
    assert not run.completed
    assert not run.waiting, "the event ends with the subprocess"
    assert run.complete("read").complete("read").completed


@runs("endEvent", "terminate", "ends everything in its scope, not around it")
def test_terminate_ends_its_own_scope_only() -> None:
    run = Run(
        compiled(
            start(),
            node("parallelGateway", "fork"),
            inside(
                "sub",
                node("parallelGateway", "split"),
                user_task("a"),
                boundary("late", "a", timed("timeDuration", "P1D"), interrupting=False),
                user_task("b"),
                end_with("stop", defined("terminate")),
                end("late_end"),
                flows("sub_begin", "split", "a", "sub_end"),
                flows("split", "b", "stop"),
                flows("late", "late_end"),
            ),
            user_task("beside"),
            user_task("after"),
            end(),
            end("beside_end"),
            flows("begin", "fork", "sub", "after", "finish"),
            flows("fork", "beside", "beside_end"),
        )
    )
    run.complete("b")
    assert run.open == ["beside", "after"], "the subprocess is complete, what is beside it goes on"
    assert {"user_task.cancelled a", "timer.cancelled late"} <= set(run.events)


def test_terminate_ends_the_process_with_all_its_subprocesses() -> None:
    run = Run(
        compiled(
            start(),
            node("parallelGateway", "fork"),
            WORK,
            user_task("b"),
            end_with("stop", defined("terminate")),
            end(),
            flows("begin", "fork", "sub", "finish"),
            flows("fork", "b", "stop"),
        )
    )
    assert run.complete("b").completed
    assert "user_task.cancelled work" in run.events


def test_a_subprocess_without_a_wait_is_passed_at_once() -> None:
    run = Run(
        compiled(
            start(),
            inside("sub", script_task("count", "n + 1", "n"), flows("sub_begin", "count", "sub_end")),
            end(),
            flows("begin", "sub", "finish"),
        ),
        {"n": 1},
    )
    assert run.completed
    assert run.variables == {"n": 2}


def test_variables_of_inner_scopes_shadow_those_around() -> None:
    mapping = (
        "<bpmn:extensionElements>"
        + io(inputs=[("x", "x + 10")])
        + "</bpmn:extensionElements><bpmn:startEvent"
    )
    inner = inside("inner", script_task("set", "x + 1", "x"), flows("inner_begin", "set", "inner_end"))
    outer = inside(
        "outer", inner.replace("<bpmn:startEvent", mapping, 1), flows("outer_begin", "inner", "outer_end")
    )
    run = Run(compiled(start(), outer, end(), flows("begin", "outer", "finish")), {"x": 1})
    assert run.variables == {"x": 1}, "the inner x is another variable"


@runs("transaction", "as a subprocess; cancel end and boundary events undo what was done")
def test_a_transaction_that_is_not_cancelled_is_a_subprocess() -> None:
    run = Run(
        compiled(
            start(),
            transaction("deal", start("b"), user_task("work"), end("e"), flows("b", "work", "e")),
            end(),
            flows("begin", "deal", "finish"),
        )
    )
    assert run.complete("work").completed


def test_an_event_subprocess_inside_a_subprocess_interrupts_only_that() -> None:
    handler = event_subprocess(
        "handler",
        triggered("told", of("signal", "s")),
        user_task("handle"),
        end("handled"),
        flows("told", "handle", "handled"),
    )
    run = Run(
        compiled(
            start(),
            node("parallelGateway", "fork"),
            subprocess(
                "sub",
                start("sub_begin"),
                user_task("work"),
                end("sub_end"),
                handler,
                flows("sub_begin", "work", "sub_end"),
            ),
            user_task("beside"),
            node("parallelGateway", "join"),
            end(),
            flows("begin", "fork", "sub", "join", "finish"),
            flows("fork", "beside", "join"),
            messages=named("signal", "s", "stop"),
        )
    )
    assert run.signal("stop").open == ["beside", "handle"]
    assert run.complete("beside").complete("handle").completed
