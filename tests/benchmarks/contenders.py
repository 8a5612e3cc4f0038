"""What is measured: this engine, SpiffWorkflow used naively, SpiffWorkflow in memory, and the bare commit."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState
from sqlalchemy import (
    Column,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert as upsert

from engine.actors import SYSTEM, Actor
from engine.commands import CompleteUserTask, StartInstance
from engine.definitions.resources import ModelResources
from engine.dispatch import Answer, Dispatcher
from engine.ids import new_id
from engine.service_tasks import ServiceTaskHandlers
from engine.tables import metadata
from tests.benchmarks.model import FORM, NAIVE, OURS, VARIABLES

CLERK = Actor(key="u:clerk", groups=frozenset({"clerks"}))


class Ours:
    """The engine with journal, tasks and timers, on SQLite or PostgreSQL with full synchronisation."""

    def __init__(
        self, database: Engine, bpmn: bytes = OURS, form: Mapping[str, Any] = MappingProxyType(FORM)
    ) -> None:
        self.database = database
        self._form = dict(form)
        metadata.create_all(self.database)
        self.dispatcher = Dispatcher(self.database, handlers=ServiceTaskHandlers())
        self._open: dict[UUID, UUID] = {}
        self.definition_hash = self.dispatcher.deploy(ModelResources(bpmn=bpmn), actor=SYSTEM)

    def start(self, count: int) -> list[UUID]:
        """Start instances in one transaction."""
        commands = [
            StartInstance(
                command_id=new_id(),
                actor=SYSTEM,
                instance_id=new_id(),
                definition_hash=self.definition_hash,
                business_key=f"benchmark {number}",
                variables=VARIABLES,
            )
            for number in range(count)
        ]
        for answer in self.dispatcher.execute_batch(commands):
            self._remember(answer)
        return [command.instance_id for command in commands]

    def complete(self, instance_id: UUID) -> None:
        """Complete the open task."""
        self._remember(
            self.dispatcher.execute(
                CompleteUserTask(
                    command_id=new_id(), actor=CLERK, task_id=self._open[instance_id], variables=self._form
                )
            )
        )

    def forget(self, instances: Iterable[UUID]) -> None:
        """Let go of instances that nothing more is done with."""
        for instance_id in instances:
            self._open.pop(instance_id, None)

    def _remember(self, answer: Answer) -> None:
        """Keep which task is open next, as a client does that has just been told."""
        for event in answer.events:
            if event["type"] == "user_task.created.v1":
                self._open[answer.instance_id] = UUID(event["task_id"])


def _parsed(bpmn: bytes = NAIVE) -> Any:
    parser = BpmnParser()
    parser.add_bpmn_str(bpmn)
    return parser.get_spec("rework"), parser.get_subprocess_specs("rework")


def _begin(spec: Any, subprocesses: Any) -> BpmnWorkflow:
    workflow = BpmnWorkflow(spec, subprocesses)
    workflow.task_tree.data.update(VARIABLES)
    workflow.do_engine_steps()
    return workflow


def _complete(workflow: BpmnWorkflow) -> None:
    task = workflow.get_next_task(state=TaskState.READY, manual=True)
    task.data.update(FORM)
    task.run()
    workflow.do_engine_steps()


def _fire(workflow: BpmnWorkflow) -> None:
    workflow.refresh_waiting_tasks()
    workflow.do_engine_steps()
    assert workflow.get_next_task(state=TaskState.READY, manual=True) is not None


class Naive:
    """SpiffWorkflow as its documentation shows it: the whole instance as one JSON text, loaded and saved."""

    def __init__(self, database: Engine, bpmn: bytes = NAIVE) -> None:
        self.database = database
        tables = MetaData()
        self.table = Table(
            "workflow", tables, Column("id", Uuid, primary_key=True), Column("content", Text, nullable=False)
        )
        tables.create_all(self.database)
        self.serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure())
        self.spec, self.subprocesses = _parsed(bpmn)

    def start(self, count: int) -> list[UUID]:
        """Start instances in one transaction."""
        ids = [new_id() for _ in range(count)]
        with self.database.begin() as connection:
            for instance_id in ids:
                content = self.serializer.serialize_json(_begin(self.spec, self.subprocesses))
                connection.execute(insert(self.table).values(id=instance_id, content=content))
        return ids

    def complete(self, instance_id: UUID) -> None:
        """Load, complete, save."""
        self._change(instance_id, _complete)

    def fire(self, instance_id: UUID) -> None:
        """Load, let timers that are due fire, save."""
        self._change(instance_id, _fire)

    def _change(self, instance_id: UUID, act: Callable[[BpmnWorkflow], None]) -> None:
        with self.database.begin() as connection:
            row = connection.execute(select(self.table.c.content).where(self.table.c.id == instance_id)).one()
            workflow = self.serializer.deserialize_json(row.content)
            act(workflow)
            content = self.serializer.serialize_json(workflow)
            connection.execute(
                update(self.table).where(self.table.c.id == instance_id).values(content=content)
            )


class InMemory:
    """SpiffWorkflow alone: nothing is stored."""

    def __init__(self) -> None:
        self.spec, self.subprocesses = _parsed()

    def start(self, count: int) -> list[BpmnWorkflow]:
        """Start instances."""
        return [_begin(self.spec, self.subprocesses) for _ in range(count)]

    def complete(self, workflow: BpmnWorkflow) -> None:
        """Complete the open task."""
        _complete(workflow)


class CommitFloor:
    """What the disk asks for: an upsert of 4 KB and three inserts, through SQLAlchemy Core."""

    def __init__(self, database: Engine) -> None:
        self.database = database
        tables = MetaData()
        self.state = Table(
            "state",
            tables,
            Column("id", Integer, primary_key=True),
            Column("content", LargeBinary, nullable=False),
        )
        self.row = Table(
            "row", tables, Column("id", Integer, primary_key=True), Column("content", Text, nullable=False)
        )
        tables.create_all(self.database)

    def commit(self, number: int) -> None:
        """Write one step's worth."""
        content = number.to_bytes(4, "big") * 1024
        with self.database.begin() as connection:
            statement = upsert(self.state).values(id=number % 50, content=content)
            connection.execute(
                statement.on_conflict_do_update(index_elements=["id"], set_={"content": content})
            )
            for _ in range(3):
                connection.execute(insert(self.row).values(content="x" * 100))
