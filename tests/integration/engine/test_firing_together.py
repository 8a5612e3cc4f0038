"""Timers of different instances share a commit; one that fails or is refused takes none of the others with it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, event, select

from engine import clock
from engine.actors import SYSTEM
from engine.commands import CancelInstance
from engine.database import reading
from engine.definitions.resources import ModelResources
from engine.dispatch import Dispatcher
from engine.history.journal import read_journal
from engine.history.verify import verify_all
from engine.ids import new_id
from engine.service_tasks import ServiceCall, ServiceTaskHandlers
from engine.tables import incident, metadata
from engine.timers.due import SHARING, fire_due
from tests.integration.engine.office import APPROVAL, REMIND_AT, Office, Switch


class Drawer:
    """Files what it is given, but for one request that it cannot take."""

    def __init__(self) -> None:
        self.jammed = ""

    def file(self, call: ServiceCall) -> Mapping[str, Any]:
        if call.business_key == self.jammed:
            raise RuntimeError("the drawer is jammed")
        call.outbox.add("filed", {}, key=f"file:{call.task_id}")
        return {"filed_at": call.effective_at.isoformat()}


@pytest.fixture
def drawer() -> Drawer:
    return Drawer()


@pytest.fixture
def cabinet(database: Engine, drawer: Drawer) -> Office:
    """The small model with a handler that fails for one instance at will."""
    metadata.create_all(database)
    handlers = ServiceTaskHandlers()
    handlers.register("file", drawer.file)
    dispatcher = Dispatcher(database, handlers=handlers)
    return Office(dispatcher, dispatcher.deploy(ModelResources(bpmn=APPROVAL), actor=SYSTEM), Switch())


def commits(database: Engine) -> list[int]:
    """Count commits from now on, in the one element of the list."""
    counted = [0]

    def count(_connection: object) -> None:
        counted[0] += 1

    event.listen(database, "commit", count)
    return counted


def entries(office: Office, instance_id: UUID) -> list[str]:
    with reading(office.dispatcher.database) as connection:
        return [entry.command for entry in read_journal(connection, instance_id)]


def test_due_timers_share_commits(cabinet: Office) -> None:
    started = [cabinet.start() for _ in range(2 * SHARING)]
    counted = commits(cabinet.dispatcher.database)
    with clock.frozen_at(clock.from_text(REMIND_AT)):
        firing = fire_due(cabinet.dispatcher, limit=2 * SHARING)
    assert (firing.fired, firing.failed, firing.refused) == (2 * SHARING, 0, 0)
    assert counted[0] <= 4  # the claim, two shared ones, and nothing for each
    for instance_id in started:
        assert entries(cabinet, instance_id) == ["start_instance.v1", "fire_timer.v1"]
    assert_all_verify(cabinet)


def test_one_that_fails_is_an_incident_and_the_others_fire(cabinet: Office, drawer: Drawer) -> None:
    started = [cabinet.start() for _ in range(5)]
    drawer.jammed = "request 2"
    with clock.frozen_at(clock.from_text(REMIND_AT)):
        firing = fire_due(cabinet.dispatcher)
    assert (firing.fired, firing.failed, firing.refused) == (4, 1, 0)
    with reading(cabinet.dispatcher.database) as connection:
        found = connection.execute(select(incident)).all()
    assert [(row.instance_id, row.attempts) for row in found] == [(started[2], 1)]
    assert [len(entries(cabinet, instance_id)) for instance_id in started] == [2, 2, 1, 2, 2]
    assert_all_verify(cabinet)


def test_one_that_is_refused_holds_nobody_up(cabinet: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.timers import due

    started = [cabinet.start() for _ in range(3)]
    claim = due.claim_due

    def claim_then_cancel(*args: Any, **kwargs: Any) -> list[due.DueTimer]:
        claimed = claim(*args, **kwargs)
        if claimed:
            command = CancelInstance(
                command_id=new_id(), actor=SYSTEM, instance_id=started[1], reason="no longer wanted"
            )
            cabinet.dispatcher.execute(command)
        return claimed

    monkeypatch.setattr(due, "claim_due", claim_then_cancel)
    with clock.frozen_at(clock.from_text(REMIND_AT)):
        firing = fire_due(cabinet.dispatcher, limit=3)
    assert (firing.fired, firing.failed, firing.refused) == (2, 0, 1)
    assert entries(cabinet, started[1]) == ["start_instance.v1", "cancel_instance.v1"]
    assert_all_verify(cabinet)


def assert_all_verify(office: Office) -> None:
    with reading(office.dispatcher.database) as connection:
        outcomes = list(verify_all(connection, office.dispatcher.definitions))
    assert [outcome.difference for outcome in outcomes] == [None] * len(outcomes)
