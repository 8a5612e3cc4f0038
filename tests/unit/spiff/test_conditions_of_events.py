"""Conditional events fire when their condition becomes true (BPMN 2.0.2 §10.5.5)."""

from tests.drawing import boundary, catch, end, flows, node, script_task, start, subprocess, user_task, when
from tests.elements import runs
from tests.running import Run, compiled


def watched(*, interrupting: bool, condition: str = "n > 1", **variables: object) -> Run:
    model = compiled(
        start(),
        node("parallelGateway", "fork"),
        user_task("work"),
        boundary("risen", "work", when(condition), interrupting=interrupting),
        user_task("react"),
        user_task("beside"),
        user_task("further"),
        end(),
        end("reacted"),
        end("beside_end"),
        flows("begin", "fork", "work", "finish"),
        flows("risen", "react", "reacted"),
        flows("fork", "beside", "further", "beside_end"),
    )
    return Run(model, variables)


@runs("boundaryEvent", "conditional", "interrupting")
def test_a_condition_that_becomes_true_interrupts() -> None:
    run = watched(interrupting=True, n=0)
    assert run.open == ["work", "beside"]
    run.complete("beside", {"n": 2})
    assert run.open == ["further", "react"]


@runs("boundaryEvent", "conditional", "non-interrupting")
def test_only_rising_edges_count() -> None:
    run = watched(interrupting=False, n=2)
    assert run.open == ["work", "beside", "react"], "it holds when it is first looked at: that is an edge"
    run.complete("react", {"n": 3})
    assert run.open.count("react") == 0
    run.complete("beside", {"n": 1})
    assert run.open.count("react") == 0, "it has only become false"
    run.complete("further", {"n": 5})
    assert run.open == ["work", "react"]
    run.complete("work")
    assert not run.completed
    assert run.complete("react").completed


def test_an_unknown_variable_is_not_true() -> None:
    assert "react" not in watched(interrupting=True).open


@runs("intermediateCatchEvent", "conditional")
def test_a_token_waits_for_a_condition() -> None:
    model = compiled(
        start(),
        node("parallelGateway", "fork"),
        catch("wait", when("ready")),
        user_task("work"),
        node("parallelGateway", "join"),
        end(),
        flows("begin", "fork", "wait", "join", "finish"),
        flows("fork", "work", "join"),
    )
    run = Run(model)
    assert run.step.active_elements == ("wait", "work")
    assert run.complete("work", {"ready": True}).completed
    run = Run(model, {"ready": True})
    assert run.open == ["work"]
    assert "wait" not in run.step.active_elements


def test_a_condition_that_held_only_for_a_moment_has_fired() -> None:
    """Between two script tasks a condition becomes true and false again, without any rest in between."""
    model = compiled(
        start(),
        node("parallelGateway", "fork"),
        user_task("watched"),
        boundary("peak", "watched", when("n = 1"), interrupting=False),
        user_task("go"),
        script_task("up", "1", "n"),
        script_task("down", "0", "n"),
        end("peaked"),
        end(),
        end("done"),
        flows("begin", "fork", "watched", "finish"),
        flows("fork", "go", "up", "down", "done"),
        flows("peak", "peaked"),
    )
    run = Run(model, {"n": 0}).complete("go")
    assert run.variables["n"] == 0
    assert run.history.count("element.completed peaked") == 1


def test_a_condition_inside_a_subprocess_sees_variables_around_it() -> None:
    model = compiled(
        start(),
        node("parallelGateway", "fork"),
        subprocess("sub", start("b"), catch("wait", when("ready")), end("e"), flows("b", "wait", "e")),
        user_task("work"),
        end(),
        end("other"),
        flows("begin", "fork", "sub", "finish"),
        flows("fork", "work", "other"),
    )
    assert Run(model).complete("work", {"ready": True}).completed
