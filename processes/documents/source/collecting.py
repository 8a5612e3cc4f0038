"""Numbers the blocks of a file while they are found, and stops at the limits."""

from dataclasses import replace
from typing import Any

from processes.documents.errors import LetterTooLarge, LetterTooLong
from processes.documents.source import limits
from processes.documents.source.blocks import Block, Line, Place, Table


class Collector:
    """The blocks found so far; a block without a place gets the next number.

    Raises:
        LetterTooLong: more than ``MOST_BLOCKS`` blocks or ``MOST_CELLS`` cells.
        LetterTooLarge: more than ``LONGEST_TEXT`` characters.
    """

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._cells = 0
        self._characters = 0

    def line(self, line: Line, **place: Any) -> None:
        """Take a paragraph, unless it is empty."""
        if not line.text:
            return
        self._count(len(line.text))
        self.blocks.append(replace(line, place=Place(block=self._next(), **place)))

    def table(self, table: Table, *, sheet: str | None = None) -> None:
        """Take a table; its cells get the number of the block, their row and column."""
        self._cells += sum(map(len, table.rows))
        if self._cells > limits.MOST_CELLS:
            raise too_long("cells", limits.MOST_CELLS)
        self._count(sum(len(cell.text) for row in table.rows for cell in row if not cell.inherited))
        block = self._next()
        rows = []
        for at, row in enumerate(table.rows, 1):
            cells, column = [], 1
            for cell in row:
                known = cell.place or Place(block=block)
                place = replace(known, block=block, row=at, column=column, sheet=sheet)
                cells.append(replace(cell, place=place))
                column += cell.columns
            rows.append(tuple(cells))
        self.blocks.append(replace(table, rows=tuple(rows), place=Place(block=block, sheet=sheet)))

    def _next(self) -> int:
        if len(self.blocks) == limits.MOST_BLOCKS:
            raise too_long("paragraphs", limits.MOST_BLOCKS)
        return len(self.blocks) + 1

    def _count(self, characters: int) -> None:
        self._characters += characters
        if self._characters > limits.LONGEST_TEXT:
            raise LetterTooLarge(
                f"Expected a letter of at most {limits.LONGEST_TEXT} characters, but it has more",
                limit=limits.LONGEST_TEXT,
            )


def too_long(what: str, limit: int) -> LetterTooLong:
    """Return the refusal of more than ``limit`` paragraphs, cells, rows or files."""
    return LetterTooLong(
        f"Expected a letter of at most {limit} {what}, but it has more", limit=limit, of=what
    )
