"""The *6 rõ* check of one directive (DOMAIN §2.1): what is clear, unclear (by which words), or missing.

Pure: it judges values, whether they were read from a letter or typed by a person, and proposes what to set.
Nothing is filled in by it; what is proposed for a deadline is *ấn định*.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from processes.calendar.working_days import WorkingCalendar
from processes.directives.deadlines import SET, DefaultDeadlines, plan_deadline
from processes.directives.products import papers_in, products_in
from processes.directives.unclear_words import UnclearWord, unclear_words
from processes.units.names import folded


class Aspect(StrEnum):
    """What a directive can be clear about; the superset of the lists in use (DOMAIN §2.1)."""

    #: Rõ việc.
    WORK = "work"
    #: Rõ người, rõ đơn vị chủ trì.
    LEAD = "lead"
    #: Rõ đơn vị phối hợp.
    COORDINATE = "coordinate"
    #: Rõ trách nhiệm.
    RESPONSIBILITY = "responsibility"
    #: Rõ thẩm quyền.
    AUTHORITY = "authority"
    #: Rõ thời gian, rõ thời hạn.
    TIME = "time"
    #: Rõ kết quả, rõ sản phẩm.
    RESULT = "result"
    #: Rõ nguồn lực.
    RESOURCES = "resources"
    #: Rõ cơ chế kiểm tra, xử lý trách nhiệm.
    INSPECTION = "inspection"


class State(StrEnum):
    """How a directive stands with one aspect."""

    CLEAR = "clear"
    UNCLEAR = "unclear"
    MISSING = "missing"


#: The six of Chủ tịch's letters; other issuers have others, which are given as they name them.
DEFAULT_LABELS = (
    "rõ người",
    "rõ việc",
    "rõ trách nhiệm",
    "rõ thời gian",
    "rõ kết quả",
    "rõ đơn vị phối hợp",
)
#: A label is that of the first aspect whose word it has; ``rõ nguồn lực/thẩm quyền`` is of the first of the two.
_WORDS_OF_LABELS = (
    ("phối hợp", Aspect.COORDINATE),
    ("kiểm tra", Aspect.INSPECTION),
    ("nguồn lực", Aspect.RESOURCES),
    ("người", Aspect.LEAD),
    ("chủ trì", Aspect.LEAD),
    ("thời", Aspect.TIME),
    ("tiến độ", Aspect.TIME),
    ("kết quả", Aspect.RESULT),
    ("sản phẩm", Aspect.RESULT),
    ("thẩm quyền", Aspect.AUTHORITY),
    ("trách nhiệm", Aspect.RESPONSIBILITY),
    ("việc", Aspect.WORK),
)
#: A task is activated only with these (DOMAIN §2.1).
_NEEDED = (Aspect.WORK, Aspect.LEAD, Aspect.TIME, Aspect.RESULT)
_PERIODICALLY = "định kỳ"
#: Why a time is not clear that an event will set: the task is activated, and waits.
_WAITS = "waits_for_event"
_WITHOUT_END = frozenset({"ongoing", "periodic", "see_children"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a directive, read or typed.

    Attributes:
        leads: who leads, as worded; empty if nobody is named.
        addressees: to whom the letter goes; proposed where nobody leads.
        unknown_lead: a name that the registry does not have.
        coordinate: who cooperates; ``None`` if nothing is said, empty if it is said that nobody does.
        person: the person accountable, if one is named.
        deadline: the deadline object (DOMAIN §2.2).
        products: what is to be delivered; ``indicators`` are rates with a target.
        responsibility, authority, resources, inspection: where they were filled in.
        waits: it waits for an event or for documents to come, as its nature says.
        urgency: ``normal``, ``urgent`` or ``express``; of the letter.
        settled: what a person has filled in; words of the text that leave it open count no more.
    """

    text: str
    leads: Sequence[str] = ()
    addressees: Sequence[str] = ()
    unknown_lead: str | None = None
    coordinate: Sequence[str] | None = None
    person: str | None = None
    deadline: Mapping[str, Any] | None = None
    products: Sequence[str] = ()
    indicators: Sequence[str] = ()
    responsibility: str | None = None
    authority: str | None = None
    resources: str | None = None
    inspection: str | None = None
    waits: bool = False
    urgency: str = "normal"
    settled: frozenset[Aspect] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """How a directive stands with one aspect.

    Attributes:
        label: as the issuer names it, ``rõ người``.
        words: the unclear words, with their places in the text.
        reason: a stable word, why it is not clear; empty when it is.
        proposal: what to set: a text, a list of texts, or a deadline object marked ``set``; ``None`` if it is
            clear, or nothing can be proposed.
        overridden: why a person lets it stand as it is.
    """

    aspect: Aspect
    label: str
    state: State
    words: tuple[UnclearWord, ...] = ()
    reason: str = ""
    proposal: Any = None
    overridden: str | None = None

    @property
    def is_filled(self) -> bool:
        """Say whether the aspect counts as filled."""
        return self.state is State.CLEAR

    def to_json(self) -> dict[str, Any]:
        """Return the keys that say something."""
        found: dict[str, Any] = {"aspect": self.aspect.value, "label": self.label, "state": self.state.value}
        extras = {
            "words": [word.to_json() for word in self.words],
            "reason": self.reason,
            "proposal": self.proposal,
            "overridden": self.overridden,
        }
        return {**found, **{key: value for key, value in extras.items() if value}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Clarity:
    """The *6 rõ* of one directive.

    Attributes:
        findings: one for each label of the issuer, in its order.
        needed: aspects that are not among the labels but without which no task is activated.
    """

    findings: tuple[Finding, ...]
    needed: tuple[Finding, ...] = ()

    @property
    def filled(self) -> int:
        """How many of the labels are clear."""
        return sum(finding.is_filled for finding in self.findings)

    @property
    def score(self) -> float:
        """The completeness, from 0 to 1."""
        return round(self.filled / len(self.findings), 2) if self.findings else 0.0

    @property
    def gaps(self) -> tuple[Finding, ...]:
        """What keeps the task from being activated, or would if no person let it stand (DOMAIN §2.1)."""
        found = {finding.aspect: finding for finding in (*self.findings, *self.needed) if _is_gap(finding)}
        return tuple(found[aspect] for aspect in _NEEDED if aspect in found)

    @property
    def blocking(self) -> tuple[Aspect, ...]:
        """The aspects that keep the task from being activated."""
        return tuple(finding.aspect for finding in self.gaps if not finding.overridden)

    @property
    def can_be_activated(self) -> bool:
        """Say whether work, lead, time (or an explicit *thường xuyên*) and result are there."""
        return not self.blocking

    def of(self, aspect: Aspect) -> Finding | None:
        """Return the finding of an aspect."""
        return next((each for each in (*self.findings, *self.needed) if each.aspect is aspect), None)

    def to_json(self) -> dict[str, Any]:
        """Return findings, score and whether the task can be activated."""
        return {
            "findings": [finding.to_json() for finding in self.findings],
            "filled": self.filled,
            "of": len(self.findings),
            "score": self.score,
            "can_be_activated": self.can_be_activated,
            "blocking": [aspect.value for aspect in self.blocking],
        }


def check_clarity(
    facts: Facts,
    *,
    issued_on: date | None = None,
    received_on: date | None = None,
    calendar: WorkingCalendar,
    labels: Sequence[str] = DEFAULT_LABELS,
    defaults: DefaultDeadlines | None = None,
    overrides: Mapping[Aspect, str] | None = None,
) -> Clarity:
    """Return how a directive stands with each of the issuer's labels.

    Args:
        issued_on: the day from which a deadline is proposed (D7); nothing is proposed without one. What is
            proposed counts from ``received_on``, where that is later.
        labels: as the issuer names them, ``rõ người``, ``rõ việc`` …
        overrides: by aspect, why it stands as it is; a blank reason overrides nothing.
    """
    given = {aspect: reason.strip() for aspect, reason in (overrides or {}).items() if reason.strip()}
    time = _Time(issued_on, received_on, calendar, defaults or DefaultDeadlines())
    findings = tuple(
        _finding(aspect, label, facts, time, given)
        for label in labels
        if (aspect := aspect_of(label)) is not None
    )
    named = {finding.aspect for finding in findings}
    needed = tuple(_finding(aspect, "", facts, time, given) for aspect in _NEEDED if aspect not in named)
    return Clarity(findings=findings, needed=needed)


def aspect_of(label: str) -> Aspect | None:
    """Return what a label asks for: ``rõ đơn vị phối hợp`` for coordination; ``None`` if it is none known."""
    key = folded(label)
    return next((aspect for word, aspect in _WORDS_OF_LABELS if folded(word) in key), None)


@dataclass(frozen=True, slots=True)
class _Time:
    """What deadlines are proposed with."""

    issued_on: date | None
    received_on: date | None
    calendar: WorkingCalendar
    defaults: DefaultDeadlines

    def proposed(self, facts: Facts) -> dict[str, Any] | None:
        """Return the deadline of D7 as an object, marked as set; ``None`` while the letter has no day."""
        if self.issued_on is None:
            return None
        planned = plan_deadline(
            deadline=None,
            text=facts.text,
            urgency=facts.urgency,
            issued_on=self.issued_on,
            received_on=self.received_on,
            calendar=self.calendar,
            defaults=self.defaults,
        )
        if planned.on is None:
            return {"kind": "ongoing", "date": None, "source": SET, "rule": planned.rule, "report": "monthly"}
        return {"kind": "date", "date": planned.on.isoformat(), "source": SET, "rule": planned.rule}


def _finding(
    aspect: Aspect, label: str, facts: Facts, time: _Time, overrides: Mapping[Aspect, str]
) -> Finding:
    state, words, reason, proposal = _JUDGES[aspect](facts, time)
    is_clear = state is State.CLEAR
    return Finding(
        aspect=aspect,
        label=label,
        state=state,
        words=words,
        reason="" if is_clear else reason,
        proposal=None if is_clear else proposal,
        overridden=None if is_clear else overrides.get(aspect),
    )


_Judgement = tuple[State, tuple[UnclearWord, ...], str, Any]


def _work(facts: Facts, _time: _Time) -> _Judgement:
    words = unclear_words(facts.text, "work")
    if not facts.text.strip():
        return State.MISSING, (), "no_text", None
    is_open = words and not facts.products and not papers_in(facts.text)
    if is_open and Aspect.WORK not in facts.settled:
        return State.UNCLEAR, words, "no_concrete_act", None
    return State.CLEAR, words, "", None


def _lead(facts: Facts, _time: _Time) -> _Judgement:
    proposal = list(facts.addressees) or None
    if facts.unknown_lead is not None:
        at = facts.text.find(facts.unknown_lead)
        words = (
            ()
            if at < 0
            else (UnclearWord(text=facts.unknown_lead, start=at, end=at + len(facts.unknown_lead)),)
        )
        return State.UNCLEAR, words, "unknown_name", proposal
    if not facts.leads and facts.person is None:
        concerned = unclear_words(facts.text, "lead")
        if concerned:
            return State.UNCLEAR, concerned, "left_open", proposal
        return State.MISSING, (), "nobody_named", proposal
    return State.CLEAR, (), "", None


def _coordinate(facts: Facts, _time: _Time) -> _Judgement:
    if Aspect.COORDINATE in facts.settled and facts.coordinate is not None:
        return State.CLEAR, (), "", None
    words = unclear_words(facts.text, "coordinate")
    if words:
        return State.UNCLEAR, words, "left_open", None
    if facts.coordinate is None or (not facts.coordinate and "phối hợp" in facts.text.casefold()):
        return State.MISSING, (), "nobody_named", None
    return State.CLEAR, (), "", None


def _responsibility(facts: Facts, _time: _Time) -> _Judgement:
    words = unclear_words(facts.text, "responsibility")
    said = any(word in facts.text.casefold() for word in ("chịu trách nhiệm", "người đứng đầu"))
    if facts.responsibility or facts.person or said:
        return State.CLEAR, words, "", None
    proposal = "Thủ trưởng đơn vị chủ trì chịu trách nhiệm về tiến độ và kết quả"
    if words:
        return State.UNCLEAR, words, "left_open", proposal
    return State.MISSING, (), "not_said", proposal


def _authority(facts: Facts, _time: _Time) -> _Judgement:
    words = unclear_words(facts.text, "responsibility")
    if facts.authority:
        return State.CLEAR, (), "", None
    return (State.UNCLEAR, words, "left_open", None) if words else (State.MISSING, (), "not_said", None)


def _time_of(facts: Facts, time: _Time) -> _Judgement:
    deadline = facts.deadline
    kind = None if deadline is None else str(deadline.get("kind"))
    words = unclear_words(facts.text, "time")
    if deadline is not None and deadline.get("rrule"):
        words = tuple(word for word in words if word.text.casefold() != _PERIODICALLY)
    if deadline is not None and (deadline.get("date") or deadline.get("days") or kind in _WITHOUT_END):
        if kind == "periodic" and not deadline.get("rrule"):
            monthly = {
                "kind": "periodic",
                "date": None,
                "rrule": "monthly",
                "source": SET,
                "rule": "no_period",
            }
            return State.UNCLEAR, words, "no_period", monthly
        if kind == "upon_event":
            return State.UNCLEAR, words, _WAITS, time.proposed(facts)
        return State.CLEAR, words, "", None
    if kind == "upon_event" or (facts.waits and kind in (None, "none")):
        return State.UNCLEAR, words, _WAITS, time.proposed(facts)
    if kind not in (None, "none"):
        return State.UNCLEAR, words, "no_day", time.proposed(facts)
    if words:
        return State.UNCLEAR, words, "no_day", time.proposed(facts)
    return State.MISSING, (), "not_said", time.proposed(facts)


def _result(facts: Facts, _time: _Time) -> _Judgement:
    words = unclear_words(facts.text, "result")
    if facts.products or facts.indicators:
        return State.CLEAR, words, "", None
    proposal = list(products_in(facts.text)) or ["Báo cáo kết quả thực hiện, kèm minh chứng"]
    if words:
        return State.UNCLEAR, words, "no_product", proposal
    return State.MISSING, (), "no_product", proposal


def _resources(facts: Facts, _time: _Time) -> _Judgement:
    return (State.CLEAR, (), "", None) if facts.resources else (State.MISSING, (), "not_said", None)


def _inspection(facts: Facts, _time: _Time) -> _Judgement:
    return (State.CLEAR, (), "", None) if facts.inspection else (State.MISSING, (), "not_said", None)


def _is_gap(finding: Finding) -> bool:
    """Say whether a finding keeps a task from being activated.

    How the work is worded does not, nor does that its time waits for an event.
    """
    if finding.aspect not in _NEEDED or finding.state is State.CLEAR:
        return False
    if finding.state is State.MISSING:
        return True
    return finding.aspect is not Aspect.WORK and finding.reason != _WAITS


_JUDGES: Mapping[Aspect, Callable[[Facts, _Time], _Judgement]] = {
    Aspect.WORK: _work,
    Aspect.LEAD: _lead,
    Aspect.COORDINATE: _coordinate,
    Aspect.RESPONSIBILITY: _responsibility,
    Aspect.AUTHORITY: _authority,
    Aspect.TIME: _time_of,
    Aspect.RESULT: _result,
    Aspect.RESOURCES: _resources,
    Aspect.INSPECTION: _inspection,
}
