"""Suspended instances: rows, timers, messages, and what others may still do."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine import clock
from engine.actors import SYSTEM, Actor
from engine.commands import (
    AssignUserTask,
    CancelInstance,
    ClaimUserTask,
    CompleteUserTask,
    CorrelateMessage,
    FireTimer,
    ReceiveSignal,
    ResumeInstance,
    SuspendInstance,
)
from engine.database import reading
from engine.errors import (
    InstanceNotActive,
    InstanceNotSuspended,
    InstanceSuspended,
    InvalidVariables,
    NotAuthorised,
    NotFound,
    TimerNotDue,
)
from engine.ids import new_id
from engine.messages.delivery import receivers
from engine.messages.publish import IfNobodyWaits, PublishMessage, publish
from engine.outbox import deliver_due
from engine.tables import incident, kept_message, process_instance, timer
from engine.timers.due import fire_due, next_due_at
from tests.integration.engine.office import CLERK, LIMIT_AT, REMIND_AT, Office

MORNING = datetime(2026, 6, 12, 1, tzinfo=UTC)
PAUSE = timedelta(days=100, microseconds=1)


@pytest.fixture(autouse=True)
def _morning() -> Iterator[None]:
    with clock.frozen_at(MORNING):
        yield


def suspend(office: Office, instance_id: Any, *, actor: Actor = SYSTEM, reason: str = "an audit") -> None:
    office.dispatcher.execute(
        SuspendInstance(command_id=new_id(), actor=actor, instance_id=instance_id, reason=reason)
    )


def resume(office: Office, instance_id: Any, *, actor: Actor = SYSTEM, reason: str = "it is over") -> None:
    office.dispatcher.execute(
        ResumeInstance(command_id=new_id(), actor=actor, instance_id=instance_id, reason=reason)
    )


def test_a_pause_moves_timers_by_its_length_and_they_fire_then(office: Office) -> None:
    instance_id = office.start()
    suspend(office, instance_id)
    view = office.view(instance_id)
    assert (view.status, view.suspended_at, view.ended_at) == ("suspended", MORNING, None)
    assert view.active_elements == ("request",)
    assert office.timers(instance_id) == {"reminder": "suspended", "limit": "suspended"}
    with clock.frozen_at(MORNING + PAUSE):
        with reading(office.dispatcher.database) as connection:
            assert next_due_at(connection) is None
        assert fire_due(office.dispatcher).fired == 0
        resume(office, instance_id)
        view = office.view(instance_id)
        assert (view.status, view.suspended_at) == ("active", None)
        assert [each.due_at for each in view.timers] == [
            clock.from_text(REMIND_AT) + PAUSE,
            clock.from_text(LIMIT_AT) + PAUSE,
        ]
        assert fire_due(office.dispatcher).fired == 0
    with clock.frozen_at(clock.from_text(LIMIT_AT) + PAUSE):
        assert fire_due(office.dispatcher).fired == 2
    assert office.view(instance_id).status == "completed"
    assert office.verify(instance_id) == 5


def test_nothing_else_is_accepted_meanwhile(office: Office) -> None:
    instance_id = office.start(key="k")
    task_id = office.open_task(instance_id)
    with reading(office.dispatcher.database) as connection:
        timer_id = connection.scalars(select(timer.c.id).where(timer.c.element_id == "reminder")).one()
    suspend(office, instance_id)
    given: dict[str, Any] = {"actor": SYSTEM}
    with clock.frozen_at(clock.from_text(REMIND_AT)):
        for command in (
            CompleteUserTask(command_id=new_id(), actor=CLERK, task_id=task_id),
            ClaimUserTask(command_id=new_id(), actor=CLERK, task_id=task_id),
            AssignUserTask(command_id=new_id(), task_id=task_id, assignee="u:x", reason="because", **given),
            CorrelateMessage(
                command_id=new_id(), message_name="request_recalled", correlation_key="k", **given
            ),
            ReceiveSignal(command_id=new_id(), instance_id=instance_id, signal_name="bell", **given),
            FireTimer(command_id=new_id(), timer_id=timer_id, due_at=clock.from_text(REMIND_AT)),
            SuspendInstance(command_id=new_id(), instance_id=instance_id, reason="again", **given),
        ):
            with pytest.raises(InstanceSuspended):
                office.dispatcher.execute(command)
    assert office.verify(instance_id) == 2


def test_a_suspended_instance_can_be_cancelled(office: Office) -> None:
    instance_id = office.start()
    suspend(office, instance_id)
    office.dispatcher.execute(
        CancelInstance(command_id=new_id(), actor=SYSTEM, instance_id=instance_id, reason="given up")
    )
    assert office.view(instance_id).status == "cancelled"
    assert set(office.timers(instance_id).values()) == {"cancelled"}
    for refused in (suspend, resume):
        with pytest.raises(InstanceNotActive):
            refused(office, instance_id)
    with reading(office.dispatcher.database) as connection:
        assert connection.scalar(select(process_instance.c.suspended_at)) is None
    assert office.verify(instance_id) == 3


def test_who_suspends_may_and_says_why(office: Office) -> None:
    instance_id = office.start()
    with pytest.raises(NotAuthorised):
        suspend(office, instance_id, actor=CLERK)
    with pytest.raises(InvalidVariables):
        suspend(office, instance_id, reason="\n ")
    with pytest.raises(InstanceNotSuspended):
        resume(office, instance_id)
    with pytest.raises(NotFound):
        suspend(office, new_id())
    command = SuspendInstance(command_id=new_id(), actor=SYSTEM, instance_id=instance_id, reason="an audit")
    first, again = office.dispatcher.execute(command), office.dispatcher.execute(command)
    assert (again.repeated, again.sequence) == (True, first.sequence)
    with pytest.raises(NotAuthorised):
        resume(office, instance_id, actor=CLERK)
    with pytest.raises(InvalidVariables):
        resume(office, instance_id, reason="")
    assert office.verify(instance_id) == 2


@pytest.mark.parametrize("pause", [timedelta(hours=1), timedelta(days=40)])
def test_a_message_for_a_suspended_instance_is_kept_and_delivered_when_it_goes_on(
    office: Office, pause: timedelta
) -> None:
    instance_id = office.start(key="k")
    suspend(office, instance_id)

    def recall(if_nobody_waits: IfNobodyWaits) -> PublishMessage:
        return PublishMessage(
            message_id=new_id(),
            actor=SYSTEM,
            message_name="request_recalled",
            correlation_key="k",
            variables={"why": "a mistake"},
            if_nobody_waits=if_nobody_waits,
            keep_for=timedelta(hours=2),
        )

    with pytest.raises(InstanceSuspended):
        publish(office.dispatcher, recall(IfNobodyWaits.REFUSE))
    kept = recall(IfNobodyWaits.KEEP)
    published = publish(office.dispatcher, kept)
    assert published.answer is None
    assert publish(office.dispatcher, kept) == published
    with clock.frozen_at(MORNING + pause):
        resume(office, instance_id)
        deliver_due(office.dispatcher.database, receivers(office.dispatcher))
        view = office.view(instance_id)
        assert (view.status, view.variables["why"]) == ("completed", "a mistake")
        with reading(office.dispatcher.database) as connection:
            assert connection.scalar(select(kept_message.c.delivered_at)) == MORNING + pause
    assert office.verify(instance_id) == 4


def test_a_second_pause_claims_what_came_in_it(office: Office) -> None:
    instance_id = office.start(key="k")
    suspend(office, instance_id)
    resume(office, instance_id)
    suspend(office, instance_id)
    publish(
        office.dispatcher,
        PublishMessage(
            message_id=new_id(),
            actor=SYSTEM,
            message_name="request_recalled",
            correlation_key="k",
            if_nobody_waits=IfNobodyWaits.KEEP,
        ),
    )
    resume(office, instance_id)
    deliver_due(office.dispatcher.database, receivers(office.dispatcher))
    assert office.view(instance_id).status == "completed"
    assert office.verify(instance_id) == 6


def test_a_failed_timer_is_tried_again_after_the_pause(office: Office) -> None:
    instance_id = office.start()
    office.switch.failing = True
    with clock.frozen_at(clock.from_text(REMIND_AT)):
        assert fire_due(office.dispatcher).failed == 1
        suspend(office, instance_id)
    assert office.timers(instance_id) == {"reminder": "failed", "limit": "suspended"}
    office.switch.failing = False
    resumed_at = clock.from_text(REMIND_AT) + PAUSE
    with clock.frozen_at(resumed_at):
        resume(office, instance_id)
        with reading(office.dispatcher.database) as connection:
            old = connection.execute(select(timer).where(timer.c.element_id == "reminder")).one()
        assert (old.status, old.due_at) == ("waiting", resumed_at)
        with pytest.raises(TimerNotDue):
            office.dispatcher.execute(
                FireTimer(command_id=new_id(), timer_id=old.id, due_at=clock.from_text(REMIND_AT))
            )
        assert fire_due(office.dispatcher).fired == 1
    with reading(office.dispatcher.database) as connection:
        assert connection.execute(select(incident.c.attempts)).scalars().all() == [1]
    assert office.verify(instance_id) == 4
