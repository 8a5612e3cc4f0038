"""Sets deadlines and reporting periods (*ấn định*); what the document says of time stays beside them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from engine import clock
from engine.actors import Actor
from processes.directives.drafting.change import require_change, set_columns
from processes.directives.drafting.errors import DraftInvalid
from processes.directives.drafting.open import directive_of, open_document
from processes.documents.states import ReportingPeriod
from processes.documents.tables import Document

#: Working days that a deadline may leave.
MOST_DAYS = 1_000
#: Years that a deadline may lie ahead.
_MOST_YEARS = 20


def set_deadlines(
    session: Session,
    document_id: UUID,
    deadlines: Mapping[UUID, Mapping[str, Any] | None],
    *,
    actor: Actor,
    version: int,
) -> Document:
    """Set the deadlines of directives; the caller commits.

    Args:
        deadlines: by directive: ``{"kind": "date", "date": "2026-10-15"}``, ``{"kind": "ongoing"}``, or
            ``{"kind": "working_days", "days": 10}`` from receipt on; ``None`` goes back to what the document says.

    Raises:
        DraftInvalid: a deadline is none of these, or is over already.
        NothingToChange: they have these deadlines.
    """
    document = open_document(session, document_id, actor=actor, version=version)
    changed = [
        set_columns(
            session,
            document,
            directive_of(session, document, directive_id),
            {"set_deadline": None if deadline is None else accepted_deadline(deadline)},
            act="deadline_set",
            actor=actor,
        )
        for directive_id, deadline in deadlines.items()
    ]
    require_change(any(changed))
    return document


def set_reporting_period(
    session: Session,
    document_id: UUID,
    directive_ids: Sequence[UUID],
    period: ReportingPeriod | None,
    *,
    actor: Actor,
    version: int,
) -> Document:
    """Set how often units report on directives; ``None`` says nothing about it. The caller commits.

    Raises:
        NothingToChange: they have this period.
    """
    document = open_document(session, document_id, actor=actor, version=version)
    changed = [
        set_columns(
            session,
            document,
            directive_of(session, document, directive_id),
            {"set_reporting_period": None if period is None else period.value},
            act="reporting_period_set",
            actor=actor,
        )
        for directive_id in directive_ids
    ]
    require_change(any(changed))
    return document


def accepted_deadline(deadline: Mapping[str, Any]) -> dict[str, Any]:
    """Return a deadline as it is kept.

    Raises:
        DraftInvalid: it is none that can be set, or is over already.
    """
    kind = deadline.get("kind")
    today = clock.today()
    if kind == "date":
        try:
            on = date.fromisoformat(str(deadline.get("date")))
        except ValueError as error:
            raise _invalid(deadline) from error
        if not today <= on <= date(today.year + _MOST_YEARS, 12, 31):
            raise DraftInvalid(
                f"Expected a deadline from today on, {today.isoformat()}, but it is {on.isoformat()}",
                field="deadline",
            )
        return {"kind": "date", "date": on.isoformat()}
    if kind == "working_days":
        days = deadline.get("days")
        if not isinstance(days, int) or isinstance(days, bool) or not 0 < days <= MOST_DAYS:
            raise _invalid(deadline)
        return {"kind": "working_days", "days": days}
    if kind == "ongoing":
        return {"kind": "ongoing"}
    raise _invalid(deadline)


def _invalid(deadline: Mapping[str, Any]) -> DraftInvalid:
    return DraftInvalid(
        "Expected a deadline with a date, with 1 to 1000 working days, or ongoing, "
        f"but it is {dict(deadline)}",
        field="deadline",
    )
