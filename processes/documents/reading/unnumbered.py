"""Finds what a text without any numbers asks: the sentences that tell somebody by name to do something."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from processes.documents.reading.assignments import assignments
from processes.documents.reading.basis import Basis
from processes.documents.reading.closing import is_closing
from processes.documents.reading.directive import DirectiveReading
from processes.documents.reading.evidence import CONFIDENCE, How
from processes.documents.reading.item import directive_of
from processes.documents.reading.outline import with_text
from processes.documents.reading.topics import only_enforces, only_points, only_states, only_tells, orders
from processes.documents.source.blocks import Line

_VERB = re.compile(
    r"\b(?:yêu cầu|đề nghị|giao|phân công|chỉ đạo)(?:\s+như sau)?\s*(?P<colon>:)?\s*(?:cho\s+)?(?=\S|$)",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.;])\s+(?=[^\W\d_])")
_HEAD = re.compile(
    r"^(?:Thủ trưởng|Giám đốc|Người đứng đầu|Lãnh đạo|Chủ tịch|Chánh|đồng chí)\s+", re.IGNORECASE
)
_DOES = re.compile(r"\b(?:chủ trì|có trách nhiệm|khẩn trương|báo cáo|rà soát)\b|:")
_BASES = re.compile(r"^(?:Căn cứ|Theo đề nghị|Xét)\b", re.IGNORECASE)
_INTRODUCES = re.compile(
    r"\b(?:yêu cầu|đề nghị|giao|chỉ đạo|như sau|sau đây|kết luận)\b[^:]{0,120}:$", re.IGNORECASE
)


def unnumbered(lines: Sequence[Line], basis: Basis) -> Iterator[DirectiveReading]:
    """Yield the directives of a body without numbers, numbered from 1 in their order."""
    if basis.silent:
        return
    pieces = (piece for piece in _pieces(lines, basis) if not basis.reports or orders(piece[0].text))
    for number, (written, clause) in enumerate(pieces, 1):
        found = directive_of(str(number), (written,), basis, clause=clause)
        how = How.BODY if found.names_somebody or found.deadline is not None else How.GUESS
        text = replace(found.evidence["text"], how=How.WORDING, confidence=CONFIDENCE[how] + 0.2)
        yield replace(found, evidence={**found.evidence, "text": text})


def _pieces(lines: Sequence[Line], basis: Basis) -> Iterator[tuple[Line, str | None]]:
    introduced = False
    for line in lines:
        if is_closing(line.text) or only_tells(line.text) or only_points(line.text):
            continue
        if introduced and not only_enforces(line.text):
            for piece in assignments((line,), basis):
                yield piece.lines[0], piece.clause
            continue
        if _INTRODUCES.search(line.text):
            introduced = True
            continue
        if _BASES.match(line.text) or only_enforces(line.text) or only_states(line.text):
            continue
        yield from _asked(line, basis)


def _asked(line: Line, basis: Basis) -> Iterator[tuple[Line, str | None]]:
    """Yield the sentences of a paragraph in which somebody is asked."""
    pieces: list[tuple[str, str]] = []
    for sentence in _sentences(line.text):
        clause = _clause(sentence, basis)
        if clause is not None:
            pieces.append((sentence, clause))
        elif pieces:
            pieces[-1] = (f"{pieces[-1][0]} {sentence}", pieces[-1][1])
    for sentence, clause in pieces:
        yield with_text(line, sentence), clause


def _sentences(text: str) -> list[str]:
    return [piece for piece in _SENTENCE.split(text) if piece]


def _clause(sentence: str, basis: Basis) -> str | None:
    """Return the sentence from where somebody is told to do something; ``None`` if nobody is."""
    own = basis.leads(sentence)
    asking = basis.name_at_start(sentence)
    asks = asking is not None and _VERB.match(sentence[len(asking) :].lstrip()) is not None
    if (
        own.leads
        and not asks
        and re.search(r"\b(?:chủ trì|có trách nhiệm|khẩn trương|báo cáo|rà soát)\b|:", sentence)
    ):
        return sentence
    for match in _VERB.finditer(sentence):
        rest = sentence[match.end() :]
        bare = _HEAD.sub("", rest)
        named = basis.name_at_start(rest) or basis.name_at_start(bare)
        leads = basis.leads(f"Giao {rest}")
        if named is not None or leads.leads or leads.outside or leads.unknown:
            return f"{_verb(match)} {rest}"
        if basis.deadline(rest) is not None:
            return f"{_verb(match)} {rest}"
    return None


def _verb(match: re.Match[str]) -> str:
    return "Đề nghị" if match[0].casefold().startswith("đề nghị") else "Giao"
