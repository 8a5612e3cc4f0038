"""Finds dates, numbers and titles of other documents in running text."""

import datetime as dt
import re
from collections.abc import Iterator

from processes.documents.reading.values import PartialDate, Reference

_NUMBERED = re.compile(
    r"số\s+(?P<number>\d+[\w]*(?:/\d{4})?[/-][\wĐđ/-]*[\wĐđ])"
    r"(?:,?\s+ngày\s+(?P<day>\d{1,2})(?:\s+tháng\s+|\s*[/.-]\s*)(?P<month>\d{1,2})"
    r"(?:\s+năm\s+|\s*[/.-]\s*)(?P<year>\d{4}))?"
    r"(?:\s+của\s+(?P<issuer>[^,;.]+?)"
    r"(?=\s+(?:về|ban hành|phê duyệt|quy định|hướng dẫn|triển khai|ngày)\b|[,;.]|$))?",
    re.IGNORECASE,
)
_TITLED = re.compile(
    r"[“\"](?P<title>"
    r"(?:Đề án|Bộ chỉ số|Bộ tiêu chí|Chương trình|Kế hoạch|Chiến lược|Quy chế|Quy định|Nghị quyết)\s"
    r"[^“”\"]+)[”\"]",
)
_PLANNED = re.compile(r"dự kiến|dự thảo|đang (?:được )?(?:xây dựng|soạn thảo|trình)", re.IGNORECASE)
_SIX_CLEAR = re.compile(r"\((rõ\s[^()]+)\)", re.IGNORECASE)


def numbered_references(text: str, *, in_item: str | None = None) -> Iterator[Reference]:
    """Yield the documents named by number, each number once."""
    seen: set[str] = set()
    for match in _NUMBERED.finditer(text):
        number = match["number"]
        if number in seen:
            continue
        seen.add(number)
        day: dt.date | None = None
        if match["year"]:
            day = PartialDate(year=int(match["year"]), month=int(match["month"]), day=int(match["day"])).whole
        yield Reference(number=number, date=day, issuer=match["issuer"], in_item=in_item)


def titled_references(text: str, *, in_item: str) -> Iterator[Reference]:
    """Yield the documents named by a quoted title; ``dự kiến`` where the text says they are to come."""
    status = "dự kiến" if _PLANNED.search(text) else None
    for match in _TITLED.finditer(text):
        yield Reference(title=match["title"].strip(), status=status, in_item=in_item)


def six_clear_labels(text: str) -> tuple[str, ...]:
    """Return the labels of "6 rõ" as the letter lists them; lists differ between issuers (DOMAIN §2.1)."""
    match = _SIX_CLEAR.search(text)
    return () if match is None else tuple(label.strip() for label in match[1].split(","))
