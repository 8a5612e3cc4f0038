"""Opens SQLite or PostgreSQL so that both keep the same promises.

SQLite: write-ahead log, full synchronisation, one writer at a time from the first statement (``BEGIN
IMMEDIATE``). PostgreSQL: read committed, with row locks taken by the commands themselves. A connection opened
with ``execution_options(sauro_read_only=True)`` takes no write lock on SQLite.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Dialect, Engine, create_engine, event
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.types import DateTime, String, TypeDecorator, TypeEngine

from engine import clock

#: How long a command waits for another writer before it gives up, in milliseconds.
LOCK_TIMEOUT_MS = 30_000

READ_ONLY = {"sauro_read_only": True}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant, stored in UTC; refuses an instant without a time zone.

    PostgreSQL keeps a ``timestamptz``; SQLite keeps RFC 3339 text, whose order is the order of time.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column type of the database at hand."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(27))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Write an instant."""
        if value is None:
            return None
        return clock.to_text(value) if dialect.name == "sqlite" else clock.require_aware(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Read an instant."""
        if value is None:
            return None
        return clock.from_text(value) if dialect.name == "sqlite" else clock.require_aware(value)


def open_database(url: str) -> Engine:
    """Return an engine for ``url``; creates the folder of a SQLite file.

    Args:
        url: ``sqlite:///PATH`` or ``postgresql+psycopg://…``.

    Raises:
        ValueError: another kind of database is named.
    """
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(parsed, connect_args={"timeout": LOCK_TIMEOUT_MS / 1000}, hide_parameters=True)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if backend == "postgresql":
        return create_engine(
            parsed,
            hide_parameters=True,  # errors are logged, and parameters may be personal data
            pool_pre_ping=True,
            pool_size=10,
            max_overflow=10,
            connect_args={"options": f"-c lock_timeout={LOCK_TIMEOUT_MS} -c timezone=UTC"},
        )
    raise ValueError(f"Expected a SQLite or PostgreSQL database, but the address names '{backend}'")


@contextmanager
def reading(database: Engine) -> Iterator[Connection]:
    """Open a consistent view for reading; nothing is written and no writer is held up."""
    with database.connect().execution_options(**READ_ONLY) as connection, connection.begin():
        yield connection


def _prepare_sqlite(dbapi_connection: Any, _record: Any) -> None:
    dbapi_connection.isolation_level = None  # we begin transactions ourselves
    cursor = dbapi_connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={LOCK_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    read_only = connection.get_execution_options().get("sauro_read_only", False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
