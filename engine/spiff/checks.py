"""Refuses what would not run as drawn, element by element, before anything is compiled.

Every problem of a file is found, not only the first.
"""

import re

from lxml import etree

from engine.spiff.details import BPMN, NAMESPACES, DetailsReader
from engine.spiff.parser import SUPPORTED

#: Larger files are refused unread.
MAX_FILE_BYTES = 5 * 1024 * 1024

#: A chain of more nodes than this is deeper than a task tree can be walked.
MAX_NODES = 400

_NCNAME = re.compile(r"[A-Za-z_][\w.\-]*\Z")
_RESERVED = re.compile(r"(Start|End|Root)\Z|.*\.(EndJoin|BoundaryEventSplit|BoundaryEventJoin)\Z")

#: Children of a process that draw or describe and do not run.
_PASSIVE = frozenset(
    {
        "documentation",
        "extensionElements",
        "laneSet",
        "incoming",
        "outgoing",
        "sequenceFlow",
        "textAnnotation",
        "association",
        "group",
        "category",
        "dataObject",
        "dataObjectReference",
        "multiInstanceLoopCharacteristics",
        "standardLoopCharacteristics",
    }
)

_ADVICE = {
    "inclusiveGateway": "Use exclusive and parallel gateways.",
    "eventBasedGateway": "Use boundary events on a user task or subprocess.",
    "complexGateway": "Use exclusive and parallel gateways.",
    "callActivity": "Draw the called process as an embedded subprocess.",
    "sendTask": "Use a service task whose handler sends through the outbox.",
    "receiveTask": "Use an intermediate message catch event.",
    "intermediateThrowEvent": "Use a service task.",
    "transaction": "Use an embedded subprocess.",
    "adHocSubProcess": "Use an embedded subprocess.",
}


def parse_xml(content: bytes) -> etree._Element:
    """Parse a file without entities, network or DTD.

    Raises:
        ValueError: the bytes are no acceptable XML; the message says why.
    """
    if len(content) > MAX_FILE_BYTES:
        raise ValueError(f"it is larger than {MAX_FILE_BYTES // (1024 * 1024)} MB")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"it is not well-formed XML: {error}") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise ValueError("it has a DOCTYPE")
    return root


def executable_process(root: etree._Element, reader: DetailsReader) -> etree._Element | None:
    """Return the one executable process of a file; note a problem if there is not exactly one."""
    processes = root.findall("bpmn:process", NAMESPACES)
    executable = [process for process in processes if process.get("isExecutable") == "true"]
    if len(executable) != 1:
        reader.refuse(
            root,
            f"the file has {len(executable)} executable processes",
            "Keep exactly one process executable in a file.",
        )
        return None
    return executable[0]


def flow_nodes(process: etree._Element) -> list[etree._Element]:
    """Return all flow nodes of a process and its subprocesses, in document order."""
    return [node for node in process.iter(f"{{{BPMN}}}*") if etree.QName(node).localname in SUPPORTED]


def check_process(process: etree._Element, reader: DetailsReader) -> None:
    """Note every element that is not supported or not connected as it must be."""
    nodes = flow_nodes(process)
    if len(nodes) > MAX_NODES:
        reader.refuse(
            process, f"the process has {len(nodes)} elements", f"Split it; {MAX_NODES} is the limit."
        )
    for container in (process, *process.iter(f"{{{BPMN}}}subProcess")):
        _check_container(container, reader)
    for node in nodes:
        _check_id(node, reader)
        _check_node(process, node, reader)


def _check_container(container: etree._Element, reader: DetailsReader) -> None:
    if container.get("triggeredByEvent") == "true":
        reader.refuse(container, "event subprocesses are not supported", "Use a boundary event.")
    for child in container.iterchildren("{*}*"):
        name = etree.QName(child)
        if name.namespace == BPMN and name.localname not in SUPPORTED | _PASSIVE:
            reader.refuse(
                child,
                f"elements of type {name.localname} are not supported",
                _ADVICE.get(name.localname, "Remove the element."),
            )
    starts = container.findall("bpmn:startEvent", NAMESPACES)
    if len(starts) != 1:
        reader.refuse(container, f"there are {len(starts)} start events", "Draw exactly one start event.")
    if container.find("bpmn:endEvent", NAMESPACES) is None:
        reader.refuse(container, "there is no end event", "End every path in an end event.")


def _check_id(node: etree._Element, reader: DetailsReader) -> None:
    node_id = node.get("id") or ""
    if not _NCNAME.match(node_id) or _RESERVED.match(node_id):
        reader.refuse(
            node,
            f"the id '{node_id}' is not usable",
            "Use letters, digits, '_' and '-', and no name that the engine reserves.",
        )


def _check_node(process: etree._Element, node: etree._Element, reader: DetailsReader) -> None:
    name = etree.QName(node).localname
    for kind in ("multiInstanceLoopCharacteristics", "standardLoopCharacteristics"):
        if node.find(f"bpmn:{kind}", NAMESPACES) is not None:
            reader.refuse(node, "loops and multi-instance are not supported", "Start one instance per item.")
    for kind in ("dataInputAssociation", "dataOutputAssociation", "ioSpecification"):
        if node.find(f"bpmn:{kind}", NAMESPACES) is not None:
            reader.refuse(node, "data associations are not executed", "Use input and output mappings.")
    definitions = [child for child in node if etree.QName(child).localname.endswith("EventDefinition")]
    kinds = {etree.QName(child).localname for child in definitions}
    if name in ("startEvent", "endEvent") and definitions:
        reader.refuse(node, f"a {name} with {', '.join(sorted(kinds))} is not supported", "Use a plain one.")
    if name in ("boundaryEvent", "intermediateCatchEvent") and (
        len(definitions) != 1 or not kinds <= {"timerEventDefinition", "messageEventDefinition"}
    ):
        reader.refuse(node, "the event is neither one timer nor one message", "Use a timer or a message.")
    if name == "subProcess" and node.find("bpmn:extensionElements/zeebe:ioMapping", NAMESPACES) is not None:
        reader.refuse(
            node, "mappings on subprocesses are not supported", "Map on the tasks inside the subprocess."
        )
    _check_flows(process, node, name, reader)


def _check_flows(process: etree._Element, node: etree._Element, name: str, reader: DetailsReader) -> None:
    if node.get("triggeredByEvent") == "true":
        return
    node_id = node.get("id")
    outgoing = [flow for flow in process.iter(f"{{{BPMN}}}sequenceFlow") if flow.get("sourceRef") == node_id]
    incoming = [flow for flow in process.iter(f"{{{BPMN}}}sequenceFlow") if flow.get("targetRef") == node_id]
    if name != "endEvent" and not outgoing:
        reader.refuse(node, "nothing follows the element", "Lead every path to an end event.")
    if name not in ("startEvent", "boundaryEvent") and not incoming:
        reader.refuse(node, "nothing leads to the element", "Connect it or remove it.")
    if "Gateway" not in name and len(outgoing) > 1:
        reader.refuse(node, "several flows leave the element", "Split the flow with a gateway.")
    if name == "exclusiveGateway" and len(outgoing) > 1:
        conditions = {
            flow.get("id")
            for flow in outgoing
            if flow.find("bpmn:conditionExpression", NAMESPACES) is not None
        }
        default = node.get("default")
        for flow in outgoing:
            if flow.get("id") != default and flow.get("id") not in conditions:
                reader.refuse(
                    flow,
                    "a flow leaves an exclusive gateway without a condition",
                    "Add one or make it default.",
                )
        if default is None:
            reader.refuse(node, "the exclusive gateway has no default flow", "Mark one flow as default.")
