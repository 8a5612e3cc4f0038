"""Tells how paragraphs of official documents begin and sentences end."""

import re

#: What a paragraph of an official document begins with.
_MARK = re.compile(
    r"(?:[-–—+•*●▪]\s*(?=\D)|\d{1,3}[.)](?!\d)|\d{1,3}(?:\.\d{1,3})+\.?\s|\(?[a-zđ]\d?\)|[a-zđ]\.\s|[IVXL]{1,6}[.)]\s"
    r"|(?:Điều|Phần|Chương|Mục|Phụ lục|PHẦN|CHƯƠNG|MỤC|PHỤ LỤC)\s+(?:\d|[IVXLA-H]+\b)"
    r"|Kính gửi|Nơi nhận|Số\s*:|V/v\b|(?:TM|KT|TL|TUQ|Q)\.\s*[A-ZĐ])"
)
#: Marks that no line within a paragraph begins with by chance.
_SURE_MARK = re.compile(r"(?:[a-zđ]\)|Kính gửi|Nơi nhận|Số\s*:|V/v\b|(?:TM|KT|TL|TUQ)\.\s*[A-ZĐ])")
_BULLET = re.compile(r"^[•●▪■◦➢*o]\s+(?=\w)")
_ENDS = re.compile(r"[.;:!?…][”\"’)]?$|/\.$")


def is_marked(text: str) -> bool:
    """Return whether a text begins with a number, a letter of a list or a bullet."""
    return _MARK.match(text) is not None


def is_surely_marked(text: str) -> bool:
    """Return whether a text begins with a mark that no line within a paragraph begins with by chance."""
    return _SURE_MARK.match(text) is not None


def ends_sentence(text: str) -> bool:
    """Return whether a text ends as a sentence or a point of a list does."""
    return _ENDS.search(text) is not None


def with_dash(text: str) -> str:
    """Return a text whose bullet, of whatever shape, is a dash."""
    return _BULLET.sub("- ", text)
