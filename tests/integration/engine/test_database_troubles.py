"""What is nobody's mistake is tried again or told to be tried again; nothing is written half or twice."""

import threading
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, event, func, select, text
from sqlalchemy.exc import DBAPIError

from engine.actors import SYSTEM
from engine.commands import CancelInstance
from engine.database import DatabaseSettings, Trouble, open_database, reading, trouble_of
from engine.definitions.resources import ModelResources
from engine.dispatch import ATTEMPTS, Dispatcher, Recorded
from engine.errors import Busy, Rejection
from engine.history.journal import read_journal
from engine.history.verify import verify_all
from engine.ids import new_id
from engine.service_tasks import ServiceCall, ServiceTaskHandlers
from engine.tables import incident, metadata, process_instance
from tests.integration.engine.office import APPROVAL, Office, Switch

SHORT = DatabaseSettings(
    pool_size=2, pool_overflow=0, pool_timeout=1, lock_timeout=1, statement_timeout=2, idle_timeout=2
)

Happening = Callable[[Recorded], None]


@pytest.fixture
def impatient(database_url: str) -> Iterator[Engine]:
    """A database whose limits are short."""
    yield from opened(database_url)


@pytest.fixture
def impatient_postgres(postgres_url: str) -> Iterator[Engine]:
    """The same, PostgreSQL only."""
    yield from opened(postgres_url)


def opened(url: str) -> Iterator[Engine]:
    database = open_database(url, SHORT)
    metadata.create_all(database)
    yield database
    database.dispose()


def office_in(
    database: Engine,
    *,
    during: Happening | None = None,
    in_handler: Callable[[ServiceCall], None] | None = None,
) -> Office:
    handlers = ServiceTaskHandlers()

    def file(call: ServiceCall) -> dict[str, Any]:
        if in_handler is not None:
            in_handler(call)
        return {}

    handlers.register("file", file)
    listeners = [] if during is None else [during]
    dispatcher = Dispatcher(database, handlers=handlers, listeners=listeners)
    return Office(dispatcher, dispatcher.deploy(ModelResources(bpmn=APPROVAL), actor=SYSTEM), Switch())


def cancel(instance_id: UUID) -> CancelInstance:
    return CancelInstance(command_id=new_id(), actor=SYSTEM, instance_id=instance_id, reason="x")


def sequence_of(database: Engine, instance_id: UUID) -> int:
    with reading(database) as connection:
        entries = read_journal(connection, instance_id)
        assert [entry.sequence for entry in entries] == list(range(1, len(entries) + 1))
        return len(entries)


def terminate(database: Engine, process_id: int) -> None:
    """Let the server end a connection, as when it is restarted or the network fails."""
    with database.begin() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:id)"), {"id": process_id})


def test_the_server_knows_the_limits(impatient_postgres: Engine) -> None:
    with impatient_postgres.connect() as connection:
        shown = {
            name: connection.scalar(text(f"SHOW {name}"))
            for name in (
                "lock_timeout",
                "statement_timeout",
                "idle_in_transaction_session_timeout",
                "application_name",
                "timezone",
            )
        }
    assert shown == {
        "lock_timeout": "1s",
        "statement_timeout": "2s",
        "idle_in_transaction_session_timeout": "2s",
        "application_name": "sauro",
        "timezone": "UTC",
    }


def test_what_the_address_names_comes_first(postgres_url: str) -> None:
    database = open_database(
        f"{postgres_url}&application_name=mine&options=-c%20statement_timeout%3D7s", SHORT
    )
    with database.connect() as connection:
        assert connection.scalar(text("SHOW application_name")) == "mine"
        assert connection.scalar(text("SHOW statement_timeout")) == "7s"
        assert connection.scalar(text("SHOW lock_timeout")) == "1s"
    database.dispose()


def test_sqlite_waits_as_long_as_it_is_told(sqlite_url: str) -> None:
    database = open_database(sqlite_url, SHORT)
    with database.connect() as connection:
        assert connection.scalar(text("PRAGMA busy_timeout")) == 1000
    database.dispose()


def test_who_waits_too_long_for_a_lock_is_told_to_come_again(impatient: Engine) -> None:
    office = office_in(impatient)
    instance_id = office.start()
    command = cancel(instance_id)
    with impatient.begin() as holder:
        holder.execute(
            select(process_instance.c.id).where(process_instance.c.id == instance_id).with_for_update()
        )
        with pytest.raises(Busy) as told:
            office.dispatcher.execute(command)
    assert told.value.params["trouble"] == "timeout"
    assert sequence_of(impatient, instance_id) == 1
    assert not office.dispatcher.execute(command).repeated
    assert sequence_of(impatient, instance_id) == 2


def test_who_finds_no_free_connection_is_told_to_come_again(impatient: Engine) -> None:
    office = office_in(impatient)
    instance_id = office.start()
    with impatient.connect(), impatient.connect(), pytest.raises(Busy):
        office.dispatcher.execute(cancel(instance_id))
    assert sequence_of(impatient, instance_id) == 1


def test_a_statement_that_takes_too_long_is_ended(impatient_postgres: Engine) -> None:
    naps = iter([0, 60, 0])

    def nap(recorded: Recorded) -> None:
        recorded.connection.execute(text("SELECT pg_sleep(:seconds)"), {"seconds": next(naps)})

    office = office_in(impatient_postgres, during=nap)
    instance_id = office.start()
    command = cancel(instance_id)
    with pytest.raises(Busy):
        office.dispatcher.execute(command)
    assert not office.dispatcher.execute(command).repeated


def test_a_connection_lost_in_the_middle_is_replaced(impatient_postgres: Engine) -> None:
    losing = {"left": 0}

    def lose(recorded: Recorded) -> None:
        if losing["left"]:
            losing["left"] -= 1
            process_id = recorded.connection.scalar(text("SELECT pg_backend_pid()"))
            terminate(impatient_postgres, int(process_id or 0))
            recorded.connection.execute(text("SELECT 1"))

    office = office_in(impatient_postgres, during=lose)
    instance_id = office.start()
    losing["left"] = ATTEMPTS
    command = cancel(instance_id)
    with pytest.raises(Busy) as told:
        office.dispatcher.execute(command)
    assert told.value.params["trouble"] == "lost"
    assert sequence_of(impatient_postgres, instance_id) == 1
    losing["left"] = ATTEMPTS - 1
    assert not office.dispatcher.execute(command).repeated
    assert sequence_of(impatient_postgres, instance_id) == 2


def test_a_command_that_was_committed_when_the_connection_was_lost_gives_its_first_answer(
    impatient_postgres: Engine,
) -> None:
    office = office_in(impatient_postgres)
    instance_id = office.start()
    losing = [True]

    def commit_and_lose(connection: Any) -> None:
        if losing:
            losing.clear()
            connection.connection.dbapi_connection.commit()
            connection.connection.dbapi_connection.close()

    event.listen(impatient_postgres, "commit", commit_and_lose)
    command = cancel(instance_id)
    answer = office.dispatcher.execute(command)
    assert not losing
    assert answer.repeated
    assert answer.events == office.dispatcher.execute(command).events
    assert sequence_of(impatient_postgres, instance_id) == 2


def test_the_one_that_a_deadlock_ends_is_tried_again(impatient_postgres: Engine) -> None:
    meeting = threading.Barrier(2)
    met = threading.local()

    def meet(recorded: Recorded) -> None:
        if isinstance(recorded.command, CancelInstance) and not getattr(met, "once", False):
            met.once = True
            meeting.wait(10)

    patient = open_database(str(impatient_postgres.url.render_as_string(hide_password=False)))
    office = office_in(patient, during=meet)
    first, second = office.start(), office.start()
    failures: list[Rejection] = []

    def both(*instances: UUID) -> None:
        try:
            office.dispatcher.execute_batch([cancel(instance_id) for instance_id in instances])
        except Rejection as failure:
            failures.append(failure)

    threads = [threading.Thread(target=both, args=order) for order in ((first, second), (second, first))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    # one cancels both; the other finds them cancelled, as it would have one after the other
    assert [type(failure).__name__ for failure in failures] == ["InstanceNotActive"]
    assert [sequence_of(patient, instance_id) for instance_id in (first, second)] == [2, 2]
    patient.dispose()


def test_trouble_within_a_handler_leaves_no_incident(impatient_postgres: Engine) -> None:
    troubled = [True]

    def look(call: ServiceCall) -> None:
        if troubled:
            call.connection.execute(text("SELECT pg_sleep(60)"))

    office = office_in(impatient_postgres, in_handler=look)
    instance_id = office.start()
    with pytest.raises(Busy):
        office.complete(instance_id)
    with reading(impatient_postgres) as connection:
        assert connection.scalar(select(func.count()).select_from(incident)) == 0
    troubled.clear()
    office.complete(instance_id)


def test_a_transaction_that_hangs_is_ended_by_the_server_and_others_go_on(postgres_url: str) -> None:
    hanging = open_database(postgres_url, DatabaseSettings(idle_timeout=1))
    patient = open_database(postgres_url, DatabaseSettings(lock_timeout=20))
    metadata.create_all(patient)
    office = office_in(patient)
    instance_id = office.start()
    connection = hanging.connect()
    connection.begin()
    connection.execute(
        select(process_instance.c.id).where(process_instance.c.id == instance_id).with_for_update()
    )
    assert not office.dispatcher.execute(cancel(instance_id)).repeated
    with pytest.raises(DBAPIError) as ended:
        connection.execute(text("SELECT 1"))
    assert trouble_of(ended.value) is Trouble.LOST
    connection.invalidate()
    connection.close()
    hanging.dispose()
    patient.dispose()


def test_a_mistake_is_no_trouble(database: Engine) -> None:
    with database.connect() as connection, pytest.raises(DBAPIError) as mistake:
        connection.execute(text("SELECT nothing FROM nowhere"))
    assert trouble_of(mistake.value) is None
    assert trouble_of(ValueError("x")) is None


def test_a_server_that_is_not_there_is_trouble() -> None:
    database = open_database("postgresql+psycopg://127.0.0.1:1/x")
    with pytest.raises(DBAPIError) as missing:
        database.connect()
    assert trouble_of(missing.value) is Trouble.LOST


def test_a_reader_sees_one_state_while_commands_go_on(database: Engine) -> None:
    metadata.create_all(database)
    office = office_in(database)
    instance_id = office.start()
    with reading(database) as connection:
        before = read_journal(connection, instance_id)
        office.complete(instance_id)
        assert read_journal(connection, instance_id) == before
        assert [each.difference for each in verify_all(connection, office.dispatcher.definitions)] == [None]
