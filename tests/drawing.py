"""Writes small process models for tests, as Camunda Modeler would, without the drawing."""

from collections.abc import Iterable
from itertools import pairwise

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
        "scriptTask", element_id, f'<zeebe:script expression="={expression}" resultVariable="{result}"/>'
    )


def io(*, inputs: Iterable[tuple[str, str]] = (), outputs: Iterable[tuple[str, str]] = ()) -> str:
    """Return input and output mappings, each (target, FEEL source)."""
    parts = [f'<zeebe:input source="={source}" target="{target}"/>' for target, source in inputs]
    parts += [f'<zeebe:output source="={source}" target="{target}"/>' for target, source in outputs]
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
        f'<zeebe:subscription correlationKey="={key}"/></bpmn:extensionElements></bpmn:message>'
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
