"""Compiles the boxed expressions of DMN into the closures of FEEL (DMN 1.5, 10.2.1)."""

from collections.abc import Callable
from typing import Any

from engine.dmn.document import Element, child, children, element_id, split_tag
from engine.dmn.errors import DmnError
from engine.dmn.item_types import ItemTypes
from engine.dmn.language import Language
from engine.dmn.table_reading import read_table
from engine.dmn.tables import DecisionTable
from engine.feel.bounds import STEPS_OF_A_ROUND
from engine.feel.compiler import Closure, constant
from engine.feel.invocation import call_named
from engine.feel.logic import conjunction, disjunction
from engine.feel.loops import domain, make_function
from engine.feel.scope import Inner, Scope
from engine.feel.structures import filtered

#: Nesting that one call of a boxed function counts as.
_BOX_LEVELS = 10
#: Deepest accepted nesting of boxed expressions.
_MAX_DEPTH = 40
Reader = Callable[[Element, "Boxes"], Closure]


class Boxes:
    """Compiles the boxed expressions of one decision model.

    Attributes:
        tables: the decision tables that were read, in the order of the file.
    """

    def __init__(self, language: Language, types: ItemTypes) -> None:
        self.language = language
        self.types = types
        self.tables: list[DecisionTable] = []
        self._depth = 0

    def table(self, element: Element) -> DecisionTable:
        """Return the compiled form of a decision table.

        Raises:
            DmnError: as :func:`read_table`.
        """
        table = read_table(element, self.language, self.types)
        self.tables.append(table)
        return table

    def compile_first(self, owner: Element) -> Closure:
        """Return the closure of the expression within an element; without one it is ``null``.

        Raises:
            DmnError: the expression cannot be read.
        """
        box = child(owner, *_READERS)
        return constant(None) if box is None else self.compile(box)

    def compile(self, box: Element) -> Closure:
        """Return the closure of a boxed expression.

        Raises:
            DmnError: the expression cannot be read.
        """
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise DmnError(f"Expected at most {_MAX_DEPTH} boxed expressions in one another", element_id(box))
        closure = _READERS[split_tag(box)[1]](box, self)
        self._depth -= 1
        wanted = self.types.of(box)
        return lambda scope: wanted.coerce(closure(scope), scope)

    def compile_all(self, owner: Element) -> list[Closure]:
        """Return the closures of all expressions within an element."""
        return [self.compile(box) for box in children(owner, *_READERS)]

    def part(self, owner: Element, name: str) -> Closure:
        """Return the closure of the expression within a named part.

        Raises:
            DmnError: the part is missing.
        """
        found = child(owner, name)
        if found is None:
            raise DmnError(f"Expected an expression under {name!r}", element_id(owner))
        return self.compile_first(found)


def _literal(box: Element, boxes: Boxes) -> Closure:
    expression = boxes.language.expression_in(box)
    return constant(None) if expression is None else expression.evaluate_within


def _table(box: Element, boxes: Boxes) -> Closure:
    table = boxes.table(box)
    return lambda scope: table.evaluate(scope).value


def _context(box: Element, boxes: Boxes) -> Closure:
    entries: list[tuple[str | None, Closure]] = []
    for entry in children(box, "contextEntry"):
        variable = child(entry, "variable")
        value = boxes.compile_first(entry)
        if variable is None:
            entries.append((None, value))
        else:
            entries.append((variable.get("name", ""), _typed(value, variable, boxes)))

    def make(scope: Scope) -> Any:
        values: dict[str, Any] = {}
        inner = Inner(values, scope)
        for name, value in entries:
            if name is None:
                return value(inner)
            values[name] = value(inner)
        return scope.account.weighed(values)

    return make


def _typed(value: Closure, variable: Element, boxes: Boxes) -> Closure:
    wanted = boxes.types.of(variable)
    return lambda scope: wanted.coerce(value(scope), scope)


def _list(box: Element, boxes: Boxes) -> Closure:
    items = boxes.compile_all(box)
    return lambda scope: scope.account.weighed([item(scope) for item in items])


def _relation(box: Element, boxes: Boxes) -> Closure:
    columns = [column.get("name", "") for column in children(box, "column")]
    rows = [boxes.compile_all(row) for row in children(box, "row")]
    if any(len(row) != len(columns) for row in rows):
        raise DmnError(f"Expected rows of {len(columns)} cells", element_id(box))

    def make(scope: Scope) -> Any:
        return scope.account.weighed(
            [{name: cell(scope) for name, cell in zip(columns, row, strict=True)} for row in rows]
        )

    return make


def function_of(definition: Element, boxes: Boxes) -> Closure:
    """Return the closure that makes the function of a ``functionDefinition`` or ``encapsulatedLogic``.

    Raises:
        DmnError: the function is not written in FEEL.
    """
    if definition.get("kind", "FEEL") != "FEEL":
        raise DmnError(
            "Expected a function in FEEL, but it reaches out to another language", element_id(definition)
        )
    parameters = list(children(definition, "formalParameter"))
    names = tuple(parameter.get("name", "") for parameter in parameters)
    kinds = tuple(boxes.types.of(parameter).kind for parameter in parameters)
    body = _typed(boxes.compile_first(definition), definition, boxes)
    return lambda scope: make_function(names, kinds, body, _BOX_LEVELS, scope)


def _invocation(box: Element, boxes: Boxes) -> Closure:
    function = boxes.compile_first(box)
    bindings: dict[str, Closure] = {}
    for binding in children(box, "binding"):
        parameter = child(binding, "parameter")
        if parameter is None:
            raise DmnError("Expected a binding with a parameter", element_id(binding))
        bindings[parameter.get("name", "")] = boxes.compile_first(binding)

    def invoke(scope: Scope) -> Any:
        values = {name: value(scope) for name, value in bindings.items()}
        return call_named(function(scope), values, scope.account)

    return invoke


def _conditional(box: Element, boxes: Boxes) -> Closure:
    condition, positive, negative = (boxes.part(box, name) for name in ("if", "then", "else"))

    def choose(scope: Scope) -> Any:
        truth = condition(scope)
        if truth is not None and not isinstance(truth, bool):
            return None
        return positive(scope) if truth is True else negative(scope)

    return choose


def _filter(box: Element, boxes: Boxes) -> Closure:
    items, test = boxes.part(box, "in"), boxes.part(box, "match")

    def select(scope: Scope) -> Any:
        try:
            return filtered(items(scope), lambda inner: _truth(test(inner)), scope)
        except _NoTruth:
            return None

    return select


class _NoTruth(Exception):
    """A condition gave something else than true, false or null."""


def _truth(value: Any) -> bool | None:
    if value is not None and not isinstance(value, bool):
        raise _NoTruth
    return value


def _rounds(box: Element, boxes: Boxes, body_name: str) -> Callable[[Scope], list[Any] | None]:
    variable = box.get("iteratorVariable", "")
    items, body = boxes.part(box, "in"), boxes.part(box, body_name)

    def repeat(scope: Scope) -> list[Any] | None:
        rounds = domain(items(scope))
        if rounds is None:
            return None
        results: list[Any] = []
        size = 1
        for item in rounds:
            scope.account.spend(STEPS_OF_A_ROUND + len(results))
            result = body(Inner({variable: item, "partial": list(results)}, scope))
            results.append(result)
            size += scope.account.weight_of(result)
            scope.account.require_size(size)
        return scope.account.weighed(results)

    return repeat


def _for(box: Element, boxes: Boxes) -> Closure:
    return _rounds(box, boxes, "return")


def _quantified(box: Element, boxes: Boxes) -> Closure:
    rounds = _rounds(box, boxes, "satisfies")
    combine = disjunction if split_tag(box)[1] == "some" else conjunction

    def check(scope: Scope) -> Any:
        results = rounds(scope)
        if results is None or any(not isinstance(result, bool | None) for result in results):
            return None
        return combine(results)

    return check


_READERS: dict[str, Reader] = {
    "literalExpression": _literal,
    "decisionTable": _table,
    "context": _context,
    "list": _list,
    "relation": _relation,
    "functionDefinition": function_of,
    "invocation": _invocation,
    "conditional": _conditional,
    "filter": _filter,
    "for": _for,
    "some": _quantified,
    "every": _quantified,
}
BOXES = frozenset(_READERS)
