"""A page of the inbox of one unit among a million open tasks."""

import statistics
from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import Engine

from engine import clock
from engine.actors import Actor
from engine.database import reading
from engine.inbox import TaskFilter, TaskOrder, count_query, page_query
from processes.schema import upgrade
from tests.benchmarks.figures import Figure, Setting, seconds
from tests.large_tables import fill

_HEAD = Actor(key="u:head", groups=frozenset({"head:unit 7"}))
_BEGIN = clock.from_text("2026-06-01T00:00:00Z")
_WANTED = TaskFilter(
    process_key="assignment",
    element_id="execute_assignment",
    due_from=_BEGIN,
    due_before=_BEGIN + timedelta(days=20),
)


def inbox_page(setting: Setting) -> Iterable[Figure]:
    """Measure a page of fifty by due date, filtered, with its count, on both databases."""
    rows = setting.few(1_000_000, 100_000)
    for name, database, told in (
        ("sqlite", setting.sqlite(), "with the driver, which is in the same process"),
        ("postgresql", setting.postgresql(), "planning and execution as the server tells them"),
    ):
        upgrade(database)
        fill(database, rows)
        taken = [_taken(database) for _ in range(200)]
        yield Figure(
            name=f"inbox-{name}",
            what=f"inbox page of one unit among {rows:,} open tasks, with filters and count, {name}",
            reach="<= 5",
            measured=1e3 * statistics.median(taken),
            unit="ms",
            note=f"95 % within {1e3 * sorted(taken)[190]:.1f} ms, {told}",
        )
        database.dispose()


def _taken(database: Engine) -> float:
    """Return the seconds that the database takes for a page and its count."""
    queries = (page_query(_HEAD, _WANTED, TaskOrder.DUE), count_query(_HEAD, _WANTED))
    with reading(database) as connection:
        if database.dialect.name == "sqlite":
            return sum(seconds(lambda query=query: connection.execute(query).all()) for query in queries)
        spent = 0.0
        for query in queries:
            compiled = query.compile(connection, compile_kwargs={"render_postcompile": True})
            plan = connection.exec_driver_sql(
                f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {compiled}", compiled.params
            ).scalar_one()
            spent += plan[0]["Planning Time"] + plan[0]["Execution Time"]
        return spent / 1e3
