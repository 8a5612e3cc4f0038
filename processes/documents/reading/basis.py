"""What every directive of a document is read with: the registry, the document's day, the calendar."""

import datetime as dt
import re
from calendar import monthrange
from dataclasses import dataclass, field
from typing import Any

from processes.calendar.working_days import WorkingCalendar
from processes.documents.deadlines import Deadline, deadlines_of_cell, find_deadlines
from processes.documents.reading.cells import name_at_start
from processes.documents.reading.leads import Leads, find_executors, find_leads
from processes.documents.reading.values import PartialDate
from processes.units.registry import UnitRegistry

#: How far into a text names and times are looked for; no directive is longer.
_REACH = 3000
_DEADLINE_REACH = 20_000
#: Two words that name a unit and, as here, something to do: ``Thanh tra, kiểm tra việc …``.
_VERBAL = re.compile(
    r"^(?:Thống kê|Thanh tra)"
    r"(?!\s*:|\s+(?:thành phố|tỉnh|sở|bộ|chính phủ|nhà nước|chủ trì|phối hợp|có trách nhiệm)\b)",
    re.IGNORECASE,
)
#: After a name, it is the asking one's and not the asked one's.
_DEMANDS = re.compile(r"\s+(?:kính\s+|trân trọng\s+)?((?:đề nghị|yêu cầu|giao)\s)", re.IGNORECASE)


def last_day_of(day: PartialDate) -> dt.date:
    """Return the letter's day, or the last that it can be; groups are expanded on it while parts are missing."""
    if day.whole is not None:
        return day.whole
    if day.year is None:
        return dt.date.max
    month = day.month or 12
    return dt.date(day.year, month, monthrange(day.year, month)[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What is known before the directives are read; groups are expanded ``on`` a day.

    Attributes:
        states: the document states where others ask: only who is named has something to do.
        reports: it tells what was; only ``Giao …`` asks.
        rules: also its sections of tasks ask only who is named.
        silent: it gives nobody anything to do.
    """

    registry: UnitRegistry
    day: PartialDate
    on: dt.date
    calendar: WorkingCalendar
    states: bool = False
    reports: bool = False
    rules: bool = False
    silent: bool = False
    _leads: dict[str, Leads] = field(default_factory=dict, compare=False, repr=False)
    _deadlines: dict[str, tuple[Deadline, ...]] = field(default_factory=dict, compare=False, repr=False)

    def leads(self, text: str) -> Leads:
        """Return who carries out what a text demands; ``Sở Nội vụ đề nghị …`` demands nothing of Sở Nội vụ."""
        text = text[:_REACH]
        if text not in self._leads:
            self._leads[text] = self._found_leads(text)
        return self._leads[text]

    def _found_leads(self, text: str) -> Leads:
        text = _VERBAL.sub("", text)
        asking = self.name_at_start(text)
        verb = None if asking is None else _DEMANDS.match(text, len(asking))
        demanded = verb is not None and self.name_at_start(text[verb.end() :]) is not None
        return find_leads(text[verb.start(1) :] if verb and demanded else text, self.registry, on=self.on)

    def name_at_start(self, text: str) -> str | None:
        """Return the names with which a text begins."""
        return name_at_start(text[:_REACH], self.registry, on=self.on)

    def executors(self, heading: str) -> Leads | None:
        """Return whom a heading names; ``None`` if it is a topic."""
        return find_executors(heading, self.registry, on=self.on)

    def deadline(self, text: str) -> Deadline | None:
        """Return the deadline that counts of those a directive states."""
        found = self.deadlines(text)
        return found[0] if found else None

    def deadlines(self, text: str) -> tuple[Deadline, ...]:
        """Return the deadlines that a directive states, the one that counts first."""
        text = text[:_DEADLINE_REACH]
        if text not in self._deadlines:
            self._deadlines[text] = tuple(
                find_deadlines(text, issued_on=self.day.whole, year=self.day.year, calendar=self.calendar)
            )
        return self._deadlines[text]

    def stated_deadline(self, words: str, *, value: Any = None, heading: str = "") -> Deadline | None:
        """Return the deadline that counts of those a label or column announces; ``None`` if there is none."""
        found = self.stated_deadlines(words, value=value, heading=heading)
        return found[0] if found else None

    def stated_deadlines(self, words: str, *, value: Any = None, heading: str = "") -> tuple[Deadline, ...]:
        """Return the deadlines of words that a label or column announces; none if they say no time.

        Args:
            value: what a workbook stores.
            heading: of the column.
        """
        found = deadlines_of_cell(
            words,
            value=value,
            heading=heading,
            issued_on=self.day.whole,
            year=self.day.year if self.day.whole is None else None,
            calendar=self.calendar,
        )
        return tuple(each for each in found if each.kind != "none")
