"""Four eyes in any process: who completed a task, or was stood in for, does not take the one that judges it."""

import pytest
from sqlalchemy import select

from engine.actors import SYSTEM, Actor
from engine.commands import AssignUserTask, ClaimUserTask, Command, CompleteUserTask, DelegateUserTask
from engine.database import reading
from engine.definitions.resources import ModelResources
from engine.dispatch import Dispatcher
from engine.errors import FourEyesRequired
from engine.history.journal import read_journal
from engine.history.verify import verify_instance
from engine.ids import new_id
from engine.tables import user_task
from tests.drawing import call, end, flows, model, start
from tests.drawing import user_task as user
from tests.integration.engine.office import Office, Switch

EXCLUDES = (
    '<zeebe:properties><zeebe:property name="sauro:excludesCompletersOf" value="draft, check"/>'
    '<zeebe:property name="colour" value="a note of the modeller"/></zeebe:properties>'
)
JUDGED = (
    start(),
    user("draft"),
    user("check"),
    user("approve", EXCLUDES),
    end(),
    flows("begin", "draft", "check", "approve", "finish"),
)

ANNA = Actor(key="u:anna", groups=frozenset({"clerks"}))
BAO = Actor(key="u:bao", groups=frozenset({"clerks"}))
CHI = Actor(key="u:chi", groups=frozenset({"clerks"}))
BAO_FOR_ANNA = Actor(key="u:bao", groups=frozenset({"clerks"}), on_behalf_of="u:anna")
ANNA_FOR_CHI = Actor(key="u:anna", groups=frozenset({"clerks"}), on_behalf_of="u:chi")


@pytest.fixture
def judged(dispatcher: Dispatcher, switch: Switch) -> Office:
    return Office(dispatcher, dispatcher.deploy(ModelResources(bpmn=model(*JUDGED)), actor=SYSTEM), switch)


def complete(office: Office, *actors: Actor) -> None:
    for actor in actors:
        office.dispatcher.execute(
            CompleteUserTask(command_id=new_id(), actor=actor, task_id=office.open_task(office.started[-1]))
        )


@pytest.mark.parametrize(
    ("before", "judge"),
    [
        ((ANNA, BAO), ANNA),
        ((ANNA, BAO), BAO),
        ((BAO_FOR_ANNA, CHI), ANNA),
        ((BAO_FOR_ANNA, CHI), BAO),
        ((BAO_FOR_ANNA, BAO), ANNA_FOR_CHI),
        ((CHI, BAO), ANNA_FOR_CHI),
    ],
    ids=[
        "drafted", "checked", "was stood in for", "stood in", "was stood in for and stands in",
        "stands in for who drafted",
    ],
)  # fmt: skip
def test_whoever_had_a_part_in_it_does_not_judge(
    judged: Office, before: tuple[Actor, Actor], judge: Actor
) -> None:
    instance = judged.start()
    complete(judged, *before)
    with pytest.raises(FourEyesRequired) as refused:
        complete(judged, judge)
    assert refused.value.params["element_id"] == "approve"
    assert judged.open_task(instance)


def test_nobody_excluded_is_given_the_task(judged: Office) -> None:
    judged.start()
    complete(judged, ANNA, BAO)
    task_id = judged.open_task(judged.started[-1])
    for command in (
        ClaimUserTask(command_id=new_id(), actor=ANNA_FOR_CHI, task_id=task_id),
        AssignUserTask(command_id=new_id(), actor=SYSTEM, task_id=task_id, assignee="u:bao", reason="x"),
        DelegateUserTask(command_id=new_id(), actor=CHI, task_id=task_id, delegate="u:anna", reason="x"),
    ):
        with pytest.raises(FourEyesRequired):
            judged.dispatcher.execute(command)
    judged.dispatcher.execute(ClaimUserTask(command_id=new_id(), actor=CHI, task_id=task_id))
    complete(judged, CHI)


def test_somebody_else_judges_and_other_instances_do_not_count(judged: Office) -> None:
    judged.start()
    complete(judged, BAO_FOR_ANNA, BAO)
    judged.start()
    complete(judged, CHI, CHI, ANNA)
    with reading(judged.dispatcher.database) as connection:
        for instance in judged.started:
            verified = verify_instance(connection, judged.dispatcher.definitions, instance)
            assert verified.difference is None
        entry = read_journal(connection, judged.started[0])[1]
        assert (entry.actor_key, entry.on_behalf_of) == ("u:bao", "u:anna")
        first = connection.execute(
            select(user_task.c.completed_by, user_task.c.completed_on_behalf_of).where(
                user_task.c.instance_id == judged.started[0], user_task.c.element_id == "draft"
            )
        ).one()
        assert tuple(first) == ("u:bao", "u:anna")


def test_a_called_process_keeps_its_own_exclusions(dispatcher: Dispatcher, switch: Switch) -> None:
    dispatcher.deploy(ModelResources(bpmn=model(*JUDGED, process="inner")), actor=SYSTEM)
    outer = model(start(), call("ask", "inner"), end(), flows("begin", "ask", "finish"), process="outer")
    office = Office(dispatcher, dispatcher.deploy(ModelResources(bpmn=outer), actor=SYSTEM), switch)
    office.start()
    complete(office, ANNA, BAO)
    with pytest.raises(FourEyesRequired):
        complete(office, ANNA)
    complete(office, CHI)


CHIEF = Actor(key="u:chief", permissions=frozenset({"task:assign"}))


def test_what_somebody_may_not_judge_is_not_given_to_them_either(judged: Office) -> None:
    instance = judged.start()
    complete(judged, BAO_FOR_ANNA, BAO)
    task = judged.open_task(instance)
    refused: list[Command] = [
        ClaimUserTask(command_id=new_id(), actor=BAO, task_id=task),
        ClaimUserTask(command_id=new_id(), actor=ANNA_FOR_CHI, task_id=task),
        AssignUserTask(command_id=new_id(), actor=CHIEF, task_id=task, assignee="u:anna", reason="r"),
        DelegateUserTask(command_id=new_id(), actor=CHI, task_id=task, delegate="u:bao", reason="r"),
        DelegateUserTask(command_id=new_id(), actor=ANNA, task_id=task, delegate="u:chi", reason="r"),
    ]
    for command in refused:
        with pytest.raises(FourEyesRequired):
            judged.dispatcher.execute(command)
    judged.dispatcher.execute(ClaimUserTask(command_id=new_id(), actor=CHI, task_id=task))
    judged.dispatcher.execute(
        AssignUserTask(command_id=new_id(), actor=CHIEF, task_id=task, assignee=None, reason="back")
    )
    complete(judged, CHI)
