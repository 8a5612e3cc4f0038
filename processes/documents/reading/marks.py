"""Recognises what a line begins with: a Roman number, an article, ``1.``, ``1.1.``, ``a)``, a dash."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum


class Rank(IntEnum):
    """What sort of mark begins a node; the higher the number, the deeper it stands."""

    #: The whole body.
    BODY = 0
    #: ``Phần thứ nhất``, ``Phần II``.
    PART = 1
    #: ``Chương I``, ``Mục 2``.
    CHAPTER = 2
    #: ``I.``, ``A.``, or a heading in capitals without a number.
    SECTION = 3
    #: ``Điều 1.``
    ARTICLE = 4
    #: ``1.``
    NUMBER = 5
    #: ``1.1.``
    DECIMAL = 6
    #: ``1.1.1.``
    THIRD = 7
    #: ``a)``
    LETTER = 8
    #: ``(1)``, ``(i)``, or ``1)`` below ``1.``
    BRACKET = 9
    #: ``*`` above ``-``
    STAR = 10
    #: ``-``
    DASH = 11
    #: ``+``, or ``*`` below ``-``
    PLUS = 12


#: The letters that number points, in the order of the Vietnamese alphabet.
LETTERS = "abcdđeghiklmnopqrstuvxy"
_PART = re.compile(
    r"^(?:PHẦN|Phần)\s+(?:(?:THỨ|thứ)\s+)?(?P<label>[IVX]+|\d{1,2}|nhất|hai|ba|tư|năm|sáu|NHẤT|HAI|BA|TƯ|NĂM|SÁU)"
    r"\s*(?:[.:–-]\s*(?P<text>.*))?$"
)
_CHAPTER = re.compile(r"^(?:CHƯƠNG|Chương|MỤC|Mục)\s+(?P<label>[IVX]+|\d{1,2})\s*(?:[.:–-]\s*(?P<text>.*))?$")
_ROMAN = re.compile(r"^(?P<label>[IVX]{1,6})\s*[./)-]\s*(?P<text>[^\W\d].*)$")
_CAPITAL = re.compile(r"^(?P<label>[A-H])\s*[./)-]\s*(?P<text>[^\W\d].*)$")
_ARTICLE = re.compile(r"^(?:ĐIỀU|Điều)\s+(?P<label>\d{1,3})\s*[.:)]?\s+(?P<text>\S.*)$")
#: ``1. Text``, ``1.Text``, ``1) Text``; never ``1.5`` or ``25/12/2025``.
#: The party writes ``1- Text``.
_NUMBER = re.compile(
    r"^(?P<label>\d{1,3})\s*(?:(?P<end>[.)])\s*(?P<text>\D.*)|[-–/](?:\s+|(?![A-ZĐ]{2}))(?P<behind>[^\W\d_].*|[“\"(].*))$"
)
#: ``Nhiệm vụ 1: Text``.
_TASK = re.compile(
    r"^(?:Nhiệm vụ|Nhóm nhiệm vụ|Nội dung|Giải pháp|Hoạt động)\s+(?P<label>\d{1,2})\s*[.:]\s*(?P<text>\D.*)$",
    re.I,
)
#: ``1.2. Text``; its sentence begins with a capital, ``2.5 tỷ đồng`` is none.
_DECIMAL = re.compile(
    r"^(?P<label>\d{1,2}(?:\.\d{1,2}){1,3})\s*[.)]?\s*(?P<text>[“\"(]?[^\W\d_].*|[-+]\s.*)$"
)
_LETTER = re.compile(rf"^(?P<label>[{LETTERS}])\s*[.)]\s*(?P<text>\S.*)$")
_BRACKET = re.compile(r"^\((?P<label>\d{1,2}|[ivx]{1,4})\)\s*(?P<text>\S.*)$")
_STAR = re.compile(r"^(?P<mark>\*)\s*(?P<text>[^\W\d_].*|[“\"(]\S.*|\s\S.*)$")
_DASH = re.compile(r"^(?P<mark>[-–—•·●▪])\s*(?P<text>[^\W\d_].*|[“\"(]\S.*|\s\S.*)$")
_PLUS = re.compile(r"^(?P<mark>\+)\s*(?P<text>\S.*)$")
_ROMANS = (
    *("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV"),
    *("XVI", "XVII", "XVIII", "XIX", "XX"),
)
_VALUES = {roman: number for number, roman in enumerate(_ROMANS, 1)}
_WORDS = {"nhất": 1, "hai": 2, "ba": 3, "tư": 4, "năm": 5, "sáu": 6}
_CAPITALS = "ABCDEFGH"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What a line begins with."""

    rank: Rank
    sort: str
    label: str
    mark: str
    text: str
    position: int


def number_of(label: str) -> int:
    """Return the number that digits or a Roman number write; 0 if it is neither."""
    return int(label) if label.isdecimal() else _VALUES.get(label.upper(), 0)


def marks_of(text: str) -> Iterator[Mark]:
    """Yield what a line may begin with, the outermost sort first."""
    for rank, sort, pattern in (
        (Rank.PART, "part", _PART),
        (Rank.CHAPTER, "chapter", _CHAPTER),
        (Rank.SECTION, "I", _ROMAN),
        (Rank.SECTION, "A", _CAPITAL),
        (Rank.ARTICLE, "article", _ARTICLE),
        (Rank.DECIMAL, "decimal", _DECIMAL),
        (Rank.NUMBER, "1", _NUMBER),
        (Rank.NUMBER, "task", _TASK),
        (Rank.LETTER, "a", _LETTER),
        (Rank.BRACKET, "(1)", _BRACKET),
        (Rank.STAR, "*", _STAR),
        (Rank.DASH, "-", _DASH),
        (Rank.PLUS, "+", _PLUS),
    ):
        match = pattern.match(text)
        if match is None:
            continue
        found = match.groupdict()
        label = found.get("label") or ""
        own = (found.get("text") or found.get("behind") or "").strip()
        written = found.get("mark") or text.removesuffix(own).strip() if own else text
        if rank is Rank.DECIMAL:
            prefix = label.rpartition(".")[0]
            rank, sort = Rank.THIRD if "." in prefix else rank, f"decimal {prefix}"
        yield Mark(
            rank=rank,
            sort=sort + ")" if found.get("end") == ")" else sort,
            label=label,
            mark=_written(rank, label, written),
            text=own,
            position=_position(rank, sort, label),
        )


def _written(rank: Rank, label: str, written: str) -> str:
    return f"{label})" if rank is Rank.LETTER else written


def _position(rank: Rank, sort: str, label: str) -> int:
    if rank >= Rank.STAR:
        return 0
    if sort == "A":
        return _CAPITALS.find(label) + 1
    if rank is Rank.LETTER:
        return LETTERS.index(label) + 1
    if rank in (Rank.DECIMAL, Rank.THIRD):
        return int(label.rpartition(".")[2])
    return number_of(label) or _WORDS.get(label.casefold(), 0)
