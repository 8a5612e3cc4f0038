"""Loops: standard loop characteristics, and loops that flows and links draw (BPMN 2.0.2 §10.3.8, §10.5.4)."""

from typing import Any

import pytest

from engine.errors import StepFailed
from tests.drawing import (
    boundary,
    catch,
    defined,
    end,
    flow,
    flows,
    io,
    looping,
    node,
    repeated,
    script_task,
    start,
    subprocess,
    throw,
    timed,
    user_task,
)
from tests.elements import runs
from tests.running import Run, compiled


def again(activity: str, *more: str, variables: dict[str, Any] | None = None) -> Run:
    return Run(
        compiled(
            start(), activity, user_task("after"), end(), flows("begin", "again", "after", "finish"), *more
        ),
        variables,
    )


@runs("userTask", "standard loop")
def test_a_loop_goes_on_while_its_condition_holds() -> None:
    run = again(looping(user_task("again"), repeated("more")))
    for _ in range(3):
        assert run.complete("again", {"more": True}).open == ["again"]
    assert run.complete("again", {"more": False}).open == ["after"]


def test_a_loop_that_tests_before_may_run_not_at_all() -> None:
    loop = repeated("more", test_before=True)
    assert again(looping(user_task("again"), loop), variables={"more": False}).open == ["after"]
    run = again(looping(user_task("again"), loop), variables={"more": True})
    assert run.open == ["again"]
    assert run.complete("again", {"more": False}).open == ["after"]


def test_a_loop_ends_at_its_maximum() -> None:
    run = again(looping(user_task("again"), repeated("true", most=2)))
    assert run.complete("again").open == ["again"]
    assert run.complete("again").open == ["after"]


@runs("scriptTask", "standard loop")
def test_the_counter_counts_from_one() -> None:
    run = again(
        looping(script_task("again", "append(seen, loopCounter)", "seen"), repeated("loopCounter < 4")),
        variables={"seen": []},
    )
    assert run.variables == {"seen": [1, 2, 3, 4]}


def test_the_condition_sees_what_is_local_to_the_round() -> None:
    task = user_task("again", io(inputs=[("left", "3 - loopCounter")], outputs=[("total", "total + 1")]))
    run = again(looping(task, repeated("left > 0")), variables={"total": 0})
    run.complete("again").complete("again").complete("again")
    assert run.open == ["after"]
    assert run.variables == {"total": 3}


def test_a_round_hands_on_what_it_takes() -> None:
    task = user_task("again", io(inputs=[("total", "total")], outputs=[("total", "total + 1")]))
    run = again(looping(task, repeated(most=2)), variables={"total": 0})
    assert run.complete("again").complete("again").variables == {"total": 2}


def test_a_loop_without_a_maximum_is_stopped_at_a_thousand_rounds() -> None:
    with pytest.raises(StepFailed, match="runs more than 1000 times"):
        again(looping(script_task("again", "1", "x"), repeated("true")))


@runs("subProcess", "standard loop")
def test_a_subprocess_may_loop_and_be_interrupted() -> None:
    inner = subprocess("again", start("b"), user_task("work"), end("e"), flows("b", "work", "e"))
    run = again(
        looping(inner, repeated("more")),
        boundary("limit", "again", timed("timeDuration", "P1D")),
        end("over"),
        flows("limit", "over"),
    )
    due = run.due
    run.complete("work", {"more": True})
    assert run.due == due, "the limit is for all rounds together"
    assert run.open == ["work"]
    assert run.fire("limit").completed


@runs("intermediateThrowEvent", "link", "jumps to the link catch event of that name in the same scope")
@runs("intermediateCatchEvent", "link")
def test_links_jump_and_may_make_a_loop() -> None:
    """ENGINE-NOTES §1: in plain SpiffWorkflow the target of a link is never reached."""
    run = Run(
        compiled(
            start(),
            catch("back", defined("link", name="L")),
            node("exclusiveGateway", "merge"),
            user_task("work"),
            node("exclusiveGateway", "good", default="good_to_jump"),
            throw("jump", defined("link", name="L")),
            end(),
            flows("begin", "merge", "work", "good"),
            flows("back", "merge"),
            flow("good", "jump"),
            flow("good", "finish", "ok"),
        )
    )
    sizes = []
    for _ in range(50):
        run.complete("work", {"ok": False})
        sizes.append(len(run.step.state))
    assert max(sizes) - min(sizes) < 10
    assert run.complete("work", {"ok": True}).completed


def test_several_links_may_lead_to_one() -> None:
    run = Run(
        compiled(
            start(),
            node("parallelGateway", "fork"),
            throw("one", defined("link", name="L")),
            throw("two", defined("link", name="L")),
            catch("here", defined("link", name="L")),
            user_task("work"),
            end(),
            flows("begin", "fork", "one"),
            flows("fork", "two"),
            flows("here", "work", "finish"),
        )
    )
    assert run.open == ["work", "work"]
    assert not run.complete("work").completed
    assert run.complete("work").completed


def test_a_thousand_rounds_cost_as_much_as_one() -> None:
    """ENGINE-NOTES §2, §5 P11: plain SpiffWorkflow sticks after about 165 rounds."""
    run = Run(
        compiled(
            start(),
            node("exclusiveGateway", "merge"),
            user_task("work"),
            node("exclusiveGateway", "good", default="good_to_merge"),
            end(),
            flows("begin", "merge", "work", "good"),
            flow("good", "merge"),
            flow("good", "finish", "ok"),
        ),
        {"ok": False},
    )
    first = len(run.step.state)
    for _ in range(1000):
        run.complete("work")
    assert len(run.step.state) - first < 10
    assert run.complete("work", {"ok": True}).completed


def test_a_user_task_may_lead_to_itself() -> None:
    """ENGINE-NOTES §2: plain SpiffWorkflow ends such a loop without a gateway in a RecursionError."""
    run = Run(
        compiled(
            start(),
            user_task("one"),
            user_task("two"),
            boundary("out", "two", timed("timeDuration", "P1D")),
            end(),
            flows("begin", "one", "two", "one"),
            flows("out", "finish"),
        )
    )
    for _ in range(3):
        run.complete("one").complete("two")
    assert run.complete("one").fire("out").completed


def test_a_long_chain_is_no_deep_recursion() -> None:
    """ENGINE-NOTES §2: plain SpiffWorkflow cannot even parse a chain of 600 tasks."""
    names = [f"t{n}" for n in range(1500)]
    run = Run(
        compiled(start(), *(node("task", name) for name in names), end(), flows("begin", *names, "finish"))
    )
    assert run.completed
    assert len(run.history) == 1500 + 4, "the instance starts and completes, too"


def test_many_forks_in_a_row_cost_no_more_than_they_run() -> None:
    """ENGINE-NOTES §2: plain SpiffWorkflow foresees 2^n tasks for n forks and joins in a row."""
    parts, path = [start(), end()], "begin"
    for n in range(40):
        parts += [node("parallelGateway", f"fork{n}"), node("parallelGateway", f"join{n}")]
        parts += [node("task", f"a{n}"), node("task", f"b{n}"), flows(path, f"fork{n}", f"a{n}", f"join{n}")]
        parts += [flows(f"fork{n}", f"b{n}", f"join{n}")]
        path = f"join{n}"
    run = Run(compiled(*parts, flows(path, "finish")))
    assert run.completed
    assert len(run.history) == 4 * 40 + 4
