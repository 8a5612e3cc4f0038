"""One process instance in memory, for the length of one command."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from engine import clock
from engine.definitions.resources import Problem
from engine.errors import (
    MessageNotExpected,
    MigrationRefused,
    MoveRefused,
    SignalNotExpected,
    StartEventMissing,
    StepFailed,
    TimerNotDue,
)
from engine.events import (
    Event,
    MessageCorrelated,
    ProcessInstanceCancelled,
    ProcessInstanceCompleted,
    ProcessInstanceMigrated,
    ProcessInstanceStarted,
    SignalReceived,
    TimerFired,
    TokenMoved,
    UserTaskCompleted,
)
from engine.feel import Ask
from engine.spiff.codec import decode, encode
from engine.spiff.elements import triggers
from engine.spiff.elements.triggers import DUE, KEY, SIGNAL
from engine.spiff.migration import Migration, Route, migrate
from engine.spiff.model import TOKEN_BUDGET, CompiledModel, FindModel
from engine.spiff.operating import Operated
from engine.spiff.recording import EventRecorder
from engine.spiff.results import ServiceRunner, StepResult
from engine.spiff.schedule import LateCycles
from engine.spiff.tokens import Counter, Token
from engine.spiff.variables import visible
from engine.spiff.waiting import is_subscribed, is_waiting, what_waits
from engine.spiff.workflow import Workflow


class Execution(Operated):
    """A process instance that one command is applied to.

    Create or load it, apply one command, and take the result from :meth:`finish`. After any exception it must be
    thrown away.
    """

    def __init__(
        self,
        model: CompiledModel,
        *,
        at: datetime,
        services: ServiceRunner,
        ask: Ask | None,
        find_model: FindModel | None = None,
    ) -> None:
        self._model = model
        self._find_model = find_model
        self._renewed: frozenset[UUID] = frozenset()
        self._recorder = EventRecorder(at=at, services=services, ask=ask)
        self._events: list[Event] = self._recorder.events
        self._workflow: Workflow
        self._loaded: bytes | None = None
        self._waited_before: frozenset[UUID] = frozenset()

    @classmethod
    def create(
        cls,
        model: CompiledModel,
        *,
        instance_id: UUID,
        at: datetime,
        services: ServiceRunner,
        ask: Ask | None = None,
    ) -> Self:
        """Return a fresh instance; :meth:`start` comes next.

        Args:
            at: the effective time of the command.
            services: answers service tasks.
            ask: answers the functions of the host; ``None`` if there is nobody to ask.
        """
        execution = cls(model, at=at, services=services, ask=ask)
        execution._workflow = Workflow(
            model.spec,
            model.subprocess_specs,
            counter=Counter(instance_id, budget=TOKEN_BUDGET),
            moment=execution._recorder.moment,
            recorder=execution._recorder,
        )
        return execution

    @classmethod
    def load(
        cls,
        model: CompiledModel,
        state: bytes,
        *,
        instance_id: UUID,
        at: datetime,
        services: ServiceRunner,
        ask: Ask | None = None,
        find_model: FindModel | None = None,
    ) -> Self:
        """Return a stored instance; the arguments are those of :meth:`create`.

        Args:
            find_model: finds the model of a definition, by its hash, that the instance may go on under.

        Raises:
            HistoryDiverged: the state is not one of this model.
        """
        execution = cls(model, at=at, services=services, ask=ask, find_model=find_model)
        execution._workflow = decode(
            state,
            model.spec,
            model.subprocess_specs,
            instance_id=instance_id,
            budget=TOKEN_BUDGET,
            moment=execution._recorder.moment,
            recorder=execution._recorder,
        )
        execution._loaded = state
        execution._waited_before = frozenset(
            token.task_id for token in execution._workflow.tokens() if is_subscribed(token)
        )
        return execution

    # commands

    def start(self, business_key: str, variables: Mapping[str, Any], start_event: str | None = None) -> None:
        """Give the instance its first variables and begin.

        Args:
            start_event: where to begin; the plain start event if not given.

        Raises:
            StartEventMissing: the process has no such start event.
        """
        spec = self._workflow.spec
        start = spec.begin if start_event is None else spec.starts.get(start_event)
        if start is None:
            raise StartEventMissing(
                f"Expected process '{self._model.process_key}' to have "
                + (f"start event '{start_event}'" if start_event else "a plain start event")
                + ", but it has not",
                process_key=self._model.process_key,
            )
        self._workflow.variables = dict(variables)
        self._events.append(
            ProcessInstanceStarted(
                process_key=self._model.process_key, business_key=business_key, variables=dict(variables)
            )
        )
        with self._running():
            self._workflow.begin(start)

    def complete_user_task(self, task_id: UUID, variables: Mapping[str, Any]) -> None:
        """Complete an open user task with these values.

        Raises:
            TaskNotOpen: no such task is open.
        """
        self._require_running()
        token = self._open_task(task_id)
        self._events.append(
            UserTaskCompleted(
                element_id=token.task_spec.bpmn_id, task_id=str(task_id), variables=dict(variables)
            )
        )
        with self._running():
            token.task_spec.finish(token, variables)

    def fire_timer(
        self,
        timer_id: UUID,
        *,
        fired_at: datetime | None = None,
        late_cycles: LateCycles = LateCycles.FIRE_ONCE,
    ) -> None:
        """Fire a waiting timer.

        Args:
            fired_at: the instant at which it really fires, on time or late; the due time if not given.
            late_cycles: what a cycle does about the ticks between its due time and ``fired_at``.

        Raises:
            TimerNotDue: no such timer waits.
        """
        self._require_running()
        token = self._find(timer_id)
        due_at = None if token is None else token.internal_data.get(DUE)
        if token is None or due_at is None:
            raise TimerNotDue(f"Expected timer '{timer_id}' to wait, but it does not")
        self._events.append(
            TimerFired(element_id=token.task_spec.trigger_id, timer_id=str(timer_id), due_at=due_at)
        )
        self._workflow.fired_at = fired_at or clock.from_text(due_at)
        self._workflow.late_cycles = late_cycles
        self._fire(token, {})

    def correlate(
        self, task_id: UUID, message_name: str, correlation_key: str, variables: Mapping[str, Any]
    ) -> None:
        """Deliver a message to the element that waits for it.

        Raises:
            MessageNotExpected: the element does not wait for this message under this key.
        """
        self._require_running()
        token = self._find(task_id)
        waits = (
            token is not None
            and token.internal_data.get(KEY) == correlation_key
            and token.task_spec.trigger.name == message_name
        )
        if token is None or not waits:
            raise MessageNotExpected(
                f"Expected an element to wait for message '{message_name}', but none does",
                message_name=message_name,
            )
        self._events.append(
            MessageCorrelated(
                element_id=token.task_spec.trigger_id,
                message_name=message_name,
                correlation_key=correlation_key,
                variables=dict(variables),
            )
        )
        self._fire(token, variables)

    def receive_signal(self, signal_name: str, variables: Mapping[str, Any]) -> None:
        """Deliver a signal to every element that waits for it.

        Raises:
            SignalNotExpected: no element does.
        """
        self._require_running()
        waiting = [
            token for token in self._workflow.tokens() if token.internal_data.get(SIGNAL) == signal_name
        ]
        if not waiting:
            raise SignalNotExpected(
                f"Expected an element to wait for signal '{signal_name}', but none does",
                signal_name=signal_name,
            )
        for token in waiting:
            if token.is_live:
                self._events.append(
                    SignalReceived(
                        element_id=token.task_spec.trigger_id,
                        signal_name=signal_name,
                        variables=dict(variables),
                    )
                )
                self._fire(token, variables)

    def cancel(self, reason: str) -> None:
        """End the instance where it stands.

        Raises:
            InstanceNotActive: it has ended.
        """
        self._require_active()
        with self._running():
            self._workflow.cancel_all()
        self._events.append(ProcessInstanceCancelled(reason=reason))

    def migrate(
        self, from_definition: str, to_definition: str, mapping: Mapping[str, str], reason: str
    ) -> None:
        """Go on under the model of another definition.

        Args:
            mapping: target element, or flow, by source element or flow, where the ids differ.

        Raises:
            MigrationRefused: it cannot; ``params["problems"]`` names every reason.
        """
        if self._find_model is None:
            raise AssertionError("Only an execution that can find models can be migrated")
        target = self._find_model(to_definition)
        migration = self.move_to(Route(self._model, target, mapping))
        if from_definition == to_definition:
            problem = Problem(
                element_id="",
                element_name="",
                reason="it is the definition that the instance is under",
                advice="Choose another version.",
            )
            migration.problems.insert(0, problem)
        if migration.problems:
            raise MigrationRefused(
                f"Expected the process instance to go on under definition '{to_definition}', "
                f"but {len(migration.problems)} problems were found: "
                + "; ".join(f"{each.element_id}: {each.reason}" for each in migration.problems[:10]),
                problems=[each.to_json() for each in migration.problems],
            )
        self._model = target
        self._renewed = frozenset(migration.renewed)
        self._events.insert(
            0,
            ProcessInstanceMigrated(
                from_definition=from_definition,
                to_definition=to_definition,
                moved=[
                    {"task_id": str(token.task_id), "from": token.from_element, "to": token.to_element}
                    for token in migration.moved
                    if token.from_element != token.to_element
                ],
                reason=reason,
            ),
        )

    def move_to(self, route: Route) -> Migration:
        """Move every token to another model, for :meth:`migrate` and to see beforehand what it would do.

        If there are problems, the execution must be thrown away.

        Args:
            route: from the model of this instance to the other.
        """
        if route.target.process_key != self._model.process_key:
            problem = Problem(
                element_id="",
                element_name="",
                reason=f"it is a definition of process '{route.target.process_key}', and the instance is one of "
                f"'{self._model.process_key}'",
                advice="Choose a version of the same process.",
            )
            return Migration(problems=[problem])
        moment, stopped_at = self._workflow.moment, self._workflow.suspended_at
        if stopped_at is not None:  # what begins to wait is postponed with all the rest when the pause ends
            self._workflow.moment = replace(moment, now=stopped_at)
        with self._running():
            migration = migrate(self._workflow, route)
        self._workflow.moment = moment
        return migration

    def task_variables(self, task_id: UUID) -> dict[str, Any]:
        """Return the variables that an open user task sees.

        Raises:
            TaskNotOpen: no such task is open.
        """
        return dict(visible(self._open_task(task_id)))

    def form_of(self, task_id: UUID) -> str | None:
        """Return the form of an open user task.

        Raises:
            TaskNotOpen: no such task is open.
        """
        form_id: str | None = self._open_task(task_id).task_spec.extensions.assignment.form_id
        return form_id

    def has_handler(self, element_id: str) -> bool:
        """Say whether an element of the model is one that a handler answers."""
        element = self._workflow.element(element_id)
        return element is not None and element.extensions.work is not None

    def passage_of(self, element_id: str | None) -> int:
        """Return how often the command has reached a service task, 1 for anything else."""
        return self._recorder.reached[element_id or ""] or 1

    # results

    def finish(self) -> StepResult:
        """Run to the next wait, unless suspended, and return what it came to.

        Raises:
            StepFailed: an element failed, or no way leads on.
        """
        cancelled = bool(self._events) and isinstance(self._events[-1], ProcessInstanceCancelled)
        if not cancelled and self._workflow.suspended_at is None:
            with self._running():
                self._workflow.run()
            if self._workflow.completed:
                self._events.append(ProcessInstanceCompleted(end_event=self._recorder.end_event))
            elif not any(is_waiting(token) for token in self._workflow.tokens()):
                self._refuse_dead_end()
                raise StepFailed("No element is waiting and none can go on: a gateway lacks a token")
        return self._result(encode(self._workflow))

    def _refuse_dead_end(self) -> None:
        """Refuse a move that no element can go on after; it is the mover's to mend, not the model's."""
        for event in self._events:
            if isinstance(event, TokenMoved):
                raise MoveRefused(
                    f"Element '{event.to_element_id}': nothing could go on from there, for a join would lack the "
                    "token that is moved: move to the element behind the join",
                    element_id=event.to_element_id,
                )

    def inspect(self) -> StepResult:
        """Return a loaded instance as it stands, without running anything."""
        if self._loaded is None:
            raise AssertionError("Only a loaded execution can be inspected")
        return self._result(self._loaded)

    def _result(self, state: bytes) -> StepResult:
        return StepResult(
            state=state,
            digest=hashlib.sha256(state).hexdigest(),
            events=tuple(self._events),
            stored_events=tuple(event.to_json() for event in self._events),
            service_results=tuple(self._recorder.service_results),
            function_results=tuple(self._recorder.function_results),
            completed=self._workflow.completed,
            variables=dict(self._workflow.variables),
            suspended_at=self._workflow.suspended_at,
            **what_waits(self._workflow, self._waited_before, self._renewed),
        )

    # inside

    def _fire(self, token: Token, payload: Mapping[str, Any]) -> None:
        with self._running():
            triggers.fire(token, payload)
