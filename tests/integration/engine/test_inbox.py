"""The work lists of people: the right tasks, in order, page by page, and always what the tasks themselves say."""

from collections.abc import Iterator
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import Engine, insert, select, update
from sqlalchemy.engine import Connection

from engine import clock, inbox
from engine.actors import Actor
from engine.database import reading
from engine.definitions.versions import DefinitionCache
from engine.ids import new_id
from engine.inbox import NO_DUE_DATE, Assigned, Position, TaskFilter, TaskOrder, count_tasks, task_groups
from engine.tables import inbox as inbox_table
from engine.tables import process_instance, user_task
from engine.tasklist import NO_FILTER, TaskPage, TaskView, open_tasks, task_page
from engine.timers.due import fire_due
from tests.integration.engine.office import CLERK, LIMIT_AT, STRANGER, Office

#: Has two groups, which share some tasks, and some tasks of their own.
ACTOR = Actor(key="u:me", groups=frozenset({"red", "blue"}))
DAYS = [clock.from_text(f"2026-06-{day:02d}T01:00:00Z") for day in range(1, 6)]
DEFINITIONS = DefinitionCache()


def rows(connection: Connection) -> set[tuple[object, ...]]:
    return {tuple(row) for row in connection.execute(select(inbox_table))}


@pytest.fixture
def full(office: Office) -> Iterator[Connection]:
    """A hundred and twenty open tasks of all kinds."""
    chance = Random(1)
    with office.dispatcher.database.begin() as connection:
        for number in range(120):
            instance_id = new_id()
            connection.execute(
                insert(process_instance).values(
                    id=instance_id,
                    definition_hash=office.definition_hash,
                    process_key="approval",
                    business_key=f"Request 50%_{number}",
                    status="active",
                    sequence=1,
                    started_at=DAYS[0],
                    state=b"",
                    state_digest="",
                    head_hash="",
                )
            )
            connection.execute(
                insert(user_task).values(
                    id=new_id(),
                    instance_id=instance_id,
                    element_id=chance.choice(["request", "approve"]),
                    status=chance.choice(["open", "open", "open", "completed"]),
                    assignee=chance.choice([None, None, "u:me", "u:other"]),
                    candidate_groups=chance.choice(['["red"]', '["blue","red"]', '["green"]', "[]"]),
                    priority=chance.choice([50, 80]),
                    due_at=chance.choice([None, *DAYS]),
                    created_at=DAYS[0],
                )
            )
        inbox.rebuild(connection)
        yield connection


def mine(connection: Connection) -> list[TaskView]:
    """All tasks that wait for the actor, found without the inbox."""
    found = []
    for row in connection.execute(
        select(user_task, process_instance.c.business_key)
        .join(process_instance, process_instance.c.id == user_task.c.instance_id)
        .where(user_task.c.status == "open")
    ):
        groups = {key for key in ("red", "blue") if f'"{key}"' in row.candidate_groups}
        if row.assignee == "u:me" or (row.assignee is None and groups):
            found.append(row)
    return found


def pages(connection: Connection, wanted: TaskFilter, order: TaskOrder, size: int) -> Iterator[TaskPage]:
    page = task_page(connection, DEFINITIONS, ACTOR, wanted, order, size=size)
    yield page
    while page.next is not None:
        page = task_page(connection, DEFINITIONS, ACTOR, wanted, order, size=size, after=page.next)
        yield page


FILTERS = {
    "none": (NO_FILTER, lambda row: True),
    "element": (TaskFilter(element_id="approve"), lambda row: row.element_id == "approve"),
    "process": (TaskFilter(process_key="other"), lambda row: False),
    "late": (TaskFilter(due_before=DAYS[2]), lambda row: row.due_at is not None and row.due_at < DAYS[2]),
    "later": (
        TaskFilter(due_from=DAYS[2], due_before=NO_DUE_DATE),
        lambda row: row.due_at is not None and row.due_at >= DAYS[2],
    ),
    "without": (TaskFilter(due_from=NO_DUE_DATE), lambda row: row.due_at is None),
    "text": (TaskFilter(text="request 50%_1"), lambda row: "50%_1" in row.business_key),
    "mine": (TaskFilter(assigned=Assigned.MINE), lambda row: row.assignee == "u:me"),
    "nobody's": (TaskFilter(assigned=Assigned.NOBODY), lambda row: row.assignee is None),
}


@pytest.mark.parametrize("order", TaskOrder)
@pytest.mark.parametrize("name", FILTERS)
def test_pages_hold_every_task_once_and_in_order(full: Connection, name: str, order: TaskOrder) -> None:
    wanted, matches = FILTERS[name]
    expected = {row.id for row in mine(full) if matches(row)}
    found = list(pages(full, wanted, order, 7))
    tasks = [task for page in found for task in page.tasks]
    assert {task.id for task in tasks} == expected
    assert len(tasks) == len(expected)
    rank = [
        (-task.priority if order is TaskOrder.PRIORITY else 0, task.due_at or NO_DUE_DATE) for task in tasks
    ]
    assert rank == sorted(rank)
    assert {page.count.number for page in found} == {len(expected)}
    assert all(page.count.exact for page in found)


@pytest.mark.parametrize("order", TaskOrder)
def test_the_way_back_shows_the_same_pages(full: Connection, order: TaskOrder) -> None:
    forth = list(pages(full, NO_FILTER, order, 7))
    assert len(forth) > 4
    assert forth[0].previous is None
    page = forth[-1]
    for earlier in reversed(forth[:-1]):
        assert page.previous is not None
        page = task_page(full, DEFINITIONS, ACTOR, NO_FILTER, order, size=7, before=page.previous)
        assert page.tasks == earlier.tasks
    assert page.previous is None
    assert page.next == forth[0].next


def test_a_position_is_the_same_after_an_address() -> None:
    position = Position(rank=-50, due_at=DAYS[1], task_id=UUID(int=5))
    assert Position.from_text(position.to_text()) == position
    for broken in ("", "1~2", "x~2026-06-01T00:00:00Z~0", f"1~2026-06-01~{UUID(int=1)}", "~~", "1~~1"):
        with pytest.raises(ValueError):
            Position.from_text(broken)


def test_long_lists_are_counted_up_to_a_limit(full: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = len(mine(full))
    monkeypatch.setattr(inbox, "COUNT_LIMIT", expected)
    assert count_tasks(full, ACTOR, NO_FILTER) == inbox.TaskCount(number=expected, exact=True)
    monkeypatch.setattr(inbox, "COUNT_LIMIT", expected - 1)
    assert count_tasks(full, ACTOR, NO_FILTER) == inbox.TaskCount(number=expected - 1, exact=False)


def test_tasks_are_counted_by_element_and_time(full: Connection) -> None:
    groups = task_groups(full, ACTOR, [DAYS[1], DAYS[3]])
    expected: dict[tuple[str, int], int] = {}
    for row in mine(full):
        due_at = row.due_at or NO_DUE_DATE
        stretch = 0 if due_at < DAYS[1] else 1 if due_at < DAYS[3] else 2
        expected[row.element_id, stretch] = expected.get((row.element_id, stretch), 0) + 1
    assert {(group.element_id, group.stretch): group.number for group in groups} == expected


def test_somebody_without_groups_sees_their_own(full: Connection) -> None:
    alone = Actor(key="u:me")
    assert count_tasks(full, alone, TaskFilter(assigned=Assigned.NOBODY)).number == 0
    assert count_tasks(full, alone, NO_FILTER).number == sum(row.assignee == "u:me" for row in mine(full))


def test_the_inbox_follows_what_happens(office: Office) -> None:
    database = office.dispatcher.database
    one, other = office.start(), office.start()
    office.complete(one, subject="paper")
    with clock.frozen_at(clock.from_text(LIMIT_AT)):
        fire_due(office.dispatcher)
    third = office.start()
    with reading(database) as connection:
        tasks = open_tasks(connection, office.dispatcher.definitions, CLERK)
        assert {(task.instance_id, task.element_id) for task in tasks} == {
            (one, "approve"),
            (third, "request"),
        }
        assert other not in {task.instance_id for task in tasks}
        assert open_tasks(connection, office.dispatcher.definitions, STRANGER) == []
    assert_rebuilt_the_same(database)


def test_an_instance_is_refreshed_alone(office: Office) -> None:
    database = office.dispatcher.database
    one, other = office.start(), office.start()
    with database.begin() as connection:
        connection.execute(
            update(user_task).where(user_task.c.instance_id == one).values(assignee="u:me", due_at=DAYS[0])
        )
        before = rows(connection)
        inbox.refresh(connection, other)
        assert rows(connection) == before
        inbox.refresh(connection, one)
        assert rows(connection) != before
    assert_rebuilt_the_same(database)


def assert_rebuilt_the_same(database: Engine) -> None:
    with database.begin() as connection:
        kept = rows(connection)
        inbox.rebuild(connection)
        assert rows(connection) == kept
        assert kept
