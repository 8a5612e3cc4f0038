"""Under which number and day a letter may be issued, and what its deadlines become when it is issued late."""

from datetime import UTC, date, datetime
from uuid import UUID

import orjson
import pytest

from engine import clock
from engine.ids import derived_id
from processes.calendar.working_days import DayKind, WorkingCalendar
from processes.directives.deadlines import DefaultDeadlines, plan_deadline
from processes.directives.issue import (
    DeadlinesAlreadyPassed,
    DocumentAlreadyIssued,
    IssuePlan,
    IssueSettings,
    plan_issue,
    refuse_past_deadlines,
    start_variables,
)
from processes.directives.naming import DocumentDayRefused, DocumentNumberRefused
from processes.documents.tables import Directive, Document
from processes.samples import sample_registry
from processes.units.registry import UnitRegistry
from processes.units.units_csv import read_units_csv

CALENDAR = WorkingCalendar({date(2026, 11, 24): DayKind.OFF})
REGISTRY = UnitRegistry(read_units_csv(sample_registry()))
NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
JUNE = {"date_partial": {"year": 2026, "month": 6, "day": None}}


def document(*, notation: str | None = "/UBND-HCC", reading: object = JUNE, issued: bool = False) -> Document:
    return Document(
        id=UUID(int=1), source_sha256="", filename="letter.txt", notation=notation, subject="",
        urgency="normal", reading=orjson.dumps(reading).decode(), created_at=NOW,
        number_no="5120/UBND-HCC" if issued else None, issued_on=date(2026, 6, 12) if issued else None,
        issued_at=datetime(2026, 6, 15, 3, tzinfo=UTC) if issued else None,
    )  # fmt: skip


def directive(text: str = "Rà soát.", deadline: str | None = None) -> Directive:
    given = None if deadline is None else orjson.dumps({"kind": "date", "date": deadline}).decode()
    return Directive(
        id=derived_id(text, deadline), document_id=UUID(int=1), ordinal="1", position=1, text=text, summary=text,
        leads='["STC"]', coordinating_units="[]", lead_text="STC", deadline=given,
    )  # fmt: skip


def planned(
    number: str = "5120", day: str = "2026-06-12", *, of: Document | None = None, **item: str
) -> IssuePlan:
    with clock.frozen_at(NOW):
        return plan_issue(
            of or document(), [directive(**item)], number=number, issued_on=date.fromisoformat(day),
            registry=REGISTRY, calendar=CALENDAR, settings=IssueSettings(),
        )  # fmt: skip


@pytest.mark.parametrize("number", ["5120", "5120/UBND-HCC"])
def test_a_number_is_completed_with_the_notation_of_the_letter(number: str) -> None:
    assert planned(number).number == "5120/UBND-HCC"


def test_a_letter_without_notation_takes_the_number_in_full() -> None:
    assert planned("09/CT-UBND", of=document(notation=None)).number == "09/CT-UBND"
    with pytest.raises(DocumentNumberRefused, match="notation"):
        planned("09", of=document(notation=None))


@pytest.mark.parametrize(
    "number",
    ["", " ", "abc", "-3", "0", "000", "1234567", "5120\n", " 5120", "5120/", "5120/UBND-XYZ", "5120/ubnd-hcc",
     "٥١٢٠", "５１２０", "5120/UBND-HCC/1", "5120 /UBND-HCC", "5120/UBND-HCC\n"],
)  # fmt: skip
def test_what_is_no_number_of_this_letter_is_refused(number: str) -> None:
    with pytest.raises(DocumentNumberRefused) as refused:
        planned(number)
    assert refused.value.status == 422


def test_a_number_printed_in_the_letter_is_the_only_one() -> None:
    printed = document(reading={**JUNE, "number": "5120/UBND-HCC"})
    assert planned("5120", of=printed).number == "5120/UBND-HCC"
    with pytest.raises(DocumentNumberRefused, match="carries"):
        planned("5121", of=printed)


@pytest.mark.parametrize("day", ["2099-06-12", "1945-09-02", "2026-07-12", "2025-06-12", "2026-11-25"])
def test_a_day_that_the_letter_cannot_have_is_refused(day: str) -> None:
    with pytest.raises(DocumentDayRefused):
        planned(day=day)


@pytest.mark.parametrize("day", ["2099-06-12", "1945-09-02", "2026-11-24"])
def test_a_letter_without_a_day_is_neither_of_the_future_nor_of_long_ago(day: str) -> None:
    with pytest.raises(DocumentDayRefused):
        planned(day=day, of=document(reading={}))


def test_an_issued_letter_keeps_its_number_and_the_refusal_says_what_to_do() -> None:
    issued = document(issued=True)
    assert planned("5120", of=issued).received_on == date(2026, 6, 15)
    for number, day in (("5121", "2026-06-12"), ("5120", "2026-06-13")):
        with pytest.raises(DocumentAlreadyIssued, match="đính chính"):
            planned(number, day, of=issued)


@pytest.mark.parametrize(
    ("text", "on"),
    [
        ("Khẩn trương rà soát.", date(2026, 12, 15)),
        ("Tổ chức quán triệt.", date(2026, 12, 8)),
        ("Rà soát, báo cáo.", date(2026, 12, 23)),
    ],
)
def test_set_deadlines_count_from_the_day_of_issuing_when_that_is_later(text: str, on: date) -> None:
    deadline = planned(text=text).assignments[0].deadline
    assert (deadline.on, deadline.source, deadline.passed) == (on, "set", False)


def test_4_rule_2_thirty_days_that_end_on_a_day_of_rest_end_on_the_next_working_day() -> None:
    deadline = plan_deadline(
        deadline=None, text="Rà soát.", urgency="normal", issued_on=date(2026, 6, 12),
        calendar=CALENDAR, defaults=DefaultDeadlines(),
    )  # fmt: skip
    assert deadline.on == date(2026, 7, 13)  # 12/7 is a Sunday


def test_a_deadline_of_the_text_stays_and_is_said_to_have_passed() -> None:
    late = planned(deadline="2026-09-30")
    deadline = late.assignments[0].deadline
    assert (deadline.on, deadline.source, deadline.passed) == (date(2026, 9, 30), "document", True)
    with pytest.raises(DeadlinesAlreadyPassed) as refused:
        refuse_past_deadlines(late)
    assert refused.value.params["problems"] == ["1: 2026-09-30 (theo văn bản, hạn đã qua khi nhận)"]
    variables = start_variables(late, late.assignments[0], calendar=CALENDAR, settings=IssueSettings())
    assert variables["deadline_passed_on_receipt"] is True
    assert variables["deadline_on"] == "2026-09-30"


def test_a_deadline_of_the_text_that_is_still_to_come_is_no_reason_to_refuse() -> None:
    soon = planned(deadline="2026-11-23")
    assert not soon.assignments[0].deadline.passed
    refuse_past_deadlines(soon)
