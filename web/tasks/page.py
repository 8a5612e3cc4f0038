"""Gathers what a person needs beside the form: the order, the deadline, who may act, what was said before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from engine.definitions.versions import Definition, load_resources
from engine.history.journal import JournalEntry, read_journal
from engine.instances.inspect import find_instance, status_of
from engine.instances.instance import CANCELLED, COMPLETED, OPEN, SUSPENDED
from engine.tasklist import TaskDetail, TaskView, may_work_on
from processes.access import policy
from processes.access.accounts import names_by_actor_key
from processes.directives.approval import APPROVAL_KEY
from processes.documents.tables import Document
from web.deadlines import Due, due, step_due
from web.engine_access import definitions, reading_connection
from web.forms.values import shown_values
from web.language import gettext
from web.model_names import element_name
from web.records import AssignmentRecord, assignment_records, submitted_documents
from web.sessions import reading_session
from web.sign_in.guard import actor_on, signed_in_user, stood_in_for
from web.tasks.custody import Custody, custody_of
from web.tasks.outlook import NextStep, next_steps
from web.units import unit_name
from web.words import person_in_words


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierTask:
    """What somebody entered before in this process."""

    name: str
    who: str
    at: datetime
    values: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskPage:
    """Everything on a task's page but the form.

    Attributes:
        step: the task's own due date; ``deadline``: the assignment's.
        actors: who may act, in words.
        mine: whether the reader may complete it now.
        suspended: its process is suspended.
        custody: whose it is, while it is open.
        on_behalf_of: for whom the reader would complete it, if not in their own right; ``until``: up to which day.
        closing: what was entered when it was completed.
        earlier: what was entered before, the latest first.
        document: the one that its process approves.
        may_read_instance: whether the whole course may be looked at.
    """

    name: str
    record: AssignmentRecord | None
    document: Document | None
    unit: str
    coordinating: Sequence[str]
    deadline: Due
    step: Due
    open: bool
    cancelled: bool
    mine: bool
    suspended: bool
    custody: Custody | None
    on_behalf_of: str
    until: date | None
    actors: str
    completed_by: str
    closing: EarlierTask | None
    earlier: Sequence[EarlierTask]
    following: Sequence[NextStep]
    may_read_instance: bool


def task_page(detail: TaskDetail) -> TaskPage:
    """Return what surrounds the form of a task that the reader may see."""
    task, connection = detail.task, reading_connection()
    record = assignment_records([task.instance_id]).get(task.instance_id)
    journal = read_journal(connection, task.instance_id)
    entries = [entry for entry in journal if entry.command == "complete_user_task.v1"]
    names = names_by_actor_key(
        reading_session(),
        {key for entry in entries for key in (entry.actor_key, entry.on_behalf_of or "")}
        | {task.assignee or "", task.owner or "", task.completed_by or "", task.completed_on_behalf_of or ""},
    )
    is_open = task.status == OPEN
    suspended = status_of(connection, task.instance_id) == SUSPENDED
    actor = actor_on(task)
    stand_in = next((each for each in stood_in_for() if each.actor == actor), None)
    variables = (
        detail.variables if is_open else find_instance(connection, definitions(), task.instance_id).variables
    )
    told = {
        entry.payload["task_id"]: _earlier(
            definitions().get(connection, entry.definition_hash), entry, names, variables
        )
        for entry in entries
    }
    closing = told.pop(str(task.id), None)
    bpmn = load_resources(connection, task.definition_hash).bpmn
    return TaskPage(
        name=element_name(task.process_key, task.element_id, task.element_name),
        record=record,
        document=submitted_documents([task.business_key]).get(task.business_key)
        if task.process_key == APPROVAL_KEY
        else None,
        unit="" if record is None else unit_name(record.assignment.lead_unit),
        coordinating=[] if record is None else [unit_name(code) for code in record.coordinating_units],
        deadline=due(None if record is None else record.assignment.deadline_on),
        step=step_due(task.due_at),
        open=is_open,
        cancelled=task.status == CANCELLED,
        mine=is_open and not suspended and task.owner is None and may_work_on(task, actor),
        suspended=is_open and suspended,
        custody=custody_of(task, journal, names) if is_open else None,
        on_behalf_of="" if stand_in is None else stand_in.person.name,
        until=None if stand_in is None else stand_in.until,
        actors=actors_in_words(task, names),
        completed_by=person_in_words(names, task.completed_by or "", task.completed_on_behalf_of)
        if task.status == COMPLETED
        else "",
        closing=closing,
        earlier=[
            story for story in reversed(told.values()) if task.ended_at is None or story.at <= task.ended_at
        ],
        following=next_steps(bpmn, task.process_key, task.element_id) if is_open else (),
        may_read_instance=record is not None
        and policy.may_read_assignment(
            signed_in_user(),
            lead_unit=record.assignment.lead_unit,
            coordinating_units=record.coordinating_units,
        ),
    )


def actors_in_words(task: TaskView, names: Mapping[str, str]) -> str:
    """Return who may complete a task."""
    if task.assignee is not None:
        return names.get(task.assignee, task.assignee)
    return "; ".join(group_in_words(group) for group in task.candidate_groups)


def group_in_words(group: str) -> str:
    """Return a candidate group as people call it: *Thủ trưởng đơn vị: Sở Y tế*."""
    kind, _, unit = group.partition(":")
    match kind:
        case "head":
            return gettext("Head of %(unit)s", unit=unit_name(unit))
        case "coordinator":
            return gettext("Coordinators of %(unit)s", unit=unit_name(unit))
        case "leader":
            return gettext("City leadership")
        case _:
            return group


def _earlier(
    definition: Definition, entry: JournalEntry, names: Mapping[str, str], variables: Mapping[str, Any]
) -> EarlierTask:
    event: Mapping[str, Any] = next(
        event for event in entry.events if event["type"] == "user_task.completed.v1"
    )
    element = definition.model.elements[event["element_id"]]
    key = definition.model.process_key
    return EarlierTask(
        name=element_name(key, element.id, element.name),
        who=person_in_words(names, entry.actor_key, entry.on_behalf_of),
        at=entry.effective_at,
        values=shown_values(
            definition.forms.get(element.form_id or ""), event["variables"], variables, process_key=key
        ),
    )
