"""Makes the work list: each open task with its letter, its directive and how its deadline stands."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from engine.actors import Actor
from engine.tasklist import TaskView, open_tasks, tasks_held_by
from processes.access.accounts import colleagues_of, names_by_actor_key, people_of_groups
from processes.access.policy import actor_key
from web.deadlines import Due, step_due
from web.engine_access import definitions, reading_connection
from web.model_names import element_name
from web.records import AssignmentRecord, assignment_records
from web.sessions import reading_session
from web.sign_in.guard import signed_in_user
from web.typography import searchable
from web.units import unit_name

#: How the list can be narrowed by who has the task; what others have is shown only when it is asked for.
HOLDERS = ("me", "group", "others")
#: Tasks of colleagues that are looked through.
MOST_OF_OTHERS = 500
#: How the list can be narrowed by time.
DUE_FILTERS = ("late", "soon", "fine")


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItem:
    """One row of the work list.

    Attributes:
        holder: name of who has it, ``""`` if it is with its groups, ``"me"`` if the reader has it.
    """

    task_id: UUID
    instance_id: UUID
    element_id: str
    name: str
    due: Due
    about: str
    document_no: str
    directive_ordinal: str
    unit: str
    holder: str

    @property
    def haystack(self) -> str:
        """Everything the search looks at, without accents."""
        return searchable(f"{self.name} {self.about} {self.document_no} {self.unit}")


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkList:
    """The rows that match, and what there is to narrow by.

    Attributes:
        total: all open tasks, before any filter.
        due_counts: open tasks by tone; ``element_counts``: by element id, with the name; ``held_counts``: by who
            has them.
    """

    items: Sequence[WorkItem]
    total: int
    due_counts: Mapping[str, int]
    element_counts: Sequence[tuple[str, str, int]]
    held_counts: Mapping[str, int]
    due_filter: str
    element_id: str
    words: str
    held: str

    @property
    def narrowed(self) -> bool:
        """Whether any filter is set."""
        return bool(self.due_filter or self.element_id or self.words or self.held)

    def next_after(self, instance_id: UUID) -> WorkItem | None:
        """Return what to offer after a task of an instance: its next task, else the most pressing one."""
        same = (item for item in self.items if item.instance_id == instance_id)
        return next(same, self.items[0] if self.items else None)


def work_list(
    actor: Actor, *, due_filter: str = "", element_id: str = "", words: str = "", held: str = ""
) -> WorkList:
    """Return the actor's open tasks, the most pressing first.

    Args:
        held: one of :data:`HOLDERS`; by default what the actor has and what is with their groups.
    """
    own = open_tasks(reading_connection(), definitions(), actor)
    others = _of_others(actor)
    held_counts = Counter("group" if task.assignee is None else "me" for task in own)
    held_counts["others"] = len(others)
    tasks = {
        "me": [task for task in own if task.assignee is not None],
        "group": [task for task in own if task.assignee is None],
        "others": others,
    }.get(held, own)
    holders = names_by_actor_key(reading_session(), {task.assignee or "" for task in others})
    records = assignment_records(task.instance_id for task in tasks)
    items = [
        _item(
            task_id=task.id,
            instance_id=task.instance_id,
            element_id=task.element_id,
            name=element_name(task.process_key, task.element_id, task.element_name),
            deadline=step_due(task.due_at),
            record=records.get(task.instance_id),
            business_key=task.business_key,
            holder="me" if task.assignee == actor.acts_as else _held_by(task, holders),
        )
        for task in tasks
    ]
    wanted = searchable(words)
    matching = [
        item
        for item in items
        if (not due_filter or item.due.tone == due_filter)
        and (not element_id or item.element_id == element_id)
        and all(word in item.haystack for word in wanted.split())
    ]
    names = {item.element_id: item.name for item in items}
    counts = Counter(item.element_id for item in items)
    return WorkList(
        items=matching,
        total=len(items),
        due_counts=Counter(item.due.tone for item in items),
        element_counts=[(key, names[key], count) for key, count in counts.most_common()],
        held_counts=held_counts,
        due_filter=due_filter,
        element_id=element_id,
        words=words,
        held=held,
    )


def _of_others(actor: Actor) -> list[TaskView]:
    """Return the tasks of the actor's groups that colleagues have, and those the actor delegated."""
    session = reading_session()
    people = [*people_of_groups(session, actor.groups), *colleagues_of(session, signed_in_user())]
    keys = {actor_key(user.username) for user in people} - {actor.acts_as}
    return [
        task
        for task in tasks_held_by(reading_connection(), definitions(), keys, limit=MOST_OF_OTHERS)
        if task.owner == actor.acts_as or not actor.groups.isdisjoint(task.candidate_groups)
    ]


def _held_by(task: TaskView, names: Mapping[str, str]) -> str:
    return names.get(task.assignee or "", task.assignee or "")


def _item(
    *,
    task_id: UUID,
    instance_id: UUID,
    element_id: str,
    name: str,
    deadline: Due,
    record: AssignmentRecord | None,
    business_key: str,
    holder: str,
) -> WorkItem:
    if record is None:
        return WorkItem(
            task_id=task_id,
            instance_id=instance_id,
            element_id=element_id,
            name=name,
            due=deadline,
            about=business_key,
            document_no="",
            directive_ordinal="",
            unit="",
            holder=holder,
        )
    return WorkItem(
        task_id=task_id,
        instance_id=instance_id,
        element_id=element_id,
        name=name,
        due=deadline,
        about=record.directive.summary,
        document_no=record.document.number_no or "",
        directive_ordinal=record.directive.ordinal,
        unit=unit_name(record.assignment.lead_unit),
        holder=holder,
    )
