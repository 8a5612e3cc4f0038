"""The only importer of SpiffWorkflow: reading, elements, tokens, variables, state codec."""

from engine.spiff.codec import CODEC_VERSION
from engine.spiff.execution import Execution
from engine.spiff.model import (
    CompiledModel,
    Element,
    called_processes,
    compile_model,
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
from engine.spiff.schedule import LateCycles
from engine.spiff.xml import parse_xml

__all__ = [
    "CODEC_VERSION",
    "CompiledModel",
    "Element",
    "Execution",
    "LateCycles",
    "MessageSubscription",
    "OpenUserTask",
    "ServiceRequest",
    "ServiceRunner",
    "SignalSubscription",
    "StepResult",
    "WaitingTimer",
    "called_processes",
    "compile_model",
    "parse_xml",
    "process_id_of",
    "references_of",
]
