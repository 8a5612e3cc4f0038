"""Compiles the FEEL texts of a decision model, with the names, types and functions that they may use."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from engine.dmn.document import Element, element_id, text_of
from engine.dmn.errors import DmnError
from engine.feel.compiler import NameUse
from engine.feel.errors import FeelSyntaxError
from engine.feel.expression import Expression, UnaryTests, compile_expression, compile_unary_tests
from engine.feel.vocabulary import HostFunctions, TypeNames

Made = TypeVar("Made")

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


#: Expressions and tests of the largest accepted file.
MAX_TEXTS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class UnresolvedText:
    """A text that names what its file does not offer.

    Attributes:
        owner: the decision or business knowledge model that it is of, by id or name.
        table_id: the decision table that it stands in, ``None`` without one.
        element_id: the cell or other element that it stands in.
        functions: what it calls; nobody can offer these any more.
        variables: what the caller of the decision is expected to give.
    """

    owner: str
    table_id: str | None
    element_id: str | None
    text: str
    functions: tuple[NameUse, ...]
    variables: tuple[NameUse, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """What the texts of one decision model may name."""

    names: frozenset[str]
    functions: HostFunctions
    types: TypeNames
    #: Every text that was compiled, with its element.
    texts: list[tuple[Element, Expression | UnaryTests]] = field(default_factory=list)
    #: What is wrong with the file so far; it is refused for all of it at once.
    refused: list[DmnError] = field(default_factory=list)

    def expression_in(self, element: Element | None) -> Expression | None:
        """Return the compiled text of an element, ``None`` if it is empty.

        Raises:
            DmnError: the text is in another language than FEEL.
        """
        text = "" if element is None else feel_text(element)
        return None if element is None or not text else self.compiled(text, element)

    def compiled(self, text: str, element: Element) -> Expression:
        """Return a compiled expression that stands in an element; a text that is none is noted as refused."""
        try:
            made = compile_expression(text, names=self.names, functions=self.functions, types=self.types)
        except FeelSyntaxError as error:
            self.refused.append(_refusal(error, text, element))
            return compile_expression("null")
        self.texts.append((element, made))
        return made

    def tests_in(self, element: Element | None) -> UnaryTests | None:
        """Return the compiled unary tests of an element, ``None`` if it accepts everything.

        A text that is no list of unary tests is noted as refused.

        Raises:
            DmnError: the text is in another language than FEEL.
        """
        text = "" if element is None else feel_text(element)
        if element is None or text in ("", "-"):
            return None
        try:
            made = compile_unary_tests(text, names=self.names, functions=self.functions, types=self.types)
        except FeelSyntaxError as error:
            self.refused.append(_refusal(error, text, element))
            return None
        self.texts.append((element, made))
        return made

    def each(self, elements: Iterable[Element], build: Callable[[Element], Made]) -> list[Made]:
        """Build what stands in each of some elements; what cannot be built is noted as refused."""
        made = []
        for element in elements:
            try:
                made.append(build(element))
            except DmnError as error:
                self.refused.extend(error.all)
        return made

    def refuse(self) -> None:
        """Refuse the file if anything was noted.

        Raises:
            DmnError: the first thing that is wrong, with all else beside it.
        """
        if self.refused:
            first, *others = self.refused
            raise first.beside(others)

    def unresolved(self, offered: Iterable[str]) -> tuple["UnresolvedText", ...]:
        """Return the texts that name something that is not among what the file offers."""
        known = frozenset(offered)
        found = [(element, text, text.unresolved(known)) for element, text in self.texts]
        return tuple(
            UnresolvedText(
                owner=_owner(element),
                table_id=_table_id(element),
                element_id=element_id(element),
                text=text.text,
                functions=missing.functions,
                variables=missing.variables,
            )
            for element, text, missing in found
            if missing.functions or missing.variables
        )


def _owner(element: Element) -> str:
    """Return the id, else the name, of what lies directly within the file and holds an element."""
    holders = [element, *element.iterancestors()]
    outer = holders[-2] if len(holders) > 1 else element
    return outer.get("id") or outer.get("name") or ""


def _table_id(element: Element) -> str | None:
    table = next(element.iterancestors("{*}decisionTable"), None)
    return None if table is None else element_id(table)


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
