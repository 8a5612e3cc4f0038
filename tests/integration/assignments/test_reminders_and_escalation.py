"""Reminders before the deadline and the ladder after it (DOMAIN §7.3, §7.9 D3)."""

from datetime import date

import orjson
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.assignments.handlers import AssignmentSettings
from processes.assignments.milestones import LadderSettings
from processes.notifications.tables import Notification
from processes.wiring import ProcessSettings, build_dispatcher
from tests.integration.assignments.moments import instant
from tests.integration.assignments.office import Office
from tests.integration.assignments.people import LEADER, MONITOR, NOT_MET, head

LADDER = ("escalation_1", "escalation_2", "escalation_3", "escalation_4")
UNIT, SNV, VPUB = "head:STC", "coordinator:SNV", "coordinator:VPUB"


def test_7_3_the_unit_alone_is_reminded_10_5_2_and_0_working_days_before(office: Office) -> None:
    assigned = office.issue()
    assigned.accept()
    office.wait_until("21/08 16:59")
    assert assigned.told("deadline_reminder") == [
        (at, "deadline_reminder", {UNIT})
        for at in ("07/08 08:00", "14/08 08:00", "19/08 08:00", "21/08 08:00")
    ]
    assert assigned.told(*LADDER) == []
    with Session(office.dispatcher.database) as session:
        query = select(Notification.params).where(Notification.template == "deadline_reminder")
        said = [orjson.loads(params) for params in session.scalars(query.order_by(Notification.id))]
    assert [params["milestone"] for params in said] == ["remind_10", "remind_5", "remind_2", "remind_0"]
    assert {params["deadline_on"] for params in said} == {"2026-08-21"}


def test_7_3_each_level_once_to_its_readers_over_makeup_day_and_days_off(office: Office) -> None:
    assigned = office.issue()
    assigned.accept()
    office.wait_until("30/10 17:00")
    assert assigned.told(*LADDER) == [
        ("22/08 08:00", "escalation_1", {UNIT, SNV}),  # a Saturday worked for 31/8
        ("25/08 08:00", "escalation_2", {UNIT, SNV}),
        ("03/09 08:00", "escalation_3", {UNIT, VPUB, "leader"}),  # the first day after Quốc khánh
        ("15/09 08:00", "escalation_4", {UNIT, SNV, "leader"}),
    ]


def test_2_3_timeliness_and_level_follow_the_days(office: Office) -> None:
    assigned = office.issue()
    assigned.accept()
    seen = []
    for day in ("13/08", "14/08", "21/08", "22/08", "25/08", "03/09"):
        office.wait_until(f"{day} 09:00")
        cell = assigned.cell
        seen.append((cell.timeliness, cell.bucket, cell.days_left, cell.escalation_level))
    assert seen == [
        ("chua_den_han", 3, 6, 0),
        ("sap_den_han", 3, 5, 0),
        ("den_han_hom_nay", 3, 0, 0),
        ("qua_han", 4, -1, 1),
        ("qua_han", 4, -3, 2),
        ("qua_han", 4, -7, 3),
    ]


def test_7_3_level_4_is_a_proposal_and_the_work_goes_on(office: Office) -> None:
    assigned = office.issue()
    assigned.accept()
    office.wait_until("15/09 07:59")
    assert assigned.row.accountability_opened_at is None
    office.wait_until("15/09 08:00")
    assert assigned.row.accountability_opened_at == instant("15/09 08:00")
    assert assigned.row.accountability_decision is None
    assert assigned.row.status == "da_tiep_nhan"
    assert assigned.open_tasks(head("STC")) == {"execute_assignment", "explain"}
    assert assigned.open_tasks(MONITOR) == assigned.open_tasks(LEADER) == set()


def test_7_3_a_submitted_result_ends_reminders_and_ladder(office: Office) -> None:
    assigned = office.issue()
    assigned.accept()
    office.wait_until("22/08 09:00")
    assigned.submit()
    assert set(assigned.waiting_timers()) == {"appraisal_overdue"}
    office.wait_until("30/10 17:00")
    assert [template for _, template, _ in assigned.told(*LADDER)] == ["escalation_1"]
    assert assigned.row.escalation_level == 1


def test_7_3_after_a_supplement_the_ladder_goes_on_where_it_stood(office: Office) -> None:
    assigned = office.issue()
    assigned.accept()
    office.wait_until("25/08 09:00")  # levels 1 and 2 are sent
    assigned.submit()
    office.wait_until("26/08 09:00")
    assigned.appraise(NOT_MET)
    assert {key: at for key, at in assigned.waiting_timers().items() if key != "appraisal_overdue"} == {
        "escalation_3_due": "03/09 08:00",
        "escalation_4_due": "15/09 08:00",
    }
    office.wait_until("30/10 17:00")
    assert [(at, template) for at, template, _ in assigned.told(*LADDER)] == [
        ("22/08 08:00", "escalation_1"),
        ("25/08 08:00", "escalation_2"),
        ("03/09 08:00", "escalation_3"),
        ("15/09 08:00", "escalation_4"),
    ]


def test_7_3_an_express_letter_halves_every_interval(office: Office) -> None:
    assigned = office.issue(urgency="express")
    assigned.accept()
    assert assigned.waiting_timers() == {
        "reminder_10_due": "14/08 08:00",
        "reminder_5_due": "18/08 13:30",
        "reminder_2_due": "20/08 08:00",
        "reminder_0_due": "21/08 08:00",
        "escalation_1_due": "22/08 13:30",
        "escalation_2_due": "24/08 13:30",
        "escalation_3_due": "26/08 13:30",
        "escalation_4_due": "04/09 13:30",
    }
    office.wait_until("04/09 13:30")
    assert [template for _, template, _ in assigned.told(*LADDER)] == list(LADDER)


def test_7_3_a_clock_that_stood_still_still_climbs_every_level_at_its_time(office: Office) -> None:
    assigned = office.issue()
    assigned.accept()
    office.sleep_until("01/10 10:00")
    office.fire()
    assert [(at, template) for at, template, _ in assigned.told(*LADDER)] == [
        ("22/08 08:00", "escalation_1"),
        ("25/08 08:00", "escalation_2"),
        ("03/09 08:00", "escalation_3"),
        ("15/09 08:00", "escalation_4"),
    ]
    assert office.fire() == 0


def test_7_9_d3_a_lower_level_never_follows_a_higher_one(office: Office) -> None:
    ladder = LadderSettings(escalations={1: 3, 2: 1, 3: 7, 4: 15})  # a setting that puts level 2 first
    settings = ProcessSettings(assignment=AssignmentSettings(ladder=ladder))
    office.dispatcher = build_dispatcher(office.dispatcher.database, settings)
    assigned = office.issue()
    assigned.accept()
    office.wait_until("28/08 17:00")
    assert [(at, template) for at, template, _ in assigned.told(*LADDER)] == [("22/08 08:00", "escalation_2")]
    assert assigned.row.escalation_level == assigned.variables["escalation_level"] == 2


@pytest.mark.parametrize(
    ("deadline_on", "passed", "sent"),
    [
        ("2026-02-02", "escalation_3", "escalation_3"),  # the leadership, within Tết
        ("2026-02-05", "escalation_2", "escalation_3"),  # the next level is due when the offices open again
    ],
)
def test_4_rules_5_and_9_what_has_passed_is_made_up_for_after_tet(
    office: Office, deadline_on: str, passed: str, sent: str
) -> None:
    office.sleep_until("12/01 09:00")
    assigned = office.issue(deadline_on=deadline_on)
    assigned.accept()
    office.wait_until("02/02 09:00")
    assigned.submit()
    office.wait_until("17/02 10:00")  # mùng một
    assigned.appraise(NOT_MET)
    office.wait_until("22/02 23:00")
    assert assigned.told(*LADDER) == []
    office.wait_until("23/02 08:00")
    assert [(at, template) for at, template, _ in assigned.told(*LADDER)] == [("23/02 08:00", sent)]


def test_2_3_work_without_a_deadline_is_never_reminded_or_escalated(office: Office) -> None:
    assigned = office.issue(deadline_on=None, text="Thường xuyên kiểm tra việc công khai thủ tục.")
    assigned.accept()
    assert assigned.row.deadline_on is None
    assert assigned.waiting_timers() == {}
    assert (assigned.cell.timeliness, assigned.cell.bucket) == ("khong_thoi_han", 5)


def test_7_9_d7_a_letter_without_a_date_gets_a_deadline_that_is_marked_as_set(office: Office) -> None:
    assigned = office.issue(deadline_on=None)
    # thirty days end on 2 September, a day of rest, and so on the working day after it (§4 rule 2)
    assert (assigned.row.deadline_on, assigned.row.deadline_source) == (date(2026, 9, 3), "set")
    assert office.issue().row.deadline_source == "document"


def test_7_9_d3_a_vertical_agency_climbs_the_same_ladder(office: Office) -> None:
    assigned = office.issue("THUE")
    assigned.accept()
    office.wait_until("15/09 08:00")
    assert [template for _, template, _ in assigned.told(*LADDER)] == list(LADDER)
    assert assigned.variables["escalation"]["document"] == "Kiến nghị cơ quan quản lý ngành dọc"
