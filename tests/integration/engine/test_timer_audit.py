"""The timers' account of themselves agrees with counting by hand (issue: timer self-audit)."""

import math
from datetime import timedelta
from random import Random

import orjson
import pytest
from click.testing import CliRunner
from sqlalchemy import insert, update

from engine import clock
from engine.database import reading
from engine.ids import derived_id
from engine.tables import process_instance, timer
from engine.timers.audit import ElementTimers, audit_timers
from engine.timers.due import fire_due
from tests.integration.engine.office import REMIND_AT, Office
from web.cli import main

START = clock.from_text(REMIND_AT) - timedelta(days=1)


def test_lags_are_from_due_to_fired(office: Office) -> None:
    with clock.frozen_at(START):
        office.start()
        instance_id = office.start()
    with clock.frozen_at(clock.from_text(REMIND_AT) + timedelta(seconds=90)):
        assert fire_due(office.dispatcher).fired == 2
        with reading(office.dispatcher.database) as connection:
            audited = audit_timers(connection)
    limit, reminder = audited.elements
    assert (limit.element_id, limit.scheduled, limit.waiting, limit.overdue, limit.lag_max) == (
        ("limit", 2, 2, 0, None)
    )
    assert (reminder.element_id, reminder.scheduled, reminder.fired) == ("reminder", 2, 2)
    assert reminder.lag_p50 == reminder.lag_p95 == reminder.lag_max == timedelta(seconds=90)
    assert {late.lag for late in audited.worst} == {timedelta(seconds=90)}
    assert instance_id in {late.instance_id for late in audited.worst}


def test_what_is_overdue_counts_from_its_due_instant_to_now(office: Office) -> None:
    with clock.frozen_at(START):
        office.start()
    with clock.frozen_at(clock.from_text(REMIND_AT) + timedelta(hours=5)):
        with reading(office.dispatcher.database) as connection:
            audited = audit_timers(connection)
        assert [each.overdue for each in audited.elements] == [0, 1]
        (late,) = audited.worst
    assert (late.ended_at, late.lag, late.element_id) == (None, timedelta(hours=5), "reminder")


@pytest.mark.parametrize("number", [1, 2, 19, 20, 21, 100, 1000])
def test_percentiles_are_those_of_the_nearest_rank(office: Office, number: int) -> None:
    random = Random(number)
    with clock.frozen_at(START):
        instance_id = office.start()
    lags = [timedelta(milliseconds=random.randrange(-5, 100_000)) for _ in range(number)]
    rows = [
        {
            "id": derived_id("audited", each),
            "instance_id": instance_id,
            "element_id": "many",
            "status": "fired",
            "due_at": START,
            "ended_at": START + lag,
        }
        for each, lag in enumerate(lags)
    ]
    with office.dispatcher.database.begin() as connection:
        connection.execute(insert(timer), rows)
    with clock.frozen_at(START), reading(office.dispatcher.database) as connection:
        audited = audit_timers(connection, worst=3)
    many = next(each for each in audited.elements if each.element_id == "many")
    ranked = [max(timedelta(), lag) for lag in sorted(lags)]
    assert many.lag_p50 == ranked[math.ceil(number * 0.5) - 1]
    assert many.lag_p95 == ranked[math.ceil(number * 0.95) - 1]
    assert many.lag_max == ranked[-1]
    assert [late.lag for late in audited.worst] == ranked[-3:][::-1]
    assert audited.worst[0].business_key == "request 0"


def test_counts_add_up_whatever_has_become_of_a_timer(office: Office) -> None:
    with clock.frozen_at(START):
        office.start()
        office.complete(office.start())
        office.start()
    office.switch.failing = True
    with clock.frozen_at(clock.from_text(REMIND_AT)):
        assert fire_due(office.dispatcher).failed == 2
    with reading(office.dispatcher.database) as connection:
        found = {each.element_id: each for each in audit_timers(connection).elements}
    assert _counts(found["reminder"]) == (3, 0, 1, 2, 0)
    assert _counts(found["limit"]) == (3, 0, 1, 0, 2)


def test_one_process_may_be_asked_for(office: Office) -> None:
    with clock.frozen_at(START):
        office.start()
    other = office.start()
    with office.dispatcher.database.begin() as connection:
        connection.execute(
            update(process_instance).where(process_instance.c.id == other).values(process_key="other")
        )
    with reading(office.dispatcher.database) as connection:
        assert {each.process_key for each in audit_timers(connection).elements} == {"approval", "other"}
        assert {each.process_key for each in audit_timers(connection, process_key="other").elements} == {
            "other"
        }
        assert audit_timers(connection, process_key="nothing").elements == []


def test_the_command_prints_the_same(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("SAURO_HOME", str(tmp_path))
    monkeypatch.delenv("SAURO_DATABASE_URL", raising=False)
    answer = CliRunner().invoke(main, ["timers", "audit", "--json"])
    assert answer.exit_code == 0, answer.output
    printed = orjson.loads(answer.stdout)
    assert (printed["elements"], printed["worst"]) == ([], [])
    assert "p95" in CliRunner().invoke(main, ["timers", "audit", "--process", "assignment"]).stdout


def _counts(element: ElementTimers) -> tuple[int, ...]:
    return element.scheduled, element.fired, element.cancelled, element.failed, element.waiting
