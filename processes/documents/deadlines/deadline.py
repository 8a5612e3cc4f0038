"""The deadline object (DOMAIN §2.2)."""

import datetime as dt
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from engine.clock import BUSINESS_ZONE
from processes.calendar.working_days import WorkingCalendar

#: Kinds whose last day is the end of a period; reminders go by the last working day of it.
_PERIODS = frozenset({"month", "quarter", "year", "week"})
#: No holiday lasts longer, in days.
_LONGEST_REST = 31


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """What a directive says about its time.

    Attributes:
        text: the wording.
        kind: ``date``, ``datetime``, ``before_date``, ``month``, ``quarter``, ``year``, ``week``,
            ``working_days``, ``relative_days``, ``upon_event``, ``periodic``, ``ongoing``, ``see_children``
            (the tasks below say it) or ``none`` (an empty cell, or one that says no time).
        date: the last day; ``None`` if it depends on a day that is not known, or there is none.
        time: of that day, for ``datetime``.
        days: how many days, for ``working_days``, ``relative_days``, ``upon_event``.
        anchor: the day from which they count, ``issued_date`` or ``received_date``, if the wording names one.
        rrule: the period, for ``periodic``: ``monthly, before day 15``.
        inferred: the year, or the week, was taken from the day of the letter.
        event: what has to happen first, as worded, for ``upon_event``.
        doubt: a stable word for what to look at: ``day_month_swapped``.
    """

    text: str
    kind: str
    date: dt.date | None = None
    time: dt.time | None = None
    days: int | None = None
    anchor: str | None = None
    rrule: str | None = None
    inferred: bool = False
    event: str | None = None
    doubt: str | None = None

    @property
    def moment(self) -> Hashable:
        """What it says of the time, however worded; two of one moment are one deadline."""
        return (self.kind, self.date, self.time, self.days, self.rrule, self.event)

    def to_json(self) -> dict[str, Any]:
        """Return the deadline object; the keys after ``inferred`` only where they say something."""
        extras = {
            "days": self.days,
            "anchor": self.anchor,
            "rrule": self.rrule,
            "event": self.event,
            "doubt": self.doubt,
        }
        return {
            "text": self.text,
            "kind": self.kind,
            "date": self._last_moment(),
            "inferred": self.inferred,
            **{key: value for key, value in extras.items() if value is not None},
        }

    def remind_on(self, calendar: WorkingCalendar) -> dt.date | None:
        """Return the day on which reminders call it due: the last working day of a period (DOMAIN §2.2)."""
        if self.date is None or self.kind not in _PERIODS:
            return self.date
        days = (self.date - timedelta(days=back) for back in range(_LONGEST_REST))
        return next((day for day in days if calendar.is_working_day(day)), self.date)

    def _last_moment(self) -> str | None:
        if self.date is None or self.time is None:
            return None if self.date is None else self.date.isoformat()
        return dt.datetime.combine(self.date, self.time, BUSINESS_ZONE).isoformat()
