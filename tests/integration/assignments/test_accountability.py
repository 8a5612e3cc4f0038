"""Considering accountability, with the right of reply (DOMAIN §7.8)."""

from datetime import date
from typing import Any

import pytest

from engine.errors import InvalidVariables, NotAuthorised, TaskNotOpen
from processes.assignments.handlers import DECISIONS, VERTICAL_DECISIONS
from tests.integration.assignments.assigned import Assigned
from tests.integration.assignments.moments import instant
from tests.integration.assignments.office import Office
from tests.integration.assignments.people import ASSESSMENT, DECISION, LEADER, MONITOR, OFFICE, head


def seriously_late(office: Office, unit: str = "STC") -> Assigned:
    assigned = office.issue(unit)
    assigned.accept()
    office.wait_until("28/08 10:00")
    assigned.submit()
    assigned.appraise()
    return assigned


def at_level_4(office: Office, unit: str = "STC") -> Assigned:
    assigned = office.issue(unit)
    assigned.accept()
    office.wait_until("15/09 08:00")
    return assigned


def test_7_8_the_head_is_asked_and_has_five_working_days(office: Office) -> None:
    assigned = seriously_late(office)
    assert assigned.told("explanation_requested") == [
        ("28/08 10:00", "explanation_requested", {"head:STC", "coordinator:SNV"})
    ]
    assert assigned.due("explain") == "09/09 17:00"  # over Quốc khánh
    assert assigned.open_tasks(head("STC")) == {"explain"}
    assert assigned.open_tasks(head("SXD")) == set()
    assert assigned.row.accountability_opened_at == instant("28/08 10:00")


def test_7_8_nobody_decides_before_the_reply_or_its_time_out(office: Office) -> None:
    assigned = seriously_late(office)
    for moment in ("28/08 10:01", "03/09 12:00", "09/09 16:59"):
        office.wait_until(moment)
        assert assigned.open_tasks() == {"explain"}
        assert assigned.open_tasks(MONITOR) == assigned.open_tasks(OFFICE) == set()
        assert assigned.open_tasks(LEADER) == set()
    office.wait_until("09/09 17:00")
    assert assigned.open_tasks() == {"assess_explanation"} == assigned.open_tasks(MONITOR)
    assert assigned.row.accountability_decision is None


def test_7_8_a_reply_opens_the_assessment_and_the_assessment_the_decision(office: Office) -> None:
    assigned = seriously_late(office)
    office.wait_until("03/09 09:00")
    assigned.explain()
    assert assigned.open_tasks() == {"assess_explanation"} == assigned.open_tasks(MONITOR)
    assigned.complete("assess_explanation", ASSESSMENT, by=MONITOR)
    assert assigned.open_tasks() == {"decide_accountability"} == assigned.open_tasks(LEADER)
    assert assigned.row.accountability_decision is None
    for other in (MONITOR, OFFICE, head("STC")):
        with assigned.refused(NotAuthorised):
            assigned.complete("decide_accountability", DECISION, by=other)
    assigned.complete("decide_accountability", DECISION, by=LEADER)
    assert assigned.row.accountability_decision == "reminder"
    assert assigned.told("accountability_decided") == [
        ("03/09 09:00", "accountability_decided", {"head:STC", "coordinator:SNV"})
    ]
    assert (assigned.row.status, assigned.row.end_event) == ("hoan_thanh", "accountability_decided")


def test_7_8_silence_is_noted_and_is_no_admission(office: Office) -> None:
    assigned = seriously_late(office)
    office.wait_until("09/09 17:00")
    assert assigned.variables["explanation_received"] is False
    assert "explanation" not in assigned.variables
    with assigned.refused(TaskNotOpen):
        assigned.explain()
    assigned.complete("assess_explanation", ASSESSMENT, by=MONITOR)
    assert "explanation_assessment" not in assigned.variables  # nothing was said, so nothing is rejected
    for moment in ("10/09 09:00", "30/10 17:00"):
        office.wait_until(moment)  # no decision comes by itself
        assert assigned.open_tasks() == {"decide_accountability"}
    assigned.complete("decide_accountability", DECISION | {"accountability_decision": "no_action"}, by=LEADER)
    assert assigned.row.accountability_decision == "no_action"


def test_7_8_what_the_head_said_is_kept_word_for_word_and_judged(office: Office) -> None:
    assigned = seriously_late(office)
    assigned.explain()
    entry = assigned.journal[-1]
    assert entry.actor_key == "u:head.STC"
    assert entry.payload["variables"] == {
        "explanation": "Đơn vị thiếu nhân sự trong thời gian sắp xếp tổ chức.",
        "explanation_causes": ["objective"],
        "explanation_remedy": "Phân công lại người phụ trách.",
        "explanation_remedy_on": "2026-08-28",
    }
    without = {key: value for key, value in ASSESSMENT.items() if key != "explanation_assessment"}
    with assigned.refused(InvalidVariables):
        assigned.complete("assess_explanation", without, by=MONITOR)
    with assigned.refused(InvalidVariables):  # reasons are required
        assigned.complete("assess_explanation", ASSESSMENT | {"explanation_assessment_note": ""}, by=MONITOR)


@pytest.mark.parametrize(
    "changes",
    [
        {"explanation": "Đơn vị xin lỗi."},
        {"explanation_causes": []},
        {"explanation_causes": ["weather"]},
        {"explanation_remedy": ""},
        {"explanation_remedy_on": "2026-08-27"},
    ],
    ids=["hardly_a_word", "no_cause", "no_such_cause", "no_remedy", "remedied_yesterday"],
)
def test_7_8_an_explanation_that_says_too_little_is_refused(office: Office, changes: dict[str, Any]) -> None:
    assigned = seriously_late(office)
    with assigned.refused(InvalidVariables):
        assigned.explain(**changes)
    with assigned.refused(NotAuthorised):
        assigned.explain(by=head("SXD"))


@pytest.mark.parametrize(
    ("unit", "choices", "others"),
    [
        ("STC", [value for value, _ in DECISIONS], ["petition_vertical_body", "discipline"]),
        (
            "THUE",
            [value for value, _ in VERTICAL_DECISIONS],
            [value for value, _ in DECISIONS if value != "no_action"],
        ),
    ],
)
def test_7_8_a_vertical_agency_can_only_be_reported_to_its_own_superior(
    office: Office, unit: str, choices: list[str], others: list[str]
) -> None:
    assigned = seriously_late(office, unit)
    assigned.explain()
    assigned.complete("assess_explanation", ASSESSMENT, by=MONITOR)
    assert [option["value"] for option in assigned.variables["decision_options"]] == choices
    for other in others:
        with assigned.refused(InvalidVariables):
            assigned.complete(
                "decide_accountability", DECISION | {"accountability_decision": other}, by=LEADER
            )
    with assigned.refused(InvalidVariables):  # a decision has its grounds
        assigned.complete("decide_accountability", {"accountability_decision": choices[-1]}, by=LEADER)
    assigned.complete("decide_accountability", DECISION | {"accountability_decision": choices[-1]}, by=LEADER)
    assert assigned.row.accountability_decision == choices[-1]


def test_7_8_a_late_result_within_five_working_days_is_not_considered(office: Office) -> None:
    assigned = office.issue()
    assigned.accept()
    office.wait_until("27/08 10:00")
    assigned.submit()
    assigned.appraise()
    assert assigned.row.accountability_opened_at is None
    assert assigned.row.end_event == "assignment_closed"


def test_7_8_level_4_and_the_late_result_are_considered_once(office: Office) -> None:
    assigned = at_level_4(office)
    assigned.submit()
    assigned.appraise()
    assert (assigned.row.status, assigned.row.outcome) == ("hoan_thanh", "late_serious")
    assert assigned.open_tasks() == {"explain"}
    assert len(assigned.told("explanation_requested")) == 1
    assigned.explain()
    assigned.complete("assess_explanation", ASSESSMENT, by=MONITOR)
    assigned.complete("decide_accountability", DECISION, by=LEADER)
    assert assigned.open_tasks() == set()
    assert assigned.row.end_event == "accountability_decided"
    assert assigned.row.accountability_opened_at == instant("15/09 08:00")


def test_7_8_a_decision_does_not_end_the_work(office: Office) -> None:
    assigned = at_level_4(office)
    assigned.explain()
    assigned.complete("assess_explanation", ASSESSMENT, by=MONITOR)
    assigned.complete("decide_accountability", DECISION, by=LEADER)
    assert (assigned.row.status, assigned.row.end_event) == ("da_tiep_nhan", None)
    assert assigned.row.deadline_on == date(2026, 8, 21)
    assigned.submit()
    assigned.appraise()
    assert len(assigned.told("explanation_requested")) == 1
    row = assigned.row
    assert (row.status, row.end_event, row.accountability_decision) == (
        "hoan_thanh", "assignment_closed", "reminder",
    )  # fmt: skip


def test_7_8_the_unit_works_while_it_owes_its_explanation(office: Office) -> None:
    assigned = at_level_4(office)
    assigned.submit()
    office.wait_until("22/09 17:00")
    assert assigned.open_tasks() == {"appraise_result", "assess_explanation"}
    assert assigned.row.status == "cho_tham_dinh"
