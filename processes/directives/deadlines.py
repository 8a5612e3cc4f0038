"""The deadline an assignment gets: what the document says, else the default of DOMAIN §7.9 D7, marked as set.

What the document says counts from the document's day, or from that of receipt where it says so, and is never
touched, even when it has passed on receipt.
What is set counts from the day of receipt: nobody is given time that was over before the work arrived.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from processes.calendar.working_days import WorkingCalendar

#: Kinds of deadline objects that count days, and the day from which they say they count them.
_COUNTED = frozenset({"working_days", "relative_days"})
RECEIVED = "received_date"
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
        passed: it was over on the day of receipt (*hạn đã qua khi nhận*, DOMAIN §6).
    """

    on: date | None
    source: str
    rule: str
    passed: bool = False


def plan_deadline(
    *,
    deadline: Mapping[str, Any] | None,
    given: Mapping[str, Any] | None = None,
    continuous: bool = False,
    text: str,
    urgency: str,
    issued_on: date,
    received_on: date | None = None,
    calendar: WorkingCalendar,
    defaults: DefaultDeadlines,
) -> PlannedDeadline:
    """Return the deadline of a directive issued on ``issued_on``.

    Args:
        deadline: the deadline object read from the document (DOMAIN §2.2), if any.
        given: the deadline that the coordinator has set, which comes first.
        continuous: the coordinator has said that it goes on; then it has no deadline unless one is stated.
        text: the directive, as written.
        issued_on: the document's day.
        received_on: the day on which the units receive it; never before ``issued_on``, the same by default.
    """
    received_on = max(issued_on, received_on or issued_on)
    if given is not None:
        return _given(given, received_on, calendar)
    written = None if deadline is None else _written(deadline, issued_on, received_on, calendar)
    if written is None and continuous:
        return PlannedDeadline(on=None, source=SET, rule="continuous")
    return written or _set(text, urgency, received_on, calendar, defaults)


def _given(given: Mapping[str, Any], received_on: date, calendar: WorkingCalendar) -> PlannedDeadline:
    if given["kind"] == "working_days":
        return _working(received_on, int(given["days"]), calendar, "working_days")
    on = date.fromisoformat(given["date"]) if given["kind"] == "date" else None
    return PlannedDeadline(on=on, source=SET, rule=given["kind"])


def _written(
    deadline: Mapping[str, Any], issued_on: date, received_on: date, calendar: WorkingCalendar
) -> PlannedDeadline | None:
    kind = str(deadline.get("kind"))
    if deadline.get("date"):
        on = date.fromisoformat(str(deadline["date"])[:10])
    elif kind in _COUNTED and deadline.get("days"):
        days = int(deadline["days"])
        start = received_on if deadline.get("anchor") == RECEIVED else issued_on
        counts_working_days = kind == "working_days"
        on = (calendar.add_working_days if counts_working_days else calendar.add_calendar_days)(start, days)
    elif kind in ("ongoing", "periodic"):
        return PlannedDeadline(on=None, source=FROM_DOCUMENT, rule=kind)
    else:
        return None
    return PlannedDeadline(on=on, source=FROM_DOCUMENT, rule=kind, passed=on < received_on)


def _set(
    text: str, urgency: str, received_on: date, calendar: WorkingCalendar, defaults: DefaultDeadlines
) -> PlannedDeadline:
    words = unicodedata.normalize("NFC", text).casefold()
    if urgency == "express":
        return _working(received_on, defaults.express, calendar, "express")
    if urgency == "urgent":
        return _working(received_on, defaults.urgent, calendar, "urgent")
    if "khẩn trương" in words:
        return _working(received_on, defaults.hastened, calendar, "hastened")
    if "quán triệt" in words or "văn bản triển khai" in words:
        return _working(received_on, defaults.dissemination, calendar, "dissemination")
    if "thường xuyên" in words or "định kỳ" in words:
        return PlannedDeadline(on=None, source=SET, rule="continuous")
    return PlannedDeadline(
        on=calendar.add_calendar_days(received_on, defaults.otherwise_calendar_days),
        source=SET,
        rule="otherwise",
    )


def _working(received_on: date, days: int, calendar: WorkingCalendar, rule: str) -> PlannedDeadline:
    return PlannedDeadline(on=calendar.add_working_days(received_on, days), source=SET, rule=rule)
