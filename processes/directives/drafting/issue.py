"""Issues an approved document, previewed, in one act."""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy.orm import Session

from engine.actors import Actor
from engine.dispatch import Dispatcher
from processes.access.policy import Permission
from processes.calendar.working_days import WorkingCalendar
from processes.directives.approval import require_clear
from processes.directives.awaited import waiting_directives
from processes.directives.drafting.errors import DraftInvalid
from processes.directives.drafting.open import changed, require_permission
from processes.directives.drafting.save import find_draft
from processes.directives.issue import (
    Approval,
    Issued,
    IssuePlan,
    IssueSettings,
    PastDeadlines,
    issue,
    plan_issue,
)
from processes.directives.rounds import issue_of
from processes.documents.store import directives_of
from processes.units.registry import UnitRegistry


def preview(
    session: Session,
    document_id: UUID,
    *,
    registry: UnitRegistry,
    calendar: WorkingCalendar,
    settings: IssueSettings,
) -> IssuePlan:
    """Return what issuing a document would start, whatever its state; nothing is written.

    Raises:
        DraftInvalid: it has no number or no day yet.
        DocumentDayRefused, DocumentNumberRefused: it cannot be issued under these.
        NothingToIssue: there is no directive, or one of them reaches no unit.
        UnknownUnit: a lead is neither a unit nor a group.
    """
    document = find_draft(session, document_id)
    if document.number_no is None or document.issued_on is None:
        field = "number_no" if document.number_no is None else "issued_on"
        raise DraftInvalid("Expected a document with number and day, but one of them is missing", field=field)
    directives = directives_of(session, document_id)
    return plan_issue(
        document,
        directives,
        number=document.number_no,
        issued_on=document.issued_on,
        registry=registry,
        calendar=calendar,
        settings=settings,
        issued=issue_of(session, document),
        waiting=waiting_directives(session, directives),
    )


def issue_document(
    dispatcher: Dispatcher,
    document_id: UUID,
    *,
    registry: UnitRegistry,
    calendar: WorkingCalendar,
    settings: IssueSettings,
    past_deadlines: PastDeadlines = PastDeadlines.REFUSE,
    approval: Approval = Approval.LEADER,
    progress: Callable[[int, int], None] | None = None,
    actor: Actor,
    version: int,
) -> Issued:
    """Issue a document to every unit it reaches; a repeat starts what is missing, under whatever version.

    Args:
        approval: an operator issues a draft without approval, which is noted.

    Raises:
        NotAuthorised: the actor may not issue.
        DraftChanged: it has another version than the actor has seen.
        DirectivesUnclear: a directive lacks what it needs.
        DocumentStateWrong: it is not approved.
        DeadlinesAlreadyPassed: deadlines that it states have passed, and they are not to be kept.
    """
    require_permission(actor, Permission.DOCUMENT_ISSUE)
    with Session(dispatcher.database, expire_on_commit=False) as session:
        document = find_draft(session, document_id)
        if document.issued_at is None:
            if document.version != version:
                raise changed(session, document, version)
            require_clear(session, document, registry)
        plan = preview(session, document_id, registry=registry, calendar=calendar, settings=settings)
    return issue(
        dispatcher,
        plan,
        actor=actor,
        calendar=calendar,
        settings=settings,
        past_deadlines=past_deadlines,
        approval=approval,
        progress=progress,
    )
