"""A small model (request → approve, with a reminder, a limit and a recall) and what people do with it."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.actors import SYSTEM, Actor
from engine.commands import CompleteUserTask, StartInstance
from engine.database import reading
from engine.dispatch import Answer, Dispatcher
from engine.history.verify import verify_instance
from engine.ids import new_id
from engine.instances.inspect import InstanceView, find_instance
from engine.tables import timer, user_task
from tests.drawing import end, flow, flows, message, message_boundary, model, node, service_task, start
from tests.drawing import timer as boundary_timer
from tests.drawing import user_task as user

COLLEAGUE = Actor(key="u:colleague", groups=frozenset({"clerks"}))
CLERK = Actor(key="u:clerk", groups=frozenset({"clerks"}))
STRANGER = Actor(key="u:stranger", groups=frozenset({"others"}))

REMIND_AT = "2026-06-15T01:00:00.000000Z"
LIMIT_AT = "2026-06-20T01:00:00.000000Z"

APPROVAL = model(
    start(),
    node("exclusiveGateway", "again"),
    user("request"),
    boundary_timer("reminder", "request", "remind_at", interrupting=False),
    service_task("remind", "file"),
    end("reminded"),
    boundary_timer("limit", "request", "limit_at", interrupting=True),
    end("expired"),
    message_boundary("recall", "request", "recalled"),
    end("withdrawn"),
    service_task("file_request", "file"),
    user("approve"),
    node("exclusiveGateway", "approved", default="approved_to_again"),
    end(),
    flows("begin", "again", "request", "file_request", "approve", "approved"),
    flow("approved", "finish", "approval = &quot;yes&quot;"),
    flow("approved", "again"),
    flows("reminder", "remind", "reminded"),
    flows("limit", "expired"),
    flows("recall", "withdrawn"),
    messages=message("recalled", "request_recalled", "key"),
    process="approval",
)


@dataclass(slots=True)
class Switch:
    """Decides whether the handler of service tasks fails; counts its calls."""

    failing: bool = False
    calls: int = 0


@dataclass(slots=True)
class Office:
    """Starts and completes, as people would."""

    dispatcher: Dispatcher
    definition_hash: str
    switch: Switch
    started: list[UUID] = field(default_factory=list)

    def start_command(self, **variables: Any) -> StartInstance:
        """Return a command that starts an instance."""
        return StartInstance(
            command_id=new_id(),
            actor=SYSTEM,
            instance_id=new_id(),
            definition_hash=self.definition_hash,
            business_key=f"request {len(self.started)}",
            variables={"remind_at": REMIND_AT, "limit_at": LIMIT_AT, "key": str(new_id()), **variables},
        )

    def start(self, **variables: Any) -> UUID:
        """Start an instance and return its identifier."""
        command = self.start_command(**variables)
        self.dispatcher.execute(command)
        self.started.append(command.instance_id)
        return command.instance_id

    def open_task(self, instance_id: UUID) -> UUID:
        """Return the one open user task."""
        with reading(self.dispatcher.database) as connection:
            return connection.scalars(
                select(user_task.c.id).where(
                    user_task.c.instance_id == instance_id, user_task.c.status == "open"
                )
            ).one()

    def complete(self, instance_id: UUID, **variables: Any) -> Answer:
        """Complete the open task as the clerk."""
        return self.dispatcher.execute(
            CompleteUserTask(
                command_id=new_id(),
                actor=CLERK,
                task_id=self.open_task(instance_id),
                variables=variables,
            )
        )

    def verify(self, instance_id: UUID) -> int:
        """Execute the instance's history again; everything must hold. Return how many entries it has."""
        with reading(self.dispatcher.database) as connection:
            verified = verify_instance(connection, self.dispatcher.definitions, instance_id)
        assert verified.difference is None
        return verified.entries

    def view(self, instance_id: UUID) -> InstanceView:
        """Return the instance as it stands."""
        with reading(self.dispatcher.database) as connection:
            return find_instance(connection, self.dispatcher.definitions, instance_id)

    def timers(self, instance_id: UUID) -> dict[str, str]:
        """Return the status of every timer by element."""
        with reading(self.dispatcher.database) as connection:
            rows = connection.execute(
                select(timer.c.element_id, timer.c.status).where(timer.c.instance_id == instance_id)
            )
            return {row.element_id: row.status for row in rows}
