"""Values written in a model: text, or FEEL after an equals sign."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.errors import StepFailed
from engine.feel import Ask, Expression, FeelError, HostFunctions, compile_expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When expressions are evaluated, and whom they ask.

    Attributes:
        now: the instant that ``now()`` and ``today()`` answer.
        ask: answers functions of the host; ``None`` if there is nobody to ask.
    """

    now: datetime
    ask: Ask | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """A compiled value of a model; ``expression`` is absent when the text stands for itself.

    Attributes:
        gone: the functions of the host that it calls and that were there when it was deployed.
    """

    text: str
    expression: Expression | None
    gone: tuple[str, ...] = ()

    def unknown_functions(self) -> list[str]:
        """Return the names that the expression calls and nobody offers."""
        if self.expression is None:
            return []
        return sorted({use.name for use in self.expression.unresolved(()).functions})

    def missing_variables(self, variables: Mapping[str, Any]) -> list[str]:
        """Return the names that the expression uses and that are not among the variables."""
        if self.expression is None:
            return []
        return [use.name for use in self.expression.unresolved(variables).variables]

    def evaluate(self, variables: Mapping[str, Any], *, at: Moment, element_id: str) -> Any:
        """Return the JSON value.

        Raises:
            StepFailed: the expression exceeds its bounds, or a function of the host fails or is gone.
        """
        if self.expression is None:
            return self.text
        if self.gone:
            raise StepFailed(
                f"Element '{element_id}': expression '{self.text}' failed: there is no function "
                f"'{self.gone[0]}' any more",
                element_id=element_id,
            )
        try:
            return self.expression.evaluate_json(variables, now=at.now, ask=at.ask)
        except FeelError as error:
            raise StepFailed(
                f"Element '{element_id}': expression '{self.text}' failed: {error}", element_id=element_id
            ) from error


def compile_value(text: str, functions: HostFunctions) -> Value:
    """Compile a value as zeebe attributes hold it.

    Args:
        functions: the functions of the host that it may call.

    Raises:
        FeelSyntaxError: the text begins with ``=`` and what follows is not FEEL.
    """
    text = text.strip()
    if text.startswith("="):
        return Value(text, compile_expression(text[1:], functions=functions))
    return Value(text, None)
