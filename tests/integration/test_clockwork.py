"""The clock runs by itself: it wakes for the next due timer, in any process (DESIGN §5)."""

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from engine import clock
from engine.actors import SYSTEM
from engine.commands import StartInstance
from engine.definitions.resources import ModelResources
from engine.dispatch import Dispatcher
from engine.ids import new_id
from engine.service_tasks import ServiceTaskHandlers
from engine.tables import metadata, timer
from engine.timers.clockwork import Clockwork
from tests.drawing import end, flows, model, start, user_task
from tests.drawing import timer as boundary_timer

WAITING = model(
    start(),
    user_task("work"),
    boundary_timer("limit", "work", "limit_at", interrupting=True),
    end("expired"),
    end(),
    flows("begin", "work", "finish"),
    flows("limit", "expired"),
)


@pytest.fixture
def begin(database: Engine) -> tuple[Dispatcher, Callable[[float], None]]:
    """A dispatcher, and what starts an instance whose timer is due in so many seconds."""
    metadata.create_all(database)
    dispatcher = Dispatcher(database, handlers=ServiceTaskHandlers())
    definition_hash = dispatcher.deploy(ModelResources(bpmn=WAITING), actor=SYSTEM)

    def start_one(seconds: float) -> None:
        dispatcher.execute(
            StartInstance(
                command_id=new_id(),
                actor=SYSTEM,
                instance_id=new_id(),
                definition_hash=definition_hash,
                business_key="waits",
                variables={"limit_at": clock.to_text(clock.now() + timedelta(seconds=seconds))},
            )
        )

    return dispatcher, start_one


def statuses(database: Engine) -> list[str]:
    with database.connect() as connection:
        return sorted(connection.scalars(select(timer.c.status)))


def wait_until_fired(database: Engine, count: int) -> None:
    limit = time.monotonic() + 30
    while statuses(database).count("fired") < count and time.monotonic() < limit:
        time.sleep(0.05)


def test_it_fires_what_is_due_and_wakes_for_what_comes_next(
    database: Engine, begin: tuple[Dispatcher, Callable[[float], None]]
) -> None:
    dispatcher, start_one = begin
    start_one(-60)
    start_one(0.5)
    start_one(3600)
    clockwork = Clockwork(dispatcher, {})
    clockwork.start()
    try:
        wait_until_fired(database, 2)
    finally:
        clockwork.stop()
    assert statuses(database) == ["fired", "fired", "waiting"]


def test_two_clocks_fire_each_timer_once(
    database: Engine, begin: tuple[Dispatcher, Callable[[float], None]]
) -> None:
    dispatcher, start_one = begin
    for _ in range(8):
        start_one(-1)
    clocks = [Clockwork(dispatcher, {}) for _ in range(2)]
    for each in clocks:
        each.start()
    try:
        wait_until_fired(database, 8)
    finally:
        for each in clocks:
            each.stop()
    assert statuses(database) == ["fired"] * 8
