"""The marks of the matrix: how an assignment stands, as a shape, a colour and words.

Lifecycle and timeliness (DOMAIN §2.3) are two axes; what needs attention wins: overdue before due soon before
where the work is.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from processes.assignments.status import DUE_SOON_DAYS, Lifecycle
from web.language import gettext
from web.typography import working_days


class MarkKey(StrEnum):
    """What a cell says, in the order of the legend: what needs somebody comes first."""

    #: Open and past its deadline.
    OVERDUE = "overdue"
    #: Open and within the last days before its deadline.
    SOON = "soon"
    #: The unit says it is not theirs; the monitor decides.
    RETURNED = "returned"
    #: The result was not enough.
    SUPPLEMENT = "supplement"
    #: Issued, not acknowledged yet.
    ISSUED = "issued"
    #: Being worked on, in time.
    OPEN = "open"
    #: Being worked on, without a deadline (DOMAIN §2.3, bucket 5).
    OPEN_FREE = "open-free"
    #: A result was submitted and waits for its appraisal.
    SUBMITTED = "submitted"
    #: Done in time.
    DONE = "done"
    #: Done after the deadline.
    DONE_LATE = "done-late"
    #: Done, without a deadline to be in time for.
    DONE_FREE = "done-free"
    #: Taken back.
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One mark: ``symbol`` is what the cell shows, ``words`` what it means.

    Attributes:
        accountability: it bears the second mark, that accountability is being considered.
    """

    key: MarkKey
    symbol: str
    words: str
    accountability: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LegendEntry:
    """One line of the legend."""

    key: str
    symbol: str
    label: str
    count: int
    accountability: bool = False


#: The filter and legend key of the second mark.
ACCOUNTABILITY = "accountability"

#: What counts as done.
DONE_KEYS = (MarkKey.DONE, MarkKey.DONE_LATE, MarkKey.DONE_FREE)

_SYMBOLS = {
    MarkKey.OVERDUE: "−3",
    MarkKey.SOON: "3",
    MarkKey.RETURNED: "↩",
    MarkKey.SUPPLEMENT: "↺",
    MarkKey.ISSUED: "○",
    MarkKey.OPEN: "●",
    MarkKey.OPEN_FREE: "∞",
    MarkKey.SUBMITTED: "◆",
    MarkKey.DONE: "✓",
    MarkKey.DONE_LATE: "✓2",
    MarkKey.DONE_FREE: "✓∞",
    MarkKey.WITHDRAWN: "–",
}


def mark_of(
    status: Lifecycle,
    days_left: int | None,
    late_days: int | None,
    *,
    has_deadline: bool,
    accountability_open: bool = False,
) -> Mark:
    """Return the mark of an assignment.

    Args:
        days_left: working days to the deadline, negative when overdue, ``None`` without deadline or when done.
        late_days: working days by which an accepted result was late.
        accountability_open: accountability is being considered; a second mark beside the first.
    """
    mark = _mark_of(status, days_left, late_days, has_deadline)
    if not accountability_open:
        return mark
    return replace(mark, accountability=True, words=f"{mark.words} · {accountability_label()}")


def accountability_label() -> str:
    """Return what the second mark says."""
    return gettext("Accountability is being considered")


def _mark_of(status: Lifecycle, days_left: int | None, late_days: int | None, has_deadline: bool) -> Mark:
    match status:
        case Lifecycle.WITHDRAWN:
            return _plain(MarkKey.WITHDRAWN)
        case Lifecycle.DONE if late_days:
            words = gettext("done, %(days)s late", days=working_days(late_days))
            return Mark(key=MarkKey.DONE_LATE, symbol=f"✓{late_days}", words=words)
        case Lifecycle.DONE:
            return _plain(MarkKey.DONE if has_deadline else MarkKey.DONE_FREE)
        case Lifecycle.AWAITING_APPRAISAL:
            return _plain(MarkKey.SUBMITTED)
        case Lifecycle.WAITING:
            return Mark(key=MarkKey.OPEN_FREE, symbol="…", words=lifecycle_label(status))
    if days_left is not None and days_left < 0:
        words = gettext("%(days)s overdue", days=working_days(-days_left))
        return Mark(key=MarkKey.OVERDUE, symbol=f"−{-days_left}", words=words)
    match status:
        case Lifecycle.RETURNED:
            return _plain(MarkKey.RETURNED)
        case Lifecycle.SUPPLEMENT_REQUESTED:
            return _plain(MarkKey.SUPPLEMENT)
    if days_left is not None and days_left <= DUE_SOON_DAYS:
        words = gettext("%(days)s left", days=working_days(days_left)) if days_left else gettext("due today")
        return Mark(key=MarkKey.SOON, symbol=str(days_left), words=words)
    if status is Lifecycle.ISSUED:
        return _plain(MarkKey.ISSUED)
    return _plain(MarkKey.OPEN if has_deadline else MarkKey.OPEN_FREE)


def mark_label(key: MarkKey) -> str:
    """Return what the legend calls a mark."""
    match key:
        case MarkKey.OVERDUE:
            return gettext("Overdue, by days")
        case MarkKey.SOON:
            return gettext("Due soon, days left")
        case MarkKey.RETURNED:
            return gettext("Returned by the unit")
        case MarkKey.SUPPLEMENT:
            return gettext("Supplement requested")
        case MarkKey.ISSUED:
            return gettext("Not acknowledged yet")
        case MarkKey.OPEN:
            return gettext("In progress, in time")
        case MarkKey.OPEN_FREE:
            return gettext("In progress, no deadline")
        case MarkKey.SUBMITTED:
            return gettext("Awaiting appraisal")
        case MarkKey.DONE_FREE:
            return gettext("Done, no deadline")
        case MarkKey.DONE:
            return gettext("Done in time")
        case MarkKey.DONE_LATE:
            return gettext("Done late, by days")
        case MarkKey.WITHDRAWN:
            return gettext("Withdrawn")


def legend(marks: Iterable[Mark]) -> list[LegendEntry]:
    """Return the legend of the marks given, with counts; what does not occur is left out."""
    counts: dict[MarkKey, int] = {}
    considered = 0
    for mark in marks:
        counts[mark.key] = counts.get(mark.key, 0) + 1
        considered += mark.accountability
    entries = [
        LegendEntry(key=key, symbol=_SYMBOLS[key], label=mark_label(key), count=counts[key])
        for key in MarkKey
        if key in counts
    ]
    if considered:
        entries.append(
            LegendEntry(
                key=ACCOUNTABILITY,
                symbol="",
                label=accountability_label(),
                count=considered,
                accountability=True,
            )
        )
    return entries


def shares(counts: dict[MarkKey, int]) -> list[tuple[MarkKey, float, float]]:
    """Return the segments of a bar 100 wide: key, left edge, width; what is done comes first."""
    total = sum(counts.values())
    segments: list[tuple[MarkKey, float, float]] = []
    left = 0.0
    for key in (
        MarkKey.DONE,
        MarkKey.DONE_FREE,
        MarkKey.DONE_LATE,
        MarkKey.SUBMITTED,
        MarkKey.OPEN,
        MarkKey.OPEN_FREE,
        MarkKey.ISSUED,
        MarkKey.SUPPLEMENT,
        MarkKey.RETURNED,
        MarkKey.SOON,
        MarkKey.OVERDUE,
        MarkKey.WITHDRAWN,
    ):
        if counts.get(key):
            width = 100 * counts[key] / total
            segments.append((key, round(left, 2), round(width, 2)))
            left += width
    return segments


def lifecycle_label(status: Lifecycle) -> str:
    """Return what people call a state (DOMAIN §2.3)."""
    match status:
        case Lifecycle.ISSUED:
            return gettext("Issued, not acknowledged yet")
        case Lifecycle.ACKNOWLEDGED:
            return gettext("Acknowledged")
        case Lifecycle.WAITING:
            return gettext("Waits for documents to be issued")
        case Lifecycle.IN_PROGRESS:
            return gettext("In progress")
        case Lifecycle.AWAITING_APPRAISAL:
            return gettext("Awaiting appraisal")
        case Lifecycle.SUPPLEMENT_REQUESTED:
            return gettext("Supplement requested")
        case Lifecycle.RETURNED:
            return gettext("Returned by the unit")
        case Lifecycle.DONE:
            return gettext("Done")
        case Lifecycle.WITHDRAWN:
            return gettext("Withdrawn")


def _plain(key: MarkKey) -> Mark:
    return Mark(key=key, symbol=_SYMBOLS[key], words=mark_label(key))
