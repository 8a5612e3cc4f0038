"""Runs a small model as the dispatcher does: every command loads the instance from bytes and stores it again."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from engine import clock
from engine.definitions.resources import ModelResources
from engine.errors import DefinitionRefused
from engine.spiff import CompiledModel, Execution, LateCycles, ServiceRequest, StepResult, compile_model
from engine.spiff.codec import encode
from tests.drawing import model

INSTANCE = UUID("00000000-0000-4000-8000-000000000001")
#: Friday, noon in Hanoi.
NOON = datetime(2026, 6, 12, 5, tzinfo=UTC)

#: What service tasks of type ``echo`` and ``fail`` do is up to each test.
SERVICES = frozenset({"echo", "fail"})

Services = Callable[[ServiceRequest], Mapping[str, Any]]


def compiled(
    *parts: str,
    messages: str = "",
    process: str = "sample",
    called: Mapping[str, CompiledModel] | None = None,
    decisions: tuple[bytes, ...] = (),
    forms: tuple[bytes, ...] = (),
) -> CompiledModel:
    """Compile a model; ``messages`` are the root elements that it refers to."""
    return compile_model(
        ModelResources(
            bpmn=model(*parts, messages=messages, process=process), decisions=decisions, forms=forms
        ),
        service_types=SERVICES,
        find_called=(called or {}).get,
    )


def problems_of(*parts: str, messages: str = "", content: bytes | None = None) -> list[dict[str, str]]:
    """Return what is wrong with a model; it must be refused, with reasons and advice."""
    written = model(*parts, messages=messages) if content is None else content
    try:
        compile_model(ModelResources(bpmn=written), service_types=SERVICES)
    except DefinitionRefused as refused:
        found = refused.params["problems"]
        assert isinstance(found, list)
        assert found
        assert all(problem["reason"] and problem["advice"] for problem in found)
        return found
    raise AssertionError("Expected the model to be refused, but it was accepted")


def reasons_of(*parts: str, messages: str = "") -> dict[str, str]:
    """Return what is wrong, by element; several reasons of one element are joined."""
    reasons: dict[str, list[str]] = {}
    for problem in problems_of(*parts, messages=messages):
        reasons.setdefault(problem["element_id"], []).append(problem["reason"])
    return {element_id: "; ".join(found) for element_id, found in reasons.items()}


class Run:
    """One instance.

    Attributes:
        step: the instance after the last command.
        at: the effective time of the next command.
        history: everything that has happened, as ``tag element``.
    """

    def __init__(
        self,
        compiled_model: CompiledModel,
        variables: Mapping[str, Any] | None = None,
        services: Services | None = None,
        *,
        at: datetime = NOON,
        start_event: str | None = None,
    ) -> None:
        self.model = compiled_model
        self.services = services or (lambda request: {"echoed": request.element_id})
        self.at = at
        self.history: list[str] = []
        execution = Execution.create(self.model, instance_id=INSTANCE, at=at, services=self.services)
        execution.start("key", variables or {}, start_event)
        self._keep(execution.finish())

    def load(self) -> Execution:
        return Execution.load(
            self.model, self.step.state, instance_id=INSTANCE, at=self.at, services=self.services
        )

    def do(self, act: Callable[[Execution], None]) -> "Run":
        execution = self.load()
        act(execution)
        self._keep(execution.finish())
        return self

    def complete(
        self, element_id: str, variables: Mapping[str, Any] | None = None, *, which: int = 0
    ) -> "Run":
        """Complete an open user task, the ``which``-th of that element."""
        task = [task for task in self.step.user_tasks if task.element_id == element_id][which]
        return self.do(lambda execution: execution.complete_user_task(task.task_id, variables or {}))

    def fire(
        self,
        element_id: str,
        *,
        late: timedelta = timedelta(),
        late_cycles: LateCycles = LateCycles.FIRE_ONCE,
    ) -> "Run":
        """Fire a timer at its due time, which is the command's time, even if it is really done ``late``."""
        timer = next(timer for timer in self.step.timers if timer.element_id == element_id)
        self.at = timer.due_at
        return self.do(
            lambda execution: execution.fire_timer(
                timer.timer_id, fired_at=timer.due_at + late, late_cycles=late_cycles
            )
        )

    def send(self, element_id: str, variables: Mapping[str, Any] | None = None) -> "Run":
        """Deliver the message that an element waits for."""
        waiting = next(each for each in self.step.subscriptions if each.element_id == element_id)
        return self.do(
            lambda execution: execution.correlate(
                waiting.task_id, waiting.message_name, waiting.correlation_key, variables or {}
            )
        )

    def signal(self, name: str, variables: Mapping[str, Any] | None = None) -> "Run":
        """Deliver a signal from outside."""
        return self.do(lambda execution: execution.receive_signal(name, variables or {}))

    def migrate(self, target: CompiledModel, **mapping: str) -> "Run":
        """Go on under another model; ``a="b"`` maps element a to element b."""
        execution = Execution.load(
            self.model,
            self.step.state,
            instance_id=INSTANCE,
            at=self.at,
            services=self.services,
            find_model=lambda _hash: target,
        )
        execution.migrate("old", "new", mapping, "a better model")
        step = execution.finish()
        self.model = target
        self._keep(step)
        return self

    @property
    def open(self) -> list[str]:
        """The open user tasks, in the order in which they were opened."""
        return [task.element_id for task in self.step.user_tasks]

    @property
    def due(self) -> dict[str, str]:
        """When each timer is due, in the business time zone, to the minute."""
        return {
            timer.element_id: timer.due_at.astimezone(clock.BUSINESS_ZONE).strftime("%Y-%m-%d %H:%M")
            for timer in self.step.timers
        }

    @property
    def waiting(self) -> list[str]:
        """The elements that wait for messages and signals."""
        return [
            *(each.element_id for each in self.step.subscriptions),
            *(each.element_id for each in self.step.signals),
        ]

    @property
    def variables(self) -> dict[str, Any]:
        return self.step.variables

    @property
    def completed(self) -> bool:
        return self.step.completed

    @property
    def events(self) -> list[str]:
        """What the last command led to."""
        return [
            f"{event.tag.removesuffix('.v1')} {event.to_json().get('element_id', '')}".strip()
            for event in self.step.events
        ]

    def _keep(self, step: StepResult) -> None:
        self.step = step
        self.history += self.events
        assert encode(self.load()._workflow) == step.state, "the state changes by being stored and loaded"
        if step.completed:
            assert not self.open + list(self.due) + self.waiting
