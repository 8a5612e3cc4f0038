"""Variables corrected by command: old and new are kept, in the scope meant, and conditions see them."""

from typing import Any
from uuid import UUID

import pytest

from engine.actors import SYSTEM, Actor
from engine.commands import CancelInstance, ResumeInstance, SetVariables, SuspendInstance
from engine.database import reading
from engine.definitions.resources import ModelResources
from engine.dispatch import Answer, Dispatcher
from engine.errors import (
    InstanceNotActive,
    InvalidVariables,
    NotAuthorised,
    NothingToChange,
    ScopeNotOpen,
)
from engine.ids import new_id
from engine.tasklist import find_task
from tests.drawing import (
    boundary,
    call,
    each,
    end,
    event_subprocess,
    flows,
    io,
    looping,
    model,
    node,
    start,
    subprocess,
    triggered,
    user_task,
    when,
)
from tests.integration.engine.office import CLERK, Office, Switch

EDITOR = Actor(key="u:editor", permissions=frozenset({"instance:modify"}))

#: A subprocess with a variable of its own, one of many instances, and a called process, side by side.
SCOPED = model(
    start(),
    node("parallelGateway", "all"),
    subprocess(
        "part", start("part_begin"), user_task("inside"), end("part_end"), flows("part_begin", "inside")
    )
    .replace("</bpmn:subProcess>", flows("inside", "part_end") + "</bpmn:subProcess>")
    .replace(">", f"><bpmn:extensionElements>{io(inputs=[('own', '1')])}</bpmn:extensionElements>", 1),
    looping(user_task("each_of"), each("[10, 20]")),
    call("called", "inner"),
    end("one"),
    end("two"),
    end("three"),
    flows("begin", "all", "part", "one"),
    flows("all", "each_of", "two"),
    flows("all", "called", "three"),
    process="scoped",
)
INNER = model(start(), user_task("within"), end(), flows("begin", "within", "finish"), process="inner")

WATCHING = model(
    start(),
    user_task("work"),
    boundary("urgent", "work", when("priority > 5"), interrupting=False),
    user_task("hurry"),
    end("hurried"),
    end(),
    event_subprocess(
        "stop", triggered("stopped", when("stop = true")), end("stop_end"), flows("stopped", "stop_end")
    ),
    flows("begin", "work", "finish"),
    flows("urgent", "hurry", "hurried"),
    process="watching",
)


def change(office: Office, instance_id: UUID, *, actor: Actor = EDITOR, **fields: Any) -> Answer:
    given = {"reason": "a typing error", **fields}
    return office.dispatcher.execute(
        SetVariables(command_id=new_id(), actor=actor, instance_id=instance_id, **given)
    )


def office_of(dispatcher: Dispatcher, bpmn: bytes) -> Office:
    return Office(dispatcher, dispatcher.deploy(ModelResources(bpmn=bpmn), actor=SYSTEM), Switch())


def test_old_and_new_values_are_kept_of_what_really_changes(office: Office) -> None:
    instance_id = office.start(amount=1, note=None, same={"a": [1, 2]}, flag=True)
    answer = change(
        office,
        instance_id,
        variables={"amount": 2, "note": "x", "same": {"a": [1, 2]}, "flag": 1, "new": None},
    )
    assert list(answer.events) == [
        {"type": "variable.changed.v1", "name": name, "reason": "a typing error", **values}
        for name, values in {
            "amount": {"had_value": True, "old": 1, "new": 2},
            "flag": {"had_value": True, "old": True, "new": 1},
            "new": {"had_value": False},
            "note": {"had_value": True, "new": "x"},
        }.items()
    ]
    with pytest.raises(NothingToChange):
        change(office, instance_id, variables={"amount": 2, "new": None})
    with pytest.raises(NothingToChange):
        change(office, instance_id, variables={})
    assert office.view(instance_id).variables["amount"] == 2
    assert office.verify(instance_id) == 2


def test_who_corrects_may_and_says_why(office: Office) -> None:
    instance_id = office.start()
    with pytest.raises(NotAuthorised):
        change(office, instance_id, actor=CLERK, variables={"a": 1})
    with pytest.raises(InvalidVariables, match="a reason"):
        change(office, instance_id, variables={"a": 1}, reason=" ")
    with pytest.raises(InvalidVariables, match="JSON"):
        change(office, instance_id, variables={"a": {1}})
    command = SetVariables(
        command_id=new_id(), actor=EDITOR, instance_id=instance_id, variables={"a": 1}, reason="new"
    )
    first, again = office.dispatcher.execute(command), office.dispatcher.execute(command)
    assert (again.repeated, list(again.events)) == (True, list(first.events))
    cancel = CancelInstance(command_id=new_id(), actor=SYSTEM, instance_id=instance_id, reason="x")
    office.dispatcher.execute(cancel)
    with pytest.raises(InstanceNotActive):
        change(office, instance_id, variables={"a": 2})
    assert office.verify(instance_id) == 3


def test_variables_of_subprocesses_items_and_called_processes(dispatcher: Dispatcher) -> None:
    dispatcher.deploy(ModelResources(bpmn=INNER), actor=SYSTEM)
    office = office_of(dispatcher, SCOPED)
    instance_id = office.start(own=0)
    ids = {task.element_id: task.id for task in reversed(office.view(instance_id).user_tasks)}

    def seen(element: str) -> Any:
        with reading(dispatcher.database) as connection:
            return find_task(connection, dispatcher.definitions, ids[element]).variables

    # identifiers of scopes are those of their tokens, which are numbered in the order of creation
    prefix = ids["inside"].int >> 62 << 62
    scopes = {UUID(int=prefix | number) for number in range(1, 20)}
    opened = {}
    for scope_id in sorted(scopes):
        try:
            (event,) = change(office, instance_id, variables={"own": "mine"}, scope_id=scope_id).events
        except ScopeNotOpen:
            continue
        opened[scope_id] = event
    assert len(opened) == 4  # the subprocess, two items, the called process
    assert [event["had_value"] for event in opened.values()].count(True) == 2
    assert seen("inside")["own"] == "mine"
    assert seen("each_of")["own"] == "mine"
    assert seen("called/within")["own"] == "mine"
    assert office.view(instance_id).variables["own"] == 0
    with pytest.raises(ScopeNotOpen, match="to be in the process"):
        change(office, instance_id, variables={"own": 1}, scope_id=new_id())
    assert office.verify(instance_id) == 5


def test_conditions_react_to_what_is_set(dispatcher: Dispatcher) -> None:
    office = office_of(dispatcher, WATCHING)
    instance_id = office.start(priority=1, stop=False)
    events = [event["type"] for event in change(office, instance_id, variables={"priority": 9}).events]
    assert events == ["variable.changed.v1", "element.completed.v1", "user_task.created.v1"]
    change(office, instance_id, variables={"stop": True})
    assert office.view(instance_id).status == "completed"
    assert office.verify(instance_id) == 3


def test_a_suspended_instance_is_corrected_and_reacts_when_it_goes_on(dispatcher: Dispatcher) -> None:
    office = office_of(dispatcher, WATCHING)
    instance_id = office.start(priority=1, stop=False)
    given: Any = {"actor": SYSTEM, "instance_id": instance_id, "reason": "an audit"}
    dispatcher.execute(SuspendInstance(command_id=new_id(), **given))
    assert len(change(office, instance_id, variables={"stop": True}).events) == 1
    assert office.view(instance_id).status == "suspended"
    dispatcher.execute(ResumeInstance(command_id=new_id(), **given))
    assert office.view(instance_id).status == "completed"
    assert office.verify(instance_id) == 4
