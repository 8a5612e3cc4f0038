"""Makes a page of the work list: each open task with its letter, its directive and how its deadline stands."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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
from processes.directives.approval import APPROVAL_KEY
from processes.documents.tables import Document
from web.deadlines import Due, step_due
from web.engine_access import definitions, reading_connection
from web.model_names import element_name
from web.records import AssignmentRecord, assignment_records, submitted_documents
from web.sessions import reading_session
from web.sign_in.guard import signed_in_user
from web.typography import searchable
from web.units import calendar, unit_name

#: How the list can be narrowed by who has the task; what others have is shown only when it is asked for.
HOLDERS = ("me", "group", "others")
#: Tasks that a search for words looks at.
SEARCHED = 2000

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
class Counts:
    """How many tasks there are before any filter but by who has them.

    Attributes:
        total: all of them; at least so many where ``exact`` is false.
        due: by tone; ``elements``: by element id, with the name.
    """

    total: int
    exact: bool
    due: Mapping[str, int]
    elements: Sequence[tuple[str, str, int]]


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

    Args:
        words: what to look for, in the first :data:`SEARCHED` tasks.
        held: one of :data:`HOLDERS`; by default what the actor has and what is with their groups.
        after: the page begins behind this place.
        before: the page ends before it.
    """
    others = _of_others(actor)
    assigned = _ASSIGNED.get(held, Assigned.ANY)
    wanted = _filter(due_filter, element_id, assigned)
    sought = searchable(words).split()
    previous = None
    if held == "others":
        matching = [
            (item, task)
            for item, task in zip(_items(actor, others), others, strict=True)
            if (not due_filter or item.due.tone == due_filter)
            and (not element_id or item.element_id == element_id)
            and _holds(item, sought)
        ]
        seen = [number for number, (_, task) in enumerate(matching, 1) if after and task.id == after.task_id]
        items, following = _first_page(matching[max(seen, default=0) :])
        counts = _counted_here(_items(actor, others))
    else:
        counts = _counted(actor, assigned)
        if words:
            items, following = _found(actor, wanted, sought, after)
        else:
            page = task_page(reading_connection(), definitions(), actor, wanted, after=after, before=before)
            items, following, previous = _items(actor, page.tasks), page.next, page.previous
    return WorkList(
        items=items,
        next=following,
        previous=previous,
        total=counts.total,
        counted=counts.exact,
        due_counts=counts.due,
        element_counts=counts.elements,
        held_counts={
            "me": count_tasks(reading_connection(), actor, TaskFilter(assigned=Assigned.MINE)).number,
            "group": count_tasks(reading_connection(), actor, TaskFilter(assigned=Assigned.NOBODY)).number,
            "others": len(others),
        },
        due_filter=due_filter,
        element_id=element_id,
        words=words,
        held=held,
    )


def next_item(actor: Actor, instance_id: UUID, found: WorkList) -> WorkItem | None:
    """Return what to offer after a task of an instance: its next task, else the most pressing one."""
    tasks = tasks_of_instance(reading_connection(), definitions(), instance_id)
    same = [task for task in tasks if task.status == OPEN and may_work_on(task, actor)]
    return next(iter(_items(actor, same)), found.items[0] if found.items else None)


_ASSIGNED = {"me": Assigned.MINE, "group": Assigned.NOBODY}


def _filter(due_filter: str, element_id: str, assigned: Assigned) -> TaskFilter:
    late_until, soon_until = _bounds()
    stretches = {"late": (None, late_until), "soon": (late_until, soon_until), "fine": (soon_until, None)}
    due_from, due_before = stretches.get(due_filter, (None, None))
    return TaskFilter(
        element_id=element_id or None, due_from=due_from, due_before=due_before, assigned=assigned
    )


def _bounds() -> tuple[datetime, datetime]:
    """Return the instants from which a due date is no longer late, and no longer soon."""
    today = clock.today()
    calm_on = calendar().add_working_days(today, DUE_SOON_DAYS + 1)
    late_until, soon_until = (datetime.combine(day, time(), clock.BUSINESS_ZONE) for day in (today, calm_on))
    return late_until, soon_until


def _counted(actor: Actor, assigned: Assigned) -> Counts:
    groups = task_groups(reading_connection(), actor, _bounds(), assigned)
    total = sum(group.number for group in groups)
    due: Counter[str] = Counter()
    elements: Counter[tuple[str, str]] = Counter()
    for group in groups:
        due[DUE_FILTERS[group.stretch]] += group.number
        elements[group.process_key, group.element_id] += group.number
    return Counts(
        total=min(total, COUNT_LIMIT),
        exact=total <= COUNT_LIMIT,
        due=due,
        elements=[
            (key, _newest_name(process, key), count) for (process, key), count in elements.most_common()
        ],
    )


def _counted_here(items: Sequence[WorkItem]) -> Counts:
    names = {item.element_id: item.name for item in items}
    elements = Counter(item.element_id for item in items)
    return Counts(
        total=len(items),
        exact=True,
        due=Counter(item.due.tone for item in items),
        elements=[(key, names[key], count) for key, count in elements.most_common()],
    )


def _found(
    actor: Actor, wanted: TaskFilter, sought: Sequence[str], after: Position | None
) -> tuple[list[WorkItem], Position | None]:
    """Return a page of what matches all words, and where the next begins."""
    matching: list[tuple[WorkItem, TaskView]] = []
    looked_at = 0
    while looked_at < SEARCHED:
        page = task_page(reading_connection(), definitions(), actor, wanted, after=after, size=500)
        looked_at += len(page.tasks)
        pairs = zip(_items(actor, page.tasks), page.tasks, strict=True)
        matching += [(item, task) for item, task in pairs if _holds(item, sought)]
        after = page.next
        if after is None or len(matching) > PAGE_SIZE:
            break
    return _first_page(matching)


def _first_page(
    matching: Sequence[tuple[WorkItem, TaskView]],
) -> tuple[list[WorkItem], Position | None]:
    shown = matching[:PAGE_SIZE]
    last = shown[-1][1] if len(matching) > PAGE_SIZE else None
    return [item for item, _ in shown], None if last is None else _position(last)


def _position(task: TaskView) -> Position:
    return Position(rank=-task.priority, due_at=task.due_at or NO_DUE_DATE, task_id=task.id)


def _holds(item: WorkItem, sought: Sequence[str]) -> bool:
    return all(word in item.haystack for word in sought)


def _newest_name(process_key: str, element_id: str) -> str:
    """Return an element's name as it is drawn now; its identifier if the model has it no longer."""
    model = definitions().get(reading_connection(), newest(reading_connection(), process_key)).model
    drawn = model.elements[element_id].name if element_id in model.elements else ""
    return element_name(process_key, element_id, drawn)


def _items(actor: Actor, tasks: Iterable[TaskView]) -> list[WorkItem]:
    tasks = list(tasks)
    records = assignment_records(task.instance_id for task in tasks)
    documents = submitted_documents(task.business_key for task in tasks if task.process_key == APPROVAL_KEY)
    colleagues = {task.assignee or "" for task in tasks} - {actor.acts_as}
    holders = names_by_actor_key(reading_session(), colleagues)
    return [
        _item(
            task_id=task.id,
            instance_id=task.instance_id,
            element_id=task.element_id,
            name=element_name(task.process_key, task.element_id, task.element_name),
            deadline=step_due(task.due_at),
            record=records.get(task.instance_id),
            document=documents.get(task.business_key),
            business_key=task.business_key,
            holder="me" if task.assignee == actor.acts_as else _held_by(task, holders),
        )
        for task in tasks
    ]


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
    document: Document | None,
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
            about=business_key if document is None else document.subject or document.filename,
            document_no="" if document is None else document.number_no or "",
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
