"""Reads brackets at the end of a directive that assign it: ``(Sở Y tế chủ trì; Quý IV/2026)``."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from processes.documents.deadlines import Deadline
from processes.documents.reading.basis import Basis
from processes.documents.reading.leads import Leads

_AT_END = re.compile(r"\((?P<inside>[^()]*(?:\([^()]*\)[^()]*)*)\)\s*[.;]?\s*$")
_NAMED_LEAD = re.compile(
    r"\s*(?:là\s+)?(?:đơn vị\s+|cơ quan\s+)?(?:chủ trì|thực hiện|đầu mối)?\s*(?=[,.]|$)", re.IGNORECASE
)
_LONGEST_TIME = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Bracketed:
    """What brackets assign; each part may be missing.

    Attributes:
        words: the brackets' piece about the time.
    """

    leads: Leads | None = None
    deadline: Deadline | None = None
    words: str = ""


def bracketed(text: str, basis: Basis) -> Bracketed:
    """Return what the brackets at the end of a text assign; nothing, unless they name somebody."""
    match = _AT_END.search(text)
    if match is None:
        return Bracketed()
    pieces = [piece.strip(" .") for piece in match["inside"].split(";")]
    leads = next((found for piece in pieces if (found := _leads(piece, basis)) is not None), None)
    if leads is None:
        return Bracketed()
    words, deadline = next(_deadlines(pieces, basis), ("", None))
    return Bracketed(leads=leads, deadline=deadline, words=words)


def _leads(piece: str, basis: Basis) -> Leads | None:
    name = basis.name_at_start(piece)
    if name is None or _NAMED_LEAD.match(piece, len(name)) is None:
        return None
    found = basis.leads(f"Giao {piece}")
    return found if found.leads else None


def _deadlines(pieces: list[str], basis: Basis) -> Iterator[tuple[str, Deadline]]:
    for piece in pieces:
        if len(piece.split()) <= _LONGEST_TIME and basis.name_at_start(piece) is None:
            deadline = basis.stated_deadline(piece)
            if deadline is not None:
                yield piece, deadline
