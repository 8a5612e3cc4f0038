"""What every directive of a document is read with: the registry, the document's day, the calendar."""

import datetime as dt
import re
from calendar import monthrange
from dataclasses import dataclass

from processes.calendar.working_days import WorkingCalendar
from processes.documents.deadlines import Deadline, find_deadline
from processes.documents.reading.cells import deadline_of_words, name_at_start
from processes.documents.reading.leads import Leads, find_executors, find_leads
from processes.documents.reading.values import PartialDate
from processes.units.registry import UnitRegistry

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
    """

    registry: UnitRegistry
    day: PartialDate
    on: dt.date
    calendar: WorkingCalendar
    states: bool = False

    def leads(self, text: str) -> Leads:
        """Return who carries out what a text demands; ``Sở Nội vụ đề nghị …`` demands nothing of Sở Nội vụ."""
        asking = name_at_start(text, self.registry)
        verb = None if asking is None else _DEMANDS.match(text, text.index(asking) + len(asking))
        return find_leads(text[verb.start(1) :] if verb else text, self.registry, on=self.on)

    def executors(self, heading: str) -> Leads | None:
        """Return whom a heading names; ``None`` if it is a topic."""
        return find_executors(heading, self.registry, on=self.on)

    def deadline(self, text: str) -> Deadline | None:
        """Return the deadline that a directive states."""
        return find_deadline(text, issued_on=self.day.whole, year=self.day.year, calendar=self.calendar)

    def stated_deadline(self, words: str) -> Deadline | None:
        """Return the deadline of words whose label says that they are one."""
        return deadline_of_words(words, issued_on=self.day.whole, year=self.day.year, calendar=self.calendar)
