"""Instances that wait for nothing: never made, but found when somebody has damaged rows."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, delete, update

from engine import clock
from engine.actors import SYSTEM
from engine.database import reading
from engine.definitions.resources import ModelResources
from engine.errors import StepFailed
from engine.instances.stuck import StuckInstance, StuckKind, find_stuck
from engine.tables import (
    inbox,
    incident,
    message_subscription,
    process_instance,
    signal_subscription,
    timer,
    user_task,
)
from engine.timers.due import fire_due
from tests.drawing import catch, end, flows, message, model, named, of, start, when
from tests.integration.engine.office import REMIND_AT, Office


def found(office: Office, **how: Any) -> list[StuckInstance]:
    with reading(office.dispatcher.database) as connection:
        return find_stuck(connection, office.dispatcher.definitions, **how)


def damage(database: Engine, *statements: Any) -> None:
    with database.begin() as connection:
        for statement in statements:
            connection.execute(statement)


def remove_waiting(database: Engine, instance_id: UUID) -> None:
    """Remove every row that says what an instance waits for."""
    damage(
        database,
        *(
            delete(table).where(table.c.instance_id == instance_id)
            for table in (inbox, user_task, timer, message_subscription)
        ),
    )


def deploy(office: Office, *parts: str, messages: str = "") -> None:
    resources = ModelResources(bpmn=model(*parts, process="waiting", messages=messages))
    office.definition_hash = office.dispatcher.deploy(resources, actor=SYSTEM)


def test_sound_instances_are_not_stuck_whatever_they_wait_for(office: Office) -> None:
    office.start()
    ended = office.start()
    office.complete(ended)
    office.complete(ended, approval="yes")
    for messages, definition in (
        (message("asked", "ask", "key"), of("message", "asked")),
        (named("signal", "called", "all_called"), of("signal", "called")),
        ("", when("ready = true")),
    ):
        parts = (start(), catch("wait", definition), end(), flows("begin", "wait", "finish"))
        deploy(office, *parts, messages=messages)
        office.start()
    assert found(office) == found(office, thorough=True) == []


def test_an_instance_without_anything_to_wait_for_is_found(office: Office, database: Engine) -> None:
    stuck = office.start()
    office.start()
    remove_waiting(database, stuck)
    (one,) = found(office)
    assert (one.instance_id, one.kind, one.elements) == (stuck, StuckKind.NOTHING_AWAITED, ("request",))
    assert set(one.missing) == {
        "user task request",
        "timer reminder",
        "timer limit",
        "message request_recalled at recall",
    }
    assert (one.process_key, one.business_key) == ("approval", "request 0")
    assert found(office, thorough=True) == [one]
    assert len(found(office, limit=0)) == 0


def test_a_lost_subscription_is_found(office: Office, database: Engine) -> None:
    roots = named("signal", "called", "all_called") + message("asked", "ask", "key")
    for table, kind, reference in (
        (signal_subscription, "signal", "called"),
        (message_subscription, "message", "asked"),
    ):
        parts = (start(), catch("wait", of(kind, reference)), end(), flows("begin", "wait", "finish"))
        deploy(office, *parts, messages=roots)
        instance_id = office.start()
        damage(database, delete(table).where(table.c.instance_id == instance_id))
    assert {each.missing for each in found(office)} == {
        ("signal all_called at wait",),
        ("message ask at wait",),
    }


def test_what_is_lost_beside_something_else_is_found_by_a_thorough_look(
    office: Office, database: Engine
) -> None:
    instance_id = office.start()
    damage(database, delete(timer).where(timer.c.element_id == "limit"), delete(inbox))
    assert found(office) == []
    (one,) = found(office, thorough=True)
    assert (one.instance_id, one.kind, one.missing) == (
        instance_id,
        StuckKind.ROWS_MISSING,
        ("work list of user task request", "timer limit"),
    )


def test_a_failed_timer_needs_an_open_incident(office: Office, database: Engine) -> None:
    with clock.frozen_at(clock.from_text(REMIND_AT)):
        office.start()
        office.switch.failing = True
        assert fire_due(office.dispatcher).failed == 1  # the reminder's filing
    assert found(office) == []
    damage(database, delete(incident))
    (one,) = found(office)
    assert (one.kind, one.elements) == (StuckKind.TIMER_FAILED, ("reminder",))


def test_an_open_incident_explains_it(office: Office, database: Engine) -> None:
    instance_id = office.start()
    office.switch.failing = True
    with pytest.raises(StepFailed):
        office.complete(instance_id)
    remove_waiting(database, instance_id)
    assert found(office) == []


def test_a_state_that_cannot_be_read_is_told(office: Office, database: Engine) -> None:
    instance_id = office.start()
    damage(database, update(process_instance).values(state=b"not packed"))
    assert found(office) == []
    remove_waiting(database, instance_id)
    for thorough in (False, True):
        (one,) = found(office, thorough=thorough)
        assert one.kind is StuckKind.STATE_UNREADABLE
