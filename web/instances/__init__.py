"""One process instance: the live drawing, open work, timers, and its history as a story."""

from collections.abc import Sequence
from uuid import UUID

import orjson
from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from engine import clock
from engine.definitions.versions import version_numbers
from engine.history.journal import JournalEntry, read_journal
from engine.instances.inspect import InstanceView, bpmn_xml, find_instance
from engine.instances.instance import OPEN
from engine.tasklist import may_work_on
from processes.access.accounts import names_by_actor_key
from processes.assignments.status import FINISHED, Lifecycle, accountability_is_open, counting_day, days_left
from web import typography
from web.deadlines import due, step_due
from web.engine_access import definitions, reading_connection
from web.instances.chronicle import Teller
from web.instances.progress import progress
from web.instances.vocabulary import people_in
from web.language import present_language
from web.letters.marks import accountability_label, lifecycle_label, mark_of
from web.model_names import lane_name, named_drawing
from web.records import readable_assignment
from web.sessions import reading_session
from web.sign_in.guard import actor_on
from web.units import calendar, unit_name

blueprint = Blueprint("instances", __name__)


@blueprint.get("/instances/<uuid:instance_id>")
def instance(instance_id: UUID) -> ResponseReturnValue:
    """Show one instance."""
    record = readable_assignment(instance_id)
    connection = reading_connection()
    found = find_instance(connection, definitions(), instance_id)
    definition = definitions().get(connection, found.definition_hash)
    entries = read_journal(connection, instance_id)
    bpmn = bpmn_xml(connection, found.definition_hash)
    standing = progress(definition, found, entries, bpmn)
    status = Lifecycle(record.assignment.status)
    submitted = record.assignment.submitted_at
    counted_on = counting_day(typography.local(submitted).date() if submitted else None, clock.today())
    finished = status in FINISHED
    left = None if finished else days_left(record.assignment.deadline_on, counted_on, calendar())
    considered = accountability_is_open(
        record.assignment.accountability_opened_at,
        record.assignment.accountability_decision,
        record.assignment.end_event,
    )
    return render_template(
        "instances/instance.html",
        record=record,
        instance=found,
        unit=unit_name(record.assignment.lead_unit),
        coordinating=[unit_name(code) for code in record.coordinating_units],
        status=lifecycle_label(status),
        finished=finished,
        mark=mark_of(
            status,
            left,
            record.assignment.late_working_days,
            has_deadline=record.assignment.deadline_on is not None,
        ),
        accountability=accountability_label() if considered else "",
        deadline=due(record.assignment.deadline_on),
        standing=standing,
        drawing_state=orjson.dumps(
            {"active": standing.active, "overdue": standing.overdue, "passed": standing.passed}
        ).decode(),
        element_names={row.id: row.name for row in standing.elements},
        open_tasks=[
            (
                task,
                step_due(task.due_at),
                may_work_on(task, actor_on(task)),
                lane_name(found.process_key, bpmn, task.lane),
            )
            for task in found.user_tasks
            if task.status == OPEN
        ],
        timers=[timer for timer in found.timers if timer.ended_at is None and timer.status == "waiting"],
        story=_teller(entries, found).tell(entries),
    )


def _teller(entries: Sequence[JournalEntry], found: InstanceView) -> Teller:
    connection = reading_connection()
    hashes = {entry.definition_hash for entry in entries}
    hashes |= {
        event["from_definition"]
        for entry in entries
        for event in entry.events
        if event["type"] == "process_instance.migrated.v1"
    }
    return Teller(
        definitions={each: definitions().get(connection, each) for each in hashes},
        versions=version_numbers(connection, hashes),
        names=names_by_actor_key(reading_session(), people_in(entries)),
        variables=found.variables,
    )


@blueprint.get("/instances/<uuid:instance_id>/diagram.bpmn")
def diagram(instance_id: UUID) -> ResponseReturnValue:
    """Return the model of an instance as it was deployed, named in the reader's language."""
    readable_assignment(instance_id)
    connection = reading_connection()
    found = find_instance(connection, definitions(), instance_id)
    drawing = named_drawing(found.process_key, bpmn_xml(connection, found.definition_hash))
    response = Response(drawing, mimetype="application/xml")
    response.set_etag(f"{found.definition_hash}-{present_language()}")
    response.cache_control.private = True
    response.cache_control.max_age = 3600
    return response
