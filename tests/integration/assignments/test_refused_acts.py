"""Refusals at every step of the process: nothing changes, neither journal nor tasks nor what people are told."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from engine import clock
from engine.actors import Actor
from engine.commands import FireTimer
from engine.errors import InvalidVariables, NotAuthorised, TaskAlreadyCompleted, TimerNotDue
from engine.ids import new_id
from engine.tables import timer
from tests.integration.assignments.assigned import Assigned
from tests.integration.assignments.office import Office
from tests.integration.assignments.people import (
    ACCEPT,
    ASSESSMENT,
    DECISION,
    KEEP,
    LEADER,
    MET,
    MET_AND_PROPOSED,
    MONITOR,
    PROGRESS,
    RETURN,
    head,
)


def issued(_office: Office, _assigned: Assigned) -> None:
    """Nothing has been done yet."""


def returned(_office: Office, assigned: Assigned) -> None:
    assigned.complete("acknowledge_assignment", RETURN)


def accepted(_office: Office, assigned: Assigned) -> None:
    assigned.accept()


def carried_out(_office: Office, assigned: Assigned) -> None:
    assigned.accept()
    assigned.complete("execute_assignment", PROGRESS)


def submitted(_office: Office, assigned: Assigned) -> None:
    assigned.accept()
    assigned.submit()


def proposed(office: Office, assigned: Assigned) -> None:
    submitted(office, assigned)
    assigned.appraise(MET_AND_PROPOSED)


def late(office: Office, assigned: Assigned) -> None:
    assigned.accept()
    office.wait_until("28/08 10:00")
    assigned.submit()
    assigned.appraise()


def explained(office: Office, assigned: Assigned) -> None:
    late(office, assigned)
    assigned.explain()


def assessed(office: Office, assigned: Assigned) -> None:
    explained(office, assigned)
    assigned.complete("assess_explanation", ASSESSMENT, by=MONITOR)


EXPLANATION = {
    "explanation": "Đơn vị thiếu nhân sự trong thời gian sắp xếp.",
    "explanation_causes": ["subjective"],
    "explanation_remedy": "Phân công lại.",
    "explanation_remedy_on": "2026-08-28",
}
REPORT = {
    "completed_on": "2026-08-03",
    "result_document_no": "12/BC-STC",
    "result_document_on": "2026-08-03",
    "result_description": "Đã rà soát 34/34 thủ tục.",
    "head_confirmed": True,
}
UNIT = head("STC")

#: Every user task: how to come there, whose it is, values that complete it.
TASKS: dict[str, tuple[Callable[[Office, Assigned], None], Actor, dict[str, Any]]] = {
    "acknowledge_assignment": (issued, UNIT, ACCEPT),
    "resolve_return": (returned, MONITOR, KEEP),
    "execute_assignment": (accepted, UNIT, PROGRESS),
    "report_result": (carried_out, UNIT, REPORT),
    "appraise_result": (submitted, MONITOR, MET),
    "decide_commendation": (proposed, LEADER, {"commendation": "commend"}),
    "explain": (late, UNIT, EXPLANATION),
    "assess_explanation": (explained, MONITOR, ASSESSMENT),
    "decide_accountability": (assessed, LEADER, DECISION),
}


@pytest.mark.parametrize("element_id", TASKS)
def test_7_2_a_step_is_taken_once_by_its_own_people_with_a_filled_form(
    office: Office, element_id: str
) -> None:
    before, own, values = TASKS[element_id]
    assigned = office.issue()
    before(office, assigned)
    assert element_id in assigned.open_tasks(own)
    for stranger in {head("SXD"), UNIT, MONITOR, LEADER} - {own}:
        with assigned.refused(NotAuthorised):
            assigned.complete(element_id, values, by=stranger)
    with assigned.refused(InvalidVariables):
        assigned.complete(element_id, {}, by=own)
    entries = len(assigned.journal)
    assigned.complete(element_id, values, by=own)
    assert len(assigned.journal) == entries + 1
    with assigned.refused(TaskAlreadyCompleted):
        assigned.complete(element_id, values, by=own)


def test_7_2_the_list_of_tasks_above_is_complete(office: Office) -> None:
    assigned = office.issue()
    hash_ = assigned.journal[0].definition_hash
    with office.dispatcher.database.connect() as connection:
        elements = office.dispatcher.definitions.get(connection, hash_).model.elements
    assert {key for key, element in elements.items() if element.type == "userTask"} == set(TASKS)


def test_7_2_values_that_no_form_asks_for_change_nothing(office: Office) -> None:
    assigned = office.issue()
    foreign = {"deadline_on": "2027-12-31", "deadline_at": None, "head_groups": ["head:SXD"]}
    for key, value in foreign.items():
        with assigned.refused(InvalidVariables):
            assigned.complete("acknowledge_assignment", ACCEPT | {key: value})


def test_7_3_a_timer_fires_only_when_it_is_due_and_once(office: Office) -> None:
    assigned = office.issue()
    with office.dispatcher.database.connect() as connection:
        row = connection.execute(
            select(timer.c.id, timer.c.due_at).where(
                timer.c.instance_id == assigned.id, timer.c.element_id == "acknowledgement_timed_out"
            )
        ).one()
    with assigned.refused(TimerNotDue), clock.frozen_at(office.now):
        office.dispatcher.execute(FireTimer(command_id=new_id(), timer_id=row.id, due_at=row.due_at))
    office.wait_until("05/08 17:00")
    assert assigned.row.acknowledged_by_default
    with assigned.refused(TimerNotDue), clock.frozen_at(office.now):
        office.dispatcher.execute(FireTimer(command_id=new_id(), timer_id=row.id, due_at=row.due_at))
