"""What the *6 rõ* check is made of: a directive as a letter says it, or as the coordinator has drafted it."""

from collections.abc import Mapping, Sequence
from typing import Any

from processes.directives.clarity import Aspect, Facts
from processes.directives.deadlines import SET
from processes.directives.terms import Terms, terms_of
from processes.documents.reading.letter import DirectiveReading
from processes.documents.states import Nature, ReportingPeriod
from processes.documents.tables import Directive

_PERIODS = {
    ReportingPeriod.WEEK: "weekly",
    ReportingPeriod.FORTNIGHT: "every 2 weeks",
    ReportingPeriod.MONTH: "monthly",
    ReportingPeriod.QUARTER: "quarterly",
}


def facts_of(
    directive: DirectiveReading,
    *,
    addressees: Sequence[str] = (),
    products: Sequence[str] = (),
    urgency: str = "normal",
) -> Facts:
    """Return what a letter says of one of its directives.

    Args:
        addressees: the wordings of *Kính gửi*.
        products: what the letter says is to be delivered.
    """
    outside = () if directive.outside is None else (directive.outside,)
    return Facts(
        text=directive.text,
        leads=directive.leads or outside,
        addressees=addressees,
        unknown_lead=None if directive.unknown is None else directive.unknown.text,
        coordinate=directive.coordinate or None,
        deadline=None if directive.deadline is None else directive.deadline.to_json(),
        products=products,
        indicators=directive.indicators if directive.target is not None else (),
        urgency=urgency,
    )


def facts_of_draft(directive: Directive, *, addressees: Sequence[str] = (), urgency: str = "normal") -> Facts:
    """Return what holds for a directive that is kept: what was read, unless the coordinator has set something.

    Args:
        addressees: the wordings of *Kính gửi*.
        urgency: of the letter.
    """
    terms = terms_of(directive)
    settled = {
        aspect
        for aspect, source in (
            (Aspect.LEAD, terms.leads.source),
            (Aspect.COORDINATE, terms.coordinating.source),
            (Aspect.TIME, terms.deadline.source),
            (Aspect.RESULT, terms.products.source),
        )
        if source == SET
    }
    coordinating = terms.coordinating.value
    return Facts(
        text=directive.text,
        leads=terms.leads.value.include,
        addressees=addressees,
        coordinate=coordinating if coordinating or Aspect.COORDINATE in settled else None,
        person=terms.person.value,
        deadline=_deadline(terms),
        products=terms.products.value,
        urgency=urgency,
        settled=frozenset(settled),
    )


def _deadline(terms: Terms) -> Mapping[str, Any] | None:
    """Return the deadline, or that the work goes on where the coordinator says so."""
    if terms.deadline.value is not None:
        return terms.deadline.value
    period = terms.reporting_period.value
    rule = None if period is None else _PERIODS.get(ReportingPeriod(period))
    if rule is not None:
        return {"kind": "periodic", "date": None, "rrule": rule}
    is_set = terms.nature.source == SET and terms.nature.value == Nature.CONTINUOUS
    return {"kind": "ongoing", "date": None} if is_set else None
