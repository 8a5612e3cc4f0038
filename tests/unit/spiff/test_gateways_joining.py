"""Parallel gateways join one token from each flow (BPMN 2.0.2 §10.6.4, §13.3.2)."""

import pytest

from engine.errors import StepFailed
from tests.drawing import (
    end,
    flow,
    flows,
    node,
    script_task,
    start,
    user_task,
)
from tests.elements import runs
from tests.running import Run, compiled


def second(text: str) -> str:
    """A second flow between the same two elements."""
    return text.replace('id="', 'id="second_', 1)


@runs("parallelGateway", "forks to every flow; joins one token from each")
def test_a_parallel_join_waits_for_one_token_from_each_flow() -> None:
    run = Run(
        compiled(
            start(),
            node("parallelGateway", "fork"),
            user_task("a"),
            user_task("b"),
            node("parallelGateway", "join"),
            user_task("c"),
            end(),
            flows("begin", "fork", "a", "join", "c", "finish"),
            flows("fork", "b", "join"),
        )
    )
    assert run.open == ["a", "b"]
    assert run.complete("b").open == ["a"]
    assert run.complete("a").open == ["c"]
    assert run.complete("c").completed


def test_parallel_branches_never_lose_each_others_data() -> None:
    """ENGINE-NOTES §5 P4: plain SpiffWorkflow merges lists by position, and one branch's value is lost."""
    run = Run(
        compiled(
            start(),
            node("parallelGateway", "fork"),
            script_task("a", "append(l, 10)", "l"),
            script_task("b", "append(l, 20)", "l"),
            node("parallelGateway", "join"),
            end(),
            flows("begin", "fork", "a", "join", "finish"),
            flows("fork", "b", "join"),
        ),
        {"l": [1, 1, 2]},
    )
    assert run.variables["l"] == [1, 1, 2, 10, 20]


def test_two_tokens_by_one_flow_do_not_make_a_join_complete() -> None:
    """A join takes one token from each flow; a second one by the same flow waits for its partner."""
    run = Run(
        compiled(
            start(),
            node("parallelGateway", "fork"),
            user_task("twice"),
            user_task("once"),
            node("exclusiveGateway", "merge"),
            node("parallelGateway", "join"),
            user_task("after"),
            end(),
            flows("begin", "fork", "twice", "merge", "join", "after", "finish"),
            second(flow("fork", "twice")),
            flows("fork", "once", "join"),
        )
    )
    assert run.open == ["twice", "twice", "once"]
    run.complete("twice").complete("twice")
    assert run.open == ["once"], "two tokens wait at the join, both by the same flow"
    run.complete("once")
    assert run.open == ["after"]
    with pytest.raises(StepFailed, match="a gateway lacks a token"):
        run.complete("after")


def test_a_join_in_a_loop_joins_each_round() -> None:
    run = Run(
        compiled(
            start(),
            node("exclusiveGateway", "again"),
            node("parallelGateway", "fork"),
            user_task("a"),
            user_task("b"),
            node("parallelGateway", "join"),
            node("exclusiveGateway", "done", default="done_to_again"),
            end(),
            flows("begin", "again", "fork", "a", "join", "done"),
            flows("fork", "b", "join"),
            flow("done", "again"),
            flow("done", "finish", "ok"),
        ),
        {"ok": False},
    )
    for _ in range(3):
        run.complete("a").complete("b")
        assert run.open == ["a", "b"]
    assert run.complete("b", {"ok": True}).complete("a").completed
