"""Instances go on under other versions: what the tables say afterwards, what is refused, and what is proved."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from engine import clock
from engine.actors import SYSTEM, Actor
from engine.canonical import canonical_bytes, sha256_hex
from engine.commands import (
    CancelInstance,
    CorrelateMessage,
    FireTimer,
    MigrateInstance,
    ResumeInstance,
    StartInstance,
    SuspendInstance,
)
from engine.database import reading
from engine.definitions.resources import ModelResources
from engine.definitions.versions import DefinitionCache
from engine.dispatch import Answer, Dispatcher
from engine.errors import (
    FourEyesRequired,
    InstanceNotActive,
    InvalidVariables,
    MigrationRefused,
    NotAuthorised,
    NotFound,
)
from engine.history.replay import replay
from engine.history.verify import verify_instance
from engine.ids import new_id
from engine.instances.inspect import find_instance
from engine.messages.publish import IfNobodyWaits, PublishMessage, publish
from engine.packing import Packing, pack, unpack
from engine.tables import (
    incident,
    journal,
    message_subscription,
    process_instance,
    signal_subscription,
    timer,
    user_task,
)
from engine.tasklist import find_task, tasks_of_instance
from tests.drawing import (
    boundary,
    call,
    catch,
    end,
    flows,
    message,
    model,
    named,
    node,
    of,
    start,
    timed,
)
from tests.drawing import user_task as task
from tests.integration.engine.office import APPROVAL, REMIND_AT, Office, Switch
from tests.integration.engine.test_history import unprotected

MIGRATOR = Actor(key="u:admin", permissions=frozenset({"instance:migrate"}))

#: The same as APPROVAL, with one more task at the end, another limit and no reminder.
REVISED = APPROVAL.replace(b'"request"', b'"file_request_form"').replace(
    b"=limit_at", b"=date and time(&quot;2030-01-01T00:00:00Z&quot;)"
)


def _migrate(office: Office, instance_id: UUID, definition_hash: str, **mapping: str) -> Answer:
    return office.dispatcher.execute(_command(instance_id, definition_hash, **mapping))


def _command(instance_id: UUID, definition_hash: str, **mapping: str) -> MigrateInstance:
    return MigrateInstance(
        command_id=new_id(),
        actor=MIGRATOR,
        instance_id=instance_id,
        definition_hash=definition_hash,
        reason="the rules have changed",
        mapping=mapping,
    )


def _deploy(dispatcher: Dispatcher, content: bytes, *forms: bytes) -> str:
    return dispatcher.deploy(ModelResources(bpmn=content, forms=forms), actor=SYSTEM)


def _proved(office: Office, instance_id: UUID) -> int:
    """Verify with definitions that nobody has loaded; return the number of entries."""
    with reading(office.dispatcher.database) as connection:
        outcome = verify_instance(connection, DefinitionCache(), instance_id)
    assert outcome.difference is None
    return outcome.entries


def _rows(office: Office, table: Any, instance_id: UUID) -> list[Mapping[str, Any]]:
    with reading(office.dispatcher.database) as connection:
        found = connection.execute(select(table).where(table.c.instance_id == instance_id))
        return [dict(row._mapping) for row in found]


def test_an_instance_goes_on_under_the_other_version(office: Office) -> None:
    form = b'{"id":"fresh","schemaVersion":16,"components":[]}'
    linked = b'<zeebe:formDefinition formId="fresh"/></bpmn:extensionElements></bpmn:userTask>'
    revised = REVISED.replace(b"</bpmn:extensionElements></bpmn:userTask>", linked, 1)
    instance_id = office.start()
    (before,) = _rows(office, user_task, instance_id)
    timers = {row["id"]: row["due_at"] for row in _rows(office, timer, instance_id)}
    target = _deploy(office.dispatcher, revised, form)
    answer = _migrate(office, instance_id, target, request="file_request_form")

    assert answer.events[0]["type"] == "process_instance.migrated.v1"
    assert answer.events[0]["from_definition"] == office.definition_hash
    (after,) = _rows(office, user_task, instance_id)
    assert after == {**before, "element_id": "file_request_form", "form_id": "fresh"}
    assert {row["id"]: row["due_at"] for row in _rows(office, timer, instance_id)} == timers
    with reading(office.dispatcher.database) as connection:
        assert connection.scalar(select(process_instance.c.definition_hash)) == target
        detail = find_task(connection, office.dispatcher.definitions, after["id"])
    assert detail.form is not None
    assert detail.form.id == "fresh"
    office.complete(instance_id)
    office.complete(instance_id, approval="yes")
    assert _proved(office, instance_id) == 4


def test_every_step_is_replayed_under_the_definition_it_was_made_under(office: Office) -> None:
    instance_id = office.start()
    office.complete(instance_id)
    target = _deploy(office.dispatcher, REVISED)
    _migrate(office, instance_id, target, request="file_request_form")
    office.complete(instance_id, approval="no")
    with reading(office.dispatcher.database) as connection:
        steps = replay(connection, DefinitionCache(), instance_id)
    assert [step.entry.definition_hash for step in steps] == [office.definition_hash] * 2 + [target] * 2
    assert [step.step.active_elements for step in steps] == [
        ("request",),
        ("approve",),
        ("approve",),
        ("file_request_form",),
    ]
    assert [step.step.digest for step in steps] == [step.entry.state_digest for step in steps]


def test_what_is_done_keeps_the_names_it_had(office: Office) -> None:
    instance_id = office.start()
    office.complete(instance_id)
    _migrate(office, instance_id, _deploy(office.dispatcher, REVISED))
    with reading(office.dispatcher.database) as connection:
        tasks = tasks_of_instance(connection, office.dispatcher.definitions, instance_id)
        view = find_instance(connection, office.dispatcher.definitions, instance_id)
        done = find_task(connection, office.dispatcher.definitions, tasks[0].id)
    assert [(each.element_id, each.element_name) for each in tasks] == [
        ("request", "request"),
        ("approve", "approve"),
    ]
    assert view.active_elements == ("approve",)
    assert done.form is None


def test_timers_fire_after_migration_when_they_were_due_before(office: Office) -> None:
    instance_id = office.start()
    (reminder,) = [row for row in _rows(office, timer, instance_id) if row["element_id"] == "reminder"]
    renamed = REVISED.replace(b'"reminder"', b'"nudge"').replace(b"=remind_at", b"=never")
    target = _deploy(office.dispatcher, renamed)
    _migrate(office, instance_id, target, request="file_request_form", reminder="nudge")
    with clock.frozen_at(clock.from_text(REMIND_AT)):
        answer = office.dispatcher.execute(
            FireTimer(command_id=new_id(), timer_id=reminder["id"], due_at=reminder["due_at"])
        )
    assert answer.events[0]["element_id"] == "nudge"
    assert office.timers(instance_id) == {"nudge": "fired", "limit": "waiting"}
    assert _proved(office, instance_id) == 3


def test_new_timers_wait_and_old_ones_are_cancelled(office: Office) -> None:
    instance_id = office.start()
    late = boundary("late", "request", timed("timeDuration", "P2D"), interrupting=False)
    target = _deploy(
        office.dispatcher,
        model(
            start(),
            task("request"),
            late,
            end("noted"),
            end(),
            flows("begin", "request", "finish"),
            flows("late", "noted"),
            process="approval",
        ),
    )
    now = clock.from_text("2026-06-13T00:00:00.000000Z")
    with clock.frozen_at(now):
        _migrate(office, instance_id, target)
    (fresh,) = [row for row in _rows(office, timer, instance_id) if row["element_id"] == "late"]
    with reading(office.dispatcher.database) as connection:
        effective_at = connection.scalar(select(process_instance.c.effective_at))
    assert effective_at is not None
    assert (fresh["due_at"] - effective_at).days == 2
    assert office.timers(instance_id) == {"reminder": "cancelled", "limit": "cancelled", "late": "waiting"}
    assert _rows(office, message_subscription, instance_id) == []
    assert _proved(office, instance_id) == 2


def _waiting(*, name: str, element: str = "wait", signal: str = "alarm") -> bytes:
    return model(
        start(),
        node("parallelGateway", "fork"),
        catch(element, of("message", "m")),
        catch("hear", of("signal", "s")),
        end(),
        end("heard"),
        flows("begin", "fork", element, "finish"),
        flows("fork", "hear", "heard"),
        messages=message("m", name, "key") + named("signal", "s", signal),
        process="waiting",
    )


def _start(dispatcher: Dispatcher, definition_hash: str, **variables: Any) -> UUID:
    command = StartInstance(
        command_id=new_id(),
        actor=SYSTEM,
        instance_id=new_id(),
        definition_hash=definition_hash,
        business_key="one",
        variables=variables,
    )
    dispatcher.execute(command)
    return command.instance_id


def test_a_message_is_expected_under_its_new_name_and_its_old_key(dispatcher: Dispatcher) -> None:
    office = Office(dispatcher, _deploy(dispatcher, _waiting(name="answer")), Switch())
    instance_id = _start(dispatcher, office.definition_hash, key="k1")
    publish(
        dispatcher,
        PublishMessage(
            message_id=new_id(),
            actor=SYSTEM,
            message_name="reply",
            correlation_key="k1",
            if_nobody_waits=IfNobodyWaits.KEEP,
        ),
    )
    (before,) = _rows(office, signal_subscription, instance_id)
    target = _deploy(dispatcher, _waiting(name="reply", element="await_reply"))
    _migrate(office, instance_id, target, wait="await_reply")
    (row,) = _rows(office, message_subscription, instance_id)
    assert (row["element_id"], row["message_name"], row["correlation_key"]) == ("await_reply", "reply", "k1")
    assert _rows(office, signal_subscription, instance_id) == [before]
    with reading(dispatcher.database) as connection:
        kept = connection.exec_driver_sql("SELECT payload FROM outbox").scalars().all()
    assert [orjson.loads(each)["name"] for each in kept] == ["reply"]
    dispatcher.execute(
        CorrelateMessage(command_id=new_id(), actor=SYSTEM, message_name="reply", correlation_key="k1")
    )
    assert _rows(office, message_subscription, instance_id) == []
    assert _proved(office, instance_id) == 3


def test_a_signal_of_another_name_is_heard_from_the_migration_on(dispatcher: Dispatcher) -> None:
    office = Office(dispatcher, _deploy(dispatcher, _waiting(name="answer")), Switch())
    instance_id = _start(dispatcher, office.definition_hash, key="k1")
    target = _deploy(dispatcher, _waiting(name="answer", signal="siren"))
    _migrate(office, instance_id, target)
    (row,) = _rows(office, signal_subscription, instance_id)
    assert row["signal_name"] == "siren"
    assert _proved(office, instance_id) == 2


def test_elements_of_a_called_process_follow_its_new_version(dispatcher: Dispatcher) -> None:
    part = model(start(), task("ask"), end(), flows("begin", "ask", "finish"), process="part")
    whole = model(
        start(), call("delegate", "part"), end(), flows("begin", "delegate", "finish"), process="whole"
    )
    _deploy(dispatcher, part)
    office = Office(dispatcher, _deploy(dispatcher, whole), Switch())
    instance_id = _start(dispatcher, office.definition_hash)
    _deploy(dispatcher, part.replace(b"finish", b"done"))
    target = _deploy(dispatcher, whole)
    assert target != office.definition_hash
    _migrate(office, instance_id, target)
    office.complete(instance_id)
    assert _proved(office, instance_id) == 3


def test_a_migration_that_is_refused_leaves_everything_as_it_was(office: Office) -> None:
    instance_id = office.start()
    target = _deploy(office.dispatcher, REVISED)
    before = [_rows(office, table, instance_id) for table in (user_task, timer, journal)]
    with pytest.raises(MigrationRefused) as refused:
        _migrate(office, instance_id, target)
    problems = refused.value.params["problems"]
    assert isinstance(problems, list)
    assert {problem["element_id"] for problem in problems} >= {"request"}
    assert [_rows(office, table, instance_id) for table in (user_task, timer, journal)] == before
    assert _rows(office, incident, instance_id) == []


def test_who_may_not_and_what_cannot_be_migrated(office: Office) -> None:
    instance_id = office.start()
    target = _deploy(office.dispatcher, APPROVAL.replace(b"finish", b"done"))
    other = _deploy(office.dispatcher, _waiting(name="answer"))
    command = _command(instance_id, target)
    stranger = Actor(key="u:clerk", permissions=frozenset({"instance:start"}))
    with pytest.raises(NotAuthorised):
        office.dispatcher.execute(
            MigrateInstance(
                command_id=new_id(),
                actor=stranger,
                instance_id=instance_id,
                definition_hash=target,
                reason="x",
            )
        )
    with pytest.raises(InvalidVariables):
        office.dispatcher.execute(
            MigrateInstance(
                command_id=new_id(),
                actor=MIGRATOR,
                instance_id=instance_id,
                definition_hash=target,
                reason=" ",
            )
        )
    with pytest.raises(MigrationRefused, match="process 'waiting'"):
        _migrate(office, instance_id, other)
    with pytest.raises(MigrationRefused, match="is under"):
        _migrate(office, instance_id, office.definition_hash)
    with pytest.raises(NotFound):
        _migrate(office, instance_id, "0" * 64)
    office.dispatcher.execute(command)
    assert office.dispatcher.execute(command).repeated
    assert _proved(office, instance_id) == 2
    office.dispatcher.execute(
        CancelInstance(command_id=new_id(), actor=SYSTEM, instance_id=instance_id, reason="over")
    )
    with pytest.raises(InstanceNotActive):
        _migrate(office, instance_id, office.definition_hash)


def test_who_has_completed_a_task_under_its_old_name_stays_excluded(dispatcher: Dispatcher) -> None:
    def built(first: str) -> bytes:
        rule = (
            '<zeebe:properties><zeebe:property name="sauro:excludesCompletersOf" '
            f'value="{first}"/></zeebe:properties>'
        )
        steps = (first, "judge")
        parts = (start(), task(first), task("judge", rule), end(), flows("begin", *steps, "finish"))
        return model(*parts, process="judging")

    office = Office(dispatcher, _deploy(dispatcher, built("write")), Switch())
    instance_id = _start(dispatcher, office.definition_hash)
    office.complete(instance_id)
    _migrate(office, instance_id, _deploy(dispatcher, built("draft")), write="draft")
    with pytest.raises(FourEyesRequired):
        office.complete(instance_id)
    assert {row["element_id"] for row in _rows(office, user_task, instance_id)} == {"draft", "judge"}
    assert _proved(office, instance_id) == 3


def test_a_suspended_instance_is_migrated_and_stays_suspended(office: Office) -> None:
    instance_id = office.start()
    office.dispatcher.execute(
        SuspendInstance(command_id=new_id(), actor=SYSTEM, instance_id=instance_id, reason="a break")
    )
    _migrate(office, instance_id, _deploy(office.dispatcher, REVISED), request="file_request_form")
    (row,) = _rows(office, user_task, instance_id)
    assert row["element_id"] == "file_request_form"
    assert set(office.timers(instance_id).values()) == {"suspended"}
    office.dispatcher.execute(
        ResumeInstance(command_id=new_id(), actor=SYSTEM, instance_id=instance_id, reason="go on")
    )
    office.complete(instance_id)
    assert _proved(office, instance_id) == 5


def test_a_call_is_renamed_for_what_is_done_inside(dispatcher: Dispatcher) -> None:
    steps = ("ask", "check")
    part = model(start(), *map(task, steps), end(), flows("begin", *steps, "finish"), process="part")
    _deploy(dispatcher, part)

    def whole(name: str) -> bytes:
        return model(start(), call(name, "part"), end(), flows("begin", name, "finish"), process="whole")

    office = Office(dispatcher, _deploy(dispatcher, whole("delegate")), Switch())
    instance_id = _start(dispatcher, office.definition_hash)
    office.complete(instance_id)
    _migrate(office, instance_id, _deploy(dispatcher, whole("hand_over")), delegate="hand_over")
    names = {row["element_id"] for row in _rows(office, user_task, instance_id)}
    assert names == {"hand_over/ask", "hand_over/check"}


def _forge(connection: Connection, instance_id: UUID, sequence: int, **changes: Any) -> None:
    """Change what entries say from one on, and give them and their instance fitting hashes."""
    unprotected(connection)
    rows = connection.execute(
        select(journal).where(journal.c.instance_id == instance_id).order_by(journal.c.sequence)
    ).all()
    head = ""
    for row in rows:
        document = orjson.loads(unpack(row.document))
        if row.sequence == sequence:
            document |= changes
        if row.sequence > sequence:
            document["previous"] = head
        content = canonical_bytes(document)
        head = sha256_hex(content)
        connection.execute(
            update(journal)
            .where(journal.c.instance_id == instance_id, journal.c.sequence == row.sequence)
            .values(document=pack(content, Packing.JOURNAL_1), entry_hash=head)
        )
    connection.execute(
        update(process_instance).where(process_instance.c.id == instance_id).values(head_hash=head)
    )


@pytest.mark.parametrize(
    ("what", "kind"),
    [("definition", "definition"), ("payload", "events"), ("row", "instance"), ("later", "definition")],
)
def test_a_forged_target_is_found(office: Office, what: str, kind: str) -> None:
    instance_id = office.start()
    target = _deploy(office.dispatcher, APPROVAL.replace(b"finish", b"done"))
    forged = _deploy(office.dispatcher, APPROVAL.replace(b"finish", b"gone"))
    _migrate(office, instance_id, target)
    office.complete(instance_id)
    with reading(office.dispatcher.database) as connection:
        document = connection.scalars(
            select(journal.c.document).where(journal.c.instance_id == instance_id, journal.c.sequence == 2)
        ).one()
    payload = orjson.loads(unpack(document))["payload"]
    with office.dispatcher.database.connect() as connection:
        transaction = connection.begin()
        if what == "definition":
            _forge(connection, instance_id, 2, definition=forged)
        elif what == "payload":
            _forge(
                connection, instance_id, 2, definition=forged, payload={**payload, "definition_hash": forged}
            )
        elif what == "later":
            _forge(connection, instance_id, 3, definition=forged)
        else:
            connection.execute(update(process_instance).values(definition_hash=forged))
        outcome = verify_instance(connection, DefinitionCache(), instance_id)
        transaction.rollback()
    assert outcome.difference is not None
    assert outcome.difference.kind == kind
    assert outcome.difference.sequence == (2 if what in ("definition", "payload") else 3)
    assert _proved(office, instance_id) == 3


def test_a_new_timer_that_lacks_its_variable_is_a_reason_and_no_incident(office: Office) -> None:
    instance_id = office.start()
    target = _deploy(
        office.dispatcher, APPROVAL.replace(b'"limit"', b'"last"').replace(b"limit_at", b"last_at")
    )
    with pytest.raises(MigrationRefused, match="no variable 'last_at'"):
        _migrate(office, instance_id, target)
    assert _rows(office, incident, instance_id) == []
