"""Says of what nature a directive is: done once, going on, reported in periods."""

import re

from processes.documents.deadlines import Deadline
from processes.documents.reading.letter import Reference

_SYNTHESIS = re.compile(r"định kỳ tổng hợp|tổng hợp,? (?:báo cáo |đánh giá )?định kỳ", re.IGNORECASE)
_REPORTING = re.compile(r"chế độ (?:thông tin,? )?báo cáo|báo cáo định kỳ|định kỳ báo cáo", re.IGNORECASE)
_START = re.compile(r"quán triệt|phổ biến|văn bản triển khai", re.IGNORECASE)
_REVIEW = re.compile(r"rà soát, (?:xác định|đánh giá)|lập danh mục|kiểm kê", re.IGNORECASE)
_PRAISE = re.compile(r"biểu dương|khen", re.IGNORECASE)
_ACCOUNTABILITY = re.compile(r"xem xét trách nhiệm|xử lý trách nhiệm", re.IGNORECASE)
_NUMBERS = ("no", "one", "two", "three", "four", "five")


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
