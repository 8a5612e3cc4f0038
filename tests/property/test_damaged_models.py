"""However a model is damaged, it is accepted or refused; what is accepted runs or fails with a reason."""

import copy
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from engine.definitions.resources import ModelResources
from engine.errors import DefinitionRefused, Rejection, StepFailed
from engine.spiff import Execution, compile_model
from engine.spiff.shape import SUPPORTED
from engine.spiff.xml import BPMN
from tests.drawing import (
    boundary,
    call,
    catch,
    compensation,
    defined,
    each,
    end,
    end_with,
    event_subprocess,
    flow,
    flows,
    io,
    looping,
    message,
    model,
    named,
    node,
    of,
    repeated,
    script_task,
    service_task,
    start,
    subprocess,
    throw,
    timed,
    transaction,
    triggered,
    user_task,
    when,
)
from tests.running import INSTANCE, NOON, SERVICES, compiled

CHILD = compiled(start(), user_task("work"), end(), flows("begin", "work", "finish"), process="child")
ROOTS = (
    message("m", "news", "key")
    + named("signal", "s", "alarm")
    + named("error", "e", "broken")
    + named("escalation", "x", "louder")
)
#: One of everything.
EVERYTHING = model(
    start(),
    node("inclusiveGateway", "fork", default="fork_to_one"),
    script_task("one", "1", "n"),
    compensation("one_back", "one", script_task("undo", "2", "n")),
    looping(user_task("two", io(inputs=[("a", "item")])), each("[1, 2]", results="r", result="a")),
    boundary("late", "two", timed("timeCycle", "R3/P1D"), interrupting=False),
    boundary("rises", "two", when("n > 1"), interrupting=False),
    end("late_end"),
    node("inclusiveGateway", "join"),
    node("eventBasedGateway", "race"),
    catch("told", of("message", "m")),
    catch("waited", timed("timeDuration", "PT1H")),
    node("exclusiveGateway", "merge"),
    transaction(
        "deal",
        start("deal_begin"),
        looping(service_task("pay"), repeated(most=2)),
        end_with("no", defined("cancel")),
        flows("deal_begin", "pay", "no"),
    ),
    boundary("cancelled", "deal", defined("cancel")),
    call("sub", "child"),
    boundary("caught", "sub", of("error", "e")),
    subprocess(
        "inner",
        start("inner_begin"),
        throw("shout", of("escalation", "x")),
        throw("say", of("message", "m")),
        node("receiveTask", "receive", messageRef="m"),
        end_with("stop", defined("terminate")),
        flows("inner_begin", "shout", "say", "receive", "stop"),
        event_subprocess("handler", triggered("heard", of("escalation", "x"), interrupting=False), end("h_end"),
                         flows("heard", "h_end")),
    ),
    throw("back", defined("compensate")),
    throw("jump", defined("link", name="L")),
    catch("land", defined("link", name="L")),
    end_with("alarm", of("signal", "s")),
    end(),
    flows("begin", "fork"),
    flow("fork", "one"),
    flow("fork", "two", "true"),
    flows("one", "join"),
    flows("two", "join", "race", "told", "merge", "deal", "finish"),
    flows("race", "waited", "merge"),
    flows("late", "late_end"),
    flows("rises", "alarm"),
    flows("cancelled", "sub", "inner", "back", "jump"),
    flows("caught", "finish").replace("caught_to", "c_to"),
    flows("land", "finish").replace("land_to", "l_to"),
    messages=ROOTS,
)  # fmt: skip
ASSIGNMENT = (Path(__file__).resolve().parents[2] / "bpmn/assignment/assignment.bpmn").read_bytes()
KINDS = sorted(
    SUPPORTED | {"sequenceFlow", "complexGateway", "documentation", "extensionElements", "incoming"}
)
VALUES = [
    "",
    "x",
    "true",
    "=",
    "=1",
    "=n",
    "=[1]",
    "R3/PT1S",
    "1",
    "-1",
    "begin",
    "finish",
    "two",
    "inner",
    "m",
    "é",
    "a.b",
    "${x}",
]


def damaged(content: bytes, seed: int, times: int) -> bytes:
    """Return the file after some random changes to its elements."""
    choose = random.Random(seed)
    root = etree.fromstring(content)
    for _ in range(times):
        nodes = [
            each
            for each in root.iter("*")
            if each is not root and "di" not in str(each.tag).split("}")[0][-2:]
        ]
        chosen, other = choose.choice(nodes), choose.choice(nodes)
        parent = chosen.getparent()
        match choose.randrange(7):
            case 0:
                parent.remove(chosen)
            case 1:
                parent.append(copy.deepcopy(chosen))
            case 2 if chosen.attrib:
                name = choose.choice(sorted(chosen.attrib))
                chosen.set(name, choose.choice([*VALUES, *(each.get("id") or "" for each in nodes[:60])]))
            case 3 if chosen.attrib:
                del chosen.attrib[choose.choice(sorted(chosen.attrib))]
            case 4:
                chosen.tag = f"{{{BPMN}}}{choose.choice(KINDS)}"
            case 5 if not any(each is chosen for each in other.iterancestors()) and other is not chosen:
                other.append(chosen)
            case _:
                chosen.text = choose.choice(VALUES)
    return etree.tostring(root)


def accept_or_refuse(content: bytes) -> bool:
    """Compile and start; whether it was accepted."""
    try:
        compiled_model = compile_model(
            ModelResources(bpmn=content), service_types=SERVICES, find_called={"child": CHILD}.get
        )
    except DefinitionRefused as refused:
        return not refused.params["problems"]
    execution = Execution.create(
        compiled_model, instance_id=INSTANCE, at=NOON, services=lambda request: {"n": 2}
    )
    try:
        execution.start("key", {"key": "k", "item": 1})
        step = execution.finish()
        for task in step.user_tasks:
            again = Execution.load(
                compiled_model, step.state, instance_id=INSTANCE, at=NOON, services=lambda request: {}
            )
            again.complete_user_task(task.task_id, {"n": 3})
            step = again.finish()
    except (StepFailed, Rejection):
        pass
    return True


def test_the_models_are_whole_before_they_are_damaged() -> None:
    assert accept_or_refuse(EVERYTHING)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32), times=st.integers(1, 4))
def test_a_damaged_model_is_accepted_or_refused(seed: int, times: int) -> None:
    accept_or_refuse(damaged(EVERYTHING, seed, times))


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32), times=st.integers(1, 4))
def test_the_assignment_model_damaged_is_refused_or_accepted(seed: int, times: int) -> None:
    accept_or_refuse(damaged(ASSIGNMENT, seed, times))


@pytest.mark.parametrize("cut", range(0, 100, 7))
def test_a_file_that_ends_too_early_is_refused(cut: int) -> None:
    assert not accept_or_refuse(EVERYTHING[: len(EVERYTHING) * cut // 100])
