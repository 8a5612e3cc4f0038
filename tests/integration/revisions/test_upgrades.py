"""From every revision forward, with what its code wrote: histories hold and instances are played on."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from engine import clock
from engine.actors import SYSTEM
from engine.commands import CorrelateMessage, RetryIncident
from engine.database import reading
from engine.dispatch import Dispatcher
from engine.history.verify import verify_all
from engine.ids import new_id
from engine.outbox import OutboxMessage, deliver_due
from engine.tables import definition, incident, message_subscription, outbox, process_instance, user_task
from engine.timers.due import fire_due, waiting_count
from processes.schema import differences, status, upgrade
from tests.integration.engine.office import Office, Switch
from tests.integration.revisions.record import MONDAY, registered
from tests.integration.revisions.stages import ROWS, build, revisions


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
    assert {"0003", "0004", "0008"} <= recorded <= set(revisions())


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


def play_on(office: Office) -> None:
    dispatcher = office.dispatcher
    with reading(dispatcher.database) as connection:
        open_tasks = connection.execute(
            select(user_task.c.instance_id, user_task.c.element_id).where(user_task.c.status == "open")
        ).all()
        failed = connection.scalars(select(incident.c.id)).one()
        keys = connection.scalars(select(message_subscription.c.correlation_key)).all()
        kept = connection.scalars(select(outbox.c.message_key).order_by(outbox.c.id)).all()
    assert len(open_tasks) == 3
    dispatcher.execute(RetryIncident(command_id=new_id(), actor=SYSTEM, incident_id=failed))
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
