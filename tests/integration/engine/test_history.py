"""Provable history (DESIGN §4): replay, verification, and what a changed byte does."""

import random
from typing import Any
from uuid import UUID

import pytest
import zstandard
from sqlalchemy import select, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from engine import clock
from engine.canonical import sha256_hex
from engine.database import reading
from engine.definitions.versions import DefinitionCache
from engine.errors import NotFound
from engine.history.journal import find_by_command, read_journal
from engine.history.replay import replay
from engine.history.verify import Verified, verify_all, verify_instance
from engine.packing import Packing, pack, unpack
from engine.tables import definition, journal, process_instance, resource
from engine.timers.due import fire_due
from tests.integration.engine.office import LIMIT_AT, REMIND_AT, Office


@pytest.fixture
def lived(office: Office) -> tuple[Office, UUID]:
    """An instance with a start, a timer, rework and completions."""
    instance_id = office.start()
    with clock.frozen_at(clock.from_text(REMIND_AT)):
        fire_due(office.dispatcher)
        office.complete(instance_id, subject="paper", amount=1.5)
        office.complete(instance_id, approval="no")
        office.complete(instance_id, subject="better paper")
    return office, instance_id


def verified(office: Office, instance_id: UUID) -> Verified:
    with reading(office.dispatcher.database) as connection:
        return verify_instance(connection, fresh_definitions(), instance_id)


def fresh_definitions() -> DefinitionCache:
    """A cache that has parsed nothing yet, as in another process."""
    return DefinitionCache()


def unprotected(connection: Connection) -> None:
    """Take away the triggers, as somebody with the database in hand could."""
    if connection.dialect.name == "sqlite":
        for (name,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type='trigger'")).all():
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text("PRAGMA defer_foreign_keys=ON"))
    else:
        connection.execute(text("SET session_replication_role = replica"))


def test_an_untouched_history_holds(lived: tuple[Office, UUID]) -> None:
    office, instance_id = lived
    outcome = verified(office, instance_id)
    assert outcome.difference is None
    assert outcome.entries == 5


def test_verification_calls_no_handler(lived: tuple[Office, UUID]) -> None:
    office, instance_id = lived
    calls = office.switch.calls
    office.switch.failing = True
    assert verified(office, instance_id).difference is None
    assert office.switch.calls == calls


def test_replay_stops_where_it_is_told(lived: tuple[Office, UUID]) -> None:
    office, instance_id = lived
    with reading(office.dispatcher.database) as connection:
        steps = replay(connection, fresh_definitions(), instance_id, at=3)
        whole = replay(connection, fresh_definitions(), instance_id)
        with pytest.raises(NotFound):
            replay(connection, fresh_definitions(), instance_id, at=6)
        with pytest.raises(NotFound):
            replay(connection, fresh_definitions(), UUID(int=3))
    assert len(steps) == 3
    assert steps[-1].step.active_elements == ("approve",)
    assert steps[-1].step.variables["subject"] == "paper"
    assert whole[-1].step.variables["subject"] == "better paper"
    assert [step.step.digest for step in whole] == [step.entry.state_digest for step in whole]


def test_the_journal_refuses_change_and_deletion(lived: tuple[Office, UUID]) -> None:
    office, _ = lived
    for table in (journal, definition, resource):
        column = table.c[0].name
        for statement in (f"UPDATE {table.name} SET {column} = {column}", f"DELETE FROM {table.name}"):
            with (
                pytest.raises(DBAPIError, match="append-only"),
                office.dispatcher.database.begin() as connection,
            ):
                connection.execute(text(statement))


def change(connection: Connection, instance_id: UUID, sequence: int, column: str, value: Any) -> None:
    unprotected(connection)
    connection.execute(
        journal.update()
        .where(journal.c.instance_id == instance_id, journal.c.sequence == sequence)
        .values({column: value})
    )


def test_any_single_changed_byte_of_a_document_is_found_at_its_place(lived: tuple[Office, UUID]) -> None:
    office, instance_id = lived
    chance = random.Random(1)
    with reading(office.dispatcher.database) as connection:
        rows = connection.execute(select(journal).where(journal.c.instance_id == instance_id)).all()
    for row in rows:
        for _ in range(8):
            position = chance.randrange(len(row.document))
            changed = bytearray(row.document)
            changed[position] ^= 1 << chance.randrange(8)
            with office.dispatcher.database.connect() as connection:
                transaction = connection.begin()
                change(connection, instance_id, row.sequence, "document", bytes(changed))
                outcome = verify_instance(connection, fresh_definitions(), instance_id)
                transaction.rollback()
            assert outcome.difference is not None
            assert (outcome.difference.instance_id, outcome.difference.sequence) == (
                instance_id,
                row.sequence,
            )


@pytest.mark.parametrize("column", ["entry_hash", "command_id", "sequence"])
def test_a_changed_column_is_found(lived: tuple[Office, UUID], column: str) -> None:
    office, instance_id = lived
    values = {"entry_hash": "f" * 64, "command_id": UUID(int=5), "sequence": 77}
    with office.dispatcher.database.connect() as connection:
        transaction = connection.begin()
        change(connection, instance_id, 3, column, values[column])
        outcome = verify_instance(connection, fresh_definitions(), instance_id)
        transaction.rollback()
    assert outcome.difference is not None
    assert outcome.difference.sequence == 3


def flipped(value: bytes, position: int) -> list[bytes]:
    """Return a value with one byte changed: one bit, the case of a letter, no text at all."""
    other = bytearray(value)
    changed = []
    for mask in (0x01, 0x20, 0x80):
        other[position] = value[position] ^ mask
        changed.append(bytes(other))
        other[position] = value[position]
    return changed


@pytest.mark.parametrize("column", [column.name for column in journal.c])
def test_a_changed_byte_of_any_column_is_named_and_the_other_instances_are_still_checked(
    lived: tuple[Office, UUID], column: str
) -> None:
    office, instance_id = lived
    if office.dispatcher.database.dialect.name != "sqlite":
        pytest.skip("other databases keep identifiers and numbers as such, and nothing else in their place")
    other = office.start()
    with office.dispatcher.database.connect() as connection:
        held = connection.exec_driver_sql(
            f"SELECT CAST({column} AS BLOB) FROM journal WHERE instance_id = ? AND sequence = 3",
            (instance_id.bytes,),
        ).scalar_one()
    positions = sorted({0, 1, len(held) // 2, len(held) - 1} & set(range(len(held))))
    values = [changed for position in positions for changed in flipped(held, position)]
    for value in (value for value in values if column != "sequence" or value not in b"1245"):
        kind = "TEXT" if column == "sequence" else "BLOB"
        with office.dispatcher.database.connect() as connection:
            transaction = connection.begin()
            unprotected(connection)
            connection.exec_driver_sql(
                f"UPDATE journal SET {column} = CAST(? AS {kind}) WHERE instance_id = ? AND sequence = 3",
                (value, instance_id.bytes),
            )
            outcomes = list(verify_all(connection, fresh_definitions()))
            transaction.rollback()
        named = {
            (outcome.difference.instance_id, outcome.difference.sequence)
            for outcome in outcomes
            if outcome.difference is not None
        }
        assert named == {(instance_id, 3)}, value
        assert [outcome.entries for outcome in outcomes if outcome.instance_id == other] == [1]


@pytest.mark.parametrize("column", ["instance_id", "command_id", "document", "entry_hash"])
@pytest.mark.parametrize("kept_as", ["the same bytes as text", "hexadecimal digits"])
def test_a_value_of_another_kind_in_a_column_is_named(
    lived: tuple[Office, UUID], column: str, kept_as: str
) -> None:
    office, instance_id = lived
    if office.dispatcher.database.dialect.name != "sqlite":
        pytest.skip("other databases keep nothing of another kind")
    written = f"CAST({column} AS TEXT)" if kept_as == "the same bytes as text" else f"lower(hex({column}))"
    with office.dispatcher.database.connect() as connection:
        transaction = connection.begin()
        unprotected(connection)
        connection.exec_driver_sql(
            f"UPDATE journal SET {column} = {written} WHERE instance_id = ? AND sequence = 3",
            (instance_id.bytes,),
        )
        outcomes = list(verify_all(connection, fresh_definitions()))
        transaction.rollback()
    assert (instance_id, 3) in {
        (outcome.difference.instance_id, outcome.difference.sequence)
        for outcome in outcomes
        if outcome.difference is not None
    }


def test_garbage_in_the_columns_of_an_instance_is_named(lived: tuple[Office, UUID]) -> None:
    office, instance_id = lived
    if office.dispatcher.database.dialect.name != "sqlite":
        pytest.skip("other databases keep identifiers and numbers as such, and nothing else in their place")
    other = office.start()
    for column in ("id", "sequence", "head_hash", "state_digest", "state"):
        with office.dispatcher.database.connect() as connection:
            transaction = connection.begin()
            unprotected(connection)
            connection.exec_driver_sql(
                f"UPDATE process_instance SET {column} = CAST(x'ff00' AS TEXT) WHERE id = ?",
                (instance_id.bytes,),
            )
            outcomes = list(verify_all(connection, fresh_definitions()))
            transaction.rollback()
        assert any(outcome.difference is not None for outcome in outcomes), column
        assert [outcome.difference for outcome in outcomes if outcome.instance_id == other] == [None]


def test_an_entry_rewritten_with_a_fitting_hash_breaks_the_chain(lived: tuple[Office, UUID]) -> None:
    office, instance_id = lived
    with office.dispatcher.database.connect() as connection:
        transaction = connection.begin()
        row = connection.execute(
            select(journal).where(journal.c.instance_id == instance_id, journal.c.sequence == 3)
        ).one()
        written = unpack(row.document)
        forged = written.replace(b'"u:clerk"', b'"u:other"')
        assert forged != written
        change(connection, instance_id, 3, "document", pack(forged, Packing.JOURNAL_1))
        change(connection, instance_id, 3, "entry_hash", sha256_hex(forged))
        outcome = verify_instance(connection, fresh_definitions(), instance_id)
        transaction.rollback()
    assert outcome.difference is not None
    assert (outcome.difference.sequence, outcome.difference.kind) == (4, "chain")


def test_a_cut_tail_and_a_removed_entry_are_found(lived: tuple[Office, UUID]) -> None:
    office, instance_id = lived
    for sequence, named in ((5, 5), (2, 2)):
        with office.dispatcher.database.connect() as connection:
            transaction = connection.begin()
            unprotected(connection)
            connection.execute(
                journal.delete().where(journal.c.instance_id == instance_id, journal.c.sequence == sequence)
            )
            outcome = verify_instance(connection, fresh_definitions(), instance_id)
            transaction.rollback()
        assert outcome.difference is not None
        assert outcome.difference.sequence == named


def test_a_changed_state_or_model_is_found(lived: tuple[Office, UUID]) -> None:
    office, instance_id = lived
    for statement in (
        process_instance.update().values(state=b"\x28\xb5\x2f\xfd"),
        process_instance.update().values(head_hash="0" * 64),
        process_instance.update().values(state_digest="0" * 64),
        resource.update().values(content=b"<bpmn/>"),
        definition.update().values(manifest="{}"),
    ):
        with office.dispatcher.database.connect() as connection:
            transaction = connection.begin()
            unprotected(connection)
            connection.execute(statement)
            outcome = verify_instance(connection, fresh_definitions(), instance_id)
            transaction.rollback()
        assert outcome.difference is not None, statement


def test_all_instances_are_verified_and_orphans_named(lived: tuple[Office, UUID]) -> None:
    office, instance_id = lived
    other = office.start()
    with clock.frozen_at(clock.from_text(LIMIT_AT)):
        fire_due(office.dispatcher)
    with office.dispatcher.database.connect() as connection:
        outcomes = {outcome.instance_id: outcome for outcome in verify_all(connection, fresh_definitions())}
        assert set(outcomes) == {instance_id, other}
        assert all(outcome.difference is None for outcome in outcomes.values())


def test_entries_and_states_stored_before_packing_still_verify(lived: tuple[Office, UUID]) -> None:
    office, instance_id = lived
    database = office.dispatcher.database
    with database.begin() as connection:
        unprotected(connection)
        for row in connection.execute(select(journal).where(journal.c.instance_id == instance_id)).all():
            change(connection, instance_id, row.sequence, "document", unpack(row.document))
        state = connection.scalar(
            select(process_instance.c.state).where(process_instance.c.id == instance_id)
        )
        connection.execute(
            process_instance.update()
            .where(process_instance.c.id == instance_id)
            .values(state=zstandard.compress(unpack(state or b"")))
        )
    with reading(database) as connection:
        assert verify_instance(connection, fresh_definitions(), instance_id).difference is None
        entries = read_journal(connection, instance_id)
        assert find_by_command(connection, entries[2].command_id) == entries[2]
