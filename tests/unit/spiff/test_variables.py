"""Variables belong to scopes, as in Camunda 8; tokens carry none (ENGINE-NOTES §5 P3–P6, P9, P12)."""

from typing import Any

import pytest

from engine.errors import StepFailed
from engine.spiff import ServiceRequest
from tests.drawing import (
    boundary,
    end,
    flows,
    io,
    node,
    script_task,
    service_task,
    start,
    subprocess,
    timed,
    user_task,
)
from tests.running import Run, compiled


def chain(*elements: tuple[str, str]) -> Any:
    names = [name for name, _ in elements]
    return compiled(start(), *(text for _, text in elements), end(), flows("begin", *names, "finish"))


def test_a_side_branch_is_seen_at_once_and_nothing_is_lost_at_the_end() -> None:
    """P9: in SpiffWorkflow what a reminder writes is seen only when the branches meet."""
    model = compiled(
        start(),
        user_task("work"),
        boundary("remind", "work", timed("timeCycle", "R/P1D"), interrupting=False),
        script_task("count", "reminders + 1", "reminders"),
        end("reminded"),
        end(),
        flows("begin", "work", "finish"),
        flows("remind", "count", "reminded"),
    )
    run = Run(model, {"reminders": 0}).fire("remind").fire("remind")
    assert run.load().task_variables(run.step.user_tasks[0].task_id) == {"reminders": 2}
    assert run.complete("work").variables == {"reminders": 2}


def test_objects_written_by_one_branch_do_not_change_what_another_wrote() -> None:
    """P4, P5: lists and objects are values; writing to a path makes a new object."""
    model = compiled(
        start(),
        node("parallelGateway", "fork"),
        service_task("a", extra=io(outputs=[("shared.a", "1")])),
        service_task("b", extra=io(outputs=[("shared.b", "2"), ("copy", "shared")])),
        node("parallelGateway", "join"),
        script_task("c", 'context put(shared, "c", 3)', "shared"),
        end(),
        flows("begin", "fork", "a", "join", "c", "finish"),
        flows("fork", "b", "join"),
    )
    assert Run(model, {"shared": {"z": 0}}).variables == {
        "shared": {"z": 0, "a": 1, "b": 2, "c": 3},
        "copy": {"z": 0, "a": 1, "b": 2},
    }


def test_mappings_see_those_before_them() -> None:
    mapping = io(inputs=[("a", "1"), ("b", "a + 1")], outputs=[("c", "b + 1"), ("d", "c + 1")])
    run = Run(chain(("task", node("task", "task", mapping))))
    assert run.variables == {"c": 3, "d": 4}


def test_an_input_hides_a_variable_of_the_same_name_only_inside() -> None:
    asked: list[dict[str, Any]] = []

    def answer(request: ServiceRequest) -> dict[str, Any]:
        asked.append(dict(request.variables))
        return {"x": "changed", "y": 1}

    run = Run(chain(("task", service_task("task", extra=io(inputs=[("x", "x + 1")])))), {"x": 1}, answer)
    assert asked == [{"x": 2}]
    assert run.variables == {"x": 1, "y": 1}, "x was local to the task"


def test_a_result_is_written_where_its_name_is_known() -> None:
    mapped = f"<bpmn:extensionElements>{io(inputs=[('mine', '0')])}</bpmn:extensionElements>"
    inner = subprocess(
        "sub",
        mapped,
        start("b"),
        script_task("one", "mine + 1", "mine"),
        script_task("two", "mine", "seen"),
        end("e"),
        flows("b", "one", "two", "e"),
    )
    run = Run(compiled(start(), inner, end(), flows("begin", "sub", "finish")))
    assert run.variables == {"seen": 1}


def test_values_are_json_and_stay_what_they_are() -> None:
    """P3: dates, decimals and sets change their type or fail in SpiffWorkflow's serializer."""
    model = chain(
        ("a", script_task("a", 'date("2026-06-12")', "day")),
        ("b", script_task("b", "1.10 * 2", "money")),
        ("c", script_task("c", 'duration("P1DT1H")', "span")),
        ("work", user_task("work")),
        ("d", script_task("d", "date(day) + duration(span)", "later")),
    )
    run = Run(model)
    assert run.variables == {"day": "2026-06-12", "money": 2.2, "span": "P1DT1H"}
    run.complete("work", {"text": "tiếng Việt", "deep": {"list": [1, None, True, 1.5, "x"]}})
    assert run.variables["deep"] == {"list": [1, None, True, 1.5, "x"]}


def test_the_order_of_keys_says_nothing() -> None:
    """P1: SpiffWorkflow loses data when the keys of its state are sorted."""
    model = chain(("work", user_task("work")))
    one, two = Run(model, {"a": 1, "b": {"x": 1, "y": 2}}), Run(model, {"b": {"y": 2, "x": 1}, "a": 1})
    assert one.step.digest == two.step.digest


def test_a_step_that_fails_leaves_the_instance_as_it_was() -> None:
    """P7: in SpiffWorkflow the task before a failing script is completed, and the instance is stuck."""
    model = compiled(
        start(),
        user_task("work"),
        node("exclusiveGateway", "decide"),
        end(),
        end("other"),
        flows("begin", "work", "decide", "finish").replace(
            'targetRef="finish">',
            'targetRef="finish"><bpmn:conditionExpression>=ok</bpmn:conditionExpression>',
        ),
        '<bpmn:sequenceFlow id="no" sourceRef="decide" targetRef="other"><bpmn:conditionExpression>=not(ok)'
        "</bpmn:conditionExpression></bpmn:sequenceFlow>",
    )
    run = Run(model)
    before = run.step
    with pytest.raises(StepFailed, match="to be true or false"):
        run.complete("work", {"ok": "yes"})
    assert run.step is before
    assert run.complete("work", {"ok": True}).completed


def test_one_model_serves_many_instances() -> None:
    """P10: SpiffWorkflow's specs hold state that instances change; a compiled model holds none."""
    model = chain(("work", user_task("work")))
    runs = [Run(model, {"n": n}) for n in range(5)]
    for run in reversed(runs):
        run.complete("work", {"done": run.variables["n"]})
    assert [run.variables for run in runs] == [{"n": n, "done": n} for n in range(5)]
