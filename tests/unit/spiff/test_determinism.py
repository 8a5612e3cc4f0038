"""The same commands give the same digests: under other hash seeds, on many threads (ENGINE-NOTES §3, §5 P10)."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from engine.spiff import CompiledModel
from tests.drawing import (
    boundary,
    each,
    end,
    event_subprocess,
    flow,
    flows,
    looping,
    named,
    node,
    of,
    script_task,
    start,
    timed,
    triggered,
    user_task,
)
from tests.running import Run, compiled

ROOT = Path(__file__).resolve().parents[3]


def busy() -> CompiledModel:
    """A model whose gateways, collections and events give chance every opportunity."""
    names = ["red", "green", "blue", "white", "black"]
    return compiled(
        start(),
        node("inclusiveGateway", "fork", default=f"fork_to_{names[-1]}"),
        *(script_task(name, f'append(seen, "{name}")', "seen") for name in names),
        node("inclusiveGateway", "join"),
        looping(user_task("work"), each("people", results="done", result="vote")),
        boundary("late", "work", timed("timeCycle", "R/P1D"), interrupting=False),
        event_subprocess(
            "handler",
            triggered("heard", of("signal", "s"), interrupting=False),
            user_task("handle"),
            end("handled"),
            flows("heard", "handle", "handled"),
        ),
        end(),
        end("late_end"),
        flows("begin", "fork"),
        *(flow("fork", name, "true") for name in names[:-1]),
        flow("fork", names[-1]),
        *(flow(name, "join") for name in names),
        flows("join", "work", "finish"),
        flows("late", "late_end"),
        messages=named("signal", "s", "alarm"),
    )


def digests(model: CompiledModel) -> list[str]:
    """Play one instance and return the digest after every command."""
    run = Run(model, {"seen": [], "people": ["an", "binh", "chi"], "z": {"b": 1, "a": 2}})
    found = [run.step.digest]
    for act in (
        lambda: run.signal("alarm", {"b": 1, "a": 2}),
        lambda: run.complete("work", {"vote": 1}, which=1),
        lambda: run.fire("late"),
        lambda: run.signal("alarm"),
        lambda: run.complete("handle"),
        lambda: run.complete("work", {"vote": 2}),
        lambda: run.complete("work", {"vote": 3}),
        lambda: run.complete("handle"),
    ):
        act()
        found.append(run.step.digest)
    assert run.completed
    return found


def test_another_interpreter_with_another_hash_seed_agrees() -> None:
    here = digests(busy())
    script = "from tests.unit.spiff.test_determinism import busy, digests; print(*digests(busy()))"
    for seed in ("1", "77"):
        there = subprocess.run(
            [sys.executable, "-c", script],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert there.stdout.split() == here


def test_many_threads_may_share_a_model() -> None:
    model = busy()
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: digests(model), range(40)))
    assert all(each == found[0] for each in found)
