"""Issuing a document: every directive to every lead unit, previewed, in one act that can be repeated.

All identifiers are derived from the document, the directive and the unit. Issuing again starts only what is not
there yet; so an act that was interrupted is finished by repeating it.
"""

from collections.abc import Callable, Collection, Sequence
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
from processes.directives.deadlines import SET, DefaultDeadlines, PlannedDeadline, plan_deadline
from processes.directives.drafting.errors import DocumentStateWrong, DocumentUndone
from processes.directives.drafting.open import changed
from processes.directives.naming import check_day, full_number
from processes.directives.terms import Terms, terms_of, units_of
from processes.documents.states import DirectiveState, DocumentState, Nature
from processes.documents.tables import Directive, Document, DocumentIssue
from processes.documents.trail import add_to_trail
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


class Approval(StrEnum):
    """By whose decision a document goes out."""

    #: A leader has approved it.
    LEADER = "approved"
    #: Whoever holds the machine issues it, without approval.
    OPERATOR = "operator"


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
    """One cell of the matrix, before it is started.

    Attributes:
        waits: it waits for documents to come; its deadline begins when they have.
        round_no: how often the document was issued, this time included.
    """

    directive: Directive
    unit: Unit
    deadline: PlannedDeadline
    waits: bool = False
    round_no: int = 1

    @property
    def id(self) -> UUID:
        """The assignment's and its instance's identifier."""
        again = () if self.round_no == 1 else (self.round_no,)
        return derived_id("assignment", self.directive.id, self.unit.code, *again)


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
    def told(self) -> list[str]:
        """The groups that are notified at once, in the order of the registry."""
        return [f"head:{unit.code}" for unit in self.units]

    @property
    def reached(self) -> dict[str, list[str]]:
        """The codes of the units reached, by directive."""
        found: dict[str, list[str]] = {}
        for planned in self.assignments:
            found.setdefault(str(planned.directive.id), []).append(planned.unit.code)
        return found

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
    issued: DocumentIssue | None = None,
    waiting: Collection[UUID] = (),
) -> IssuePlan:
    """Return what issuing would start; nothing is written.

    Args:
        number: the number, ``5120``, completed with the document's notation, or in full, ``5120/UBND-HCC``.
        issued_on: the day of the document; working days count from the day after (DOMAIN §4 rule 1).
        issued: the round that has begun already; who was reached by it is not looked up again.
        waiting: the directives that wait for documents to come.

    Raises:
        DocumentAlreadyIssued: under another number or day.
        DocumentDayRefused: the document cannot have that day.
        DocumentNumberRefused: the document cannot have that number.
        NothingToIssue: there is no directive, or one of them reaches no unit.
    """
    number = _checked_number(document, number, issued_on, settings)
    received_on = max(issued_on, clock.today() if document.issued_at is None else _day(document.issued_at))
    given = [each for each in directives if each.state in (None, DirectiveState.ACTIVE)]
    if not given:
        raise NothingToIssue("Expected a document with directives, but it has none")
    planned: list[PlannedAssignment] = []
    for directive in given:
        terms = terms_of(directive)
        waits = directive.id in waiting
        units = _units(directive, terms, registry, issued_on, issued)
        if not units:
            raise NothingToIssue(
                f"Expected directive {directive.ordinal} to have a lead unit, but '{directive.lead_text}' is none",
                ordinal=directive.ordinal,
            )
        deadline = (
            PlannedDeadline(on=None, source=SET, rule="upon_event")
            if waits
            else deadline_of(
                document,
                directive,
                issued_on=issued_on,
                received_on=received_on,
                calendar=calendar,
                settings=settings,
            )
        )
        planned += [
            PlannedAssignment(
                directive=directive,
                unit=unit,
                deadline=deadline,
                waits=waits,
                round_no=document.issue_round or 1,
            )
            for unit in units
        ]
    return IssuePlan(
        document=document, number=number, issued_on=issued_on, received_on=received_on, assignments=planned
    )


def deadline_of(
    document: Document,
    directive: Directive,
    *,
    issued_on: date,
    received_on: date,
    calendar: WorkingCalendar,
    settings: IssueSettings,
) -> PlannedDeadline:
    """Return the deadline of a directive: what is set, else what the document says, else the default."""
    return plan_deadline(
        deadline=None if directive.deadline is None else orjson.loads(directive.deadline),
        given=directive.set_deadline,
        continuous=directive.set_nature in (Nature.CONTINUOUS, Nature.PERIODIC),
        text=directive.text,
        urgency=document.urgency,
        issued_on=issued_on,
        received_on=received_on,
        calendar=calendar,
        defaults=settings.deadlines,
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
    approval: Approval = Approval.OPERATOR,
    progress: Callable[[int, int], None] | None = None,
) -> Issued:
    """Start every instance of the plan that is not started yet.

    Args:
        past_deadlines: what to do about deadlines in the text that are over on the day of receipt.
        approval: by whose decision it goes out; a draft that nobody has approved only by the operator's.
        progress: called with (done, total) after each transaction.

    Raises:
        DocumentStateWrong: it is not ready to be issued.
        DocumentUndone: its issue was undone meanwhile.
        DraftChanged: it was changed since it was planned.
        DeadlinesAlreadyPassed: and they are not to be kept.
        NotAuthorised: the actor may not start instances.
        DocumentAlreadyIssued: under another number or date.
    """
    if past_deadlines is PastDeadlines.REFUSE:
        refuse_past_deadlines(plan)
    if "instance:start" not in actor.permissions:
        raise NotAuthorised("Expected an actor who may issue documents", actor=actor.key)
    with dispatcher.database.begin() as connection:
        _mark_issued(connection, plan, actor, approval)
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
                business_key=_business_key(plan, planned),
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
    terms = terms_of(directive)
    remind_on = calendar.add_working_days(plan.received_on, settings.reminder_days)
    time_out_on = calendar.add_working_days(plan.received_on, settings.time_out_days)
    return {
        "assignment_id": str(planned.id),
        "document_id": str(plan.document.id),
        "document_no": plan.number,
        "directive_id": str(directive.id),
        "directive_ordinal": directive.ordinal,
        "directive_summary": terms.summary.value,
        "lead_unit": unit.code,
        "lead_unit_name": unit.name,
        "lead_unit_kind": unit.kind,
        "coordinating_units": [code for code in terms.coordinating.value if code != unit.code],
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
        **_expected(terms),
        **({"issue_round": planned.round_no} if planned.round_no > 1 else {}),
        **({"awaits_documents": True} if planned.waits else {}),
    }


def _expected(terms: Terms) -> dict[str, Any]:
    """Return what a unit is told of what is expected of it, as far as anybody has said it."""
    found = {
        "expected_product": "; ".join(terms.products.value) or None,
        "acceptance_criterion": terms.criterion.value,
        "reporting_period": terms.reporting_period.value,
        "named_person": terms.person.value,
    }
    return {name: value for name, value in found.items() if value is not None}


def _business_key(plan: IssuePlan, planned: PlannedAssignment) -> str:
    key = f"{plan.number} · {planned.directive.ordinal} · {planned.unit.code}"
    return key if planned.round_no == 1 else f"{key} · {planned.round_no}"


def _units(
    directive: Directive, terms: Terms, registry: UnitRegistry, on: date, issued: DocumentIssue | None
) -> list[Unit]:
    """Return the units that lead a directive; those reached before, if its round has begun."""
    codes = None if issued is None else issued.units.get(str(directive.id))
    if codes is None:
        return units_of(terms.leads.value, registry, on=on)
    by_code = {unit.code: unit for unit in registry.at(on).units}
    return [by_code[code] for code in codes if code in by_code]


def _mark_issued(connection: Connection, plan: IssuePlan, actor: Actor, approval: Approval) -> None:
    with Session(bind=connection) as session:
        document = session.get(Document, plan.document.id, with_for_update=True)
        if document is None:
            raise NotFound(f"Expected document '{plan.document.id}' to be stored, but it is not")
        round_no = plan.document.issue_round or 1
        if document.issue_round != round_no:
            raise DocumentUndone(
                f"Expected document '{plan.number}' to be issued, but its issue was undone",
                document_id=str(document.id),
            )
        if document.issued_at is not None:
            _refuse_another_name(document, plan.number, plan.issued_on)
            return
        if document.version != (plan.document.version or 1):
            raise changed(session, document, plan.document.version or 1)
        ready = {DocumentState.APPROVED} | ({DocumentState.DRAFT} if approval is Approval.OPERATOR else set())
        if document.state not in ready:
            raise DocumentStateWrong(
                f"Expected a document that is {' or '.join(sorted(ready))}, but it is {document.state}",
                state=document.state,
            )
        was_approved = document.state == DocumentState.APPROVED
        document.number_no = plan.number
        document.issued_on = plan.issued_on
        document.issued_at = clock.now()
        document.state = DocumentState.ISSUED
        document.version += 1
        by = Approval.LEADER if was_approved else Approval.OPERATOR
        session.add(
            DocumentIssue(
                document_id=document.id,
                round_no=round_no,
                number_no=plan.number,
                issued_on=plan.issued_on,
                issued_at=document.issued_at,
                issued_by=actor.key,
                approval=by,
                units=plan.reached,
            )
        )
        add_to_trail(
            session,
            document,
            "document_issued",
            actor=actor,
            after={
                "number": plan.number,
                "date": plan.issued_on.isoformat(),
                "round": round_no,
                "approval": by.value,
                "assignments": len(plan.assignments),
                "units": len(plan.units),
            },
        )
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
