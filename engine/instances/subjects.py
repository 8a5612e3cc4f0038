"""What a command may name inside an instance, as its row tells it once the instance is under lock."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from engine.actors import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """A user task of an instance that is under lock.

    Attributes:
        owner: whom a delegate returns it to; ``None`` if it is not delegated.
    """

    element_id: str
    status: str
    assignee: str | None
    owner: str | None
    completed_by: str | None
    groups: frozenset[str]

    def is_for(self, actor: Actor) -> bool:
        """Say whether the actor may work on the task: its assignee, else a member of a candidate group."""
        if self.assignee is not None:
            return actor.acts_as == self.assignee
        return self.is_candidate(actor)

    def is_candidate(self, actor: Actor) -> bool:
        """Say whether the actor is a member of a candidate group."""
        return not actor.groups.isdisjoint(self.groups)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerRow:
    """A timer of an instance that is under lock.

    Attributes:
        is_next: no timer of the instance waits that is due before it.
    """

    id: UUID
    element_id: str
    status: str
    due_at: datetime
    is_next: bool
