"""Makes a page of the work list: each open task with its letter, its directive and how its deadline stands."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from uuid import UUID

from engine import clock
from engine.actors import Actor
from engine.definitions.versions import newest
from engine.inbox import (
    COUNT_LIMIT,
    NO_DUE_DATE,
    PAGE_SIZE,
    Assigned,
    Position,
    TaskFilter,
    count_tasks,
    task_groups,
)
from engine.instances.instance import OPEN
from engine.tasklist import TaskView, may_work_on, task_page, tasks_held_by, tasks_of_instance
from processes.access.accounts import colleagues_of, names_by_actor_key, people_of_groups
from processes.access.policy import actor_key
from processes.assignments.status import DUE_SOON_DAYS
from web.deadlines import Due, step_due
from web.engine_access import definitions, reading_connection
from web.model_names import element_name
from web.records import AssignmentRecord, assignment_records
from web.sessions import reading_session
from web.sign_in.guard import signed_in_user
from web.typography import searchable
from web.units import calendar, unit_name

#: How the list can be narrowed by who has the task; what others have is shown only when it is asked for.
HOLDERS = ("me", "group", "others")
_ASSIGNED = {"me": Assigned.MINE, "group": Assigned.NOBODY}
#: Tasks of colleagues that are looked through.
MOST_OF_OTHERS = 500
#: How the list can be narrowed by time.
DUE_FILTERS = ("late", "soon", "fine")

#: Tasks that a search for words looks at.
SEARCHED = 2000


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
    """A page of the rows that match, and what there is to narrow by.

    Attributes:
        next: where the next page begins, ``previous``: where the page before ends; ``None`` if there is none.
        total: all open tasks, before any filter; at least so many where ``counted`` is false.
        due_counts: open tasks by tone; ``element_counts``: by element id, with the name; ``held_counts``: by who
            has them.
    """

    items: Sequence[WorkItem]
    next: Position | None
    previous: Position | None
    total: int
    counted: bool
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


def work_list(
    actor: Actor,
    *,
    due_filter: str = "",
    element_id: str = "",
    words: str = "",
    held: str = "",
    after: Position | None = None,
    before: Position | None = None,
) -> WorkList:
    """Return a page of the actor's open tasks, the most pressing first.

    The page begins behind ``after`` or ends before ``before``. A search for words looks at :data:`SEARCHED` tasks.

    Args:
        held: one of :data:`HOLDERS`; by default what the actor has and what is with their groups.
    """
    others = _of_others(actor)
    held_counts = {
        "me": count_tasks(reading_connection(), actor, TaskFilter(assigned=Assigned.MINE)).number,
        "group": count_tasks(reading_connection(), actor, TaskFilter(assigned=Assigned.NOBODY)).number,
        "others": len(others),
    }
    if held == "others":
        return _list_of_others(actor, others, held_counts, due_filter, element_id, words)
    late_until, soon_until = _bounds()
    stretches = {"late": (None, late_until), "soon": (late_until, soon_until), "fine": (soon_until, None)}
    due_from, due_before = stretches.get(due_filter, (None, None))
    wanted = TaskFilter(element_id=element_id or None, due_from=due_from, due_before=due_before)
    wanted = replace(wanted, assigned=_ASSIGNED.get(held, Assigned.ANY))
    if words:
        items, following = _found(actor, wanted, searchable(words).split(), after)
        previous = None
    else:
        page = task_page(reading_connection(), definitions(), actor, wanted, after=after, before=before)
        items, following, previous = _items(page.tasks, actor), page.next, page.previous
    groups = task_groups(reading_connection(), actor, [late_until, soon_until])
    total = sum(group.number for group in groups)
    due_counts: Counter[str] = Counter()
    element_counts: Counter[tuple[str, str]] = Counter()
    for group in groups:
        due_counts[DUE_FILTERS[group.stretch]] += group.number
        element_counts[group.process_key, group.element_id] += group.number
    return WorkList(
        items=items,
        next=following,
        previous=previous,
        total=min(total, COUNT_LIMIT),
        counted=total <= COUNT_LIMIT,
        due_counts=due_counts,
        element_counts=[
            (key, _newest_name(process_key, key), count)
            for (process_key, key), count in element_counts.most_common()
        ],
        held_counts=held_counts,
        due_filter=due_filter,
        element_id=element_id,
        words=words,
        held=held,
    )


def _list_of_others(
    actor: Actor,
    tasks: Sequence[TaskView],
    held_counts: Mapping[str, int],
    due_filter: str,
    element_id: str,
    words: str,
) -> WorkList:
    """Return what colleagues have; these are few, so that they come on one page."""
    items = _items(tasks, actor)
    wanted = searchable(words).split()
    names = {item.element_id: item.name for item in items}
    counts = Counter(item.element_id for item in items)
    return WorkList(
        items=[
            item
            for item in items
            if (not due_filter or item.due.tone == due_filter)
            and (not element_id or item.element_id == element_id)
            and all(word in item.haystack for word in wanted)
        ],
        next=None,
        previous=None,
        total=len(items),
        counted=True,
        due_counts=Counter(item.due.tone for item in items),
        element_counts=[(key, names[key], count) for key, count in counts.most_common()],
        held_counts=held_counts,
        due_filter=due_filter,
        element_id=element_id,
        words=words,
        held="others",
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


def next_item(actor: Actor, instance_id: UUID, found: WorkList) -> WorkItem | None:
    """Return what to offer after a task of an instance: its next task, else the most pressing one."""
    tasks = tasks_of_instance(reading_connection(), definitions(), instance_id)
    same = [task for task in tasks if task.status == OPEN and may_work_on(task, actor)]
    return next(iter(_items(same, actor)), found.items[0] if found.items else None)


def _bounds() -> tuple[datetime, datetime]:
    """Return the instants from which a due date is no longer late, and no longer soon."""
    today = clock.today()
    calm_on = calendar().add_working_days(today, DUE_SOON_DAYS + 1)
    late_until, soon_until = (datetime.combine(day, time(), clock.BUSINESS_ZONE) for day in (today, calm_on))
    return late_until, soon_until


def _found(
    actor: Actor, wanted: TaskFilter, words: Sequence[str], after: Position | None
) -> tuple[list[WorkItem], Position | None]:
    """Return a page of what matches all words, and where the next begins."""
    matching: list[tuple[WorkItem, Position]] = []
    looked_at = 0
    while looked_at < SEARCHED:
        page = task_page(reading_connection(), definitions(), actor, wanted, after=after, size=500)
        looked_at += len(page.tasks)
        for item, task in zip(_items(page.tasks, actor), page.tasks, strict=True):
            if all(word in item.haystack for word in words):
                matching.append((item, _position(task)))
        after = page.next
        if after is None or len(matching) > PAGE_SIZE:
            break
    shown = matching[:PAGE_SIZE]
    return [item for item, _ in shown], shown[-1][1] if len(matching) > PAGE_SIZE else None


def _position(task: TaskView) -> Position:
    return Position(rank=-task.priority, due_at=task.due_at or NO_DUE_DATE, task_id=task.id)


def _newest_name(process_key: str, element_id: str) -> str:
    """Return an element's name as it is drawn now; its identifier if the model has it no longer."""
    model = definitions().get(reading_connection(), newest(reading_connection(), process_key)).model
    drawn = model.elements[element_id].name if element_id in model.elements else ""
    return element_name(process_key, element_id, drawn)


def _items(tasks: Iterable[TaskView], actor: Actor) -> list[WorkItem]:
    tasks = list(tasks)
    holders = {task.assignee for task in tasks if task.assignee not in (None, actor.acts_as)}
    names = names_by_actor_key(reading_session(), [key for key in holders if key is not None])
    records = assignment_records(task.instance_id for task in tasks)
    return [
        _item(
            task_id=task.id,
            instance_id=task.instance_id,
            element_id=task.element_id,
            name=element_name(task.process_key, task.element_id, task.element_name),
            deadline=step_due(task.due_at),
            record=records.get(task.instance_id),
            business_key=task.business_key,
            holder="me"
            if task.assignee == actor.acts_as
            else names.get(task.assignee or "", task.assignee or ""),
        )
        for task in tasks
    ]


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
