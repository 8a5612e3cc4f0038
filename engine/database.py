"""Opens SQLite or PostgreSQL so that both keep the same promises.

SQLite: write-ahead log, full synchronisation, one writer at a time from the first statement (``BEGIN
IMMEDIATE``). PostgreSQL: read committed, with row locks taken by the commands themselves. A connection opened
with ``execution_options(sauro_read_only=True)`` takes no write lock on SQLite.

Nothing waits for ever: a lock, a statement and a transaction in which nothing happens have their limits, kept by
the server, so that a process that hangs holds nobody up. What went wrong is told by :func:`trouble_of`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import UUID

from sqlalchemy import URL, Dialect, Engine, create_engine, event, text
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import DBAPIError, InvalidatePoolError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import DateTime, LargeBinary, String, TypeDecorator, TypeEngine, Uuid

from engine import clock

READ_ONLY = {"sauro_read_only": True}

#: Of a statement whose result nobody reads: within :func:`writing` PostgreSQL gets it with what follows.
UNREAD = {"sauro_unread": True}

#: A connection that was in the pool for so many seconds is asked whether it still lives (PostgreSQL).
PING_AFTER = 1.0

#: Bounds of the numbers in :class:`DatabaseSettings`, both included.
DATABASE_BOUNDS = {
    "pool_size": (1, 1_000),
    "pool_overflow": (0, 1_000),
    "pool_timeout": (1, 3_600),
    "connect_timeout": (1, 3_600),
    "statement_timeout": (0, 86_400),
    "lock_timeout": (1, 3_600),
    "idle_timeout": (0, 86_400),
    "keepalive": (0, 7_200),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseSettings:
    """How a process uses its database; seconds, bounds in :data:`DATABASE_BOUNDS`.

    Attributes:
        pool_size: connections kept open.
        pool_overflow: connections opened beyond these while there is much to do.
        pool_timeout: how long to wait for a free connection.
        connect_timeout: how long to wait for the server to answer (PostgreSQL).
        statement_timeout: the longest one statement may take, 0 without limit (PostgreSQL).
        lock_timeout: how long to wait for what another transaction holds.
        idle_timeout: how long a transaction may do nothing before the server ends it and frees what it holds,
            0 for ever (PostgreSQL).
        keepalive: after how long without a word the network is probed, 0 never (PostgreSQL).
        application_name: what the server calls this process (PostgreSQL).
    """

    pool_size: int = 10
    pool_overflow: int = 10
    pool_timeout: int = 10
    connect_timeout: int = 10
    statement_timeout: int = 60
    lock_timeout: int = 10
    idle_timeout: int = 60
    keepalive: int = 30
    application_name: str = "sauro"

    def __post_init__(self) -> None:
        for name, (least, most) in DATABASE_BOUNDS.items():
            if not least <= getattr(self, name) <= most:
                raise ValueError(
                    f"Expected {name} to be from {least} to {most}, but it is {getattr(self, name)}"
                )
        if not 0 < len(self.application_name.encode()) < 64 or not self.application_name.isprintable():
            raise ValueError("Expected application_name to be a name of up to 63 bytes")

    @property
    def most_connections(self) -> int:
        """How many connections this process opens at most."""
        return self.pool_size + self.pool_overflow


class Trouble(Enum):
    """What a database can say that is nobody's mistake: the same again may succeed."""

    #: Two transactions stood in each other's way and this one was ended: a deadlock, a serialization failure.
    COLLISION = "collision"
    #: A lock, a statement or a free connection took longer than it may.
    TIMEOUT = "timeout"
    #: The connection was lost, or there is none to be had.
    LOST = "lost"


#: PostgreSQL's codes, https://www.postgresql.org/docs/current/errcodes-appendix.html; two characters are a class.
_TROUBLES = {
    "40001": Trouble.COLLISION,
    "40P01": Trouble.COLLISION,
    "55P03": Trouble.TIMEOUT,
    "57014": Trouble.TIMEOUT,
    "25P03": Trouble.LOST,
    "57P01": Trouble.LOST,
    "57P02": Trouble.LOST,
    "57P03": Trouble.LOST,
    "57P05": Trouble.LOST,
    "53300": Trouble.LOST,
    "08": Trouble.LOST,
}

#: What a connection to PostgreSQL carries: its pipeline within :func:`writing`; when it came back to the pool.
_PIPELINE = "sauro_pipeline"
_RETURNED = "sauro_returned"

#: SQLITE_BUSY and SQLITE_LOCKED, https://www.sqlite.org/rescode.html.
_SQLITE_LOCKED = {5, 6}


def trouble_of(error: BaseException) -> Trouble | None:
    """Return what an error of the database means; ``None`` for one that would come again."""
    if isinstance(error, PoolTimeout):
        return Trouble.TIMEOUT
    if not isinstance(error, DBAPIError):
        return None
    if error.connection_invalidated:
        return Trouble.LOST
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return _TROUBLES.get(state) or _TROUBLES.get(state[:2])
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return Trouble.TIMEOUT if code & 0xFF in _SQLITE_LOCKED else None
    # psycopg gives no code where the server could not answer any more, or was not reached
    return Trouble.LOST if type(error.orig).__name__ == "OperationalError" else None


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


class Identifier(TypeDecorator[UUID]):
    """A UUID; PostgreSQL keeps a ``uuid``, SQLite its sixteen bytes."""

    impl = Uuid
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column type of the database at hand."""
        return dialect.type_descriptor(LargeBinary(16) if dialect.name == "sqlite" else Uuid())

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> Any:
        """Write an identifier."""
        return value if value is None or dialect.name != "sqlite" else value.bytes

    def process_result_value(self, value: Any, dialect: Dialect) -> UUID | None:
        """Read an identifier."""
        return value if value is None or dialect.name != "sqlite" else UUID(bytes=value)


class Digest(TypeDecorator[str]):
    """A SHA-256, in hexadecimal digits; both databases keep its thirty-two bytes."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> bytes | None:
        """Write a digest."""
        return None if value is None else bytes.fromhex(value)

    def process_result_value(self, value: Any, _dialect: Dialect) -> str | None:
        """Read a digest."""
        return None if value is None else bytes(value).hex()


def open_database(url: str, settings: DatabaseSettings | None = None) -> Engine:
    """Return an engine for ``url``; creates the folder of a SQLite file.

    Args:
        url: ``sqlite:///PATH`` or ``postgresql+psycopg://…``; parameters named in it come before the settings.

    Raises:
        ValueError: another kind of database is named.
    """
    parsed = make_url(url)
    chosen = settings or DatabaseSettings()
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        return _open_sqlite(parsed, chosen)
    if backend == "postgresql":
        return _open_postgresql(parsed, chosen)
    raise ValueError(f"Expected a SQLite or PostgreSQL database, but the address names '{backend}'")


@contextmanager
def reading(database: Engine) -> Iterator[Connection]:
    """Open a consistent view for reading; nothing is written and no writer is held up."""
    options: dict[str, Any] = dict(READ_ONLY)
    if database.dialect.name == "postgresql":
        options["isolation_level"] = "REPEATABLE READ"  # one view for all statements, as on SQLite
    with database.connect().execution_options(**options) as connection, connection.begin():
        yield connection


@contextmanager
def writing(database: Engine) -> Iterator[Connection]:
    """Open a transaction; leaving the block commits it, an exception rolls it back.

    On PostgreSQL statements that are marked :data:`UNREAD` are sent without waiting for their answers. If one of
    them fails, the next statement that is not marked raises its error, or the commit does. Until then the server
    does not count the time in which nothing happens: see :func:`await_answers`.
    """
    if database.dialect.name != "postgresql":
        with database.begin() as connection:
            yield connection
        return
    with database.connect() as connection, _pipelined(connection), connection.begin():
        connection.exec_driver_sql("BEGIN", execution_options=UNREAD)
        yield connection


def await_answers(connection: Connection) -> None:
    """Wait for what was sent unread, before anything that may take long.

    From here on the server ends a transaction in which nothing happens; it does not while it waits for the end of
    a pipeline.
    """
    if _PIPELINE in connection.info:
        connection.execute(_NOTHING)


@contextmanager
def _pipelined(connection: Connection) -> Iterator[None]:
    """Use pipeline mode, https://www.psycopg.org/psycopg3/docs/advanced/pipeline.html, and begin oneself in it."""
    info = connection.info  # of this connection to the server, even if it gets lost
    driver: Any = connection.connection.dbapi_connection
    database_error = connection.dialect.loaded_dbapi.Error
    committed = False
    driver.autocommit = True  # the driver would wait for the answer to its BEGIN
    try:
        with driver.pipeline() as pipeline:
            info[_PIPELINE] = pipeline
            try:
                yield
                committed = True
            finally:
                info.pop(_PIPELINE, None)
    except BaseException as error:
        if driver.info.transaction_status.name != "IDLE":
            connection.invalidate()  # lost, or not to be rolled back: nobody may go on with it
        if not (committed and isinstance(error, database_error)):
            raise
    finally:
        if not driver.closed:
            driver.autocommit = False


def lock_words(connection: Connection, *words: str) -> None:
    """Let other transactions that name the same words wait for the end of this one.

    For what has no row to lock yet. SQLite has one writer anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK_WORDS, {"words": "\x1f".join(words)})


_NOTHING = text("SELECT 1")
_LOCK_WORDS = text("SELECT pg_advisory_xact_lock(hashtextextended(:words, 0))")


def _open_sqlite(url: URL, settings: DatabaseSettings) -> Engine:
    pool: dict[str, Any] = {}
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        pool = {
            "pool_size": settings.pool_size,
            "max_overflow": settings.pool_overflow,
            "pool_timeout": settings.pool_timeout,
        }
    engine = create_engine(url, connect_args={"timeout": settings.lock_timeout}, hide_parameters=True, **pool)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _open_postgresql(url: URL, settings: DatabaseSettings) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,  # errors are logged, and parameters may be personal data
        pool_size=settings.pool_size,
        max_overflow=settings.pool_overflow,
        pool_timeout=settings.pool_timeout,
        connect_args=_postgresql_arguments(url, settings),
    )

    def ping_idle(dbapi_connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
        if dbapi_connection.closed:
            raise InvalidatePoolError
        returned = record.info.get(_RETURNED)  # a new connection never did
        if returned is None or monotonic() - returned < PING_AFTER:
            return
        try:
            engine.dialect.do_ping(dbapi_connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error

    event.listen(engine, "checkin", _note_returned)
    event.listen(engine, "checkout", ping_idle)
    event.listen(engine, "after_cursor_execute", _await_answer)
    event.listen(engine, "rollback", _forget_answers)
    return engine


def _note_returned(_dbapi_connection: Any, record: ConnectionPoolEntry) -> None:
    record.info[_RETURNED] = monotonic()


def _await_answer(
    connection: Connection, _cursor: Any, _statement: str, _parameters: Any, context: Any, _many: bool
) -> None:
    """Let a pipeline answer a statement at once, unless nobody reads its result."""
    pipeline = connection.info.get(_PIPELINE)
    if pipeline is not None and not context.execution_options.get("sauro_unread", False):
        pipeline.sync()


def _forget_answers(connection: Connection) -> None:
    """Let a pipeline come to its end before all is taken back: what else failed in it is of no interest."""
    if connection.invalidated or _PIPELINE not in connection.info:
        return
    pipeline: Any = connection.info[_PIPELINE]
    driver: Any = connection.connection.dbapi_connection
    while not driver.closed:
        try:
            pipeline.sync()
        except connection.dialect.loaded_dbapi.Error:  # each takes its answer away, so there is a last one
            continue
        return


def _postgresql_arguments(url: URL, settings: DatabaseSettings) -> dict[str, Any]:
    """Return the parameters of a connection, https://www.postgresql.org/docs/current/libpq-connect.html."""
    options = {
        "timezone": "UTC",
        "statement_timeout": f"{settings.statement_timeout}s",
        "lock_timeout": f"{settings.lock_timeout}s",
        "idle_in_transaction_session_timeout": f"{settings.idle_timeout}s",
    }
    arguments: dict[str, Any] = {
        "connect_timeout": settings.connect_timeout,
        "application_name": settings.application_name,
        "keepalives": int(settings.keepalive > 0),
    }
    if settings.keepalive:
        arguments |= {"keepalives_idle": settings.keepalive, "keepalives_interval": 10, "keepalives_count": 3}
    named = {name: value for name, value in arguments.items() if name not in url.query}
    written = " ".join(f"-c {name}={value}" for name, value in options.items())
    return {**named, "options": f"{written} {url.query.get('options', '')}".strip()}


def _prepare_sqlite(dbapi_connection: Any, _record: Any) -> None:
    dbapi_connection.isolation_level = None  # we begin transactions ourselves
    cursor = dbapi_connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    read_only = connection.get_execution_options().get("sauro_read_only", False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
