"""Deadlines as directives word them (DOMAIN §2.2): never a day that the wording does not give."""

import datetime as dt
import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from processes.units.names import composed


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """What a directive says about its time.

    Attributes:
        text: the wording.
        kind: ``date``, ``before_date``, ``month``, ``quarter``, ``year``, ``week``, ``working_days``,
            ``relative_days``, ``upon_event``, ``periodic`` or ``ongoing``.
        date: the last day; ``None`` if it depends on a day that is not known, or there is none.
        days: how many days, for ``working_days``, ``relative_days``, ``upon_event``.
        inferred: the year, or the week, was taken from the day of the letter.
    """

    text: str
    kind: str
    date: dt.date | None = None
    days: int | None = None
    inferred: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the deadline object; ``days`` only where it says something."""
        found = {
            "text": self.text,
            "kind": self.kind,
            "date": None if self.date is None else self.date.isoformat(),
            "inferred": self.inferred,
        }
        return found if self.days is None else {**found, "days": self.days}


_DAY = (
    r"(?:ngày\s+)?(?P<day>\d{1,2})\s*(?:/|-|\.|\s+tháng\s+)\s*(?P<month>\d{1,2})(?!\d)"
    r"(?:\s*(?:/|-|\.|\s+năm\s+)\s*(?P<year>\d{4}))?(?![/\d])"
)
_BY = r"(?:chậm nhất(?:\s+(?:là|đến|vào))*|muộn nhất|hạn cuối(?:\s+là)?|không (?:quá|muộn hơn)|đến hết|hết)"
_DUE = r"(?:trong|trước|xong|hoàn thành|thời hạn:?|chậm nhất(?:\s+là)?|hết|cuối|vào)"
_YEAR = r"(?:\s*(?:/|năm)\s*(?P<year>\d{4}))?"
#: A period counts where something is reported in it; "the yearly scores" sets nobody a date.
_EVERY = r"(?:hằng|hàng)\s+(?:ngày|tuần|tháng|quý|năm)\b"
_REPORTED = r"(?:báo cáo|cập nhật|tổng hợp|gửi|thống kê|công bố|công khai|rà soát)"
_AFTER_EVENT = re.compile(
    r"\s*,?\s*(?:kể\s+)?(?:từ|sau)\s+(?:khi\b|ngày\s+(?!ban hành\s+(?:văn bản|công văn) này))", re.I
)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}


def find_deadline(text: str, *, issued_on: dt.date | None = None, year: int | None = None) -> Deadline | None:
    """Return the deadline that a directive states; ``None`` if it states none.

    The first kind that is found counts: a day before a month, a month before a period.

    Args:
        issued_on: the day of the letter; days without a year count from it.
        year: the year of the letter, when its day is missing.
    """
    words = composed(text)
    letter = _Letter(issued_on, year if issued_on is None else issued_on.year)
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


_Build = Callable[[re.Match[str], _Letter], Deadline | None]


def _on_day(kind: str) -> _Build:
    def build(match: re.Match[str], letter: _Letter) -> Deadline | None:
        stated = match["year"]
        wanted = int(stated) if stated else letter.year
        found = None if wanted is None else _day(wanted, int(match["month"]), int(match["day"]))
        if stated is None and found is not None and letter.issued_on is not None and found < letter.issued_on:
            found = _day(found.year + 1, found.month, found.day)
        if found is None and _day(2024, int(match["month"]), int(match["day"])) is None:
            return None
        if found is not None and kind == "before_date":
            found -= timedelta(days=1)
        return Deadline(text=match[0], kind=kind, date=found, inferred=stated is None)

    return build


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


def _working_days(match: re.Match[str], _letter: _Letter) -> Deadline | None:
    if _AFTER_EVENT.match(match.string, match.end()):
        return Deadline(text=match[0], kind="upon_event", days=int(match["days"]))
    return Deadline(text=match[0], kind="working_days", days=int(match["days"]))


def _calendar_days(match: re.Match[str], letter: _Letter) -> Deadline | None:
    days = int(match["days"])
    if _AFTER_EVENT.match(match.string, match.end()):
        return Deadline(text=match[0], kind="upon_event", days=days)
    end = None if letter.issued_on is None else letter.issued_on + timedelta(days=days)
    return Deadline(text=match[0], kind="relative_days", date=end, days=days, inferred=True)


def _undated(kind: str) -> _Build:
    return lambda match, _letter: Deadline(text=match[0], kind=kind)


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


_PATTERNS: tuple[tuple[re.Pattern[str], _Build], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), build)
    for pattern, build in (
        (rf"{_BY}\s+{_DAY}", _on_day("date")),
        (rf"chậm nhất trước\s+{_DAY}", _on_day("before_date")),
        (rf"trước\s+{_DAY}", _on_day("before_date")),
        (rf"(?:hoàn thành|xong|báo cáo|thời hạn:?)\s+(?:vào\s+|trong\s+)?ngày\s+{_DAY}", _on_day("date")),
        (r"(?:trong|sau|chậm nhất|thời hạn)\s+(?:vòng\s+|thời hạn\s+)?(?P<days>\d{1,3})\s+ngày\s+làm\s+việc",
         _working_days),
        (r"(?:trong|sau|chậm nhất|thời hạn)\s+(?:vòng\s+|thời hạn\s+)?(?P<days>\d{1,3})\s+ngày\b(?!\s+đêm)",
         _calendar_days),
        (rf"{_DUE}\s+tháng\s+(?P<month>\d{{1,2}}){_YEAR}\b", _in_month),
        (rf"{_DUE}\s+quý\s+(?P<quarter>IV|III|II|I|[1-4])\b{_YEAR}", _in_quarter),
        (r"trong\s+tuần\s+này", _this_week),
        (r"(?:trong|hết|cuối)\s+năm\s+(?P<year>\d{4})\b", _in_year),
        (rf"(?:định kỳ\s+|{_REPORTED}(?:\s+\w+){{0,3}}\s+){_EVERY}", _undated("periodic")),
        (rf"{_EVERY}\s*,?\s+{_REPORTED}", _undated("periodic")),
        (r"^thường xuyên$", _undated("ongoing")),
    )
)  # fmt: skip
