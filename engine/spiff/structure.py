"""Refuses what would not run as drawn, element by element, before anything is compiled.

Every problem of a file is found, not only the first.
"""

import re
from collections.abc import Mapping

from lxml import etree

from engine.spiff.reading.problems import Problems
from engine.spiff.xml import BPMN, NAMESPACES, children, event_definitions, id_of, kind_of

#: Elements that a process may have, called processes included.
MAX_NODES = 2_000

#: Subprocesses in subprocesses.
MAX_DEPTH = 20

#: Longer identifiers do not fit where elements are stored; called processes put theirs before those inside.
MAX_ID = 100

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
GATEWAYS = frozenset({"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway"})
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

_NCNAME = re.compile(r"[A-Za-z_][\w.\-]*\Z")
_RESERVED = re.compile(r"(Start|End|Root)\Z|.*\.EndJoin\Z")

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
        "dataStoreReference",
        "ioSpecification",
        "property",
        "multiInstanceLoopCharacteristics",
        "standardLoopCharacteristics",
    }
)

_ADVICE = {
    "complexGateway": "Use exclusive, inclusive and parallel gateways.",
    "adHocSubProcess": "Use an embedded subprocess.",
}


def executable_process(root: etree._Element, problems: Problems) -> etree._Element | None:
    """Return the one executable process of a file; note a problem if there is not exactly one."""
    executable = [process for process in children(root, "process") if process.get("isExecutable") == "true"]
    if len(executable) != 1:
        problems.refuse(
            root,
            f"the file has {len(executable)} executable processes",
            "Keep exactly one process executable in a file.",
        )
        return None
    return executable[0]


def flow_nodes(process: etree._Element) -> list[etree._Element]:
    """Return all flow nodes of a process and its subprocesses, in document order."""
    return [node for node in process.iter(f"{{{BPMN}}}*") if kind_of(node) in SUPPORTED]


def scopes_of(process: etree._Element) -> list[etree._Element]:
    """Return the process and all its subprocesses, in document order."""
    return [process, *(node for node in process.iter(f"{{{BPMN}}}*") if kind_of(node) in SCOPES)]


def is_event_subprocess(node: etree._Element) -> bool:
    """Say whether a subprocess is started by an event."""
    return node.get("triggeredByEvent") == "true"


def is_handler(node: etree._Element) -> bool:
    """Say whether an activity only compensates another."""
    return node.get("isForCompensation") == "true"


def trigger_kind(node: etree._Element) -> str | None:
    """Return what an event throws or waits for; ``None`` for a plain one."""
    definitions = event_definitions(node)
    return kind_of(definitions[0]).removesuffix("EventDefinition") if definitions else None


def check_structure(process: etree._Element, problems: Problems) -> None:
    """Note every element that is not supported where it stands or not connected as it must be."""
    nodes = flow_nodes(process)
    if len(nodes) > MAX_NODES:
        problems.refuse(
            process, f"the process has {len(nodes)} elements", f"Split it; {MAX_NODES} is the limit."
        )
        return
    seen: set[str] = set()
    for scope in scopes_of(process):
        _check_scope(scope, problems)
    for node in nodes:
        _check_id(node, seen, problems)
        _check_node(node, problems)
    _check_flows(process, nodes, problems)


def _check_scope(scope: etree._Element, problems: Problems) -> None:
    depth = sum(1 for around in scope.iterancestors() if kind_of(around) in SCOPES)
    if depth > MAX_DEPTH:
        problems.refuse(scope, "subprocesses are nested too deeply", f"{MAX_DEPTH} levels are the limit.")
    for child in scope.iterchildren("{*}*"):
        kind = kind_of(child)
        if kind and kind not in SUPPORTED | _PASSIVE and not kind.endswith("EventDefinition"):
            problems.refuse(
                child,
                f"elements of type {kind} are not supported",
                _ADVICE.get(kind, "Remove the element."),
            )
    if kind_of(scope) == "process":
        _check_process_starts(scope, problems)
    else:
        _check_inner_starts(scope, problems)
    if not children(scope, "endEvent"):
        problems.refuse(scope, "there is no end event", "End every path in an end event.")


def _check_process_starts(process: etree._Element, problems: Problems) -> None:
    """A process may start by command and by any number of messages, signals and timers."""
    starts = children(process, "startEvent")
    plain = [start for start in starts if trigger_kind(start) is None]
    if not starts:
        problems.refuse(process, "there are 0 start events", "Draw at least one start event.")
    if len(plain) > 1:
        problems.refuse(process, f"there are {len(plain)} plain start events", "Keep one of them.")
    for start in starts:
        trigger = trigger_kind(start)
        if trigger is not None and trigger not in STARTING:
            problems.refuse(
                start,
                f"a {trigger} cannot start a process",
                f"A process starts by command or by: {', '.join(sorted(STARTING))}.",
            )


def _check_inner_starts(scope: etree._Element, problems: Problems) -> None:
    starts = children(scope, "startEvent")
    triggered = is_event_subprocess(scope)
    if len(starts) != 1:
        problems.refuse(scope, f"there are {len(starts)} start events", "Draw exactly one start event.")
    for start in starts:
        if triggered and trigger_kind(start) is None:
            problems.refuse(start, "nothing starts the event subprocess", "Give its start event a trigger.")
        if not triggered and trigger_kind(start) is not None:
            problems.refuse(
                start,
                f"a {trigger_kind(start)} cannot start an embedded subprocess",
                "Use a plain start event, or mark the subprocess as an event subprocess.",
            )


def _check_id(node: etree._Element, seen: set[str], problems: Problems) -> None:
    node_id = id_of(node)
    if not _NCNAME.match(node_id) or _RESERVED.match(node_id) or len(node_id) > MAX_ID:
        problems.refuse(
            node,
            f"the id '{node_id[:120]}' is not usable",
            f"Use up to {MAX_ID} letters, digits, '_' and '-', and no name that the engine reserves.",
        )
    if node_id in seen:
        problems.refuse(node, "two elements have the same id", "Give every element an id of its own.")
    seen.add(node_id)


def _check_node(node: etree._Element, problems: Problems) -> None:
    kind = kind_of(node)
    for unused in ("dataInputAssociation", "dataOutputAssociation", "ioSpecification"):
        if children(node, unused):
            problems.refuse(node, "data associations are not executed", "Use input and output mappings.")
    loops = ("multiInstanceLoopCharacteristics", "standardLoopCharacteristics")
    if sum(len(children(node, loop)) for loop in loops) > 1:
        problems.refuse(node, "the activity loops in two ways", "Keep one of them.")
    if is_event_subprocess(node) and any(children(node, loop) for loop in loops):
        problems.refuse(node, "an event subprocess cannot loop", "Put the loop inside.")
    if kind in EVENTS:
        _check_event(node, kind, problems)
    if kind == "eventBasedGateway" and (
        node.get("instantiate") == "true" or node.get("eventGatewayType", "Exclusive") != "Exclusive"
    ):
        problems.refuse(node, "the gateway starts instances or waits for all events", "Use a plain one.")


def _check_event(node: etree._Element, kind: str, problems: Problems) -> None:
    trigger = trigger_kind(node)
    inside = node.getparent()
    if trigger is not None and trigger not in TRIGGERS[kind]:
        allowed = ", ".join(sorted(TRIGGERS[kind]))
        problems.refuse(node, f"a {kind} with a {trigger} is not supported", f"It may have: {allowed}.")
    if trigger is None and kind in ("boundaryEvent", "intermediateCatchEvent"):
        problems.refuse(node, "the event waits for nothing", "Give it a timer, message, signal or condition.")
    interrupts = node.get("cancelActivity", node.get("isInterrupting", "true")) == "true"
    if trigger in ("error", "cancel") and not interrupts and kind in ("boundaryEvent", "startEvent"):
        problems.refuse(node, f"a {trigger} always interrupts", "Draw the event as interrupting.")
    if kind == "boundaryEvent":
        _check_boundary(node, trigger, problems)
    if kind == "endEvent" and trigger == "cancel":
        if inside is None or kind_of(inside) != "transaction":
            problems.refuse(node, "only a transaction can be cancelled", "Use an error end event.")
        elif not _has_cancel_boundary(inside):
            problems.refuse(
                node, "the transaction has no cancel boundary event", "Draw where a cancelled one goes on."
            )
    if trigger == "compensate" and kind in ("endEvent", "intermediateThrowEvent"):
        _check_compensation(node, problems)


def _check_boundary(node: etree._Element, trigger: str | None, problems: Problems) -> None:
    around = node.getparent()
    siblings = {} if around is None else {id_of(each): each for each in around}
    host = siblings.get(node.get("attachedToRef", ""))
    if host is None or kind_of(host) not in ACTIVITIES or is_event_subprocess(host):
        problems.refuse(node, "the event is attached to no activity", "Attach it to an activity.")
    elif trigger == "cancel" and kind_of(host) != "transaction":
        problems.refuse(node, "only a transaction can be cancelled", "Use an error boundary event.")
    elif is_handler(host):
        problems.refuse(node, "a compensating activity cannot have boundary events", "Remove the event.")
    if trigger == "compensate" and around is not None and handler_of(node, around) is None:
        problems.refuse(
            node,
            "no compensating activity is associated with the event",
            "Connect exactly one activity marked as 'for compensation'.",
        )


def handler_of(event: etree._Element, scope: etree._Element) -> etree._Element | None:
    """Return the activity that a compensation boundary event is associated with."""
    targets = {
        association.get("targetRef")
        for association in children(scope, "association")
        if association.get("sourceRef") == id_of(event)
    }
    handlers = [node for node in scope if id_of(node) in targets and is_handler(node)]
    return handlers[0] if len(handlers) == 1 and kind_of(handlers[0]) in ACTIVITIES else None


def _has_cancel_boundary(transaction: etree._Element) -> bool:
    around = transaction.getparent()
    return around is not None and any(
        event.get("attachedToRef") == id_of(transaction) and trigger_kind(event) == "cancel"
        for event in children(around, "boundaryEvent")
    )


def _check_compensation(node: etree._Element, problems: Problems) -> None:
    """A scope undoes what was done in itself; what was done inside a finished subprocess is not reached."""
    scope = node.getparent()
    wanted = event_definitions(node)[0].get("activityRef")
    if scope is None:
        return
    compensable = {
        event.get("attachedToRef")
        for event in children(scope, "boundaryEvent")
        if trigger_kind(event) == "compensate"
    }
    if wanted is not None and wanted not in compensable:
        problems.refuse(
            node,
            f"'{wanted}' has no compensation in the same scope",
            "Attach a compensation boundary event to it, or throw inside the subprocess.",
        )
    elif not compensable:
        problems.refuse(
            node, "nothing in the same scope can be compensated", "Throw where the activities are."
        )


def _check_flows(process: etree._Element, nodes: list[etree._Element], problems: Problems) -> None:
    by_id = {id_of(node): node for node in nodes}
    outgoing: dict[str, list[etree._Element]] = {}
    incoming: dict[str, list[etree._Element]] = {}
    seen: set[str] = set()
    for flow in process.iter(f"{{{BPMN}}}sequenceFlow"):
        source, target = by_id.get(flow.get("sourceRef", "")), by_id.get(flow.get("targetRef", ""))
        if not id_of(flow) or id_of(flow) in seen:
            problems.refuse(flow, "the flow has no id of its own", "Give every flow an id of its own.")
        seen.add(id_of(flow))
        if source is None or target is None:
            problems.refuse(flow, "the flow does not connect two elements", "Connect or remove it.")
        elif source.getparent() is not target.getparent():
            problems.refuse(flow, "the flow crosses the border of a subprocess", "Connect inside the border.")
        else:
            outgoing.setdefault(id_of(source), []).append(flow)
            incoming.setdefault(id_of(target), []).append(flow)
    for node in nodes:
        _check_connections(node, incoming.get(id_of(node), []), outgoing.get(id_of(node), []), problems)
    for gateway in (node for node in nodes if kind_of(node) == "eventBasedGateway"):
        for flow in outgoing.get(id_of(gateway), []):
            target = by_id[flow.get("targetRef", "")]
            racing = kind_of(target) == "intermediateCatchEvent" and trigger_kind(target) in RACING
            alone = len(incoming[id_of(target)]) == 1
            guarded = any(node.get("attachedToRef") == id_of(target) for node in nodes)
            if not alone or guarded or not (racing or kind_of(target) == "receiveTask"):
                problems.refuse(
                    target,
                    "the element cannot follow an event-based gateway",
                    "Let only catch events and receive tasks without boundary events follow, each by one flow.",
                )
    _check_links(process, problems)


def _check_connections(
    node: etree._Element,
    incoming: list[etree._Element],
    outgoing: list[etree._Element],
    problems: Problems,
) -> None:
    kind = kind_of(node)
    trigger = trigger_kind(node) if kind in EVENTS else None
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
    default = node.get("default")
    for flow in outgoing:
        conditional = flow.find("bpmn:conditionExpression", NAMESPACES) is not None
        if conditional and kind not in ("exclusiveGateway", "inclusiveGateway"):
            problems.refuse(
                flow, "a condition stands on a flow that leaves no deciding gateway", "Use a gateway."
            )
        if conditional and id_of(flow) == default:
            problems.refuse(flow, "the default flow has a condition", "Remove the condition.")
        if (
            kind in ("exclusiveGateway", "inclusiveGateway")
            and len(outgoing) > 1
            and not conditional
            and id_of(flow) != default
        ):
            problems.refuse(
                flow, f"a flow leaves an {kind} without a condition", "Add one or make it the default flow."
            )
    if default is not None and default not in {id_of(flow) for flow in outgoing}:
        problems.refuse(node, f"the default flow '{default}' does not leave the gateway", "Choose another.")


def _check_links(process: etree._Element, problems: Problems) -> None:
    for scope in scopes_of(process):
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
