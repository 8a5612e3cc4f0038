"""Whose a user task is: claimed, released, assigned, delegated, returned."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from engine.actors import SYSTEM, Actor
from engine.commands import (
    AssignUserTask,
    CancelInstance,
    ClaimUserTask,
    CompleteUserTask,
    DelegateUserTask,
    ReleaseUserTask,
    ReturnUserTask,
)
from engine.database import reading
from engine.definitions.resources import ModelResources
from engine.dispatch import Answer
from engine.errors import (
    CandidateGroupsMissing,
    CommandConflict,
    InvalidVariables,
    NotAuthorised,
    NotFound,
    NothingToChange,
    Rejection,
    TaskAlreadyClaimed,
    TaskAlreadyCompleted,
    TaskDelegated,
    TaskNotDelegated,
    TaskNotOpen,
)
from engine.ids import new_id
from engine.tasklist import TaskView, find_task, open_tasks
from tests.drawing import end, flows, model, node, start
from tests.integration.engine.office import CLERK, COLLEAGUE, STRANGER, Office

CHIEF = Actor(key="u:chief", permissions=frozenset({"task:assign"}))
HELPER = Actor(key="u:helper")

PERSONAL = model(
    start(),
    node("userTask", "sign", '<zeebe:userTask/><zeebe:assignmentDefinition assignee="u:clerk"/>'),
    end(),
    flows("begin", "sign", "finish"),
    process="personal",
)


class Desk:
    """One open user task and what people do with it."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.instance_id = office.start()
        self.task_id = office.open_task(self.instance_id)

    def do(self, kind: type[Any], actor: Actor, **fields: Any) -> Answer:
        return self.office.dispatcher.execute(
            kind(command_id=new_id(), actor=actor, task_id=self.task_id, **fields)
        )

    @property
    def task(self) -> TaskView:
        with reading(self.office.dispatcher.database) as connection:
            return find_task(connection, self.office.dispatcher.definitions, self.task_id).task

    def is_listed_for(self, actor: Actor) -> bool:
        with reading(self.office.dispatcher.database) as connection:
            found = open_tasks(connection, self.office.dispatcher.definitions, actor)
        return self.task_id in [task.id for task in found]


@pytest.fixture
def desk(office: Office) -> Desk:
    return Desk(office)


def test_a_claimed_task_is_one_persons_until_it_is_released(desk: Desk) -> None:
    (event,) = desk.do(ClaimUserTask, CLERK).events
    assert event == {
        "type": "user_task.assigned.v1",
        "element_id": "request",
        "task_id": str(desk.task_id),
        "how": "claimed",
        "assignee": CLERK.key,
    }
    assert desk.task.assignee == CLERK.key
    assert desk.is_listed_for(CLERK)
    assert not desk.is_listed_for(COLLEAGUE)
    with pytest.raises(NotAuthorised):
        desk.do(CompleteUserTask, COLLEAGUE)
    with pytest.raises(NotAuthorised):
        desk.do(ReleaseUserTask, COLLEAGUE)
    (event,) = desk.do(ReleaseUserTask, CLERK, reason="on leave").events
    assert (event["how"], event["previous"], event["reason"]) == ("released", CLERK.key, "on leave")
    assert "assignee" not in event
    desk.do(CompleteUserTask, COLLEAGUE)
    assert desk.office.verify(desk.instance_id) == 4


def test_a_second_claim_is_told_who_has_the_task(desk: Desk) -> None:
    desk.do(ClaimUserTask, CLERK)
    for actor in (COLLEAGUE, CLERK):
        with pytest.raises(TaskAlreadyClaimed, match="'u:clerk' has it already") as refused:
            desk.do(ClaimUserTask, actor)
        assert refused.value.params["assignee"] == CLERK.key
        assert refused.value.status == 409
    assert desk.office.verify(desk.instance_id) == 2


def test_a_repeated_claim_returns_the_first_answer(desk: Desk) -> None:
    command = ClaimUserTask(command_id=new_id(), actor=CLERK, task_id=desk.task_id)
    first, again = desk.office.dispatcher.execute(command), desk.office.dispatcher.execute(command)
    assert (again.repeated, again.sequence) == (True, first.sequence)
    other = ReleaseUserTask(command_id=command.command_id, actor=CLERK, task_id=desk.task_id)
    with pytest.raises(CommandConflict):
        desk.office.dispatcher.execute(other)


def test_two_people_claim_at_once_and_one_has_it(desk: Desk) -> None:
    def claim(actor: Actor) -> Answer | TaskAlreadyClaimed:
        try:
            return desk.do(ClaimUserTask, actor)
        except TaskAlreadyClaimed as refused:
            return refused

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(claim, [CLERK, COLLEAGUE] * 2))
    assert sum(isinstance(outcome, Answer) for outcome in outcomes) == 1
    assert desk.task.assignee in (CLERK.key, COLLEAGUE.key)
    assert desk.office.verify(desk.instance_id) == 2


def test_strangers_touch_nothing(desk: Desk) -> None:
    refused: list[tuple[type[Any], dict[str, Any]]] = [
        (ClaimUserTask, {}),
        (ReleaseUserTask, {}),
        (AssignUserTask, {"assignee": STRANGER.key, "reason": "mine"}),
        (DelegateUserTask, {"delegate": HELPER.key, "reason": "help"}),
        (ReturnUserTask, {}),
    ]
    for kind, fields in refused:
        with pytest.raises(NotAuthorised):
            desk.do(kind, STRANGER, **fields)
        unknown = kind(command_id=new_id(), actor=SYSTEM, task_id=new_id(), **fields)
        with pytest.raises(NotFound):
            desk.office.dispatcher.execute(unknown)
    assert desk.office.verify(desk.instance_id) == 1


def test_a_substitute_claims_for_the_person_substituted(desk: Desk) -> None:
    substitute = replace(HELPER, groups=CLERK.groups, on_behalf_of=CLERK.key)
    desk.do(ClaimUserTask, substitute)
    assert desk.task.assignee == CLERK.key
    with pytest.raises(NotAuthorised):
        desk.do(ReleaseUserTask, HELPER)
    desk.do(DelegateUserTask, substitute, delegate=HELPER.key, reason="mine to do")
    desk.do(ReturnUserTask, HELPER)
    desk.do(CompleteUserTask, substitute)
    assert desk.office.verify(desk.instance_id) == 5


def test_a_chief_assigns_and_gives_back(desk: Desk) -> None:
    (event,) = desk.do(AssignUserTask, CHIEF, assignee=HELPER.key, reason=" knows the matter ").events
    assert (event["how"], event["assignee"], event["reason"]) == (
        "assigned",
        HELPER.key,
        "knows the matter",
    )
    with pytest.raises(NotAuthorised):
        desk.do(CompleteUserTask, CLERK)
    with pytest.raises(NothingToChange):
        desk.do(AssignUserTask, CHIEF, assignee=HELPER.key, reason="again")
    desk.do(AssignUserTask, CHIEF, assignee=COLLEAGUE.key, reason="helper is ill")
    desk.do(AssignUserTask, CHIEF, assignee=None, reason="whoever comes first")
    with pytest.raises(NothingToChange):
        desk.do(AssignUserTask, CHIEF, assignee=None, reason="again")
    assert desk.task.assignee is None
    desk.do(CompleteUserTask, CLERK)
    assert desk.office.verify(desk.instance_id) == 5


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("reason", " ", "required"),
        ("reason", "x" * 2_001, "too_long"),
        ("assignee", "", "invalid"),
        ("assignee", "u" * 101, "invalid"),
        ("assignee", "u\0", "invalid"),
    ],
)
def test_an_assignment_says_to_whom_and_why(desk: Desk, field: str, value: str, code: str) -> None:
    fields = {"assignee": HELPER.key, "reason": "because", field: value}
    with pytest.raises(InvalidVariables) as refused:
        desk.do(AssignUserTask, CHIEF, **fields)
    (error,) = refused.value.params["errors"]  # type: ignore[misc]  # params are objects
    assert (error["key"], error["code"]) == (field, code)


def test_a_delegate_works_and_the_owner_completes(desk: Desk) -> None:
    desk.do(ClaimUserTask, CLERK)
    (event,) = desk.do(DelegateUserTask, CLERK, delegate=HELPER.key, reason="knows the files").events
    assert (event["how"], event["assignee"], event["owner"]) == ("delegated", HELPER.key, CLERK.key)
    assert (desk.task.assignee, desk.task.owner) == (HELPER.key, CLERK.key)
    assert desk.is_listed_for(HELPER)
    for actor in (HELPER, CLERK):
        with pytest.raises(TaskDelegated, match="return it to 'u:clerk' first"):
            desk.do(CompleteUserTask, actor)
    with pytest.raises(TaskDelegated):
        desk.do(ReleaseUserTask, HELPER)
    (event,) = desk.do(ReturnUserTask, HELPER, reason="done").events
    assert (event["how"], event["assignee"], event["previous"]) == ("returned", CLERK.key, HELPER.key)
    assert (desk.task.assignee, desk.task.owner) == (CLERK.key, None)
    desk.do(CompleteUserTask, CLERK)
    assert desk.office.verify(desk.instance_id) == 5


def test_a_candidate_who_delegates_has_claimed(desk: Desk) -> None:
    desk.do(DelegateUserTask, COLLEAGUE, delegate=CLERK.key, reason="busy")
    desk.do(DelegateUserTask, CLERK, delegate=HELPER.key, reason="busy, too")
    assert (desk.task.assignee, desk.task.owner) == (HELPER.key, COLLEAGUE.key)
    desk.do(ReturnUserTask, HELPER)
    desk.do(CompleteUserTask, COLLEAGUE)
    assert desk.office.verify(desk.instance_id) == 5


@pytest.mark.parametrize("by", ["return", "assign"])
def test_an_owner_takes_back(desk: Desk, by: str) -> None:
    desk.do(DelegateUserTask, CLERK, delegate=HELPER.key, reason="busy")
    with pytest.raises(NotAuthorised):
        desk.do(AssignUserTask, CLERK, assignee=COLLEAGUE.key, reason="not theirs to give")
    if by == "return":
        desk.do(ReturnUserTask, CLERK, reason="too slow")
    else:
        desk.do(AssignUserTask, CLERK, assignee=CLERK.key, reason="too slow")
    assert (desk.task.assignee, desk.task.owner) == (CLERK.key, None)
    desk.do(CompleteUserTask, CLERK)
    assert desk.office.verify(desk.instance_id) == 4


def test_an_assignment_ends_a_delegation(desk: Desk) -> None:
    desk.do(DelegateUserTask, CLERK, delegate=HELPER.key, reason="busy")
    desk.do(AssignUserTask, CHIEF, assignee=HELPER.key, reason="let them finish it")
    assert (desk.task.assignee, desk.task.owner) == (HELPER.key, None)
    with pytest.raises(TaskNotDelegated):
        desk.do(ReturnUserTask, HELPER)
    desk.do(CompleteUserTask, HELPER)
    assert desk.office.verify(desk.instance_id) == 4


def test_nobody_delegates_to_themselves_or_to_the_owner(desk: Desk) -> None:
    with pytest.raises(InvalidVariables, match="is who delegates it"):
        desk.do(DelegateUserTask, CLERK, delegate=CLERK.key, reason="me")
    with pytest.raises(InvalidVariables, match="a reason"):
        desk.do(DelegateUserTask, CLERK, delegate=HELPER.key, reason="")
    desk.do(DelegateUserTask, CLERK, delegate=HELPER.key, reason="busy")
    with pytest.raises(InvalidVariables, match="owns it: return it instead"):
        desk.do(DelegateUserTask, HELPER, delegate=CLERK.key, reason="back")


def test_a_personal_task_has_no_groups_to_go_back_to(office: Office) -> None:
    personal = office.dispatcher.deploy(ModelResources(bpmn=PERSONAL), actor=SYSTEM)
    desk = Desk(Office(office.dispatcher, personal, office.switch))
    with pytest.raises(CandidateGroupsMissing):
        desk.do(ReleaseUserTask, CLERK)
    with pytest.raises(CandidateGroupsMissing):
        desk.do(AssignUserTask, CHIEF, assignee=None, reason="anybody")
    with pytest.raises(NotAuthorised):
        desk.do(ClaimUserTask, COLLEAGUE)


@pytest.mark.parametrize(
    ("ended_by", "refusal"), [("completion", TaskAlreadyCompleted), ("cancellation", TaskNotOpen)]
)
def test_what_has_ended_passes_to_nobody(desk: Desk, ended_by: str, refusal: type[Rejection]) -> None:
    desk.do(ClaimUserTask, CLERK)
    if ended_by == "completion":
        desk.do(CompleteUserTask, CLERK)
    else:
        cancel = CancelInstance(
            command_id=new_id(), actor=SYSTEM, instance_id=desk.instance_id, reason="not needed"
        )
        desk.office.dispatcher.execute(cancel)
    asked: list[tuple[type[Any], Actor, dict[str, UUID | str]]] = [
        (ClaimUserTask, CLERK, {}),
        (ReleaseUserTask, CLERK, {}),
        (AssignUserTask, CHIEF, {"assignee": HELPER.key, "reason": "late"}),
        (DelegateUserTask, CLERK, {"delegate": HELPER.key, "reason": "late"}),
        (ReturnUserTask, CLERK, {}),
    ]
    for kind, actor, fields in asked:
        with pytest.raises(refusal):
            desk.do(kind, actor, **fields)
    assert desk.office.verify(desk.instance_id) == 3
