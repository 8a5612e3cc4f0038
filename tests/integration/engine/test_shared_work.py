"""Several workers on one database: each thing is done once, and in its order within an instance."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, insert, select, text, update

from engine import clock
from engine.actors import SYSTEM
from engine.commands import FireTimer, StartInstance
from engine.database import DatabaseSettings, open_database, reading
from engine.definitions.resources import ModelResources
from engine.dispatch import Dispatcher, Recorded
from engine.errors import InstanceAlreadyExists, StepFailed, TimerNotDue
from engine.history.journal import read_journal
from engine.ids import derived_id, new_id
from engine.instances.incident import record
from engine.instances.instance import lock_instance
from engine.messages.delivery import receivers
from engine.messages.publish import IfNobodyWaits, Published, PublishMessage, publish
from engine.outbox import MAX_ATTEMPTS, OutboxMessage, OutboxWriter, deliver_due
from engine.service_tasks import ServiceTaskHandlers
from engine.tables import (
    definition,
    incident,
    kept_message,
    metadata,
    outbox,
    process_instance,
    start_timer,
    timer,
)
from engine.timers.due import CLAIM, claim_due, fire_due, next_due_at, start_due
from engine.writes import Writes
from tests.drawing import end, flows, message, model, start, user_task
from tests.integration.engine.office import LIMIT_AT, REMIND_AT, Office

LATE = clock.from_text(LIMIT_AT) + timedelta(hours=1)


@pytest.fixture
def begun(office: Office) -> Office:
    """An office with two instances, each with two timers that are due at :data:`LATE`."""
    with clock.frozen_at(clock.from_text(REMIND_AT) - timedelta(days=1)):
        office.start()
        office.start()
    return office


def elements(claimed: Sequence[object]) -> list[str]:
    return [each.element_id for each in claimed]  # type: ignore[attr-defined]


def test_only_the_first_timer_of_an_instance_can_be_claimed(begun: Office) -> None:
    database = begun.dispatcher.database
    with clock.frozen_at(LATE):
        first = claim_due(database, limit=1)
        second = claim_due(database, limit=10)
        assert elements(first) == elements(second) == ["reminder"]
        assert {each.instance_id for each in (*first, *second)} == set(begun.started)
        assert claim_due(database, limit=10) == []


def test_while_a_worker_claims_another_takes_nothing_of_the_instance(
    begun: Office, postgres_only: None
) -> None:
    database = begun.dispatcher.database
    with clock.frozen_at(LATE), database.begin() as connection:
        connection.execute(
            select(timer.c.id).where(timer.c.instance_id == begun.started[0]).with_for_update()
        )
        assert [each.instance_id for each in claim_due(database, limit=10)] == [begun.started[1]]


def test_a_later_timer_is_refused_while_an_earlier_one_waits(begun: Office) -> None:
    dispatcher = begun.dispatcher
    with reading(dispatcher.database) as connection:
        later = connection.execute(
            select(timer).where(timer.c.element_id == "limit", timer.c.instance_id == begun.started[0])
        ).one()
    fire = FireTimer(command_id=new_id(), timer_id=later.id, due_at=later.due_at)
    with clock.frozen_at(LATE):
        with pytest.raises(TimerNotDue, match="earlier"):
            dispatcher.execute(fire)
        assert fire_due(dispatcher).fired == 4
    assert begun.timers(begun.started[0]) == {"reminder": "fired", "limit": "fired"}


def test_a_timer_that_failed_does_not_hold_up_those_after_it(begun: Office) -> None:
    begun.switch.failing = True
    with clock.frozen_at(LATE):
        firing = fire_due(begun.dispatcher)
        assert (firing.failed, firing.fired) == (2, 2)
    assert begun.timers(begun.started[0])["limit"] == "fired"


def test_a_dead_workers_timers_are_taken_when_its_claim_has_ended(begun: Office) -> None:
    dispatcher = begun.dispatcher
    with clock.frozen_at(LATE):
        assert len(claim_due(dispatcher.database, limit=10)) == 2
        assert fire_due(dispatcher).fired == 0
        with reading(dispatcher.database) as connection:
            assert next_due_at(connection) == clock.from_text(LIMIT_AT)
    with clock.frozen_at(LATE + CLAIM):
        assert fire_due(dispatcher).fired == 4


def test_the_clock_sleeps_until_a_claim_ends(begun: Office) -> None:
    database = begun.dispatcher.database
    remind_at = clock.from_text(REMIND_AT)
    with clock.frozen_at(remind_at):
        claim_due(database, limit=10)
        with reading(database) as connection:
            assert next_due_at(connection) == remind_at + CLAIM


def test_a_timer_fired_by_two_workers_fires_once(begun: Office) -> None:
    dispatcher = begun.dispatcher

    def fire(_worker: int) -> int:
        with clock.frozen_at(LATE):
            firing = fire_due(dispatcher, claim=timedelta())  # claims that hold nobody off
            return firing.fired

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(fire, range(3))) == 4
    with reading(dispatcher.database) as connection:
        for instance_id in begun.started:
            entries = read_journal(connection, instance_id)
            assert [entry.effective_at for entry in entries[1:]] == [
                clock.from_text(REMIND_AT),
                clock.from_text(LIMIT_AT),
            ]


def test_what_another_worker_has_applied_leaves_no_incident(begun: Office) -> None:
    dispatcher = begun.dispatcher
    with clock.frozen_at(LATE):
        due = claim_due(dispatcher.database, limit=1)[0]
        fire = FireTimer(command_id=derived_id("fire", due.id), timer_id=due.id, due_at=due.due_at)
        dispatcher.execute(fire)
        with dispatcher.database.begin() as connection:
            instance = lock_instance(connection, due.instance_id)
            record(connection, instance, fire, StepFailed("the other worker's handler failed"))
    assert begun.timers(due.instance_id)["reminder"] == "fired"
    with reading(dispatcher.database) as connection:
        assert connection.scalar(select(func.count()).select_from(incident)) == 0


@pytest.fixture
def postgres_only(database: Engine) -> None:
    """Skips where there is one writer anyway."""
    if database.dialect.name != "postgresql":
        pytest.skip("SQLite has one writer")


# --- the outbox


def queue(database: Engine, instance_id: UUID, *keys: str, topic: str = "letters") -> None:
    writer = OutboxWriter(instance_id, clock.now())
    for key in keys:
        writer.add(topic, {}, key=key)
    with database.begin() as connection:
        writes = Writes(connection)
        writer.write(writes)
        writes.flush()


class Post:
    """Receives messages, and may fail."""

    def __init__(self, during: Callable[[], None] | None = None) -> None:
        self.received: list[str] = []
        self.failing = False
        self.during = during

    def __call__(self, messages: Sequence[OutboxMessage]) -> None:
        if self.failing:
            raise OSError("the post office is closed")
        if self.during is not None:
            during, self.during = self.during, None
            during()
        self.received += [message.key for message in messages]


def test_messages_of_an_instance_arrive_in_order_whoever_delivers_them(office: Office) -> None:
    database = office.dispatcher.database
    one, other = new_id(), new_id()
    second = Post()

    def meanwhile() -> None:
        queue(database, one, "c")
        queue(database, other, "x")
        deliver_due(database, {"letters": second})

    first = Post(meanwhile)
    queue(database, one, "a", "b")
    assert deliver_due(database, {"letters": first}) == 2
    assert (first.received, second.received) == (["a", "b"], ["x"])
    assert deliver_due(database, {"letters": second}) == 1
    assert second.received == ["x", "c"]


def test_messages_wait_behind_one_that_could_not_be_delivered(office: Office) -> None:
    database = office.dispatcher.database
    post = Post()
    one, other = new_id(), new_id()
    with clock.frozen_at(LATE):
        queue(database, one, "a")
        post.failing = True
        deliver_due(database, {"letters": post})
        post.failing = False
        queue(database, one, "b")
        queue(database, one, "by another way", topic="signals")
        queue(database, other, "x")
        deliver_due(database, {"letters": post, "signals": post})
        assert sorted(post.received) == ["by another way", "x"]
    with clock.frozen_at(LATE + timedelta(minutes=2)):
        deliver_due(database, {"letters": post})
    assert post.received[-2:] == ["a", "b"]


def test_a_message_that_its_receiver_cannot_take_holds_up_no_other_instance(office: Office) -> None:
    database = office.dispatcher.database
    received: list[str] = []

    def receive(messages: Sequence[OutboxMessage]) -> None:
        if any(message.key == "poison" for message in messages):
            raise KeyError("group")
        received.extend(message.key for message in messages)

    queue(database, new_id(), "poison", "behind it")
    queue(database, new_id(), "x")
    queue(database, new_id(), "y")
    assert deliver_due(database, {"letters": receive}) == 2
    assert sorted(received) == ["x", "y"]
    with reading(database) as connection:
        tried = connection.execute(
            select(outbox.c.attempts, outbox.c.last_error).where(outbox.c.message_key == "poison")
        ).one()
    assert tuple(tried) == (1, "'group'")


def test_a_timer_that_cannot_be_fired_at_all_holds_up_no_other(office: Office) -> None:
    def broken(recorded: Recorded) -> None:
        if recorded.instance.id == office.started[0]:
            raise KeyError("a mistake of ours")

    with clock.frozen_at(clock.from_text(REMIND_AT) - timedelta(days=1)):
        office.start()
        office.start()
    handlers = office.dispatcher._handlers
    dispatcher = Dispatcher(office.dispatcher.database, handlers=handlers, listeners=[broken])
    with clock.frozen_at(LATE):
        firing = fire_due(dispatcher)
    assert (firing.fired, firing.postponed) == (2, 1)
    assert set(office.timers(office.started[0]).values()) == {"waiting"}


def test_a_message_given_up_holds_nobody_up(office: Office) -> None:
    database = office.dispatcher.database
    post = Post()
    one = new_id()
    queue(database, one, "a", "b")
    with database.begin() as connection:
        connection.execute(update(outbox).where(outbox.c.message_key == "a").values(attempts=MAX_ATTEMPTS))
    deliver_due(database, {"letters": post})
    assert post.received == ["b"]


def test_while_a_worker_claims_another_takes_no_message_of_the_instance(
    office: Office, postgres_only: None
) -> None:
    database = office.dispatcher.database
    one, other = new_id(), new_id()
    queue(database, one, "a", "b")
    queue(database, other, "x")
    post = Post()
    with database.begin() as connection:
        connection.execute(select(outbox.c.id).where(outbox.c.message_key == "a").with_for_update())
        deliver_due(database, {"letters": post})
    assert post.received == ["x"]


def test_a_message_does_not_wait_for_a_clock_that_was_ahead(office: Office) -> None:
    with clock.frozen_at(LATE + timedelta(hours=1)):
        instance_id = office.start(remind_at="2027-01-01T00:00:00Z", limit_at="2027-01-01T00:00:00Z")
    post = Post()
    with clock.frozen_at(LATE):
        office.complete(instance_id)
        deliver_due(office.dispatcher.database, {"filed": post})
    assert len(post.received) == 1


# --- starts, messages, deployments


TIMED = model(
    '<bpmn:startEvent id="called" name="called"><bpmn:timerEventDefinition>'
    "<bpmn:timeCycle>R/2026-06-01T08:00:00+07:00/P1D</bpmn:timeCycle>"
    "</bpmn:timerEventDefinition></bpmn:startEvent>",
    user_task("work"),
    end(),
    flows("called", "work", "finish"),
    process="timed",
)
BEGIN = clock.from_text("2026-06-01T01:00:00Z")

ORDERED = model(
    '<bpmn:startEvent id="called" name="called"><bpmn:messageEventDefinition messageRef="order"/>'
    "</bpmn:startEvent>",
    user_task("work"),
    end(),
    flows("called", "work", "finish"),
    messages='<bpmn:message id="order" name="ordered"/>',
    process="ordered",
)


def start_timers(database: Engine) -> list[tuple[str, str]]:
    with reading(database) as connection:
        rows = connection.execute(
            select(start_timer.c.due_at, start_timer.c.status).order_by(start_timer.c.due_at)
        )
        return [(clock.to_text(row.due_at)[:10], row.status) for row in rows]


def test_one_of_three_workers_starts_what_a_timer_starts(dispatcher: Dispatcher) -> None:
    with clock.frozen_at(BEGIN - timedelta(hours=1)):
        dispatcher.deploy(ModelResources(bpmn=TIMED), actor=SYSTEM)
    started = 0

    def work(day: int) -> int:
        with clock.frozen_at(BEGIN + timedelta(days=day)):
            return start_due(dispatcher)

    with ThreadPoolExecutor(3) as pool:
        for day in range(8):
            started += sum(pool.map(work, [day] * 3))
    assert started == 8
    assert [status for _, status in start_timers(dispatcher.database)] == ["fired"] * 8 + ["waiting"]


def test_who_comes_second_does_not_harm_the_next_tick(dispatcher: Dispatcher) -> None:
    with clock.frozen_at(BEGIN - timedelta(hours=1)):
        definition_hash = dispatcher.deploy(ModelResources(bpmn=TIMED), actor=SYSTEM)
    with reading(dispatcher.database) as connection:
        due = connection.scalars(select(start_timer.c.id)).one()
    with clock.frozen_at(BEGIN):
        taken = StartInstance(
            command_id=new_id(),  # somebody else's command, the same instance
            actor=SYSTEM,
            instance_id=derived_id("started", due),
            definition_hash=definition_hash,
            business_key="x",
            start_event="called",
        )
        dispatcher.execute(taken)
        assert start_due(dispatcher) == 0
        assert start_timers(dispatcher.database) == [("2026-06-01", "failed")]


def test_a_start_that_raced_a_deployment_leaves_one_timer_waiting(postgres_url: str) -> None:
    database = open_database(postgres_url)
    metadata.create_all(database)
    newer = Dispatcher(database, handlers=ServiceTaskHandlers())
    pool = ThreadPoolExecutor(1)
    deployments = []

    def deploy_meanwhile(recorded: Recorded) -> None:
        if isinstance(recorded.command, StartInstance):
            deployments.append(pool.submit(deploy_newer))

    def deploy_newer() -> None:
        with clock.frozen_at(BEGIN + timedelta(minutes=1)):
            newer.deploy(ModelResources(bpmn=TIMED + b"\n"), actor=SYSTEM)

    dispatcher = Dispatcher(database, handlers=ServiceTaskHandlers(), listeners=[deploy_meanwhile])
    with clock.frozen_at(BEGIN - timedelta(hours=1)):
        dispatcher.deploy(ModelResources(bpmn=TIMED), actor=SYSTEM)
    with clock.frozen_at(BEGIN):
        assert start_due(dispatcher) == 1
    deployments[0].result(30)
    with reading(database) as connection:
        waiting = connection.scalars(
            select(definition.c.version)
            .join(start_timer, start_timer.c.definition_hash == definition.c.hash)
            .where(start_timer.c.status == "waiting")
        ).all()
    assert waiting == [2]
    pool.shutdown()
    database.dispose()


def test_two_messages_at_once_start_one_instance(dispatcher: Dispatcher) -> None:
    dispatcher.deploy(ModelResources(bpmn=ORDERED), actor=SYSTEM)

    def order(_number: int) -> bool:
        message = PublishMessage(
            message_id=new_id(),
            actor=SYSTEM,
            message_name="ordered",
            correlation_key="A",
            if_nobody_waits=IfNobodyWaits.KEEP,
        )
        return publish(dispatcher, message).answer is not None

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(order, range(6))) == [False] * 5 + [True]
    with reading(dispatcher.database) as connection:
        assert connection.scalar(select(func.count()).select_from(process_instance)) == 1


def test_a_message_that_two_workers_deliver_starts_one_instance_and_is_not_kept(
    dispatcher: Dispatcher, postgres_only: None
) -> None:
    """The second worker comes while the first is about to commit."""
    order = PublishMessage(
        message_id=new_id(),
        actor=SYSTEM,
        message_name="ordered",
        correlation_key="A",
        if_nobody_waits=IfNobodyWaits.KEEP,
    )
    pool = ThreadPoolExecutor(1)
    seconds: list[Future[Published]] = []

    def second_worker(recorded: Recorded) -> None:
        if not seconds:
            seconds.append(pool.submit(publish, dispatcher, order))
            waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'"
            for _ in range(1000):
                if recorded.connection.scalar(text(waiting)):
                    break
                recorded.connection.execute(text("SELECT pg_sleep(0.01)"))

    first = Dispatcher(dispatcher.database, handlers=ServiceTaskHandlers(), listeners=[second_worker])
    first.deploy(ModelResources(bpmn=ORDERED), actor=SYSTEM)
    answer = publish(first, order).answer
    repeated = seconds[0].result(30).answer
    pool.shutdown()
    assert answer is not None
    assert repeated is not None
    assert (repeated.instance_id, repeated.repeated) == (answer.instance_id, True)
    with reading(dispatcher.database) as connection:
        assert connection.scalar(select(func.count()).select_from(kept_message)) == 0


def test_each_of_two_that_begin_to_wait_gets_one_of_two_kept_messages(dispatcher: Dispatcher) -> None:
    content = model(
        start(),
        '<bpmn:receiveTask id="receive" name="receive" messageRef="order"/>',
        end(),
        flows("begin", "receive", "finish"),
        messages=message("order", "ordered", "key"),
        process="receiving",
    )
    definition_hash = dispatcher.deploy(ModelResources(bpmn=content), actor=SYSTEM)
    with clock.frozen_at(BEGIN):
        for number in range(2):
            publish(
                dispatcher,
                PublishMessage(
                    message_id=new_id(),
                    actor=SYSTEM,
                    message_name="ordered",
                    correlation_key="A",
                    variables={"number": number},
                    if_nobody_waits=IfNobodyWaits.KEEP,
                ),
            )
        for _ in range(2):
            dispatcher.execute(
                StartInstance(
                    command_id=new_id(),
                    actor=SYSTEM,
                    instance_id=new_id(),
                    definition_hash=definition_hash,
                    business_key="x",
                    variables={"key": "A"},
                )
            )

    def work(_worker: int) -> None:
        with clock.frozen_at(BEGIN):
            deliver_due(dispatcher.database, receivers(dispatcher), limit=1)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(4)))
    with reading(dispatcher.database) as connection:
        assert set(connection.scalars(select(process_instance.c.status))) == {"completed"}
        assert None not in set(connection.scalars(select(kept_message.c.delivered_at)))


def test_an_event_starts_no_second_instance_of_a_key(dispatcher: Dispatcher) -> None:
    definition_hash = dispatcher.deploy(ModelResources(bpmn=ORDERED), actor=SYSTEM)

    def command() -> StartInstance:
        return StartInstance(
            command_id=new_id(),
            actor=SYSTEM,
            instance_id=new_id(),
            definition_hash=definition_hash,
            business_key="A",
            start_event="called",
        )

    dispatcher.execute(command())
    with pytest.raises(InstanceAlreadyExists):
        dispatcher.execute(command())


def test_machines_that_start_together_deploy_one_version(database: Engine, dispatcher: Dispatcher) -> None:
    machines = [Dispatcher(database, handlers=ServiceTaskHandlers()) for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        hashes = set(
            pool.map(lambda machine: machine.deploy(ModelResources(bpmn=ORDERED), actor=SYSTEM), machines)
        )
    assert len(hashes) == 1
    with reading(database) as connection:
        assert connection.scalars(select(definition.c.version)).all() == [1]


# --- what the database could not take is no outcome


def test_what_could_not_be_taken_now_is_taken_later(begun: Office, database_url: str) -> None:
    hurried = open_database(database_url, DatabaseSettings(lock_timeout=1))
    dispatcher = Dispatcher(hurried, handlers=begun.dispatcher._handlers)
    target = begun.started[0]
    with clock.frozen_at(LATE):
        claimed = [due for due in claim_due(hurried, limit=10) if due.instance_id == target]
        assert len(claimed) == 1
    with clock.frozen_at(LATE + CLAIM):
        if database_url.startswith("postgresql"):
            with begun.dispatcher.database.begin() as holder:
                holder.execute(
                    select(process_instance.c.id).where(process_instance.c.id == target).with_for_update()
                )
                firing = fire_due(dispatcher)
                assert (firing.fired, firing.postponed) == (2, 1)
        else:
            firing = fire_due(dispatcher)
    with clock.frozen_at(LATE + 2 * CLAIM):
        fire_due(dispatcher)
    assert begun.timers(target) == {"reminder": "fired", "limit": "fired"}
    hurried.dispose()


def test_a_message_that_could_not_be_taken_is_delivered_again(postgres_url: str, tmp_path: object) -> None:
    hurried = open_database(postgres_url, DatabaseSettings(lock_timeout=1))
    metadata.create_all(hurried)
    dispatcher = Dispatcher(hurried, handlers=ServiceTaskHandlers())
    dispatcher.deploy(ModelResources(bpmn=ORDERED), actor=SYSTEM)
    with clock.frozen_at(LATE):
        with hurried.begin() as connection:
            connection.execute(
                insert(outbox).values(
                    instance_id=new_id(),
                    topic="engine.message",
                    message_key="message:1",
                    payload='{"correlation_key":"A","name":"ordered","variables":{}}',
                    created_at=clock.now(),
                    available_at=clock.now(),
                    attempts=0,
                )
            )
        with hurried.begin() as holder:
            holder.exec_driver_sql("LOCK TABLE process_instance IN ACCESS EXCLUSIVE MODE")
            assert deliver_due(hurried, receivers(dispatcher)) == 0
    with clock.frozen_at(LATE + timedelta(minutes=2)):
        assert deliver_due(hurried, receivers(dispatcher)) == 1
    with reading(hurried) as connection:
        assert connection.scalar(select(func.count()).select_from(process_instance)) == 1
    hurried.dispose()
