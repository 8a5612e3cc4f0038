"""A suspended instance stands still, and what it waited for is due later by the pause."""

from datetime import timedelta

import orjson
import pytest

from engine.errors import InstanceNotActive, InstanceNotSuspended, InstanceSuspended
from tests.drawing import (
    boundary,
    catch,
    end,
    event_subprocess,
    flows,
    message,
    named,
    node,
    of,
    start,
    timed,
    triggered,
    user_task,
    when,
)
from tests.running import NOON, Run, compiled


def pause(run: Run, length: timedelta) -> Run:
    run.do(lambda execution: execution.suspend("an audit"))
    run.at += length
    return run.do(lambda execution: execution.resume("the audit is over"))


def timed_run(tag: str, text: str) -> Run:
    model = compiled(
        start(),
        user_task("work"),
        boundary("tick", "work", timed(tag, text), interrupting=False),
        end("ticked"),
        end(),
        flows("begin", "work", "finish"),
        flows("tick", "ticked"),
    )
    return Run(model)


def test_the_pause_is_in_the_state_only_while_it_lasts() -> None:
    run = timed_run("timeDuration", "PT1H")
    before = orjson.loads(run.step.state)
    run.do(lambda execution: execution.suspend("an audit"))
    assert orjson.loads(run.step.state) == [*before, "2026-06-12T05:00:00.000000Z"]
    run.do(lambda execution: execution.resume("never mind"))
    assert orjson.loads(run.step.state) == before
    assert run.history[-1] == "process_instance.resumed"


def test_what_is_left_of_a_duration_is_left_still() -> None:
    run = timed_run("timeDuration", "PT10H")
    run.at += timedelta(hours=4)
    pause(run, timedelta(days=3))
    assert run.events == ["process_instance.resumed", "timer.rescheduled tick"]
    assert run.step.timers[0].due_at == NOON + timedelta(days=3, hours=10)
    assert run.fire("tick").events[0] == "timer.fired tick"


def test_a_cycle_keeps_its_distances() -> None:
    run = timed_run("timeCycle", "R3/P1D")
    run.fire("tick")
    run.at += timedelta(hours=6)
    pause(run, timedelta(hours=60))
    found = []
    while run.due:
        found.append(run.step.timers[0].due_at - NOON)
        run.fire("tick")
    assert found == [timedelta(days=2, hours=60), timedelta(days=3, hours=60)]


def test_the_next_tick_of_a_monthly_cycle_moves_exactly_and_later_ones_count_from_the_moved_anchor() -> None:
    run = timed_run("timeCycle", "R/P1M")
    run.fire("tick").fire("tick")
    assert run.due == {"tick": "2026-09-12 12:00"}
    pause(run, timedelta(days=20))
    assert run.due == {"tick": "2026-10-02 12:00"}
    assert run.fire("tick").due == {"tick": "2026-11-02 12:00"}


def test_a_timer_at_the_end_of_the_calendar_stays() -> None:
    run = timed_run("timeDate", "9999-12-31T00:00:00Z")
    pause(run, timedelta(days=3))
    assert run.step.timers[0].due_at.year == 9999
    assert run.history[-1] == "timer.rescheduled tick"


def test_due_and_follow_up_dates_of_open_tasks_move() -> None:
    schedule = '<zeebe:taskSchedule dueDate="2026-07-01T00:00:00Z" followUpDate="2026-06-20T00:00:00Z"/>'
    dated = compiled(
        start(),
        node("parallelGateway", "both"),
        user_task("dated", schedule),
        user_task("undated"),
        end("one"),
        end("other"),
        flows("begin", "both", "dated", "one"),
        flows("both", "undated", "other"),
    )
    run = pause(Run(dated), timedelta(days=2, seconds=1))
    task = run.step.user_tasks[0]
    assert str(task.due_at) == "2026-07-03 00:00:01+00:00"
    assert str(task.follow_up_at) == "2026-06-22 00:00:01+00:00"
    assert run.events == ["process_instance.resumed", "user_task.rescheduled dated"]
    assert run.step.events[1].to_json()["previous_due_at"] == "2026-07-01T00:00:00.000000Z"


def test_nothing_but_resuming_and_cancelling_reaches_a_suspended_instance() -> None:
    model = compiled(
        start(),
        user_task("work"),
        boundary("told", "work", of("message", "m"), interrupting=False),
        boundary("rung", "work", of("signal", "s"), interrupting=False),
        boundary("tick", "work", timed("timeDuration", "PT1H"), interrupting=False),
        end("ended"),
        end(),
        flows("begin", "work", "finish"),
        *(flows(event, "ended") for event in ("told", "rung", "tick")),
        messages=message("m", "news", '"k"') + named("signal", "s", "bell"),
    )
    run = Run(model).do(lambda execution: execution.suspend("an audit"))
    state = run.step.state
    for act in (
        lambda: run.complete("work"),
        lambda: run.send("told"),
        lambda: run.signal("bell"),
        lambda: run.fire("tick"),
        lambda: run.do(lambda execution: execution.suspend("again")),
        lambda: run.do(
            lambda execution: execution.hand_over(
                run.step.user_tasks[0].task_id, how="claimed", assignee="u:clerk"
            )
        ),
    ):
        with pytest.raises(InstanceSuspended):
            act()
    assert run.step.state == state
    run.do(lambda execution: execution.cancel("given up"))
    assert run.completed
    assert len(orjson.loads(run.step.state)) == 4
    with pytest.raises(InstanceNotActive):
        run.do(lambda execution: execution.suspend("too late"))
    with pytest.raises(InstanceNotSuspended):
        run.do(lambda execution: execution.resume("too late"))


def test_waiting_events_of_all_sorts_survive_a_pause() -> None:
    model = compiled(
        start(),
        node("eventBasedGateway", "race"),
        catch("late", timed("timeDuration", "PT2H")),
        catch("told", of("message", "m")),
        end("one"),
        end("two"),
        event_subprocess(
            "stop", triggered("stopped", when("stop = true")), end("stop_end"), flows("stopped", "stop_end")
        ),
        flows("begin", "race", "late", "one"),
        flows("race", "told", "two"),
        messages=message("m", "news", '"k"'),
    )
    run = pause(Run(model, {"stop": False}), timedelta(hours=1))
    assert run.step.timers[0].due_at == NOON + timedelta(hours=3)
    assert run.waiting == ["told"]
    assert run.send("told").completed
