"""What differs between two versions, told for people and programs."""

import json
import re

import pytest
from sqlalchemy import Engine

from engine.actors import SYSTEM
from engine.database import open_database, reading
from engine.definitions.difference import Difference, difference
from engine.definitions.resources import ModelResources
from engine.dispatch import Dispatcher
from engine.errors import NotFound
from engine.service_tasks import ServiceTaskHandlers
from engine.tables import metadata
from processes.wiring import ProcessSettings, build_dispatcher, model_resources
from tests.drawing import (
    boundary,
    call,
    each,
    end,
    flow,
    flows,
    io,
    looping,
    model,
    node,
    start,
    timed,
    user_task,
)


@pytest.fixture
def dispatcher(sqlite_url: str) -> Dispatcher:
    """An empty installation."""
    database: Engine = open_database(sqlite_url)
    metadata.create_all(database)
    return Dispatcher(database, handlers=ServiceTaskHandlers())


def _between(dispatcher: Dispatcher, before: ModelResources, after: ModelResources) -> Difference:
    keys = [dispatcher.deploy_all([each], actor=SYSTEM)[0] for each in (before, after)]
    with reading(dispatcher.database) as connection:
        return difference(
            connection, dispatcher.definitions, keys[0].process_key, keys[0].version, keys[1].version
        )


def _kinds(items: tuple[object, ...]) -> dict[str, str]:
    return {item.id: str(item.kind) for item in items}


def _changes(found: Difference, element_id: str) -> dict[str, tuple[str | None, str | None]]:
    (item,) = [each for each in (*found.elements, *found.flows) if each.id == element_id]
    return {change.what: (change.before, change.after) for change in item.changes}


def test_elements_and_flows_are_told_with_what_is_said_otherwise(dispatcher: Dispatcher) -> None:
    late = boundary("late", "ask", timed("timeDuration", "P1D"), interrupting=False)
    later = boundary("late", "ask", timed("timeDuration", "=wait"))
    schedule = '<zeebe:taskSchedule dueDate="=due"/>'
    before = model(
        start(),
        user_task("ask", schedule),
        late,
        end("noted"),
        node("exclusiveGateway", "which", default="which_to_finish"),
        node("task", "rest"),
        end(),
        flows("begin", "ask", "which", "finish"),
        flow("which", "rest", "x > 1"),
        flows("rest", "finish"),
        flows("late", "noted"),
    )
    after = model(
        start(),
        looping(user_task("ask", io(inputs=[("unit", "x")]), groups='=["heads"]'), each("units")),
        later,
        end("noted"),
        node("exclusiveGateway", "which", default="which_to_finish"),
        user_task("check"),
        end(),
        flows("begin", "ask", "which", "finish"),
        flow("which", "check", "x > 2").replace("which_to_check", "which_to_rest"),
        flows("check", "finish"),
        flows("late", "noted"),
    )
    found = _between(dispatcher, ModelResources(bpmn=before), ModelResources(bpmn=after))
    assert _kinds(found.elements) == {
        "ask": "changed",
        "late": "changed",
        "check": "added",
        "rest": "removed",
    }
    assert _changes(found, "ask") == {
        "candidate_groups": ('=["clerks"]', '=["heads"]'),
        "due_date": ("=due", None),
        "loop": (None, "side by side"),
        "input_collection": (None, "=units"),
        "input_element": (None, "item"),
        "input:unit": (None, "=x"),
    }
    assert _changes(found, "late") == {
        "interrupting": ("no", "yes"),
        "timer": ("duration: P1D", "duration: =wait"),
    }
    assert _changes(found, "which_to_rest") == {
        "target": ("rest", "check"),
        "condition": ("=x > 1", "=x > 2"),
    }
    assert _kinds(found.flows) == {
        "which_to_rest": "changed",
        "check_to_finish": "added",
        "rest_to_finish": "removed",
    }
    assert not found.is_empty
    assert json.loads(json.dumps(found.to_json()))["elements"][0]["kind"] == "changed"


def test_what_only_lies_elsewhere_is_moved_and_nothing_else(dispatcher: Dispatcher) -> None:
    resources = model_resources("assignment")
    plain = dispatcher_for_assignment(dispatcher)
    moved = re.sub(rb'(bpmnElement="explain">\s*<dc:Bounds x=")', rb"\g<1>1", resources.bpmn)
    found = _between(
        plain, resources, ModelResources(bpmn=moved, decisions=resources.decisions, forms=resources.forms)
    )
    assert found.is_empty
    assert _kinds(found.elements) == {"explain": "moved"}
    assert (found.flows, found.decisions, found.forms, found.process) == ((), (), {}, ())


def dispatcher_for_assignment(empty: Dispatcher) -> Dispatcher:
    """A dispatcher that knows what the product's models ask for."""
    return build_dispatcher(empty.database, ProcessSettings())


def test_rules_fields_and_called_processes_are_told(dispatcher: Dispatcher) -> None:
    resources = model_resources("assignment")
    decisions = tuple(
        content.replace(b"<text>2</text>", b"<text>3</text>", 1) for content in resources.decisions
    )
    forms = [json.loads(content) for content in resources.forms]
    acknowledge = next(form for form in forms if form["id"] == forms[0]["id"])
    removed = acknowledge["components"].pop()
    acknowledge["components"][0]["label"] = "Khác"
    acknowledge["components"].append(
        {"type": "textfield", "id": "fresh_field", "key": "fresh", "label": "Mới"}
    )
    changed = ModelResources(
        bpmn=resources.bpmn,
        decisions=decisions,
        forms=tuple(json.dumps(form).encode() for form in forms),
    )
    found = _between(dispatcher_for_assignment(dispatcher), resources, changed)
    assert found.elements == ()
    rules = [change.what for item in found.decisions for change in item.changes]
    assert rules
    assert all(what.startswith("rule:") for what in rules)
    (fields,) = found.forms.values()
    kinds = {item.id: str(item.kind) for item in fields}
    assert kinds["fresh"] == "added"
    assert kinds[removed.get("key") or removed["id"]] == "removed"
    assert "changed" in kinds.values()


def test_a_called_process_of_another_version_is_told(dispatcher: Dispatcher) -> None:
    part = model(start(), user_task("ask"), end(), flows("begin", "ask", "finish"), process="part")
    whole = model(start(), call("do", "part"), end(), flows("begin", "do", "finish"), process="whole")
    dispatcher.deploy(ModelResources(bpmn=part), actor=SYSTEM)
    dispatcher.deploy(ModelResources(bpmn=whole), actor=SYSTEM)
    dispatcher.deploy(ModelResources(bpmn=part.replace(b"finish", b"done")), actor=SYSTEM)
    dispatcher.deploy(ModelResources(bpmn=whole), actor=SYSTEM)
    with reading(dispatcher.database) as connection:
        found = difference(connection, dispatcher.definitions, "whole", 1, 2)
        (called,) = found.called
        assert [(each.what, each.before, each.after) for each in called.changes] == [("version", "1", "2")]
        with pytest.raises(NotFound, match="1 to 2"):
            difference(connection, dispatcher.definitions, "whole", 1, 9)
        with pytest.raises(NotFound, match="never deployed"):
            difference(connection, dispatcher.definitions, "nothing", 1, 2)
