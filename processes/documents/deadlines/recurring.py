"""Wordings without an end: what is reported in periods, and what goes on (``Thường xuyên``)."""

import re

from processes.documents.deadlines.basis import Basis, NoDeadline, Wording, wording
from processes.documents.deadlines.days import HOUR
from processes.documents.deadlines.deadline import Deadline

_PERIODS = {
    "ngày": "daily",
    "tuần": "weekly",
    "tháng": "monthly",
    "quý": "quarterly",
    "6 tháng": "half-yearly",
    "sáu tháng": "half-yearly",
    "năm": "yearly",
}
_PERIOD = r"(?:ngày|tuần|6 tháng|sáu tháng|tháng|quý|năm)"
_MORE = rf"(?P<more>(?:\s*(?:,|và|hoặc)\s*(?:(?:hằng|hàng)\s+)?{_PERIOD}\b){{0,5}})"
_EVERY = rf"(?:hằng|hàng|mỗi)\s+(?P<period>{_PERIOD})\b{_MORE}"
_BEFORE_OR_BY = r"(?:trước|chậm nhất(?:\s+(?:là|vào))?|vào|đến)\s+(?:ngày\s+)"
#: ``ngày 05 và ngày 20 hằng tháng``.
_OTHER_DAYS = r"(?P<others>(?:\s*(?:,|và)\s*(?:ngày\s+)?\d{1,2}){0,4})"
_REPORTED = (
    r"(?<!kết quả )(?:báo cáo|cập nhật|tổng hợp|gửi|thống kê|công bố|công khai|rà soát|giao ban"
    r"|sơ kết|tổng kết)"
)
_WEEKDAYS = {
    "hai": "Monday", "2": "Monday", "ba": "Tuesday", "3": "Tuesday", "tư": "Wednesday", "4": "Wednesday",
    "năm": "Thursday", "5": "Thursday", "sáu": "Friday", "6": "Friday", "bảy": "Saturday", "7": "Saturday",
}  # fmt: skip
_WEEKDAY = rf"(?:ngày\s+)?thứ\s+(?P<weekday>{'|'.join(_WEEKDAYS)})\b"
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_DAY_OF_YEAR = r"(?:\d{1,2}\s*(?:/|\s+tháng\s+)\s*\d{1,2})"
_LIST_OF_DAYS = rf"{_DAY_OF_YEAR}(?:\s*(?:,|và|;)\s*(?:(?:trước\s+)?ngày\s+)?{_DAY_OF_YEAR}){{0,11}}"
_HALF_YEAR = r"(?:0?6|sáu)\s+tháng"
_BEFORE_OR_BY_DAY = r"(?:trước|chậm nhất(?:\s+(?:là|vào))?|vào|đến)\s+(?:ngày\s+)?"
_NO_YEAR = r"(?!\s*(?:[/.]\s*\d|,?\s*năm\s+20))"
_CADENCE = (
    r"(?:định kỳ\s+)?(?:mỗi\s+)?(?P<count>0?1|0?2|0?3|0?6|một|hai|ba|sáu)\s+(?P<unit>ngày|tuần|tháng|quý|năm)\s*"
    r"(?:/\s*|,?\s*(?:một|01|1)\s+)(?:01\s+|1\s+)?lần"
)
_TIMES = r"(?P<times>\d{1,2})\s*lần\s*/\s*(?:\d\s*)?(?P<unit>ngày|tuần|tháng|quý|năm)\b"
_COUNTS = {"một": 1, "hai": 2, "ba": 3, "sáu": 6}
_ALWAYS = (
    r"(?:nhiệm vụ\s+)?thường xuyên(?:\s*(?:,|và|-|–)?\s*(?:liên tục|hằng năm|hàng năm|hằng ngày|hàng ngày))?"
)


def _bound(match: re.Match[str]) -> str:
    return "before" if re.search(r"\btrước\b", match[0], re.IGNORECASE) else "by"


def _periodic(match: re.Match[str], _basis: Basis) -> Deadline:
    found = match.groupdict()
    period = _PERIODS[" ".join((found.get("period") or "quý").casefold().split())]
    more = re.findall(_PERIOD, (found.get("more") or "").casefold())
    rule = "; ".join(dict.fromkeys([period, *(_PERIODS[each] for each in more)]))
    if found.get("day") is not None:
        days = [int(day) for day in re.findall(r"\d+", f"{found['day']} {found.get('others') or ''}")]
        if not all(1 <= day <= 31 for day in days):
            raise NoDeadline
        rule += f", {_bound(match)} day{'s' if len(days) > 1 else ''} {' and '.join(map(str, days))}"
        rule += " of the last month" if found.get("last") else ""
        rule += " of the next quarter" if found.get("next") else ""
    return Deadline(text=match[0], kind="periodic", rrule=rule)


def _weekly(match: re.Match[str], _basis: Basis) -> Deadline:
    hour = match["hour"]
    at = "" if hour is None else f"{int(hour):02}:{int(match['minute'] or 0):02} on "
    weekday = _WEEKDAYS[match["weekday"].casefold()]
    return Deadline(text=match[0], kind="periodic", rrule=f"weekly, {_bound(match)} {at}{weekday}")


def _daily(match: re.Match[str], _basis: Basis) -> Deadline:
    at = f"{int(match['hour']):02}:{int(match['minute'] or 0):02}"
    return Deadline(text=match[0], kind="periodic", rrule=f"daily, {_bound(match)} {at}")


def _yearly(match: re.Match[str], _basis: Basis) -> Deadline:
    days = [tuple(map(int, re.findall(r"\d+", day))) for day in re.findall(_DAY_OF_YEAR, match["days"])]
    if any(not (1 <= day <= 31 and 1 <= month <= 12) for day, month in days):
        raise NoDeadline
    named = " and ".join(f"{day} {_MONTHS[month - 1]}" for day, month in days)
    return Deadline(text=match[0], kind="periodic", rrule=f"yearly, {_bound(match)} {named}")


def _in_every_year(match: re.Match[str], _basis: Basis) -> Deadline:
    named = _MONTHS[int(match["month"]) - 1] if match["month"] else f"quarter {match['quarter'].upper()}"
    return Deadline(text=match[0], kind="periodic", rrule=f"yearly, in {named}")


def _cadence(match: re.Match[str], _basis: Basis) -> Deadline:
    written, unit = match["count"].casefold(), match["unit"].casefold()
    count = _COUNTS.get(written) or int(written)
    named = {(6, "tháng"): "half-yearly", (3, "tháng"): "quarterly"}.get((count, unit))
    plural = {"ngày": "days", "tuần": "weeks", "tháng": "months", "quý": "quarters", "năm": "years"}[unit]
    rule = named or (_PERIODS[unit] if count == 1 else f"every {count} {plural}")
    return Deadline(text=match[0], kind="periodic", rrule=rule)


def _times(match: re.Match[str], _basis: Basis) -> Deadline:
    times, period = int(match["times"]), _PERIODS[match["unit"].casefold()]
    return Deadline(
        text=match[0], kind="periodic", rrule=period if times == 1 else f"{period}, {times} times"
    )


def _unstated(match: re.Match[str], _basis: Basis) -> Deadline:
    return Deadline(text=match[0], kind="periodic")


def _ongoing(match: re.Match[str], _basis: Basis) -> Deadline:
    return Deadline(text=match[0], kind="ongoing")


#: These go before days: ``trước ngày 15/12 hằng năm`` is no day of this year.
FIRST: tuple[Wording, ...] = (
    wording(rf"{_HALF_YEAR}(?:\s+đầu\s+năm)?\s*\(?\s*{_BEFORE_OR_BY_DAY}(?P<days>{_DAY_OF_YEAR}{_NO_YEAR}\)?"
            r"\s*(?:,|;(?!\s*báo)|và)\s*(?:(?:hằng|hàng|cả|báo cáo|định kỳ)\s+){0,3}năm"
            rf"\s*\(?\s*{_BEFORE_OR_BY_DAY}{_DAY_OF_YEAR}){_NO_YEAR}\)?", _yearly),
    wording(rf"(?:định kỳ|báo cáo)\s[^.;()]{{0,40}}?{_HALF_YEAR}[^.;()]{{0,20}}?\bnăm\b[^.;()]{{0,120}}\("
            rf"\s*{_BEFORE_OR_BY_DAY}(?P<days>{_LIST_OF_DAYS}){_NO_YEAR}\s*\)", _yearly),
    wording(r"(?:từ\s+)?(?:năm\s+)?20\d\d\s*(?:và|,)\s*(?:(?:các|những)\s+)?năm\s+(?:tiếp\s+theo|sau)\b", _ongoing,
            needs_label=True),
    wording(r"(?:tháng\s+(?P<month>0?[1-9]|1[0-2])|quý\s+(?P<quarter>IV|III|II|I|[1-4]))\s*,?\s+(?:hằng|hàng)\s+năm\b",
            _in_every_year, needs_label=True),
    wording(r"^từ\s+(?=(?:ngày|tháng|quý|đầu|năm|nay|20\d\d)\b|\d{1,2}/)(?!.*(?:đến|tới|-|–))\S[^;]*$",
            _ongoing, needs_label=True),
    wording(r"báo cáo\s+(?:định kỳ\s+)?(?:6 tháng|sáu tháng|năm|hằng năm|hàng năm)\s+(?:đầu năm\s+)?"
            rf"(?:gửi[^,;.]{{0,40}}\s)?{_BEFORE_OR_BY}(?P<days>{_DAY_OF_YEAR})(?!\s*(?:/|năm))", _yearly),
    wording(rf"(?:{_BEFORE_OR_BY}|trước\s+|ngày\s+)(?P<days>{_LIST_OF_DAYS})\s*,?\s*(?:(?:của|vào)\s+)?(?:hằng|hàng|mỗi)\s+năm\b",
            _yearly),
    wording(rf"(?:(?:trước|chậm nhất(?:\s+(?:là|vào))?|vào)\s+)?(?:lúc\s+)?(?:{HOUR}[\s,]*(?:vào\s+)?)?{_WEEKDAY}"
            r"\s*,?\s*(?:của\s+)?(?:hằng|hàng|mỗi)\s+tuần\b", _weekly),
    wording(rf"(?:(?:trước|chậm nhất(?:\s+(?:là|vào))?|vào|lúc)\s+){{0,2}}{HOUR}[\s,]*(?:hằng|hàng|mỗi)\s+ngày\b",
            _daily),
    wording(rf"(?:hằng|hàng|mỗi)\s+tuần\s*,?\s*(?:\(\s*)?(?:trước|chậm nhất(?:\s+(?:là|vào))?|vào)\s+(?:lúc\s+)?"
            rf"(?:{HOUR}[\s,]*)?{_WEEKDAY}", _weekly),
)  # fmt: skip

WORDINGS: tuple[Wording, ...] = (
    wording(rf"{_BEFORE_OR_BY}(?P<day>\d{{1,2}})\s+(?:của\s+)?(?P<last>tháng\s+cuối\s+(?:của\s+)?(?:(?:mỗi|hằng|hàng)\s+)?quý)\b",
            _periodic),
    wording(rf"{_BEFORE_OR_BY}(?P<day>\d{{1,2}})\s+(?:của\s+)?(?P<next>tháng\s+đầu\s+(?:tiên\s+)?(?:của\s+)?quý\s+"
            r"(?:sau|kế tiếp|tiếp theo))\b", _periodic),
    wording(rf"(?:{_BEFORE_OR_BY}|ngày\s+)(?P<day>\d{{1,2}}){_OTHER_DAYS}\s+(?:của\s+)?{_EVERY}", _periodic),
    wording(rf"(?:hằng|hàng|mỗi)\s+(?P<period>tháng|quý)\s*,?\s*(?P<open>\(\s*)?{_BEFORE_OR_BY}"
            rf"(?P<day>\d{{1,2}}){_OTHER_DAYS}(?![\d/]|\.\d)(?(open)\)?)", _periodic),
    wording(_CADENCE, _cadence),
    wording(_TIMES, _times),
    wording(rf"định kỳ\s+{_EVERY}", _periodic),
    wording(rf"định kỳ\s+(?P<period>{_PERIOD})\b(?!\s+\d){_MORE}", _periodic),
    wording(rf"{_REPORTED}(?:\s+\w+){{0,3}}\s+{_EVERY}", _periodic),
    wording(rf"(?:báo cáo|gửi)(?:\s+\w+){{4,7}}\s+{_EVERY}", _periodic),
    wording(r"(?:báo cáo|công khai|công bố|cập nhật|gửi)[^.;,:]{0,120}?\s(?:hằng|hàng)\s+"
            r"(?P<period>ngày|tuần|tháng|quý)(?=\s*(?:[.;)]|$))", _periodic),
    wording(rf"{_EVERY}\s*,?\s+(?:thực hiện\s+)?{_REPORTED}", _periodic),
    wording(rf"(?:^|(?<=[.;]\s)){_EVERY}(?=\s*,?\s[^.;]{{0,120}}?\b(?:(?<!nghe )báo cáo|tổng hợp|tổ chức|rà soát"
            r"|đánh giá|kiểm tra|sơ kết|tổng kết|gửi|cập nhật|công khai)\b)", _periodic),
    wording(_EVERY, _periodic, needs_label=True),
    wording(r"^(?:theo\s+)?định kỳ$", _unstated, needs_label=True),
    wording(rf"(?:^|(?:thực hiện|triển khai)\s+|thời (?:hạn|gian):?\s+){_ALWAYS}"
            r"(?:\s+(?:trong|suốt|trong suốt)\s[^.;,()]{1,40})?(?=\s*(?:[.;)]|$))", _ongoing),
    wording(rf"(?:{_ALWAYS}|không (?:có )?thời hạn|liên tục|cả năm|lâu dài)", _ongoing, needs_label=True),
)  # fmt: skip
