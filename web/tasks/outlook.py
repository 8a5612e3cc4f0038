"""Says what follows a user task, read from the drawn model: the next tasks of people, and the ends.

Gateways and what the machine does by itself are passed; what is written on the flows out of a gateway becomes
the condition. A way that comes back to a task already named is not followed twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

from web.model_names import element_name

_BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
_NAMES = {"bpmn": _BPMN}
#: Where a way ends for the reader: somebody has to act, or nothing follows.
_STOPS = frozenset({"userTask", "endEvent"})


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """One thing that may come next.

    Attributes:
        condition: the words on the last named flow that leads there; empty if it always follows.
        ends: the process ends there.
    """

    condition: str
    name: str
    lane: str
    ends: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Node:
    id: str
    type: str
    name: str
    parent: str
    lane_id: str
    lane: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Flow:
    id: str
    name: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawing:
    nodes: dict[str, _Node]
    flows: dict[str, tuple[_Flow, ...]]


def next_steps(bpmn: bytes, process_key: str, element_id: str) -> list[NextStep]:
    """Return what may follow the element, in the order drawn."""
    drawing = _read(bpmn)
    found: dict[str, NextStep] = {}
    for node, flow in _ahead(drawing, element_id, None, set()):
        if node.id not in found:
            found[node.id] = NextStep(
                condition=element_name(process_key, flow.id, flow.name) if flow is not None else "",
                name=element_name(process_key, node.id, node.name),
                lane=element_name(process_key, node.lane_id, node.lane) if node.lane else "",
                ends=node.type == "endEvent",
            )
    return list(found.values())


def _ahead(
    drawing: _Drawing, element_id: str, named: _Flow | None, seen: set[str]
) -> Iterator[tuple[_Node, _Flow | None]]:
    for flow in drawing.flows.get(element_id, ()):
        if flow.id in seen:
            continue
        seen.add(flow.id)
        yield from _arrive(drawing, drawing.nodes[flow.target], flow if flow.name else named, seen)


def _arrive(
    drawing: _Drawing, node: _Node, named: _Flow | None, seen: set[str]
) -> Iterator[tuple[_Node, _Flow | None]]:
    if node.type == "subProcess":
        for inner in drawing.nodes.values():
            if inner.parent == node.id and inner.type == "startEvent":
                yield from _ahead(drawing, inner.id, named, seen)
    elif node.type == "endEvent" and node.parent in drawing.nodes:
        yield from _ahead(drawing, node.parent, named, seen)
    elif node.type in _STOPS:
        yield node, named
    else:
        yield from _ahead(drawing, node.id, named, seen)


@lru_cache(maxsize=64)
def _read(bpmn: bytes) -> _Drawing:
    root = etree.fromstring(bpmn, etree.XMLParser(resolve_entities=False, no_network=True))
    lanes = {
        str(reference.text).strip(): lane
        for lane in root.iterfind(".//bpmn:lane", _NAMES)
        for reference in lane.iterfind("bpmn:flowNodeRef", _NAMES)
    }
    flows: dict[str, list[_Flow]] = {}
    nodes: dict[str, _Node] = {}
    for flow in root.iterfind(".//bpmn:sequenceFlow", _NAMES):
        flows.setdefault(str(flow.get("sourceRef")), []).append(
            _Flow(id=str(flow.get("id")), name=_name(flow), target=str(flow.get("targetRef")))
        )
    for element in root.iterfind(".//bpmn:process//*[@id]", _NAMES):
        tag = etree.QName(element)
        parent = element.getparent()
        if tag.namespace != _BPMN or parent is None:
            continue
        parent_id = str(parent.get("id") or "")
        lane = lanes.get(str(element.get("id")), lanes.get(parent_id))
        nodes[str(element.get("id"))] = _Node(
            id=str(element.get("id")),
            type=tag.localname,
            name=_name(element),
            parent=parent_id if etree.QName(parent).localname == "subProcess" else "",
            lane_id="" if lane is None else str(lane.get("id")),
            lane="" if lane is None else _name(lane),
        )
    return _Drawing(nodes=nodes, flows={source: tuple(found) for source, found in flows.items()})


def _name(element: "etree._Element") -> str:
    return " ".join(str(element.get("name") or "").split())
