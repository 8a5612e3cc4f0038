"""Decisions in DMN: tables and expressions, the decisions that they require, and why they gave what they gave."""

from engine.dmn.errors import DmnError
from engine.dmn.loading import load_decisions
from engine.dmn.model import Decision, DecisionModel
from engine.dmn.results import DecisionResult, RuleResult, TableResult

__all__ = [
    "Decision",
    "DecisionModel",
    "DecisionResult",
    "DmnError",
    "RuleResult",
    "TableResult",
    "load_decisions",
]
