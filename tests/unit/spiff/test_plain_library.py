"""Proof that the library alone is silently wrong, each beside what happens here (ENGINE-NOTES §1, §2, §4, §5, §6).

When a new version of the library fails a test of this file, it has learned something: the part of ours that makes
up for it may go.
"""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.bpmn.util import BpmnEvent
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from engine.spiff.schedule import parse_duration
from tests.drawing import (
    catch,
    compensation,
    defined,
    end,
    end_with,
    event_subprocess,
    flows,
    message,
    model,
    named,
    node,
    of,
    script_task,
    start,
    throw,
    timed,
    triggered,
    user_task,
)
from tests.running import Run, compiled, problems_of

SIGNAL = named("signal", "s", "alarm")
ERROR = named("error", "e", "broken")


def plain(*parts: str, messages: str = "") -> BpmnWorkflow:
    """The model in the library alone, run to its first wait."""
    parser = BpmnParser()
    parser.add_bpmn_str(model(*parts, messages=messages))
    workflow = BpmnWorkflow(parser.get_spec("sample"), parser.get_subprocess_specs("sample"))
    workflow.do_engine_steps()
    return workflow


def ready(workflow: BpmnWorkflow) -> list[str]:
    return [task.task_spec.bpmn_id for task in workflow.get_tasks(state=TaskState.READY, manual=True)]


def complete(workflow: BpmnWorkflow, element_id: str, **variables: object) -> None:
    task = next(
        task
        for task in workflow.get_tasks(state=TaskState.READY, manual=True)
        if task.task_spec.bpmn_id == element_id
    )
    task.data.update(variables)
    task.run()
    workflow.do_engine_steps()


def reached(workflow: BpmnWorkflow, element_id: str) -> bool:
    return any(
        task.task_spec.bpmn_id == element_id and task.state == TaskState.COMPLETED
        for task in workflow.get_tasks()
    )


def test_1_a_signal_end_event_throws_nothing() -> None:
    parts = (
        start(),
        node("parallelGateway", "fork"),
        catch("told", of("signal", "s")),
        user_task("work"),
        end(),
        end_with("shout", of("signal", "s")),
        flows("begin", "fork", "told", "finish"),
        flows("fork", "work", "shout"),
    )
    workflow = plain(*parts, messages=SIGNAL)
    complete(workflow, "work")
    assert reached(workflow, "shout")
    assert not reached(workflow, "told")
    assert Run(compiled(*parts, messages=SIGNAL)).complete("work").completed


def test_1_compensation_is_not_executed() -> None:
    parts = (start(), user_task("hotel"), throw("back", defined("compensate")), end())
    path = flows("begin", "hotel", "back", "finish")
    workflow = plain(*parts, path)
    complete(workflow, "hotel")
    assert workflow.is_completed(), "the event has been passed, and nothing was undone"
    undone = compensation("hotel_back", "hotel", script_task("undo", "true", "undone"))
    with pytest.raises(Exception, match=r"compensate|NotImplemented"):
        plain(*parts, undone, path)
    assert Run(compiled(*parts, undone, path)).complete("hotel").variables == {"undone": True}


def test_1_the_target_of_a_link_is_never_reached() -> None:
    parts = (
        start(),
        throw("jump", defined("link", name="L")),
        catch("land", defined("link", name="L")),
        user_task("work"),
        end(),
        flows("begin", "jump"),
        flows("land", "work", "finish"),
    )
    workflow = plain(*parts)
    assert not ready(workflow)
    assert Run(compiled(*parts)).open == ["work"]


@pytest.mark.parametrize("kind", ["error", "escalation"])
def test_1_an_event_subprocess_for_errors_starts_by_itself(kind: str) -> None:
    handler = event_subprocess(
        "handler",
        triggered("caught", of(kind, "x")),
        user_task("handle"),
        end("handled"),
        flows("caught", "handle", "handled"),
    )
    parts = (start(), user_task("work"), end(), flows("begin", "work", "finish"), handler)
    roots = named(kind, "x", "broken")
    assert "handle" in ready(plain(*parts, messages=roots))
    assert Run(compiled(*parts, messages=roots)).open == ["work"]


def test_1_an_error_that_nothing_catches_is_a_success() -> None:
    parts = (start(), user_task("work"), end_with("bad", of("error", "e")), flows("begin", "work", "bad"))
    workflow = plain(*parts, messages=ERROR)
    complete(workflow, "work")
    assert workflow.is_completed()
    with pytest.raises(Exception, match="nothing catches it"):
        Run(compiled(*parts, messages=ERROR)).complete("work")


def test_1_a_message_to_an_event_subprocess_changes_every_later_instance() -> None:
    handler = event_subprocess(
        "handler",
        triggered("told", of("message", "m"), interrupting=False),
        user_task("handle"),
        end("handled"),
        flows("told", "handle", "handled"),
    )
    parts = (start(), user_task("work"), end(), flows("begin", "work", "finish"), handler)
    roots = message("m", "news", "key")
    workflow = plain(*parts, messages=roots)
    assert ready(workflow) == ["work"]
    workflow.send_event(BpmnEvent(MessageEventDefinition("news"), {}))
    workflow.do_engine_steps()
    fresh = BpmnWorkflow(workflow.spec, workflow.subprocess_specs)
    fresh.do_engine_steps()
    names = {task.task_spec.bpmn_id for task in fresh.get_tasks() if getattr(task.task_spec, "bpmn_id", None)}
    assert names & {"handler", "told"}, "the second instance has the event subprocess in its tree"
    ours = compiled(*parts, messages=roots)
    Run(ours, {"key": "k"}).send("told")
    assert Run(ours, {"key": "k"}).open == ["work"]


def test_2_forks_in_a_row_are_foreseen_exponentially() -> None:
    parts, path = [start(), end()], "begin"
    for n in range(8):
        parts += [node("parallelGateway", f"f{n}"), node("parallelGateway", f"j{n}"), user_task(f"a{n}")]
        parts += [
            user_task(f"b{n}"),
            flows(path, f"f{n}", f"a{n}", f"j{n}"),
            flows(f"f{n}", f"b{n}", f"j{n}"),
        ]
        path = f"j{n}"
    parts.append(flows(path, "finish"))
    assert len(plain(*parts).tasks) > 2_000
    run = Run(compiled(*parts))
    assert len(list(run.load()._workflow.tokens())) == 2


def test_2_a_loop_without_a_gateway_cannot_be_started() -> None:
    parts = (start(), user_task("one"), user_task("two"), end(), flows("begin", "one", "two", "one"))
    with pytest.raises(Exception, match="recursion"):
        plain(*parts)


def test_4_a_month_is_thirty_one_days() -> None:
    """The last day of February is right for a month after 31 January."""
    begun = datetime(2026, 1, 31, 12, tzinfo=UTC)
    span = TimerEventDefinition.parse_iso_duration("P1M")
    assert begun + TimerEventDefinition.get_timedelta_from_start(span, begun) == datetime(
        2026, 3, 3, 12, tzinfo=UTC
    )
    assert parse_duration("P1M").after(begun) == datetime(2026, 2, 28, 12, tzinfo=UTC)


def test_4_a_minus_sign_is_overlooked() -> None:
    assert TimerEventDefinition.parse_iso_duration("-PT1H").get("hours") == 1


def test_4_an_unquoted_duration_fails_when_it_is_reached() -> None:
    parts = (start(), user_task("work"), catch("wait", timed("timeDuration", "PT1H")), end())
    path = flows("begin", "work", "wait", "finish")
    workflow = plain(*parts, path)
    with pytest.raises(Exception, match="PT1H"):
        complete(workflow, "work")
    assert list(Run(compiled(*parts, path)).complete("work").due) == ["wait"]


def test_4_the_first_of_two_timers_behind_a_gateway_decides_for_both() -> None:
    parts = (
        start(),
        node("eventBasedGateway", "race"),
        catch("slow", timed("timeDuration", "'P10D'")),
        catch("fast", timed("timeDuration", "'PT0S'")),
        end(),
        flows("begin", "race", "slow", "finish"),
        flows("race", "fast", "finish"),
    )
    workflow = plain(*parts)
    workflow.refresh_timers()
    workflow.do_engine_steps()
    assert not workflow.is_completed(), "the fast timer is due at once and never fires"
    ours = [part.replace("'", "") for part in parts]
    assert Run(compiled(*ours)).fire("fast").completed


def test_5_lists_of_parallel_branches_are_merged_by_position() -> None:
    parts = (
        start(),
        node("parallelGateway", "fork"),
        user_task("a"),
        user_task("b"),
        node("parallelGateway", "join"),
        user_task("after"),
        end(),
        flows("begin", "fork", "a", "join", "after", "finish"),
        flows("fork", "b", "join"),
    )
    workflow = plain(*parts)
    complete(workflow, "a", result=[1])
    complete(workflow, "b", result=[2], other=[])
    (after,) = workflow.get_tasks(state=TaskState.READY, manual=True)
    assert after.data["result"] in ([1], [2]), "one of them is lost"
    run = Run(compiled(*parts), {"l": {}})
    run.complete("a", {"a": [1]}).complete("b", {"b": [2]})
    assert run.variables == {"l": {}, "a": [1], "b": [2]}


def test_5_a_task_can_be_run_twice_and_before_its_time() -> None:
    parts = (start(), user_task("one"), user_task("two"), end(), flows("begin", "one", "two", "finish"))
    workflow = plain(*parts)
    task = next(task for task in workflow.get_tasks() if task.task_spec.bpmn_id == "two")
    assert task.state != TaskState.READY
    assert task.run(), "a task that was never reached is completed"
    run = Run(compiled(*parts))
    first = run.step.user_tasks[0].task_id
    run.complete("one")
    with pytest.raises(Exception, match="to be open, but it is not"):
        run.load().complete_user_task(first, {})


def test_6_the_text_of_a_script_is_run_as_python(tmp_path: Path) -> None:
    proof = tmp_path / "proof"
    parts = (
        start(),
        f'<bpmn:scriptTask id="work"><bpmn:script>open("{proof}", "w").close()</bpmn:script></bpmn:scriptTask>',
        end(),
        flows("begin", "work", "finish"),
    )
    plain(*parts)
    assert proof.exists()
    assert problems_of(*parts)[0]["element_id"] == "work"
