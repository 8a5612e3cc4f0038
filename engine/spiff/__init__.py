"""The only importer of SpiffWorkflow: reading, elements, tokens, variables, state codec."""

from engine.spiff.codec import CODEC_VERSION
from engine.spiff.details import MessageTrigger, SignalTrigger, TimerTrigger
from engine.spiff.elements.triggers import first_tick
from engine.spiff.execution import Execution
from engine.spiff.expressions import Moment
from engine.spiff.facts import Facts, element_facts, flow_facts, process_facts
from engine.spiff.migration import Migration, MovedToken, Route, WaitingEvent
from engine.spiff.migration_rules import ElementNames
from engine.spiff.model import (
    CompiledModel,
    Element,
    FindModel,
    called_processes,
    compile_model,
    decision_ids_of,
    form_ids_of,
    load_model,
    problems_of_files,
    process_id_of,
    references_of,
)
from engine.spiff.results import (
    MessageSubscription,
    OpenUserTask,
    ServiceRequest,
    ServiceRunner,
    SignalSubscription,
    Skipped,
    StepResult,
    WaitingTimer,
)
from engine.spiff.schedule import Cycle, LateCycles
from engine.spiff.xml import parse_xml

__all__ = [
    "CODEC_VERSION",
    "CompiledModel",
    "Cycle",
    "Element",
    "ElementNames",
    "Execution",
    "Facts",
    "FindModel",
    "LateCycles",
    "MessageSubscription",
    "MessageTrigger",
    "Migration",
    "Moment",
    "MovedToken",
    "OpenUserTask",
    "Route",
    "ServiceRequest",
    "ServiceRunner",
    "SignalSubscription",
    "SignalTrigger",
    "Skipped",
    "StepResult",
    "TimerTrigger",
    "WaitingEvent",
    "WaitingTimer",
    "called_processes",
    "compile_model",
    "decision_ids_of",
    "element_facts",
    "first_tick",
    "flow_facts",
    "form_ids_of",
    "load_model",
    "parse_xml",
    "problems_of_files",
    "process_facts",
    "process_id_of",
    "references_of",
]
