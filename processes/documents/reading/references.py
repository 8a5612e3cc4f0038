"""Finds dates, numbers and titles of other documents in running text."""

import datetime as dt
import re
from collections.abc import Iterator, Sequence

from processes.documents.reading.values import PartialDate, Reference

_KINDS = (
    "Hiến pháp|Bộ luật|Luật|Pháp lệnh|Nghị quyết|Nghị định|Thông tư liên tịch|Thông tư|Quyết định|Chỉ thị|Kế hoạch"
    "|Chương trình hành động|Chương trình|Thông báo kết luận|Thông báo|Kết luận|Công điện|Công văn|Tờ trình"
    "|Hướng dẫn|Báo cáo|Đề án|Quy chế|Quy định|Giấy mời|Biên bản"
)
_NUMBERED = re.compile(
    rf"(?:\b(?P<kind>{_KINDS})\s+)?\bsố\s*:?\s*"
    r"(?P<number>\d+[a-zđ]?(?:/\d{4})?\s?[/–-]\s?[\wĐđ/&.–-]*[\wĐđ])"
    r"(?:,?\s+ngày\s+(?P<day>\d{1,2})(?:\s+tháng\s+|\s*[/.-]\s*)(?P<month>\d{1,2})"
    r"(?:\s+năm\s+|\s*[/.-]\s*)(?P<year>\d{4}))?"
    r"(?:\s+của\s+(?P<issuer>[^,;.]+?)"
    r"(?=\s+(?:về|ban hành|phê duyệt|quy định|hướng dẫn|triển khai|ngày)\b|[,;.]|$))?"
    r"(?:\s*,?\s+(?:về(?: việc)?|quy định|ban hành|phê duyệt|hướng dẫn|v/v)\s+"
    r"(?P<subject>[^;]*?)(?=[;.]\s|[;.,]?$|,\s+(?:UBND|Ủy ban|Chủ tịch|Sở|Văn phòng|Thủ tướng)\b))?",
    re.IGNORECASE,
)
_LAW = re.compile(
    r"^(?:Căn cứ|Theo)\s+(?P<title>(?:Hiến pháp|Bộ luật|Luật|Pháp lệnh)\b(?:(?!\bsố\b)[^;.])*?)"
    r"(?:\s+ngày\s+(?P<day>\d{1,2})(?:\s+tháng\s+|\s*[/.-]\s*)(?P<month>\d{1,2})"
    r"(?:\s+năm\s+|\s*[/.-]\s*)(?P<year>\d{4}))?\s*(?=[;,.]|$)",
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
        number = re.sub(r"\s", "", match["number"]).replace("–", "-")
        if number in seen:
            continue
        seen.add(number)
        yield Reference(
            number=number,
            date=_day(match),
            issuer=match["issuer"],
            in_item=in_item,
            kind=match["kind"],
            subject=match["subject"],
        )


def based_on(lines: Sequence[str]) -> Iterator[Reference]:
    """Yield the documents on which another is based: laws by their title, all others by number."""
    seen: set[str] = set()
    for line in lines:
        law = _LAW.match(line)
        if law is not None:
            yield Reference(title=law["title"].strip(), date=_day(law), kind="Luật")
        for reference in numbered_references(line):
            if reference.number is not None and reference.number not in seen:
                seen.add(reference.number)
                yield reference


def _day(match: re.Match[str]) -> dt.date | None:
    if not match["year"]:
        return None
    return PartialDate(year=int(match["year"]), month=int(match["month"]), day=int(match["day"])).whole


def titled_references(text: str, *, in_item: str) -> Iterator[Reference]:
    """Yield the documents named by a quoted title; ``dự kiến`` where the text says they are to come."""
    status = "dự kiến" if _PLANNED.search(text) else None
    for match in _TITLED.finditer(text):
        yield Reference(title=match["title"].strip(), status=status, in_item=in_item)


def six_clear_labels(text: str) -> tuple[str, ...]:
    """Return the labels of "6 rõ" as the letter lists them; lists differ between issuers (DOMAIN §2.1)."""
    match = _SIX_CLEAR.search(text)
    return () if match is None else tuple(label.strip() for label in match[1].split(","))
