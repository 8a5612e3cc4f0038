"""Errors and escalations look for their catcher from the inside outwards (BPMN 2.0.2 §10.5.7)."""

import pytest

from engine.errors import StepFailed
from engine.service_tasks import BusinessError
from tests.drawing import (
    boundary,
    end,
    end_with,
    event_subprocess,
    flows,
    io,
    named,
    node,
    of,
    service_task,
    start,
    subprocess,
    throw,
    triggered,
    user_task,
)
from tests.elements import runs
from tests.running import Run, compiled

ROOTS = (
    named("error", "e", "broken")
    + named("error", "f", "other")
    + named("escalation", "x", "louder")
    + named("escalation", "y", "softer")
)
ANY_ERROR = "<bpmn:errorEventDefinition/>"
ANY_ESCALATION = "<bpmn:escalationEventDefinition/>"


def nested(levels: int, *inside: str) -> str:
    """Subprocesses in each other; the innermost holds ``inside``, which begins at ``s0``."""
    text = subprocess("level0", start("s0"), *inside)
    for level in range(1, levels):
        text = subprocess(
            f"level{level}",
            start(f"s{level}"),
            text,
            end(f"e{level}"),
            flows(f"s{level}", f"level{level - 1}", f"e{level}"),
        )
    return text


@runs("endEvent", "error")
@runs("boundaryEvent", "error", "interrupting")
def test_an_error_three_scopes_deep_finds_its_catcher() -> None:
    inside = (
        node("parallelGateway", "fork"),
        user_task("beside"),
        user_task("work"),
        end("fine"),
        end_with("bad", of("error", "e")),
        flows("s0", "fork", "work", "bad"),
        flows("fork", "beside", "fine"),
    )
    model = compiled(
        start(),
        nested(3, *inside),
        boundary("wrong", "level2", of("error", "f")),
        boundary("caught", "level2", of("error", "e")),
        user_task("mend"),
        end(),
        flows("begin", "level2", "finish"),
        flows("caught", "mend", "finish"),
        flows("wrong", "finish"),
        messages=ROOTS,
    )
    run = Run(model).complete("work")
    assert run.open == ["mend"]
    assert "user_task.cancelled beside" in run.events
    (thrown,) = [event.to_json() for event in run.step.events if event.tag.startswith("error.thrown")]
    assert (thrown["error_code"], thrown["caught_by"]) == ("broken", "caught")


def test_who_names_the_code_comes_before_who_takes_every_code() -> None:
    def run(code: str) -> list[str]:
        model = compiled(
            start(),
            subprocess("sub", start("b"), end_with("bad", of("error", code)), flows("b", "bad")),
            boundary("any", "sub", ANY_ERROR),
            boundary("exact", "sub", of("error", "e")),
            user_task("for_any"),
            user_task("for_exact"),
            end(),
            flows("begin", "sub", "finish"),
            flows("any", "for_any", "finish"),
            flows("exact", "for_exact", "finish"),
            messages=ROOTS,
        )
        return Run(model).open

    assert run("e") == ["for_exact"]
    assert run("f") == ["for_any"]


def test_who_is_nearer_comes_first_even_if_it_takes_every_code() -> None:
    model = compiled(
        start(),
        subprocess(
            "outer",
            start("b"),
            subprocess("inner", start("b2"), end_with("bad", of("error", "e")), flows("b2", "bad")),
            boundary("near", "inner", ANY_ERROR),
            user_task("mend_near"),
            end("e1"),
            flows("b", "inner", "e1"),
            flows("near", "mend_near", "e1"),
        ),
        boundary("far", "outer", of("error", "e")),
        user_task("mend_far"),
        end(),
        flows("begin", "outer", "finish"),
        flows("far", "mend_far", "finish"),
        messages=ROOTS,
    )
    assert Run(model).open == ["mend_near"]


def test_an_error_that_nothing_catches_fails_the_step() -> None:
    """ENGINE-NOTES §1: plain SpiffWorkflow completes such an instance as a success."""
    model = compiled(
        start(),
        user_task("work"),
        end_with("bad", of("error", "e")),
        flows("begin", "work", "bad"),
        messages=ROOTS,
    )
    run = Run(model)
    with pytest.raises(StepFailed, match="error 'broken' is thrown and nothing catches it"):
        run.complete("work")
    assert run.open == ["work"], "the command is discarded, the instance is as it was"


def test_an_error_handler_that_throws_the_error_again_hands_it_outwards() -> None:
    model = compiled(
        start(),
        subprocess(
            "sub",
            start("b"),
            end_with("bad", of("error", "e")),
            flows("b", "bad"),
            event_subprocess(
                "log",
                triggered("logged", of("error", "e")),
                end_with("again", of("error", "e")),
                flows("logged", "again"),
            ),
        ),
        boundary("caught", "sub", of("error", "e")),
        user_task("mend"),
        end(),
        flows("begin", "sub", "finish"),
        flows("caught", "mend", "finish"),
        messages=ROOTS,
    )
    run = Run(model)
    assert run.open == ["mend"]
    assert run.history.count("element.completed logged") == 1


def escalating(place: str, definition: str, *, interrupting: bool) -> Run:
    shout = of("escalation", "x")
    inside = (
        (throw("shout", shout), user_task("after"), end("e"), flows("b", "shout", "after", "e"))
        if place == "throw"
        else (end_with("shout", shout), flows("b", "shout"))
    )
    model = compiled(
        start(),
        subprocess("sub", start("b"), *inside),
        boundary("heard", "sub", definition, interrupting=interrupting),
        user_task("react"),
        user_task("next"),
        end(),
        end("reacted"),
        flows("begin", "sub", "next", "finish"),
        flows("heard", "react", "reacted"),
        messages=ROOTS,
    )
    return Run(model)


@runs("intermediateThrowEvent", "escalation")
@runs("boundaryEvent", "escalation", "non-interrupting")
def test_an_escalation_that_does_not_interrupt_lets_its_thrower_go_on() -> None:
    run = escalating("throw", of("escalation", "x"), interrupting=False)
    assert sorted(run.open) == ["after", "react"]
    run.complete("after")
    assert sorted(run.open) == ["next", "react"]
    assert run.complete("react").complete("next").completed


@runs("endEvent", "escalation")
def test_an_escalation_end_event_ends_its_path_as_usual() -> None:
    assert sorted(escalating("end", ANY_ESCALATION, interrupting=False).open) == ["next", "react"]


@runs("boundaryEvent", "escalation", "interrupting")
@pytest.mark.parametrize("place", ["throw", "end"])
def test_an_interrupting_escalation_takes_the_place_of_its_thrower(place: str) -> None:
    run = escalating(place, of("escalation", "x"), interrupting=True)
    assert run.open == ["react"]
    assert run.complete("react").completed


def test_an_escalation_that_nobody_catches_is_noted_and_does_no_harm() -> None:
    run = escalating("throw", of("escalation", "y"), interrupting=True)
    assert run.open == ["after"]
    (thrown,) = [event.to_json() for event in run.step.events if event.tag.startswith("escalation")]
    assert thrown.get("caught_by") is None


def test_an_escalation_can_be_heard_again_and_again() -> None:
    model = compiled(
        start(),
        subprocess(
            "sub",
            start("b"),
            throw("one", of("escalation", "x")),
            throw("two", of("escalation", "x")),
            user_task("work"),
            end("e"),
            flows("b", "one", "two", "work", "e"),
        ),
        boundary("heard", "sub", of("escalation", "x"), interrupting=False),
        user_task("react"),
        end(),
        end("reacted"),
        flows("begin", "sub", "finish"),
        flows("heard", "react", "reacted"),
        messages=ROOTS,
    )
    assert sorted(Run(model).open) == ["react", "react", "work"]


@pytest.mark.parametrize("kind", ["error", "escalation"])
def test_what_is_mapped_into_the_event_comes_with_what_it_throws(kind: str) -> None:
    definition = of(kind, {"error": "e", "escalation": "x"}[kind])
    mapping = io(inputs=[("why", '"rain " + place')])
    model = compiled(
        start(),
        subprocess("sub", start("b"), end_with("bad", definition, mapping), flows("b", "bad")),
        boundary("caught", "sub", definition, io(outputs=[("reason", "why")])),
        end(),
        flows("begin", "sub", "finish"),
        flows("caught", "finish"),
        messages=ROOTS,
    )
    assert Run(model, {"place": "Huế"}).variables == {"place": "Huế", "reason": "rain Huế"}


def test_a_catcher_maps_what_the_error_brings() -> None:
    def fail(_: object) -> dict[str, object]:
        raise BusinessError("broken", "no", {"why": "rain", "noise": 1})

    model = compiled(
        start(),
        service_task("do_it", "fail"),
        boundary("caught", "do_it", ANY_ERROR, io(outputs=[("reason", "why")])),
        end(),
        flows("begin", "do_it", "finish"),
        flows("caught", "finish"),
    )
    assert Run(model, services=fail).variables == {"reason": "rain"}
