"""The public face of FEEL: compile a text once, evaluate it as often as needed."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from lark import Token

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
    range_text,
    structures,
)
from engine.feel.bounds import Account, Ask, Limits
from engine.feel.compiler import Closure, Compiler, NameUse
from engine.feel.errors import FeelError, TooDeep
from engine.feel.explanation import Explanation, Trace, TracingCompiler, explained
from engine.feel.json_values import to_feel, to_json
from engine.feel.names import is_simple, spaceless
from engine.feel.parser import Node, parse_expression, parse_unary_tests
from engine.feel.scope import Inner, Outermost, Scope
from engine.feel.shortcuts import NoShortcut, Shortcut, shortcut_of
from engine.feel.unary_tests import Direct, compile_tests
from engine.feel.vocabulary import NO_HOST_FUNCTIONS, NO_TYPES, HostFunctions, TypeNames

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
    range_text,
    structures,
)
#: Compiled texts that are kept.
_CACHE_SIZE = 4096
_TRACED_CACHE_SIZE = 64
DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Unresolved:
    """What an expression names and nobody offers, each with its first position.

    Attributes:
        functions: names that are called: neither variables nor built-in or host functions.
        variables: other names.
    """

    functions: tuple[NameUse, ...]
    variables: tuple[NameUse, ...]


class Expression:
    """A compiled expression; immutable and safe to share between threads."""

    __slots__ = ("_closure", "_levels", "_shortcut", "_source", "names", "text", "uses")

    def __init__(
        self, source: "_Source", compiler: Compiler, closure: Closure, shortcut: Shortcut | None
    ) -> None:
        self.text = source.text
        #: Where the text uses names that it does not bind itself and that are no known functions.
        self.uses = tuple(use for use in compiler.uses if use.name not in source.functions.all)
        #: Those names.
        self.names = frozenset(use.name for use in self.uses)
        self._source = source
        self._closure = closure
        self._levels = compiler.deepest
        self._shortcut = shortcut

    def unresolved(self, variables: Iterable[str]) -> Unresolved:
        """Return the names that are neither built-in functions, nor host functions, nor among the variables.

        A name in a filter that is not called may be an entry of what is filtered and is left out.
        """
        known = {spaceless(name) for name in variables}
        first: dict[tuple[str, bool], NameUse] = {}
        for use in self.uses:
            if use.filtering and not use.called:
                continue
            if use.name not in known and use.name.partition(".")[0] not in known:
                first.setdefault((use.name, use.called), use)
        return Unresolved(
            functions=tuple(use for use in first.values() if use.called),
            variables=tuple(use for use in first.values() if not use.called),
        )

    def evaluate(
        self,
        variables: Mapping[str, Any],
        *,
        now: datetime,
        limits: Limits = DEFAULT_LIMITS,
        ask: Ask | None = None,
    ) -> Any:
        """Return the FEEL value of the expression.

        Args:
            variables: JSON or FEEL values by name; a name that is not there is ``null``.
            now: the aware instant that ``now()`` and ``today()`` answer.
            ask: asks a host function by name and arguments in JSON, and answers in JSON, so that the answers
                can be recorded and given again; without it the functions themselves are asked.

        Raises:
            FeelError: the evaluation passed one of its bounds, or a host function refused its arguments.
        """
        if self._shortcut is not None and limits is DEFAULT_LIMITS:
            try:
                return self._shortcut(variables)
            except (NoShortcut, KeyError):
                pass
        return self.evaluate_within(self.opened(variables, now=now, limits=limits, ask=ask))

    def opened(
        self,
        variables: Mapping[str, Any],
        *,
        now: datetime,
        limits: Limits = DEFAULT_LIMITS,
        ask: Ask | None = None,
    ) -> Scope:
        """Return a new outermost scope for the expression."""
        return outermost(variables, now=now, limits=limits, functions=self._source.functions, ask=ask)

    def parsed_as(self, parse: Callable[..., Node | Token]) -> Node | Token:
        """Return the syntax tree that a parser makes of the text, with the names that the text may use."""
        return parse(self.text, names=self._source.names, functions=self._source.functions.names)

    def evaluate_within(self, scope: Scope) -> Any:
        """Return the FEEL value of the expression in a scope that is already open."""
        account = scope.account
        account.enter(self._levels)
        try:
            return self._closure(scope)
        except RecursionError as error:
            raise TooDeep("Expected functions to be nested less deeply") from error
        finally:
            account.leave(self._levels)

    def evaluate_json(
        self,
        variables: Mapping[str, Any],
        *,
        now: datetime,
        limits: Limits = DEFAULT_LIMITS,
        ask: Ask | None = None,
    ) -> Any:
        """Return the value of the expression as JSON; see :meth:`evaluate` and :func:`to_json`.

        Raises:
            FeelError: the evaluation passed one of its bounds, or a host function refused its arguments.
        """
        if self._shortcut is not None and limits is DEFAULT_LIMITS:
            try:
                return self._shortcut(variables)
            except (NoShortcut, KeyError):
                pass
        return to_json(self.evaluate(variables, now=now, limits=limits, ask=ask))

    def explain(
        self,
        variables: Mapping[str, Any],
        *,
        now: datetime,
        limits: Limits = DEFAULT_LIMITS,
        ask: Ask | None = None,
    ) -> Explanation:
        """Evaluate the expression and return the value of every part of it.

        An evaluation that passes a bound is explained, too: the parts that it did not finish carry the error.
        """
        traced = _traced(self._source)
        scope = self.opened(variables, now=now, limits=limits, ask=ask)
        trace = scope.account.trace = Trace(self.text)
        failure: FeelError | None = None
        try:
            traced.evaluate_within(scope)
        except FeelError as error:
            failure = error
        return explained(trace, self.text, scope.account, failure)


class UnaryTests:
    """The compiled tests of one input cell of a decision table."""

    __slots__ = ("_check", "_direct", "names", "text")

    def __init__(self, text: str, check: Expression, direct: Direct | None) -> None:
        self.text = text
        #: The names that the text does not bind itself and that are no known functions.
        self.names = check.names - {"?"}
        self._check = check
        self._direct = direct

    def matches(
        self, value: Any, variables: Mapping[str, Any], *, now: datetime, ask: Ask | None = None
    ) -> bool:
        """Return whether an input value passes the tests; what cannot be compared does not.

        Raises:
            FeelError: the evaluation passed one of its bounds, or a host function refused its arguments.
        """
        return self.matches_within(to_feel(value), self._check.opened(variables, now=now, ask=ask))

    def unresolved(self, variables: Iterable[str]) -> Unresolved:
        """Return the names that are neither functions nor among the variables; see :class:`Expression`."""
        return self._check.unresolved((*variables, "?"))

    def parsed(self) -> Node | Token:
        """Return the syntax tree of the tests."""
        return self._check.parsed_as(parse_unary_tests)

    def matches_within(self, value: Any, scope: Scope) -> bool:
        """Return whether a FEEL value passes the tests in a scope that is already open."""
        if self._direct is not None and not isinstance(value, (list, dict)):
            return self._direct(value)
        return self._check.evaluate_within(Inner({"?": value}, scope)) is True


@dataclass(frozen=True, slots=True)
class _Source:
    """A text and what it may name; equal ones are compiled once."""

    text: str
    names: frozenset[str]
    functions: HostFunctions
    types: TypeNames


def outermost(
    variables: Mapping[str, Any],
    *,
    now: datetime,
    limits: Limits = DEFAULT_LIMITS,
    functions: HostFunctions = NO_HOST_FUNCTIONS,
    ask: Ask | None = None,
) -> Scope:
    """Return a scope that knows the variables, the built-in functions and the host functions."""
    return Outermost(variables, functions.all, Account(now=now, limits=limits, ask=functions.asked(ask)))


def compile_expression(
    text: str,
    *,
    names: Iterable[str] = (),
    functions: HostFunctions = NO_HOST_FUNCTIONS,
    types: TypeNames = NO_TYPES,
) -> Expression:
    """Compile a FEEL expression (without a leading ``=``).

    Args:
        names: variable names that contain spaces or symbols; the others need not be told.
        functions: the functions that the host offers; one object throughout, as texts are compiled once for each.
        types: the types that a decision model defines; one object throughout, too.

    Raises:
        FeelSyntaxError: the text is not an expression.
    """
    return _expression(_Source(text, _spaced(names), functions, types))


def compile_unary_tests(
    text: str,
    *,
    names: Iterable[str] = (),
    functions: HostFunctions = NO_HOST_FUNCTIONS,
    types: TypeNames = NO_TYPES,
) -> UnaryTests:
    """Compile the unary tests of a decision table cell: ``-``, ``"a", "b"``, ``not(< 5)``, ``[1..5]``, ``? > x``.

    Raises:
        FeelSyntaxError: the text is no list of unary tests.
    """
    return _unary_tests(_Source(text, _spaced(names), functions, types))


def _spaced(names: Iterable[str]) -> frozenset[str]:
    return frozenset(spaceless(name) for name in names if not is_simple(name))


@lru_cache(maxsize=_CACHE_SIZE)
def _expression(source: _Source) -> Expression:
    node = parse_expression(source.text, names=source.names, functions=source.functions.names)
    compiler = Compiler(source.types.types)
    closure = compiler.compile(node)
    return Expression(source, compiler, closure, shortcut_of(node))


@lru_cache(maxsize=_TRACED_CACHE_SIZE)
def _traced(source: _Source) -> Expression:
    compiler = TracingCompiler(source.types.types)
    node = parse_expression(source.text, names=source.names, functions=source.functions.names)
    return Expression(source, compiler, compiler.compile(node), None)


@lru_cache(maxsize=_CACHE_SIZE)
def _unary_tests(source: _Source) -> UnaryTests:
    compiler = Compiler(source.types.types)
    node = parse_unary_tests(source.text, names=source.names, functions=source.functions.names)
    closure, direct = compile_tests(compiler, node)
    return UnaryTests(source.text, Expression(source, compiler, closure, None), direct)
