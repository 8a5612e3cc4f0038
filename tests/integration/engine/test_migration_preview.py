"""What a migration would do is seen beforehand, and a mapping is proposed to begin with."""

from uuid import UUID

import pytest
from sqlalchemy import select

from engine import clock
from engine.actors import SYSTEM
from engine.commands import CancelInstance, MigrateInstance
from engine.database import reading
from engine.definitions.migrate import (
    Preview,
    preview,
    propose_mapping,
    reasons,
    running_counts,
    running_instances,
)
from engine.definitions.resources import ModelResources
from engine.errors import MigrationRefused, NotFound
from engine.ids import new_id
from engine.tables import journal, process_instance
from tests.drawing import boundary, end, flows, script_task, start, subprocess, timed, user_task
from tests.integration.engine.office import APPROVAL, Office
from tests.running import compiled


def _preview(office: Office, ids: list[UUID], target: str, **mapping: str) -> list[Preview]:
    with reading(office.dispatcher.database) as connection:
        before = connection.execute(select(process_instance).order_by(process_instance.c.id)).all()
        entries = connection.execute(select(journal.c.entry_hash)).all()
        found = preview(connection, office.dispatcher.definitions, ids, target, mapping)
        after = connection.execute(select(process_instance).order_by(process_instance.c.id)).all()
        assert (after, connection.execute(select(journal.c.entry_hash)).all()) == (before, entries)
    return found


def _deploy(office: Office, content: bytes) -> str:
    return office.dispatcher.deploy(ModelResources(bpmn=content), actor=SYSTEM)


REVISED = APPROVAL.replace(b'"request"', b'"application"').replace(b'"reminder"', b'"nudge"')


def test_a_preview_tells_what_the_command_will_do(office: Office) -> None:
    first, second = office.start(), office.start()
    office.complete(second)
    target = _deploy(office, REVISED)
    now = clock.now()
    with clock.frozen_at(now):
        one, other = _preview(office, [first, second], target, request="application", limit="limit")
        answer = office.dispatcher.execute(
            MigrateInstance(
                command_id=new_id(),
                actor=SYSTEM,
                instance_id=first,
                definition_hash=target,
                reason="a test",
                mapping={"request": "application", "limit": "limit"},
            )
        )
    assert one.is_possible
    assert ("request", "application") in [(each.from_element, each.to_element) for each in one.moved]
    assert [each.element_id for each in one.lost] == ["reminder"]
    assert [each.element_id for each in one.new] == ["nudge"]
    assert other.moved[0].from_element == "approve"
    told = {event["element_id"]: event.get("due_at") for event in answer.events[1:]}
    assert told == {
        "reminder": None,
        "nudge": None if one.new[0].due_at is None else clock.to_text(one.new[0].due_at),
    }


def test_a_preview_tells_why_not_and_groups_the_reasons(office: Office) -> None:
    ids = [office.start() for _ in range(3)]
    office.complete(ids[0])
    office.dispatcher.execute(
        CancelInstance(command_id=new_id(), actor=SYSTEM, instance_id=ids[1], reason="over")
    )
    target = _deploy(office, REVISED)
    found = _preview(office, [*ids, UUID(int=7)], target)
    assert [each.is_possible for each in found] == [True, False, False]
    grouped = {reason: [each.instance_id for each in those] for reason, those in reasons(found).items()}
    assert grouped[": it is cancelled"] == [ids[1]]
    (why,) = (reason for reason in grouped if reason.startswith("request: "))
    assert grouped[why] == [ids[2]]
    with pytest.raises(MigrationRefused):
        office.dispatcher.execute(
            MigrateInstance(
                command_id=new_id(), actor=SYSTEM, instance_id=ids[2], definition_hash=target, reason="a test"
            )
        )
    (same,) = _preview(office, ids[:1], office.definition_hash)
    assert [problem.reason for problem in same.problems] == ["it is under that definition"]
    with pytest.raises(NotFound):
        _preview(office, ids, "0" * 64)


def test_running_instances_are_counted_and_found_by_version(office: Office) -> None:
    ids = [office.start() for _ in range(3)]
    office.dispatcher.execute(
        CancelInstance(command_id=new_id(), actor=SYSTEM, instance_id=ids[1], reason="over")
    )
    with reading(office.dispatcher.database) as connection:
        assert running_counts(connection) == {office.definition_hash: 2}
        assert running_instances(connection, office.definition_hash) == [ids[0], ids[2]]
        assert running_instances(connection, "0" * 64) == []


def test_an_element_whose_id_is_gone_goes_to_the_one_of_its_name() -> None:
    inside = (start("in"), user_task("ask"), end("out"), flows("in", "ask", "out"))
    late = boundary("late", "ask2", timed("timeDuration", "P1D")) + end("over") + flows("late", "over")
    source = compiled(
        start(),
        subprocess("phase", *inside),
        user_task("ask2"),
        late,
        user_task("left"),
        end(),
        flows("begin", "phase", "ask2", "left", "finish"),
    )

    def renamed(text: str, **names: str) -> str:
        for before, after in names.items():
            text = text.replace(f'id="{before}"', f'id="{after}"').replace(
                f'Ref="{before}"', f'Ref="{after}"'
            )
        return text

    target = compiled(
        renamed(
            start()
            + subprocess("phase", *inside)
            + user_task("ask2")
            + late
            + script_task("left", "1", "x")
            + end()
            + flows("begin", "phase", "ask2", "left", "finish"),
            phase="stage",
            ask="query",
            ask2="query2",
            late="limit",
            left="gone",
        )
    )
    assert propose_mapping(source, target) == {
        "phase": "stage",
        "ask": "query",
        "ask2": "query2",
        "late": "limit",
    }
    assert propose_mapping(source, source) == {}


def test_a_name_that_two_elements_have_proposes_nothing() -> None:
    source = compiled(start(), user_task("ask"), end(), flows("begin", "ask", "finish"))
    one, other = (user_task(each).replace(f'name="{each}"', 'name="ask"') for each in ("one", "other"))
    target = compiled(start(), one, other, end(), flows("begin", "one", "other", "finish"))
    assert propose_mapping(source, target) == {}
