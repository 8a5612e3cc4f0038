"""Values written in a model: text, or FEEL after an equals sign."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lark import Tree

from engine.errors import StepFailed
from engine.feel import Expression, FeelError, compile_expression
from engine.feel.builtins_registry import BUILTINS
from engine.feel.parser import parse_expression


@dataclass(frozen=True, slots=True)
class Value:
    """A compiled value of a model; ``expression`` is absent when the text stands for itself."""

    text: str
    expression: Expression | None

    def unknown_functions(self) -> list[str]:
        """Return the names that the expression calls and nobody offers."""
        return [] if self.expression is None else unknown_functions(self.expression)

    def evaluate(self, variables: Mapping[str, Any], *, now: datetime, element_id: str) -> Any:
        """Return the JSON value.

        Raises:
            StepFailed: the expression exceeds its bounds.
        """
        if self.expression is None:
            return self.text
        try:
            return self.expression.evaluate_json(variables, now=now)
        except FeelError as error:
            raise StepFailed(
                f"Element '{element_id}': expression '{self.text}' failed: {error}", element_id=element_id
            ) from error


def compile_value(text: str) -> Value:
    """Compile a value as zeebe attributes hold it.

    Raises:
        FeelSyntaxError: the text begins with ``=`` and what follows is not FEEL.
    """
    text = text.strip()
    if text.startswith("="):
        return Value(text, compile_expression(text[1:]))
    return Value(text, None)


def unknown_functions(expression: Expression) -> list[str]:
    """Return the names that an expression calls and that are neither built in nor defined in it."""
    unresolved = getattr(expression, "unresolved", None)
    if unresolved is not None:
        return sorted({use.name for use in unresolved(()).functions})
    tree = parse_expression(expression.text, names=frozenset(), functions=frozenset(BUILTINS))
    if not isinstance(tree, Tree):
        return []
    called = [
        str(first.children[0])
        for call in tree.find_pred(lambda node: node.data in ("call", "call_named"))
        for first in call.children[:1]
        if isinstance(first, Tree) and first.data == "name"
    ]
    return sorted(set(called) & expression.names)
