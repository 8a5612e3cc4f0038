"""Cleans what a paragraph is made of: composed characters, single spaces, nothing invisible, no emphasis."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

#: Format characters (category Cf: soft hyphens, joiners, marks of direction and of order), control
#: characters, halves of characters.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
#: Hyphens that differ in where a line may break; Eth, which old converters write for Đ.
_ALIKE = str.maketrans({"\u2010": "-", "\u2011": "-", "\u00d0": "Đ", "\u00f0": "đ", "\u0189": "Đ"})
#: Marks that are set on a letter; more than eight are no text, and composing them takes time by their square.
_MARK = r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_HEAPED = re.compile(f"({_MARK}{{8}}){_MARK}+")
_ASTERISKS = re.compile(r"\*+")
_LETTERED = re.compile(r"[a-zđ]\s*[.)]")
#: A line that is drawn with characters.
_RULE = re.compile(r"[-_*=~–—―─━═.…·\s]{3,}")


def plain(text: str) -> str:
    """Return the text composed (NFC), without invisible characters, with single spaces; the wording stays."""
    if text.isascii():
        return " ".join(_INVISIBLE.sub("", text).split())
    visible = _HEAPED.sub(r"\1", _INVISIBLE.sub("", text))
    return " ".join(unicodedata.normalize("NFC", visible).translate(_ALIKE).split())


def without_emphasis(text: str) -> str:
    """Strip the asterisks of markdown emphasis; a product (``5*3``) and the mark of a note (``(*)``) stay."""
    return _ASTERISKS.sub(_unless_meant, text) if "*" in text else text


def _unless_meant(run: re.Match[str]) -> str:
    before, after = run.string[max(run.start() - 1, 0) : run.start()], run.string[run.end() : run.end() + 1]
    is_alone = not before.strip() and not after.strip()
    is_mark = before == "(" and after == ")"
    is_product = before.isdigit() and after.isdigit()
    return run[0] if is_alone or is_mark or is_product else ""


def is_rule(line: str) -> bool:
    """Tell whether a line is drawn and not written: ``------``, ``* * *``."""
    return _RULE.fullmatch(line) is not None


def goes_on(line: str) -> bool:
    """Tell whether a line is the rest of the sentence above it: it begins in lower case, and not with ``a)``."""
    return line[0].islower() and not _LETTERED.match(line)


def joined(lines: Iterable[str]) -> Iterator[str]:
    """Yield paragraphs of lines that are broken by hand: one that goes on belongs to the one above it."""
    paragraph: list[str] = []
    for line in filter(None, lines):
        if paragraph and not goes_on(line):
            yield " ".join(paragraph)
            paragraph = []
        paragraph.append(line)
    if paragraph:
        yield " ".join(paragraph)
