"""The schema: made by revisions, the same as the models say, upgraded once however many start at a time."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from processes.schema import _config, all_metadata, upgrade


def test_revisions_make_what_the_models_say(database: Engine) -> None:
    upgrade(database)
    with database.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, all_metadata()) == []


def test_upgrading_again_does_nothing(database: Engine) -> None:
    upgrade(database)
    upgrade(database)


def test_several_processes_may_start_at_once(database: Engine) -> None:
    with ThreadPoolExecutor(3) as pool:
        for future in [pool.submit(upgrade, database) for _ in range(3)]:
            future.result()


def test_append_only_tables_are_protected_by_the_revision(database: Engine) -> None:
    upgrade(database)
    with database.begin() as connection:
        connection.execute(
            text("INSERT INTO resource (sha256, kind, content) VALUES (:sha256, 'form', :content)"),
            {"sha256": "0" * 64, "content": b"{}"},
        )
    for statement in ("UPDATE resource SET kind = 'bpmn'", "DELETE FROM resource"):
        with pytest.raises(DBAPIError, match="append-only"), database.begin() as connection:
            connection.execute(text(statement))


def test_an_older_journal_lets_go_of_archived_entries_only_after_the_upgrade(database: Engine) -> None:
    with database.begin() as connection:
        command.upgrade(_config(connection), "0004")
        for statement in _OLD_ROWS:
            connection.execute(text(statement), {"content": b"{}"})
    with pytest.raises(DBAPIError, match="append-only"), database.begin() as connection:
        connection.execute(text("DELETE FROM journal"))
    upgrade(database)
    for statement in ("UPDATE journal SET sequence = 2", "DELETE FROM journal"):
        with pytest.raises(DBAPIError, match="append-only"), database.begin() as connection:
            connection.execute(text(statement))
    with database.begin() as connection:
        connection.execute(text(_ARCHIVED))
        assert connection.execute(text("DELETE FROM journal")).rowcount == 1


_INSTANCE = "00000000-0000-0000-0000-000000000001"
_OLD_ROWS = (
    "INSERT INTO definition (hash, process_key, version, name, manifest, deployed_at, deployed_by) "
    "VALUES ('h', 'p', 1, 'p', '{}', '2026-01-01T00:00:00.000000Z', 'system')",
    "INSERT INTO process_instance (id, definition_hash, process_key, business_key, status, sequence, started_at, "
    "state, state_digest, head_hash) "
    f"VALUES ('{_INSTANCE}', 'h', 'p', 'b', 'completed', 1, '2026-01-01T00:00:00.000000Z', :content, '', '')",
    "INSERT INTO journal (instance_id, sequence, command_id, document, entry_hash) "
    f"VALUES ('{_INSTANCE}', 1, '{_INSTANCE}', :content, '')",
)
_ARCHIVED = (
    "INSERT INTO archived_instance (instance_id, process_key, business_key, definition_hash, status, started_at, "
    "ended_at, entries, head_hash, archive_sha256, archive_path, archived_at, archived_by, policy) "
    f"VALUES ('{_INSTANCE}', 'p', 'b', 'h', 'completed', '2026-01-01T00:00:00.000000Z', "
    "'2026-01-01T00:00:00.000000Z', 1, '', '', '', '2026-01-01T00:00:00.000000Z', 'system', 'P1Y')"
)
