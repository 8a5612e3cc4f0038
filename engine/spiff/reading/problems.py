"""Collects what is wrong with a model, and compiles the expressions it holds."""

from lxml import etree

from engine.definitions.resources import Problem
from engine.feel import FeelSyntaxError, HostFunctions
from engine.feel.vocabulary import NO_HOST_FUNCTIONS
from engine.spiff.expressions import Value, compile_value
from engine.spiff.xml import id_of

#: Expressions of Camunda 7 look like this; they are another language.
_OTHER_LANGUAGE = ("${", "#{")


class Problems:
    """What has been found wrong so far, in the order in which it was found."""

    def __init__(self, functions: HostFunctions = NO_HOST_FUNCTIONS) -> None:
        """Begin with no problem.

        Args:
            functions: the functions of the host that expressions may call.
        """
        self._functions = functions
        self.found: list[Problem] = []

    def refuse(self, node: etree._Element, reason: str, advice: str) -> None:
        """Note a problem with an element."""
        self.found.append(
            Problem(
                element_id=id_of(node),
                element_name=" ".join((node.get("name") or "").split()),
                reason=reason,
                advice=advice,
            )
        )

    def refuse_file(self, reason: str, element_id: str = "") -> None:
        """Note a problem with a file as a whole."""
        self.found.append(
            Problem(
                element_id=element_id,
                element_name="",
                reason=reason,
                advice="Correct the file in the modeller.",
            )
        )

    def value(self, node: etree._Element, text: str | None, what: str) -> Value | None:
        """Compile a value; note a problem and return ``None`` if it cannot be evaluated."""
        if text is None or not text.strip():
            return None
        if any(sign in text for sign in _OTHER_LANGUAGE) and not text.strip().startswith("="):
            self.refuse(node, f"{what} '{text}' is an expression of Camunda 7", "Write it in FEEL after '='.")
            return None
        try:
            value = compile_value(text, self._functions)
        except FeelSyntaxError as error:
            self.refuse(node, f"{what} '{text}' is not valid FEEL: {error}", "Correct the expression.")
            return None
        for name in value.unknown_functions():
            self.refuse(node, f"{what} calls '{name}', which is no function", "Call a function of FEEL.")
        return value

    def expression(self, node: etree._Element, text: str | None, what: str) -> Value | None:
        """Compile what must be an expression; note a problem if it is plain text."""
        if text is not None and text.strip() and not text.strip().startswith(("=", *_OTHER_LANGUAGE)):
            self.refuse(node, f"{what} '{text.strip()}' is not an expression", f"Begin {what} with '='.")
            return None
        return self.value(node, text, what)
