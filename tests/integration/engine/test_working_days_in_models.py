"""Working-day arithmetic in models: answered by the calendar, journalled, and answered alike for ever after."""

import csv
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine

from engine import clock
from engine.actors import SYSTEM
from engine.commands import StartInstance
from engine.database import reading
from engine.definitions.resources import ModelResources
from engine.dispatch import Dispatcher
from engine.errors import DefinitionRefused, StepFailed
from engine.history.journal import read_journal
from engine.history.verify import verify_instance
from engine.ids import new_id
from engine.instances.inspect import find_instance
from engine.service_tasks import ServiceTaskHandlers
from engine.tables import metadata
from processes.calendar.feel_functions import calendar_functions
from processes.calendar.store import DATA_FILE
from processes.calendar.working_days import DayKind, WorkingCalendar
from tests.drawing import end, flows, model, node, script_task, start, user_task

FRIDAY = datetime(2026, 8, 21, 1, tzinfo=UTC)

DECISION = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">
<decision id="late" name="late"><variable name="late"/><literalExpression><text>working days between(date(from),
date(to))</text></literalExpression></decision></definitions>"""


class Office:
    """An engine whose calendar can be changed."""

    def __init__(self, database: Engine) -> None:
        metadata.create_all(database)
        self.days: dict[date, DayKind] = {}
        self.dispatcher = Dispatcher(
            database,
            handlers=ServiceTaskHandlers(),
            functions=calendar_functions(lambda _connection: WorkingCalendar(self.days)),
        )

    def run(self, *parts: str, decisions: tuple[bytes, ...] = (), **variables: Any) -> UUID:
        content = model(start(), *parts, end())
        definition_hash = self.dispatcher.deploy(
            ModelResources(bpmn=content, decisions=decisions), actor=SYSTEM
        )
        instance_id = new_id()
        with clock.frozen_at(FRIDAY):
            self.dispatcher.execute(
                StartInstance(
                    command_id=new_id(),
                    actor=SYSTEM,
                    instance_id=instance_id,
                    definition_hash=definition_hash,
                    business_key="x",
                    variables=variables,
                )
            )
        return instance_id

    def evaluate(self, expression: str, **variables: Any) -> Any:
        instance_id = self.run(
            script_task("compute", expression, "result"),
            user_task("work"),
            flows("begin", "compute", "work", "finish"),
            **variables,
        )
        return self.variables(instance_id)["result"]

    def variables(self, instance_id: UUID) -> Any:
        with reading(self.dispatcher.database) as connection:
            return find_instance(connection, self.dispatcher.definitions, instance_id).variables

    def holds(self, instance_id: UUID) -> bool:
        with reading(self.dispatcher.database) as connection:
            return verify_instance(connection, self.dispatcher.definitions, instance_id).difference is None


@pytest.fixture
def office(database: Engine) -> Office:
    """An engine whose calendar knows no special day yet."""
    return Office(database)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("add working days(date(day), 1)", "2026-08-24"),
        ("add working days(date: date(day), days: -1)", "2026-08-20"),
        ('working days between(date(day), date(day) + duration("P10D"))', 6),
        ('is working day(date(day) + duration("P1D"))', False),
        ('end of working day(date(day)) < date and time("2026-08-21T10:00:00.000001Z")', True),
        ("for n in 1..3 return add working days(date(day), n)", ["2026-08-24", "2026-08-25", "2026-08-26"]),
    ],
)
def test_4_working_days_by_the_calendar(office: Office, expression: str, expected: Any) -> None:
    assert office.evaluate(expression, day="2026-08-21") == expected


def test_4_6_a_make_up_saturday_counts(office: Office) -> None:
    office.days[date(2026, 8, 22)] = DayKind.MAKEUP_WORKDAY
    assert office.evaluate("add working days(date(day), 1)", day="2026-08-21") == "2026-08-22"


def test_4_6_every_make_up_saturday_that_was_announced_counts(office: Office) -> None:
    content = (files("processes.calendar") / "data" / DATA_FILE).read_text(encoding="utf-8")
    for row in csv.DictReader(content.splitlines()):
        office.days[date.fromisoformat(row["date"])] = DayKind(row["kind"])
    saturdays = [day for day, kind in office.days.items() if kind is DayKind.MAKEUP_WORKDAY]
    assert len(saturdays) >= 3
    assert {day.weekday() for day in saturdays} == {5}
    fridays = [(day - timedelta(days=1)).isoformat() for day in saturdays]
    found = office.evaluate("for friday in fridays return add working days(date(friday), 1)", fridays=fridays)
    assert found == [day.isoformat() for day in saturdays]


def test_a_calendar_that_is_changed_later_changes_no_history(office: Office) -> None:
    instance_id = office.run(
        script_task("compute", "add working days(date(day), 1)", "result"),
        user_task("work"),
        flows("begin", "compute", "work", "finish"),
        day="2026-08-21",
    )
    office.days[date(2026, 8, 22)] = DayKind.MAKEUP_WORKDAY
    assert office.holds(instance_id)
    with reading(office.dispatcher.database) as connection:
        (entry,) = read_journal(connection, instance_id)
    assert entry.function_results == [
        {"name": "add working days", "arguments": ["2026-08-21", 1], "result": "2026-08-24"}
    ]


def test_the_same_question_is_asked_and_kept_once(office: Office) -> None:
    asked = "[is working day(date(day)), is working day(date(day)), is working day(date(day))]"
    instance_id = office.run(
        script_task("compute", asked, "result"),
        user_task("work"),
        flows("begin", "compute", "work", "finish"),
        day="2026-08-21",
    )
    with reading(office.dispatcher.database) as connection:
        (entry,) = read_journal(connection, instance_id)
    assert len(entry.function_results) == 1


def test_a_decision_may_ask_too(office: Office) -> None:
    instance_id = office.run(
        node("businessRuleTask", "decide", '<zeebe:calledDecision decisionId="late" resultVariable="late"/>'),
        user_task("work"),
        flows("begin", "decide", "work", "finish"),
        decisions=(DECISION,),
        **{"from": "2026-08-14", "to": "2026-08-21"},
    )
    assert office.variables(instance_id)["late"] == 5
    assert office.holds(instance_id)


def test_an_argument_beyond_reason_fails_the_step_and_writes_nothing(office: Office) -> None:
    with pytest.raises(StepFailed, match="up to 5000"):
        office.evaluate("add working days(date(day), 1000000)", day="2026-08-21")


def test_a_function_that_nobody_offers_is_refused_at_deployment(office: Office) -> None:
    with pytest.raises(DefinitionRefused, match="add holidays"):
        office.evaluate("add holidays(date(day), 1)", day="2026-08-21")
