"""A leader approves a document, sends it back, or refuses it."""

from uuid import UUID

from sqlalchemy.orm import Session

from engine.actors import Actor
from engine.commands import CompleteUserTask
from engine.dispatch import Dispatcher
from engine.errors import NotFound
from engine.ids import derived_id
from processes.access.policy import Permission
from processes.directives.approval import DECIDING, Opinion, approval_id, require_state
from processes.directives.drafting.engine_acts import entitled, open_task
from processes.directives.drafting.open import changed, require_permission
from processes.directives.drafting.save import find_draft
from processes.documents.states import DocumentState


def decide(
    dispatcher: Dispatcher,
    document_id: UUID,
    opinion: Opinion,
    *,
    note: str = "",
    actor: Actor,
    version: int,
) -> None:
    """Say what becomes of a document that was submitted; the same as completing the task in the inbox.

    Args:
        note: required unless the leader agrees.

    Raises:
        NotAuthorised: the actor is no leader.
        FourEyesRequired, ApproverInvolved: they have submitted it, or edited it last.
        DraftChanged: it has another version than the actor has seen.
        DocumentStateWrong: it was not submitted.
        InvalidVariables: the note is missing, or too long.
    """
    require_permission(actor, Permission.DOCUMENT_APPROVE)
    with Session(dispatcher.database) as session:
        document = find_draft(session, document_id)
        if document.version != version:
            raise changed(session, document, version)
        require_state(document, DocumentState.IN_REVIEW)
        task = open_task(session.connection(), approval_id(document_id, document.approval_round), DECIDING)
    if task is None:
        raise NotFound(f"Expected document '{document_id}' to wait for its approval, but it does not")
    task_id, groups = task
    dispatcher.execute(
        CompleteUserTask(
            command_id=derived_id("decide", task_id, version, actor.key, opinion, note),
            actor=entitled(actor, groups=groups),
            task_id=task_id,
            variables={"opinion": opinion.value, **({"opinion_note": note} if note else {})},
        )
    )
