"""What a unit has to do already, shown before it is given more; and who is overdue now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from processes.assignments.status import FINISHED, Lifecycle
from processes.assignments.tables import Assignment
from processes.calendar.working_days import WorkingCalendar

#: How many working days ahead work counts as due soon for whoever assigns more.
AHEAD_DAYS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """A unit's open assignments as its lead.

    Attributes:
        open: all that are not finished.
        delivered: of these, those whose result waits for appraisal; they are neither overdue nor due.
        overdue: those whose deadline has passed.
        due_soon: those that are due from today on within the working days asked for.
        without_deadline: those that go on, or have no deadline.
    """

    unit: str
    open: int = 0
    delivered: int = 0
    overdue: int = 0
    due_soon: int = 0
    without_deadline: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return all of it."""
        return {name: getattr(self, name) for name in self.__slots__}


def loads(
    session: Session,
    units: Iterable[str],
    *,
    today: date,
    calendar: WorkingCalendar,
    ahead_days: int = AHEAD_DAYS,
) -> dict[str, Load]:
    """Return the present load of every unit that is asked for, those without work, too; one query.

    Args:
        units: their codes.
        ahead_days: working days from ``today`` on that count as soon.
    """
    codes = list(dict.fromkeys(units))
    horizon = calendar.add_working_days(today, ahead_days)
    to_do = Assignment.submitted_at.is_(None)
    due = Assignment.deadline_on
    query = (
        select(
            Assignment.lead_unit,
            func.count(),
            _count(~to_do),
            _count(and_(to_do, due < today)),
            _count(and_(to_do, due >= today, due <= horizon)),
            _count(and_(to_do, due.is_(None))),
        )
        .where(Assignment.lead_unit.in_(codes), Assignment.status.not_in(_FINISHED))
        .group_by(Assignment.lead_unit)
    )
    found = {
        unit: Load(
            unit=unit,
            open=total,
            delivered=delivered,
            overdue=overdue,
            due_soon=soon,
            without_deadline=without,
        )
        for unit, total, delivered, overdue, soon, without in session.execute(query)
    }
    return {code: found.get(code, Load(unit=code)) for code in codes}


def units_overdue(session: Session, *, today: date) -> tuple[str, ...]:
    """Return the codes of the units with overdue work (``các đơn vị có nhiệm vụ quá hạn``, DOMAIN §1.3)."""
    query = (
        select(Assignment.lead_unit)
        .where(
            Assignment.status.not_in(_FINISHED),
            Assignment.submitted_at.is_(None),
            Assignment.deadline_on < today,
        )
        .distinct()
        .order_by(Assignment.lead_unit)
    )
    return tuple(session.scalars(query))


def _count(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))


_FINISHED = tuple(sorted(Lifecycle(status).value for status in FINISHED))
