"""A second version of the assignment process, as an analyst might draw it."""

import re

from engine.definitions.resources import ModelResources
from processes.wiring import model_resources

_GROUP = '<zeebe:assignmentDefinition candidateGroups="=head_groups" />'
_NOTIFY = (
    '<bpmn:extensionElements><zeebe:taskDefinition type="notify" /><zeebe:taskHeaders>'
    '<zeebe:header key="template" value="appraisal_overdue" /></zeebe:taskHeaders></bpmn:extensionElements>'
)


def revised_assignment() -> ModelResources:
    """Return the model with a task more (plan_work), a timer more (appraisal_urged) and one less
    (reminder_10_due), a due date for resolve_return, and assess_explanation called weigh_explanation.
    """
    resources = model_resources("assignment")
    text = resources.bpmn.decode()
    for written in ('id="{}"', 'sourceRef="{}"', 'targetRef="{}"', 'bpmnElement="{}"', ">{}<"):
        text = text.replace(written.format("assess_explanation"), written.format("weigh_explanation"))
    text = text.replace("explain, assess_explanation", "explain, weigh_explanation")
    text = _without(text, "reminder_10_due", "reminder_10_due_to_reminder_due")
    text = _with_plan(text)
    text = _with_timer(text)
    text = re.sub(
        r'(<bpmn:userTask id="resolve_return".*?<zeebe:userTask />)',
        r'\1<zeebe:taskSchedule dueDate="=acknowledgement.time_out_at" />',
        text,
        flags=re.DOTALL,
    )
    return ModelResources(bpmn=text.encode(), decisions=resources.decisions, forms=resources.forms)


def _without(text: str, *ids: str) -> str:
    for element in ids:
        text = re.sub(
            rf'\s*<bpmn:(\w+) id="{element}"[^>]*?(/>|(?<!/)>.*?</bpmn:\1>)', "", text, flags=re.DOTALL
        )
        text = re.sub(rf"\s*<bpmn:(incoming|outgoing|flowNodeRef)>{element}</bpmn:\1>", "", text)
        text = re.sub(
            rf'\s*<bpmndi:(BPMNShape|BPMNEdge) id="[^"]*" bpmnElement="{element}">.*?</bpmndi:\1>',
            "",
            text,
            flags=re.DOTALL,
        )
    return text


def _with_plan(text: str) -> str:
    flow = "work_started_to_execute_assignment"
    text = text.replace(
        f'id="{flow}" sourceRef="work_started" targetRef="execute_assignment" />',
        f'id="{flow}" sourceRef="work_started" targetRef="plan_work" />'
        '<bpmn:sequenceFlow id="plan_work_to_execute_assignment" sourceRef="plan_work" '
        'targetRef="execute_assignment" />'
        '<bpmn:userTask id="plan_work" name="Lập kế hoạch thực hiện"><bpmn:extensionElements>'
        f"<zeebe:userTask />{_GROUP}</bpmn:extensionElements></bpmn:userTask>",
    )
    shape = (
        '<bpmndi:BPMNShape id="plan_work_di" bpmnElement="plan_work">'
        '<dc:Bounds x="1330" y="380" width="100" height="80" /></bpmndi:BPMNShape>'
        '<bpmndi:BPMNEdge id="plan_work_to_execute_assignment_di" '
        'bpmnElement="plan_work_to_execute_assignment"><di:waypoint x="1380" y="380" />'
        '<di:waypoint x="1380" y="340" /><di:waypoint x="1440" y="340" /></bpmndi:BPMNEdge>'
    )
    return text.replace("</bpmndi:BPMNPlane>", f"{shape}</bpmndi:BPMNPlane>")


def _with_timer(text: str) -> str:
    text = text.replace(
        '<bpmn:serviceTask id="escalate_appraisal"',
        '<bpmn:boundaryEvent id="appraisal_urged" name="Nhắc thẩm định" attachedToRef="appraise_result" '
        'cancelActivity="false"><bpmn:timerEventDefinition><bpmn:timeDuration>P1D</bpmn:timeDuration>'
        "</bpmn:timerEventDefinition></bpmn:boundaryEvent>"
        f'<bpmn:serviceTask id="urge_appraisal" name="Nhắc thẩm định">{_NOTIFY}</bpmn:serviceTask>'
        '<bpmn:endEvent id="appraisal_urging_sent" name="Đã nhắc thẩm định" />'
        '<bpmn:sequenceFlow id="appraisal_urged_to_urge_appraisal" sourceRef="appraisal_urged" '
        'targetRef="urge_appraisal" />'
        '<bpmn:sequenceFlow id="urge_appraisal_to_appraisal_urging_sent" sourceRef="urge_appraisal" '
        'targetRef="appraisal_urging_sent" /><bpmn:serviceTask id="escalate_appraisal"',
    )
    shapes = "".join(
        f'<bpmndi:BPMNShape id="{element}_di" bpmnElement="{element}">'
        f'<dc:Bounds x="{x}" y="{y}" width="{width}" height="{height}" /></bpmndi:BPMNShape>'
        for element, x, y, width, height in (
            ("appraisal_urged", 2142, 642, 36, 36),
            ("urge_appraisal", 2020, 560, 100, 80),
            ("appraisal_urging_sent", 1952, 582, 36, 36),
        )
    )
    return text.replace("</bpmndi:BPMNPlane>", f"{shapes}</bpmndi:BPMNPlane>")
