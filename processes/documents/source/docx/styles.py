"""What the styles of a Word document say of the paragraphs that use them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from lxml import etree

from processes.documents.source.docx.names import W, switch, value, whole

_T = TypeVar("_T")
#: A chain of styles is no longer; one that is goes round in a circle.
_LONGEST_CHAIN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """The list and level that properties name: ``list_id`` is ``0`` for none, ``level`` ``None`` if not said."""

    list_id: str | None
    level: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Style:
    based_on: str | None
    name: str
    bold: bool | None
    capitals: bool | None
    centred: bool | None
    listed: Listed | None


class Styles:
    """The styles of a document.

    Args:
        root: the part that defines them; ``None`` when the document has none.
    """

    def __init__(self, root: etree._Element | None) -> None:
        self._styles: dict[str, _Style] = {}
        self._default: str | None = None
        self._bold = self._centred = False
        if root is None:
            return
        defaults = root.find(f"{W}docDefaults")
        if defaults is not None:
            self._bold = bool(switch(defaults.find(f"{W}rPrDefault/{W}rPr"), "b"))
            self._centred = bool(centred(defaults.find(f"{W}pPrDefault/{W}pPr")))
        for each in root.iterchildren(f"{W}style"):
            key = each.get(f"{W}styleId", "")
            paragraph = each.find(f"{W}pPr")
            self._styles[key] = _Style(
                based_on=value(each, "basedOn"),
                name=(value(each, "name") or "").lower(),
                bold=switch(each.find(f"{W}rPr"), "b"),
                capitals=switch(each.find(f"{W}rPr"), "caps"),
                centred=centred(paragraph),
                listed=listed(paragraph),
            )
            if each.get(f"{W}type") == "paragraph" and each.get(f"{W}default") in ("1", "true"):
                self._default = key

    def name(self, style: str | None) -> str:
        """Return the name of a style in lower case, ``heading 1``."""
        found = self._styles.get(style or "")
        return "" if found is None else found.name

    def bold(self, style: str | None) -> bool:
        """Tell whether the text of a paragraph of this style is bold."""
        found = self._first(style or self._default, lambda each: each.bold)
        return self._bold if found is None else found[1]

    def bold_run(self, style: str | None) -> bool | None:
        """Tell whether a character style makes bold; ``None`` if it does not say."""
        found = self._first(style, lambda each: each.bold)
        return None if found is None else found[1]

    def capitals(self, style: str | None) -> bool:
        """Tell whether the text of a paragraph of this style is shown in capitals."""
        found = self._first(style or self._default, lambda each: each.capitals)
        return found is not None and found[1]

    def capitals_run(self, style: str | None) -> bool | None:
        """Tell whether a character style shows capitals; ``None`` if it does not say."""
        found = self._first(style, lambda each: each.capitals)
        return None if found is None else found[1]

    def centred(self, style: str | None) -> bool:
        """Tell whether a paragraph of this style is centred."""
        found = self._first(style or self._default, lambda each: each.centred)
        return self._centred if found is None else found[1]

    def listed(self, style: str | None) -> tuple[str, Listed] | None:
        """Return the list of a style, and which style of its chain says so."""
        return self._first(style or self._default, lambda each: each.listed)

    def _first(self, style: str | None, says: Callable[[_Style], _T | None]) -> tuple[str, _T] | None:
        for _ in range(_LONGEST_CHAIN):
            found = self._styles.get(style or "")
            if style is None or found is None:
                return None
            said = says(found)
            if said is not None:
                return style, said
            style = found.based_on
        return None


def centred(properties: etree._Element | None) -> bool | None:
    """Tell whether properties of a paragraph centre it; ``None`` if they do not say."""
    set_as = value(properties, "jc")
    return None if set_as is None else set_as == "center"


def listed(properties: etree._Element | None) -> Listed | None:
    """Return the list that properties of a paragraph name; ``None`` if they do not."""
    found = None if properties is None else properties.find(f"{W}numPr")
    if found is None:
        return None
    level = value(found, "ilvl")
    return Listed(list_id=value(found, "numId"), level=None if level is None else whole(level))
