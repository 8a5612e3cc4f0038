"""What a finished instance takes in the database, indexes included."""

import sqlite3
from collections.abc import Iterable

from sqlalchemy import Engine, text

from tests.benchmarks.contenders import Ours
from tests.benchmarks.figures import Figure, Setting
from tests.benchmarks.model import SHORT_FORM, TEN_STEPS

#: A start and nine completions: ten commands, ten journal entries.
_COMPLETIONS = 9


def storage(setting: Setting) -> Iterable[Figure]:
    """Measure what the files grow by, shared among many instances of ten steps."""
    count = setting.few(1_000, 500)  # so many that the pages every table begins with do not count
    for name, database in (("sqlite", setting.sqlite()), ("postgresql", setting.postgresql())):
        ours = Ours(database, TEN_STEPS, SHORT_FORM)
        before = _bytes(database)
        instances = ours.start(count)
        for _ in range(_COMPLETIONS):
            for instance in instances:
                ours.complete(instance)
        yield Figure(
            name=f"storage-{name}",
            what=f"state, journal and rows of a finished instance of 10 steps, {name}",
            reach="<= 8",
            measured=(_bytes(database) - before) / count / 1024,
            unit="KB",
            note="start and nine user tasks with a form of five fields, indexes included",
        )


def _bytes(database: Engine) -> int:
    """Return the size of everything in a database after what is dead was cleared away."""
    if database.dialect.name == "sqlite":
        database.dispose()
        connection = sqlite3.connect(database.url.database or "")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        pages, size = connection.execute("SELECT * FROM pragma_page_count, pragma_page_size").fetchone()
        connection.close()
        return int(pages) * int(size)
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM FULL"))
        query = (
            "SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c "
            "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind = 'r'"
        )
        return int(connection.scalar(text(query)) or 0)
