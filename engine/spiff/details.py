"""What the engine reads about an element beyond the shape of the flow: one value object per subject."""

from collections.abc import Mapping as ReadOnlyMapping
from dataclasses import dataclass
from enum import StrEnum

from engine.spiff.expressions import Value

#: Priority of a user task whose model gives none (Camunda's own default).
DEFAULT_PRIORITY = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """An input or output mapping; ``target`` is a variable or, for outputs, a path (``a.b``)."""

    target: str
    value: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Who may work on a user task and when; every part but the last two is evaluated when the task opens.

    Attributes:
        excludes: ids of user tasks of the process; who completed one of them may not take this one.
    """

    assignee: Value | None
    candidate_groups: Value | None
    due_at: Value | None
    follow_up_at: Value | None
    priority: Value | None
    form_id: str | None
    excludes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What an element asks of a handler."""

    task_type: str
    headers: ReadOnlyMapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Computation:
    """A decision to call or an expression to evaluate, and the variable that takes the result."""

    decision_id: str | None = None
    expression: Value | None = None
    result_variable: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A process to call.

    Attributes:
        process_id: id of the called process.
        sees_all: the called process starts with all variables visible here, not only the mapped ones.
        returns_all: without output mappings, all its variables come back.
    """

    process_id: str
    sees_all: bool
    returns_all: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MultiInstance:
    """One activity for each item of a collection, or a number of times.

    Attributes:
        collection: yields the list; ``cardinality`` yields the number if there is none.
        item: the variable that holds the item in each instance.
        results: the variable that takes the list of ``result``, in the order of the items.
        enough: ends the activity early when it holds after an instance is complete.
    """

    sequential: bool
    collection: Value | None
    cardinality: Value | None
    item: str | None
    results: str | None
    result: Value | None
    enough: Value | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardLoop:
    """One activity again and again while a condition holds, at most ``maximum`` times."""

    condition: Value | None
    maximum: int | None
    test_before: bool


class TimerKind(StrEnum):
    """How a timer is written."""

    #: An instant.
    DATE = "date"
    #: A span from the arrival of the token.
    DURATION = "duration"
    #: Again and again: ``R3/PT1H``, ``R/2026-01-31T08:00:00Z/P1M``.
    CYCLE = "cycle"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerTrigger:
    """An instant, a span or a cycle."""

    kind: TimerKind
    value: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageTrigger:
    """A message from outside the instance, for those who wait under its key; a start of a process has no key."""

    name: str
    correlation_key: Value | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalTrigger:
    """A signal; it reaches everyone who waits."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionTrigger:
    """A condition over the variables; it fires when it becomes true."""

    condition: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorTrigger:
    """An error; without ``code`` a catching event takes every one."""

    code: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationTrigger:
    """An escalation; without ``code`` a catching event takes every one."""

    code: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompensationTrigger:
    """A call to compensate ``activity_id``, or all that was done in the scope."""

    activity_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminateTrigger:
    """The end of everything in the scope."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelTrigger:
    """The cancellation of a transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkTrigger:
    """A jump to the link of the same name in the same scope."""

    name: str


#: What an event throws or waits for.
Trigger = (
    TimerTrigger
    | MessageTrigger
    | SignalTrigger
    | ConditionTrigger
    | ErrorTrigger
    | EscalationTrigger
    | CompensationTrigger
    | TerminateTrigger
    | CancelTrigger
    | LinkTrigger
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """All that the engine reads about one element; absent parts are ``None``.

    Attributes:
        trigger: what an event throws or waits for, a receive task waits for, a send task sends.
        interrupting: of a boundary event or the start of an event subprocess.
    """

    element_id: str
    inputs: tuple[Mapping, ...] = ()
    outputs: tuple[Mapping, ...] = ()
    assignment: Assignment | None = None
    work: Work | None = None
    computation: Computation | None = None
    call: Call | None = None
    loop: MultiInstance | StandardLoop | None = None
    trigger: Trigger | None = None
    interrupting: bool = True
