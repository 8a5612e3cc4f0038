"""Joins the lines of a table's cell to its paragraphs."""

import itertools
import re
from collections.abc import Sequence

from processes.documents.source.pdf.lines import Piece, are_one_word, follows
from processes.documents.source.pdf.marks import ends_sentence, is_marked, is_surely_marked, with_dash

_UNIT = re.compile(r"(?:Sở|Công an|Thanh tra|Văn phòng|Ban|UBND) ")
_JOINS = re.compile(r"(?:[,;:–-]|\b(?:và|với|của|hoặc|cùng|các))$")
#: In parts of the letters' size: what is spaced out.
_SPACED = 0.34


def cell_text(lines: Sequence[Piece], left: float, right: float) -> str:
    """Return the lines of a table's cell as its paragraphs, joined by line feeds.

    Args:
        left, right: the cell's edges.
    """
    if not lines:
        return ""
    pitches = [(after.base - before.base) / after.size for before, after in itertools.pairwise(lines)]
    pitch = min(pitches, default=1.2)
    pairs = list(itertools.pairwise(lines))
    is_list = sum(_is_bullet(line.text) and not ends_sentence(before.text) for before, line in pairs) > 1
    texts = [lines[0].text]
    for before, line in pairs:
        inner = text_edges(lines, left, right)
        if _is_broken(before, line, inner[1] - inner[0]):
            texts[-1] += line.text
        elif goes_on_in_cell(before, line, *inner, pitch=pitch, is_list=is_list) and not _are_two_units(
            texts[-1], line.text
        ):
            texts[-1] = follows(texts[-1], line.text)
        else:
            texts.append(line.text)
    return "\n".join(with_dash(text) for text in texts)


def goes_on_in_cell(
    before: Piece, line: Piece, left: float, right: float, *, pitch: float = 1.2, is_list: bool = False
) -> bool:
    """Return whether a line of a cell goes on with the line before: there was no room left for its first word.

    Args:
        left, right: the edges within which the cell's text stands.
        pitch: usual distance of lines, in parts of their size.
        is_list: several bullets of the cell follow lines without punctuation; one alone may be a dash.
    """
    ended = ends_sentence(before.text)
    word = line.words[0]
    room = (right - left) - (before.x1 - before.x0) - (word.x1 - word.x0)
    if is_marked(line.text):
        is_bullet = _is_bullet(line.text) and (is_list or line.text[2].isupper())
        return not (ended or is_bullet or room > 0.6 * line.size or is_surely_marked(line.text))
    if line.text[0].islower() and not ended:
        return True
    if ended and (line.base - before.base) / line.size > pitch + _SPACED:
        return False
    return room < 0.25 * line.size + max(0.6 * line.size, 2.0)


def _is_broken(before: Piece, line: Piece, width: float) -> bool:
    """Whether a cell was too narrow for a word, so that its rest stands on the next line."""
    one, other = before.words[-1], line.words[0]
    is_whole_line = len(before.words) == 1 and (one.x1 - one.x0) + (other.x1 - other.x0) > width
    return is_whole_line and are_one_word(one.text, other.text)


def _are_two_units(text: str, line: str) -> bool:
    """Whether one department is named below the other, with nothing that would join them."""
    return text.startswith("Sở ") and _UNIT.match(line) is not None and not _JOINS.search(text)


def _is_bullet(text: str) -> bool:
    return text[0] in "-–+•" and text[1:2] == " " and len(text) > 2


def text_edges(lines: Sequence[Piece], left: float, right: float) -> tuple[float, float]:
    """Return between what the lines of a cell stand, given its edges: they keep clear of the border."""
    pad = max(min(min(line.x0 for line in lines) - left, 9.0), 1.0)
    return left + pad, right - pad
