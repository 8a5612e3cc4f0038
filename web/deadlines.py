"""Says how a deadline stands today: the words and the tone they are shown in."""

from dataclasses import dataclass
from datetime import date, datetime

from engine import clock
from processes.assignments.status import DUE_SOON_DAYS, days_left
from web import typography
from web.units import calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A deadline as shown.

    Attributes:
        days: working days left, negative when overdue, ``None`` without a deadline.
        tone: ``late``, ``soon`` or ``fine``; always beside words, never alone.
    """

    on: date | None
    days: int | None

    @property
    def tone(self) -> str:
        """The colour that the words are shown in."""
        if self.days is None or self.days > DUE_SOON_DAYS:
            return "fine"
        return "late" if self.days < 0 else "soon"

    @property
    def words(self) -> str:
        """For example *còn 3 ngày làm việc*."""
        return typography.days_left(self.days)


def due(deadline: date | datetime | None) -> Due:
    """Return how a deadline stands today."""
    if deadline is None:
        return Due(on=None, days=None)
    on = deadline.astimezone(clock.BUSINESS_ZONE).date() if isinstance(deadline, datetime) else deadline
    return Due(on=on, days=days_left(on, clock.today(), calendar()))
