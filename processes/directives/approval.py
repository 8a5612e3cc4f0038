"""Approval by a leader, a process of its own: what completing its tasks does to the document, in one transaction.

The tasks are in the inbox like any other, and completing them there is the same as the use cases
:mod:`processes.directives.drafting.submit` and :mod:`processes.directives.drafting.approve`.
"""

from collections.abc import Mapping
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from engine import clock
from engine.commands import CompleteUserTask, StartInstance
from engine.dispatch import Recorded
from engine.ids import derived_id
from engine.instances.instance import Instance
from engine.tables import user_task
from processes.directives.drafting.errors import (
    ApproverInvolved,
    DirectivesUnclear,
    DocumentStateWrong,
    WarningUnanswered,
)
from processes.directives.gaps import open_gaps
from processes.documents.states import DirectiveState, DocumentState
from processes.documents.store import directives_of
from processes.documents.tables import Document
from processes.documents.trail import add_to_trail
from processes.units.registry import UnitRegistry
from processes.units.store import load_registry

#: The process by which a document is approved.
APPROVAL_KEY = "document"
SUBMITTING = "review_draft"
DECIDING = "approve_assignment"


class Opinion(StrEnum):
    """What a leader says (ý kiến, DOMAIN §7.10 T2)."""

    #: Đồng ý.
    AGREE = "agree"
    #: Sửa: back to who drafts it.
    REVISE = "revise"
    #: Không đồng ý.
    REFUSE = "refuse"


#: What an opinion does: the state that follows, and the act in the trail.
OUTCOMES: Mapping[Opinion, tuple[DocumentState, str]] = {
    Opinion.AGREE: (DocumentState.APPROVED, "document_approved"),
    Opinion.REVISE: (DocumentState.DRAFT, "document_sent_back"),
    Opinion.REFUSE: (DocumentState.REFUSED, "document_refused"),
}


def approval_id(document_id: UUID, approval_round: int) -> UUID:
    """Return the identifier of the process instance by which a document is approved."""
    return derived_id("approval", document_id, approval_round)


def guard_approval(
    connection: Connection, command: CompleteUserTask, instance: Instance, variables: Mapping[str, object]
) -> None:
    """Refuse to submit what is not ready, and to approve what one has edited or submitted.

    Raises:
        DocumentStateWrong: the document is at another stage.
        DirectivesUnclear, WarningUnanswered: it is not ready.
        ApproverInvolved: the approver has edited it last, or submitted it.
    """
    if instance.process_key != APPROVAL_KEY:
        return
    element_id = connection.scalar(select(user_task.c.element_id).where(user_task.c.id == command.task_id))
    with Session(bind=connection) as session:
        document = session.get_one(Document, UUID(str(variables["document_id"])), with_for_update=True)
        if element_id == SUBMITTING:
            require_state(document, DocumentState.DRAFT)
            require_clear(session, document, load_registry(connection))
        elif element_id == DECIDING:
            require_state(document, DocumentState.IN_REVIEW)
            if not command.actor.people.isdisjoint({document.edited_by, document.submitted_by}):
                raise ApproverInvolved(
                    "Expected the document to be approved by somebody who has neither submitted it nor edited it "
                    "last",
                    actor=command.actor.key,
                )


def follow_approval(recorded: Recorded) -> None:
    """Set the document's state to what a step of its approval means."""
    if recorded.instance.process_key != APPROVAL_KEY:
        return
    if isinstance(recorded.command, StartInstance):
        variables = recorded.payload["variables"]
        with Session(bind=recorded.connection) as session:
            document = session.get_one(Document, UUID(variables["document_id"]), with_for_update=True)
            document.approval_round = variables["approval_round"]
            session.flush()
        return
    for event in recorded.step.stored_events:
        if event["type"] == "user_task.completed.v1" and event["element_id"] in (SUBMITTING, DECIDING):
            _completed(recorded, event["element_id"], event["variables"])


def require_state(document: Document, state: DocumentState) -> None:
    """Refuse a document at another stage.

    Raises:
        DocumentStateWrong: it is.
    """
    if document.state != state:
        raise DocumentStateWrong(
            f"Expected a document that is {state}, but it is {document.state}", state=document.state
        )


def require_clear(session: Session, document: Document, registry: UnitRegistry) -> None:
    """Refuse a document without directives, and directives with gaps that nobody has overridden.

    Raises:
        WarningUnanswered: there is no directive, and nobody has said that there is none.
        DirectivesUnclear: ``params["problems"]`` names each gap.
    """
    given = [each for each in directives_of(session, document.id) if each.state == DirectiveState.ACTIVE]
    if not given:
        raise WarningUnanswered(
            "Expected directives, or the answer that there is none, but none was found and nobody has answered"
        )
    gaps = open_gaps(given, registry, on=document.issued_on or clock.today())
    if gaps:
        raise DirectivesUnclear(
            f"Expected directives with work, lead unit, time and result, but {len(gaps)} are missing",
            problems=[
                f"{each.directive.ordinal}: {each.gap}{'' if each.detail is None else f' ({each.detail})'}"
                for each in gaps
            ],
        )


def _completed(recorded: Recorded, element_id: str, values: Mapping[str, str]) -> None:
    actor = recorded.command.actor
    with Session(bind=recorded.connection) as session:
        document_id = UUID(recorded.step.variables["document_id"])
        document = session.get_one(Document, document_id, with_for_update=True)
        before = {"state": document.state}
        if element_id == SUBMITTING:
            state, act, note = DocumentState.IN_REVIEW, "document_submitted", values.get("submission_note")
            document.submitted_by = actor.key
        else:
            state, act = OUTCOMES[Opinion(values["opinion"])]
            note = values.get("opinion_note")
            document.approved_by = actor.key if state is DocumentState.APPROVED else None
        document.state = state
        document.version += 1
        session.flush()
        add_to_trail(
            session,
            document,
            act,
            actor=actor,
            before=before,
            after={"state": state.value},
            reason=note or None,
        )
