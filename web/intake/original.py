"""The original as it is shown beside the reading: every paragraph and every row is a place to point at."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

#: Characters by which a text is looked up in the original where nobody wrote down its place.
_BEGINNING = 60
#: How much of a beginning has to be found, in characters, for it to be the place.
_SHORTEST = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """What was understood from a place; ``target`` is the anchor on the other side of the page."""

    target: str
    label: str


@dataclass(slots=True, kw_only=True)
class Row:
    """One row of a table; ``anchor`` is the place to point at."""

    anchor: str
    cells: Sequence[tuple[str, int]]
    is_heading: bool = False
    mentions: list[Mention] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Block:
    """One paragraph, or one table with rows.

    Attributes:
        division: what begins here: a page, a sheet or an attachment, ``("page", "2")``; ``None`` within one.
    """

    anchor: str
    text: str = ""
    bold: bool = False
    centred: bool = False
    rows: Sequence[Row] = ()
    division: tuple[str, str] | None = None
    mentions: list[Mention] = field(default_factory=list)


class OriginalText:
    """The text of a file, block by block, with what was understood from each place.

    Args:
        source: a ``SourceText`` as JSON; ``None`` for letters whose text nobody took apart.
        text: the whole text, which stands in for it.
    """

    def __init__(self, source: Mapping[str, Any] | None, text: str = "") -> None:
        if source is None:
            self.blocks = [
                Block(anchor=f"b-{at}", text=line)
                for at, line in enumerate(filter(str.strip, text.splitlines()), 1)
            ]
        else:
            self.blocks = list(_blocks(source["blocks"]))
        self._by_anchor: dict[str, Block | Row] = {}
        for block in self.blocks:
            self._by_anchor[block.anchor] = block
            self._by_anchor.update({row.anchor: row for row in block.rows})
        self._searched: list[tuple[str, str]] | None = None

    def anchor_of(self, place: Mapping[str, Any] | None) -> str | None:
        """Return the anchor of a place, of its row if it stands in a table; ``None`` if it is not shown."""
        if not place or "block" not in place:
            return None
        anchor = f"b-{place['block']}"
        row = f"{anchor}-{place.get('row', 0)}"
        return row if row in self._by_anchor else anchor if anchor in self._by_anchor else None

    def find(self, text: str) -> str | None:
        """Return the anchor of the first place that holds the beginning of a text."""
        wanted = _plain(text.partition("\n")[0])[:_BEGINNING].strip()
        if len(wanted) < _SHORTEST:
            return None
        if self._searched is None:
            self._searched = [(anchor, _plain(words)) for anchor, words in self._texts()]
        return next((anchor for anchor, words in self._searched if wanted in words), None)

    def mention(self, anchor: str | None, target: str, label: str) -> None:
        """Write at a place what was understood from it; the same only once."""
        at = self._by_anchor.get(anchor or "")
        if at is not None and all(each.target != target for each in at.mentions):
            at.mentions.append(Mention(target=target, label=label))

    def _texts(self) -> Iterator[tuple[str, str]]:
        for block in self.blocks:
            if block.rows:
                for row in block.rows:
                    yield row.anchor, " ".join(text for text, _ in row.cells)
            else:
                yield block.anchor, block.text


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _blocks(blocks: Sequence[Mapping[str, Any]]) -> Iterator[Block]:
    before: tuple[str, str] | None = None
    for at, block in enumerate(blocks, 1):
        place: Mapping[str, Any] = block.get("place") or {}
        here = _division(place)
        anchor = f"b-{place.get('block', at)}"
        yield Block(
            anchor=anchor,
            text=str(block.get("text", "")),
            bold=bool(block.get("bold")),
            centred=bool(block.get("centred")),
            rows=list(_rows(anchor, block)) if "rows" in block else (),
            division=here if here != before else None,
        )
        before = here


def _rows(anchor: str, table: Mapping[str, Any]) -> Iterator[Row]:
    headings = int(table.get("heading_rows", 0))
    for at, cells in enumerate(table["rows"], 1):
        places = [cell["place"] for cell in cells if cell.get("place")]
        number = next((place["row"] for place in places if place.get("row")), at)
        yield Row(
            anchor=f"{anchor}-{number}",
            cells=[(str(cell.get("text", "")), int(cell.get("columns", 1))) for cell in cells],
            is_heading=at <= headings,
        )


def _division(place: Mapping[str, Any]) -> tuple[str, str] | None:
    for kind in ("part", "sheet", "page"):
        if place.get(kind) is not None:
            return kind, str(place[kind])
    return None


def sentences(text: str) -> list[tuple[str, bool]]:
    """Return the sentences of a text, each with whether it begins a paragraph; joined they are the text."""
    found: list[tuple[str, bool]] = []
    for paragraph in filter(None, map(str.strip, text.split("\n"))):
        parts = [part for part in re.split(r"(?<=[.;:])\s+", paragraph) if part]
        found += [(part, at == 0) for at, part in enumerate(parts)]
    return found
