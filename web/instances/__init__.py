"""One process instance: the live drawing, open work, timers, and its history as a story."""

from collections.abc import Sequence
from uuid import UUID

import orjson
from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import clock
from engine.definitions.versions import version_numbers
from engine.errors import NotFound, Rejection, StepFailed
from engine.history.journal import JournalEntry
from engine.ids import new_id
from engine.instances.inspect import InstanceView, bpmn_xml, find_pinned
from engine.instances.instance import OPEN, SUSPENDED, WAITING
from engine.tasklist import may_work_on
from processes.access.accounts import names_by_actor_key
from processes.assignments.status import FINISHED, Lifecycle, accountability_is_open, counting_day, days_left
from web import typography
from web.deadlines import due, step_due
from web.engine_access import definitions, dispatcher, reading_connection
from web.errors.sentences import sentence
from web.instances.chronicle import Teller
from web.instances.interventions import ACTS, intervention, may, offered
from web.instances.progress import progress
from web.instances.reading import read_instance
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
    return _page(instance_id)


@blueprint.post(f"/instances/<uuid:instance_id>/<any({', '.join(ACTS)}):act>")
def intervene(instance_id: UUID, act: str) -> ResponseReturnValue:
    """Do what an operator asks; to whoever may not, there is no such address."""
    readable_assignment(instance_id)
    if not may(act):
        raise NotFound("Expected a page, but there is none for this person")
    try:
        command_id = UUID(request.form.get("command_id", ""))
    except ValueError:
        abort(400)
    try:
        dispatcher().execute(
            intervention(act, instance_id, command_id=command_id, form=request.form.to_dict())
        )
    except Rejection as refused:
        return _page(instance_id, act=act, refused=refused), refused.status
    except StepFailed:
        return redirect(url_for("instances.instance", instance_id=instance_id), 303)
    return redirect(url_for("instances.instance", instance_id=instance_id, did=act), 303)


def _page(instance_id: UUID, *, act: str = "", refused: Rejection | None = None) -> str:
    record = readable_assignment(instance_id)
    connection = reading_connection()
    history = read_instance(instance_id)
    found, entries = history.instance, history.entries
    definition = definitions().get(connection, found.definition_hash)
    teller = _teller(entries, found)
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
        timers=[
            timer for timer in found.timers if timer.ended_at is None and timer.status in (WAITING, SUSPENDED)
        ],
        archived=history.archived,
        story=teller.tell(entries),
        interventions=offered(found, definition, teller.words(found.definition_hash)),
        command_ids={each: new_id() for each in ACTS},
        new_command_id=new_id,
        typed={**request.form.to_dict(), "act": act} if act else None,
        refusal=None if refused is None else sentence(refused),
        refusal_detail="" if refused is None else refused.message,
        did=request.args.get("did", "") if refused is None else "",
    )


def _teller(entries: Sequence[JournalEntry], found: InstanceView) -> Teller:
    connection = reading_connection()
    hashes = {found.definition_hash, *(entry.definition_hash for entry in entries)}
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
    found = find_pinned(connection, instance_id)
    drawing = named_drawing(found.process_key, bpmn_xml(connection, found.definition_hash))
    response = Response(drawing, mimetype="application/xml")
    response.set_etag(f"{found.definition_hash}-{present_language()}")
    response.cache_control.private = True
    response.cache_control.max_age = 3600
    return response
