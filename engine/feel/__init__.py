"""FEEL, the expression language of DMN: no side effects, and no reach beyond its variables."""

from engine.feel.errors import BoundExceeded, FeelError, FeelSyntaxError, TooDeep, TooLarge, TooManySteps
from engine.feel.expression import Expression, UnaryTests, compile_expression, compile_unary_tests
from engine.feel.json_values import to_feel, to_json

__all__ = [
    "BoundExceeded",
    "Expression",
    "FeelError",
    "FeelSyntaxError",
    "TooDeep",
    "TooLarge",
    "TooManySteps",
    "UnaryTests",
    "compile_expression",
    "compile_unary_tests",
    "to_feel",
    "to_json",
]
