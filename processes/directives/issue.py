"""Issuing a document: every directive to every lead unit, previewed, in one act that can be repeated.

All identifiers are derived from the document, the directive and the unit. Issuing again starts only what is not
there yet; so an act that was interrupted is finished by repeating it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import Actor
from engine.commands import StartInstance
from engine.definitions.versions import newest
from engine.dispatch import Dispatcher
from engine.errors import NotAuthorised, NotFound, Rejection
from engine.ids import derived_id
from engine.tables import process_instance
from processes.assignments.projection import PROCESS_KEY
from processes.calendar.working_days import WorkingCalendar
from processes.directives.deadlines import DefaultDeadlines, PlannedDeadline, plan_deadline
from processes.directives.naming import check_day, full_number
from processes.documents.tables import Directive, Document
from processes.units.registry import Unit, UnitRegistry

#: Instances started in one transaction: large enough to spare the disk, small enough to let others in.
BATCH = 100


class DocumentAlreadyIssued(Rejection):
    """The document was issued under another number or date."""

    code: ClassVar[str] = "document_already_issued"
    status: ClassVar[int] = 409


class NothingToIssue(Rejection):
    """The document holds no directive, or a directive reaches no unit."""

    code: ClassVar[str] = "nothing_to_issue"


class DeadlinesAlreadyPassed(Rejection):
    """Deadlines that the document states are over on the day of receipt, and nobody said to keep them."""

    code: ClassVar[str] = "deadlines_already_passed"
    status: ClassVar[int] = 409


class PastDeadlines(StrEnum):
    """What becomes of deadlines in the text that are over on the day of receipt."""

    #: Nothing is issued; the directives are named.
    REFUSE = "refuse"
    #: They stand as written; the assignments are marked *hạn đã qua khi nhận*.
    KEEP = "keep"


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueSettings:
    """Defaults of issuing.

    Attributes:
        monitor_code: the unit that monitors (Sở Nội vụ); ``office_code``: the coordinating office, which
            appraises the monitor's own work (DOMAIN §7.1).
        reminder_days: working days until the reminder to acknowledge; ``time_out_days``: until it is taken as
            acknowledged (DOMAIN §7.2).
        remind_at: time of day at which a reminder goes out.
        oldest_days: calendar days that a document may be old when it is issued.
    """

    monitor_code: str = "SNV"
    office_code: str = "VPUB"
    reminder_days: int = 1
    time_out_days: int = 2
    remind_at: time = time(8, 0)
    oldest_days: int = 731
    deadlines: DefaultDeadlines = field(default_factory=DefaultDeadlines)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedAssignment:
    """One cell of the matrix, before it is started."""

    directive: Directive
    unit: Unit
    deadline: PlannedDeadline

    @property
    def id(self) -> UUID:
        """The assignment's and its instance's identifier."""
        return derived_id("assignment", self.directive.id, self.unit.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuePlan:
    """What issuing would start: the matrix directive × unit with deadlines.

    Attributes:
        received_on: the day on which the units receive the work, the later of the document's and that of issuing.
    """

    document: Document
    number: str
    issued_on: date
    received_on: date
    assignments: Sequence[PlannedAssignment]

    @property
    def units(self) -> list[Unit]:
        """The units reached, in the order of the registry."""
        return list({planned.unit.code: planned.unit for planned in self.assignments}.values())

    @property
    def passed(self) -> list[tuple[Directive, PlannedDeadline]]:
        """The directives whose own deadline is over on the day of receipt."""
        found = {
            planned.directive.id: (planned.directive, planned.deadline)
            for planned in self.assignments
            if planned.deadline.passed
        }
        return list(found.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """What issuing came to."""

    document_id: UUID
    number: str
    total: int
    started: int
    already_started: int


def plan_issue(
    document: Document,
    directives: Sequence[Directive],
    *,
    number: str,
    issued_on: date,
    registry: UnitRegistry,
    calendar: WorkingCalendar,
    settings: IssueSettings,
) -> IssuePlan:
    """Return what issuing would start; nothing is written.

    Args:
        number: the number, ``5120``, completed with the document's notation, or in full, ``5120/UBND-HCC``.
        issued_on: the day of the document; working days count from the day after (DOMAIN §4 rule 1).

    Raises:
        DocumentAlreadyIssued: under another number or day.
        DocumentDayRefused: the document cannot have that day.
        DocumentNumberRefused: the document cannot have that number.
        NothingToIssue: there is no directive, or one of them reaches no unit.
    """
    number = _checked_number(document, number, issued_on, settings)
    received_on = max(issued_on, clock.today() if document.issued_at is None else _day(document.issued_at))
    if not directives:
        raise NothingToIssue("Expected a document with directives, but it has none")
    planned: list[PlannedAssignment] = []
    for directive in directives:
        units = lead_units(directive, registry, issued_on)
        if not units:
            raise NothingToIssue(
                f"Expected directive {directive.ordinal} to have a lead unit, but '{directive.lead_text}' is none",
                ordinal=directive.ordinal,
            )
        deadline = plan_deadline(
            deadline=None if directive.deadline is None else orjson.loads(directive.deadline),
            text=directive.text,
            urgency=document.urgency,
            issued_on=issued_on,
            received_on=received_on,
            calendar=calendar,
            defaults=settings.deadlines,
        )
        planned += [PlannedAssignment(directive=directive, unit=unit, deadline=deadline) for unit in units]
    return IssuePlan(
        document=document, number=number, issued_on=issued_on, received_on=received_on, assignments=planned
    )


def refuse_past_deadlines(plan: IssuePlan) -> None:
    """Refuse a plan with deadlines that are over on the day of receipt.

    Raises:
        DeadlinesAlreadyPassed: ``params["problems"]`` names each directive.
    """
    if not plan.passed:
        return
    raise DeadlinesAlreadyPassed(
        f"Expected deadlines from {plan.received_on.isoformat()} on, but those of {len(plan.passed)} directives "
        "have passed already; agree on new ones, or issue them as they are with --keep-past-deadlines",
        problems=[
            f"{directive.ordinal}: {deadline.on and deadline.on.isoformat()} (theo văn bản, hạn đã qua khi nhận)"
            for directive, deadline in plan.passed
        ],
    )


def issue(
    dispatcher: Dispatcher,
    plan: IssuePlan,
    *,
    actor: Actor,
    calendar: WorkingCalendar,
    settings: IssueSettings,
    past_deadlines: PastDeadlines = PastDeadlines.REFUSE,
    progress: Callable[[int, int], None] | None = None,
) -> Issued:
    """Start every instance of the plan that is not started yet.

    Args:
        past_deadlines: what to do about deadlines in the text that are over on the day of receipt.
        progress: called with (done, total) after each transaction.

    Raises:
        DeadlinesAlreadyPassed: and they are not to be kept.
        NotAuthorised: the actor may not start instances.
        DocumentAlreadyIssued: under another number or date.
    """
    if past_deadlines is PastDeadlines.REFUSE:
        refuse_past_deadlines(plan)
    if "instance:start" not in actor.permissions:
        raise NotAuthorised("Expected an actor who may issue documents", actor=actor.key)
    with dispatcher.database.begin() as connection:
        _mark_issued(connection, plan)
        definition_hash = newest(connection, PROCESS_KEY)
        done = set(
            connection.scalars(
                select(process_instance.c.id).where(
                    process_instance.c.id.in_([planned.id for planned in plan.assignments])
                )
            )
        )
    total = len(plan.assignments)
    waiting = [planned for planned in plan.assignments if planned.id not in done]
    started = 0
    if progress is not None:
        progress(len(done), total)
    for begin in range(0, len(waiting), BATCH):
        commands = [
            StartInstance(
                command_id=derived_id("issue", planned.id),
                actor=actor,
                instance_id=planned.id,
                definition_hash=definition_hash,
                business_key=f"{plan.number} · {planned.directive.ordinal} · {planned.unit.code}",
                variables=start_variables(plan, planned, calendar=calendar, settings=settings),
            )
            for planned in waiting[begin : begin + BATCH]
        ]
        answers = dispatcher.execute_batch(commands)
        started += sum(not answer.repeated for answer in answers)
        if progress is not None:
            progress(len(done) + begin + len(commands), total)
    return Issued(
        document_id=plan.document.id,
        number=plan.number,
        total=total,
        started=started,
        already_started=total - started,
    )


def start_variables(
    plan: IssuePlan, planned: PlannedAssignment, *, calendar: WorkingCalendar, settings: IssueSettings
) -> dict[str, Any]:
    """Return the first variables of an assignment's process instance."""
    unit, directive, deadline = planned.unit, planned.directive, planned.deadline
    own_work = unit.code == settings.monitor_code
    monitor = settings.office_code if own_work else settings.monitor_code
    coordinating: list[str] = orjson.loads(directive.coordinating_units or "[]")
    remind_on = calendar.add_working_days(plan.received_on, settings.reminder_days)
    time_out_on = calendar.add_working_days(plan.received_on, settings.time_out_days)
    return {
        "assignment_id": str(planned.id),
        "document_id": str(plan.document.id),
        "document_no": plan.number,
        "directive_id": str(directive.id),
        "directive_ordinal": directive.ordinal,
        "directive_summary": directive.summary,
        "lead_unit": unit.code,
        "lead_unit_name": unit.name,
        "lead_unit_kind": unit.kind,
        "coordinating_units": [code for code in coordinating if code != unit.code],
        "urgency": plan.document.urgency,
        "issued_on": plan.issued_on.isoformat(),
        "deadline_on": None if deadline.on is None else deadline.on.isoformat(),
        "deadline_at": _text(None if deadline.on is None else calendar.end_of_working_day(deadline.on)),
        "deadline_source": deadline.source,
        "deadline_passed_on_receipt": deadline.passed,
        "acknowledgement": {
            "remind_at": _text(calendar.at_hour(remind_on, settings.remind_at)),
            "time_out_at": _text(calendar.end_of_working_day(time_out_on)),
        },
        "head_groups": [f"head:{unit.code}"],
        "monitor_groups": [f"coordinator:{monitor}"],
        "leader_groups": ["leader"],
        "supplement_count": 0,
    }


def lead_units(directive: Directive, registry: UnitRegistry, issued_on: date) -> list[Unit]:
    """Return the units that lead a directive: the one it names, each of the group it names, or all addressees."""
    return list(_distinct(_named_units(directive, registry, issued_on)))


def _named_units(directive: Directive, registry: UnitRegistry, issued_on: date) -> Iterator[Unit]:
    for text in orjson.loads(directive.leads):
        yield from registry.resolve(text, on=issued_on)


def _distinct(units: Iterator[Unit]) -> Iterator[Unit]:
    seen: set[str] = set()
    for unit in units:
        if unit.code not in seen:
            seen.add(unit.code)
            yield unit


def _mark_issued(connection: Connection, plan: IssuePlan) -> None:
    with Session(bind=connection) as session:
        document = session.get(Document, plan.document.id)
        if document is None:
            raise NotFound(f"Expected document '{plan.document.id}' to be stored, but it is not")
        if document.issued_at is not None:
            _refuse_another_name(document, plan.number, plan.issued_on)
        else:
            document.number_no = plan.number
            document.issued_on = plan.issued_on
            document.issued_at = clock.now()
        session.flush()


def _checked_number(document: Document, number: str, issued_on: date, settings: IssueSettings) -> str:
    """Return the full number; what was issued is only compared, for it cannot change any more."""
    if document.issued_at is None:
        found = full_number(document, number)
        check_day(document, issued_on, oldest_days=settings.oldest_days)
        return found
    found = number if number == document.number_no else full_number(document, number)
    _refuse_another_name(document, found, issued_on)
    return found


def _refuse_another_name(document: Document, number: str, issued_on: date) -> None:
    if (document.number_no, document.issued_on) == (number, issued_on):
        return
    raise DocumentAlreadyIssued(
        f"Expected document '{number}' of {issued_on} to be new, but it was issued as "
        f"'{document.number_no}' of {document.issued_on}. Number and day are evidence and stay: to start what "
        "is missing, repeat them unchanged; if they were wrong, issue a letter of correction "
        "(công văn đính chính) that names the right ones",
        number=document.number_no,
        day=None if document.issued_on is None else document.issued_on.isoformat(),
    )


def _day(instant: datetime) -> date:
    return instant.astimezone(clock.BUSINESS_ZONE).date()


def _text(instant: datetime | None) -> str | None:
    return None if instant is None else clock.to_text(instant)
