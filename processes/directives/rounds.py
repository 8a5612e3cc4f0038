"""The rounds in which a document is issued: who was reached, and whether it was undone.

Nobody starts or acknowledges an assignment of a round that was undone. Whoever does either holds the row of its
round until the commit, and who undoes waits for them; so of an acknowledgement and an undoing at the same moment
one comes first, and the other is refused.
"""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from engine.commands import CompleteUserTask, StartInstance
from engine.dispatch import Recorded
from engine.instances.instance import Instance
from engine.tables import user_task
from processes.assignments.projection import PROCESS_KEY
from processes.assignments.tables import Assignment
from processes.directives.drafting.errors import DocumentUndone
from processes.documents.tables import Document, DocumentIssue

#: The user tasks by which somebody acknowledges.
_ACKNOWLEDGING = frozenset({"acknowledge_assignment", "resolve_return"})


#: Under which a connection notes the round that its transaction holds.
_HELD = f"{__name__}.held"


def issue_of(session: Session, document: Document) -> DocumentIssue | None:
    """Return the round in which a document is issued; ``None`` if it is not, or was before rounds were kept."""
    return session.get(DocumentIssue, (document.id, document.issue_round))


def hold_started(recorded: Recorded) -> None:
    """Refuse the start of an assignment whose round was undone.

    Raises:
        DocumentUndone: it was.
    """
    if recorded.instance.process_key == PROCESS_KEY and isinstance(recorded.command, StartInstance):
        _hold(recorded.connection, recorded.payload["variables"])


def hold_acknowledged(
    connection: Connection, command: CompleteUserTask, instance: Instance, variables: Mapping[str, object]
) -> None:
    """Refuse to acknowledge an assignment whose round was undone.

    Raises:
        DocumentUndone: it was.
    """
    if instance.process_key != PROCESS_KEY:
        return
    element_id = connection.scalar(select(user_task.c.element_id).where(user_task.c.id == command.task_id))
    if element_id in _ACKNOWLEDGING:
        _hold(connection, variables)


def first_to_acknowledge(connection: Connection, document_id: UUID, round_no: int) -> str | None:
    """Return the code of the unit that was first to acknowledge an assignment of a round."""
    return connection.scalar(
        select(Assignment.lead_unit)
        .where(
            Assignment.document_id == document_id,
            Assignment.issue_round == round_no,
            Assignment.acknowledged_at.is_not(None),
        )
        .order_by(Assignment.acknowledged_at, Assignment.lead_unit)
        .limit(1)
    )


def mark_undone(connection: Connection, document_id: UUID, round_no: int, **how: object) -> bool:
    """Mark a round as undone, after those who hold it; return whether it was not before."""
    marked = connection.execute(
        update(DocumentIssue)
        .where(
            DocumentIssue.document_id == document_id,
            DocumentIssue.round_no == round_no,
            DocumentIssue.undone.is_(False),
        )
        .values(undone=True, **how)
    )
    return bool(marked.rowcount)


def _hold(connection: Connection, variables: Mapping[str, object]) -> None:
    """Hold the round until the commit; what is held already in this transaction is not looked at again."""
    key = (UUID(str(variables["document_id"])), int(str(variables.get("issue_round") or 1)))
    transaction = connection.get_transaction()
    if connection.info.get(_HELD) == (transaction, key):
        return
    document_id, round_no = key
    undone = connection.scalar(
        select(DocumentIssue.undone)
        .where(DocumentIssue.document_id == document_id, DocumentIssue.round_no == round_no)
        .with_for_update(read=True)
    )
    if undone:
        raise DocumentUndone(
            f"Expected document '{document_id}' to be issued, but its issue was undone",
            document_id=str(document_id),
        )
    connection.info[_HELD] = (transaction, key)
