"""Reporting, appraising and classifying a result, commending a good one (DOMAIN §2.3, §7.2 T5–T6, §7.9 D1)."""

from datetime import date
from typing import Any

import pytest

from engine.errors import InvalidVariables, NotAuthorised
from tests.integration.assignments.assigned import Assigned
from tests.integration.assignments.moments import instant
from tests.integration.assignments.office import Office
from tests.integration.assignments.people import (
    LEADER,
    MET,
    MET_AND_PROPOSED,
    MONITOR,
    NOT_MET,
    OFFICE,
    PROGRESS,
    head,
)


def submitted(office: Office, at: str, **issuing: Any) -> Assigned:
    assigned = office.issue(**issuing)
    assigned.accept()
    office.wait_until(at)
    assigned.submit()
    return assigned


def rating(assigned: Assigned) -> tuple[int | None, str | None, int | None, int | None]:
    row = assigned.row
    return row.late_working_days, row.outcome, row.points, assigned.cell.bucket


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("10/08 10:00", (0, "good", 100, 1)),
        ("21/08 23:30", (0, "good", 100, 1)),
        ("22/08 00:30", (1, "late", 75, 2)),  # still 21/8 in UTC
        ("27/08 10:00", (5, "late", 75, 2)),
        ("28/08 10:00", (6, "late_serious", 50, 2)),
        ("02/09 10:00", (6, "late_serious", 50, 2)),  # days off do not count
    ],
)
def test_7_9_d1_a_result_is_classified_by_the_day_of_its_submission(
    office: Office, at: str, expected: tuple[int, str, int, int]
) -> None:
    assigned = submitted(office, at)
    office.wait_until("05/10 10:00")
    assigned.appraise()
    assert assigned.row.status == "hoan_thanh"
    assert assigned.row.submitted_at == instant(at)
    assert assigned.row.completed_at == instant("05/10 10:00")
    assert rating(assigned) == expected


def test_2_3_a_result_of_a_day_of_rest_is_late_by_a_day(office: Office) -> None:
    assigned = submitted(office, "15/08 10:00", deadline_on="2026-08-14")  # Saturday after a Friday
    assigned.appraise()
    assert rating(assigned) == (1, "late", 75, 2)


def test_2_3_a_slow_appraisal_does_not_make_the_unit_late(office: Office) -> None:
    assigned = submitted(office, "21/08 16:00")
    office.wait_until("10/09 10:00")
    cell = assigned.cell
    assert (cell.status, cell.timeliness, cell.bucket, cell.days_left) == (
        "cho_tham_dinh", "den_han_hom_nay", 3, 0,
    )  # fmt: skip
    assert [told for told in assigned.told() if told[1].startswith("escalation")] == []
    assigned.appraise()
    assert rating(assigned) == (0, "good", 100, 1)


def test_7_2_an_appraisal_after_five_working_days_is_reported_to_the_coordinating_office(
    office: Office,
) -> None:
    assigned = submitted(office, "21/08 16:00")
    assert assigned.due("appraise_result") == "27/08 17:00"
    office.wait_until("30/10 17:00")
    assert assigned.told("appraisal_overdue") == [("27/08 17:00", "appraisal_overdue", {"coordinator:VPUB"})]
    assert assigned.open_tasks(MONITOR) == {"appraise_result"}  # still the monitor's to do


def test_7_2_a_supplement_keeps_the_deadline_and_costs_25_points(office: Office) -> None:
    assigned = submitted(office, "10/08 10:00")
    assigned.appraise(NOT_MET)
    assert assigned.told("supplement_requested") == [("10/08 10:00", "supplement_requested", {"head:STC"})]
    row = assigned.row
    assert (row.status, row.submitted_at, row.supplement_count) == ("yeu_cau_bo_sung", None, 1)
    assert row.deadline_on == date(2026, 8, 21)
    assert assigned.due("execute_assignment") == "21/08 17:00"
    assert assigned.waiting_timers()["escalation_1_due"] == "22/08 08:00"
    office.wait_until("20/08 10:00")
    assigned.submit()
    assigned.appraise()
    assert rating(assigned) == (0, "supplemented", 75, 1)


def test_7_9_d1_a_result_never_falls_below_50_points_for_supplements(office: Office) -> None:
    assigned = submitted(office, "10/08 10:00")
    for _ in range(3):
        assigned.appraise(NOT_MET)
        assigned.submit()
    assigned.appraise()
    assert assigned.row.supplement_count == 3
    assert rating(assigned) == (0, "supplemented", 50, 1)


def test_2_3_what_counts_is_the_submission_that_was_accepted(office: Office) -> None:
    assigned = submitted(office, "20/08 10:00")
    office.wait_until("22/08 10:00")
    assert assigned.cell.bucket == 3
    assigned.appraise(NOT_MET)
    assert (assigned.cell.timeliness, assigned.cell.bucket) == ("qua_han", 4)
    office.wait_until("24/08 10:00")
    assigned.submit()
    assigned.appraise()
    assert assigned.row.submitted_at == instant("24/08 10:00")
    assert rating(assigned) == (2, "late", 75, 2)


def test_7_9_d1_work_without_a_deadline_is_not_rated(office: Office) -> None:
    text = "Thường xuyên kiểm tra việc công khai thủ tục."
    assigned = submitted(office, "30/10 10:00", deadline_on=None, text=text)
    assigned.appraise(MET_AND_PROPOSED)
    assert rating(assigned) == (0, "unrated", None, 5)
    assert assigned.row.end_event == "assignment_closed"


@pytest.mark.parametrize(
    "changes",
    [
        {"result_document_no": ""},
        {"result_document_on": None},
        {"result_description": ""},
        {"head_confirmed": False},
        {"completed_on": "2026-08-11"},
        {"result_document_on": "2026-08-11"},
    ],
    ids=["no_document", "undated", "nothing_said", "unconfirmed", "done_tomorrow", "document_of_tomorrow"],
)
def test_6_a_bare_done_is_no_result(office: Office, changes: dict[str, Any]) -> None:
    assigned = office.issue()
    assigned.accept()
    office.wait_until("10/08 10:00")
    assigned.complete("execute_assignment", PROGRESS)
    with assigned.refused(InvalidVariables):
        assigned.complete("report_result", assigned.report(**changes))
    assigned.complete("report_result", assigned.report())


@pytest.mark.parametrize("note", [None, "Chưa đạt"])
def test_7_10_who_refuses_a_result_says_why(office: Office, note: str | None) -> None:
    assigned = submitted(office, "10/08 10:00")
    with assigned.refused(InvalidVariables):
        assigned.appraise({"appraisal": "not_met", "appraisal_note": note})


def test_7_2_a_good_result_that_nobody_proposes_closes_the_assignment(office: Office) -> None:
    assigned = submitted(office, "10/08 10:00")
    assigned.appraise(MET)
    assert assigned.row.end_event == "assignment_closed"
    assert assigned.open_tasks() == set()
    assert assigned.waiting_timers() == {}


def test_7_7_a_leader_commends_and_unit_and_monitor_are_told(office: Office) -> None:
    assigned = submitted(office, "10/08 10:00")
    assigned.appraise(MET_AND_PROPOSED)
    assert assigned.told("commended") == []
    assert assigned.open_tasks(LEADER) == {"decide_commendation"} == assigned.open_tasks()
    for other in (MONITOR, OFFICE, head("STC")):
        with assigned.refused(NotAuthorised):
            assigned.complete("decide_commendation", {"commendation": "commend"}, by=other)
    assigned.complete("decide_commendation", {"commendation": "commend"}, by=LEADER)
    assert assigned.told("commended") == [("10/08 10:00", "commended", {"head:STC", "coordinator:SNV"})]
    assert (assigned.row.commended_at, assigned.row.end_event) == (instant("10/08 10:00"), "commended")


def test_7_7_a_leader_may_decline(office: Office) -> None:
    assigned = submitted(office, "10/08 10:00")
    assigned.appraise(MET_AND_PROPOSED)
    assigned.complete("decide_commendation", {"commendation": "decline"}, by=LEADER)
    assert assigned.told("commended") == []
    row = assigned.row
    assert (row.status, row.commended_at, row.end_event) == ("hoan_thanh", None, "commendation_declined")


@pytest.mark.parametrize("at", ["22/08 10:00", "27/08 10:00"])
def test_7_7_a_late_result_is_not_commended_whoever_proposes_it(office: Office, at: str) -> None:
    assigned = submitted(office, at)
    assigned.appraise(MET_AND_PROPOSED)
    assert assigned.row.end_event == "assignment_closed"


def test_7_7_a_supplemented_result_is_not_commended(office: Office) -> None:
    assigned = submitted(office, "10/08 10:00")
    assigned.appraise(NOT_MET)
    assigned.submit()
    assigned.appraise(MET_AND_PROPOSED)
    assert assigned.row.end_event == "assignment_closed"
