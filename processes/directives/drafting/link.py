"""Names the documents that a directive waits for, and links one that has come; what waited moves on."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import Actor
from engine.commands import CorrelateMessage, SetVariables
from engine.database import reading
from engine.dispatch import Dispatcher
from engine.errors import InstanceNotActive, MessageNotExpected, NotFound, NothingToChange, Rejection
from engine.ids import derived_id
from processes.access.policy import Permission
from processes.calendar.working_days import WorkingCalendar
from processes.directives.awaited import have_come
from processes.directives.drafting.amend import deadline_variables
from processes.directives.drafting.change import awaited_by, set_columns
from processes.directives.drafting.engine_acts import (
    Reached,
    Running,
    entitled,
    running_assignments,
    waits_for,
)
from processes.directives.drafting.errors import DraftInvalid, NotAwaited
from processes.directives.drafting.open import (
    checked_text,
    directive_of,
    open_document,
    require_permission,
)
from processes.directives.issue import IssueSettings, deadline_of
from processes.documents.states import DocumentState, Nature
from processes.documents.tables import AwaitedDocument, Document
from processes.documents.trail import add_to_trail

ARRIVAL = "awaited_documents_arrived"
#: Characters of a title; documents that one directive can wait for.
LONGEST_TITLE = 1_000
MOST_AWAITED = 20


def set_awaited(
    session: Session,
    document_id: UUID,
    directive_id: UUID,
    titles: Sequence[str],
    *,
    awaits_all: bool = True,
    actor: Actor,
    version: int,
) -> Document:
    """Set which documents a directive waits for; none, and it waits no more. The caller commits.

    Args:
        awaits_all: it waits for all of them, not for the first.

    Raises:
        DraftInvalid: a title is empty or too long, or there are too many.
    """
    document = open_document(session, document_id, actor=actor, version=version)
    directive = directive_of(session, document, directive_id)
    accepted = [checked_text("title", title.strip(), LONGEST_TITLE) for title in titles]
    if not all(accepted) or len(accepted) > MOST_AWAITED:
        raise DraftInvalid(f"Expected up to {MOST_AWAITED} titles of documents", field="awaited")
    before = [row.title for row in awaited_by(session, [directive_id])]
    session.execute(delete(AwaitedDocument).where(AwaitedDocument.directive_id == directive_id))
    session.add_all(
        AwaitedDocument(directive_id=directive_id, position=position, title=title)
        for position, title in enumerate(accepted, 1)
    )
    add_to_trail(
        session,
        document,
        "awaited_set",
        actor=actor,
        directive_id=directive_id,
        before={"awaited": before},
        after={"awaited": accepted},
    )
    nature = Nature.WAITS_FOR_EVENT if accepted else directive.set_nature
    if nature == Nature.WAITS_FOR_EVENT and not accepted:
        nature = None
    set_columns(
        session,
        document,
        directive,
        {"set_nature": nature, "set_awaits_all": awaits_all},
        act="directive_edited",
        actor=actor,
    )
    return document


def link_document(
    dispatcher: Dispatcher,
    document_id: UUID,
    directive_id: UUID,
    position: int,
    linked_id: UUID,
    *,
    calendar: WorkingCalendar,
    settings: IssueSettings,
    progress: Callable[[int, int], None] | None = None,
    actor: Actor,
    version: int,
) -> Reached:
    """Link a document that was read in to one that a directive waits for.

    When all that it waits for have come, or the first if one will do, its waiting assignments move on, and get
    their deadline now. The same link again goes on where the act was interrupted.

    Args:
        position: which of the awaited documents, from 1.
        linked_id: the document that has come.
        progress: called with (done, total) after each assignment.

    Raises:
        NotAuthorised: the actor may not draft.
        NotFound: there is no such directive or document.
        NotAwaited: no document is awaited there, or another has come.
        DraftChanged: the document has another version than the actor has seen.
    """
    require_permission(actor, Permission.DOCUMENT_DRAFT)
    if not _linked_before(dispatcher, directive_id, position, linked_id):
        _link(dispatcher, document_id, directive_id, position, linked_id, actor, version)
    with Session(dispatcher.database) as session:
        document = session.get_one(Document, document_id)
        directive = directive_of(session, document, directive_id)
        if document.state != DocumentState.ISSUED or not have_come(
            directive, awaited_by(session, [directive_id])
        ):
            return Reached(total=0, reached=0)
        today = clock.today()
        deadline = deadline_of(
            document,
            directive,
            issued_on=document.issued_on or today,
            received_on=today,
            calendar=calendar,
            settings=settings,
        )
        running = running_assignments(
            session.connection(), document_id, document.issue_round, directive_ids=[directive_id]
        )
    values = {"awaits_documents": False, **deadline_variables(deadline.on, deadline.source, calendar)}
    refused = []
    for done, each in enumerate(running, 1):
        try:
            _move_on(dispatcher, each, values, entitled(actor, "message:correlate", "instance:modify"))
        except (InstanceNotActive, NothingToChange):
            pass  # it has ended meanwhile, or was told before
        except Rejection:
            refused.append(each.business_key)
        if progress is not None:
            progress(done, len(running))
    return Reached(total=len(running), reached=len(running) - len(refused), refused=tuple(refused))


def _linked_before(dispatcher: Dispatcher, directive_id: UUID, position: int, linked_id: UUID) -> bool:
    with Session(dispatcher.database) as session:
        row = session.get(AwaitedDocument, (directive_id, position))
        return row is not None and row.linked_id == linked_id


def _link(
    dispatcher: Dispatcher,
    document_id: UUID,
    directive_id: UUID,
    position: int,
    linked_id: UUID,
    actor: Actor,
    version: int,
) -> None:
    with Session(dispatcher.database) as session, session.begin():
        document = open_document(
            session,
            document_id,
            actor=actor,
            version=version,
            states=(
                DocumentState.DRAFT,
                DocumentState.IN_REVIEW,
                DocumentState.APPROVED,
                DocumentState.ISSUED,
            ),
            edits=False,
        )
        directive = directive_of(session, document, directive_id)
        row = session.get(AwaitedDocument, (directive_id, position))
        if row is None or row.linked_id is not None or linked_id == document_id:
            raise NotAwaited(
                f"Expected directive {directive.ordinal} to wait for document {position}, but it does not",
                ordinal=directive.ordinal,
                position=position,
            )
        linked = session.get(Document, linked_id)
        if linked is None:
            raise NotFound(f"Expected document '{linked_id}', but there is none")
        row.linked_id, row.linked_at, row.linked_by = linked_id, clock.now(), actor.key
        add_to_trail(
            session,
            document,
            "document_linked",
            actor=actor,
            directive_id=directive_id,
            after={"title": row.title, "linked": str(linked_id), "number": linked.number_no},
        )


def _move_on(dispatcher: Dispatcher, assignment: Running, values: dict[str, Any], actor: Actor) -> None:
    """Let an assignment go on that waits; one that is not so far will not wait."""
    for _ in range(2):  # it may begin to wait between the look and the command
        with reading(dispatcher.database) as connection:
            waits = waits_for(connection, assignment.id, ARRIVAL)
        if waits:
            try:
                dispatcher.execute(
                    CorrelateMessage(
                        command_id=derived_id("arrival", assignment.id),
                        actor=actor,
                        message_name=ARRIVAL,
                        correlation_key=str(assignment.id),
                        variables=values,
                    )
                )
                return
            except MessageNotExpected:
                continue
        try:
            dispatcher.execute(
                SetVariables(
                    command_id=derived_id("arrival", "before", assignment.id),
                    actor=actor,
                    instance_id=assignment.id,
                    reason="Văn bản được chờ đã ban hành.",
                    variables={**values, "baseline_deadline_on": values["deadline_on"]},
                )
            )
        except NothingToChange:
            return
