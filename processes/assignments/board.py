"""The matrix directive × unit of a document: one cell per assignment, with its state, its time and its bucket."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from processes.assignments.status import (
    FINISHED,
    Lifecycle,
    Timeliness,
    accountability_is_open,
    bucket,
    counting_day,
    days_left,
    timeliness,
)
from processes.assignments.tables import Assignment
from processes.calendar.working_days import WorkingCalendar
from processes.documents.states import DirectiveState
from processes.documents.tables import Directive, Document
from processes.units.registry import Unit, UnitRegistry

#: The directives that were given to units, withdrawn or not.
_SHOWN = (DirectiveState.ACTIVE, DirectiveState.WITHDRAWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One assignment as the matrix shows it.

    Attributes:
        timeliness: ``None`` once the assignment is finished.
        bucket: report bucket 1–5 of DOMAIN §2.3; ``None`` when withdrawn.
        days_left: working days to the deadline, negative when overdue, ``None`` without deadline or when done.
        accountability_open: accountability is being considered, whatever the state of the work.
        former_unit: code of the unit it was issued to, if another leads it now.
    """

    assignment_id: UUID
    directive_id: UUID
    unit_code: str
    status: Lifecycle
    timeliness: Timeliness | None
    bucket: int | None
    deadline_on: date | None
    days_left: int | None
    escalation_level: int
    classification: str | None
    outcome: str | None
    late_working_days: int | None
    accountability_open: bool
    former_unit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """A document's assignments; ``totals`` counts cells by bucket and sums to all that are not withdrawn.

    Attributes:
        beside: further assignments of one directive and unit, which others led before the unit took over.
    """

    document: Document
    directives: Sequence[Directive]
    units: Sequence[Unit]
    cells: Mapping[tuple[UUID, str], Cell]
    beside: Mapping[tuple[UUID, str], Sequence[Cell]]
    totals: Mapping[int, int]


def matrix(
    session: Session,
    document_id: UUID,
    *,
    registry: UnitRegistry,
    calendar: WorkingCalendar,
    today: date,
    visible_units: frozenset[str] | None = None,
) -> Matrix | None:
    """Return a document's matrix as it stands on ``today``; ``None`` if there is no such document.

    An issue that was undone is not in it.

    Args:
        visible_units: codes of the units to show; ``None`` shows all.
    """
    document = session.get(Document, document_id)
    if document is None:
        return None
    directives = session.scalars(
        select(Directive)
        .where(Directive.document_id == document_id, Directive.state.in_(_SHOWN))
        .order_by(Directive.rank, Directive.position)
    ).all()
    query = select(Assignment).where(
        Assignment.document_id == document_id, Assignment.issue_round == document.issue_round
    )
    if visible_units is not None:
        query = query.where(Assignment.lead_unit.in_(visible_units))
    cells: dict[tuple[UUID, str], Cell] = {}
    beside: dict[tuple[UUID, str], list[Cell]] = {}
    issued_first = Assignment.former_unit.is_not(None), Assignment.former_unit
    for assignment in session.scalars(query.order_by(*issued_first)):
        key, cell = (assignment.directive_id, assignment.lead_unit), cell_of(assignment, calendar, today)
        if cells.setdefault(key, cell) is not cell:
            beside.setdefault(key, []).append(cell)
    units = _units({code for _, code in cells}, registry, document.issued_on or today)
    every = [*cells.values(), *(cell for others in beside.values() for cell in others)]
    totals = Counter(cell.bucket for cell in every if cell.bucket is not None)
    return Matrix(
        document=document,
        directives=directives,
        units=units,
        cells=cells,
        beside=beside,
        totals={number: totals.get(number, 0) for number in range(1, 6)},
    )


def cell_of(assignment: Assignment, calendar: WorkingCalendar, today: date) -> Cell:
    """Return one assignment as it stands on ``today``."""
    status = Lifecycle(assignment.status)
    submitted_on = _day(assignment.submitted_at)
    finished = status in FINISHED
    day = counting_day(submitted_on, today)
    return Cell(
        assignment_id=assignment.id,
        directive_id=assignment.directive_id,
        unit_code=assignment.lead_unit,
        status=status,
        timeliness=None if finished else timeliness(assignment.deadline_on, day, calendar),
        bucket=bucket(status, assignment.deadline_on, submitted_on, today),
        deadline_on=assignment.deadline_on,
        days_left=None if finished else days_left(assignment.deadline_on, day, calendar),
        escalation_level=assignment.escalation_level,
        classification=assignment.classification,
        outcome=assignment.outcome,
        late_working_days=assignment.late_working_days,
        accountability_open=accountability_is_open(
            assignment.accountability_opened_at, assignment.accountability_decision, assignment.end_event
        ),
        former_unit=assignment.former_unit,
    )


def _units(codes: Collection[str], registry: UnitRegistry, day: date) -> list[Unit]:
    """Return units as they were on a day, those that began later as they are now, in the order of the registry."""
    then = {unit.code: unit for unit in registry.at(day).units}
    newest = {unit.code: unit for unit in registry.units if unit.code in codes}
    return [then.get(code, unit) for code, unit in newest.items()]


def _day(instant: datetime | None) -> date | None:
    return None if instant is None else instant.astimezone(clock.BUSINESS_ZONE).date()
