"""SpiffWorkflow's process spec with what a scope of tokens needs to know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

from engine.spiff.expressions import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A sequence flow, or the jump of a link event.

    Attributes:
        target: the element it leads to.
    """

    id: str
    target: Any
    condition: Value | None
    is_default: bool


class ScopeSpec(BpmnProcessSpec):
    """The elements of a process or subprocess.

    Attributes:
        starts: its start events by name.
        begin: the one that needs no trigger; ``None`` if there is none.
        listeners: event subprocesses that wait for something to start them.
        handlers: event subprocesses that an error or escalation starts.
        has_conditions: of a process, whether anything in it waits for a condition.
    """

    starts: Mapping[str, Any]
    begin: Any | None
    listeners: Sequence[Any] = ()
    handlers: Sequence[Any] = ()
    has_conditions: bool = False
