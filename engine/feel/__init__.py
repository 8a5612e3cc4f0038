"""FEEL, the expression language of DMN: no side effects, and no reach beyond its variables."""

from engine.feel.bounds import Ask, Limits
from engine.feel.errors import (
    BoundExceeded,
    FeelError,
    FeelSyntaxError,
    HostFunctionFailed,
    TooDeep,
    TooLarge,
    TooManySteps,
    TooSlow,
)
from engine.feel.explanation import Explanation, Part
from engine.feel.expression import (
    Expression,
    UnaryTests,
    Unresolved,
    compile_expression,
    compile_unary_tests,
)
from engine.feel.json_values import to_feel, to_json
from engine.feel.vocabulary import HostFunction, HostFunctions

__all__ = [
    "Ask",
    "BoundExceeded",
    "Explanation",
    "Expression",
    "FeelError",
    "FeelSyntaxError",
    "HostFunction",
    "HostFunctionFailed",
    "HostFunctions",
    "Limits",
    "Part",
    "TooDeep",
    "TooLarge",
    "TooManySteps",
    "TooSlow",
    "UnaryTests",
    "Unresolved",
    "compile_expression",
    "compile_unary_tests",
    "to_feel",
    "to_json",
]
