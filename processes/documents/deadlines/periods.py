"""Wordings of a period that ends: month, quarter, half-year, year, week; its last day counts (DOMAIN §4)."""

import datetime as dt
import re
from calendar import monthrange
from datetime import timedelta

from processes.documents.deadlines.basis import Basis, NoDeadline, Wording, wording, year_of
from processes.documents.deadlines.deadline import Deadline

_DUE = (
    r"(?:(?:trong|trước|xong|hoàn thành|thời hạn:?|thực hiện|chậm nhất(?:\s+(?:là|trong|vào|đến)){0,3}"
    r"|(?:đến\s+|tới\s+)?hết|(?:đến\s+)?cuối|vào|muộn nhất(?:\s+(?:là|trong|vào|đến)){0,3})\s+)"
)
#: Behind a label or in brackets of its own, a period stands for itself.
_OR_ALONE = r"(?:(?:trong|trước|hoàn thành|(?:đến\s+|tới\s+)?hết|(?:đến\s+)?cuối|vào|chậm nhất)\s+){0,4}"
_YEAR = r"(?:\s*(?:/|-|–|\.|,?\s*năm\s)\s*(?P<year>20\d\d)(?!\d))?"
_MONTH = r"(?:tháng\s*|T\.?)(?P<month>0?[1-9]|1[0-2])(?![\d%])"
_MONTHS = (
    r"tháng\s*(?:\d{1,2}\s*(?:,|-|–|và|đến)\s*(?:tháng\s+)?){1,11}(?P<month>0?[1-9]|1[0-2])(?!\d)"
    r"\s*(?:/|,?\s*năm\s)\s*(?P<year>20\d\d)"
)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_ONE = r"(?:IV|III|II|I|[1-4])"
_QUARTER = (
    rf"(?:quý|qúy|quí|Q\.?)\s*(?:{_ONE}\s*(?:,|-|–|và|đến)\s*(?:quý\s*)?){{0,3}}(?P<quarter>{_ONE})(?![\w%])"
)
#: Ends a period that opens a sentence; not the comma of a list (``Quý I, II/2026``).
_STOPS = rf"(?=\s*[,:](?!\s*(?:{_ONE}|tháng|quý|\d)\b))"
_PART = r"(?P<part>đầu|giữa|cuối|thượng\s+tuần|trung\s+tuần|hạ\s+tuần)\s+"
_HALF = r"(?P<months>6|06|sáu|9|09|chín)\s+tháng\s+(?P<end>đầu|cuối)\s+(?:của\s+)?năm(?:\s+(?P<year>20\d\d))?"
_ORDINALS = {"nhất": 1, "đầu": 1, "hai": 2, "nhì": 2, "ba": 3, "tư": 4, "bốn": 4, "năm": 5, "cuối": 5}
_WEEK_OF_MONTH = (
    r"tuần\s+(?:thứ\s+)?(?P<week>[1-5]|nhất|đầu(?:\s+tiên)?|hai|nhì|ba|tư|bốn|năm|cuối(?:\s+cùng)?)"
    rf"\s*,?\s*(?:của\s+)?{_MONTH}{_YEAR}"
)
#: Last days of the parts of a month; *cuối* and *hạ tuần* end with it.
_PARTS = {"đầu": 10, "giữa": 20, "thượng": 10, "trung": 20}


def _is_before(match: re.Match[str]) -> bool:
    return match[0].casefold().startswith("trước")


def _first_of_month(end: dt.date) -> dt.date:
    return end.replace(day=1)


def _month(match: re.Match[str], basis: Basis) -> Deadline:
    end = basis.month_end(int(match["month"]), year_of(match))
    if end is not None and _is_before(match):
        end = basis.before_day(_first_of_month(end)) if basis.before == "strict" else end
    return Deadline(text=match[0], kind="month", date=end, inferred=year_of(match) is None)


def _part_of_month(match: re.Match[str], basis: Basis) -> Deadline:
    end = basis.month_end(int(match["month"]), year_of(match))
    day = _PARTS.get(match["part"].casefold().split()[0])
    if end is not None and day is not None:
        end = end.replace(day=day)
    return Deadline(text=match[0], kind="month", date=end, inferred=day is not None or year_of(match) is None)


def _quarter(match: re.Match[str], basis: Basis) -> Deadline:
    written = match["quarter"].casefold()
    month = 3 * (_ROMAN.get(written) or int(written))
    end = basis.month_end(month, year_of(match))
    if end is not None and _is_before(match) and basis.before == "strict":
        end = basis.before_day(dt.date(end.year, month - 2, 1))
    return Deadline(text=match[0], kind="quarter", date=end, inferred=year_of(match) is None)


def _part_of_quarter(match: re.Match[str], basis: Basis) -> Deadline:
    written = match["quarter"].casefold()
    month = 3 * (_ROMAN.get(written) or int(written)) - (2 if match["part"].casefold() == "đầu" else 1)
    end = basis.month_end(month, year_of(match))
    return Deadline(text=match[0], kind="quarter", date=end, inferred=True)


def _part_of_year(match: re.Match[str], basis: Basis) -> Deadline:
    """Take the beginning of a year for its first quarter, its middle for the second."""
    month = 3 if match["part"].casefold() == "đầu" else 6
    return Deadline(text=match[0], kind="quarter", date=basis.month_end(month, year_of(match)), inferred=True)


def _open_quarter(match: re.Match[str], _basis: Basis) -> Deadline:
    return Deadline(text=match[0], kind="quarter")


def _half(match: re.Match[str], basis: Basis) -> Deadline:
    if match["end"].casefold() == "cuối":
        month = 12
    else:
        month = 6 if match["months"].casefold() in ("6", "06", "sáu") else 9
    end = basis.month_end(month, year_of(match))
    return Deadline(text=match[0], kind="month", date=end, inferred=year_of(match) is None)


def _year(match: re.Match[str], basis: Basis) -> Deadline:
    year = year_of(match)
    if year is not None and _is_before(match) and basis.before == "strict":
        year -= 1
    end = basis.month_end(12, year)
    return Deadline(text=match[0], kind="year", date=end, inferred=year is None)


def _this_week(match: re.Match[str], basis: Basis) -> Deadline:
    weeks = 0 if match["which"].casefold() == "này" else 1
    sunday = None
    if basis.issued_on is not None:
        sunday = basis.issued_on + timedelta(days=6 - basis.issued_on.weekday() + 7 * weeks)
    return Deadline(text=match[0], kind="week", date=sunday, inferred=True)


def _week_of_month(match: re.Match[str], basis: Basis) -> Deadline:
    """Count weeks of a month from its first day: the second ends on the 14th, the last with the month."""
    written = match["week"].casefold().split()[0]
    week = int(written) if written.isdecimal() else _ORDINALS[written]
    end = basis.month_end(int(match["month"]), year_of(match))
    if end is not None:
        end = end.replace(day=min(7 * week if week < 4 else 31, monthrange(end.year, end.month)[1]))
        if week == 4 and end.day > 28:
            end = end.replace(day=28)
    return Deadline(text=match[0], kind="week", date=end, inferred=True)


def _week_of_year(match: re.Match[str], basis: Basis) -> Deadline:
    year = year_of(match) or basis.year
    sunday = None
    if year is not None:
        try:
            sunday = dt.date.fromisocalendar(year, int(match["week"]), 7)
        except ValueError:
            raise NoDeadline from None
    return Deadline(text=match[0], kind="week", date=sunday, inferred=year_of(match) is None)


_LABELLED_YEAR = (
    r"(?:giai đoạn\s+)?(?:(?:từ\s+)?năm\s+)?20\d\d\s*(?:-|–|đến)\s*(?:năm\s+)?(?P<year>20\d\d)(?!\d)"
)

#: These go before days: ``2 tháng 8`` is none in ``tuần 2 tháng 8``.
FIRST: tuple[Wording, ...] = (
    wording(rf"(?:(?:trong|vào|đến)\s+)?(?P<part>đầu|giữa)\s+{_QUARTER}{_YEAR}", _part_of_quarter),
    wording(rf"(?:(?:trong|vào|đến)\s+)?{_WEEK_OF_MONTH}", _week_of_month),
    wording(rf"(?:(?:trong|vào|đến)\s+)?{_PART}{_MONTH}{_YEAR}", _part_of_month),
)

WORDINGS: tuple[Wording, ...] = (
    wording(r"(?:trong|hết|cuối)\s+tuần\s+(?P<which>này|sau|tới)\b", _this_week),
    wording(r"tuần\s+(?P<week>[1-9]|[1-4]\d|5[0-3])(?!\d)(?:\s*(?:/|năm)\s*(?P<year>20\d\d))?", _week_of_year,
            needs_label=True),
    wording(rf"{_DUE}{_HALF}", _half),
    wording(_HALF, _half, needs_label=True),
    wording(rf"{_DUE}{_MONTHS}", _month),
    wording(rf"{_DUE}(?P<month>0?[1-9]|1[0-2])\s*/\s*(?P<year>20\d\d)(?![\d/])", _month),
    wording(r"(?:trình|ban hành|thông qua)(?:\s+(?!báo|kết|kế|số)[^\W\d]+){0,5}\s+tháng\s+"
            r"(?P<month>0?[1-9]|1[0-2])\s*(?:/|,?\s*năm\s)\s*(?P<year>20\d\d)(?!\d)", _month),
    wording(rf"{_DUE}(?:quý|Q)\s*{_ONE}(?:\s*/\s*20\d\d)?\s*(?:-|–|đến(?:\s+hết)?)\s*{_QUARTER}{_YEAR}", _quarter),
    wording(rf"{_DUE}tháng\s+(?P<month>0?[1-9]|1[0-2])(?![\d%]){_YEAR}", _month),
    wording(rf"{_DUE}{_QUARTER}{_YEAR}", _quarter),
    wording(r"(?:đến|tới)\s+tháng\s+(?P<month>0?[1-9]|1[0-2])\s*(?:/|,?\s*năm\s)\s*(?P<year>20\d\d)(?!\d)",
            _month),
    wording(rf"^{_OR_ALONE}{_MONTH}{_YEAR}{_STOPS}", _month),
    wording(rf"^{_OR_ALONE}{_QUARTER}{_YEAR}{_STOPS}", _quarter),
    wording(rf"(?<=\(){_OR_ALONE}{_MONTH}{_YEAR}(?=\))", _month),
    wording(rf"(?<=\(){_OR_ALONE}{_QUARTER}{_YEAR}(?=\))", _quarter),
    wording(rf"{_OR_ALONE}{_MONTHS}", _month, needs_label=True),
    wording(rf"{_OR_ALONE}\b{_MONTH}{_YEAR}", _month, needs_label=True),
    wording(rf"{_OR_ALONE}\b{_QUARTER}{_YEAR}", _quarter, needs_label=True),
    wording(r"(?:quý|qúy)\s*(?:X|…|\.{2,})\s*/\s*20\d\d", _open_quarter, needs_label=True),
    wording(r"(?<![\d/.-])(?P<month>0?[1-9]|1[0-2])\s*/\s*(?P<year>20\d\d)(?![\d/])", _month, needs_label=True),
    wording(r"(?:(?:trong|hết|(?:đến\s+)?(?<!tháng )cuối|đến\s+hết|trước|hoàn thành(?:\s+(?:trong|đến|vào))?"
            r"|phấn đấu(?:\s+đến)?)\s+)(?:cả\s+)?năm\s+(?P<year>20\d\d)(?!\d)(?!\s*(?:-|–)\s*20)", _year),
    wording(r"(?:(?:trong|hết|đến hết|cuối)\s+)năm\s+nay\b", _year),
    wording(r"^(?P<quarter>IV|III|II|I)\s*/\s*(?P<year>20\d\d)$", _quarter, needs_label=True),
    wording(r"(?:(?:trong|vào|đến)\s+)?(?P<part>đầu|giữa)\s+năm\s+(?P<year>20\d\d)(?!\d)", _part_of_year,
            needs_label=True),
    wording(_LABELLED_YEAR, _year, needs_label=True),
    wording(r"(?:(?:trong|đến|đến hết|hết|cuối)\s+)?năm(?:\s+học)?\s+(?P<year>20\d\d)(?!\d)", _year,
            needs_label=True),
    wording(r"^(?:(?:đến|trước|hết|trong)\s+)?(?P<year>20\d\d)$", _year, needs_label=True),
    wording(r"^(?:trong|cả|hết|cuối|trong cả)\s+năm$", _year, needs_label=True),
)  # fmt: skip
