"""What a boundary event sees: the activity's variables, its input mappings first (as in Camunda 8)."""

import pytest

from engine.errors import StepFailed
from tests.drawing import boundary, end, flows, io, message, of, start, timed, user_task, when
from tests.running import Run, compiled

MAPPED = io(inputs=[("wait_for", '"PT5M"'), ("my_key", '"K-" + number'), ("limit", "10")])


def beside(definition: str, **variables: object) -> Run:
    parts = (
        start(),
        user_task("work", MAPPED),
        boundary("event", "work", definition, io(outputs=[("seen", "limit")])),
        user_task("after"),
        end(),
        flows("begin", "work", "finish"),
        flows("event", "after", "finish"),
    )
    return Run(compiled(*parts, messages=message("news", "news", "my_key")), variables)


def test_a_timer_sees_the_input_mappings_of_its_activity() -> None:
    run = beside(timed("timeDuration", "=wait_for"), number="7")
    assert list(run.due) == ["event"]
    assert run.fire("event").open == ["after"]


def test_a_message_key_may_come_from_an_input_mapping() -> None:
    run = beside(of("message", "news"), number="7")
    assert [each.correlation_key for each in run.step.subscriptions] == ["K-7"]


def test_a_condition_sees_the_input_mappings_too() -> None:
    run = beside(when("amount > limit"), number="7", amount=5)
    assert run.open == ["work"]
    assert beside(when("amount > limit"), number="7", amount=11).open == ["after"]


def test_what_was_local_to_the_activity_is_gone_when_the_event_has_interrupted_it() -> None:
    run = beside(timed("timeDuration", "=wait_for"), number="7").fire("event")
    assert "limit" not in run.variables
    assert run.variables["seen"] is None


@pytest.mark.parametrize("tag", ["timeDate", "timeDuration", "timeCycle"])
def test_a_timer_that_names_a_variable_that_is_not_there_fails_the_step(tag: str) -> None:
    parts = (
        start(),
        user_task("work"),
        boundary("event", "work", timed(tag, "=deadlin"), interrupting=False),
        end(),
        flows("begin", "work", "finish"),
        flows("event", "finish"),
    )
    with pytest.raises(StepFailed, match="no variable 'deadlin'"):
        Run(compiled(*parts), {"deadline": None})
    assert Run(compiled(*parts), {"deadlin": None}).due == {}


def test_many_instances_of_several_elements_end() -> None:
    from tests.drawing import script_task, subprocess

    tasks = [script_task(f"s{number}", "loopCounter", f"r{number}") for number in range(12)]
    loop = (
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements><zeebe:loopCharacteristics "
        'inputCollection="=for i in 1..1000 return i"/></bpmn:extensionElements>'
        "</bpmn:multiInstanceLoopCharacteristics>"
    )
    inside = subprocess(
        "sub", start("b"), *tasks, end("e"), flows("b", *(f"s{number}" for number in range(12)), "e"), loop
    )
    run = Run(compiled(start(), inside, user_task("work"), end(), flows("begin", "sub", "work", "finish")))
    assert run.open == ["work"]
