"""What a directive needs before it goes to the units: việc, đơn vị chủ trì, thời gian, kết quả (DOMAIN §2.1).

A gap that the coordinator has overridden with a reason stays in sight and holds nothing up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from processes.directives.terms import Terms, terms_of, units_of, unresolved
from processes.documents.states import Nature
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


#: Natures that need no deadline.
_WITHOUT_DEADLINE = frozenset({Nature.CONTINUOUS, Nature.PERIODIC})
#: Kinds of deadline objects that say nothing of when.
_EMPTY_KINDS = frozenset({"none", "see_children", "upon_event"})


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


def gaps_of(directive: Directive, registry: UnitRegistry, *, on: date) -> list[FoundGap]:
    """Return the gaps of a directive, in the order of :class:`Gap`; an unknown lead is one, too.

    Args:
        on: the day on which groups and names are looked up.
    """
    terms = terms_of(directive)
    found: list[tuple[Gap, str | None]] = []
    if not directive.text.strip():
        found.append((Gap.WORK, None))
    unknown = unresolved(terms.leads.value, registry, on=on)
    if unknown:
        found.append((Gap.LEAD, "; ".join(str(each.params.get("text", each.message)) for each in unknown)))
    elif not units_of(terms.leads.value, registry, on=on):
        found.append((Gap.LEAD, None))
    if not _has_time(directive, terms):
        found.append((Gap.TIME, None))
    if not terms.products.value:
        found.append((Gap.RESULT, None))
    overrides = directive.overrides or {}
    return [
        FoundGap(directive=directive, gap=gap, detail=detail, reason=overrides.get(gap, {}).get("reason"))
        for gap, detail in found
    ]


def open_gaps(directives: Sequence[Directive], registry: UnitRegistry, *, on: date) -> list[FoundGap]:
    """Return the gaps of directives that nobody has overridden."""
    return [gap for directive in directives for gap in gaps_of(directive, registry, on=on) if gap.is_open]


def _has_time(directive: Directive, terms: Terms) -> bool:
    if terms.nature.value == Nature.WAITS_FOR_EVENT or directive.set_nature in _WITHOUT_DEADLINE:
        return True
    deadline = terms.deadline.value
    return deadline is not None and deadline.get("kind") not in _EMPTY_KINDS
