"""Parts the sentences that end a body from its last item; one that still gives a task is told from the rest."""

import re
from collections.abc import Iterator

from processes.documents.reading.basis import Basis
from processes.documents.reading.marks import Rank
from processes.documents.reading.outline import Node
from processes.documents.source.blocks import Line

_CLOSING = re.compile(
    r"^(?:Trên đây|Đề nghị các|Yêu cầu|(?:Trong )?[Qq]uá trình (?:tổ chức |triển khai )*thực hiện|Nhận được"
    r"|[^,.;]{0,60}\b(?:yêu cầu|đề nghị)\s|[^,.;]{0,40}\bnày (?:có hiệu lực|thay thế)\b"
    r"|[^.;]{0,80}\bthông báo\b[^.;]{0,120}\bbiết)",
    re.IGNORECASE,
)
#: What ends a body whatever stands above it.
_SURELY = re.compile(
    r"^(?:Trên đây|(?:Xin )?[Tt]rân trọng(?: cảm ơn| kính (?:mời|báo))?\s*[!./]"
    r"|Sau (?:thời hạn|thời gian) (?:nêu )?trên\b|(?:Trong )?[Qq]uá trình (?:tổ chức |triển khai )*thực hiện"
    r"|[^,.;]{0,40}\bnày (?:có hiệu lực|thay)"
    r"|[^.;]{0,80}\bthông báo\b[^.;]{0,120}\bbiết)",
    re.IGNORECASE,
)
_GIVES = re.compile(r"^(?:Giao|Phân công)\s", re.IGNORECASE)
_END_OF_BODY = "./."


def part_closing(root: Node) -> list[Line]:
    """Take the sentences that end a body off its last item and return them, in their order."""
    last = root
    while last.children:
        last = last.children[-1]
    closing: list[Line] = []
    own = 0 if last.rank is Rank.BODY else 1
    while len(last.lines) > own and _ends(last, len(closing)):
        closing.insert(0, last.lines.pop())
    return closing


def is_closing(text: str) -> bool:
    """Say whether a sentence ends a body whatever stands above it: ``Trên đây là …``."""
    return _SURELY.match(text) is not None


def tasks_in(closing: list[Line], basis: Basis) -> Iterator[Line]:
    """Yield the closing sentences that give a task: one with a time, or ``Giao Sở Nội vụ theo dõi …``."""
    for line in closing:
        leads = basis.leads(line.text)
        given = _GIVES.match(line.text) and (leads.leads or leads.outside or leads.unknown)
        if given or (basis.deadline(line.text) is not None and not _SURELY.match(line.text)):
            yield line


def _ends(node: Node, taken: int) -> bool:
    text = node.lines[-1].text
    if _SURELY.match(text):
        return True
    if node.rank is Rank.BODY:
        return False
    under_heading = node.lines[0].text[-1:].isalnum()
    if under_heading and (len(node.lines) == 2 or _GIVES.match(text)):
        return False
    if _GIVES.match(text):
        return len(node.lines) == 2 and node.lines[0].text.rstrip().endswith((".", ";"))
    return bool(_CLOSING.match(text)) or (taken == 0 and text.endswith(_END_OF_BODY))
