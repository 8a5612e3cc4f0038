"""Recognises by their headings what the columns of a table hold (DOMAIN §2.2): directives, or something else."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from processes.documents.source.blocks import Cell, Table
from processes.units.names import folded


class Column(StrEnum):
    """What a column holds."""

    #: ``TT``, ``Stt``, ``Mã nhiệm vụ``.
    ORDINAL = "ordinal"
    #: ``Nội dung``, ``Nhiệm vụ``, ``Công việc``.
    CONTENT = "content"
    #: ``Lĩnh vực``, ``Nhóm nhiệm vụ``.
    TOPIC = "topic"
    #: ``Đơn vị chủ trì``, ``Đơn vị thực hiện``.
    LEAD = "lead"
    #: ``Đơn vị phối hợp``.
    COORDINATE = "coordinate"
    #: ``Sản phẩm``, ``Kết quả cần đạt``.
    PRODUCT = "product"
    #: ``Thời hạn``, ``Thời gian hoàn thành``.
    DEADLINE = "deadline"
    #: One of several columns of which one is ticked: ``Quý III``.
    TICK = "tick"
    #: Where the task was given before: ``Văn bản giao``.
    SOURCE = "source"
    #: Anything else.
    OTHER = "other"


#: Headings by what begins or makes them up, as regular expressions over folded words; the first that fits counts.
_HEADINGS: tuple[tuple[Column, re.Pattern[str]], ...] = tuple(
    (column, re.compile(pattern))
    for column, pattern in (
        (Column.OTHER, rf"^{folded('kết quả thực hiện')}|{folded('quá hạn')}|{folded('chậm')}"),
        (Column.OTHER, folded("ghi chú") + "|" + folded("tình hình") + "|" + folded("nguyên nhân")),
        (
            Column.OTHER,
            "|".join(map(folded, ("kinh phí", "nguồn vốn", "tuần \\d", "số lượng", "đơn vị tính"))),
        ),
        (Column.OTHER, "|".join(map(folded, ("thời gian nhận", "thời gian giao", "ngày giao", "ngày nhận")))),
        (Column.OTHER, "|".join(map(folded, ("bắt đầu", "phương thức hỗ trợ", "lãnh đạo phụ trách")))),
        (Column.ORDINAL, rf"^(?:stt|tt|{folded('số')} tt|{folded('số thứ tự')}|no|{folded('chi tiết')})$"),
        (
            Column.ORDINAL,
            rf"^{folded('mã')}(?: {folded('số')}| {folded('nhiệm vụ')}| {folded('công việc')})*$",
        ),
        (Column.COORDINATE, folded("phối hợp")),
        (Column.LEAD, folded("chủ trì") + "|" + folded("đầu mối") + "|" + folded("trách nhiệm chính")),
        (
            Column.LEAD,
            rf"^(?:{folded('đơn vị')}|{folded('cơ quan')}|{folded('địa phương')}|{folded('người')})"
            rf"(?: {folded('đơn vị')}| {folded('cơ quan')}| {folded('địa phương')}| {folded('và')})*"
            rf"(?: {folded('trình')}| {folded('soạn thảo')}| {folded('tham mưu')}| {folded('thực hiện')}"
            rf"| {folded('phụ trách')}| {folded('xử lý')}| {folded('giải quyết')}| {folded('chuẩn bị')}"
            rf"| {folded('chịu trách nhiệm')})+(?: {folded('chính')})?$",
        ),
        (
            Column.LEAD,
            rf"^(?:{'|'.join(map(folded, ('đơn vị', 'cơ quan', 'cơ quan đơn vị', 'đơn vị cơ quan', 'bộ phận')))})"
            rf"(?: {folded('được giao')}| {folded('thực hiện')}| {folded('tham mưu')}"
            rf"| {folded('chịu trách nhiệm')}| {folded('triển khai')}| {folded('nhiệm vụ')})*$",
        ),
        (
            Column.LEAD,
            rf"^(?:{folded('phân công')}|{folded('trách nhiệm')}|{folded('phân công trách nhiệm')})"
            rf"(?: {folded('thực hiện')})?$",
        ),
        (Column.DEADLINE, "|".join(map(folded, ("thời hạn", "hạn hoàn thành", "hạn xử lý", "kết thúc")))),
        (
            Column.DEADLINE,
            "^(?:"
            + "|".join(map(folded, ("thời gian", "thời điểm", "tiến độ", "lộ trình", "mốc thời gian", "hạn")))
            + ")",
        ),
        (Column.DEADLINE, rf"^(?:{folded('tháng')}|{folded('ngày')}|{folded('kỳ')}) {folded('trình')}$"),
        (Column.DEADLINE, rf"^{folded('số ngày')}|^{folded('hoàn thành')}|^{folded('ngày hoàn thành')}"),
        (Column.DEADLINE, rf"^{folded('năm')} (?:{folded('thực hiện')}|{folded('hoàn thành')})$"),
        (
            Column.TICK,
            rf"^(?:{folded('quý')} (?:i{{1,3}}|iv|[1-4])|{folded('tháng')} \d{{1,2}})(?: \d{{4}})?$",
        ),
        (Column.PRODUCT, "|".join(map(folded, ("sản phẩm", "kết quả", "đầu ra")))),
        (
            Column.SOURCE,
            "|".join(map(folded, ("văn bản giao", "văn bản chỉ đạo", "số văn bản", "số ký hiệu"))),
        ),
        (Column.SOURCE, rf"^{folded('văn bản')}$|^{folded('căn cứ')}"),
        (Column.TOPIC, rf"^(?:{folded('lĩnh vực')}|{folded('nhóm nhiệm vụ')})$"),
        (Column.CONTENT, rf"{folded('ý kiến chỉ đạo')}|^{folded('kiến nghị')}"),
        (
            Column.CONTENT,
            "|".join(
                map(folded, ("nhiệm vụ", "nội dung", "công việc", "hoạt động", "đầu việc", "giải pháp"))
            ),
        ),
        (
            Column.CONTENT,
            rf"^{folded('tên')} (?!{'|'.join(map(folded, ('đơn vị', 'cơ quan', 'thủ tục', 'UBND', 'xã')))})",
        ),
    )
)
#: Of two columns with days, the one that is surely the deadline.
_FINAL = re.compile("|".join(map(folded, ("hoàn thành", "thời hạn", "kết thúc"))))
#: Of two deadlines, the one that holds, and the one that was missed.
_RENEWED = re.compile("|".join(map(folded, ("phải hoàn thành", "mới", "gia hạn", "điều chỉnh", "yêu cầu"))))
_MISSED = re.compile("|".join(map(folded, ("được giao", "ban đầu", "hạn cũ", "theo văn bản"))))
#: Beside ``Kết quả cần đạt``, these are the products.
_PAPERS = re.compile("|".join(map(folded, ("sản phẩm", "đầu ra"))))
#: Headings of lists of people, whatever else they hold.
_PEOPLE = re.compile("|".join(map(folded, ("họ và tên", "họ tên", "chức vụ", "điện thoại", "số máy"))))
#: A heading of tasks; ``Nội dung`` alone may as well head figures.
_TASKS = re.compile("|".join(map(folded, ("nhiệm vụ", "công việc", "đầu việc"))))
_COLUMN_NUMBERS = re.compile(r"^\(?\d{1,2}\)?(?:\s*=.*)?$")
#: How many rows may stand above the heading: titles, units of measure.
_MOST_ABOVE = 10
_MOST_HEADING_WORDS = 14
#: Tables of fewer columns that stand below each other are not taken for one.
_FEWEST_JOINED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table whose columns are known.

    Attributes:
        columns: what each holds; ``headings``: how each is called.
        above: the rows over the heading, such as a title.
        rows: the rows below the heading, each cell at its column; ``None`` where a cell covers more columns.
        name: ``PL1``, what its ordinals begin with; ``title``: what stands above it.
    """

    table: Table
    columns: tuple[Column, ...]
    headings: tuple[str, ...]
    above: tuple[tuple[Cell, ...], ...]
    rows: tuple[tuple[Cell | None, ...], ...]
    name: str = ""
    title: str | None = None

    @property
    def has_directives(self) -> bool:
        """Whether its columns say so: a content, and who, when or what for; or tasks by their name."""
        found = set(self.columns)
        if Column.CONTENT not in found or any(_PEOPLE.search(folded(text)) for text in self.headings):
            return False
        if found & {Column.LEAD, Column.COORDINATE, Column.DEADLINE, Column.PRODUCT, Column.TICK}:
            return True
        contents = (
            text for column, text in zip(self.columns, self.headings, strict=True) if column is Column.CONTENT
        )
        return Column.ORDINAL in found and any(_TASKS.search(folded(text)) for text in contents)


def grid_of(table: Table) -> Grid | None:
    """Return a table with what its columns hold; ``None`` if no row of it is a heading."""
    spread = [_spread(row) for row in table.rows]
    width = max(map(len, spread), default=0)
    rows = [row + [None] * (width - len(row)) for row in spread]
    for at, row in enumerate(rows[:_MOST_ABOVE]):
        if not _is_heading(row):
            continue
        after = at + 1
        while after < len(rows) - 1 and _goes_below(rows[after], rows[at], after < table.heading_rows):
            after += 1
        headings = tuple(_heading(column, rows[at:after]) for column in range(width))
        names = tuple(" ".join(lines) for lines in headings)
        columns = _distinct([_column(lines) for lines in headings], names)
        while after < len(rows) and _is_numbering(rows[after]):
            after += 1
        return Grid(
            table=table,
            columns=columns,
            headings=names,
            above=table.rows[:at],
            rows=tuple(tuple(row) for row in rows[after:]),
        )
    return None


def rest_of(table: Table, before: Grid) -> Grid | None:
    """Return a table and one without a heading below it as one; ``None`` if that has other columns."""
    spread = [_spread(row) for row in table.rows]
    width = len(before.columns)
    if not spread or width < _FEWEST_JOINED or max(map(len, spread)) != width:
        return None
    rows = tuple(tuple(row + [None] * (width - len(row))) for row in spread if not _is_numbering(row))
    return replace(before, rows=before.rows + rows)


def _spread(row: Sequence[Cell]) -> list[Cell | None]:
    """Put every cell at its column; what a cell covers beyond its first is ``None``."""
    found: list[Cell | None] = []
    for cell in row:
        found += [cell, *[None] * (cell.columns - 1)]
    return found


def _is_heading(row: Sequence[Cell | None]) -> bool:
    texts = [cell.text for cell in row if cell is not None and cell.text.strip()]
    if len(texts) < 2 or any(len(text.split()) > _MOST_HEADING_WORDS for text in texts):
        return False
    found = [_column((" ".join(text.split()),)) for text in texts]
    known = [column for column in found if column is not Column.OTHER]
    return len(set(known)) >= 2 or (bool(known) and _is_list_of_people(texts))


def _is_list_of_people(texts: Sequence[str]) -> bool:
    return any(_PEOPLE.search(folded(text)) for text in texts)


def _goes_below(row: Sequence[Cell | None], first: Sequence[Cell | None], is_said: bool) -> bool:
    """Say whether a row is the second line of the heading: sub-columns under a heading that covers several."""
    if is_said and not _is_numbering(row):
        return True
    covers = {
        column for column, cell in enumerate(first) if cell is None or (cell is not None and cell.columns > 1)
    }
    filled = {
        column
        for column, cell in enumerate(row)
        if cell is not None and cell.text.strip() and not cell.inherited
    }
    if not covers or not filled or not filled <= covers or _is_numbering(row):
        return False
    words = [cell.text for cell in row if cell is not None and not cell.inherited]
    return all(len(text.split()) <= _MOST_HEADING_WORDS for text in words)


def _is_numbering(row: Sequence[Cell | None]) -> bool:
    texts = [cell.text.strip() for cell in row if cell is not None and cell.text.strip()]
    return len(texts) >= 2 and all(map(_COLUMN_NUMBERS.match, texts)) and len(set(texts)) == len(texts)


def _heading(column: int, rows: Sequence[Sequence[Cell | None]]) -> tuple[str, ...]:
    """Return the headings of a column from the top down, each once."""
    return tuple(dict.fromkeys(text for row in rows if (text := _over(column, row))))


def _over(column: int, row: Sequence[Cell | None]) -> str:
    """Return the text of the cell that stands at a column or covers it."""
    for at in range(column, -1, -1):
        cell = row[at]
        if cell is not None:
            return " ".join(cell.text.split()) if at + cell.columns > column else ""
    return ""


def _column(headings: Sequence[str]) -> Column:
    """Return what a column holds, by its lowest heading, else by all of them."""
    if not headings:
        return Column.OTHER
    lowest = _named(headings[-1])
    if lowest is not None:
        return lowest
    return _named(" ".join(headings)) or Column.OTHER


def _named(heading: str) -> Column | None:
    words = folded(heading)
    return next((column for column, pattern in _HEADINGS if pattern.search(words)), None)


def _distinct(columns: Sequence[Column], headings: Sequence[str]) -> tuple[Column, ...]:
    """Keep of what should stand once the first: ``Đơn vị chủ trì`` before ``Phòng, đơn vị chủ trì``."""
    kept = list(columns)
    for once in (Column.ORDINAL, Column.CONTENT, Column.LEAD, Column.DEADLINE, Column.TOPIC):
        places = [at for at, column in enumerate(columns) if column is once]
        if once is Column.DEADLINE:
            places.sort(key=lambda at: _rank_of_deadline(folded(headings[at])))
        for at in places[1:]:
            kept[at] = Column.OTHER
    if Column.CONTENT not in kept and Column.TOPIC in kept:
        kept[kept.index(Column.TOPIC)] = Column.CONTENT
    products = [at for at, column in enumerate(kept) if column is Column.PRODUCT]
    named = [at for at in products if _PAPERS.search(folded(headings[at]))]
    for at in products:
        if named and at not in named:
            kept[at] = Column.OTHER
    return tuple(kept)


def _rank_of_deadline(heading: str) -> int:
    if _RENEWED.search(heading):
        return 0
    return 3 if _MISSED.search(heading) else 1 if _FINAL.search(heading) else 2


def cells_of(row: Sequence[Cell | None]) -> Iterator[Cell]:
    """Yield the cells of a row that hold something."""
    return (cell for cell in row if cell is not None and cell.text.strip())
