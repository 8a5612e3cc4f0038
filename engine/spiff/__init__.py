"""The only importer of SpiffWorkflow: parser, elements, state codec, pruning, determinism."""

from engine.spiff.codec import CODEC_VERSION
from engine.spiff.execution import Execution
from engine.spiff.model import CompiledModel, Element, compile_model
from engine.spiff.prune import PRUNE_VERSION
from engine.spiff.results import (
    MessageSubscription,
    OpenUserTask,
    ServiceRequest,
    ServiceRunner,
    StepResult,
    WaitingTimer,
)

__all__ = [
    "CODEC_VERSION",
    "PRUNE_VERSION",
    "CompiledModel",
    "Element",
    "Execution",
    "MessageSubscription",
    "OpenUserTask",
    "ServiceRequest",
    "ServiceRunner",
    "StepResult",
    "WaitingTimer",
    "compile_model",
]
