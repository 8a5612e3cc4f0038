"""Puts characters together to words and lines by where they stand, not by their order in the file."""

import itertools
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from statistics import median
from typing import NamedTuple

from processes.documents.source.pdf.glyphs import Box, Glyph
from processes.documents.source.pdf.syllables import is_syllable

#: Baselines this near to each other, in parts of the letters' size, are one.
_SAME_BASE = 0.22
#: From here on a gap parts pieces of a line that may belong to different columns.
_WIDE = 0.75
#: What is a space: for the eye; where the file has one as well; where parts of a syllable may have drifted apart.
_SPACE, _WRITTEN_SPACE, _DRIFT = 0.19, 0.06, 0.34
#: From here on a gap is a space behind what is no syllable, if a syllable follows.
_NARROW_SPACE = 0.13
#: Raised and lowered letters are at most so large, and stand at most so far from the baseline.
_SMALL, _RAISED = 0.82, 0.62
#: A number stamped into a blank may stand this far from the line, in parts of its letters' size: into any gap, and
#: into one that is known to be a blank.
_STAMPED, _STAMPED_BLANK = 0.7, 1.0
#: What stands before and behind a blank that is left to be filled in.
BEFORE_BLANK = re.compile(r"(?:\bSố\s*:?|\bngày|\btháng|\bnăm|[:…_]|\.\.)$", re.IGNORECASE)
AFTER_BLANK = re.compile(r"(?:/|tháng\b|năm\b|[.…_,;])", re.IGNORECASE)
_BLANK_ENDS = re.compile(r"(?:Số:?|ngày|tháng|năm)$", re.IGNORECASE)
_BLANK_WORDS = frozenset(("số", "ngày", "tháng", "năm"))
#: Recognised text may climb or sink by so much from one letter to the next, in parts of its size.
_CLIMB = 0.35
#: A line that is drawn with signs.
_RULE = re.compile(r"[-–—_=*.~]{3,}")
_DIGITS = re.compile(r"\d{1,5}[a-zA-Z]?")
_YEAR = re.compile(r"(?:19|20)\d\d")
_LONGEST_ABBREVIATION = 5
#: ``KH&C``, and what a narrow cell leaves of it for the next line.
_JOINED_INITIALS, _INITIALS = re.compile(r"[A-ZĐ]&[A-ZĐ]{0,3}$"), re.compile(r"[A-ZĐ]{1,3}[.,;:]?")
_VOWELS = frozenset("aeiouy")
#: A comma, or the full stop of a sentence.
_PAUSE = re.compile(r"[,;]$|[^\W\d_A-ZĐ]\.$|\d{4}\.$")
_LAST_WORD = re.compile(r"\w*$")
_NOTATION = re.compile(r"/[A-ZĐ]")
_NUMBERED = re.compile(r"Số:\d{1,5}[a-zA-Z]?")
_DAY, _MONTH = re.compile(r"\d{1,2}(?:/\d{1,2})?/?"), re.compile(r"\d{1,2}/\d|/\d{1,2}/\d|/\d{4}\b")
_LEADERS = frozenset("._…")
_OPENING, _CLOSING = "“\"(‘'", ".,;:)”\"’'!?"
_WRAPPED = re.compile(r"[^\W_][-/]$")


class Word(NamedTuple):
    """Letters without a space between them.

    Attributes:
        letters, bold: how many letters and digits of a font with a name it has, and how many of them are bold.
        raised: it is set small and high: a footnote's mark, a power.
        glued: no space parts it from the word before.
    """

    text: str
    x0: float
    x1: float
    letters: int
    bold: int
    raised: bool = False
    glued: bool = False


@dataclass(frozen=True)  # without slots: the text is kept
class Piece:
    """Words on one baseline with no wide gap between them; pieces of one column are joined to lines later."""

    words: tuple[Word, ...]
    x0: float
    x1: float
    top: float
    base: float
    bottom: float
    size: float

    @cached_property
    def text(self) -> str:
        """The words as they are read."""
        return joined((word.text, word.glued) for word in self.words)

    @property
    def box(self) -> Box:
        """Left, top, right and bottom."""
        return self.x0, self.top, self.x1, self.bottom

    @property
    def bold(self) -> bool:
        """Whether all its letters are bold; a few may have been set in another font for want of a sign."""
        letters = sum(word.letters for word in self.words)
        return letters > 0 and sum(word.bold for word in self.words) >= 0.92 * letters

    @property
    def middle(self) -> float:
        """Half way from left to right."""
        return (self.x0 + self.x1) / 2


def joined(words: Iterable[tuple[str, bool]]) -> str:
    """Return words with spaces between them, save before those that are glued."""
    text = ""
    for word, is_glued in words:
        text += word if is_glued or not text else f" {word}"
    return text


def follows(text: str, more: str) -> str:
    """Return two lines of a paragraph as one; a notation that was broken after its hyphen or stroke is whole."""
    if not text or not more:
        return text + more
    is_broken = _WRAPPED.search(text) and more[0].isalnum()
    is_broken = is_broken or (more[0] == "/" and more[1:2].isalnum() and text[-1].isalnum())
    return text + more if is_broken else f"{text} {more}"


def are_one_word(one: str, other: str) -> bool:
    """Return whether what a narrow cell broke over two lines is one word: a syllable, or a code with digits."""
    if one[-1:].isdigit() and other[:1].isdigit():
        return not one.isdigit() or _YEAR.fullmatch(one + other) is not None
    if _JOINED_INITIALS.search(one) and _INITIALS.fullmatch(other):
        return True
    if not one.isalpha() or not other.isalpha():
        return False
    if one.isupper() and other.isupper():
        return len(one + other) <= _LONGEST_ABBREVIATION and not is_syllable(other)
    begins_inside = unicodedata.normalize("NFD", other.lower())[0] in _VOWELS
    return is_syllable(one + other) and (begins_inside or not (is_syllable(one) and is_syllable(other)))


def find_pieces(glyphs: Sequence[Glyph]) -> list[Piece]:
    """Return the pieces of lines in a part of a page, from top to bottom and left to right."""
    runs = _attached(_levelled([run for level in _levels(glyphs) for run in _parted(level)]))
    pieces = [piece for run in runs if not _RULE.fullmatch((piece := _piece(run)).text)]
    return sorted(_stamped(pieces), key=lambda piece: (piece.base, piece.x0))


def find_lines(glyphs: Sequence[Glyph]) -> list[Piece]:
    """Return the lines of a part of a page that has one column."""
    return merge_lines(find_pieces(glyphs))


def merge_lines(pieces: Iterable[Piece]) -> list[Piece]:
    """Join the pieces that share a baseline."""
    return [_line(level) for level in rows_of(pieces)]


def rows_of(pieces: Iterable[Piece]) -> list[list[Piece]]:
    """Return pieces by baseline, from top to bottom; within one from left to right."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda piece: piece.base):
        last = rows[-1][-1] if rows else None
        if last is not None and piece.base - last.base <= _SAME_BASE * min(piece.size, last.size):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda piece: piece.x0) for row in rows]


def _levels(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    levels: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda glyph: glyph.base):
        first = levels[-1][0] if levels else None
        if first is not None and glyph.base - first.base <= _SAME_BASE * min(glyph.size, first.size):
            levels[-1].append(glyph)
        else:
            levels.append([glyph])
    return levels


def _parted(level: list[Glyph]) -> list[list[Glyph]]:
    """Part a baseline where gaps are wide, leaving out letters that were printed twice."""
    ordered = sorted(level, key=lambda glyph: glyph.x0)
    runs: list[list[Glyph]] = [[]]
    spaces: list[float] = []
    for glyph in ordered:
        last = runs[-1][-1] if runs[-1] else None
        if glyph.text == " ":
            spaces.append((glyph.x0 + glyph.x1) / 2)
            continue
        if last is not None and any(last.x1 - 0.5 < space < glyph.x0 + 0.5 for space in spaces):
            glyph = glyph._replace(spaced=True)
        spaces = []
        if last is None:
            runs[-1].append(glyph)
        elif _is_twice(last, glyph):
            runs[-1][-1] = last._replace(bold=True)
        elif glyph.text in _LEADERS and last.text not in _LEADERS and _overlap(last, glyph) > 0.5:
            continue  # a number stamped over the dots of a blank
        elif last.text in _LEADERS and glyph.text not in _LEADERS and _overlap(last, glyph) > 0.5:
            runs[-1][-1] = glyph
        elif glyph.x0 - last.x1 > _WIDE * min(glyph.size, last.size):
            runs.append([glyph])
        else:
            runs[-1].append(glyph)
    return [run for run in runs if run]


def _overlap(one: Glyph, other: Glyph) -> float:
    width = min(one.x1 - one.x0, other.x1 - other.x0)
    return (min(one.x1, other.x1) - max(one.x0, other.x0)) / width if width > 0 else 0.0


def _is_twice(one: Glyph, other: Glyph) -> bool:
    """Whether a letter was printed over itself, which some programs do to make it bold."""
    return one.text == other.text and abs(one.x0 - other.x0) < 0.2 * (one.x1 - one.x0)


def _levelled(runs: list[list[Glyph]]) -> list[list[Glyph]]:
    """Put together what a page that was scanned askew parts: runs of which one ends where the next begins.

    Numbers are left alone: they may have been stamped beside a line.
    """
    is_number = [_DIGITS.fullmatch("".join(glyph.text for glyph in run)) is not None for run in runs]
    order = sorted(range(len(runs)), key=lambda at: runs[at][0].x0)
    begins = [runs[at][0].x0 for at in order]
    group = list(range(len(runs)))
    for at, run in enumerate(runs):
        last = run[-1]
        low = bisect_left(begins, last.x1 - 0.3 * last.size)
        for other in order[low : bisect_right(begins, last.x1 + _WIDE * last.size)]:
            first = runs[other][0]
            climb = abs(first.base - last.base)
            if (
                group[other] != group[at]
                and not (is_number[at] or is_number[other])
                and 0 < climb <= _CLIMB * min(first.size, last.size)
                and abs(first.size - last.size) <= 0.25 * last.size
            ):
                old = group[other]
                group = [group[at] if each == old else each for each in group]
    joined: dict[int, list[Glyph]] = {}
    for at, run in enumerate(runs):
        joined.setdefault(group[at], []).extend(run)
    return [sorted(run, key=lambda glyph: glyph.x0) for run in joined.values()]


def _attached(runs: list[list[Glyph]]) -> list[list[Glyph]]:
    """Put raised and lowered letters to the lines that they touch, marked by a baseline of their own."""
    large = [(run, max(glyph.size for glyph in run)) for run in runs]
    largest = max((size for _, size in large), default=0.0)
    taken: set[int] = set()
    added: dict[int, list[Glyph]] = {}
    for at, (run, size) in enumerate(large):
        if len(run) > 6 or size > _SMALL * largest:
            continue
        for other_at, (other, other_size) in enumerate(large):
            if other_at == at or size > _SMALL * other_size or other_at in taken:
                continue
            off = abs(run[0].base - other[0].base)
            is_raised = off <= _RAISED * other_size and _touches(run, other, other_size)
            if is_raised and not _fills_blank(run, other):
                taken.add(at)
                added.setdefault(other_at, []).extend(run)
                break
    return [
        sorted(run + added.get(at, []), key=lambda glyph: glyph.x0)
        for at, (run, _) in enumerate(large)
        if at not in taken
    ]


def _touches(run: list[Glyph], other: list[Glyph], size: float) -> bool:
    left, right = run[0].x0, run[-1].x1
    if right < other[0].x0 - 0.5 * size or left > other[-1].x1 + 0.5 * size:
        return False
    return all(not (glyph.x0 + 0.3 < right and glyph.x1 - 0.3 > left) for glyph in other)


def _fills_blank(run: list[Glyph], other: list[Glyph]) -> bool:
    """Whether a number stands behind ``Số:`` or ``ngày``, where it is no mark of a note."""
    before = "".join(glyph.text for glyph in other if glyph.x0 < run[0].x0)
    return all(glyph.text.isdigit() for glyph in run) and _BLANK_ENDS.search(before) is not None


def _piece(run: list[Glyph]) -> Piece:
    size = median(glyph.size for glyph in run)
    base = median(glyph.base for glyph in run)
    words = _words(run, size, base)
    level = [glyph for glyph in run if abs(glyph.base - base) <= _SAME_BASE * size] or run
    return Piece(
        tuple(_filled(words)),
        run[0].x0,
        max(glyph.x1 for glyph in run),
        min(glyph.top for glyph in level),
        base,
        max(glyph.bottom for glyph in level),
        size,
    )


def _words(run: list[Glyph], size: float, base: float) -> list[Word]:
    """Part a piece where there are spaces, written or seen; what only might be one is decided by the syllables."""
    usual = median((b.x0 - a.x1) / size for a, b in itertools.pairwise(run)) if len(run) > 1 else 0.0
    words: list[Word] = []
    letters: list[Glyph] = [run[0]]
    glued, gap, was_raised = False, 0.0, _is_raised(run[0], size, base)
    for glyph in run[1:]:
        next_gap = (glyph.x0 - letters[-1].x1) / size
        is_raised = _is_raised(glyph, size, base)
        is_space = next_gap > _SPACE or (glyph.spaced and next_gap > _WRITTEN_SPACE)
        is_near = not is_space and next_gap <= _WRITTEN_SPACE + max(usual, 0.0) and is_raised == was_raised
        if is_near and not _is_filled_in(letters, glyph):
            letters.append(glyph)
            continue
        _add(words, _word(letters, was_raised, glued), gap)
        gap = next_gap if is_space else next_gap - max(usual, 0.0)
        letters, glued, was_raised = [glyph], not is_space, is_raised
    _add(words, _word(letters, was_raised, glued), gap)
    return words


def _is_filled_in(letters: Sequence[Glyph], glyph: Glyph) -> bool:
    """Whether a number or the word behind it begins where a narrow blank was filled in: ``ngày15tháng``."""
    before, sign = letters[-1].text, glyph.text
    if before.isdigit() and sign in ("t", "n"):
        return all(each.text.isdigit() for each in letters)
    return sign.isdigit() and before.isalpha() and _is_blank_word("".join(each.text for each in letters))


def _is_blank_word(text: str) -> bool:
    return text.lower() in _BLANK_WORDS


def _is_raised(glyph: Glyph, size: float, base: float) -> bool:
    return glyph.size <= _SMALL * size and base - glyph.base > _SAME_BASE * size * 0.7


def _word(letters: list[Glyph], is_raised: bool, is_glued: bool) -> Word:
    counted = [glyph for glyph in letters if glyph.bold is not None and glyph.text[0].isalnum()]
    return Word(
        "".join(glyph.text for glyph in letters),
        letters[0].x0,
        letters[-1].x1,
        len(counted),
        sum(glyph.bold is True for glyph in counted),
        is_raised,
        is_glued,
    )


def _add(words: list[Word], word: Word, gap: float) -> None:
    """Add a word, or its letters to the word before where no space parts them or only seems to."""
    before = words[-1] if words else None
    if before is None or before.raised != word.raised:
        words.append(word)
    elif word.glued and _are_two(before.text, word.text, gap):
        words.append(word._replace(glued=False))
    elif word.glued or (gap <= _DRIFT and _is_parted(before.text, word.text, gap)):
        words[-1] = before._replace(
            text=before.text + word.text,
            x1=word.x1,
            letters=before.letters + word.letters,
            bold=before.bold + word.bold,
        )
    else:
        words.append(word)


def _are_two(one: str, other: str, gap: float) -> bool:
    """Whether two parts with hardly a gap between them are two words: what they say decides.

    They are where they are two syllables, a syllable and a number or an abbreviation, or follow a comma.
    """
    first, second = one.lstrip(_OPENING), other.rstrip(_CLOSING)
    if (second[:1].isdigit() and _is_blank_word(first)) or (first.isdigit() and _is_blank_word(second)):
        return True
    if first[-1:].isdigit() != second[:1].isdigit():
        return len(first) > 1 and len(second) > 1 and (is_syllable(first) or is_syllable(second))
    if first == "V/v" or (_PAUSE.search(first) and second[:1].isalpha()):
        return True
    first = _LAST_WORD.findall(first)[0]
    if len(first) < 2 or len(second) < 2:
        return is_syllable(first) and is_syllable(second) and not is_syllable(first + second)
    if first[-1].islower() and second.isupper():
        return is_syllable(first)
    if first.isupper() and second.islower():
        return is_syllable(second)
    is_likely = is_syllable(first) or gap > _NARROW_SPACE
    return is_likely and is_syllable(second) and not is_syllable(first + second)


def _is_parted(one: str, other: str, gap: float) -> bool:
    """Whether two parts are one syllable that the gap only seems to divide."""
    first, second = one.lstrip(_OPENING), other.rstrip(_CLOSING)
    if not first.isalpha() or not second.isalpha() or not is_syllable(first + second):
        return False
    broken = [part for part in (first, second) if not is_syllable(part)]
    return any(gap < _SPACE or not part.isupper() for part in broken)


def _stamped(pieces: list[Piece]) -> list[Piece]:
    """Lay numbers that were stamped a little too high or low into the blank of the line that they fill."""
    laid = list(pieces)
    for at, stamp in enumerate(pieces):
        if not _DIGITS.fullmatch(stamp.text):
            continue
        centre = (stamp.top + stamp.bottom) / 2
        for line in pieces:
            off = abs(centre - (line.top + line.bottom) / 2)
            if line is stamp or off > _STAMPED_BLANK * line.size or not line.x1 - 2 <= stamp.middle:
                continue
            after = _beside(line, pieces)
            if after is None or stamp.middle > after.x0 + 2:
                continue
            is_blank = BEFORE_BLANK.search(line.text) and AFTER_BLANK.match(after.text)
            fits = line.x1 - 2 <= stamp.x0 and stamp.x1 <= after.x0 + 2 and off <= _STAMPED * line.size
            if is_blank or fits:
                x0, x1 = max(stamp.x0, line.x1), min(stamp.x1, after.x0)
                laid[at] = replace(stamp, base=line.base, x0=x0, x1=x1)
                break
    return laid


def _beside(line: Piece, pieces: Iterable[Piece]) -> Piece | None:
    """Return the next piece to the right on the same baseline."""
    level = _SAME_BASE * line.size
    right = [
        each
        for each in pieces
        if abs(each.base - line.base) <= level and each.x0 >= line.x1 and each is not line
    ]
    return min(
        (each for each in right if not _DIGITS.fullmatch(each.text)), key=lambda each: each.x0, default=None
    )


def _filled(words: Sequence[Word]) -> list[Word]:
    """Close the rest of the blank in ``Số:  5120  /UBND`` and ``15/  12/2025`` behind what it was filled with."""
    closed = list(words)
    for at in range(1, len(words)):
        label = words[at - 2].text if at > 1 else ""
        number, rest = words[at - 1].text, words[at].text
        is_number = label in ("Số:", "Số", "số", ":") and _DIGITS.fullmatch(number)
        is_notation = (is_number or _NUMBERED.fullmatch(number)) and _NOTATION.match(rest)
        if is_notation or (_DAY.fullmatch(number) and _MONTH.match(rest)):
            closed[at] = words[at]._replace(glued=True)
    return closed


def _line(level: list[Piece]) -> Piece:
    if len(level) == 1:
        return level[0]
    words: list[Word] = []
    for piece in level:
        words += [piece.words[0]._replace(glued=False), *piece.words[1:]]
    return Piece(
        tuple(_filled(words)),
        level[0].x0,
        max(piece.x1 for piece in level),
        min(piece.top for piece in level),
        level[0].base,
        max(piece.bottom for piece in level),
        max(piece.size for piece in level),
    )
