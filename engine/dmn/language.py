"""Compiles the FEEL texts of a decision model, with the names, types and functions that they may use."""

from dataclasses import dataclass

from engine.dmn.document import Element, element_id, text_of
from engine.dmn.errors import DmnError
from engine.feel.errors import FeelSyntaxError
from engine.feel.expression import Expression, UnaryTests, compile_expression, compile_unary_tests
from engine.feel.vocabulary import HostFunctions, TypeNames

#: How a model names FEEL as the language of an expression; no name means FEEL, too.
_FEEL = frozenset(
    {
        "",
        "feel",
        "FEEL",
        *(
            f"https://www.omg.org/spec/DMN/{version}/FEEL/"
            for version in ("20191111", "20211108", "20230324")
        ),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """What the texts of one decision model may name."""

    names: frozenset[str]
    functions: HostFunctions
    types: TypeNames

    def expression_in(self, element: Element | None) -> Expression | None:
        """Return the compiled text of an element, ``None`` if it is empty.

        Raises:
            DmnError: the text is not FEEL.
        """
        text = "" if element is None else feel_text(element)
        return None if element is None or not text else self.compiled(text, element)

    def compiled(self, text: str, element: Element) -> Expression:
        """Return a compiled expression that stands in an element.

        Raises:
            DmnError: the text is not an expression.
        """
        try:
            return compile_expression(text, names=self.names, functions=self.functions, types=self.types)
        except FeelSyntaxError as error:
            raise _refusal(error, text, element) from error

    def tests_in(self, element: Element | None) -> UnaryTests | None:
        """Return the compiled unary tests of an element, ``None`` if it accepts everything.

        Raises:
            DmnError: the text is no list of unary tests.
        """
        text = "" if element is None else feel_text(element)
        if element is None or text in ("", "-"):
            return None
        try:
            return compile_unary_tests(text, names=self.names, functions=self.functions, types=self.types)
        except FeelSyntaxError as error:
            raise _refusal(error, text, element) from error


def feel_text(element: Element) -> str:
    """Return the text of an element.

    Raises:
        DmnError: it is written in another language than FEEL.
    """
    language = element.get("expressionLanguage", "")
    if language not in _FEEL:
        raise DmnError(f"Expected an expression in FEEL, but got one in {language!r}", element_id(element))
    return text_of(element)


def _refusal(error: FeelSyntaxError, text: str, element: Element) -> DmnError:
    return DmnError(
        f"Expected a FEEL expression, but got {text!r}: {error.message} at character {error.position + 1}",
        element_id(element),
    )
