"""What is put together of blocks goes on under an edited copy as if it had never been under another."""

import re
from typing import Any

import orjson
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from engine.errors import MigrationRefused
from engine.spiff import CompiledModel
from tests.drawing import message, named
from tests.property.blocks import BLOCKS, Block, choices_of, drawn, edited, numbered
from tests.running import Run, compiled

#: Steps after which loops are left and timers no longer fired, so that every process ends.
PATIENCE = 25
#: A block's id within an id or a flow's.
_BLOCK = re.compile(r"(user|script|guard|risk|race|seq|xor|par|incl|loop|sub|many)(\d+)")


def _compiled(block: Block) -> CompiledModel:
    return compiled(*drawn(block), messages=named("error", "e", "bad") + message("m", "news", '"k"'))


def _renamed(name: str) -> str:
    return _BLOCK.sub(lambda found: f"{found[1]}{int(found[2]) + 100}", name)


def _names(model: CompiledModel) -> set[str]:
    specs = (model.spec, *model.subprocess_specs.values())
    elements = [
        element for spec in specs for element in spec.task_specs.values() if hasattr(element, "flows")
    ]
    return {*model.elements, *(flow.id for element in elements for flow in element.flows)}


def _acts(run: Run) -> list[tuple[str, int]]:
    """What can be done: kind and place, so that the same can be done to an instance with other names."""
    return [
        *(("complete", place) for place in range(len(run.step.user_tasks))),
        *(("fire", place) for place in range(len(run.step.timers))),
        *(("send", place) for place in range(len(run.step.subscriptions))),
    ]


def _do(run: Run, act: tuple[str, int], again: bool) -> None:
    kind, place = act
    if kind == "complete":
        task = run.step.user_tasks[place]
        block = task.element_id.removesuffix("_ask").removesuffix("_judge")
        variables = {f"again_{block}": again} if block != task.element_id else {}
        run.do(lambda execution: execution.complete_user_task(task.task_id, variables))
    elif kind == "fire":
        timer = run.step.timers[place]
        run.at = max(run.at, timer.due_at)
        run.do(lambda execution: execution.fire_timer(timer.timer_id))
    else:
        waiting = run.step.subscriptions[place]
        run.do(lambda execution: execution.correlate(waiting.task_id, "news", "k", {}))


def _tokens(run: Run, rename: Any = str) -> list[Any]:
    """The tokens of an instance: number, element, state, host, way to a join; without their variables."""
    _, last, _, scopes = orjson.loads(run.step.state)
    return [
        last,
        [
            [
                owner,
                [
                    [number, rename(name), state, host, rename((kept or {}).get("via", ""))]
                    for number, name, state, host, kept in tokens
                ],
            ]
            for owner, _, tokens in scopes
        ],
    ]


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(block=BLOCKS.map(numbered), data=st.data())
def test_under_a_copy_of_other_names_an_instance_lives_on_as_under_its_own(
    block: Block, data: st.DataObject
) -> None:
    choices = choices_of(block, lambda below: data.draw(st.integers(0, below - 1)))
    choices |= {_renamed(name): value for name, value in choices.items()}
    here = _compiled(block)
    there = _compiled(numbered(block, [100]))
    mapping = {name: _renamed(name) for name in _names(here) if _renamed(name) != name}
    back = {new: old for old, new in mapping.items()}
    stayed, moved = Run(here, choices), Run(here, choices)
    left_at = data.draw(st.integers(0, 12))
    for step in range(1_000):
        assert moved.step.completed == stayed.step.completed
        if stayed.completed:
            break
        if step == left_at:
            state = moved.step.state
            moved.migrate(there, **mapping).migrate(here, **back)
            assert moved.step.state == state, "there and back again is where it was"
            moved.migrate(there, **mapping)
        assert _tokens(moved) == _tokens(stayed, _renamed if step >= left_at else str)
        acts = [act for act in _acts(stayed) if step < PATIENCE or act[0] == "complete"] or _acts(stayed)
        act = data.draw(st.sampled_from(acts))
        again = step < PATIENCE and data.draw(st.booleans())
        _do(stayed, act, again)
        _do(moved, act, again)
    assert moved.completed


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(block=BLOCKS.map(numbered), data=st.data())
def test_under_an_edited_copy_an_instance_comes_to_its_end_or_is_told_why_not(
    block: Block, data: st.DataObject
) -> None:
    choices = choices_of(block, lambda below: data.draw(st.integers(0, below - 1)))
    changed = edited(block, data.draw)
    assume(changed != block)
    run = Run(_compiled(block), choices)
    target = _compiled(changed)
    left_at = data.draw(st.integers(0, 8))
    for step in range(1_000):
        if run.completed:
            break
        if step == left_at:
            before = run.step
            try:
                run.migrate(target)
            except MigrationRefused as refused:
                problems: Any = refused.params["problems"]
                assert {problem["element_id"] for problem in problems} <= set(run.model.elements)
                assert all("came by flow" in problem["reason"] for problem in problems)
                return
            assert [task.task_id for task in run.step.user_tasks] == [t.task_id for t in before.user_tasks]
            waiting = {timer.timer_id: timer.due_at for timer in run.step.timers}
            assert waiting.items() >= {timer.timer_id: timer.due_at for timer in before.timers}.items()
        acts = [act for act in _acts(run) if step < PATIENCE or act[0] == "complete"] or _acts(run)
        _do(run, data.draw(st.sampled_from(acts)), step < PATIENCE and data.draw(st.booleans()))
    assert run.completed
