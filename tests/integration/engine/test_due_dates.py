"""Due dates computed again: from when a timer began to wait, pauses and all; the journal tells it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from engine import clock
from engine.actors import SYSTEM, Actor
from engine.commands import MigrateInstance, RecomputeDueDates, ResumeInstance, SuspendInstance
from engine.database import reading
from engine.definitions.resources import ModelResources
from engine.dispatch import Answer, Dispatcher
from engine.errors import (
    ElementNotWaiting,
    InstanceSuspended,
    InvalidVariables,
    NotAuthorised,
    NothingToChange,
)
from engine.history.journal import read_journal
from engine.ids import new_id
from engine.tables import incident, timer, user_task
from engine.timers.due import fire_due
from tests.drawing import boundary, catch, end, flows, model, node, start, timed
from tests.drawing import user_task as user
from tests.integration.engine.office import CLERK, LIMIT_AT, REMIND_AT, Office, Switch

MORNING = datetime(2026, 6, 12, 1, tzinfo=UTC)
DAY = timedelta(days=1)

PLANNED = model(
    start(),
    node("parallelGateway", "both"),
    user("work", '<zeebe:taskSchedule dueDate="=due" followUpDate="=follow_up"/>'),
    boundary("span", "work", timed("timeDuration", "=span"), interrupting=False),
    boundary("cycle", "work", timed("timeCycle", "=cycle"), interrupting=False),
    boundary("day", "work", timed("timeDate", "=day"), interrupting=False),
    catch("wait", timed("timeDate", "=until")),
    *(end(name) for name in ("after_span", "after_cycle", "after_day", "finish", "other")),
    flows("begin", "both", "work", "finish"),
    flows("both", "wait", "other"),
    flows("span", "after_span"),
    flows("cycle", "after_cycle"),
    flows("day", "after_day"),
    process="planned",
)
GIVEN: dict[str, Any] = {
    "due": "2026-07-01T00:00:00Z",
    "follow_up": None,
    "span": "P10D",
    "cycle": "R5/P2D",
    "day": "2026-07-02T00:00:00Z",
    "until": "2026-07-03T00:00:00Z",
}


@pytest.fixture(autouse=True)
def _morning() -> Iterator[None]:
    with clock.frozen_at(MORNING):
        yield


@pytest.fixture
def planned(dispatcher: Dispatcher) -> Office:
    """The model with everything that can be due."""
    return Office(dispatcher, dispatcher.deploy(ModelResources(bpmn=PLANNED), actor=SYSTEM), Switch())


def recompute(office: Office, instance_id: UUID, *, actor: Actor = SYSTEM, **fields: Any) -> Answer:
    given = {"reason": "another calendar", **fields}
    return office.dispatcher.execute(
        RecomputeDueDates(command_id=new_id(), actor=actor, instance_id=instance_id, **given)
    )


def due(office: Office, instance_id: UUID) -> dict[str, datetime]:
    """When each waiting timer is due."""
    with reading(office.dispatcher.database) as connection:
        rows = connection.execute(
            select(timer.c.element_id, timer.c.due_at).where(
                timer.c.instance_id == instance_id, timer.c.status == "waiting"
            )
        ).all()
    return {row.element_id: row.due_at for row in rows}


def changes(answer: Answer) -> list[str]:
    return [
        f"{event['type'].removesuffix('.v1')} {event.get('element_id', event.get('name'))}"
        for event in answer.events
    ]


def test_deadlines_follow_their_variables(planned: Office) -> None:
    instance_id = planned.start(**GIVEN)
    answer = recompute(
        planned,
        instance_id,
        variables={
            "due": "2026-08-01T00:00:00Z",
            "follow_up": "2026-07-20T00:00:00Z",
            "day": "2026-08-02T00:00:00Z",
        },
    )
    assert changes(answer) == [
        "variable.changed day",
        "variable.changed due",
        "variable.changed follow_up",
        "user_task.rescheduled work",
        "timer.rescheduled day",
    ]
    with reading(planned.dispatcher.database) as connection:
        task = connection.execute(select(user_task)).one()
    assert (task.due_at, task.follow_up_at) == (
        datetime(2026, 8, 1, tzinfo=UTC),
        datetime(2026, 7, 20, tzinfo=UTC),
    )
    assert due(planned, instance_id)["day"] == datetime(2026, 8, 2, tzinfo=UTC)
    with pytest.raises(NothingToChange):
        recompute(planned, instance_id)
    assert planned.verify(instance_id) == 2


def test_a_duration_counts_from_when_its_timer_began_to_wait_later_by_every_pause(planned: Office) -> None:
    instance_id = planned.start(**GIVEN)
    given: Any = {"actor": SYSTEM, "instance_id": instance_id, "reason": "an audit"}
    with clock.frozen_at(MORNING + DAY):
        planned.dispatcher.execute(SuspendInstance(command_id=new_id(), **given))
        with pytest.raises(InstanceSuspended):
            recompute(planned, instance_id)
    with clock.frozen_at(MORNING + 4 * DAY):
        planned.dispatcher.execute(ResumeInstance(command_id=new_id(), **given))
        assert due(planned, instance_id)["span"] == MORNING + 13 * DAY
    with clock.frozen_at(MORNING + 5 * DAY):
        recompute(planned, instance_id, variables={"span": "P20D"}, element_ids=["span"])
        assert due(planned, instance_id)["span"] == MORNING + 23 * DAY
    with reading(planned.dispatcher.database) as connection:
        payload = read_journal(connection, instance_id)[-1].payload
    assert list(payload["since"].values()) == [clock.to_text(MORNING + 3 * DAY)]
    assert planned.verify(instance_id) == 4


def test_a_date_that_a_pause_has_moved_is_where_its_variable_says_when_computed_again(
    planned: Office,
) -> None:
    instance_id = planned.start(**GIVEN)
    given: Any = {"actor": SYSTEM, "instance_id": instance_id, "reason": "an audit"}
    planned.dispatcher.execute(SuspendInstance(command_id=new_id(), **given))
    with clock.frozen_at(MORNING + 3 * DAY):
        planned.dispatcher.execute(ResumeInstance(command_id=new_id(), **given))
        moved = due(planned, instance_id)
        recompute(planned, instance_id)
        assert due(planned, instance_id) == {
            **moved,
            "day": moved["day"] - 3 * DAY,
            "wait": moved["wait"] - 3 * DAY,
        }
    assert planned.verify(instance_id) == 4


def test_a_duration_that_a_migration_sets_in_a_pause_counts_from_its_end(planned: Office) -> None:
    instance_id = planned.start(**GIVEN)
    more = boundary("span", "work", timed("timeDuration", "=span"), interrupting=False)
    fresh = boundary("fresh", "work", timed("timeDuration", "=span"), interrupting=False)
    revised = PLANNED.replace(more.encode(), f"{more}{fresh}{flows('fresh', 'after_span')}".encode())
    given: Any = {"actor": SYSTEM, "instance_id": instance_id, "reason": "an audit"}
    with clock.frozen_at(MORNING + DAY):
        planned.dispatcher.execute(SuspendInstance(command_id=new_id(), **given))
    with clock.frozen_at(MORNING + 3 * DAY):
        target = planned.dispatcher.deploy(ModelResources(bpmn=revised), actor=SYSTEM)
        planned.dispatcher.execute(
            MigrateInstance(command_id=new_id(), definition_hash=target, mapping={}, **given)
        )
    with clock.frozen_at(MORNING + 4 * DAY):
        planned.dispatcher.execute(ResumeInstance(command_id=new_id(), **given))
        assert due(planned, instance_id)["fresh"] == MORNING + 14 * DAY
        with pytest.raises(NothingToChange):
            recompute(planned, instance_id, element_ids=["span", "fresh"])
    assert planned.verify(instance_id) == 4


def test_a_cycle_keeps_the_ticks_it_has_had(planned: Office) -> None:
    instance_id = planned.start(**GIVEN)
    with clock.frozen_at(MORNING + 4 * DAY):
        assert fire_due(planned.dispatcher).fired == 1  # late: two ticks in one
        assert due(planned, instance_id)["cycle"] == MORNING + 6 * DAY
        recompute(planned, instance_id, variables={"cycle": "R5/P3D"}, element_ids=["cycle"])
        assert due(planned, instance_id)["cycle"] == MORNING + 9 * DAY
        recompute(planned, instance_id, variables={"cycle": "R3/P3D"}, element_ids=["cycle"])
    with clock.frozen_at(MORNING + 9 * DAY):
        assert fire_due(planned.dispatcher).fired == 1
        assert "cycle" not in due(planned, instance_id)
    assert planned.verify(instance_id) == 5


def test_what_would_have_been_due_before_fires_at_once(planned: Office) -> None:
    instance_id = planned.start(**GIVEN)
    with clock.frozen_at(MORNING + DAY):
        recompute(planned, instance_id, variables={"span": "PT2H"}, element_ids=["span"])
        assert due(planned, instance_id)["span"] == MORNING + timedelta(hours=2)
        assert fire_due(planned.dispatcher).fired == 1
    with reading(planned.dispatcher.database) as connection:
        row = connection.execute(select(timer).where(timer.c.element_id == "span")).one()
    assert (row.scheduled_at, row.due_at, row.ended_at) == (
        MORNING,
        MORNING + timedelta(hours=2),
        MORNING + DAY,
    )
    assert planned.verify(instance_id) == 3


def test_a_timer_beside_an_activity_may_lose_its_date_and_get_one_again(planned: Office) -> None:
    instance_id = planned.start(**GIVEN)
    answer = recompute(planned, instance_id, variables={"day": None}, element_ids=["day"])
    assert changes(answer) == ["variable.changed day", "timer.cancelled day"]
    assert "day" not in due(planned, instance_id)
    answer = recompute(planned, instance_id, variables={"day": "2026-09-01T00:00:00Z"})
    assert changes(answer) == ["variable.changed day", "timer.scheduled day"]
    assert due(planned, instance_id)["day"] == datetime(2026, 9, 1, tzinfo=UTC)
    with clock.frozen_at(datetime(2026, 9, 1, tzinfo=UTC)):
        fire_due(planned.dispatcher)
        assert "day" not in due(planned, instance_id)
        planned.complete(instance_id)
    assert planned.view(instance_id).status == "completed"
    planned.verify(instance_id)


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({"until": None}, "no_instant"),
        ({"until": "some day"}, "not_a_date"),
        ({"span": 5}, "not_a_date"),
        ({"due": "soon"}, "not_a_date"),
    ],
)
def test_what_is_no_date_is_refused_and_leaves_no_incident(
    planned: Office, variables: dict[str, Any], code: str
) -> None:
    instance_id = planned.start(**GIVEN)
    with pytest.raises(InvalidVariables) as refused:
        recompute(planned, instance_id, variables=variables)
    (error,) = refused.value.params["errors"]
    assert error["code"] == code
    with reading(planned.dispatcher.database) as connection:
        assert connection.execute(select(incident)).all() == []
    assert planned.verify(instance_id) == 1


def test_who_recomputes_may_names_what_waits_and_says_why(planned: Office) -> None:
    instance_id = planned.start(**GIVEN)
    with pytest.raises(NotAuthorised):
        recompute(planned, instance_id, actor=CLERK)
    with pytest.raises(InvalidVariables, match="a reason"):
        recompute(planned, instance_id, reason="")
    for element_id in ("nothing", "both"):
        with pytest.raises(ElementNotWaiting, match=element_id):
            recompute(planned, instance_id, element_ids=[element_id, "work"])
    command = RecomputeDueDates(
        command_id=new_id(), actor=SYSTEM, instance_id=instance_id, variables={"span": "P1D"}, reason="x"
    )
    first, again = planned.dispatcher.execute(command), planned.dispatcher.execute(command)
    assert (again.repeated, list(again.events)) == (True, list(first.events))
    assert planned.verify(instance_id) == 2


def test_a_failed_timer_is_tried_again_at_its_new_date(office: Office) -> None:
    instance_id = office.start()
    office.switch.failing = True
    with clock.frozen_at(clock.from_text(REMIND_AT)):
        assert fire_due(office.dispatcher).failed == 1
        office.switch.failing = False
        recompute(office, instance_id, variables={"remind_at": LIMIT_AT}, element_ids=["reminder"])
    assert due(office, instance_id)["reminder"] == clock.from_text(LIMIT_AT)
    assert office.verify(instance_id) == 2
