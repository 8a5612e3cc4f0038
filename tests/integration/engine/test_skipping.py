"""Failed commands: skipped service tasks, retries with their reason, and incidents that are over."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from engine import clock
from engine.actors import SYSTEM, Actor
from engine.commands import (
    CancelInstance,
    CompleteUserTask,
    CorrelateMessage,
    MigrateInstance,
    RetryIncident,
    SetVariables,
    SkipServiceTask,
    StartInstance,
)
from engine.database import reading
from engine.definitions.resources import ModelResources
from engine.dispatch import Answer, Dispatcher
from engine.errors import (
    CommandConflict,
    InvalidVariables,
    NotAuthorised,
    NotFound,
    NotSkippable,
    StepFailed,
)
from engine.history.journal import JournalEntry, read_journal
from engine.ids import new_id
from engine.service_tasks import ServiceCall, ServiceTaskHandlers
from engine.tables import incident, metadata
from engine.timers.due import fire_due
from tests.drawing import (
    catch,
    each,
    end,
    flows,
    looping,
    message,
    model,
    node,
    of,
    script_task,
    service_task,
    start,
    user_task,
)
from tests.integration.engine.office import APPROVAL, CLERK, COLLEAGUE, LIMIT_AT, REMIND_AT, Office, Switch

FIXER = Actor(key="u:fixer", permissions=frozenset({"instance:modify", "incident:retry"}))


def fail_to_complete(office: Office, instance_id: UUID, **variables: Any) -> UUID:
    """Complete the open task while the service task behind it fails; return the incident."""
    office.switch.failing = True
    with pytest.raises(StepFailed):
        office.complete(instance_id, **variables)
    office.switch.failing = False
    return open_incidents(office)[-1]


def open_incidents(office: Office) -> list[UUID]:
    with reading(office.dispatcher.database) as connection:
        query = select(incident.c.id).where(incident.c.resolved_at.is_(None))
        return list(connection.scalars(query.order_by(incident.c.created_at)))


def resolved_by(office: Office, incident_id: UUID) -> str | None:
    with reading(office.dispatcher.database) as connection:
        return connection.scalar(select(incident.c.resolved_by).where(incident.c.id == incident_id))


def last_entry(office: Office, instance_id: UUID) -> JournalEntry:
    with reading(office.dispatcher.database) as connection:
        return read_journal(connection, instance_id)[-1]


def skip(office: Office, incident_id: UUID, *, actor: Actor = FIXER, **fields: Any) -> Answer:
    given = {"output": {"filed_at": "by hand"}, "reason": "the cabinet burnt down", **fields}
    return office.dispatcher.execute(
        SkipServiceTask(command_id=new_id(), actor=actor, incident_id=incident_id, **given)
    )


def test_a_skipped_service_task_has_the_output_that_was_given(office: Office) -> None:
    instance_id = office.start()
    incident_id = fail_to_complete(office, instance_id, subject="paper")
    office.switch.failing = True
    answer = skip(office, incident_id)
    assert office.switch.calls == 0
    (event,) = [event for event in answer.events if event["type"].startswith("service_task")]
    assert event == {
        "type": "service_task.skipped.v1",
        "element_id": "file_request",
        "task_id": event["task_id"],
        "task_type": "file",
        "result": {"filed_at": "by hand"},
        "skipped_by": FIXER.key,
        "reason": "the cabinet burnt down",
    }
    entry = last_entry(office, instance_id)
    assert (entry.command, entry.actor_key) == ("complete_user_task.v1", CLERK.key)
    assert entry.operator["skipped_by"] == FIXER.key
    assert entry.operator["skip_reason"] == "the cabinet burnt down"
    assert entry.service_results[0]["skipped"] is True
    assert office.view(instance_id).variables["filed_at"] == "by hand"
    assert resolved_by(office, incident_id) == FIXER.key
    office.switch.failing = False
    office.complete(instance_id, approval="yes")
    assert office.verify(instance_id) == 3


def test_a_repeated_skip_or_retry_returns_the_first_answer(office: Office) -> None:
    for kind, fields in (
        (SkipServiceTask, {"output": {}, "reason": "x"}),
        (RetryIncident, {"reason": "mended"}),
    ):
        instance_id = office.start()
        command: Any = kind(
            command_id=new_id(), actor=FIXER, incident_id=fail_to_complete(office, instance_id), **fields
        )
        first, again = office.dispatcher.execute(command), office.dispatcher.execute(command)
        assert (first.repeated, again.repeated, again.sequence) == (False, True, first.sequence)
        other = kind(
            command_id=command.command_id,
            actor=FIXER,
            incident_id=command.incident_id,
            **(fields | {"reason": "other"}),
        )
        with pytest.raises(CommandConflict):
            office.dispatcher.execute(other)
        with pytest.raises(NotFound):
            office.dispatcher.execute(
                RetryIncident(command_id=new_id(), actor=FIXER, incident_id=command.incident_id)
            )
        assert office.verify(instance_id) == 2


def test_a_retry_may_say_why(office: Office) -> None:
    instance_id = office.start()
    incident_id = fail_to_complete(office, instance_id)
    office.dispatcher.execute(
        RetryIncident(command_id=new_id(), actor=FIXER, incident_id=incident_id, reason="has a new key")
    )
    operator = last_entry(office, instance_id).operator
    assert (operator["retried_by"], operator["retry_reason"]) == (FIXER.key, "has a new key")
    assert office.verify(instance_id) == 2


def test_who_skips_may_and_says_why(office: Office) -> None:
    incident_id = fail_to_complete(office, office.start())
    with pytest.raises(NotAuthorised):
        skip(office, incident_id, actor=CLERK)
    with pytest.raises(InvalidVariables, match="a reason"):
        skip(office, incident_id, reason="")
    with pytest.raises(InvalidVariables, match="JSON"):
        skip(office, incident_id, output={"a": {1}})
    with pytest.raises(NotFound):
        skip(office, new_id())
    with pytest.raises(InvalidVariables, match="2000"):
        office.dispatcher.execute(
            RetryIncident(command_id=new_id(), actor=FIXER, incident_id=incident_id, reason="x" * 2_001)
        )
    assert open_incidents(office) == [incident_id]


def test_a_start_that_failed_is_skipped(dispatcher: Dispatcher, switch: Switch) -> None:
    bpmn = model(
        start(), service_task("first", "file"), user_task("work"), end(),
        flows("begin", "first", "work", "finish"),
    )  # fmt: skip
    office = Office(dispatcher, dispatcher.deploy(ModelResources(bpmn=bpmn), actor=SYSTEM), switch)
    switch.failing = True
    with pytest.raises(StepFailed):
        office.start()
    (incident_id,) = open_incidents(office)
    instance_id = skip(office, incident_id).instance_id
    assert office.view(instance_id).variables["filed_at"] == "by hand"
    assert office.verify(instance_id) == 1


def test_a_timer_whose_reminder_failed_is_skipped_and_fires_no_more(office: Office) -> None:
    instance_id = office.start()
    office.switch.failing = True
    with clock.frozen_at(clock.from_text(REMIND_AT)):
        assert fire_due(office.dispatcher).failed == 1
        (incident_id,) = open_incidents(office)
        skip(office, incident_id)
        assert office.timers(instance_id)["reminder"] == "fired"
        assert fire_due(office.dispatcher).fired == 0
    assert office.verify(instance_id) == 2


def test_what_failed_and_is_no_service_task_cannot_be_skipped(dispatcher: Dispatcher, switch: Switch) -> None:
    bpmn = model(
        start(), user_task("work"), node("exclusiveGateway", "which"), end("one"), end("other"),
        flows("begin", "work", "which", "one"), flows("which", "other"),
    ).replace(
        b'id="which_to_one" sourceRef="which" targetRef="one">',
        b'id="which_to_one" sourceRef="which" targetRef="one"><bpmn:conditionExpression>=amount'
        b"</bpmn:conditionExpression>",
    ).replace(b'id="which" name="which"', b'id="which" name="which" default="which_to_other"')  # fmt: skip
    office = Office(dispatcher, dispatcher.deploy(ModelResources(bpmn=bpmn), actor=SYSTEM), switch)
    instance_id = office.start()
    with pytest.raises(StepFailed):
        office.complete(instance_id, amount=5)
    (incident_id,) = open_incidents(office)
    with pytest.raises(NotSkippable, match="'which' is none"):
        skip(office, incident_id)


@pytest.fixture
def choosy(database: Any) -> Office:
    """Files three papers, and one of them cannot be filed."""
    metadata.create_all(database)
    handlers = ServiceTaskHandlers()

    def file(call: ServiceCall) -> Mapping[str, Any]:
        if call.variables["item"] == call.variables["bad"]:
            raise RuntimeError("torn")
        return {"number": call.variables["item"] * 10}

    handlers.register("file", file)
    dispatcher = Dispatcher(database, handlers=handlers)
    bpmn = model(
        start(), user_task("work"),
        looping(service_task("file_all", "file"), each("papers", results="numbers", result="number")),
        user_task("read"), end(),
        flows("begin", "work", "file_all", "read", "finish"),
    )  # fmt: skip
    return Office(dispatcher, dispatcher.deploy(ModelResources(bpmn=bpmn), actor=SYSTEM), Switch())


def test_of_many_instances_the_one_that_failed_is_skipped(choosy: Office) -> None:
    instance_id = choosy.start(bad=2, papers=[1, 2, 3])
    with pytest.raises(StepFailed):
        choosy.complete(instance_id)
    skip(choosy, open_incidents(choosy)[0], output={"number": "torn"})
    assert choosy.view(instance_id).variables["numbers"] == [10, "torn", 30]
    assert choosy.verify(instance_id) == 2


def test_what_does_not_come_to_the_service_task_again_is_refused(choosy: Office) -> None:
    """The process was corrected in the meantime, so that there is only one paper to file."""
    instance_id = choosy.start(bad=2, papers=[1, 2, 3])
    with pytest.raises(StepFailed):
        choosy.complete(instance_id)
    choosy.dispatcher.execute(_set(instance_id, papers=[1]))
    with pytest.raises(NotSkippable, match="to be reached again"):
        skip(choosy, open_incidents(choosy)[0])
    assert choosy.verify(instance_id) == 2


def _set(instance_id: UUID, **variables: Any) -> Any:
    return SetVariables(
        command_id=new_id(), actor=FIXER, instance_id=instance_id, variables=variables, reason="x"
    )


def test_an_incident_is_over_when_its_task_is_done_by_another_command(office: Office) -> None:
    instance_id = office.start()
    incident_id = fail_to_complete(office, instance_id, subject="with a mistake")
    office.dispatcher.execute(
        CompleteUserTask(
            command_id=new_id(),
            actor=COLLEAGUE,
            task_id=office.open_task(instance_id),
            variables={"subject": "without"},
        )
    )
    assert open_incidents(office) == []
    assert resolved_by(office, incident_id) == COLLEAGUE.key


def test_an_incident_stays_while_its_task_is_open(office: Office) -> None:
    instance_id = office.start()
    incident_id = fail_to_complete(office, instance_id)
    with clock.frozen_at(clock.from_text(REMIND_AT)):
        assert fire_due(office.dispatcher).fired == 1
    assert open_incidents(office) == [incident_id]


@pytest.mark.parametrize("by", ["timer", "message", "cancellation"])
def test_incidents_end_with_their_task_or_instance(office: Office, by: str) -> None:
    instance_id = office.start(key="k")
    incident_id = fail_to_complete(office, instance_id)
    with clock.frozen_at(clock.from_text(REMIND_AT)):
        office.switch.failing = True
        assert fire_due(office.dispatcher).failed == 1
        office.switch.failing = False
    assert len(open_incidents(office)) == 2
    given: Any = {"command_id": new_id(), "actor": SYSTEM}
    if by == "timer":
        with clock.frozen_at(clock.from_text(LIMIT_AT)):
            fire_due(office.dispatcher)
    elif by == "message":
        office.dispatcher.execute(
            CorrelateMessage(message_name="request_recalled", correlation_key="k", **given)
        )
    else:
        office.dispatcher.execute(CancelInstance(instance_id=instance_id, reason="x", **given))
    assert open_incidents(office) == []
    assert resolved_by(office, incident_id) == "system"
    assert office.verify(instance_id) == 2


def test_a_start_sent_again_under_another_identifier_leaves_no_incident(
    dispatcher: Dispatcher, switch: Switch
) -> None:
    bpmn = model(
        start(), service_task("first", "file"), script_task("then", "1", "one"), user_task("work"), end(),
        flows("begin", "first", "then", "work", "finish"),
    )  # fmt: skip
    office = Office(dispatcher, dispatcher.deploy(ModelResources(bpmn=bpmn), actor=SYSTEM), switch)
    failed = office.start_command()
    switch.failing = True
    with pytest.raises(StepFailed):
        dispatcher.execute(failed)
    switch.failing = False
    dispatcher.execute(
        StartInstance(
            command_id=new_id(),
            actor=SYSTEM,
            instance_id=failed.instance_id,
            definition_hash=failed.definition_hash,
            business_key="again",
        )
    )
    assert len(open_incidents(office)) == 1
    office.dispatcher.execute(_set(failed.instance_id, x=1))
    assert open_incidents(office) == []


def test_a_message_sent_again_leaves_no_incident(dispatcher: Dispatcher, switch: Switch) -> None:
    bpmn = model(
        start(), catch("told", of("message", "m")), service_task("then", "file"), user_task("work"), end(),
        flows("begin", "told", "then", "work", "finish"),
        messages=message("m", "news", "key"),
    )  # fmt: skip
    office = Office(dispatcher, dispatcher.deploy(ModelResources(bpmn=bpmn), actor=SYSTEM), switch)
    office.start(key="k")

    def tell() -> None:
        dispatcher.execute(
            CorrelateMessage(command_id=new_id(), actor=SYSTEM, message_name="news", correlation_key="k")
        )

    switch.failing = True
    with pytest.raises(StepFailed):
        tell()
    switch.failing = False
    with clock.frozen_at(datetime(2030, 1, 1, tzinfo=UTC)):
        tell()
    assert open_incidents(office) == []


def test_of_two_who_skip_at_once_one_is_told_that_it_is_done(office: Office) -> None:
    instance_id = office.start()
    incident_id = fail_to_complete(office, instance_id)

    def skip(number: int) -> bool:
        try:
            office.dispatcher.execute(
                SkipServiceTask(
                    command_id=new_id(),
                    actor=FIXER,
                    incident_id=incident_id,
                    reason="by hand",
                    output={"filed_by": number},
                )
            )
        except NotFound:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        accepted = [number for number, done in enumerate(pool.map(skip, range(4))) if done]
    assert accepted == [office.view(instance_id).variables["filed_by"]]
    assert office.verify(instance_id) == 2


def test_what_failed_before_a_migration_is_skipped_under_its_new_name(office: Office) -> None:
    instance_id = office.start()
    incident_id = fail_to_complete(office, instance_id)
    target = office.dispatcher.deploy(
        ModelResources(bpmn=APPROVAL.replace(b"file_request", b"store_request")), actor=SYSTEM
    )
    office.dispatcher.execute(
        MigrateInstance(
            command_id=new_id(),
            actor=SYSTEM,
            instance_id=instance_id,
            definition_hash=target,
            reason="better words",
            mapping={"file_request": "store_request"},
        )
    )
    office.dispatcher.execute(
        SkipServiceTask(
            command_id=new_id(), actor=FIXER, incident_id=incident_id, reason="by hand", output={}
        )
    )
    assert office.view(instance_id).active_elements == ("approve",)
    assert office.verify(instance_id) == 3
