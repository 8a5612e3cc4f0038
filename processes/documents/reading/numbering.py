"""Counts the automatic lists of a Word document: their numbers are printed and stand nowhere in the text."""

import re

from lxml import etree

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LABEL = re.compile(r"%([1-9])")
_ROMAN = ((50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
#: Word's own list has no đ; the letters go on as Word prints them.
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
#: Word has nine levels.
_LEVELS = 9
#: No list of a letter is longer; what counts on is a damaged file.
_LONGEST_LIST = 999


class Numbering:
    """The lists of a document, counted while it is read.

    Args:
        root: the part that defines the lists; ``None`` when the document has none.
    """

    def __init__(self, root: etree._Element | None) -> None:
        self._levels: dict[tuple[str, int], tuple[str, str, int]] = {}
        self._abstract: dict[str, str] = {}
        self._counts: dict[tuple[str, int], int] = {}
        if root is None:
            return
        for definition in root.iterchildren(f"{_W}abstractNum"):
            for level in definition.iterchildren(f"{_W}lvl"):
                at = (definition.get(f"{_W}abstractNumId", ""), _integer(level.get(f"{_W}ilvl", "0")))
                self._levels[at] = (
                    _value(level, "numFmt", "decimal"),
                    _value(level, "lvlText", ""),
                    _integer(_value(level, "start", "1")),
                )
        for number in root.iterchildren(f"{_W}num"):
            self._abstract[number.get(f"{_W}numId", "")] = _value(number, "abstractNumId", "")

    def label(self, paragraph: etree._Element) -> str:
        """Return what Word prints before a paragraph, followed by a space; empty if nothing."""
        properties = paragraph.find(f"{_W}pPr/{_W}numPr")
        if properties is None:
            return ""
        number = self._abstract.get(_value(properties, "numId", ""))
        level = _integer(_value(properties, "ilvl", "0"))
        if number is None or (number, level) not in self._levels:
            return ""
        form, text, start = self._levels[number, level]
        if form == "bullet":
            return "- "
        count = self._counts.get((number, level), start - 1) + 1
        self._counts[number, level] = min(count, _LONGEST_LIST)
        for deeper in range(level + 1, _LEVELS):
            self._counts.pop((number, deeper), None)
        return _LABEL.sub(lambda match: self._written(number, int(match[1]) - 1), text) + " "

    def _written(self, number: str, level: int) -> str:
        form, _, start = self._levels.get((number, level), ("decimal", "", 1))
        count = self._counts.get((number, level), start)
        if form in ("lowerLetter", "upperLetter"):
            letter = _ALPHABET[(count - 1) % len(_ALPHABET)]
            return letter if form == "lowerLetter" else letter.upper()
        if form in ("lowerRoman", "upperRoman"):
            return _roman(count) if form == "upperRoman" else _roman(count).lower()
        return str(count)


def _roman(count: int) -> str:
    written = ""
    for value, sign in _ROMAN:
        written += sign * (count // value)
        count %= value
    return written


def _integer(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) <= 3 else 0


def _value(parent: etree._Element, name: str, default: str) -> str:
    child = parent.find(f"{_W}{name}")
    return default if child is None else child.get(f"{_W}val", default)
