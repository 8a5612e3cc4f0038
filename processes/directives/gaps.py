"""What a directive needs before it goes to the units: việc, đơn vị chủ trì, thời gian, kết quả (DOMAIN §2.1).

The *6 rõ* check judges what holds for it, read or set. A gap that the coordinator has overridden with a reason
stays in sight and holds nothing up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from processes.calendar.working_days import WorkingCalendar
from processes.directives.clarity import DEFAULT_LABELS, Aspect, Clarity, Facts, Finding, check_clarity
from processes.directives.deadlines import DefaultDeadlines
from processes.directives.facts import facts_of_draft
from processes.documents.tables import Directive
from processes.units.registry import UnitRegistry


class Gap(StrEnum):
    """What is missing."""

    #: Rõ việc: what is to be done.
    WORK = "work"
    #: Rõ đơn vị chủ trì: who leads.
    LEAD = "lead"
    #: Rõ thời gian: until when, or that it goes on.
    TIME = "time"
    #: Rõ kết quả: what is to be delivered.
    RESULT = "result"


#: Judges without proposing a deadline, for which no calendar is needed.
_NO_CALENDAR = WorkingCalendar({})


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundGap:
    """A gap of a directive.

    Attributes:
        detail: the words that are the matter, if there are any.
        reason: why the coordinator overrides it; ``None`` while it is open.
    """

    directive: Directive
    gap: Gap
    detail: str | None = None
    reason: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether it holds the document up."""
        return self.reason is None


def clarity_of(
    directive: Directive,
    registry: UnitRegistry,
    *,
    on: date,
    received_on: date | None = None,
    calendar: WorkingCalendar,
    urgency: str = "normal",
    addressees: Sequence[str] = (),
    labels: Sequence[str] = DEFAULT_LABELS,
    defaults: DefaultDeadlines | None = None,
) -> Clarity:
    """Return how a directive stands with the *6 rõ*, by what holds for it now, with proposals.

    Args:
        on: the day of the document, from which proposed deadlines count; from ``received_on``, where that is
            later.
        labels: as the issuer names them.
    """
    return check_clarity(
        facts_of_draft(directive, registry, on=on, addressees=addressees, urgency=urgency),
        issued_on=on,
        received_on=received_on,
        calendar=calendar,
        labels=labels,
        defaults=defaults,
        overrides=_overrides(directive),
    )


def gaps_of(directive: Directive, registry: UnitRegistry, *, on: date) -> list[FoundGap]:
    """Return the gaps of a directive, in the order of :class:`Gap`; an unknown lead is one, too.

    Args:
        on: the day on which groups and names are looked up.
    """
    facts = facts_of_draft(directive, registry, on=on)
    clarity = check_clarity(facts, calendar=_NO_CALENDAR, overrides=_overrides(directive))
    return [
        FoundGap(
            directive=directive,
            gap=Gap(finding.aspect.value),
            detail=_detail(finding, facts),
            reason=finding.overridden,
        )
        for finding in clarity.gaps
    ]


def open_gaps(directives: Sequence[Directive], registry: UnitRegistry, *, on: date) -> list[FoundGap]:
    """Return the gaps of directives that nobody has overridden."""
    return [gap for directive in directives for gap in gaps_of(directive, registry, on=on) if gap.is_open]


def _detail(finding: Finding, facts: Facts) -> str | None:
    if finding.aspect is Aspect.LEAD and facts.unknown_lead is not None:
        return facts.unknown_lead
    return "; ".join(word.text for word in finding.words) or None


def _overrides(directive: Directive) -> dict[Aspect, str]:
    return {Aspect(gap): entry["reason"] for gap, entry in (directive.overrides or {}).items()}
