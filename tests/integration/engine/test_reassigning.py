"""Who may work on open tasks, evaluated again: groups change, claims end, the history tells it and still holds."""

from typing import Any
from uuid import UUID

import pytest

from engine.actors import SYSTEM, Actor
from engine.batches.create import NewBatch, create_batch
from engine.batches.progress import find_batch
from engine.batches.run import run_batches
from engine.commands import (
    CancelInstance,
    ClaimUserTask,
    CompleteUserTask,
    DelegateUserTask,
    ReassignCandidates,
    ResumeInstance,
    SuspendInstance,
)
from engine.database import reading
from engine.definitions.resources import ModelResources
from engine.dispatch import Answer, Dispatcher
from engine.errors import (
    ElementNotWaiting,
    InstanceNotActive,
    InvalidVariables,
    NotAuthorised,
    NothingToChange,
)
from engine.ids import new_id
from engine.tasklist import TaskView, open_tasks, tasks_of_instance
from tests.drawing import end, flows, model, node, start
from tests.integration.engine.office import COLLEAGUE, Office, Switch

OLD = Actor(key="u:old", groups=frozenset({"head:A"}))
NEW = Actor(key="u:new", groups=frozenset({"head:B"}))
CHIEF = Actor(key="u:chief", permissions=frozenset({"task:assign"}))

GROUPED = model(
    start(),
    node("parallelGateway", "both"),
    node("userTask", "work", '<zeebe:userTask/><zeebe:assignmentDefinition candidateGroups="=head_groups"/>'),
    node("userTask", "watch", '<zeebe:userTask/><zeebe:assignmentDefinition candidateGroups="clerks"/>'),
    end("done"),
    end("watched"),
    flows("begin", "both", "work", "done"),
    flows("both", "watch", "watched"),
    process="grouped",
)
TO_B = {"head_groups": ["head:B"]}


@pytest.fixture
def grouped(dispatcher: Dispatcher) -> Office:
    """A task of a group that variables name, beside one of a fixed group."""
    return Office(dispatcher, dispatcher.deploy(ModelResources(bpmn=GROUPED), actor=SYSTEM), Switch())


def begin(office: Office) -> UUID:
    return office.start(head_groups=["head:A"])


def give(office: Office, instance_id: UUID, actor: Actor = CHIEF, **fields: Any) -> Answer:
    given = {"reason": "merged", "variables": TO_B, **fields}
    return office.dispatcher.execute(
        ReassignCandidates(command_id=new_id(), actor=actor, instance_id=instance_id, **given)
    )


def task(office: Office, instance_id: UUID, element_id: str = "work") -> TaskView:
    with reading(office.dispatcher.database) as connection:
        found = tasks_of_instance(connection, office.dispatcher.definitions, instance_id)
    return next(each for each in found if each.element_id == element_id)


def listed(office: Office, actor: Actor) -> set[UUID]:
    with reading(office.dispatcher.database) as connection:
        return {each.id for each in open_tasks(connection, office.dispatcher.definitions, actor)}


def do(office: Office, kind: type[Any], actor: Actor, **fields: Any) -> Answer:
    return office.dispatcher.execute(kind(command_id=new_id(), actor=actor, **fields))


def test_the_new_group_finds_the_task_and_the_old_one_does_not(grouped: Office) -> None:
    instance_id = begin(grouped)
    before = task(grouped, instance_id)
    assert before.id in listed(grouped, OLD)
    answer = give(grouped, instance_id)
    assert [event["type"] for event in answer.events] == ["variable.changed.v1", "user_task.regrouped.v1"]
    assert answer.events[-1] == {
        "type": "user_task.regrouped.v1", "element_id": "work", "task_id": str(before.id),
        "candidate_groups": ["head:B"], "previous_groups": ["head:A"],
    }  # fmt: skip
    after = task(grouped, instance_id)
    assert (after.id, after.candidate_groups, after.due_at) == (before.id, ("head:B",), before.due_at)
    assert before.id in listed(grouped, NEW)
    assert listed(grouped, OLD) == set()
    assert task(grouped, instance_id, "watch").id in listed(grouped, COLLEAGUE)
    with pytest.raises(NotAuthorised):
        do(grouped, CompleteUserTask, OLD, task_id=before.id)
    do(grouped, CompleteUserTask, NEW, task_id=before.id)
    assert grouped.verify(instance_id) == 3


def test_who_had_taken_the_task_has_it_no_longer(grouped: Office) -> None:
    instance_id = begin(grouped)
    task_id = task(grouped, instance_id).id
    do(grouped, ClaimUserTask, OLD, task_id=task_id)
    do(grouped, DelegateUserTask, OLD, task_id=task_id, delegate="u:helper", reason="leave")
    event = give(grouped, instance_id).events[-1]
    assert event["previous"] == "u:helper"
    after = task(grouped, instance_id)
    assert (after.assignee, after.owner) == (None, None)
    assert task_id in listed(grouped, NEW)
    do(grouped, ClaimUserTask, NEW, task_id=task_id)
    assert grouped.verify(instance_id) == 5


def test_a_task_of_the_same_groups_stays_with_whoever_has_it(grouped: Office) -> None:
    instance_id = begin(grouped)
    watch = task(grouped, instance_id, "watch")
    do(grouped, ClaimUserTask, COLLEAGUE, task_id=watch.id)
    give(grouped, instance_id)
    assert task(grouped, instance_id, "watch").assignee == COLLEAGUE.key


def test_a_suspended_instance_is_given_over_as_well(grouped: Office) -> None:
    instance_id = begin(grouped)
    do(grouped, SuspendInstance, SYSTEM, instance_id=instance_id, reason="pause")
    give(grouped, instance_id)
    assert grouped.view(instance_id).status == "suspended"
    do(grouped, ResumeInstance, SYSTEM, instance_id=instance_id, reason="on")
    do(grouped, CompleteUserTask, NEW, task_id=task(grouped, instance_id).id)
    assert grouped.verify(instance_id) == 5


@pytest.mark.parametrize(
    ("refusal", "actor", "fields"),
    [
        (NotAuthorised, OLD, {}),
        (InvalidVariables, CHIEF, {"reason": "  "}),
        (NothingToChange, CHIEF, {"variables": {"head_groups": ["head:A"]}}),
        (ElementNotWaiting, CHIEF, {"element_ids": ["done"]}),
        (InvalidVariables, CHIEF, {"variables": {"head_groups": []}}),
        (InvalidVariables, CHIEF, {"variables": {"head_groups": [7]}}),
    ],
    ids=["stranger", "no reason", "same groups", "not open", "nobody", "no group"],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    grouped: Office, refusal: type[Exception], actor: Actor, fields: dict[str, Any]
) -> None:
    instance_id = begin(grouped)
    with pytest.raises(refusal):
        give(grouped, instance_id, actor, **fields)
    assert task(grouped, instance_id).candidate_groups == ("head:A",)
    assert grouped.verify(instance_id) == 1


def test_an_ended_instance_is_refused(grouped: Office) -> None:
    instance_id = begin(grouped)
    do(grouped, CancelInstance, SYSTEM, instance_id=instance_id, reason="over")
    with pytest.raises(InstanceNotActive):
        give(grouped, instance_id)


def test_many_are_given_over_in_a_batch(grouped: Office) -> None:
    instances = [begin(grouped) for _ in range(3)]
    database = grouped.dispatcher.database
    asked = NewBatch(
        batch_id=new_id(), command=ReassignCandidates.tag, parameters={"variables": TO_B}, actor=SYSTEM,
        reason="merged", subjects=instances,
    )  # fmt: skip
    create_batch(database, asked)
    run_batches(grouped.dispatcher)
    with reading(database) as connection:
        assert find_batch(connection, asked.batch_id).counts["done"] == 3
    assert listed(grouped, NEW) == {task(grouped, each).id for each in instances}
