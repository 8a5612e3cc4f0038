"""Turns FEEL text into a syntax tree."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from lark import Lark, Token, Tree, UnexpectedInput
from lark.lexer import Lexer

from engine.feel.bounds import MAX_SOURCE_LENGTH
from engine.feel.errors import FeelSyntaxError
from engine.feel.lexer import cut
from engine.feel.names import is_simple

Node = Tree[Token]
_OPENING = frozenset({"LPAR", "LBRACKET", "LBRACE", "FILTER", "OPEN_START", "GENERIC"})
_CLOSING = frozenset({"RPAR", "RBRACKET", "RBRACE", "OPEN_END", "GENERIC_END"})


class _Tokens(Lexer):
    """Hands tokens that are already cut to the parser."""

    def __init__(self, lexer_conf: Any) -> None:
        self._terminals = lexer_conf.terminals

    def lex(self, lexer_state: Any, parser_state: Any = None) -> Iterator[Token]:  # noqa: ARG002 - lark's signature
        return iter(lexer_state)


@cache
def _parser() -> Lark:
    grammar = files("engine.feel").joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(
        grammar,
        parser="lalr",
        lexer=_Tokens,
        start=["expression", "unary_tests"],
        maybe_placeholders=True,
        propagate_positions=True,
    )


def parse_expression(text: str, *, names: frozenset[str], functions: frozenset[str]) -> Node | Token:
    """Return the tree of one expression.

    Raises:
        FeelSyntaxError: the text is not an expression.
    """
    return _parse(text, _cut(text, names, functions), "expression")


def parse_unary_tests(text: str, *, names: frozenset[str], functions: frozenset[str]) -> Node | Token:
    """Return the tree of the unary tests of a decision table cell.

    Raises:
        FeelSyntaxError: the text is no list of unary tests.
    """
    tokens = _cut(text, names, functions)
    if (
        len(tokens) > 3
        and tokens[0] == "not"
        and tokens[1].type == "LPAR"
        and _closes_at(tokens, 1) == len(tokens) - 1
    ):
        tokens[0] = Token("NOT", "not", start_pos=tokens[0].start_pos, end_pos=tokens[0].end_pos)
    return _parse(text, tokens, "unary_tests")


def _closes_at(tokens: list[Token], start: int) -> int:
    """Return where the bracket at ``start`` closes; the brackets of an interval need not be alike."""
    depth = 0
    for index in range(start, len(tokens)):
        depth += (tokens[index].type in _OPENING) - (tokens[index].type in _CLOSING)
        if depth == 0:
            return index
    return -1


def _cut(text: str, names: frozenset[str], functions: frozenset[str]) -> list[Token]:
    if len(text) > MAX_SOURCE_LENGTH:
        raise FeelSyntaxError(f"Expected at most {MAX_SOURCE_LENGTH} characters, but got {len(text)}", 0)
    return cut(text, names=names, functions=functions)


def _parse(text: str, tokens: list[Token], start: str) -> Node | Token:
    try:
        return _parser().parse(tokens, start=start)
    except UnexpectedInput as error:
        token = getattr(error, "token", None)
        if token is None or token.type == "$END":
            raise FeelSyntaxError("Expected the expression to go on, but it ends", len(text)) from error
        raise FeelSyntaxError(_unexpected(token, tokens), token.start_pos or 0) from error


def _unexpected(token: Token, tokens: list[Token]) -> str:
    """Say what is wrong with a token; words in a row are a name that nobody told."""
    at = next((index for index, known in enumerate(tokens) if known is token), -1)
    for kind, fits in (("function", _is_name), ("function", _is_word), ("name", _is_name)):
        first = last = at
        while first > 0 and fits(tokens[first - 1]):
            first -= 1
        while first < at and not _is_name(tokens[first]):
            first += 1
        while 0 <= last < len(tokens) - 1 and fits(tokens[last + 1]):
            last += 1
        called = last < len(tokens) - 1 and tokens[last + 1].type == "LPAR"
        if first < last and fits(token) and called == (kind == "function"):
            words = " ".join(tokens[first : last + 1])
            return f"Unexpected {str(token)!r}: there is no {kind} {words!r}"
    return f"Unexpected {str(token)!r}"


def _is_name(token: Token) -> bool:
    return token.type == "NAME"


def _is_word(token: Token) -> bool:
    """Return whether a token can be a word of a name, as a word of the language can within one."""
    return is_simple(token)
