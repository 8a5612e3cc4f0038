"""One command, one transaction (DESIGN §3): idempotence, refusals, incidents, both databases."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
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
    FireTimer,
    RetryIncident,
    StartInstance,
)
from engine.database import reading
from engine.definitions.resources import ModelResources
from engine.dispatch import Answer, Dispatcher
from engine.errors import (
    CommandConflict,
    DefinitionRefused,
    InstanceAlreadyExists,
    InstanceNotActive,
    InvalidVariables,
    MessageNotExpected,
    NotAuthorised,
    NotFound,
    StepFailed,
    TaskAlreadyCompleted,
    TaskNotOpen,
    TimerNotDue,
)
from engine.history.journal import read_journal
from engine.ids import new_id
from engine.instances.incident import record
from engine.instances.inspect import find_instance
from engine.instances.instance import lock_instance
from engine.tables import definition, incident, outbox, process_instance, resource
from engine.tasklist import find_task, open_tasks
from engine.timers.due import fire_due, next_due_at
from tests.drawing import end, flows, model, node, start
from tests.integration.engine.office import APPROVAL, CLERK, LIMIT_AT, REMIND_AT, STRANGER, Office

AFTER_REMINDER = clock.from_text(REMIND_AT)


def entries(office: Office, instance_id: UUID) -> int:
    with reading(office.dispatcher.database) as connection:
        return len(read_journal(connection, instance_id))


def test_an_instance_runs_to_its_end(office: Office) -> None:
    instance_id = office.start()
    office.complete(instance_id, subject="paper")
    office.complete(instance_id, approval="yes")
    with reading(office.dispatcher.database) as connection:
        view = find_instance(connection, office.dispatcher.definitions, instance_id)
        journal = read_journal(connection, instance_id)
    assert view.status == "completed"
    assert view.sequence == 3
    assert view.variables["subject"] == "paper"
    assert [task.status for task in view.user_tasks] == ["completed", "completed"]
    assert {timer.status for timer in view.timers} == {"cancelled"}
    assert [entry.command for entry in journal] == [
        "start_instance.v1",
        "complete_user_task.v1",
        "complete_user_task.v1",
    ]
    assert [entry.previous for entry in journal[1:]] == [entry.entry_hash for entry in journal[:-1]]
    assert journal[1].actor_key == CLERK.key


def test_the_same_command_twice_returns_the_first_answer(office: Office) -> None:
    command = office.start_command()
    first = office.dispatcher.execute(command)
    again = office.dispatcher.execute(command)
    assert not first.repeated
    assert again.repeated
    assert (again.instance_id, again.sequence) == (first.instance_id, first.sequence)
    assert list(again.events) == list(first.events)
    assert entries(office, command.instance_id) == 1


def test_a_command_id_cannot_be_used_for_something_else(office: Office) -> None:
    command = office.start_command()
    office.dispatcher.execute(command)
    other = StartInstance(
        command_id=command.command_id,
        actor=SYSTEM,
        instance_id=new_id(),
        definition_hash=office.definition_hash,
        business_key="other",
    )
    with pytest.raises(CommandConflict):
        office.dispatcher.execute(other)


def test_an_instance_id_is_taken_once(office: Office) -> None:
    command = office.start_command()
    office.dispatcher.execute(command)
    other = StartInstance(
        command_id=new_id(),
        actor=SYSTEM,
        instance_id=command.instance_id,
        definition_hash=office.definition_hash,
        business_key="other",
    )
    with pytest.raises(InstanceAlreadyExists):
        office.dispatcher.execute(other)


def test_two_browsers_one_winner(office: Office) -> None:
    instance_id = office.start()
    task_id = office.open_task(instance_id)

    def press(number: int) -> Answer | TaskAlreadyCompleted:
        try:
            return office.dispatcher.execute(
                CompleteUserTask(
                    command_id=new_id(), actor=CLERK, task_id=task_id, variables={"number": number}
                )
            )
        except TaskAlreadyCompleted as refusal:
            return refusal

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(press, range(4)))
    assert sum(isinstance(outcome, Answer) for outcome in outcomes) == 1
    assert entries(office, instance_id) == 2


def test_the_double_click_is_one_completion(office: Office) -> None:
    instance_id = office.start()
    command = CompleteUserTask(command_id=new_id(), actor=CLERK, task_id=office.open_task(instance_id))
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: office.dispatcher.execute(command), range(4)))
    assert sum(not answer.repeated for answer in answers) == 1
    assert {answer.sequence for answer in answers} == {2}
    assert entries(office, instance_id) == 2


def test_a_stranger_is_refused_and_nothing_is_written(office: Office) -> None:
    instance_id = office.start()
    task_id = office.open_task(instance_id)
    with pytest.raises(NotAuthorised):
        office.dispatcher.execute(CompleteUserTask(command_id=new_id(), actor=STRANGER, task_id=task_id))
    with pytest.raises(NotFound):
        office.dispatcher.execute(CompleteUserTask(command_id=new_id(), actor=CLERK, task_id=new_id()))
    assert entries(office, instance_id) == 1
    assert office.open_task(instance_id) == task_id


def test_a_completed_task_is_refused_by_name(office: Office) -> None:
    instance_id = office.start()
    task_id = office.open_task(instance_id)
    office.complete(instance_id)
    with pytest.raises(TaskAlreadyCompleted):
        office.dispatcher.execute(CompleteUserTask(command_id=new_id(), actor=CLERK, task_id=task_id))


@pytest.mark.parametrize("value", [{1, 2}, datetime(2026, 1, 1, tzinfo=UTC), 2**60, float("nan")])
def test_variables_that_json_cannot_carry_are_refused(office: Office, value: object) -> None:
    instance_id = office.start()
    with pytest.raises(InvalidVariables):
        office.complete(instance_id, value=value)
    assert entries(office, instance_id) == 1


def test_permissions_are_asked(office: Office) -> None:
    nobody = Actor(key="u:nobody")
    start_command = office.start_command()
    refused = [
        StartInstance(
            command_id=new_id(),
            actor=nobody,
            instance_id=new_id(),
            definition_hash=office.definition_hash,
            business_key="x",
        ),
        CancelInstance(command_id=new_id(), actor=nobody, instance_id=office.start(), reason="x"),
    ]
    for command in refused:
        with pytest.raises(NotAuthorised):
            office.dispatcher.execute(command)
    with pytest.raises(NotAuthorised):
        office.dispatcher.deploy(ModelResources(bpmn=APPROVAL), actor=nobody)
    office.dispatcher.execute(start_command)


def test_a_timer_row_becomes_a_command_at_its_due_time(office: Office) -> None:
    with clock.frozen_at(datetime(2026, 6, 12, tzinfo=UTC)):
        instance_id = office.start()
        with reading(office.dispatcher.database) as connection:
            assert next_due_at(connection) == clock.from_text(REMIND_AT)
        assert fire_due(office.dispatcher).fired == 0
    late = datetime(2026, 6, 16, tzinfo=UTC)
    with clock.frozen_at(late):
        firing = fire_due(office.dispatcher)
    assert firing.fired == 1
    assert firing.longest_lag == late - clock.from_text(REMIND_AT)
    with reading(office.dispatcher.database) as connection:
        entry = read_journal(connection, instance_id)[-1]
    assert entry.effective_at == clock.from_text(REMIND_AT)
    assert entry.recorded_at == late
    assert office.timers(instance_id) == {"reminder": "fired", "limit": "waiting"}


def test_due_timers_of_one_instance_fire_in_order(office: Office) -> None:
    with clock.frozen_at(datetime(2026, 6, 12, tzinfo=UTC)):
        instance_id = office.start()
    with clock.frozen_at(datetime(2026, 7, 1, tzinfo=UTC)):
        fire_due(office.dispatcher)
    assert office.timers(instance_id) == {"reminder": "fired", "limit": "fired"}
    with reading(office.dispatcher.database) as connection:
        effective = [entry.effective_at for entry in read_journal(connection, instance_id)[1:]]
    assert effective == [clock.from_text(REMIND_AT), clock.from_text(LIMIT_AT)]


def test_two_workers_fire_every_timer_once(office: Office) -> None:
    instances = [office.start() for _ in range(12)]

    def work() -> int:
        with clock.frozen_at(AFTER_REMINDER):
            return sum(fire_due(office.dispatcher, limit=3).fired for _ in range(6))

    with ThreadPoolExecutor(3) as pool:
        fired = [future.result() for future in [pool.submit(work) for _ in range(3)]]
    assert sum(fired) == len(instances)
    assert all(office.timers(instance_id)["reminder"] == "fired" for instance_id in instances)
    assert office.switch.calls == len(instances)


def test_a_timer_that_is_not_due_or_has_fired_is_refused(office: Office) -> None:
    instance_id = office.start()
    with reading(office.dispatcher.database) as connection:
        view = find_instance(connection, office.dispatcher.definitions, instance_id)
    reminder = next(timer for timer in view.timers if timer.element_id == "reminder")
    fire = FireTimer(command_id=new_id(), timer_id=reminder.id, due_at=reminder.due_at)
    with clock.frozen_at(datetime(2026, 6, 12, tzinfo=UTC)), pytest.raises(TimerNotDue):
        office.dispatcher.execute(fire)
    with clock.frozen_at(AFTER_REMINDER):
        office.dispatcher.execute(fire)
        with pytest.raises(TimerNotDue):
            office.dispatcher.execute(
                FireTimer(command_id=new_id(), timer_id=reminder.id, due_at=reminder.due_at)
            )


def test_a_message_finds_the_one_instance_that_waits(office: Office) -> None:
    mine, other = office.start(key="A"), office.start(key="B")

    def send(key: str) -> Answer:
        return office.dispatcher.execute(
            CorrelateMessage(
                command_id=new_id(),
                actor=SYSTEM,
                message_name="request_recalled",
                correlation_key=key,
                variables={"why": "mistake"},
            )
        )

    assert send("A").instance_id == mine
    with pytest.raises(MessageNotExpected):
        send("A")
    with pytest.raises(MessageNotExpected):
        send("C")
    with reading(office.dispatcher.database) as connection:
        definitions = office.dispatcher.definitions
        assert find_instance(connection, definitions, mine).variables["why"] == "mistake"
        assert find_instance(connection, definitions, mine).status == "completed"
        assert find_instance(connection, definitions, other).status == "active"


def test_cancelling_ends_tasks_and_timers(office: Office) -> None:
    instance_id = office.start()
    task_id = office.open_task(instance_id)
    cancel = CancelInstance(command_id=new_id(), actor=SYSTEM, instance_id=instance_id, reason="duplicate")
    office.dispatcher.execute(cancel)
    assert set(office.timers(instance_id).values()) == {"cancelled"}
    with pytest.raises(TaskNotOpen):
        office.dispatcher.execute(CompleteUserTask(command_id=new_id(), actor=CLERK, task_id=task_id))
    with pytest.raises(InstanceNotActive):
        office.dispatcher.execute(
            CancelInstance(command_id=new_id(), actor=SYSTEM, instance_id=instance_id, reason="again")
        )


def test_a_failing_handler_leaves_an_incident_and_nothing_else(office: Office) -> None:
    instance_id = office.start()
    office.switch.failing = True
    with pytest.raises(StepFailed, match="cabinet is locked"):
        office.complete(instance_id, subject="kept")
    assert entries(office, instance_id) == 1
    with reading(office.dispatcher.database) as connection:
        kept = connection.execute(select(incident)).one()
        assert kept.element_id == "file_request"
        assert connection.execute(select(outbox)).all() == []
    retry = RetryIncident(command_id=new_id(), actor=SYSTEM, incident_id=kept.id)
    with pytest.raises(StepFailed):
        office.dispatcher.execute(retry)
    office.switch.failing = False
    office.dispatcher.execute(RetryIncident(command_id=new_id(), actor=SYSTEM, incident_id=kept.id))
    with reading(office.dispatcher.database) as connection:
        mended = connection.execute(select(incident)).one()
        view = find_instance(connection, office.dispatcher.definitions, instance_id)
        entry = read_journal(connection, instance_id)[-1]
    assert mended.attempts == 2
    assert mended.resolved_by == SYSTEM.key
    assert entry.actor_key == CLERK.key
    assert view.variables["subject"] == "kept"
    assert view.active_elements == ("approve",)
    with pytest.raises(NotFound):
        office.dispatcher.execute(RetryIncident(command_id=new_id(), actor=SYSTEM, incident_id=kept.id))


def test_what_fails_while_its_instance_is_cancelled_leaves_no_incident(office: Office) -> None:
    instance_id = office.start()
    command = CompleteUserTask(command_id=new_id(), actor=CLERK, task_id=office.open_task(instance_id))
    with office.dispatcher.database.begin() as connection:
        instance = lock_instance(connection, instance_id)
    office.dispatcher.execute(
        CancelInstance(command_id=new_id(), actor=SYSTEM, instance_id=instance_id, reason="withdrawn")
    )
    with (
        office.dispatcher.database.begin() as connection
    ):  # as after the failed transaction of the completion
        record(connection, instance, command, StepFailed("it is locked", element_id="file_request"))
    with reading(office.dispatcher.database) as connection:
        assert connection.execute(select(incident)).all() == []


def test_a_timer_that_fails_waits_for_an_operator_and_does_not_stop_the_others(office: Office) -> None:
    bad = office.start()
    office.switch.failing = True
    with clock.frozen_at(AFTER_REMINDER):
        assert fire_due(office.dispatcher).failed == 1
        office.switch.failing = False
        good = office.start()
        assert fire_due(office.dispatcher).fired == 1
        assert office.timers(bad)["reminder"] == "failed"
        assert office.timers(good)["reminder"] == "fired"
        with reading(office.dispatcher.database) as connection:
            kept = connection.execute(select(incident)).one()
        office.dispatcher.execute(RetryIncident(command_id=new_id(), actor=SYSTEM, incident_id=kept.id))
    assert office.timers(bad)["reminder"] == "fired"


def test_a_batch_is_whole_or_absent(office: Office) -> None:
    good, bad = office.start_command(), office.start_command(remind_at="not an instant")
    with pytest.raises(StepFailed):
        office.dispatcher.execute_batch([good, bad])
    with reading(office.dispatcher.database) as connection:
        assert connection.execute(select(process_instance)).all() == []
    office.dispatcher.execute_batch([good, office.start_command()])
    with reading(office.dispatcher.database) as connection:
        assert len(connection.execute(select(process_instance)).all()) == 2


def test_messages_leave_through_the_outbox_with_the_command(office: Office) -> None:
    instance_id = office.start()
    office.complete(instance_id)
    with reading(office.dispatcher.database) as connection:
        (message,) = connection.execute(select(outbox)).all()
    assert message.topic == "filed"
    assert message.instance_id == instance_id
    assert message.delivered_at is None


def test_the_same_model_is_deployed_once(office: Office) -> None:
    again = office.dispatcher.deploy(ModelResources(bpmn=APPROVAL), actor=SYSTEM)
    assert again == office.definition_hash
    changed = office.dispatcher.deploy(ModelResources(bpmn=APPROVAL + b"\n"), actor=SYSTEM)
    assert changed != again
    with reading(office.dispatcher.database) as connection:
        versions = (
            connection.execute(select(definition.c.version).order_by(definition.c.version)).scalars().all()
        )
        assert versions == [1, 2]
        assert len(connection.execute(select(resource)).all()) == 2


def test_a_refused_model_leaves_nothing(dispatcher: Dispatcher) -> None:
    wrong = model(start(), node("complexGateway", "any"), end(), flows("begin", "any", "finish"))
    with pytest.raises(DefinitionRefused):
        dispatcher.deploy(ModelResources(bpmn=wrong), actor=SYSTEM)
    with reading(dispatcher.database) as connection:
        assert connection.execute(select(definition)).all() == []
        assert connection.execute(select(resource)).all() == []


def test_a_running_instance_keeps_its_definition(office: Office) -> None:
    instance_id = office.start()
    newer = APPROVAL.replace(b'name="request"', b'name="requested"')
    office.dispatcher.deploy(ModelResources(bpmn=newer), actor=SYSTEM)
    office.complete(instance_id)
    with reading(office.dispatcher.database) as connection:
        view = find_instance(connection, office.dispatcher.definitions, instance_id)
    assert view.definition_hash == office.definition_hash


def test_the_task_list_shows_what_a_person_may_work_on(office: Office) -> None:
    instance_id = office.start()
    with reading(office.dispatcher.database) as connection:
        definitions = office.dispatcher.definitions
        (task,) = open_tasks(connection, definitions, CLERK)
        assert open_tasks(connection, definitions, STRANGER) == []
        detail = find_task(connection, definitions, task.id)
    assert task.instance_id == instance_id
    assert task.element_name == "request"
    assert detail.variables["remind_at"] == REMIND_AT


@pytest.mark.parametrize("changed", ["variables", "actor", "on_behalf_of"])
def test_another_request_under_the_same_identifier_is_refused(office: Office, changed: str) -> None:
    instance_id = office.start()
    first = CompleteUserTask(
        command_id=new_id(),
        actor=CLERK,
        task_id=office.open_task(instance_id),
        variables={"subject": "paper"},
    )
    office.dispatcher.execute(first)
    assert office.dispatcher.execute(first).repeated
    edited: dict[str, Any] = {
        "variables": {"variables": {"subject": "other paper"}},
        "actor": {"actor": replace(CLERK, key="u:colleague")},
        "on_behalf_of": {"actor": replace(CLERK, on_behalf_of="u:chief")},
    }
    with pytest.raises(CommandConflict) as refused:
        office.dispatcher.execute(replace(first, **edited[changed]))
    assert refused.value.params == {"instance_id": str(instance_id), "sequence": 2}
    assert entries(office, instance_id) == 2


def test_a_repeat_is_recognised_by_what_was_asked_not_by_what_was_kept(office: Office) -> None:
    """The form drops what it does not ask and completes the rest; the repeat still asks the same."""
    command = office.start_command(subject="paper")
    office.dispatcher.execute(command)
    again = replace(command, variables=dict(reversed(list(command.variables.items()))))
    assert office.dispatcher.execute(again).repeated
    with pytest.raises(CommandConflict):
        office.dispatcher.execute(replace(command, variables={**command.variables, "subject": "other"}))
