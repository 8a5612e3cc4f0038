"""Cycles after an outage: fired once and moved on, or each tick for itself; the due time is the effective time."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, select

from engine import clock
from engine.actors import SYSTEM
from engine.commands import CancelInstance, StartInstance
from engine.database import reading
from engine.definitions.resources import ModelResources
from engine.dispatch import Dispatcher
from engine.history.journal import read_journal
from engine.history.verify import verify_instance
from engine.ids import new_id
from engine.service_tasks import ServiceTaskHandlers
from engine.spiff import LateCycles
from engine.tables import metadata, timer
from engine.timers.due import fire_due
from tests.drawing import end, flows, model, start, user_task

MONDAY = datetime(2026, 6, 15, 1, tzinfo=UTC)

NAGGING = model(
    start(),
    user_task("work"),
    '<bpmn:boundaryEvent id="nag" attachedToRef="work" cancelActivity="false"><bpmn:timerEventDefinition>'
    "<bpmn:timeCycle>R5/P1D</bpmn:timeCycle></bpmn:timerEventDefinition></bpmn:boundaryEvent>",
    end("nagged"),
    end(),
    flows("begin", "work", "finish"),
    flows("nag", "nagged"),
)


def begin(database: Engine, late_cycles: LateCycles) -> tuple[Dispatcher, UUID]:
    metadata.create_all(database)
    dispatcher = Dispatcher(database, handlers=ServiceTaskHandlers(), late_cycles=late_cycles)
    definition_hash = dispatcher.deploy(ModelResources(bpmn=NAGGING), actor=SYSTEM)
    instance_id = new_id()
    dispatcher.execute(
        StartInstance(
            command_id=new_id(),
            actor=SYSTEM,
            instance_id=instance_id,
            definition_hash=definition_hash,
            business_key="x",
        )
    )
    return dispatcher, instance_id


def fire_all(dispatcher: Dispatcher) -> int:
    fired = 0
    while round_ := fire_due(dispatcher).fired:
        fired += round_
    return fired


def waiting(dispatcher: Dispatcher) -> list[datetime]:
    with reading(dispatcher.database) as connection:
        return list(connection.scalars(select(timer.c.due_at).where(timer.c.status == "waiting")))


@pytest.mark.parametrize(("late_cycles", "expected"), [(LateCycles.FIRE_ONCE, 1), (LateCycles.FIRE_EACH, 3)])
def test_after_an_outage_of_three_days(database: Engine, late_cycles: LateCycles, expected: int) -> None:
    with clock.frozen_at(MONDAY):
        dispatcher, instance_id = begin(database, late_cycles)
    with clock.frozen_at(MONDAY + timedelta(days=3, hours=2)):
        assert fire_all(dispatcher) == expected
        assert waiting(dispatcher) == [MONDAY + timedelta(days=4)]
        with reading(database) as connection:
            entries = read_journal(connection, instance_id)
            assert verify_instance(connection, dispatcher.definitions, instance_id).difference is None
        assert [entry.effective_at for entry in entries[1:]] == [
            MONDAY + timedelta(days=day + 1) for day in range(expected)
        ]
        fired_at = {entry.payload["fired_at"] for entry in entries[1:]}
        assert fired_at == {clock.to_text(MONDAY + timedelta(days=3, hours=2))}
    with clock.frozen_at(MONDAY + timedelta(days=9)):
        fire_all(dispatcher)
        assert waiting(dispatcher) == []


def test_a_cycle_on_time_ticks_as_often_as_it_says(database: Engine) -> None:
    with clock.frozen_at(MONDAY):
        dispatcher, _ = begin(database, LateCycles.FIRE_ONCE)
    ticks = []
    for day in range(1, 9):
        with clock.frozen_at(MONDAY + timedelta(days=day)):
            ticks.append(fire_all(dispatcher))
    assert ticks == [1, 1, 1, 1, 1, 0, 0, 0]


PAST = model(
    start(),
    user_task("work"),
    '<bpmn:boundaryEvent id="limit" attachedToRef="work"><bpmn:timerEventDefinition>'
    "<bpmn:timeDate>=deadline</bpmn:timeDate></bpmn:timerEventDefinition></bpmn:boundaryEvent>",
    '<bpmn:intermediateCatchEvent id="week" name="week"><bpmn:timerEventDefinition>'
    "<bpmn:timeDuration>P7D</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>",
    end(),
    flows("begin", "work", "finish"),
    flows("limit", "week", "finish"),
)


def test_a_date_that_has_passed_fires_now_and_never_turns_the_clock_back(database: Engine) -> None:
    metadata.create_all(database)
    dispatcher = Dispatcher(database, handlers=ServiceTaskHandlers())
    definition_hash = dispatcher.deploy(ModelResources(bpmn=PAST), actor=SYSTEM)
    instance_id = new_id()
    with clock.frozen_at(MONDAY):
        dispatcher.execute(
            StartInstance(
                command_id=new_id(),
                actor=SYSTEM,
                instance_id=instance_id,
                definition_hash=definition_hash,
                business_key="x",
                variables={"deadline": "2026-06-01T00:00:00Z"},
            )
        )
        assert fire_all(dispatcher) == 1
        assert waiting(dispatcher) == [MONDAY + timedelta(days=7)]
        with reading(database) as connection:
            entries = read_journal(connection, instance_id)
            assert verify_instance(connection, dispatcher.definitions, instance_id).difference is None
    assert [entry.effective_at for entry in entries] == [MONDAY, MONDAY]


def test_a_clock_that_steps_back_does_not_take_the_instance_with_it(database: Engine) -> None:
    with clock.frozen_at(MONDAY):
        dispatcher, instance_id = begin(database, LateCycles.FIRE_ONCE)
    with clock.frozen_at(MONDAY - timedelta(hours=1)):
        dispatcher.execute(
            CancelInstance(command_id=new_id(), actor=SYSTEM, instance_id=instance_id, reason="x")
        )
    with reading(database) as connection:
        assert [entry.effective_at for entry in read_journal(connection, instance_id)] == [MONDAY, MONDAY]
