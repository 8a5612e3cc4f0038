"""Reads what Camunda Modeler writes beside the BPMN: assignments, schedules, task types, mappings, messages.

The result of reading one element is a :class:`Details`; the parser hangs it on SpiffWorkflow's task spec.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from lxml import etree

from engine.definitions.resources import Problem
from engine.feel import FeelSyntaxError
from engine.spiff.expressions import Value, compile_value

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
NAMESPACES = {"bpmn": BPMN, "zeebe": ZEEBE}

#: Priority of a user task whose model gives none (Camunda's own default).
DEFAULT_PRIORITY = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Who may work on a user task and when; every part is evaluated when the task opens."""

    assignee: Value | None
    candidate_groups: Value | None
    due_at: Value | None
    follow_up_at: Value | None
    priority: Value | None
    form_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a service task asks of its handler."""

    task_type: str
    headers: MappingProxyType[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Computation:
    """A decision to call or an expression to evaluate, and the variable that takes the result."""

    decision_id: str | None = None
    expression: Value | None = None
    result_variable: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """A message that an event waits for."""

    message_name: str
    correlation_key: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """All that the engine reads about one element beyond the shape of the flow.

    Attributes:
        inputs: target variable and value of each input mapping, in order.
        outputs: likewise, for output mappings; their targets may be paths (``a.b``).
    """

    element_id: str
    inputs: tuple[tuple[str, Value], ...] = ()
    outputs: tuple[tuple[str, Value], ...] = ()
    assignment: Assignment | None = None
    work: Work | None = None
    computation: Computation | None = None
    timer: Value | None = None
    message: Expectation | None = None


@dataclass(slots=True)
class DetailsReader:
    """Reads the details of a file's elements and collects what is wrong with them."""

    messages: dict[str, etree._Element] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def read(self, node: etree._Element) -> Details:
        """Read one flow node."""
        tag = etree.QName(node).localname
        read_part: Callable[[etree._Element], dict[str, Any]] | None = {
            "userTask": self._user_task,
            "serviceTask": self._service_task,
            "businessRuleTask": self._business_rule_task,
            "scriptTask": self._script_task,
            "boundaryEvent": self._event,
            "intermediateCatchEvent": self._event,
        }.get(tag)
        return Details(
            element_id=id_of(node),
            inputs=self._mappings(node, "input"),
            outputs=self._mappings(node, "output"),
            **({} if read_part is None else read_part(node)),
        )

    def refuse(self, node: etree._Element, reason: str, advice: str) -> None:
        """Note a problem."""
        self.problems.append(
            Problem(
                element_id=id_of(node),
                element_name=node.get("name") or "",
                reason=reason,
                advice=advice,
            )
        )

    def value(self, node: etree._Element, text: str | None, what: str) -> Value | None:
        """Compile a value; note a problem and return ``None`` if it is not FEEL."""
        if text is None or not text.strip():
            return None
        try:
            return compile_value(text)
        except FeelSyntaxError as error:
            self.refuse(node, f"{what} '{text}' is not valid FEEL: {error}", "Correct the expression.")
            return None

    def condition(self, flow: etree._Element) -> Value | None:
        """Compile the condition of a sequence flow; ``None`` if it has none."""
        text = flow.findtext("bpmn:conditionExpression", namespaces=NAMESPACES)
        if text is None or not text.strip():
            return None
        if not text.strip().startswith("="):
            self.refuse(
                flow, f"the condition '{text.strip()}' is not an expression", "Begin the condition with '='."
            )
            return None
        return self.value(flow, text, "the condition")

    def _user_task(self, node: etree._Element) -> dict[str, Any]:
        if _extension(node, "userTask") is None:
            self.refuse(
                node,
                "the user task has the implementation 'job worker'",
                "Choose the implementation 'Camunda user task' in the properties panel.",
            )
        assignment = _extension(node, "assignmentDefinition")
        schedule = _extension(node, "taskSchedule")
        priority = _extension(node, "priorityDefinition")
        form = _extension(node, "formDefinition")
        if assignment is not None and assignment.get("candidateUsers"):
            self.refuse(node, "candidate users are not supported", "Use candidate groups or an assignee.")
        if assignment is None:
            self.refuse(node, "nobody may work on the task", "Give an assignee or candidate groups.")
        form_id = None if form is None else form.get("formId")
        if form is not None and not form_id:
            self.refuse(node, "the form is not linked by its id", "Link the form as a Camunda form.")

        def part(extension: etree._Element | None, attribute: str) -> Value | None:
            text = None if extension is None else extension.get(attribute)
            return self.value(node, text, attribute)

        return {
            "assignment": Assignment(
                assignee=part(assignment, "assignee"),
                candidate_groups=part(assignment, "candidateGroups"),
                due_at=part(schedule, "dueDate"),
                follow_up_at=part(schedule, "followUpDate"),
                priority=part(priority, "priority"),
                form_id=form_id,
            )
        }

    def _service_task(self, node: etree._Element) -> dict[str, Any]:
        definition = _extension(node, "taskDefinition")
        task_type = (definition.get("type") if definition is not None else None) or ""
        if not task_type or task_type.startswith("="):
            self.refuse(
                node, "the service task names no task type", "Give its task definition a type in plain text."
            )
        headers = {
            header.get("key", ""): header.get("value", "")
            for header in node.iterfind("bpmn:extensionElements/zeebe:taskHeaders/zeebe:header", NAMESPACES)
        }
        return {"work": Work(task_type=task_type, headers=MappingProxyType(headers))}

    def _business_rule_task(self, node: etree._Element) -> dict[str, Any]:
        called = _extension(node, "calledDecision")
        decision_id = None if called is None else called.get("decisionId")
        result_variable = None if called is None else called.get("resultVariable")
        if not decision_id or decision_id.startswith("=") or not result_variable:
            self.refuse(
                node,
                "the business rule task names no decision or no result variable",
                "Choose the implementation 'DMN decision' with a decision id and a result variable.",
            )
        return {
            "computation": Computation(decision_id=decision_id or "", result_variable=result_variable or "")
        }

    def _script_task(self, node: etree._Element) -> dict[str, Any]:
        script = _extension(node, "script")
        expression = None if script is None else self.value(node, script.get("expression"), "the script")
        result_variable = None if script is None else script.get("resultVariable")
        if script is None or not script.get("expression") or not result_variable:
            self.refuse(
                node,
                "the script task is not a FEEL expression with a result variable",
                "Choose the implementation 'FEEL expression' and fill in both fields.",
            )
        return {"computation": Computation(expression=expression, result_variable=result_variable or "")}

    def _event(self, node: etree._Element) -> dict[str, Any]:
        timer = node.find("bpmn:timerEventDefinition", NAMESPACES)
        message = node.find("bpmn:messageEventDefinition", NAMESPACES)
        if timer is not None:
            return {"timer": self._timer(node, timer)}
        if message is not None:
            return {"message": self._message(node, message)}
        return {}

    def _timer(self, node: etree._Element, timer: etree._Element) -> Value | None:
        date = timer.find("bpmn:timeDate", NAMESPACES)
        if date is None:
            self.refuse(
                node,
                "the timer is a duration or a cycle",
                "Use a date, computed with the working-day calendar and given as a variable.",
            )
            return None
        value = self.value(node, date.text, "the date")
        if value is None and not (date.text or "").strip():
            self.refuse(node, "the timer has no date", "Give a date or an expression that yields one.")
        return value

    def _message(self, node: etree._Element, definition: etree._Element) -> Expectation | None:
        message = self.messages.get(definition.get("messageRef", ""))
        name = None if message is None else message.get("name")
        subscription = None if message is None else _extension(message, "subscription")
        key = None if subscription is None else subscription.get("correlationKey")
        if not name or not key:
            self.refuse(
                node,
                "the message has no name or no correlation key",
                "Refer to a message with a name and a subscription correlation key.",
            )
            return None
        value = self.value(node, key, "the correlation key")
        return None if value is None else Expectation(message_name=name, correlation_key=value)

    def _mappings(self, node: etree._Element, kind: str) -> tuple[tuple[str, Value], ...]:
        mappings = []
        for mapping in node.iterfind(f"bpmn:extensionElements/zeebe:ioMapping/zeebe:{kind}", NAMESPACES):
            target = mapping.get("target") or ""
            value = self.value(node, mapping.get("source"), f"the {kind} mapping of '{target}'")
            if not all(part.isidentifier() for part in target.split(".")):
                self.refuse(
                    node,
                    f"the {kind} mapping writes to '{target}', which is no variable name",
                    "Use letters, digits and underscores; separate the parts of a path by dots.",
                )
            elif value is not None:
                mappings.append((target, value))
        return tuple(mappings)


def id_of(node: etree._Element) -> str:
    """Return an element's id; empty if it has none."""
    return str(node.get("id") or "")


def _extension(node: etree._Element, name: str) -> etree._Element | None:
    return node.find(f"bpmn:extensionElements/zeebe:{name}", NAMESPACES)
