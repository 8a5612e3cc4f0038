"""Nobody judges their own work, nobody decides what they proposed, nobody reviews the own unit (DOMAIN §7.1)."""

from collections.abc import Mapping
from typing import Any

import pytest

from engine.actors import Actor
from engine.errors import FourEyesRequired, NotAuthorised
from processes.access.policy import Role
from tests.integration.assignments.assigned import Assigned
from tests.integration.assignments.office import Office
from tests.integration.assignments.people import (
    ASSESSMENT,
    DECISION,
    KEEP,
    LEADER,
    MET,
    MET_AND_PROPOSED,
    MONITOR,
    OFFICE,
    PROGRESS,
    RETURN,
    head,
    person,
)

# One person who headed the unit, then moved to the monitor, then to the city's leadership.
THEN_HEAD = person("an", Role.UNIT_HEAD, unit="STC")
THEN_MONITOR = person("an", Role.COORDINATOR, unit="SNV")
NOW_LEADER = person("an", Role.LEADER)

SECOND_HEAD = person("binh", Role.UNIT_HEAD, unit="STC")


def accepted(office: Office) -> Assigned:
    assigned = office.issue()
    assigned.accept()
    return assigned


def overdue(office: Office) -> Assigned:
    assigned = accepted(office)
    office.wait_until("28/08 10:00")
    return assigned


def refused_then_done(
    assigned: Assigned, element_id: str, values: Mapping[str, Any], *, own: Actor, other: Actor
) -> None:
    with assigned.refused(FourEyesRequired):
        assigned.complete(element_id, values, by=own)
    assigned.complete(element_id, values, by=other)


@pytest.mark.parametrize("reporter", [THEN_HEAD, SECOND_HEAD], ids=["all_of_it", "carrying_out_only"])
def test_7_1_who_carried_out_or_reported_does_not_appraise(office: Office, reporter: Actor) -> None:
    assigned = accepted(office)
    assigned.complete("execute_assignment", PROGRESS, by=THEN_HEAD)
    assigned.complete("report_result", assigned.report(), by=reporter)
    refused_then_done(assigned, "appraise_result", MET, own=THEN_MONITOR, other=MONITOR)


def test_7_1_who_reported_does_not_appraise_though_another_carried_out(office: Office) -> None:
    assigned = accepted(office)
    assigned.complete("execute_assignment", PROGRESS, by=SECOND_HEAD)
    assigned.complete("report_result", assigned.report(), by=THEN_HEAD)
    refused_then_done(assigned, "appraise_result", MET, own=THEN_MONITOR, other=MONITOR)


def test_7_1_the_rule_is_about_one_assignment(office: Office) -> None:
    reported_by_an = accepted(office)
    reported_by_an.submit(by=THEN_HEAD)
    other = accepted(office)
    other.submit()
    other.appraise(by=THEN_MONITOR)
    assert other.row.status == "hoan_thanh"


def test_7_1_who_returned_it_does_not_judge_the_return(office: Office) -> None:
    assigned = office.issue()
    assigned.complete("acknowledge_assignment", RETURN, by=THEN_HEAD)
    refused_then_done(assigned, "resolve_return", KEEP, own=THEN_MONITOR, other=MONITOR)


def test_7_1_who_proposed_a_commendation_does_not_decide_it(office: Office) -> None:
    assigned = accepted(office)
    assigned.submit()
    assigned.appraise(MET_AND_PROPOSED, by=THEN_MONITOR)
    refused_then_done(
        assigned, "decide_commendation", {"commendation": "commend"}, own=NOW_LEADER, other=LEADER
    )


def test_7_1_nobody_commends_the_own_work(office: Office) -> None:
    assigned = accepted(office)
    assigned.submit(by=THEN_HEAD)
    assigned.appraise(MET_AND_PROPOSED)
    refused_then_done(
        assigned, "decide_commendation", {"commendation": "commend"}, own=NOW_LEADER, other=LEADER
    )


def test_7_1_who_explained_does_not_assess_the_explanation(office: Office) -> None:
    assigned = overdue(office)
    assigned.submit()
    assigned.appraise()
    assigned.explain(by=THEN_HEAD)
    refused_then_done(assigned, "assess_explanation", ASSESSMENT, own=THEN_MONITOR, other=MONITOR)


def test_7_1_who_reported_late_does_not_assess_the_silence(office: Office) -> None:
    assigned = overdue(office)
    assigned.submit(by=THEN_HEAD)
    assigned.appraise()
    office.wait_until("10/09 09:00")
    refused_then_done(assigned, "assess_explanation", ASSESSMENT, own=THEN_MONITOR, other=MONITOR)


@pytest.mark.parametrize("role", ["reported", "appraised", "explained", "assessed"])
def test_7_1_who_had_a_part_in_it_does_not_decide_on_accountability(office: Office, role: str) -> None:
    assigned = overdue(office)
    assigned.submit(by=THEN_HEAD if role == "reported" else None)
    assigned.appraise(by=THEN_MONITOR if role == "appraised" else MONITOR)
    assigned.explain(by=THEN_HEAD if role == "explained" else None)
    assigned.complete("assess_explanation", ASSESSMENT, by=THEN_MONITOR if role == "assessed" else MONITOR)
    refused_then_done(assigned, "decide_accountability", DECISION, own=NOW_LEADER, other=LEADER)
    assert assigned.row.accountability_decision == "reminder"


def test_7_1_the_monitors_own_work_is_reviewed_by_the_coordinating_office(office: Office) -> None:
    assigned = office.issue("SNV")
    assigned.accept()
    office.wait_until("28/08 10:00")
    assigned.submit()
    with assigned.refused(NotAuthorised):
        assigned.appraise(by=MONITOR)
    assigned.appraise(by=OFFICE)
    assigned.explain(by=head("SNV"))
    with assigned.refused(NotAuthorised):
        assigned.complete("assess_explanation", ASSESSMENT, by=MONITOR)
    assigned.complete("assess_explanation", ASSESSMENT, by=OFFICE)
    assigned.complete("decide_accountability", DECISION, by=LEADER)
    assert assigned.row.end_event == "accountability_decided"
