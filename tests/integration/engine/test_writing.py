"""What a command writes travels to PostgreSQL together; what goes wrong on the way is told as ever."""

import tempfile
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Column, Connection, Engine, MetaData, Table, Uuid, delete, func, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from engine.actors import SYSTEM
from engine.commands import CompleteUserTask
from engine.database import UNREAD, Trouble, open_database, reading, trouble_of, writing
from engine.definitions.resources import ModelResources
from engine.dispatch import Dispatcher, Listener, Recorded
from engine.ids import new_id
from engine.service_tasks import ServiceTaskHandlers
from engine.tables import journal, metadata
from tests.integration.engine.office import APPROVAL, CLERK, Office, Switch

NOTES = MetaData()
note = Table("note", NOTES, Column("id", Uuid, primary_key=True))


@pytest.fixture
def postgres(postgres_url: str) -> Iterator[Engine]:
    """An open PostgreSQL database with the engine's tables."""
    opened = open_database(postgres_url)
    metadata.create_all(opened)
    NOTES.create_all(opened)
    yield opened
    opened.dispose()


@pytest.fixture
def either(database: Engine) -> Engine:
    """An open database of either kind with a table of notes."""
    NOTES.create_all(database)
    return database


def send(connection: Connection, *identifiers: UUID) -> None:
    """Send notes one after the other, without reading what becomes of them."""
    for identifier in identifiers:
        connection.execute(insert(note).values(id=identifier).execution_options(**UNREAD))


def count(connection: Connection) -> int:
    return connection.scalar(select(func.count()).select_from(note)) or 0


def kept(database: Engine) -> int:
    with reading(database) as connection:
        return count(connection)


def write(database: Engine, *identifiers: UUID) -> None:
    with writing(database) as connection:
        send(connection, *identifiers)


def write_and_count(database: Engine, *identifiers: UUID) -> int:
    with writing(database) as connection:
        send(connection, *identifiers)
        return count(connection)


def write_and_fail(database: Engine, *identifiers: UUID) -> None:
    with writing(database) as connection:
        send(connection, *identifiers)
        raise KeyError


def office_in(database: Engine, *listeners: Listener) -> Office:
    handlers = ServiceTaskHandlers()
    handlers.register("file", lambda call: {})
    dispatcher = Dispatcher(database, handlers=handlers, listeners=listeners)
    return Office(dispatcher, dispatcher.deploy(ModelResources(bpmn=APPROVAL), actor=SYSTEM), Switch())


def completion(office: Office, instance_id: UUID) -> CompleteUserTask:
    return CompleteUserTask(
        command_id=new_id(), actor=CLERK, task_id=office.open_task(instance_id), variables={}
    )


def test_what_nobody_reads_is_written_with_the_rest(either: Engine) -> None:
    assert write_and_count(either, new_id(), new_id(), new_id()) == 3
    assert kept(either) == 3


def test_an_exception_takes_back_what_was_sent(either: Engine) -> None:
    with pytest.raises(KeyError):
        write_and_fail(either, new_id())
    assert kept(either) == 0


def test_an_identifier_used_twice_is_told_by_the_commit_at_the_latest(either: Engine) -> None:
    identifier = new_id()
    with pytest.raises(IntegrityError):
        write(either, identifier, identifier)
    assert kept(either) == 0


def test_an_identifier_used_twice_is_told_by_what_is_read_next(either: Engine) -> None:
    identifier = new_id()
    write(either, identifier)
    with pytest.raises(IntegrityError):
        write_and_count(either, new_id(), identifier)
    assert kept(either) == 1


def test_who_fails_while_a_failure_is_on_its_way_leaves_a_usable_connection(either: Engine) -> None:
    identifier = new_id()
    write(either, identifier)
    with pytest.raises((KeyError, IntegrityError)):
        write_and_fail(either, new_id(), identifier, new_id())
    write(either, new_id())
    assert kept(either) == 2


def test_a_statement_that_is_read_counts_its_rows(either: Engine) -> None:
    with writing(either) as connection:
        send(connection, new_id(), new_id())
        assert connection.execute(delete(note)).rowcount == 2


def test_a_completion_is_a_handful_of_round_trips(postgres: Engine) -> None:
    office = office_in(postgres)
    instance_id = office.start()
    office.complete(instance_id)
    office.complete(instance_id)
    command = completion(office, instance_id)
    with tempfile.TemporaryFile("w+") as log:
        with postgres.connect() as connection:
            driver: Any = connection.connection.dbapi_connection
            driver.pgconn.trace(log.fileno())
        office.dispatcher.execute(command)
        driver.pgconn.untrace()
        log.seek(0)
        answers = log.read().count("ReadyForQuery")
    # BEGIN and the instance under lock, with its task; all that is written and COMMIT; leaving the pipeline
    assert answers == 3
    assert office.verify(instance_id) == 4


def test_a_journal_that_refuses_an_entry_lets_the_command_be_tried_again(either: Engine) -> None:
    metadata.create_all(either)
    taken: list[UUID] = []

    def take(recorded: Recorded) -> None:
        """Write an entry under the identifier, as another process would that was a moment faster."""
        if recorded.command.command_id in taken:
            taken.clear()
            recorded.connection.execute(
                insert(journal)
                .values(
                    instance_id=recorded.instance.id,
                    sequence=99,
                    command_id=recorded.command.command_id,
                    document=b"",
                    entry_hash="",
                )
                .execution_options(**UNREAD)
            )

    office = office_in(either, take)
    instance_id = office.start()
    command = completion(office, instance_id)
    taken.append(command.command_id)
    assert not office.dispatcher.execute(command).repeated
    assert not taken
    assert office.dispatcher.execute(command).repeated
    assert office.verify(instance_id) == 2


def terminate(database: Engine, process_id: int) -> None:
    """Let the server end a connection, and wait until it has."""
    other = open_database(database.url.render_as_string(hide_password=False))
    with other.connect() as connection:
        assert connection.scalar(text("SELECT pg_terminate_backend(:id, 5000)"), {"id": process_id})
    other.dispose()


def terminate_next(database: Engine) -> None:
    """End the connection that comes out of the pool next."""
    with database.connect() as connection:
        process_id = connection.scalar(text("SELECT pg_backend_pid()"))
    terminate(database, process_id or 0)


def test_a_connection_lost_after_the_commit_was_answered_takes_nothing_back(
    postgres: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = postgres.dialect.do_commit

    def commit_and_lose(driver: Any) -> None:
        commit(driver)
        terminate(postgres, driver.dbapi_connection.info.backend_pid)

    with monkeypatch.context() as patch:
        patch.setattr(postgres.dialect, "do_commit", commit_and_lose)
        write(postgres, new_id())
    assert kept(postgres) == 1
    write(postgres, new_id())
    assert kept(postgres) == 2


def test_the_transaction_after_one_that_failed_is_one(postgres: Engine) -> None:
    """No transaction leaves a connection behind in which every statement would be committed by itself."""
    with pytest.raises(KeyError):
        write_and_fail(postgres, new_id())
    with pytest.raises(KeyError), postgres.begin() as connection:
        fail_after(connection)
    assert kept(postgres) == 0


def fail_after(connection: Connection) -> None:
    send(connection, new_id())
    raise KeyError


def test_a_connection_that_has_rested_is_asked_before_it_is_used(
    postgres: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.database.PING_AFTER", 0.0)
    terminate_next(postgres)
    assert write_and_count(postgres) == 0


def test_a_connection_that_was_just_used_is_not_and_its_loss_is_told(
    postgres: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.database.PING_AFTER", 3600.0)
    terminate_next(postgres)
    with pytest.raises(DBAPIError) as lost:
        write_and_count(postgres)
    assert trouble_of(lost.value) is Trouble.LOST
    assert write_and_count(postgres) == 0
