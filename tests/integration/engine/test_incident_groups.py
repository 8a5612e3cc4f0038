"""Incidents are grouped by what caused them."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from engine.actors import SYSTEM
from engine.commands import RetryIncident
from engine.database import reading
from engine.definitions.resources import ModelResources
from engine.dispatch import Dispatcher
from engine.errors import NotFound, StepFailed
from engine.ids import new_id
from engine.instances.incidents import (
    IncidentDetail,
    IncidentGroup,
    find_incident,
    incident_groups,
    list_incidents,
)
from engine.service_tasks import ServiceCall
from engine.tables import incident
from tests.drawing import end, flows, model, service_task, start, user_task
from tests.integration.engine.office import Office

FILING = model(
    start(),
    user_task("write"),
    service_task("file_it", "file"),
    service_task("file_again", "file"),
    end(),
    flows("begin", "write", "file_it", "file_again", "finish"),
    process="filing",
)


@pytest.fixture
def filing(office: Office) -> Office:
    """An office whose clerk's letters are filed twice."""
    office.definition_hash = office.dispatcher.deploy(ModelResources(bpmn=FILING), actor=SYSTEM)
    return office


def say(dispatcher: Dispatcher, error: Exception) -> None:
    """Let the filing fail with this error."""

    def fail(_call: ServiceCall) -> dict[str, Any]:
        raise error

    dispatcher._handlers._handlers["file"] = fail


def fail(office: Office, error: Exception) -> UUID:
    say(office.dispatcher, error)
    instance_id = office.start()
    with pytest.raises(StepFailed):
        office.complete(instance_id)
    return instance_id


def groups(office: Office, **chosen: Any) -> list[IncidentGroup]:
    with reading(office.dispatcher.database) as connection:
        return incident_groups(connection, **chosen)


def incidents(office: Office, **chosen: Any) -> list[IncidentDetail]:
    with reading(office.dispatcher.database) as connection:
        return list_incidents(connection, **chosen)


def retry(office: Office, incident_id: UUID) -> None:
    office.dispatcher.execute(RetryIncident(command_id=new_id(), actor=SYSTEM, incident_id=incident_id))


def test_near_identical_messages_are_one_cause_and_different_ones_are_not(filing: Office) -> None:
    for number in (17, 2):
        fail(filing, RuntimeError(f"drawer {number} is locked since 2026-06-0{number % 9}T08:00:00Z"))
    last = fail(filing, RuntimeError("the cabinet is gone"))
    fail(filing, LookupError("drawer 3 is locked since 2026-06-01T08:00:00Z"))
    found = groups(filing)
    assert [(group.count, group.open_count, group.instances) for group in found] == [
        (2, 2, 2),
        (1, 1, 1),
        (1, 1, 1),
    ]
    assert {group.example.error for group in found} == {"RuntimeError", "LookupError"}
    locked = found[0]
    assert locked.example.element_id == "file_it"
    assert (locked.example.process_key, locked.example.version) == ("filing", 1)
    assert locked.first_seen_at < locked.last_seen_at == locked.example.last_failed_at
    assert incidents(filing)[1].instance_id == last
    assert len(incidents(filing, cause=locked.cause)) == 2
    assert groups(filing, cause=locked.cause) == [locked]


def test_another_version_is_another_cause(filing: Office) -> None:
    fail(filing, RuntimeError("locked"))
    changed = FILING.replace(b'name="write"', b'name="Write"')
    filing.definition_hash = filing.dispatcher.deploy(ModelResources(bpmn=changed), actor=SYSTEM)
    fail(filing, RuntimeError("locked"))
    assert sorted(group.example.version or 0 for group in groups(filing)) == [1, 2]


def test_the_same_failure_on_retry_keeps_its_row_and_another_moves_it(filing: Office) -> None:
    fail(filing, RuntimeError("drawer 1 is locked"))
    (before,) = incidents(filing)
    say(filing.dispatcher, RuntimeError("drawer 2 is locked"))
    with pytest.raises(StepFailed):
        retry(filing, before.id)
    (again,) = incidents(filing)
    assert (again.id, again.cause, again.attempts) == (before.id, before.cause, 2)
    assert again.created_at == before.created_at < again.last_failed_at
    say(filing.dispatcher, RuntimeError("the cabinet is gone"))
    with pytest.raises(StepFailed):
        retry(filing, before.id)
    (moved,) = incidents(filing)
    assert (moved.id, moved.attempts) == (before.id, 3)
    assert moved.cause != before.cause
    assert [group.cause for group in groups(filing)] == [moved.cause]


def test_resolved_ones_are_counted_apart(filing: Office) -> None:
    fail(filing, RuntimeError("locked"))
    fail(filing, RuntimeError("locked"))
    first, second = incidents(filing)
    filing.dispatcher._handlers._handlers["file"] = lambda _call: {}
    retry(filing, first.id)
    (group,) = groups(filing)
    assert (group.count, group.open_count, group.example.id) == (2, 1, second.id)
    assert [each.id for each in incidents(filing, only_open=True)] == [second.id]
    retry(filing, second.id)
    assert groups(filing, only_open=True) == []


def test_incidents_of_early_versions_are_one_group(filing: Office) -> None:
    fail(filing, RuntimeError("locked"))
    fail(filing, LookupError("gone"))
    with filing.dispatcher.database.begin() as connection:
        connection.execute(update(incident).values(cause=None, error=None, definition_hash=None))
    (group,) = groups(filing)
    assert (group.cause, group.count, group.example.process_key, group.example.version) == (
        None,
        2,
        "filing",
        None,
    )


def test_a_start_that_fails_is_told_without_an_instance(office: Office) -> None:
    at_once = model(start(), service_task("file_it", "file"), end(), flows("begin", "file_it", "finish"))
    office.definition_hash = office.dispatcher.deploy(ModelResources(bpmn=at_once), actor=SYSTEM)
    office.switch.failing = True
    with pytest.raises(StepFailed):
        office.start()
    (found,) = incidents(office)
    assert (found.business_key, found.process_key, found.command) == (None, "sample", "start_instance.v1")


def test_an_unknown_incident_is_not_found(office: Office) -> None:
    with reading(office.dispatcher.database) as connection, pytest.raises(NotFound):
        find_incident(connection, new_id())
    fail(office, RuntimeError("locked"))
    with reading(office.dispatcher.database) as connection:
        known = connection.scalars(select(incident.c.id)).one()
        assert find_incident(connection, known).message.endswith("locked")
