"""When to remind before a deadline and when to escalate after it (DOMAIN §7.3).

All intervals count working time. A *hỏa tốc* document halves them; half a working day is the afternoon, so the
shortest interval is four working hours. A reminder whose instant has passed is left out; of the escalations that
have passed and were not sent, only the highest remains, due at once, or on a day of rest when the offices open
again (DOMAIN §4 rule 5).

Nobody is escalated for time before they had the work: where the deadline had passed on receipt, or while a return
was being decided, the ladder counts from the day of acknowledgement, from its first level on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

from engine.clock import BUSINESS_ZONE
from processes.calendar.working_days import WorkingCalendar

#: Urgency of a document that halves all intervals.
EXPRESS = "express"


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderSettings:
    """The numbers of DOMAIN §7.3, in working days.

    Attributes:
        reminders: days before the deadline, by name.
        escalations: days after the deadline, by level.
        morning: when a whole day's interval ends; ``afternoon``: when one that ends on half a day does.
    """

    reminders: Mapping[str, int] = field(
        default_factory=lambda: {"remind_10": 10, "remind_5": 5, "remind_2": 2, "remind_0": 0}
    )
    escalations: Mapping[int, int] = field(default_factory=lambda: {1: 1, 2: 3, 3: 7, 4: 15})
    morning: time = time(8, 0)
    afternoon: time = time(13, 30)


def plan(
    deadline_on: date | None,
    *,
    urgency: str,
    sent_level: int,
    acknowledged_on: date | None = None,
    at: datetime,
    calendar: WorkingCalendar,
    settings: LadderSettings,
) -> dict[str, datetime | None]:
    """Return the instant of every reminder and escalation, ``None`` for those that will not happen.

    Args:
        sent_level: the highest escalation level already sent; levels up to it are never repeated.
        acknowledged_on: the day on which the unit took the work over, if the ladder is to count from it where the
            deadline had passed by then; ``None`` if the deadline counts in any case.
        at: the present instant of the command.
    """
    reminders: dict[str, datetime | None] = {}
    for name, days in settings.reminders.items():
        instant = _before(deadline_on, days, urgency, calendar, settings)
        reminders[name] = instant if instant is not None and instant > at else None
    escalations: dict[int, datetime | None] = {}
    passed: list[int] = []
    soonest = _when_open(at, calendar, settings)
    counted_from = ladder_start(deadline_on, acknowledged_on)
    for level, days in settings.escalations.items():
        instant = _after(counted_from, days, urgency, calendar, settings)
        if instant is None or level <= sent_level:
            escalations[level] = None
        elif instant <= soonest:
            passed.append(level)
            escalations[level] = None
        else:
            escalations[level] = instant
    if passed:
        escalations[max(passed)] = soonest
    return reminders | {f"escalate_{level}": instant for level, instant in sorted(escalations.items())}


def ladder_start(deadline_on: date | None, acknowledged_on: date | None) -> date | None:
    """Return the day that lateness is counted from: the deadline, or the acknowledgement if that came later."""
    if deadline_on is None or acknowledged_on is None:
        return deadline_on
    return max(deadline_on, acknowledged_on)


def _before(
    deadline_on: date | None, days: int, urgency: str, calendar: WorkingCalendar, settings: LadderSettings
) -> datetime | None:
    if deadline_on is None:
        return None
    whole, half = divmod(days, 2) if urgency == EXPRESS else (days, 0)
    day = _last_working_day(deadline_on, calendar)
    if half:  # two and a half days before a morning is the afternoon three days before
        return calendar.at_hour(calendar.add_working_days(day, -(whole + 1)), settings.afternoon)
    return calendar.at_hour(calendar.add_working_days(day, -whole) if whole else day, settings.morning)


def _after(
    deadline_on: date | None, days: int, urgency: str, calendar: WorkingCalendar, settings: LadderSettings
) -> datetime | None:
    if deadline_on is None:
        return None
    whole, half = divmod(days, 2) if urgency == EXPRESS else (days, 0)
    if half:  # half a day after the end of a day is the next day's afternoon
        return calendar.at_hour(calendar.add_working_days(deadline_on, whole + 1), settings.afternoon)
    return calendar.at_hour(calendar.add_working_days(deadline_on, whole), settings.morning)


def _when_open(at: datetime, calendar: WorkingCalendar, settings: LadderSettings) -> datetime:
    day = at.astimezone(BUSINESS_ZONE).date()
    if calendar.is_working_day(day):
        return at
    return calendar.at_hour(calendar.add_working_days(day, 1), settings.morning)


def _last_working_day(day: date, calendar: WorkingCalendar) -> date:
    """Reminders go out on working days only (DOMAIN §4 rule 5)."""
    return day if calendar.is_working_day(day) else calendar.add_working_days(day, -1)
