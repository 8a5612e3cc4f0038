"""Shortcuts for simple conditions: variables and their entries compared, joined by ``and`` and ``or``.

A shortcut reads the variables as they are, without turning them into FEEL values first. It knows only cases in
which that gives the same; in every other it raises :class:`NoShortcut`, and the expression is evaluated in full.
(Only the size of a context of which an entry is read is not looked at.)
"""

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from lark import Token, Tree

from engine.feel.bounds import Limits
from engine.feel.compiler import Node, literal_text, trees
from engine.feel.values import number_from

#: Reads the variables; raises ``NoShortcut`` or ``KeyError`` where the full evaluation must decide.
Shortcut = Callable[[Mapping[str, Any]], bool | None]
Reader = Callable[[Mapping[str, Any]], Any]
#: Numbers up to this are the same as ``int``, as ``float`` and as 34 decimal digits.
_SAFE = 2**53
#: Texts up to this length are within the bounds of an evaluation.
_LONGEST = Limits().size
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
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
            parts = [shortcut_of(child) or _truth(child) for child in trees(node)]
            known = [part for part in parts if part is not None]
            return _joined(known, decisive=node.data == "disjunction") if len(known) == len(parts) else None
        case "compare":
            return _comparison(node)
        case _:
            return None


def _reader(node: Node) -> Reader | None:
    """Return what reads a variable or an entry of one, ``None`` for other nodes."""
    if node.data == "path":
        owner, name = _reader(trees(node)[0]), str(node.children[-1])
        return None if owner is None else _entry(owner, name)
    name = str(node.children[0]) if node.data == "name" else "."
    return None if "." in name else operator.itemgetter(name)


def _entry(owner: Reader, name: str) -> Reader:
    def read(variables: Mapping[str, Any]) -> Any:
        value = owner(variables)
        if type(value) is dict:
            return value[name]
        raise NoShortcut

    return read


def _truth(node: Node) -> Shortcut | None:
    read = _reader(node)
    if read is None:
        return None

    def test(variables: Mapping[str, Any]) -> bool | None:
        value = read(variables)
        if value is True or value is False:
            return value
        raise NoShortcut

    return test


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
    read, other = _reader(left), _reader(right)
    if read is not None and other is not None:
        return _of_two(read, sign, other)
    if read is None:
        read, right, sign = other, left, _FLIPPED[sign]
    if read is None:
        return None
    if right.data in _WORDS and sign in ("=", "!="):
        return _with_word(read, _WORDS[right.data], alike=sign == "=")
    if right.data == "string" and sign in ("=", "!="):
        return _with_text(read, literal_text(right), alike=sign == "=")
    constant = _plain_number(str(right.children[0])) if right.data == "number" else None
    return None if constant is None else _with_number(read, _OPERATORS[sign], constant)


def _plain_number(digits: str) -> int | float | None:
    """Return the number as one of Python that compares alike, ``None`` if there is none."""
    number = number_from(digits)
    if number is None or abs(number) >= _SAFE:
        return None
    if number == number.to_integral_value():
        return int(number)
    inexact = float(number)
    return inexact if Decimal(repr(inexact)) == number else None


def _with_number(read: Reader, holds: Callable[[Any, Any], bool], constant: float) -> Shortcut:
    def test(variables: Mapping[str, Any]) -> bool | None:
        value = read(variables)
        kind = type(value)
        if kind is int or (kind is float and -_SAFE < value < _SAFE):
            return holds(value, constant)
        raise NoShortcut

    return test


def _with_text(read: Reader, constant: str, *, alike: bool) -> Shortcut:
    def test(variables: Mapping[str, Any]) -> bool | None:
        value = read(variables)
        if value == constant:
            return alike
        if value is None or (type(value) is str and len(value) <= _LONGEST):
            return not alike
        raise NoShortcut

    return test


def _with_word(read: Reader, constant: bool | None, *, alike: bool) -> Shortcut:
    def test(variables: Mapping[str, Any]) -> bool | None:
        value = read(variables)
        if value is constant:
            return alike
        if value is None or (type(value) is bool and constant is not None) or _is_small(value, constant):
            return not alike
        raise NoShortcut

    return test


def _is_small(value: Any, constant: bool | None) -> bool:
    """Return whether a value is certainly not ``null`` and certainly within the bounds."""
    return constant is None and (
        type(value) in (bool, int) or (type(value) is str and len(value) <= _LONGEST)
    )


def _of_two(read: Reader, sign: str, other: Reader) -> Shortcut:
    holds = _OPERATORS[sign]

    def test(variables: Mapping[str, Any]) -> bool | None:
        left, right = read(variables), other(variables)
        if type(left) is int and type(right) is int and -_SAFE < left < _SAFE and -_SAFE < right < _SAFE:
            return holds(left, right)
        raise NoShortcut

    return test
