"""Issuing what was approved, undoing it, withdrawing and amending it, and waiting for documents."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.commands import CompleteUserTask
from engine.database import reading
from engine.errors import NotAuthorised, NothingToChange, Rejection
from engine.history.verify import verify_all
from engine.ids import new_id
from engine.tables import process_instance, timer, user_task
from processes.assignments.board import matrix
from processes.assignments.tables import Assignment
from processes.calendar.store import load_calendar
from processes.directives.approval import Opinion
from processes.directives.drafting.amend import Amendment
from processes.directives.drafting.close import reopen
from processes.directives.drafting.deadlines import set_deadlines
from processes.directives.drafting.drop import drop_directive
from processes.directives.drafting.edit import edit_directive
from processes.directives.drafting.envelope import set_envelope
from processes.directives.drafting.errors import (
    AlreadyAcknowledged,
    DirectiveStateWrong,
    DirectivesUnclear,
    DocumentStateWrong,
    DocumentUndone,
    DraftChanged,
    DraftInvalid,
    NotAwaited,
    ReasonRequired,
)
from processes.directives.drafting.leads import set_leads
from processes.directives.drafting.link import set_awaited
from processes.directives.drafting.split import split_directive
from processes.directives.issue import Approval
from processes.documents.tables import AwaitedDocument, DocumentIssue
from processes.notifications.tables import Notification
from tests.integration.assignments.people import ACCEPT, PROGRESS, head
from tests.integration.directives.drafting.desk import COORDINATOR, LEADER, LETTER, Desk


@pytest.fixture
def letter(desk: Desk) -> UUID:
    """A clear letter, led by STC and SXD, item 4 by SNV, item 3 waiting; submitted and approved."""
    return desk.approved()


def rows(desk: Desk, letter: UUID) -> dict[tuple[str, str, int], Assignment]:
    """Return the assignments by (ordinal, unit, round)."""
    ordinals = {each.directive.id: each.directive.ordinal for each in desk.view(letter).directives}
    with Session(desk.database) as session:
        found = session.scalars(select(Assignment).where(Assignment.document_id == letter)).all()
        return {(ordinals[row.directive_id], row.lead_unit, row.issue_round): row for row in found}


def complete(desk: Desk, row: Assignment, element_id: str, values: dict[str, Any]) -> None:
    with reading(desk.database) as connection:
        task_id = connection.scalars(
            select(user_task.c.id).where(
                user_task.c.instance_id == row.id, user_task.c.element_id == element_id
            )
        ).one()
    command = CompleteUserTask(
        command_id=new_id(), actor=head(row.lead_unit), task_id=task_id, variables=values
    )
    with clock.frozen_at(desk.now):
        desk.dispatcher.execute(command)


def accept(desk: Desk, row: Assignment) -> None:
    complete(desk, row, "acknowledge_assignment", ACCEPT)


def told(desk: Desk, row: Assignment) -> list[str]:
    with Session(desk.database) as session:
        query = select(Notification.template).where(Notification.instance_id == row.id)
        return list(session.scalars(query.order_by(Notification.id)))


def prove(desk: Desk) -> None:
    with reading(desk.database) as connection:
        verified = list(verify_all(connection, desk.dispatcher.definitions))
    assert verified
    assert [each.difference for each in verified] == [None] * len(verified)


def test_the_preview_says_what_would_be_started_and_starts_nothing(desk: Desk, letter: UUID) -> None:
    before = desk.everything(letter)
    plan = desk.preview(letter)
    cells = {(each.directive.ordinal, each.unit.code): each for each in plan.assignments}
    assert set(cells) == {(ordinal, unit) for ordinal in ("1", "2", "3") for unit in ("STC", "SXD")} | {
        ("4", "SNV")
    }
    assert cells["1", "STC"].deadline.on == date(2026, 9, 29)
    assert (cells["1", "STC"].deadline.source, cells["4", "SNV"].deadline.source) == ("document", "set")
    assert cells["3", "STC"].waits
    assert sorted(plan.told) == ["head:SNV", "head:STC", "head:SXD"]
    assert desk.everything(letter) == before


def test_an_approved_document_is_issued_in_one_act_that_can_be_repeated(desk: Desk, letter: UUID) -> None:
    issued = desk.issue(letter)
    assert (issued.total, issued.started) == (7, 7)
    again = desk.issue(letter, version=1)
    assert (again.started, again.already_started) == (0, 7)
    document = desk.document(letter)
    assert document.state == "issued"
    row = rows(desk, letter)["1", "STC", 1]
    assert (row.deadline_on, row.baseline_deadline_on) == (date(2026, 9, 29), date(2026, 9, 29))
    with Session(desk.database) as session:
        kept = session.get_one(DocumentIssue, (letter, 1))
        assert (kept.approval, kept.issued_by) == ("approved", COORDINATOR.key)
        assert sorted(kept.units[str(row.directive_id)]) == ["STC", "SXD"]
    prove(desk)


def test_an_approved_document_gets_its_number_and_day_and_nothing_else(desk: Desk) -> None:
    letter = desk.clear()
    desk.edit(set_envelope, letter, {"issued_on": None})
    desk.submit(letter)
    desk.decide(letter, Opinion.AGREE)
    with desk.refused(DraftInvalid, letter):
        desk.issue(letter)
    with desk.refused(DocumentStateWrong, letter):
        desk.edit(set_envelope, letter, {"subject": "Khác", "issued_on": date(2026, 8, 3)})
    desk.edit(set_envelope, letter, {"issued_on": date(2026, 8, 3)})
    assert desk.document(letter).state == "approved"
    assert desk.issue(letter).started == 7


def test_what_is_not_approved_is_issued_by_an_operator_only_and_noted(desk: Desk) -> None:
    letter = desk.clear()
    with desk.refused(DocumentStateWrong, letter):
        desk.issue(letter)
    desk.issue(letter, approval=Approval.OPERATOR)
    with Session(desk.database) as session:
        assert session.get_one(DocumentIssue, (letter, 1)).approval == "operator"


def test_what_is_unclear_is_not_issued(desk: Desk) -> None:
    letter = desk.save()
    with desk.refused(DirectivesUnclear, letter):
        desk.issue(letter, approval=Approval.OPERATOR)
    with desk.refused(NotAuthorised, letter):
        desk.issue(letter, by=LEADER)


def test_two_who_issue_at_once_start_everything_once(desk: Desk, letter: UUID) -> None:
    version = desk.document(letter).version

    def act(_number: int) -> int:
        try:
            return desk.issue(letter, version=version).started
        except DraftChanged:
            return 0

    with ThreadPoolExecutor(2) as pool:
        started = list(pool.map(act, range(2)))
    assert sum(started) == 7
    assert len(rows(desk, letter)) == 7
    assert [row.act for row in desk.view(letter).trail].count("document_issued") == 1


def test_an_issue_is_undone_as_a_whole_and_issued_again_as_another_round(desk: Desk, letter: UUID) -> None:
    desk.issue(letter)
    with desk.refused(ReasonRequired, letter):
        desk.undo(letter, reason=" ")
    undone = desk.undo(letter)
    assert (undone.total, undone.cancelled) == (7, 7)
    first = rows(desk, letter)
    assert {row.status for row in first.values()} == {"thu_hoi"}
    assert told(desk, first["1", "STC", 1])[-1] == "assignment_recalled"
    document = desk.document(letter)
    assert (document.state, document.issue_round, document.issued_at) == ("approved", 2, None)
    with desk.refused(DocumentStateWrong, letter):
        desk.undo(letter)
    desk.edit(reopen, letter, reason="Sửa đơn vị.")
    desk.edit(set_leads, letter, [desk.id_of(letter, "1")], include=["STC"], registry=desk.registry)
    desk.submit(letter)
    desk.decide(letter, Opinion.AGREE)
    assert desk.issue(letter).started == 6
    second = rows(desk, letter)["1", "STC", 2]
    assert second.status == "da_giao"
    with Session(desk.database) as session:
        calendar = load_calendar(session.connection())
        shown = matrix(session, letter, registry=desk.registry, calendar=calendar, today=date(2026, 8, 3))
        assert shown is not None
        assert shown.cells[second.directive_id, "STC"].assignment_id == second.id
    prove(desk)


def test_undoing_is_refused_with_the_name_of_the_unit_that_was_first(desk: Desk, letter: UUID) -> None:
    desk.issue(letter)
    accept(desk, rows(desk, letter)["1", "SXD", 1])
    with desk.refused(AlreadyAcknowledged, letter) as refused:
        desk.undo(letter)
    assert (refused.value.params["unit"], refused.value.params["unit_name"]) == ("SXD", "Sở Xây dựng")
    assert rows(desk, letter)["2", "STC", 1].status == "da_giao"


def test_nobody_acknowledges_while_the_issue_is_being_undone(
    desk: Desk, letter: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.issue(letter)
    row = rows(desk, letter)["1", "SXD", 1]
    monkeypatch.setattr("processes.directives.drafting.undo._cancel", lambda *_args: None)
    desk.undo(letter)
    monkeypatch.undo()
    with pytest.raises(DocumentUndone):
        accept(desk, row)
    undone = desk.undo(letter)  # goes on where it was interrupted
    assert undone.cancelled == 7


def test_of_an_acknowledgement_and_an_undoing_at_once_one_wins(desk: Desk, letter: UUID) -> None:
    desk.issue(letter)
    row = rows(desk, letter)["1", "SXD", 1]
    version = desk.document(letter).version

    def attempt(act: Callable[[], Any]) -> str:
        try:
            act()
        except Rejection as refused:
            return refused.code
        return "done"

    acts = [lambda: accept(desk, row), lambda: desk.undo(letter, version=version)]
    with ThreadPoolExecutor(2) as pool:
        acknowledged, undone = pool.map(attempt, acts)
    outcome = (acknowledged, undone, rows(desk, letter)["1", "SXD", 1].status)
    assert outcome in {
        ("done", "already_acknowledged", "da_tiep_nhan"),
        ("document_undone", "done", "thu_hoi"),
        ("task_not_open", "done", "thu_hoi"),
        ("instance_not_active", "done", "thu_hoi"),
    }


def test_an_issue_that_is_under_way_does_not_go_on_after_it_was_undone(desk: Desk, letter: UUID) -> None:
    plan = desk.preview(letter)
    desk.issue(letter)
    desk.undo(letter)
    with pytest.raises(DocumentUndone):
        desk.issue_plan(plan)


def test_a_directive_is_withdrawn_wherever_its_assignments_are(desk: Desk, letter: UUID) -> None:
    desk.issue(letter)
    before = rows(desk, letter)
    accept(desk, before["1", "STC", 1])
    one = desk.id_of(letter, "1")
    with desk.refused(NotAuthorised, letter):
        desk.withdraw(letter, [one], by=LEADER)
    reached = desk.withdraw(letter, [one])
    assert (reached.total, reached.reached, reached.refused) == (2, 2, ())
    after = rows(desk, letter)
    assert (after["1", "STC", 1].status, after["1", "STC", 1].end_event) == (
        "thu_hoi",
        "assignment_recalled_end",
    )
    assert (after["1", "SXD", 1].status, after["1", "SXD", 1].end_event) == ("thu_hoi", "cancelled")
    assert after["2", "STC", 1].status == "da_giao"
    for row in (after["1", "STC", 1], after["1", "SXD", 1]):
        assert told(desk, row)[-1] == "assignment_recalled"
    assert desk.directive(letter, "1").directive.state == "withdrawn"
    assert desk.withdraw(letter, [one]).total == 0  # a repeat finds nothing left
    desk.withdraw(letter)
    assert desk.document(letter).state == "withdrawn"
    assert {row.status for row in rows(desk, letter).values()} == {"thu_hoi"}
    prove(desk)


def test_a_document_in_review_is_withdrawn_with_its_approval(desk: Desk) -> None:
    letter = desk.clear()
    desk.submit(letter)
    desk.withdraw(letter)
    assert desk.document(letter).state == "withdrawn"
    with Session(desk.database) as session:
        assert session.scalars(select(process_instance.c.status)).all() == ["cancelled"]


def test_an_amendment_moves_the_deadline_and_keeps_the_baseline(desk: Desk, letter: UUID) -> None:
    desk.issue(letter)
    before = rows(desk, letter)
    accept(desk, before["1", "STC", 1])
    one = desk.id_of(letter, "1")
    read = desk.directive(letter, "1").directive.deadline
    amendment = Amendment(
        deadline={"kind": "date", "date": "2026-11-16"}, product="Báo cáo có số liệu", summary="Rà soát (sửa)"
    )
    reached = desk.amend(letter, one, amendment)
    assert (reached.total, reached.reached) == (2, 2)
    after = rows(desk, letter)
    for unit in ("STC", "SXD"):
        row = after["1", unit, 1]
        assert (row.deadline_on, row.baseline_deadline_on) == (date(2026, 11, 16), date(2026, 9, 29))
        assert row.deadline_source == "set"
        assert told(desk, row)[-1] == "assignment_amended"
    assert after["2", "STC", 1].deadline_on == before["2", "STC", 1].deadline_on
    assert desk.directive(letter, "1").directive.deadline == read
    with Session(desk.database) as session:
        due = session.scalars(
            select(timer.c.due_at).where(
                timer.c.instance_id == after["1", "STC", 1].id,
                timer.c.element_id == "escalation_1_due",
                timer.c.status == "waiting",
            )
        ).one()
        assert due.astimezone(clock.BUSINESS_ZONE).date() == date(2026, 11, 17)
        task = session.scalars(
            select(user_task.c.due_at).where(
                user_task.c.instance_id == after["1", "STC", 1].id,
                user_task.c.element_id == "execute_assignment",
            )
        ).one()
        assert task.astimezone(clock.BUSINESS_ZONE).date() == date(2026, 11, 16)
    with desk.refused(NothingToChange, letter):
        desk.amend(letter, one, amendment)
    with desk.refused(ReasonRequired, letter):
        desk.amend(letter, one, amendment, reason="")
    with desk.refused(DraftInvalid, letter):
        desk.amend(letter, one, Amendment(summary="  "))
    prove(desk)


def test_a_withdrawn_directive_is_not_amended(desk: Desk, letter: UUID) -> None:
    desk.issue(letter)
    one = desk.id_of(letter, "1")
    desk.withdraw(letter, [one])
    with desk.refused(DirectiveStateWrong, letter):
        desk.amend(letter, one, Amendment(summary="Khác"))


def test_parts_and_exceptions_are_what_is_issued(desk: Desk) -> None:
    letter = desk.clear(split=True)
    desk.edit(
        set_leads,
        letter,
        [desk.id_of(letter, "2.1")],
        include=["Các sở, ban, ngành"],
        exclude=["STC"],
        registry=desk.registry,
    )
    desk.edit(set_deadlines, letter, {desk.id_of(letter, "2.1"): {"kind": "working_days", "days": 5}})
    desk.issue(letter, approval=Approval.OPERATOR)
    found = rows(desk, letter)
    assert ("2.1", "STC", 1) not in found
    assert ("2.1", "SXD", 1) in found
    assert "2" not in {ordinal for ordinal, _, _ in found}
    row = found["2.1", "SXD", 1]
    assert (row.deadline_on, row.deadline_source) == (date(2026, 8, 10), "set")


# waiting for documents


def test_what_waits_runs_no_clock_and_moves_on_when_the_document_is_linked(desk: Desk, letter: UUID) -> None:
    desk.issue(letter)
    before = rows(desk, letter)
    accept(desk, before["3", "STC", 1])
    waiting = rows(desk, letter)["3", "STC", 1]
    assert (waiting.status, waiting.deadline_on) == ("cho_van_ban", None)
    assert told(desk, waiting)[-1] == "assignment_waits"
    with Session(desk.database) as session:
        query = select(timer.c.id).where(timer.c.instance_id == waiting.id, timer.c.status == "waiting")
        assert session.scalars(query).all() == []
    desk.at("01/09 09:00")
    arrived = desk.save(LETTER.replace("12/UBND-TH", "99/UBND-TH"), filename="de-an.txt")
    three = desk.id_of(letter, "3")
    with desk.refused(NotAwaited, letter):
        desk.link(letter, three, 2, arrived)
    reached = desk.link(letter, three, 1, arrived)
    assert (reached.total, reached.reached) == (2, 2)
    with desk.refused(NotAwaited, letter):
        desk.link(letter, three, 1, letter)
    after = rows(desk, letter)
    row = after["3", "STC", 1]
    assert row.status == "da_tiep_nhan"
    assert row.deadline_on is not None
    assert (row.baseline_deadline_on, row.deadline_source) == (row.deadline_on, "set")
    assert row.deadline_on > date(2026, 9, 1)
    assert told(desk, row)[-1] == "awaited_documents_arrived"
    complete(desk, row, "execute_assignment", PROGRESS)
    accept(desk, after["3", "SXD", 1])  # it had not begun to wait, and does not any more
    late = rows(desk, letter)["3", "SXD", 1]
    assert (late.status, late.deadline_on) == ("da_tiep_nhan", row.deadline_on)
    assert desk.link(letter, three, 1, arrived).reached == 2  # a repeat changes nothing
    prove(desk)


def test_what_waits_can_be_withdrawn(desk: Desk, letter: UUID) -> None:
    desk.issue(letter)
    accept(desk, rows(desk, letter)["3", "STC", 1])
    desk.withdraw(letter, [desk.id_of(letter, "3")])
    row = rows(desk, letter)["3", "STC", 1]
    assert (row.status, row.end_event) == ("thu_hoi", "assignment_recalled_end")


@pytest.mark.parametrize(("awaits_all", "after_one"), [(True, "cho_van_ban"), (False, "da_tiep_nhan")])
def test_it_waits_for_all_documents_or_for_the_first(desk: Desk, awaits_all: bool, after_one: str) -> None:
    letter = desk.clear()
    three = desk.id_of(letter, "3")
    desk.edit(set_awaited, letter, three, ["Đề án", "Bộ chỉ số"], awaits_all=awaits_all)
    desk.issue(letter, approval=Approval.OPERATOR)
    accept(desk, rows(desk, letter)["3", "STC", 1])
    first = desk.save(LETTER.replace("12/UBND-TH", "98/UBND-TH"))
    second = desk.save(LETTER.replace("12/UBND-TH", "99/UBND-TH"))
    desk.link(letter, three, 1, first)
    assert rows(desk, letter)["3", "STC", 1].status == after_one
    desk.link(letter, three, 2, second)
    assert rows(desk, letter)["3", "STC", 1].status == "da_tiep_nhan"


def test_what_has_come_before_the_issue_is_not_waited_for(desk: Desk) -> None:
    letter = desk.clear()
    arrived = desk.save(LETTER.replace("12/UBND-TH", "98/UBND-TH"))
    desk.link(letter, desk.id_of(letter, "3"), 1, arrived)
    assert not any(each.waits for each in desk.preview(letter).assignments)


def test_what_has_a_deadline_waits_only_if_the_coordinator_says_so(desk: Desk) -> None:
    letter = desk.clear()
    three = desk.id_of(letter, "3")
    desk.edit(set_deadlines, letter, {three: {"kind": "date", "date": "2026-10-30"}})
    assert not any(each.waits for each in desk.preview(letter).assignments)
    desk.edit(edit_directive, letter, three, {"nature": "waits_for_event"}, registry=desk.registry)
    assert {each.directive.ordinal for each in desk.preview(letter).assignments if each.waits} == {"3"}


def test_the_letter_names_what_item_3_waits_for(desk: Desk, letter: UUID) -> None:
    with Session(desk.database) as session:
        titles = session.scalars(
            select(AwaitedDocument.title).where(AwaitedDocument.directive_id == desk.id_of(letter, "3"))
        ).all()
    assert titles == ["Đề án cải cách hành chính giai đoạn 2026 – 2030"]


def test_a_dropped_directive_is_not_issued(desk: Desk) -> None:
    letter = desk.clear()
    desk.edit(drop_directive, letter, desk.id_of(letter, "2"), reason="Đã giao ở văn bản khác.")
    desk.issue(letter, approval=Approval.OPERATOR)
    assert {ordinal for ordinal, _, _ in rows(desk, letter)} == {"1", "3", "4"}


def test_a_part_of_a_split_waits_for_what_it_names(desk: Desk) -> None:
    letter = desk.save()
    parts = desk.edit(
        split_directive,
        letter,
        desk.id_of(letter, "3"),
        parts=[
            "Nghiên cứu “Đề án cải cách hành chính giai đoạn 2026 – 2030”",
            "chuẩn bị điều kiện thực hiện",
        ],
    )
    with Session(desk.database) as session:
        found = session.scalars(
            select(AwaitedDocument.directive_id).where(
                AwaitedDocument.directive_id.in_([part.id for part in parts])
            )
        ).all()
    assert parts[0].id in found
