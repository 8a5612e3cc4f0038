"""Knows the head of a letter by its look: it may stand in a page header or a text box, or two columns in one line.

National emblem and motto, number and notation (Nghị định 30/2020/NĐ-CP, Annex I).
"""

import re
from collections.abc import Iterable

from processes.documents.source.blocks import Block, Line

_HEAD = re.compile(
    r"(?i:CỘNG H(?:ÒA|OÀ) XÃ HỘI CHỦ NGHĨA VIỆT NAM|ĐẢNG CỘNG SẢN VIỆT NAM)"
    r"|^(?i:Số)\s*(?::[\s\d.…_]*|\d+\s*)[-/]\s*[A-ZĐ]{2}",
    re.MULTILINE,
)
#: Two columns that were set with tabs, many spaces or the border of a table.
_GAP = re.compile(r"[ \u00a0]*\t\s*|[ \u00a0]+\|[ \u00a0]+|[ \u00a0]{4,}")
#: What stands in the right column beside the issuer, the number or *Nơi nhận*.
_RIGHT = re.compile(
    r"CỘNG H(?:ÒA|OÀ) XÃ HỘI|ĐẢNG CỘNG SẢN|Độc lập\s*[-–]|[^,\d]{2,40}, ngày\b|(?:TM|KT|TL|TUQ|Q)\.\s*[A-ZĐ]"
    r"|(?:T/M|K/T|T/L)\s+[A-ZĐ]|(?:PHÓ )?(?:CHỦ TỊCH|GIÁM ĐỐC|CHÁNH VĂN PHÒNG|BÍ THƯ)\b"
)


def is_letterhead(blocks: Iterable[Block]) -> bool:
    """Tell whether blocks hold the emblem and motto, or the number of a letter."""
    return any(_HEAD.search(text) for block in blocks for text in _texts(block))


def is_beside_head(text: str) -> bool:
    """Tell whether a cell holds what only the head or the signature of a letter has."""
    return _HEAD.search(text) is not None or _RIGHT.match(text) is not None


def columns_of(line: str) -> tuple[str, ...]:
    """Return the two columns of a line if the right one is of a letter's head or signature, else the line."""
    for gap in reversed(list(_GAP.finditer(line))):
        left, right = line[: gap.start()], line[gap.end() :]
        if left.strip() and _RIGHT.match(right):
            return left, right
    return (line,)


def _texts(block: Block) -> Iterable[str]:
    if isinstance(block, Line):
        return (block.text,)
    return (cell.text for row in block.rows for cell in row)
