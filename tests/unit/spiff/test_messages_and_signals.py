"""Messages and signals at every place where events may stand (BPMN 2.0.2 §10.5.5)."""

import pytest

from engine.errors import MessageNotExpected, SignalNotExpected, StepFailed
from tests.drawing import (
    boundary,
    catch,
    end,
    end_with,
    event_subprocess,
    flows,
    io,
    message,
    named,
    node,
    of,
    start,
    subprocess,
    throw,
    triggered,
    user_task,
)
from tests.elements import runs
from tests.running import Run, compiled, reasons_of

ROOTS = message("m", "news", "key") + named("signal", "s", "alarm")


def guarded(kind: str, *, interrupting: bool) -> Run:
    model = compiled(
        start(),
        user_task("work"),
        boundary(
            "told", "work", of(kind, kind[0]), io(outputs=[("heard", "text")]), interrupting=interrupting
        ),
        user_task("react"),
        end(),
        end("reacted"),
        flows("begin", "work", "finish"),
        flows("told", "react", "reacted"),
        messages=ROOTS,
    )
    return Run(model, {"key": "k"})


def tell(run: Run, kind: str, text: str) -> Run:
    variables = {"text": text, "noise": 1}
    return run.send("told", variables) if kind == "message" else run.signal("alarm", variables)


@runs("boundaryEvent", "message", "interrupting")
@runs("boundaryEvent", "signal", "interrupting")
@pytest.mark.parametrize("kind", ["message", "signal"])
def test_an_event_at_an_activity_may_interrupt_it(kind: str) -> None:
    run = tell(guarded(kind, interrupting=True), kind, "stop")
    assert run.open == ["react"]
    assert run.variables == {"key": "k", "heard": "stop"}
    assert not run.waiting
    assert run.complete("react").completed


@runs("boundaryEvent", "message", "non-interrupting")
@runs("boundaryEvent", "signal", "non-interrupting")
@pytest.mark.parametrize("kind", ["message", "signal"])
def test_an_event_that_does_not_interrupt_can_come_several_times(kind: str) -> None:
    run = guarded(kind, interrupting=False)
    for n in range(3):
        tell(run, kind, str(n))
        assert run.waiting == ["told"]
    assert run.open == ["work", "react", "react", "react"]
    assert run.variables["heard"] == "2"
    assert run.complete("work").waiting == []
    for _ in range(3):
        run.complete("react")
    assert run.completed


@runs("intermediateCatchEvent", "message")
@runs("intermediateCatchEvent", "signal")
@pytest.mark.parametrize("kind", ["message", "signal"])
def test_a_token_waits_at_a_catch_event(kind: str) -> None:
    run = Run(
        compiled(
            start(), catch("told", of(kind, kind[0])), end(), flows("begin", "told", "finish"), messages=ROOTS
        ),
        {"key": "k"},
    )
    assert run.waiting == ["told"]
    assert tell(run, kind, "go").completed
    assert run.variables["text"] == "go"


def test_a_message_under_another_key_or_name_is_not_expected() -> None:
    run = guarded("message", interrupting=True)
    task_id = run.step.subscriptions[0].task_id
    for name, key in (("news", "other"), ("other", "k")):
        with pytest.raises(MessageNotExpected):
            run.load().correlate(task_id, name, key, {})
    with pytest.raises(SignalNotExpected):
        run.load().receive_signal("nobody", {})


def test_a_message_that_was_taken_is_not_expected_again() -> None:
    run = guarded("message", interrupting=False)
    task_id = run.step.subscriptions[0].task_id
    run.send("told")
    with pytest.raises(MessageNotExpected):
        run.load().correlate(task_id, "news", "k", {})
    assert run.step.ended_subscriptions == (task_id,)
    assert [waiting.fresh for waiting in run.step.subscriptions] == [True]


@runs("intermediateThrowEvent", "message")
@runs("endEvent", "message")
@pytest.mark.parametrize("place", [throw, end_with])
def test_a_message_leaves_with_the_mapped_variables(place: object) -> None:
    """What a throwing event sends is what is mapped into it; it is delivered after commit."""
    assert callable(place)
    event = place("say", of("message", "m"), io(inputs=[("text", "word")]))
    tail = (flows("begin", "say"),) if place is end_with else (end(), flows("begin", "say", "finish"))
    run = Run(compiled(start(), event, *tail, messages=ROOTS), {"key": 5, "word": "hi"})
    (sent,) = [event.to_json() for event in run.step.events if event.tag.startswith("message.sent")]
    assert (sent["message_name"], sent["correlation_key"], sent["variables"]) == ("news", "5", {"text": "hi"})
    assert run.completed
    assert run.variables == {"key": 5, "word": "hi"}


@pytest.mark.parametrize("place", [throw, end_with])
def test_a_throwing_event_may_have_a_handler_instead(place: object) -> None:
    assert callable(place)
    event = place("say", "<bpmn:messageEventDefinition/>", '<zeebe:taskDefinition type="echo"/>')
    tail = (flows("begin", "say"),) if place is end_with else (end(), flows("begin", "say", "finish"))
    assert Run(compiled(start(), event, *tail)).variables == {"echoed": "say"}


def listening(*more: str, throwing: str) -> Run:
    """Two branches and a subprocess wait for the signal that a third branch throws."""
    model = compiled(
        start(),
        node("parallelGateway", "fork"),
        catch("here", of("signal", "s")),
        subprocess(
            "sub", start("b"), catch("inside", of("signal", "s")), end("e"), flows("b", "inside", "e")
        ),
        user_task("work"),
        throwing,
        node("inclusiveGateway", "join"),
        end(),
        flows("begin", "fork", "here", "join", "finish"),
        flows("fork", "sub", "join"),
        flows("fork", "work", "shout"),
        *more,
        messages=ROOTS,
    )
    return Run(model)


@runs("intermediateThrowEvent", "signal")
def test_a_signal_reaches_everyone_in_the_instance_who_waits() -> None:
    run = listening(
        flows("shout", "join"), throwing=throw("shout", of("signal", "s"), io(inputs=[("text", '"x"')]))
    )
    assert run.waiting == ["here", "inside"]
    run.complete("work")
    assert run.completed
    assert run.variables == {"text": "x"}
    assert "signal.thrown shout" in run.history


@runs("endEvent", "signal")
def test_a_signal_end_event_throws() -> None:
    """ENGINE-NOTES §1: in plain SpiffWorkflow it throws nothing."""
    run = listening(throwing=end_with("shout", of("signal", "s")))
    assert run.complete("work").completed


def test_a_signal_from_outside_reaches_all_who_still_wait() -> None:
    """The first to be reached interrupts the second: that one no longer waits."""
    model = compiled(
        start(),
        subprocess(
            "sub",
            start("b"),
            catch("inside", of("signal", "s")),
            user_task("next"),
            end("e"),
            flows("b", "inside", "next", "e"),
        ),
        boundary("out", "sub", of("signal", "s")),
        user_task("react"),
        end(),
        flows("begin", "sub", "finish"),
        flows("out", "react", "finish"),
        messages=ROOTS,
    )
    run = Run(model).signal("alarm", {"x": 1})
    assert run.open == ["react"]
    assert run.history.count("element.completed inside") == 0


@pytest.mark.parametrize("from_outside", [True, False])
def test_a_signal_leaves_alone_who_was_withdrawn_by_it(from_outside: bool) -> None:
    """The activity inside would have heard it, too, but the subprocess around it was interrupted first."""
    model = compiled(
        start(),
        node("parallelGateway", "fork"),
        subprocess(
            "sub",
            start("b"),
            user_task("work"),
            boundary("inside", "work", of("signal", "s"), interrupting=False),
            end("e"),
            end("e_inside"),
            flows("b", "work", "e"),
            flows("inside", "e_inside"),
        ),
        boundary("out", "sub", of("signal", "s")),
        user_task("react"),
        user_task("go"),
        throw("shout", of("signal", "s")),
        end(),
        flows("begin", "fork", "sub", "finish"),
        flows("out", "react", "finish"),
        flows("fork", "go", "shout", "finish"),
        messages=ROOTS,
    )
    run = Run(model)
    run = run.signal("alarm") if from_outside else run.complete("go")
    assert "react" in run.open
    assert run.waiting == []
    assert not any(event.endswith(" inside") for event in run.history)


def test_names_and_keys_fit_where_they_are_stored() -> None:
    long = "x" * 101
    told = (start(), catch("told", of("message", "m")), end(), flows("begin", "told", "finish"))
    assert "name is too long" in reasons_of(*told, messages=message("m", long, "key"))["told"]
    heard = (start(), catch("told", of("signal", "s")), end(), flows("begin", "told", "finish"))
    assert "name is too long" in reasons_of(*heard, messages=named("signal", "s", long))["told"]
    twice = message("m", "a", "key") + message("m", "b", "key")
    assert reasons_of(*told, messages=twice)["m"] == "two messages have the same id"
    for key in ("k" * 201, "a\0b"):
        with pytest.raises(StepFailed, match="correlation key"):
            Run(compiled(*told, messages=ROOTS), {"key": key})


def test_a_signal_that_interrupts_its_own_thrower() -> None:
    model = compiled(
        start(),
        subprocess(
            "sub",
            start("b"),
            throw("shout", of("signal", "s")),
            user_task("never"),
            end("e"),
            flows("b", "shout", "never", "e"),
        ),
        boundary("out", "sub", of("signal", "s")),
        user_task("react"),
        end(),
        flows("begin", "sub", "finish"),
        flows("out", "react", "finish"),
        messages=ROOTS,
    )
    assert Run(model).open == ["react"]


def test_a_signal_starts_event_subprocesses_of_every_scope_that_waits() -> None:
    def heard(name: str) -> str:
        return event_subprocess(
            name,
            triggered(f"{name}_start", of("signal", "s"), interrupting=False),
            user_task(f"{name}_task"),
            end(f"{name}_end"),
            flows(f"{name}_start", f"{name}_task", f"{name}_end"),
        )

    model = compiled(
        start(),
        subprocess("sub", start("b"), user_task("work"), end("e"), flows("b", "work", "e"), heard("inner")),
        end(),
        flows("begin", "sub", "finish"),
        heard("outer"),
        messages=ROOTS,
    )
    assert sorted(Run(model).signal("alarm").open) == ["inner_task", "outer_task", "work"]
