"""The module of each command, for whoever applies it: live, or on replay."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Protocol

from sqlalchemy.engine import Connection

from engine.commands import (
    AssignUserTask,
    CancelInstance,
    ClaimUserTask,
    CompleteUserTask,
    CorrelateMessage,
    DelegateUserTask,
    FireTimer,
    MigrateInstance,
    MoveToken,
    ReassignCandidates,
    ReceiveSignal,
    RecomputeDueDates,
    ReleaseUserTask,
    ResumeInstance,
    ReturnUserTask,
    SetVariables,
    StartInstance,
    SuspendInstance,
)
from engine.instances import (
    assign,
    cancel,
    claim,
    complete,
    delegate,
    message,
    migrate,
    move,
    reassign,
    receive_signal,
    recompute,
    release,
    resume,
    return_task,
    set_variables,
    start,
    suspend,
    timer,
)
from engine.instances.instance import Instance
from engine.spiff import Execution


class CommandModule(Protocol):
    """What every module of ``engine.instances`` named after a command offers."""

    def locate(self, connection: Connection, command: Any, /) -> Instance:
        """Find and lock the instance."""

    def authorise(self, connection: Connection, command: Any, instance: Instance, /) -> None:
        """Refuse what must not be."""

    def apply(self, execution: Execution, payload: Mapping[str, Any], /) -> None:
        """Change the execution, live or on replay."""


#: The module of each command, by tag; replay uses the same ``apply``.
MODULES: Mapping[str, CommandModule] = MappingProxyType(
    {
        StartInstance.tag: start,
        CompleteUserTask.tag: complete,
        CorrelateMessage.tag: message,
        ReceiveSignal.tag: receive_signal,
        FireTimer.tag: timer,
        CancelInstance.tag: cancel,
        ClaimUserTask.tag: claim,
        ReleaseUserTask.tag: release,
        AssignUserTask.tag: assign,
        DelegateUserTask.tag: delegate,
        ReturnUserTask.tag: return_task,
        SuspendInstance.tag: suspend,
        ResumeInstance.tag: resume,
        SetVariables.tag: set_variables,
        RecomputeDueDates.tag: recompute,
        ReassignCandidates.tag: reassign,
        MoveToken.tag: move,
        MigrateInstance.tag: migrate,
    }
)

#: What the present adds to the payload of a command, by tag.
COMPLETIONS: Mapping[str, Callable[[Connection, Any, Instance, Execution], dict[str, Any]]] = (
    MappingProxyType(
        {
            ClaimUserTask.tag: claim.completed,
            DelegateUserTask.tag: delegate.completed,
            ReturnUserTask.tag: return_task.completed,
            RecomputeDueDates.tag: recompute.completed,
            MoveToken.tag: move.completed,
        }
    )
)
