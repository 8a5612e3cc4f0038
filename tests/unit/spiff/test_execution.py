"""How a compiled model runs: waiting, state, digests, and commands that come too late (ENGINE-NOTES §3, §5)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest

from engine.errors import HistoryDiverged, MessageNotExpected, StepFailed, TaskNotOpen, TimerNotDue
from engine.spiff import Execution, ServiceRequest
from tests.drawing import (
    each,
    end,
    flow,
    flows,
    io,
    looping,
    message,
    message_boundary,
    node,
    script_task,
    service_task,
    start,
    subprocess,
    timer,
    user_task,
)
from tests.running import INSTANCE, NOON, Run, compiled

LATER = "2026-06-20T01:00:00.000000Z"

LOOP = (
    start(),
    node("exclusiveGateway", "again"),
    user_task("work"),
    user_task("review"),
    node("exclusiveGateway", "good", default="good_to_again"),
    end(),
    flows("begin", "again", "work", "review", "good"),
    flow("good", "finish", "ok = true"),
    flow("good", "again"),
)

GUARDED = (
    start(),
    user_task("work"),
    timer("reminder", "work", "remind_at", interrupting=False),
    timer("limit", "work", "limit_at", interrupting=True),
    service_task("remind", extra=io(outputs=[("reminders", "reminders + 1")])),
    end("reminded"),
    end("expired"),
    end(),
    flows("begin", "work", "finish"),
    flows("reminder", "remind", "reminded"),
    flows("limit", "expired"),
)

RECALLED = (
    start(),
    subprocess(
        "job",
        start("job_begin"),
        user_task("work"),
        end("job_end"),
        flows("job_begin", "work", "job_end"),
    ),
    message_boundary("recalled", "job", "recall"),
    end("withdrawn"),
    end(),
    flows("begin", "job", "finish"),
    flows("recalled", "withdrawn"),
)


def test_a_user_task_waits_for_its_completion() -> None:
    run = Run(compiled(start(), user_task("work"), end(), flows("begin", "work", "finish")))
    assert [task.element_id for task in run.step.user_tasks] == ["work"]
    assert run.step.user_tasks[0].candidate_groups == ("clerks",)
    assert run.step.active_elements == ("work",)
    run.complete("work", {"answer": 1})
    assert run.step.completed
    assert run.step.variables == {"answer": 1}
    assert run.events == [
        "user_task.completed work",
        "element.completed finish",
        "process_instance.completed",
    ]


def test_a_task_that_is_not_open_cannot_be_completed() -> None:
    run = Run(compiled(*LOOP))
    task_id = run.step.user_tasks[0].task_id
    run.complete("work")
    with pytest.raises(TaskNotOpen):
        run.load().complete_user_task(task_id, {})
    with pytest.raises(TaskNotOpen):
        run.load().complete_user_task(UUID(int=9), {})


def test_conditions_choose_and_the_default_flow_catches_the_rest() -> None:
    run = Run(compiled(*LOOP), {"ok": False})
    run.complete("work")
    run.complete("review", {"ok": False})
    assert run.step.active_elements == ("work",)
    run.complete("work")
    run.complete("review", {"ok": True})
    assert run.step.completed


def test_a_condition_that_is_neither_true_nor_false_fails_the_step() -> None:
    run = Run(compiled(*[part.replace("ok = true", "ok") for part in LOOP]))
    run.complete("work")
    with pytest.raises(StepFailed, match="to be true or false, but it is None") as failure:
        run.complete("review", {"ok": None})
    assert failure.value.element_id == "good"


def test_state_does_not_grow_with_rework() -> None:
    run = Run(compiled(*LOOP), {"ok": False})
    sizes = []
    for _ in range(200):
        run.complete("work")
        run.complete("review", {"ok": False})
        sizes.append(len(run.step.state))
    assert max(sizes[1:]) - min(sizes[1:]) < 60  # only the counters get longer digits


def test_a_timer_fires_only_when_told_and_a_due_one_does_not_fire_on_the_way() -> None:
    past = "2020-01-01T00:00:00.000000Z"
    run = Run(compiled(*GUARDED), {"remind_at": past, "limit_at": LATER, "reminders": 0})
    assert {timer.element_id for timer in run.step.timers} == {"reminder", "limit"}
    run.fire("reminder")
    assert run.step.variables["reminders"] == 1
    assert [task.element_id for task in run.step.user_tasks] == ["work"]
    assert {timer.element_id for timer in run.step.timers} == {"limit"}
    run.complete("work")
    assert run.step.completed
    assert "timer.cancelled limit" in run.events


def test_an_interrupting_timer_withdraws_the_task() -> None:
    run = Run(compiled(*GUARDED), {"remind_at": LATER, "limit_at": LATER, "reminders": 0})
    run.fire("limit")
    assert run.step.completed
    assert run.events[0] == "timer.fired limit"
    assert {"user_task.cancelled work", "timer.cancelled reminder"} <= set(run.events)


def test_a_timer_without_a_date_is_not_armed() -> None:
    run = Run(compiled(*GUARDED), {"remind_at": None, "limit_at": LATER, "reminders": 0})
    assert {timer.element_id for timer in run.step.timers} == {"limit"}
    assert "timer.scheduled reminder" not in run.events


def test_a_timer_whose_date_is_no_instant_fails_the_step() -> None:
    with pytest.raises(StepFailed, match="is no ISO 8601 date"):
        Run(compiled(*GUARDED), {"remind_at": "tomorrow", "limit_at": LATER, "reminders": 0})


def test_a_timer_fires_once() -> None:
    run = Run(compiled(*GUARDED), {"remind_at": LATER, "limit_at": LATER, "reminders": 0})
    timer_id = run.step.timers[0].timer_id
    run.do(lambda execution: execution.fire_timer(timer_id))
    with pytest.raises(TimerNotDue):
        run.load().fire_timer(timer_id)


def test_a_message_interrupts_a_subprocess_and_leaves_its_variables() -> None:
    run = Run(compiled(*RECALLED, messages=message("recall", "recalled", "key")), {"key": "A-1"})
    (waiting,) = run.step.subscriptions
    assert (waiting.message_name, waiting.correlation_key) == ("recalled", "A-1")
    with pytest.raises(MessageNotExpected):
        run.load().correlate(waiting.task_id, "recalled", "A-2", {})
    run.do(lambda execution: execution.correlate(waiting.task_id, "recalled", "A-1", {"reason": "mistake"}))
    assert run.step.completed
    assert run.step.variables["reason"] == "mistake"
    assert "user_task.cancelled work" in run.events


def test_input_mappings_are_local_and_output_mappings_select() -> None:
    seen: list[Mapping[str, Any]] = []

    def services(request: ServiceRequest) -> Mapping[str, Any]:
        seen.append(dict(request.variables))
        return {"result": 5, "noise": 1, "given": "changed"}

    mapping = io(inputs=[("given", "base * 2")], outputs=[("kept.value", "result + given2")])
    run = Run(
        compiled(
            start(),
            service_task("call", extra=mapping),
            user_task("work"),
            end(),
            flows("begin", "call", "work", "finish"),
        ),
        {"base": 21, "given2": 1},
        services,
    )
    assert seen[0]["given"] == 42
    assert run.step.variables == {"base": 21, "given2": 1, "kept": {"value": 6}}


def test_without_output_mappings_the_whole_result_merges() -> None:
    run = Run(
        compiled(
            start(), service_task("call"), user_task("work"), end(), flows("begin", "call", "work", "finish")
        )
    )
    assert run.step.variables == {"echoed": "call"}
    assert run.step.service_results == (
        {
            "element_id": "call",
            "task_id": run.step.service_results[0]["task_id"],
            "type": "echo",
            "result": {"echoed": "call"},
        },
    )


def test_cancelling_withdraws_all_that_waits() -> None:
    run = Run(compiled(*GUARDED), {"remind_at": LATER, "limit_at": LATER, "reminders": 0})
    run.do(lambda execution: execution.cancel("issued by mistake"))
    assert run.step.completed
    assert not run.step.user_tasks
    assert not run.step.timers
    assert run.events[-1] == "process_instance.cancelled"
    assert {"user_task.cancelled work", "timer.cancelled reminder", "timer.cancelled limit"} <= set(
        run.events
    )


def test_a_multi_instance_subprocess_that_runs_too_long_is_stopped() -> None:
    """What deployment cannot see (a long loop without a wait) ends the command with an error, not with a hang."""
    inner = (start("b"), script_task("count", "n + 1", "n"), end("e"), flows("b", "count", "e"))
    endless = looping(subprocess("many", *inner), each("for n in 1..200 return n"))
    with pytest.raises(StepFailed, match=r"more than|without ever waiting"):
        Run(
            compiled(
                start(),
                looping(
                    subprocess("outer", start("b2"), endless, end("e2"), flows("b2", "many", "e2")),
                    each("for n in 1..200 return n"),
                ),
                end(),
                flows("begin", "outer", "finish"),
            ),
            {"n": 0},
        )


def test_the_same_commands_give_the_same_digest_whether_loaded_or_kept() -> None:
    first, second = (
        Run(compiled(*GUARDED), VARIABLES),
        Run(compiled(*GUARDED), dict(reversed(VARIABLES.items()))),
    )
    digests = []
    for run in (first, second):
        seen = [run.step.digest]
        seen.append(run.fire("reminder").step.digest)
        seen.append(run.complete("work", {"b": 1, "a": 2}).step.digest)
        digests.append(seen)
    assert digests[0] == digests[1]
    assert len(set(digests[0])) == 3


VARIABLES = {"remind_at": LATER, "limit_at": LATER, "reminders": 0}


def test_inspecting_changes_nothing() -> None:
    run = Run(compiled(*GUARDED), VARIABLES)
    seen = run.load().inspect()
    assert seen.digest == run.step.digest
    assert seen.user_tasks == run.step.user_tasks
    assert seen.timers == run.step.timers
    assert seen.events == ()


def test_bytes_that_are_no_state_are_refused() -> None:
    run = Run(compiled(*GUARDED), VARIABLES)
    for state in (b"", b"[]", b"[99,1,1,{},[]]", run.step.state.replace(b'"work"', b'"gone"')):
        with pytest.raises(HistoryDiverged):
            Execution.load(run.model, state, instance_id=INSTANCE, at=NOON, services=run.services)


def test_identifiers_are_distinct_between_instances() -> None:
    other = Execution.create(
        compiled(*GUARDED), instance_id=UUID(int=2), at=NOON, services=lambda request: {}
    )
    other.start("key", VARIABLES)
    mine = {task.task_id for task in Run(compiled(*GUARDED), VARIABLES).step.user_tasks}
    assert mine.isdisjoint({task.task_id for task in other.finish().user_tasks})


def test_a_finished_side_branch_does_not_end_the_process() -> None:
    run = Run(compiled(*GUARDED), VARIABLES)
    run.fire("reminder")
    assert not run.step.completed
    run.complete("work")
    assert run.step.completed


def test_a_side_branch_may_outlive_the_activity() -> None:
    run = Run(
        compiled(
            start(),
            user_task("work"),
            timer("late", "work", "limit_at", interrupting=False),
            user_task("explain"),
            end("explained"),
            end(),
            flows("begin", "work", "finish"),
            flows("late", "explain", "explained"),
        ),
        VARIABLES,
    )
    run.fire("late")
    run.complete("work")
    assert not run.step.completed
    assert run.step.active_elements == ("explain",)
    run.complete("explain")
    assert run.step.completed
