"""A city office: letters issued to units through the product's own wiring, and a clock that moves."""

from dataclasses import dataclass, field
from datetime import datetime

import orjson
from sqlalchemy.orm import Session

from engine import clock
from engine.database import reading
from engine.dispatch import Dispatcher
from engine.ids import derived_id
from engine.timers.due import fire_due, next_due_at
from processes.calendar.store import load_calendar
from processes.calendar.working_days import WorkingCalendar
from processes.directives.issue import IssueSettings, issue, plan_issue
from processes.documents.tables import Directive, Document
from processes.units.registry import UnitRegistry
from tests.integration.assignments.assigned import Assigned
from tests.integration.assignments.moments import instant
from tests.integration.assignments.people import MONITOR


@dataclass(slots=True)
class Office:
    """The dispatcher, the registry, the present, and every assignment issued."""

    dispatcher: Dispatcher
    registry: UnitRegistry
    now: datetime = field(default_factory=lambda: instant("03/08 09:00"))
    issued: list[Assigned] = field(default_factory=list)

    @property
    def calendar(self) -> WorkingCalendar:
        """The working-day calendar as the database holds it."""
        with reading(self.dispatcher.database) as connection:
            return load_calendar(connection)

    def issue(
        self,
        unit: str = "STC",
        *,
        deadline_on: str | None = "2026-08-21",
        urgency: str = "normal",
        text: str = "Rà soát thủ tục hành chính.",
    ) -> Assigned:
        """Issue a letter with one directive to one unit, now.

        Args:
            deadline_on: ``None`` for a letter that states none.
        """
        number = f"{len(self.issued) + 1}/UBND-TH"
        document = Document(
            id=derived_id("document", number), source_sha256=number, filename="letter.txt",
            subject="", urgency=urgency, reading="{}", created_at=self.now,
        )  # fmt: skip
        deadline = None if deadline_on is None else {"kind": "date", "date": deadline_on}
        directive = Directive(
            id=derived_id("directive", number), document_id=document.id, ordinal="1", position=1, text=text,
            summary=text, leads=orjson.dumps([unit]).decode(), coordinating_units="[]", lead_text=unit,
            deadline=None if deadline is None else orjson.dumps(deadline).decode(),
        )  # fmt: skip
        settings = IssueSettings()
        with clock.frozen_at(self.now):
            with Session(self.dispatcher.database, expire_on_commit=False) as session, session.begin():
                session.add_all([document])
                session.flush()
                session.add(directive)
            plan = plan_issue(
                document, [directive], number=number, issued_on=clock.today(), registry=self.registry,
                calendar=self.calendar, settings=settings,
            )  # fmt: skip
            issue(self.dispatcher, plan, actor=MONITOR, calendar=self.calendar, settings=settings)
        assigned = Assigned(self, plan.assignments[0].id, unit)
        self.issued.append(assigned)
        return assigned

    def wait_until(self, text: str) -> None:
        """Let time pass; every timer fires when it is due."""
        until = instant(text)
        assert until >= self.now, "time does not run backwards"
        while True:
            with reading(self.dispatcher.database) as connection:
                due_at = next_due_at(connection)
            if due_at is None or due_at > until:
                break
            self.now = max(self.now, due_at)
            assert self.fire(), "a timer that is due does not fire"
        self.now = until

    def sleep_until(self, text: str) -> None:
        """Let time pass while no clock runs: nothing fires."""
        self.now = instant(text)

    def fire(self) -> int:
        """Fire what is due now, and what becomes due by it; return how many timers fired."""
        total = 0
        with clock.frozen_at(self.now):
            while fired := fire_due(self.dispatcher).fired:
                total += fired
        return total

    def prove(self) -> None:
        """Verify every journal, and rebuild every row of the read table from it."""
        for assigned in self.issued:
            assigned.prove()
