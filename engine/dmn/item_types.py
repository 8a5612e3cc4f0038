"""The types that a decision model defines, and whether a value keeps to them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine.dmn.document import Element, child, children, element_id, text_of
from engine.dmn.errors import DmnError, WrongType
from engine.feel.builtins_conversion import pieces_of
from engine.feel.errors import FeelSyntaxError
from engine.feel.expression import UnaryTests, compile_unary_tests
from engine.feel.json_values import as_declared
from engine.feel.scope import Scope
from engine.feel.types import (
    ANY,
    ContextType,
    FeelType,
    FunctionType,
    ListType,
    built_in_type,
    coerced,
    type_text,
)

Check = Callable[[Any, Scope], bool]
#: Longest accepted chain of types made of one another.
_MAX_CHAIN = 50
#: Conditions of the most intricate accepted type, those of its components included.
_MAX_CHECKS = 1_000
#: Characters of a value that an error shows.
_MAX_SHOWN = 100


@dataclass(frozen=True, slots=True)
class ItemType:
    """A type and the further conditions on its values."""

    kind: FeelType
    checks: tuple[Check, ...] = ()
    #: The values that it allows, ``None`` for all or where they are not a single test.
    allowed: UnaryTests | None = None

    def coerce(self, value: Any, scope: Scope) -> Any:
        """Return a value as one of this type; ``None`` if it is none."""
        converted = coerced(value, self.kind)
        return converted if all(check(converted, scope) for check in self.checks) else None

    def taken(self, value: Any, scope: Scope, place: str, element_id: str | None = None) -> Any:
        """Return what came from outside as a value of this type.

        From JSON, texts are read as dates, times and durations; a value that cannot be of the type is an error.
        From FEEL that is ``null`` (DMN 1.5, 10.3.2.9.4).

        Args:
            place: the input or column that takes it.

        Raises:
            WrongType: the value came from JSON and is not of the type.
        """
        if not scope.account.reads_json:
            return self.coerce(value, scope)
        found = self.coerce(as_declared(value, self.kind), scope)
        if found is None and value is not None and value != [None]:
            wanted = type_text(self.kind) + (" with an allowed value" if self.checks else "")
            raise WrongType(place, wanted, _shown(value), element_id)
        return found


def _shown(value: Any) -> str:
    text = ""
    for piece in pieces_of(value):
        text += piece
        if len(text) > _MAX_SHOWN:
            return f"{text[:_MAX_SHOWN]}…"
    return text


ANY_ITEM = ItemType(ANY)


class ItemTypes:
    """The types of one decision model by name."""

    def __init__(
        self, definitions: Element, names: frozenset[str], imported: Mapping[str, ItemType] | None = None
    ) -> None:
        self._names = names
        self._elements = {item.get("name", ""): item for item in children(definitions, "itemDefinition")}
        self._known: dict[str, ItemType] = dict(imported or {})
        self._open: list[str] = []
        for name in self._elements:
            self.named(name)

    @property
    def known(self) -> Mapping[str, ItemType]:
        """The types by their names."""
        return self._known

    def of(self, element: Element | None) -> ItemType:
        """Return the type to which the ``typeRef`` of an element points; without one, any."""
        name = None if element is None else element.get("typeRef")
        return ANY_ITEM if not name else self.named(name, element)

    def named(self, name: str, element: Element | None = None) -> ItemType:
        """Return a type by name.

        Raises:
            DmnError: there is no such type, or it is made of itself.
        """
        if name in self._known:
            return self._known[name]
        if name not in self._elements:
            kind = built_in_type(name)
            if kind is None:
                raise DmnError(f"Expected a type, but there is no {name!r}", element_id(element))
            return ItemType(kind)
        if name in self._open:
            raise DmnError(
                f"Expected a type that is not made of itself, but got {name!r}", element_id(element)
            )
        if len(self._open) > _MAX_CHAIN:
            raise DmnError(f"Expected at most {_MAX_CHAIN} types made of one another", element_id(element))
        self._open.append(name)
        made = self._known[name] = self._read(self._elements[name])
        if len(made.checks) > _MAX_CHECKS:
            raise DmnError(f"Expected a type with at most {_MAX_CHECKS} conditions", element_id(element))
        self._open.pop()
        return self._known[name]

    def _read(self, item: Element) -> ItemType:
        made = self._base(item)
        for constraint in children(item, "allowedValues"):
            made = self._constrained(made, constraint)
        if item.get("isCollection") == "true":
            made = ItemType(ListType(made.kind), tuple(_each(check) for check in made.checks))
        for constraint in children(item, "typeConstraint"):
            made = self._constrained(made, constraint)
        return made

    def _base(self, item: Element) -> ItemType:
        components = list(children(item, "itemComponent"))
        if components:
            members = {component.get("name", ""): self._read(component) for component in components}
            checks = [_entry(name, check) for name, member in members.items() for check in member.checks]
            return ItemType(
                ContextType({name: member.kind for name, member in members.items()}), tuple(checks)
            )
        function = child(item, "functionItem")
        if function is not None:
            parameters = tuple(self.of(parameter).kind for parameter in children(function, "parameters"))
            output = function.get("outputTypeRef")
            return ItemType(FunctionType(parameters, self.named(output, function).kind if output else ANY))
        reference = child(item, "typeRef")
        name = "" if reference is None or reference.text is None else reference.text.strip()
        return self.named(name, item) if name else ANY_ITEM

    def _constrained(self, made: ItemType, element: Element) -> ItemType:
        try:
            tests = compile_unary_tests(text_of(element), names=self._names)
        except FeelSyntaxError as error:
            raise DmnError(
                f"Expected allowed values, but got: {error.message}", element_id(element)
            ) from error
        return replace(made, checks=(*made.checks, _allowed(tests)), allowed=tests)


def _allowed(tests: UnaryTests) -> Check:
    return lambda value, scope: value is None or tests.matches_within(value, scope)


def _each(check: Check) -> Check:
    return lambda value, scope: value is None or all(check(item, scope) for item in value)


def _entry(name: str, check: Check) -> Check:
    return lambda value, scope: value is None or check(value.get(name), scope)
