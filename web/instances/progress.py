"""Where an instance stands, for the drawing and for its twin in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from engine import clock
from engine.definitions.versions import Definition
from engine.history.journal import JournalEntry
from engine.instances.inspect import InstanceView
from web.language import gettext
from web.model_names import element_name, lane_name

#: Elements that a reader of the process cares about; gateways and joins only steer.
_SHOWN_TYPES = ("Task", "Event", "subProcess", "callActivity")


class ElementState(StrEnum):
    """How one element stands."""

    #: Holds a token and its due date has passed.
    OVERDUE = "overdue"
    #: Holds a token.
    NOW = "now"
    #: Was passed at least once.
    PASSED = "passed"
    #: Not reached yet, or on another path.
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementRow:
    """One element in the twin of the drawing."""

    id: str
    name: str
    lane: str
    state: ElementState
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What the drawing highlights."""

    active: Sequence[str]
    overdue: Sequence[str]
    passed: Sequence[str]
    elements: Sequence[ElementRow]


def progress(
    definition: Definition, instance: InstanceView, entries: Sequence[JournalEntry], bpmn: bytes
) -> Progress:
    """Return how every element of the model stands."""
    passed = _passed(entries)
    active = [
        element_id for element_id in instance.active_elements if element_id in definition.model.elements
    ]
    now = clock.now()
    overdue = [
        task.element_id
        for task in instance.user_tasks
        if task.ended_at is None and task.due_at is not None and task.due_at < now
    ]
    rows = [
        _row(definition, bpmn, element_id, active, overdue, passed)
        for element_id, element in definition.model.elements.items()
        if element.type.endswith(_SHOWN_TYPES)
    ]
    return Progress(active=active, overdue=overdue, passed=sorted(passed), elements=rows)


def _passed(entries: Sequence[JournalEntry]) -> set[str]:
    tags = {
        "element.completed.v1",
        "user_task.completed.v1",
        "service_task.completed.v1",
        "decision.evaluated.v1",
        "timer.fired.v1",
        "message.correlated.v1",
    }
    return {event["element_id"] for entry in entries for event in entry.events if event["type"] in tags}


def _row(
    definition: Definition,
    bpmn: bytes,
    element_id: str,
    active: Sequence[str],
    overdue: Sequence[str],
    passed: set[str],
) -> ElementRow:
    element = definition.model.elements[element_id]
    if element_id in overdue:
        state, words = ElementState.OVERDUE, gettext("here now, overdue")
    elif element_id in active:
        state, words = ElementState.NOW, gettext("here now")
    elif element_id in passed:
        state, words = ElementState.PASSED, gettext("passed")
    else:
        state, words = ElementState.AHEAD, gettext("not reached")
    return ElementRow(
        id=element_id,
        name=element_name(definition.model.process_key, element_id, element.name),
        lane=lane_name(definition.model.process_key, bpmn, element.lane),
        state=state,
        words=words,
    )
