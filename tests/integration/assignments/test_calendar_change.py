"""A holiday announced late or a make-up Saturday moves what is still to come, never what is closed (DOMAIN §4)."""

from datetime import date, time

import pytest
from sqlalchemy import select

from engine import clock
from engine.actors import SYSTEM
from engine.commands import ResumeInstance, SuspendInstance
from engine.ids import new_id
from processes.assignments.calendar_change import Move, Recomputed, find_moves, recompute
from processes.assignments.handlers import AssignmentSettings
from processes.calendar.calendar_csv import CalendarRefused, NamedDay, read_calendar_csv
from processes.calendar.change import CalendarChange, apply_change, compare, compare_hours, write
from processes.calendar.tables import CalendarDay
from processes.calendar.working_days import DayKind, WorkingHours
from processes.directives.issue import IssueSettings
from tests.integration.assignments.assigned import Assigned
from tests.integration.assignments.office import Office
from tests.integration.assignments.people import LEADER

REASON = "Nghỉ đột xuất"


def known(office: Office) -> list[NamedDay]:
    with office.dispatcher.database.connect() as connection:
        rows = connection.execute(select(CalendarDay.__table__)).all()
    return [
        NamedDay(day=row.day, kind=DayKind(row.kind), name=row.name, source=row.source)
        for row in rows
        if row.day.year == 2026
    ]


def off(day: str) -> NamedDay:
    return NamedDay(
        day=date.fromisoformat(f"2026-{day}"), kind=DayKind.OFF, name="Nghỉ do bão", source="Công điện 1"
    )


def worked(day: str) -> NamedDay:
    return NamedDay(
        day=date.fromisoformat(f"2026-{day}"), kind=DayKind.MAKEUP_WORKDAY, name="Làm bù", source="CV 2"
    )


def announce(office: Office, *days: NamedDay) -> CalendarChange:
    named = {each.day: each for each in [*known(office), *days]}
    with office.dispatcher.database.begin() as connection:
        return apply_change(connection, named.values())


def moves(office: Office) -> list[Move]:
    with clock.frozen_at(office.now):
        return find_moves(
            office.dispatcher, office.calendar, assignment=AssignmentSettings(), issue=IssueSettings()
        )


def move(office: Office) -> Recomputed:
    with clock.frozen_at(office.now):
        return recompute(office.dispatcher, moves(office), actor=SYSTEM, reason=REASON)


def timers(assigned: Assigned, *elements: str) -> list[str]:
    waiting = assigned.waiting_timers()
    return [waiting[element] for element in elements]


def test_rule_7_a_holiday_announced_late_moves_reminders_and_escalations_and_no_deadline(
    office: Office,
) -> None:
    assigned = office.issue()
    assigned.accept()
    office.wait_until("10/08 09:00")
    before = timers(assigned, "reminder_5_due", "reminder_2_due", "reminder_0_due", "escalation_1_due")
    assert before == ["14/08 08:00", "19/08 08:00", "21/08 08:00", "22/08 08:00"]
    announce(office, off("08-20"), off("08-24"))
    assert [found.business_key for found in moves(office)] == ["1/UBND-TH · 1 · STC"]
    assert move(office) == Recomputed(told=1, suspended=0)
    assert timers(assigned, "reminder_5_due", "reminder_2_due", "reminder_0_due", "escalation_1_due") == [
        "13/08 08:00", "18/08 08:00", "21/08 08:00", "22/08 08:00",
    ]  # fmt: skip
    assert timers(assigned, "escalation_2_due") == ["26/08 08:00"]
    assert assigned.due("execute_assignment") == "21/08 17:00"
    assert assigned.row.deadline_on == date(2026, 8, 21)
    entry = assigned.journal[-1]
    assert (entry.command, entry.payload["reason"]) == ("recompute_due_dates.v1", REASON)
    office.wait_until("26/08 09:00")
    assert [at for at, *_ in assigned.told("escalation_2")] == ["26/08 08:00"]


def test_rule_7_recomputing_again_changes_nothing(office: Office) -> None:
    assigned = office.issue()
    assigned.accept()
    announce(office, off("08-20"))
    planned = moves(office)
    with clock.frozen_at(office.now):
        for _ in range(2):
            recompute(office.dispatcher, planned, actor=SYSTEM, reason=REASON)
    assert sum(entry.command == "recompute_due_dates.v1" for entry in assigned.journal) == 1
    assert moves(office) == []
    assert move(office) == Recomputed(told=0, suspended=0)


def test_rule_7_the_time_to_acknowledge_moves(office: Office) -> None:
    assigned = office.issue()
    assert timers(assigned, "acknowledgement_reminder_due", "acknowledgement_timed_out") == [
        "04/08 08:00", "05/08 17:00",
    ]  # fmt: skip
    announce(office, off("08-05"))
    move(office)
    assert timers(assigned, "acknowledgement_reminder_due", "acknowledgement_timed_out") == [
        "04/08 08:00", "06/08 17:00",
    ]  # fmt: skip
    assert assigned.due("acknowledge_assignment") == "06/08 17:00"
    office.wait_until("04/08 09:00")
    announce(office, off("08-06"))
    move(office)
    assert assigned.waiting_timers()["acknowledgement_timed_out"] == "07/08 17:00"
    office.wait_until("07/08 17:30")
    assert assigned.row.acknowledged_by_default


def test_rule_7_the_time_to_appraise_and_to_explain_moves(office: Office) -> None:
    assigned = office.issue()
    assigned.accept()
    office.wait_until("28/08 10:00")
    assigned.submit()
    before = assigned.due("appraise_result")
    announce(office, off("09-03"))
    move(office)
    assert (before, assigned.due("appraise_result")) == ("09/09 17:00", "10/09 17:00")
    assigned.appraise()
    explained_by = assigned.due("explain")
    announce(office, off("09-04"))
    move(office)
    assert (explained_by, assigned.due("explain")) == ("10/09 17:00", "11/09 17:00")
    assert assigned.waiting_timers()["explanation_timed_out"] == "11/09 17:00"


def test_rule_7_what_has_passed_was_sent_or_is_closed_never_moves(office: Office) -> None:
    closed, open_one = office.issue(), office.issue()
    for assigned in (closed, open_one):
        assigned.accept()
    closed.submit()
    closed.appraise()
    office.wait_until("25/08 09:00")
    told = open_one.told()
    announce(office, off("08-10"), off("08-18"), worked("08-29"))
    assert [found.business_key for found in moves(office)] == [f"2/UBND-TH · 1 · {open_one.unit}"]
    assert {name for name, *_ in moves(office)[0].moved} == {"milestones.escalate_3", "milestones.escalate_4"}
    move(office)
    assert open_one.told() == told
    assert timers(open_one, "escalation_3_due") == ["29/08 08:00"], "a Saturday that is worked comes earlier"


def test_nothing_moves_into_the_past(office: Office) -> None:
    assigned = office.issue()
    assigned.accept()
    office.wait_until("21/08 20:00")
    announce(office, worked("08-23"))
    office.wait_until("24/08 09:00")
    before = assigned.waiting_timers()
    move(office)
    after = assigned.waiting_timers()
    assert before["escalation_2_due"] == "25/08 08:00"
    assert after["escalation_2_due"] == "25/08 08:00", "it would have been on the 24th at eight"
    assert (before["escalation_3_due"], after["escalation_3_due"]) == ("03/09 08:00", "28/08 08:00")


def test_a_suspended_instance_is_told_when_it_goes_on(office: Office) -> None:
    assigned = office.issue()
    assigned.accept()
    with clock.frozen_at(office.now):
        office.dispatcher.execute(
            SuspendInstance(command_id=new_id(), actor=SYSTEM, instance_id=assigned.id, reason="Chờ")
        )
    announce(office, off("08-20"))
    before = assigned.journal
    assert move(office) == Recomputed(told=0, suspended=1)
    assert assigned.journal == before


def test_a_file_stands_for_the_years_that_it_names(office: Office) -> None:
    earlier = select(CalendarDay.day).where(CalendarDay.day < date(2026, 1, 1))
    present = known(office)
    without = [each for each in present if each.day != date(2026, 11, 24)]
    renamed = [*without[1:], off("12-31"), NamedDay(**{**_fields(without[0]), "name": "Tết"})]
    with office.dispatcher.database.begin() as connection:
        change = compare(connection, renamed)
        assert [each.day for each in change.added] == [date(2026, 12, 31)]
        assert [each.name for each in change.changed] == ["Tết"]
        assert [each.day for each in change.removed] == [date(2026, 11, 24)]
        assert compare(connection, present).is_none
        before = connection.execute(earlier).all()
        apply_change(connection, renamed)
        assert compare(connection, renamed).is_none
        assert (
            connection.execute(select(CalendarDay.day).where(CalendarDay.day < date(2026, 1, 1))).all()
            == before
        )
    assert office.calendar.is_working_day(date(2026, 11, 24))
    assert not office.calendar.is_working_day(date(2026, 12, 31))


def _fields(named: NamedDay) -> dict:
    return {"day": named.day, "kind": named.kind, "name": named.name, "source": named.source}


HEAD = b"date,kind,name,source\n"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"day,kind,name,source\n", "line 1: the column 'date' is missing"),
        (HEAD, "the file names no day"),
        (HEAD + b"2026-02-30,off,x,y\n", "line 2: '2026-02-30' is no day"),
        (HEAD + b"2026-02-03,holiday,x,y\n", "line 2: the kind 'holiday' is none of off, makeup_workday"),
        (HEAD + b"2026-02-03,off,,y\n", "line 2: the name has 0 characters"),
        (HEAD + b"2026-02-03,off,x\n", "line 2: the source has 0 characters"),
        (HEAD + b"2026-02-03,off,x,y\n2026-02-03,off,x,y\n", "line 3: 2026-02-03 is there twice"),
        (b"\xff\xfe", "the file is not encoded as UTF-8"),
    ],
)
def test_a_file_that_is_no_calendar_is_refused_with_its_lines(content: bytes, problem: str) -> None:
    with pytest.raises(CalendarRefused) as refused:
        read_calendar_csv(content)
    problems = refused.value.params["problems"]
    assert isinstance(problems, list)
    assert problem in problems[0]


def test_a_decided_assignment_is_left_alone(office: Office) -> None:
    assigned = office.issue()
    assigned.accept()
    assigned.submit()
    assigned.appraise({"appraisal": "met", "commendation_proposed": True})
    assigned.complete("decide_commendation", {"commendation": "commend"}, by=LEADER)
    announce(office, off("08-20"))
    assert moves(office) == []


def test_what_a_pause_has_postponed_stays_postponed(office: Office) -> None:
    assigned = office.issue()
    assigned.accept()
    with clock.frozen_at(office.now):
        office.dispatcher.execute(
            SuspendInstance(command_id=new_id(), actor=SYSTEM, instance_id=assigned.id, reason="Chờ")
        )
    office.sleep_until("05/08 09:00")
    with clock.frozen_at(office.now):
        office.dispatcher.execute(
            ResumeInstance(command_id=new_id(), actor=SYSTEM, instance_id=assigned.id, reason="Tiếp tục")
        )
    assert timers(assigned, "reminder_5_due", "escalation_2_due") == ["16/08 08:00", "27/08 08:00"]
    assert assigned.due("execute_assignment") == "23/08 17:00"
    announce(office, off("08-24"))
    move(office)
    assert timers(assigned, "reminder_5_due", "escalation_2_due") == ["16/08 08:00", "28/08 08:00"]
    assert assigned.due("execute_assignment") == "23/08 17:00"
    assert moves(office) == []


def test_rule_1_new_working_hours_move_the_hour_of_what_is_to_come(office: Office) -> None:
    open_one, done = office.issue(), office.issue()
    for assigned in (open_one, done):
        assigned.accept()
    done.submit()
    done.appraise()
    before = done.journal
    hours = WorkingHours(
        valid_from=date(2026, 8, 10), opens_at=time(7, 30), closes_at=time(16, 30), source="Quyết định 3"
    )
    with office.dispatcher.database.begin() as connection:
        write(connection, compare_hours(connection, hours))
    move(office)
    assert open_one.due("execute_assignment") == "21/08 16:30"
    assert open_one.variables["deadline_at"] == "2026-08-21T09:30:00.000000Z"
    assert done.journal == before
    assert moves(office) == []
