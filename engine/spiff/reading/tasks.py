"""Reads what tasks ask for: who works on them, which handler, decision, script or process."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from lxml import etree

from engine.spiff.details import Assignment, Call, Computation, Work
from engine.spiff.expressions import Value
from engine.spiff.reading.problems import Problems
from engine.spiff.schedule import parse_instant
from engine.spiff.xml import CAMUNDA, extension, extensions, flag

#: Property of a user task: ids, separated by commas, of the tasks whose completers may not take it.
EXCLUDES = "sauro:excludesCompletersOf"

#: Characters of a form's id.
LONGEST_FORM_ID = 100


def user_task(node: etree._Element, problems: Problems) -> dict[str, Any]:
    """Read who may work on a user task, until when and with which form."""
    legacy = _is_legacy(node)
    if extension(node, "userTask") is None and not legacy:
        problems.refuse(
            node,
            "the user task has the implementation 'job worker'",
            "Choose the implementation 'Camunda user task' in the properties panel.",
        )

    def text(extension_name: str, attribute: str) -> str | None:
        found = extension(node, extension_name)
        return found.get(attribute) if found is not None else _legacy(node, attribute)

    def part(extension_name: str, attribute: str) -> Value | None:
        value = problems.value(node, text(extension_name, attribute), attribute)
        if value is not None and value.expression is None and attribute in ("dueDate", "followUpDate"):
            try:
                parse_instant(value.text)
            except ValueError as error:
                problems.refuse(
                    node, f"the {attribute} cannot be read: {error}", "Write it as ISO 8601 has it."
                )
        return value

    priority = part("priorityDefinition", "priority")
    if priority is not None and priority.expression is None and not _is_priority(priority.text):
        problems.refuse(node, f"the priority '{priority.text}' is no number from 0 to 100", "Give one.")
    if text("assignmentDefinition", "candidateUsers"):
        problems.refuse(node, "candidate users are not supported", "Use candidate groups or an assignee.")
    if not text("assignmentDefinition", "assignee") and not text("assignmentDefinition", "candidateGroups"):
        problems.refuse(node, "nobody may work on the task", "Give an assignee or candidate groups.")
    form = extension(node, "formDefinition")
    form_id = form.get("formId") if form is not None else _legacy(node, "formRef") or _legacy(node, "formKey")
    if form_id and len(form_id) > LONGEST_FORM_ID:
        problems.refuse(node, "the form's id is too long", f"{LONGEST_FORM_ID} characters are the limit.")
    if form is not None and not form_id:
        problems.refuse(node, "the form is not linked by its id", "Link the form as a Camunda form.")
    return {
        "assignment": Assignment(
            assignee=part("assignmentDefinition", "assignee"),
            candidate_groups=part("assignmentDefinition", "candidateGroups"),
            due_at=part("taskSchedule", "dueDate"),
            follow_up_at=part("taskSchedule", "followUpDate"),
            priority=priority,
            form_id=form_id,
            excludes=excluded_tasks(node),
        )
    }


def excluded_tasks(node: etree._Element) -> tuple[str, ...]:
    """Return the ids of the user tasks whose completers may not take this one."""
    written = (
        str(found.get("value") or "").split(",")
        for found in extensions(node, "zeebe:properties/zeebe:property")
        if found.get("name") == EXCLUDES
    )
    return tuple(dict.fromkeys(part.strip() for parts in written for part in parts))


def service_task(node: etree._Element, problems: Problems) -> dict[str, Any]:
    """Read which handler a service task wants."""
    work = work_of(node, problems)
    if work is None:
        problems.refuse(
            node, "the service task names no task type", "Give its task definition a type in plain text."
        )
    return {"work": work}


def send_task(node: etree._Element, problems: Problems) -> dict[str, Any]:
    """Read which handler sends; the message of one that has none is read with the events."""
    return {"work": work_of(node, problems)}


def work_of(node: etree._Element, problems: Problems) -> Work | None:
    """Return which handler an element wants; ``None`` if it names none in plain text."""
    definition = extension(node, "taskDefinition")
    task_type = definition.get("type") if definition is not None else _legacy_topic(node)
    if definition is not None and not (definition.get("retries") or "1").strip().isdecimal():
        problems.refuse(node, "the number of retries is no whole number", "Give one; incidents are retried.")
    if not task_type or task_type.startswith("="):
        return None
    headers = {
        header.get("key", ""): header.get("value", "")
        for header in extensions(node, "zeebe:taskHeaders/zeebe:header")
    }
    return Work(task_type=task_type, headers=MappingProxyType(headers))


def business_rule_task(node: etree._Element, problems: Problems) -> dict[str, Any]:
    """Read which decision is called; one with a task type is a service task."""
    work = work_of(node, problems)
    if work is not None:
        return {"work": work}
    called = extension(node, "calledDecision")
    decision_id = called.get("decisionId") if called is not None else _legacy(node, "decisionRef")
    variable = called.get("resultVariable") if called is not None else _legacy(node, "resultVariable")
    if called is None and _legacy(node, "mapDecisionResult") not in (None, "singleEntry", "singleResult"):
        problems.refuse(
            node,
            "the decision's result would have another form than in Camunda 7",
            "Choose the result as the decision gives it.",
        )
    if variable and not variable.isidentifier():
        problems.refuse(
            node, f"the result variable '{variable}' is no variable name", "Use letters and digits."
        )
    if not decision_id or decision_id.startswith("=") or not variable:
        problems.refuse(
            node,
            "the business rule task names no decision or no result variable",
            "Choose the implementation 'DMN decision' with a decision id and a result variable.",
        )
    return {"computation": Computation(decision_id=decision_id or "", result_variable=variable or "")}


def script_task(node: etree._Element, problems: Problems) -> dict[str, Any]:
    """Read the FEEL expression of a script task; one with a task type is a service task."""
    work = work_of(node, problems)
    if work is not None:
        return {"work": work}
    script = extension(node, "script")
    text = script.get("expression") if script is not None else None
    variable = script.get("resultVariable") if script is not None else None
    if not text or not variable:
        problems.refuse(
            node,
            "the script task is not a FEEL expression with a result variable",
            "Choose the implementation 'FEEL expression' and fill in both fields.",
        )
    elif not variable.isidentifier():
        problems.refuse(
            node, f"the result variable '{variable}' is no variable name", "Use letters and digits."
        )
    expression = problems.expression(node, text, "the script")
    return {"computation": Computation(expression=expression, result_variable=variable or "")}


def called_process(node: etree._Element) -> str | None:
    """Return the id of the process that a call activity names."""
    called = extension(node, "calledElement")
    return called.get("processId") if called is not None else node.get("calledElement")


def call_activity(node: etree._Element, problems: Problems) -> dict[str, Any]:
    """Read which process is called and what it sees."""
    called = extension(node, "calledElement")
    process_id = called_process(node)
    if not process_id or process_id.startswith("="):
        problems.refuse(
            node,
            "the call activity does not name a process in plain text",
            "Fill in the process id; the called process is pinned when this one is deployed.",
        )
        return {}
    return {
        "call": Call(
            process_id=process_id,
            sees_all=called is None or flag(called, "propagateAllParentVariables", default=True),
            returns_all=called is None or flag(called, "propagateAllChildVariables", default=True),
        )
    }


#: How to read the part that is special to each kind of node.
PARTS: Mapping[str, Callable[[etree._Element, Problems], dict[str, Any]]] = MappingProxyType(
    {
        "userTask": user_task,
        "serviceTask": service_task,
        "sendTask": send_task,
        "businessRuleTask": business_rule_task,
        "scriptTask": script_task,
        "callActivity": call_activity,
        "intermediateThrowEvent": send_task,
        "endEvent": send_task,
    }
)


def _is_priority(text: str) -> bool:
    return text.isdecimal() and len(text) <= 3 and int(text) <= 100


def _legacy(node: etree._Element, attribute: str) -> str | None:
    """Return an attribute as Camunda 7 writes it."""
    value = node.get(f"{{{CAMUNDA}}}{attribute}")
    return None if value is None else str(value)


def _is_legacy(node: etree._Element) -> bool:
    return any(str(name).startswith(f"{{{CAMUNDA}}}") for name in node.attrib)


def _legacy_topic(node: etree._Element) -> str | None:
    """Return the topic of an external task of Camunda 7, which is a task type here."""
    return _legacy(node, "topic") if _legacy(node, "type") == "external" else None
