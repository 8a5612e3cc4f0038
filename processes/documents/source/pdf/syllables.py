"""Tells whether letters could be a Vietnamese syllable: broken text layers hold few that could."""

import re
import unicodedata

_TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
_SYLLABLE = re.compile(
    r"(?:ngh(?=[eêi])|gh(?=[eêi])|ng(?![eêi])|nh|ch|gi|kh|ph|qu|th|tr"
    r"|c(?![eêiy])|k(?=[eêiy])|g(?![eê])|[bdđhlmnprstvx])?"
    r"(?:"
    r"(?:iê|yê)(?:ng|[cmnptu])|ươ(?:ng|[cmnptiu])|uô(?:ng|[cmnti])|uyê[nt]|uâ(?:ng|[nty])|oă(?:ng|[cmnpt])|oo(?:ng|c)"
    r"|oa(?:ng|nh|ch|[cmnptioy])?|oe[mnot]?|uê(?:nh|ch|[n])?|uy(?:nh|ch|[apntu])?|uơ|i?a(?:ng|nh|ch|[cmnptiouy])?"
    r"|[âă](?:ng|[cmnpt])|â[uy]|e(?:ng|[cmnpto])?|ê(?:nh|ch|[mnptu])?|i(?:nh|ch|[amnptu])?|[oôu](?:ng|[cmnpti])?|ua"
    r"|ơ[mnpti]?|ư(?:ng|[acimntu])?|y(?:nh|ch|[mnptu])?"
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

    Words in capitals, with digits or signs within are notations, and not counted.
    """
    words = [word.strip(".,;:()“”\"'’‘…!?-–/") for word in text.split()]
    counted = [word for word in words if word.isalpha() and not word.isupper()]
    if not counted:
        return 1.0, 0
    return sum(is_syllable(word) for word in counted) / len(counted), len(counted)
