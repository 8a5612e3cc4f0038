"""Which directives wait for documents to come, and whether they have come."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.directives.deadlines import SET
from processes.directives.terms import terms_of
from processes.documents.reading.letter import LetterReading
from processes.documents.states import Nature
from processes.documents.tables import AwaitedDocument, Directive


def waiting_directives(session: Session, directives: Sequence[Directive]) -> set[UUID]:
    """Return the directives that wait: of that nature, and with documents that have not come.

    One that names no document waits for none.
    """
    by_nature = {each.id: each for each in directives if _is_to_wait(each)}
    rows = session.scalars(select(AwaitedDocument).where(AwaitedDocument.directive_id.in_(by_nature))).all()
    awaited: dict[UUID, list[AwaitedDocument]] = {}
    for row in rows:
        awaited.setdefault(row.directive_id, []).append(row)
    return {
        directive_id for directive_id, each in awaited.items() if not have_come(by_nature[directive_id], each)
    }


def directives_that_will_wait(directives: Sequence[Directive], reading: LetterReading) -> set[UUID]:
    """Return the directives of a reading that will wait once it is kept."""
    named = {
        each.in_item
        for each in reading.other_references
        if each.status is not None and each.title is not None
    }
    return {each.id for each in directives if each.ordinal in named and _is_to_wait(each)}


def have_come(directive: Directive, awaited: Sequence[AwaitedDocument]) -> bool:
    """Say whether the documents that a directive waits for have come: all of them, or the first if one will do."""
    come = [row.linked_id is not None for row in awaited]
    return all(come) if directive.set_awaits_all else any(come)


def _is_to_wait(directive: Directive) -> bool:
    """Say whether a directive waits for an event; one with a deadline does only if the coordinator says so."""
    terms = terms_of(directive)
    if terms.nature.value != Nature.WAITS_FOR_EVENT:
        return False
    deadline = terms.deadline.value
    return terms.nature.source == SET or deadline is None or deadline.get("kind") in ("none", "upon_event")
