"""A state holds what waits and nothing that is finished (ENGINE-NOTES §2, §4, §5 P1, P2, P6, P11, P12)."""

import orjson
import pytest

from engine.errors import HistoryDiverged
from engine.spiff import CODEC_VERSION, Execution
from tests.drawing import (
    boundary,
    catch,
    each,
    end,
    flow,
    flows,
    looping,
    message,
    node,
    of,
    script_task,
    start,
    subprocess,
    timed,
    user_task,
)
from tests.running import INSTANCE, NOON, Run, compiled


def test_a_cycle_leaves_nothing_behind() -> None:
    """§4: in SpiffWorkflow every firing leaves four tasks."""
    run = Run(
        compiled(
            start(),
            user_task("work"),
            boundary("tick", "work", timed("timeCycle", "R/PT1H"), interrupting=False),
            script_task("count", "n + 1", "n"),
            end("ticked"),
            end(),
            flows("begin", "work", "finish"),
            flows("tick", "count", "ticked"),
        ),
        {"n": 100},
    )
    first = len(run.step.state)
    for _ in range(300):
        run.fire("tick")
    assert run.variables["n"] == 400
    assert len(run.step.state) - first < 20, "only numbers get longer"
    assert len(list(run.load()._workflow.tokens())) == 2


def test_variables_are_kept_once() -> None:
    """P12: in SpiffWorkflow every task holds a copy of all data."""
    names = [f"t{n}" for n in range(20)]
    fork = [flow("fork", name) + flow(name, "join") for name in names]
    model = compiled(
        start(),
        node("parallelGateway", "fork"),
        *(user_task(name) for name in names),
        node("parallelGateway", "join"),
        end(),
        flows("begin", "fork"),
        *fork,
        flows("join", "finish"),
    )
    run = Run(model, {"text": "x" * 10_000})
    assert len(run.open) == 20
    assert len(run.step.state) < 10_000 + 20 * 200


def test_finished_scopes_leave_nothing_behind() -> None:
    inner = subprocess("sub", start("b"), user_task("work"), end("e"), flows("b", "work", "e"))
    model = compiled(
        start(),
        node("exclusiveGateway", "again"),
        looping(inner, each("[1, 2]")),
        node("exclusiveGateway", "out", default="out_to_again"),
        end(),
        flows("begin", "again", "sub", "out", "again"),
        flow("out", "finish", "ok"),
    )
    run = Run(model, {"ok": False})
    sizes = []
    for _ in range(20):
        run.complete("work").complete("work")
        sizes.append(len(run.step.state))
    assert max(sizes) - min(sizes) < 20


def test_a_message_reaches_one_of_two_who_wait_under_the_same_key() -> None:
    """§1: SpiffWorkflow delivers one message to all that match."""
    model = compiled(
        start(),
        node("parallelGateway", "fork"),
        catch("one", of("message", "m")),
        catch("two", of("message", "m")),
        end(),
        flows("begin", "fork", "one", "finish"),
        flows("fork", "two", "finish"),
        messages=message("m", "news", "key"),
    )
    run = Run(model, {"key": "k"}).send("two")
    assert run.waiting == ["one"]
    assert run.send("one").completed


def test_a_state_of_another_form_is_refused() -> None:
    """P2: the library's migrations fail on states with subprocesses; here the version is told and checked."""
    run = Run(compiled(start(), user_task("work"), end(), flows("begin", "work", "finish")))
    state = orjson.loads(run.step.state)
    assert state[0] == CODEC_VERSION
    state[0] += 1
    with pytest.raises(HistoryDiverged, match="codec version"):
        Execution.load(run.model, orjson.dumps(state), instance_id=INSTANCE, at=NOON, services=run.services)


def test_a_state_does_not_depend_on_the_order_of_its_keys() -> None:
    """P1: sorted keys lose data in SpiffWorkflow's states."""
    run = Run(compiled(start(), user_task("work"), end(), flows("begin", "work", "finish")), {"b": 1, "a": 2})
    assert orjson.dumps(orjson.loads(run.step.state), option=orjson.OPT_SORT_KEYS) == run.step.state


def test_a_completed_instance_can_be_loaded_and_looked_at() -> None:
    run = Run(compiled(start(), user_task("work"), end(), flows("begin", "work", "finish")), {"a": 1})
    run.complete("work")
    seen = run.load().inspect()
    assert seen.completed
    assert (seen.variables, seen.active_elements) == ({"a": 1}, ())
