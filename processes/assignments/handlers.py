"""The service tasks of the assignment process.

Each reads the variables it was given, the calendar, and the assignment's row; what it returns is journalled and
becomes variables of the process.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from engine import clock
from engine.commands import CancelInstance, RecomputeDueDates, SetVariables
from engine.dispatch import Recorded
from engine.service_tasks import ServiceCall, ServiceTaskHandlers
from processes.assignments.milestones import LadderSettings, ladder_start, plan
from processes.assignments.projection import PROCESS_KEY
from processes.assignments.status import Lifecycle, late_working_days
from processes.assignments.tables import Assignment
from processes.calendar.working_days import WorkingCalendar
from processes.notifications.send import notify_groups, tell_groups

#: Kind of unit that answers to a ministry, not to the city (DOMAIN §1.2).
VERTICAL = "vertical"

#: What a leader may decide, mildest first (DOMAIN §7.8). *Kỷ luật* is never among them (DOMAIN §3.2).
DECISIONS = (
    ("no_action", "Không xem xét trách nhiệm"),
    ("reminder", "Nhắc nhở"),
    ("written_criticism", "Phê bình bằng văn bản"),
    ("self_review", "Yêu cầu kiểm điểm, rút kinh nghiệm"),
    ("lower_rating", "Hạ mức đánh giá, không xét thi đua"),
    ("refer_to_authority", "Chuyển cơ quan có thẩm quyền xem xét"),
)

#: The only measures towards a vertical agency (DOMAIN §7.8).
VERTICAL_DECISIONS = (
    ("no_action", "Không xem xét trách nhiệm"),
    ("petition_vertical_body", "Kiến nghị cơ quan quản lý ngành dọc xem xét"),
)

#: Whom a template is for: variables that hold candidate groups, in order.
TEMPLATE_READERS: Mapping[str, tuple[str, ...]] = {
    "assignment_issued": ("head_groups",),
    "acknowledgement_reminder": ("head_groups",),
    "acknowledged_by_default": ("head_groups", "monitor_groups"),
    "deadline_reminder": ("head_groups",),
    "assignment_recalled": ("head_groups",),
    "assignment_waits": ("head_groups",),
    "awaited_documents_arrived": ("head_groups", "monitor_groups"),
    "document_submitted": ("leader_groups",),
    "document_sent_back": ("coordinator_groups",),
    "document_refused": ("coordinator_groups",),
    "document_approved": ("coordinator_groups",),
    "appraisal_overdue": ("office_groups",),
    "supplement_requested": ("head_groups",),
    "accountability_decided": ("head_groups", "monitor_groups"),
}

#: Whom the escalation table's words mean.
ESCALATION_READERS: Mapping[str, str] = {
    "head": "head_groups",
    "monitor": "monitor_groups",
    "office": "office_groups",
    "leader": "leader_groups",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentSettings:
    """Numbers of DOMAIN §7 used by the handlers, in working days.

    Attributes:
        office_groups: the coordinating office (Văn phòng UBND).
    """

    ladder: LadderSettings = field(default_factory=LadderSettings)
    appraisal_days: int = 5
    explanation_days: int = 5
    office_groups: tuple[str, ...] = ("coordinator:VPUB",)
    by_email: bool = False


class AssignmentHandlers:
    """The handlers, bound to settings and to the calendar of the transaction at hand."""

    def __init__(
        self, settings: AssignmentSettings, calendar: Callable[[Connection], WorkingCalendar]
    ) -> None:
        self._settings = settings
        self._calendar = calendar

    def register(self, handlers: ServiceTaskHandlers) -> None:
        """Make the handlers known under their service task types."""
        handlers.register("notify", self.notify)
        handlers.register("plan-milestones", self.plan_milestones)
        handlers.register("escalate", self.escalate)
        handlers.register("register-result", self.register_result)
        handlers.register("measure-result", self.measure_result)
        handlers.register("commend", self.commend)
        handlers.register("open-accountability", self.open_accountability)

    def notify(self, call: ServiceCall) -> Mapping[str, Any]:
        """Tell the readers of the template named in the task's headers."""
        self._tell(call, call.headers["template"], TEMPLATE_READERS[call.headers["template"]])
        return {}

    def plan_milestones(self, call: ServiceCall) -> Mapping[str, Any]:
        """Plan reminders and escalations that are still to come (DOMAIN §7.3)."""
        sent_level, acknowledged_at = call.connection.execute(
            select(Assignment.escalation_level, Assignment.acknowledged_at).where(
                Assignment.id == call.instance_id
            )
        ).one()
        milestones = plan(
            _date(call.variables.get("deadline_on")),
            urgency=call.variables["urgency"],
            sent_level=sent_level,
            acknowledged_on=_day(acknowledged_at or call.effective_at) if came_late(call.variables) else None,
            at=call.effective_at,
            calendar=self._calendar(call.connection),
            settings=self._settings.ladder,
        )
        return {
            "milestones": {
                name: None if instant is None else clock.to_text(instant)
                for name, instant in milestones.items()
            }
        }

    def escalate(self, call: ServiceCall) -> Mapping[str, Any]:
        """Send an escalation to whom the decision table names; level 0 or none sends nothing.

        Returns the highest level sent so far, which is what the table compares the next one with.
        """
        escalation = call.variables.get("escalation") or {}
        level = int(escalation.get("level") or 0)
        if level:
            readers = tuple(ESCALATION_READERS[word] for word in escalation["recipients"])
            self._tell(call, f"escalation_{level}", readers)
        return {"escalation_level": max(level, int(call.variables.get("escalation_level") or 0))}

    def register_result(self, call: ServiceCall) -> Mapping[str, Any]:
        """Fix the instant that counts, the submission (DOMAIN §2.3), and by when it is to be appraised."""
        calendar = self._calendar(call.connection)
        today = call.effective_at.astimezone(clock.BUSINESS_ZONE).date()
        due_on = calendar.add_working_days(today, self._settings.appraisal_days)
        return {
            "submitted_at": clock.to_text(call.effective_at),
            "appraisal_due_at": clock.to_text(calendar.end_of_working_day(due_on)),
        }

    def measure_result(self, call: ServiceCall) -> Mapping[str, Any]:
        """Measure the accepted result for the classification (DOMAIN §7.9 D1)."""
        deadline_on = _date(call.variables.get("deadline_on"))
        submitted_on = _day(clock.from_text(call.variables["submitted_at"]))
        opened, acknowledged_at = call.connection.execute(
            select(Assignment.accountability_opened_at, Assignment.acknowledged_at).where(
                Assignment.id == call.instance_id
            )
        ).one()
        return {
            "status": "khong_thoi_han" if deadline_on is None else "hoan_thanh",
            "late_working_days": self._late(call, deadline_on, submitted_on, acknowledged_at),
            "accountability_opened": opened is not None,
        }

    def _late(
        self,
        call: ServiceCall,
        deadline_on: date | None,
        submitted_on: date,
        acknowledged_at: datetime | None,
    ) -> int:
        """Return how late the result is; a deadline that had passed on receipt leaves it late by what followed."""
        late = late_working_days(deadline_on, submitted_on, self._calendar(call.connection))
        if not late or not call.variables.get("deadline_passed_on_receipt") or acknowledged_at is None:
            return late
        since = ladder_start(deadline_on, _day(acknowledged_at))
        return max(1, late_working_days(since, submitted_on, self._calendar(call.connection)))

    def commend(self, call: ServiceCall) -> Mapping[str, Any]:
        """Tell the unit and the monitor that the unit is commended."""
        self._tell(call, "commended", ("head_groups", "monitor_groups"))
        return {}

    def open_accountability(self, call: ServiceCall) -> Mapping[str, Any]:
        """Ask the unit for its explanation and name what may be decided afterwards (DOMAIN §7.8)."""
        calendar = self._calendar(call.connection)
        today = call.effective_at.astimezone(clock.BUSINESS_ZONE).date()
        due_on = calendar.add_working_days(today, self._settings.explanation_days)
        options = VERTICAL_DECISIONS if call.variables["lead_unit_kind"] == VERTICAL else DECISIONS
        self._tell(call, "explanation_requested", ("head_groups", "monitor_groups"))
        return {
            "explanation_due_at": clock.to_text(calendar.end_of_working_day(due_on)),
            "decision_options": [{"value": value, "label": label} for value, label in options],
        }

    def announce(self, recorded: Recorded) -> None:
        """Tell a unit what was done to its assignment by command: its terms were amended, or it was cancelled."""
        if recorded.instance.process_key != PROCESS_KEY:
            return
        template = _announced(recorded)
        if template is None:
            return
        variables = recorded.step.variables
        tell_groups(
            recorded.connection,
            recorded.outbox,
            at=recorded.effective_at,
            instance_id=recorded.instance.id,
            key=str(recorded.command.command_id),
            template=template,
            groups=variables["head_groups"],
            params=_params(variables),
            by_email=self._settings.by_email,
        )

    def _tell(self, call: ServiceCall, template: str, readers: tuple[str, ...]) -> None:
        variables = {**call.variables, "office_groups": list(self._settings.office_groups)}
        groups = [group for reader in readers for group in variables[reader]]
        params = _params(call.variables)
        for name in ("milestone", "document_subject"):
            if name in call.variables:
                params[name] = call.variables[name]
        notify_groups(call, template=template, groups=groups, params=params, by_email=self._settings.by_email)


#: What is told when it is amended.
_AMENDABLE = frozenset({"deadline_on", "directive_summary", "expected_product"})


def _announced(recorded: Recorded) -> str | None:
    """Return the template of what a command means to the unit; ``None`` if it means nothing to it."""
    if isinstance(recorded.command, CancelInstance):
        status = recorded.connection.scalar(
            select(Assignment.status).where(Assignment.id == recorded.instance.id)
        )
        return None if status == Lifecycle.DONE else "assignment_recalled"
    if isinstance(recorded.command, SetVariables | RecomputeDueDates) and any(
        event["type"] == "variable.changed.v1" and event["name"] in _AMENDABLE
        for event in recorded.step.stored_events
    ):
        return "assignment_amended"
    return None


def _params(variables: Mapping[str, Any]) -> dict[str, Any]:
    names = ("document_no", "directive_ordinal", "directive_summary", "lead_unit_name", "deadline_on")
    return {name: variables.get(name) for name in names}


def came_late(variables: Mapping[str, Any]) -> bool:
    """Say whether time ran that the unit could not use: before the receipt, or while a return was decided."""
    return bool(variables.get("deadline_passed_on_receipt")) or variables.get("return_resolution") == "keep"


def _day(instant: datetime) -> date:
    return instant.astimezone(clock.BUSINESS_ZONE).date()


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
