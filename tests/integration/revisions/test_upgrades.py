"""From every revision forward, with what its code wrote: histories hold and instances are played on."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, select, text

from engine import clock
from engine.actors import SYSTEM
from engine.commands import CorrelateMessage, RetryIncident
from engine.database import open_database, reading
from engine.definitions.versions import DefinitionCache
from engine.dispatch import Dispatcher
from engine.history.journal import read_journal
from engine.history.verify import verify_all
from engine.ids import new_id
from engine.outbox import OutboxMessage, deliver_due
from engine.tables import (
    archivable_statements,
    definition,
    incident,
    message_subscription,
    outbox,
    process_instance,
    user_task,
)
from engine.timers.due import fire_due, waiting_count
from processes.schema import differences, status, upgrade
from tests.integration.engine.office import Office, Switch
from tests.integration.revisions.record import MONDAY, registered, rows_of
from tests.integration.revisions.stages import ROWS, build, downgrade_to, revisions


def office_in(database: Engine) -> Office:
    dispatcher = Dispatcher(database, handlers=registered(Switch()))
    with reading(database) as connection:
        definition_hash = connection.scalars(select(definition.c.hash)).one()
    return Office(dispatcher, definition_hash, Switch())


def assert_all_verify(office: Office, *, instances: int) -> None:
    with reading(office.dispatcher.database) as connection:
        verified = list(verify_all(connection, office.dispatcher.definitions))
    assert [each.difference for each in verified] == [None] * instances


def test_what_was_recorded_belongs_to_revisions_that_there_are() -> None:
    recorded = {file.stem for file in ROWS.glob("*.json")}
    assert {"0003", "0004", "0008", "0010"} <= recorded <= set(revisions())


@pytest.mark.parametrize("revision", revisions())
def test_what_a_revision_kept_is_played_on(database: Engine, revision: str) -> None:
    build(database, revision)
    assert status(database).current == revision
    upgrade(database)
    assert status(database).pending == ()
    assert differences(database) == []
    office = office_in(database)
    assert_all_verify(office, instances=5)
    with clock.frozen_at(MONDAY + timedelta(days=15)):
        play_on(office)
    with clock.frozen_at(MONDAY + timedelta(days=30)):
        fire_due(office.dispatcher)
        with reading(database) as connection:
            assert waiting_count(connection) == 2  # of the instance that was started last
    assert_all_verify(office, instances=6)


@pytest.fixture
def before_bytes(database: Engine) -> Engine:
    """A database that keeps identifiers and hashes as digits, with rows."""
    build(database, "0009")
    return database


def test_identifiers_and_hashes_as_bytes_are_what_they_were_as_digits(
    before_bytes: Engine, database_url: str
) -> None:
    other_process = open_database(database_url)
    with reading(other_process) as connection:
        assert connection.execute(text("SELECT instance_id, entry_hash FROM journal")).all()
    before = rows_of(database_url)
    upgrade(before_bytes)
    with reading(other_process) as connection:
        instance_ids = connection.scalars(select(process_instance.c.id)).all()
        journals = [read_journal(connection, instance_id) for instance_id in instance_ids]
        if connection.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
            kinds = "SELECT DISTINCT typeof(instance_id), typeof(command_id), typeof(entry_hash) FROM journal"
            assert connection.execute(text(kinds)).all() == [("blob", "blob", "blob")]
    other_process.dispose()
    assert sorted(entry.entry_hash for entries in journals for entry in entries) == sorted(
        row["entry_hash"] for row in before["journal"]
    )
    downgrade_to(before_bytes, "0009")
    assert rows_of(database_url) == before


@pytest.mark.parametrize("column", ["entry_hash", "command_id"])
def test_what_was_changed_before_the_upgrade_is_found_after_it(before_bytes: Engine, column: str) -> None:
    if column == "command_id" and before_bytes.dialect.name != "sqlite":
        pytest.skip("other databases keep identifiers as such, not as text")
    with before_bytes.begin() as connection:
        trigger = "DROP TRIGGER journal_no_update"
        on_table = "" if connection.dialect.name == "sqlite" else " ON journal"
        connection.execute(text(trigger + on_table))
        changed = connection.execute(
            text(f"UPDATE journal SET {column} = upper({column}) WHERE sequence = 2 RETURNING instance_id")
        ).all()
        statements = archivable_statements(connection.dialect.name)
        connection.execute(text(next(each for each in statements if "journal_no_update" in each)))
    upgrade(before_bytes)
    with reading(before_bytes) as connection:
        outcomes = [each.difference for each in verify_all(connection, DefinitionCache())]
    assert changed
    found = [each for each in outcomes if each is not None]
    assert sorted(UUID(str(each.instance_id)) for each in found) == sorted(
        UUID(str(row.instance_id)) for row in changed
    )
    assert {each.sequence for each in found} == {2}


def play_on(office: Office) -> None:
    dispatcher = office.dispatcher
    with reading(dispatcher.database) as connection:
        open_tasks = connection.execute(
            select(user_task.c.instance_id, user_task.c.element_id).where(user_task.c.status == "open")
        ).all()
        failed = connection.execute(select(incident.c.id, incident.c.instance_id)).one()
        others = message_subscription.c.instance_id != failed.instance_id
        keys = connection.scalars(select(message_subscription.c.correlation_key).where(others)).all()
        kept = connection.scalars(select(outbox.c.message_key).order_by(outbox.c.id)).all()
    assert len(open_tasks) == 3
    dispatcher.execute(RetryIncident(command_id=new_id(), actor=SYSTEM, incident_id=failed.id))
    dispatcher.execute(
        CorrelateMessage(
            command_id=new_id(), actor=SYSTEM, message_name="request_recalled", correlation_key=keys[0]
        )
    )
    with reading(dispatcher.database) as connection:
        still_open = connection.scalars(
            select(user_task.c.instance_id).where(user_task.c.status == "open")
        ).all()
    for instance_id in still_open:
        while status_of(office, instance_id) == "active":
            office.complete(instance_id, approval="yes")
    office.start(remind_at="2026-08-01T01:00:00Z", limit_at="2026-08-02T01:00:00Z")
    delivered: list[str] = []

    def receive(messages: list[OutboxMessage]) -> None:
        delivered.extend(message.key for message in messages)

    deliver_due(dispatcher.database, {"filed": receive})
    assert set(kept) < set(delivered)


def status_of(office: Office, instance_id: object) -> str:
    with reading(office.dispatcher.database) as connection:
        found = connection.scalar(
            select(process_instance.c.status).where(process_instance.c.id == instance_id)
        )
    return str(found)
