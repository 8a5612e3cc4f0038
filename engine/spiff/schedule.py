"""Timers as ISO 8601 writes them: dates, durations, cycles (BPMN 2.0.2 §10.4.5).

Years and months are calendar months: ``P1M`` after 31 January is the last day of February, and the month after
that is counted from 31 January again, so that a monthly cycle never drifts. Days are days of the business time
zone. Late cycles follow a :class:`LateCycles` policy.
"""

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from typing import Any, Self

from engine import clock
from engine.feel.temporal_text import read_date_time

_NUMBER = r"(\d{1,9})"
_DURATION = re.compile(
    rf"(-?)P(?=.)(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}W)?(?:{_NUMBER}D)?"
    rf"(?:T(?=.)(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}(?:\.(\d{{1,30}}))?S)?)?\Z"
)
_BRACKETED = re.compile(
    r"(?P<clocks>.*?T[\d:.]+)(?P<offset>Z|[+-]\d{2}:\d{2})?\[(?P<name>[\w/+-]+)\]\Z", re.ASCII
)
_REPEATS = re.compile(r"R(\d{0,6})\Z")

#: A timer further away than this is a mistake; it also keeps every date within the calendar.
LONGEST_MONTHS = 12 * 1000


class LateCycles(StrEnum):
    """What a cycle does about ticks that passed while nobody was there to fire them."""

    #: Fires once for all of them and goes on with the first tick that is still to come.
    FIRE_ONCE = "fire_once"
    #: Fires each of them, one after the other, at its own due time.
    FIRE_EACH = "fire_each"


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration:
    """A span of calendar months, days and time; never negative."""

    months: int
    days: int
    time: timedelta

    def __bool__(self) -> bool:
        return bool(self.months or self.days or self.time)

    def after(self, instant: datetime, times: int = 1) -> datetime:
        """Return the instant ``times`` spans after ``instant``, in UTC.

        Raises:
            ValueError: that is beyond the calendar.
        """
        try:
            local = clock.require_aware(instant).astimezone(clock.BUSINESS_ZONE)
            months = local.year * 12 + local.month - 1 + self.months * times
            year, month = divmod(months, 12)
            day = min(local.day, monthrange(year, month + 1)[1])
            moved = local.replace(year=year, month=month + 1, day=day) + timedelta(days=self.days * times)
            return clock.require_aware(moved) + self.time * times
        except (OverflowError, ValueError, IndexError) as error:
            raise ValueError("the timer lies beyond the calendar") from error


def parse_duration(text: str) -> Duration:
    """Read an ISO 8601 duration, e.g. ``P1M``, ``P2W``, ``PT1.5S``; fractions are cut to microseconds.

    A negative one, as FEEL gives for what is past, has no length: it is over at once.

    Raises:
        ValueError: it is none; fractions of anything but seconds are not accepted.
    """
    match = _DURATION.match(text.strip())
    if match is None:
        raise ValueError(f"'{text}' is no ISO 8601 duration such as P10D, P1M or PT2H")
    years, months, weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:8])
    microseconds = int((match[9] or "")[:6].ljust(6, "0"))
    try:
        duration = Duration(
            months=years * 12 + months,
            days=weeks * 7 + days,
            time=timedelta(hours=hours, minutes=minutes, seconds=seconds, microseconds=microseconds),
        )
    except OverflowError as error:
        raise ValueError(f"the duration '{text}' is too long") from error
    if duration.months > LONGEST_MONTHS or duration.days > LONGEST_MONTHS * 31:
        raise ValueError(f"the duration '{text}' is too long")
    return Duration(months=0, days=0, time=timedelta()) if match[1] else duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """Ticks at ``anchor + n * period``.

    Attributes:
        index: which tick comes next.
        last: the last tick there is; ``None`` for a cycle without end.
    """

    anchor: datetime
    period: str
    index: int
    last: int | None

    @property
    def due_at(self) -> datetime:
        """The instant of the next tick."""
        return parse_duration(self.period).after(self.anchor, self.index)

    def to_json(self) -> list[Any]:
        """Return the stored form: anchor, period, index, last."""
        return [clock.to_text(self.anchor), self.period, self.index, self.last]

    @classmethod
    def from_json(cls, stored: Sequence[Any]) -> Self:
        """Read what :meth:`to_json` wrote."""
        anchor, period, index, last = stored
        return cls(anchor=clock.from_text(anchor), period=period, index=index, last=last)

    def after(self, fired_at: datetime, late: LateCycles) -> "Cycle | None":
        """Return the cycle after its next tick has fired at ``fired_at``; ``None`` if that was the last.

        A tick beyond the calendar never comes.
        """
        following = Cycle(anchor=self.anchor, period=self.period, index=self.index + 1, last=self.last)
        try:
            following = following.passing(fired_at if late is LateCycles.FIRE_ONCE else self.anchor)
        except ValueError:
            return None
        if following.last is not None and following.index > following.last:
            return None
        return following

    def at_index(self, index: int) -> "Cycle | None":
        """Return the cycle with another tick to come next; ``None`` if there is no such tick."""
        moved = Cycle(anchor=self.anchor, period=self.period, index=index, last=self.last)
        try:
            parse_duration(self.period).after(self.anchor, index)
        except ValueError:
            return None
        return None if self.last is not None and index > self.last else moved

    def passing(self, instant: datetime) -> "Cycle":
        """Return the cycle moved on to its first tick after ``instant``."""
        period = parse_duration(self.period)
        if period.after(self.anchor, self.index) > instant:
            return self
        low, step = self.index, 1
        while period.after(self.anchor, low + step) <= instant:
            low, step = low + step, step * 2
        high = low + step
        while high - low > 1:
            middle = (low + high) // 2
            if period.after(self.anchor, middle) > instant:
                high = middle
            else:
                low = middle
        return Cycle(anchor=self.anchor, period=self.period, index=high, last=self.last)


def parse_cycle(text: str, *, at: datetime) -> Cycle | None:
    """Read an ISO 8601 repeating interval, ``Rn/[start/]duration``.

    Args:
        at: when the timer begins to wait. Without a start the first tick is one period later; with a start in
            the past, ticks that have passed count as had.

    Returns:
        The cycle, or ``None`` if no tick is left.

    Raises:
        ValueError: it is none.
    """
    parts = text.strip().split("/")
    match = _REPEATS.match(parts[0])
    if match is None or len(parts) not in (2, 3):
        raise ValueError(f"'{text}' is no ISO 8601 cycle such as R3/PT10H or R/2026-01-31T08:00:00Z/P1M")
    if not parse_duration(parts[-1]):
        raise ValueError(f"the cycle '{text}' has no length")
    times = int(match[1]) if match[1] else None
    if len(parts) == 2:
        return None if times == 0 else Cycle(anchor=at, period=parts[-1], index=1, last=times)
    start = parse_instant(parts[1])
    cycle = Cycle(anchor=start, period=parts[-1], index=0, last=None if times is None else times - 1)
    if cycle.due_at < at:
        cycle = cycle.passing(at - timedelta(microseconds=1))
    return None if cycle.last is not None and cycle.index > cycle.last else cycle


def parse_instant(text: str) -> datetime:
    """Read an instant; a date, or a time without a zone, is of the business time zone.

    A zone may be an offset or, as FEEL and Java write it, a name: ``…@Asia/Ho_Chi_Minh``, ``…[Asia/Ho_Chi_Minh]``.
    Fractions are cut to microseconds.

    Raises:
        ValueError: it is none.
    """
    try:
        instant = _in_named_zone(text.strip()) or datetime.fromisoformat(text.strip())
        if instant.tzinfo is None:
            instant = instant.replace(tzinfo=clock.BUSINESS_ZONE)
        return clock.require_aware(instant)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"'{text}' is no ISO 8601 date such as 2026-06-30T17:00:00+07:00") from error


def _in_named_zone(text: str) -> datetime | None:
    bracketed = _BRACKETED.match(text)
    if bracketed is not None:
        if bracketed["offset"]:
            return datetime.fromisoformat(text[: bracketed.end("offset")])
        text = f"{bracketed['clocks']}@{bracketed['name']}"
    if "@" not in text:
        return None
    moment = read_date_time(text)
    if moment is None:
        raise ValueError(text)
    day, offset = moment.date, timedelta(seconds=moment.offset or 0)
    midnight = datetime(day.year, day.month, day.day, tzinfo=timezone(offset))
    return midnight + timedelta(microseconds=moment.time.nanoseconds // 1_000)
