"""Gives SpiffWorkflow identifiers and times that depend on nothing but the commands it was given.

Entropy enters SpiffWorkflow's task tree at two names of one module: ``uuid4`` and ``time``. Both are bound here,
once, to answers of the execution in progress: a counter that is stored with the state.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

import SpiffWorkflow.task

#: Bits of an identifier that count the tasks of one instance; the rest name the instance.
_COUNTER_BITS = 62
_COUNTER_MASK = (1 << _COUNTER_BITS) - 1
_VERSION_8 = 0x8 << 76
_VARIANT = 0b10 << 62


class TaskBudgetExceeded(Exception):
    """A model makes more tasks than an instance may hold."""


class Counters:
    """The identifiers and ticks of one instance.

    Attributes:
        sequence: identifiers given so far.
        tick: state changes so far; SpiffWorkflow orders the branches of a join by it.
    """

    def __init__(self, instance_id: UUID, *, sequence: int = 0, tick: int = 0, budget: int) -> None:
        name = int.from_bytes(hashlib.sha256(instance_id.bytes).digest()[:8], "big")
        high = (name >> 16 << 16) | (name & 0x0FFF)  # leaves the place of the version digit empty
        self._prefix = (high << 64) | _VERSION_8 | _VARIANT
        self._budget = sequence + budget
        self.sequence = sequence
        self.tick = tick

    def task_id(self, number: int) -> UUID:
        """Return the identifier of the instance's task ``number``."""
        return UUID(int=self._prefix | number)

    def next_task_id(self) -> UUID:
        """Return a fresh identifier.

        Raises:
            TaskBudgetExceeded: more tasks than one command may make.
        """
        self.sequence += 1
        if self.sequence > self._budget:
            raise TaskBudgetExceeded
        return self.task_id(self.sequence)

    def next_tick(self) -> int:
        """Return the next tick."""
        self.tick += 1
        return self.tick


def number_of(task_id: UUID) -> int:
    """Return the number that :meth:`Counters.task_id` was given."""
    return task_id.int & _COUNTER_MASK


_current: ContextVar[Counters] = ContextVar("sauro_counters")


@contextmanager
def counting(counters: Counters) -> Iterator[None]:
    """Make SpiffWorkflow take identifiers and ticks from ``counters`` within the block."""
    token = _current.set(counters)
    try:
        yield
    finally:
        _current.reset(token)


class _Ticks:
    @staticmethod
    def time() -> int:
        return _current.get().next_tick()


def _next_task_id() -> UUID:
    return _current.get().next_task_id()


SpiffWorkflow.task.uuid4 = _next_task_id
SpiffWorkflow.task.time = _Ticks
