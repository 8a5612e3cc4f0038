"""Which values the cells of a decision table accept, as far as cells are literals, ranges and lists of them.

The values of a column are cut into pieces at every value that a cell names: the named values themselves and what
lies between them. Two values in one piece pass the same cells, so that a set of pieces describes a cell exactly.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from lark import Tree

from engine.dmn.tables import Input
from engine.feel.builtins_conversion import written
from engine.feel.compiler import Node, literal_text, trees
from engine.feel.expression import UnaryTests
from engine.feel.temporal import Date
from engine.feel.temporal_text import read_date, read_date_time, read_duration, read_literal, read_time
from engine.feel.values import EQUAL, compare, equal, number_from, type_name

#: A set of pieces, one bit for each.
Pieces = int
_READERS = {
    "date": read_date,
    "date and time": read_date_time,
    "duration": read_duration,
    "time": read_time,
}
_ORDERED = frozenset(
    {"number", "date", "time", "date and time", "days and time duration", "years and months duration"}
)


class NotLiteral(Exception):
    """A cell is more than literals, ranges and lists of them."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Accepted values from one end to the other; an end that is ``None`` is open to infinity."""

    low: Any
    high: Any
    low_closed: bool
    high_closed: bool


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a cell accepts: the values in its intervals, or with ``negated`` all others."""

    intervals: tuple[Interval, ...]
    negated: bool = False

    def ends(self) -> Iterator[Any]:
        """Yield the values that the cell names."""
        for interval in self.intervals:
            yield from (end for end in (interval.low, interval.high) if end is not None)


def accepted_by(tests: UnaryTests) -> Accepted:
    """Return what a cell accepts.

    Raises:
        NotLiteral: that depends on more than the value of the column.
    """
    node = tests.parsed()
    if not isinstance(node, Tree) or node.data == "any_value":
        raise NotLiteral
    intervals = tuple(interval for test in trees(node) for interval in _intervals(test))
    return Accepted(intervals, negated=node.data == "none_of")


def _intervals(node: Node) -> Iterator[Interval]:
    while node.data in ("test", "group"):
        node = trees(node)[0]
    if node.data == "list":
        for child in trees(node):
            yield from _intervals(child)
    elif node.data == "half_line":
        sign, end = str(trees(node)[0].children[0]), _literal(trees(node)[1])
        yield from _half_line(sign, end)
    elif node.data == "range":
        low, high = (_literal(child) for child in trees(node))
        yield Interval(low, high, str(node.children[0]) == "[", str(node.children[-1]) == "]")
    else:
        value = _literal(node)
        yield Interval(value, value, True, True)


def _half_line(sign: str, end: Any) -> Iterator[Interval]:
    match sign:
        case "=":
            yield Interval(end, end, True, True)
        case "<" | "<=":
            yield Interval(None, end, False, sign == "<=")
        case ">" | ">=":
            yield Interval(end, None, sign == ">=", False)
        case _:
            yield Interval(None, end, False, False)
            yield Interval(end, None, False, False)


def _literal(node: Node) -> Any:
    value: Any = None
    while node.data == "group":
        node = trees(node)[0]
    match node.data:
        case "number":
            value = number_from(str(node.children[0]))
        case "negate":
            inner = _literal(trees(node)[0])
            value = -inner if isinstance(inner, Decimal) else None
        case "string":
            value = literal_text(node)
        case "at_literal":
            value = read_literal(literal_text(node))
        case "true" | "false":
            return node.data == "true"
        case "call":
            value = _made(*trees(node))
        case _:
            pass
    if value is None:
        raise NotLiteral
    return value


def _made(function: Node, *arguments: Node) -> Any:
    reader = _READERS.get(str(function.children[0])) if function.data == "name" else None
    if reader is None or len(arguments) != 1 or arguments[0].data != "string":
        raise NotLiteral
    return reader(literal_text(arguments[0]))


class Column:
    """The values of one input column, cut into pieces.

    Attributes:
        all: the pieces that may occur at all.
    """

    def __init__(self, column: Input, cells: Sequence[Accepted], allowed: Accepted | None) -> None:
        """Cut the values at the ends that the cells name.

        Raises:
            NotLiteral: the cells name values of different types.
        """
        self.label = column.label
        ends = [
            end for accepted in (*cells, *([] if allowed is None else [allowed])) for end in accepted.ends()
        ]
        kinds = {type_name(end) for end in ends}
        if len(kinds) > 1:
            raise NotLiteral
        kind = kinds.pop() if kinds else "Any"
        self._pieces: list[Interval]
        if kind in _ORDERED:
            self._pieces = list(_cut(ends))
        elif kind == "boolean":
            self._pieces = [Interval(value, value, True, True) for value in (True, False)]
        else:
            named = list(dict.fromkeys(ends))
            self._pieces = [*(Interval(value, value, True, True) for value in named), _OTHERS]
            if any(interval.low != interval.high for cell in cells for interval in cell.intervals):
                raise NotLiteral
        whole = (1 << len(self._pieces)) - 1
        self.all: Pieces = whole if allowed is None else whole & self.pieces_of(allowed)

    def pieces_of(self, accepted: Accepted) -> Pieces:
        """Return the pieces that a cell accepts."""
        found = 0
        for place, piece in enumerate(self._pieces):
            if any(_within(piece, interval) for interval in accepted.intervals) != accepted.negated:
                found |= 1 << place
        return found

    def text(self, pieces: Pieces) -> str:
        """Say in words which values a set of pieces holds."""
        if self._pieces == [_OTHERS]:
            return f"{self.label} is anything"
        runs: list[Interval] = []
        for place, piece in enumerate(self._pieces):
            if pieces >> place & 1:
                joins = place > 0 and pieces >> (place - 1) & 1 and runs and _touch(runs[-1], piece)
                if joins:
                    last = runs.pop()
                    piece = Interval(last.low, piece.high, last.low_closed, piece.high_closed)
                runs.append(piece)
        return f"{self.label} {' or '.join(map(_interval_text, runs))}"


#: Every text that no cell names.
_OTHERS = Interval(None, None, False, False)


def _cut(ends: list[Any]) -> Iterator[Interval]:
    points: list[Any] = []
    for end in sorted(ends, key=cmp_to_key(_order)):
        if not points or _order(points[-1], end) != EQUAL:
            points.append(end)
    yield Interval(None, points[0], False, False)
    for place, point in enumerate(points):
        yield Interval(point, point, True, True)
        following = points[place + 1] if place + 1 < len(points) else None
        if isinstance(point, Date) and following is not None and following.number == point.number + 1:
            continue
        yield Interval(point, following, False, False)


def _order(left: Any, right: Any) -> int:
    order = compare(left, right)
    if order is None:
        raise NotLiteral
    return order


def _within(piece: Interval, interval: Interval) -> bool:
    if piece is _OTHERS:
        return interval is _OTHERS
    if not isinstance(piece.low if piece.low is not None else piece.high, (bool, str)):
        return _starts_within(piece, interval) and _ends_within(piece, interval)
    return equal(piece.low, interval.low) is True


def _starts_within(piece: Interval, interval: Interval) -> bool:
    if interval.low is None:
        return True
    if piece.low is None:
        return False
    order = _order(piece.low, interval.low)
    return order > 0 or (order == 0 and (interval.low_closed or not piece.low_closed))


def _ends_within(piece: Interval, interval: Interval) -> bool:
    if interval.high is None:
        return True
    if piece.high is None:
        return False
    order = _order(piece.high, interval.high)
    return order < 0 or (order == 0 and (interval.high_closed or not piece.high_closed))


def _touch(left: Interval, right: Interval) -> bool:
    is_ordered = not isinstance(left.low if left.low is not None else left.high, (bool, str))
    return is_ordered and left is not _OTHERS and right is not _OTHERS


def _interval_text(interval: Interval) -> str:
    if interval is _OTHERS:
        return "is anything else"
    if interval.low is None and interval.high is None:
        return "is anything"
    if interval.low is None:
        return f"{'<=' if interval.high_closed else '<'} {written(interval.high)}"
    if interval.high is None:
        return f"{'>=' if interval.low_closed else '>'} {written(interval.low)}"
    if interval.low_closed and interval.high_closed and equal(interval.low, interval.high) is True:
        return f"= {written(interval.low)}"
    opening, closing = "[" if interval.low_closed else "(", "]" if interval.high_closed else ")"
    return f"in {opening}{written(interval.low)}..{written(interval.high)}{closing}"
