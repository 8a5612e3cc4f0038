"""Compiles the unary tests of decision tables (DMN 1.5, 10.3.2.7)."""

from collections.abc import Callable

from lark import Token, Tree

from engine.feel.compiler import Closure, Compiler, Node, constant, trees
from engine.feel.logic import disjunction
from engine.feel.operators import compile_check
from engine.feel.scope import Scope

_INPUT = "?"


def compile_tests(compiler: Compiler, node: Node | Token) -> Closure:
    """Return a closure that is true where the input value, bound to ``?``, passes the tests."""
    assert isinstance(node, Tree)
    if node.data == "any_value":
        return constant(True)
    checks = [_compile_test(compiler, test) for test in trees(node)]
    if node.data == "none_of":
        return lambda scope: _negated(disjunction(check(scope) for check in checks))
    return lambda scope: disjunction(check(scope) for check in checks)


def _negated(value: bool | None) -> bool | None:
    return None if value is None else not value


def _compile_test(compiler: Compiler, node: Node) -> Callable[[Scope], bool | None]:
    inner = trees(node)[0]
    if inner.data != "half_line" and _mentions_input(inner):
        test = compiler.compile(inner)
        return lambda scope: test(scope) is True
    plain = compile_check(compiler, inner)
    return lambda scope: plain(scope, scope.lookup(_INPUT))


def _mentions_input(node: Node) -> bool:
    return any(str(name.children[0]) == _INPUT for name in node.find_data("name"))
