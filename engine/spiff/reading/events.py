"""Reads what events throw or wait for."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from lxml import etree

from engine.spiff.details import (
    CancelTrigger,
    CompensationTrigger,
    ConditionTrigger,
    ErrorTrigger,
    EscalationTrigger,
    LinkTrigger,
    MessageTrigger,
    SignalTrigger,
    TerminateTrigger,
    TimerKind,
    TimerTrigger,
    Trigger,
)
from engine.spiff.reading.problems import Problems
from engine.spiff.schedule import parse_cycle, parse_duration, parse_instant
from engine.spiff.shape import interrupts
from engine.spiff.xml import NAMESPACES, around, event_definitions, extension, kind_of

_TIMERS = {
    "timeDate": TimerKind.DATE,
    "timeDuration": TimerKind.DURATION,
    "timeCycle": TimerKind.CYCLE,
}
#: Events that throw a message, and tasks that send or wait for one.
_MESSAGE_TASKS = ("receiveTask", "sendTask")
_THROWING = ("intermediateThrowEvent", "endEvent", "sendTask")

#: Characters of the name of a message or signal, or of a code.
LONGEST_NAME = 100

References = Mapping[str, Mapping[str, etree._Element]]


def read_trigger(node: etree._Element, references: References, problems: Problems) -> dict[str, Any]:
    """Return the trigger of an event or message task, and whether a catching event interrupts."""
    kind = kind_of(node)
    interrupting = interrupts(node)
    if kind in _MESSAGE_TASKS:
        if kind == "sendTask" and extension(node, "taskDefinition") is not None:
            return {}
        return {"trigger": _message(node, node.get("messageRef"), references, problems)}
    definitions = event_definitions(node)
    if not kind.endswith("Event") or not definitions:
        return {"interrupting": interrupting} if kind.endswith("Event") else {}
    if len(definitions) > 1:
        problems.refuse(
            node,
            "the event has several definitions",
            "Draw one event for each, behind an event-based gateway.",
        )
    return {
        "trigger": _read(node, definitions[0], references, problems),
        "interrupting": interrupting,
    }


def _read(
    node: etree._Element, definition: etree._Element, references: References, problems: Problems
) -> Trigger | None:
    match kind_of(definition).removesuffix("EventDefinition"):
        case "timer":
            return _timer(node, definition, problems)
        case "message":
            if kind_of(node) in _THROWING and extension(node, "taskDefinition") is not None:
                return None
            return _message(node, definition.get("messageRef"), references, problems)
        case "signal":
            name = _named(node, definition.get("signalRef"), references["signal"], "name", problems, "signal")
            return None if name is None else SignalTrigger(name=name)
        case "error":
            return ErrorTrigger(code=_code(node, definition, "error", references, problems))
        case "escalation":
            return EscalationTrigger(code=_code(node, definition, "escalation", references, problems))
        case "conditional":
            text = definition.findtext("bpmn:condition", namespaces=NAMESPACES)
            condition = problems.expression(node, text, "the condition")
            if condition is None:
                problems.refuse(node, "the conditional event has no condition", "Write one after '='.")
                return None
            return ConditionTrigger(condition=condition)
        case "compensate":
            return CompensationTrigger(activity_id=definition.get("activityRef"))
        case "terminate":
            return TerminateTrigger()
        case "cancel":
            return CancelTrigger()
        case "link":
            name = definition.get("name")
            if not name:
                problems.refuse(node, "the link has no name", "Give both ends of a link the same name.")
                return None
            return LinkTrigger(name=name)
        case other:
            problems.refuse(node, f"a definition of kind {other} is not supported", "Use another event.")
            return None


def _timer(node: etree._Element, definition: etree._Element, problems: Problems) -> TimerTrigger | None:
    written = [child for child in definition if kind_of(child) in _TIMERS]
    if len(written) != 1 or not (written[0].text or "").strip():
        problems.refuse(
            node,
            "the timer has not exactly one of a date, a duration and a cycle",
            "Fill in one of them; a deadline in working days is a date from a variable.",
        )
        return None
    kind = _TIMERS[kind_of(written[0])]
    value = problems.value(node, written[0].text, f"the {kind}")
    if value is None:
        return None
    if value.expression is None:
        try:
            _check_literal(kind, value.text)
        except ValueError as error:
            problems.refuse(node, f"the timer cannot be read: {error}", "Write it as ISO 8601 has it.")
    once = kind_of(node) == "intermediateCatchEvent" or (interrupts(node) and not _starts_process(node))
    if kind is TimerKind.CYCLE and once:
        problems.refuse(node, "a cycle here would fire only once", "Use a duration, or do not interrupt.")
    return TimerTrigger(kind=kind, value=value)


def _check_literal(kind: TimerKind, text: str) -> None:
    if kind is TimerKind.DATE:
        parse_instant(text)
    elif kind is TimerKind.DURATION:
        parse_duration(text)
    else:
        parse_cycle(text, at=datetime(2000, 1, 1, tzinfo=UTC))


def _message(
    node: etree._Element, reference: str | None, references: References, problems: Problems
) -> MessageTrigger | None:
    message = references["message"].get(reference or "")
    name = None if message is None else message.get("name")
    published = extension(node, "publishMessage")
    subscription = None if message is None else extension(message, "subscription")
    key = published.get("correlationKey") if published is not None else None
    if key is None and subscription is not None:
        key = subscription.get("correlationKey")
    if name and len(name) > LONGEST_NAME:
        problems.refuse(node, "the message's name is too long", f"{LONGEST_NAME} characters are the limit.")
    if name and not name.startswith("=") and _starts_process(node):
        return MessageTrigger(name=name, correlation_key=None)
    if not name or not key or name.startswith("="):
        problems.refuse(
            node,
            "the message has no name or no correlation key",
            "Refer to a message with a name and a subscription correlation key.",
        )
        return None
    value = problems.value(node, key, "the correlation key")
    return None if value is None else MessageTrigger(name=name, correlation_key=value)


def _starts_process(node: etree._Element) -> bool:
    return kind_of(node) == "startEvent" and kind_of(around(node)) == "process"


def _named(
    node: etree._Element,
    reference: str | None,
    known: Mapping[str, etree._Element],
    attribute: str,
    problems: Problems,
    what: str,
) -> str | None:
    found = known.get(reference or "")
    name = None if found is None else found.get(attribute)
    if not name or name.startswith("="):
        problems.refuse(node, f"the {what} has no {attribute} in plain text", f"Choose a {what} and name it.")
        return None
    if len(name) > LONGEST_NAME:
        problems.refuse(
            node, f"the {what}'s {attribute} is too long", f"{LONGEST_NAME} characters are the limit."
        )
    return str(name)


def _code(
    node: etree._Element, definition: etree._Element, what: str, references: References, problems: Problems
) -> str | None:
    """Return a code; a catching event without one takes every code, a throwing event must have one."""
    reference = definition.get(f"{what}Ref")
    if reference is None and kind_of(node) not in _THROWING:
        return None
    return _named(node, reference, references[what], f"{what}Code", problems, what)
