"""SpiffWorkflow's workflow as scopes of tokens, with a run loop of our own.

The process and each subprocess in progress is a scope. A scope holds its tokens in the order of their creation;
one that holds none, but for event subprocesses that wait to be started, has come to its end.
"""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Protocol

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from engine.errors import StepFailed
from engine.spiff.details import Work
from engine.spiff.elements.triggers import HELD
from engine.spiff.expressions import Moment
from engine.spiff.schedule import LateCycles
from engine.spiff.specs import ScopeSpec
from engine.spiff.tokens import Counter, Token

#: Elements a token may pass within one command; more is a loop without a wait.
STEP_BUDGET = 50_000


class Recorder(Protocol):
    """Takes what happens while a workflow runs, and answers its work."""

    def element_completed(self, token: Token, flow_ids: list[str] | None) -> None: ...
    def user_task_created(self, token: Token) -> None: ...
    def user_task_cancelled(self, token: Token) -> None: ...
    def user_task_rescheduled(self, token: Token, previous: Mapping[str, Any]) -> None: ...
    def user_task_regrouped(self, token: Token, previous: Mapping[str, Any]) -> None: ...
    def timer_scheduled(self, token: Token) -> None: ...
    def timer_rescheduled(self, token: Token, previous: str) -> None: ...
    def timer_cancelled(self, token: Token) -> None: ...
    def message_expected(self, token: Token) -> None: ...
    def message_sent(self, token: Token, name: str, key: str, variables: Mapping[str, Any]) -> None: ...
    def signal_thrown(self, token: Token, name: str, variables: Mapping[str, Any]) -> None: ...
    def error_thrown(self, token: Token, code: str, message: str, caught_by: str) -> None: ...
    def escalation_thrown(self, token: Token, code: str, caught_by: str | None) -> None: ...
    def compensation_started(self, token: Token, activity_ids: list[str]) -> None: ...
    def run_service(self, token: Token, work: Work, seen: Mapping[str, Any]) -> dict[str, Any]: ...
    def decide(self, token: Token, decision_id: str, seen: Mapping[str, Any]) -> Any: ...


class Scope(ABC):
    """The part that a process and its subprocesses share.

    Attributes:
        tasks: the tokens by number, in the order of their creation.
        done: completed activities that can be compensated, in the order of completion: each its name and, for a
            subprocess that is undone from inside, what was done in it and the variables it had.
    """

    spec: ScopeSpec
    tasks: dict[int, Token]
    top_workflow: "Workflow"
    owner: Token | None
    completed: bool
    done: list[list[Any]]

    def place(
        self,
        element: Any,
        *,
        host: int | None = None,
        **internal_data: Any,
    ) -> Token:
        """Make a token arrive at an element."""
        token = Token(
            self,
            element,
            number=self.top_workflow.counter.next(),
            host=host,
            state=TaskState.FUTURE,
            internal_data=internal_data,
        )
        element._update(token)
        return token

    def remove(self, token: Token) -> None:
        """Forget a finished token."""
        self.tasks.pop(token.id, None)

    def withdraw(self, token: Token) -> None:
        """Take back a token and all that depends on it."""
        if not token.is_live:
            return
        self.remove(token)
        token._set_state(TaskState.CANCELLED)
        token.task_spec._on_cancel(token)
        for other in self.hosted_by(token):
            self.withdraw(other)

    def withdraw_all(self, *, but: Token | None = None) -> None:
        """Take back every token of the scope, except one."""
        for token in list(self.tasks.values()):
            if token is not but:
                self.withdraw(token)

    def hosted_by(self, token: Token) -> list[Token]:
        """Return the tokens that belong to a token."""
        return [other for other in self.tasks.values() if other.host == token.id]

    def begin(self, start: Any | None = None) -> None:
        """Let event subprocesses wait, and place a token on a start event, the plain one unless told otherwise."""
        self.listen()
        self.place(start or self.spec.begin)

    def listen(self) -> None:
        """Let event subprocesses wait."""
        for listener in self.spec.listeners:
            self.place(listener)

    @property
    def is_over(self) -> bool:
        """Whether nothing is left in it but what waits to start an event subprocess."""
        return all(token.task_spec.is_listening(token) for token in self.tasks.values())

    def settle(self) -> None:
        """End the scope if nothing is left in it."""
        if self.completed or not self.is_over:
            return
        self.withdraw_all()
        self.completed = True
        self._end()

    @abstractmethod
    def _end(self) -> None:
        """Tell whoever is around the scope."""


class Subprocess(Scope, BpmnSubWorkflow):
    """A subprocess, event subprocess or called process in progress."""

    def __init__(self, spec: ScopeSpec, *, owner: Token, top: "Workflow") -> None:
        self.owner = owner
        self.done = []
        super().__init__(spec, parent_task_id=owner.id, top_workflow=top, deserializing=True)

    def _calculate_depth(self) -> int:
        """Return how deep the scope lies in others; 1 below the process."""
        around = 0 if self.owner is None else int(self.owner.workflow.depth)
        return 1 + around

    def _end(self) -> None:
        owner = self.owner
        if owner is not None:
            del self.top_workflow.subprocesses[owner.id]
            owner.task_spec.inner_scope_ended(owner, self.done)


class Workflow(Scope, BpmnWorkflow):
    """A process instance in progress. It is empty at first: :meth:`begin` or the codec gives it tokens.

    Attributes:
        counter: where tokens take their numbers from.
        variables: the process variables.
        moment: the instant of the command being applied, a timer's due time, and whom expressions ask.
        fired_at: the instant at which a timer is really fired, on time or late.
        late_cycles: what a cycle does about ticks that have passed.
        recorder: takes what happens.
        queue: tokens that can run.
        suspended_at: when the instance was stopped for a while; nothing runs until it is resumed.
    """

    subprocesses: dict[int, Subprocess]

    def __init__(
        self,
        spec: BpmnProcessSpec,
        subprocess_specs: Mapping[str, BpmnProcessSpec],
        *,
        counter: Counter,
        moment: Moment,
        recorder: Recorder,
    ) -> None:
        self.owner = None
        self.done = []
        self.counter = counter
        self.variables: dict[str, Any] = {}
        self.moment = moment
        self.fired_at: datetime = moment.now
        self.late_cycles = LateCycles.FIRE_ONCE
        self.recorder = recorder
        self.queue: deque[Token] = deque()
        self.suspended_at: datetime | None = None
        super().__init__(spec, subprocess_specs, script_engine=_NO_SCRIPTS, deserializing=True)

    def open_subprocess(self, owner: Token) -> Subprocess:
        """Open the scope of a token; it is empty at first."""
        subprocess = Subprocess(self.subprocess_specs[owner.task_spec.name], owner=owner, top=self)
        self.subprocesses[owner.id] = subprocess
        return subprocess

    def close_subprocess(self, owner: Token) -> None:
        """Take back all tokens of a token's scope and forget it."""
        subprocess = self.subprocesses.pop(owner.id, None)
        if subprocess is not None:
            subprocess.completed = True
            subprocess.withdraw_all()

    def tokens(self) -> Iterator[Token]:
        """Return all tokens of the instance."""
        yield from self.tasks.values()
        for subprocess in self.subprocesses.values():
            yield from subprocess.tasks.values()

    def element(self, name: str) -> Any | None:
        """Return a flow node of the process or of anything inside it; ``None`` if there is none of that name."""
        for spec in (self.spec, *self.subprocess_specs.values()):
            element = spec.task_specs.get(name)
            if hasattr(element, "extensions"):
                return element
        return None

    def run(self) -> None:
        """Run every element that needs nobody, until all tokens wait.

        Raises:
            StepFailed: an element failed, or the model never comes to rest.
        """
        budget = STEP_BUDGET
        if self.spec.has_conditions:
            self._look_at_conditions()
        while True:
            while self.queue:
                token = self.queue.popleft()
                if token._state == TaskState.READY and token.is_live:
                    token.run()
                    if self.spec.has_conditions:
                        self._look_at_conditions()
                    budget -= 1
                    if budget < 0:
                        raise StepFailed("The model runs in a loop without ever waiting")
            if self.completed or not any(
                token.task_spec.reconsider(token) for token in list(self.tokens()) if token.is_live
            ):
                return

    def _look_at_conditions(self) -> None:
        """A condition may have become true by what one element did, and false by the next."""
        for token in list(self.tokens()):
            if HELD in token.internal_data and token.is_live:
                token.task_spec.reconsider(token)

    def cancel_all(self) -> None:
        """End the instance where it stands."""
        self.completed = True
        self.suspended_at = None
        self.withdraw_all()

    def _end(self) -> None:
        """Nothing is around the process."""


class _NoScripts:
    """Stands where SpiffWorkflow keeps its Python script engine; nothing of ours asks it."""

    def evaluate(self, *_args: object, **_kwargs: object) -> Any:
        raise AssertionError("No model's text is ever run as Python")

    execute = evaluate


_NO_SCRIPTS = _NoScripts()
