"""Compiles a syntax tree, once, into Python closures over a scope."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from typing import Any
from weakref import WeakKeyDictionary

from lark import Token, Tree

from engine.feel.bounds import MAX_SOURCE_DEPTH, Account, Limits
from engine.feel.errors import FeelError, FeelSyntaxError
from engine.feel.properties import property_of
from engine.feel.scope import Outermost, Scope
from engine.feel.temporal_text import read_literal
from engine.feel.types import FeelType
from engine.feel.values import number_from

Closure = Callable[[Scope], Any]
Node = Tree[Token]
Handler = Callable[["Compiler", Node], Closure]

#: Handler of each kind of tree node; operators.py, structures.py and loops.py add theirs.
HANDLERS: dict[str, Handler] = {}
#: Kinds of nodes that are evaluated while they are compiled, if all within them is known.
_FOLDED = frozenset({"negate", "power", "product", "range", "sum"})
#: What closures give that give always the same.
_KNOWN: "WeakKeyDictionary[Closure, Any]" = WeakKeyDictionary()
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


@dataclass(frozen=True, slots=True)
class NameUse:
    """A name that a text uses without binding it.

    Attributes:
        position: offset in characters, from 0.
        called: whether it is called like a function.
        filtering: whether it stands in a filter, where it may be an entry of what is filtered.
    """

    name: str
    position: int
    called: bool
    filtering: bool


class Compiler:
    """Compiles the nodes of one text and gathers the names that the text leaves free.

    Attributes:
        types: the types that a decision model defines, by name.
        uses: where the text uses names that it does not bind itself.
        deepest: the deepest nesting so far.
    """

    def __init__(self, types: Mapping[str, FeelType] | None = None) -> None:
        self.types: Mapping[str, FeelType] = types or {}
        self.uses: list[NameUse] = []
        self.deepest = 0
        self._depth = 0
        self._bound: list[frozenset[str]] = []
        self._all_known = True
        self._filters = 0

    @property
    def free_names(self) -> frozenset[str]:
        """The names that the text does not bind itself."""
        return frozenset(use.name for use in self.uses)

    def compile(self, node: Node | Token) -> Closure:
        """Return the closure of a node.

        Raises:
            FeelSyntaxError: the text is nested too deeply, or names an unknown type.
        """
        assert isinstance(node, Tree)
        while node.data == "group":
            node = trees(node)[0]
        self._depth += 1
        if self._depth > MAX_SOURCE_DEPTH:
            raise FeelSyntaxError(f"Expected at most {MAX_SOURCE_DEPTH} levels of nesting", position_of(node))
        self.deepest = max(self.deepest, self._depth)
        outer_known, self._all_known = self._all_known, True
        closure = HANDLERS[str(node.data)](self, node)
        if self._all_known and node.data in _FOLDED:
            closure = folded(closure)
        closure = self.finished(node, closure)
        self._all_known = outer_known and is_known(closure)
        self._depth -= 1
        return closure

    def finished(self, node: Node, closure: Closure) -> Closure:  # noqa: ARG002 - for compilers that trace
        """Return the closure that stands for a node in those around it."""
        return closure

    def compile_within(self, node: Node | Token, names: frozenset[str]) -> Closure:
        """Return the closure of a node in which further names are bound."""
        self._bound.append(names)
        closure = self.compile(node)
        self._bound.pop()
        return closure

    def compile_filter(self, node: Node | Token) -> Closure:
        """Return the closure of the condition of a filter."""
        self._filters += 1
        closure = self.compile_within(node, frozenset({"item"}))
        self._filters -= 1
        return closure

    def compile_body(self, node: Node | Token, names: frozenset[str]) -> tuple[Closure, int]:
        """Return the closure of a function body and the levels of nesting below it."""
        outside, self.deepest = self.deepest, self._depth
        closure = self.compile_within(node, names)
        levels = self.deepest - self._depth
        self.deepest = max(outside, self.deepest)
        return closure, levels

    def use(self, name: str, position: int, *, called: bool = False) -> None:
        """Record that the text uses a name."""
        if not any(name in names for names in self._bound):
            self.uses.append(NameUse(name, position, called, self._filters > 0))


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

    _KNOWN[closure] = value
    return closure


def is_known(closure: Closure) -> bool:
    """Return whether a closure gives always the same value."""
    return closure in _KNOWN


def known_value(closure: Closure) -> Any:
    """Return what a closure gives always."""
    return _KNOWN[closure]


def folded(closure: Closure) -> Closure:
    """Return the constant that a closure without names gives; the closure itself if it passes a bound."""
    try:
        account = Account(now=datetime.min.replace(tzinfo=UTC), limits=Limits())
        return constant(closure(Outermost({}, {}, account)))
    except FeelError:
        return closure


def position_of(node: Node) -> int:
    first: Node | Token = node
    while isinstance(first, Tree):
        if not first.children:
            return 0
        first = first.children[0]
    return int(first.start_pos or 0)


def text_of(token: str) -> str:
    """Return what a text in quotation marks stands for.

    Raises:
        FeelSyntaxError: it contains half a character.
    """
    position = token.start_pos or 0 if isinstance(token, Token) else 0

    def replace(match: re.Match[str]) -> str:
        escape = match[1]
        return chr(int(escape[1:], 16)) if escape[0] in "uU" else _ESCAPES[escape]

    try:
        text = _ESCAPE.sub(replace, token[token.index('"') + 1 : -1])
        text = _SURROGATES.sub(lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), text)
        text.encode()
    except ValueError as error:
        raise FeelSyntaxError(f"Expected characters of Unicode, but got {token}", position) from error
    return text


def literal_text(node: Node) -> str:
    """Return what the text in a node of one text stands for."""
    token = node.children[0]
    assert isinstance(token, Token)
    return text_of(token)


@handles("number")
def _number(_: Compiler, node: Node) -> Closure:
    return constant(number_from(str(node.children[0])))


@handles("string")
def _string(_: Compiler, node: Node) -> Closure:
    value = literal_text(node)
    return constant(value)


@handles("at_literal")
def _at_literal(_: Compiler, node: Node) -> Closure:
    value = read_literal(literal_text(node))
    return constant(value)


@handles("true", "false", "null")
def _constant(_: Compiler, node: Node) -> Closure:
    value = {"true": True, "false": False, "null": None}[str(node.data)]
    return constant(value)


@handles("name")
def _name(compiler: Compiler, node: Node) -> Closure:
    compiler.use(str(node.children[0]), position_of(node))
    return reading(node)


def reading(node: Node) -> Closure:
    """Return the closure that looks up the name in a node."""
    name = str(node.children[0])

    def look_up(scope: Scope) -> Any:
        account = scope.account
        account.steps -= 1
        if account.steps < 0:
            account.exhausted()
        return scope.lookup(name)

    return look_up if "." not in name else _dotted(name, look_up)


def _dotted(name: str, look_up: Closure) -> Closure:
    first, *path = name.split(".")

    def follow(scope: Scope) -> Any:
        value = look_up(scope)
        return value if value is not None else reduce(property_of, path, scope.lookup(first))

    return follow
