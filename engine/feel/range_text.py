"""Reads an interval from text (DMN 1.5, 10.3.4.1): two ends that are literals, or dates and times made of them."""

from typing import Any

from lark import Tree

from engine.feel.bounds import Account
from engine.feel.builtins_registry import BUILTINS, builtin
from engine.feel.compiler import Compiler, Node, trees
from engine.feel.errors import FeelSyntaxError
from engine.feel.parser import parse_expression
from engine.feel.scope import Outermost
from engine.feel.values import Range

_LITERALS = frozenset({"at_literal", "number", "string"})
#: Functions that may make an end of one text.
_MAKERS = frozenset({"date", "date and time", "duration", "time"})


@builtin("range(from: string)")
def range_(account: Account, text: str) -> Range | None:
    """Read an interval such as ``[1..3)``; anything but two known ends in order is ``null``."""
    try:
        node = parse_expression(text.strip(), names=frozenset(), functions=_MAKERS)
        if not isinstance(node, Tree) or node.data != "range" or not all(map(_is_literal, trees(node))):
            return None
        made: Any = Compiler().compile(node)(Outermost({}, BUILTINS, account))
    except FeelSyntaxError:
        return None
    return None if made is None or made.low is None or made.high is None else made


def _is_literal(node: Node) -> bool:
    children = trees(node)
    if node.data == "negate":
        return children[0].data == "number"
    if node.data != "call":
        return node.data in _LITERALS
    name, *arguments = children
    return (
        name.data == "name"
        and str(name.children[0]) in _MAKERS
        and len(arguments) == 1
        and arguments[0].data == "string"
    )
