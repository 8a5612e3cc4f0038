"""Takes a command from question to committed answer, in one place.

Lock → deduplicate → authorise → load → apply → run to the next wait → write state, journal, tasks, timers and
outbox → listeners → commit. One command is one transaction; a batch is one transaction of many. Nothing else in
the engine commits a command.
"""

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Engine
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from engine import clock
from engine.actors import Actor
from engine.canonical import normalised
from engine.commands import (
    Command,
    CompleteUserTask,
    CorrelateMessage,
    FireTimer,
    MigrateInstance,
    RetryIncident,
    SkipServiceTask,
    payload_of,
    request_digest,
)
from engine.database import Trouble, reading, trouble_of, writing
from engine.definitions.deploy import Deployed, deploy, in_order
from engine.definitions.resources import ModelResources
from engine.definitions.versions import Definition, DefinitionCache
from engine.errors import Busy, CommandConflict, InvalidVariables, Rejection, StepFailed
from engine.history import journal
from engine.host_functions import NO_FUNCTIONS, EngineFunctions
from engine.instances import (
    complete,
    four_eyes,
    incident,
    message,
    migrate,
    timer,
)
from engine.instances.instance import Instance
from engine.instances.modules import COMPLETIONS, MODULES
from engine.instances.skip import Skipping
from engine.instruments import NO_INSTRUMENTS, Instruments
from engine.log_context import log_context
from engine.outbox import OutboxWriter
from engine.recorded import Answer, Applied, Listener, Recorded, Recorder
from engine.service_tasks import BusinessError, ServiceCall, ServiceTaskHandlers
from engine.spiff import Execution, LateCycles, ServiceRequest, Skipped

__all__ = ["ATTEMPTS", "Answer", "Dispatcher", "Guard", "Listener", "Recorded", "Standing"]

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

#: How often a command is tried whose transaction collided with another or lost its connection.
ATTEMPTS = 4


#: Called before a user task is completed; raises a Rejection to refuse. Arguments: connection, command,
#: instance, variables in scope.
Guard = Callable[[Connection, CompleteUserTask, Instance, Mapping[str, Any]], None]

#: Returns what is left of the rights of an actor who asked for something a while ago; ``None`` if they may do
#: nothing any more.
Standing = Callable[[Connection, Actor], Actor | None]


def _unchanged(_connection: Connection, actor: Actor) -> Actor:
    return actor


class Dispatcher:
    """Executes commands against one database. Safe to share between threads."""

    def __init__(
        self,
        database: Engine,
        *,
        handlers: ServiceTaskHandlers,
        listeners: Iterable[Listener] = (),
        guards: Iterable[Guard] = (),
        late_cycles: LateCycles = LateCycles.FIRE_ONCE,
        functions: EngineFunctions = NO_FUNCTIONS,
        instruments: Instruments = NO_INSTRUMENTS,
        standing: Standing = _unchanged,
    ) -> None:
        self.database = database
        self.standing = standing
        self.instruments = instruments
        self.functions = functions
        self.definitions = DefinitionCache(functions.feel)
        self._handlers = handlers
        self._recorder = Recorder(self.definitions, listeners, late_cycles)
        self._guards = tuple(guards)
        self._late_cycles = late_cycles

    @property
    def service_types(self) -> frozenset[str]:
        """The service task types that models may use."""
        return self._handlers.types()

    def deploy(self, resources: ModelResources, *, actor: Actor) -> str:
        """Deploy a model and return its definition hash (see :func:`engine.definitions.deploy.deploy`)."""
        return self.deploy_all([resources], actor=actor)[0].hash

    def deploy_all(self, models: Sequence[ModelResources], *, actor: Actor) -> list[Deployed]:
        """Deploy several models in one transaction, those that are called first.

        Raises:
            DefinitionRefused: one of them would not run as drawn; none is deployed.
            Busy: the database could not take them now.
        """
        ordered = in_order(models)

        def deploy_ordered(_again: bool) -> list[Deployed]:
            with self.database.begin() as connection:
                return [
                    deploy(
                        connection,
                        resources,
                        actor=actor,
                        service_types=self.service_types,
                        definitions=self.definitions,
                        functions=self.functions.feel,
                    )
                    for resources in ordered
                ]

        return self._tried(deploy_ordered)

    def execute(self, command: Command) -> Answer:
        """Apply one command in one transaction.

        Raises:
            Rejection: refused; nothing was written.
            Busy: the database could not take it now; the same command may be sent again.
            StepFailed: an element failed; nothing but an incident was written.
        """
        return self.execute_batch([command])[0]

    def execute_batch(self, commands: Sequence[Command]) -> list[Answer]:
        """Apply several commands in one transaction: all of them, or none.

        A transaction that the database ended because another was in its way, or whose connection was lost, is
        tried again: commands that were applied after all give their first answer.

        Raises:
            Rejection: the first refusal.
            Busy: the database could not take them now.
            StepFailed: the first failure, kept as an incident.
        """
        began = time.perf_counter()
        try:
            answers = self._tried(lambda again: self._attempt(commands, look_first=again))
        except Busy as busy:
            for command in commands:
                self.instruments.command_refused(command.tag, busy.code)
            raise
        seconds = (time.perf_counter() - began) / max(1, len(commands))
        for command, answer in zip(commands, answers, strict=True):
            self.instruments.command_applied(command.tag, seconds, repeated=answer.repeated)
        return answers

    def fire_together(self, commands: Sequence[FireTimer]) -> list[Answer] | None:
        """Fire timers of different instances in one transaction, so that they share their statements and commit.

        Return ``None`` if one of them was refused or failed, or the database was in trouble: then nothing was
        written, no incident either, and each is to be executed by itself and find its own answer.
        """
        began = time.perf_counter()
        try:
            with writing(self.database) as connection:
                located = timer.locate_all(connection, commands)
                applied = []
                for command, instance in zip(commands, located, strict=True):
                    with log_context(command=command.tag, command_id=str(command.command_id)):
                        applied.append(self._apply_to(connection, instance, command, []))
                answers = self._recorder.record(connection, applied)
        except (Rejection, StepFailed, IntegrityError):
            return None
        except (DBAPIError, PoolTimeout) as error:
            if trouble_of(error) is None:
                raise
            return None
        seconds = (time.perf_counter() - began) / len(commands)
        for command in commands:
            self.instruments.command_applied(command.tag, seconds, repeated=False)
        return answers

    def _tried(self, act: Callable[[bool], Result]) -> Result:
        """Run a transaction until it answers, within bounds; it is told whether it was tried before."""
        attempt = 1
        while True:
            try:
                return act(attempt > 1)
            except IntegrityError:
                # two processes took the same new identifier; the loser finds the winner's answer now
                if attempt == ATTEMPTS:
                    raise
            except (DBAPIError, PoolTimeout) as error:
                trouble = trouble_of(error)
                if trouble is None:
                    raise
                logger.warning(
                    "transaction met trouble", extra={"trouble": trouble.value, "attempt": attempt}
                )
                if trouble is Trouble.TIMEOUT or attempt == ATTEMPTS:
                    raise _busy(trouble) from error
            attempt += 1

    def _attempt(self, commands: Sequence[Command], *, look_first: bool) -> list[Answer]:
        """Apply commands in one transaction.

        Whether they were applied before is looked up when one is refused or fails; a repeat that would succeed
        once more meets its own entry in the journal.

        Args:
            look_first: look it up before anything else.
        """
        answers: list[Answer] = []
        failing: list[tuple[Instance, Command]] = []
        try:
            with writing(self.database) as connection:
                for command in commands:
                    with log_context(command=command.tag, command_id=str(command.command_id)):
                        answers.append(self._apply(connection, command, failing, look_first=look_first))
            return answers
        except (Rejection, StepFailed) as refusal:
            if not look_first and self._any_applied(commands):
                return self._attempt(commands, look_first=True)
            if isinstance(refusal, StepFailed):
                self._keep(refusal, *failing[0])
            elif len(answers) < len(commands):
                self.instruments.command_refused(commands[len(answers)].tag, refusal.code)
            raise

    def _any_applied(self, commands: Sequence[Command]) -> bool:
        with reading(self.database) as connection:
            return journal.any_applied(connection, [command.command_id for command in commands])

    def _keep(self, failure: StepFailed, instance: Instance, command: Command) -> None:
        """Keep a failed command as an incident."""
        self.instruments.command_failed(command.tag)
        logger.error(
            "command failed",
            extra={
                "instance_id": str(instance.id),
                "command": command.tag,
                "command_id": str(command.command_id),
            },
            exc_info=failure,
        )
        with writing(self.database) as connection:
            incident.record(connection, instance, command, failure)

    def _apply(
        self,
        connection: Connection,
        command: Command,
        failing: list[tuple[Instance, Command]],
        *,
        look_first: bool,
    ) -> Answer:
        """Apply a command and write what it came to; with ``look_first``, return the answer that it has had."""
        again: incident.AppliedAgain | None = None
        if isinstance(command, RetryIncident | SkipServiceTask):
            first = incident.first_answer(connection, command)
            if first is not None:
                return _first_answer(first)
            again = incident.apply_again(connection, command)
            command = again.command
        look_first = look_first or again is not None
        try:
            instance = MODULES[command.tag].locate(connection, command)
        except Rejection:
            first = journal.find_by_command(connection, command.command_id) if look_first else None
            if first is None:
                raise
            return _repeated(first, command)  # what it was about is no longer there
        if look_first:
            first = journal.find_by_command(connection, command.command_id)  # with the instance under lock
            if first is not None:
                if again is not None:
                    incident.refuse_if_mended(first, again)
                return _repeated(first, command)
        applied = self._apply_to(connection, instance, command, failing, again)
        return self._recorder.record(connection, [applied])[0]

    def _apply_to(
        self,
        connection: Connection,
        instance: Instance,
        command: Command,
        failing: list[tuple[Instance, Command]],
        again: incident.AppliedAgain | None = None,
    ) -> Applied:
        """Apply a command to an instance under lock; nothing is written yet."""
        module = MODULES[command.tag]
        payload = _normalised_payload(command)
        request = request_digest(command, payload)
        module.authorise(connection, command, instance)
        asked_at = command.due_at if isinstance(command, FireTimer) else clock.now()
        effective_at = max(asked_at, instance.effective_at)
        outbox = OutboxWriter(instance.id, effective_at)
        definition = self.definitions.get(connection, instance.definition_hash)
        failing[:] = [(instance, command)]
        skipping = Skipping(None if again is None else again.skip)
        execution = self._execution(connection, instance, definition, effective_at, outbox, skipping)
        skipping.require_handler(execution)
        payload |= self._completed_payload(
            connection, command, payload, instance, definition, execution, effective_at
        )
        try:
            with log_context(instance_id=str(instance.id)):
                module.apply(execution, payload)
                step = execution.finish()
        except StepFailed as failure:
            failure.passage = execution.passage_of(failure.element_id)
            skipping.refuse_in_vain(failure)
            raise
        failing.clear()
        skipping.require_used()
        if isinstance(command, MigrateInstance):
            instance = replace(instance, definition_hash=command.definition_hash)
        return Applied(
            command=command,
            request=request,
            payload=payload,
            instance=instance,
            effective_at=effective_at,
            step=step,
            outbox=outbox,
            again=again,
        )

    def _execution(
        self,
        connection: Connection,
        instance: Instance,
        definition: Definition,
        effective_at: datetime,
        outbox: OutboxWriter,
        skipping: Skipping,
    ) -> Execution:
        def run_service(request: ServiceRequest) -> Mapping[str, Any] | Skipped:
            skipped = skipping.answer(request)
            if skipped is not None:
                return skipped
            call = ServiceCall(
                connection=connection,
                outbox=outbox,
                instance_id=instance.id,
                business_key=instance.business_key,
                element_id=request.element_id,
                task_id=str(request.task_id),
                task_type=request.task_type,
                headers=request.headers,
                variables=request.variables,
                effective_at=effective_at,
            )
            try:
                return self._handlers.handler(request.task_type)(call)
            except BusinessError:
                raise
            except Exception as error:  # a handler is foreign code; its failure is an incident
                if trouble_of(error) is not None:
                    raise  # not the handler's: the whole command is tried again
                raise StepFailed(
                    f"Service task '{request.element_id}' failed: {error}",
                    element_id=request.element_id,
                    called=request.task_type,
                ) from error

        if instance.sequence == 0:
            return Execution.create(
                definition.model,
                instance_id=instance.id,
                at=effective_at,
                services=run_service,
                ask=self.functions.asking(connection),
            )
        return Execution.load(
            definition.model,
            instance.state,
            instance_id=instance.id,
            at=effective_at,
            services=run_service,
            ask=self.functions.asking(connection),
            find_model=lambda definition_hash: self.definitions.get(connection, definition_hash).model,
        )

    def _completed_payload(
        self,
        connection: Connection,
        command: Command,
        payload: Mapping[str, Any],
        instance: Instance,
        definition: Definition,
        execution: Execution,
        effective_at: datetime,
    ) -> dict[str, Any]:
        """Return what the present adds to the payload: checked form values, the element addressed."""
        four_eyes.require_of(connection, definition.model, command)
        if isinstance(command, CompleteUserTask):
            scope = execution.task_variables(command.task_id)
            for guard in self._guards:
                guard(connection, command, instance, scope)
            cleaned = complete.cleaned_variables(
                payload["variables"], definition, execution.form_of(command.task_id), scope, now=effective_at
            )
            return {"variables": cleaned}
        if isinstance(command, CorrelateMessage):
            return message.addressed(connection, command)
        if isinstance(command, FireTimer):
            return timer.fired(self._late_cycles)
        if isinstance(command, MigrateInstance):
            return migrate.migrated_from(instance)
        completion = COMPLETIONS.get(command.tag)
        return {} if completion is None else completion(connection, command, instance, execution)


def _busy(trouble: Trouble) -> Busy:
    reason = "it took too long" if trouble is Trouble.TIMEOUT else "it was interrupted again and again"
    return Busy(
        f"Expected the database to take the command, but {reason}; send it again", trouble=trouble.value
    )


def _normalised_payload(command: Command) -> dict[str, Any]:
    try:
        return dict(normalised(payload_of(command)))
    except ValueError as error:
        raise InvalidVariables(
            f"Expected variables that JSON can carry, but {error}",
            errors=[{"key": "", "code": "not_json"}],
        ) from error


def _repeated(first: journal.JournalEntry, command: Command) -> Answer:
    """Return the first answer, or refuse a different request under the same identifier."""
    if first.request != request_digest(command, _normalised_payload(command)):
        raise CommandConflict(
            f"Expected command '{command.command_id}' to be new, but it was used for another request",
            instance_id=str(first.instance_id),
            sequence=first.sequence,
        )
    return _first_answer(first)


def _first_answer(first: journal.JournalEntry) -> Answer:
    return Answer(
        instance_id=first.instance_id,
        sequence=first.sequence,
        events=tuple(first.events),
        repeated=True,
    )
