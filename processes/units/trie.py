"""Looks names up word by word: the longest with which a text goes on."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")
_END = ""


class NameTrie(Generic[Value]):
    """Names by their words.

    Args:
        names: folded, and what each of them names.
    """

    def __init__(self, names: Mapping[str, Value] | Iterable[tuple[str, Value]]) -> None:
        self._root: dict[str, Any] = {}
        for name, value in names.items() if isinstance(names, Mapping) else names:
            node = self._root
            for word in name.split():
                node = node.setdefault(word, {})
            node[_END] = value

    def longest(self, words: Sequence[str]) -> tuple[int, Value] | None:
        """Return how many words the longest name has with which these begin, and what it names."""
        node = self._root
        found: tuple[int, Value] | None = None
        for count, word in enumerate(words, 1):
            if word not in node:
                break
            node = node[word]
            if _END in node:
                found = count, node[_END]
        return found
