"""The six things that have to be clear of each directive: whether they are, by which words, and what would help."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from processes.calendar.working_days import WorkingCalendar
from processes.directives.deadlines import DefaultDeadlines, plan_deadline
from processes.directives.drafting.view import DirectiveView
from processes.directives.gaps import FoundGap, Gap
from processes.documents.tables import Document
from web.intake.vocabulary import deadline_words
from web.language import gettext, ngettext
from web.typography import day, working_days


class Clearness(StrEnum):
    """How clear one of the six is."""

    #: The letter says it, or the coordinator has set it.
    CLEAR = "clear"
    #: There are words, and they do not say it.
    UNCLEAR = "unclear"
    #: There are no words.
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a click would set: the hidden fields of its form, and words for it."""

    words: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One of the six.

    Attributes:
        words: what is clear, or the words that are not.
        gap: what holds the directive up, or would without the reason; ``None`` if nothing does.
        reason: why the coordinator lets it go as it is.
    """

    key: str
    label: str
    state: Clearness
    words: str = ""
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
        return {Clearness.CLEAR: "✓", Clearness.UNCLEAR: "?", Clearness.MISSING: "–"}[self.state]

    @property
    def state_words(self) -> str:
        """The state in words."""
        match self.state:
            case Clearness.CLEAR:
                return gettext("clear")
            case Clearness.UNCLEAR:
                return gettext("unclear")
            case Clearness.MISSING:
                return gettext("missing")


def six_points(
    view: DirectiveView, document: Document, *, units: Sequence[str], calendar: WorkingCalendar, today: date
) -> Sequence[Point]:
    """Return the six points of a directive, in the order in which they are named.

    Args:
        units: names of the units that lead, as groups stand today.
    """
    return list(_points(view, document, units, calendar, today))


def _points(
    view: DirectiveView, document: Document, units: Sequence[str], calendar: WorkingCalendar, today: date
) -> Iterator[Point]:
    gaps = {found.gap: found for found in view.gaps}
    terms = view.terms
    lead = gaps.get(Gap.LEAD)
    yield _point(
        "who",
        gettext("Who"),
        lead,
        clear=units[0] if len(units) == 1 else ngettext("%(num)s unit", "%(num)s units", len(units)),
    )
    yield _point("work", gettext("What"), gaps.get(Gap.WORK), clear=gettext("the text says it"))
    yield Point(
        key="responsibility",
        label=gettext("Responsibility"),
        state=Clearness.CLEAR if lead is None else Clearness.MISSING,
        words=terms.person.value or ("" if lead else gettext("the head of the lead unit")),
    )
    yield _point(
        "time",
        gettext("Time"),
        gaps.get(Gap.TIME),
        clear=deadline_words(terms.deadline.value)
        if terms.deadline.value
        else gettext("continuous, or waits for an event"),
        detail=str((terms.deadline.value or {}).get("text") or ""),
        proposals=_times(view, document, calendar, today),
    )
    yield _point(
        "result",
        gettext("Result"),
        gaps.get(Gap.RESULT),
        clear="; ".join(terms.products.value),
        proposals=[_report()],
    )
    with_whom = terms.coordinating.value
    yield Point(
        key="coordination",
        label=gettext("Coordination"),
        state=Clearness.CLEAR if with_whom else Clearness.MISSING,
        words=ngettext("%(num)s unit", "%(num)s units", len(with_whom))
        if with_whom
        else gettext("none named"),
    )


def _point(
    key: str,
    label: str,
    found: FoundGap | None,
    *,
    clear: str,
    detail: str = "",
    proposals: Sequence[Proposal] = (),
) -> Point:
    if found is None:
        return Point(key=key, label=label, state=Clearness.CLEAR, words=clear)
    words = found.detail or detail
    return Point(
        key=key,
        label=label,
        state=Clearness.UNCLEAR if words else Clearness.MISSING,
        words=words,
        gap=found.gap,
        reason=found.reason,
        proposals=proposals,
    )


def _times(
    view: DirectiveView, document: Document, calendar: WorkingCalendar, today: date
) -> Sequence[Proposal]:
    """Return the deadline that the rules give where a letter gives none (DOMAIN §7.9 D7)."""
    defaults = DefaultDeadlines()
    planned = plan_deadline(
        deadline=None,
        text=view.directive.text,
        urgency=document.urgency,
        issued_on=today,
        calendar=calendar,
        defaults=defaults,
    )
    days = {
        "express": defaults.express,
        "urgent": defaults.urgent,
        "hastened": defaults.hastened,
        "dissemination": defaults.dissemination,
    }.get(planned.rule)
    if planned.on is None:
        return [Proposal(words=gettext("Continuous, no deadline"), fields={"deadline": "ongoing"})]
    if days is not None:
        return [
            Proposal(
                words=gettext("%(days)s from receipt", days=working_days(days)),
                fields={"deadline": "working_days", "days": str(days)},
            )
        ]
    return [
        Proposal(
            words=gettext("until %(day)s", day=day(planned.on)),
            fields={"deadline": "date", "date": planned.on.isoformat()},
        )
    ]


def _report() -> Proposal:
    text = "Báo cáo kết quả thực hiện bằng văn bản"  # goes into the record, which is Vietnamese
    return Proposal(words=f"“{text}”", fields={"product": text})


def counts(points: Sequence[Point]) -> Mapping[str, Any]:
    """Return how many of the six are clear, unclear and missing."""
    return {state.value: sum(point.state is state for point in points) for state in Clearness}
