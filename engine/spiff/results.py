"""What an execution asks for and what it comes to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from engine.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRequest:
    """A service task that has been reached and wants its handler.

    Attributes:
        task_id: identifies this passage of a token through the element.
        variables: the process variables with the task's input mappings on top.
        passage: how often the command has reached the element, this time included.
    """

    element_id: str
    task_id: UUID
    task_type: str
    headers: Mapping[str, str]
    variables: Mapping[str, Any]
    passage: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """What a person gives in place of the answer of a service task that failed.

    Attributes:
        by: key of the actor.
    """

    output: Mapping[str, Any]
    by: str
    reason: str


#: Answers a service task: live by calling its handler, on replay from the journal.
ServiceRunner = Callable[[ServiceRequest], Mapping[str, Any] | Skipped]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenUserTask:
    """A user task that waits for a person; ``owner`` is whom a delegate returns it to."""

    task_id: UUID
    element_id: str
    assignee: str | None
    owner: str | None
    candidate_groups: tuple[str, ...]
    due_at: datetime | None
    follow_up_at: datetime | None
    priority: int
    form_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingTimer:
    """A timer that waits for its instant."""

    timer_id: UUID
    element_id: str
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSubscription:
    """An element that waits for a message under a correlation key."""

    task_id: UUID
    element_id: str
    message_name: str
    correlation_key: str
    #: The element began to wait in this step.
    fresh: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalSubscription:
    """An element that waits for a signal."""

    task_id: UUID
    element_id: str
    signal_name: str
    #: The element began to wait in this step.
    fresh: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StepResult:
    """An execution at rest.

    Attributes:
        state: everything needed to go on, in the engine's own form.
        digest: SHA-256 of ``state``, hexadecimal.
        events: what happened since the execution was created or loaded, in order.
        ended_subscriptions: elements that waited for a message or signal before and no longer do, or not for
            that one.
        stored_events: the same in the form in which the journal keeps them.
        service_results: what service tasks answered, in order, for the journal.
        function_results: likewise, what functions of the host answered.
        conditions: the elements that listen to a condition.
        active_elements: the elements that hold a token.
        variables: the process variables.
        suspended_at: since when the instance is suspended, if it is.
    """

    state: bytes
    digest: str
    events: tuple[Event, ...]
    stored_events: tuple[dict[str, Any], ...]
    service_results: tuple[dict[str, Any], ...]
    function_results: tuple[dict[str, Any], ...]
    user_tasks: tuple[OpenUserTask, ...]
    timers: tuple[WaitingTimer, ...]
    subscriptions: tuple[MessageSubscription, ...]
    signals: tuple[SignalSubscription, ...]
    ended_subscriptions: tuple[UUID, ...]
    conditions: tuple[str, ...]
    completed: bool
    active_elements: tuple[str, ...]
    variables: dict[str, Any]
    suspended_at: datetime | None
