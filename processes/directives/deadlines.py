"""The deadline an assignment gets: what the document says, else the default of DOMAIN §7.9 D7, marked as set."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from processes.calendar.working_days import WorkingCalendar

FROM_DOCUMENT = "document"
SET = "set"


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultDeadlines:
    """The numbers of D7; working days but for the last, which is calendar days."""

    express: int = 2
    urgent: int = 5
    hastened: int = 15
    dissemination: int = 10
    otherwise_calendar_days: int = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedDeadline:
    """The deadline of an assignment.

    Attributes:
        on: last admissible day, ``None`` for continuous work.
        source: ``document`` (theo văn bản) or ``set`` (ấn định).
        rule: why it is this day, a stable word.
    """

    on: date | None
    source: str
    rule: str


def plan_deadline(
    *,
    deadline: Mapping[str, Any] | None,
    text: str,
    urgency: str,
    issued_on: date,
    calendar: WorkingCalendar,
    defaults: DefaultDeadlines,
) -> PlannedDeadline:
    """Return the deadline of a directive issued on ``issued_on``.

    Args:
        deadline: the deadline object read from the document (DOMAIN §2.2), if any.
        text: the directive, as written.
    """
    if deadline is not None:
        kind = deadline.get("kind")
        if deadline.get("date"):
            return PlannedDeadline(
                on=date.fromisoformat(str(deadline["date"])[:10]), source=FROM_DOCUMENT, rule=str(kind)
            )
        if kind == "working_days" and deadline.get("days"):
            return PlannedDeadline(
                on=calendar.add_working_days(issued_on, int(deadline["days"])),
                source=FROM_DOCUMENT,
                rule="working_days",
            )
        if kind in ("ongoing", "periodic"):
            return PlannedDeadline(on=None, source=FROM_DOCUMENT, rule=str(kind))
    words = unicodedata.normalize("NFC", text).casefold()
    if urgency == "express":
        return _working(issued_on, defaults.express, calendar, "express")
    if urgency == "urgent":
        return _working(issued_on, defaults.urgent, calendar, "urgent")
    if "khẩn trương" in words:
        return _working(issued_on, defaults.hastened, calendar, "hastened")
    if "quán triệt" in words or "văn bản triển khai" in words:
        return _working(issued_on, defaults.dissemination, calendar, "dissemination")
    if "thường xuyên" in words or "định kỳ" in words:
        return PlannedDeadline(on=None, source=SET, rule="continuous")
    return PlannedDeadline(
        on=issued_on + timedelta(days=defaults.otherwise_calendar_days), source=SET, rule="otherwise"
    )


def _working(issued_on: date, days: int, calendar: WorkingCalendar, rule: str) -> PlannedDeadline:
    return PlannedDeadline(on=calendar.add_working_days(issued_on, days), source=SET, rule=rule)
