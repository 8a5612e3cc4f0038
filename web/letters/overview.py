"""Counts the assignments of letters by how they stand, in one query for all letters of a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select

from engine import clock
from processes.assignments.status import Lifecycle, days_left
from processes.assignments.tables import Assignment
from processes.documents.tables import Document
from web.letters.marks import DONE_KEYS, MarkKey, mark_of, shares
from web.sessions import reading_session
from web.units import calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRow:
    """One letter in the list."""

    document: Document
    directives: int
    units: int
    total: int
    counts: Mapping[MarkKey, int]
    shares: Sequence[tuple[MarkKey, float, float]]

    @property
    def done(self) -> int:
        """Assignments whose result was accepted."""
        return sum(self.counts.get(key, 0) for key in DONE_KEYS)

    @property
    def overdue(self) -> int:
        """Open assignments past their deadline."""
        return self.counts.get(MarkKey.OVERDUE, 0)


#: An issue that was undone is not counted.
_THIS_ROUND = and_(Document.id == Assignment.document_id, Document.issue_round == Assignment.issue_round)


def letter_rows(visible_units: frozenset[str] | None) -> list[LetterRow]:
    """Return the letters that the units may see, the newest first."""
    session = reading_session()
    mine = [] if visible_units is None else [Assignment.lead_unit.in_(visible_units)]
    sizes = {
        row.document_id: row
        for row in session.execute(
            select(
                Assignment.document_id,
                func.count(func.distinct(Assignment.directive_id)).label("directives"),
                func.count(func.distinct(Assignment.lead_unit)).label("units"),
                func.count().label("total"),
            )
            .join(Document, _THIS_ROUND)
            .where(*mine)
            .group_by(Assignment.document_id)
        )
    }
    counts = _counts(mine)
    documents = session.scalars(
        select(Document)
        .where(Document.id.in_(sizes))
        .order_by(Document.issued_on.desc(), Document.number_no.desc())
    )
    return [
        LetterRow(
            document=document,
            directives=sizes[document.id].directives,
            units=sizes[document.id].units,
            total=sizes[document.id].total,
            counts=counts[document.id],
            shares=shares(counts[document.id]),
        )
        for document in documents
    ]


def _counts(mine: Sequence[ColumnElement[bool]]) -> dict[UUID, dict[MarkKey, int]]:
    late = func.coalesce(Assignment.late_working_days, 0) > 0
    today = clock.today()
    found: dict[UUID, dict[MarkKey, int]] = {}
    for document_id, status, deadline_on, was_late, count in reading_session().execute(
        select(Assignment.document_id, Assignment.status, Assignment.deadline_on, late, func.count())
        .join(Document, _THIS_ROUND)
        .where(*mine)
        .group_by(Assignment.document_id, Assignment.status, Assignment.deadline_on, late)
    ):
        left = days_left(deadline_on, today, calendar())
        key = mark_of(Lifecycle(status), left, int(was_late), has_deadline=deadline_on is not None).key
        by_key = found.setdefault(document_id, {})
        by_key[key] = by_key.get(key, 0) + count
    return found
