"""Tasks of every kind (BPMN 2.0.2 §10.2.3): what they wait for, what they ask for, what they give back."""

from typing import Any

import pytest

from engine.errors import StepFailed
from engine.service_tasks import BusinessError
from engine.spiff import ServiceRequest
from tests.drawing import (
    boundary,
    call,
    end,
    flows,
    io,
    message,
    model,
    named,
    node,
    of,
    script_task,
    service_task,
    start,
    user_task,
)
from tests.elements import runs
from tests.running import Run, compiled, problems_of

RULE = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">
<decision id="grade" name="grade"><variable name="grade"/><literalExpression><text>if score &gt; 5 then
"good" else "poor"</text></literalExpression></decision></definitions>"""


def around(task: str, task_id: str = "task", **options: Any) -> Run:
    variables = options.pop("variables", None)
    services = options.pop("services", None)
    return Run(
        compiled(start(), task, end(), flows("begin", task_id, "finish"), **options), variables, services
    )


@runs(
    "userTask",
    "assignment, schedule, priority, linked form, excluded completers; opens when reached, completes by command",
)
def test_a_user_task_opens_with_all_that_its_model_says() -> None:
    task = node(
        "userTask",
        "task",
        '<zeebe:userTask/><zeebe:assignmentDefinition assignee="=who" candidateGroups="a, b"/>'
        '<zeebe:taskSchedule dueDate="=due" followUpDate="2026-06-20T08:00:00+07:00"/>'
        '<zeebe:priorityDefinition priority="=10 + 5"/>',
    )
    run = around(task, variables={"who": "binh", "due": "2026-06-30"})
    (opened,) = run.step.user_tasks
    assert (opened.assignee, opened.candidate_groups, opened.priority) == ("binh", ("a", "b"), 15)
    assert opened.due_at is not None
    assert opened.due_at.isoformat() == "2026-06-29T17:00:00+00:00", "midnight in the business time zone"
    assert opened.follow_up_at is not None
    assert opened.follow_up_at.isoformat() == "2026-06-20T01:00:00+00:00"
    assert run.complete("task", {"answer": 1}).completed
    assert run.variables["answer"] == 1


@pytest.mark.parametrize(
    ("extension", "variables", "message_part"),
    [
        ('<zeebe:assignmentDefinition assignee="=who"/>', {"who": 5}, "assignee to be text"),
        ('<zeebe:assignmentDefinition assignee="=who"/>', {"who": "x" * 101}, "up to 100 characters"),
        ('<zeebe:assignmentDefinition candidateGroups="=who"/>', {"who": [""]}, "a list of texts"),
        ('<zeebe:assignmentDefinition assignee="=who"/>', {}, "an assignee or candidate groups"),
        ('<zeebe:assignmentDefinition candidateGroups="=who"/>', {"who": {}}, "a list of texts"),
        (
            '<zeebe:assignmentDefinition assignee="x"/><zeebe:priorityDefinition priority="=101"/>',
            {},
            "a whole number from 0 to 100",
        ),
        (
            '<zeebe:assignmentDefinition assignee="x"/><zeebe:taskSchedule dueDate="=due"/>',
            {"due": "soon"},
            "due_at to be an instant",
        ),
    ],
)
def test_a_user_task_whose_expressions_give_nonsense_fails_the_step(
    extension: str, variables: dict[str, Any], message_part: str
) -> None:
    with pytest.raises(StepFailed, match=message_part) as failure:
        around(node("userTask", "task", "<zeebe:userTask/>" + extension), variables=variables)
    assert failure.value.element_id == "task"


@runs("task", "passed at once, with its mappings")
@runs("manualTask", "passed at once, with its mappings")
@pytest.mark.parametrize("kind", ["task", "manualTask"])
def test_a_task_without_implementation_is_passed_with_its_mappings(kind: str) -> None:
    run = around(node(kind, "task", io(inputs=[("a", "2")], outputs=[("b", "a * 3")])))
    assert run.completed
    assert run.variables == {"b": 6}
    assert "element.completed task" in run.history


@runs("serviceTask", "a handler registered in Python for its type; the result is journalled")
@runs("serviceTask", "a failure is an incident at once, whatever its retries say")
def test_a_service_task_asks_its_handler_with_headers_and_variables() -> None:
    asked: list[ServiceRequest] = []

    def answer(request: ServiceRequest) -> dict[str, Any]:
        asked.append(request)
        return {"sum": request.variables["a"] + 1}

    headers = '<zeebe:taskHeaders><zeebe:header key="k" value="v"/></zeebe:taskHeaders>'
    run = around(service_task("task", extra=headers), variables={"a": 1}, services=answer)
    assert run.variables == {"a": 1, "sum": 2}
    assert (asked[0].task_type, dict(asked[0].headers), asked[0].element_id) == ("echo", {"k": "v"}, "task")
    assert run.step.service_results[0]["result"] == {"sum": 2}


def test_a_result_that_json_cannot_carry_fails_the_step() -> None:
    with pytest.raises(StepFailed, match="JSON"):
        around(service_task("task"), services=lambda _: {"when": object()})


def test_an_error_of_the_business_goes_to_the_boundary_event_that_names_it() -> None:
    def fail(_: ServiceRequest) -> dict[str, Any]:
        raise BusinessError("refused", "no such unit", {"reason": "unknown"})

    run = Run(
        compiled(
            start(),
            service_task("task"),
            boundary("any", "task", "<bpmn:errorEventDefinition/>"),
            boundary("caught", "task", of("error", "e")),
            user_task("mend"),
            end(),
            end("other"),
            flows("begin", "task", "finish"),
            flows("caught", "mend", "finish"),
            flows("any", "other"),
            messages=named("error", "e", "refused"),
        ),
        services=fail,
    )
    assert run.open == ["mend"]
    assert run.variables == {"reason": "unknown"}
    assert "element.completed caught" in run.history


@runs("scriptTask", "a FEEL expression with a result variable")
def test_a_script_task_is_one_feel_expression() -> None:
    assert around(script_task("task", "sum([1, a])", "b"), variables={"a": 2}).variables == {"a": 2, "b": 3}


@runs("businessRuleTask", "a decision of the same definition")
def test_a_business_rule_task_decides() -> None:
    called = node("businessRuleTask", "task", '<zeebe:calledDecision decisionId="grade" resultVariable="g"/>')
    run = around(called, decisions=(RULE,), variables={"score": 7})
    assert run.variables["g"] == "good"
    assert "decision.evaluated task" in run.history


def test_a_variable_that_cannot_be_of_the_type_that_a_decision_declares_fails_the_task() -> None:
    declared = (
        b'<inputData id="i" name="score"><variable name="score" typeRef="number"/></inputData><decision'
    )
    rule = RULE.replace(b"<decision", declared, 1).replace(
        b"<literalExpression>",
        b'<informationRequirement><requiredInput href="#i"/></informationRequirement><literalExpression>',
    )
    called = node("businessRuleTask", "task", '<zeebe:calledDecision decisionId="grade" resultVariable="g"/>')
    assert around(called, decisions=(rule,), variables={"score": 6}).variables["g"] == "good"
    with pytest.raises(StepFailed, match="input 'score' of decision 'grade' to be number, but got \"6\""):
        around(called, decisions=(rule,), variables={"score": "6"})


@pytest.mark.parametrize("kind", ["businessRuleTask", "scriptTask", "sendTask"])
def test_a_task_with_a_task_type_is_done_by_its_handler(kind: str) -> None:
    run = around(node(kind, "task", '<zeebe:taskDefinition type="echo"/>'))
    assert run.variables == {"echoed": "task"}


@runs("sendTask", "a message under its correlation key, or a handler")
def test_a_send_task_sends_its_message_with_the_mapped_variables() -> None:
    task = node("sendTask", "task", io(inputs=[("said", "word")]), messageRef="m")
    run = around(task, variables={"word": "hi", "key": 7}, messages=message("m", "greeting", "key"))
    (sent,) = [event.to_json() for event in run.step.events if event.tag.startswith("message.sent")]
    assert (sent["message_name"], sent["correlation_key"], sent["variables"]) == (
        "greeting",
        "7",
        {"said": "hi"},
    )
    assert run.variables == {"word": "hi", "key": 7}


@runs("receiveTask", "waits for a message under its correlation key")
def test_a_receive_task_waits_for_its_message() -> None:
    task = node("receiveTask", "task", io(outputs=[("answer", "text")]), messageRef="m")
    run = around(task, variables={"key": "k"}, messages=message("m", "reply", "key"))
    assert run.waiting == ["task"]
    assert run.send("task", {"text": "yes", "noise": 1}).completed
    assert run.variables == {"key": "k", "answer": "yes"}


@pytest.mark.parametrize("key", [None, "", True, 1.5, [], {}])
def test_a_correlation_key_is_text_or_a_whole_number(key: object) -> None:
    with pytest.raises(StepFailed, match="correlation key"):
        around(
            node("receiveTask", "task", messageRef="m"),
            variables={"key": key},
            messages=message("m", "reply", "key"),
        )


def test_plain_python_text_in_a_script_is_never_run() -> None:
    """ENGINE-NOTES §6: SpiffWorkflow evaluates any text of a model as Python."""
    hostile = model(
        start(),
        '<bpmn:scriptTask id="task"><bpmn:script>open("x", "w")</bpmn:script></bpmn:scriptTask>',
        call("c", "p"),
        end(),
        flows("begin", "task", "finish"),
    )
    assert b"open(" in hostile
    assert any("FEEL expression" in problem["reason"] for problem in problems_of(content=hostile))
