"""What a model says of each element and flow, as words and texts that can be compared between versions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from engine.spiff.details import (
    CompensationTrigger,
    ConditionTrigger,
    Details,
    MessageTrigger,
    MultiInstance,
    StandardLoop,
    TimerTrigger,
    Trigger,
)
from engine.spiff.expressions import Value
from engine.spiff.model import CompiledModel
from engine.spiff.shape import EVENTS, SUPPORTED, is_handler, trigger_kind
from engine.spiff.xml import BPMN, NAMESPACES, around, extensions, id_of, kind_of

_DI = {
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is said of one element or flow.

    Attributes:
        facts: texts by stable words, such as ``name``, ``due_date`` or ``input:letter``; absent ones are left out.
        drawn: where it lies in the drawing.
    """

    id: str
    type: str
    name: str
    facts: Mapping[str, str]
    drawn: str


def element_facts(model: CompiledModel) -> dict[str, Facts]:
    """Return what is said of each flow node, by id, in document order; those of called processes are theirs."""
    process = model.source.process
    drawn = _drawn(process)
    found = {}
    for node in process.iter(f"{{{BPMN}}}*"):
        if kind_of(node) not in SUPPORTED:
            continue
        element_id = id_of(node)
        found[element_id] = Facts(
            id=element_id,
            type=kind_of(node),
            name=_name(node),
            facts=_element(node, model.elements[element_id].lane, model.source.details[element_id]),
            drawn=drawn.get(element_id, ""),
        )
    return found


def flow_facts(model: CompiledModel) -> dict[str, Facts]:
    """Return what is said of each sequence flow, by id, in document order."""
    process = model.source.process
    drawn = _drawn(process)
    found = {}
    for flow in process.iter(f"{{{BPMN}}}sequenceFlow"):
        flow_id = id_of(flow)
        source = flow.get("sourceRef", "")
        begin = next((node for node in around(flow) if node.get("id") == source), None)
        is_default = begin is not None and begin.get("default") == flow_id
        condition = model.source.conditions.get(flow_id)
        found[flow_id] = Facts(
            id=flow_id,
            type="sequenceFlow",
            name=_name(flow),
            facts=_present(
                {
                    "name": _name(flow),
                    "source": source,
                    "target": flow.get("targetRef", ""),
                    "condition": condition,
                    "default": "yes" if is_default else None,
                }
            ),
            drawn=drawn.get(flow_id, ""),
        )
    return found


def process_facts(model: CompiledModel) -> Mapping[str, str]:
    """Return what is said of the process itself."""
    process = model.source.process
    return _present({"name": _name(process), "documentation": _documentation(process)})


def _element(node: etree._Element, lane: str | None, details: Details) -> dict[str, str]:
    parent = around(node)
    found: dict[str, Any] = {
        "name": _name(node),
        "type": kind_of(node),
        "lane": lane,
        "scope": None if kind_of(parent) == "process" else id_of(parent),
        "attached_to": node.get("attachedToRef"),
        "documentation": _documentation(node),
        "compensates": "yes" if is_handler(node) else None,
    }
    if trigger_kind(node) is not None and kind_of(node) in ("boundaryEvent", "startEvent"):
        found["interrupting"] = "yes" if details.interrupting else "no"
    if kind_of(node) in EVENTS or details.trigger is not None:
        found |= _trigger(details.trigger)
    if details.assignment is not None:
        assignment = details.assignment
        found |= {
            "assignee": assignment.assignee,
            "candidate_groups": assignment.candidate_groups,
            "due_date": assignment.due_at,
            "follow_up_date": assignment.follow_up_at,
            "priority": assignment.priority,
            "form": assignment.form_id,
            "excludes": ", ".join(assignment.excludes),
        }
    if details.work is not None:
        found["task_type"] = details.work.task_type
    for header in extensions(node, "zeebe:taskHeaders/zeebe:header"):
        found[f"header:{header.get('key', '')}"] = header.get("value")
    if details.computation is not None:
        found |= {
            "decision": details.computation.decision_id,
            "script": details.computation.expression,
            "result_variable": details.computation.result_variable,
        }
    if details.call is not None:
        found |= {
            "called_process": details.call.process_id,
            "passes_all_variables": "yes" if details.call.sees_all else "no",
            "returns_all_variables": "yes" if details.call.returns_all else "no",
        }
    found |= _loop(details.loop)
    found |= {f"input:{each.target}": each.value for each in details.inputs}
    found |= {f"output:{each.target}": each.value for each in details.outputs}
    return _present(found)


def _trigger(trigger: Trigger | None) -> dict[str, Any]:
    if trigger is None:
        return {}
    kind = type(trigger).__name__.removesuffix("Trigger").lower()
    if isinstance(trigger, TimerTrigger):
        return {"trigger": kind, "timer": f"{trigger.kind}: {trigger.value.text}"}
    if isinstance(trigger, MessageTrigger):
        return {"trigger": kind, "message": trigger.name, "correlation_key": trigger.correlation_key}
    if isinstance(trigger, ConditionTrigger):
        return {"trigger": kind, "condition": trigger.condition}
    if isinstance(trigger, CompensationTrigger):
        return {"trigger": kind, "compensated_activity": trigger.activity_id}
    named = getattr(trigger, "name", None) or getattr(trigger, "code", None)
    return {"trigger": kind, kind: named}


def _loop(loop: MultiInstance | StandardLoop | None) -> dict[str, Any]:
    if isinstance(loop, StandardLoop):
        return {
            "loop": "while a condition holds",
            "loop_condition": loop.condition,
            "loop_maximum": loop.maximum,
            "loop_tested_before": "yes" if loop.test_before else "no",
        }
    if loop is None:
        return {}
    return {
        "loop": "one after the other" if loop.sequential else "side by side",
        "input_collection": loop.collection,
        "cardinality": loop.cardinality,
        "input_element": loop.item,
        "output_collection": loop.results,
        "output_element": loop.result,
        "completion_condition": loop.enough,
    }


def _present(found: Mapping[str, Any]) -> dict[str, str]:
    texts = {word: value.text if isinstance(value, Value) else value for word, value in found.items()}
    return {word: str(text) for word, text in texts.items() if text not in (None, "")}


def _name(node: etree._Element) -> str:
    return " ".join((node.get("name") or "").split())


def _documentation(node: etree._Element) -> str:
    return "\n".join((each.text or "").strip() for each in node.findall("bpmn:documentation", NAMESPACES))


def _drawn(process: etree._Element) -> dict[str, str]:
    """Return where the drawing has each element: the bounds of a shape, the points of an edge."""
    root = process.getroottree().getroot()
    found = {}
    for shape in root.iterfind(".//bpmndi:BPMNShape", _DI):
        bounds = shape.find("dc:Bounds", _DI)
        if bounds is not None:
            found[shape.get("bpmnElement", "")] = " ".join(
                f"{float(bounds.get(each, '0')):g}" for each in ("x", "y", "width", "height")
            )
    for edge in root.iterfind(".//bpmndi:BPMNEdge", _DI):
        points = [(point.get("x", "0"), point.get("y", "0")) for point in edge.iterfind("di:waypoint", _DI)]
        found[edge.get("bpmnElement", "")] = " ".join(f"{float(x):g},{float(y):g}" for x, y in points)
    return found
