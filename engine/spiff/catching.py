"""Refuses events that never catch anything, and events of which nobody could say which one is meant."""

from collections.abc import Iterable, Iterator, Mapping

from lxml import etree

from engine.spiff.details import Details, ErrorTrigger, EscalationTrigger, MessageTrigger, Trigger
from engine.spiff.reading.problems import Problems
from engine.spiff.shape import SCOPES, interrupts, is_event_subprocess, scopes_of
from engine.spiff.xml import BPMN, around, children, id_of, kind_of

_All = Mapping[str, Details]

#: Tasks that have a handler if they name a task type.
_MAY_WORK = ("businessRuleTask", "scriptTask", "sendTask")


def check_catching(process: etree._Element, details: _All, problems: Problems) -> None:
    """Note events that stand beside their like, that nothing reaches, and errors that nobody catches.

    Args:
        details: what was read of each flow node, by id.
    """
    for scope in scopes_of(process):
        for group in _groups(scope, details):
            _check_alike(group, details, problems)
        _check_hosts(scope, details, problems)
    _check_errors(process, details, problems)


def _groups(scope: etree._Element, details: _All) -> Iterator[list[etree._Element]]:
    """Return the elements that wait at the same time and see the same variables."""
    attached: dict[str, list[etree._Element]] = {}
    for event in children(scope, "boundaryEvent"):
        attached.setdefault(event.get("attachedToRef", ""), []).append(event)
    nodes = {id_of(node): node for node in scope.iterchildren(f"{{{BPMN}}}*")}
    for host_id, events in attached.items():
        host = nodes.get(host_id)
        yield events if host is None else [*_waiting_itself([host], details), *events]
    gateways: dict[str, list[etree._Element]] = {
        id_of(gateway): [] for gateway in children(scope, "eventBasedGateway")
    }
    for flow in children(scope, "sequenceFlow"):
        target = nodes.get(flow.get("targetRef", ""))
        if target is not None and flow.get("sourceRef") in gateways:
            gateways[flow.get("sourceRef", "")].append(target)
    for following in gateways.values():
        yield [*_waiting_itself(following, details)]
    yield [
        start
        for subprocess in children(scope, "subProcess")
        if is_event_subprocess(subprocess)
        for start in children(subprocess, "startEvent")
    ]
    if kind_of(scope) == "process":
        yield children(scope, "startEvent")


def _waiting_itself(nodes: Iterable[etree._Element], details: _All) -> Iterator[etree._Element]:
    """Return catch events and receive tasks, but for those whose key may depend on variables of their own."""
    for node in nodes:
        read = details.get(id_of(node))
        own = read is not None and (read.inputs or read.loop is not None)
        if kind_of(node) in ("intermediateCatchEvent", "receiveTask") and not own:
            yield node


def _check_alike(group: list[etree._Element], details: _All, problems: Problems) -> None:
    seen: set[tuple[str, str | None, str]] = set()
    for node in group:
        caught: tuple[str, str | None, str]
        match trigger := _trigger(node, details):
            case MessageTrigger():
                key = "" if trigger.correlation_key is None else trigger.correlation_key.text
                caught = ("message", trigger.name, key.removeprefix("=").strip())
                reason = f"another event here waits for the message '{trigger.name}' under the same key"
                advice = "Keep one of them, or give their messages different names or keys."
            case ErrorTrigger() | EscalationTrigger():
                what = "error" if isinstance(trigger, ErrorTrigger) else "escalation"
                caught = (what, trigger.code, "")
                every = f"every {what}" if trigger.code is None else f"the {what} '{trigger.code}'"
                reason, advice = f"another event here catches {every}", "Keep one of them."
            case _:
                continue
        if caught in seen:
            problems.refuse(node, reason, advice)
        seen.add(caught)


def _check_hosts(scope: etree._Element, details: _All, problems: Problems) -> None:
    """An error comes from a handler, an escalation from an event inside."""
    nodes = {id_of(node): node for node in scope.iterchildren(f"{{{BPMN}}}*")}
    for event in children(scope, "boundaryEvent"):
        host = nodes.get(event.get("attachedToRef", ""))
        trigger = _trigger(event, details)
        if host is None or kind_of(host) in SCOPES | {"callActivity"}:
            continue
        read = details.get(id_of(host))
        works = kind_of(host) == "serviceTask" or (read is not None and read.work is not None)
        missing = " without a task type" if kind_of(host) in _MAY_WORK else ""
        if isinstance(trigger, ErrorTrigger) and not works:
            problems.refuse(
                event,
                f"nothing in a {kind_of(host)}{missing} throws an error",
                "Attach the event to a service task, a subprocess or a call activity.",
            )
        if isinstance(trigger, EscalationTrigger):
            problems.refuse(
                event,
                f"nothing in a {kind_of(host)} throws an escalation",
                "Attach the event to a subprocess or a call activity.",
            )


def _check_errors(process: etree._Element, details: _All, problems: Problems) -> None:
    """Where no other process can call this one, an error must be caught in it."""
    if any(_trigger(start, details) is None for start in children(process, "startEvent")):
        return
    for event in process.iter(f"{{{BPMN}}}endEvent"):
        trigger = _trigger(event, details)
        if isinstance(trigger, ErrorTrigger) and trigger.code and not _is_caught(event, trigger, details):
            problems.refuse(
                event,
                f"nothing catches the error '{trigger.code}', and no other process can call this one",
                "Draw an error event that catches it, or another end event.",
            )


def _is_caught(thrower: etree._Element, thrown: ErrorTrigger, details: _All) -> bool:
    level = thrower
    while True:
        scope = around(level)
        catching = [
            start
            for subprocess in children(scope, "subProcess")
            if is_event_subprocess(subprocess) and subprocess is not level
            for start in children(subprocess, "startEvent")
        ]
        if is_event_subprocess(level) and all(interrupts(start) for start in children(level, "startEvent")):
            catching = []  # it is alone in the scope that it has interrupted
        catching += [
            event
            for event in children(scope, "boundaryEvent")
            if level is not thrower and event.get("attachedToRef") == id_of(level)
        ]
        for event in catching:
            trigger = _trigger(event, details)
            if isinstance(trigger, ErrorTrigger) and trigger.code in (None, thrown.code):
                return True
        if kind_of(scope) not in SCOPES:
            return False
        level = scope


def _trigger(node: etree._Element, details: _All) -> Trigger | None:
    read = details.get(id_of(node))
    return None if read is None else read.trigger
