"""Compiles a syntax tree, once, into Python closures over a scope."""

import re
from collections.abc import Callable
from functools import reduce
from typing import Any

from lark import Token, Tree

from engine.feel.bounds import MAX_SOURCE_DEPTH
from engine.feel.errors import FeelSyntaxError
from engine.feel.properties import property_of
from engine.feel.scope import Scope
from engine.feel.temporal_text import read_literal
from engine.feel.values import number_from

Closure = Callable[[Scope], Any]
Node = Tree[Token]
Handler = Callable[["Compiler", Node], Closure]

#: Handler of each kind of tree node; operators.py, structures.py and loops.py add theirs.
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
        while node.data == "group":
            node = trees(node)[0]
        self._depth += 1
        if self._depth > MAX_SOURCE_DEPTH:
            raise FeelSyntaxError(f"Expected at most {MAX_SOURCE_DEPTH} levels of nesting", position_of(node))
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


def position_of(node: Node) -> int:
    first: Node | Token = node
    while isinstance(first, Tree):
        if not first.children:
            return 0
        first = first.children[0]
    return int(first.start_pos or 0)


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
    return constant(number_from(str(node.children[0])))


@handles("string")
def _string(_: Compiler, node: Node) -> Closure:
    value = text_of(str(node.children[0]))
    return constant(value)


@handles("at_literal")
def _at_literal(_: Compiler, node: Node) -> Closure:
    value = read_literal(text_of(str(node.children[0])))
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
