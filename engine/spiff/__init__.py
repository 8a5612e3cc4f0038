"""The only importer of SpiffWorkflow: reading, elements, tokens, variables, state codec."""

from engine.spiff.codec import CODEC_VERSION
from engine.spiff.execution import Execution
from engine.spiff.model import CompiledModel, Element, compile_model
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
    "compile_model",
]
