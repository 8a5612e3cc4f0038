"""Compiles the unary tests of decision tables (DMN 1.5, 10.3.2.7)."""

from collections.abc import Callable
from typing import Any

from lark import Token, Tree

from engine.feel.compiler import Closure, Compiler, Node, constant, trees
from engine.feel.logic import disjunction
from engine.feel.operators import Check, compile_check

_INPUT = "?"
Direct = Callable[[Any], bool]


def compile_tests(compiler: Compiler, node: Node | Token) -> tuple[Closure, Direct | None]:
    """Return a closure that is true where the input value, bound to ``?``, passes the tests.

    If the tests are known, they come in the direct form, too: it takes the value, which is no list or context.
    """
    assert isinstance(node, Tree)
    if node.data == "any_value":
        return constant(True), lambda _: True
    checks = [_compile_test(compiler, test) for test in trees(node)]
    known = [check.direct for check in checks if check.direct is not None]
    withins = [check.within for check in checks]
    if node.data == "none_of":
        return (
            lambda scope: _negated(disjunction(check(scope, scope.lookup(_INPUT)) for check in withins)),
            (lambda value: all(check(value) is False for check in known))
            if len(known) == len(checks)
            else None,
        )
    return (
        lambda scope: disjunction(check(scope, scope.lookup(_INPUT)) for check in withins),
        _any_of(known) if len(known) == len(checks) else None,
    )


def _any_of(checks: list[Callable[[Any], bool | None]]) -> Direct:
    if len(checks) == 1:
        (only,) = checks
        return lambda value: only(value) is True
    return lambda value: any(check(value) is True for check in checks)


def _negated(value: bool | None) -> bool | None:
    return None if value is None else not value


def _compile_test(compiler: Compiler, node: Node) -> Check:
    inner = trees(node)[0]
    if inner.data != "half_line" and _mentions_input(inner):
        test = compiler.compile(inner)
        return Check(lambda scope, _: test(scope) is True, None)
    return compile_check(compiler, inner)


def _mentions_input(node: Node) -> bool:
    return any(str(name.children[0]) == _INPUT for name in node.find_data("name"))
