"""SpiffWorkflow's task with identifiers and times that depend on nothing but the commands it was given.

The library draws a random identifier and reads the wall clock for every task it makes, and composes a log record
for every change of state. A token takes both from the counters of its instance, which are stored with the state,
and says nothing: what happened is recorded by the elements.
"""

import hashlib
from typing import Any
from uuid import UUID

from SpiffWorkflow.exceptions import WorkflowException
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

#: Bits of an identifier that count the tokens of one instance; the rest name the instance.
_NUMBER_BITS = 62
_NUMBER_MASK = (1 << _NUMBER_BITS) - 1
_VERSION_8 = 0x8 << 76
_VARIANT = 0b10 << 62


class TokenBudgetExceeded(Exception):
    """A model makes more tokens than one command may make."""


class Counters:
    """The numbers and ticks of one instance.

    Attributes:
        sequence: numbers given to tokens so far.
        tick: state changes so far; SpiffWorkflow orders the branches of a join by it.
    """

    __slots__ = ("_limit", "_prefix", "sequence", "tick")

    def __init__(self, instance_id: UUID, *, sequence: int = 0, tick: int = 0, budget: int) -> None:
        name = int.from_bytes(hashlib.sha256(instance_id.bytes).digest()[:8], "big")
        high = (name >> 16 << 16) | (name & 0x0FFF)  # leaves the place of the version digit empty
        self._prefix = (high << 64) | _VERSION_8 | _VARIANT
        self._limit = sequence + budget
        self.sequence = sequence
        self.tick = tick

    def next_number(self) -> int:
        """Return the number of a new token, counted from 1.

        Raises:
            TokenBudgetExceeded: more tokens than one command may make.
        """
        self.sequence += 1
        if self.sequence > self._limit:
            raise TokenBudgetExceeded
        return self.sequence

    def next_tick(self) -> int:
        """Return the next tick."""
        self.tick += 1
        return self.tick

    def id_of(self, number: int) -> UUID:
        """Return the identifier by which the world knows a token."""
        return UUID(int=self._prefix | number)

    def number_of(self, task_id: UUID) -> int | None:
        """Return the number behind an identifier; ``None`` if it belongs to another instance."""
        number = task_id.int & _NUMBER_MASK
        return number if task_id.int == self._prefix | number else None


class Token(Task):
    """A task of one instance; its ``id`` is a number within the instance."""

    def __init__(
        self, workflow: Any, task_spec: Any, parent: "Token | None" = None, state: int = TaskState.MAYBE
    ) -> None:
        counters = workflow.counters
        self.id = counters.next_number()
        self.workflow = workflow
        self.task_spec = task_spec
        self.triggered = False
        self.thread_id = 0
        self.data: dict[str, Any] = {}
        self.internal_data: dict[str, Any] = {}
        self.last_state_change = counters.next_tick()
        self._state = state
        self._children: list[int] = []
        self._parent = None if parent is None else parent.id
        workflow.tasks[self.id] = self
        if parent is not None:
            parent._children.append(self.id)

    @classmethod
    def restore(
        cls,
        workflow: Any,
        task_spec: Any,
        *,
        number: int,
        parent: int | None,
        state: int,
        tick: int,
        triggered: bool,
        internal_data: dict[str, Any],
    ) -> "Token":
        """Return a token as it was stored; its parent has been restored before it."""
        token = cls.__new__(cls)
        token.id = number
        token.workflow = workflow
        token.task_spec = task_spec
        token.triggered = triggered
        token.thread_id = 0
        token.data = {}
        token.internal_data = internal_data
        token.last_state_change = tick
        token._state = state
        token._children = []
        token._parent = parent
        tokens = workflow.tasks
        tokens[number] = token
        if parent is not None:
            tokens[parent]._children.append(number)
        return token

    @property
    def task_id(self) -> UUID:
        """The identifier by which the world knows the token."""
        identifier: UUID = self.workflow.counters.id_of(self.id)
        return identifier

    def _add_child(self, task_spec: Any, state: int = TaskState.MAYBE) -> "Token":
        if self._state & TaskState.PREDICTED_MASK and not state & TaskState.PREDICTED_MASK:
            raise WorkflowException(
                "Attempt to add a certain child to a predicted task", task_spec=self.task_spec
            )
        child = Token(self.workflow, task_spec, self, state)
        if state == TaskState.READY:
            child._ready()
        return child

    def _set_state(self, value: int) -> None:
        if value != self._state:
            self._state = value
            self.last_state_change = self.workflow.counters.next_tick()
