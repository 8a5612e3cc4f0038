"""Loops that may never wait are refused at deployment."""

from typing import Any

import pytest

from engine.errors import DefinitionRefused
from engine.spiff import CompiledModel
from tests.drawing import (
    call,
    catch,
    end,
    flow,
    flows,
    node,
    script_task,
    start,
    timed,
    user_task,
)
from tests.elements import refused
from tests.running import compiled, problems_of


def going_round(*inside: str) -> tuple[str, ...]:
    """A loop through ``work``."""
    gates = (node("exclusiveGateway", "again"), node("exclusiveGateway", "out", default="out_to_again"))
    ways = (flows("begin", "again", "work", "out", "again"), flow("out", "finish", "true"))
    return (start(), *gates, *inside, end(), *ways)


@pytest.mark.parametrize(
    ("tag", "text", "waits"),
    [
        ("timeDuration", "PT0S", False),
        ("timeDuration", " P0D ", False),
        ("timeDuration", "P0DT0.0S", False),
        ("timeDate", "2026-01-31T08:00:00", False),
        ("timeDuration", "PT1S", True),
        ("timeDuration", "=span", True),
        ("timeDate", "=next", True),
    ],
)
def test_a_timer_that_is_over_at_once_does_not_make_a_loop_wait(tag: str, text: str, waits: bool) -> None:
    timer = catch("work", timed(tag, text))
    race = (
        node("eventBasedGateway", "work"),
        catch("soon", timed(tag, text)),
        catch("later", timed("timeDuration", "P1D")),
        flows("work", "soon", "out"),
        flows("work", "later", "finish"),
    )
    parts = going_round(*race)
    parts = (*parts[:-2], flows("begin", "again", "work") + flows("out", "again"), parts[-1])
    for drawn in (going_round(timer), parts):
        if waits:
            compiled(*drawn)
        else:
            assert "never waits" in problems_of(*drawn)[0]["reason"]


@refused("callActivity", "a loop over a called process that can be passed without a stay")
def test_a_call_makes_a_loop_wait_if_the_called_process_does() -> None:
    def child(*tasks: str, name: str = "child", called: Any = None) -> CompiledModel:
        parts = (start(), *tasks, end(), flows("begin", "inner", "finish"))
        return compiled(*parts, process=name, called=called)

    def go_round(found: CompiledModel) -> None:
        compiled(*going_round(call("work", found.process_key)), called={found.process_key: found})

    def through(found: CompiledModel) -> CompiledModel:
        return child(call("inner", "child"), name="parent", called={"child": found})

    quick, slow = child(script_task("inner", "1", "x")), child(user_task("inner"))
    for hurried in (quick, through(quick)):
        with pytest.raises(DefinitionRefused, match="never waits"):
            go_round(hurried)
    for resting in (slow, through(slow)):
        go_round(resting)
    compiled(start(), call("work", "child"), end(), flows("begin", "work", "finish"), called={"child": quick})
