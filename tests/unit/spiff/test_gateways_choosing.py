"""Gateways that choose: exclusive and event-based (BPMN 2.0.2 §10.6.2, §10.6.6)."""

import pytest

from engine.errors import MessageNotExpected, StepFailed
from tests.drawing import (
    catch,
    end,
    flow,
    flows,
    message,
    named,
    node,
    of,
    start,
    timed,
    user_task,
    when,
)
from tests.elements import runs
from tests.running import Run, compiled

CHOICE = (
    start(),
    node("exclusiveGateway", "choose", default="choose_to_c"),
    user_task("a"),
    user_task("b"),
    user_task("c"),
    end(),
    flows("begin", "choose"),
    flow("choose", "a", "n > 10"),
    flow("choose", "b", "n > 5"),
    flow("choose", "c"),
    flows("a", "finish"),
    flows("b", "finish"),
    flows("c", "finish"),
)


@runs("exclusiveGateway", "first flow whose condition holds, else the default flow")
@pytest.mark.parametrize(("n", "expected"), [(11, "a"), (6, "b"), (5, "c")])
def test_the_first_condition_that_holds_decides(n: int, expected: str) -> None:
    run = Run(compiled(*CHOICE), {"n": n})
    assert run.open == [expected]
    (passed,) = [
        event.to_json() for event in run.step.events if event.to_json().get("element_id") == "choose"
    ]
    assert passed["flows"] == [f"choose_to_{expected}"]


def test_a_gateway_that_can_take_no_flow_fails_the_step() -> None:
    parts = [part.replace(' default="choose_to_c"', "") for part in CHOICE]
    parts[9] = flow("choose", "c", "n = 0")
    with pytest.raises(StepFailed, match="none is, and there is no default flow"):
        Run(compiled(*parts), {"n": 1})


def test_an_exclusive_join_passes_every_token() -> None:
    run = Run(
        compiled(
            start(),
            node("parallelGateway", "fork"),
            user_task("a"),
            user_task("b"),
            node("exclusiveGateway", "merge"),
            user_task("c"),
            end(),
            flows("begin", "fork", "a", "merge", "c", "finish"),
            flows("fork", "b", "merge"),
        )
    )
    run.complete("a").complete("b")
    assert run.open == ["c", "c"]
    run.complete("c")
    assert not run.completed
    assert run.complete("c").completed


RACE = (
    start(),
    node("eventBasedGateway", "race"),
    catch("slow", timed("timeDuration", "P10D")),
    catch("fast", timed("timeDuration", "PT1H")),
    catch("told", of("message", "m")),
    catch("called", of("signal", "s")),
    catch("held", when("x > 3")),
    node("receiveTask", "received", messageRef="m2"),
    *(user_task(f"after_{name}") for name in ("slow", "fast", "told", "called", "held", "received")),
    end(),
    flows("begin", "race"),
    *(
        flows("race", name, f"after_{name}", "finish")
        for name in ("slow", "fast", "told", "called", "held", "received")
    ),
)
ROOTS = message("m", "tell", "key") + message("m2", "receive", "key") + named("signal", "s", "call")


def race() -> Run:
    return Run(compiled(*RACE, messages=ROOTS), {"key": "k", "x": 0})


@runs("eventBasedGateway", "the first of timers, messages, signals, conditions and receive tasks")
def test_each_event_of_a_race_can_win_and_withdraws_the_others() -> None:
    """ENGINE-NOTES §4: plain SpiffWorkflow never fires the second timer of such a gateway."""
    run = race()
    assert run.due == {"slow": "2026-06-22 12:00", "fast": "2026-06-12 13:00"}
    assert sorted(run.waiting) == ["called", "received", "told"]
    assert race().fire("fast").open == ["after_fast"]
    assert race().fire("slow").open == ["after_slow"]
    assert race().send("told").open == ["after_told"]
    assert race().send("received").open == ["after_received"]
    assert race().signal("call").open == ["after_called"]
    for won in (
        race().fire("fast"),
        race().signal("call"),
        race().send("received"),
        race().send("told", {"x": 1}),
    ):
        assert not won.waiting
        assert not won.due
    assert {"timer.cancelled slow", "timer.cancelled fast"} <= set(won.events)


def test_a_condition_that_holds_at_once_wins_the_race() -> None:
    assert Run(compiled(*RACE, messages=ROOTS), {"key": "k", "x": 4}).open == ["after_held"]


def test_a_race_can_be_run_again() -> None:
    run = Run(
        compiled(
            start(),
            node("exclusiveGateway", "again"),
            node("eventBasedGateway", "race"),
            catch("told", of("message", "m")),
            catch("late", timed("timeDuration", "P1D")),
            end(),
            flows("begin", "again", "race", "told", "again"),
            flows("race", "late", "finish"),
            messages=message("m", "tell", "key"),
        ),
        {"key": "k"},
    )
    sizes = set()
    for _ in range(5):
        run.send("told")
        sizes.add(len(run.step.state))
    assert max(sizes) - min(sizes) < 10, "only numbers get longer"
    assert run.fire("late").completed


def test_two_tokens_race_apart() -> None:
    """Two tokens at one gateway are two races: winning one leaves the other."""
    run = Run(
        compiled(
            start(),
            node("parallelGateway", "fork"),
            node("exclusiveGateway", "merge"),
            node("eventBasedGateway", "race"),
            catch("told", of("message", "m")),
            catch("late", timed("timeDuration", "P1D")),
            end(),
            flows("begin", "fork", "merge", "race", "told", "finish"),
            flow("fork", "merge").replace('id="fork_to_merge"', 'id="second"'),
            flows("race", "late", "finish"),
            messages=message("m", "tell", "key"),
        ),
        {"key": "k"},
    )
    assert run.waiting == ["told", "told"]
    gone = run.step.subscriptions[0].task_id
    run.send("told")
    assert run.waiting == ["told"]
    assert len(run.due) == 1
    with pytest.raises(MessageNotExpected):
        run.load().correlate(gone, "tell", "k", {})
    assert run.fire("late").completed


def test_a_timer_without_an_instant_takes_no_part_in_the_race() -> None:
    parts = [part.replace("PT1H", "=never") for part in RACE]
    run = Run(compiled(*parts, messages=ROOTS), {"key": "k", "x": 0, "never": None})
    assert list(run.due) == ["slow"]
    with pytest.raises(StepFailed, match="expected a timer to have an instant"):
        Run(
            compiled(
                start(), catch("wait", timed("timeDate", "=never")), end(), flows("begin", "wait", "finish")
            ),
            {"never": None},
        )
