"""Says of what nature a directive is: done once, going on, reported in periods, waiting for an event."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from processes.documents.deadlines import Deadline
from processes.documents.reading.letter import Reference
from processes.documents.states import Nature

_SYNTHESIS = re.compile(r"định kỳ tổng hợp|tổng hợp,? (?:báo cáo |đánh giá )?định kỳ", re.IGNORECASE)
_REPORTING = re.compile(r"chế độ (?:thông tin,? )?báo cáo|báo cáo định kỳ|định kỳ báo cáo", re.IGNORECASE)
_START = re.compile(r"quán triệt|phổ biến|văn bản triển khai", re.IGNORECASE)
_REVIEW = re.compile(r"rà soát, (?:xác định|đánh giá)|lập danh mục|kiểm kê", re.IGNORECASE)
_PRAISE = re.compile(r"biểu dương|khen", re.IGNORECASE)
_ACCOUNTABILITY = re.compile(r"xem xét trách nhiệm|xử lý trách nhiệm", re.IGNORECASE)
#: Work that ends with a product: a paper, a list, an event, a hand-over.
_PRODUCES = re.compile(
    r"\b(?:ban hành|xây dựng (?:kế hoạch|đề án|chương trình|quy chế|phương án|dự thảo|tờ trình|báo cáo|nghị quyết)"
    r"|tham mưu (?:UBND|Chủ tịch|ban hành|trình|xây dựng)|trình (?:UBND|Chủ tịch|HĐND|Hội đồng|Ban Thường vụ)"
    r"|tổ chức (?:hội nghị|hội thảo|lễ|cuộc họp|tổng kết|sơ kết)|lập (?:danh mục|danh sách|kế hoạch|hồ sơ)"
    r"|hoàn thành|nghiệm thu|thẩm định|phê duyệt|bàn giao|kiểm kê|thành lập|kiện toàn|công bố)\b",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"^(?:Thường xuyên|Tiếp tục|Tăng cường|Đẩy mạnh|Duy trì|Nâng cao|Chủ động|Bảo đảm|Đảm bảo)\b|\bthường xuyên\b",
    re.IGNORECASE,
)
_ENDS = frozenset(
    {
        "date",
        "datetime",
        "before_date",
        "month",
        "quarter",
        "year",
        "week",
        "working_days",
        "relative_days",
    }
)
_NUMBERS = ("no", "one", "two", "three", "four", "five")


@dataclass(frozen=True, slots=True, kw_only=True)
class NatureFound:
    """Of what nature a directive is; the coordinator confirms it.

    Attributes:
        words: in words.
        waits_for: titles of the documents, or the event, that it waits for.
    """

    code: Nature
    words: str
    waits_for: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the words as ``nature``, the code as ``nature_code``, and what it waits for."""
        found: dict[str, Any] = {"nature": self.words, "nature_code": self.code.value}
        return {**found, "waits_for": list(self.waits_for)} if self.waits_for else found


def read_nature(
    text: str,
    *,
    planned: Sequence[Reference] = (),
    indicators: tuple[str, ...] = (),
    deadline: Deadline | None = None,
    is_request: bool = False,
) -> NatureFound:
    """Return the nature of a directive.

    Args:
        planned: documents that it waits for.
        indicators: the rates it names.
        is_request: somebody is asked, not told (*đề nghị*).
    """
    words = nature_of(text, planned=tuple(planned), indicators=indicators, deadline=deadline)
    code = _code(text, bool(planned), deadline, is_request)
    titles = tuple(each.title or each.number or "" for each in planned)
    if not titles and code is Nature.WAITS_FOR_EVENT and deadline is not None and deadline.event:
        titles = (deadline.event,)
    return NatureFound(code=code, words=words, waits_for=titles)


def _code(text: str, waits: bool, deadline: Deadline | None, is_request: bool) -> Nature:
    if is_request:
        return Nature.REQUEST
    kind = None if deadline is None else deadline.kind
    if waits or (kind == "upon_event" and deadline is not None and _waits(deadline)):
        return Nature.WAITS_FOR_EVENT
    if kind == "periodic" or _SYNTHESIS.search(text) or _REPORTING.search(text):
        return Nature.PERIODIC
    if kind in _ENDS or kind == "upon_event":
        return Nature.ONE_OFF
    if kind == "ongoing" or _GOES_ON.search(text):
        return Nature.CONTINUOUS
    return Nature.ONE_OFF if _PRODUCES.search(text) else Nature.CONTINUOUS


def _waits(deadline: Deadline) -> bool:
    """Say whether nothing can be done before the event: what is due a few days after it, or before it, can."""
    return deadline.days is None and not (deadline.event or "").casefold().startswith("trước")


def nature_of(
    text: str, *, planned: tuple[Reference, ...], indicators: tuple[str, ...], deadline: Deadline | None
) -> str:
    """Return the nature of a directive in words; the coordinator confirms it.

    Args:
        planned: documents that it waits for.
        indicators: the rates it names.
    """
    if planned:
        count = _NUMBERS[len(planned)] if len(planned) < len(_NUMBERS) else str(len(planned))
        return f"one-off readiness, waits for {count} future document{'s' if len(planned) > 1 else ''}"
    period = " (period not stated)" if deadline is None or deadline.kind != "periodic" else ""
    if _SYNTHESIS.search(text):
        parts = [f"periodic synthesis{period}"]
        parts += ["commendation"] if _PRAISE.search(text) else []
        parts += ["accountability"] if _ACCOUNTABILITY.search(text) else []
        return ", ".join(parts)
    if _REPORTING.search(text):
        return f"periodic reporting{period}"
    if _START.search(text):
        return "one-off start + continuous"
    if _REVIEW.search(text):
        return "one-off review + continuous"
    return "continuous, indicator-driven" if indicators else "continuous"
