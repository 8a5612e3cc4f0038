"""Writes what commands came to: state, journal, tasks, timers, subscriptions and outgoing messages.

The commands of one transaction are recorded together: their rows go out statement by statement, not command by
command. Listeners see each with everything written.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Connection

from engine.commands import CancelInstance, Command, MigrateInstance, ResumeInstance, StartInstance
from engine.database import await_answers
from engine.definitions import starts
from engine.definitions.versions import DefinitionCache
from engine.history import journal
from engine.instances import incident, migrate
from engine.instances.instance import UNFINISHED, Instance, write_instance, write_waiting
from engine.messages.delivery import send
from engine.messages.publish import claim_kept, claim_kept_meanwhile
from engine.outbox import OutboxWriter
from engine.spiff import LateCycles, StepResult
from engine.writes import Writes


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a command came to.

    Attributes:
        events: what happened, in stored form.
        repeated: the command had been applied before and this is its first answer.
    """

    instance_id: UUID
    sequence: int
    events: Sequence[Mapping[str, Any]]
    repeated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """A command applied in memory, not written yet.

    Attributes:
        request: SHA-256 of what was asked.
        instance: as it was before, under the definition that it has afterwards.
        again: how the command came to be applied, if it had failed before.
    """

    command: Command
    request: str
    payload: Mapping[str, Any]
    instance: Instance
    effective_at: datetime
    step: StepResult
    outbox: OutboxWriter
    again: incident.AppliedAgain | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A command just applied, shown to listeners inside its transaction."""

    connection: Connection
    instance: Instance
    status: str
    sequence: int
    command: Command
    payload: Mapping[str, Any]
    effective_at: datetime
    step: StepResult
    outbox: OutboxWriter


#: Called inside the transaction after a command was applied; keeps a projection in step.
Listener = Callable[[Recorded], None]


class Recorder:
    """Writes applied commands.

    Args:
        listeners: called for each command, in this order.
        late_cycles: what a cycle that starts instances does when it is late.
    """

    def __init__(
        self, definitions: DefinitionCache, listeners: Iterable[Listener], late_cycles: LateCycles
    ) -> None:
        self._definitions = definitions
        self._listeners = tuple(listeners)
        self._late_cycles = late_cycles

    def record(self, connection: Connection, commands: Sequence[Applied]) -> list[Answer]:
        """Write commands to different instances and return their answers."""
        writes = Writes(connection)
        statuses = [_write(writes, applied) for applied in commands]
        writes.flush()
        for applied, status in zip(commands, statuses, strict=True):
            self._tell(connection, applied, status)
        for applied in commands:
            applied.outbox.write(writes)
        writes.flush()
        return [_settled(connection, *each) for each in zip(commands, statuses, strict=True)]

    def _tell(self, connection: Connection, applied: Applied, status: str) -> None:
        """Let listeners and whoever waits elsewhere know."""
        command, instance, step, outbox = applied.command, applied.instance, applied.step, applied.outbox
        sequence = instance.sequence + 1
        if isinstance(command, MigrateInstance):
            model = self._definitions.get(connection, instance.definition_hash).model
            migrate.rename(connection, instance, step, command, model)
        if self._listeners:
            await_answers(connection)
        recorded = Recorded(
            connection=connection,
            instance=instance,
            status=status,
            sequence=sequence,
            command=command,
            payload=applied.payload,
            effective_at=applied.effective_at,
            step=step,
            outbox=outbox,
        )
        for listener in self._listeners:
            listener(recorded)
        if isinstance(command, StartInstance) and command.start_event is not None:
            starts.note_started(connection, command, self._late_cycles)
        send(outbox, instance.id, sequence, step.events)
        if isinstance(command, ResumeInstance):
            claim_kept_meanwhile(connection, outbox, step.subscriptions, sequence)
        else:
            claim_kept(connection, outbox, step.subscriptions)


def _write(writes: Writes, applied: Applied) -> str:
    """Collect the rows of a command; return the status of its instance afterwards."""
    command, instance, step = applied.command, applied.instance, applied.step
    entry = journal.compose(
        instance_id=instance.id,
        sequence=instance.sequence + 1,
        command=command,
        request=applied.request,
        payload=applied.payload,
        effective_at=applied.effective_at,
        definition_hash=instance.definition_hash,
        step=step,
        previous=instance.head_hash,
        operator={} if applied.again is None else applied.again.note,
    )
    status = write_instance(
        writes,
        instance,
        step,
        effective_at=applied.effective_at,
        head_hash=entry["entry_hash"],
        cancelled=isinstance(command, CancelInstance),
    )
    journal.append(writes, [entry])
    write_waiting(writes, instance, step, effective_at=applied.effective_at, actor=command.actor)
    return status


def _settled(connection: Connection, applied: Applied, status: str) -> Answer:
    """Close the incidents that the command mends, and return its answer."""
    if applied.again is not None:
        incident.resolve(connection, applied.command.command_id, applied.again.actor_key)
    if applied.instance.has_incidents:
        ended = status not in UNFINISHED
        incident.settle(connection, applied.instance.id, applied.step, applied.command, ended=ended)
    return Answer(
        instance_id=applied.instance.id,
        sequence=applied.instance.sequence + 1,
        events=applied.step.stored_events,
        repeated=False,
    )
