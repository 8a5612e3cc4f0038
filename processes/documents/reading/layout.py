"""Makes of paragraphs and tables what a document reads like: lines, and the tables that hold data.

A table that only sets the page (issuer beside quốc hiệu, Nơi nhận beside the signature, numbers beside their text)
becomes its lines, cell by cell from left to right.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from processes.documents.reading.columns import Column, Grid, grid_of, rest_of
from processes.documents.source.blocks import Cell, Line, SourceText, Table

#: What a signing tool or a printer leaves on a page; it is no part of the text.
_ARTEFACT = re.compile(
    r"^(?:Người ký|(?:Được )?[Kk]ý bởi|Ký số bởi|Thời gian ký|Ngày ký|Signature Not Verified|Signed by"
    r"|Digitally signed)\b\s*:?"
    r"|^(?:Cơ quan|Email)\s*:\s*\S"
    r"|^Trang \d+(?:\s*/\s*\d+)?$"
    r"|^[-–—_*=.~\s]{3,}$"
)
_PAGE_NUMBER = re.compile(r"^[-–]?\s*\d{1,3}\s*[-–]?$")
#: Two columns that a text layer printed on one line.
_NATIONAL = re.compile(r"(?<=\S)\s+(?=CỘNG H(?:ÒA|OÀ) XÃ HỘI|Độc lập\s*[-–]\s*Tự do|ĐẢNG CỘNG SẢN VIỆT NAM)")
_NUMBER_THEN_DAY = re.compile(
    r"^(?P<number>Số\b\s*:?.*?)(?:\s+|(?<=[A-ZĐ&])(?=[A-ZĐ][a-zà-ỹ]))(?P<day>(?:TP\.?\s*)?[A-ZĐÁÀẢÂĂÊÔƠƯ][\w.]*(?:\s+[A-ZĐÁÀẢÂĂÊÔƠƯ]\w*){0,4}\s*,"
    r"\s*ngày\b.*)$"
)
#: Words that only stand in a table that sets the page.
_PAGE_SETTING = re.compile(
    r"CỘNG H(?:ÒA|OÀ) XÃ HỘI|Độc lập\s*[-–]|ĐẢNG CỘNG SẢN|Nơi nhận|Kính gửi|^Số\s*:|\b(?:KT|TM|TL|TUQ)\.\s",
    re.M,
)
#: What a narrow column breaks in the head of a document.
_BROKEN = (
    (re.compile(r"CỘNG H(?:ÒA|OÀ) XÃ HỘI$", re.IGNORECASE), re.compile(r"CHỦ NGHĨA VIỆT NAM", re.IGNORECASE)),
    (re.compile(r",\s*ngày$"), re.compile(r"[\d.…]+\s*tháng\b")),
    (re.compile(r",\s*ngày\s*[\d.…]*\s*tháng$"), re.compile(r"[\d.…]+\s*năm\b")),
    (re.compile(r",\s*ngày\b.{1,30}\bnăm$"), re.compile(r"20\d\d\.?$")),
)
_HEADING_LINES = 40
_LIST_NUMBER = re.compile(r"\d{1,3}\.?")
_SMALLEST_DATA = 3
_LONGEST_DATA_HEADING = 10


def flow_of(source: SourceText) -> tuple[Line | Grid, ...]:
    """Return the lines and data tables of a source, in their order."""
    flow: list[Line | Grid] = []
    for block in source.blocks:
        if isinstance(block, Line):
            flow += _cleaned(block, is_heading=len(flow) < _HEADING_LINES)
            continue
        before = flow[-1] if flow else None
        grid = grid_of(block)
        rest = rest_of(block, before) if grid is None and isinstance(before, Grid) else None
        if rest is not None:
            flow[-1] = rest
        elif grid is not None:
            flow += [piece for row in grid.above for cell in row for piece in _of_cell(cell, block)]
            flow.append(grid)
        elif _is_data(block):
            flow.append(_unknown(block))
        else:
            lines = (line for row in block.rows for line in _of_row(row, block))
            for line in lines:
                flow += _cleaned(line, is_heading=len(flow) < _HEADING_LINES)
    whole = list(_mended(flow))
    return tuple(block for at, block in enumerate(whole) if not _is_page_number(whole, at))


def _mended(flow: Sequence[Line | Grid]) -> Iterator[Line | Grid]:
    """Yield the blocks; a line of the head that was broken in two is one."""
    above: Line | None = None
    for at, block in enumerate(flow):
        if isinstance(block, Line) and above is not None and _is_broken(above.text, block.text):
            above = replace(above, text=f"{above.text} {block.text}")
            continue
        if above is not None:
            yield above
        above = block if isinstance(block, Line) and at < _HEADING_LINES else None
        if above is None:
            yield block
    if above is not None:
        yield above


def _is_broken(above: str, below: str) -> bool:
    return any(end.search(above) and start.match(below) for end, start in _BROKEN)


def _is_page_number(flow: Sequence[Line | Grid], at: int) -> bool:
    """Say whether a line is the number of its page: of three numbers below each other none is."""
    return _is_number(flow[at]) and not any(
        0 <= near < len(flow) and _is_number(flow[near]) for near in (at - 1, at + 1)
    )


def _is_number(block: Line | Grid) -> bool:
    on_page = isinstance(block, Line) and block.place is not None and block.place.page is not None
    return on_page and isinstance(block, Line) and _PAGE_NUMBER.match(block.text) is not None


def _cleaned(line: Line, *, is_heading: bool) -> Iterator[Line]:
    text = line.text.strip()
    if not text or _ARTEFACT.match(text):
        return
    if not is_heading:
        yield line
        return
    for piece in _NATIONAL.split(text):
        match = _NUMBER_THEN_DAY.match(piece)
        for part in (match["number"], match["day"]) if match is not None else (piece,):
            yield line if part == line.text else replace(line, text=part)


def _of_row(row: tuple[Cell, ...], table: Table) -> Iterator[Line]:
    """Yield a row as lines; a number alone in the first cell numbers what stands beside it."""
    cells = [cell for cell in row if not cell.inherited]
    if len(cells) > 1 and _LIST_NUMBER.fullmatch(cells[0].text.strip()):
        text = " ".join(" ".join(cell.paragraphs) for cell in cells[1:]).strip()
        place = cells[1].place or table.place
        yield Line(text=f"{cells[0].text.strip().rstrip('.')}. {text}", place=place)
        return
    for cell in cells:
        yield from _of_cell(cell, table)


def _of_cell(cell: Cell, table: Table) -> Iterator[Line]:
    if cell.inherited:
        return
    for text in cell.paragraphs:
        yield Line(text=" ".join(text.split()), place=cell.place or table.place)


def _is_data(table: Table) -> bool:
    """Say whether a table without a known heading holds figures or names rather than setting the page."""
    first = [cell.text for cell in table.rows[0]] if table.rows else []
    if len(table.rows) < _SMALLEST_DATA or len(first) < _SMALLEST_DATA:
        return False
    if any(_PAGE_SETTING.search(cell.text) for row in table.rows for cell in row):
        return False
    is_numbered = bool(_LIST_NUMBER.fullmatch(first[0].strip()))
    return not is_numbered and all(
        text.strip() and len(text.split()) <= _LONGEST_DATA_HEADING for text in first
    )


def _unknown(table: Table) -> Grid:
    first, *others = table.rows
    return Grid(
        table=table,
        columns=(Column.OTHER,) * len(first),
        headings=tuple(cell.text for cell in first),
        above=(),
        rows=tuple(tuple(row) for row in others),
    )
