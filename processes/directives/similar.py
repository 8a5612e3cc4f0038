"""Directives that are there already: the same source, a similar text, the same units, another deadline or lead."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from processes.assignments.status import FINISHED, Lifecycle
from processes.assignments.tables import Assignment
from processes.directives.likeness import DUPLICATE, SIMILAR, Likeness, alike
from processes.directives.terms import terms_of
from processes.documents.states import DirectiveState
from processes.documents.tables import Directive, Document
from processes.units.names import folded

#: How many directives, the newest first, a letter is compared with; it bounds the work.
MOST_COMPARED = 20_000
#: How many similar ones of one directive are shown, the most similar first.
MOST_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SameSource:
    """A kept letter that is, or may be, the same.

    Attributes:
        reason: ``same_file``, or ``same_number`` (number and day, and issuer where both are known).
    """

    document_id: UUID
    number: str | None
    issued_on: date | None
    subject: str
    reason: str

    def to_json(self) -> dict[str, Any]:
        """Return all of it."""
        return {
            "document_id": str(self.document_id),
            "number": self.number,
            "date": None if self.issued_on is None else self.issued_on.isoformat(),
            "subject": self.subject,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A directive that is about to be kept or issued.

    Attributes:
        units: codes of the units that would lead it.
        leads: the wordings that name them.
        deadline_on: its last day, where it has one.
    """

    text: str
    units: Collection[str] = ()
    leads: Sequence[str] = ()
    deadline_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarDirective:
    """A kept directive that is like a candidate.

    Attributes:
        likeness: of the texts, from 0 to 1, two decimals; ``kind`` is ``duplicate`` or ``similar`` by it.
        conflicts: what differs although the texts are alike: ``deadline``, ``lead``.
        shared_units: codes of the candidate's units that have it as an assignment already.
        open_assignments: how many of its assignments are not finished.
    """

    directive_id: UUID
    document_id: UUID
    number: str | None
    issued_on: date | None
    ordinal: str
    summary: str
    likeness: float
    kind: str
    conflicts: tuple[str, ...]
    shared_units: tuple[str, ...]
    open_assignments: int
    deadline_on: date | None
    lead_text: str

    def to_json(self) -> dict[str, Any]:
        """Return all of it."""
        return {
            "directive_id": str(self.directive_id),
            "document_id": str(self.document_id),
            "number": self.number,
            "date": None if self.issued_on is None else self.issued_on.isoformat(),
            "ordinal": self.ordinal,
            "summary": self.summary,
            "likeness": self.likeness,
            "kind": self.kind,
            "conflicts": list(self.conflicts),
            "shared_units": list(self.shared_units),
            "open_assignments": self.open_assignments,
            "deadline": None if self.deadline_on is None else self.deadline_on.isoformat(),
            "lead": self.lead_text,
        }


def same_source(
    session: Session,
    *,
    source_sha256: str | None,
    number: str | None,
    issued_on: date | None,
    issuer: str | None = None,
    without: UUID | None = None,
) -> tuple[SameSource, ...]:
    """Return the kept letters with the same bytes, or the same number and day.

    Args:
        issuer: where it and the kept letter's are both known, they must be the same.
        without: the letter itself, if it is kept already.
    """
    by_number = Document.number_no == number
    wanted = [
        Document.source_sha256 == source_sha256 if source_sha256 is not None else None,
        by_number & (Document.issued_on == issued_on)
        if number is not None and issued_on is not None
        else None,
    ]
    conditions = [condition for condition in wanted if condition is not None]
    if not conditions:
        return ()
    query = select(Document).where(or_(*conditions)).order_by(Document.created_at, Document.id)
    if without is not None:
        query = query.where(Document.id != without)
    return tuple(
        SameSource(
            document_id=kept.id,
            number=kept.number_no,
            issued_on=kept.issued_on,
            subject=kept.subject,
            reason="same_file" if kept.source_sha256 == source_sha256 else "same_number",
        )
        for kept in session.scalars(query)
        if kept.source_sha256 == source_sha256 or _may_be_one(issuer, kept.issuer)
    )


def similar_directives(
    session: Session,
    candidates: Sequence[Candidate],
    *,
    without: UUID | None = None,
    most: int = MOST_COMPARED,
    at_least: float = SIMILAR,
) -> list[tuple[SimilarDirective, ...]]:
    """Return for each candidate the kept directives that are like it, the most alike first.

    What was dropped, withdrawn, or has its parts given in its place is not compared.

    Args:
        without: the candidates' own letter, if it is kept already.
        most: how many directives are looked at, those of the newest letters first.
        at_least: the lowest likeness that is shown, from 0 to 1.
    """
    query = (
        select(Directive.id, Directive.text)
        .join(Document, Document.id == Directive.document_id)
        .where(Directive.state == DirectiveState.ACTIVE.value)
        .order_by(Document.created_at.desc(), Directive.document_id, Directive.position)
        .limit(most)
    )
    if without is not None:
        query = query.where(Directive.document_id != without)
    texts = ((row.id, row.text) for row in session.execute(query))
    found: dict[int, list[Likeness[UUID]]] = {}
    for each in alike([candidate.text for candidate in candidates], texts, at_least=at_least):
        found.setdefault(each.wanted, []).append(each)
    best = {
        number: sorted(those, key=lambda like: -like.ratio)[:MOST_SHOWN] for number, those in found.items()
    }
    kept = _kept(session, {like.key for those in best.values() for like in those})
    return [
        tuple(_similar(candidate, like, kept[like.key]) for like in best.get(number, ()))
        for number, candidate in enumerate(candidates)
    ]


@dataclass(frozen=True, slots=True)
class _Kept:
    """A kept directive with its letter, and its assignments: units and whether each is open."""

    directive: Directive
    document: Document
    units: dict[str, bool]


def _kept(session: Session, ids: set[UUID]) -> dict[UUID, _Kept]:
    found: dict[UUID, _Kept] = {}
    for part in _parts(sorted(ids)):
        rows = session.execute(
            select(Directive, Document)
            .join(Document, Document.id == Directive.document_id)
            .where(Directive.id.in_(part))
        )
        for directive, document in rows:
            found[directive.id] = _Kept(directive, document, {})
        assigned = session.execute(
            select(Assignment.directive_id, Assignment.lead_unit, Assignment.status).where(
                Assignment.directive_id.in_(part)
            )
        )
        for directive_id, unit, status in assigned:
            found[directive_id].units[unit] = Lifecycle(status) not in FINISHED
    return found


def _similar(candidate: Candidate, like: Likeness[UUID], kept: _Kept) -> SimilarDirective:
    directive, document = kept.directive, kept.document
    deadline_on = _last_day(terms_of(directive).deadline.value)
    return SimilarDirective(
        directive_id=directive.id,
        document_id=document.id,
        number=document.number_no,
        issued_on=document.issued_on,
        ordinal=directive.ordinal,
        summary=directive.summary,
        likeness=like.ratio,
        kind="duplicate" if like.ratio >= DUPLICATE else "similar",
        conflicts=tuple(_conflicts(candidate, deadline_on, kept)),
        shared_units=tuple(sorted(set(candidate.units) & set(kept.units))),
        open_assignments=sum(kept.units.values()),
        deadline_on=deadline_on,
        lead_text=directive.lead_text,
    )


def _conflicts(candidate: Candidate, deadline_on: date | None, kept: _Kept) -> Iterator[str]:
    if candidate.deadline_on is not None and deadline_on is not None and candidate.deadline_on != deadline_on:
        yield "deadline"
    if candidate.units and kept.units:
        differs = not set(candidate.units) & set(kept.units)
    else:
        theirs = terms_of(kept.directive).leads.value.include
        ours = {folded(lead) for lead in candidate.leads}
        differs = bool(ours) and bool(theirs) and not ours & {folded(lead) for lead in theirs}
    if differs:
        yield "lead"


def _last_day(deadline: Mapping[str, Any] | None) -> date | None:
    stated = None if deadline is None else deadline.get("date")
    return None if not stated else date.fromisoformat(str(stated)[:10])


def _may_be_one(issuer: str | None, other: str | None) -> bool:
    return issuer is None or other is None or folded(issuer) == folded(other)


def _parts(ids: list[UUID], size: int = 500) -> Iterator[list[UUID]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]
