"""Recalling and cancelling an assignment (DOMAIN §7.2 T4, the ending Thu hồi)."""

import pytest

from engine import clock
from engine.actors import Actor
from engine.commands import CancelInstance
from engine.errors import InstanceNotActive, InvalidVariables, MessageNotExpected, NotAuthorised, TaskNotOpen
from engine.ids import new_id
from tests.integration.assignments.assigned import Assigned
from tests.integration.assignments.moments import instant
from tests.integration.assignments.office import Office
from tests.integration.assignments.people import (
    ASSESSMENT,
    DECISION,
    LEADER,
    MET_AND_PROPOSED,
    MONITOR,
    PROGRESS,
    head,
)


def cancel(assigned: Assigned, *, by: Actor = MONITOR, reason: str = "Văn bản được thay thế.") -> None:
    command = CancelInstance(command_id=new_id(), actor=by, instance_id=assigned.id, reason=reason)
    with clock.frozen_at(assigned.office.now):
        assigned.office.dispatcher.execute(command)


def test_7_2_a_recall_ends_the_work_and_all_that_waits_and_tells_the_unit(office: Office) -> None:
    assigned, other = office.issue(), office.issue("SXD")
    for each in (assigned, other):
        each.accept()
    office.wait_until("22/08 09:00")
    assigned.recall()
    assert assigned.told("assignment_recalled") == [("22/08 09:00", "assignment_recalled", {"head:STC"})]
    assert (assigned.row.status, assigned.row.end_event) == ("thu_hoi", "assignment_recalled_end")
    assert assigned.cell.bucket is None
    assert assigned.cell.timeliness is None
    with assigned.refused(TaskNotOpen):
        assigned.complete("execute_assignment", PROGRESS)
    office.wait_until("30/10 17:00")
    assert assigned.row.escalation_level == 1
    assert (other.row.status, other.row.escalation_level) == ("da_tiep_nhan", 4)


@pytest.mark.parametrize("actor", [head("STC"), LEADER], ids=["unit", "leader"])
def test_7_2_only_the_monitor_recalls(office: Office, actor: Actor) -> None:
    assigned = office.issue()
    assigned.accept()
    with assigned.refused(NotAuthorised):
        assigned.recall(by=actor)
    with assigned.refused(NotAuthorised):
        cancel(assigned, by=actor)


def test_7_2_a_recall_reaches_only_work_in_progress_and_only_once(office: Office) -> None:
    assigned = office.issue()
    with assigned.refused(MessageNotExpected):
        assigned.recall()
    assigned.accept()
    assigned.submit()
    with assigned.refused(MessageNotExpected):
        assigned.recall()
    other = office.issue()
    other.accept()
    other.recall()
    with other.refused(MessageNotExpected):
        other.recall()


def test_7_8_a_recall_withdraws_the_work_while_an_explanation_is_still_owed(office: Office) -> None:
    assigned = office.issue()
    assigned.accept()
    office.wait_until("15/09 08:00")  # level 4
    assigned.recall()
    assert assigned.row.status == "thu_hoi"
    assert assigned.cell.bucket is None
    assert assigned.open_tasks() == {"explain"}
    assigned.explain()
    assigned.complete("assess_explanation", ASSESSMENT, by=MONITOR)
    assigned.complete("decide_accountability", DECISION, by=LEADER)
    row = assigned.row
    assert (row.status, row.end_event, row.accountability_decision) == (
        "thu_hoi", "accountability_decided", "reminder",
    )  # fmt: skip


def test_7_2_a_cancelled_assignment_is_withdrawn_with_its_reason_in_the_journal(office: Office) -> None:
    assigned = office.issue()
    with assigned.refused(InvalidVariables):
        cancel(assigned, reason="  ")
    cancel(assigned)
    assert (assigned.row.status, assigned.row.end_event) == ("thu_hoi", "cancelled")
    assert assigned.open_tasks() == set()
    assert assigned.waiting_timers() == {}
    assert assigned.journal[-1].payload["reason"] == "Văn bản được thay thế."
    with assigned.refused(InstanceNotActive):
        cancel(assigned)


@pytest.mark.parametrize(
    ("day", "bucket"), [("10/08", 1), ("28/08", 2)], ids=["before_commendation", "before_explanation"]
)
def test_2_3_what_is_done_stays_done_when_the_rest_is_cancelled(
    office: Office, day: str, bucket: int
) -> None:
    assigned = office.issue()
    assigned.accept()
    office.wait_until(f"{day} 10:00")
    assigned.submit()
    assigned.appraise(MET_AND_PROPOSED)
    assert assigned.open_tasks() != set()
    cancel(assigned)
    assert (assigned.row.status, assigned.row.end_event) == ("hoan_thanh", "cancelled")
    assert assigned.row.completed_at == instant(f"{day} 10:00")
    assert assigned.cell.bucket == bucket
