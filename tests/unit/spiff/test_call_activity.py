"""Call activities: a called process has variables of its own (BPMN 2.0.2 §10.3.6, as in Camunda 8)."""

import pytest

from engine.errors import DefinitionRefused
from engine.spiff import CompiledModel
from tests.drawing import (
    boundary,
    call,
    compensation,
    defined,
    each,
    end,
    end_with,
    flow,
    flows,
    io,
    looping,
    message,
    named,
    node,
    of,
    script_task,
    start,
    subprocess,
    throw,
    timed,
    user_task,
)
from tests.elements import refused, runs
from tests.running import Run, compiled

CHILD = compiled(start(), user_task("work"), end(), flows("begin", "work", "finish"), process="child")


def calling(activity: str, child: CompiledModel = CHILD, *more: str, messages: str = "") -> CompiledModel:
    return compiled(
        start(),
        activity,
        end(),
        flows("begin", "sub", "finish"),
        *more,
        messages=messages,
        called={"child": child},
    )


@runs("callActivity", "a process pinned at deployment, with variables of its own")
def test_a_called_process_runs_under_ids_of_its_own() -> None:
    model = calling(call("sub", "child"))
    assert list(model.elements) == ["begin", "sub", "finish", "sub/begin", "sub/work", "sub/finish"]
    assert model.elements["sub/work"].parent == "sub"
    assert model.calls == {"child"}
    run = Run(model, {"a": 1})
    assert run.open == ["sub/work"]
    run.complete("sub/work", {"a": 2, "b": 3})
    assert run.completed
    assert run.variables == {"a": 2, "b": 3}


def test_mappings_decide_what_goes_in_and_what_comes_out() -> None:
    mapping = io(inputs=[("given", "a + 1")], outputs=[("taken", "answer")])
    run = Run(
        calling(call("sub", "child", mapping, propagateAllParentVariables="false")), {"a": 1, "secret": 2}
    )
    assert run.load().task_variables(run.step.user_tasks[0].task_id) == {"given": 2}
    run.complete("sub/work", {"answer": 5, "noise": 6})
    assert run.variables == {"a": 1, "secret": 2, "taken": 5}


def test_without_propagation_nothing_comes_back() -> None:
    run = Run(calling(call("sub", "child", propagateAllChildVariables="false")), {"a": 1})
    run.complete("sub/work", {"a": 9, "b": 2})
    assert run.variables == {"a": 1}


def test_what_a_called_process_was_only_given_is_not_written_back_over_newer_values() -> None:
    """ENGINE-NOTES §5 P4, across a call: parallel branches never lose each other's data."""
    model = compiled(
        start(),
        node("parallelGateway", "fork"),
        call("sub", "child"),
        user_task("beside"),
        node("parallelGateway", "join"),
        end(),
        flows("begin", "fork", "sub", "join", "finish"),
        flows("fork", "beside", "join"),
        called={"child": CHILD},
    )
    run = Run(model, {"note": "old", "n": 1})
    run.complete("beside", {"note": "new"}).complete("sub/work", {"n": 2})
    assert run.variables == {"note": "new", "n": 2}


def test_a_called_process_does_not_change_objects_of_its_caller_from_within() -> None:
    """ENGINE-NOTES §5 P5: objects are values; a path that is written in the called process makes new ones."""
    child = compiled(
        start(),
        node("task", "set", io(outputs=[("shared.a.b", "2")])),
        user_task("work"),
        end(),
        flows("begin", "set", "work", "finish"),
        process="child",
    )
    run = Run(
        calling(call("sub", "child", propagateAllChildVariables="false"), child), {"shared": {"a": {"b": 1}}}
    )
    assert run.variables == {"shared": {"a": {"b": 1}}}
    assert run.load().task_variables(run.step.user_tasks[0].task_id) == {"shared": {"a": {"b": 2}}}
    assert run.complete("sub/work").variables == {"shared": {"a": {"b": 1}}}


def test_the_variables_of_two_calls_are_apart() -> None:
    private = "propagateAllChildVariables"
    model = compiled(
        start(),
        node("parallelGateway", "fork"),
        call("one", "child", io(inputs=[("x", "1")], outputs=[("first", "x")])),
        call("two", "child", io(inputs=[("x", "2")], outputs=[("second", "x")]), **{private: "false"}),
        node("parallelGateway", "join"),
        end(),
        flows("begin", "fork", "one", "join", "finish"),
        flows("fork", "two", "join"),
        called={"child": CHILD},
    )
    run = Run(model)
    assert run.open == ["one/work", "two/work"]
    run.complete("two/work", {"x": 20}).complete("one/work")
    assert run.variables == {"first": 1, "second": 20}


FAILING = compiled(
    start(),
    node("exclusiveGateway", "ok", default="ok_to_broken"),
    user_task("work"),
    end(),
    end_with("broken", of("error", "e")),
    flows("begin", "work", "ok"),
    flow("ok", "broken"),
    flow("ok", "finish", "fine"),
    messages=named("error", "e", "spoilt"),
    process="child",
)


def test_an_error_passes_from_the_called_process_to_its_caller() -> None:
    caught = (
        boundary("caught", "sub", of("error", "e")),
        user_task("mend"),
        flows("caught", "mend", "finish"),
    )
    model = calling(call("sub", "child"), FAILING, *caught, messages=named("error", "e", "spoilt"))
    run = Run(model).complete("sub/work", {"fine": False})
    assert run.open == ["mend"]
    assert "fine" not in run.variables, "an interrupted process gives nothing back"
    assert Run(model).complete("sub/work", {"fine": True}).completed


def test_an_error_passes_through_two_callers() -> None:
    middle = compiled(
        start(),
        call("again", "child"),
        end(),
        flows("begin", "again", "finish"),
        process="middle",
        called={"child": FAILING},
    )
    model = compiled(
        start(),
        subprocess("s", start("b"), call("sub", "middle"), end("e"), flows("b", "sub", "e")),
        boundary("caught", "s", "<bpmn:errorEventDefinition/>"),
        user_task("mend"),
        end(),
        flows("begin", "s", "finish"),
        flows("caught", "mend", "finish"),
        called={"middle": middle},
    )
    run = Run(model)
    assert run.open == ["sub/again/work"]
    assert run.complete("sub/again/work", {"fine": False}).open == ["mend"]


def test_interrupting_a_call_withdraws_all_that_is_inside() -> None:
    child = compiled(
        start(),
        user_task("work"),
        boundary("late", "work", timed("timeDuration", "P9D"), interrupting=False),
        end("late_end"),
        end(),
        flows("begin", "work", "finish"),
        flows("late", "late_end"),
        process="child",
    )
    limit = (boundary("limit", "sub", timed("timeDuration", "P1D")), end("over"), flows("limit", "over"))
    run = Run(calling(call("sub", "child"), child, *limit))
    assert set(run.due) == {"sub/late", "limit"}
    assert run.fire("limit").completed
    assert {"user_task.cancelled sub/work", "timer.cancelled sub/late"} <= set(run.events)


def test_a_call_for_each_item_of_a_collection() -> None:
    activity = looping(
        call("sub", "child", io(outputs=[("answer", "answer")])),
        each("units", "unit", results="answers", result="answer"),
    )
    run = Run(calling(activity), {"units": ["A", "B", "C"]})
    assert run.open == ["sub/work"] * 3
    seen = [run.load().task_variables(task.task_id)["unit"] for task in run.step.user_tasks]
    assert seen == ["A", "B", "C"]
    run.complete("sub/work", {"answer": 3}, which=2).complete("sub/work", {"answer": 1})
    run.complete("sub/work", {"answer": 2})
    assert run.variables["answers"] == [1, 2, 3]


def test_terminate_in_a_called_process_ends_only_that() -> None:
    child = compiled(
        start(),
        node("parallelGateway", "fork"),
        user_task("a"),
        user_task("b"),
        end(),
        end_with("stop", defined("terminate")),
        flows("begin", "fork", "a", "finish"),
        flows("fork", "b", "stop"),
        process="child",
    )
    model = compiled(
        start(), call("sub", "child"), user_task("after"), end(),
        flows("begin", "sub", "after", "finish"), called={"child": child},
    )  # fmt: skip
    assert Run(model).complete("sub/b").open == ["after"]


def test_messages_reach_elements_of_a_called_process() -> None:
    child = compiled(
        start(),
        node("receiveTask", "wait", messageRef="m"),
        end(),
        flows("begin", "wait", "finish"),
        messages=message("m", "answer", "key"),
        process="child",
    )
    run = Run(calling(call("sub", "child"), child), {"key": "k"})
    assert run.waiting == ["sub/wait"]
    assert run.send("sub/wait", {"x": 1}).completed
    assert run.variables == {"key": "k", "x": 1}


def test_compensation_inside_a_called_process_finds_its_activity_by_its_id() -> None:
    child = compiled(
        start(),
        script_task("book", "true", "booked"),
        compensation("undo", "book", script_task("unbook", "false", "booked")),
        throw("back", defined("compensate", activityRef="book")),
        end(),
        flows("begin", "book", "back", "finish"),
        process="child",
    )
    run = Run(calling(call("sub", "child"), child))
    assert run.completed
    assert run.variables == {"booked": False}


@refused("callActivity", "itself, directly or through others; a process that is not deployed; an expression")
def test_a_process_that_is_missing_or_calls_itself_is_refused() -> None:
    with pytest.raises(DefinitionRefused, match="'nobody' is not deployed"):
        calling(call("sub", "nobody"))
    with pytest.raises(DefinitionRefused, match="calls itself"):
        calling(call("sub", "sample"))
    middle = compiled(
        start(), call("back", "sample"), end(), flows("begin", "back", "finish"),
        process="middle", called={"sample": CHILD},
    )  # fmt: skip
    with pytest.raises(DefinitionRefused, match="calls itself"):
        compiled(
            start(), call("sub", "middle"), end(), flows("begin", "sub", "finish"), called={"middle": middle}
        )
    with pytest.raises(DefinitionRefused, match="plain text"):
        calling(call("sub", "=name"))


def test_calls_that_are_nested_too_deeply_are_refused() -> None:
    """Each level costs frames of the stack when an instance comes to its end."""

    def level(number: int) -> CompiledModel:
        if number == 0:
            return CHILD
        inner = call("a", "child")
        for depth in range(9):
            b, e = f"b{depth}", f"e{depth}"
            inner = subprocess(
                f"s{depth}", start(b), inner, end(e), flows(b, "a" if depth == 0 else f"s{depth - 1}", e)
            )
        return compiled(
            start(), inner, end(), flows("begin", "s8", "finish"),
            process=f"level{number}", called={"child": level(number - 1)},
        )  # fmt: skip

    run = Run(level(3))
    assert run.open == ["a/a/a/work"]
    assert run.complete("a/a/a/work").completed
    with pytest.raises(DefinitionRefused, match="nested too deeply"):
        level(5)


def test_calls_that_multiply_beyond_all_limits_are_refused() -> None:
    def doubled(levels: int) -> CompiledModel:
        return CHILD if levels == 0 else compiled(
            start(), call("a", "child"), call("b", "child"), end(), flows("begin", "a", "b", "finish"),
            process=f"level{levels}", called={"child": doubled(levels - 1)},
        )  # fmt: skip

    assert len(doubled(5).elements) == 4 * 31 + 3 * 32
    with pytest.raises(DefinitionRefused, match="too large or nested too deeply"):
        doubled(40)
