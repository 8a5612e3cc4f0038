"""Values written in a model: text, or FEEL after an equals sign."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine import clock
from engine.errors import StepFailed
from engine.feel import Expression, FeelError, compile_expression


@dataclass(frozen=True, slots=True)
class Value:
    """A compiled value of a model; ``expression`` is absent when the text stands for itself."""

    text: str
    expression: Expression | None

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


def instant_of(value: Any, *, element_id: str, what: str) -> datetime | None:
    """Return the instant that a model's date expression gave; ``None`` stays ``None``.

    Raises:
        StepFailed: the value is no instant with a time zone.
    """
    if value is None:
        return None
    try:
        return clock.from_text(value)
    except (TypeError, ValueError) as error:
        raise StepFailed(
            f"Element '{element_id}': expected {what} to be an instant with a time zone, but got {value!r}",
            element_id=element_id,
        ) from error
