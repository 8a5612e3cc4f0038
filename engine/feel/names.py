"""Names that contain spaces or symbols, and how the longest that stands at a place of a text is found.

FEEL lets a name hold several words, and does not mind how much space stands between them. Whether ``a b`` is one
name or two depends on which names there are.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

#: Characters of names beyond letters, digits and the low line, such as those outside the basic plane.
_EXTRA = "?\U00010000-\U000effff"
INNER = rf"[\w\u00b7\u0300-\u036f\u203f\u2040{_EXTRA}]"
#: A name of one word.
WORD = rf"(?:[^\W\d]|[{_EXTRA}]){INNER}*"
_WORD = re.compile(WORD)
_PIECE = re.compile(rf"\s*(?:({INNER}+)|([^\w\s]))")
_CALL = re.compile(r"\s*\(")
#: Longest accepted name, in words and symbols.
MAX_PIECES = 60


def is_simple(name: str) -> bool:
    """Return whether a name is one word, which is known without being told."""
    return _WORD.fullmatch(name) is not None


def first_word(text: str, start: int = 0) -> str | None:
    """Return the word that begins at a place of a text."""
    match = _WORD.match(text, start)
    return None if match is None else match[0]


@lru_cache(maxsize=4096)
def spaceless(name: str) -> str:
    """Return a name in its normal form: one space between its words and none around its symbols."""
    return re.sub(r"\s*([.+*'/-])\s*", r"\1", re.sub(r"\s+", " ", name.strip()))


class Names:
    """Names of several words, found by their first."""

    def __init__(self, names: Iterable[str] = (), *, called: bool = False) -> None:
        """Enter names; with ``called``, they are found only where they are called like functions."""
        self._called = called
        self._known: dict[str, dict[tuple[str, ...], str]] = {}
        self._longest: dict[str, int] = {}
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Enter a name; one of a single word, or of more pieces than can be, is left out."""
        first = first_word(name)
        if first is None or first == name:
            return
        pieces = tuple(match[1] or match[2] for match in _PIECE.finditer(name, len(first)))
        if 0 < len(pieces) <= MAX_PIECES:
            self._known.setdefault(first, {}).setdefault(pieces, name)
            self._longest[first] = max(self._longest.get(first, 0), len(pieces))

    def longest_at(self, text: str, start: int, first: str) -> tuple[str, int] | None:
        """Return the longest name that begins with the word at a place of a text, and where it ends."""
        known = self._known.get(first)
        if known is None:
            return None
        found: tuple[str, int] | None = None
        pieces: tuple[str, ...] = ()
        position = start + len(first)
        while len(pieces) < self._longest[first]:
            match = _PIECE.match(text, position)
            if match is None:
                break
            pieces, position = (*pieces, match[1] or match[2]), match.end()
            name = known.get(pieces)
            if name is not None and (not self._called or _CALL.match(text, position)):
                found = name, position
        return found
