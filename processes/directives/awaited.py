"""Which directives wait for documents to come, and whether they have come."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.directives.terms import terms_of
from processes.documents.states import Nature
from processes.documents.tables import AwaitedDocument, Directive


def waiting_directives(session: Session, directives: Sequence[Directive]) -> set[UUID]:
    """Return the directives that wait: of that nature, and with documents that have not come.

    One that names no document waits for none.
    """
    by_nature = {
        each.id: each for each in directives if terms_of(each).nature.value == Nature.WAITS_FOR_EVENT
    }
    rows = session.scalars(select(AwaitedDocument).where(AwaitedDocument.directive_id.in_(by_nature))).all()
    awaited: dict[UUID, list[AwaitedDocument]] = {}
    for row in rows:
        awaited.setdefault(row.directive_id, []).append(row)
    return {
        directive_id for directive_id, each in awaited.items() if not have_come(by_nature[directive_id], each)
    }


def have_come(directive: Directive, awaited: Sequence[AwaitedDocument]) -> bool:
    """Say whether the documents that a directive waits for have come: all of them, or the first if one will do."""
    come = [row.linked_id is not None for row in awaited]
    return all(come) if directive.set_awaits_all else any(come)
