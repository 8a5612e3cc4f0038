"""The paragraphs of a file as one sequence: a table is its cells, row by row."""

import re
from collections.abc import Iterator

from processes.documents.source.blocks import Line, Table
from processes.documents.source.limits import LARGEST_FILE, LONGEST_TEXT
from processes.documents.source.read import read_source

__all__ = ["LARGEST_FILE", "LONGEST_TEXT", "Line", "read_text"]


def read_text(content: bytes, filename: str) -> tuple[Line, ...]:
    """Return the paragraphs of a file.

    Raises:
        LetterUnreadable: one of its kinds.
    """
    found: list[Line] = []
    for block in read_source(content, filename).blocks:
        found += (block,) if isinstance(block, Line) else _cells(block)
    return tuple(found)


def _cells(table: Table) -> Iterator[Line]:
    for row in table.rows:
        texts = [cell.text for cell in row if cell.text and not cell.inherited]
        if len(texts) > 1 and re.fullmatch(r"\d{1,3}\.?", texts[0]):
            texts = [f"{texts[0].rstrip('.')}. " + " ".join(" ".join(texts[1:]).split("\n"))]
        for text in texts:
            yield from (Line(text=paragraph) for paragraph in text.split("\n"))
