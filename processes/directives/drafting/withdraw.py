"""Withdraws a document, or some of its directives, with a reason; the units are told."""

from collections.abc import Callable, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from engine.actors import Actor
from engine.commands import CancelInstance, CorrelateMessage
from engine.database import reading
from engine.dispatch import Dispatcher
from engine.errors import InstanceNotActive, InstanceSuspended, MessageNotExpected, Rejection
from engine.ids import derived_id
from processes.access.policy import Permission
from processes.directives.approval import approval_id
from processes.directives.drafting.engine_acts import (
    Reached,
    Running,
    entitled,
    running_assignments,
    waits_for,
)
from processes.directives.drafting.open import (
    accepted_reason,
    directive_of,
    open_document,
    require_permission,
)
from processes.directives.drafting.save import find_draft
from processes.documents.states import DirectiveState, DocumentState
from processes.documents.store import directives_of
from processes.documents.tables import Directive, Document
from processes.documents.trail import add_to_trail

RECALL = "assignment_recalled"


def withdraw(
    dispatcher: Dispatcher,
    document_id: UUID,
    directive_ids: Sequence[UUID] | None = None,
    *,
    reason: str,
    progress: Callable[[int, int], None] | None = None,
    actor: Actor,
    version: int,
) -> Reached:
    """Withdraw directives that were issued, or the whole document, whatever its state.

    Work in progress is recalled; what has not begun, or was submitted, is cancelled. Finished work stays as it is.
    A repeat goes on where an act was interrupted.

    Args:
        directive_ids: the directives; the whole document if not given.
        progress: called with (done, total) after each assignment.

    Raises:
        NotAuthorised: the actor may not withdraw.
        ReasonRequired: there is no reason.
        DraftChanged: the document has another version than the actor has seen.
        DocumentStateWrong: single directives of a document that is not issued, which are dropped instead.
        DirectiveStateWrong: a directive was not given, or is withdrawn.
    """
    why = accepted_reason(reason)
    require_permission(actor, Permission.DOCUMENT_AMEND)
    if not _withdrawn_before(dispatcher, document_id, directive_ids):
        _mark(dispatcher, document_id, directive_ids, why, actor, version)
    _end_approval(dispatcher, document_id, why, actor)
    with dispatcher.database.connect() as connection, Session(bind=connection) as session:
        document = find_draft(session, document_id)
        running = running_assignments(
            connection, document_id, document.issue_round, directive_ids=directive_ids
        )
    refused = []
    for done, each in enumerate(running, 1):
        try:
            _take_back(dispatcher, each, why, actor)
        except InstanceNotActive:
            pass  # it has ended meanwhile
        except Rejection:
            refused.append(each.business_key)
        if progress is not None:
            progress(done, len(running))
    return Reached(total=len(running), reached=len(running) - len(refused), refused=tuple(refused))


def _withdrawn_before(
    dispatcher: Dispatcher, document_id: UUID, directive_ids: Sequence[UUID] | None
) -> bool:
    with Session(dispatcher.database) as session:
        if directive_ids is None:
            return find_draft(session, document_id).state == DocumentState.WITHDRAWN
        states = {each.id: each.state for each in directives_of(session, document_id)}
        return bool(directive_ids) and all(
            states.get(each) == DirectiveState.WITHDRAWN for each in directive_ids
        )


def _mark(
    dispatcher: Dispatcher,
    document_id: UUID,
    directive_ids: Sequence[UUID] | None,
    why: str,
    actor: Actor,
    version: int,
) -> None:
    whole = directive_ids is None
    states = (
        [state for state in DocumentState if state is not DocumentState.WITHDRAWN]
        if whole
        else [DocumentState.ISSUED]
    )
    with Session(dispatcher.database) as session, session.begin():
        document = open_document(
            session,
            document_id,
            actor=actor,
            version=version,
            permission=Permission.DOCUMENT_AMEND,
            states=states,
            edits=False,
        )
        given = [each for each in directives_of(session, document_id) if each.state == DirectiveState.ACTIVE]
        chosen = (
            given
            if directive_ids is None
            else [directive_of(session, document, each) for each in directive_ids]
        )
        issued = document.state == DocumentState.ISSUED
        if whole or {each.id for each in given} <= {each.id for each in chosen}:
            _withdraw_document(session, document, actor, why)
        if issued:
            _withdraw_directives(session, document, chosen, actor, why)


def _withdraw_document(session: Session, document: Document, actor: Actor, why: str) -> None:
    before = {"state": document.state}
    document.state = DocumentState.WITHDRAWN
    add_to_trail(
        session,
        document,
        "document_withdrawn",
        actor=actor,
        before=before,
        after={"state": document.state},
        reason=why,
    )


def _withdraw_directives(
    session: Session, document: Document, chosen: Sequence[Directive], actor: Actor, why: str
) -> None:
    for directive in chosen:
        directive.state = DirectiveState.WITHDRAWN
        add_to_trail(
            session, document, "directive_withdrawn", actor=actor, directive_id=directive.id, reason=why
        )


def _end_approval(dispatcher: Dispatcher, document_id: UUID, why: str, actor: Actor) -> None:
    """End the approval of a document that was withdrawn while it was under way."""
    with Session(dispatcher.database) as session:
        document = find_draft(session, document_id)
        instance_id = approval_id(document_id, document.approval_round)
        under_way = document.state == DocumentState.WITHDRAWN and document.approval_round > 0
    if not under_way:
        return
    try:
        dispatcher.execute(
            CancelInstance(
                command_id=derived_id("withdraw", instance_id),
                actor=entitled(actor, "instance:cancel"),
                instance_id=instance_id,
                reason=why,
            )
        )
    except InstanceNotActive:
        pass  # it was decided before


def _take_back(dispatcher: Dispatcher, assignment: Running, why: str, actor: Actor) -> None:
    """Recall an assignment that waits for its recall, or cancel it."""
    may = entitled(actor, "message:correlate", "instance:cancel")
    with reading(dispatcher.database) as connection:
        recallable = waits_for(connection, assignment.id, RECALL)
    if recallable:
        try:
            dispatcher.execute(
                CorrelateMessage(
                    command_id=derived_id("withdraw", assignment.id),
                    actor=may,
                    message_name=RECALL,
                    correlation_key=str(assignment.id),
                    variables={"recall_reason": why},
                    reason=why,
                )
            )
            return
        except (MessageNotExpected, InstanceSuspended):
            pass  # it has gone on meanwhile, or takes no message
    dispatcher.execute(
        CancelInstance(
            command_id=derived_id("withdraw", "cancel", assignment.id),
            actor=may,
            instance_id=assignment.id,
            reason=why,
        )
    )
