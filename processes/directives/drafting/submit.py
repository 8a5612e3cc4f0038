"""Submits a document to the leaders for approval."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.actors import Actor
from engine.commands import CompleteUserTask, StartInstance
from engine.definitions.versions import newest
from engine.dispatch import Dispatcher
from engine.errors import NotFound
from engine.ids import derived_id
from engine.instances.instance import ACTIVE
from engine.tables import process_instance
from processes.access.policy import Permission
from processes.directives.approval import (
    APPROVAL_KEY,
    SUBMITTING,
    approval_id,
    require_clear,
    require_state,
)
from processes.directives.drafting.engine_acts import entitled, open_task
from processes.directives.drafting.open import changed, require_permission
from processes.directives.drafting.save import find_draft
from processes.directives.issue import IssueSettings
from processes.documents.states import DocumentState
from processes.documents.tables import Document
from processes.units.store import load_registry


def submit(
    dispatcher: Dispatcher,
    document_id: UUID,
    *,
    settings: IssueSettings,
    note: str = "",
    actor: Actor,
    version: int,
) -> None:
    """Submit a draft; one that was sent back goes on in the process in which it was.

    Args:
        settings: name the unit that monitors, whose coordinators get the draft back.
        note: for the leader.

    Raises:
        NotAuthorised: the actor may not draft.
        DraftChanged: it has another version than the actor has seen.
        DocumentStateWrong: it is no draft.
        DirectivesUnclear, WarningUnanswered: it is not ready.
    """
    require_permission(actor, Permission.DOCUMENT_DRAFT)
    engine_actor = entitled(actor, "instance:start")
    with Session(dispatcher.database) as session:
        document = find_draft(session, document_id)
        if document.version != version:
            raise changed(session, document, version)
        require_state(document, DocumentState.DRAFT)
        require_clear(session, document, load_registry(session.connection()))
        instance_id = approval_id(document_id, document.approval_round)
        start = None
        if not _is_running(session, instance_id):
            instance_id = approval_id(document_id, document.approval_round + 1)
            definition_hash = newest(session.connection(), APPROVAL_KEY)
            start = _start(document, instance_id, definition_hash, settings, engine_actor)
    if start is not None:
        dispatcher.execute(start)
    with dispatcher.database.connect() as connection:
        task = open_task(connection, instance_id, SUBMITTING)
    if task is None:
        raise NotFound(f"Expected document '{document_id}' to wait for its submission, but it does not")
    task_id, groups = task
    dispatcher.execute(
        CompleteUserTask(
            command_id=derived_id("submit", task_id, version),
            actor=entitled(actor, groups=groups),
            task_id=task_id,
            variables={"submission_note": note} if note else {},
        )
    )


def _is_running(session: Session, instance_id: UUID) -> bool:
    status = session.scalar(select(process_instance.c.status).where(process_instance.c.id == instance_id))
    return status == ACTIVE


def _start(
    document: Document, instance_id: UUID, definition_hash: str, settings: IssueSettings, actor: Actor
) -> StartInstance:
    own = {group for group in actor.groups if group.startswith("coordinator:")}
    subject = document.subject or document.filename
    approval_round = document.approval_round + 1
    return StartInstance(
        command_id=derived_id("submit", instance_id),
        actor=actor,
        instance_id=instance_id,
        definition_hash=definition_hash,
        business_key=f"{document.id} · {approval_round}",
        variables={
            "document_id": str(document.id),
            "document_no": document.number_no or "",
            "document_subject": subject,
            "approval_round": approval_round,
            "urgency": document.urgency,
            "coordinator_groups": sorted(own | {f"coordinator:{settings.monitor_code}"}),
            "leader_groups": ["leader"],
        },
    )
