"""The model of assignments is changed while they run: a new version, everybody goes on under it, all is proved."""

from uuid import UUID

from engine import clock
from engine.commands import MigrateInstance
from engine.database import reading
from engine.definitions.difference import difference
from engine.definitions.migrate import preview, propose_mapping, running_counts, running_instances
from engine.ids import new_id
from processes.access.policy import Role
from processes.assignments.status import Lifecycle
from tests.integration.assignments.assigned import Assigned
from tests.integration.assignments.office import Office
from tests.integration.assignments.people import (
    ASSESSMENT,
    DECISION,
    LEADER,
    MET,
    MONITOR,
    RETURN,
    person,
)
from tests.revised_assignment import revised_assignment

ADMINISTRATOR = person("admin", Role.ADMINISTRATOR)

UNITS = ("STC", "SXD", "STP", "SYT", "SCT")


def _overdue(office: Office, unit: str, *, explained: bool) -> Assigned:
    assigned = office.issued[[each.unit for each in office.issued].index(unit)]
    assigned.submit()
    assigned.appraise()
    if explained:
        assigned.explain()
    return assigned


def _in_many_states(office: Office) -> dict[str, list[Assigned]]:
    """Issue assignments and bring them to where they wait for different people and timers."""
    late = [office.issue(unit) for unit in UNITS]
    for assigned in late:
        assigned.accept()
    office.wait_until("28/08 10:00")
    states: dict[str, list[Assigned]] = {"explain": [], "assess_explanation": []}
    for place, unit in enumerate(UNITS):
        explained = place % 2 == 0
        states["assess_explanation" if explained else "explain"].append(
            _overdue(office, unit, explained=explained)
        )
    for state in ("acknowledge_assignment", "resolve_return", "execute_assignment", "report_result"):
        states[state] = [office.issue(unit, deadline_on="2026-09-25") for unit in UNITS]
    states["appraise_result"] = [office.issue(unit, deadline_on="2026-09-25") for unit in UNITS]
    for assigned in states["resolve_return"]:
        assigned.complete("acknowledge_assignment", RETURN)
    for state in ("execute_assignment", "report_result", "appraise_result"):
        for assigned in states[state]:
            assigned.accept()
    for assigned in states["report_result"]:
        assigned.complete(
            "execute_assignment", {"progress_percent": 60, "progress_note": "x" * 20, "risk": "none"}
        )
    for assigned in states["appraise_result"]:
        assigned.submit()
    return states


def _migrate(office: Office, instance_id: UUID, definition_hash: str, mapping: dict[str, str]) -> None:
    with clock.frozen_at(office.now):
        office.dispatcher.execute(
            MigrateInstance(
                command_id=new_id(),
                actor=ADMINISTRATOR,
                instance_id=instance_id,
                definition_hash=definition_hash,
                reason="Quy định mới về kế hoạch thực hiện",
                mapping=mapping,
            )
        )


def test_a_changed_model_takes_all_that_runs_to_its_end(office: Office) -> None:
    states = _in_many_states(office)
    for state, those in states.items():
        assert all(assigned.open_tasks() == {state} for assigned in those)
    tasks = {each.id: {name: each.task_id(name) for name in each.open_tasks()} for each in office.issued}
    timers = {each.id: each.waiting_timers() for each in office.issued}
    old = office.issued[0].journal[0].definition_hash
    new = office.dispatcher.deploy(revised_assignment(), actor=ADMINISTRATOR)

    definitions = office.dispatcher.definitions
    with clock.frozen_at(office.now), reading(office.dispatcher.database) as connection:
        found = difference(connection, definitions, "assignment", 1, 2)
        mapping = propose_mapping(
            definitions.get(connection, old).model, definitions.get(connection, new).model
        )
        running = running_instances(connection, old)
        seen = preview(connection, definitions, running, new, mapping, functions=office.dispatcher.functions)
    kinds = {item.id: str(item.kind) for item in found.elements}
    assert {
        "plan_work": "added",
        "appraisal_urged": "added",
        "reminder_10_due": "removed",
    }.items() <= kinds.items()
    assert mapping == {"assess_explanation": "weigh_explanation"}
    assert len(running) == len(office.issued) == 30
    assert all(each.is_possible for each in seen)
    for each in seen:
        _migrate(office, each.instance_id, new, mapping)
    with reading(office.dispatcher.database) as connection:
        assert running_counts(connection) == {new: 30}

    for each in office.issued:
        kept = {mapping.get(name, name): task_id for name, task_id in tasks[each.id].items()}
        assert {name: each.task_id(name) for name in each.open_tasks()} == kept
        before = {name: at for name, at in timers[each.id].items() if name != "reminder_10_due"}
        new_timers = {"appraisal_urged"} & {
            event.element_id for view in seen for event in view.new if view.instance_id == each.id
        }
        after = each.waiting_timers()
        assert {name: at for name, at in after.items() if name not in new_timers} == before
        assert new_timers <= after.keys()
    assert all("appraisal_urged" in each.waiting_timers() for each in states["appraise_result"])

    office.wait_until("03/09 09:00")
    for each in states["assess_explanation"]:
        each.complete("weigh_explanation", ASSESSMENT, by=MONITOR)
        each.complete("decide_accountability", DECISION, by=LEADER)
    for each in states["acknowledge_assignment"]:
        assert each.row.acknowledged_by_default or each.open_tasks() == {"acknowledge_assignment"}
        if not each.row.acknowledged_by_default:
            each.accept()
        each.complete("plan_work", {})
        each.submit()
    for each in states["execute_assignment"]:
        each.submit()
    for each in states["report_result"]:
        each.complete("report_result", each.report())
    for state in ("acknowledge_assignment", "execute_assignment", "report_result", "appraise_result"):
        for each in states[state]:
            each.complete("appraise_result", MET, by=MONITOR)
            assert each.row.status == Lifecycle.DONE
    office.prove()
