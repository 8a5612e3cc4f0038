"""Writes small process models for tests, as Camunda Modeler would, without the drawing."""

from collections.abc import Iterable
from itertools import pairwise
from xml.sax.saxutils import escape

_HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="http://bpmn.io/schema/bpmn">'
)


def model(*parts: str, process: str = "sample", messages: str = "") -> bytes:
    """Return a file with one executable process made of ``parts``."""
    body = "".join(parts)
    return (
        f'{_HEAD}{messages}<bpmn:process id="{process}" name="Mẫu" isExecutable="true">{body}'
        "</bpmn:process></bpmn:definitions>"
    ).encode()


def node(kind: str, element_id: str, inner: str = "", **attributes: str) -> str:
    """Return any element; ``inner`` goes into its extension elements."""
    written = "".join(f' {name}="{value}"' for name, value in attributes.items())
    extensions = f"<bpmn:extensionElements>{inner}</bpmn:extensionElements>" if inner else ""
    return f'<bpmn:{kind} id="{element_id}" name="{element_id}"{written}>{extensions}</bpmn:{kind}>'


def start(element_id: str = "begin") -> str:
    """Return a start event."""
    return node("startEvent", element_id)


def end(element_id: str = "finish") -> str:
    """Return an end event."""
    return node("endEvent", element_id)


def user_task(element_id: str, extra: str = "", *, groups: str = '=["clerks"]') -> str:
    """Return a user task for a group."""
    quoted = groups.replace('"', "&quot;")
    return node(
        "userTask",
        element_id,
        f'<zeebe:userTask/><zeebe:assignmentDefinition candidateGroups="{quoted}"/>{extra}',
    )


def service_task(element_id: str, task_type: str = "echo", extra: str = "") -> str:
    """Return a service task."""
    return node("serviceTask", element_id, f'<zeebe:taskDefinition type="{task_type}"/>{extra}')


def script_task(element_id: str, expression: str, result: str) -> str:
    """Return a script task."""
    return node(
        "scriptTask",
        element_id,
        f'<zeebe:script expression="={quoted(expression)}" resultVariable="{result}"/>',
    )


def io(*, inputs: Iterable[tuple[str, str]] = (), outputs: Iterable[tuple[str, str]] = ()) -> str:
    """Return input and output mappings, each (target, FEEL source)."""
    parts = [f'<zeebe:input source="={quoted(source)}" target="{target}"/>' for target, source in inputs]
    parts += [f'<zeebe:output source="={quoted(source)}" target="{target}"/>' for target, source in outputs]
    return f"<zeebe:ioMapping>{''.join(parts)}</zeebe:ioMapping>"


def timer(element_id: str, on: str, date: str, *, interrupting: bool, extra: str = "") -> str:
    """Return a boundary timer; ``date`` is FEEL."""
    extensions = f"<bpmn:extensionElements>{extra}</bpmn:extensionElements>" if extra else ""
    return (
        f'<bpmn:boundaryEvent id="{element_id}" attachedToRef="{on}" '
        f'cancelActivity="{str(interrupting).lower()}">{extensions}<bpmn:timerEventDefinition>'
        f"<bpmn:timeDate>={date}</bpmn:timeDate></bpmn:timerEventDefinition></bpmn:boundaryEvent>"
    )


def message(message_id: str, name: str, key: str) -> str:
    """Return a message with a correlation key, to be given to :func:`model`."""
    return (
        f'<bpmn:message id="{message_id}" name="{name}"><bpmn:extensionElements>'
        f'<zeebe:subscription correlationKey="={quoted(key)}"/></bpmn:extensionElements></bpmn:message>'
    )


def message_boundary(element_id: str, on: str, message_id: str, *, interrupting: bool = True) -> str:
    """Return a boundary message event."""
    return (
        f'<bpmn:boundaryEvent id="{element_id}" attachedToRef="{on}" '
        f'cancelActivity="{str(interrupting).lower()}">'
        f'<bpmn:messageEventDefinition messageRef="{message_id}"/></bpmn:boundaryEvent>'
    )


def subprocess(element_id: str, *parts: str) -> str:
    """Return an embedded subprocess."""
    return f'<bpmn:subProcess id="{element_id}" name="{element_id}">{"".join(parts)}</bpmn:subProcess>'


def flows(*path: str) -> str:
    """Return sequence flows along a path of element ids."""
    return "".join(flow(source, target) for source, target in pairwise(path))


def flow(source: str, target: str, condition: str | None = None) -> str:
    """Return one sequence flow; its id is ``source_to_target``."""
    inner = ""
    if condition is not None:
        inner = f"<bpmn:conditionExpression>={condition}</bpmn:conditionExpression>"
    return (
        f'<bpmn:sequenceFlow id="{source}_to_{target}" sourceRef="{source}" targetRef="{target}">'
        f"{inner}</bpmn:sequenceFlow>"
    )


def quoted(text: str) -> str:
    """Return a text as it stands in an attribute or element."""
    return escape(text, {'"': "&quot;"})


def event(kind: str, element_id: str, definition: str, extra: str = "", **attributes: str) -> str:
    """Return an event; ``definition`` is what one of the functions below gives."""
    written = "".join(f' {name}="{value}"' for name, value in attributes.items())
    extensions = f"<bpmn:extensionElements>{extra}</bpmn:extensionElements>" if extra else ""
    return (
        f'<bpmn:{kind} id="{element_id}" name="{element_id}"{written}>{extensions}{definition}</bpmn:{kind}>'
    )


def catch(element_id: str, definition: str, extra: str = "") -> str:
    """Return an intermediate catch event."""
    return event("intermediateCatchEvent", element_id, definition, extra)


def throw(element_id: str, definition: str, extra: str = "") -> str:
    """Return an intermediate throw event."""
    return event("intermediateThrowEvent", element_id, definition, extra)


def end_with(element_id: str, definition: str, extra: str = "") -> str:
    """Return an end event that throws."""
    return event("endEvent", element_id, definition, extra)


def boundary(element_id: str, on: str, definition: str, extra: str = "", *, interrupting: bool = True) -> str:
    """Return a boundary event."""
    attributes = {"attachedToRef": on, "cancelActivity": str(interrupting).lower()}
    return event("boundaryEvent", element_id, definition, extra, **attributes)


def defined(kind: str, inner: str = "", **attributes: str) -> str:
    """Return an event definition, e.g. ``defined("terminate")``."""
    written = "".join(f' {name}="{quoted(value)}"' for name, value in attributes.items())
    return f"<bpmn:{kind}EventDefinition{written}>{inner}</bpmn:{kind}EventDefinition>"


def timed(tag: str, text: str) -> str:
    """Return a timer's definition; ``tag`` is ``timeDate``, ``timeDuration`` or ``timeCycle``."""
    return defined("timer", f"<bpmn:{tag}>{quoted(text)}</bpmn:{tag}>")


def when(condition: str) -> str:
    """Return a condition's definition."""
    return defined("conditional", f"<bpmn:condition>={quoted(condition)}</bpmn:condition>")


def of(kind: str, reference: str) -> str:
    """Return the definition of a message, signal, error or escalation by the id that ``named`` has."""
    return defined(kind, **{f"{kind}Ref": reference})


def named(kind: str, element_id: str, text: str) -> str:
    """Return a signal with its name, or an error or escalation with its code, for ``model(messages=…)``."""
    attribute = "name" if kind == "signal" else f"{kind}Code"
    return f'<bpmn:{kind} id="{element_id}" {attribute}="{text}"/>'


def event_subprocess(element_id: str, begin: str, *parts: str) -> str:
    """Return an event subprocess; ``begin`` is its start event."""
    return (
        f'<bpmn:subProcess id="{element_id}" name="{element_id}" triggeredByEvent="true">'
        f"{begin}{''.join(parts)}</bpmn:subProcess>"
    )


def triggered(element_id: str, definition: str, extra: str = "", *, interrupting: bool = True) -> str:
    """Return the start event of an event subprocess."""
    return event("startEvent", element_id, definition, extra, isInterrupting=str(interrupting).lower())


def transaction(element_id: str, *parts: str) -> str:
    """Return a transaction."""
    return f'<bpmn:transaction id="{element_id}" name="{element_id}">{"".join(parts)}</bpmn:transaction>'


def call(element_id: str, process: str, extra: str = "", **attributes: str) -> str:
    """Return a call activity; attributes are those of ``zeebe:calledElement``."""
    written = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return node("callActivity", element_id, f'<zeebe:calledElement processId="{process}"{written}/>{extra}')


def looping(activity: str, loop: str) -> str:
    """Return an activity with loop characteristics."""
    closing = activity.rindex("</")
    return activity[:closing] + loop + activity[closing:]


def each(
    collection: str,
    item: str = "item",
    *,
    sequential: bool = False,
    results: str = "",
    result: str = "",
    enough: str = "",
) -> str:
    """Return multi-instance characteristics over a collection; all but names is FEEL without ``=``."""
    attributes = f'inputCollection="={quoted(collection)}" inputElement="{item}"'
    if results:
        attributes += f' outputCollection="{results}" outputElement="={quoted(result)}"'
    condition = f"<bpmn:completionCondition>={quoted(enough)}</bpmn:completionCondition>" if enough else ""
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">'
        f"<bpmn:extensionElements><zeebe:loopCharacteristics {attributes}/></bpmn:extensionElements>"
        f"{condition}</bpmn:multiInstanceLoopCharacteristics>"
    )


def repeated(condition: str = "", *, most: int | None = None, test_before: bool = False) -> str:
    """Return standard loop characteristics."""
    attributes = f' testBefore="{str(test_before).lower()}"'
    if most is not None:
        attributes += f' loopMaximum="{most}"'
    inner = f"<bpmn:loopCondition>={quoted(condition)}</bpmn:loopCondition>" if condition else ""
    return f"<bpmn:standardLoopCharacteristics{attributes}>{inner}</bpmn:standardLoopCharacteristics>"


def compensation(event_id: str, on: str, handler: str) -> str:
    """Return a compensation boundary event that leads to ``handler``, an activity as text."""
    handler_id = handler.split('id="', 1)[1].split('"', 1)[0]
    marked = handler.replace(" id=", ' isForCompensation="true" id=', 1)
    return (
        boundary(event_id, on, defined("compensate"))
        + marked
        + f'<bpmn:association id="{event_id}_to" sourceRef="{event_id}" targetRef="{handler_id}"/>'
    )
