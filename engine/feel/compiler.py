"""Compiles a syntax tree, once, into Python closures over a scope."""

import re
from collections.abc import Callable
from functools import reduce
from typing import Any

from lark import Token, Tree

from engine.feel import arithmetic, logic
from engine.feel.bounds import MAX_SOURCE_DEPTH
from engine.feel.errors import FeelSyntaxError
from engine.feel.invocation import call, call_named
from engine.feel.properties import property_of
from engine.feel.scope import Inner, Scope
from engine.feel.temporal import parse_literal
from engine.feel.types import (
    ANY,
    ContextType,
    FeelType,
    FunctionType,
    ListType,
    RangeType,
    built_in_type,
    conforms,
)
from engine.feel.values import EQUAL, NUMBERS, Range, as_int, as_list, compare

Closure = Callable[[Scope], Any]
Node = Tree[Token]
Handler = Callable[["Compiler", Node], Closure]

#: Handler of each kind of tree node; loops.py adds its own.
HANDLERS: dict[str, Handler] = {}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "'": "'", "\\": "\\"}
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{6}|[ntr\"'\\])")
_SURROGATES = re.compile("[\ud800-\udbff][\udc00-\udfff]")


def handles(*kinds: str) -> Callable[[Handler], Handler]:
    """Register the function that compiles these kinds of tree nodes."""

    def register(handler: Handler) -> Handler:
        for kind in kinds:
            HANDLERS[kind] = handler
        return handler

    return register


class Compiler:
    """Compiles the nodes of one text and gathers the names that the text leaves free."""

    def __init__(self) -> None:
        self.free_names: set[str] = set()
        self.deepest = 0
        self._depth = 0
        self._bound: list[frozenset[str]] = []

    def compile(self, node: Node | Token) -> Closure:
        """Return the closure of a node.

        Raises:
            FeelSyntaxError: the text is nested too deeply, or names an unknown type.
        """
        assert isinstance(node, Tree)
        if node.data == "group":
            return self.compile(trees(node)[0])
        self._depth += 1
        if self._depth > MAX_SOURCE_DEPTH:
            raise FeelSyntaxError(f"Expected at most {MAX_SOURCE_DEPTH} levels of nesting", _position(node))
        self.deepest = max(self.deepest, self._depth)
        closure = HANDLERS[str(node.data)](self, node)
        self._depth -= 1
        return closure

    def compile_within(self, node: Node | Token, names: frozenset[str]) -> Closure:
        """Return the closure of a node in which further names are bound."""
        self._bound.append(names)
        closure = self.compile(node)
        self._bound.pop()
        return closure

    def compile_body(self, node: Node | Token, names: frozenset[str]) -> tuple[Closure, int]:
        """Return the closure of a function body and the levels of nesting below it."""
        outside, self.deepest = self.deepest, self._depth
        closure = self.compile_within(node, names)
        levels = self.deepest - self._depth
        self.deepest = max(outside, self.deepest)
        return closure, levels

    def use(self, name: str) -> None:
        """Record that the text uses a name."""
        if not any(name in names for names in self._bound):
            self.free_names.add(name)


def trees(node: Node) -> list[Node]:
    """Return the child nodes without the tokens between them."""
    return [child for child in node.children if isinstance(child, Tree)]


def tokens(node: Node, kind: str) -> list[Token]:
    """Return the child tokens of one kind."""
    return [child for child in node.children if isinstance(child, Token) and child.type == kind]


def constant(value: Any) -> Closure:
    """Return the closure of a value that is known."""

    def closure(_: Scope) -> Any:
        return value

    return closure


def _position(node: Node) -> int:
    for token in node.scan_values(lambda item: isinstance(item, Token)):
        return int(token.start_pos or 0)
    return 0


def text_of(token: str) -> str:
    """Return what a text in quotation marks stands for."""

    def replace(match: re.Match[str]) -> str:
        escape = match[1]
        return chr(int(escape[1:], 16)) if escape[0] in "uU" else _ESCAPES[escape]

    try:
        text = _ESCAPE.sub(replace, token[token.index('"') + 1 : -1])
        return _SURROGATES.sub(lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), text)
    except ValueError as error:
        raise FeelSyntaxError("Expected a character of Unicode", 0) from error


@handles("number")
def _number(_: Compiler, node: Node) -> Closure:
    value = NUMBERS.create_decimal(str(node.children[0]))
    return constant(value)


@handles("string")
def _string(_: Compiler, node: Node) -> Closure:
    value = text_of(str(node.children[0]))
    return constant(value)


@handles("at_literal")
def _at_literal(_: Compiler, node: Node) -> Closure:
    value = parse_literal(text_of(str(node.children[0])))
    return constant(value)


@handles("true", "false", "null")
def _constant(_: Compiler, node: Node) -> Closure:
    value = {"true": True, "false": False, "null": None}[str(node.data)]
    return constant(value)


@handles("name")
def _name(compiler: Compiler, node: Node) -> Closure:
    name = str(node.children[0])
    compiler.use(name)

    def look_up(scope: Scope) -> Any:
        scope.account.spend()
        return scope.lookup(name)

    return look_up if "." not in name else _dotted(name, look_up)


def _dotted(name: str, look_up: Closure) -> Closure:
    first, *path = name.split(".")

    def follow(scope: Scope) -> Any:
        value = look_up(scope)
        return value if value is not None else reduce(property_of, path, scope.lookup(first))

    return follow


@handles("disjunction", "conjunction")
def _logic(compiler: Compiler, node: Node) -> Closure:
    operands = [compiler.compile(child) for child in trees(node)]
    combine = logic.disjunction if node.data == "disjunction" else logic.conjunction
    return lambda scope: combine(operand(scope) for operand in operands)


@handles("compare")
def _compare(compiler: Compiler, node: Node) -> Closure:
    left, symbol, right = trees(node)
    first, second = compiler.compile(left), compiler.compile(right)
    comparator = logic.COMPARATORS[str(symbol.children[0])]
    return lambda scope: comparator(first(scope), second(scope))


@handles("between")
def _between(compiler: Compiler, node: Node) -> Closure:
    value, low, high = (compiler.compile(child) for child in trees(node))

    def between(scope: Scope) -> Any:
        item = value(scope)
        at_least, at_most = logic.COMPARATORS[">="], logic.COMPARATORS["<="]
        return logic.conjunction((at_least(item, low(scope)), at_most(item, high(scope))))

    return between


@handles("in_value", "in_tests")
def _in(compiler: Compiler, node: Node) -> Closure:
    value, *tests = trees(node)
    item = compiler.compile(value)
    checks = [compile_check(compiler, test) for test in tests]

    def within(scope: Scope) -> Any:
        candidate = item(scope)
        return logic.disjunction(check(scope, candidate) for check in checks)

    return within


def compile_check(compiler: Compiler, node: Node) -> Callable[[Scope, Any], bool | None]:
    """Return the check that one test makes of a value."""
    if node.data == "test":
        node = trees(node)[0]
    if node.data == "half_line":
        comparator = logic.COMPARATORS[str(trees(node)[0].children[0])]
        end = compiler.compile(trees(node)[1])
        return lambda scope, value: comparator(value, end(scope))
    test = compiler.compile(node)
    return lambda scope, value: logic.satisfies(value, test(scope))


@handles("half_line")
def _half_line(compiler: Compiler, node: Node) -> Closure:
    symbol = str(trees(node)[0].children[0])
    end = compiler.compile(trees(node)[1])
    return lambda scope: logic.half_line(symbol, end(scope))


@handles("instance_of")
def _instance_of(compiler: Compiler, node: Node) -> Closure:
    value, kind = trees(node)
    item, wanted = compiler.compile(value), type_from(kind)

    def instance_of(scope: Scope) -> Any:
        candidate = item(scope)
        return conforms(candidate, wanted) and not (candidate is None and wanted == ANY)

    return instance_of


def type_from(node: Node) -> FeelType:
    """Return the type that a tree denotes.

    Raises:
        FeelSyntaxError: there is no such type.
    """
    if node.data == "named_type":
        name = ".".join(str(part) for part in tokens(node, "NAME"))
        named = built_in_type(name)
        if named is None:
            raise FeelSyntaxError(f"Expected a type, but got {name!r}", _position(node))
        return named
    children = trees(node)
    if node.data == "generic_type":
        inner = type_from(children[0])
        return RangeType(inner) if str(node.children[0]) == "range" else ListType(inner)
    if node.data == "context_type":
        return ContextType({str(tokens(child, "NAME")[0]): type_from(trees(child)[0]) for child in children})
    *parameters, result = children
    return FunctionType(tuple(type_from(parameter) for parameter in parameters), type_from(result))


@handles("sum", "product", "power")
def _arithmetic(compiler: Compiler, node: Node) -> Closure:
    children = trees(node)
    if node.data == "power":
        operands = [compiler.compile(child) for child in children]
        return _chain(operands[0], [(arithmetic.power, operand) for operand in operands[1:]])
    symbols = {
        "+": arithmetic.add,
        "-": arithmetic.subtract,
        "*": arithmetic.multiply,
        "/": arithmetic.divide,
    }
    pairs = zip(children[1::2], children[2::2], strict=True)
    first = compiler.compile(children[0])
    return _chain(
        first, [(symbols[str(sign.children[0])], compiler.compile(operand)) for sign, operand in pairs]
    )


def _chain(first: Closure, steps: list[tuple[arithmetic.Operator, Closure]]) -> Closure:
    def evaluate(scope: Scope) -> Any:
        value = first(scope)
        for operator, operand in steps:
            value = operator(value, operand(scope))
            if isinstance(value, str):
                scope.account.require_size(len(value))
        return value

    return evaluate


@handles("negate")
def _negate(compiler: Compiler, node: Node) -> Closure:
    operand = compiler.compile(trees(node)[0])
    return lambda scope: arithmetic.negate(operand(scope))


@handles("path")
def _path(compiler: Compiler, node: Node) -> Closure:
    owner, name = compiler.compile(trees(node)[0]), str(node.children[-1])

    def read(scope: Scope) -> Any:
        value = owner(scope)
        if isinstance(value, list):
            scope.account.spend(len(value))
        return property_of(value, name)

    return read


@handles("range")
def _range(compiler: Compiler, node: Node) -> Closure:
    low, high = (compiler.compile(child) for child in trees(node))
    low_closed = str(node.children[0]) == "["
    high_closed = str(node.children[-1]) == "]"

    def make(scope: Scope) -> Any:
        return valid_range(Range(low(scope), high(scope), low_closed, high_closed))

    return make


def valid_range(interval: Range) -> Range | None:
    """Return the interval if its ends can be ordered and are in order, else ``None``."""
    if interval.low is None or interval.high is None:
        return interval if (interval.low, interval.high) != (None, None) else None
    order = compare(interval.low, interval.high)
    return interval if order is not None and order <= EQUAL else None


@handles("list")
def _list(compiler: Compiler, node: Node) -> Closure:
    items = [compiler.compile(child) for child in trees(node)]
    return lambda scope: scope.account.weighed([item(scope) for item in items])


@handles("context")
def _context(compiler: Compiler, node: Node) -> Closure:
    entries: list[tuple[str, Closure]] = []
    bound: frozenset[str] = frozenset()
    for entry in trees(node):
        key = entry.children[0]
        assert isinstance(key, Token)
        name = text_of(str(key)) if key.type == "STRING" else str(key)
        value = trees(entry)[0]
        recursive = {name} if value.data == "function_definition" else set()
        entries.append((name, compiler.compile_within(value, bound | recursive)))
        bound |= {name}
    if len(bound) < len(entries):
        return constant(None)

    def make(scope: Scope) -> Any:
        values: dict[str, Any] = {}
        inner = Inner(values, scope)
        for name, entry in entries:
            values[name] = entry(inner)
        return scope.account.weighed(values)

    return make


@handles("filter")
def _filter(compiler: Compiler, node: Node) -> Closure:
    source, condition = trees(node)
    items = compiler.compile(source)
    test = compiler.compile_within(condition, frozenset({"item"}))

    return lambda scope: filtered(items(scope), test, scope)


def filtered(value: Any, test: Closure, scope: Scope) -> Any:
    """Return the items of a list for which a test is true, or the item whose number the test gives.

    The test sees the item under ``item`` and, if it is a context, its entries.
    """
    candidates = [] if value is None else as_list(value)
    selected: list[Any] = []
    for candidate in candidates or [None]:
        scope.account.spend()
        names = {"item": candidate, **candidate} if isinstance(candidate, dict) else {"item": candidate}
        result = test(Inner(names, scope))
        index = as_int(result)
        if index is not None:
            return item_at(candidates, index)
        if result is True and candidates:
            selected.append(candidate)
    return selected


def item_at(items: list[Any], index: int) -> Any:
    """Return an item by its number from 1, or from the end by one from -1; beyond the list it is ``null``."""
    if not 1 <= abs(index) <= len(items):
        return None
    return items[index - 1 if index > 0 else index]


@handles("call")
def _call(compiler: Compiler, node: Node) -> Closure:
    function, *arguments = (compiler.compile(child) for child in trees(node))
    return lambda scope: call(function(scope), [argument(scope) for argument in arguments], scope.account)


@handles("call_named")
def _call_named(compiler: Compiler, node: Node) -> Closure:
    function, *named = trees(node)
    target = compiler.compile(function)
    arguments = {str(tokens(pair, "NAME")[0]): compiler.compile(trees(pair)[0]) for pair in named}

    def invoke(scope: Scope) -> Any:
        values = {name: argument(scope) for name, argument in arguments.items()}
        return call_named(target(scope), values, scope.account)

    return invoke
