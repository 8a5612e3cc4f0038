"""Shortcuts for simple conditions: variables compared to constants or to each other, joined by ``and`` and ``or``.

A shortcut reads the variables as they are, without turning them into FEEL values first. It knows only cases in
which that gives the same; in every other it raises :class:`NoShortcut`, and the expression is evaluated in full.
"""

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from lark import Token, Tree

from engine.feel.bounds import Limits
from engine.feel.compiler import Node, text_of, trees
from engine.feel.values import number_from

#: Reads the variables; raises ``NoShortcut`` or ``KeyError`` where the full evaluation must decide.
Shortcut = Callable[[Mapping[str, Any]], bool | None]
#: Numbers up to this are the same as ``int``, as ``float`` and as 34 decimal digits.
_SAFE = 2**53
#: Texts up to this length are within the bounds of an evaluation.
_LONGEST = Limits().size
_FLIPPED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class NoShortcut(Exception):
    """The values at hand are none that the shortcut knows."""


def shortcut_of(node: Node | Token) -> Shortcut | None:
    """Return the shortcut for a condition, ``None`` if there is none."""
    if not isinstance(node, Tree):
        return None
    while node.data == "group":
        node = trees(node)[0]
    match node.data:
        case "conjunction" | "disjunction":
            parts = [shortcut_of(child) for child in trees(node)]
            known = [part for part in parts if part is not None]
            return _joined(known, decisive=node.data == "disjunction") if len(known) == len(parts) else None
        case "compare":
            return _comparison(node)
        case _:
            return None


def _joined(parts: list[Shortcut], *, decisive: bool) -> Shortcut:
    neutral = not decisive
    if len(parts) == 2:
        first, second = parts

        def both(variables: Mapping[str, Any]) -> bool | None:
            one = first(variables)
            if one is decisive:
                return decisive
            other = second(variables)
            if other is decisive:
                return decisive
            return neutral if one is neutral and other is neutral else None

        return both

    def every(variables: Mapping[str, Any]) -> bool | None:
        result: bool | None = neutral
        for part in parts:
            value = part(variables)
            if value is decisive:
                return decisive
            if value is not neutral:
                result = None
        return result

    return every


def _comparison(node: Node) -> Shortcut | None:
    left, symbol, right = trees(node)
    sign = str(symbol.children[0])
    if left.data != "name":
        left, right, sign = right, left, _FLIPPED[sign]
    if left.data != "name" or "." in str(left.children[0]):
        return None
    name, given = str(left.children[0]), str(right.children[0]) if right.children else ""
    if right.data == "name":
        return _of_two_names(name, sign, given) if "." not in given else None
    if right.data == "string" and sign in ("=", "!="):
        return _with_text(name, sign, text_of(given))
    constant = _plain_number(given) if right.data == "number" else None
    return None if constant is None else _with_number(name, sign, constant)


def _plain_number(digits: str) -> int | float | None:
    """Return the number as one of Python that compares alike, ``None`` if there is none."""
    number = number_from(digits)
    if number is None or abs(number) >= _SAFE:
        return None
    if number == number.to_integral_value():
        return int(number)
    inexact = float(number)
    return inexact if Decimal(repr(inexact)) == number else None


def _with_number(name: str, sign: str, constant: float) -> Shortcut:
    holds = _OPERATORS[sign]

    def test(variables: Mapping[str, Any]) -> bool | None:
        value = variables[name]
        kind = type(value)
        if kind is int or (kind is float and -_SAFE < value < _SAFE):
            return holds(value, constant)
        raise NoShortcut

    return test


def _with_text(name: str, sign: str, constant: str) -> Shortcut:
    alike = sign == "="

    def test(variables: Mapping[str, Any]) -> bool | None:
        value = variables[name]
        if value == constant:
            return alike
        if value is None or (type(value) is str and len(value) <= _LONGEST):
            return not alike
        raise NoShortcut

    return test


def _of_two_names(name: str, sign: str, other: str) -> Shortcut:
    holds = _OPERATORS[sign]

    def test(variables: Mapping[str, Any]) -> bool | None:
        left, right = variables[name], variables[other]
        if type(left) is int and type(right) is int and -_SAFE < left < _SAFE and -_SAFE < right < _SAFE:
            return holds(left, right)
        raise NoShortcut

    return test
