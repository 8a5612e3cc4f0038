"""The shape of a process: which nodes there are, what holds what, who belongs to whom."""

from collections.abc import Iterator, Mapping

from lxml import etree

from engine.spiff.xml import BPMN, children, event_definitions, flag, id_of, kind_of

SCOPES = frozenset({"subProcess", "transaction"})
TASKS = frozenset(
    {
        "task",
        "manualTask",
        "userTask",
        "serviceTask",
        "sendTask",
        "receiveTask",
        "businessRuleTask",
        "scriptTask",
    }
)
ACTIVITIES = TASKS | SCOPES | {"callActivity"}
DECIDING = frozenset({"exclusiveGateway", "inclusiveGateway"})
GATEWAYS = DECIDING | {"parallelGateway", "eventBasedGateway"}
EVENTS = frozenset(
    {"startEvent", "endEvent", "intermediateThrowEvent", "intermediateCatchEvent", "boundaryEvent"}
)
#: Flow nodes that run.
SUPPORTED = ACTIVITIES | GATEWAYS | EVENTS

#: What events of each kind may throw or wait for; the start event is that of an event subprocess.
TRIGGERS: Mapping[str, frozenset[str]] = {
    "startEvent": frozenset({"timer", "message", "signal", "error", "escalation", "conditional"}),
    "endEvent": frozenset({"message", "signal", "error", "escalation", "terminate", "compensate", "cancel"}),
    "intermediateThrowEvent": frozenset({"message", "signal", "escalation", "compensate", "link"}),
    "intermediateCatchEvent": frozenset({"timer", "message", "signal", "conditional", "link"}),
    "boundaryEvent": frozenset(
        {"timer", "message", "signal", "conditional", "error", "escalation", "compensate", "cancel"}
    ),
}
#: What may start a process beside a command.
STARTING = frozenset({"timer", "message", "signal"})
#: What an event-based gateway may lead to.
RACING = frozenset({"timer", "message", "signal", "conditional"})
LOOPS = ("multiInstanceLoopCharacteristics", "standardLoopCharacteristics")


def flow_nodes(process: etree._Element) -> list[etree._Element]:
    """Return all flow nodes of a process and its subprocesses, in document order."""
    return [node for node in process.iter(f"{{{BPMN}}}*") if kind_of(node) in SUPPORTED]


def scopes_of(process: etree._Element) -> list[etree._Element]:
    """Return the process and all its subprocesses, in document order."""
    return [process, *(node for node in process.iter(f"{{{BPMN}}}*") if kind_of(node) in SCOPES)]


def is_event_subprocess(node: etree._Element) -> bool:
    """Say whether a subprocess is started by an event."""
    return kind_of(node) == "subProcess" and flag(node, "triggeredByEvent")


def is_handler(node: etree._Element) -> bool:
    """Say whether an activity only compensates another."""
    return kind_of(node) in ACTIVITIES and flag(node, "isForCompensation")


def interrupts(event: etree._Element) -> bool:
    """Say whether a boundary event, or the start of an event subprocess, interrupts."""
    return flag(event, "cancelActivity", default=True) and flag(event, "isInterrupting", default=True)


def trigger_kind(node: etree._Element) -> str | None:
    """Return what an event throws or waits for; ``None`` for a plain one."""
    if kind_of(node) not in EVENTS:
        return None
    definitions = event_definitions(node)
    return kind_of(definitions[0]).removesuffix("EventDefinition") if definitions else None


def handlers_of(scope: etree._Element) -> dict[str, list[etree._Element]]:
    """Return the compensating activities that each element of a scope is associated with, by its id."""
    compensating = {id_of(node): node for node in scope if is_handler(node)}
    found: dict[str, list[etree._Element]] = {}
    for association in children(scope, "association"):
        handler = compensating.get(association.get("targetRef", ""))
        if handler is not None:
            found.setdefault(association.get("sourceRef", ""), []).append(handler)
    return found


def link_ends(
    scope: etree._Element,
) -> tuple[dict[str, list[etree._Element]], dict[str, list[etree._Element]]]:
    """Return the link throw and the link catch events of a scope by name."""
    found: tuple[dict[str, list[etree._Element]], dict[str, list[etree._Element]]] = ({}, {})
    for side, kind in enumerate(("intermediateThrowEvent", "intermediateCatchEvent")):
        for node in children(scope, kind):
            if trigger_kind(node) == "link":
                found[side].setdefault(event_definitions(node)[0].get("name") or "", []).append(node)
    return found


def compensable(scope: etree._Element) -> Iterator[etree._Element]:
    """Return the activities of a scope that have something to undo: a handler, or such activities inside."""
    attached = {
        event.get("attachedToRef")
        for event in children(scope, "boundaryEvent")
        if trigger_kind(event) == "compensate"
    }
    for node in scope:
        if kind_of(node) in ACTIVITIES and not is_handler(node) and not is_event_subprocess(node):
            inside = kind_of(node) in SCOPES and any(True for _ in compensable(node))
            if id_of(node) in attached or inside:
                yield node
