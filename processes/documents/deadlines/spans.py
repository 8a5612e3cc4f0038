"""Wordings that count days: ``trong 5 ngày làm việc kể từ ngày ký``, ``10 ngày sau khi …``; and events alone."""

import re
from calendar import monthrange
from datetime import date, timedelta

from processes.documents.deadlines.basis import Basis, NoDeadline, Wording, wording
from processes.documents.deadlines.deadline import Deadline

_WITHIN = (
    r"(?:(?:trong|sau|chậm nhất|muộn nhất|thời hạn|tối đa|không quá)\s+){1,3}"
    r"(?:(?:là|vòng|thời hạn|thời gian|khoảng|sau)\s+){0,3}"
)
_COUNT = r"(?P<days>\d{1,3})(?:\s*\([^()\d]{2,20}\))?"
_UNIT = r"(?P<unit>ngày|tuần|tháng|giờ|h)\b"
_NOT_A_SPAN = r"(?!\s*(?:đêm|nghỉ|lễ|tết|qua\b|vừa|gần|đầu|cuối|tuổi|trước|/))"
_LETTER = r"(?:văn bản|công văn|chỉ thị|kế hoạch|quyết định|thông báo|công điện|chương trình)"
_FROM_THIS_LETTER = re.compile(
    r"\s*,?\s*(?:(?:kể|tính)\s+)?(?:từ|sau)\s+(?:ngày|khi)\s+"
    r"(?:(?:(?P<issued>ký(?:\s*,?\s*ban hành)?|ban hành)|(?P<received>(?:nhận|tiếp nhận)(?:\s+được)?))"
    rf"(?:\s+[^,.;]{{0,60}}?\bnày\b|\s+{_LETTER}(?!\s+(?:của|về|số))|(?=\s*(?:[.,;)]|$))))",
    re.IGNORECASE,
)
_AFTER_EVENT = re.compile(
    r"\s*,?\s*(?:(?:kể|tính)\s+)?(?:từ|sau)\s+(?:khi|ngày|thời điểm|lúc)\b[^,.;()]*", re.IGNORECASE
)
_COMPLETES = re.compile(r"(?:hoàn thành|xong|kết thúc|bàn giao|báo cáo|trình)\b[^.;]{0,80}$", re.IGNORECASE)
_DOES = re.compile(
    r"(?:hoàn thành|báo cáo|trình|gửi|triển khai|thực hiện|tổ chức|ban hành|bàn giao)\b[^.;,]{0,60}$",
    re.IGNORECASE,
)
_DAYS = {"tuần": 7, "ngày": 1}


def _working_days(match: re.Match[str], basis: Basis) -> Deadline:
    days = int(match["days"])
    anchored = _FROM_THIS_LETTER.match(match.string, match.end())
    if anchored is None:
        return _upon_event(match, days) or Deadline(text=match[0], kind="working_days", days=days)
    text = match[0] + anchored[0]
    if anchored["received"]:
        return Deadline(text=text, kind="working_days", days=days, anchor="received_date")
    end = None
    if basis.calendar is not None and basis.issued_on is not None:
        end = basis.calendar.add_working_days(basis.issued_on, days)
    return Deadline(text=text, kind="working_days", date=end, days=days, anchor="issued_date")


def _calendar_days(match: re.Match[str], basis: Basis) -> Deadline:
    count, unit = int(match["days"]), match["unit"].casefold()
    days = -(-count // 24) if unit in ("giờ", "h") else count * _DAYS.get(unit, 30)
    anchored = _FROM_THIS_LETTER.match(match.string, match.end())
    if anchored is None:
        event = _upon_event(match, days)
        if event is not None:
            return event
    elif anchored["received"]:
        return Deadline(text=match[0] + anchored[0], kind="relative_days", days=days, anchor="received_date")
    end = None
    if basis.issued_on is not None:
        end = _months_later(basis.issued_on, count) if unit == "tháng" else None
        end = end or basis.issued_on + timedelta(days=days)
        end = end if basis.calendar is None else basis.calendar.add_calendar_days(end, 0)
    return Deadline(
        text=match[0] + (anchored[0] if anchored is not None else ""),
        kind="relative_days",
        date=end,
        days=days,
        anchor=None if anchored is None else "issued_date",
        inferred=anchored is None,
    )


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return day.replace(year=year, month=month, day=min(day.day, monthrange(year, month)[1]))


def _upon_event(match: re.Match[str], days: int) -> Deadline | None:
    event = _AFTER_EVENT.match(match.string, match.end())
    if event is None:
        return None
    return Deadline(
        text=match[0] + event[0].rstrip(), kind="upon_event", days=days, event=event[0].strip(" ,")
    )


def _event(match: re.Match[str], _basis: Basis) -> Deadline:
    return Deadline(text=match[0].strip(), kind="upon_event", event=match[0].strip())


def _before_event(match: re.Match[str], basis: Basis) -> Deadline:
    """Return an event before which something is to be completed; of other work it only says when it is done."""
    if not basis.is_cell and _COMPLETES.search(match.string[: match.start()]) is None:
        raise NoDeadline
    return _event(match, basis)


def _after_event(match: re.Match[str], _basis: Basis) -> Deadline:
    """Return an event right after which something is to be done; of what it makes possible it sets no time."""
    if _DOES.search(match.string[: match.start()]) is None:
        raise NoDeadline
    return _event(match, _basis)


def _bare_days(match: re.Match[str], basis: Basis) -> Deadline:
    if not (
        _FROM_THIS_LETTER.match(match.string, match.end()) or _AFTER_EVENT.match(match.string, match.end())
    ):
        raise NoDeadline
    return (_working_days if match.groupdict().get("unit") is None else _calendar_days)(match, basis)


def _span(match: re.Match[str], basis: Basis) -> Deadline:
    """Return a bare span; fewer than 24 hours are a time of the day."""
    if match["unit"].casefold() in ("giờ", "h") and int(match["days"]) < 24:
        raise NoDeadline
    return _calendar_days(match, basis)


WORDINGS: tuple[Wording, ...] = (
    wording(_WITHIN + rf"{_COUNT}\s+ngày\s+làm\s+việc\b", _working_days),
    wording(_WITHIN + rf"{_COUNT}\s*{_UNIT}{_NOT_A_SPAN}", _calendar_days),
    wording(rf"(?<!\d){_COUNT}\s+ngày\s+làm\s+việc\b", _bare_days),
    wording(rf"(?<!\d){_COUNT}\s+{_UNIT}{_NOT_A_SPAN}(?=\s*,?\s*(?:kể|tính|từ|sau)\b)", _bare_days),
    wording(rf"(?<!\d){_COUNT}\s+ngày\s+làm\s+việc\b", _working_days, needs_label=True),
    wording(rf"(?<!\d){_COUNT}\s+{_UNIT}{_NOT_A_SPAN}", _span, needs_label=True),
    wording(r"trước\s+(?:khi\s+(?:kết thúc|khai giảng|bước vào)\s+)?(?:Tết|kỳ họp|Đại hội|mùa mưa|mùa khô"
            r"|lễ khai giảng|năm học mới|ngày bầu cử)\b(?:\s+[^\s,.;()]+){0,8}", _before_event),
    wording(r"trước\s+khi\s+(?:khai giảng|bước vào|kết thúc|diễn ra|khởi công|nghỉ)\b(?:\s+[^\s,.;()]+){0,8}",
            _before_event),
    wording(r"trước\s+(?:ngày|khi|buổi|lễ|kỳ|hội nghị|cuộc)\s+[^\d,.;:()]{2,50}?\s+(?:ít nhất|tối thiểu)?\s*"
            r"\d{1,2}\s+ngày(?:\s+làm\s+việc)?\b", _event),
    wording(r"ngay\s+sau\s+khi\s+[^,.;:()]{2,120}(?=[,.;)]|$)", _after_event),
    wording(r"^ngay\s+(?:sau\s+)?khi\s+[^,.;:()]{2,160}(?=[,.;]|$)", _event),
    wording(r"^(?:ngay\s+)?(?:sau\s+)?(?:khi|sau)\s+(?!đây\b)\S[^;]*", _event, needs_label=True),
    wording(r"^(?:theo|phù hợp với|căn cứ|tùy|tuỳ)\s+\S[^;]*", _event, needs_label=True),
)  # fmt: skip
