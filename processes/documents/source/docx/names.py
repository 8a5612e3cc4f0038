"""The names of WordprocessingML, and how its properties are read."""

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_OFF = ("0", "false", "off")


def value(parent: etree._Element | None, name: str) -> str | None:
    """Return the value of a property; ``None`` if it is not set."""
    child = None if parent is None else parent.find(f"{W}{name}")
    return None if child is None else child.get(f"{W}val")


def switch(parent: etree._Element | None, name: str) -> bool | None:
    """Return a property that is on or off; ``None`` if it is not set. Standing there without a value is on."""
    child = None if parent is None else parent.find(f"{W}{name}")
    return None if child is None else child.get(f"{W}val") not in _OFF


def whole(text: str | None, default: int = 0) -> int:
    """Return a number of up to four digits; what is none, or larger, is ``default``."""
    return int(text) if text is not None and text.isdecimal() and len(text) <= 4 else default


def chosen(alternatives: etree._Element) -> etree._Element | None:
    """Return the one of several alternatives that is read: the first, or the last resort if that says nothing.

    Both say the same in different dialects; reading both would double the text.
    """
    choice = alternatives.find(f"{MC}Choice")
    fallback = alternatives.find(f"{MC}Fallback")
    if choice is None or (fallback is not None and not _says(choice) and _says(fallback)):
        return fallback
    return choice


def _says(alternative: etree._Element) -> bool:
    return next(alternative.iter(f"{W}t", f"{W}sym"), None) is not None
