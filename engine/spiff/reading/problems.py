"""Collects what is wrong with a model, and compiles the expressions it holds."""

from dataclasses import replace

from lxml import etree

from engine.definitions.resources import Problem
from engine.errors import DefinitionUnusable
from engine.feel import FeelSyntaxError, HostFunctions
from engine.feel.vocabulary import NO_HOST_FUNCTIONS
from engine.spiff.expressions import Value, compile_value
from engine.spiff.xml import id_of

#: Problems that are told of one model, and characters of each text in them.
MAX_PROBLEMS = 500
MAX_TEXT = 300
_QUOTED = 120

#: Characters of all different expressions of a model; each counts as some more, as it costs time at least.
MAX_EXPRESSIONS = 100_000
_PER_EXPRESSION = 30

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
        self._values: dict[str, Value] = {}
        self._characters = 0
        self._too_many = False

    def refuse(self, node: etree._Element, reason: str, advice: str) -> None:
        """Note a problem with an element."""
        self._note(id_of(node), " ".join((node.get("name") or "")[:MAX_TEXT].split()), reason, advice)

    def refuse_file(self, reason: str, element_id: str = "") -> None:
        """Note a problem with a file as a whole."""
        self._note(element_id, "", reason, "Correct the file in the modeller.")

    def _note(self, element_id: str, name: str, reason: str, advice: str) -> None:
        if len(self.found) > MAX_PROBLEMS:
            return
        if len(self.found) == MAX_PROBLEMS:
            element_id, name, reason = "", "", f"there are more than {MAX_PROBLEMS} problems"
            advice = "Correct those first."
        self.found.append(
            Problem(
                element_id=_short(element_id),
                element_name=_short(name),
                reason=_short(reason),
                advice=_short(advice),
            )
        )

    def value(self, node: etree._Element, text: str | None, what: str) -> Value | None:
        """Compile a value; note a problem and return ``None`` if it cannot be evaluated."""
        if text is None or not text.strip():
            return None
        if any(sign in text for sign in _OTHER_LANGUAGE) and not text.strip().startswith("="):
            self.refuse(
                node,
                f"{what} '{_short(text, _QUOTED)}' is an expression of Camunda 7",
                "Write it in FEEL after '='.",
            )
            return None
        known = self._values.get(text)
        if known is not None:
            return known
        if not self._fits(node, text, what):
            return None
        try:
            value = compile_value(text, self._functions)
        except FeelSyntaxError as error:
            self.refuse(
                node,
                f"{what} '{_short(text, _QUOTED)}' is not valid FEEL: {error}",
                "Correct the expression.",
            )
            return None
        unknown = value.unknown_functions()
        for name in unknown:
            self.refuse(node, f"{what} calls '{name}', which is no function", "Call a function of FEEL.")
        if not unknown:
            self._values[text] = value
        return value

    def _fits(self, node: etree._Element, text: str, what: str) -> bool:
        self._characters += len(text) + _PER_EXPRESSION
        if self._characters <= MAX_EXPRESSIONS:
            return True
        if not self._too_many:
            self.refuse(node, f"with {what} the expressions are too many or too long", "Split the process.")
        self._too_many = True
        return False

    def expression(self, node: etree._Element, text: str | None, what: str) -> Value | None:
        """Compile what must be an expression; note a problem if it is plain text."""
        if text is not None and text.strip() and not text.strip().startswith(("=", *_OTHER_LANGUAGE)):
            self.refuse(
                node,
                f"{what} '{_short(text.strip(), _QUOTED)}' is not an expression",
                f"Begin {what} with '='.",
            )
            return None
        return self.value(node, text, what)


class NotChecked(Problems):
    """Stands for the problems of a model that was checked when it was deployed: only its expressions are compiled.

    A check that has become stricter since says nothing about it.
    """

    def value(self, node: etree._Element, text: str | None, what: str) -> Value | None:
        """Compile a value; one that calls a function that is gone fails when it is evaluated.

        Raises:
            DefinitionUnusable: it is not FEEL.
        """
        if text is None or not text.strip():
            return None
        known = self._values.get(text)
        if known is None:
            try:
                known = compile_value(text, self._functions)
            except FeelSyntaxError as error:
                raise DefinitionUnusable(
                    f"Expected a deployed model, but {what} of '{id_of(node)}' is not valid FEEL: {error}"
                ) from error
            known = self._values[text] = replace(known, gone=tuple(known.unknown_functions()))
        return known

    def expression(self, node: etree._Element, text: str | None, what: str) -> Value | None:
        """Compile what must be an expression."""
        return self.value(node, text, what)

    def _note(self, _element_id: str, _name: str, _reason: str, _advice: str) -> None:
        """Nothing: it was checked then."""


def _short(text: str, most: int = MAX_TEXT) -> str:
    return text if len(text) <= most else f"{text[:most]}…"
