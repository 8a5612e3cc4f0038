"""Wordings of one day: ``trước ngày 30/9/2026``, ``chậm nhất 16 giờ 00 ngày 14/8``."""

import datetime as dt
import re
from dataclasses import replace

from processes.documents.deadlines.basis import Basis, NoDeadline, Wording, wording, year_of
from processes.documents.deadlines.deadline import Deadline

_NUMBER = r"(?P<day>0?[1-9]|[12]\d|3[01])"
#: ``30/9/2026``, ``30/9``, ``ngày 30 tháng 9 năm 2026``; of ``5-6/9`` the last.
DAY = (
    r"(?:(?P<word>ngày)\s+)?(?:\d{1,2}\s*(?:-|–|và|đến)\s*)?"
    rf"{_NUMBER}(?:\s*[/.-]\s*|\s+(?P<spelt>tháng)\s+)(?P<month>0?[1-9]|1[0-2])(?!\d)"
    r"(?:(?:\s*[/.-]\s*|,?\s+năm\s+)(?P<year>20\d\d)|/(?P<short>\d\d))?(?![/\d]|\s?(?:h|giờ)\b|\s?[h:]\d)"
)
_BY = (
    r"(?:chậm nhất(?:\s+(?:là|đến|vào|trong)){0,3}|muộn nhất(?:\s+(?:là|đến|vào)){0,3}|hạn (?:cuối|chót)(?:\s+là)?"
    r"|không (?:quá|muộn hơn|chậm hơn|trễ hơn)|(?:đến|tới)\s+hết|hết)"
)
HOUR = r"(?P<hour>[01]?\d|2[0-4])\s*(?:giờ|h|g|:)\s*(?P<minute>[0-5]\d)?(?:\s*(?:phút|['’]))?"
_WEEKDAY_BETWEEN = r"[\s,]*(?:(?:vào|của)\s+)?(?:(?:ngày\s+)?(?:thứ\s+\w+|chủ nhật)[\s,]*(?P<open>\()?)?\s*"
_AT_HOUR = rf"{HOUR}{_WEEKDAY_BETWEEN}{DAY}(?(open)\)?)"
_THIS_MONTH = rf"(?:ngày\s+){_NUMBER}\s+(?:của\s+)?tháng\s+này\b"
#: Without the word *ngày* or a year, ``5/10`` may count things: only these make a day of it.
_CERTAIN = re.compile(r"^(?:chậm|muộn|hạn|trước|(?:đến|tới)\s+hết)", re.IGNORECASE)


def _read(match: re.Match[str], kind: str, basis: Basis) -> Deadline:
    day, year = int(match["day"]), year_of(match)
    found = basis.day(day, int(match["month"]), year)
    if kind == "before_date":
        found = basis.before_day(found)
    return Deadline(text=match[0], kind=kind, date=found, inferred=year is None)


def _on(kind: str, match: re.Match[str], basis: Basis) -> Deadline:
    if not basis.is_cell:
        is_a_day = match["word"] or match["spelt"] or year_of(match) is not None
        if not (is_a_day or _CERTAIN.match(match[0])):
            raise NoDeadline
    return _read(match, kind, basis)


def _date(match: re.Match[str], basis: Basis) -> Deadline:
    return _on("date", match, basis)


def _before(match: re.Match[str], basis: Basis) -> Deadline:
    return _on("before_date", match, basis)


def _at_hour(match: re.Match[str], basis: Basis) -> Deadline:
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    time = dt.time(23, 59) if hour == 24 else dt.time(hour, minute)
    return replace(_on("datetime", match, basis), time=time)


def _of_this_month(match: re.Match[str], basis: Basis) -> Deadline:
    issued_on, is_before = basis.issued_on, match[0].casefold().startswith("trước")
    kind = "before_date" if is_before else "date"
    if issued_on is None:
        return Deadline(text=match[0], kind=kind, inferred=True)
    day = basis.day(int(match["day"]), issued_on.month, issued_on.year)
    return Deadline(text=match[0], kind=kind, date=basis.before_day(day) if is_before else day, inferred=True)


def _iso(match: re.Match[str], basis: Basis) -> Deadline:
    day = basis.day(int(match["day"]), int(match["month"]), int(match["year"]))
    return Deadline(text=match[0], kind="date", date=day)


def _today(match: re.Match[str], basis: Basis) -> Deadline:
    return Deadline(text=match[0], kind="date", date=basis.issued_on, inferred=True)


_DONE = r"(?:hoàn thành|xong|báo cáo|kết quả|gửi|trình|ban hành|thời hạn:?|vào)"


def _today_at(match: re.Match[str], basis: Basis) -> Deadline:
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    time = dt.time(23, 59) if hour == 24 else dt.time(hour, minute)
    on = _read(match, "datetime", basis) if match["day"] else replace(_today(match, basis), kind="datetime")
    return replace(on, time=time)


WORDINGS: tuple[Wording, ...] = (
    wording(rf"(?:{_BY}|trước)\s+(?:lúc\s+)?{HOUR}[\s,]*(?:của\s+)?(?:ngày\s+)?hôm\s+nay\b(?:[\s,]*\(?\s*{DAY}\)?)?",
            _today_at),
    wording(rf"(?:{_BY}|trước)\s+(?:lúc\s+)?{_AT_HOUR}", _at_hour),
    wording(rf"(?:vào\s+)?(?:lúc\s+)?(?<![\d/.,]){_AT_HOUR}", _at_hour, needs_label=True),
    wording(rf"(?:{_BY}\s+)?trước\s+(?:và trong\s+)?{_THIS_MONTH}", _of_this_month),
    wording(rf"(?:{_BY}|vào|trong|đến)\s+{_THIS_MONTH}", _of_this_month),
    wording(rf"(?:{_BY}\s+)?trước\s+(?:thời hạn\s+)?{DAY}", _before),
    wording(rf"{_BY}\s+{DAY}", _date),
    wording(rf"{_DONE}\s+(?:vào\s+|trong\s+)?(?=ngày){DAY}", _date),
    wording(rf"(?:báo cáo|gửi|trình)(?:\s+[^\W\d]+){{1,7}}\s+(?=ngày){DAY}", _date),
    wording(rf"trong\s+(?:các\s+)?(?=ngày){DAY}", _date),
    wording(rf"(?:đến|tới)\s+{DAY}", _date),
    wording(r"(?:ngay\s+)?trong\s+(?:ngày\s+)?hôm\s+nay\b", _today),
    wording(r"(?<!\d)(?P<year>20\d\d)-(?P<month>0\d|1[0-2])-(?P<day>[0-3]\d)(?:[T ]00:00(?::00)?)?(?!\d)", _iso,
            needs_label=True),
    wording(rf"(?<![\d/.,])(?<!tháng )(?<!quý ){DAY}", _date, needs_label=True),
)  # fmt: skip
