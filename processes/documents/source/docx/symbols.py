"""Signs that Word takes from fonts of pictures: which characters they show."""

import re
from collections.abc import Mapping

_SYMBOL = {
    0xA3: "≤", 0xB3: "≥", 0xB1: "±", 0xB4: "×", 0xB8: "÷", 0xB9: "≠", 0xBB: "≈", 0xB0: "°", 0xAE: "→",
    0xDE: "⇒", 0x2D: "-", 0xA5: "∞", 0xE5: "∑", 0xB7: "-",
}  # fmt: skip
_WINGDINGS = {
    0x6C: "-", 0x6E: "-", 0x9F: "-", 0xA7: "-", 0xD8: "-", 0xE0: "→", 0xE8: "→", 0xF0: "→",
    0x6F: "☐", 0x71: "☐", 0x72: "☐", 0xA8: "☐", 0xFC: "✓", 0xFE: "☑", 0xFD: "☒", 0xFB: "✗",
}  # fmt: skip
#: By the beginning of the font's name, in lower case.
_FONTS: Mapping[str, Mapping[int, str]] = {"symbol": _SYMBOL, "wingdings": _WINGDINGS}
#: Where such fonts have their signs.
_FIRST, _LAST = 0xF000, 0xF0FF
_SIGNS = re.compile(f"[{chr(_FIRST)}-{chr(_LAST)}]")


def sign(code: int, font: str) -> str:
    """Return the character that a font shows for a code; empty for one that says nothing in a letter."""
    table = next((table for name, table in _FONTS.items() if font.lower().startswith(name)), None)
    if table is None:
        return "" if _FIRST <= code <= _LAST else chr(code)
    return table.get(code - _FIRST if code >= _FIRST else code, "")


def shown(text: str, font: str) -> str:
    """Return a text with the signs of such fonts as characters; a font that is not named is taken for Symbol."""
    known = font if font.lower().startswith(tuple(_FONTS)) else "symbol"
    return _SIGNS.sub(lambda match: sign(ord(match[0]), known), text)
