"""A reason why something is refused: an English sentence that pages can say in the reader's language."""

from collections.abc import Mapping
from typing import Any, Self


def N_(sentence: str) -> str:  # noqa: N802 - the name under which translators' tools find a sentence
    """Return a sentence as it is, marked for the catalogues."""
    return sentence


class Problem(str):
    """A sentence with its parts filled in; it is text for whoever wants text.

    Attributes:
        sentence: what the catalogues hold, with the names of its parts in braces.
        parts: what fills them, days as days.
    """

    sentence: str
    parts: Mapping[str, Any]

    def __new__(cls, sentence: str, **parts: Any) -> Self:
        """Fill in a sentence."""
        made = super().__new__(cls, sentence.format(**parts))
        made.sentence = sentence
        made.parts = parts
        return made
