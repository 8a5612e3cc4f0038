"""Identifiers on SQLite and the hashes of journal entries are kept as bytes, which take half of their digits.

What is not written as digits stays as it is, for the verification to find.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import sqlalchemy as sa
from alembic import op

from engine.tables import append_only_statements, archivable_statements

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_IDENTIFIERS = {
    "archived_instance": ("instance_id",),
    "assignment": ("id", "document_id", "directive_id"),
    "batch": ("id",),
    "batch_item": ("batch_id", "subject", "instance_id"),
    "directive": ("id", "document_id"),
    "document": ("id",),
    "inbox": ("task_id", "instance_id"),
    "incident": ("id", "instance_id", "command_id"),
    "journal": ("instance_id", "command_id"),
    "kept_message": ("id",),
    "legal_hold": ("id",),
    "message_subscription": ("task_id", "instance_id"),
    "nightly_work": ("claimed_by",),
    "notification": ("instance_id",),
    "outbox": ("instance_id",),
    "process_instance": ("id",),
    "signal_subscription": ("task_id", "instance_id"),
    "start_timer": ("id",),
    "substitution": ("id",),
    "timer": ("id", "instance_id"),
    "user_task": ("id", "instance_id"),
}
_HASHES = {"journal": ("entry_hash",)}

_TO_BYTES = (
    "CASE WHEN entry_hash ~ '^[0-9a-f]{64}$' THEN decode(entry_hash, 'hex') "
    "ELSE convert_to(entry_hash, 'UTF8') END"
)
_TO_DIGITS = "encode(entry_hash, 'hex')"


def upgrade() -> None:
    """Go forward."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE journal ALTER COLUMN entry_hash TYPE bytea USING {_TO_BYTES}")
        return
    _rewrite(("CHAR(32)", "BLOB"), ("VARCHAR(64)", "BLOB"), _bytes_of)


def downgrade() -> None:
    """Go back."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE journal ALTER COLUMN entry_hash TYPE varchar(64) USING {_TO_DIGITS}")
        return
    _rewrite(("BLOB", "CHAR(32)"), ("BLOB", "VARCHAR(64)"), _digits_of)


def _bytes_of(size: int, stored: Any) -> Any:
    digits = isinstance(stored, str) and re.fullmatch(r"[0-9a-f]+", stored) and len(stored) == 2 * size
    return bytes.fromhex(stored) if digits else stored


def _digits_of(size: int, stored: Any) -> Any:
    return stored.hex() if isinstance(stored, bytes) and len(stored) == size else stored


def _rewrite(
    identifiers: tuple[str, str], hashes: tuple[str, str], convert: Callable[[int, Any], Any]
) -> None:
    """Give the columns on SQLite another type, from one to the other, and convert what they hold.

    The types are changed where SQLite keeps them, https://www.sqlite.org/lang_altertable.html#otheralter: copying
    the tables would take as much space again, and dropping the originals would offend what refers to them.
    """
    connection = op.get_bind()
    raw = connection.connection.driver_connection
    if raw is None:
        raise AssertionError("Expected an open connection")
    raw.create_function("converted_16", 1, partial(convert, 16), deterministic=True)
    raw.create_function("converted_32", 1, partial(convert, 32), deterministic=True)
    op.execute("PRAGMA defer_foreign_keys=ON")
    _execute(
        f"DROP TRIGGER {table}_no_{verb}"
        for table in ("journal", "archived_instance")
        for verb in ("update", "delete")
    )
    op.execute("PRAGMA writable_schema=ON")
    for columns, (before, after) in ((_IDENTIFIERS, identifiers), (_HASHES, hashes)):
        for table, names in columns.items():
            _declare(connection, table, names, before, after)
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    op.execute(f"PRAGMA schema_version={version + 1}")
    op.execute("PRAGMA writable_schema=RESET")
    for table, names in _IDENTIFIERS.items():
        values = [f"{name} = converted_16({name})" for name in names]
        values += [f"{name} = converted_32({name})" for name in _HASHES.get(table, ())]
        op.execute(f"UPDATE {table} SET {', '.join(values)}")
    _execute(append_only_statements("archived_instance", "sqlite"))
    _execute(archivable_statements("sqlite"))


def _declare(connection: sa.Connection, table: str, names: Iterable[str], before: str, after: str) -> None:
    kept = sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :table")
    declared = connection.execute(kept, {"table": table}).scalar_one()
    for name in names:
        declared, count = re.subn(rf"\b{name} {re.escape(before)}", f"{name} {after}", declared)
        if count != 1:
            raise AssertionError(f"Expected a column {name} {before} in '{table}', but there are {count}")
    connection.execute(
        sa.text("UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = :table"),
        {"sql": declared, "table": table},
    )


def _execute(statements: Iterable[str]) -> None:
    for statement in statements:
        op.execute(sa.text(statement.replace(":", r"\:")))
