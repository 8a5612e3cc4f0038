"""What an operator may do to an instance from its page, and the commands that do it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from engine.commands import (
    CancelInstance,
    Command,
    MoveToken,
    RecomputeDueDates,
    ResumeInstance,
    RetryIncident,
    SetVariables,
    SkipServiceTask,
    SuspendInstance,
)
from engine.definitions.versions import Definition
from engine.errors import InvalidVariables
from engine.instances.inspect import InstanceView
from engine.instances.instance import ACTIVE, SUSPENDED
from processes.access.policy import Permission
from web.instances.vocabulary import Vocabulary
from web.sign_in.guard import signed_in_actor

#: The permission that each act needs, by its name in addresses.
ACTS: Mapping[str, Permission] = {
    "cancel": Permission.INSTANCE_CANCEL,
    "move": Permission.INSTANCE_MODIFY,
    "recompute": Permission.INSTANCE_MODIFY,
    "resume": Permission.INSTANCE_SUSPEND,
    "retry": Permission.INCIDENT_RETRY,
    "skip": Permission.INSTANCE_MODIFY,
    "suspend": Permission.INSTANCE_SUSPEND,
    "variable": Permission.INSTANCE_MODIFY,
}

#: The states of an instance in which an act makes sense.
_STATES: Mapping[str, tuple[str, ...]] = {
    "cancel": (ACTIVE, SUSPENDED),
    "move": (ACTIVE,),
    "recompute": (ACTIVE,),
    "resume": (SUSPENDED,),
    "retry": (ACTIVE,),
    "skip": (ACTIVE,),
    "suspend": (ACTIVE,),
    "variable": (ACTIVE,),
}
#: Where a token can be put: what people see as steps.
_TARGETS = ("Task", "Event", "subProcess", "callActivity", "Gateway")


@dataclass(frozen=True, slots=True, kw_only=True)
class Interventions:
    """What is offered.

    Attributes:
        acts: names of acts.
        variables: name, label and present value of each process variable.
        sources: elements that hold a token, by id and name; ``targets``: those where one may begin.
    """

    acts: frozenset[str]
    variables: Sequence[tuple[str, str, str]]
    sources: Sequence[tuple[str, str]]
    targets: Sequence[tuple[str, str]]


def offered(instance: InstanceView, definition: Definition, words: Vocabulary) -> Interventions:
    """Return what the signed-in person may do to an instance as it is now."""
    acts = frozenset(act for act in ACTS if may(act) and instance.status in _STATES[act])
    elements = definition.model.elements
    return Interventions(
        acts=acts,
        variables=[
            (name, words.variable(name), words.value(value))
            for name, value in sorted(instance.variables.items())
        ]
        if "variable" in acts
        else (),
        sources=[(each, words.element(each)) for each in instance.active_elements if each in elements],
        targets=[
            (element.id, words.element(element.id))
            for element in elements.values()
            if element.type.endswith(_TARGETS) and element.type not in ("startEvent", "boundaryEvent")
        ]
        if "move" in acts
        else (),
    )


def may(act: str) -> bool:
    """Tell whether the signed-in person's role allows an act at all."""
    return ACTS[act] in signed_in_actor().permissions


def intervention(act: str, instance_id: UUID, *, command_id: UUID, form: Mapping[str, str]) -> Command:
    """Return the command of one of :data:`ACTS`.

    Raises:
        InvalidVariables: a value is not written as its kind says, or nothing was chosen.
    """
    actor, reason = signed_in_actor(), form.get("reason", "").strip()
    match act:
        case "suspend":
            return SuspendInstance(command_id=command_id, actor=actor, instance_id=instance_id, reason=reason)
        case "resume":
            return ResumeInstance(command_id=command_id, actor=actor, instance_id=instance_id, reason=reason)
        case "cancel":
            return CancelInstance(command_id=command_id, actor=actor, instance_id=instance_id, reason=reason)
        case "recompute":
            return RecomputeDueDates(
                command_id=command_id, actor=actor, instance_id=instance_id, reason=reason
            )
        case "variable":
            given = {_chosen(form, "name"): typed_value(form.get("kind", ""), form.get("value", ""))}
            return SetVariables(
                command_id=command_id, actor=actor, instance_id=instance_id, variables=given, reason=reason
            )
        case "move":
            return MoveToken(
                command_id=command_id,
                actor=actor,
                instance_id=instance_id,
                from_element=_chosen(form, "from_element"),
                to_element=_chosen(form, "to_element"),
                reason=reason,
            )
        case "retry":
            return RetryIncident(
                command_id=command_id, actor=actor, incident_id=_incident(form), reason=reason
            )
        case _:
            output = typed_value("json", form.get("output", "").strip() or "{}")
            if not isinstance(output, dict):
                raise _refused("output", "not_an_object")
            return SkipServiceTask(
                command_id=command_id, actor=actor, incident_id=_incident(form), output=output, reason=reason
            )


def typed_value(kind: str, text: str) -> Any:
    """Return a value as it was typed.

    Args:
        kind: ``json`` for a JSON value; anything else means the text itself.

    Raises:
        InvalidVariables: it is no JSON.
    """
    if kind != "json":
        return text.replace("\r\n", "\n")
    try:
        return json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise _refused("value", "not_json") from error


def _no_constant(constant: str) -> Any:
    raise ValueError(f"{constant} is no number of JSON")


def _chosen(form: Mapping[str, str], key: str) -> str:
    value = form.get(key, "").strip()
    if not value:
        raise _refused(key, "required")
    return value


def _incident(form: Mapping[str, str]) -> UUID:
    try:
        return UUID(form.get("incident", ""))
    except ValueError as error:
        raise _refused("incident", "required") from error


def _refused(key: str, code: str) -> InvalidVariables:
    return InvalidVariables(
        f"Expected a value for '{key}' that can be used, but it cannot", errors=[{"key": key, "code": code}]
    )
