"""What starts instances without a command: messages, signals and timers of the newest version of a process."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine import clock
from engine.actors import SYSTEM, Actor
from engine.commands import StartInstance, SuspendInstance
from engine.database import reading
from engine.definitions.resources import ModelResources
from engine.dispatch import Dispatcher
from engine.errors import (
    InstanceAlreadyExists,
    MessageAmbiguous,
    MessageNotExpected,
    NotAuthorised,
    StartEventMissing,
)
from engine.history.verify import verify_all
from engine.ids import new_id
from engine.messages.delivery import receivers
from engine.messages.publish import IfNobodyWaits, PublishMessage, publish
from engine.outbox import deliver_due
from engine.tables import process_instance
from engine.timers.due import next_due_at, start_due
from tests.drawing import end, flows, model, start, user_task

MORNING = datetime(2026, 1, 31, 1, tzinfo=UTC)  # 8 o'clock on the last day of January


def starting(process: str, definition: str, *, root: str = "", plain: bool = False) -> bytes:
    """Return a process that an event starts, and a plain start event if asked for."""
    parts = [
        f'<bpmn:startEvent id="called" name="called">{definition}</bpmn:startEvent>',
        user_task("work"),
        end(),
        flows("called", "work", "finish"),
    ]
    if plain:
        parts += [start(), flows("begin", "work")]
    return model(*parts, messages=root, process=process)


def by_message(process: str = "by_message", **options: Any) -> bytes:
    return starting(
        process,
        '<bpmn:messageEventDefinition messageRef="order"/>',
        root='<bpmn:message id="order" name="ordered"/>',
        **options,
    )


def by_timer(written: str, tag: str, process: str = "by_timer") -> bytes:
    return starting(
        process, f"<bpmn:timerEventDefinition><bpmn:{tag}>{written}</bpmn:{tag}></bpmn:timerEventDefinition>"
    )


SIGNAL = '<bpmn:signal id="bell" name="bell_rung"/>'


@pytest.fixture
def engine(dispatcher: Dispatcher) -> Iterator[Dispatcher]:
    """The dispatcher at a fixed time; whatever a test does is verified by execution."""
    with clock.frozen_at(MORNING):
        yield dispatcher
        with reading(dispatcher.database) as connection:
            for verified in verify_all(connection, dispatcher.definitions):
                assert verified.difference is None


def deploy(dispatcher: Dispatcher, content: bytes) -> str:
    return dispatcher.deploy(ModelResources(bpmn=content), actor=SYSTEM)


def order(key: str = "A", **options: Any) -> PublishMessage:
    return PublishMessage(
        message_id=options.pop("message_id", None) or new_id(),
        actor=options.pop("actor", SYSTEM),
        message_name="ordered",
        correlation_key=key,
        variables={"item": "chair"},
        **options,
    )


def started(dispatcher: Dispatcher) -> list[tuple[str, str]]:
    with reading(dispatcher.database) as connection:
        rows = connection.execute(
            select(process_instance.c.process_key, process_instance.c.business_key).order_by(
                process_instance.c.process_key, process_instance.c.business_key
            )
        )
        return [(row.process_key, row.business_key) for row in rows]


def test_a_message_starts_the_newest_version_once(engine: Dispatcher) -> None:
    deploy(engine, by_message())
    newest = deploy(engine, by_message() + b"\n")
    message = order("A")
    answer = publish(engine, message).answer
    assert answer is not None
    assert publish(engine, message).answer is not None
    assert started(engine) == [("by_message", "A")]
    with reading(engine.database) as connection:
        assert connection.scalar(select(process_instance.c.definition_hash)) == newest
    assert answer.events[0]["variables"] == {"item": "chair"}


def test_one_instance_for_a_key_at_a_time(engine: Dispatcher) -> None:
    deploy(engine, by_message())
    publish(engine, order("A"))
    publish(engine, order("B"))
    with pytest.raises(MessageNotExpected):
        publish(engine, order("A"))
    kept = publish(engine, order("A", if_nobody_waits=IfNobodyWaits.KEEP))
    assert kept.kept_until is not None
    assert started(engine) == [("by_message", "A"), ("by_message", "B")]


def test_a_message_that_would_start_two_processes_is_refused(engine: Dispatcher) -> None:
    deploy(engine, by_message("first"))
    deploy(engine, by_message("second"))
    with pytest.raises(MessageAmbiguous):
        publish(engine, order())
    assert started(engine) == []


def test_who_may_not_correlate_starts_nothing_by_a_message(engine: Dispatcher) -> None:
    deploy(engine, by_message())
    with pytest.raises(NotAuthorised):
        publish(engine, order(actor=Actor(key="u:stranger")))
    assert started(engine) == []


def test_a_version_without_the_start_ends_it(engine: Dispatcher) -> None:
    deploy(engine, by_message())
    deploy(
        engine,
        model(start(), user_task("work"), end(), flows("begin", "work", "finish"), process="by_message"),
    )
    with pytest.raises(MessageNotExpected):
        publish(engine, order())


def test_a_process_without_a_plain_start_is_not_started_by_command(engine: Dispatcher) -> None:
    def command(definition_hash: str) -> StartInstance:
        return StartInstance(
            command_id=new_id(),
            actor=SYSTEM,
            instance_id=new_id(),
            definition_hash=definition_hash,
            business_key="x",
        )

    with pytest.raises(StartEventMissing):
        engine.execute(command(deploy(engine, by_message())))
    engine.execute(command(deploy(engine, by_message("either", plain=True))))
    assert started(engine) == [("either", "x")]


def test_a_signal_starts_every_process_that_listens(engine: Dispatcher) -> None:
    definition = '<bpmn:signalEventDefinition signalRef="bell"/>'
    for process in ("first", "second"):
        deploy(engine, starting(process, definition, root=SIGNAL))
    ringing = deploy(
        engine,
        model(
            start(),
            f'<bpmn:endEvent id="ring">{definition}</bpmn:endEvent>',
            flows("begin", "ring"),
            messages=SIGNAL,
            process="ringing",
        ),
    )
    engine.execute(
        StartInstance(
            command_id=new_id(),
            actor=SYSTEM,
            instance_id=new_id(),
            definition_hash=ringing,
            business_key="x",
        )
    )
    for _ in range(2):
        deliver_due(engine.database, receivers(engine))
    assert [process for process, _ in started(engine)] == ["first", "ringing", "second"]


@pytest.mark.parametrize(
    ("tag", "written"), [("timeDate", "2026-01-31T09:00:00+07:00"), ("timeDuration", "PT1H")]
)
def test_a_timer_starts_one_instance_when_it_is_due(engine: Dispatcher, tag: str, written: str) -> None:
    deploy(engine, by_timer(written, tag))
    with reading(engine.database) as connection:
        assert next_due_at(connection) == MORNING + timedelta(hours=1)
    assert start_due(engine) == 0
    with clock.frozen_at(MORNING + timedelta(hours=3)):
        assert [start_due(engine), start_due(engine)] == [1, 0]
    assert started(engine) == [("by_timer", "by_timer 2026-01-31T02:00:00.000000Z")]


def test_a_monthly_start_stays_at_the_end_of_the_month(engine: Dispatcher) -> None:
    deploy(engine, by_timer("R/2026-01-31T08:00:00+07:00/P1M", "timeCycle"))
    due = []
    for _ in range(4):
        with reading(engine.database) as connection:
            instant = next_due_at(connection)
        assert instant is not None
        due.append(instant.astimezone(clock.BUSINESS_ZONE).date().isoformat())
        with clock.frozen_at(instant):
            assert start_due(engine) == 1
    assert due == ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]


def test_a_new_version_takes_over_the_timer(engine: Dispatcher) -> None:
    deploy(engine, by_timer("PT1H", "timeDuration"))
    newest = deploy(engine, by_timer("PT2H", "timeDuration"))
    with clock.frozen_at(MORNING + timedelta(hours=5)):
        assert start_due(engine) == 1
    with reading(engine.database) as connection:
        assert connection.scalars(select(process_instance.c.definition_hash)).all() == [newest]


def test_an_instance_that_is_suspended_has_its_key_still(engine: Dispatcher) -> None:
    definition_hash = deploy(engine, by_message())
    first = publish(engine, order())
    assert first.answer is not None
    instance_id = first.answer.instance_id
    engine.execute(
        SuspendInstance(command_id=new_id(), actor=SYSTEM, instance_id=instance_id, reason="an audit")
    )
    with pytest.raises(InstanceAlreadyExists):
        engine.execute(
            StartInstance(
                command_id=new_id(),
                actor=SYSTEM,
                instance_id=new_id(),
                definition_hash=definition_hash,
                business_key="A",
                start_event="called",
            )
        )
