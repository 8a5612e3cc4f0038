"""A service task of an assignment that fails is skipped: the row takes what a person gave in its place."""

from typing import Any

import pytest
from sqlalchemy import Engine, select

from engine import clock
from engine.actors import SYSTEM
from engine.commands import SkipServiceTask
from engine.database import reading
from engine.errors import InvalidVariables, NotSkippable, StepFailed
from engine.history.verify import verify_instance
from engine.ids import new_id
from engine.tables import incident
from processes.assignments.handlers import AssignmentHandlers
from processes.calendar.store import ensure_calendar
from processes.schema import all_metadata
from processes.units.registry import UnitRegistry
from processes.wiring import ProcessSettings, build_dispatcher, deploy_models
from tests.integration.assignments.assigned import Assigned
from tests.integration.assignments.moments import instant
from tests.integration.assignments.office import Office
from tests.integration.assignments.people import PROGRESS

GIVEN = {"submitted_at": "2026-08-10T03:00:00Z", "appraisal_due_at": "2026-08-17T10:00:00Z"}


@pytest.fixture
def broken(database: Engine, registry: UnitRegistry, monkeypatch: pytest.MonkeyPatch) -> Assigned:
    """An assignment whose result is reported and cannot be registered."""

    def fail(*_: object) -> dict[str, Any]:
        raise RuntimeError("the register is closed")

    monkeypatch.setattr(AssignmentHandlers, "register_result", fail)
    all_metadata().create_all(database)
    ensure_calendar(database)
    dispatcher = build_dispatcher(database, ProcessSettings())
    deploy_models(dispatcher)
    office = Office(dispatcher, registry)
    assigned = office.issue()
    assigned.accept()
    office.wait_until("10/08 10:00")
    assigned.complete("execute_assignment", PROGRESS)
    with pytest.raises(StepFailed):
        assigned.complete("report_result", assigned.report())
    return assigned


def skip(assigned: Assigned, output: dict[str, Any]) -> None:
    dispatcher = assigned.office.dispatcher
    with reading(dispatcher.database) as connection:
        incident_id = connection.scalars(select(incident.c.id)).one()
    with clock.frozen_at(assigned.office.now):
        dispatcher.execute(
            SkipServiceTask(
                command_id=new_id(),
                actor=SYSTEM,
                incident_id=incident_id,
                output=output,
                reason="the register is closed for good",
            )
        )


def test_the_row_takes_what_was_given(broken: Assigned) -> None:
    skip(broken, GIVEN)
    assert broken.row.status == "cho_tham_dinh"
    assert broken.row.submitted_at == instant("10/08 10:00")
    with reading(broken.office.dispatcher.database) as connection:
        verified = verify_instance(connection, broken.office.dispatcher.definitions, broken.id)
    assert verified.difference is None


@pytest.mark.parametrize(
    "output",
    [
        {"appraisal_due_at": GIVEN["appraisal_due_at"]},
        {**GIVEN, "submitted_at": "yesterday"},
        {**GIVEN, "submitted_at": 3},
    ],
)
def test_an_output_that_lacks_what_the_row_needs_is_refused(broken: Assigned, output: dict[str, Any]) -> None:
    before = len(broken.journal)
    with pytest.raises(InvalidVariables, match="register_result"):
        skip(broken, output)
    assert len(broken.journal) == before
    assert broken.row.status == "dang_thuc_hien"


def test_an_output_with_which_the_process_cannot_go_on_is_refused_and_can_be_mended(broken: Assigned) -> None:
    with pytest.raises(NotSkippable, match="there is no variable 'appraisal_due_at'"):
        skip(broken, {"submitted_at": GIVEN["submitted_at"]})
    skip(broken, GIVEN)
    assert broken.row.status == "cho_tham_dinh"
