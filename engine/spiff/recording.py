"""Keeps what happens while a command is applied, for its journal entry, and answers services and decisions."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.canonical import canonical_bytes, normalised
from engine.dmn import DecisionResult, DmnError
from engine.errors import StepFailed
from engine.events import (
    CompensationStarted,
    DecisionEvaluated,
    ElementCompleted,
    ErrorThrown,
    EscalationThrown,
    Event,
    MessageExpected,
    MessageSent,
    ServiceTaskCompleted,
    ServiceTaskErred,
    ServiceTaskSkipped,
    SignalThrown,
    TimerCancelled,
    TimerRescheduled,
    TimerScheduled,
    UserTaskCancelled,
    UserTaskCreated,
    UserTaskRegrouped,
    UserTaskRescheduled,
)
from engine.feel import Ask
from engine.service_tasks import BusinessError
from engine.spiff.details import Work
from engine.spiff.elements.activities import OPEN
from engine.spiff.elements.triggers import DUE, KEY
from engine.spiff.expressions import Moment
from engine.spiff.results import ServiceRequest, ServiceRunner, Skipped
from engine.spiff.tokens import Token

#: Their completion has an event of its own.
_RECORDED_OTHERWISE = frozenset({"userTask", "serviceTask"})


class EventRecorder:
    """The recorder of one command (see :class:`engine.spiff.workflow.Recorder`).

    Attributes:
        events: what has happened, in order.
        service_results: what service tasks answered, in order.
        function_results: what functions of the host answered, each question once.
        end_event: the end event that was passed last.
        reached: how often each service task has been reached.
        moment: the command's instant, with this recorder between expressions and whom they ask.
    """

    def __init__(self, *, at: datetime, services: ServiceRunner, ask: Ask | None) -> None:
        self._services = services
        self._ask = ask
        self._answers: dict[bytes, Any] = {}
        self.moment = Moment(now=at, ask=None if ask is None else self.ask)
        self.function_results: list[dict[str, Any]] = []
        self.events: list[Event] = []
        self.service_results: list[dict[str, Any]] = []
        self.end_event: str | None = None
        self.reached: Counter[str] = Counter()

    def element_completed(self, token: Token, flow_ids: list[str] | None) -> None:
        """Note that a token has passed an element, and which of several flows it took."""
        element = token.task_spec
        if element.element_type in _RECORDED_OTHERWISE and element.extensions.loop is None:
            return
        if element.element_type == "endEvent":
            self.end_event = element.bpmn_id
        self.events.append(
            ElementCompleted(element_id=element.bpmn_id, task_id=str(token.task_id), flows=flow_ids)
        )

    def user_task_created(self, token: Token) -> None:
        """Note that a user task has opened."""
        opened = token.internal_data[OPEN]
        self.events.append(
            UserTaskCreated(
                element_id=token.task_spec.bpmn_id,
                task_id=str(token.task_id),
                assignee=opened["assignee"],
                candidate_groups=list(opened["groups"]),
                due_at=opened["due"],
                follow_up_at=opened["follow_up"],
                priority=opened["priority"],
                form_id=token.task_spec.extensions.assignment.form_id,
            )
        )

    def user_task_cancelled(self, token: Token) -> None:
        """Note that an open user task is no longer wanted."""
        self.events.append(UserTaskCancelled(element_id=token.task_spec.bpmn_id, task_id=str(token.task_id)))

    def user_task_rescheduled(self, token: Token, previous: Mapping[str, Any]) -> None:
        """Note that an open user task is due, or to be followed up, at other instants than ``previous``."""
        opened = token.internal_data[OPEN]
        self.events.append(
            UserTaskRescheduled(
                element_id=token.task_spec.bpmn_id,
                task_id=str(token.task_id),
                due_at=opened["due"],
                follow_up_at=opened["follow_up"],
                previous_due_at=previous["due"],
                previous_follow_up_at=previous["follow_up"],
            )
        )

    def user_task_regrouped(self, token: Token, previous: Mapping[str, Any]) -> None:
        """Note that an open user task is for others than ``previous``."""
        opened = token.internal_data[OPEN]
        self.events.append(
            UserTaskRegrouped(
                element_id=token.task_spec.bpmn_id,
                task_id=str(token.task_id),
                candidate_groups=list(opened["groups"]),
                previous_groups=list(previous["groups"]),
                assignee=opened["assignee"],
                previous=previous["assignee"],
            )
        )

    def timer_scheduled(self, token: Token) -> None:
        """Note that a timer waits for its instant."""
        self.events.append(
            TimerScheduled(
                element_id=token.task_spec.trigger_id,
                timer_id=str(token.task_id),
                due_at=token.internal_data[DUE],
            )
        )

    def timer_rescheduled(self, token: Token, previous: str) -> None:
        """Note that a waiting timer is due at another instant than ``previous``."""
        self.events.append(
            TimerRescheduled(
                element_id=token.task_spec.trigger_id,
                timer_id=str(token.task_id),
                due_at=token.internal_data[DUE],
                previous_due_at=previous,
            )
        )

    def timer_cancelled(self, token: Token) -> None:
        """Note that a timer no longer waits."""
        self.events.append(TimerCancelled(element_id=token.task_spec.trigger_id, timer_id=str(token.task_id)))

    def message_expected(self, token: Token) -> None:
        """Note what an element waits for."""
        self.events.append(
            MessageExpected(
                element_id=token.task_spec.trigger_id,
                task_id=str(token.task_id),
                message_name=token.task_spec.trigger.name,
                correlation_key=token.internal_data[KEY],
            )
        )

    def message_sent(self, token: Token, name: str, key: str, variables: Mapping[str, Any]) -> None:
        """Note a message that leaves after commit."""
        self.events.append(
            MessageSent(
                element_id=token.task_spec.bpmn_id,
                task_id=str(token.task_id),
                message_name=name,
                correlation_key=key,
                variables=dict(variables),
            )
        )

    def signal_thrown(self, token: Token, name: str, variables: Mapping[str, Any]) -> None:
        """Note a signal; other instances hear of it after commit."""
        self.events.append(
            SignalThrown(
                element_id=token.task_spec.bpmn_id,
                task_id=str(token.task_id),
                signal_name=name,
                variables=dict(variables),
            )
        )

    def error_thrown(self, token: Token, code: str, message: str, caught_by: str) -> None:
        """Note an error and the event that caught it."""
        self.events.append(
            ErrorThrown(
                element_id=token.task_spec.bpmn_id, error_code=code, message=message, caught_by=caught_by
            )
        )

    def escalation_thrown(self, token: Token, code: str, caught_by: str | None) -> None:
        """Note an escalation and the event that caught it, if any did."""
        self.events.append(
            EscalationThrown(element_id=token.task_spec.bpmn_id, escalation_code=code, caught_by=caught_by)
        )

    def compensation_started(self, token: Token, activity_ids: list[str]) -> None:
        """Note what is about to be undone."""
        self.events.append(CompensationStarted(element_id=token.task_spec.bpmn_id, activity_ids=activity_ids))

    def run_service(self, token: Token, work: Work, seen: Mapping[str, Any]) -> dict[str, Any]:
        """Ask for a service task's result and keep it for the journal.

        Raises:
            BusinessError: the handler throws a BPMN error; it is kept, too.
            StepFailed: the result is nothing that JSON can carry.
        """
        element_id = token.task_spec.bpmn_id
        task_id = str(token.task_id)
        self.reached[element_id] += 1
        request = ServiceRequest(
            element_id=element_id,
            task_id=token.task_id,
            task_type=work.task_type,
            headers=work.headers,
            variables=seen,
            passage=self.reached[element_id],
        )
        kept: dict[str, Any] = {"element_id": element_id, "task_id": task_id, "type": work.task_type}
        try:
            answer = self._services(request)
            given = answer.output if isinstance(answer, Skipped) else answer
            result: dict[str, Any] = dict(normalised(dict(given)))
        except BusinessError as error:
            variables = dict(normalised(dict(error.variables)))
            self.service_results.append(
                {
                    **kept,
                    "error": {"code": error.error_code, "message": error.message, "variables": variables},
                }
            )
            self.events.append(
                ServiceTaskErred(
                    element_id=element_id,
                    task_id=task_id,
                    task_type=work.task_type,
                    error_code=error.error_code,
                    message=error.message,
                )
            )
            raise
        except (TypeError, ValueError) as error:
            raise StepFailed(
                f"Service task '{element_id}': expected a result that JSON can carry, but {error}",
                element_id=element_id,
            ) from error
        if isinstance(answer, Skipped):
            skipped = {"skipped": True, "skipped_by": answer.by, "reason": answer.reason}
            self.service_results.append({**kept, "result": result, **skipped})
            self.events.append(
                ServiceTaskSkipped(
                    element_id=element_id,
                    task_id=task_id,
                    task_type=work.task_type,
                    result=result,
                    skipped_by=answer.by,
                    reason=answer.reason,
                )
            )
            return result
        self.service_results.append({**kept, "result": result})
        self.events.append(
            ServiceTaskCompleted(
                element_id=element_id, task_id=task_id, task_type=work.task_type, result=result
            )
        )
        return result

    def ask(self, name: str, arguments: list[Any]) -> Any:
        """Ask a function of the host and keep its answer for the journal."""
        if self._ask is None:
            raise AssertionError(f"Nobody is there to answer '{name}'")
        question = canonical_bytes([name, arguments])
        if question not in self._answers:
            result = normalised(self._ask(name, arguments))
            self._answers[question] = result
            self.function_results.append({"name": name, "arguments": arguments, "result": result})
        return self._answers[question]

    def decide(self, token: Token, decision_id: str, seen: Mapping[str, Any]) -> Any:
        """Evaluate a decision and note which rules matched."""
        element_id = token.task_spec.bpmn_id
        model = token.task_spec.decisions[decision_id]
        try:
            decided = model.evaluate(decision_id, seen, now=self.moment.now, ask=self.moment.ask)
        except DmnError as error:
            raise StepFailed(
                f"Element '{element_id}': decision '{decision_id}' failed: {error}",
                element_id=element_id,
                called=decision_id,
            ) from error
        self.events.append(
            DecisionEvaluated(
                element_id=element_id,
                task_id=str(token.task_id),
                decision_id=decision_id,
                inputs=dict(decided.inputs),
                matched_rules=list(decided.matched_rules),
                result=decided.result,
                on_the_way=_on_the_way(decided) or None,
            )
        )
        return decided.result


def _on_the_way(decided: DecisionResult) -> list[dict[str, Any]]:
    """Return what the decisions and tables gave that led to a result, those first that came first."""
    found = []
    for each in decided.walk():
        found += [
            {
                "table_id": table.table_id,
                "inputs": dict(table.inputs),
                "matched_rules": [rule.number for rule in table.rules],
                "result": table.result,
            }
            for table in each.within
        ]
        if each is not decided:
            found.append(
                {
                    "decision_id": each.decision_id,
                    "inputs": dict(each.inputs),
                    "matched_rules": list(each.matched_rules),
                    "result": each.result,
                }
            )
    return found
