"""Reminders, the escalation ladder, status axes and default deadlines (DOMAIN §2.3, §7.3, §7.9 D7)."""

from datetime import UTC, date, datetime

import pytest

from engine import clock
from processes.assignments.milestones import LadderSettings, plan
from processes.assignments.status import (
    Lifecycle,
    Timeliness,
    bucket,
    days_left,
    late_working_days,
    timeliness,
)
from processes.calendar.working_days import DayKind, WorkingCalendar
from processes.directives.deadlines import DefaultDeadlines, PlannedDeadline, plan_deadline

CALENDAR = WorkingCalendar({date(2026, 9, 1): DayKind.OFF, date(2026, 9, 2): DayKind.OFF})
DEADLINE = date(2026, 8, 28)  # a Friday
LONG_AGO = datetime(2026, 6, 1, tzinfo=UTC)


def local(milestones: dict[str, datetime | None]) -> dict[str, str | None]:
    return {
        name: None if instant is None else f"{instant.astimezone(clock.BUSINESS_ZONE):%d/%m %H:%M}"
        for name, instant in milestones.items()
    }


def planned(
    deadline_on: date | None = DEADLINE,
    *,
    urgency: str = "normal",
    sent: int = 0,
    acknowledged_on: date | None = None,
    at: datetime = LONG_AGO,
) -> dict[str, str | None]:
    return local(
        plan(
            deadline_on,
            urgency=urgency,
            sent_level=sent,
            acknowledged_on=acknowledged_on,
            at=at,
            calendar=CALENDAR,
            settings=LadderSettings(),
        )
    )


def test_7_3_reminders_before_and_ladder_after_in_working_days_at_eight() -> None:
    assert planned() == {
        "remind_10": "14/08 08:00",
        "remind_5": "21/08 08:00",
        "remind_2": "26/08 08:00",
        "remind_0": "28/08 08:00",
        "escalate_1": "31/08 08:00",
        "escalate_2": "04/09 08:00",  # 1/9 and 2/9 are days off
        "escalate_3": "10/09 08:00",
        "escalate_4": "22/09 08:00",
    }


def test_7_3_express_halves_the_intervals_and_half_a_day_is_the_afternoon() -> None:
    express = planned(urgency="express")
    assert express["remind_10"] == "21/08 08:00"
    assert express["remind_5"] == "25/08 13:30"
    assert express["escalate_1"] == "31/08 13:30"
    assert express["escalate_4"] == "11/09 13:30"  # seven and a half working days


def test_7_3_a_level_is_sent_once() -> None:
    again = planned(sent=2)
    assert again["escalate_1"] is None
    assert again["escalate_2"] is None
    assert again["escalate_3"] == "10/09 08:00"


def test_7_3_what_has_passed_is_not_made_up_for_but_by_its_highest_level() -> None:
    late = planned(at=datetime(2026, 9, 11, 3, tzinfo=UTC))
    assert late["remind_0"] is None
    assert late["escalate_2"] is None
    assert late["escalate_3"] == "11/09 10:00"
    assert late["escalate_4"] == "22/09 08:00"


def test_7_3_nobody_is_escalated_for_time_before_they_had_the_work() -> None:
    late = planned(acknowledged_on=date(2026, 9, 11), at=datetime(2026, 9, 11, 3, tzinfo=UTC))
    assert late == {
        "remind_10": None,
        "remind_5": None,
        "remind_2": None,
        "remind_0": None,
        "escalate_1": "14/09 08:00",
        "escalate_2": "16/09 08:00",
        "escalate_3": "22/09 08:00",
        "escalate_4": "02/10 08:00",
    }


def test_7_3_an_acknowledgement_before_the_deadline_changes_nothing() -> None:
    assert planned(acknowledged_on=date(2026, 8, 1)) == planned()


def test_7_3_nothing_is_planned_without_a_deadline() -> None:
    assert set(planned(None).values()) == {None}


def test_4_rule_5_reminders_go_out_on_working_days() -> None:
    assert planned(date(2026, 8, 30))["remind_0"] == "28/08 08:00"  # a Sunday's deadline


@pytest.mark.parametrize(
    ("day", "expected", "left"),
    [
        (date(2026, 8, 20), Timeliness.NOT_YET_DUE, 6),
        (date(2026, 8, 21), Timeliness.DUE_SOON, 5),
        (date(2026, 8, 28), Timeliness.DUE_TODAY, 0),
        (date(2026, 8, 29), Timeliness.OVERDUE, -1),
        (date(2026, 9, 3), Timeliness.OVERDUE, -2),
    ],
)
def test_2_3_timeliness_is_derived_every_day(day: date, expected: Timeliness, left: int) -> None:
    assert timeliness(DEADLINE, day, CALENDAR) is expected
    assert days_left(DEADLINE, day, CALENDAR) == left
    assert timeliness(None, day, CALENDAR) is Timeliness.NO_DEADLINE


def test_2_3_a_result_counts_from_its_submission() -> None:
    today = date(2026, 9, 30)
    assert bucket(Lifecycle.DONE, DEADLINE, DEADLINE, today) == 1
    assert bucket(Lifecycle.DONE, DEADLINE, date(2026, 8, 31), today) == 2
    assert bucket(Lifecycle.IN_PROGRESS, DEADLINE, None, date(2026, 8, 28)) == 3
    assert bucket(Lifecycle.IN_PROGRESS, DEADLINE, None, today) == 4
    assert bucket(Lifecycle.DONE, None, None, today) == 5
    assert bucket(Lifecycle.WITHDRAWN, DEADLINE, None, today) is None
    assert late_working_days(DEADLINE, date(2026, 8, 29), CALENDAR) == 1


def deadline(
    text: str, *, urgency: str = "normal", given: dict[str, object] | None = None
) -> PlannedDeadline:
    return plan_deadline(
        deadline=given,
        text=text,
        urgency=urgency,
        issued_on=date(2026, 6, 12),
        calendar=CALENDAR,
        defaults=DefaultDeadlines(),
    )


@pytest.mark.parametrize(
    ("text", "urgency", "on", "rule"),
    [
        ("Rà soát ngay", "express", date(2026, 6, 16), "express"),
        ("Rà soát ngay", "urgent", date(2026, 6, 19), "urgent"),
        ("Khẩn trương rà soát", "normal", date(2026, 7, 3), "hastened"),
        ("Tổ chức quán triệt", "normal", date(2026, 6, 26), "dissemination"),
        ("Thường xuyên kiểm tra", "normal", None, "continuous"),
        ("Rà soát, báo cáo", "normal", date(2026, 7, 13), "otherwise"),  # 12/7 is a Sunday
    ],
)
def test_7_9_d7_default_deadlines_are_marked_as_set(
    text: str, urgency: str, on: date | None, rule: str
) -> None:
    assert deadline(text, urgency=urgency) == PlannedDeadline(on=on, source="set", rule=rule)


def test_7_9_d7_what_the_letter_says_comes_first() -> None:
    given = {"kind": "before_date", "date": "2026-09-29", "text": "trước ngày 30/9/2026"}
    assert deadline("Khẩn trương", urgency="express", given=given) == PlannedDeadline(
        on=date(2026, 9, 29), source="document", rule="before_date"
    )
    assert deadline("x", given={"kind": "working_days", "days": 5, "text": "5 ngày"}).on == date(2026, 6, 19)
    assert deadline("x", given={"kind": "ongoing", "text": "thường xuyên"}).on is None
