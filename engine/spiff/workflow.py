"""SpiffWorkflow's workflow with process variables, a flat task list and a run loop of our own.

The library walks its task tree after every completed task; an instance here is small (it is pruned), so a look
at its task list is all that is needed.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Protocol

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.errors import StepFailed
from engine.spiff.details import Work
from engine.spiff.elements import LOCAL
from engine.spiff.expressions import Value
from engine.spiff.tokens import Counters, Token

#: Elements a token may pass within one command; more is a loop without a wait.
STEP_BUDGET = 10_000


class Recorder(Protocol):
    """Takes what happens while a workflow runs, and answers its work."""

    def element_completed(self, task: Task) -> None: ...
    def user_task_created(self, task: Task) -> None: ...
    def user_task_cancelled(self, task: Task) -> None: ...
    def timer_armed(self, task: Task, due_at: datetime | None) -> None: ...
    def timer_cancelled(self, task: Task) -> None: ...
    def message_expected(self, task: Task, message_name: str, correlation_key: str) -> None: ...
    def run_service(self, task: Task, work: Work, scope: Mapping[str, Any]) -> dict[str, Any]: ...
    def decide(self, task: Task, decision_id: str, scope: Mapping[str, Any]) -> Any: ...


class Tokens:
    """The part that a process and its subprocesses share: tokens in the order of their creation."""

    spec: BpmnProcessSpec
    tasks: dict[int, Task]
    task_tree: Task

    def begin(self) -> None:
        """Lay the first token on the start."""
        self.task_tree = Token(self, self.spec.start, state=TaskState.FUTURE)
        self.task_tree.task_spec._predict(self.task_tree, mask=TaskState.NOT_FINISHED_MASK)
        self.task_tree._ready()

    def get_tasks_iterator(self, first_task: Task | None = None, **kwargs: Any) -> Iterator[Task]:
        """Return an iterator over tasks; the common questions are answered from the flat list."""
        if first_task is not None or not kwargs.keys() <= {"state", "spec_name"}:
            return super().get_tasks_iterator(first_task, **kwargs)  # type: ignore[misc]
        state = kwargs.get("state", TaskState.ANY_MASK)
        spec_name = kwargs.get("spec_name")
        return iter(
            [
                task
                for task in self.tasks.values()
                if task._state & state and (spec_name is None or task.task_spec.name == spec_name)
            ]
        )

    def update_waiting_tasks(self) -> None:
        """Look again at every task that waits."""
        for task in self.get_tasks_iterator(state=TaskState.WAITING):
            if task._state == TaskState.WAITING and task.id in self.tasks:
                task.task_spec._update(task)

    def cancel_open_tasks(self) -> None:
        """Cancel whatever is not finished."""
        for task in self.get_tasks_iterator(state=TaskState.NOT_FINISHED_MASK):
            if task.id in self.tasks:
                task.cancel()


class Subprocess(Tokens, BpmnSubWorkflow):
    """An embedded subprocess in progress."""

    @property
    def counters(self) -> Counters:
        """The counters of the instance."""
        counters: Counters = self.top_workflow.counters
        return counters


class Workflow(Tokens, BpmnWorkflow):
    """A process instance in progress.

    It is empty at first: :meth:`begin` or the codec gives it tokens.

    Attributes:
        counters: where tokens take their numbers and ticks from.
        variables: the process variables.
        now: the instant of the command being applied.
        recorder: takes what happens.
    """

    def __init__(
        self,
        spec: BpmnProcessSpec,
        subprocess_specs: Mapping[str, BpmnProcessSpec],
        *,
        counters: Counters,
        now: datetime,
        recorder: Recorder,
    ) -> None:
        self.counters = counters
        self.variables: dict[str, Any] = {}
        self.now = now
        self.recorder = recorder
        super().__init__(spec, subprocess_specs, script_engine=_Conditions(self), deserializing=True)

    def open_subprocess(self, parent: int, spec_name: str) -> Subprocess:
        """Open the subprocess of the token with number ``parent``; it is empty at first."""
        subprocess = Subprocess(
            self.subprocess_specs[spec_name], parent_task_id=parent, top_workflow=self, deserializing=True
        )
        self.subprocesses[parent] = subprocess
        return subprocess

    def scope_of(self, task: Task) -> dict[str, Any]:
        """Return the variables that a task sees."""
        return {**self.variables, **task.internal_data.get(LOCAL, {})}

    def enter(self, task: Task) -> dict[str, Any]:
        """Evaluate a task's input mappings into its local scope and return what it sees."""
        spec = task.task_spec
        if spec.extensions.inputs:
            local: dict[str, Any] = {}
            for target, value in spec.extensions.inputs:
                scope = {**self.variables, **local}
                _write(local, target, value.evaluate(scope, now=self.now, element_id=spec.bpmn_id))
            task.internal_data[LOCAL] = local
        return self.scope_of(task)

    def leave(self, task: Task, result: Mapping[str, Any]) -> None:
        """Carry a task's result into the process variables.

        Without output mappings the whole result merges, except names that the local scope holds; with them only
        their targets do.
        """
        spec = task.task_spec
        local = task.internal_data.pop(LOCAL, {})
        if not spec.extensions.outputs:
            self.variables.update({name: value for name, value in result.items() if name not in local})
            return
        scope = {**self.variables, **local, **result}
        for target, value in spec.extensions.outputs:
            written = value.evaluate(scope, now=self.now, element_id=spec.bpmn_id)
            _write(self.variables, target, written)
            _write(scope, target, written)

    def run(self) -> None:
        """Run every element that needs nobody, until all tokens wait.

        Raises:
            StepFailed: an element failed, or the model never comes to rest.
        """
        budget = STEP_BUDGET
        while not self.completed:
            ran = 0
            subprocesses = [sub for sub in self.subprocesses.values() if not sub.completed]
            for workflow in (*sorted(subprocesses, key=lambda sub: -sub.depth), self):
                for task in workflow.get_tasks_iterator(state=TaskState.READY):
                    if task.task_spec.manual or task._state != TaskState.READY:
                        continue
                    task.run()
                    ran += 1
                if workflow is not self and workflow.completed:
                    parent = self.get_task_from_id(workflow.parent_task_id)
                    if parent._state == TaskState.STARTED:
                        parent.task_spec._update(parent)
                        ran += 1
            budget -= ran
            if budget < 0:
                raise StepFailed("The model runs in a loop without ever waiting")
            if not ran:
                return


class _Conditions:
    """Answers the conditions of sequence flows; SpiffWorkflow calls it its script engine."""

    def __init__(self, workflow: Workflow) -> None:
        self._workflow = workflow

    def evaluate(self, task: Task, expression: Value, **_context: object) -> bool:
        """Return the condition's value.

        Raises:
            StepFailed: the value is neither true nor false.
        """
        element_id = task.task_spec.bpmn_id
        workflow = self._workflow
        value = expression.evaluate(workflow.variables, now=workflow.now, element_id=element_id)
        if not isinstance(value, bool):
            raise StepFailed(
                f"Element '{element_id}': expected condition '{expression.text}' to be true or false, "
                f"but it is {value!r}",
                element_id=element_id,
            )
        return value


def _write(variables: dict[str, Any], path: str, value: Any) -> None:
    """Write to a path; objects on the way are replaced by copies, never changed in place."""
    *parents, last = path.split(".")
    for name in parents:
        inner = variables.get(name)
        variables[name] = dict(inner) if isinstance(inner, dict) else {}
        variables = variables[name]
    variables[last] = value
