"""Timers: dates, durations, cycles (BPMN 2.0.2 §10.5.5; ENGINE-NOTES §4 says what plain SpiffWorkflow does)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.errors import StepFailed, TimerNotDue
from engine.spiff import LateCycles
from engine.spiff.schedule import parse_cycle, parse_duration, parse_instant
from tests.drawing import boundary, catch, end, flows, start, timed, user_task
from tests.elements import refused, runs
from tests.running import Run, compiled, reasons_of

NEW_YEAR = datetime(2026, 1, 31, 12, tzinfo=UTC)


def caught(tag: str, text: str, *, at: datetime = NEW_YEAR, **variables: Any) -> Run:
    model = compiled(start(), catch("wait", timed(tag, text)), end(), flows("begin", "wait", "finish"))
    return Run(model, variables, at=at)


def beside(text: str, *, tag: str = "timeCycle", at: datetime = NEW_YEAR, interrupting: bool = False) -> Run:
    model = compiled(
        start(),
        user_task("work"),
        boundary("tick", "work", timed(tag, text), interrupting=interrupting),
        end("ticked"),
        end(),
        flows("begin", "work", "finish"),
        flows("tick", "ticked"),
    )
    return Run(model, at=at)


def ticks(run: Run, most: int = 10) -> list[str]:
    """When a cycle fires, each tick on time."""
    found = []
    while run.due and len(found) < most:
        found.append(run.due["tick"])
        run.fire("tick")
    return found


@runs("intermediateCatchEvent", "timer", "date, duration")
@pytest.mark.parametrize(
    ("tag", "text", "due"),
    [
        ("timeDuration", "PT1H", "2026-01-31 20:00"),
        ("timeDuration", "P1M", "2026-02-28 19:00"),
        ("timeDuration", "P1M2W", "2026-03-14 19:00"),
        ("timeDuration", "P1Y", "2027-01-31 19:00"),
        ("timeDuration", "PT0.5S", "2026-01-31 19:00"),
        ("timeDuration", "PT0S", "2026-01-31 19:00"),
        ("timeDuration", "=p", "2026-02-02 19:00"),
        ("timeDuration", '=duration("P1D")', "2026-02-01 19:00"),
        ("timeDate", "2026-03-01", "2026-03-01 00:00"),
        ("timeDate", "2026-03-01T08:00:00", "2026-03-01 08:00"),
        ("timeDate", "2026-03-01T08:00:00Z", "2026-03-01 15:00"),
        ("timeDate", "2020-01-01", "2020-01-01 00:00"),
        ("timeDate", "=d", "2026-04-01 00:00"),
        ("timeDate", '=now() + duration("P10D")', "2026-02-10 19:00"),
        ("timeDate", '=date("2026-05-01")', "2026-05-01 00:00"),
        ("timeDate", "2026-12-13T08:00:00@Asia/Ho_Chi_Minh", "2026-12-13 08:00"),
        ("timeDate", '=date and time(@"2026-12-13T08:00:00", "Europe/Paris")', "2026-12-13 14:00"),
        ("timeDate", "2026-12-13T08:00:00+01:00[Europe/Paris]", "2026-12-13 14:00"),
        ("timeDate", "2026-12-13T08:00:00[Europe/Paris]", "2026-12-13 14:00"),
        ("timeDate", "2026-12-13T08:00:00.123456789Z", "2026-12-13 15:00"),
        ("timeDate", "2026-12-13T08:00:00.123456789@Asia/Ho_Chi_Minh", "2026-12-13 08:00"),
        ("timeDuration", "PT1.123456789S", "2026-01-31 19:00"),
        ("timeDuration", "-PT1H", "2026-01-31 19:00"),
        ("timeDuration", '=date("2026-01-30") - date("2026-01-31")', "2026-01-31 19:00"),
    ],
)
def test_dates_and_durations(tag: str, text: str, due: str) -> None:
    """ENGINE-NOTES §4: plain SpiffWorkflow adds 31 days for a month, and takes an unquoted PT1H for Python."""
    run = caught(tag, text, p="P2D", d="2026-04-01")
    assert run.due == {"wait": due}
    assert run.fire("wait").completed


def test_month_ends_are_counted_from_the_start() -> None:
    """31 January and a month is 28 February, and a month later 31 March: nothing drifts (§4)."""
    assert ticks(beside("R4/P1M")) == [
        "2026-02-28 19:00",
        "2026-03-31 19:00",
        "2026-04-30 19:00",
        "2026-05-31 19:00",
    ]
    assert ticks(beside("R2/P1M", at=datetime(2024, 1, 31, 12, tzinfo=UTC)))[0] == "2024-02-29 19:00"


@runs("boundaryEvent", "timer", "date, duration, cycle, non-interrupting")
def test_cycles_fire_as_often_as_they_say() -> None:
    assert ticks(beside("R3/PT10H")) == ["2026-02-01 05:00", "2026-02-01 15:00", "2026-02-02 01:00"]
    assert len(ticks(beside("R/PT10H"), most=25)) == 25
    assert ticks(beside("R1/P1D")) == ["2026-02-01 19:00"]
    assert ticks(beside("R0/P1D")) == []


def test_a_cycle_ends_with_its_activity() -> None:
    run = beside("R/PT1H").fire("tick").fire("tick")
    assert run.open == ["work"]
    assert run.complete("work").completed


def test_a_cycle_with_a_start_begins_there() -> None:
    """§4: SpiffWorkflow takes the end for the start and one interval too few."""
    assert ticks(beside("R3/2026-02-10T00:00:00Z/P1D")) == [
        "2026-02-10 07:00",
        "2026-02-11 07:00",
        "2026-02-12 07:00",
    ]
    past = "R3/2026-01-30T00:00:00Z/P1D"
    assert ticks(beside(past)) == ["2026-02-01 07:00"], "ticks that have passed count as had"
    assert ticks(beside("R3/2025-01-01T00:00:00Z/P1D")) == []
    exactly = "R2/2026-01-31T12:00:00Z/P1D"
    assert ticks(beside(exactly)) == ["2026-01-31 19:00", "2026-02-01 19:00"], "a tick due now is not past"


def test_a_cycle_that_is_late_fires_once_and_goes_on_with_what_is_to_come() -> None:
    """§4: plain SpiffWorkflow fires every tick that was missed, in one go."""
    run = beside("R20/PT1H").fire("tick", late=timedelta(hours=10, minutes=30))
    assert run.due == {"tick": "2026-02-01 07:00"}
    assert run.history.count("element.completed ticked") == 1
    assert len(ticks(run, most=99)) == 20 - 11, "the missed ones count"


def test_a_late_cycle_fires_each_tick_if_it_is_asked_to() -> None:
    run = beside("R20/PT1H")
    run.fire("tick", late=timedelta(hours=2), late_cycles=LateCycles.FIRE_EACH)
    assert run.due == {"tick": "2026-01-31 21:00"}, "due in the past: it is fired next"


def test_a_finite_cycle_that_slept_through_its_end_is_over() -> None:
    assert beside("R3/PT1H").fire("tick", late=timedelta(days=2)).due == {}


def test_days_are_days_of_the_business_time_zone() -> None:
    late_evening = datetime(2026, 1, 30, 18, tzinfo=UTC)  # 31 January, one in the morning in Hanoi
    assert caught("timeDuration", "P1M", at=late_evening).due == {"wait": "2026-02-28 01:00"}


@runs("boundaryEvent", "timer", "interrupting")
def test_an_interrupting_timer_takes_the_place_of_its_activity() -> None:
    run = beside("P2D", tag="timeDuration", interrupting=True).fire("tick")
    assert run.completed
    assert "user_task.cancelled work" in run.events


def test_a_timer_fires_only_once_and_never_by_itself() -> None:
    """§4: with SpiffWorkflow any completion fires whatever is due."""
    run = beside("2020-01-01", tag="timeDate")
    timer_id = run.step.timers[0].timer_id
    assert run.due == {"tick": "2020-01-01 00:00"}
    run.fire("tick")
    with pytest.raises(TimerNotDue):
        run.load().fire_timer(timer_id)


@pytest.mark.parametrize("value", [5, True, [], {}, "soon", "P", "PT", "--PT1H", "P0.5M", "P1H", "1 day", ""])
def test_a_duration_that_is_none_fails_the_step(value: object) -> None:
    """§4: SpiffWorkflow takes -PT1H for +1 h and 'P' for at once."""
    with pytest.raises(StepFailed, match="expected a timer's duration") as failure:
        caught("timeDuration", "=p", p=value)
    assert failure.value.element_id == "wait"


@pytest.mark.parametrize("value", ["P3D", "31.12.2026", "2026-13-01", "tomorrow", "0001-01-01", 20260101])
def test_a_date_that_is_none_fails_the_step(value: object) -> None:
    with pytest.raises(StepFailed, match="expected a timer's date"):
        caught("timeDate", "=p", p=value)


@refused("intermediateCatchEvent", "timer", "a cycle; what is not ISO 8601 (cron)")
@refused("boundaryEvent", "timer", "a cycle that interrupts; what is not ISO 8601 (cron)")
@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("timeCycle", "PT1H"),
        ("timeCycle", "0 0 9 * * MON-FRI"),
        ("timeCycle", "R3/P1D/2026-02-10T00:00:00Z"),
        ("timeCycle", "R/PT0S"),
        ("timeCycle", "R-1/PT1H"),
        ("timeDuration", "P"),
        ("timeDuration", "P1M2"),
        ("timeDuration", "P99999999999Y"),
        ("timeDuration", "${wait}"),
        ("timeDate", "P3D"),
        ("timeDate", "next week"),
        ("timeDate", "=1 +"),
        ("timeDate", ""),
    ],
)
def test_what_cannot_be_read_is_refused_at_deployment(tag: str, text: str) -> None:
    reasons = reasons_of(
        start(),
        user_task("work"),
        boundary("tick", "work", timed(tag, text), interrupting=False),
        end("ticked"),
        end(),
        flows("begin", "work", "finish"),
        flows("tick", "ticked"),
    )
    assert list(reasons) == ["tick"]


def test_a_cycle_that_would_fire_only_once_is_refused() -> None:
    cycle = timed("timeCycle", "R/PT1H")
    reasons = reasons_of(
        start(),
        user_task("work"),
        boundary("tick", "work", cycle),
        catch("wait", cycle),
        end("ticked"),
        end(),
        flows("begin", "work", "wait", "finish"),
        flows("tick", "ticked"),
    )
    assert set(reasons) == {"tick", "wait"}
    assert "fire only once" in reasons["wait"]


def test_fractions_are_cut_to_microseconds() -> None:
    assert parse_duration("PT0.9999999999S").time == timedelta(microseconds=999_999)
    for zone in ("Z", "@Etc/UTC", "[Etc/UTC]"):
        assert parse_instant(f"2026-12-13T08:00:00.123456789{zone}").microsecond == 123_456


@pytest.mark.parametrize(
    "text", ["2026-12-13T08:00:00@Mars/Base", "2026-12-13[UTC]", "2026-13-01T00:00:00@UTC", "@"]
)
def test_an_instant_in_no_zone_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no ISO 8601 date"):
        parse_instant(text)


def test_a_cycle_never_runs_backwards() -> None:
    with pytest.raises(ValueError, match="has no length"):
        parse_cycle("R3/-PT1H", at=NEW_YEAR)


def test_durations_never_leave_the_calendar() -> None:
    edge = datetime(9999, 12, 31, 23, tzinfo=UTC)
    for text in ("P1D", "P1000Y", "P12000M", "PT999999999H", "P372000D"):
        with pytest.raises(ValueError, match="beyond the calendar"):
            parse_duration(text).after(edge)
    for text in ("0001-01-01", "9999-12-31T23:59:59-12:00"):
        with pytest.raises(ValueError, match="no ISO 8601 date"):
            parse_instant(text)
    cycle = parse_cycle("R/P400Y", at=datetime(9500, 1, 1, tzinfo=UTC))
    assert cycle is not None
    assert cycle.after(cycle.due_at, LateCycles.FIRE_EACH) is None, "there is no year 10300"
    assert cycle.after(cycle.due_at, LateCycles.FIRE_ONCE) is None
