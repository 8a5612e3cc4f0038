"""What was deployed loads and runs, whatever is asked of models since."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import Engine, select

from engine.actors import SYSTEM
from engine.commands import StartInstance
from engine.database import reading
from engine.definitions.resources import ModelResources
from engine.dispatch import Dispatcher
from engine.errors import DefinitionRefused, DefinitionUnusable, StepFailed
from engine.host_functions import EngineFunction, EngineFunctions
from engine.ids import new_id
from engine.service_tasks import ServiceCall, ServiceTaskHandlers
from engine.spiff import load_model
from engine.spiff.reading import events
from engine.tables import incident, metadata
from tests.drawing import catch, end, flows, message, model, of, script_task, service_task, start, user_task
from tests.integration.engine.office import Office, Switch


def _dispatcher(database: Engine, *types: str, functions: EngineFunctions | None = None) -> Dispatcher:
    metadata.create_all(database)
    handlers = ServiceTaskHandlers()

    def done(_call: ServiceCall) -> Mapping[str, Any]:
        return {}

    for task_type in types:
        handlers.register(task_type, done)
    if functions is None:
        return Dispatcher(database, handlers=handlers)
    return Dispatcher(database, handlers=handlers, functions=functions)


def _started(dispatcher: Dispatcher, definition_hash: str) -> StartInstance:
    command = StartInstance(
        command_id=new_id(),
        actor=SYSTEM,
        instance_id=new_id(),
        definition_hash=definition_hash,
        business_key="one",
    )
    dispatcher.execute(command)
    return command


FILING = ModelResources(
    bpmn=model(
        start(),
        user_task("ask"),
        service_task("store", "file"),
        end(),
        flows("begin", "ask", "store", "finish"),
    )
)


def test_a_definition_whose_handler_has_gone_loads_and_its_service_task_is_an_incident(
    database: Engine,
) -> None:
    definition_hash = _dispatcher(database, "file").deploy(FILING, actor=SYSTEM)
    later = _dispatcher(database)
    with pytest.raises(DefinitionRefused):
        later.deploy(ModelResources(bpmn=FILING.bpmn.replace(b"finish", b"done")), actor=SYSTEM)

    instance_id = _started(later, definition_hash).instance_id
    office = Office(later, definition_hash, Switch())
    with pytest.raises(StepFailed, match="store"):
        office.complete(instance_id)
    with reading(database) as connection:
        assert connection.scalars(select(incident.c.element_id)).all() == ["store"]


def test_a_check_that_has_become_stricter_refuses_nothing_that_is_deployed(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = ModelResources(
        bpmn=model(
            start(),
            catch("wait", of("message", "m")),
            end(),
            flows("begin", "wait", "finish"),
            messages=message("m", "the_answer_to_the_letter", '"k"'),
        )
    )
    definition_hash = _dispatcher(database).deploy(content, actor=SYSTEM)
    monkeypatch.setattr(events, "LONGEST_NAME", 10)
    later = _dispatcher(database)
    with pytest.raises(DefinitionRefused, match="too long"):
        later.deploy(ModelResources(bpmn=content.bpmn.replace(b"finish", b"done")), actor=SYSTEM)
    _started(later, definition_hash)
    with reading(database) as connection:
        waiting = connection.exec_driver_sql("SELECT message_name FROM message_subscription").scalars()
        assert waiting.all() == ["the_answer_to_the_letter"]


def test_an_expression_whose_function_has_gone_fails_where_it_is_evaluated(database: Engine) -> None:
    asked = EngineFunctions([EngineFunction("holidays(year: number)", "number", lambda _connection, _: 11)])
    content = ModelResources(
        bpmn=model(
            start(),
            script_task("count", "holidays(2026)", "days"),
            end(),
            flows("begin", "count", "finish"),
        )
    )
    definition_hash = _dispatcher(database, functions=asked).deploy(content, actor=SYSTEM)
    with pytest.raises(StepFailed, match="no function 'holidays' any more"):
        _started(_dispatcher(database), definition_hash)


def test_what_cannot_be_compiled_at_all_is_a_fault() -> None:
    for content in (b"<nothing", model(start()).replace(b'isExecutable="true"', b"")):
        with pytest.raises(DefinitionUnusable):
            load_model(ModelResources(bpmn=content), called={})
    plain = model(start(), script_task("add", "1 +", "sum"), end(), flows("begin", "add", "finish"))
    with pytest.raises(DefinitionUnusable, match="add"):
        load_model(ModelResources(bpmn=plain), called={})
    timeless = catch("wait", "<bpmn:timerEventDefinition/>")
    with pytest.raises(DefinitionUnusable, match="wait"):
        load_model(
            ModelResources(bpmn=model(start(), timeless, end(), flows("begin", "wait", "finish"))), called={}
        )
