"""Tells whether letters could be a Vietnamese syllable: broken text layers hold few that could."""

import re
import unicodedata

_TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
_SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnprstvx])?"
    r"(?:"
    r"(?:iê|yê|uyê|ươ|uô|uâ|oă|uơ|oo)(?:ng|nh|ch|[cmnptiuy])"
    r"|[ăâ](?:ng|nh|ch|[cmnptuy])"
    r"|(?:oa|oe|uê|uy|ia|ua|ưa|ya|uya|uơ)"
    r"|(?:oa|oe|uê|uy|[aeêioôơuưy])(?:ng|nh|ch|[cmnptiouy])?"
    r")"
)


def is_syllable(word: str) -> bool:
    """Return whether a word could be a Vietnamese syllable: initial, vowels, final, at most one tone."""
    letters = unicodedata.normalize("NFD", word.lower())
    if sum(sign in _TONES for sign in letters) > 1:
        return False
    plain = unicodedata.normalize("NFC", "".join(sign for sign in letters if sign not in _TONES))
    return _SYLLABLE.fullmatch(plain) is not None


def share_of_syllables(text: str) -> tuple[float, int]:
    """Return which share of the words in small letters could be Vietnamese, and how many words there are.

    Words in capitals, with digits or signs within are notations and names, and not counted.
    """
    words = [word.strip(".,;:()“”\"'’‘…!?-–/") for word in text.split()]
    counted = [word for word in words if word.isalpha() and (word[1:].islower() or word.islower())]
    if not counted:
        return 1.0, 0
    return sum(is_syllable(word) for word in counted) / len(counted), len(counted)
