"""Finds mistakes in decision tables before they are run: overlaps, gaps, rules that never count.

Only cells that are literals, ranges and lists of them are understood; a rule with another cell is left out of what
is found, and a table of which too little is understood gives nothing. ``null`` is not counted as a gap.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from engine.dmn.cells import Accepted, Column, NotLiteral, Pieces, accepted_by
from engine.dmn.hit_policies import HitPolicy
from engine.dmn.model import DecisionModel
from engine.dmn.tables import DecisionTable, Input, Rule
from engine.feel.expression import UnaryTests

#: Findings of one kind that are reported for one table.
_MAX_FINDINGS = 20
#: Rules and columns of the largest table that is analysed.
_MAX_RULES, _MAX_COLUMNS = 1_000, 40
#: Boxes that the search for gaps looks at in one table.
_MAX_BOXES = 10_000


class FindingKind(StrEnum):
    """What is wrong with a table."""

    #: Under ``UNIQUE`` several rules match the same values; under ``ANY`` they also give different outputs.
    OVERLAP = "overlap"
    #: No rule matches, and there is no default output.
    GAP = "gap"
    #: Under ``FIRST`` a rule never counts, because those before it match whatever it does.
    UNREACHABLE = "unreachable"
    #: A rule matches no value that may occur.
    NEVER_MATCHES = "never_matches"
    #: The table is too large or too intricate; what was found may not be all.
    INCOMPLETE = "incomplete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that is wrong with a decision table.

    Attributes:
        rules: the numbers, from 1, of the rules concerned.
        sentence: what is wrong, in English.
    """

    table_id: str | None
    kind: FindingKind
    rules: tuple[int, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class _Box:
    """What a rule accepts: one set of pieces for each column."""

    number: int
    pieces: tuple[Pieces, ...]


class _TooMuch(Exception):
    """The search has looked at as many boxes as it may."""


def analyse(model: DecisionModel) -> tuple[Finding, ...]:
    """Return what is wrong with the decision tables of a model, table by table."""
    return tuple(finding for table in model.tables for finding in analyse_table(table))


def analyse_table(table: DecisionTable) -> list[Finding]:
    """Return what is wrong with a decision table."""
    if len(table.rules) > _MAX_RULES or len(table.inputs) > _MAX_COLUMNS:
        return [_finding(table, FindingKind.INCOMPLETE, (), "The table is too large to be analysed.")]
    understood = [(number, cells) for number, cells in _read_rules(table) if cells is not None]
    try:
        columns = [
            Column(
                column,
                [cell for _, cells in understood if (cell := cells[place]) is not None],
                _allowed(column),
            )
            for place, column in enumerate(table.inputs)
        ]
        boxes = [
            _Box(number, tuple(_pieces(column, cell) for column, cell in zip(columns, cells, strict=True)))
            for number, cells in understood
        ]
    except NotLiteral:
        return []
    findings = list(_never_matching(table, boxes))
    boxes = [box for box in boxes if all(box.pieces)]
    if table.policy in (HitPolicy.UNIQUE, HitPolicy.ANY):
        findings += _overlaps(table, boxes, columns)
    search = _Search(columns)
    try:
        if table.policy is HitPolicy.FIRST:
            findings += _unreachable(table, boxes, search)
        if _must_match(table) and len(understood) == len(table.rules):
            findings += _gaps(table, boxes, search)
    except _TooMuch:
        sentence = "The table is too intricate to be analysed whole."
        findings.append(_finding(table, FindingKind.INCOMPLETE, (), sentence))
    return findings


def _allowed(column: Input) -> Accepted | None:
    """Return what may occur in a column at all, ``None`` for anything or where that is not understood."""
    tests = column.allowed or column.type.allowed
    try:
        return None if tests is None else accepted_by(tests)
    except NotLiteral:
        return None


def _finding(table: DecisionTable, kind: FindingKind, rules: tuple[int, ...], sentence: str) -> Finding:
    return Finding(table_id=table.id, kind=kind, rules=rules, sentence=sentence)


def _read_rules(table: DecisionTable) -> Iterator[tuple[int, list[Accepted | None] | None]]:
    """Yield the cells of each rule, ``None`` for one that accepts everything, or for a rule not understood."""
    for number, rule in enumerate(table.rules, start=1):
        try:
            yield number, [_read(test) for test in rule.tests]
        except NotLiteral:
            yield number, None


def _read(test: UnaryTests | None) -> Accepted | None:
    return None if test is None else accepted_by(test)


def _pieces(column: Column, cell: Accepted | None) -> Pieces:
    return column.all if cell is None else column.pieces_of(cell) & column.all


def _must_match(table: DecisionTable) -> bool:
    has_default = any(column.default is not None for column in table.outputs)
    return not table.policy.is_multiple and not has_default


def _never_matching(table: DecisionTable, boxes: Sequence[_Box]) -> Iterator[Finding]:
    for box in boxes:
        if not all(box.pieces):
            label = table.inputs[box.pieces.index(0)].label
            sentence = (
                f"Rule {box.number} never matches: its cell under {label!r} accepts no value that may occur."
            )
            yield _finding(table, FindingKind.NEVER_MATCHES, (box.number,), sentence)


def _overlaps(table: DecisionTable, boxes: Sequence[_Box], columns: Sequence[Column]) -> list[Finding]:
    found: list[Finding] = []
    for place, first in enumerate(boxes):
        for second in boxes[place + 1 :]:
            common = tuple(one & other for one, other in zip(first.pieces, second.pieces, strict=True))
            if not all(common) or not _conflict(table, first, second):
                continue
            what = "both match" if table.policy is HitPolicy.UNIQUE else "both match, with different outputs,"
            sentence = f"Rules {first.number} and {second.number} {what} {_where(columns, common)}."
            found.append(_finding(table, FindingKind.OVERLAP, (first.number, second.number), sentence))
            if len(found) == _MAX_FINDINGS:
                return found
    return found


def _conflict(table: DecisionTable, first: _Box, second: _Box) -> bool:
    """Return whether two rules that match the same values break the hit policy."""
    return table.policy is HitPolicy.UNIQUE or _outputs(table.rules[first.number - 1]) != _outputs(
        table.rules[second.number - 1]
    )


def _outputs(rule: Rule) -> tuple[str | None, ...]:
    return tuple(None if output is None else output.text for output in rule.outputs)


def _unreachable(table: DecisionTable, boxes: Sequence[_Box], search: "_Search") -> list[Finding]:
    found = []
    for place, box in enumerate(boxes):
        if next(search.outside(boxes[:place], box.pieces), None) is None:
            earlier = tuple(other.number for other in boxes[:place] if _meet(other, box))
            numbers = ", ".join(map(str, earlier))
            hiding = (
                f"rule {numbers} before it matches"
                if len(earlier) == 1
                else f"rules {numbers} before it match"
            )
            sentence = f"Rule {box.number} never counts: {hiding} whatever it matches."
            found.append(_finding(table, FindingKind.UNREACHABLE, (*earlier, box.number), sentence))
    return found[:_MAX_FINDINGS]


def _meet(left: _Box, right: _Box) -> bool:
    return all(one & other for one, other in zip(left.pieces, right.pieces, strict=True))


def _gaps(table: DecisionTable, boxes: Sequence[_Box], search: "_Search") -> list[Finding]:
    found = []
    for gap in search.outside(boxes, tuple(column.all for column in search.columns)):
        sentence = f"No rule matches {_where(search.columns, gap)}."
        found.append(_finding(table, FindingKind.GAP, (), sentence))
        if len(found) == _MAX_FINDINGS:
            break
    return found


class _Search:
    """Looks for values that no box of several holds, within a budget."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = columns
        self._left = _MAX_BOXES

    def outside(
        self, boxes: Sequence[_Box], region: tuple[Pieces, ...], place: int = 0
    ) -> Iterator[tuple[Pieces, ...]]:
        """Yield the parts of a region that lie in no box; they do not overlap.

        Column after column, the pieces that meet the same boxes are taken together.

        Raises:
            _TooMuch: the budget is used up.
        """
        self._left -= 1
        if self._left < 0:
            raise _TooMuch
        if not boxes:
            yield region
            return
        if place == len(region):
            return
        alike: dict[tuple[int, ...], Pieces] = {}
        pieces = region[place]
        while pieces:
            piece = pieces & -pieces
            pieces ^= piece
            meeting = tuple(index for index, box in enumerate(boxes) if box.pieces[place] & piece)
            alike[meeting] = alike.get(meeting, 0) | piece
        for meeting, part in alike.items():
            narrowed = (*region[:place], part, *region[place + 1 :])
            yield from self.outside([boxes[index] for index in meeting], narrowed, place + 1)


def _where(columns: Sequence[Column], region: Sequence[Pieces]) -> str:
    told = [
        column.text(pieces)
        for column, pieces in zip(columns, region, strict=True)
        if pieces != column.all or len(columns) == 1
    ]
    return f"where {' and '.join(told)}" if told else "whatever the inputs are"
