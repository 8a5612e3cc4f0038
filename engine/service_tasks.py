"""Service tasks: a type names a handler registered in Python; its result is journalled.

A handler runs inside the command's transaction. It may read and write rows through ``call.connection`` and ask
for messages to leave through ``call.outbox``; it must not reach outside. On replay it is not called: the
journalled result is used.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.engine import Connection


class BusinessError(Exception):
    """Raised by a handler to throw a BPMN error that the model catches by its code.

    Attributes:
        variables: what the catching event gets; JSON values.
    """

    def __init__(
        self, error_code: str, message: str = "", variables: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(message or error_code)
        self.error_code = error_code
        self.message = message
        self.variables: Mapping[str, Any] = variables or {}


class Outbox(Protocol):
    """Takes messages that leave after commit."""

    def add(self, topic: str, payload: Mapping[str, Any], *, key: str) -> None:
        """Queue ``payload`` under ``topic``; ``key`` makes a repeat of the same message recognisable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCall:
    """One invocation of a handler.

    Attributes:
        task_id: identifies this passage of a token through the element.
        task_type: the ``zeebe:taskDefinition`` type.
        headers: ``zeebe:taskHeaders`` as drawn in the model.
        variables: what the task sees (its input mappings, else the variables in scope).
        effective_at: the command's instant.
    """

    connection: Connection
    outbox: Outbox
    instance_id: UUID
    business_key: str
    element_id: str
    task_id: str
    task_type: str
    headers: Mapping[str, str]
    variables: Mapping[str, Any]
    effective_at: datetime


Handler = Callable[[ServiceCall], Mapping[str, Any]]


class ServiceTaskHandlers:
    """The handlers known to this installation, by type."""

    def __init__(self) -> None:
        self._handlers: dict[str, Handler] = {}

    def register(self, task_type: str, handler: Handler) -> None:
        """Register ``handler`` under ``task_type``.

        Raises:
            ValueError: the type is taken.
        """
        if task_type in self._handlers:
            raise ValueError(f"Expected service task type '{task_type}' to be free, but it is registered")
        self._handlers[task_type] = handler

    def types(self) -> frozenset[str]:
        """Return all registered types; deployment refuses any other."""
        return frozenset(self._handlers)

    def handler(self, task_type: str) -> Handler:
        """Return the handler; ``KeyError`` if the type is unknown (deployment has made sure it is not)."""
        return self._handlers[task_type]
