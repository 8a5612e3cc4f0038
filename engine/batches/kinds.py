"""The commands that a batch can hold: what each is applied to, who may ask for it, what it is given."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from uuid import UUID

from engine.actors import Actor
from engine.commands import (
    AssignUserTask,
    CancelInstance,
    ClaimUserTask,
    Command,
    DelegateUserTask,
    MigrateInstance,
    MoveToken,
    ReassignCandidates,
    ReceiveSignal,
    RecomputeDueDates,
    ReleaseUserTask,
    ResumeInstance,
    RetryIncident,
    ReturnUserTask,
    SetVariables,
    SkipServiceTask,
    SuspendInstance,
    payload_of,
)
from engine.errors import InvalidVariables, NotAuthorised


class Subject(StrEnum):
    """What a command is applied to; the value is the field of the command that names it."""

    #: A process instance.
    INSTANCE = "instance_id"
    #: A user task.
    TASK = "task_id"
    #: A command that failed.
    INCIDENT = "incident_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchKind:
    """A command that a batch can hold.

    Attributes:
        permission: what its actor must hold; ``None`` where only the subject can tell.
    """

    command: type[Command]
    subject: Subject
    permission: str | None


#: Every command that a batch can hold, by tag.
KINDS: Mapping[str, BatchKind] = MappingProxyType(
    {
        command.tag: BatchKind(command=command, subject=subject, permission=permission)
        for command, subject, permission in (
            (CancelInstance, Subject.INSTANCE, "instance:cancel"),
            (SuspendInstance, Subject.INSTANCE, "instance:suspend"),
            (ResumeInstance, Subject.INSTANCE, "instance:suspend"),
            (SetVariables, Subject.INSTANCE, "instance:modify"),
            (MoveToken, Subject.INSTANCE, "instance:modify"),
            (RecomputeDueDates, Subject.INSTANCE, "instance:modify"),
            (ReassignCandidates, Subject.INSTANCE, "task:assign"),
            (MigrateInstance, Subject.INSTANCE, "instance:migrate"),
            (ReceiveSignal, Subject.INSTANCE, "signal:broadcast"),
            (ClaimUserTask, Subject.TASK, None),
            (ReleaseUserTask, Subject.TASK, None),
            (AssignUserTask, Subject.TASK, None),
            (DelegateUserTask, Subject.TASK, None),
            (ReturnUserTask, Subject.TASK, None),
            (RetryIncident, Subject.INCIDENT, "incident:retry"),
            (SkipServiceTask, Subject.INCIDENT, "instance:modify"),
        )
    }
)

#: Fields that name one thing of one instance, so that many instances cannot share them.
_SINGULAR = frozenset({"scope_id", "task_id", "incident_id", "instance_id"})


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_object(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(name, str) for name in value)


def _is_mapping(value: Any) -> bool:
    return _is_object(value) and all(isinstance(target, str) for target in value.values())


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(each, str) for each in value)


#: What a parameter has to be; all others are text.
_SHAPES: Mapping[str, Callable[[Any], bool]] = {
    "variables": _is_object,
    "output": _is_object,
    "mapping": _is_mapping,
    "element_ids": _is_list,
    "assignee": lambda value: value is None or isinstance(value, str),
}


def kind_of(tag: str) -> BatchKind:
    """Return the kind of command.

    Raises:
        InvalidVariables: a batch cannot hold such commands.
    """
    kind = KINDS.get(tag)
    if kind is None:
        raise _refused("command", "unknown", f"a command of which a batch can hold many, but got '{tag}'")
    return kind


def require_permission(kind: BatchKind, actor: Actor) -> None:
    """Refuse an actor who may not give such commands, as far as that does not depend on the subject."""
    if kind.permission is not None and kind.permission not in actor.permissions:
        raise NotAuthorised(
            f"Expected an actor with permission '{kind.permission}' for '{kind.command.tag}'", actor=actor.key
        )


def parameters_of(kind: BatchKind, given: Mapping[str, Any], reason: str) -> dict[str, Any]:
    """Return the payload that all commands share, complete, with the batch's reason as theirs.

    Raises:
        InvalidVariables: a parameter is missing, unknown, or of another kind.
    """
    common = {"command_id", "actor", "reason"}
    known = {f.name: f for f in fields(kind.command) if f.name not in common | _SINGULAR}
    for name in given:
        if name not in known:
            raise _refused(name, "unknown", f"a parameter of '{kind.command.tag}', but '{name}' is none")
    for name, parameter in known.items():
        if name in given:
            if not _SHAPES.get(name, _is_text)(given[name]):
                raise _refused(name, "invalid", f"parameter '{name}' to be of the right kind, but it is not")
        elif parameter.default is MISSING and parameter.default_factory is MISSING:
            raise _refused(name, "required", f"parameter '{name}' of '{kind.command.tag}'")
    values = dict(given)
    if any(f.name == "reason" for f in fields(kind.command)):
        values["reason"] = reason
    probe = kind.command(command_id=UUID(int=0), actor=_PROBE, **{kind.subject: UUID(int=0)}, **values)
    payload = payload_of(probe)
    return {name: value for name, value in payload.items() if name not in _SINGULAR}


def command_for(
    kind: BatchKind, subject: UUID, parameters: Mapping[str, Any], *, command_id: UUID, actor: Actor
) -> Command:
    """Return the command for one subject."""
    return kind.command(command_id=command_id, actor=actor, **{kind.subject: subject}, **parameters)


def _refused(key: str, code: str, expected: str) -> InvalidVariables:
    return InvalidVariables(f"Expected {expected}", errors=[{"key": key, "code": code}])


_PROBE = Actor(key="nobody")
