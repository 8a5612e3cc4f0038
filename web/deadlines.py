"""Says how a deadline stands today: the words and the tone they are shown in."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from engine import clock
from processes.assignments.status import DUE_SOON_DAYS, days_left
from web import typography
from web.language import gettext
from web.units import calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A deadline as shown.

    Attributes:
        days: working days left, negative when overdue, ``None`` without a deadline.
        tone: ``late``, ``soon`` or ``fine``; always beside words, never alone.
        of_step: it is the due date of one step, not the deadline of the assignment.
    """

    on: date | None
    days: int | None
    of_step: bool = False

    @property
    def tone(self) -> str:
        """The colour that the words are shown in."""
        if self.days is None or self.days > DUE_SOON_DAYS:
            return "fine"
        return "late" if self.days < 0 else "soon"

    @property
    def words(self) -> str:
        """For example *còn 3 ngày làm việc*."""
        if self.days is None and self.of_step:
            return gettext("this step has no time limit")
        return typography.days_left(self.days)


def step_due(due_at: datetime | None) -> Due:
    """Return how the due date of one step stands today."""
    return replace(due(due_at), of_step=True)


def due(deadline: date | datetime | None) -> Due:
    """Return how a deadline stands today."""
    if deadline is None:
        return Due(on=None, days=None)
    on = deadline.astimezone(clock.BUSINESS_ZONE).date() if isinstance(deadline, datetime) else deadline
    return Due(on=on, days=days_left(on, clock.today(), calendar()))
