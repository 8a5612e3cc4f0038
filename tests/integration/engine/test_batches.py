"""One command for many: frozen at creation, each subject changed once, by any number of workers."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, select, update

from engine import clock
from engine.actors import SYSTEM, Actor
from engine.batches import run
from engine.batches.control import cancel_batch, retry_failed
from engine.batches.create import NewBatch, count_subjects, create_batch
from engine.batches.kinds import KINDS, command_for, parameters_of
from engine.batches.progress import BatchView, find_batch, items_of, list_batches
from engine.batches.run import PORTION, command_id_of, run_batches
from engine.commands import CancelInstance, ReceiveSignal, RetryIncident
from engine.database import reading
from engine.definitions.resources import ModelResources
from engine.errors import (
    BatchNotRunning,
    Busy,
    CommandConflict,
    EmptySelection,
    InvalidVariables,
    NotAuthorised,
    NotFound,
    StepFailed,
    TooManySubjects,
)
from engine.history.journal import read_journal
from engine.ids import new_id
from engine.instances.selection import InstanceFilter
from engine.tables import batch, batch_item, incident, journal, process_instance
from engine.timers.clockwork import BATCH_ROUND, Clockwork
from tests.drawing import catch, end, flows, model, named, of, service_task, start
from tests.integration.engine.office import REMIND_AT, Office

OPERATOR = Actor(key="u:operator", permissions=SYSTEM.permissions)
ACTIVE = InstanceFilter(statuses=("active",))


def cancelling(subjects: Any, **values: Any) -> NewBatch:
    given = {"batch_id": new_id(), "command": CancelInstance.tag, "actor": OPERATOR, "reason": "wound up"}
    return NewBatch(**{**given, "subjects": subjects, **values})


def create(office: Office, asked: NewBatch) -> BatchView:
    return create_batch(office.dispatcher.database, asked)


def view(office: Office, batch_id: UUID) -> BatchView:
    with reading(office.dispatcher.database) as connection:
        return find_batch(connection, batch_id)


def statuses(office: Office) -> Counter[str]:
    with reading(office.dispatcher.database) as connection:
        return Counter(connection.scalars(select(process_instance.c.status)))


def test_every_subject_gets_the_command_in_the_name_of_who_asked(office: Office) -> None:
    ids = [office.start() for _ in range(3)]
    made = create(office, cancelling(ids))
    assert (made.status, made.total, made.counts["pending"]) == ("running", 3, 3)
    done = run_batches(office.dispatcher)
    assert (done.done, done.refused, done.failed) == (3, 0, 0)
    ended = view(office, made.id)
    assert (ended.status, ended.counts["done"], ended.treated) == ("done", 3, 3)
    assert ended.ended_at is not None
    with reading(office.dispatcher.database) as connection:
        for each in ids:
            last = read_journal(connection, each)[-1]
            assert (last.command, last.actor_key) == (CancelInstance.tag, OPERATOR.key)
            assert last.payload["reason"] == "wound up"
            assert last.command_id == command_id_of(made.id, each)
        items = items_of(connection, made.id)
    assert [(item.subject, item.instance_id, item.status) for item in items] == [
        (each, each, "done") for each in ids
    ]


def test_the_selection_is_frozen_when_the_batch_is_created(office: Office) -> None:
    first = office.start()
    create(office, cancelling(ACTIVE))
    later = office.start()
    run_batches(office.dispatcher)
    with reading(office.dispatcher.database) as connection:
        rows = connection.execute(select(process_instance.c.id, process_instance.c.status))
        found = {row.id: row.status for row in rows}
    assert found == {first: "cancelled", later: "active"}


def test_the_same_request_again_gives_the_batch_that_there_is(office: Office) -> None:
    office.start()
    asked = cancelling(ACTIVE)
    create(office, asked)
    office.start()
    assert create(office, asked).total == 1
    with pytest.raises(CommandConflict):
        create(office, replace(asked, reason="another"))
    with reading(office.dispatcher.database) as connection:
        assert len(list_batches(connection)) == 1


def test_several_may_create_the_same_batch_at_once(office: Office) -> None:
    office.start()
    asked = cancelling(ACTIVE)
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: create(office, asked), range(4)))
    assert {each.id for each in made} == {asked.batch_id}
    assert [each.total for each in made] == [1] * 4


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"subjects": []}, EmptySelection),
        ({"subjects": InstanceFilter(process_key="nothing")}, EmptySelection),
        ({"reason": "  "}, InvalidVariables),
        ({"reason": "x" * 2001}, InvalidVariables),
        ({"command": "start_instance.v1"}, InvalidVariables),
        ({"parameters": {"colour": "red"}}, InvalidVariables),
        ({"parameters": {"instance_id": str(new_id())}}, InvalidVariables),
        ({"command": "set_variables.v1", "parameters": {}}, InvalidVariables),
        ({"command": "set_variables.v1", "parameters": {"variables": 3}}, InvalidVariables),
        ({"command": "set_variables.v1", "parameters": {"variables": {"a": object()}}}, InvalidVariables),
        ({"command": "migrate_instance.v1", "parameters": {"definition_hash": 1}}, InvalidVariables),
        (
            {
                "command": "migrate_instance.v1",
                "parameters": {"definition_hash": "0", "mapping": {"a": 1}},
            },
            InvalidVariables,
        ),
        ({"actor": Actor(key="u:clerk")}, NotAuthorised),
    ],
)
def test_what_makes_no_batch_is_refused_and_leaves_nothing(
    office: Office, values: dict[str, Any], refusal: type[Exception]
) -> None:
    asked = replace(cancelling([office.start()]), **values)
    with pytest.raises(refusal):
        create(office, asked)
    with reading(office.dispatcher.database) as connection:
        assert connection.scalar(select(func.count()).select_from(batch)) == 0
        assert connection.scalar(select(func.count()).select_from(batch_item)) == 0


def test_too_many_subjects_are_refused(office: Office) -> None:
    with pytest.raises(TooManySubjects):
        create(office, cancelling([UUID(int=number) for number in range(100_001)]))


def test_every_kind_builds_its_command_from_what_is_stored() -> None:
    given = {
        "set_variables.v1": {"variables": {"a": 1}},
        "move_token.v1": {"from_element": "a", "to_element": "b"},
        "recompute_due_dates.v1": {"element_ids": ["a"]},
        "migrate_instance.v1": {"definition_hash": "0" * 64, "mapping": {"a": "b"}},
        "receive_signal.v1": {"signal_name": "s"},
        "assign_user_task.v1": {"assignee": None},
        "delegate_user_task.v1": {"delegate": "u:b"},
        "skip_service_task.v1": {"output": {}},
    }
    for tag, kind in KINDS.items():
        parameters = parameters_of(kind, given.get(tag, {}), "why")
        subject = new_id()
        command = command_for(kind, subject, parameters, command_id=new_id(), actor=OPERATOR)
        assert getattr(command, kind.subject) == subject
        assert getattr(command, "reason", "why") == "why"


def test_a_refusal_is_noted_and_stops_nobody_else(office: Office) -> None:
    ended, running = office.start(), office.start()
    office.complete(ended)
    office.complete(ended, approval="yes")
    unknown = new_id()
    made = create(office, cancelling([ended, unknown, running]))
    done = run_batches(office.dispatcher)
    assert (done.done, done.refused) == (1, 2)
    with reading(office.dispatcher.database) as connection:
        found = [(item.status, item.code) for item in items_of(connection, made.id)]
        refused = items_of(connection, made.id, statuses=["refused"], after=1)
    assert found == [("refused", "instance_not_active"), ("refused", "not_found"), ("done", None)]
    assert [item.subject for item in refused] == [unknown]
    assert str(unknown) in (refused[0].detail or "")
    assert view(office, made.id).status == "done"


def fail_two(office: Office) -> list[UUID]:
    """Let the filing of two requests fail; return their incidents."""
    office.switch.failing = True
    for instance_id in [office.start(), office.start()]:
        with pytest.raises(StepFailed):
            office.complete(instance_id)
    with reading(office.dispatcher.database) as connection:
        return list(connection.scalars(select(incident.c.id).order_by(incident.c.created_at)))


def retrying(subjects: Any) -> NewBatch:
    return cancelling(subjects, command=RetryIncident.tag)


def open_incidents(office: Office) -> list[UUID]:
    with reading(office.dispatcher.database) as connection:
        return list(connection.scalars(select(incident.c.id).where(incident.c.resolved_at.is_(None))))


def test_incidents_are_retried_until_their_cause_is_mended(office: Office) -> None:
    fail_two(office)
    made = create(office, retrying(InstanceFilter(has_incident=True)))
    assert made.total == 2
    assert run_batches(office.dispatcher).failed == 2
    office.switch.failing = False
    again = retry_failed(office.dispatcher.database, made.id, actor=OPERATOR)
    assert (again.status, again.counts["pending"]) == ("running", 2)
    assert run_batches(office.dispatcher).done == 2
    assert open_incidents(office) == []
    assert office.switch.calls == 2


def test_a_failed_command_is_given_again_under_its_identifier_and_its_incident_resolved(
    office: Office,
) -> None:
    listening = model(
        start(),
        catch("hear", of("signal", "called")),
        service_task("file_it", "file"),
        end(),
        flows("begin", "hear", "file_it", "finish"),
        messages=named("signal", "called", "all_called"),
        process="listening",
    )
    office.definition_hash = office.dispatcher.deploy(ModelResources(bpmn=listening), actor=SYSTEM)
    ids = [office.start() for _ in range(2)]
    office.switch.failing = True
    asked = cancelling(ids, command=ReceiveSignal.tag, parameters={"signal_name": "all_called"})
    made = create(office, asked)
    assert run_batches(office.dispatcher).failed == 2
    with reading(office.dispatcher.database) as connection:
        (first, _) = items_of(connection, made.id)
        assert (first.code, "cabinet is locked" in (first.detail or "")) == ("step_failed", True)
    by_hand, _ = open_incidents(office)
    office.switch.failing = False
    office.dispatcher.execute(RetryIncident(command_id=new_id(), actor=OPERATOR, incident_id=by_hand))
    retry_failed(office.dispatcher.database, made.id, actor=OPERATOR)
    assert run_batches(office.dispatcher).done == 2
    assert open_incidents(office) == []
    assert statuses(office) == {"completed": 2}
    with reading(office.dispatcher.database) as connection:
        assert [len(read_journal(connection, each)) for each in ids] == [2, 2]


def test_a_crash_before_the_note_is_harmless(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [office.start() for _ in range(3)]
    mended = fail_two(office)
    office.switch.failing = False
    cancel, retry = create(office, cancelling(ids)), create(office, retrying(mended))

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    for made in (cancel, retry):
        with monkeypatch.context() as broken:
            broken.setattr(run, "_note", crash)
            with pytest.raises(KeyboardInterrupt):
                run_batches(office.dispatcher, batch_id=made.id)
    assert run_batches(office.dispatcher).treated == 0  # still claimed
    with clock.frozen_at(clock.now() + timedelta(minutes=2)):
        assert run_batches(office.dispatcher).done == 5
    assert view(office, cancel.id).counts["done"] == 3
    assert view(office, retry.id).counts["done"] == 2
    with reading(office.dispatcher.database) as connection:
        assert [len(read_journal(connection, each)) for each in ids] == [2] * 3


def test_workers_share_a_batch_and_change_each_subject_once(office: Office) -> None:
    ids = [office.start() for _ in range(3 * PORTION)]
    made = create(office, cancelling(ids))
    with ThreadPoolExecutor(3) as pool:
        rounds = list(pool.map(lambda _: run_batches(office.dispatcher), range(3)))
    assert sum(each.done for each in rounds) == len(ids)
    ended = view(office, made.id)
    assert (ended.status, ended.counts["done"]) == ("done", len(ids))
    with reading(office.dispatcher.database) as connection:
        assert connection.scalar(select(func.count()).select_from(journal)) == 2 * len(ids)


def test_who_has_lost_the_right_since_is_refused(office: Office) -> None:
    ids = [office.start() for _ in range(2)]
    made = create(office, cancelling(ids))
    left: list[Actor | None] = [None, replace(OPERATOR, permissions=frozenset()), OPERATOR]
    for standing, refused in zip(left, (2, 2, 0), strict=True):
        office.dispatcher.standing = lambda _connection, _actor, now=standing: now
        done = run_batches(office.dispatcher)
        assert (done.refused, done.done) == (refused, 2 - refused)
        if refused:
            assert statuses(office) == {"active": 2}
            with reading(office.dispatcher.database) as connection:
                assert {item.code for item in items_of(connection, made.id)} == {"not_authorised"}
            retry_failed(office.dispatcher.database, made.id, actor=OPERATOR)
    assert statuses(office) == {"cancelled": 2}


def test_a_cancelled_batch_leaves_what_is_done_and_goes_no_further(office: Office) -> None:
    made = create(office, cancelling([office.start() for _ in range(3)]))
    assert run_batches(office.dispatcher, limit=1).done == 1
    stopped = cancel_batch(office.dispatcher.database, made.id, actor=OPERATOR)
    assert (stopped.status, stopped.counts["done"], stopped.counts["pending"]) == ("cancelled", 1, 2)
    assert run_batches(office.dispatcher).treated == 0
    assert statuses(office) == {"cancelled": 1, "active": 2}
    with pytest.raises(BatchNotRunning):
        cancel_batch(office.dispatcher.database, made.id, actor=OPERATOR)
    with pytest.raises(BatchNotRunning):
        retry_failed(office.dispatcher.database, made.id, actor=OPERATOR)


def test_who_may_not_give_the_command_controls_no_batch(office: Office) -> None:
    made = create(office, cancelling([office.start()]))
    stranger = Actor(key="u:stranger")
    for act in (cancel_batch, retry_failed):
        with pytest.raises(NotAuthorised):
            act(office.dispatcher.database, made.id, actor=stranger)
        with pytest.raises(NotFound):
            act(office.dispatcher.database, new_id(), actor=OPERATOR)
    with pytest.raises(EmptySelection):
        retry_failed(office.dispatcher.database, made.id, actor=OPERATOR)


def test_batches_get_their_turns_side_by_side(office: Office) -> None:
    long = create(office, cancelling([office.start() for _ in range(2 * PORTION)]))
    short = create(office, cancelling([office.start()]))
    run_batches(office.dispatcher, limit=PORTION + 1)
    assert view(office, long.id).counts["done"] == PORTION
    assert view(office, short.id).status == "done"


def test_the_clock_goes_on_with_batches_a_bounded_portion_at_a_time(office: Office) -> None:
    made = create(office, cancelling([office.start() for _ in range(BATCH_ROUND + 5)]))
    with clock.frozen_at(clock.from_text(REMIND_AT)):
        reminded = office.start()
    clockwork = Clockwork(office.dispatcher, {})
    clockwork.tick()
    assert office.timers(reminded)["reminder"] == "fired"
    assert view(office, made.id).treated == BATCH_ROUND
    clockwork.tick()
    assert view(office, made.id).status == "done"


def test_what_the_database_cannot_take_now_is_put_back(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = create(office, cancelling([office.start()]))

    def busy(*_: object) -> None:
        raise Busy("Expected the database to take the command, but it is busy")

    with monkeypatch.context() as patched:
        patched.setattr(office.dispatcher, "execute", busy)
        done = run_batches(office.dispatcher, limit=1)
    assert (done.postponed, done.treated) == (1, 0)
    assert view(office, made.id).counts["pending"] == 1
    assert run_batches(office.dispatcher).done == 1


def test_a_subject_that_cannot_be_read_stops_nobody_else(office: Office, database: Engine) -> None:
    damaged, sound = office.start(), office.start()
    with database.begin() as connection:
        connection.execute(
            update(process_instance).where(process_instance.c.id == damaged).values(state=b"not packed")
        )
    made = create(office, cancelling([damaged, sound]))
    done = run_batches(office.dispatcher)
    assert (done.failed, done.done) == (1, 1)
    with reading(database) as connection:
        assert items_of(connection, made.id)[0].code in ("fault", "unexpected")


def test_a_filter_finds_what_it_names_and_nothing_else(office: Office) -> None:
    office.start()
    waiting = office.start()
    office.complete(waiting)  # now at the approval
    office.complete(office.start(), approval="yes")
    with reading(office.dispatcher.database) as connection:

        def count(**chosen: Any) -> int:
            return count_subjects(connection, CancelInstance.tag, InstanceFilter(**chosen))

        now = clock.now()
        assert count() == count(process_key="approval") == count(version=1) == 3
        assert count(version=2) == count(process_key="else") == count(definition_hash="0") == 0
        assert count(definition_hash=office.definition_hash, statuses=("active",)) == 3
        assert count(statuses=("completed",)) == 0
        assert count(business_key_contains="quest 1") == 1
        assert count(business_key_contains="%") == 0
        assert count(element_id="approve") == 2
        assert count(element_id="request") == count(element_id="limit") == count(element_id="recall") == 1
        assert count(started_from=now - timedelta(hours=1)) == count(started_before=now) == 3
        assert count(started_before=now - timedelta(hours=1)) == count(started_from=now) == 0
        assert count(due_before=now) == count(has_incident=True) == count(incident_cause="0") == 0
        tasks = {"element_id": "approve", "process_key": "approval"}
        assert count_subjects(connection, "assign_user_task.v1", InstanceFilter(**tasks)) == 2
        assert count_subjects(connection, "assign_user_task.v1", InstanceFilter(due_before=now)) == 0
        assert count_subjects(connection, "retry_incident.v1", InstanceFilter()) == 0
