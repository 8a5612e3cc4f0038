"""Acknowledging and returning (DOMAIN §7.2 T3, T3b)."""

from datetime import date

import pytest
from sqlalchemy import insert

from engine.errors import InvalidVariables, NotAuthorised, TaskNotOpen
from processes.calendar.tables import CalendarDay
from tests.integration.assignments.moments import instant
from tests.integration.assignments.office import Office
from tests.integration.assignments.people import ACCEPT, KEEP, LEADER, MONITOR, OFFICE, RETURN, WITHDRAW, head


def test_7_2_the_unit_alone_is_told_and_has_two_working_days(office: Office) -> None:
    office.sleep_until("07/08 15:00")  # a Friday
    assigned = office.issue()
    assert assigned.told() == [("07/08 15:00", "assignment_issued", {"head:STC"})]
    assert assigned.open_tasks(head("STC")) == {"acknowledge_assignment"}
    assert assigned.open_tasks(MONITOR) == assigned.open_tasks(head("SXD")) == set()
    assert assigned.due("acknowledge_assignment") == "11/08 17:00"
    assert (assigned.row.status, assigned.cell.bucket) == ("da_giao", 3)


def test_7_2_a_reminder_after_one_working_day_and_only_one(office: Office) -> None:
    assigned = office.issue()
    office.wait_until("04/08 07:59")
    assert assigned.told("acknowledgement_reminder") == []
    office.wait_until("05/08 16:59")
    assert assigned.told("acknowledgement_reminder") == [
        ("04/08 08:00", "acknowledgement_reminder", {"head:STC"})
    ]
    assert assigned.row.status == "da_giao"


def test_7_2_silence_for_two_working_days_acknowledges_and_warns_unit_and_monitor(office: Office) -> None:
    assigned = office.issue()
    office.wait_until("05/08 16:59")
    assert assigned.open_tasks() == {"acknowledge_assignment"}
    office.wait_until("05/08 17:00")
    assert assigned.told("acknowledged_by_default") == [
        ("05/08 17:00", "acknowledged_by_default", {"head:STC", "coordinator:SNV"})
    ]
    row = assigned.row
    assert (row.status, row.acknowledged_by_default) == ("da_tiep_nhan", True)
    assert row.acknowledged_at == instant("05/08 17:00")
    assert assigned.open_tasks(head("STC")) == {"execute_assignment"}
    with assigned.refused(TaskNotOpen):
        assigned.complete("acknowledge_assignment", RETURN)  # too late to return it


def test_7_2_who_acknowledges_is_neither_reminded_nor_warned_about(office: Office) -> None:
    assigned = office.issue()
    assigned.accept()
    office.wait_until("06/08 12:00")
    assert assigned.told("acknowledgement_reminder", "acknowledged_by_default") == []
    row = assigned.row
    assert (row.status, row.acknowledged_by_default) == ("da_tiep_nhan", False)
    assert row.acknowledged_at == instant("03/08 09:00")


def test_4_rule_7_the_days_off_that_the_city_enters_count(office: Office) -> None:
    office.sleep_until("28/08 09:00")  # the last day before Quốc khánh
    with office.dispatcher.database.begin() as connection:
        connection.execute(
            insert(CalendarDay),
            {"day": date(2026, 9, 4), "kind": "off", "name": "Bão", "source": "Công điện"},
        )
    assigned = office.issue(deadline_on="2026-10-30")
    assert assigned.waiting_timers() == {
        "acknowledgement_reminder_due": "03/09 08:00",
        "acknowledgement_timed_out": "07/09 17:00",
    }


def test_7_2_a_clock_that_stood_still_acts_for_the_instants_that_it_missed(office: Office) -> None:
    assigned = office.issue()
    office.sleep_until("18/08 10:00")
    assert assigned.row.status == "da_giao"
    office.fire()
    assert assigned.row.acknowledged_at == instant("05/08 17:00")
    assert [at for at, _, _ in assigned.told("acknowledgement_reminder", "acknowledged_by_default")] == [
        "04/08 08:00",
        "05/08 17:00",
    ]
    assert [at for at, _, _ in assigned.told("deadline_reminder")] == ["07/08 08:00", "14/08 08:00"]
    assert assigned.journal[1].recorded_at == instant("18/08 10:00")


def test_7_2_what_is_returned_waits_for_the_monitor_and_no_longer_times_out(office: Office) -> None:
    assigned = office.issue()
    assigned.complete("acknowledge_assignment", RETURN)
    office.wait_until("14/08 09:00")
    assert assigned.row.status == "tra_lai"
    assert assigned.row.acknowledged_at is None
    assert assigned.open_tasks(MONITOR) == {"resolve_return"}
    assert assigned.open_tasks(head("STC")) == assigned.open_tasks(LEADER) == set()
    with assigned.refused(NotAuthorised):
        assigned.complete("resolve_return", WITHDRAW)
    assert assigned.told("acknowledged_by_default") == []


def test_7_2_the_monitor_keeps_it_and_the_unit_works_to_the_same_deadline(office: Office) -> None:
    assigned = office.issue()
    assigned.complete("acknowledge_assignment", RETURN)
    office.wait_until("04/08 09:00")
    assigned.complete("resolve_return", KEEP, by=MONITOR)
    assert (assigned.row.status, assigned.row.deadline_on) == ("da_tiep_nhan", date(2026, 8, 21))
    assert assigned.open_tasks(head("STC")) == {"execute_assignment"}
    assert assigned.due("execute_assignment") == "21/08 17:00"
    assert assigned.waiting_timers()["escalation_1_due"] == "22/08 08:00"


def test_7_2_the_monitor_withdraws_it_and_nothing_is_left_to_do(office: Office) -> None:
    assigned = office.issue()
    assigned.complete("acknowledge_assignment", RETURN)
    assigned.complete("resolve_return", WITHDRAW, by=MONITOR)
    row = assigned.row
    assert (row.status, row.end_event, row.points) == ("thu_hoi", "assignment_withdrawn", None)
    assert assigned.cell.bucket is None
    assert assigned.open_tasks() == set()
    assert assigned.waiting_timers() == {}
    office.wait_until("30/09 12:00")
    assert len(assigned.journal) == 3


def test_7_1_what_the_monitor_returns_is_judged_by_the_coordinating_office(office: Office) -> None:
    assigned = office.issue("SNV")
    assigned.complete("acknowledge_assignment", RETURN)
    with assigned.refused(NotAuthorised):
        assigned.complete("resolve_return", WITHDRAW, by=MONITOR)
    assigned.complete("resolve_return", WITHDRAW, by=OFFICE)
    assert assigned.row.status == "thu_hoi"


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"acknowledgement": "perhaps"},
        RETURN | {"return_reason": "no_time"},
        RETURN | {"return_reason": None},
        RETURN | {"return_note": "Không thuộc"},
        ACCEPT | {"responsible_person": ""},
    ],
    ids=["nothing", "no_such_answer", "no_such_reason", "no_reason", "hardly_a_note", "nobody_responsible"],
)
def test_7_10_an_acknowledgement_that_says_too_little_is_refused(
    office: Office, values: dict[str, object]
) -> None:
    assigned = office.issue()
    with assigned.refused(InvalidVariables):
        assigned.complete("acknowledge_assignment", values)
