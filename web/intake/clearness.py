"""The six things that have to be clear of each directive: whether they are, by which words, what would help."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import orjson

from processes.calendar.working_days import WorkingCalendar
from processes.directives.clarity import DEFAULT_LABELS, Aspect, Finding, State, aspect_of
from processes.directives.deadlines import SET
from processes.directives.drafting.view import DirectiveView
from processes.directives.gaps import FoundGap, Gap, clarity_of
from processes.directives.terms import Term
from processes.documents.states import ReportingPeriod
from processes.documents.tables import Document
from web.intake.vocabulary import deadline_words, source_label
from web.language import gettext, ngettext
from web.typography import day
from web.units import registry, unit_name

#: Which gap holds a directive up, by what is not clear.
_GAP_OF: Mapping[Aspect, Gap] = {
    Aspect.WORK: Gap.WORK,
    Aspect.LEAD: Gap.LEAD,
    Aspect.TIME: Gap.TIME,
    Aspect.RESULT: Gap.RESULT,
}
#: Units that are named; of more, the rest is counted.
_MOST_NAMED = 6
#: Reporting periods by how the check proposes them.
_PERIODS: Mapping[str, ReportingPeriod] = {
    "weekly": ReportingPeriod.WEEK,
    "monthly": ReportingPeriod.MONTH,
    "quarterly": ReportingPeriod.QUARTER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a click would set: the hidden fields of its form, and words for it."""

    words: str
    fields: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One of the six.

    Attributes:
        words: what holds; empty if there is nothing.
        quoted: the words of the letter that leave it open.
        source: where what holds comes from, *theo văn bản* or *ấn định*; empty if it is no term.
        is_set: it was set; ``read`` is then what the letter says, if that differs.
        gap: what holds the directive up, or would without the reason; ``None`` if nothing does.
        reason: why the coordinator lets it go as it is.
    """

    key: str
    label: str
    state: State
    words: str = ""
    quoted: Sequence[str] = ()
    source: str = ""
    is_set: bool = False
    read: str = ""
    gap: Gap | None = None
    reason: str | None = None
    proposals: Sequence[Proposal] = field(default_factory=tuple)

    @property
    def holds_up(self) -> bool:
        """Whether the directive cannot go out because of it."""
        return self.gap is not None and self.reason is None

    @property
    def symbol(self) -> str:
        """The sign that stands beside the words."""
        return {State.CLEAR: "✓", State.UNCLEAR: "?", State.MISSING: "–"}[self.state]

    @property
    def state_words(self) -> str:
        """The state in words."""
        match self.state:
            case State.CLEAR:
                return gettext("clear")
            case State.UNCLEAR:
                return gettext("unclear")
            case State.MISSING:
                return gettext("missing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What of the letter the check of its directives needs.

    Attributes:
        labels: the six as the letter names them; those of the chairman's letters if it names none.
        addressees: to whom it goes, as worded.
    """

    document: Document
    labels: Sequence[str]
    addressees: Sequence[str]
    calendar: WorkingCalendar
    today: date


def letter_of(
    document: Document, reading: Mapping[str, Any], *, calendar: WorkingCalendar, today: date
) -> Letter:
    """Return what of a letter the check of its directives needs."""
    labels = [label for label in reading.get("six_clear_labels") or () if aspect_of(label) is not None]
    return Letter(
        document=document,
        labels=labels if len(labels) == len(DEFAULT_LABELS) else DEFAULT_LABELS,
        addressees=[str(each["text"]) for each in reading.get("recipients") or ()],
        calendar=calendar,
        today=today,
    )


def points_of(view: DirectiveView, letter: Letter, *, leads: str) -> Sequence[Point]:
    """Return what has to be clear of a directive, in the order in which the letter names it.

    Args:
        leads: who leads, in words.
    """
    found = clarity_of(
        view.directive,
        registry(),
        on=max(letter.today, letter.document.issued_on or letter.today),  # what is proposed is still to come
        calendar=letter.calendar,
        urgency=letter.document.urgency,
        addressees=letter.addressees,
        labels=letter.labels,
    )
    gaps = {each.gap: each for each in view.gaps}
    return [_point(view, finding, gaps, leads) for finding in (*found.findings, *found.needed)]


def _point(view: DirectiveView, finding: Finding, gaps: Mapping[Gap, FoundGap], leads: str) -> Point:
    aspect = finding.aspect
    gap = gaps.get(_GAP_OF[aspect]) if aspect in _GAP_OF else None
    term, words, read = _term(view, aspect, leads)
    state = finding.state
    if gap is None and aspect in {Aspect.LEAD, Aspect.TIME, Aspect.RESULT} and state is State.MISSING:
        state = State.CLEAR  # it needs none
    if state is State.CLEAR and aspect is Aspect.TIME and not words:
        words = gettext("continuous, or waits for an event")
    if gap is not None and state is State.CLEAR:
        state = State.UNCLEAR if gap.detail else State.MISSING
    is_set = term is not None and term.source == SET
    return Point(
        key=aspect.value,
        label=aspect_label(aspect),
        state=state,
        words=words if state is not State.MISSING else "",
        quoted=[word.text for word in finding.words] or ([gap.detail] if gap and gap.detail else []),
        source="" if term is None or not words else source_label(term.source),
        is_set=is_set,
        read=read if is_set and read != words else "",
        gap=None if gap is None else gap.gap,
        reason=None if gap is None else gap.reason,
        proposals=list(_proposals(aspect, finding.proposal)),
    )


def _term(view: DirectiveView, aspect: Aspect, leads: str) -> tuple[Term[Any] | None, str, str]:
    """Return the term that says an aspect, what holds in words, and what the letter says in words."""
    terms, directive = view.terms, view.directive
    match aspect:
        case Aspect.LEAD:
            return terms.leads, leads, directive.lead_text
        case Aspect.WORK:
            return None, gettext("as in the text"), ""
        case Aspect.RESPONSIBILITY:
            return None, terms.person.value or gettext("the head of the lead unit"), ""
        case Aspect.TIME:
            said = None if directive.deadline is None else orjson.loads(directive.deadline)
            deadline = terms.deadline.value
            return terms.deadline, deadline_words(deadline) if deadline else "", deadline_words(said)
        case Aspect.RESULT:
            return terms.products, "; ".join(terms.products.value), "; ".join(directive.products or ())
        case Aspect.COORDINATE:
            read = orjson.loads(directive.coordinating_units or "[]")
            return terms.coordinating, units_in_words(terms.coordinating.value), units_in_words(read)
        case Aspect.AUTHORITY | Aspect.RESOURCES | Aspect.INSPECTION:
            return None, "", ""


def units_in_words(codes: Sequence[str]) -> str:
    """Return the names of units; of many the first, and how many there are besides."""
    names = ", ".join(map(unit_name, codes[:_MOST_NAMED]))
    left = len(codes) - _MOST_NAMED
    if left <= 0:
        return names
    return ngettext("%(names)s and %(num)s more unit", "%(names)s and %(num)s more units", left, names=names)


def _proposals(aspect: Aspect, proposal: Any) -> Iterator[Proposal]:
    match aspect, proposal:
        case Aspect.TIME, {"kind": "date", "date": str(on)}:
            yield Proposal(
                words=gettext("until %(day)s", day=day(on)), fields=[("deadline", "date"), ("date", on)]
            )
        case Aspect.TIME, {"kind": "ongoing" | "periodic", **rest}:
            period = _PERIODS.get(str(rest.get("rrule") or rest.get("report")), ReportingPeriod.MONTH)
            yield Proposal(
                words=gettext("continuous, with a report every month")
                if period is ReportingPeriod.MONTH
                else gettext("continuous, with periodic reports"),
                fields=[("deadline", "ongoing"), ("period", period.value)],
            )
        case Aspect.RESULT, [*texts]:
            for text in texts:
                yield Proposal(words=f"“{text}”", fields=[("product", str(text))])
        case Aspect.LEAD, [*wordings]:
            yield Proposal(
                words=gettext("all addressees"), fields=[("lead", str(wording)) for wording in wordings]
            )


def aspect_label(aspect: Aspect) -> str:
    """Return what people call one of the things that have to be clear."""
    match aspect:
        case Aspect.WORK:
            return gettext("What")
        case Aspect.LEAD:
            return gettext("Who leads")
        case Aspect.COORDINATE:
            return gettext("Coordination")
        case Aspect.RESPONSIBILITY:
            return gettext("Responsibility")
        case Aspect.AUTHORITY:
            return gettext("Authority")
        case Aspect.TIME:
            return gettext("Time")
        case Aspect.RESULT:
            return gettext("Result")
        case Aspect.RESOURCES:
            return gettext("Resources")
        case Aspect.INSPECTION:
            return gettext("Inspection")
