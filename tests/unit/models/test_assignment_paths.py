"""The ways through the assignment process, with service tasks answered from a table (DOMAIN §7.2–7.3, §7.8)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self
from uuid import UUID

import pytest

from engine.definitions.resources import ModelResources
from engine.spiff import CompiledModel, Execution, OpenUserTask, ServiceRequest, compile_model

FOLDER = Path(__file__).resolve().parents[3] / "bpmn" / "assignment"
INSTANCE = UUID("00000000-0000-4000-8000-000000000002")
NOW = datetime(2026, 5, 4, 2, tzinfo=UTC)
ASSIGNMENT = "6f1d7c1e-8f0e-4f0a-9d0a-3b8d4a0c2e55"

START: dict[str, Any] = {
    "assignment_id": ASSIGNMENT,
    "lead_unit_kind": "ward",
    "urgency": "normal",
    "deadline_on": "2026-06-30",
    "deadline_at": "2026-06-30T10:00:00.000000Z",
    "acknowledgement": {
        "remind_at": "2026-05-05T10:00:00.000000Z",
        "time_out_at": "2026-05-06T10:00:00.000000Z",
    },
    "head_groups": ["head:WARD1"],
    "monitor_groups": ["coordinator:SNV"],
    "leader_groups": ["leader"],
    "supplement_count": 0,
}
MILESTONES = {
    "remind_10": "2026-06-16T01:00:00.000000Z",
    "remind_5": "2026-06-23T01:00:00.000000Z",
    "remind_2": "2026-06-26T01:00:00.000000Z",
    "remind_0": "2026-06-30T01:00:00.000000Z",
    "escalate_1": "2026-07-01T01:00:00.000000Z",
    "escalate_2": "2026-07-03T01:00:00.000000Z",
    "escalate_3": "2026-07-09T01:00:00.000000Z",
    "escalate_4": "2026-07-21T01:00:00.000000Z",
}
ANSWERS: dict[str, dict[str, Any]] = {
    "notify": {},
    "commend": {},
    "plan-milestones": {"milestones": MILESTONES},
    "register-result": {
        "submitted_at": "2026-06-20T03:00:00.000000Z",
        "appraisal_due_at": "2026-06-27T10:00:00.000000Z",
    },
    "measure-result": {"status": "hoan_thanh", "late_working_days": -5, "accountability_opened": False},
    "open-accountability": {
        "explanation_due_at": "2026-07-28T10:00:00.000000Z",
        "decision_options": [{"value": "reminder", "label": "Nhắc nhở"}],
    },
}


class Assignment:
    """One running assignment; every act is a command of its own on the stored state."""

    def __init__(self, model: CompiledModel, **answers: Mapping[str, Any]) -> None:
        self.model = model
        self.answers = ANSWERS | {key.replace("_", "-"): dict(value) for key, value in answers.items()}
        #: What service tasks were asked for: the template of a notification, else the task's type.
        self.asked: list[str] = []
        execution = Execution.create(model, instance_id=INSTANCE, at=NOW, services=self.answer)
        execution.start("42/UBND-TH · 1 · WARD1", START)
        self.step = execution.finish()

    def answer(self, request: ServiceRequest) -> Mapping[str, Any]:
        self.asked.append(request.headers.get("template", request.task_type))
        if request.task_type == "escalate":
            return {"escalation_level": request.variables["escalation"]["level"]}
        return self.answers[request.task_type]

    def load(self) -> Execution:
        return Execution.load(self.model, self.step.state, instance_id=INSTANCE, at=NOW, services=self.answer)

    def task(self, element_id: str) -> OpenUserTask:
        return next(task for task in self.step.user_tasks if task.element_id == element_id)

    def complete(self, element_id: str, **values: Any) -> Self:
        execution = self.load()
        execution.complete_user_task(self.task(element_id).task_id, values)
        self.step = execution.finish()
        return self

    def fire(self, element_id: str) -> Self:
        execution = self.load()
        timer = next(timer for timer in self.step.timers if timer.element_id == element_id)
        execution.fire_timer(timer.timer_id)
        self.step = execution.finish()
        return self

    def accepted(self) -> Self:
        return self.complete("acknowledge_assignment", acknowledgement="accept", responsible_person="Đỗ Ân")

    def reported(self) -> Self:
        self.complete("execute_assignment", progress_percent=100, risk="none")
        return self.complete("report_result", self_assessment="met", head_confirmed=True)

    def appraised(self, appraisal: str = "met", *, commend: bool = False) -> Self:
        return self.complete("appraise_result", appraisal=appraisal, commendation_proposed=commend)

    def accountable(self) -> Self:
        self.complete("assess_explanation", explanation_assessment="partly", accountability_proposal="…")
        return self.complete("decide_accountability", accountability_decision="reminder")

    @property
    def open(self) -> set[str]:
        return {task.element_id for task in self.step.user_tasks}

    @property
    def timers(self) -> set[str]:
        return {timer.element_id for timer in self.step.timers}

    @property
    def end(self) -> Any:
        assert self.step.completed
        return self.step.events[-1].to_json()["end_event"]


@pytest.fixture(scope="module")
def model() -> CompiledModel:
    resources = ModelResources(
        bpmn=(FOLDER / "assignment.bpmn").read_bytes(),
        decisions=tuple(path.read_bytes() for path in sorted(FOLDER.glob("decisions/*.dmn"))),
        forms=tuple(path.read_bytes() for path in sorted(FOLDER.glob("forms/*.form"))),
    )
    return compile_model(resources, service_types=frozenset({*ANSWERS, "escalate"}))


def test_a_good_result_in_time_closes_the_assignment(model: CompiledModel) -> None:
    assignment = Assignment(model).accepted().reported().appraised()
    assert assignment.end == "assignment_closed"
    assert assignment.step.variables["classification"] == {
        "label": "Hoàn thành tốt, đúng hạn",
        "points": 100,
        "outcome": "good",
    }
    assert assignment.asked == ["assignment_issued", "plan-milestones", "register-result", "measure-result"]


def test_every_task_waits_for_its_group_until_its_date(model: CompiledModel) -> None:
    assignment = Assignment(model)
    task = assignment.task("acknowledge_assignment")
    assert task.candidate_groups == ("head:WARD1",)
    assert task.due_at == datetime(2026, 5, 6, 10, tzinfo=UTC)
    assert assignment.accepted().task("execute_assignment").due_at == datetime(2026, 6, 30, 10, tzinfo=UTC)
    task = assignment.reported().task("appraise_result")
    assert task.candidate_groups == ("coordinator:SNV",)
    assert task.due_at == datetime(2026, 6, 27, 10, tzinfo=UTC)
    task = assignment.appraised(commend=True).task("decide_commendation")
    assert task.candidate_groups == ("leader",)


def test_a_unit_is_reminded_once_to_acknowledge(model: CompiledModel) -> None:
    assignment = Assignment(model).fire("acknowledgement_reminder_due")
    assert assignment.asked[-1] == "acknowledgement_reminder"
    assert assignment.open == {"acknowledge_assignment"}
    assert assignment.timers == {"acknowledgement_timed_out"}


def test_silence_acknowledges_an_assignment(model: CompiledModel) -> None:
    assignment = Assignment(model).fire("acknowledgement_timed_out")
    assert assignment.asked[1:] == ["acknowledged_by_default", "plan-milestones"]
    assert assignment.open == {"execute_assignment"}


@pytest.mark.parametrize(
    ("resolution", "open_tasks"), [("keep", {"execute_assignment"}), ("withdraw", set())]
)
def test_the_monitor_keeps_or_withdraws_what_a_unit_returns(
    model: CompiledModel, resolution: str, open_tasks: set[str]
) -> None:
    assignment = Assignment(model).complete(
        "acknowledge_assignment", acknowledgement="return", return_reason="wrong_unit"
    )
    assert assignment.task("resolve_return").candidate_groups == ("coordinator:SNV",)
    assignment.complete("resolve_return", return_resolution=resolution)
    assert assignment.open == open_tasks
    assert not assignment.step.completed or assignment.end == "assignment_withdrawn"


def test_milestones_remind_and_escalate_while_the_work_goes_on(model: CompiledModel) -> None:
    assignment = Assignment(model).accepted()
    for days in (10, 5, 2, 0):
        assignment.fire(f"reminder_{days}_due")
        assert assignment.asked[-1] == "deadline_reminder"
        assert assignment.step.variables["milestone"] == f"remind_{days}"
    for level in (1, 2, 3):
        assignment.fire(f"escalation_{level}_due")
        assert assignment.asked[-1] == "escalate"
        assert assignment.step.variables["escalation"]["level"] == level
    assert assignment.open == {"execute_assignment"}
    assert assignment.timers == {"escalation_4_due"}


def test_milestones_that_were_not_planned_are_not_waited_for(model: CompiledModel) -> None:
    late = {**MILESTONES, "remind_10": None, "remind_5": None}
    assignment = Assignment(model, plan_milestones={"milestones": late}).accepted()
    assert assignment.timers.isdisjoint({"reminder_10_due", "reminder_5_due"})
    assert "reminder_2_due" in assignment.timers
    nothing = Assignment(model, plan_milestones={"milestones": dict.fromkeys(MILESTONES)}).accepted()
    assert nothing.timers == set()


def test_submitting_the_result_stops_reminders_and_escalations(model: CompiledModel) -> None:
    assert Assignment(model).accepted().reported().timers == {"appraisal_overdue"}


def test_level_4_asks_for_an_explanation_while_the_work_goes_on(model: CompiledModel) -> None:
    assignment = Assignment(model).accepted().fire("escalation_4_due")
    assert assignment.asked[-2:] == ["escalate", "open-accountability"]
    assert assignment.open == {"execute_assignment", "explain"}
    assert assignment.task("explain").due_at == datetime(2026, 7, 28, 10, tzinfo=UTC)


def test_accountability_opened_by_level_4_is_not_opened_again_by_the_late_result(
    model: CompiledModel,
) -> None:
    measured = {"status": "hoan_thanh", "late_working_days": 18, "accountability_opened": True}
    assignment = Assignment(model, measure_result=measured).accepted().fire("escalation_4_due")
    assignment.reported().appraised()
    assert assignment.open == {"explain"}
    assert assignment.asked.count("open-accountability") == 1
    assignment.complete("explain", explanation="…").accountable()
    assert assignment.end == "accountability_decided"


@pytest.mark.parametrize(("late", "open_tasks"), [(5, set()), (6, {"explain"})])
def test_a_result_more_than_five_days_late_leads_to_accountability(
    model: CompiledModel, late: int, open_tasks: set[str]
) -> None:
    measured = {"status": "hoan_thanh", "late_working_days": late, "accountability_opened": False}
    assignment = Assignment(model, measure_result=measured).accepted().reported().appraised(commend=True)
    assert assignment.open == open_tasks
    assert assignment.step.completed == (open_tasks == set())


def test_silence_is_noted_and_never_decides_by_itself(model: CompiledModel) -> None:
    measured = {"status": "hoan_thanh", "late_working_days": 9, "accountability_opened": False}
    assignment = Assignment(model, measure_result=measured).accepted().reported().appraised()
    assignment.fire("explanation_timed_out")
    assert assignment.step.variables["explanation_received"] is False
    assert assignment.open == {"assess_explanation"}
    assert assignment.accountable().end == "accountability_decided"
    assert assignment.asked[-1] == "accountability_decided"


def test_a_result_that_does_not_meet_the_task_is_worked_on_again(model: CompiledModel) -> None:
    assignment = Assignment(model).accepted().reported().appraised("not_met")
    assert assignment.asked[-2:] == ["supplement_requested", "plan-milestones"]
    assert assignment.open == {"execute_assignment"}
    assert assignment.step.variables["supplement_count"] == 1
    assignment.reported().appraised("not_met").reported().appraised(commend=True)
    assert assignment.end == "assignment_closed"
    assert assignment.step.variables["classification"]["points"] == 50


def test_a_late_appraisal_is_reported_and_stays_open(model: CompiledModel) -> None:
    assignment = Assignment(model).accepted().reported().fire("appraisal_overdue")
    assert assignment.asked[-1] == "appraisal_overdue"
    assert assignment.open == {"appraise_result"}


@pytest.mark.parametrize(
    ("commendation", "end", "last"),
    [("commend", "commended", "commend"), ("decline", "commendation_declined", "measure-result")],
)
def test_a_leader_decides_on_a_proposed_commendation(
    model: CompiledModel, commendation: str, end: str, last: str
) -> None:
    assignment = Assignment(model).accepted().reported().appraised(commend=True)
    assert assignment.complete("decide_commendation", commendation=commendation).end == end
    assert assignment.asked[-1] == last


def test_a_recall_ends_the_work_and_all_that_waits(model: CompiledModel) -> None:
    assignment = Assignment(model).accepted()
    (waiting,) = assignment.step.subscriptions
    assert (waiting.message_name, waiting.correlation_key) == ("assignment_recalled", ASSIGNMENT)
    execution = assignment.load()
    execution.correlate(waiting.task_id, waiting.message_name, ASSIGNMENT, {})
    assignment.step = execution.finish()
    assert assignment.asked[-1] == "assignment_recalled"
    assert assignment.end == "assignment_recalled_end"
    assert assignment.timers == set()


def test_a_task_without_a_deadline_is_never_late(model: CompiledModel) -> None:
    measured = {"status": "khong_thoi_han", "late_working_days": None, "accountability_opened": False}
    assignment = Assignment(model, measure_result=measured).accepted().reported().appraised(commend=True)
    assert assignment.end == "assignment_closed"
    assert assignment.step.variables["classification"]["outcome"] == "unrated"
