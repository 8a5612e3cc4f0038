"""Call activities across deployments: pinned when the caller is deployed, with their forms and decisions."""

from uuid import UUID

import pytest
from sqlalchemy import select

from engine.actors import SYSTEM
from engine.commands import CompleteUserTask, StartInstance
from engine.database import reading
from engine.definitions.resources import ModelResources
from engine.dispatch import Dispatcher
from engine.errors import DefinitionRefused, InvalidVariables
from engine.history.verify import verify_all
from engine.ids import new_id
from engine.instances.inspect import find_instance
from engine.tables import definition, user_task
from engine.tasklist import find_task
from tests.drawing import end, flows, model, node, start
from tests.drawing import user_task as user
from tests.integration.engine.office import CLERK

FORM = (
    b'{"id": "%s", "type": "default", "schemaVersion": 16, "components": '
    b'[{"id": "Field_1", "key": "%s", "type": "textfield", "label": "x", "validate": {"required": true}}]}'
)


def callee(question: str, process: str = "inner") -> ModelResources:
    bpmn = model(
        start(),
        user("ask", '<zeebe:formDefinition formId="inner_form"/>'),
        end(),
        flows("begin", "ask", "finish"),
        process=process,
    )
    return ModelResources(bpmn=bpmn, forms=(FORM % (b"inner_form", question.encode()),))


def caller(process: str = "outer", called: str = "inner") -> ModelResources:
    return ModelResources(
        bpmn=model(
            start(),
            node("callActivity", "call", f'<zeebe:calledElement processId="{called}"/>'),
            end(),
            flows("begin", "call", "finish"),
            process=process,
        )
    )


def begin(dispatcher: Dispatcher, definition_hash: str) -> tuple[UUID, UUID]:
    """Start an instance; return it and its open task."""
    instance_id = new_id()
    dispatcher.execute(
        StartInstance(
            command_id=new_id(),
            actor=SYSTEM,
            instance_id=instance_id,
            definition_hash=definition_hash,
            business_key="x",
        )
    )
    with reading(dispatcher.database) as connection:
        task_id = connection.scalars(
            select(user_task.c.id).where(user_task.c.instance_id == instance_id)
        ).one()
    return instance_id, task_id


def complete(dispatcher: Dispatcher, task_id: UUID, **variables: str) -> None:
    dispatcher.execute(
        CompleteUserTask(command_id=new_id(), actor=CLERK, task_id=task_id, variables=variables)
    )


def test_a_called_process_keeps_the_version_it_had_when_its_caller_was_deployed(
    dispatcher: Dispatcher,
) -> None:
    dispatcher.deploy(callee("first"), actor=SYSTEM)
    old = dispatcher.deploy(caller(), actor=SYSTEM)
    dispatcher.deploy(callee("second"), actor=SYSTEM)
    running, task_id = begin(dispatcher, old)
    with pytest.raises(InvalidVariables):
        complete(dispatcher, task_id, second="x")
    complete(dispatcher, task_id, first="x")
    new = dispatcher.deploy(caller(), actor=SYSTEM)
    assert new != old
    _, task_id = begin(dispatcher, new)
    complete(dispatcher, task_id, second="x")
    with reading(dispatcher.database) as connection:
        assert find_instance(connection, dispatcher.definitions, running).status == "completed"
        assert all(each.difference is None for each in verify_all(connection, dispatcher.definitions))


def test_a_task_inside_is_shown_with_its_form_and_the_activity_around_it(dispatcher: Dispatcher) -> None:
    dispatcher.deploy(callee("first"), actor=SYSTEM)
    outer = dispatcher.deploy(caller(), actor=SYSTEM)
    _, task_id = begin(dispatcher, outer)
    with reading(dispatcher.database) as connection:
        detail = find_task(connection, dispatcher.definitions, task_id)
    assert detail.task.element_id == "call/ask"
    assert detail.form is not None
    assert detail.form.id == "inner_form"


def test_processes_deployed_together_are_deployed_in_the_order_of_their_calls(
    dispatcher: Dispatcher,
) -> None:
    deployed = dispatcher.deploy_all([caller("top", "outer"), caller(), callee("first")], actor=SYSTEM)
    assert [each.process_key for each in deployed] == ["inner", "outer", "top"]
    _, task_id = begin(dispatcher, deployed[-1].hash)
    with reading(dispatcher.database) as connection:
        assert find_task(connection, dispatcher.definitions, task_id).task.element_id == "call/call/ask"


def test_one_that_is_refused_keeps_all_from_being_deployed(dispatcher: Dispatcher) -> None:
    with pytest.raises(DefinitionRefused, match="'nowhere' is not deployed"):
        dispatcher.deploy_all([callee("first"), caller("outer", "nowhere")], actor=SYSTEM)
    with reading(dispatcher.database) as connection:
        assert connection.execute(select(definition)).all() == []


def test_processes_that_call_each_other_in_a_circle_are_refused(dispatcher: Dispatcher) -> None:
    with pytest.raises(DefinitionRefused, match="a → b → a"):
        dispatcher.deploy_all([caller("a", "b"), caller("b", "a")], actor=SYSTEM)
    dispatcher.deploy(callee("first", "a"), actor=SYSTEM)
    dispatcher.deploy(caller("b", "a"), actor=SYSTEM)
    with pytest.raises(DefinitionRefused, match="calls itself"):
        dispatcher.deploy(caller("a", "b"), actor=SYSTEM)


def test_two_processes_of_one_id_are_refused(dispatcher: Dispatcher) -> None:
    with pytest.raises(DefinitionRefused, match="two files hold process 'inner'"):
        dispatcher.deploy_all([callee("first"), callee("second")], actor=SYSTEM)


def test_a_form_that_means_another_in_the_called_process_is_refused(dispatcher: Dispatcher) -> None:
    dispatcher.deploy(callee("first"), actor=SYSTEM)
    outer = caller()
    clash = ModelResources(bpmn=outer.bpmn, forms=(FORM % (b"inner_form", b"other"),))
    with pytest.raises(DefinitionRefused, match="inner_form"):
        dispatcher.deploy(clash, actor=SYSTEM)
