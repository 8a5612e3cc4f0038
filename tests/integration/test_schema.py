"""The schema: made by revisions, the same as the models say, upgraded once however many start at a time."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from engine.database import open_database
from processes.schema import SchemaTooNew, SchemaTooOld, differences, prepare, status, upgrade
from tests.integration.revisions.stages import upgrade_to


def test_revisions_make_what_the_models_say(database: Engine) -> None:
    upgrade(database)
    assert differences(database) == []


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("DROP INDEX ix_timer_due_at_id", "add_index ix_timer_due_at_id"),
        ("CREATE INDEX ix_stray ON timer (element_id)", "remove_index ix_stray"),
        ("ALTER TABLE timer ADD COLUMN stray INTEGER", "remove_column timer stray"),
        ("CREATE TABLE stray (id INTEGER PRIMARY KEY)", "remove_table stray"),
    ],
)
def test_whatever_differs_is_named(database: Engine, change: str, named: str) -> None:
    upgrade(database)
    with database.begin() as connection:
        connection.execute(text(change))
    assert any(named in difference for difference in differences(database)), differences(database)


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE timer ALTER COLUMN element_id TYPE varchar(50)",
        "ALTER TABLE timer ALTER COLUMN due_at TYPE timestamp",
        "ALTER TABLE timer ALTER COLUMN element_id DROP NOT NULL",
        "ALTER TABLE timer ALTER COLUMN element_id SET DEFAULT 'x'",
        "ALTER TABLE timer DROP CONSTRAINT fk_timer_instance_id",
        "ALTER TABLE journal DROP CONSTRAINT uq_journal_command_id",
        "ALTER TABLE journal DISABLE TRIGGER journal_no_delete",
    ],
)
def test_whatever_differs_within_a_column_or_constraint_is_named(postgres_url: str, change: str) -> None:
    database = open_database(postgres_url)
    upgrade(database)
    with database.begin() as connection:
        connection.execute(text(change))
    assert differences(database) != []
    database.dispose()


@pytest.mark.parametrize("table", ["journal", "definition", "resource"])
def test_a_trigger_that_is_gone_is_named(database: Engine, table: str) -> None:
    upgrade(database)
    verb, suffix = ("change", f" ON {table}") if database.dialect.name == "postgresql" else ("update", "")
    if table == "journal":
        verb = "update"
    with database.begin() as connection:
        connection.execute(text(f"DROP TRIGGER {table}_no_{verb}{suffix}"))
    assert differences(database) == [f"missing trigger {table}_no_{verb}"]


def test_upgrading_again_does_nothing(database: Engine) -> None:
    first, again = upgrade(database), upgrade(database)
    assert first.pending
    assert again.pending == ()
    assert again.current == first.newest


def test_several_processes_may_start_at_once(database: Engine) -> None:
    with ThreadPoolExecutor(3) as pool:
        for future in [pool.submit(upgrade, database) for _ in range(3)]:
            future.result()


def test_a_database_of_a_newer_version_is_refused(database: Engine) -> None:
    upgrade(database)
    with database.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert not status(database).known
    for act in (lambda: upgrade(database), lambda: prepare(database, upgrades=False)):
        with pytest.raises(SchemaTooNew, match="9999"):
            act()


def test_a_database_in_use_waits_for_its_operator(database: Engine) -> None:
    upgrade_to(database, "0003")
    with pytest.raises(SchemaTooOld, match="sauro db upgrade"):
        prepare(database, upgrades=False)
    assert status(database).current == "0003"
    prepare(database, upgrades=True)
    assert status(database).pending == ()


def test_an_empty_database_is_filled_whoever_decides_about_upgrades(database: Engine) -> None:
    prepare(database, upgrades=False)
    assert status(database).pending == ()


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
    upgrade_to(database, "0004")
    with database.begin() as connection:
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
