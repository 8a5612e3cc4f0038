"""The only importer of SpiffWorkflow: reading, elements, tokens, variables, state codec."""

from engine.spiff.codec import CODEC_VERSION
from engine.spiff.details import MessageTrigger, SignalTrigger, TimerTrigger
from engine.spiff.elements.triggers import first_tick
from engine.spiff.execution import Execution
from engine.spiff.expressions import Moment
from engine.spiff.model import (
    CompiledModel,
    Element,
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
    "Execution",
    "LateCycles",
    "MessageSubscription",
    "MessageTrigger",
    "Moment",
    "OpenUserTask",
    "ServiceRequest",
    "ServiceRunner",
    "SignalSubscription",
    "SignalTrigger",
    "StepResult",
    "TimerTrigger",
    "WaitingTimer",
    "called_processes",
    "compile_model",
    "decision_ids_of",
    "first_tick",
    "form_ids_of",
    "load_model",
    "parse_xml",
    "problems_of_files",
    "process_id_of",
    "references_of",
]
