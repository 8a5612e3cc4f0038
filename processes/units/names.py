"""Compares names as people write them: any Unicode form, old or new tone placement, any case or spacing."""

import re
import unicodedata
from functools import lru_cache

_TONES = "\u0300\u0301\u0303\u0309\u0323"
_WORD = re.compile(r"\w+|&")
_NOTE = re.compile(r"\s*\([^()]*\)\s*$")
#: Spellings of one word that official papers mix.
_SAME = {"đăk": "đak", "đắk": "đak", "đắc": "đak", "&": "và"}
_ABBREVIATED = (("ủy ban nhân dân", "ubnd"), ("thành phố", "tp"))


def composed(text: str) -> str:
    """Return text in Unicode form NFC, without invisible characters, with every run of spaces as one space."""
    visible = "".join(character for character in text if unicodedata.category(character) != "Cf")
    return " ".join(unicodedata.normalize("NFC", visible).split())


@lru_cache(maxsize=8192)
def folded(text: str) -> str:
    """Return the form under which two spellings of one name are equal.

    >>> folded("Các Sở, ban ngành") == folded("các sở, ban, ngành")
    True
    >>> folded("Uỷ ban nhân dân xã Xuân Hoà") == folded("UBND xã Xuân Hòa")
    True
    """
    words = _WORD.findall(composed(text).casefold())
    joined = " ".join(_syllable(_SAME.get(word, word)) for word in words)
    for full, short in _FOLDED_ABBREVIATIONS:
        joined = joined.replace(full, short)
    return joined


def bare(text: str) -> str:
    """Return the folded form without diacritics: for guessing what may be meant, never for equality.

    >>> bare("Sở Nội vụ")
    'so noi vu'
    """
    decomposed = unicodedata.normalize("NFD", folded(text).replace("đ", "d"))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def without_note(text: str) -> str:
    """Return a name without a remark in brackets at its end."""
    return _NOTE.sub("", text).strip()


def _syllable(word: str) -> str:
    """Move the tone to the end of the syllable, where its place in the vowels no longer matters."""
    decomposed = unicodedata.normalize("NFD", word)
    tones = "".join(character for character in decomposed if character in _TONES)
    rest = "".join(character for character in decomposed if character not in _TONES)
    return unicodedata.normalize("NFC", rest) + tones


_FOLDED_ABBREVIATIONS = tuple(
    (" ".join(_syllable(word) for word in full.split()), short) for full, short in _ABBREVIATED
)
