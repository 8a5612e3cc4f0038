"""Whose a user task is, since when, and what the reader may do about that."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.history.journal import JournalEntry
from engine.tasklist import TaskView, may_work_on
from processes.access.accounts import colleagues_of, people_of_groups
from processes.access.policy import Permission, actor_key
from processes.access.tables import User
from web.sessions import reading_session
from web.sign_in.guard import actor_holding, actor_on, signed_in_actor, signed_in_user


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Somebody to choose: key of an actor and name."""

    key: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Custody:
    """Whose an open task is.

    Attributes:
        holder: the name of who has it; empty if it is with its groups.
        since: when it came there.
        own: the reader has it, or somebody they stand in for.
        owner: the name of whom it is returned to, if it is delegated.
        may_claim: the reader may take it; ``may_release``: give it back to its groups; ``may_return``: return it
            as its delegate; ``may_take_back``: take it back as its owner.
        delegates: whom the reader may let work on it; ``assignees``: whom they may assign it to.
        may_ungroup: the reader may give it back to its groups, whoever has it.
    """

    holder: str
    since: datetime
    own: bool
    owner: str
    may_claim: bool
    may_release: bool
    may_return: bool
    may_take_back: bool
    delegates: Sequence[Choice]
    assignees: Sequence[Choice]
    may_ungroup: bool

    @property
    def offers(self) -> bool:
        """Whether the reader may do anything about it beside returning it."""
        return bool(
            self.may_claim
            or self.may_release
            or self.may_take_back
            or self.delegates
            or self.assignees
            or self.may_ungroup
        )


def custody_of(task: TaskView, entries: Sequence[JournalEntry], names: Mapping[str, str]) -> Custody:
    """Return whose an open task is and what may be done."""
    holding = actor_holding(task)
    has_it = holding.acts_as == task.assignee
    delegated = task.owner is not None
    assigns = Permission.TASK_ASSIGN in signed_in_actor().permissions
    works = may_work_on(task, actor_on(task))
    return Custody(
        holder=names.get(task.assignee or "", task.assignee or ""),
        since=_since(task, entries),
        own=has_it,
        owner=names.get(task.owner or "", task.owner or ""),
        may_claim=works and task.assignee is None,
        may_release=has_it and not delegated and bool(task.candidate_groups),
        may_return=has_it and delegated,
        may_take_back=delegated and not has_it and holding.acts_as == task.owner,
        delegates=delegates_of(task) if works and not delegated else (),
        assignees=assignees_of(task) if assigns else (),
        may_ungroup=assigns and not has_it and task.assignee is not None and bool(task.candidate_groups),
    )


def delegates_of(task: TaskView) -> list[Choice]:
    """Return whom the reader may let work on a task that is theirs: colleagues of their unit."""
    taken = {task.assignee, task.owner, actor_on(task).acts_as}
    return _choices(colleagues_of(reading_session(), signed_in_user()), taken)


def assignees_of(task: TaskView) -> list[Choice]:
    """Return whom a task may be assigned to: the people of its candidate groups."""
    return _choices(people_of_groups(reading_session(), task.candidate_groups), {task.assignee})


def _since(task: TaskView, entries: Sequence[JournalEntry]) -> datetime:
    handed = (
        entry.effective_at
        for entry in reversed(entries)
        for event in entry.events
        if event["type"] == "user_task.assigned.v1" and event["task_id"] == str(task.id)
    )
    return next(handed, task.created_at)


def _choices(users: Sequence[User], without: Collection[str | None]) -> list[Choice]:
    found = [Choice(key=actor_key(user.username), name=user.name) for user in users]
    return [choice for choice in found if choice.key not in without]
