"""Finds where a text turns from one executor to another: ``Giao Sở A …; giao Sở B …`` are two directives."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest

from processes.documents.reading.basis import Basis
from processes.documents.reading.fields import field_of
from processes.documents.reading.leads import Leads
from processes.documents.reading.outline import with_text
from processes.documents.reading.topics import only_states
from processes.documents.source.blocks import Line

#: Where within a paragraph somebody may be told to do something.
_GIVES = re.compile(
    r"(?:^|(?<=[.;:])\s+)(?:(?:đồng thời|bên cạnh đó|ngoài ra)\s*,?\s*)?"
    r"(?P<verb>(?:giao|yêu cầu|đề nghị|phân công)\s+(?=\S))",
    re.IGNORECASE,
)
#: A sentence that begins with a name counts where it goes on so.
_NAMED = re.compile(r"(?<=[.;])\s+(?=(?:Sở|UBND|Ủy ban|Văn phòng|Ban|Công an|Thanh tra|Chủ tịch|Giám đốc)\s)")
_DUTY = re.compile(r"\b(?:chủ trì|có trách nhiệm|chịu trách nhiệm)\b")
_FEWEST_WORDS = 4
#: How far into a paragraph executors are looked for, and how often they change in one.
_REACH = 20_000
_MOST_TURNS = 30
_DUTY_REACH = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A piece of an item that one executor, or every recipient, carries out.

    Attributes:
        clause: from where somebody is named; ``None`` if nobody is.
    """

    lines: tuple[Line, ...]
    clause: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    """Where somebody is told to do something."""

    line: int
    offset: int
    who: tuple[str, ...]
    clause: str


def assignments(lines: Sequence[Line], basis: Basis) -> tuple[Assignment, ...]:
    """Return the pieces of an item, each for other executors; one piece if it names no more than one of them.

    What stands before the first name goes with it, unless that is a paragraph which asks something itself.
    """
    turns = list(_distinct(_turns(lines, basis)))
    if not turns:
        return (Assignment(lines=tuple(lines), clause=None),)
    first = turns[0]
    before = lines[: first.line]
    alone = bool(before) and first.offset == 0 and not all(_introduces(line.text) for line in before)
    if len(turns) == 1 and not alone:
        return (Assignment(lines=tuple(lines), clause=first.clause),)
    pieces: list[Assignment] = []
    start = (0, 0)
    if alone:
        pieces.append(Assignment(lines=tuple(before), clause=None))
        start = (first.line, 0)
    for turn, following in zip_longest(turns, turns[1:]):
        end = (len(lines), 0) if following is None else (following.line, following.offset)
        pieces.append(Assignment(lines=tuple(_between(lines, start, end)), clause=turn.clause))
        start = end
    return tuple(pieces)


def _introduces(text: str) -> bool:
    return text.rstrip()[-1:] == ":" or text.rstrip()[-1:].isalpha() or only_states(text)


def _turns(lines: Sequence[Line], basis: Basis) -> Iterator[_Turn]:
    for at, line in enumerate(lines):
        text = line.text[:_REACH]
        if field_of(text) is not None:
            continue
        starts = {0: text}
        for match in islice(_GIVES.finditer(text), _MOST_TURNS):
            starts[match.start("verb")] = text[match.start("verb") :]
        for match in islice(_NAMED.finditer(text), _MOST_TURNS):
            sentence = text[match.end() :]
            if _DUTY.search(re.split(r"[.;]", sentence, maxsplit=1)[0][:_DUTY_REACH]):
                starts.setdefault(match.end(), sentence)
        for offset in sorted(starts):
            clause = starts[offset]
            if len(clause.split()) < _FEWEST_WORDS and offset:
                continue
            who = _who(basis.leads(clause))
            if who:
                yield _Turn(line=at, offset=offset, who=who, clause=clause)


def _who(leads: Leads) -> tuple[str, ...]:
    if leads.outside is not None:
        return (leads.outside,)
    if leads.unknown is not None:
        return (leads.unknown.text,)
    return leads.leads


def _distinct(turns: Iterator[_Turn]) -> Iterator[_Turn]:
    """Yield a turn only where the executor changes."""
    last: tuple[str, ...] = ()
    for turn in turns:
        if turn.who != last:
            yield turn
        last = turn.who


def _between(lines: Sequence[Line], start: tuple[int, int], end: tuple[int, int]) -> Iterator[Line]:
    for at in range(start[0], min(end[0] + 1, len(lines))):
        text = lines[at].text
        left = start[1] if at == start[0] else 0
        right = end[1] if at == end[0] else len(text)
        piece = text[left:right].strip()
        if piece:
            yield lines[at] if piece == text else with_text(lines[at], piece)
