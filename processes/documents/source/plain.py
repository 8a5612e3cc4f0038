"""Reads plain text and Markdown: paragraphs, headings, bullets, tables drawn with bars."""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from processes.documents.source.blocks import Block, Cell, Line, SourceKind, SourceText, Table
from processes.documents.source.characters import goes_on, is_rule, plain, without_emphasis
from processes.documents.source.collecting import Collector
from processes.documents.source.encodings import decoded
from processes.documents.source.letterhead import columns_of

_HEADING = re.compile(r"#{1,6}\s+(?=\S)")
#: A bullet, and one bullet behind another.
_STAR = re.compile(r"^(\s*)(?:•\s+(?:[-–]\s+)?|[-–]\s+[-–]\s+)")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|~<>:])")
#: Escaped signs are kept apart here while the others are looked at.
_APART = 0xE000
_APART_SIGNS = re.compile("[\ue000-\ue07f]")
_DELIMITER = re.compile(r"\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?")
_GRID = re.compile(r"^\s*\+(?:[-=:]+\+)+\s*$")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
#: Of Markdown files only: in others such signs are text.
_UNDERSCORES = re.compile(r"(?<!\w)(_{1,3})(?=[^\s_])([^_]{1,300})(?<=[^\s_])\1(?!\w)")
_TAG = re.compile(r"</?(?:u|b|i|em|strong|sup|sub|center|div|p|span|ins|mark)\b[^<>]{0,200}>", re.IGNORECASE)
_PICTURE = re.compile(r"!\[[^\[\]]{0,500}\]\([^()]{0,2000}\)")
_LINK = re.compile(r"\[([^\[\]]{1,500})\]\([^()]{0,2000}\)")
_QUOTED = re.compile(r"^\s{0,3}(?:>\s?)+")
_FENCE = re.compile(r"^\s{0,3}(?:```|~~~)")
#: What begins a paragraph of its own, wherever the line above ends.
_BEGINS = re.compile(
    r"(?:[-–—+•*]|\d{1,3}(?:\.\d{1,3})*\s*[.)]|\d{1,3}\s*[-–/](?:\s+|(?![A-ZĐ]{2}))[^\W\d]"
    r"|\(\w{1,3}\)|[a-zđA-ZĐ]\s*[.)]|[IVX]+\s*[-–./)]|Điều\s+\d|Phần\s|Chương\s|Mục\s|Nơi nhận\b|Kính gửi\b)"
)
_ENDS = (".", ";", ":", "!", "?", "./.", "…")
#: Words with which no sentence ends, nor a heading.
_OPEN = re.compile(
    r"(?:^|\s)(?:và|của|các|với|hoặc|những|(?<!Kính )(?<!Nơi )gửi|(?<!kèm )theo|(?<!hiện )tại|Căn cứ|Sở|UBND)$|,$"
)
#: Words behind which a number stands.
_COUNTED = re.compile(r"(?:^|\s)(?:số|ngày|tháng|năm|quý|giai đoạn|Quý|Điều|khoản)$")
_NUMBER = re.compile(r"(?!\d{1,3}\s*[.)]\s|[IVX]+\s*[.)-])(?:\d|[IVX]+\b)")
#: A name with a dash in it, broken before the dash.
_DASHED = re.compile(r"^[-–]\s*(?:Thương binh|Truyền hình|xã hội|Tự do|Hạnh phúc)\b")
_HAS_DASH = re.compile(r"(?:Lao động|[Pp]hát thanh|[Cc]hính trị|[Kk]inh tế|[Vv]ăn hóa|Độc lập|Tự do)$")
#: A bracket that goes on with what it stands behind; others stand below a title.
_BRACKET = re.compile(r"^\((?!\w{1,3}\))(?!(?:Ban hành )?[Kk]èm|[Đđ]ính kèm|[Kk]ý|[Đđ]ã ký)")
#: An article whose text begins on the next line.
_ARTICLE = re.compile(r"Điều\s+\d{1,3}\s*[.:]?$")
#: How the paragraph begins that follows a title.
_OPENS = re.compile(
    r"(?:Căn cứ|Thực hiện|Triển khai|Theo|Xét|Nhằm|Để|Thời gian qua|Trong thời gian|Vừa qua|Sau khi|Ngày \d)\b"
)
#: Of broken lines the shortest, as a part of the longest.
_SHORTEST_WRAPPED = 0.6
#: The number of a page: ``2``, ``- 2 -``, ``2/5``.
_PAGE = re.compile(r"(?:[-–] ?)?(?P<page>\d{1,3})(?: ?/ ?\d{1,3})?(?: ?[-–])?")
#: A note at the foot of a page, below a rule.
_NOTE = re.compile(r"(?:\[\d{1,2}\]|\(\d{1,2}\)|\d{1,2})\s+[^\W\d_]")
_NOTE_RULE = re.compile(r"_{5,}")
#: Lines broken by a program are no longer; a text has so many of them before it counts as broken.
_WIDEST_WRAP = 120
#: What is copied out of a table has its columns apart by tabs; fewer are an indent, or two columns of a heading.
_FEWEST_TABS = 2
_FEWEST_WRAPPED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    """One line of the file, cleaned: its text, whether emphasis was stripped, whether all of it was bold."""

    text: str
    emphasised: bool = False
    bold: bool = False
    width: int = 0


def read_plain(content: bytes, *, markdown: bool = False) -> SourceText:
    """Return the paragraphs and tables of a text; a line that goes on in lower case belongs to the one above.

    Emphasis, headings, escaped signs and tables are understood everywhere, for letters are sent around so.

    Args:
        markdown: links, quotations, underscores and tags are what they are in Markdown, too.

    Raises:
        LetterUnreadable: in an encoding that is not known, or too long.
    """
    text, remarks = decoded(content)
    collector = Collector()
    for block in _blocks(_without_feet(text.splitlines()), markdown=markdown):
        if isinstance(block, Line):
            collector.line(block)
        else:
            collector.table(block)
    return SourceText(kind=SourceKind.TEXT, blocks=tuple(collector.blocks), remarks=remarks)


def _without_feet(lines: Sequence[str]) -> list[str]:
    """Return the lines without the numbers of pages, which count up from 1 or 2, and the notes above them."""
    kept: list[str] = []
    pages: list[int] = []
    at = 0
    while at < len(lines):
        end = _notes_end(lines, at)
        if end > at:
            at = end
            continue
        number = _PAGE.fullmatch(lines[at].strip())
        page = int(number["page"]) if number is not None else 0
        if page and page in ((pages[-1] + 1,) if pages else (1, 2)) and not _is_among_numbers(lines, at):
            pages.append(page)
            at += 1
            while kept and not kept[-1].strip():
                kept.pop()
            while at < len(lines) and not lines[at].strip():
                at += 1
            continue
        kept.append(lines[at])
        at += 1
    return kept


def _notes_end(lines: Sequence[str], at: int) -> int:
    """Return behind which line the notes end that a rule at a line begins; the same line if it begins none."""
    end = at + 1
    if (
        _NOTE_RULE.fullmatch(lines[at].strip()) is None
        or end >= len(lines)
        or _NOTE.match(lines[end].strip()) is None
    ):
        return at
    while end < len(lines) and _NOTE.match(lines[end].strip()):
        end += 1
    return end


def _is_among_numbers(lines: Sequence[str], at: int) -> bool:
    """Tell whether the line above or below is a number, too: such are figures, or a stamp."""
    near = (lines[each] for each in (at - 1, at + 1) if 0 <= each < len(lines))
    return any(_PAGE.fullmatch(line.strip()) for line in near)


def _blocks(lines: Sequence[str], *, markdown: bool) -> Iterator[Block]:
    wrapped_at = _wrapped_at(lines)
    paragraph: list[_Written] = []
    is_bold = False
    at = 0
    while at < len(lines):
        end = _table_end(lines, at)
        if end > at:
            yield from _paragraphs(paragraph, wrapped_at)
            paragraph = []
            yield from _table(lines[at:end], markdown=markdown)
            at = end
            continue
        raw, at = lines[at], at + 1
        if not raw.strip() or is_rule(raw) or _is_border(raw) or (markdown and _FENCE.match(raw)):
            is_bold = False
            yield from _paragraphs(paragraph, wrapped_at)
            paragraph = []
            continue
        heading = _HEADING.match(raw.lstrip(" "))
        if heading is not None:
            yield from _paragraphs(paragraph, wrapped_at)
            paragraph = []
            title = heading.string[heading.end() :].rstrip().rstrip("#")
            yield from _paragraphs([_cleaned(title, bold=True, markdown=markdown)[0]], None)
            continue
        raw = _without_border(raw)
        for piece in _BREAK.split(raw) if markdown else [raw]:
            for column in columns_of(piece):
                written, is_bold = _cleaned(column, bold=is_bold, markdown=markdown)
                paragraph.append(written)
    yield from _paragraphs(paragraph, wrapped_at)


def _is_border(line: str) -> bool:
    """Tell whether a line is nothing but the border of a table."""
    return not line.strip("| \t\u00a0")


def _without_border(line: str) -> str:
    """Return a line without the border at its end, which a table without rules left."""
    bare = line.rstrip()
    return bare[:-1].rstrip() if bare.endswith((" |", "\t|")) else line


def _cleaned(raw: str, *, bold: bool, markdown: bool) -> tuple[_Written, bool]:
    """Return a line without its markup, and whether bold goes on in the next one."""
    width = len(raw.rstrip())
    text = _STAR.sub(r"\1- ", _ESCAPED.sub(lambda match: chr(_APART + ord(match[1])), raw))
    if markdown:
        text = _QUOTED.sub("", text)
        text = html.unescape(_TAG.sub("", _LINK.sub(r"\1", _PICTURE.sub("", text))))
    pieces = text.split("**")
    in_bold = [bold ^ (number % 2 == 1) for number in range(len(pieces))]
    is_bold = all(inside for piece, inside in zip(pieces, in_bold, strict=True) if piece.strip(" -"))
    bare = without_emphasis(text)
    if markdown:
        bare = _UNDERSCORES.sub(r"\2", bare)
    found = plain(_APART_SIGNS.sub(lambda match: chr(ord(match[0]) - _APART), bare))
    written = _Written(text=found, emphasised=bare != text, bold=is_bold and bool(found), width=width)
    return written, in_bold[-1]


def _paragraphs(lines: Sequence[_Written], wrapped_at: int | None) -> Iterator[Line]:
    """Yield the paragraphs of lines between empty ones."""
    joined: list[_Written] = []
    for line in lines:
        if not line.text:
            continue
        if joined and not _belong_together(joined[-1], line, wrapped_at):
            yield _line(joined)
            joined = []
        joined.append(line)
    if joined:
        yield _line(joined)


def _line(lines: Sequence[_Written]) -> Line:
    return Line(
        text=" ".join(line.text for line in lines),
        emphasised=any(line.emphasised for line in lines),
        bold=all(line.bold for line in lines),
    )


def _wrapped_at(lines: Sequence[str]) -> int | None:
    """Return the width at which a program broke the lines of a text; ``None`` if none did."""
    widths = [
        len(line.rstrip())
        for line, following in pairwise(lines)
        if line.strip() and following.strip() and goes_on(following.strip())
    ]
    if len(widths) < _FEWEST_WRAPPED or max(widths) > _WIDEST_WRAP:
        return None
    return max(widths)


def _belong_together(line: _Written, following: _Written, wrapped_at: int | None) -> bool:
    """Tell whether a line goes on with the paragraph of the one above it."""
    above, text = line.text, following.text
    if goes_on(text) or _ARTICLE.fullmatch(above):
        return True
    if _DASHED.match(text) and _HAS_DASH.search(above):
        return True
    if above.endswith(_ENDS) or above.isupper() or text.isupper():
        return False
    if _COUNTED.search(above) and _NUMBER.match(text):
        return True
    if _BEGINS.match(text):
        return False
    if _OPEN.search(above):
        return True
    return _BRACKET.match(text) is not None or _is_wrapped(line, following, wrapped_at)


def _is_wrapped(line: _Written, following: _Written, wrapped_at: int | None) -> bool:
    """Tell whether a line was broken where the first word of the next found no room, or about there."""
    if wrapped_at is None or line.width > wrapped_at or _OPENS.match(following.text):
        return False
    has_no_room = line.width > wrapped_at - 1 - len(following.text.split()[0])
    return has_no_room or line.width >= _SHORTEST_WRAPPED * wrapped_at


def _table_end(lines: Sequence[str], at: int) -> int:
    """Return behind which line the table ends that begins at a line; the same line if none does."""
    is_grid = _GRID.match(lines[at]) is not None
    has_delimiter = (
        "|" in lines[at]
        and at + 1 < len(lines)
        and "|" in lines[at + 1]
        and _DELIMITER.fullmatch(lines[at + 1].strip()) is not None
    )
    barred = lines[at].strip()
    is_barred = barred.startswith("|") and barred.endswith("|") and not _is_border(barred)
    end = at
    if not (is_grid or has_delimiter or is_barred):
        tabs = lines[at].count("\t")
        while tabs >= _FEWEST_TABS and end < len(lines) and lines[end].count("\t") == tabs:
            end += 1
        return end if end - at > 1 and all(lines[at].split("\t")) else at
    while end < len(lines) and ("|" in lines[end] or _GRID.match(lines[end])):
        end += 1
    return end if end - at > 1 else at


def _table(lines: Sequence[str], *, markdown: bool) -> Iterator[Block]:
    """Yield the table; one of one column is its paragraphs."""
    is_grid = _GRID.match(lines[0]) is not None
    rows: list[list[str]] = []
    heading_rows = 0
    is_new = True
    for line in lines:
        if _GRID.match(line):
            heading_rows = len(rows) if "=" in line else heading_rows
            is_new = True
        elif _DELIMITER.fullmatch(line.strip()):
            heading_rows = len(rows)
        elif is_grid and not is_new:
            for column, text in enumerate(_cells(line)[: len(rows[-1])]):
                rows[-1][column] += f"\n{text}"
        else:
            rows.append(_cells(line))
            is_new = False
    width = max(map(len, rows), default=0)
    if width > 1:
        yield Table(
            rows=tuple(
                tuple(_cell(text, markdown=markdown) for text in row + [""] * (width - len(row)))
                for row in rows
            ),
            heading_rows=heading_rows,
        )
    else:
        for row in rows:
            for text in row:
                yield from _paragraphs([_cleaned(text, bold=False, markdown=markdown)[0]], None)


def _cells(line: str) -> list[str]:
    if "|" not in line:
        return line.split("\t")
    bare = line.strip().replace("\\|", chr(_APART + ord("|")))
    return bare.removeprefix("|").removesuffix("|").split("|")


def _cell(text: str, *, markdown: bool) -> Cell:
    written = [
        _cleaned(piece, bold=False, markdown=markdown)[0]
        for part in text.split("\n")
        for piece in _BREAK.split(part)
    ]
    return Cell(text="\n".join(line.text for line in _paragraphs(written, None)))
