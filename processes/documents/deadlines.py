"""Deadlines as directives word them (DOMAIN §2.2): never a day that the wording does not give."""

import datetime as dt
import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from engine.clock import BUSINESS_ZONE
from processes.calendar.working_days import WorkingCalendar
from processes.units.names import composed


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """What a directive says about its time.

    Attributes:
        text: the wording.
        kind: ``date``, ``datetime``, ``before_date``, ``month``, ``quarter``, ``year``, ``week``,
            ``working_days``, ``relative_days``, ``upon_event``, ``periodic`` or ``ongoing``.
        date: the last day; ``None`` if it depends on a day that is not known, or there is none.
        time: of that day, for ``datetime``.
        days: how many days, for ``working_days``, ``relative_days``, ``upon_event``.
        anchor: the day from which they count, ``issued_date`` or ``received_date``, if the wording names one.
        rrule: the period, for ``periodic``: ``monthly, before day 15``.
        inferred: the year, or the week, was taken from the day of the letter.
    """

    text: str
    kind: str
    date: dt.date | None = None
    time: dt.time | None = None
    days: int | None = None
    anchor: str | None = None
    rrule: str | None = None
    inferred: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the deadline object; ``days``, ``anchor`` and ``rrule`` only where they say something."""
        extras = {"days": self.days, "anchor": self.anchor, "rrule": self.rrule}
        return {
            "text": self.text,
            "kind": self.kind,
            "date": self._last_moment(),
            "inferred": self.inferred,
            **{key: value for key, value in extras.items() if value is not None},
        }

    def _last_moment(self) -> str | None:
        if self.date is None or self.time is None:
            return None if self.date is None else self.date.isoformat()
        return dt.datetime.combine(self.date, self.time, BUSINESS_ZONE).isoformat()


_DAY = (
    r"(?:ngày\s+)?(?P<day>\d{1,2})\s*(?:/|-|\.|\s+tháng\s+)\s*(?P<month>\d{1,2})(?!\d)"
    r"(?:\s*(?:/|-|\.|\s+năm\s+)\s*(?P<year>20\d\d))?(?![/\d])"
)
_BY = r"(?:chậm nhất(?:\s+(?:là|đến|vào))*|muộn nhất|hạn cuối(?:\s+là)?|không (?:quá|muộn hơn)|đến hết|hết)"
#: How many characters before a day are looked at for what it bounds.
_SCOPE_REACH = 40
#: Words with which a day is a deadline whatever stands before them.
_BINDING = ("chậm nhất", "muộn nhất", "hạn cuối", "không")
_DUE = r"(?:trong|trước|xong|hoàn thành|thời hạn:?|chậm nhất(?:\s+là)?|hết|cuối|vào)"
_YEAR = r"(?:\s*(?:/|năm)\s*(?P<year>20\d\d))?"
#: Before "trước ngày …", these say which papers are meant, not until when something is to be done.
_SCOPE = re.compile(
    r"(?:phát sinh|tồn đọng|hình thành|tiếp nhận|(?:đã|được)\s+(?:ban hành|cấp|giao|nộp|ký)|\btính)\s+$", re.I
)
#: A period counts where something is reported in it; "the yearly scores" sets nobody a date.
_EVERY = r"(?:hằng|hàng)\s+(?P<period>ngày|tuần|tháng|quý|năm)\b"
_PERIODS = {"ngày": "daily", "tuần": "weekly", "tháng": "monthly", "quý": "quarterly", "năm": "yearly"}
_BEFORE_OR_BY = r"(?:trước|chậm nhất(?:\s+(?:là|vào))?|vào)\s+ngày\s+(?P<day>\d{1,2})\s+"
_HOUR = r"(?P<hour>\d{1,2})\s*(?:giờ|h|g|:)\s*(?P<minute>\d{2})?(?:\s*phút)?\s*,?\s*"
_REPORTED = r"(?:báo cáo|cập nhật|tổng hợp|gửi|thống kê|công bố|công khai|rà soát)"
_FROM_THIS_LETTER = re.compile(
    r"\s*,?\s*(?:kể\s+|tính\s+)?(?:từ|sau)\s+(?:ngày|khi)\s+"
    r"(?:(?P<issued>ký|ban hành)|(?P<received>nhận))\b[^,.;]*\bnày\b",
    re.I,
)
_AFTER_EVENT = re.compile(r"\s*,?\s*(?:kể\s+|tính\s+)?(?:từ|sau)\s+(?:khi|ngày)\b", re.I)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}


def find_deadline(
    text: str,
    *,
    issued_on: dt.date | None = None,
    year: int | None = None,
    calendar: WorkingCalendar | None = None,
) -> Deadline | None:
    """Return the deadline that a directive states; ``None`` if it states none.

    The first kind that is found counts: a day before a month, a month before a period. A day before the letter's
    is no deadline, nor is one that says which papers are meant (``hồ sơ phát sinh trước ngày 01/7/2026``).

    Args:
        issued_on: the day of the letter; days without a year count from it.
        year: the year of the letter, when its day is missing.
        calendar: counts working days from the letter's day; without it their last day stays ``None``.
    """
    words = composed(text)
    letter = _Letter(issued_on, year if issued_on is None else issued_on.year, calendar)
    for pattern, build in _PATTERNS:
        for match in pattern.finditer(words):
            deadline = build(match, letter)
            if deadline is not None:
                return deadline
    return None


@dataclass(frozen=True, slots=True)
class _Letter:
    """What is known of the letter's day."""

    issued_on: dt.date | None
    year: int | None
    calendar: WorkingCalendar | None

    def is_after(self, day: dt.date) -> bool:
        """Say whether the letter was written after a day, as far as its own day is known."""
        if self.issued_on is not None:
            return day < self.issued_on
        return self.year is not None and day.year < self.year


_Build = Callable[[re.Match[str], _Letter], Deadline | None]


def _on_day(kind: str) -> _Build:
    def build(match: re.Match[str], letter: _Letter) -> Deadline | None:
        if not match[0].casefold().startswith(_BINDING) and _SCOPE.search(
            match.string[max(0, match.start() - _SCOPE_REACH) : match.start()]
        ):
            return None
        stated = match["year"]
        wanted = int(stated) if stated else letter.year
        found = None if wanted is None else _day(wanted, int(match["month"]), int(match["day"]))
        if found is None and _day(2024, int(match["month"]), int(match["day"])) is None:
            return None
        if found is not None and letter.is_after(found):
            if stated is not None:
                return None
            found = _day(found.year + 1, found.month, found.day)
        if found is not None and kind == "before_date":
            found -= timedelta(days=1)
        return Deadline(text=match[0], kind=kind, date=found, inferred=stated is None)

    return build


def _at_hour(match: re.Match[str], letter: _Letter) -> Deadline | None:
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    day = _on_day("datetime")(match, letter)
    if day is None or hour > 23 or minute > 59:
        return None
    return replace(day, time=dt.time(hour, minute))


def _in_month(match: re.Match[str], letter: _Letter) -> Deadline | None:
    month, wanted = int(match["month"]), int(match["year"]) if match["year"] else letter.year
    if not 1 <= month <= 12:
        return None
    end = None if wanted is None else dt.date(wanted, month, monthrange(wanted, month)[1])
    return Deadline(text=match[0], kind="month", date=end, inferred=match["year"] is None)


def _in_quarter(match: re.Match[str], letter: _Letter) -> Deadline | None:
    number = match["quarter"].casefold()
    month = 3 * (_ROMAN.get(number) or int(number))
    wanted = int(match["year"]) if match["year"] else letter.year
    end = None if wanted is None else dt.date(wanted, month, monthrange(wanted, month)[1])
    return Deadline(text=match[0], kind="quarter", date=end, inferred=match["year"] is None)


def _in_year(match: re.Match[str], _letter: _Letter) -> Deadline | None:
    return Deadline(text=match[0], kind="year", date=dt.date(int(match["year"]), 12, 31))


def _this_week(match: re.Match[str], letter: _Letter) -> Deadline | None:
    sunday = (
        None
        if letter.issued_on is None
        else letter.issued_on + timedelta(days=6 - letter.issued_on.weekday())
    )
    return Deadline(text=match[0], kind="week", date=sunday, inferred=True)


def _working_days(match: re.Match[str], letter: _Letter) -> Deadline | None:
    days = int(match["days"])
    anchored = _FROM_THIS_LETTER.match(match.string, match.end())
    if anchored is None:
        kind = "upon_event" if _AFTER_EVENT.match(match.string, match.end()) else "working_days"
        return Deadline(text=match[0], kind=kind, days=days)
    if anchored["received"]:
        return Deadline(text=match[0], kind="working_days", days=days, anchor="received_date")
    end = None
    if letter.calendar is not None and letter.issued_on is not None:
        end = letter.calendar.add_working_days(letter.issued_on, days)
    return Deadline(text=match[0], kind="working_days", date=end, days=days, anchor="issued_date")


def _calendar_days(match: re.Match[str], letter: _Letter) -> Deadline | None:
    days = int(match["days"])
    is_anchored = _FROM_THIS_LETTER.match(match.string, match.end()) is not None
    if not is_anchored and _AFTER_EVENT.match(match.string, match.end()):
        return Deadline(text=match[0], kind="upon_event", days=days)
    end = None if letter.issued_on is None else letter.issued_on + timedelta(days=days)
    return Deadline(text=match[0], kind="relative_days", date=end, days=days, inferred=True)


def _periodic(match: re.Match[str], _letter: _Letter) -> Deadline | None:
    found = match.groupdict()
    period = found.get("period")
    rule = "quarterly" if period is None else _PERIODS[period.casefold()]
    day = found.get("day")
    if day is not None:
        if not 1 <= int(day) <= 31:
            return None
        rule += f", {'before' if match[0].casefold().startswith('trước') else 'by'} day {int(day)}"
        rule += " of the last month" if period is None else ""
    return Deadline(text=match[0], kind="periodic", rrule=rule)


def _ongoing(match: re.Match[str], _letter: _Letter) -> Deadline | None:
    return Deadline(text=match[0], kind="ongoing")


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


_PATTERNS: tuple[tuple[re.Pattern[str], _Build], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), build)
    for pattern, build in (
        (rf"(?:{_BY}|trước)\s+(?:lúc\s+)?{_HOUR}{_DAY}", _at_hour),
        (rf"{_BY}\s+{_DAY}", _on_day("date")),
        (rf"chậm nhất trước\s+{_DAY}", _on_day("before_date")),
        (rf"trước\s+{_DAY}", _on_day("before_date")),
        (rf"(?:hoàn thành|xong|báo cáo|thời hạn:?)\s+(?:vào\s+|trong\s+)?ngày\s+{_DAY}", _on_day("date")),
        (rf"đến\s+{_DAY}", _on_day("date")),
        (r"(?:trong|sau|chậm nhất|thời hạn)\s+(?:vòng\s+|thời hạn\s+)?(?P<days>\d{1,3})\s+ngày\s+làm\s+việc",
         _working_days),
        (r"(?:trong|sau|chậm nhất|thời hạn)\s+(?:vòng\s+|thời hạn\s+)?(?P<days>\d{1,3})\s+ngày\b(?!\s+đêm)",
         _calendar_days),
        (rf"{_DUE}\s+tháng\s+(?P<month>\d{{1,2}}){_YEAR}\b", _in_month),
        (rf"{_DUE}\s+quý\s+(?P<quarter>IV|III|II|I|[1-4])\b{_YEAR}", _in_quarter),
        (r"trong\s+tuần\s+này", _this_week),
        (r"(?:trong|hết|cuối)\s+năm\s+(?P<year>20\d\d)\b", _in_year),
        (rf"{_BEFORE_OR_BY}(?:của\s+)?(?:{_EVERY}|tháng\s+cuối\s+(?:mỗi\s+)?quý)", _periodic),
        (rf"(?:định kỳ\s+|{_REPORTED}(?:\s+\w+){{0,3}}\s+){_EVERY}", _periodic),
        (rf"{_EVERY}\s*,?\s+{_REPORTED}", _periodic),
        (r"(?:^|thực hiện\s+|thời (?:hạn|gian):?\s+)thường xuyên(?=\s*(?:[.;]|$))", _ongoing),
    )
)  # fmt: skip
