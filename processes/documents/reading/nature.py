"""Says of what nature a directive is: done once, going on, reported in periods, waiting for an event."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from processes.documents.deadlines import Deadline
from processes.documents.reading.directive import DirectiveReading
from processes.documents.reading.evidence import How, evidence
from processes.documents.reading.references import titled_references
from processes.documents.reading.values import Reference
from processes.documents.source.blocks import Line
from processes.documents.states import Nature

_SYNTHESIS = re.compile(r"định kỳ tổng hợp|tổng hợp,? (?:báo cáo |đánh giá )?định kỳ", re.IGNORECASE)
_REPORTING = re.compile(r"chế độ (?:thông tin,? )?báo cáo|báo cáo định kỳ|định kỳ báo cáo", re.IGNORECASE)
_REPORTS = re.compile(r"\bbáo cáo\b", re.IGNORECASE)
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
#: How much of a directive is looked into.
_REACH = 20_000
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

    What has an end is done once, whatever its words; what has none goes on, unless it makes something.

    Args:
        planned: documents that it waits for.
        indicators: the rates it names.
        is_request: somebody is asked, not told (*đề nghị*).
    """
    code = _code(text, bool(planned), deadline)
    titles = tuple(each.title or each.number or "" for each in planned)
    if not titles and code is Nature.WAITS_FOR_EVENT and deadline is not None and deadline.event:
        titles = (deadline.event,)
    return NatureFound(
        code=Nature.REQUEST if is_request else code,
        words=_words(code, text, len(planned), indicators, deadline),
        waits_for=titles,
    )


def with_nature(directive: DirectiveReading) -> DirectiveReading:
    """Return a directive with its nature, by its text and by what it and those above it say of its time."""
    planned = [
        each
        for each in titled_references(directive.text[:_REACH], in_item=directive.ordinal)
        if each.status is not None
    ]
    nature = read_nature(
        directive.text,
        planned=planned,
        indicators=directive.indicators,
        deadline=directive.deadline,
        is_request=directive.is_request,
    )
    cited = evidence(How.BODY, nature.words, Line(text=directive.text, place=directive.place))
    return replace(
        directive,
        nature=nature.words,
        nature_code=nature.code,
        waits_for=nature.waits_for,
        evidence={**directive.evidence, "nature": cited},
    )


def _code(text: str, waits: bool, deadline: Deadline | None) -> Nature:
    kind = None if deadline is None else deadline.kind
    if waits or (kind == "upon_event" and deadline is not None and _waits(deadline)):
        return Nature.WAITS_FOR_EVENT
    if kind == "periodic" or _SYNTHESIS.search(text) or _REPORTING.search(text):
        return Nature.PERIODIC
    if kind in _ENDS or kind == "upon_event":
        return Nature.ONE_OFF
    if kind == "ongoing" or _GOES_ON.search(text) or _START.search(text) or _REVIEW.search(text):
        return Nature.CONTINUOUS
    return Nature.ONE_OFF if _PRODUCES.search(text) else Nature.CONTINUOUS


def _waits(deadline: Deadline) -> bool:
    """Say whether nothing can be done before the event: what is due a few days after it, or before it, can."""
    return deadline.days is None and not (deadline.event or "").casefold().startswith("trước")


def _words(
    code: Nature, text: str, planned: int, indicators: tuple[str, ...], deadline: Deadline | None
) -> str:
    if planned:
        count = _NUMBERS[planned] if planned < len(_NUMBERS) else str(planned)
        return f"one-off readiness, waits for {count} future document{'s' if planned > 1 else ''}"
    if code is Nature.WAITS_FOR_EVENT:
        return "waits for an event"
    if code is Nature.PERIODIC:
        return _periodic_words(text, is_stated=deadline is not None and deadline.kind == "periodic")
    if code is Nature.ONE_OFF:
        return "one-off"
    if deadline is None and _START.search(text):
        return "one-off start + continuous"
    if deadline is None and _REVIEW.search(text):
        return "one-off review + continuous"
    return "continuous, indicator-driven" if indicators else "continuous"


def _periodic_words(text: str, *, is_stated: bool) -> str:
    period = "" if is_stated else " (period not stated)"
    if not _SYNTHESIS.search(text):
        return (
            f"periodic reporting{period}" if _REPORTING.search(text) or _REPORTS.search(text) else "periodic"
        )
    parts = [f"periodic synthesis{period}"]
    parts += ["commendation"] if _PRAISE.search(text) else []
    parts += ["accountability"] if _ACCOUNTABILITY.search(text) else []
    return ", ".join(parts)
