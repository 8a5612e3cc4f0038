"""Approval by a leader: a process like any other, whose tasks change the document in the same transaction."""

from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.commands import CompleteUserTask
from engine.database import reading
from engine.errors import FourEyesRequired, InvalidVariables, NotAuthorised
from engine.history.verify import verify_all
from engine.ids import new_id
from engine.instances.instance import OPEN
from engine.tables import process_instance, user_task
from engine.tasklist import open_tasks
from processes.access.policy import Role
from processes.directives.approval import Opinion
from processes.directives.drafting.close import reopen
from processes.directives.drafting.drop import drop_directive
from processes.directives.drafting.edit import edit_directive
from processes.directives.drafting.errors import (
    ApproverInvolved,
    DirectivesUnclear,
    DocumentStateWrong,
    DraftChanged,
    WarningUnanswered,
)
from processes.notifications.tables import Notification
from tests.integration.assignments.people import person
from tests.integration.directives.drafting.desk import COLLEAGUE, COORDINATOR, LEADER, Desk

DEPUTY = person("deputy", Role.LEADER)
BOTH = person("both", Role.LEADER, Role.COORDINATOR, unit="SNV")


@pytest.fixture
def letter(desk: Desk) -> UUID:
    return desk.clear()


def told(desk: Desk) -> list[tuple[str, str]]:
    with Session(desk.database) as session:
        rows = session.scalars(select(Notification).order_by(Notification.id))
        return [(row.template, row.group_key) for row in rows]


def test_a_draft_is_submitted_approved_and_everybody_told(desk: Desk, letter: UUID) -> None:
    desk.submit(letter, note="Đề nghị duyệt.")
    document = desk.document(letter)
    assert (document.state, document.submitted_by) == ("in_review", COORDINATOR.key)
    desk.decide(letter, Opinion.AGREE)
    document = desk.document(letter)
    assert (document.state, document.approved_by) == ("approved", LEADER.key)
    rows = desk.view(letter).trail[-2:]
    assert [(row.act, row.actor, row.reason) for row in rows] == [
        ("document_submitted", COORDINATOR.key, "Đề nghị duyệt."),
        ("document_approved", LEADER.key, None),
    ]
    assert told(desk) == [("document_submitted", "leader"), ("document_approved", "coordinator:SNV")]
    with reading(desk.database) as connection:
        assert [each.difference for each in verify_all(connection, desk.dispatcher.definitions)] == [None]


def test_the_task_is_in_the_leaders_inbox_and_completing_it_there_approves(desk: Desk, letter: UUID) -> None:
    desk.submit(letter)
    with reading(desk.database) as connection:
        (task,) = open_tasks(connection, desk.dispatcher.definitions, LEADER)
    assert task.element_id == "approve_assignment"
    command = CompleteUserTask(
        command_id=new_id(), actor=LEADER, task_id=task.id, variables={"opinion": "agree"}
    )
    with clock.frozen_at(desk.now):
        desk.dispatcher.execute(command)
        assert desk.dispatcher.execute(command).repeated
    assert (desk.document(letter).state, desk.document(letter).approved_by) == ("approved", LEADER.key)
    assert [row.act for row in desk.view(letter).trail].count("document_approved") == 1


def test_a_draft_that_was_sent_back_is_edited_and_submitted_again(desk: Desk, letter: UUID) -> None:
    desk.submit(letter)
    with desk.refused(InvalidVariables, letter):
        desk.decide(letter, Opinion.REVISE)
    desk.decide(letter, Opinion.REVISE, note="Bổ sung sản phẩm.")
    assert desk.document(letter).state == "draft"
    assert desk.view(letter).trail[-1].reason == "Bổ sung sản phẩm."
    with reading(desk.database) as connection:
        (task,) = open_tasks(connection, desk.dispatcher.definitions, COLLEAGUE)
    assert task.element_id == "review_draft"
    desk.edit(
        edit_directive, letter, desk.id_of(letter, "1"), {"product": "Báo cáo 2"}, registry=desk.registry
    )
    desk.submit(letter, by=COLLEAGUE)
    desk.decide(letter, Opinion.AGREE)
    document = desk.document(letter)
    assert (document.state, document.submitted_by, document.approval_round) == ("approved", COLLEAGUE.key, 1)
    with Session(desk.database) as session:
        assert session.scalars(select(process_instance.c.status)).all() == ["completed"]


def test_a_refused_document_can_be_reopened_and_submitted_afresh(desk: Desk, letter: UUID) -> None:
    desk.submit(letter)
    desk.decide(letter, Opinion.REFUSE, note="Chưa cần thiết.")
    assert desk.document(letter).state == "refused"
    desk.edit(reopen, letter, reason="Lãnh đạo đồng ý xem lại.")
    desk.submit(letter)
    assert (desk.document(letter).state, desk.document(letter).approval_round) == ("in_review", 2)


def test_nobody_approves_what_they_submitted_or_edited(desk: Desk, letter: UUID) -> None:
    desk.edit(
        edit_directive, letter, desk.id_of(letter, "1"), {"product": "x"}, registry=desk.registry, by=BOTH
    )
    desk.submit(letter)
    with desk.refused(ApproverInvolved, letter):
        desk.decide(letter, Opinion.AGREE, by=BOTH)
    with desk.refused(NotAuthorised, letter):
        desk.decide(letter, Opinion.AGREE, by=COLLEAGUE)
    desk.decide(letter, Opinion.REVISE, note="Sửa.")
    desk.submit(letter, by=BOTH)
    with desk.refused(FourEyesRequired, letter):
        desk.decide(letter, Opinion.AGREE, by=BOTH)
    desk.decide(letter, Opinion.AGREE, by=DEPUTY)
    assert desk.document(letter).approved_by == DEPUTY.key


def test_what_is_unclear_is_not_submitted(desk: Desk) -> None:
    letter = desk.save()
    with desk.refused(DirectivesUnclear, letter) as refused:
        desk.submit(letter)
    problems = refused.value.params["problems"]
    assert isinstance(problems, list)
    assert "1: result" in problems
    for ordinal in ("1", "2", "3", "4"):
        desk.edit(drop_directive, letter, desk.id_of(letter, ordinal), reason="Không giao.")
    with desk.refused(WarningUnanswered, letter):
        desk.submit(letter)


def test_it_is_not_submitted_from_the_inbox_either_while_unclear(desk: Desk, letter: UUID) -> None:
    desk.submit(letter)
    desk.decide(letter, Opinion.REVISE, note="Sửa.")
    desk.edit(edit_directive, letter, desk.id_of(letter, "1"), {"product": None}, registry=desk.registry)
    with Session(desk.database) as session:
        task_id = session.scalars(select(user_task.c.id).where(user_task.c.status == OPEN)).one()
    command = CompleteUserTask(command_id=new_id(), actor=COORDINATOR, task_id=task_id)
    with desk.refused(DirectivesUnclear, letter), clock.frozen_at(desk.now):
        desk.dispatcher.execute(command)


def test_who_is_late_is_told_what_was_changed(desk: Desk, letter: UUID) -> None:
    seen = desk.document(letter).version
    desk.edit(edit_directive, letter, desk.id_of(letter, "1"), {"product": "x"}, registry=desk.registry)
    with desk.refused(DraftChanged, letter):
        desk.submit(letter, version=seen)
    desk.submit(letter)
    with desk.refused(DraftChanged, letter):
        desk.decide(letter, Opinion.AGREE, version=seen)
    with desk.refused(DocumentStateWrong, letter):
        desk.submit(letter)
    with desk.refused(DocumentStateWrong, letter):
        desk.edit(edit_directive, letter, desk.id_of(letter, "1"), {"product": "y"}, registry=desk.registry)
    desk.decide(letter, Opinion.AGREE)
    with desk.refused(DocumentStateWrong, letter):
        desk.decide(letter, Opinion.AGREE)
