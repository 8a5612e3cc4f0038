"""What can be asked of the engine. One value object per command, each journalled under its tag."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from engine import clock
from engine.actors import SYSTEM, Actor
from engine.canonical import canonical_bytes, sha256_hex

#: JSON values only: ``None``, ``bool``, ``int``, ``float``, ``str``, lists and dicts with text keys.
Variables = Mapping[str, Any]

#: Marks a field that a command got later. At its default it is left out of the payload, so that a repeat of a
#: request from before still has the same digest.
LATER: Mapping[str, Any] = {"later": True}


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
        reason: of a person who correlates by hand.
    """

    tag: ClassVar[str] = "correlate_message.v1"

    message_name: str
    correlation_key: str
    variables: Variables = field(default_factory=dict)
    task_id: UUID | None = None
    reason: str = field(default="", metadata=LATER)


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
class ClaimUserTask(Command):
    """Take an open user task of one's groups for oneself."""

    tag: ClassVar[str] = "claim_user_task.v1"

    task_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseUserTask(Command):
    """Give a claimed user task back to its groups."""

    tag: ClassVar[str] = "release_user_task.v1"

    task_id: UUID
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignUserTask(Command):
    """Give an open user task to a person, whoever had it.

    Attributes:
        assignee: key of an actor; ``None`` gives it back to its groups.
    """

    tag: ClassVar[str] = "assign_user_task.v1"

    task_id: UUID
    assignee: str | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegateUserTask(Command):
    """Let somebody else work on one's user task and give it back; its owner stays who it was."""

    tag: ClassVar[str] = "delegate_user_task.v1"

    task_id: UUID
    delegate: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnUserTask(Command):
    """Give a delegated user task back to its owner, who completes it."""

    tag: ClassVar[str] = "return_user_task.v1"

    task_id: UUID
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspendInstance(Command):
    """Stop an instance: nobody completes, nothing fires or arrives until it is resumed."""

    tag: ClassVar[str] = "suspend_instance.v1"

    instance_id: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeInstance(Command):
    """Let a suspended instance go on; its timers and due dates move by the length of the pause."""

    tag: ClassVar[str] = "resume_instance.v1"

    instance_id: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetVariables(Command):
    """Correct variables of a running instance; old and new values are kept.

    Attributes:
        variables: new values by name.
        scope_id: the token whose own variables are meant; the process's if not given.
    """

    tag: ClassVar[str] = "set_variables.v1"

    instance_id: UUID
    variables: Variables
    reason: str
    scope_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveToken(Command):
    """Take a token from one element and let it begin at another.

    Attributes:
        from_element: where it is.
        to_element: where it begins; as if a flow had led there.
        task_id: the token meant, if several are at the element.
        variables: set before it begins.
    """

    tag: ClassVar[str] = "move_token.v1"

    instance_id: UUID
    from_element: str
    to_element: str
    reason: str
    task_id: UUID | None = None
    variables: Variables = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecomputeDueDates(Command):
    """Evaluate again when waiting timers and open user tasks are due; what has fired or ended stays.

    Attributes:
        variables: set before, such as deadlines by a changed calendar.
        element_ids: only these elements; all that wait if empty.
    """

    tag: ClassVar[str] = "recompute_due_dates.v1"

    instance_id: UUID
    reason: str
    variables: Variables = field(default_factory=dict)
    element_ids: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReassignCandidates(Command):
    """Evaluate again who may work on open user tasks, as when another unit takes over; due dates stay.

    A task whose candidate groups change is with these groups, whoever of the former ones had it.

    Attributes:
        variables: set before; those that say who works on what.
        element_ids: only these elements; all open user tasks if empty.
    """

    tag: ClassVar[str] = "reassign_candidates.v1"

    instance_id: UUID
    reason: str
    variables: Variables = field(default_factory=dict)
    element_ids: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrateInstance(Command):
    """Let a running instance go on under another definition of its process.

    Attributes:
        definition_hash: the definition it goes on under.
        mapping: target element, or sequence flow, by source element or flow, where the names differ; others keep
            theirs. An event that listens beside an activity or for a scope is withdrawn if its target is empty.
    """

    tag: ClassVar[str] = "migrate_instance.v1"

    instance_id: UUID
    definition_hash: str
    reason: str
    mapping: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryIncident(Command):
    """Apply again the command that failed; its journal entry is that command's own, with the retry noted."""

    tag: ClassVar[str] = "retry_incident.v1"

    incident_id: UUID
    reason: str = field(default="", metadata=LATER)


@dataclass(frozen=True, slots=True, kw_only=True)
class SkipServiceTask(Command):
    """Apply a failed command again, with a given output in place of the service task that failed.

    Its journal entry is that command's own, with who skipped, and why.
    """

    tag: ClassVar[str] = "skip_service_task.v1"

    incident_id: UUID
    output: Variables
    reason: str


#: Every command that an incident can hold, by its tag; tags are for ever.
COMMANDS: Mapping[str, type[Command]] = {
    command.tag: command
    for command in (
        StartInstance,
        CompleteUserTask,
        CorrelateMessage,
        ReceiveSignal,
        FireTimer,
        CancelInstance,
        ClaimUserTask,
        ReleaseUserTask,
        AssignUserTask,
        DelegateUserTask,
        ReturnUserTask,
        SuspendInstance,
        ResumeInstance,
        SetVariables,
        RecomputeDueDates,
        ReassignCandidates,
        MoveToken,
        MigrateInstance,
    )
}


def payload_of(command: Command) -> dict[str, Any]:
    """Return what the command asks, without its identity and actor, as JSON values."""
    common = {"command_id", "actor"}
    return {
        f.name: _plain(value)
        for f in fields(command)
        if f.name not in common
        and not ((value := getattr(command, f.name)) == f.default and "later" in f.metadata)
    }


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
    for name in ("instance_id", "task_id", "timer_id", "scope_id"):
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
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, tuple) else value
