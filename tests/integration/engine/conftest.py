"""An engine with a small model, on both databases."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import Engine

from engine.actors import SYSTEM
from engine.definitions.resources import ModelResources
from engine.dispatch import Dispatcher
from engine.service_tasks import ServiceCall, ServiceTaskHandlers
from engine.tables import metadata
from tests.integration.engine.office import APPROVAL, Office, Switch


@pytest.fixture
def switch() -> Switch:
    """Decides whether the handler of service tasks fails."""
    return Switch()


@pytest.fixture
def dispatcher(database: Engine, switch: Switch) -> Dispatcher:
    """A dispatcher whose one handler queues a message and can be made to fail."""
    metadata.create_all(database)
    handlers = ServiceTaskHandlers()

    def file(call: ServiceCall) -> Mapping[str, Any]:
        if switch.failing:
            raise RuntimeError("the filing cabinet is locked")
        switch.calls += 1
        call.outbox.add("filed", {"by": call.element_id}, key=f"file:{call.task_id}")
        return {"filed_at": call.effective_at.isoformat(), "calls": switch.calls}

    handlers.register("file", file)
    return Dispatcher(database, handlers=handlers)


@pytest.fixture
def office(dispatcher: Dispatcher, switch: Switch) -> Office:
    """The small model deployed."""
    definition_hash = dispatcher.deploy(ModelResources(bpmn=APPROVAL), actor=SYSTEM)
    return Office(dispatcher, definition_hash, switch)
