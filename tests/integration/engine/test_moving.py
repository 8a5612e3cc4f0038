"""Tokens moved by command: journalled with the token meant, refused in words, and verified."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from engine.actors import SYSTEM, Actor
from engine.commands import CancelInstance, MoveToken, RetryIncident, SuspendInstance
from engine.database import reading
from engine.dispatch import Answer
from engine.errors import (
    CommandConflict,
    InstanceNotActive,
    InstanceSuspended,
    InvalidVariables,
    MoveRefused,
    NotAuthorised,
    StepFailed,
)
from engine.history.journal import read_journal
from engine.ids import new_id
from engine.tables import incident, message_subscription, user_task
from tests.integration.engine.office import CLERK, Office

EDITOR = Actor(key="u:editor", permissions=frozenset({"instance:modify"}))


def move(office: Office, instance_id: UUID, source: str, target: str, **fields: Any) -> Answer:
    given: dict[str, Any] = {"actor": EDITOR, "reason": "by mistake", **fields}
    return office.dispatcher.execute(
        MoveToken(
            command_id=new_id(), instance_id=instance_id, from_element=source, to_element=target, **given
        )
    )


def test_a_move_is_journalled_with_its_token_and_reason(office: Office) -> None:
    instance_id = office.start()
    task_id = office.open_task(instance_id)
    answer = move(office, instance_id, "request", "approve", variables={"subject": "urgent"})
    assert [event["type"] for event in answer.events] == [
        "token.moved.v1",
        "variable.changed.v1",
        "user_task.cancelled.v1",
        "timer.cancelled.v1",
        "timer.cancelled.v1",
        "user_task.created.v1",
    ]
    assert answer.events[0] == {
        "type": "token.moved.v1",
        "element_id": "request",
        "task_id": str(task_id),
        "to_element_id": "approve",
        "to_task_id": str(office.open_task(instance_id)),
        "reason": "by mistake",
    }
    with reading(office.dispatcher.database) as connection:
        entry = read_journal(connection, instance_id)[-1]
        rows = connection.execute(select(user_task.c.element_id, user_task.c.status)).all()
        assert connection.execute(select(message_subscription)).all() == []
    assert (entry.actor_key, entry.payload["task_id"]) == (EDITOR.key, str(task_id))
    assert {(row.element_id, row.status) for row in rows} == {("request", "cancelled"), ("approve", "open")}
    assert set(office.timers(instance_id).values()) == {"cancelled"}
    office.complete(instance_id, approval="yes")
    assert office.verify(instance_id) == 3


def test_a_token_is_moved_back_and_everything_waits_again(office: Office) -> None:
    instance_id = office.start()
    office.complete(instance_id)
    move(office, instance_id, "approve", "request")
    assert office.view(instance_id).active_elements == ("request",)
    assert office.timers(instance_id) == {"reminder": "waiting", "limit": "waiting"}
    office.complete(instance_id)
    office.complete(instance_id, approval="yes")
    assert office.verify(instance_id) == 5


def test_who_moves_may_and_says_why(office: Office) -> None:
    instance_id = office.start()
    with pytest.raises(NotAuthorised):
        move(office, instance_id, "request", "approve", actor=CLERK)
    with pytest.raises(InvalidVariables, match="a reason"):
        move(office, instance_id, "request", "approve", reason=" ")
    with pytest.raises(MoveRefused, match="no token is there"):
        move(office, instance_id, "approve", "request")
    with pytest.raises(MoveRefused, match="no such element"):
        move(office, instance_id, "request", "nowhere")
    with pytest.raises(MoveRefused, match="is not there"):
        move(office, instance_id, "request", "approve", task_id=new_id())
    command = MoveToken(
        command_id=new_id(),
        actor=EDITOR,
        instance_id=instance_id,
        from_element="request",
        to_element="approve",
        reason="by mistake",
    )
    first, again = office.dispatcher.execute(command), office.dispatcher.execute(command)
    assert (again.repeated, list(again.events)) == (True, list(first.events))
    other = MoveToken(
        command_id=command.command_id,
        actor=EDITOR,
        instance_id=instance_id,
        from_element="approve",
        to_element="request",
        reason="back",
    )
    with pytest.raises(CommandConflict):
        office.dispatcher.execute(other)
    assert office.verify(instance_id) == 2


def test_what_does_not_run_is_not_moved(office: Office) -> None:
    instance_id = office.start()
    given: Any = {"actor": SYSTEM, "instance_id": instance_id, "reason": "an audit"}
    office.dispatcher.execute(SuspendInstance(command_id=new_id(), **given))
    with pytest.raises(InstanceSuspended):
        move(office, instance_id, "request", "approve")
    office.dispatcher.execute(CancelInstance(command_id=new_id(), **given))
    with pytest.raises(InstanceNotActive):
        move(office, instance_id, "request", "approve")
    assert office.verify(instance_id) == 3


def test_a_move_into_what_fails_is_an_incident_that_can_be_retried(office: Office) -> None:
    instance_id = office.start()
    office.switch.failing = True
    with pytest.raises(StepFailed):
        move(office, instance_id, "request", "file_request")
    assert office.verify(instance_id) == 1
    office.switch.failing = False
    with reading(office.dispatcher.database) as connection:
        incident_id = connection.scalars(select(incident.c.id)).one()
    office.dispatcher.execute(RetryIncident(command_id=new_id(), actor=SYSTEM, incident_id=incident_id))
    assert office.view(instance_id).active_elements == ("approve",)
    assert office.verify(instance_id) == 2
