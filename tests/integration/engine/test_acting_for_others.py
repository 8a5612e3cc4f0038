"""Acting on somebody's behalf: their user tasks, under one's own name; what is taken is taken for them."""

from uuid import UUID

import pytest

from engine.actors import SYSTEM, Actor
from engine.commands import (
    ClaimUserTask,
    CompleteUserTask,
    DelegateUserTask,
    ReleaseUserTask,
    ReturnUserTask,
)
from engine.database import reading
from engine.definitions.resources import ModelResources
from engine.dispatch import Dispatcher
from engine.errors import InvalidVariables, NotAuthorised
from engine.history.journal import read_journal
from engine.history.verify import verify_instance
from engine.ids import new_id
from engine.tasklist import TaskView, find_task, open_tasks
from tests.drawing import end, flows, model, node, start
from tests.integration.engine.office import Office, Switch

ANNA = Actor(key="u:anna", groups=frozenset({"clerks"}))
BAO = Actor(key="u:bao")
BAO_FOR_ANNA = Actor(key="u:bao", groups=frozenset({"clerks"}), on_behalf_of="u:anna")
HELPER = Actor(key="u:helper")

PERSONAL = model(
    start(),
    node("userTask", "sign", '<zeebe:userTask/><zeebe:assignmentDefinition assignee="=who"/>'),
    end(),
    flows("begin", "sign", "finish"),
    process="personal",
)


def seen(office: Office, task_id: UUID) -> TaskView:
    with reading(office.dispatcher.database) as connection:
        return find_task(connection, office.dispatcher.definitions, task_id).task


def listed(office: Office, actor: Actor) -> list[UUID]:
    with reading(office.dispatcher.database) as connection:
        return [task.id for task in open_tasks(connection, office.dispatcher.definitions, actor)]


def test_who_acts_on_behalf_has_the_other_persons_tasks_and_not_their_own(
    dispatcher: Dispatcher, switch: Switch
) -> None:
    office = Office(dispatcher, dispatcher.deploy(ModelResources(bpmn=PERSONAL), actor=SYSTEM), switch)
    for owner, right, wrong in (("u:bao", BAO, BAO_FOR_ANNA), ("u:anna", BAO_FOR_ANNA, BAO)):
        task = office.open_task(office.start(who=owner))
        assert (listed(office, right), listed(office, wrong)) == ([task], [])
        with pytest.raises(NotAuthorised):
            dispatcher.execute(CompleteUserTask(command_id=new_id(), actor=wrong, task_id=task))
        dispatcher.execute(CompleteUserTask(command_id=new_id(), actor=right, task_id=task))


def test_what_is_taken_on_behalf_is_the_other_persons(office: Office) -> None:
    instance = office.start()
    task, execute = office.open_task(instance), office.dispatcher.execute
    execute(ClaimUserTask(command_id=new_id(), actor=BAO_FOR_ANNA, task_id=task))
    assert seen(office, task).assignee == "u:anna"
    assert listed(office, BAO) == []
    assert listed(office, ANNA) == listed(office, BAO_FOR_ANNA) == [task]
    execute(ReleaseUserTask(command_id=new_id(), actor=BAO_FOR_ANNA, task_id=task))
    assert seen(office, task).assignee is None
    execute(
        DelegateUserTask(
            command_id=new_id(), actor=BAO_FOR_ANNA, task_id=task, delegate="u:helper", reason="r"
        )
    )
    assert (seen(office, task).assignee, seen(office, task).owner) == ("u:helper", "u:anna")
    execute(ReturnUserTask(command_id=new_id(), actor=HELPER, task_id=task))
    assert seen(office, task).assignee == "u:anna"
    execute(CompleteUserTask(command_id=new_id(), actor=BAO_FOR_ANNA, task_id=task))
    done = seen(office, task)
    assert (done.completed_by, done.completed_on_behalf_of) == ("u:bao", "u:anna")
    with reading(office.dispatcher.database) as connection:
        people = [(entry.actor_key, entry.on_behalf_of) for entry in read_journal(connection, instance)[1:]]
        assert verify_instance(connection, office.dispatcher.definitions, instance).difference is None
    for_anna = ("u:bao", "u:anna")
    assert people == [for_anna, for_anna, for_anna, ("u:helper", None), for_anna]


def test_nothing_is_delegated_to_whose_it_is(office: Office) -> None:
    task = office.open_task(office.start())
    with pytest.raises(InvalidVariables):
        office.dispatcher.execute(
            DelegateUserTask(
                command_id=new_id(), actor=BAO_FOR_ANNA, task_id=task, delegate="u:anna", reason="r"
            )
        )
