"""Amends a directive that was issued: summary, product, deadline; what held before is kept, and units are told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import Actor
from engine.commands import RecomputeDueDates, SetVariables
from engine.database import reading
from engine.dispatch import Dispatcher
from engine.errors import InstanceNotActive, NothingToChange, Rejection
from engine.ids import derived_id
from engine.instances.inspect import find_instance
from engine.instances.instance import OPEN
from processes.access.policy import Permission
from processes.assignments.handlers import AssignmentSettings, came_late
from processes.assignments.milestones import plan
from processes.assignments.tables import Assignment
from processes.calendar.working_days import WorkingCalendar
from processes.directives.drafting.change import require_change, set_columns
from processes.directives.drafting.deadlines import accepted_deadline
from processes.directives.drafting.edit import LONGEST
from processes.directives.drafting.engine_acts import Reached, Running, entitled, running_assignments
from processes.directives.drafting.errors import DraftInvalid
from processes.directives.drafting.open import (
    accepted_reason,
    checked_text,
    directive_of,
    open_document,
    require_permission,
)
from processes.directives.issue import IssueSettings, deadline_of
from processes.documents.states import DocumentState
from processes.documents.tables import Directive, Document

#: The user tasks of the work itself, which are due at the deadline.
_WORK = frozenset({"execute_assignment", "report_result"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """What is amended; ``None`` leaves it as it is.

    Attributes:
        deadline: as :func:`processes.directives.drafting.deadlines.set_deadlines` takes it.
    """

    summary: str | None = None
    product: str | None = None
    deadline: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Terms:
    """What the instances are told."""

    variables: Mapping[str, Any]
    deadline_on: date | None
    deadline_changed: bool
    version: int
    round_no: int


def amend(
    dispatcher: Dispatcher,
    document_id: UUID,
    directive_id: UUID,
    amendment: Amendment,
    *,
    reason: str,
    calendar: WorkingCalendar,
    issue: IssueSettings,
    assignment: AssignmentSettings,
    progress: Callable[[int, int], None] | None = None,
    actor: Actor,
    version: int,
) -> Reached:
    """Amend a directive; every unfinished assignment of it gets the new terms, and its unit is told.

    Timers and due dates follow the new deadline; the baseline deadline stays. What waits for documents keeps
    waiting. Finished work never moves.

    Args:
        issue, assignment: numbers of the installation.
        progress: called with (done, total) after each assignment.

    Raises:
        NotAuthorised: the actor may not amend.
        ReasonRequired: there is no reason.
        DraftChanged: the document has another version than the actor has seen.
        DocumentStateWrong, DirectiveStateWrong: it is not issued, or the directive is withdrawn.
        DraftInvalid: a value that it cannot have.
        NothingToChange: nothing is amended.
    """
    why = accepted_reason(reason)
    require_permission(actor, Permission.DOCUMENT_AMEND)
    terms = _set(dispatcher, document_id, directive_id, amendment, why, calendar, issue, actor, version)
    with dispatcher.database.connect() as connection:
        running = running_assignments(connection, document_id, terms.round_no, directive_ids=[directive_id])
    tell = partial(_tell, dispatcher, terms, calendar, assignment, why, actor)
    refused = []
    for done, each in enumerate(running, 1):
        try:
            tell(each)
        except (InstanceNotActive, NothingToChange):
            pass  # it has ended meanwhile, or has these terms
        except Rejection:
            refused.append(each.business_key)
        if progress is not None:
            progress(done, len(running))
    return Reached(total=len(running), reached=len(running) - len(refused), refused=tuple(refused))


def _set(
    dispatcher: Dispatcher,
    document_id: UUID,
    directive_id: UUID,
    amendment: Amendment,
    why: str,
    calendar: WorkingCalendar,
    issue: IssueSettings,
    actor: Actor,
    version: int,
) -> _Terms:
    values: dict[str, Any] = {}
    for name in ("summary", "product"):
        text = getattr(amendment, name)
        if text is not None:
            if not text.strip():
                raise DraftInvalid(f"Expected a text for {name}, but it is empty", field=name)
            values[f"set_{name}"] = checked_text(name, text.strip(), LONGEST[name])
    if amendment.deadline is not None:
        values["set_deadline"] = accepted_deadline(amendment.deadline)
    with Session(dispatcher.database) as session, session.begin():
        document = open_document(
            session,
            document_id,
            actor=actor,
            version=version,
            permission=Permission.DOCUMENT_AMEND,
            states=(DocumentState.ISSUED,),
            edits=False,
        )
        directive = directive_of(session, document, directive_id)
        require_change(
            set_columns(
                session, document, directive, values, act="directive_amended", actor=actor, reason=why
            )
        )
        return _terms(document, directive, values, calendar, issue)


def _terms(
    document: Document,
    directive: Directive,
    values: Mapping[str, Any],
    calendar: WorkingCalendar,
    issue: IssueSettings,
) -> _Terms:
    variables: dict[str, Any] = {}
    if "set_summary" in values:
        variables["directive_summary"] = values["set_summary"]
    if "set_product" in values:
        variables["expected_product"] = values["set_product"]
    deadline_on = None
    if "set_deadline" in values:
        today = clock.today()
        deadline = deadline_of(
            document,
            directive,
            issued_on=document.issued_on or today,
            received_on=today,
            calendar=calendar,
            settings=issue,
        )
        deadline_on = deadline.on
        variables |= deadline_variables(deadline.on, deadline.source, calendar)
    return _Terms(
        variables=variables,
        deadline_on=deadline_on,
        deadline_changed="set_deadline" in values,
        version=document.version,
        round_no=document.issue_round,
    )


def deadline_variables(on: date | None, source: str, calendar: WorkingCalendar) -> dict[str, Any]:
    """Return the variables of an assignment that say until when."""
    return {
        "deadline_on": None if on is None else on.isoformat(),
        "deadline_at": None if on is None else clock.to_text(calendar.end_of_working_day(on)),
        "deadline_source": source,
    }


def _tell(
    dispatcher: Dispatcher,
    terms: _Terms,
    calendar: WorkingCalendar,
    settings: AssignmentSettings,
    why: str,
    actor: Actor,
    assignment: Running,
) -> None:
    """Give one assignment its new terms."""
    with reading(dispatcher.database) as connection:
        instance = find_instance(connection, dispatcher.definitions, assignment.id)
        row = connection.execute(
            select(Assignment.escalation_level, Assignment.acknowledged_at).where(
                Assignment.id == assignment.id
            )
        ).one()
    variables = dict(terms.variables)
    if instance.variables.get("awaits_documents"):
        for name in ("deadline_on", "deadline_at", "deadline_source"):
            variables.pop(name, None)  # no clock runs yet; it gets its deadline when the documents have come
    at_work = terms.deadline_changed and any(
        task.element_id in _WORK and task.status == OPEN for task in instance.user_tasks
    )
    if at_work:
        counts_from_receipt = row.acknowledged_at is not None and came_late(instance.variables)
        milestones = plan(
            terms.deadline_on,
            urgency=instance.variables["urgency"],
            sent_level=row.escalation_level,
            acknowledged_on=row.acknowledged_at.astimezone(clock.BUSINESS_ZONE).date()
            if counts_from_receipt
            else None,
            at=clock.now(),
            calendar=calendar,
            settings=settings.ladder,
        )
        variables["milestones"] = {
            name: None if instant is None else clock.to_text(instant) for name, instant in milestones.items()
        }
    if not variables:
        return
    command = RecomputeDueDates if at_work else SetVariables
    dispatcher.execute(
        command(
            command_id=derived_id("amend", assignment.id, terms.version),
            actor=entitled(actor, "instance:modify"),
            instance_id=assignment.id,
            reason=why,
            variables=variables,
        )
    )
