"""The schema: made by revisions, the same as the models say, upgraded once however many start at a time."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from processes.schema import all_metadata, upgrade


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
