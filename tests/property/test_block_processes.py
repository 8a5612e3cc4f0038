"""What is put together of blocks runs as its blocks say, the same in memory and stored, and to the very end."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.spiff import Execution, Moment
from tests.drawing import message, named
from tests.property.blocks import BLOCKS, Block, choices_of, drawn, numbered
from tests.property.playing import Act, played
from tests.running import INSTANCE, NOON, Run, compiled

#: Steps after which loops are left and timers no longer fired, so that every process ends.
PATIENCE = 25


class Both:
    """The same instance twice: loaded for every command, and kept in memory throughout."""

    def __init__(self, block: Block, choices: dict[str, Any]) -> None:
        model = compiled(*drawn(block), messages=named("error", "e", "bad") + message("m", "news", '"k"'))
        self.stored = Run(model, choices)
        self.kept = Execution.create(model, instance_id=INSTANCE, at=NOON, services=self.stored.services)
        self.kept.start("key", choices)
        assert self.kept.finish().digest == self.stored.step.digest

    def acts(self) -> list[Act]:
        """What can be done: open user tasks with the number of their copy, and timers."""
        execution = self.stored.load()
        tasks = [
            (task.element_id, execution.task_variables(task.task_id).get("loopCounter", 0))
            for task in self.stored.step.user_tasks
        ]
        others = [*self.stored.step.timers, *self.stored.step.subscriptions]
        return sorted([*tasks, *((waiting.element_id, 0) for waiting in others)])

    def do(self, act: Act, value: bool) -> None:
        name, copy = act
        if name.endswith("_late"):
            timer = next(timer for timer in self.stored.step.timers if timer.element_id == name)
            self.stored.fire(name)
            self.kept._workflow.moment = Moment(now=timer.due_at)
            self.kept.fire_timer(timer.timer_id)
        elif name.endswith("_told"):
            waiting = next(each for each in self.stored.step.subscriptions if each.element_id == name)
            self.stored.send(name)
            self.kept.correlate(waiting.task_id, "news", "k", {})
        else:
            block = name.removesuffix("_ask").removesuffix("_judge")
            loaded = self.stored.load()
            task_id = next(
                task.task_id
                for task in self.stored.step.user_tasks
                if task.element_id == name
                and loaded.task_variables(task.task_id).get("loopCounter", 0) == copy
            )
            variables = {f"again_{block}": value} if block != name else {}
            self.stored.do(lambda execution: execution.complete_user_task(task_id, variables))
            self.kept.complete_user_task(task_id, variables)
        assert self.kept.finish().digest == self.stored.step.digest, "kept and stored must not differ"


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(block=BLOCKS.map(numbered), data=st.data())
def test_a_process_of_blocks_runs_as_the_blocks_say(block: Block, data: st.DataObject) -> None:
    choices = choices_of(block, lambda below: data.draw(st.integers(0, below - 1)))
    engine = Both(block, choices)
    play, process = played(block, choices)
    steps = 0
    while process.at_work:
        assert engine.acts() == sorted(process.acts())
        assert not engine.stored.completed
        open_acts = [act for act in engine.acts() if steps < PATIENCE or not _is_guard(act)]
        act = data.draw(st.sampled_from(open_acts))
        value = steps < PATIENCE and data.draw(st.booleans())
        engine.do(act, value)
        assert process.do(act, value)
        steps += 1
    assert engine.stored.completed
    assert engine.acts() == []
    assert list(engine.stored.load()._workflow.tokens()) == []
    ends = [event.split()[1] for event in engine.stored.history if _is_end(event)]
    assert {name: ends.count(name) for name in ends} == dict(play.ends)


def _is_end(event: str) -> bool:
    ends = ("_end", "_side", "_done", "_fine", "_bad", " finish")
    return (
        event.startswith("element.completed")
        and event.endswith(ends)
        and not event.startswith("element.completed loop")
    )


def _is_guard(act: Act) -> bool:
    return act[0].startswith("guard") and act[0].endswith("_late")
