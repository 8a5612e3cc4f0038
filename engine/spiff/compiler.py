"""Makes SpiffWorkflow specs of a checked model: one spec for each scope, one element for each flow node."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from lxml import etree

from engine.dmn import DecisionModel
from engine.spiff.details import ConditionTrigger, Details, ErrorTrigger, EscalationTrigger, LinkTrigger
from engine.spiff.elements import activities, events, gateways, subprocesses
from engine.spiff.elements.base import Element
from engine.spiff.expressions import Value
from engine.spiff.paths import reach_of
from engine.spiff.shape import SCOPES, SUPPORTED, handlers_of, is_event_subprocess, trigger_kind
from engine.spiff.specs import Flow, ScopeSpec
from engine.spiff.xml import children, id_of, kind_of

_CLASSES: Mapping[str, type[Element]] = MappingProxyType(
    {
        "startEvent": events.StartEvent,
        "endEvent": events.EndEvent,
        "intermediateThrowEvent": events.IntermediateThrowEvent,
        "intermediateCatchEvent": events.IntermediateCatchEvent,
        "boundaryEvent": events.BoundaryEvent,
        "task": activities.PassThroughTask,
        "manualTask": activities.PassThroughTask,
        "userTask": activities.UserTask,
        "serviceTask": activities.ServiceTask,
        "sendTask": activities.SendTask,
        "receiveTask": activities.ReceiveTask,
        "businessRuleTask": activities.BusinessRuleTask,
        "scriptTask": activities.ScriptTask,
        "subProcess": subprocesses.EmbeddedSubprocess,
        "transaction": subprocesses.Transaction,
        "callActivity": subprocesses.CallActivity,
        "exclusiveGateway": gateways.ExclusiveGateway,
        "parallelGateway": gateways.ParallelGateway,
        "inclusiveGateway": gateways.InclusiveGateway,
        "eventBasedGateway": gateways.EventBasedGateway,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A model that has been read and checked.

    Attributes:
        details: what was read of each flow node, by id.
        conditions: the condition of each sequence flow that has one, by id.
        decisions: the decision model that holds each decision, by decision id.
        called: the processes that its call activities call, by process id.
    """

    process: etree._Element
    details: Mapping[str, Details]
    conditions: Mapping[str, Value]
    decisions: Mapping[str, DecisionModel]
    called: Mapping[str, "Source"]


#: Takes each element as it is made: the id it has in the instance, its node, its details, its container's id.
Register = Callable[[str, etree._Element, Details, str | None], None]


def compile_source(source: Source, register: Register) -> tuple[ScopeSpec, dict[str, ScopeSpec]]:
    """Return the spec of the process and those of everything inside it, by the id of the element around each.

    Elements of a called process get the call activity's id before theirs: ``call/element``.
    """
    inner: dict[str, ScopeSpec] = {}
    spec = _Scope(source, source.process, "", None, register, inner).build()
    spec.has_conditions = any(
        isinstance(element.extensions.trigger, ConditionTrigger)
        for scope in (spec, *inner.values())
        for element in scope.task_specs.values()
        if isinstance(element, Element)
    )
    return spec, inner


class _Scope:
    """One scope in the making."""

    def __init__(
        self,
        source: Source,
        node: etree._Element,
        prefix: str,
        parent: str | None,
        register: Register,
        inner: dict[str, ScopeSpec],
    ) -> None:
        self._source = source
        self._node = node
        self._prefix = prefix
        self._parent = parent
        self._register = register
        self._inner = inner
        self._elements: dict[str, Any] = {}

    def build(self) -> ScopeSpec:
        """Return the scope's spec; specs of scopes inside it are added to ``inner``."""
        spec = ScopeSpec(name=self._prefix + id_of(self._node))
        nodes = {id_of(node): node for node in self._node if kind_of(node) in SUPPORTED}
        for node_id, node in nodes.items():
            self._elements[node_id] = self._element(spec, node_id, node)
        self._connect(nodes)
        self._attach(nodes)
        for node_id, node in nodes.items():
            self._build_inside(node_id, node)
        subprocess_list = [
            self._elements[node_id] for node_id in nodes if is_event_subprocess(nodes[node_id])
        ]
        thrown = ErrorTrigger | EscalationTrigger
        spec.handlers = tuple(each for each in subprocess_list if isinstance(each.trigger, thrown))
        spec.listeners = tuple(each for each in subprocess_list if not isinstance(each.trigger, thrown))
        starts = [self._elements[node_id] for node_id, node in nodes.items() if kind_of(node) == "startEvent"]
        spec.starts = {start.name: start for start in starts}
        plain = [start for start in starts if start.trigger is None]
        spec.begin = plain[0] if plain else None
        return spec

    def _element(self, spec: ScopeSpec, node_id: str, node: etree._Element) -> Element:
        kind = kind_of(node)
        details = self._source.details[node_id]
        element_class = _CLASSES[kind]
        if is_event_subprocess(node):
            element_class = subprocesses.EventSubprocess
        elif isinstance(details.trigger, LinkTrigger):
            element_class = events.LinkEvent
        elif details.work is not None and kind in ("businessRuleTask", "scriptTask"):
            element_class = activities.ServiceTask
        name = self._prefix + node_id
        element = element_class(spec, name, element_type=kind, details=details)
        if isinstance(element, activities.BusinessRuleTask):
            element.decisions = self._source.decisions
        self._register(name, node, details, self._parent)
        return element

    def _connect(self, nodes: Mapping[str, etree._Element]) -> None:
        outgoing: dict[str, list[Flow]] = {}
        incoming: dict[str, list[str]] = {}
        for flow in children(self._node, "sequenceFlow"):
            source, target = flow.get("sourceRef", ""), flow.get("targetRef", "")
            outgoing.setdefault(source, []).append(
                Flow(
                    id=self._prefix + id_of(flow),
                    target=self._elements[target],
                    condition=self._source.conditions.get(id_of(flow)),
                    is_default=nodes[source].get("default") == id_of(flow),
                )
            )
            incoming.setdefault(target, []).append(self._prefix + id_of(flow))
            self._elements[source].connect(self._elements[target])
        for node_id, element in self._elements.items():
            element.flows = tuple(outgoing.get(node_id, ()))
            element.incoming = tuple(incoming.get(node_id, ()))
        self._measure_reach()
        self._connect_links()

    def _measure_reach(self) -> None:
        joins = {
            node_id: element
            for node_id, element in self._elements.items()
            if isinstance(element, gateways.InclusiveGateway) and len(element.incoming) > 1
        }
        if not joins:
            return
        for position, element in enumerate(self._elements.values()):
            element.place = 1 << position
        for node_id, reach in reach_of(self._node, joins).items():
            joins[node_id].reach = {
                self._prefix + flow_id: sum(self._elements[name].place for name in names)
                for flow_id, names in reach.items()
            }

    def _connect_links(self) -> None:
        links = [each for each in self._elements.values() if isinstance(each, events.LinkEvent)]
        ends = {each.link_name: each for each in links if each.element_type == "intermediateCatchEvent"}
        for link in links:
            if link.element_type == "intermediateThrowEvent":
                end = ends[link.link_name]
                link.flows = (Flow(id=f"{link.bpmn_id}:link", target=end, condition=None, is_default=False),)
                link.connect(end)

    def _attach(self, nodes: Mapping[str, etree._Element]) -> None:
        attached: dict[str, list[Any]] = {}
        handlers = handlers_of(self._node)
        for node_id, node in nodes.items():
            if kind_of(node) != "boundaryEvent":
                continue
            host = node.get("attachedToRef", "")
            if trigger_kind(node) == "compensate":
                self._elements[host].compensation = self._elements[id_of(handlers[node_id][0])]
            else:
                attached.setdefault(host, []).append(self._elements[node_id])
        for host, boundary in attached.items():
            self._elements[host].boundary = tuple(boundary)

    def _build_inside(self, node_id: str, node: etree._Element) -> None:
        name = self._prefix + node_id
        if kind_of(node) in SCOPES:
            inside = _Scope(self._source, node, self._prefix, name, self._register, self._inner)
            self._inner[name] = inside.build()
            if is_event_subprocess(node):
                (self._elements[node_id].start,) = self._inner[name].starts.values()
        elif kind_of(node) == "callActivity":
            call = self._source.details[node_id].call
            if call is None:
                raise AssertionError(f"Call activity '{name}' was checked without a process")
            called = self._source.called[call.process_id]
            inside = _Scope(called, called.process, f"{name}/", name, self._register, self._inner)
            self._inner[name] = inside.build()
