"""Finds a record for the person who asks; what they must not know about is not found."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

import orjson
from sqlalchemy import select

from engine import clock
from engine.errors import NotFound
from engine.tasklist import TaskDetail, TaskView, find_task
from processes.access import policy
from processes.assignments.tables import Assignment
from processes.documents.tables import Directive, Document
from processes.units.succession import with_successors
from web.engine_access import definitions, reading_connection
from web.sessions import reading_session
from web.sign_in.guard import signed_in_user, stood_in_for
from web.units import registry, unit_name


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentRecord:
    """An assignment with the directive and the document it comes from."""

    assignment: Assignment
    directive: Directive
    document: Document

    @property
    def coordinating_units(self) -> tuple[str, ...]:
        """The codes of the units that help, and of those that have taken over from them."""
        codes = orjson.loads(self.directive.coordinating_units or "[]")
        return with_successors(registry(), codes, clock.today()) if codes else ()

    @property
    def issued_to(self) -> str:
        """The name of the unit that it was issued to; empty if that leads it still."""
        return unit_name(self.assignment.former_unit)


def assignment_records(ids: Iterable[UUID]) -> Mapping[UUID, AssignmentRecord]:
    """Return the assignments with these identifiers; whether they may be read is decided by the caller."""
    wanted = list(dict.fromkeys(ids))
    found: dict[UUID, AssignmentRecord] = {}
    query = (
        select(Assignment, Directive, Document)
        .join(Directive, Directive.id == Assignment.directive_id)
        .join(Document, Document.id == Assignment.document_id)
    )
    for begin in range(0, len(wanted), 500):
        part = wanted[begin : begin + 500]
        for assignment, directive, document in reading_session().execute(
            query.where(Assignment.id.in_(part))
        ):
            found[assignment.id] = AssignmentRecord(
                assignment=assignment, directive=directive, document=document
            )
    return found


def submitted_documents(business_keys: Iterable[str]) -> Mapping[str, Document]:
    """Return the documents whose approvals have these business keys; others are left out."""
    ids: dict[str, UUID] = {}
    for key in business_keys:
        try:
            ids[key] = UUID(key.partition(" ")[0])
        except ValueError:
            continue
    if not ids:
        return {}
    query = select(Document).where(Document.id.in_(list(ids.values())[:500]))
    found = {document.id: document for document in reading_session().scalars(query)}
    return {key: found[each] for key, each in ids.items() if each in found}


def readable_assignment(assignment_id: UUID) -> AssignmentRecord:
    """Return an assignment that the signed-in person may read.

    Raises:
        NotFound: there is none, or it is not theirs to know about.
    """
    record = assignment_records([assignment_id]).get(assignment_id)
    if record is None or not policy.may_read_assignment(
        signed_in_user(),
        lead_unit=record.assignment.lead_unit,
        coordinating_units=record.coordinating_units,
    ):
        raise NotFound(f"Expected assignment '{assignment_id}', but there is none for this person")
    return record


def may_read_on_behalf(task: TaskView) -> bool:
    """Tell whether the signed-in person stands in for somebody who may work on the task, or might have."""
    return any(
        each.actor.acts_as in {task.assignee, task.owner}
        or not each.actor.groups.isdisjoint(task.candidate_groups)
        for each in stood_in_for()
    )


def readable_task(task_id: UUID) -> TaskDetail:
    """Return a user task that the signed-in person may read.

    Raises:
        NotFound: there is none, or it is not theirs to know about.
    """
    detail = find_task(reading_connection(), definitions(), task_id)
    task = detail.task
    if not (
        policy.may_read_task(
            signed_in_user(),
            candidate_groups=task.candidate_groups,
            assignee=task.assignee,
            owner=task.owner,
        )
        or may_read_on_behalf(task)
    ):
        raise NotFound(f"Expected user task '{task_id}', but there is none for this person")
    return detail
