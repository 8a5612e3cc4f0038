"""Compiles conditions, loops, quantifiers and function definitions."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from engine.feel.bounds import STEPS_OF_A_CALL, STEPS_OF_A_ROUND, Account
from engine.feel.compiler import Closure, Compiler, Node, handles, tokens, trees
from engine.feel.errors import FeelSyntaxError
from engine.feel.logic import conjunction, disjunction
from engine.feel.operators import type_from
from engine.feel.scope import Inner, Scope
from engine.feel.temporal import Date, day_numbered
from engine.feel.types import ANY, FeelType, FunctionType, coerced
from engine.feel.values import NUMBERS, Function, Range, as_int, as_list

#: The name under which a loop sees what it has returned so far.
_PARTIAL = "partial"


@handles("if_then_else")
def _if(compiler: Compiler, node: Node) -> Closure:
    condition, positive, negative = (compiler.compile(child) for child in trees(node))
    return lambda scope: positive(scope) if condition(scope) is True else negative(scope)


class _SoFar:
    """Shows a loop a copy of what it has returned so far."""

    __slots__ = ("_outer", "_results", "account")

    def __init__(self, results: list[Any], outer: Scope) -> None:
        self._results = results
        self._outer = outer
        self.account = outer.account

    def lookup(self, name: str) -> Any:
        """Return the results so far under their name, and any other name as outside the loop."""
        if name != _PARTIAL:
            return self._outer.lookup(name)
        self.account.spend(len(self._results))
        return self.account.weighed(list(self._results))


class _Loop:
    """Nested iterations: each sees the variables of those before it."""

    def __init__(self, compiler: Compiler, iterators: Sequence[Node], body: Node, *also: str) -> None:
        self._iterators: list[tuple[str, Closure, Closure | None]] = []
        bound: frozenset[str] = frozenset(also)
        for iterator in iterators:
            name = str(tokens(iterator, "NAME")[0])
            ends = [compiler.compile_within(child, bound) for child in trees(iterator)]
            self._iterators.append((name, ends[0], ends[1] if len(ends) == 2 else None))
            bound |= {name}
        self.body = compiler.compile_within(body, bound)

    def scopes(self, scope: Scope, position: int = 0) -> Iterator[Scope | None]:
        """Yield the scope of each round; ``None`` if there is nothing that could be iterated over."""
        if position == len(self._iterators):
            yield scope
            return
        name, start, end = self._iterators[position]
        items = domain(start(scope)) if end is None else _counted(start(scope), end(scope))
        if items is None:
            yield None
            return
        for item in items:
            scope.account.spend(STEPS_OF_A_ROUND)
            yield from self.scopes(Inner({name: item}, scope), position + 1)


def domain(value: Any) -> Iterable[Any] | None:
    """Return what a loop over a value goes through; ``None`` if it cannot."""
    if isinstance(value, Range):
        if value.low is None or value.high is None:
            return None
        items = _counted(value.low, value.high)
        if items is None:
            return None
        return (
            item
            for item in items
            if (value.low_closed or item != value.low) and (value.high_closed or item != value.high)
        )
    return None if value is None else as_list(value)


def _counted(start: Any, end: Any) -> Iterator[Any] | None:
    first, last = as_int(start), as_int(end)
    if first is not None and last is not None:
        step = 1 if first <= last else -1
        return (NUMBERS.create_decimal(number) for number in range(first, last + step, step))
    if isinstance(start, Date) and isinstance(end, Date):
        step = 1 if start <= end else -1
        return (day_numbered(number) for number in range(start.number, end.number + step, step))
    return None


@handles("for_return")
def _for(compiler: Compiler, node: Node) -> Closure:
    *iterators, body = trees(node)
    loop = _Loop(compiler, iterators, body, _PARTIAL)

    def repeat(scope: Scope) -> Any:
        results: list[Any] = []
        size = 1
        for inner in loop.scopes(_SoFar(results, scope)):
            if inner is None:
                return None
            result = loop.body(inner)
            results.append(result)
            size += scope.account.weight_of(result)
            scope.account.require_size(size)
        return scope.account.weighed(results)

    return repeat


@handles("some", "every")
def _quantified(compiler: Compiler, node: Node) -> Closure:
    *iterators, body = trees(node)
    loop = _Loop(compiler, iterators, body)
    combine = disjunction if node.data == "some" else conjunction

    def check(scope: Scope) -> Any:
        return combine(None if inner is None else loop.body(inner) for inner in loop.scopes(scope))

    return check


@handles("function_definition")
def _function(compiler: Compiler, node: Node) -> Closure:
    head, body = trees(node) if len(trees(node)) == 2 else (None, trees(node)[0])
    parameters = [] if head is None else trees(head)
    names = tuple(str(tokens(parameter, "NAME")[0]) for parameter in parameters)
    kinds = tuple(
        type_from(trees(parameter)[0], compiler.types) if trees(parameter) else ANY
        for parameter in parameters
    )
    for external in tokens(node, "EXTERNAL"):
        raise FeelSyntaxError("Expected a function in FEEL, but it is external", external.start_pos or 0)
    evaluate, levels = compiler.compile_body(body, frozenset(names))
    return lambda scope: make_function(names, kinds, evaluate, levels, scope)


def make_function(
    names: tuple[str, ...], kinds: tuple[FeelType, ...], body: Closure, levels: int, scope: Scope
) -> Function:
    """Return a function whose body sees its parameters and the scope in which it was defined.

    Arguments are converted to the types of the parameters; one that cannot be makes the result ``null``.
    """

    def invoke(account: Account, arguments: Sequence[Any]) -> Any:
        if len(arguments) != len(names):
            return None
        values = [coerced(argument, kind) for argument, kind in zip(arguments, kinds, strict=True)]
        if any(value is None and given is not None for value, given in zip(values, arguments, strict=True)):
            return None
        account.spend(STEPS_OF_A_CALL)
        account.enter(levels)
        try:
            return body(Inner(dict(zip(names, values, strict=True)), scope))
        finally:
            account.leave(levels)

    return Function("", (names,), invoke, signature=FunctionType(kinds, ANY))
