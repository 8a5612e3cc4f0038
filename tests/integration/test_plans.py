"""The queries of large tables, planned by both databases over 1,000,000 rows: each goes through an index.

What is planned is what the code sends: a query is noted while the real function runs, then explained with the same
parameters. A bound on the rows that it touches says the same again in numbers; nothing here measures time.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import Actor
from engine.database import open_database, reading
from engine.history.journal import find_by_command, read_journal
from engine.history.raw import entries_of
from engine.ids import new_id
from engine.inbox import (
    NO_DUE_DATE,
    Assigned,
    Position,
    TaskFilter,
    TaskOrder,
    count_query,
    groups_query,
    page_query,
)
from engine.outbox import OutboxMessage, deliver_due
from engine.timers.due import claim_due, next_due_at
from processes.assignments.board import matrix
from processes.calendar.working_days import WorkingCalendar
from processes.samples import sample_registry
from processes.schema import upgrade
from processes.units.registry import UnitRegistry
from processes.units.units_csv import read_units_csv
from tests.large_tables import DOCUMENT, LONG_HISTORY, ROWS, fill

pytestmark = pytest.mark.slow

#: What a page may touch: rows on PostgreSQL, and on SQLite steps of its machine, of which a row takes a few dozen.
ROWS_TOUCHED, STEPS = 10_000, 400_000

HEAD = Actor(key="u:head", groups=frozenset({"head:unit 7"}))
#: Somebody with three groups, one of which has nothing to do, and with tasks of their own.
BUSY = Actor(key="u:busy", groups=frozenset({"head:unit 8", "head:unit 9", "idle"}))


@dataclass(frozen=True, slots=True)
class Sent:
    """A query as the database got it."""

    statement: str
    parameters: Any


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def large(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A database with the tables of the product and 1,000,000 rows in each large one."""
    if request.param == "sqlite":
        folder: Path = tmp_path_factory.mktemp("large")
        database = open_database(f"sqlite:///{folder / 'large.db'}")
        upgrade(database)
        fill(database)
        yield database
        database.dispose()
        return
    address = str(request.getfixturevalue("postgres_address"))
    name = f"test_{new_id().hex}"
    maintenance = create_engine(address, isolation_level="AUTOCOMMIT")
    with maintenance.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    database = open_database(address.replace("/postgres?", f"/{name}?", 1))
    upgrade(database)
    fill(database)
    yield database
    database.dispose()
    with maintenance.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    maintenance.dispose()


@contextmanager
def sent(database: Engine) -> Iterator[list[Sent]]:
    """Note the queries that are sent within the block."""
    found: list[Sent] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.lstrip().startswith(("SELECT", "WITH", "UPDATE")):
            found.append(Sent(statement, parameters))

    event.listen(database, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(database, "before_cursor_execute", note)


def assert_indexed(database: Engine, queries: list[Sent]) -> None:
    """Say that every query goes through indexes and touches few rows."""
    assert queries
    for query in queries:
        with reading(database) as connection:
            if database.dialect.name == "sqlite":
                assert_indexed_on_sqlite(connection, query)
            else:
                assert_indexed_on_postgresql(connection, query)


def assert_indexed_on_sqlite(connection: Connection, query: Sent) -> None:
    plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query.statement}", query.parameters).all()
    scanned = [row.detail for row in plan if re.match(r"SCAN (?!\(|anon_|.*CONSTANT|.* USING)", row.detail)]
    assert scanned == [], query.statement
    count = 0

    def step() -> int:
        nonlocal count
        count += 1
        return 0

    if query.statement.startswith("UPDATE"):
        return  # the rows are named by their keys, as the plan shows
    raw = connection.connection.driver_connection
    assert raw is not None
    raw.set_progress_handler(step, 1000)
    try:
        connection.exec_driver_sql(query.statement, query.parameters).all()
    finally:
        raw.set_progress_handler(None, 0)
    assert count * 1000 <= STEPS, query.statement


def assert_indexed_on_postgresql(connection: Connection, query: Sent) -> None:
    analysed = "" if query.statement.startswith("UPDATE") else "ANALYZE, BUFFERS, "
    answer = connection.exec_driver_sql(
        f"EXPLAIN ({analysed}FORMAT JSON) {query.statement}", query.parameters
    ).scalar_one()
    nodes = list(walk((answer if isinstance(answer, list) else orjson.loads(answer))[0]["Plan"]))
    for node in nodes:
        if node["Node Type"] == "Seq Scan":
            assert node["Plan Rows"] < 1000, (node["Relation Name"], query.statement)
        if analysed:
            loops = node["Actual Loops"]
            touched = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * loops
            assert touched <= ROWS_TOUCHED, (node["Node Type"], query.statement)
    if analysed:
        assert nodes[0]["Shared Hit Blocks"] + nodes[0]["Shared Read Blocks"] <= ROWS_TOUCHED


def walk(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for inner in node.get("Plans", ()):
        yield from walk(inner)


NOW = clock.from_text("2026-06-15T01:00:00Z")
MIDDLE = Position(rank=-50, due_at=NOW, task_id=UUID(int=1))
FILTERS = {
    "none": TaskFilter(),
    "element": TaskFilter(process_key="assignment", element_id="execute_assignment"),
    "late": TaskFilter(due_before=NOW),
    "later": TaskFilter(due_from=NOW, due_before=NO_DUE_DATE),
    "no due date": TaskFilter(due_from=NO_DUE_DATE),
    "text": TaskFilter(text="7 ·"),
    "mine": TaskFilter(assigned=Assigned.MINE),
    "nobody's": TaskFilter(assigned=Assigned.NOBODY),
}


@pytest.mark.parametrize("actor", [HEAD, BUSY], ids=["head", "busy"])
@pytest.mark.parametrize("order", TaskOrder)
@pytest.mark.parametrize("wanted", FILTERS.values(), ids=FILTERS)
def test_a_page_of_the_inbox(large: Engine, actor: Actor, order: TaskOrder, wanted: TaskFilter) -> None:
    queries = [
        page_query(actor, wanted, order),
        page_query(actor, wanted, order, after=MIDDLE),
        page_query(actor, wanted, order, before=MIDDLE),
        count_query(actor, wanted),
        groups_query(actor, [NOW, NOW + timedelta(days=7)]),
    ]
    with sent(large) as noted, reading(large) as connection:
        for query in queries:
            connection.execute(query).all()
    assert_indexed(large, noted)


def test_a_page_of_the_inbox_is_found_among_a_million(large: Engine) -> None:
    with reading(large) as connection:
        first = connection.execute(page_query(HEAD, TaskFilter(), TaskOrder.DUE)).all()
        assert len(first) == 51
        assert connection.scalar(count_query(HEAD, TaskFilter())) == 300
        assert [row.due_at for row in first] == sorted(row.due_at for row in first)


def test_the_inbox_of_somebody_with_very_many_tasks(large: Engine) -> None:
    everybody = Actor(key="u:leader", groups=frozenset({"leader"}))
    queries: list[Any] = [page_query(everybody, TaskFilter(), order) for order in TaskOrder]
    queries += [count_query(everybody, TaskFilter()), groups_query(everybody, [NOW])]
    with sent(large) as noted, reading(large) as connection:
        answers = [connection.execute(query).all() for query in queries]
    assert [len(rows) for rows in answers[:2]] == [51, 51]
    assert answers[2][0][0] == 1001
    assert_indexed(large, noted)


def test_the_matrix_of_a_letter(large: Engine) -> None:
    registry = UnitRegistry(tuple(read_units_csv(sample_registry())))
    with sent(large) as noted, Session(large) as session:
        found = matrix(session, DOCUMENT, registry=registry, calendar=WorkingCalendar({}), today=NOW.date())
        assert found is not None
        assert len(found.cells) == 800
        matrix(
            session,
            DOCUMENT,
            registry=registry,
            calendar=WorkingCalendar({}),
            today=NOW.date(),
            visible_units=frozenset({"unit 7"}),
        )
    assert_indexed(large, noted)


def test_due_timers_are_claimed(large: Engine) -> None:
    with clock.frozen_at(NOW), sent(large) as noted:
        claimed = claim_due(large, limit=200)
    assert len(claimed) == 200
    assert_indexed(large, noted)


def test_the_next_timer_is_found(large: Engine) -> None:
    with clock.frozen_at(NOW), sent(large) as noted, reading(large) as connection:
        assert next_due_at(connection) is not None
    assert_indexed(large, noted)


@pytest.mark.parametrize("read", [read_journal, entries_of])
def test_the_history_of_an_instance(large: Engine, read: Callable[[Connection, UUID], list[object]]) -> None:
    with sent(large) as noted, reading(large) as connection:
        assert len(read(connection, LONG_HISTORY)) == 60
    assert_indexed(large, noted)


def test_the_entry_of_a_command(large: Engine) -> None:
    with sent(large) as noted, reading(large) as connection:
        assert find_by_command(connection, UUID(int=ROWS - 1)) is not None
        assert find_by_command(connection, new_id()) is None
    assert_indexed(large, noted)


def test_messages_are_taken_from_the_outbox(large: Engine) -> None:
    taken: list[OutboxMessage] = []
    with clock.frozen_at(NOW), sent(large) as noted:
        assert deliver_due(large, {"filed": taken.extend}, limit=50) == 50
    assert len(taken) == 50
    assert_indexed(large, noted)
