"""Refuses what would not run as drawn, element by element, before anything is compiled.

Every problem of a file is found, not only the first. How elements are connected is checked in
:mod:`engine.spiff.connections`, where paths lead in :mod:`engine.spiff.paths`, what events catch in
:mod:`engine.spiff.catching`.
"""

import re

from lxml import etree

from engine.spiff.connections import check_connections
from engine.spiff.reading.extensions import check_extensions
from engine.spiff.reading.problems import Problems
from engine.spiff.shape import (
    ACTIVITIES,
    EVENTS,
    LOOPS,
    SCOPES,
    STARTING,
    SUPPORTED,
    TRIGGERS,
    compensable,
    flow_nodes,
    handlers_of,
    interrupts,
    is_event_subprocess,
    is_handler,
    scopes_of,
    trigger_kind,
)
from engine.spiff.xml import BPMN, children, event_definitions, flag, id_of, kind_of

__all__ = ["MAX_DEPTH", "MAX_ID", "MAX_NODES", "check_structure", "executable_process", "flow_nodes"]

#: Elements that a process may have, called processes included.
MAX_NODES = 2_000

#: Subprocesses in subprocesses.
MAX_DEPTH = 20

#: Longer identifiers do not fit where elements are stored; called processes put theirs before those inside.
MAX_ID = 100

_NCNAME = re.compile(r"[A-Za-z_][\w.\-]*\Z")
_RESERVED = re.compile(r"(Start|End|Root)\Z|.*\.EndJoin\Z")

#: Children that describe an element and do not run.
_DESCRIBING = frozenset(
    {"documentation", "extensionElements", "incoming", "outgoing", "property", "auditing", "monitoring"}
)
#: Children of a process or subprocess that draw or describe and do not run.
_DRAWN = _DESCRIBING | frozenset(
    {
        "laneSet",
        "sequenceFlow",
        "textAnnotation",
        "association",
        "group",
        "category",
        "dataObject",
        "dataObjectReference",
        "dataStoreReference",
        "ioSpecification",
    }
)
#: What events declare beside their definitions; without associations it says nothing.
_DECLARED = frozenset({"dataInput", "dataOutput", "inputSet", "outputSet"})
_FLAGS = (
    "cancelActivity",
    "instantiate",
    "isExecutable",
    "isForCompensation",
    "isInterrupting",
    "isSequential",
    "parallelMultiple",
    "testBefore",
    "triggeredByEvent",
)
_ADVICE = {
    "complexGateway": "Use exclusive, inclusive and parallel gateways.",
    "adHocSubProcess": "Use an embedded subprocess.",
    "dataInputAssociation": "Use input mappings.",
    "dataOutputAssociation": "Use output mappings.",
    "eventDefinitionRef": "Put the definition into the event.",
    "humanPerformer": "Use an assignee or candidate groups.",
    "ioSpecification": "Use input and output mappings.",
    "performer": "Use an assignee or candidate groups.",
    "potentialOwner": "Use an assignee or candidate groups.",
    "script": "Choose the implementation 'FEEL expression'.",
}


def executable_process(root: etree._Element, problems: Problems) -> etree._Element | None:
    """Return the one executable process of a file; note a problem if there is not exactly one."""
    executable = [process for process in children(root, "process") if flag(process, "isExecutable")]
    if len(executable) != 1:
        problems.refuse(
            root,
            f"the file has {len(executable)} executable processes",
            "Keep exactly one process executable in a file.",
        )
        return None
    return executable[0]


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
        _check_boundary_events(scope, problems)
        _check_compensation(scope, problems)
    _check_id(process, seen, problems)
    check_extensions(process, problems)
    for node in nodes:
        _check_id(node, seen, problems)
        _check_node(node, problems)
    check_connections(process, nodes, problems)


def _check_scope(scope: etree._Element, problems: Problems) -> None:
    depth = sum(1 for around in scope.iterancestors() if kind_of(around) in SCOPES)
    if depth > MAX_DEPTH:
        problems.refuse(scope, "subprocesses are nested too deeply", f"{MAX_DEPTH} levels are the limit.")
    for child in scope.iterchildren("{*}*"):
        kind = kind_of(child)
        if kind in SUPPORTED | _DRAWN or (kind in LOOPS and kind_of(scope) in SCOPES):
            continue
        problems.refuse(
            child,
            f"elements of type {kind} are not supported" if kind else f"'{child.tag}' is no element of BPMN",
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
    if kind not in SCOPES:
        _check_children(node, kind, problems)
    for name in _FLAGS:
        if node.get(name, "true").strip() not in ("true", "false", "1", "0"):
            problems.refuse(node, f"'{name}' is neither true nor false", "Write true or false.")
    for name in ("startQuantity", "completionQuantity"):
        if node.get(name, "1").strip() != "1":
            problems.refuse(node, f"a {name} other than 1 is not supported", "Use gateways.")
    if flag(node, "isForCompensation") and kind not in ACTIVITIES:
        problems.refuse(node, "only an activity can compensate", "Remove the mark.")
    if flag(node, "triggeredByEvent") and kind != "subProcess":
        problems.refuse(node, "only a plain subprocess can be started by an event", "Use one.")
    if sum(len(children(node, loop)) for loop in LOOPS) > 1:
        problems.refuse(node, "the activity loops in two ways", "Keep one of them.")
    if is_event_subprocess(node) and any(children(node, loop) for loop in LOOPS):
        problems.refuse(node, "an event subprocess cannot loop", "Put the loop inside.")
    if kind in EVENTS:
        _check_event(node, kind, problems)
    if flag(node, "instantiate") or node.get("eventGatewayType", "Exclusive") != "Exclusive":
        problems.refuse(node, "the element starts instances or waits for all events", "Use a plain one.")


def _check_children(node: etree._Element, kind: str, problems: Problems) -> None:
    for child in node.iterchildren("{*}*"):
        name = kind_of(child)
        fits = (
            name in _DESCRIBING
            or (kind in ACTIVITIES and name in LOOPS)
            or (kind in EVENTS and (name in _DECLARED or name.endswith("EventDefinition")))
        )
        if not fits:
            problems.refuse(
                node, f"'{name or child.tag}' would have no effect", _ADVICE.get(name, "Remove it.")
            )


def _check_event(node: etree._Element, kind: str, problems: Problems) -> None:
    trigger = trigger_kind(node)
    if trigger is not None and trigger not in TRIGGERS[kind]:
        allowed = ", ".join(sorted(TRIGGERS[kind]))
        problems.refuse(node, f"a {kind} with a {trigger} is not supported", f"It may have: {allowed}.")
    if trigger is None and kind in ("boundaryEvent", "intermediateCatchEvent"):
        problems.refuse(node, "the event waits for nothing", "Give it a timer, message, signal or condition.")
    if trigger in ("error", "cancel") and not interrupts(node) and kind in ("boundaryEvent", "startEvent"):
        problems.refuse(node, f"a {trigger} always interrupts", "Draw the event as interrupting.")
    inside = node.getparent()
    if kind == "endEvent" and trigger == "cancel":
        if inside is None or kind_of(inside) != "transaction":
            problems.refuse(node, "only a transaction can be cancelled", "Use an error end event.")
        elif not _has_cancel_boundary(inside):
            problems.refuse(
                node, "the transaction has no cancel boundary event", "Draw where a cancelled one goes on."
            )


def _check_boundary_events(scope: etree._Element, problems: Problems) -> None:
    siblings = {id_of(each): each for each in scope}
    handlers = handlers_of(scope)
    undone: set[str] = set()
    for event in children(scope, "boundaryEvent"):
        trigger = trigger_kind(event)
        host_id = event.get("attachedToRef", "")
        host = siblings.get(host_id)
        if host is None or kind_of(host) not in ACTIVITIES or is_event_subprocess(host):
            problems.refuse(event, "the event is attached to no activity", "Attach it to an activity.")
        elif trigger == "cancel" and kind_of(host) != "transaction":
            problems.refuse(event, "only a transaction can be cancelled", "Use an error boundary event.")
        elif is_handler(host):
            problems.refuse(event, "a compensating activity cannot have boundary events", "Remove the event.")
        if trigger == "compensate":
            if len(handlers.get(id_of(event), ())) != 1:
                problems.refuse(
                    event,
                    "not exactly one compensating activity is associated with the event",
                    "Connect exactly one activity marked as 'for compensation'.",
                )
            if host_id in undone:
                problems.refuse(event, "the activity is compensated twice", "Keep one of the events.")
            undone.add(host_id)
    associated = {id_of(handler) for each in handlers.values() for handler in each}
    for node in scope:
        if is_handler(node) and id_of(node) not in associated:
            problems.refuse(
                node, "the compensating activity belongs to no event", "Connect a compensation event with it."
            )


def _has_cancel_boundary(transaction: etree._Element) -> bool:
    around = transaction.getparent()
    return around is not None and any(
        event.get("attachedToRef") == id_of(transaction) and trigger_kind(event) == "cancel"
        for event in children(around, "boundaryEvent")
    )


def _check_compensation(scope: etree._Element, problems: Problems) -> None:
    """A compensation must have something to undo: what was done beside it, or inside of that."""
    throwing = [
        event
        for event in scope.iterchildren(f"{{{BPMN}}}endEvent", f"{{{BPMN}}}intermediateThrowEvent")
        if trigger_kind(event) == "compensate"
    ]
    if not throwing:
        return
    known = {id_of(activity) for activity in compensable(scope)}
    for event in throwing:
        definition = event_definitions(event)[0]
        wanted = definition.get("activityRef")
        if not flag(definition, "waitForCompletion", default=True):
            problems.refuse(event, "the event does not wait for the compensation", "Let it wait.")
        if wanted is not None and wanted not in known:
            problems.refuse(
                event,
                f"'{wanted}' has no compensation in the same scope",
                "Attach a compensation boundary event to it, or throw inside the subprocess.",
            )
        elif not known:
            problems.refuse(
                event, "nothing in the same scope can be compensated", "Throw where the activities are."
            )
