"""What a directive needs before it goes to the units: việc, đơn vị chủ trì, thời gian, kết quả (DOMAIN §2.1).

The *6 rõ* check judges what holds for it, read or set. A gap that the coordinator has overridden with a reason
stays in sight and holds nothing up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from processes.calendar.working_days import WorkingCalendar
from processes.directives.clarity import (
    DEFAULT_LABELS,
    Aspect,
    Clarity,
    Facts,
    Finding,
    State,
    check_clarity,
)
from processes.directives.deadlines import SET, DefaultDeadlines
from processes.directives.terms import Terms, terms_of, units_of, unresolved
from processes.documents.states import Nature, ReportingPeriod
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


#: Natures that need no deadline, if the coordinator says so.
_WITHOUT_DEADLINE = frozenset({Nature.CONTINUOUS, Nature.PERIODIC})
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
    calendar: WorkingCalendar,
    urgency: str = "normal",
    addressees: Sequence[str] = (),
    labels: Sequence[str] = DEFAULT_LABELS,
    defaults: DefaultDeadlines | None = None,
) -> Clarity:
    """Return how a directive stands with the *6 rõ*, by what holds for it now, with proposals.

    Args:
        on: the day of the document, from which proposed deadlines count.
        labels: as the issuer names them.
    """
    return check_clarity(
        _facts(directive, registry, on, urgency, addressees),
        issued_on=on,
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
    clarity = check_clarity(_facts(directive, registry, on), calendar=_NO_CALENDAR)
    waits = terms_of(directive).nature.value == Nature.WAITS_FOR_EVENT
    overrides = directive.overrides or {}
    found = []
    for gap in Gap:
        finding = clarity.of(Aspect(gap.value))
        if finding is None or not _is_gap(finding) or (gap is Gap.TIME and waits):
            continue
        words = "; ".join(word.text for word in finding.words)
        unknown = _unknown(directive, registry, on) if gap is Gap.LEAD else ""
        reason = overrides.get(gap, {}).get("reason")
        found.append(FoundGap(directive=directive, gap=gap, detail=unknown or words or None, reason=reason))
    return found


def open_gaps(directives: Sequence[Directive], registry: UnitRegistry, *, on: date) -> list[FoundGap]:
    """Return the gaps of directives that nobody has overridden."""
    return [gap for directive in directives for gap in gaps_of(directive, registry, on=on) if gap.is_open]


def _is_gap(finding: Finding) -> bool:
    """Say whether a finding keeps a directive from the units: how the work is worded does not."""
    if finding.aspect is Aspect.WORK:
        return finding.state is State.MISSING
    return finding.state is not State.CLEAR


def _facts(
    directive: Directive,
    registry: UnitRegistry,
    on: date,
    urgency: str = "normal",
    addressees: Sequence[str] = (),
) -> Facts:
    terms = terms_of(directive)
    unknown = unresolved(terms.leads.value, registry, on=on)
    leads = () if unknown else tuple(unit.name for unit in units_of(terms.leads.value, registry, on=on))
    coordinating = terms.coordinating
    return Facts(
        text=directive.text,
        leads=leads,
        addressees=addressees,
        unknown_lead=_unknown(directive, registry, on) or None,
        coordinate=coordinating.value if coordinating.value or coordinating.source == SET else None,
        person=terms.person.value if leads else None,
        deadline=_deadline(terms),
        products=terms.products.value,
        urgency=urgency,
        settled=_settled(terms),
    )


def _deadline(terms: Terms) -> Mapping[str, Any] | None:
    """Return the deadline object; one that is periodic has the period that the coordinator has set."""
    deadline = terms.deadline.value
    period = terms.reporting_period.value
    if (
        terms.nature.source == SET
        and terms.nature.value in _WITHOUT_DEADLINE
        and terms.deadline.source != SET
    ):
        return {"kind": "ongoing"} if deadline is None or not deadline.get("date") else deadline
    if (
        deadline is not None
        and deadline.get("kind") == "periodic"
        and period not in (None, ReportingPeriod.NONE)
    ):
        return {**deadline, "rrule": deadline.get("rrule") or period}
    return deadline


def _settled(terms: Terms) -> frozenset[Aspect]:
    """Return what a person has filled in."""
    found = {
        Aspect.WORK: terms.summary.source,
        Aspect.COORDINATE: terms.coordinating.source,
    }
    return frozenset(aspect for aspect, source in found.items() if source == SET)


def _unknown(directive: Directive, registry: UnitRegistry, on: date) -> str:
    names = unresolved(terms_of(directive).leads.value, registry, on=on)
    return "; ".join(str(each.params.get("text", each.message)) for each in names)


def _overrides(directive: Directive) -> dict[Aspect, str]:
    return {Aspect(gap): entry["reason"] for gap, entry in (directive.overrides or {}).items()}
