"""Divides the body of a letter into its numbered items and their lettered points."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from processes.documents.source.blocks import Line

#: ``1. Text``, ``1.Text``, ``1) Text`` and ``Điều 1. Text``; never ``1.5`` or ``25/12/2025``.
_NUMBERED = re.compile(r"^(?:Điều\s+)?(?P<ordinal>\d{1,2})\s*[.)]\s*(?P<text>\D.*)$")
#: ``1.2. Text``; its sentence begins with a capital, ``2.5 tỷ đồng`` is none.
_DECIMAL = re.compile(r"^(?P<number>\d{1,2})\.(?P<point>\d{1,2})\s*[.)]?\s*(?P<text>[^\W\d_].*)$")
_MOST_LEFT_OUT = 5
_SECTION = re.compile(r"^(?P<ordinal>[IVX]{1,5})\s*[.)]\s*(?P<text>\S.*)$")
#: The letters that number points, in the order of the Vietnamese alphabet.
LETTERS = "abcdđeghiklmn"
_LETTERED = re.compile(rf"^(?P<letter>[{LETTERS}])\s*[.)]\s*(?P<text>\S.*)$")
#: What ends a sentence or a list; a heading ends with none of them.
_ENDS = ".;:,…!?"
_LONGEST_HEADING = 20
_CLOSING = re.compile(r"^(?:Trên đây|Đề nghị các|Yêu cầu|[^,.;]{0,60}\b(?:yêu cầu|đề nghị)\s)", re.IGNORECASE)
_END_OF_BODY = "./."


@dataclass(slots=True, kw_only=True)
class Point:
    """A lettered point of an item, or a decimal one (``1.2.``).

    Attributes:
        letter: as written: ``đ``, or ``2`` of ``1.2.``; ``mark`` is all that stands before the text.
        gap: which letters are missing before it, in words; empty if none is.
    """

    letter: str
    mark: str
    paragraphs: list[str]
    gap: str = ""


@dataclass(slots=True, kw_only=True)
class Item:
    """A numbered item; paragraphs without a number belong to the item above them.

    Attributes:
        number: as written.
        ordinal: unique in the letter: ``2``, or ``II.2`` where the numbers start again in each section.
        section: the heading of its section.
        missing: numbers that are left out before it.
        emphasised: markdown emphasis was stripped from it.
    """

    number: int
    ordinal: str
    paragraphs: list[str]
    points: list[Point] = field(default_factory=list)
    section: str | None = None
    missing: tuple[int, ...] = ()
    emphasised: bool = False

    @property
    def heading(self) -> str | None:
        """Its first paragraph, if that is a heading: short, without an end, and with something below it."""
        first = self.paragraphs[0]
        has_more = bool(self.points) or len(self.paragraphs) > 1
        is_short = len(first.split()) <= _LONGEST_HEADING
        return first if has_more and is_short and first[-1] not in _ENDS else None

    @property
    def everything(self) -> list[str]:
        """Its own paragraphs and those of its points, as written."""
        lettered = [
            paragraph if at else f"{point.mark} {paragraph}"
            for point in self.points
            for at, paragraph in enumerate(point.paragraphs)
        ]
        return self.paragraphs + lettered


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The body of a letter: what stands above the items, the items, the closing sentence."""

    opening: tuple[str, ...]
    items: tuple[Item, ...]
    closing: str | None


def divide_body(lines: Sequence[Line]) -> Body:
    """Divide the body; a number counts as an item's only where it goes on from the one before.

    A few numbers may be left out, that is a warning; a number that does not go on is text.
    """
    opening: list[str] = []
    items: list[Item] = []
    section: tuple[str, str] | None = None
    expected = 1
    rest, closing = _without_closing(lines)
    for line in rest:
        heading = _SECTION.match(line.text)
        numbered = _NUMBERED.match(line.text)
        if heading is not None and _ROMAN.get(heading["ordinal"]) == _next_section(section):
            section, expected = (heading["ordinal"], heading["text"]), 1
        elif numbered is not None and 0 <= int(numbered["ordinal"]) - expected <= _MOST_LEFT_OUT:
            number = int(numbered["ordinal"])
            missing, expected = tuple(range(expected, number)), number + 1
            items.append(
                Item(
                    number=number,
                    missing=missing,
                    ordinal=str(number) if section is None else f"{section[0]}.{number}",
                    paragraphs=[numbered["text"]],
                    section=None if section is None else section[1],
                    emphasised=line.emphasised,
                )
            )
        elif not items:
            opening.append(line.text)
        else:
            _add(items[-1], line)
    return Body(opening=tuple(opening), items=tuple(items), closing=closing)


def _add(item: Item, line: Line) -> None:
    item.emphasised = item.emphasised or line.emphasised
    lettered = _LETTERED.match(line.text)
    decimal = _next_decimal(item, line.text)
    last = LETTERS.find(item.points[-1].letter) if item.points else -1
    if lettered is not None and LETTERS.index(lettered["letter"]) > last:
        letter = lettered["letter"]
        gap = _gap(last, LETTERS.index(letter))
        item.points.append(Point(letter=letter, mark=f"{letter})", paragraphs=[lettered["text"]], gap=gap))
    elif decimal is not None:
        point = decimal["point"]
        item.points.append(Point(letter=point, mark=f"{item.number}.{point}.", paragraphs=[decimal["text"]]))
    elif item.points:
        item.points[-1].paragraphs.append(line.text)
    else:
        item.paragraphs.append(line.text)


def _next_decimal(item: Item, text: str) -> re.Match[str] | None:
    match = _DECIMAL.match(text)
    if match is None or int(match["number"]) != item.number or not match["text"][0].isupper():
        return None
    last = item.points[-1].letter if item.points else "0"
    return match if last.isdecimal() and int(match["point"]) == int(last) + 1 else None


def _gap(last: int, at: int) -> str:
    missing = ", ".join(f"{letter})" for letter in LETTERS[last + 1 : at])
    before = f"{LETTERS[last]}) " if last >= 0 else ""
    return f"letter gap {before}-> {LETTERS[at]}): {missing} missing" if missing else ""


def _without_closing(lines: Sequence[Line]) -> tuple[Sequence[Line], str | None]:
    """Part the sentence that ends the body from the items; an item may itself end with ``./.``."""
    if not lines:
        return lines, None
    last = lines[-1].text
    numbered = _NUMBERED.match(last) or _LETTERED.match(last)
    if numbered is None and (last.endswith(_END_OF_BODY) or _CLOSING.match(last)):
        return lines[:-1], last
    return lines, None


def _next_section(section: tuple[str, str] | None) -> int:
    return 1 if section is None else _ROMAN[section[0]] + 1


_ROMAN = {
    roman: number
    for number, roman in enumerate(
        ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV"), 1
    )
}
