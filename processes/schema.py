"""Creates the schema and brings an older one up to date."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData, text
from sqlalchemy.engine import Connection

from engine import tables

#: Taken on PostgreSQL while the schema changes, so that two starting processes do not both change it.
_ADVISORY_LOCK = 5_236_478_101


def all_metadata() -> MetaData:
    """Return the tables of engine and domain together."""
    import processes.access.tables
    import processes.assignments.tables
    import processes.calendar.tables
    import processes.documents.tables
    import processes.notifications.tables
    import processes.units.tables  # noqa: F401 - importing a tables module declares its tables

    return tables.metadata


def upgrade(database: Engine) -> None:
    """Bring the schema to the newest revision; does nothing when it is there already."""
    with database.connect() as connection:
        if is_current(connection):
            return
    with database.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
        command.upgrade(_config(connection), "head")


def is_current(connection: Connection) -> bool:
    """Tell whether the schema is at the newest revision."""
    return _current(connection) == _newest()


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _newest() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()
