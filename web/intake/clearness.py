"""The six things that have to be clear of each directive: whether they are, by which words, what would help."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

import orjson

from processes.calendar.working_days import WorkingCalendar
from processes.directives.deadlines import SET, DefaultDeadlines, plan_deadline
from processes.directives.drafting.view import DirectiveView
from processes.directives.gaps import FoundGap, Gap
from processes.directives.terms import Term
from processes.documents.tables import Document
from web.intake.vocabulary import deadline_words, source_label
from web.language import gettext
from web.typography import day, working_days
from web.units import unit_name


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
        source: where what is clear comes from, *theo văn bản* or *ấn định*; empty if it is no term.
        is_set: it was set; ``read`` is then what the letter says, if that differs.
        gap: what holds the directive up, or would without the reason; ``None`` if nothing does.
        reason: why the coordinator lets it go as it is.
    """

    key: str
    label: str
    state: Clearness
    words: str = ""
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
    view: DirectiveView, document: Document, *, leads: str, calendar: WorkingCalendar, today: date
) -> Sequence[Point]:
    """Return the six points of a directive, in the order in which they are named.

    Args:
        leads: who leads, in words.
    """
    gaps = {found.gap: found for found in view.gaps}
    terms, directive = view.terms, view.directive
    lead = gaps.get(Gap.LEAD)
    said = None if directive.deadline is None else orjson.loads(directive.deadline)
    deadline = terms.deadline.value
    return (
        _point("who", gettext("Who leads"), lead, leads, terms.leads, directive.lead_text),
        _point("work", gettext("What"), gaps.get(Gap.WORK), gettext("as in the text")),
        Point(
            key="responsibility",
            label=gettext("Responsibility"),
            state=Clearness.CLEAR if lead is None else Clearness.MISSING,
            words=terms.person.value or ("" if lead else gettext("the head of the lead unit")),
            source=source_label(terms.person.source) if terms.person.value else "",
            is_set=bool(terms.person.value),
        ),
        _point(
            "time",
            gettext("Time"),
            gaps.get(Gap.TIME),
            deadline_words(deadline) if deadline else gettext("continuous, or waits for an event"),
            terms.deadline,
            deadline_words(said),
            detail=str((deadline or {}).get("text") or ""),
            proposals=_times(view, document, calendar, today),
        ),
        _point(
            "result",
            gettext("Result"),
            gaps.get(Gap.RESULT),
            "; ".join(terms.products.value),
            terms.products,
            "; ".join(directive.products or ()),
            proposals=[_report()],
        ),
        _coordination(view),
    )


def _point(
    key: str,
    label: str,
    found: FoundGap | None,
    clear: str,
    term: Term[Any] | None = None,
    read: str = "",
    *,
    detail: str = "",
    proposals: Sequence[Proposal] = (),
) -> Point:
    if found is None:
        is_set = term is not None and term.source == SET
        return Point(
            key=key,
            label=label,
            state=Clearness.CLEAR,
            words=clear,
            source="" if term is None else source_label(term.source),
            is_set=is_set,
            read=read if is_set and read != clear else "",
        )
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


def _coordination(view: DirectiveView) -> Point:
    term = view.terms.coordinating
    said = ", ".join(map(unit_name, orjson.loads(view.directive.coordinating_units or "[]")))
    names = ", ".join(map(unit_name, term.value))
    return Point(
        key="coordination",
        label=gettext("Coordination"),
        state=Clearness.CLEAR if names else Clearness.MISSING,
        words=names or gettext("no unit named"),
        source=source_label(term.source) if names else "",
        is_set=term.source == SET,
        read=said if term.source == SET and said != names else "",
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
