"""What can be asked of the engine. One value object per command, each journalled under its tag."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from engine import clock
from engine.actors import SYSTEM, Actor
from engine.canonical import canonical_bytes, sha256_hex

#: JSON values only: ``None``, ``bool``, ``int``, ``float``, ``str``, lists and dicts with text keys.
Variables = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """The part that all commands share.

    Attributes:
        command_id: unique for ever; a repeat of the same command returns the first answer, anything else under it
            is refused.
        actor: who asks.
    """

    tag: ClassVar[str]

    command_id: UUID
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class StartInstance(Command):
    """Start one instance of a deployed process definition.

    Attributes:
        instance_id: chosen by the caller, so that a repeated act names the same instance.
        definition_hash: the pinned definition.
        business_key: what the instance is about, in the caller's words; unique text, shown to people.
        start_event: where it begins; the plain start event if not given.
    """

    tag: ClassVar[str] = "start_instance.v1"

    instance_id: UUID
    definition_hash: str
    business_key: str
    variables: Variables = field(default_factory=dict)
    start_event: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteUserTask(Command):
    """Complete an open user task with the values of its form."""

    tag: ClassVar[str] = "complete_user_task.v1"

    task_id: UUID
    variables: Variables = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrelateMessage(Command):
    """Deliver a message to the one element that waits for it under the correlation key.

    Attributes:
        task_id: the element meant, if others may wait under the same key.
    """

    tag: ClassVar[str] = "correlate_message.v1"

    message_name: str
    correlation_key: str
    variables: Variables = field(default_factory=dict)
    task_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveSignal(Command):
    """Let an instance hear a signal; every element of it goes on that waits for it."""

    tag: ClassVar[str] = "receive_signal.v1"

    instance_id: UUID
    signal_name: str
    variables: Variables = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FireTimer(Command):
    """Fire one timer that is due; its effective time is the due time."""

    tag: ClassVar[str] = "fire_timer.v1"

    timer_id: UUID
    due_at: datetime
    actor: Actor = SYSTEM


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelInstance(Command):
    """End an instance before its time."""

    tag: ClassVar[str] = "cancel_instance.v1"

    instance_id: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryIncident(Command):
    """Apply again the command that failed; its journal entry is that command's own, with the retry noted."""

    tag: ClassVar[str] = "retry_incident.v1"

    incident_id: UUID


#: Every command by its tag; tags are for ever.
COMMANDS: Mapping[str, type[Command]] = {
    command.tag: command
    for command in (
        StartInstance,
        CompleteUserTask,
        CorrelateMessage,
        ReceiveSignal,
        FireTimer,
        CancelInstance,
    )
}


def payload_of(command: Command) -> dict[str, Any]:
    """Return what the command asks, without its identity and actor, as JSON values."""
    common = {"command_id", "actor"}
    return {f.name: _plain(getattr(command, f.name)) for f in fields(command) if f.name not in common}


def request_digest(command: Command, payload: Mapping[str, Any]) -> str:
    """Return the SHA-256 of what was asked and by whom; the same for a true repeat, another for anything else.

    Args:
        payload: the command's payload as normalised JSON, before anything is completed or cleaned.
    """
    actor: dict[str, Any] = {"key": command.actor.key}
    if command.actor.on_behalf_of is not None:
        actor["on_behalf_of"] = command.actor.on_behalf_of
    return sha256_hex(canonical_bytes({"command": command.tag, "actor": actor, "payload": dict(payload)}))


def command_from(tag: str, command_id: UUID, actor: Actor, payload: Mapping[str, Any]) -> Command:
    """Rebuild a command from its payload (the inverse of :func:`payload_of`)."""
    kind = COMMANDS[tag]
    values = dict(payload)
    for name in ("instance_id", "task_id", "timer_id"):
        if values.get(name) is not None:
            values[name] = UUID(values[name])
    if "due_at" in values:
        values["due_at"] = clock.from_text(values["due_at"])
    return kind(command_id=command_id, actor=actor, **values)


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return clock.to_text(value)
    return dict(value) if isinstance(value, Mapping) else value
