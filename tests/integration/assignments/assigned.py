"""One assignment: what its people do with it and what can be seen of it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any, Protocol
from uuid import UUID

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from engine import clock
from engine.actors import Actor
from engine.commands import CompleteUserTask, CorrelateMessage
from engine.database import reading
from engine.dispatch import Answer, Dispatcher
from engine.errors import Rejection
from engine.history.journal import JournalEntry, read_journal
from engine.history.replay import replay
from engine.history.verify import verify_instance
from engine.ids import new_id
from engine.tables import incident, timer, user_task
from engine.tasklist import open_tasks
from processes.assignments.board import Cell, cell_of
from processes.assignments.projection import apply_events
from processes.assignments.status import TRANSITIONS, Lifecycle
from processes.assignments.tables import Assignment
from processes.calendar.store import load_calendar
from processes.notifications.tables import Notification
from tests.integration.assignments.moments import written
from tests.integration.assignments.people import ACCEPT, MET, MONITOR, PROGRESS, head


class Present(Protocol):
    """What an assignment asks of its office."""

    dispatcher: Dispatcher
    now: datetime


@dataclass(slots=True)
class Assigned:
    """One assignment: what its people do with it and what can be seen of it."""

    office: Present
    id: UUID
    unit: str

    # acts

    def complete(self, element_id: str, values: Mapping[str, Any], *, by: Actor | None = None) -> Answer:
        """Complete the newest task of an element, whatever its state; by its unit's head if nobody is named."""
        command = CompleteUserTask(
            command_id=new_id(),
            actor=by or head(self.unit),
            task_id=self.task_id(element_id),
            variables=values,
        )
        with clock.frozen_at(self.office.now):
            return self.office.dispatcher.execute(command)

    def accept(self) -> None:
        """Acknowledge as the head."""
        self.complete("acknowledge_assignment", ACCEPT)

    def submit(self, *, by: Actor | None = None) -> None:
        """Carry out and report the result, now."""
        self.complete("execute_assignment", PROGRESS, by=by)
        self.complete("report_result", self.report(), by=by)

    def appraise(self, values: Mapping[str, Any] = MET, *, by: Actor = MONITOR) -> None:
        """Appraise the result."""
        self.complete("appraise_result", values, by=by)

    def explain(self, *, by: Actor | None = None, **changes: Any) -> None:
        """Explain as the head; ``changes`` replace values of the form."""
        values = {
            "explanation": "Đơn vị thiếu nhân sự trong thời gian sắp xếp tổ chức.",
            "explanation_causes": ["objective"],
            "explanation_remedy": "Phân công lại người phụ trách.",
            "explanation_remedy_on": self.today,
        }
        self.complete("explain", values | changes, by=by)

    def recall(self, *, by: Actor = MONITOR) -> Answer:
        """Recall the assignment by its message."""
        command = CorrelateMessage(
            command_id=new_id(), actor=by, message_name="assignment_recalled", correlation_key=str(self.id)
        )
        with clock.frozen_at(self.office.now):
            return self.office.dispatcher.execute(command)

    def report(self, **changes: Any) -> dict[str, Any]:
        """Return the values of a report of today."""
        values = {
            "completed_on": self.today,
            "result_document_no": f"12/BC-{self.unit}",
            "result_document_on": self.today,
            "result_description": "Đã rà soát 34/34 thủ tục.",
            "self_assessment": "met",
            "head_confirmed": True,
        }
        return values | changes

    @contextmanager
    def refused(self, error: type[Rejection], code: str | None = None) -> Iterator[None]:
        """Expect a refusal of this very kind that leaves everything as it was."""
        before = self.everything()
        with pytest.raises(error) as caught:
            yield
        assert caught.value.code == (code or error.code)
        assert self.everything() == before

    # sights

    @property
    def today(self) -> str:
        """The present day as a form takes it."""
        return self.office.now.astimezone(clock.BUSINESS_ZONE).date().isoformat()

    @property
    def row(self) -> Assignment:
        """The assignment in the read table."""
        with Session(self.office.dispatcher.database) as session:
            return session.get_one(Assignment, self.id)

    @property
    def cell(self) -> Cell:
        """The assignment as the matrix shows it today."""
        with reading(self.office.dispatcher.database) as connection:
            calendar = load_calendar(connection)
        return cell_of(self.row, calendar, date.fromisoformat(self.today))

    @property
    def journal(self) -> list[JournalEntry]:
        """The journal so far."""
        with reading(self.office.dispatcher.database) as connection:
            return read_journal(connection, self.id)

    @property
    def variables(self) -> Mapping[str, Any]:
        """The variables of the process instance, from its journal."""
        with reading(self.office.dispatcher.database) as connection:
            steps = replay(connection, self.office.dispatcher.definitions, self.id)
        return steps[-1].step.variables

    def open_tasks(self, actor: Actor | None = None) -> set[str]:
        """Return the elements of all open tasks, or of those that a person finds in the list of tasks."""
        with reading(self.office.dispatcher.database) as connection:
            if actor is not None:
                tasks = open_tasks(connection, self.office.dispatcher.definitions, actor)
                return {task.element_id for task in tasks if task.instance_id == self.id}
            query = select(user_task.c.element_id).where(
                user_task.c.instance_id == self.id, user_task.c.status == "open"
            )
            return set(connection.scalars(query))

    def task_id(self, element_id: str) -> UUID:
        """Return the newest task of an element."""
        with reading(self.office.dispatcher.database) as connection:
            query = select(user_task.c.id, user_task.c.status).where(
                user_task.c.instance_id == self.id, user_task.c.element_id == element_id
            )
            tasks = connection.execute(query.order_by(user_task.c.created_at)).all()
        opened = [task for task in tasks if task.status == "open"]
        newest: UUID = (opened or tasks)[-1].id
        return newest

    def due(self, element_id: str) -> str:
        """Return until when a task is to be done."""
        with reading(self.office.dispatcher.database) as connection:
            due_at = connection.scalar(
                select(user_task.c.due_at).where(user_task.c.id == self.task_id(element_id))
            )
        assert due_at is not None
        return written(due_at)

    def waiting_timers(self) -> dict[str, str]:
        """Return when the timers that wait are due, by element."""
        with reading(self.office.dispatcher.database) as connection:
            rows = connection.execute(
                select(timer.c.element_id, timer.c.due_at).where(
                    timer.c.instance_id == self.id, timer.c.status == "waiting"
                )
            )
            return {row.element_id: written(row.due_at) for row in rows}

    def told(self, *templates: str) -> list[tuple[str, str, set[str]]]:
        """Return who was told what and when, in order: (instant, template, groups). Nobody is told twice."""
        with Session(self.office.dispatcher.database) as session:
            query = select(Notification).where(Notification.instance_id == self.id).order_by(Notification.id)
            rows = session.scalars(query).all()
        found: dict[tuple[str, str], list[str]] = {}
        for row in rows:
            if not templates or row.template in templates:
                found.setdefault((written(row.created_at), row.template), []).append(row.group_key)
        assert all(max(Counter(groups).values()) == 1 for groups in found.values())
        return [(at, template, set(groups)) for (at, template), groups in found.items()]

    def everything(self) -> tuple[Any, ...]:
        """Return all that a command on this assignment could change."""
        with reading(self.office.dispatcher.database) as connection:
            row = connection.execute(select(Assignment.__table__).where(Assignment.id == self.id)).one()
            tasks = connection.execute(
                select(user_task).where(user_task.c.instance_id == self.id).order_by(user_task.c.id)
            ).all()
            timers = connection.execute(
                select(timer).where(timer.c.instance_id == self.id).order_by(timer.c.id)
            ).all()
            incidents = connection.scalar(select(func.count()).select_from(incident))
        return [entry.entry_hash for entry in self.journal], row, tasks, timers, incidents, self.told()

    def prove(self) -> None:
        """Verify the journal by executing it again, and rebuild the row from its events alone."""
        database = self.office.dispatcher.database
        with reading(database) as connection:
            verified = verify_instance(connection, self.office.dispatcher.definitions, self.id)
            assert connection.scalar(select(func.count()).select_from(incident)) == 0
        assert verified.difference is None
        assert verified.entries == len(self.journal) > 0
        kept = select(Assignment.__table__).where(Assignment.id == self.id)
        statuses: list[Lifecycle] = []
        with database.connect() as connection:
            before = connection.execute(kept).one()
            connection.execute(delete(Assignment).where(Assignment.id == self.id))
            for entry in self.journal:
                apply_events(connection, self.id, entry.events, entry.effective_at)
                statuses.append(Lifecycle(connection.execute(kept).one().status))
            assert connection.execute(kept).one() == before
            connection.rollback()
        for earlier, later in pairwise(statuses):
            assert later is earlier or later in TRANSITIONS[earlier], f"{earlier} became {later}"
