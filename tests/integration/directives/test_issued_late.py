"""A letter issued after its own deadline: said on issuing, kept with the assignment, fair in what follows."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import SYSTEM, Actor
from engine.commands import CompleteUserTask
from engine.database import reading
from engine.dispatch import Dispatcher
from engine.ids import new_id
from engine.tables import process_instance, user_task
from engine.timers.due import fire_due, next_due_at
from processes.access.policy import Role, actor_for
from processes.assignments.tables import Assignment
from processes.calendar.store import ensure_calendar, load_calendar
from processes.calendar.working_days import WorkingCalendar
from processes.directives.issue import (
    DeadlinesAlreadyPassed,
    IssuePlan,
    IssueSettings,
    PastDeadlines,
    issue,
    plan_issue,
)
from processes.documents.reading.reader import read_letter
from processes.documents.store import directives_of, save_reading
from processes.documents.tables import Document
from processes.notifications.tables import Notification
from processes.samples import sample_registry
from processes.schema import upgrade
from processes.units.registry import UnitRegistry
from processes.units.units_csv import read_units_csv
from processes.wiring import ProcessSettings, build_dispatcher, deploy_models

LETTER = """Số: /UBND-TH

Sông Vàng, ngày tháng 6 năm 2026

V/v rà soát

Kính gửi: Sở Tài chính.

1. Tổ chức rà soát, gửi kết quả chậm nhất ngày 30/6/2026.

2. Khẩn trương cập nhật số liệu.
""".encode()
ISSUED_AT = datetime(2026, 10, 5, 9, tzinfo=clock.BUSINESS_ZONE)  # a Monday
LADDER = ["escalation_1", "escalation_2", "escalation_3", "escalation_4"]


@dataclass(frozen=True)
class _Person:
    username: str = "head.stc"
    name: str = "Thủ trưởng"
    unit_code: str | None = "STC"
    role_names: tuple[str, ...] = (Role.UNIT_HEAD,)


HEAD: Actor = actor_for(_Person())
MONITOR: Actor = actor_for(
    _Person(username="monitor", name="Theo dõi", unit_code="SNV", role_names=(Role.COORDINATOR,))
)


@dataclass
class Late:
    """A letter of June that is issued in October."""

    dispatcher: Dispatcher
    plan: IssuePlan
    calendar: WorkingCalendar
    position: int = 0

    def issue(self, past_deadlines: PastDeadlines) -> None:
        with clock.frozen_at(ISSUED_AT):
            issue(
                self.dispatcher, self.plan, actor=SYSTEM, calendar=self.calendar, settings=IssueSettings(),
                past_deadlines=past_deadlines,
            )  # fmt: skip

    def row(self, position: int) -> Assignment:
        with Session(self.dispatcher.database) as session:
            return session.get_one(Assignment, self.plan.assignments[position].id)

    def complete(self, at: datetime, element_id: str, *, by: Actor = HEAD, **values: object) -> None:
        instance_id = self.plan.assignments[self.position].id
        with reading(self.dispatcher.database) as connection:
            task_id: UUID = connection.scalars(
                select(user_task.c.id).where(
                    user_task.c.instance_id == instance_id,
                    user_task.c.element_id == element_id,
                    user_task.c.status == "open",
                )
            ).one()
        with clock.frozen_at(at):
            self.dispatcher.execute(
                CompleteUserTask(command_id=new_id(), actor=by, task_id=task_id, variables=values)
            )

    def wait_until(self, until: datetime) -> None:
        while True:
            with reading(self.dispatcher.database) as connection:
                due_at = next_due_at(connection)
            if due_at is None or due_at > until:
                return
            with clock.frozen_at(due_at):
                assert fire_due(self.dispatcher).fired

    def escalations(self) -> list[tuple[str, str]]:
        with Session(self.dispatcher.database) as session:
            rows = session.scalars(
                select(Notification)
                .where(
                    Notification.instance_id == self.plan.assignments[self.position].id,
                    Notification.group_key == "head:STC",
                    Notification.template.in_(LADDER),
                )
                .order_by(Notification.id)
            )
            return [
                (f"{row.created_at.astimezone(clock.BUSINESS_ZONE):%d/%m %H:%M}", row.template)
                for row in rows
            ]


@pytest.fixture
def late(database: Engine) -> Late:
    upgrade(database)
    ensure_calendar(database)
    dispatcher = build_dispatcher(database, ProcessSettings())
    deploy_models(dispatcher)
    registry = UnitRegistry(tuple(read_units_csv(sample_registry())))
    with clock.frozen_at(ISSUED_AT), Session(database, expire_on_commit=False) as session, session.begin():
        calendar = load_calendar(session.connection())
        document = save_reading(
            session, read_letter(LETTER, "letter.txt", registry), source=LETTER, filename="letter.txt"
        )
        plan = plan_issue(
            document, directives_of(session, document.id), number="7", issued_on=date(2026, 6, 12),
            registry=registry, calendar=calendar, settings=IssueSettings(),
        )  # fmt: skip
    return Late(dispatcher, plan, calendar)


def test_nothing_is_issued_until_somebody_says_to_keep_the_deadline(late: Late) -> None:
    with pytest.raises(DeadlinesAlreadyPassed):
        late.issue(PastDeadlines.REFUSE)
    with Session(late.dispatcher.database) as session:
        assert session.scalars(select(process_instance.c.id)).all() == []
        assert session.scalars(select(Document.issued_at)).all() == [None]


def test_the_text_stands_as_written_and_what_is_set_counts_from_the_receipt(late: Late) -> None:
    late.issue(PastDeadlines.KEEP)
    stated, set_ = late.row(0), late.row(1)
    assert (stated.deadline_on, stated.deadline_source) == (date(2026, 6, 30), "document")
    assert stated.deadline_passed_on_receipt
    assert (set_.deadline_on, set_.deadline_source) == (date(2026, 10, 26), "set")
    assert not set_.deadline_passed_on_receipt


def test_the_ladder_counts_from_the_acknowledgement_each_level_once_and_in_order(late: Late) -> None:
    late.issue(PastDeadlines.KEEP)
    accepted_at = ISSUED_AT + timedelta(days=1)
    late.complete(
        accepted_at, "acknowledge_assignment", acknowledgement="accept", responsible_person="Phòng Tổng hợp"
    )
    late.wait_until(accepted_at)
    assert late.escalations() == []
    late.wait_until(accepted_at + timedelta(days=60))
    assert late.escalations() == [
        ("07/10 08:00", "escalation_1"),
        ("09/10 08:00", "escalation_2"),
        ("15/10 08:00", "escalation_3"),
        ("27/10 08:00", "escalation_4"),
    ]


def test_silence_is_escalated_from_the_day_it_counts_as_acknowledgement(late: Late) -> None:
    late.issue(PastDeadlines.KEEP)
    late.wait_until(ISSUED_AT + timedelta(days=60))
    assert [template for _, template in late.escalations()] == LADDER
    assert late.escalations()[0] == ("08/10 08:00", "escalation_1")  # taken as acknowledged on 07/10


def test_2_3_a_result_is_late_only_by_the_days_that_the_unit_had(late: Late) -> None:
    late.issue(PastDeadlines.KEEP)
    at = ISSUED_AT + timedelta(hours=1)
    late.complete(at, "acknowledge_assignment", acknowledgement="accept", responsible_person="Phòng Tổng hợp")
    at += timedelta(days=2)
    late.complete(at, "execute_assignment", progress_percent=100, progress_note="Đã rà soát.", risk="none")
    day = at.date().isoformat()
    late.complete(
        at, "report_result", completed_on=day, result_document_no="12/BC-STC", result_document_on=day,
        result_description="Đã rà soát 34/34 thủ tục.", self_assessment="met", head_confirmed=True,
    )  # fmt: skip
    late.complete(at, "appraise_result", by=MONITOR, appraisal="met", commendation_proposed=False)
    row = late.row(0)
    assert (row.late_working_days, row.outcome) == (2, "late")  # not the 71 days since the letter's deadline
    assert row.accountability_opened_at is None


def test_time_that_a_return_took_is_not_the_units(late: Late) -> None:
    late.issue(PastDeadlines.KEEP)
    late.position = 1  # a deadline that is set, 26/10
    late.complete(
        ISSUED_AT, "acknowledge_assignment", acknowledgement="return", return_reason="wrong_unit",
        return_note="Nội dung này thuộc chức năng của Sở Xây dựng.",
    )  # fmt: skip
    kept_at = ISSUED_AT + timedelta(days=45)  # 19/11, a Thursday
    late.complete(
        kept_at, "resolve_return", by=MONITOR, return_resolution="keep",
        return_resolution_note="Đúng chức năng của đơn vị.",
    )  # fmt: skip
    late.wait_until(kept_at)
    assert late.escalations() == []
    late.wait_until(kept_at + timedelta(days=60))
    assert [template for _, template in late.escalations()] == LADDER
    assert late.escalations()[0] == ("20/11 08:00", "escalation_1")
