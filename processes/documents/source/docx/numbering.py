"""Counts the automatic lists of a Word document: their numbers are printed and stand nowhere in the text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

from processes.documents.source.docx.names import MC, W, switch, value, whole
from processes.documents.source.docx.styles import Listed, Styles

_LABEL = re.compile(r"%([1-9])")
_ROMAN = (
    *((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL")),
    *((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")),
)
#: Word's own list has no đ; the letters go on as Word prints them.
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
#: Word has nine levels.
_LEVELS = 9
#: No list of a letter is longer; what counts on is a damaged file.
_LONGEST_LIST = 9999
_NO_LIST = "0"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Level:
    """How one level of a list is printed.

    Attributes:
        form: ``decimal``, ``lowerLetter``, ``bullet``, …; ``digits`` is the least number of digits.
        text: ``%1.%2)``; a digit stands for the count of that level, from 1.
        restart: after which level the count begins again, from 1; 0 never, ``None`` after every one above.
        in_digits: every count in its text is written in digits.
    """

    form: str
    text: str
    start: int
    restart: int | None
    in_digits: bool
    digits: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Used:
    """A list as paragraphs use it: a definition, with what is different here."""

    definition: str
    starts: Mapping[int, int] = field(default_factory=dict)
    levels: Mapping[int, _Level] = field(default_factory=dict)


class Numbering:
    """The lists of a document, counted while it is read. Lists of one definition go on with each other's counts.

    Args:
        root: the part that defines the lists; ``None`` when the document has none.
        styles: may put paragraphs on a list.
    """

    def __init__(self, root: etree._Element | None, styles: Styles) -> None:
        self._styles = styles
        self._levels: dict[tuple[str, int], _Level] = {}
        self._used: dict[str, _Used] = {}
        #: The definition that a style's list stands for, and the level of each style in a definition.
        self._links: dict[str, str] = {}
        self._of_style: dict[tuple[str, str], int] = {}
        self._counts: dict[tuple[str, int], int] = {}
        self._restarted: set[tuple[str, int]] = set()
        if root is None:
            return
        for definition in root.iterchildren(f"{W}abstractNum"):
            self._define(definition)
        for number in root.iterchildren(f"{W}num"):
            self._use(number)

    def _define(self, definition: etree._Element) -> None:
        key = definition.get(f"{W}abstractNumId", "")
        link = value(definition, "numStyleLink")
        if link is not None:
            self._links[key] = link
        for each in definition.iterchildren(f"{W}lvl"):
            at = whole(each.get(f"{W}ilvl"))
            self._levels[key, at] = _level(each)
            style = value(each, "pStyle")
            if style is not None:
                self._of_style[key, style] = at

    def _use(self, number: etree._Element) -> None:
        starts, levels = {}, {}
        for override in number.iterchildren(f"{W}lvlOverride"):
            at = whole(override.get(f"{W}ilvl"))
            start, level = value(override, "startOverride"), override.find(f"{W}lvl")
            if start is not None:
                starts[at] = whole(start, 1)
            if level is not None:
                levels[at] = _level(level)
        self._used[number.get(f"{W}numId", "")] = _Used(
            definition=value(number, "abstractNumId") or "", starts=starts, levels=levels
        )

    def label(self, direct: Listed | None, style: str | None) -> str:
        """Count a paragraph and return what Word prints before it, followed by a space; empty if nothing.

        Args:
            direct: the list that the paragraph itself names.
            style: of the paragraph.
        """
        by_style = self._styles.listed(style)
        list_id = direct.list_id if direct is not None else None
        if list_id is None and by_style is not None:
            list_id = by_style[1].list_id
        used = self._used.get(list_id or _NO_LIST)
        if list_id is None or list_id == _NO_LIST or used is None:
            return ""
        definition = self._definition(used.definition)
        at = direct.level if direct is not None else None
        if at is None and by_style is not None:
            at = self._of_style.get((definition, by_style[0]), by_style[1].level)
        level = self._level(used, definition, at or 0)
        if level is None:
            return ""
        if level.form == "bullet":
            return "+ " if level.text.strip() == "+" else "- "
        self._count(list_id, used, definition, at or 0, level)
        written = _LABEL.sub(
            lambda match: self._written(used, definition, int(match[1]) - 1, level.in_digits), level.text
        )
        return f"{written} " if written.strip() else ""

    def _definition(self, key: str) -> str:
        """Follow the link from a definition that only names a style to the one that its style uses."""
        linked = self._styles.listed(self._links[key]) if key in self._links else None
        used = None if linked is None else self._used.get(linked[1].list_id or "")
        return key if used is None else used.definition

    def _level(self, used: _Used, definition: str, at: int) -> _Level | None:
        return used.levels.get(at) or self._levels.get((definition, at))

    def _count(self, list_id: str, used: _Used, definition: str, at: int, level: _Level) -> None:
        start = used.starts.get(at, level.start)
        before = self._counts.get((definition, at), start - 1)
        if at in used.starts and (list_id, at) not in self._restarted:
            self._restarted.add((list_id, at))
            before = start - 1
        self._counts[definition, at] = min(before + 1, _LONGEST_LIST)
        for deeper in range(at + 1, _LEVELS):
            below = self._level(used, definition, deeper)
            if below is None or below.restart is None or at < below.restart:
                self._counts.pop((definition, deeper), None)

    def _written(self, used: _Used, definition: str, at: int, in_digits: bool) -> str:
        level = self._level(used, definition, at)
        if level is None:
            return ""
        count = self._counts.get((definition, at), used.starts.get(at, level.start))
        return str(count) if in_digits else _in_form(count, level)


def _level(element: etree._Element) -> _Level:
    form = element.find(f"{W}numFmt")
    if form is None:
        # a form of its own stands between alternatives; every program knows the last resort
        form = element.find(f"{MC}AlternateContent/{MC}Fallback/{W}numFmt")
        custom = element.find(f"{MC}AlternateContent/{MC}Choice/{W}numFmt")
        sample = "" if custom is None else custom.get(f"{W}format", "")
    else:
        sample = form.get(f"{W}format", "")
    restart = value(element, "lvlRestart")
    return _Level(
        form="decimal" if form is None else form.get(f"{W}val", "decimal"),
        text=value(element, "lvlText") or "",
        start=whole(value(element, "start"), 1),
        restart=None if restart is None else whole(restart),
        in_digits=bool(switch(element, "isLgl")),
        digits=_digits(sample),
    )


def _digits(sample: str) -> int:
    """Return how many digits ``001, 002, 003, ...`` shows."""
    first = sample.partition(",")[0].strip()
    return len(first) if first.isdecimal() and len(first) <= 9 else 1


def _in_form(count: int, level: _Level) -> str:
    match level.form:
        case "lowerLetter" | "upperLetter":
            letter = _ALPHABET[(count - 1) % len(_ALPHABET)] * ((count - 1) // len(_ALPHABET) + 1)
            return letter if level.form == "lowerLetter" else letter.upper()
        case "lowerRoman" | "upperRoman":
            return _roman(count) if level.form == "upperRoman" else _roman(count).lower()
        case "decimalZero":
            return f"{count:02}"
        case "none" | "bullet":
            return ""
        case _:
            return f"{count:0{level.digits}}"


def _roman(count: int) -> str:
    written = ""
    for worth, sign in _ROMAN:
        written += sign * (count // worth)
        count %= worth
    return written
