"""The public face of FEEL: compile a text once, evaluate it as often as needed."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from engine.feel import (
    builtins_contexts,
    builtins_conversion,
    builtins_lists,
    builtins_logic,
    builtins_numbers,
    builtins_patterns,
    builtins_ranges,
    builtins_statistics,
    builtins_strings,
    builtins_temporal,
    loops,
    operators,
    structures,
)
from engine.feel.bounds import Account, Limits
from engine.feel.builtins_registry import BUILTINS
from engine.feel.compiler import Closure, Compiler
from engine.feel.errors import TooDeep
from engine.feel.json_values import to_feel, to_json
from engine.feel.lexer import is_simple, spaceless
from engine.feel.parser import parse_expression, parse_unary_tests
from engine.feel.scope import Inner, Outermost, Scope
from engine.feel.unary_tests import compile_tests

#: The modules that fill the tables of handlers and built-in functions when they are imported.
_PARTS = (
    builtins_contexts,
    builtins_conversion,
    builtins_lists,
    builtins_logic,
    builtins_numbers,
    builtins_patterns,
    builtins_ranges,
    builtins_statistics,
    builtins_strings,
    builtins_temporal,
    loops,
    operators,
    structures,
)
#: Compiled texts that are kept.
_CACHE_SIZE = 4096
_FUNCTIONS = frozenset(BUILTINS)
DEFAULT_LIMITS = Limits()


class Expression:
    """A compiled expression; immutable and safe to share between threads."""

    __slots__ = ("_closure", "_levels", "names", "text")

    def __init__(self, text: str, closure: Closure, levels: int, names: frozenset[str]) -> None:
        self.text = text
        #: The names that the text does not bind itself, built-in functions excepted.
        self.names = names
        self._closure = closure
        self._levels = levels

    def evaluate(
        self, variables: Mapping[str, Any], *, now: datetime, limits: Limits = DEFAULT_LIMITS
    ) -> Any:
        """Return the FEEL value of the expression.

        Args:
            variables: JSON or FEEL values by name; a name that is not there is ``null``.
            now: the aware instant that ``now()`` and ``today()`` answer.

        Raises:
            FeelError: the evaluation passed one of its bounds.
        """
        return self.evaluate_within(outermost(variables, now=now, limits=limits))

    def evaluate_within(self, scope: Scope) -> Any:
        """Return the FEEL value of the expression in a scope that is already open."""
        scope.account.enter(self._levels)
        try:
            return self._closure(scope)
        except RecursionError as error:
            raise TooDeep("Expected functions to be nested less deeply") from error
        finally:
            scope.account.leave(self._levels)

    def evaluate_json(
        self, variables: Mapping[str, Any], *, now: datetime, limits: Limits = DEFAULT_LIMITS
    ) -> Any:
        """Return the value of the expression as JSON; see :func:`to_json`.

        Raises:
            FeelError: the evaluation passed one of its bounds.
        """
        return to_json(self.evaluate(variables, now=now, limits=limits))


class UnaryTests:
    """The compiled tests of one input cell of a decision table."""

    __slots__ = ("_check", "names", "text")

    def __init__(self, text: str, check: Expression) -> None:
        self.text = text
        self.names = check.names
        self._check = check

    def matches(self, value: Any, variables: Mapping[str, Any], *, now: datetime) -> bool:
        """Return whether an input value passes the tests; what cannot be compared does not.

        Raises:
            FeelError: the evaluation passed one of its bounds.
        """
        return self.matches_within(to_feel(value), outermost(variables, now=now))

    def matches_within(self, value: Any, scope: Scope) -> bool:
        """Return whether a FEEL value passes the tests in a scope that is already open."""
        return self._check.evaluate_within(Inner({"?": value}, scope)) is True


def outermost(variables: Mapping[str, Any], *, now: datetime, limits: Limits = DEFAULT_LIMITS) -> Scope:
    """Return a scope that knows the variables and the built-in functions."""
    return Outermost(variables, BUILTINS, Account(now=now, limits=limits))


def compile_expression(text: str, *, names: Iterable[str] = ()) -> Expression:
    """Compile a FEEL expression (without a leading ``=``).

    Args:
        names: variable names that contain spaces or symbols; the others need not be told.

    Raises:
        FeelSyntaxError: the text is not an expression.
    """
    return _expression(text, _spaced(names))


def compile_unary_tests(text: str, *, names: Iterable[str] = ()) -> UnaryTests:
    """Compile the unary tests of a decision table cell: ``-``, ``"a", "b"``, ``not(< 5)``, ``[1..5]``, ``? > x``.

    Raises:
        FeelSyntaxError: the text is no list of unary tests.
    """
    return _unary_tests(text, _spaced(names))


def _spaced(names: Iterable[str]) -> frozenset[str]:
    return frozenset(spaceless(name) for name in names if not is_simple(name))


@lru_cache(maxsize=_CACHE_SIZE)
def _expression(text: str, names: frozenset[str]) -> Expression:
    compiler = Compiler()
    closure = compiler.compile(parse_expression(text, names=names, functions=_FUNCTIONS))
    return Expression(text, closure, compiler.deepest, _free(compiler))


@lru_cache(maxsize=_CACHE_SIZE)
def _unary_tests(text: str, names: frozenset[str]) -> UnaryTests:
    compiler = Compiler()
    closure = compile_tests(compiler, parse_unary_tests(text, names=names, functions=_FUNCTIONS))
    return UnaryTests(text, Expression(text, closure, compiler.deepest, _free(compiler) - {"?"}))


def _free(compiler: Compiler) -> frozenset[str]:
    return frozenset(compiler.free_names - BUILTINS.keys())
