"""Databases as they stood at an earlier revision, with the rows that its code wrote."""

from pathlib import Path
from typing import Any

import orjson
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Column, MetaData, Table, Uuid, func, select, text
from sqlalchemy.engine import Connection, Engine

import processes.schema

#: What :mod:`tests.integration.revisions.record` wrote, one file per revision.
ROWS = Path(__file__).parent / "rows"


def revisions() -> list[str]:
    """Return all revisions, the first one first."""
    walked = ScriptDirectory.from_config(_config(None)).walk_revisions("base", "heads")
    return [script.revision for script in walked][::-1]


def upgrade_to(database: Engine, revision: str) -> None:
    """Bring the schema to a revision."""
    with database.begin() as connection:
        command.upgrade(_config(connection), revision)


def downgrade_to(database: Engine, revision: str) -> None:
    """Take the schema back to a revision."""
    with database.begin() as connection:
        command.downgrade(_config(connection), revision)


def build(database: Engine, revision: str) -> None:
    """Make a database as it stood at ``revision``, with the newest rows recorded until then.

    Before the first recording the form of journal entries was not settled; there its rows are taken, without the
    columns that came later.
    """
    chain = revisions()
    recorded = [each for each in chain if (ROWS / f"{each}.json").exists()]
    source = ([each for each in recorded if chain.index(each) <= chain.index(revision)] or recorded[:1])[-1]
    upgrade_to(database, min(source, revision, key=chain.index))
    rows: dict[str, list[dict[str, Any]]] = orjson.loads((ROWS / f"{source}.json").read_bytes())
    assert rows.pop("alembic_version") == [{"version_num": source}]
    with database.begin() as connection:
        metadata = MetaData()
        metadata.reflect(connection)
        for table in metadata.sorted_tables:
            if table.name in rows:
                _insert(connection, table, rows[table.name])
    upgrade_to(database, revision)


def _insert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    kept = [name for name in rows[0] if name in table.c]
    names = ", ".join(kept)
    values = ", ".join(f":{name}" for name in kept)
    plain = [{name: _value(row[name], table.c[name]) for name in kept} for row in rows]
    connection.execute(text(f"INSERT INTO {table.name} ({names}) VALUES ({values})"), plain)
    key = table.c.get("id")
    if connection.dialect.name == "postgresql" and key is not None and key.type.python_type is int:
        sequence = func.pg_get_serial_sequence(table.name, "id")
        connection.execute(select(func.setval(sequence, select(func.max(key)).scalar_subquery())))


def _value(value: Any, column: Column[Any]) -> Any:
    """Return what was recorded on SQLite as either database takes it; on PostgreSQL an identifier is no bytes."""
    if not isinstance(value, dict):
        return value
    return value["hex"] if isinstance(column.type, Uuid) else bytes.fromhex(value["hex"])


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(processes.schema.__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config
