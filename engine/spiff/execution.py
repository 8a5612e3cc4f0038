"""One process instance in memory, for the length of one command."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from SpiffWorkflow.exceptions import WorkflowException
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine import clock
from engine.canonical import normalised
from engine.dmn import DmnError
from engine.errors import InstanceNotActive, MessageNotExpected, StepFailed, TaskNotOpen, TimerNotDue
from engine.events import (
    DecisionEvaluated,
    ElementCompleted,
    Event,
    MessageCorrelated,
    MessageExpected,
    ProcessInstanceCancelled,
    ProcessInstanceCompleted,
    ProcessInstanceStarted,
    ServiceTaskCompleted,
    TimerCancelled,
    TimerFired,
    TimerScheduled,
    UserTaskCancelled,
    UserTaskCompleted,
    UserTaskCreated,
)
from engine.spiff import elements
from engine.spiff.codec import decode, encode
from engine.spiff.details import Work
from engine.spiff.elements import DUE, KEY, LOCAL, OPEN
from engine.spiff.model import TASK_BUDGET, CompiledModel
from engine.spiff.prune import prune
from engine.spiff.results import (
    MessageSubscription,
    OpenUserTask,
    ServiceRequest,
    ServiceRunner,
    StepResult,
    WaitingTimer,
)
from engine.spiff.tokens import Counters, TokenBudgetExceeded
from engine.spiff.workflow import Workflow

_LIVE = TaskState.READY | TaskState.WAITING | TaskState.STARTED


class Execution:
    """A process instance that one command is applied to.

    Create or load it, apply one command, and take the result from :meth:`finish`. After any exception it must be
    thrown away.
    """

    def __init__(self, model: CompiledModel, *, at: datetime, services: ServiceRunner) -> None:
        self._model = model
        self._at = at
        self._services = services
        self._events: list[Event] = []
        self._service_results: list[dict[str, Any]] = []
        self._end_event: str | None = None
        self._workflow: Workflow
        self._loaded: bytes | None = None
        self._waited_before: frozenset[UUID] = frozenset()

    @classmethod
    def create(
        cls, model: CompiledModel, *, instance_id: UUID, at: datetime, services: ServiceRunner
    ) -> Self:
        """Return a fresh instance; :meth:`start` comes next."""
        execution = cls(model, at=at, services=services)
        execution._workflow = Workflow(
            model.spec,
            model.subprocess_specs,
            counters=Counters(instance_id, budget=TASK_BUDGET),
            now=at,
            recorder=execution,
        )
        with execution._running():
            execution._workflow.begin()
        return execution

    @classmethod
    def load(
        cls, model: CompiledModel, state: bytes, *, instance_id: UUID, at: datetime, services: ServiceRunner
    ) -> Self:
        """Return a stored instance.

        Raises:
            HistoryDiverged: the state is not one of this model.
        """
        execution = cls(model, at=at, services=services)
        execution._workflow = decode(
            state,
            model.spec,
            model.subprocess_specs,
            instance_id=instance_id,
            budget=TASK_BUDGET,
            now=at,
            recorder=execution,
        )
        execution._loaded = state
        execution._waited_before = frozenset(
            task.task_id for task in execution._tasks() if KEY in task.internal_data
        )
        return execution

    # commands

    def start(self, business_key: str, variables: Mapping[str, Any]) -> None:
        """Give the instance its first variables."""
        self._workflow.variables = dict(variables)
        self._events.append(
            ProcessInstanceStarted(
                process_key=self._model.process_key, business_key=business_key, variables=dict(variables)
            )
        )

    def complete_user_task(self, task_id: UUID, variables: Mapping[str, Any]) -> None:
        """Complete an open user task with these values.

        Raises:
            TaskNotOpen: no such task is open.
        """
        task = self._open_task(task_id)
        del task.internal_data[OPEN]
        self._events.append(
            UserTaskCompleted(
                element_id=task.task_spec.bpmn_id, task_id=str(task_id), variables=dict(variables)
            )
        )
        with self._running():
            self._workflow.leave(task, variables)
            task.run()

    def fire_timer(self, timer_id: UUID) -> None:
        """Fire a waiting timer.

        Raises:
            TimerNotDue: no such timer waits.
        """
        task = self._find(timer_id)
        due_at = None if task is None else task.internal_data.get(DUE)
        if task is None or due_at is None or task._state != TaskState.WAITING:
            raise TimerNotDue(f"Expected timer '{timer_id}' to wait, but it does not")
        del task.internal_data[DUE]
        self._events.append(
            TimerFired(element_id=task.task_spec.bpmn_id, timer_id=str(timer_id), due_at=due_at)
        )
        self._fire(task)

    def correlate(
        self, task_id: UUID, message_name: str, correlation_key: str, variables: Mapping[str, Any]
    ) -> None:
        """Deliver a message to the element that waits for it.

        Raises:
            MessageNotExpected: the element does not wait for this message under this key.
        """
        task = self._find(task_id)
        waits = (
            task is not None
            and task._state == TaskState.WAITING
            and isinstance(task.task_spec.event_definition, elements.Message)
            and task.task_spec.extensions.message.message_name == message_name
            and task.internal_data.get(KEY) == correlation_key
        )
        if task is None or not waits:
            raise MessageNotExpected(
                f"Expected an element to wait for message '{message_name}', but none does",
                message_name=message_name,
            )
        self._events.append(
            MessageCorrelated(
                element_id=task.task_spec.bpmn_id,
                message_name=message_name,
                correlation_key=correlation_key,
                variables=dict(variables),
            )
        )
        task.internal_data[LOCAL] = dict(variables)
        self._fire(task)

    def cancel(self, reason: str) -> None:
        """End the instance where it stands.

        Raises:
            InstanceNotActive: it has ended.
        """
        if self._workflow.completed:
            raise InstanceNotActive("Expected the process instance to be active, but it has ended")
        with self._running():
            self._workflow.cancel_open_tasks()
            for subprocess in self._workflow.subprocesses.values():
                subprocess.cancel_open_tasks()
                subprocess.completed = True
        self._workflow.completed = True
        self._events.append(ProcessInstanceCancelled(reason=reason))

    def task_variables(self, task_id: UUID) -> dict[str, Any]:
        """Return the variables that an open user task sees.

        Raises:
            TaskNotOpen: no such task is open.
        """
        return self._workflow.scope_of(self._open_task(task_id))

    def form_of(self, task_id: UUID) -> str | None:
        """Return the form of an open user task.

        Raises:
            TaskNotOpen: no such task is open.
        """
        form_id: str | None = self._open_task(task_id).task_spec.extensions.assignment.form_id
        return form_id

    # results

    def finish(self) -> StepResult:
        """Run to the next wait, prune, and return what it came to.

        Raises:
            StepFailed: an element failed, or no way leads on.
        """
        cancelled = bool(self._events) and isinstance(self._events[-1], ProcessInstanceCancelled)
        if not cancelled:
            with self._running():
                self._workflow.run()
            if self._workflow.completed:
                self._events.append(ProcessInstanceCompleted(end_event=self._end_event))
            elif not self._waits():
                raise StepFailed("No element is waiting and none can go on: a gateway lacks a token")
        prune(self._workflow)
        return self._result(encode(self._workflow))

    def inspect(self) -> StepResult:
        """Return a loaded instance as it stands, without running anything."""
        if self._loaded is None:
            raise AssertionError("Only a loaded execution can be inspected")
        return self._result(self._loaded)

    def _result(self, state: bytes) -> StepResult:
        user_tasks, timers, subscriptions, active = [], [], [], []
        for task in self._tasks():
            spec = task.task_spec
            if not task._state & _LIVE:
                continue
            if spec.bpmn_id is not None and not isinstance(spec, elements.BoundaryEvent):
                active.append(spec.bpmn_id)
            opened = task.internal_data.get(OPEN)
            if opened is not None:
                user_tasks.append(_open_user_task(task, opened))
            elif task.internal_data.get(DUE) is not None:
                timers.append(
                    WaitingTimer(
                        timer_id=task.task_id,
                        element_id=spec.bpmn_id,
                        due_at=clock.from_text(task.internal_data[DUE]),
                    )
                )
            elif KEY in task.internal_data:
                subscriptions.append(
                    MessageSubscription(
                        task_id=task.task_id,
                        element_id=spec.bpmn_id,
                        message_name=spec.extensions.message.message_name,
                        correlation_key=task.internal_data[KEY],
                        fresh=task.task_id not in self._waited_before,
                    )
                )
        return StepResult(
            state=state,
            digest=hashlib.sha256(state).hexdigest(),
            events=tuple(self._events),
            stored_events=tuple(event.to_json() for event in self._events),
            service_results=tuple(self._service_results),
            user_tasks=tuple(user_tasks),
            timers=tuple(timers),
            subscriptions=tuple(subscriptions),
            ended_subscriptions=tuple(
                sorted(self._waited_before - {waiting.task_id for waiting in subscriptions})
            ),
            completed=self._workflow.completed,
            active_elements=tuple(dict.fromkeys(active)),
            variables=dict(self._workflow.variables),
        )

    # what the workflow reports while it runs (engine.spiff.workflow.Recorder)

    def element_completed(self, task: Task) -> None:
        """Note that a token has passed an element."""
        spec = task.task_spec
        if isinstance(spec, elements.UserTask | elements.ServiceTask):
            return
        if isinstance(spec, elements.EndEvent):
            self._end_event = spec.bpmn_id
        self._events.append(ElementCompleted(element_id=spec.bpmn_id, task_id=str(task.task_id)))

    def user_task_created(self, task: Task) -> None:
        """Note that a user task has opened."""
        opened = task.internal_data[OPEN]
        self._events.append(
            UserTaskCreated(
                element_id=task.task_spec.bpmn_id,
                task_id=str(task.task_id),
                assignee=opened["assignee"],
                candidate_groups=list(opened["groups"]),
                due_at=opened["due"],
                follow_up_at=opened["follow_up"],
                priority=opened["priority"],
                form_id=task.task_spec.extensions.assignment.form_id,
            )
        )

    def user_task_cancelled(self, task: Task) -> None:
        """Note that an open user task is no longer wanted."""
        self._events.append(UserTaskCancelled(element_id=task.task_spec.bpmn_id, task_id=str(task.task_id)))

    def timer_armed(self, task: Task, due_at: datetime | None) -> None:
        """Keep a timer's instant; note it unless it is not armed."""
        text = None if due_at is None else clock.to_text(due_at)
        task.internal_data[DUE] = text
        if text is not None:
            self._events.append(
                TimerScheduled(element_id=task.task_spec.bpmn_id, timer_id=str(task.task_id), due_at=text)
            )

    def timer_cancelled(self, task: Task) -> None:
        """Note that a timer no longer waits."""
        self._events.append(TimerCancelled(element_id=task.task_spec.bpmn_id, timer_id=str(task.task_id)))

    def message_expected(self, task: Task, message_name: str, correlation_key: str) -> None:
        """Keep and note what an element waits for."""
        task.internal_data[KEY] = correlation_key
        self._events.append(
            MessageExpected(
                element_id=task.task_spec.bpmn_id,
                task_id=str(task.task_id),
                message_name=message_name,
                correlation_key=correlation_key,
            )
        )

    def run_service(self, task: Task, work: Work, scope: Mapping[str, Any]) -> dict[str, Any]:
        """Ask for a service task's result and keep it for the journal."""
        element_id = task.task_spec.bpmn_id
        request = ServiceRequest(
            element_id=element_id,
            task_id=task.task_id,
            task_type=work.task_type,
            headers=work.headers,
            variables=scope,
        )
        try:
            result: dict[str, Any] = dict(normalised(dict(self._services(request))))
        except (TypeError, ValueError) as error:
            raise StepFailed(
                f"Service task '{element_id}': expected a result that JSON can carry, but {error}",
                element_id=element_id,
            ) from error
        self._service_results.append(
            {"element_id": element_id, "task_id": str(task.task_id), "type": work.task_type, "result": result}
        )
        self._events.append(
            ServiceTaskCompleted(
                element_id=element_id, task_id=str(task.task_id), task_type=work.task_type, result=result
            )
        )
        return result

    def decide(self, task: Task, decision_id: str, scope: Mapping[str, Any]) -> Any:
        """Evaluate a decision and note which rules matched."""
        element_id = task.task_spec.bpmn_id
        try:
            decided = self._model.decisions[decision_id].evaluate(decision_id, scope, now=self._at)
        except DmnError as error:
            raise StepFailed(
                f"Element '{element_id}': decision '{decision_id}' failed: {error}", element_id=element_id
            ) from error
        self._events.append(
            DecisionEvaluated(
                element_id=element_id,
                task_id=str(task.task_id),
                decision_id=decision_id,
                inputs=dict(decided.inputs),
                matched_rules=list(decided.matched_rules),
                result=decided.result,
            )
        )
        return decided.result

    # inside

    @contextmanager
    def _running(self) -> Iterator[None]:
        try:
            yield
        except TokenBudgetExceeded as error:
            raise StepFailed(f"The command makes more than {TASK_BUDGET} tasks") from error
        except WorkflowException as error:
            spec = getattr(error, "task_spec", None)
            element_id = getattr(spec, "bpmn_id", None)
            raise StepFailed(f"Element '{element_id}': {error}", element_id=element_id) from error

    def _fire(self, task: Task) -> None:
        task.internal_data["event_fired"] = True
        with self._running():
            task.task_spec._update(task)

    def _tasks(self) -> Iterator[Task]:
        for workflow in (self._workflow, *self._workflow.subprocesses.values()):
            yield from workflow.tasks.values()

    def _find(self, task_id: UUID) -> Task | None:
        number = self._workflow.counters.number_of(task_id)
        return next((task for task in self._tasks() if task.id == number), None)

    def _open_task(self, task_id: UUID) -> Task:
        task = self._find(task_id)
        if task is None or OPEN not in task.internal_data:
            raise TaskNotOpen(f"Expected user task '{task_id}' to be open, but it is not")
        return task

    def _waits(self) -> bool:
        return any(
            task._state & _LIVE
            and (
                OPEN in task.internal_data
                or KEY in task.internal_data
                or task.internal_data.get(DUE) is not None
            )
            for task in self._tasks()
        )


def _open_user_task(task: Task, opened: Mapping[str, Any]) -> OpenUserTask:
    def instant(text: str | None) -> datetime | None:
        return None if text is None else clock.from_text(text)

    return OpenUserTask(
        task_id=task.task_id,
        element_id=task.task_spec.bpmn_id,
        assignee=opened["assignee"],
        candidate_groups=tuple(opened["groups"]),
        due_at=instant(opened["due"]),
        follow_up_at=instant(opened["follow_up"]),
        priority=opened["priority"],
        form_id=task.task_spec.extensions.assignment.form_id,
    )
