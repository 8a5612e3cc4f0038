"""Whatever operators do between what people do: every history verifies, and rows say what the state says."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from engine import clock
from engine.actors import SYSTEM, Actor
from engine.commands import (
    AssignUserTask,
    CancelInstance,
    ClaimUserTask,
    Command,
    CompleteUserTask,
    CorrelateMessage,
    DelegateUserTask,
    MigrateInstance,
    MoveToken,
    ReassignCandidates,
    RecomputeDueDates,
    ReleaseUserTask,
    ResumeInstance,
    RetryIncident,
    ReturnUserTask,
    SetVariables,
    StartInstance,
    SuspendInstance,
)
from engine.database import open_database, reading
from engine.definitions.migrate import preview
from engine.definitions.resources import ModelResources
from engine.dispatch import Dispatcher
from engine.errors import Rejection, StepFailed
from engine.history.verify import verify_instance
from engine.ids import new_id
from engine.inbox import refresh
from engine.packing import unpack
from engine.service_tasks import ServiceTaskHandlers
from engine.spiff import Execution, StepResult
from engine.tables import (
    inbox,
    incident,
    message_subscription,
    metadata,
    process_instance,
    timer,
    user_task,
)
from engine.timers.due import fire_due, next_due_at
from tests.drawing import message, model, named
from tests.property.blocks import BLOCKS, Block, choices_of, drawn, edited, numbered
from tests.running import NOON

PEOPLE = [Actor(key=f"u:{name}", groups=frozenset({"clerks"})) for name in ("an", "binh", "chi")]
REASON = {"reason": "to see what happens"}
STEPS = 20
EXAMPLES = 60


@pytest.fixture(scope="module")
def dispatcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dispatcher]:
    """An engine without handlers; the examples share its database, each with an instance of its own."""
    database: Engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('operators') / 'sauro.db'}")
    metadata.create_all(database)
    yield Dispatcher(database, handlers=ServiceTaskHandlers())
    database.dispose()


class Operated:
    """One instance, and what can be done to it; every act may be refused, and none may break anything."""

    def __init__(self, dispatcher: Dispatcher, block: Block, choices: dict[str, Any]) -> None:
        self.dispatcher = dispatcher
        self.model_hash = self.deploy(drawn(block))
        self.block = block
        self.versions = [self.model_hash]
        self.instance_id = new_id()
        self.choices = choices
        self.at: datetime = NOON
        self.draw: Callable[[st.SearchStrategy[Any]], Any]
        self.do(
            StartInstance(
                command_id=new_id(),
                actor=SYSTEM,
                instance_id=self.instance_id,
                definition_hash=self.model_hash,
                business_key="key",
                variables={**choices, "key": str(self.instance_id)},
            )
        )

    def deploy(self, parts: list[str]) -> str:
        messages = named("error", "e", "bad") + message("m", "news", "key")
        return self.dispatcher.deploy(ModelResources(bpmn=model(*parts, messages=messages)), actor=SYSTEM)

    def do(self, command: Command) -> bool:
        """Execute; say whether it was accepted."""
        with clock.frozen_at(self.at):
            try:
                answer = self.dispatcher.execute(command)
            except (Rejection, StepFailed) as refused:
                event(f"{command.tag} {type(refused).__name__}")
                return False
            assert self.dispatcher.execute(command).sequence == answer.sequence
            event(f"{command.tag} accepted")
            return True

    def state(self) -> StepResult:
        with reading(self.dispatcher.database) as connection:
            packed = connection.scalar(
                select(process_instance.c.state).where(process_instance.c.id == self.instance_id)
            )
            assert packed is not None
            loaded = Execution.load(
                self.dispatcher.definitions.get(connection, self.model_hash).model,
                unpack(packed),
                instance_id=self.instance_id,
                at=self.at,
                services=lambda _: {},
            )
        return loaded.inspect()

    def task(self) -> UUID | None:
        tasks = self.state().user_tasks
        return self.draw(st.sampled_from(tasks)).task_id if tasks else None

    def person(self) -> Actor:
        return self.draw(st.sampled_from(PEOPLE))  # type: ignore[no-any-return]  # draws what it is given

    # what people and the clock do

    def complete(self) -> None:
        task_id = self.task()
        if task_id is None:
            return
        again = {name: self.draw(st.booleans()) for name in self.choices if name.startswith("again")}
        for person in PEOPLE:
            if self.do(CompleteUserTask(command_id=new_id(), actor=person, task_id=task_id, variables=again)):
                return

    def fire(self) -> None:
        with reading(self.dispatcher.database) as connection:
            due_at = next_due_at(connection)
        if due_at is None:
            return
        self.at = max(self.at, due_at)
        with clock.frozen_at(self.at):
            fire_due(self.dispatcher)

    def tell(self) -> None:
        waiting = self.state().subscriptions
        if waiting:
            chosen = self.draw(st.sampled_from(waiting))
            self.do(
                CorrelateMessage(
                    command_id=new_id(),
                    actor=SYSTEM,
                    message_name=chosen.message_name,
                    correlation_key=chosen.correlation_key,
                    task_id=chosen.task_id,
                )
            )

    # what operators do

    def hand_over(self) -> None:
        task_id, to = self.task(), self.person()
        if task_id is None:
            return
        common: dict[str, Any] = {"command_id": new_id(), "actor": self.person(), "task_id": task_id}
        commands: list[Command] = [
            ClaimUserTask(**common),
            ReleaseUserTask(**common),
            DelegateUserTask(delegate=to.key, **REASON, **common),
            ReturnUserTask(**common),
            AssignUserTask(assignee=to.key, **REASON, **(common | {"actor": SYSTEM})),
            AssignUserTask(assignee=None, **REASON, **(common | {"actor": SYSTEM})),
        ]
        self.do(self.draw(st.sampled_from(commands)))

    def pause(self) -> None:
        if self.do(SuspendInstance(**self.operator())):
            self.at += timedelta(hours=self.draw(st.integers(0, 100)))
            if self.draw(st.booleans()):
                self.draw(st.sampled_from([self.set, self.migrate]))()
            if self.draw(st.integers(0, 5)):
                self.resume()

    def resume(self) -> None:
        self.do(ResumeInstance(**self.operator()))

    def set(self) -> None:
        name = self.draw(st.sampled_from(["note", "key", *self.choices]))
        value = self.draw(st.integers(0, 1)) if isinstance(self.choices.get(name), int) else "changed"
        if isinstance(self.choices.get(name), bool):
            value = self.draw(st.booleans())
        tokens = [task.task_id for task in self.state().user_tasks]
        scope_id = self.draw(st.sampled_from([None, None, *tokens]))
        self.do(SetVariables(variables={name: value}, scope_id=scope_id, **self.operator()))

    def recompute(self) -> None:
        elements = [each.element_id for each in self.state().timers]
        chosen = self.draw(st.lists(st.sampled_from([*elements, "finish"]), max_size=2))
        self.do(RecomputeDueDates(element_ids=chosen, variables={"note": "due"}, **self.operator()))

    def reassign(self) -> None:
        """No draw but this one changes a group; it only has to agree with what was there."""
        self.do(ReassignCandidates(variables={"note": "unit"}, **self.operator()))

    def move(self) -> None:
        active = self.state().active_elements
        with reading(self.dispatcher.database) as connection:
            elements = self.dispatcher.definitions.get(connection, self.model_hash).model.elements
        if active:
            source = self.draw(st.sampled_from(active))
            target = self.draw(st.sampled_from(sorted(elements)))
            self.do(MoveToken(from_element=source, to_element=target, **self.operator()))

    def migrate(self) -> None:
        """To an edited version, there and back; the preview says what the command will come to."""
        if len(self.versions) < 3:
            self.versions.append(self.deploy(drawn(edited(self.block, self.draw))))
        target = self.draw(st.sampled_from(self.versions))
        with clock.frozen_at(self.at), reading(self.dispatcher.database) as connection:
            (seen,) = preview(connection, self.dispatcher.definitions, [self.instance_id], target, {})
        done = self.do(MigrateInstance(definition_hash=target, mapping={}, **self.operator()))
        assert done == seen.is_possible, seen.problems
        if done:
            self.model_hash = target
            timers = {each.element_id: each.due_at for each in self.state().timers}
            if self.state().suspended_at is not None:
                event("migrated while suspended")
            assert all(timers[each.element_id] == each.due_at for each in seen.new if each.due_at)

    def retry(self) -> None:
        with reading(self.dispatcher.database) as connection:
            found = connection.scalars(
                select(incident.c.id).where(
                    incident.c.instance_id == self.instance_id, incident.c.resolved_at.is_(None)
                )
            ).all()
        if found:
            self.do(RetryIncident(command_id=new_id(), actor=SYSTEM, incident_id=found[0]))

    def cancel(self) -> None:
        self.do(CancelInstance(**self.operator()))

    def operator(self) -> dict[str, Any]:
        return {"command_id": new_id(), "actor": SYSTEM, "instance_id": self.instance_id, **REASON}

    # what must hold

    def check(self) -> None:
        """The rows are those of the state."""
        state = self.state()
        with reading(self.dispatcher.database) as connection:
            instance = connection.execute(
                select(process_instance).where(process_instance.c.id == self.instance_id)
            ).one()
            tasks = connection.execute(
                select(user_task).where(
                    user_task.c.instance_id == self.instance_id, user_task.c.status == "open"
                )
            ).all()
            timers = connection.execute(
                select(timer).where(
                    timer.c.instance_id == self.instance_id,
                    timer.c.status.in_(("waiting", "suspended", "failed")),
                )
            ).all()
            waiting = connection.scalars(
                select(message_subscription.c.task_id).where(
                    message_subscription.c.instance_id == self.instance_id
                )
            ).all()
            held = set(connection.execute(select(inbox).where(inbox.c.instance_id == self.instance_id)))
        with self.dispatcher.database.begin() as connection:
            refresh(connection, self.instance_id)
            rebuilt = set(connection.execute(select(inbox).where(inbox.c.instance_id == self.instance_id)))
        assert held == rebuilt
        assert {row.task_id for row in held} == {task.task_id for task in state.user_tasks}
        assert instance.definition_hash == self.model_hash
        assert instance.suspended_at == state.suspended_at
        assert (instance.status == "suspended") == (state.suspended_at is not None)
        assert {(row.id, row.element_id, row.assignee, row.owner) for row in tasks} == {
            (task.task_id, task.element_id, task.assignee, task.owner) for task in state.user_tasks
        }
        assert {(row.id, row.element_id, row.due_at) for row in timers} == {
            (each.timer_id, each.element_id, each.due_at) for each in state.timers
        }
        expected = "waiting" if state.suspended_at is None else "suspended"
        assert {row.status for row in timers} <= {expected, "failed"}
        assert set(waiting) == {each.task_id for each in state.subscriptions}

    def verify(self) -> None:
        """The history holds, byte for byte."""
        with reading(self.dispatcher.database) as connection:
            verified = verify_instance(connection, self.dispatcher.definitions, self.instance_id)
        assert verified.difference is None


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(block=BLOCKS.map(numbered), data=st.data())
def test_whatever_operators_do_the_history_verifies(
    dispatcher: Dispatcher, block: Block, data: st.DataObject
) -> None:
    choices = choices_of(block, lambda below: data.draw(st.integers(0, below - 1)))
    choices |= dict.fromkeys(_questions(block), False)
    operated = Operated(dispatcher, block, choices)
    operated.draw = data.draw
    acts = [
        operated.complete,
        operated.complete,
        operated.fire,
        operated.tell,
        operated.hand_over,
        operated.hand_over,
        operated.pause,
        operated.resume,
        operated.set,
        operated.recompute,
        operated.reassign,
        operated.move,
        operated.move,
        operated.retry,
        operated.migrate,
        operated.migrate,
    ]
    for _ in range(STEPS):
        data.draw(st.sampled_from(acts))()
        operated.at += timedelta(minutes=data.draw(st.integers(0, 600)))
        operated.check()
    if data.draw(st.booleans()):
        operated.cancel()
        operated.check()
    operated.verify()


def _questions(block: Block) -> Iterator[str]:
    """Return the variables by which people decide on the way."""
    if block.kind in ("loop", "risk"):
        yield f"again_{block.id}"
    for part in block.parts:
        yield from _questions(part)
