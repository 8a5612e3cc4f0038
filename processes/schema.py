"""Creates the schema, brings an older one up to date, and says how one differs from what the program expects."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Constraint, DefaultClause, Engine, Index, MetaData, inspect, text
from sqlalchemy.engine import Connection

from engine import tables
from engine.errors import Fault
from processes.documents.tables import READING_TRIGGER, Directive

#: Taken on PostgreSQL while the schema changes, so that two starting processes do not both change it.
_ADVISORY_LOCK = 5_236_478_101


class SchemaTooNew(Fault):
    """The database was brought up to date by a newer version of the program."""


class SchemaTooOld(Fault):
    """The database is older than the program and is not brought up to date by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One step of the schema; ``says`` is what it brings, in a sentence."""

    id: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaStatus:
    """Where the schema of a database stands.

    Attributes:
        current: its revision; ``None`` if it has none yet.
        newest: the revision that the program expects.
        pending: what an upgrade would do, in order.
        known: false if the program has never heard of ``current``: the database is newer.
    """

    current: str | None
    newest: str
    pending: tuple[Revision, ...]
    known: bool


def all_metadata() -> MetaData:
    """Return the tables of engine and domain together."""
    import processes.access.tables
    import processes.assignments.tables
    import processes.calendar.tables
    import processes.notifications.tables
    import processes.units.tables  # noqa: F401 - importing a tables module declares its tables

    return tables.metadata


def status(database: Engine) -> SchemaStatus:
    """Say where the schema stands; nothing is changed."""
    with database.connect() as connection:
        return _status(connection)


def upgrade(database: Engine) -> SchemaStatus:
    """Bring the schema to the newest revision, and return where it stood; does nothing when it is there already.

    Processes that start together wait for the first one.

    Raises:
        SchemaTooNew: a newer program has been here.
    """
    before = status(database)
    _refuse_newer(before)
    if not before.pending:
        return before
    with database.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SET LOCAL lock_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
        command.upgrade(_config(connection), "head")
    return before


def prepare(database: Engine, *, upgrades: bool) -> None:
    """Make a database ready for use: an empty one is filled; one in use is brought up to date if that is wanted.

    Args:
        upgrades: false where an operator decides when, because other machines use the same database.

    Raises:
        SchemaTooNew: a newer program has been here.
        SchemaTooOld: it is in use, older than the program, and ``upgrades`` is false.
    """
    found = status(database)
    _refuse_newer(found)
    if found.pending and found.current is not None and not upgrades:
        raise SchemaTooOld(
            f"Expected a database of revision {found.newest}, but it is at {found.current}; "
            "stop the processes of the older version and run 'sauro db upgrade' once"
        )
    upgrade(database)


def differences(database: Engine) -> list[str]:
    """Return where the database is not what the program expects, in words; nothing if it is.

    Tables, columns with types, nullability and server defaults, indexes, unique and foreign keys, and the triggers
    that keep tables append-only.
    """
    with database.connect() as connection:
        options: dict[str, Any] = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        found = [_in_words(change) for change in compare_metadata(context, all_metadata())]
        return found + _wrong_triggers(connection)


def _status(connection: Connection) -> SchemaStatus:
    scripts = ScriptDirectory.from_config(_config())
    newest = scripts.get_current_head()
    if newest is None:
        raise AssertionError("Expected the program to have revisions, but it has none")
    current = MigrationContext.configure(connection).get_current_revision()
    steps = [
        Revision(id=script.revision, says=script.doc) for script in scripts.walk_revisions("base", "heads")
    ]
    steps.reverse()
    ids = [step.id for step in steps]
    known = current is None or current in ids
    done = 0 if current is None or not known else ids.index(current) + 1
    return SchemaStatus(
        current=current, newest=newest, pending=tuple(steps[done:]) if known else (), known=known
    )


def _refuse_newer(found: SchemaStatus) -> None:
    if not found.known:
        raise SchemaTooNew(
            f"Expected a database of revision {found.newest} or older, but it is at {found.current}: "
            "a newer version of Sáu Rõ has used it; use that version or a newer one"
        )


def _in_words(change: Any) -> str:
    """Write what Alembic found as ``operation table column old new``, as far as it has these."""
    if isinstance(change, list):
        return "; ".join(_in_words(each) for each in change)
    words = []
    for part in change:
        if isinstance(part, DefaultClause):
            words.append(str(part.arg))
        elif isinstance(part, Column):
            words.append(part.name)
        elif isinstance(part, Index | Constraint) and part.table is not None:
            words += [str(part.name), "of", part.table.name]
        elif part is not None and not isinstance(part, dict):
            words.append(str(getattr(part, "name", part)))
    return " ".join(words)


def _wrong_triggers(connection: Connection) -> list[str]:
    present = set(inspect(connection).get_table_names())
    names = {table.name for table in tables.APPEND_ONLY} & present
    if connection.dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = (
            "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE NOT tgisinternal "
            "AND tgenabled IN ('O', 'A') AND pg_table_is_visible(pg_class.oid)"
        )
    found = set(connection.scalars(text(query)))
    wanted = {
        trigger for name in names for trigger in tables.append_only_triggers(name, connection.dialect.name)
    }
    if Directive.__tablename__ in present:
        wanted.add(READING_TRIGGER)
    if tables.journal.name in present:
        wanted |= set(tables.archivable_triggers(connection.dialect.name))
    return [f"missing trigger {name}" for name in sorted(wanted - found)]


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config
