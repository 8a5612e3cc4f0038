"""What a change of the calendar moves in open assignments (DOMAIN §4 rule 7).

Everything that is counted in working days and still to come is counted anew: when to acknowledge, reminders and
escalations, until when to appraise and to explain. The deadline day itself stays, the document's (DOMAIN §2.2) and
the one that was set and announced; the hour at which it ends follows the working hours. What has passed, was sent
or is closed never moves, and nothing moves to an instant that is over already.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.engine import Connection

from engine import clock
from engine.actors import Actor
from engine.commands import RecomputeDueDates
from engine.database import reading
from engine.dispatch import Dispatcher
from engine.errors import InstanceNotActive, InstanceSuspended
from engine.history.journal import read_journal
from engine.ids import derived_id
from engine.instances.inspect import InstanceView, find_instance
from engine.instances.instance import ACTIVE, OPEN, SUSPENDED, WAITING
from engine.tables import process_instance
from processes.assignments.handlers import AssignmentSettings, came_late
from processes.assignments.milestones import plan
from processes.assignments.tables import Assignment
from processes.calendar.working_days import WorkingCalendar
from processes.directives.issue import IssueSettings
from processes.documents.tables import Document

#: The timers of the milestones, by the milestone's name in the variables.
_MILESTONE_TIMERS: Mapping[str, str] = {
    "remind_10": "reminder_10_due",
    "remind_5": "reminder_5_due",
    "remind_2": "reminder_2_due",
    "remind_0": "reminder_0_due",
    "escalate_1": "escalation_1_due",
    "escalate_2": "escalation_2_due",
    "escalate_3": "escalation_3_due",
    "escalate_4": "escalation_4_due",
}


#: The user tasks that are due at the deadline.
_WORK_TASKS = frozenset({"execute_assignment", "report_result"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """An assignment whose times move.

    Attributes:
        sequence: the entry of the journal up to which this was found.
        variables: the new values; ``element_ids``: what waits for them.
        moved: what moves, with the instants before and after.
        suspended: its process is suspended, so that it cannot be told now.
    """

    instance_id: UUID
    business_key: str
    sequence: int
    variables: Mapping[str, Any]
    element_ids: Sequence[str]
    moved: Sequence[tuple[str, datetime, datetime]]
    suspended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Recomputed:
    """What recomputing came to: instances told, and those that are suspended and were not."""

    told: int
    suspended: int


def find_moves(
    dispatcher: Dispatcher,
    calendar: WorkingCalendar,
    *,
    assignment: AssignmentSettings,
    issue: IssueSettings,
) -> list[Move]:
    """Return which open assignments would move under a calendar; nothing is written."""
    with reading(dispatcher.database) as connection:
        rows = connection.execute(
            select(
                Assignment.id,
                Assignment.acknowledged_at,
                Assignment.escalation_level,
                Assignment.accountability_opened_at,
                Document.issued_on,
                Document.issued_at,
            )
            .join(process_instance, process_instance.c.id == Assignment.id)
            .join(Document, Document.id == Assignment.document_id)
            .where(process_instance.c.status.in_((ACTIVE, SUSPENDED)), Document.issued_at.is_not(None))
            .order_by(process_instance.c.business_key)
        ).all()
        moves = []
        for row in rows:
            instance = find_instance(connection, dispatcher.definitions, row.id)
            history = partial(_history, connection, row.id)
            counted = _Counting(instance, row, calendar, assignment, issue, history)
            if counted.moved:
                moves.append(
                    Move(
                        instance_id=row.id,
                        business_key=instance.business_key,
                        sequence=instance.sequence,
                        variables=counted.variables,
                        element_ids=counted.element_ids,
                        moved=counted.moved,
                        suspended=instance.status == SUSPENDED,
                    )
                )
        return moves


def recompute(
    dispatcher: Dispatcher,
    moves: Sequence[Move],
    *,
    actor: Actor,
    reason: str,
    progress: Callable[[int, int], None] | None = None,
) -> Recomputed:
    """Tell every instance its new times, each in a transaction of its own; a repeat finds what is missing.

    Args:
        progress: called with (done, total) after each instance.
    """
    told = suspended = 0
    for done, move in enumerate(moves, start=1):
        command = RecomputeDueDates(
            command_id=derived_id("calendar", move.instance_id, move.sequence),
            actor=actor,
            instance_id=move.instance_id,
            reason=reason,
            variables=move.variables,
            element_ids=tuple(move.element_ids),
        )
        try:
            dispatcher.execute(command)
            told += 1
        except InstanceSuspended:
            suspended += 1
        except InstanceNotActive:
            pass  # it has ended meanwhile; closed work never moves
        if progress is not None:
            progress(done, len(moves))
    return Recomputed(told=told, suspended=suspended)


class _Counting:
    """Counts anew what one instance waits for."""

    def __init__(
        self,
        instance: InstanceView,
        row: Any,
        calendar: WorkingCalendar,
        assignment: AssignmentSettings,
        issue: IssueSettings,
        history: Callable[[], Iterator[tuple[Mapping[str, Any], datetime]]],
    ) -> None:
        self._history = history
        self._variables = instance.variables
        self._row = row
        self._calendar = calendar
        self._assignment = assignment
        self._issue = issue
        self._now = clock.now()
        self._due: dict[str, datetime] = {
            timer.element_id: timer.due_at
            for timer in instance.timers
            if timer.status in (WAITING, SUSPENDED)
        }
        self._work_due = [
            task.due_at
            for task in instance.user_tasks
            if task.status == OPEN and task.element_id in _WORK_TASKS
        ]
        self._open = {task.element_id for task in instance.user_tasks if task.status == OPEN}
        self.variables: dict[str, Any] = {}
        self.element_ids: list[str] = []
        self.moved: list[tuple[str, datetime, datetime]] = []
        self._count()

    def _count(self) -> None:
        if "acknowledge_assignment" in self._open:
            self._acknowledgement()
        if not self._open.isdisjoint(_WORK_TASKS):
            self._deadline()
        if not self._due.keys().isdisjoint(_MILESTONE_TIMERS.values()):
            self._milestones()
        if "appraise_result" in self._open:
            submitted_on = _day(clock.from_text(self._variables["submitted_at"]))
            due_at = self._end_of(submitted_on, self._assignment.appraisal_days)
            self._move("appraisal_due_at", "appraisal_overdue", due_at, task="appraise_result")
        if "explain" in self._open and self._row.accountability_opened_at is not None:
            opened_on = _day(self._row.accountability_opened_at)
            due_at = self._end_of(opened_on, self._assignment.explanation_days)
            self._move("explanation_due_at", "explanation_timed_out", due_at, task="explain")

    def _acknowledgement(self) -> None:
        received_on = max(self._row.issued_on, _day(self._row.issued_at))
        remind_on = self._calendar.add_working_days(received_on, self._issue.reminder_days)
        remind_at = self._calendar.at_hour(remind_on, self._issue.remind_at)
        time_out_at = self._end_of(received_on, self._issue.time_out_days)
        self._move("acknowledgement.remind_at", "acknowledgement_reminder_due", remind_at)
        self._move(
            "acknowledgement.time_out_at",
            "acknowledgement_timed_out",
            time_out_at,
            task="acknowledge_assignment",
        )

    def _deadline(self) -> None:
        """Let the deadline's last day end when offices close; one that a pause has postponed stays."""
        on, at = self._variables.get("deadline_on"), self._variables.get("deadline_at")
        if on is None or at is None:
            return
        due_at = clock.from_text(at)
        counted = self._calendar.end_of_working_day(date.fromisoformat(on))
        postponed = any(due != due_at for due in self._work_due)
        if counted == due_at or postponed or min(due_at, counted) <= self._now:
            return
        self.variables["deadline_at"] = clock.to_text(counted)
        self.element_ids += sorted(self._open & _WORK_TASKS)
        self.moved.append(("deadline_at", due_at, counted))

    def _milestones(self) -> None:
        deadline_on = self._variables.get("deadline_on")
        acknowledged_at = self._row.acknowledged_at
        counts_from_receipt = acknowledged_at is not None and came_late(self._variables)
        planned = plan(
            None if deadline_on is None else date.fromisoformat(deadline_on),
            urgency=self._variables["urgency"],
            sent_level=self._row.escalation_level,
            acknowledged_on=_day(acknowledged_at) if counts_from_receipt else None,
            at=self._now,
            calendar=self._calendar,
            settings=self._assignment.ladder,
        )
        for name, instant in planned.items():
            if instant is not None:
                self._move(f"milestones.{name}", _MILESTONE_TIMERS[name], instant)

    def _pauses(self, timer: str) -> timedelta:
        """Return how long the instance was suspended since a timer was set."""
        total = timedelta()
        for event, at in self._history():
            if event["type"] == "timer.scheduled.v1" and event["element_id"] == timer:
                total = timedelta()
            elif event["type"] == "process_instance.resumed.v1":
                total += at - clock.from_text(event["suspended_at"])
        return total

    def _end_of(self, since: date, days: int) -> datetime:
        return self._calendar.end_of_working_day(self._calendar.add_working_days(since, days))

    def _move(self, name: str, timer: str, counted: datetime, *, task: str | None = None) -> None:
        """Note that a timer comes at another time; one that a pause has postponed stays postponed by as much.

        Args:
            name: the variable that holds its instant, ``a.b`` within a context.
            task: the user task that is due then.
        """
        due_at = self._due.get(timer)
        if due_at is None or due_at <= self._now or due_at == counted:
            return
        moved_to = counted + self._pauses(timer)
        if moved_to == due_at or moved_to <= self._now:
            return
        context, _, key = name.partition(".")
        text = clock.to_text(moved_to)
        value: Any = self.variables.get(context, self._variables.get(context))
        self.variables[context] = {**value, key: text} if key else text
        self.element_ids += [timer] if task is None else [timer, task]
        self.moved.append((name, due_at, moved_to))


def _history(connection: Connection, instance_id: UUID) -> Iterator[tuple[Mapping[str, Any], datetime]]:
    """Yield the events of an instance with the instants at which they happened."""
    for entry in read_journal(connection, instance_id):
        for event in entry.events:
            yield event, entry.effective_at


def _day(instant: datetime) -> date:
    return instant.astimezone(clock.BUSINESS_ZONE).date()
