"""Puts the lines and tables of all pages into one order of reading."""

import itertools
from collections.abc import Iterator, Sequence

from processes.documents.source.pdf.columns import Row, read_rows
from processes.documents.source.pdf.pages import Page
from processes.documents.source.pdf.paragraphs import Joiner, Paragraph, find_margins, split_strays
from processes.documents.source.pdf.tables import Part, goes_on_with

#: A column goes on below where its left edge is as near as this, in points, and its letters as large as that.
_SAME_X, _SAME_SIZE = 3.0, 0.6

#: Lines of a page, each with the page's number.
_Band = list[tuple[int, Row]]


def read_flow(pages: Sequence[Page]) -> list[Paragraph | list[Part]]:
    """Return paragraphs, and tables with their parts on each page, in order of reading."""
    bands = [[band for band in _bands(page) if band] for page in pages]
    for before, after in itertools.pairwise(bands):
        if before and after and isinstance(before[-1], list) and isinstance(after[0], list):
            before[-1], after[0] = _columns_over_page(before[-1], after[0])
    widths = {page.number: page.width for page in pages}
    margins = find_margins(
        (
            (page.width, [row for number, row in band if number == page.number])
            for page, found in zip(pages, bands, strict=True)
            for band in found
            if isinstance(band, list)
        ),
        ((page.width, part.box) for page in pages for part in page.tables),
    )
    joiner = Joiner(margins)
    flow: list[Paragraph | list[Part]] = []
    for page, found in zip(pages, bands, strict=True):
        for at, band in enumerate(found):
            if isinstance(band, list):
                kept, strays = split_strays(band)
                for number, row in kept:
                    joiner.add(row, number, widths[number])
                joiner.set_apart(strays)
                continue
            flow += joiner.taken()
            last = flow[-1] if flow else None
            is_next = isinstance(last, list) and at == 0 and last[-1].page == page.number - 1
            if isinstance(last, list) and is_next and goes_on_with(last[0], band):
                last.append(band)
            else:
                flow.append([band])
    return flow + joiner.taken()


def _bands(page: Page) -> Iterator[_Band | Part]:
    """Yield the lines of a page and its tables as they follow each other downwards."""
    left = sorted(page.pieces, key=lambda piece: piece.base)
    for part in sorted(page.tables, key=lambda part: part.box[1]):
        above = [piece for piece in left if piece.base < part.box[1] + 2]
        left = left[len(above) :]
        yield [(page.number, row) for row in read_rows(above)]
        yield part
    yield [(page.number, row) for row in read_rows(left)]


def _columns_over_page(band: _Band, more: _Band) -> tuple[_Band, _Band]:
    """Read a list of recipients that a page cuts to its end before the signature beside it."""
    last = band[-1][1].column if band else 0
    right = [each for each in band if last and each[1].column == last]
    left = [each for each in band if last and each[1].column == last - 1]
    if not left or not right or not more:
        return band, more
    edge, size = left[-1][1].line.x0, left[-1][1].line.size
    count = 0
    for _, row in more:
        is_same = abs(row.line.x0 - edge) <= _SAME_X and abs(row.line.size - size) <= _SAME_SIZE
        if not is_same or row.column != more[0][1].column or not (count or row.line.text[0] in "-–+•"):
            break
        count += 1
    if not count:
        return band, more
    return [each for each in band if each not in right], [*more[:count], *right, *more[count:]]
