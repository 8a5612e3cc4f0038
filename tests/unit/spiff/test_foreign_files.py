"""Files as other modellers write them: accepted, or refused with reasons an analyst can follow."""

from pathlib import Path

import pytest

from engine.definitions.resources import ModelResources
from engine.spiff import compile_model
from tests.running import SERVICES, Run, problems_of

FOREIGN = Path(__file__).parent / "foreign"

#: What is wrong, by element: a part of one of the reasons.
REFUSED = {
    "signavio": {"sid-f3": "without a condition", "sid-f4": "without a condition"},
    "bpmn_io": {"Activity_0q1": "'dataInputAssociation' would have no effect", "Activity_1r2": "job worker"},
    "camunda7": {
        "leave": "'candidateStarterGroups' would have no effect",
        "asked": "'initiator' would have no effect",
        "approve": "'taskListener' would have no effect",
        "record": "'delegateExpression' would have no effect",
        "compute": "not a FEEL expression",
        "f3": "is an expression of Camunda 7",
    },
    "flowable": {
        "startEvent": "'initiator' would have no effect",
        "handle": "'formProperty' would have no effect",
        "mail": "names no task type",
        "owned": "'potentialOwner' would have no effect",
    },
    "jbpm": {
        "Evaluation": "'packageName' would have no effect",
        "_t": "'ioSpecification' would have no effect",
        "_g": "complexGateway are not supported",
    },
    "spiff_arena": {"Activity_1": "'preScript' would have no effect", "Activity_2": "not a FEEL expression"},
    "bizagi": {
        "Id_s": "the message has no name",
        "Id_t": "several flows leave",
        "Id_f2": "is not an expression",
        "Id_a": "adHocSubProcess are not supported",
    },
}


def content(name: str) -> bytes:
    return (FOREIGN / f"{name}.bpmn").read_bytes()


@pytest.mark.parametrize("name", REFUSED)
def test_a_foreign_file_is_refused_for_all_its_reasons(name: str) -> None:
    found = problems_of(content=content(name))
    for element_id, reason in REFUSED[name].items():
        mine = [problem["reason"] for problem in found if problem["element_id"] == element_id]
        assert any(reason in each for each in mine), (element_id, mine)


def test_every_foreign_file_is_looked_at() -> None:
    names = {path.stem for path in FOREIGN.glob("*.bpmn")}
    assert names == {*REFUSED, "camunda7_external", "camunda8"}


def test_a_process_of_camunda_7_with_external_tasks_runs() -> None:
    model = compile_model(ModelResources(bpmn=content("camunda7_external")), service_types=SERVICES)
    run = Run(model)
    (task,) = run.step.user_tasks
    assert (task.candidate_groups, task.priority) == (("archive", "office"), 60)
    assert run.due == {"late": "2026-06-15 12:00"}
    assert run.fire("late").complete("file").completed


def test_a_process_of_camunda_8_runs() -> None:
    model = compile_model(ModelResources(bpmn=content("camunda8")), service_types=SERVICES)
    run = Run(model, {"reviewers": ["an", "binh", "chi"]})
    assert [task.assignee for task in run.step.user_tasks] == ["an", "binh", "chi"]
    run.complete("Activity_review", {"score": 4}).complete("Activity_review", {"score": 7})
    assert run.completed
    assert run.history[-2] == "element.completed Event_good"
    assert run.variables["all_scores"] == [4, 7, None]
