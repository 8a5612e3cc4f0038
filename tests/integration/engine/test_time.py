"""Time that can be trusted: outages, clocks that step back, month ends, and instants far away (DESIGN §5)."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import Engine, select, text

from engine import clock
from engine.actors import SYSTEM, Actor
from engine.commands import CompleteUserTask, StartInstance
from engine.database import reading
from engine.definitions.resources import ModelResources
from engine.dispatch import Dispatcher
from engine.history.journal import read_journal
from engine.history.verify import verify_all
from engine.ids import new_id
from engine.outbox import OutboxMessage, OutboxWriter
from engine.service_tasks import ServiceTaskHandlers
from engine.tables import metadata, timer, user_task
from engine.timers import clockwork
from engine.timers.audit import audit_timers
from engine.timers.clockwork import Clockwork
from engine.timers.due import CLAIM, claim_due, fire_due, next_due_at
from engine.writes import Writes
from tests.drawing import end, flows, model, start
from tests.drawing import user_task as user

CLERK = Actor(key="u:clerk", groups=frozenset({"clerks"}))
MONDAY = datetime(2026, 6, 15, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def boundary(element_id: str, kind: str, written: str, *, interrupting: bool = False) -> str:
    return (
        f'<bpmn:boundaryEvent id="{element_id}" attachedToRef="work" '
        f'cancelActivity="{"true" if interrupting else "false"}"><bpmn:timerEventDefinition>'
        f"<bpmn:{kind}>{written}</bpmn:{kind}></bpmn:timerEventDefinition></bpmn:boundaryEvent>"
    )


def waiting_for(*timers: str) -> bytes:
    """Return a process whose one task has non-interrupting timers ``(id, kind, written)``."""
    return model(
        start(),
        user("work"),
        *timers,
        end("noted"),
        end(),
        flows("begin", "work", "finish"),
        *(flows(each.split('"')[1], "noted") for each in timers),
    )


class Timekeeper:
    """A dispatcher with one model."""

    def __init__(self, database: Engine) -> None:
        metadata.create_all(database)
        self.database = database
        self.dispatcher = Dispatcher(database, handlers=ServiceTaskHandlers())

    def start(self, content: bytes, **variables: str) -> UUID:
        definition_hash = self.dispatcher.deploy(ModelResources(bpmn=content), actor=SYSTEM)
        instance_id = new_id()
        self.dispatcher.execute(
            StartInstance(
                command_id=new_id(),
                actor=SYSTEM,
                instance_id=instance_id,
                definition_hash=definition_hash,
                business_key=f"{instance_id}",
                variables=variables,
            )
        )
        return instance_id

    def complete(self, instance_id: UUID) -> None:
        with reading(self.database) as connection:
            task_id = connection.scalars(
                select(user_task.c.id).where(
                    user_task.c.instance_id == instance_id, user_task.c.status == "open"
                )
            ).one()
        self.dispatcher.execute(CompleteUserTask(command_id=new_id(), actor=CLERK, task_id=task_id))

    def fired(self, instance_id: UUID) -> list[tuple[str, datetime]]:
        """Return what fired, in the order of the journal, and the instant each acted at."""
        with reading(self.database) as connection:
            elements = {
                str(row.id): row.element_id
                for row in connection.execute(select(timer.c.id, timer.c.element_id))
            }
            return [
                (elements[entry.payload["timer_id"]], entry.effective_at)
                for entry in read_journal(connection, instance_id)
                if entry.command == "fire_timer.v1"
            ]

    def due(self, instance_id: UUID) -> list[datetime]:
        with reading(self.database) as connection:
            return list(
                connection.scalars(
                    select(timer.c.due_at)
                    .where(timer.c.instance_id == instance_id, timer.c.status == "waiting")
                    .order_by(timer.c.due_at)
                )
            )

    def ticks(self, instance_id: UUID, number: int) -> list[str]:
        """Let a cycle tick on time; return the local times of its ticks."""
        seen = []
        for _ in range(number):
            (due_at,) = self.due(instance_id)
            seen.append(f"{due_at.astimezone(clock.BUSINESS_ZONE):%Y-%m-%d %H:%M}")
            with clock.frozen_at(due_at):
                assert fire_due(self.dispatcher).fired == 1
        return seen


@pytest.fixture
def keeper(database: Engine) -> Iterator[Timekeeper]:
    """An engine; whatever a test does is verified by execution."""
    made = Timekeeper(database)
    yield made
    with reading(database) as connection:
        for verified in verify_all(connection, made.dispatcher.definitions):
            assert verified.difference is None


# --- outages


OUTAGE = waiting_for(
    boundary("every_6_hours", "timeCycle", "R/PT6H"),
    boundary("late", "timeDate", "=late_at"),
    boundary("early", "timeDate", "=early_at"),
    boundary("next_week", "timeDate", "=next_week_at"),
)


@pytest.mark.parametrize("workers", [1, 3])
def test_after_an_outage_of_a_day_all_fire_once_and_in_order(keeper: Timekeeper, workers: int) -> None:
    with clock.frozen_at(MONDAY):
        instances = [
            keeper.start(
                OUTAGE,
                early_at=clock.to_text(MONDAY + 2 * HOUR),
                late_at=clock.to_text(MONDAY + 20 * HOUR),
                next_week_at=clock.to_text(MONDAY + 7 * DAY),
            )
            for _ in range(6)
        ]

    def work(_worker: int) -> int:
        fired = 0
        with clock.frozen_at(MONDAY + DAY + HOUR):
            while round_ := fire_due(keeper.dispatcher, limit=2).handled:
                fired += round_
        return fired

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, range(workers)))
    with clock.frozen_at(MONDAY + DAY + HOUR + CLAIM):
        assert fire_due(keeper.dispatcher).handled == 0
    for instance_id in instances:
        assert keeper.fired(instance_id) == [
            ("early", MONDAY + 2 * HOUR),
            ("every_6_hours", MONDAY + 6 * HOUR),
            ("late", MONDAY + 20 * HOUR),
        ]
        assert keeper.due(instance_id) == [MONDAY + 30 * HOUR, MONDAY + 7 * DAY]
    with reading(keeper.database) as connection:
        lags = {each.element_id: each.lag_max for each in audit_timers(connection).elements}
    assert lags == {"early": 23 * HOUR, "every_6_hours": 19 * HOUR, "late": 5 * HOUR, "next_week": None}


# --- the clock steps back


CYCLE = waiting_for(boundary("hourly", "timeCycle", "R/PT1H"))


def test_a_step_back_between_two_commands(keeper: Timekeeper) -> None:
    with clock.frozen_at(MONDAY):
        instance_id = keeper.start(CYCLE)
    with clock.frozen_at(MONDAY - HOUR):
        keeper.complete(instance_id)
    with reading(keeper.database) as connection:
        first, second = read_journal(connection, instance_id)
    assert first.effective_at == second.effective_at == MONDAY
    assert second.recorded_at == MONDAY - HOUR < first.recorded_at


def test_a_step_back_after_firing_fires_nothing_twice_and_the_cycle_goes_on(keeper: Timekeeper) -> None:
    with clock.frozen_at(MONDAY):
        instance_id = keeper.start(CYCLE)
    with clock.frozen_at(MONDAY + HOUR):
        assert fire_due(keeper.dispatcher).fired == 1
    for minutes in (0, 30, 59, 60, 119):
        with clock.frozen_at(MONDAY + timedelta(minutes=minutes)):
            assert fire_due(keeper.dispatcher).handled == 0
    with clock.frozen_at(MONDAY + 2 * HOUR):
        assert fire_due(keeper.dispatcher).fired == 1
    assert keeper.fired(instance_id) == [("hourly", MONDAY + HOUR), ("hourly", MONDAY + 2 * HOUR)]


def test_a_step_back_between_claim_and_firing_holds_up_nothing(keeper: Timekeeper) -> None:
    with clock.frozen_at(MONDAY):
        instance_id = keeper.start(CYCLE)
    with clock.frozen_at(MONDAY + 3 * HOUR):
        assert len(claim_due(keeper.database, limit=1)) == 1  # by a worker that dies
    with clock.frozen_at(MONDAY + HOUR + timedelta(minutes=1)):
        assert fire_due(keeper.dispatcher).fired == 1
    assert keeper.fired(instance_id) == [("hourly", MONDAY + HOUR)]
    assert keeper.due(instance_id) == [MONDAY + 2 * HOUR]


def test_a_step_back_between_due_and_firing_waits_for_the_clock(keeper: Timekeeper) -> None:
    with clock.frozen_at(MONDAY):
        instance_id = keeper.start(CYCLE)
    with clock.frozen_at(MONDAY + HOUR), reading(keeper.database) as connection:
        assert next_due_at(connection) == MONDAY + HOUR
    with clock.frozen_at(MONDAY + HOUR - timedelta(seconds=1)):
        assert fire_due(keeper.dispatcher).handled == 0
    with clock.frozen_at(MONDAY + HOUR):
        assert fire_due(keeper.dispatcher).fired == 1
    assert keeper.fired(instance_id) == [("hourly", MONDAY + HOUR)]


# --- days, months, years, zones


@pytest.mark.parametrize(
    ("cycle", "expected"),
    [
        (
            "R/2026-01-31T08:00:00+07:00/P1M",
            [
                "2026-01-31 08:00",
                "2026-02-28 08:00",
                "2026-03-31 08:00",
                "2026-04-30 08:00",
                "2026-05-31 08:00",
            ],
        ),
        # six in the morning of the last day here is still the day before in UTC
        ("R/2026-01-31T06:00:00+07:00/P1M", ["2026-01-31 06:00", "2026-02-28 06:00", "2026-03-31 06:00"]),
        ("R/2028-02-29T08:00:00+07:00/P1Y", ["2028-02-29 08:00", "2029-02-28 08:00", "2030-02-28 08:00"]),
        ("R/2026-12-31T23:30:00+07:00/P1D", ["2026-12-31 23:30", "2027-01-01 23:30", "2027-01-02 23:30"]),
        ("R/2026-11-30T17:00:00+07:00/P3M", ["2026-11-30 17:00", "2027-02-28 17:00", "2027-05-30 17:00"]),
    ],
)
def test_cycles_keep_to_the_calendar(keeper: Timekeeper, cycle: str, expected: list[str]) -> None:
    with clock.frozen_at(datetime(2026, 1, 1, tzinfo=UTC)):
        instance_id = keeper.start(waiting_for(boundary("cycle", "timeCycle", cycle)))
    assert keeper.ticks(instance_id, len(expected)) == expected


@pytest.mark.parametrize(
    ("written", "due_at"),
    [
        ("9999-12-31T16:59:59Z", datetime(9999, 12, 31, 16, 59, 59, tzinfo=UTC)),
        ("9999-12-31T23:59:59Z", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_a_timer_at_the_end_of_time_waits_and_harms_nobody(
    keeper: Timekeeper, written: str, due_at: datetime
) -> None:
    with clock.frozen_at(MONDAY):
        instance_id = keeper.start(waiting_for(boundary("far", "timeDate", "=at")), at=written)
        assert keeper.due(instance_id) == [due_at]
        assert fire_due(keeper.dispatcher).handled == 0
        with reading(keeper.database) as connection:
            assert next_due_at(connection) == due_at
            assert [each.overdue for each in audit_timers(connection).elements] == [0]
        keeper.complete(instance_id)
    assert keeper.due(instance_id) == []


def test_a_timer_of_long_ago_fires_now_and_at_the_instants_of_its_instance(keeper: Timekeeper) -> None:
    with clock.frozen_at(MONDAY):
        instance_id = keeper.start(
            waiting_for(boundary("past", "timeDate", "=at")), at="1970-01-01T00:00:00Z"
        )
        assert fire_due(keeper.dispatcher).fired == 1
    assert keeper.fired(instance_id) == [("past", MONDAY)]


# --- the clock that runs by itself


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A short safety interval."""
    monkeypatch.setattr(clockwork, "SAFETY_INTERVAL", timedelta(seconds=0.3))


def eventually(condition: Callable[[], bool], seconds: float = 20) -> bool:
    """Wait in real time, whatever the clock says."""
    passed = threading.Event()
    for _ in range(int(seconds / 0.05)):
        if condition():
            return True
        passed.wait(0.05)
    return False


def test_it_wakes_after_the_machine_has_slept(keeper: Timekeeper, quick: None) -> None:
    runs = Clockwork(keeper.dispatcher, {})
    with time_machine.travel(MONDAY):
        instance_id = keeper.start(CYCLE)
        runs.start()
    try:
        with time_machine.travel(MONDAY + DAY):
            assert eventually(lambda: len(keeper.fired(instance_id)) == 1)
            (next_at,) = keeper.due(instance_id)
            assert timedelta() <= next_at - (MONDAY + 25 * HOUR) < timedelta(minutes=1)
    finally:
        runs.stop()


def test_it_does_not_sleep_through_a_step_back(keeper: Timekeeper, quick: None) -> None:
    runs = Clockwork(keeper.dispatcher, {})
    with time_machine.travel(MONDAY):
        runs.start()
        assert eventually(lambda: runs._scheduler.get_jobs() != [])
    try:
        with time_machine.travel(MONDAY - HOUR):
            instance_id = keeper.start(
                waiting_for(boundary("soon", "timeDate", "=at")), at=clock.to_text(MONDAY - HOUR)
            )
            assert eventually(lambda: len(keeper.fired(instance_id)) == 1)
    finally:
        runs.stop()


def test_it_outlives_rounds_that_raise(keeper: Timekeeper, quick: None) -> None:
    received: list[str] = []

    def receive(messages: Sequence[OutboxMessage]) -> None:
        received.extend(message.key for message in messages)

    def write(key: str) -> None:
        writer = OutboxWriter(new_id(), clock.now())
        writer.add("letters", {}, key=key)
        with keeper.database.begin() as connection:
            writes = Writes(connection)
            writer.write(writes)
            writes.flush()

    instance_id = keeper.start(
        waiting_for(boundary("soon", "timeDate", "=at")), at=clock.to_text(clock.now() - HOUR)
    )
    rename = "ALTER TABLE {} RENAME TO {}"
    with keeper.database.begin() as connection:
        connection.execute(text(rename.format("timer", "hidden")))
    runs = Clockwork(keeper.dispatcher, {"letters": receive})
    runs.start()
    try:
        write("a")
        assert eventually(
            lambda: received == ["a"]
        )  # one part that raises does not keep the others from theirs
        with keeper.database.begin() as connection:
            connection.execute(text(rename.format("hidden", "timer")))
        assert eventually(lambda: len(keeper.fired(instance_id)) == 1)
    finally:
        runs.stop()


def test_it_looks_after_the_safety_interval_for_what_others_have_set(keeper: Timekeeper, quick: None) -> None:
    runs = Clockwork(keeper.dispatcher, {})
    runs.start()
    try:
        assert eventually(lambda: runs._scheduler.get_jobs() != [])
        instance_id = keeper.start(
            waiting_for(boundary("soon", "timeDate", "=at")), at=clock.to_text(clock.now())
        )
        assert eventually(lambda: len(keeper.fired(instance_id)) == 1)
    finally:
        runs.stop()
