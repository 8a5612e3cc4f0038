"""What the *6 rõ* check is made of: a directive as a letter says it, or as the coordinator has drafted it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from processes.directives.clarity import Aspect, Facts
from processes.directives.deadlines import SET
from processes.directives.terms import Terms, terms_of, units_of, unresolved
from processes.documents.reading.letter import DirectiveReading
from processes.documents.states import Nature, ReportingPeriod
from processes.documents.tables import Directive
from processes.units.registry import UnitRegistry

#: Natures that need no deadline, if the coordinator says so.
_WITHOUT_DEADLINE = frozenset({Nature.CONTINUOUS, Nature.PERIODIC})


def facts_of(
    directive: DirectiveReading, *, addressees: Sequence[str] = (), urgency: str = "normal"
) -> Facts:
    """Return what a letter says of one of its directives.

    Args:
        addressees: the wordings of *Kính gửi*.
        urgency: of the letter.
    """
    outside = () if directive.outside is None else (directive.outside,)
    return Facts(
        text=directive.text,
        leads=directive.leads or outside,
        addressees=addressees,
        unknown_lead=None if directive.unknown is None else directive.unknown.text,
        coordinate=directive.coordinate or None,
        deadline=None if directive.deadline is None else directive.deadline.to_json(),
        products=directive.products,
        indicators=directive.indicators if directive.target is not None else (),
        waits=directive.nature_code is Nature.WAITS_FOR_EVENT,
        urgency=urgency,
    )


def facts_of_draft(
    directive: Directive,
    registry: UnitRegistry,
    *,
    on: date,
    addressees: Sequence[str] = (),
    urgency: str = "normal",
) -> Facts:
    """Return what holds for a directive that is kept: what was read, unless the coordinator has set something.

    Args:
        on: the day on which groups and names are looked up.
        addressees: the wordings of *Kính gửi*.
        urgency: of the letter.
    """
    terms = terms_of(directive)
    unknown = unknown_leads(directive, registry, on=on)
    leads = () if unknown else tuple(unit.name for unit in units_of(terms.leads.value, registry, on=on))
    coordinating = terms.coordinating
    settled = {Aspect.WORK: terms.summary.source, Aspect.COORDINATE: coordinating.source}
    return Facts(
        text=directive.text,
        leads=leads,
        addressees=addressees,
        unknown_lead="; ".join(unknown) or None,
        coordinate=coordinating.value if coordinating.value or coordinating.source == SET else None,
        person=terms.person.value if leads else None,
        deadline=_deadline(terms),
        products=terms.products.value,
        waits=terms.nature.value == Nature.WAITS_FOR_EVENT,
        urgency=urgency,
        settled=frozenset(aspect for aspect, source in settled.items() if source == SET),
    )


def unknown_leads(directive: Directive, registry: UnitRegistry, *, on: date) -> tuple[str, ...]:
    """Return the names of those that lead a directive which the registry does not have on a day."""
    names = unresolved(terms_of(directive).leads.value, registry, on=on)
    return tuple(str(each.params.get("text", each.message)) for each in names)


def _deadline(terms: Terms) -> Mapping[str, Any] | None:
    """Return the deadline object; one that is periodic has the period that the coordinator has set."""
    deadline, period = terms.deadline.value, terms.reporting_period.value
    goes_on = terms.nature.source == SET and terms.nature.value in _WITHOUT_DEADLINE
    if goes_on and terms.deadline.source != SET:
        return {"kind": "ongoing"} if deadline is None or not deadline.get("date") else deadline
    is_periodic = deadline is not None and deadline.get("kind") == "periodic"
    if deadline is not None and is_periodic and period not in (None, ReportingPeriod.NONE):
        return {**deadline, "rrule": deadline.get("rrule") or period}
    return deadline
