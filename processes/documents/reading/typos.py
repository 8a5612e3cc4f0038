"""Points at words that are probably meant otherwise; it never changes them."""

import re

from processes.documents.reading.letter import Typo

#: ``Thủ tướng`` (Prime Minister) before the units of a city is a slip for ``Thủ trưởng`` (head).
_SLIPS = (
    (
        re.compile(r"\b(Thủ tướng)\s+(?:các\s+)?(?:cơ quan|đơn vị|địa phương|sở|phòng)\b", re.IGNORECASE),
        "Thủ trưởng",
    ),
)


def find_typo(text: str) -> Typo | None:
    """Return the first probable slip of a text."""
    for pattern, meant in _SLIPS:
        match = pattern.search(text)
        if match is not None:
            suggest = meant if match[1][0].isupper() else meant[0].lower() + meant[1:]
            return Typo(found=match[1], suggest=suggest)
    return None
