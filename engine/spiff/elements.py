"""The BPMN elements as this engine runs them: SpiffWorkflow's specs with variables, work and waiting of our own.

Variables do not travel with tokens. As in Camunda 8 they belong to the process instance; an element's input
mappings lay a local scope over them while it is active. Task data stays empty, so nothing is copied from task to
task and parallel branches never overwrite each other's view.
"""

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.mixins import (
    BoundaryEventMixin,
    BpmnSpecMixin,
    EndEventMixin,
    ExclusiveGatewayMixin,
    IntermediateCatchEventMixin,
    NoneTaskMixin,
    ParallelGatewayMixin,
    ServiceTaskMixin,
    StartEventMixin,
    SubWorkflowTaskMixin,
    UserTaskMixin,
)
from SpiffWorkflow.task import Task

from engine.errors import StepFailed
from engine.spiff.details import DEFAULT_PRIORITY, Assignment, Details
from engine.spiff.expressions import instant_of

#: Keys of ``Task.internal_data``; the codec stores them.
LOCAL = "local"  # the element's local scope
OPEN = "open"  # an open user task: assignee, groups, due, follow_up, priority
DUE = "due"  # a timer's instant as text, None if it is not armed
KEY = "key"  # a message's correlation key


class Element(BpmnSpecMixin):
    """The part that all elements share."""

    extensions: Details

    def _on_complete_hook(self, my_task: Task) -> None:
        super()._on_complete_hook(my_task)
        my_task.workflow.top_workflow.recorder.element_completed(my_task)


class StartEvent(StartEventMixin, Element):
    """A start event without definition."""

    def _run_hook(self, _my_task: Task) -> bool:
        return True


class EndEvent(EndEventMixin, Element):
    """An end event without definition."""


class PassThroughTask(NoneTaskMixin, Element):
    """A task without implementation; a token passes it at once, as in Camunda."""

    def __init__(self, wf_spec: Any, bpmn_id: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.manual = False


class ExclusiveGateway(ExclusiveGatewayMixin, Element):
    """An exclusive gateway."""


class ParallelGateway(ParallelGatewayMixin, Element):
    """A parallel gateway."""


class UserTask(UserTaskMixin, Element):
    """A user task; it opens when it becomes ready and is completed by command only."""

    def _on_ready_hook(self, my_task: Task) -> None:
        super()._on_ready_hook(my_task)
        top = my_task.workflow.top_workflow
        scope = top.enter(my_task)
        assignment = self.extensions.assignment
        if assignment is None:
            raise AssertionError(f"User task '{self.bpmn_id}' was compiled without an assignment")
        my_task.internal_data[OPEN] = _opened(self.bpmn_id, assignment, scope, my_task)
        top.recorder.user_task_created(my_task)

    def _on_cancel(self, my_task: Task) -> None:
        super()._on_cancel(my_task)
        if my_task.internal_data.pop(OPEN, None) is not None:
            my_task.workflow.top_workflow.recorder.user_task_cancelled(my_task)


class ServiceTask(ServiceTaskMixin, Element):
    """A service task; its handler answers within the command."""

    def _execute(self, task: Task) -> bool:
        top = task.workflow.top_workflow
        scope = top.enter(task)
        work = self.extensions.work
        if work is None:
            raise AssertionError(f"Service task '{self.bpmn_id}' was compiled without a task type")
        result = top.recorder.run_service(task, work, scope)
        top.leave(task, result)
        return True


class BusinessRuleTask(ServiceTaskMixin, Element):
    """A business rule task; it evaluates a decision of the same definition."""

    def _execute(self, task: Task) -> bool:
        top = task.workflow.top_workflow
        scope = top.enter(task)
        computation = self.extensions.computation
        if computation is None or computation.decision_id is None:
            raise AssertionError(f"Business rule task '{self.bpmn_id}' was compiled without a decision")
        result = top.recorder.decide(task, computation.decision_id, scope)
        top.leave(task, {computation.result_variable: result})
        return True


class ScriptTask(ServiceTaskMixin, Element):
    """A script task; its script is one FEEL expression."""

    def _execute(self, task: Task) -> bool:
        top = task.workflow.top_workflow
        scope = top.enter(task)
        computation = self.extensions.computation
        if computation is None or computation.expression is None:
            raise AssertionError(f"Script task '{self.bpmn_id}' was compiled without an expression")
        value = computation.expression.evaluate(scope, now=top.now, element_id=self.bpmn_id)
        top.leave(task, {computation.result_variable: value})
        return True


class EmbeddedSubprocess(SubWorkflowTaskMixin, Element):
    """An embedded subprocess; it shares the process variables."""

    def start_workflow(self, my_task: Task) -> None:
        subworkflow = my_task.workflow.top_workflow.open_subprocess(my_task.id, self.spec)
        subworkflow.begin()
        subworkflow.task_tree.run()

    def _on_cancel(self, my_task: Task) -> None:
        top = my_task.workflow.top_workflow
        subworkflow = top.get_subprocess(my_task)
        if subworkflow is not None:
            subworkflow.cancel_open_tasks()


class WaitingEvent:
    """The part that timers and messages share: armed once, fired by command only."""

    event_definition: "Timer | Message"

    def _run_hook(self, my_task: Task) -> bool:
        top = my_task.workflow.top_workflow
        top.leave(my_task, my_task.internal_data.pop(LOCAL, {}))
        my_task.internal_data.clear()
        return True

    def _on_cancel(self, my_task: Task) -> None:
        if self.event_definition.disarm(my_task):
            my_task.workflow.top_workflow.recorder.timer_cancelled(my_task)


class IntermediateCatchEvent(WaitingEvent, IntermediateCatchEventMixin, Element):
    """A token waits here for an instant or a message."""


class BoundaryEvent(WaitingEvent, BoundaryEventMixin, Element):
    """Waits beside an activity for an instant or a message, and may interrupt it."""


class Timer(EventDefinition):
    """An instant, evaluated once when the event begins to wait.

    SpiffWorkflow's own timers compare themselves with the wall clock whenever anything happens; this one fires
    when it is told to.
    """

    def update_task(self, my_task: Task) -> None:
        """Arm the timer the first time the event is looked at."""
        if DUE in my_task.internal_data:
            return
        spec = my_task.task_spec
        top = my_task.workflow.top_workflow
        value = spec.extensions.timer.evaluate(top.variables, now=top.now, element_id=spec.bpmn_id)
        due_at = instant_of(value, element_id=spec.bpmn_id, what="the timer's date")
        if due_at is None and not isinstance(spec, BoundaryEvent):
            raise StepFailed(
                f"Element '{spec.bpmn_id}': the timer's date is null, so the token would wait for ever",
                element_id=spec.bpmn_id,
            )
        top.recorder.timer_armed(my_task, due_at)

    def disarm(self, my_task: Task) -> bool:
        """Forget the instant; say whether the timer was armed."""
        return my_task.internal_data.pop(DUE, None) is not None

    def catches(self, _my_task: Task, _event: Any) -> bool:
        """Answer that no thrown event is meant."""
        return False


class Message(EventDefinition):
    """A message under a correlation key, evaluated once when the event begins to wait."""

    def update_task(self, my_task: Task) -> None:
        """Subscribe the first time the event is looked at."""
        if KEY in my_task.internal_data:
            return
        spec = my_task.task_spec
        top = my_task.workflow.top_workflow
        expectation = spec.extensions.message
        key = expectation.correlation_key.evaluate(top.variables, now=top.now, element_id=spec.bpmn_id)
        if isinstance(key, bool) or not isinstance(key, str | int):
            raise StepFailed(
                f"Element '{spec.bpmn_id}': expected the correlation key to be text or a whole number, "
                f"but got {key!r}",
                element_id=spec.bpmn_id,
            )
        top.recorder.message_expected(my_task, expectation.message_name, str(key))

    def disarm(self, my_task: Task) -> bool:
        """Forget the subscription; a message that no longer can arrive is no event of its own."""
        my_task.internal_data.pop(KEY, None)
        return False

    def catches(self, _my_task: Task, _event: Any) -> bool:
        """Answer that no thrown event is meant."""
        return False


def _opened(
    element_id: str, assignment: Assignment, scope: Mapping[str, Any], my_task: Task
) -> dict[str, Any]:
    now = my_task.workflow.top_workflow.now

    def part(name: str) -> Any:
        value = getattr(assignment, name)
        return None if value is None else value.evaluate(scope, now=now, element_id=element_id)

    def instant(name: str) -> str | None:
        value = part(name)
        instant_of(value, element_id=element_id, what=name)
        return value

    assignee = part("assignee")
    groups = part("candidate_groups")
    if isinstance(groups, str):
        groups = [group.strip() for group in groups.split(",") if group.strip()]
    groups = [] if groups is None else groups
    priority = part("priority")
    priority = DEFAULT_PRIORITY if priority is None else priority
    if isinstance(priority, str) and priority.isdecimal():
        priority = int(priority)
    if assignee is not None and not isinstance(assignee, str):
        raise _wrong(element_id, "the assignee to be text", assignee)
    if not isinstance(groups, list) or not all(isinstance(group, str) for group in groups):
        raise _wrong(element_id, "the candidate groups to be a list of texts", groups)
    if assignee is None and not groups:
        raise _wrong(element_id, "an assignee or candidate groups", None)
    if isinstance(priority, bool) or not isinstance(priority, int) or not 0 <= priority <= 100:
        raise _wrong(element_id, "the priority to be a whole number from 0 to 100", priority)
    return {
        "assignee": assignee,
        "groups": groups,
        "due": instant("due_at"),
        "follow_up": instant("follow_up_at"),
        "priority": priority,
    }


def _wrong(element_id: str, expected: str, got: Any) -> StepFailed:
    return StepFailed(f"Element '{element_id}': expected {expected}, but got {got!r}", element_id=element_id)
