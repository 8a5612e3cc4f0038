"""Compiles the operators: logic, comparison, ``in``, ``instance of`` and arithmetic."""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.feel import arithmetic, logic
from engine.feel.bounds import MAX_SOURCE_DEPTH
from engine.feel.compiler import (
    Closure,
    Compiler,
    Node,
    handles,
    is_known,
    known_value,
    position_of,
    tokens,
    trees,
)
from engine.feel.errors import FeelSyntaxError
from engine.feel.scope import Scope
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
from engine.feel.values import equal


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

    def evaluate(scope: Scope) -> Any:
        one, other = first(scope), second(scope)
        if isinstance(one, (list, dict)):
            scope.account.spend(scope.account.weight_of(one))
        return comparator(one, other)

    return evaluate


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
    checks = [compile_check(compiler, test).within for test in tests]

    def within(scope: Scope) -> Any:
        candidate = item(scope)
        scope.account.spend(scope.account.weight_of(candidate))
        return logic.disjunction(check(scope, candidate) for check in checks)

    return within


@dataclass(frozen=True, slots=True)
class Check:
    """The check that one test makes of a value.

    Attributes:
        direct: the same for a test that is known; it needs no scope, and the value is no list or context.
    """

    within: Callable[[Scope, Any], bool | None]
    direct: Callable[[Any], bool | None] | None


def compile_check(compiler: Compiler, node: Node) -> Check:
    """Return the check that one test makes of a value."""
    if node.data == "test":
        node = trees(node)[0]
    while node.data == "group":
        node = trees(node)[0]
    if node.data == "half_line":
        sign = str(trees(node)[0].children[0])
        comparator, end = logic.COMPARATORS[sign], compiler.compile(trees(node)[1])
        return Check(
            lambda scope, value: comparator(value, end(scope)),
            _known_half_line(sign, known_value(end)) if is_known(end) else None,
        )
    test = compiler.compile(node)

    def within(scope: Scope, value: Any) -> bool | None:
        wanted = test(scope)
        scope.account.spend(scope.account.weight_of(wanted))
        return logic.satisfies(value, wanted)

    return Check(within, _known_value(known_value(test)) if is_known(test) else None)


def _known_half_line(sign: str, limit: Any) -> Callable[[Any], bool | None]:
    comparator, plain = logic.COMPARATORS[sign], _PLAIN_ORDER.get(sign)
    if plain is None or type(limit) is not Decimal:
        return lambda value: comparator(value, limit)
    return lambda value: plain(value, limit) if type(value) is Decimal else comparator(value, limit)


def _known_value(known: Any) -> Callable[[Any], bool | None]:
    kind = type(known)
    if kind not in (Decimal, str, bool):
        return lambda value: logic.satisfies(value, known)
    return lambda value: value == known if type(value) is kind else equal(value, known)


#: How Python compares two numbers.
_PLAIN_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@handles("half_line")
def _half_line(compiler: Compiler, node: Node) -> Closure:
    symbol = str(trees(node)[0].children[0])
    end = compiler.compile(trees(node)[1])
    return lambda scope: logic.half_line(symbol, end(scope))


@handles("instance_of")
def _instance_of(compiler: Compiler, node: Node) -> Closure:
    value, kind = trees(node)
    item, wanted = compiler.compile(value), type_from(kind, compiler.types)

    def instance_of(scope: Scope) -> Any:
        candidate = item(scope)
        return conforms(candidate, wanted) and not (candidate is None and wanted == ANY)

    return instance_of


def type_from(node: Node, types: Mapping[str, FeelType], depth: int = 0) -> FeelType:
    """Return the type that a tree denotes, with the types that a decision model defines.

    Raises:
        FeelSyntaxError: there is no such type, or it is nested too deeply.
    """
    if depth > MAX_SOURCE_DEPTH:
        raise FeelSyntaxError(f"Expected at most {MAX_SOURCE_DEPTH} levels of nesting", position_of(node))
    if node.data == "named_type":
        name = ".".join(str(part) for part in tokens(node, "NAME"))
        named = built_in_type(name)
        if named is None and name in types:
            return types[name]
        if named is None:
            raise FeelSyntaxError(f"Expected a type, but got {name!r}", position_of(node))
        return named
    children = trees(node)
    if node.data == "generic_type":
        inner = type_from(children[0], types, depth + 1)
        return RangeType(inner) if str(node.children[0]) == "range" else ListType(inner)
    if node.data == "context_type":
        return ContextType(
            {
                str(tokens(child, "NAME")[0]): type_from(trees(child)[0], types, depth + 1)
                for child in children
            }
        )
    *parameters, result = children
    return FunctionType(
        tuple(type_from(parameter, types, depth + 1) for parameter in parameters),
        type_from(result, types, depth + 1),
    )


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
        for operate, operand in steps:
            value = operate(value, operand(scope))
            if isinstance(value, str):
                scope.account.require_size(len(value))
        return value

    return evaluate


@handles("negate")
def _negate(compiler: Compiler, node: Node) -> Closure:
    operand = compiler.compile(trees(node)[0])
    return lambda scope: arithmetic.negate(operand(scope))
