"""Inclusive gateways join what is on its way (BPMN 2.0.2 §10.6.3, §13.3.3)."""

import pytest

from tests.drawing import (
    boundary,
    catch,
    end,
    flow,
    flows,
    message,
    node,
    of,
    service_task,
    start,
    timed,
    user_task,
)
from tests.elements import runs
from tests.running import Run, compiled

INCLUSIVE = (
    start(),
    node("inclusiveGateway", "fork", default="fork_to_c"),
    user_task("a"),
    user_task("b"),
    user_task("c"),
    node("inclusiveGateway", "join"),
    user_task("after"),
    end(),
    flows("begin", "fork"),
    flow("fork", "a", "n > 0"),
    flow("fork", "b", "n > 1"),
    flow("fork", "c"),
    flows("a", "join"),
    flows("b", "join"),
    flows("c", "join", "after", "finish"),
)


@runs(
    "inclusiveGateway",
    "forks to every flow whose condition holds, else the default; joins what is on its way",
)
@pytest.mark.parametrize(("n", "expected"), [(2, ["a", "b"]), (1, ["a"]), (0, ["c"])])
def test_an_inclusive_gateway_forks_and_joins_as_many_as_there_are(n: int, expected: list[str]) -> None:
    run = Run(compiled(*INCLUSIVE), {"n": n})
    assert run.open == expected
    for name in expected:
        assert run.open != ["after"]
        run.complete(name)
    assert run.open == ["after"]
    assert run.complete("after").completed


def test_an_inclusive_join_waits_for_what_a_boundary_event_may_send() -> None:
    """A token in an activity can reach the join by its boundary event, too."""
    run = Run(
        compiled(
            start(),
            node("parallelGateway", "fork"),
            user_task("a"),
            user_task("b"),
            boundary("late", "b", timed("timeDuration", "P1D"), interrupting=False),
            user_task("remind"),
            node("inclusiveGateway", "join"),
            user_task("after"),
            end(),
            end("b_done"),
            flows("begin", "fork", "a", "join", "after", "finish"),
            flows("fork", "b", "b_done"),
            flows("late", "remind", "join"),
        )
    )
    run.complete("a")
    assert run.open == ["b"], "the boundary event may still send a token"
    run.fire("late")
    assert run.open == ["b", "remind"]
    run.complete("remind")
    assert run.open == ["b", "after"], "both flows have a token now, and nothing else can come"
    assert run.complete("b").complete("after").completed


def test_an_inclusive_join_goes_on_when_the_boundary_event_can_no_longer_fire() -> None:
    run = Run(
        compiled(
            start(),
            node("parallelGateway", "fork"),
            user_task("a"),
            user_task("b"),
            boundary("late", "b", timed("timeDuration", "P1D"), interrupting=False),
            node("inclusiveGateway", "join"),
            user_task("after"),
            end(),
            end("b_done"),
            flows("begin", "fork", "a", "join", "after", "finish"),
            flows("fork", "b", "b_done"),
            flows("late", "join"),
        )
    )
    run.complete("a")
    assert run.open == ["b"]
    assert run.complete("b").open == ["after"]


def test_an_inclusive_join_in_a_loop_does_not_wait_for_its_own_token() -> None:
    run = Run(
        compiled(
            start(),
            node("inclusiveGateway", "join"),
            node("inclusiveGateway", "fork", default="fork_to_work"),
            user_task("work"),
            user_task("review"),
            node("inclusiveGateway", "meet"),
            node("exclusiveGateway", "good", default="good_to_join"),
            end(),
            flows("begin", "join", "fork"),
            flow("fork", "work"),
            flow("fork", "review", "strict"),
            flows("work", "meet", "good"),
            flows("review", "meet"),
            flow("good", "join"),
            flow("good", "finish", "ok"),
        ),
        {"strict": True, "ok": False},
    )
    assert run.open == ["review"]
    run.complete("review", {"strict": False})
    assert run.open == ["work"]
    run.complete("work", {"ok": True})
    assert run.completed


def test_a_token_that_can_take_either_way_does_not_hold_up_a_join_that_has_one_of_them() -> None:
    """§13.3.3: a token that can also reach a flow which already has one does not count."""
    run = Run(
        compiled(
            start(),
            node("parallelGateway", "fork"),
            user_task("a"),
            user_task("b"),
            node("exclusiveGateway", "merge"),
            node("exclusiveGateway", "either", default="either_to_merge"),
            user_task("c"),
            node("inclusiveGateway", "join"),
            user_task("after"),
            end(),
            flows("begin", "fork", "a", "merge", "join", "after", "finish"),
            flows("fork", "b", "either"),
            flow("either", "merge"),
            flow("either", "c", "x = 1"),
            flows("c", "join"),
        ),
        {"x": 0},
    )
    run.complete("a")
    assert run.open == ["b", "after"]


def test_a_boundary_event_is_where_its_activity_is() -> None:
    """§13.3.3: the activity can reach the flow that has a token, so its boundary event holds up nothing."""
    run = Run(
        compiled(
            start(),
            node("parallelGateway", "fork"),
            user_task("a"),
            user_task("b"),
            boundary("late", "b", timed("timeDuration", "P1D")),
            node("exclusiveGateway", "merge"),
            node("inclusiveGateway", "join"),
            user_task("after"),
            end(),
            flows("begin", "fork", "a", "merge", "join", "after", "finish"),
            flows("fork", "b", "merge"),
            flows("late", "join"),
        )
    )
    assert run.complete("a").open == ["b", "after"]


def test_a_way_that_leads_through_the_join_itself_does_not_count() -> None:
    """§13.3.3 (iii): a token that came back waits for one that has yet to come by the other flow."""
    run = Run(
        compiled(
            start(),
            node("parallelGateway", "fork"),
            user_task("a"),
            user_task("b"),
            node("exclusiveGateway", "merge"),
            node("inclusiveGateway", "join"),
            user_task("work"),
            node("exclusiveGateway", "good", default="good_to_join"),
            end(),
            flows("begin", "fork", "a", "merge", "join", "work", "good", "join"),
            flows("fork", "b", "merge"),
            flow("good", "finish", "ok"),
        ),
        {"ok": False},
    )
    run.complete("a").complete("work")
    assert run.open == ["b"], "the token that came back waits"
    assert run.complete("b").open == ["work"]
    assert run.complete("work", {"ok": True}).completed


def test_events_that_race_for_one_token_count_as_one_place() -> None:
    """§13.3.3, with the two ways behind an event-based gateway."""
    run = Run(
        compiled(
            start(),
            node("parallelGateway", "fork"),
            user_task("a"),
            node("eventBasedGateway", "race"),
            catch("told", of("message", "m")),
            catch("late", timed("timeDuration", "P1D")),
            node("exclusiveGateway", "merge"),
            node("inclusiveGateway", "join"),
            user_task("after"),
            end(),
            flows("begin", "fork", "a", "merge", "join", "after", "finish"),
            flows("fork", "race", "told", "merge"),
            flows("race", "late", "join"),
            messages=message("m", "tell", "key"),
        ),
        {"key": "k"},
    )
    assert run.complete("a").open == ["after"]


def test_an_inclusive_join_does_not_wait_for_paths_that_have_ended() -> None:
    run = Run(
        compiled(
            start(),
            node("inclusiveGateway", "fork", default="fork_to_a"),
            user_task("a"),
            service_task("b"),
            node("exclusiveGateway", "stop", default="stop_to_join"),
            node("inclusiveGateway", "join"),
            end(),
            end("stopped"),
            flows("begin", "fork"),
            flow("fork", "a"),
            flow("fork", "b", "true"),
            flows("a", "join", "finish"),
            flows("b", "stop"),
            flow("stop", "join"),
            flow("stop", "stopped", "true"),
        )
    )
    assert run.completed
    assert run.history.count("element.completed stopped") == 1
