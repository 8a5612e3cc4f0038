"""How alike two directives are worded: shared runs of three words, whatever the case, tone placement or marks."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Key = TypeVar("Key")

#: From here on two texts are similar; from there on one is taken for the other.
SIMILAR = 0.5
DUPLICATE = 0.8
#: Words in a run, and words of a text that are looked at.
_RUN = 3
_MOST_WORDS = 400
#: A short text wholly within a long one is similar; with fewer runs it may be chance.
_LEAST_CONTAINED = 8
_WITHIN = 0.9
_WORD = re.compile(r"\w+")
#: The two ways to place a tone, brought to one.
_OLD_PLACES = {
    "òa": "oà", "óa": "oá", "ỏa": "oả", "õa": "oã", "ọa": "oạ", "òe": "oè", "óe": "oé", "ỏe": "oẻ", "õe": "oẽ",
    "ọe": "oẹ", "ùy": "uỳ", "úy": "uý", "ủy": "uỷ", "ũy": "uỹ", "ụy": "uỵ",
}  # fmt: skip
_OLD_PLACE = re.compile("|".join(_OLD_PLACES))


def runs_of(text: str) -> frozenset[int]:
    """Return the runs of three words of a text, each as a number that stays the same within one process."""
    words = _words(text)
    if len(words) < _RUN:
        return frozenset({hash(words)}) if words else frozenset()
    return frozenset(hash(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1))


@dataclass(frozen=True, slots=True)
class Likeness(Generic[Key]):
    """A kept text that is like a wanted one; ``ratio`` from 0 to 1."""

    wanted: int
    key: Key
    ratio: float


def alike(
    wanted: Sequence[str], kept: Iterable[tuple[Key, str]], *, at_least: float = SIMILAR
) -> Iterator[Likeness[Key]]:
    """Yield which kept texts are like which wanted ones, in the order of the kept.

    The wanted ones are few and indexed; the kept are many and passed once. The measure is the share of common
    runs (Jaccard); a text wholly within a longer one counts up to nine tenths.

    Args:
        wanted: texts, by their number from 0.
        kept: what identifies a text, and the text.
        at_least: the lowest ratio that is yielded.
    """
    runs = [runs_of(text) for text in wanted]
    holders: dict[int, list[int]] = {}
    for number, each in enumerate(runs):
        for run in each:
            holders.setdefault(run, []).append(number)
    for key, text in kept:
        theirs = runs_of(text)
        common = Counter(number for run in theirs if run in holders for number in holders[run])
        for number, count in sorted(common.items()):
            ratio = _ratio(count, len(runs[number]), len(theirs))
            if ratio >= at_least:
                yield Likeness(number, key, round(ratio, 2))


def _ratio(common: int, one: int, other: int) -> float:
    jaccard = common / (one + other - common)
    smaller = min(one, other)
    return max(jaccard, _WITHIN * common / smaller) if smaller >= _LEAST_CONTAINED else jaccard


def _words(text: str) -> tuple[str, ...]:
    composed = unicodedata.normalize("NFC", text).casefold()
    placed = _OLD_PLACE.sub(lambda match: _OLD_PLACES[match[0]], composed)
    return tuple(_WORD.findall(placed)[:_MOST_WORDS])
