"""What can have happened. Every command's journal entry lists its events in order.

An event is stored as ``{"type": tag, ...fields}``; the tag never changes its meaning, a new meaning gets a new
version.
"""

from dataclasses import dataclass, fields
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """The part that all events share."""

    tag: ClassVar[str]

    def to_json(self) -> dict[str, Any]:
        """Return the stored form; absent (``None``) fields are left out."""
        body = {f.name: getattr(self, f.name) for f in fields(self)}
        return {"type": self.tag, **{key: value for key, value in body.items() if value is not None}}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessInstanceStarted(Event):
    """Signals that an instance has begun, with the variables it was given."""

    tag: ClassVar[str] = "process_instance.started.v1"
    process_key: str
    business_key: str
    variables: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessInstanceCompleted(Event):
    """Signals that an instance has reached its end; ``end_event`` is the last end event passed."""

    tag: ClassVar[str] = "process_instance.completed.v1"
    end_event: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessInstanceCancelled(Event):
    """Signals that an instance was ended by command."""

    tag: ClassVar[str] = "process_instance.cancelled.v1"
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementCompleted(Event):
    """Signals that a token has passed an element that is neither a user task nor a service task.

    ``task_id`` is the execution's own identifier, text of a UUID; ``flows`` are the sequence flows taken, where
    several leave the element.
    """

    tag: ClassVar[str] = "element.completed.v1"
    element_id: str
    task_id: str
    flows: list[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserTaskCreated(Event):
    """Signals that a user task has opened. Instants are RFC 3339 text in UTC."""

    tag: ClassVar[str] = "user_task.created.v1"
    element_id: str
    task_id: str
    assignee: str | None = None
    candidate_groups: list[str]
    due_at: str | None = None
    follow_up_at: str | None = None
    priority: int
    form_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserTaskCompleted(Event):
    """Signals that a person has completed a user task with these form values."""

    tag: ClassVar[str] = "user_task.completed.v1"
    element_id: str
    task_id: str
    variables: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class UserTaskCancelled(Event):
    """Signals that an open user task was withdrawn by the model (interrupted) or by cancellation."""

    tag: ClassVar[str] = "user_task.cancelled.v1"
    element_id: str
    task_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerScheduled(Event):
    """Signals that a timer now waits for its due instant."""

    tag: ClassVar[str] = "timer.scheduled.v1"
    element_id: str
    timer_id: str
    due_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerFired(Event):
    """Signals that a timer has fired; the entry's effective time is its due time."""

    tag: ClassVar[str] = "timer.fired.v1"
    element_id: str
    timer_id: str
    due_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerCancelled(Event):
    """Signals that a timer no longer waits because its element has ended."""

    tag: ClassVar[str] = "timer.cancelled.v1"
    element_id: str
    timer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageCorrelated(Event):
    """Signals that a message has reached a waiting element."""

    tag: ClassVar[str] = "message.correlated.v1"
    element_id: str
    message_name: str
    correlation_key: str
    variables: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageExpected(Event):
    """Signals that an element now waits for a message under a correlation key."""

    tag: ClassVar[str] = "message.expected.v1"
    element_id: str
    task_id: str
    message_name: str
    correlation_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceTaskCompleted(Event):
    """Signals that the handler of a service task has answered with these variables."""

    tag: ClassVar[str] = "service_task.completed.v1"
    element_id: str
    task_id: str
    task_type: str
    result: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionEvaluated(Event):
    """Signals that a decision was made; ``matched_rules`` counts from 1.

    ``on_the_way`` holds the same of the decisions it required and of the tables run within it, in their order.
    """

    tag: ClassVar[str] = "decision.evaluated.v1"
    element_id: str
    task_id: str
    decision_id: str
    inputs: dict[str, Any]
    matched_rules: list[int]
    result: Any
    on_the_way: list[dict[str, Any]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceTaskErred(Event):
    """Signals that the handler of a service task has thrown a BPMN error."""

    tag: ClassVar[str] = "service_task.erred.v1"
    element_id: str
    task_id: str
    task_type: str
    error_code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorThrown(Event):
    """Signals that an element has thrown an error; ``caught_by`` is the event that took it."""

    tag: ClassVar[str] = "error.thrown.v1"
    element_id: str
    error_code: str
    message: str
    caught_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationThrown(Event):
    """Signals that an element has thrown an escalation; ``caught_by`` is absent if nobody took it."""

    tag: ClassVar[str] = "escalation.thrown.v1"
    element_id: str
    escalation_code: str
    caught_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompensationStarted(Event):
    """Signals that activities are about to be undone, in this order."""

    tag: ClassVar[str] = "compensation.started.v1"
    element_id: str
    activity_ids: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSent(Event):
    """Signals that an element has sent a message; it leaves after commit."""

    tag: ClassVar[str] = "message.sent.v1"
    element_id: str
    task_id: str
    message_name: str
    correlation_key: str
    variables: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalThrown(Event):
    """Signals that an element has thrown a signal; other instances hear of it after commit."""

    tag: ClassVar[str] = "signal.thrown.v1"
    element_id: str
    task_id: str
    signal_name: str
    variables: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalReceived(Event):
    """Signals that a signal from elsewhere has reached a waiting element."""

    tag: ClassVar[str] = "signal.received.v1"
    element_id: str
    signal_name: str
    variables: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class UserTaskAssigned(Event):
    """Signals that an open user task has passed to somebody, or back to its groups (``assignee`` absent).

    ``how`` is claimed, released, assigned, delegated or returned; ``owner`` is whom a delegate returns it to.
    """

    tag: ClassVar[str] = "user_task.assigned.v1"
    element_id: str
    task_id: str
    how: str
    assignee: str | None = None
    previous: str | None = None
    owner: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserTaskRescheduled(Event):
    """Signals that an open user task is due, or to be followed up, at other instants than before."""

    tag: ClassVar[str] = "user_task.rescheduled.v1"
    element_id: str
    task_id: str
    due_at: str | None = None
    follow_up_at: str | None = None
    previous_due_at: str | None = None
    previous_follow_up_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserTaskRegrouped(Event):
    """Signals that an open user task is now for other candidate groups, or another assignee, than before.

    ``assignee`` and ``previous`` are absent where it was with its groups.
    """

    tag: ClassVar[str] = "user_task.regrouped.v1"
    element_id: str
    task_id: str
    candidate_groups: list[str]
    previous_groups: list[str]
    assignee: str | None = None
    previous: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerRescheduled(Event):
    """Signals that a waiting timer is due at another instant than before."""

    tag: ClassVar[str] = "timer.rescheduled.v1"
    element_id: str
    timer_id: str
    due_at: str
    previous_due_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessInstanceSuspended(Event):
    """Signals that an instance has been stopped by command."""

    tag: ClassVar[str] = "process_instance.suspended.v1"
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessInstanceResumed(Event):
    """Signals that an instance goes on; ``suspended_at`` is when it was stopped."""

    tag: ClassVar[str] = "process_instance.resumed.v1"
    reason: str
    suspended_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableChanged(Event):
    """Signals that a variable was set by command.

    ``had_value`` is false if there was none before; ``old`` and ``new`` are absent for null. ``scope_id`` is the
    token whose own variable it is; absent for the process's.
    """

    tag: ClassVar[str] = "variable.changed.v1"
    name: str
    had_value: bool
    old: Any = None
    new: Any = None
    scope_id: str | None = None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenMoved(Event):
    """Signals that a token was taken from an element and has begun at another, by command."""

    tag: ClassVar[str] = "token.moved.v1"
    element_id: str
    task_id: str
    to_element_id: str
    to_task_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceTaskSkipped(Event):
    """Signals that a failed service task was passed with an output that a person gave."""

    tag: ClassVar[str] = "service_task.skipped.v1"
    element_id: str
    task_id: str
    task_type: str
    result: dict[str, Any]
    skipped_by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessInstanceMigrated(Event):
    """Signals that an instance goes on under another definition.

    ``moved`` lists the tokens whose element has another name now: ``{"task_id", "from", "to"}``.
    """

    tag: ClassVar[str] = "process_instance.migrated.v1"
    from_definition: str
    to_definition: str
    moved: list[dict[str, Any]]
    reason: str
