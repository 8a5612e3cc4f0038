"""Due dates computed again: every place where a timer may wait, and what a value that is null means there."""

from datetime import datetime
from typing import Any

import pytest

from engine.errors import InvalidVariables
from tests.drawing import (
    boundary,
    catch,
    end,
    event_subprocess,
    flows,
    looping,
    node,
    repeated,
    start,
    timed,
    triggered,
    user_task,
)
from tests.running import NOON, Run, compiled


def recompute(run: Run, *element_ids: str, since: datetime = NOON, **variables: Any) -> Run:
    return run.do(
        lambda execution: execution.recompute_due_dates(
            variables,
            reason="another calendar",
            element_ids=element_ids,
            since=dict.fromkeys(execution.timers_with_durations(), since),
        )
    )


RACING = compiled(
    start(),
    node("eventBasedGateway", "race"),
    catch("early", timed("timeDate", "=early")),
    catch("late", timed("timeDate", "=late")),
    end("one"),
    end("two"),
    event_subprocess(
        "limit", triggered("over", timed("timeDate", "=over")), end("limited"), flows("over", "limited")
    ),
    flows("begin", "race", "early", "one"),
    flows("race", "late", "two"),
)


def test_rivals_and_event_subprocesses_may_wait_for_ever_and_be_dated_again() -> None:
    run = Run(RACING, {"early": "2026-07-01", "late": "2026-08-01", "over": None})
    recompute(run, early=None, over="2026-09-01")
    assert run.due == {"late": "2026-08-01 00:00", "over": "2026-09-01 00:00"}
    recompute(run, early="2026-07-02", over=None)
    assert run.due == {"early": "2026-07-02 00:00", "late": "2026-08-01 00:00"}
    run.fire("early")
    assert run.completed
    assert "timer.cancelled late" in run.events


def test_all_that_wait_for_ever_is_nothing_that_can_come() -> None:
    """The event-based gateway itself would wait for ever; the model allows that, as when it is reached."""
    run = Run(RACING, {"early": "2026-07-01", "late": "2026-08-01", "over": "2026-09-01"})
    recompute(run, early=None, late=None)
    assert run.due == {"over": "2026-09-01 00:00"}


def test_an_event_alone_needs_its_instant() -> None:
    alone = compiled(start(), catch("wait", timed("timeDate", "=d")), end(), flows("begin", "wait", "finish"))
    run = Run(alone, {"d": "2026-07-01"})
    with pytest.raises(InvalidVariables, match="'wait'"):
        recompute(run, d=None)
    assert recompute(run, d="2026-07-05").due == {"wait": "2026-07-05 00:00"}


def test_dates_of_user_tasks_see_their_own_variables() -> None:
    schedule = '<zeebe:taskSchedule dueDate="=if loopCounter = 1 then first else other"/>'
    looped = compiled(
        start(),
        looping(user_task("work", schedule), repeated("true", most=3)),
        end(),
        flows("begin", "work", "finish"),
    )
    run = Run(looped, {"first": "2026-07-01", "other": "2026-08-01"}).complete("work")
    recompute(run, first="2026-07-09", other="2026-08-09")
    assert str(run.step.user_tasks[0].due_at) == "2026-08-08 17:00:00+00:00"
    recompute(run, other=None)
    assert run.step.user_tasks[0].due_at is None


@pytest.mark.parametrize(
    ("before", "after", "due"),
    [
        ("R/P1D", "R/P1W", "2026-06-26 12:00"),  # the second tick still, of another length
        ("R3/P1D", "R2/P1D", "2026-06-14 12:00"),
        ("R3/P1D", "R1/P1D", None),  # it has had the one that is left
        ("R/2026-06-13T00:00:00Z/P1D", "R/2026-06-20T00:00:00Z/P1D", "2026-06-21 07:00"),
    ],
)
def test_a_cycle_keeps_the_number_of_its_next_tick(before: str, after: str, due: str | None) -> None:
    beside = compiled(
        start(),
        user_task("work"),
        boundary("tick", "work", timed("timeCycle", "=cycle"), interrupting=False),
        end("ticked"),
        end(),
        flows("begin", "work", "finish"),
        flows("tick", "ticked"),
    )
    run = recompute(Run(beside, {"cycle": before}).fire("tick"), cycle=after)
    assert run.due == ({} if due is None else {"tick": due})
