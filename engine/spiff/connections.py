"""Refuses flows and links that do not connect elements as they must."""

from collections.abc import Mapping, Sequence

from lxml import etree

from engine.spiff.reading.problems import Problems
from engine.spiff.shape import (
    DECIDING,
    GATEWAYS,
    RACING,
    SUPPORTED,
    is_event_subprocess,
    is_handler,
    link_ends,
    scopes_of,
    trigger_kind,
)
from engine.spiff.xml import BPMN, NAMESPACES, id_of, kind_of

#: Flows that a process may have.
MAX_FLOWS = 5_000

_Flows = Mapping[str, Sequence[etree._Element]]


def check_connections(process: etree._Element, nodes: list[etree._Element], problems: Problems) -> None:
    """Note every flow, gateway and link that is not connected as it must be."""
    by_id = {id_of(node): node for node in nodes}
    refused = {id_of(node) for scope in scopes_of(process) for node in scope if _is_refused_node(node)}
    outgoing: dict[str, list[etree._Element]] = {}
    incoming: dict[str, list[etree._Element]] = {}
    seen: set[str] = set()
    for flow in process.iter(f"{{{BPMN}}}sequenceFlow"):
        source, target = by_id.get(flow.get("sourceRef", "")), by_id.get(flow.get("targetRef", ""))
        if not id_of(flow) or id_of(flow) in seen or id_of(flow) in by_id:
            problems.refuse(flow, "the flow has no id of its own", "Give every flow an id of its own.")
        seen.add(id_of(flow))
        if refused & {flow.get("sourceRef"), flow.get("targetRef")}:
            if source is not None:
                outgoing.setdefault(id_of(source), []).append(flow)
            if target is not None:
                incoming.setdefault(id_of(target), []).append(flow)
        elif source is None or target is None:
            problems.refuse(flow, "the flow does not connect two elements", "Connect or remove it.")
        elif source.getparent() is not target.getparent():
            problems.refuse(flow, "the flow crosses the border of a subprocess", "Connect inside the border.")
        elif flow.getparent() is not source.getparent():
            problems.refuse(flow, "the flow stands in another scope than its ends", "Draw it again.")
        else:
            outgoing.setdefault(id_of(source), []).append(flow)
            incoming.setdefault(id_of(target), []).append(flow)
    if len(seen) > MAX_FLOWS:
        problems.refuse(process, f"the process has {len(seen)} flows", f"{MAX_FLOWS} is the limit.")
        return
    for node in nodes:
        _check_ends(node, incoming.get(id_of(node), []), outgoing.get(id_of(node), []), problems)
        _check_conditions(node, outgoing.get(id_of(node), []), problems)
    _check_races(by_id, incoming, outgoing, problems)
    for scope in scopes_of(process):
        _check_links(scope, problems)


def _is_refused_node(node: etree._Element) -> bool:
    """Say whether a node is of a kind that is refused, so that its flows need no further complaint."""
    kind = kind_of(node)
    drawn = kind.endswith(("Gateway", "SubProcess", "Task", "Event", "Choreography"))
    return drawn and kind not in SUPPORTED and id_of(node) != ""


def _check_ends(
    node: etree._Element,
    incoming: Sequence[etree._Element],
    outgoing: Sequence[etree._Element],
    problems: Problems,
) -> None:
    kind = kind_of(node)
    trigger = trigger_kind(node)
    apart = (
        is_event_subprocess(node) or is_handler(node) or (kind == "boundaryEvent" and trigger == "compensate")
    )
    no_way_out = apart or kind == "endEvent" or (kind == "intermediateThrowEvent" and trigger == "link")
    no_way_in = (
        apart
        or kind in ("startEvent", "boundaryEvent")
        or (kind == "intermediateCatchEvent" and trigger == "link")
    )
    if no_way_out and outgoing:
        problems.refuse(node, "a flow leaves where none can", "Remove the flow.")
    if no_way_in and incoming:
        problems.refuse(node, "a flow leads where none can", "Remove the flow.")
    if not no_way_out and not outgoing:
        problems.refuse(node, "nothing follows the element", "Lead every path to an end event.")
    if not no_way_in and not incoming:
        problems.refuse(node, "nothing leads to the element", "Connect it or remove it.")
    if kind not in GATEWAYS and len(outgoing) > 1:
        problems.refuse(node, "several flows leave the element", "Split the flow with a gateway.")


def _check_conditions(node: etree._Element, outgoing: Sequence[etree._Element], problems: Problems) -> None:
    kind = kind_of(node)
    default = node.get("default")
    for flow in outgoing:
        conditional = flow.find("bpmn:conditionExpression", NAMESPACES) is not None
        if conditional and kind not in DECIDING:
            problems.refuse(
                flow, "a condition stands on a flow that leaves no deciding gateway", "Use a gateway."
            )
        if conditional and id_of(flow) == default:
            problems.refuse(flow, "the default flow has a condition", "Remove the condition.")
        if kind in DECIDING and len(outgoing) > 1 and not conditional and id_of(flow) != default:
            problems.refuse(
                flow, f"a flow leaves an {kind} without a condition", "Add one or make it the default flow."
            )
    if default is not None and default not in {id_of(flow) for flow in outgoing}:
        problems.refuse(node, f"the default flow '{default}' does not leave the element", "Choose another.")


def _check_races(
    by_id: Mapping[str, etree._Element], incoming: _Flows, outgoing: _Flows, problems: Problems
) -> None:
    guarded = {node.get("attachedToRef") for node in by_id.values() if kind_of(node) == "boundaryEvent"}
    for gateway in (node for node in by_id.values() if kind_of(node) == "eventBasedGateway"):
        if len(outgoing.get(id_of(gateway), ())) == 1:
            problems.refuse(gateway, "only one event follows the gateway", "Remove the gateway.")
        for flow in outgoing.get(id_of(gateway), ()):
            target = by_id.get(flow.get("targetRef", ""))
            if target is None:
                continue
            racing = kind_of(target) == "intermediateCatchEvent" and trigger_kind(target) in RACING
            waits = racing or (kind_of(target) == "receiveTask" and not _loops(target))
            if not waits or len(incoming[id_of(target)]) != 1 or id_of(target) in guarded:
                problems.refuse(
                    target,
                    "the element cannot follow an event-based gateway",
                    "Let only catch events and receive tasks follow, each by one flow, without loops and "
                    "boundary events.",
                )


def _loops(node: etree._Element) -> bool:
    return any(kind_of(child).endswith("LoopCharacteristics") for child in node)


def _check_links(scope: etree._Element, problems: Problems) -> None:
    throws, catches = link_ends(scope)
    for name, nodes in throws.items():
        if len(catches.get(name, ())) != 1:
            for node in nodes:
                problems.refuse(
                    node,
                    f"the link '{name}' has {len(catches.get(name, ()))} ends in its scope",
                    "Draw exactly one link catch event of that name in the same scope.",
                )
    for name, nodes in catches.items():
        if name not in throws:
            for node in nodes:
                problems.refuse(node, f"nothing throws the link '{name}'", "Draw its beginning.")
