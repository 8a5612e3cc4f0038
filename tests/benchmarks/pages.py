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
    for name, database in (("sqlite", setting.sqlite()), ("postgresql", setting.postgresql())):
        upgrade(database)
        fill(database, rows)
        taken = [seconds(lambda database=database: _look(database)) for _ in range(200)]
        yield Figure(
            name=f"inbox-{name}",
            what=f"inbox page of one unit among {rows:,} open tasks, with filters and count, {name}",
            reach="<= 5",
            measured=1e3 * statistics.median(taken),
            unit="ms",
            note=f"95 % within {1e3 * sorted(taken)[190]:.1f} ms, with the driver and the way to the server",
        )
        database.dispose()


def _look(database: Engine) -> None:
    with reading(database) as connection:
        page = connection.execute(page_query(_HEAD, _WANTED, TaskOrder.DUE)).all()
        assert len(page) == 51
        assert connection.scalar(count_query(_HEAD, _WANTED))
