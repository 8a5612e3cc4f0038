"""SpiffWorkflow's task as a token: numbered by its instance, gone when it is finished.

The library draws a random identifier and reads the wall clock for every task it makes, composes a log record for
every change of state, and foresees a tree of tasks that may come. A token takes its number from the counter of its
instance, which is stored with the state, says nothing (what happened is recorded by the elements), and nothing is
foreseen: what is in an instance is what waits or runs.
"""

import hashlib
from typing import Any
from uuid import UUID

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

#: Bits of an identifier that count the tokens of one instance; the rest name the instance.
_NUMBER_BITS = 62
_NUMBER_MASK = (1 << _NUMBER_BITS) - 1
_VERSION_8 = 0x8 << 76
_VARIANT = 0b10 << 62


class TokenBudgetExceeded(Exception):
    """A model makes more tokens than one command may make."""


class Counter:
    """The numbers of one instance's tokens.

    Attributes:
        last: the number given last; 0 at first.
    """

    __slots__ = ("_limit", "_prefix", "last")

    def __init__(self, instance_id: UUID, *, last: int = 0, budget: int) -> None:
        name = int.from_bytes(hashlib.sha256(instance_id.bytes).digest()[:8], "big")
        high = (name >> 16 << 16) | (name & 0x0FFF)  # leaves the place of the version digit empty
        self._prefix = (high << 64) | _VERSION_8 | _VARIANT
        self._limit = last + budget
        self.last = last

    def next(self) -> int:
        """Return the number of a new token.

        Raises:
            TokenBudgetExceeded: more tokens than one command may make.
        """
        self.last += 1
        if self.last > self._limit:
            raise TokenBudgetExceeded
        return self.last

    def id_of(self, number: int) -> UUID:
        """Return the identifier by which the world knows a token."""
        return UUID(int=self._prefix | number)

    def number_of(self, task_id: UUID) -> int | None:
        """Return the number behind an identifier; ``None`` if it belongs to another instance."""
        number = task_id.int & _NUMBER_MASK
        return number if task_id.int == self._prefix | number else None


class Token(Task):
    """A task of one instance.

    Attributes:
        id: its number within the instance.
        host: the number of the token in the same scope that this one belongs to: a boundary event to its
            activity, one of many instances to its body, a compensation to the event that asked for it.
    """

    id: int

    def __init__(
        self,
        workflow: Any,
        task_spec: Any,
        *,
        number: int,
        host: int | None,
        state: int,
        internal_data: dict[str, Any],
    ) -> None:
        self.id = number
        self.host = host
        self.workflow = workflow
        self.task_spec = task_spec
        self.internal_data = internal_data
        self.data: dict[str, Any] = {}
        self._state = state
        workflow.tasks[number] = self

    @property
    def task_id(self) -> UUID:
        """The identifier by which the world knows the token."""
        identifier: UUID = self.workflow.top_workflow.counter.id_of(self.id)
        return identifier

    @property
    def is_live(self) -> bool:
        """Whether the token is still in its scope."""
        return self.workflow.tasks.get(self.id) is self

    def _set_state(self, value: int) -> None:
        self._state = value

    def _ready(self) -> None:
        self._state = TaskState.READY
        self.task_spec._on_ready(self)
