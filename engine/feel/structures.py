"""Compiles ranges, lists and contexts, the ways into them, and calls."""

from decimal import Decimal
from typing import Any

from lark import Token

from engine.feel.bounds import STEPS_OF_A_ROUND
from engine.feel.compiler import (
    Closure,
    Compiler,
    Node,
    constant,
    handles,
    position_of,
    reading,
    text_of,
    tokens,
    trees,
)
from engine.feel.invocation import call, call_named
from engine.feel.properties import property_of
from engine.feel.scope import Inner, Scope
from engine.feel.values import EQUAL, Range, as_int, as_list, compare


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
        name = text_of(key) if key.type == "STRING" else str(key)
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
    test = compiler.compile_filter(condition)

    return lambda scope: filtered(items(scope), test, scope)


def filtered(value: Any, test: Closure, scope: Scope) -> Any:
    """Return the items of a list for which a test is true, or the item whose number the test gives.

    The test sees the item under ``item`` and, if it is a context, its entries.
    """
    candidates = [] if value is None else as_list(value)
    selected: list[Any] = []
    for candidate in candidates or [None]:
        width = len(candidate) if isinstance(candidate, dict) else 0
        scope.account.spend(STEPS_OF_A_ROUND + width)
        names = {"item": candidate, **candidate} if isinstance(candidate, dict) else {"item": candidate}
        result = test(Inner(names, scope))
        if isinstance(result, Decimal):
            index = as_int(result)
            return None if index is None else item_at(candidates, index)
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
    callee, *given = trees(node)
    function = _called(compiler, callee)
    arguments = [compiler.compile(child) for child in given]
    return lambda scope: call(function(scope), [argument(scope) for argument in arguments], scope.account)


def _called(compiler: Compiler, node: Node) -> Closure:
    """Return the closure of what is called; a name is noted as that of a function."""
    if node.data != "name":
        return compiler.compile(node)
    compiler.use(str(node.children[0]), position_of(node), called=True)
    return reading(node)


@handles("call_named")
def _call_named(compiler: Compiler, node: Node) -> Closure:
    function, *named = trees(node)
    target = _called(compiler, function)
    arguments = {str(tokens(pair, "NAME")[0]): compiler.compile(trees(pair)[0]) for pair in named}

    def invoke(scope: Scope) -> Any:
        values = {name: argument(scope) for name, argument in arguments.items()}
        return call_named(target(scope), values, scope.account)

    return invoke
