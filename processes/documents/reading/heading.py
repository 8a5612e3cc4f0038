"""Reads the heading of a document: number and notation, place and date, subject, urgency and secrecy."""

import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import dropwhile

from processes.documents.reading.evidence import Evidence, How, evidence
from processes.documents.reading.kinds import title_of
from processes.documents.reading.values import PartialDate
from processes.documents.source.blocks import Line

_DASH = "[-–—‑]"
_NOTATION = rf"[A-ZĐƯÂÊÔƠĂa-zđ&][\wĐđ&.,]*(?:\s*(?:{_DASH}|/)\s*[\wĐđ&.,]+)*"
_NUMBER = re.compile(
    rf"^Số\s*:?\s*(?P<number>\d+[a-z]?(?:\s*/\s*(?:19|20)\d\d(?=\s*[/{_DASH[1:-1]}]))?)?[\s.…_]*"
    rf"(?P<suffix>(?:/|{_DASH})\s*{_NOTATION})?(?P<rest>.*)$",
    re.IGNORECASE,
)
#: The same without its label, alone on its line.
_BARE_NUMBER = re.compile(
    rf"^(?P<number>\d{{1,5}}(?:/20\d\d)?)\s*(?P<suffix>(?:/|{_DASH})\s*(?=[A-ZĐ]{{2}}){_NOTATION})$"
)
_BLANK = r"[\s.…_]*"
_PLACE_AND_DATE = re.compile(
    rf"^(?:(?P<place>[^,;:]{{2,40}}?)\s*,\s*)?(?:(?:hồi|lúc)?\s*\d{{1,2}}\s*(?:giờ|h|g)\s*(?:\d{{1,2}}\s*(?:phút)?)?\s*,?\s*)?"
    rf"ngày{_BLANK}(?P<day>\d{{1,2}})?{_BLANK}"
    rf"(?:tháng{_BLANK}(?P<month>\d{{1,2}})?{_BLANK}năm{_BLANK}(?P<year>20\d\d)?"
    rf"|[/.-]\s*(?P<month2>\d{{1,2}})?{_BLANK}[/.-]\s*(?P<year2>20\d\d))",
    re.IGNORECASE,
)
_SUBJECT = re.compile(r"^(?:V/v|Về việc)\s*:?\s*", re.IGNORECASE)
_ABOUT = re.compile(r"^(?:V/v|Về việc|Về)\s*:?\s*", re.IGNORECASE)
_NATIONAL = re.compile(r"^(?:CỘNG H(?:ÒA|OÀ|O)|Độc lập|ĐẢNG CỘNG)", re.IGNORECASE)
_ENCLOSED = re.compile(r"^\((?:Ban hành )?kèm theo\b", re.IGNORECASE)
_URGENCY = (
    ("express", re.compile(r"^\W*(?:HỎA TỐC|HOẢ TỐC)(?:\s+HẸN GIỜ)?\b", re.I)),
    ("urgent", re.compile(r"^\W*THƯỢNG KHẨN\W*$", re.I)),
    ("urgent", re.compile(r"^\W*KHẨN\W*$", re.I)),
)
_SECRECY = re.compile(r"^\W*(TUYỆT MẬT|TỐI MẬT|MẬT)\W*$")
_AUTHORITY = re.compile(
    r"^(?:(?:PHÓ )?CHỦ TỊCH|GIÁM ĐỐC|ỦY BAN NHÂN DÂN|UỶ BAN NHÂN DÂN|CHÁNH|BỘ TRƯỞNG|TRƯỞNG BAN)\b"
)
_LEAP_YEAR = 2024
_STAMP = re.compile(r"^(\d{1,5})\s*[/ ]\s*(\d{1,2})\s*[/ ]\s*(\d{1,2})$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What stands above the body.

    Attributes:
        number: with notation; ``suffix`` is what follows the number.
        numbered: the line of the number, with or without it.
        by: who decides, where that stands between title and body (``CHỦ TỊCH ỦY BAN NHÂN DÂN THÀNH PHỐ …``).
    """

    number: str | None = None
    suffix: str | None = None
    numbered: Line | None = None
    place: str | None = None
    date: PartialDate = field(default_factory=PartialDate)
    subject: str | None = None
    urgency: str = "normal"
    secrecy: str | None = None
    by: Line | None = None
    evidence: Mapping[str, Evidence] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """Number, day and month that a signing tool printed as a block of its own."""

    number: str
    date: PartialDate
    lines: tuple[Line, ...]


def read_heading(lines: Sequence[Line]) -> Heading:
    """Return what the heading says; each part may be missing."""
    found: dict[str, Evidence] = {}
    number, suffix, numbered = _number(lines, found)
    place, date = _place_and_date(lines, found)
    subject, by = _subject(lines, found)
    urgency = secrecy = None
    for line in lines:
        for level, pattern in _URGENCY:
            if urgency is None and pattern.match(line.text):
                urgency = level
                found["urgency"] = evidence(How.LABEL, line.text, line)
        match = _SECRECY.match(line.text)
        if secrecy is None and match is not None:
            secrecy = match[1].capitalize()
            found["secrecy"] = evidence(How.LABEL, line.text, line)
    return Heading(
        number=number,
        suffix=suffix,
        numbered=numbered,
        place=place,
        date=date,
        subject=subject,
        urgency=urgency or "normal",
        secrecy=secrecy,
        by=by,
        evidence=found,
    )


def find_stamp(lines: Sequence[Line]) -> Stamp | None:
    """Return number, day and month that a signing tool left as an orphan block (``277``, ``14``, ``7``).

    It stands on the first page; numbers in a row elsewhere are none.
    """
    for at in range(len(lines)):
        for width in (1, 2, 3):
            block = tuple(lines[at : at + width])
            if any(line.place is not None and line.place.page not in (None, 1) for line in block):
                continue
            match = _STAMP.match(" ".join(line.text for line in block))
            if match and 1 <= int(match[2]) <= 31 and 1 <= int(match[3]) <= 12:
                day = PartialDate(day=int(match[2]), month=int(match[3]))
                return Stamp(number=match[1], date=day, lines=block)
    return None


def _number(lines: Sequence[Line], found: dict[str, Evidence]) -> tuple[str | None, str | None, Line | None]:
    for pattern, how in ((_NUMBER, How.LABEL), (_BARE_NUMBER, How.POSITION)):
        for line in lines:
            match = pattern.match(line.text)
            if match is None or not (match["number"] or match["suffix"]):
                continue
            if not match["suffix"] and ":" not in line.text:
                continue
            suffix = _tidy(match["suffix"]) if match["suffix"] else None
            number = f"{_tidy(match['number'])}{suffix or ''}" if match["number"] else None
            if number is not None:
                found["number"] = evidence(how, line.text, line)
            return number, suffix, line
    return None, None, None


def _tidy(text: str) -> str:
    return re.sub(_DASH, "-", re.sub(r"\s+", "", text)).rstrip(".,")


def _place_and_date(lines: Sequence[Line], found: dict[str, Evidence]) -> tuple[str | None, PartialDate]:
    for line in lines:
        rest = _NUMBER.match(line.text)
        match = _PLACE_AND_DATE.match(rest["rest"].strip() if rest is not None else line.text)
        if match is None:
            continue
        date = _date(match["day"], match["month"] or match["month2"], match["year"] or match["year2"])
        sure = evidence(How.LABEL, match[0], line)
        found["date"] = sure if date.whole is not None else sure.less_sure(0.6)
        if match["place"]:
            found["place"] = evidence(How.POSITION, match["place"], line)
        return match["place"], date
    return None, PartialDate()


def _date(*parts: str | None) -> PartialDate:
    """Return the parts that can be; of 31 February only the month and the year."""
    day, month, year = (int(part) if part else None for part in parts)
    month = month if month is not None and 1 <= month <= 12 else None
    longest = monthrange(year or _LEAP_YEAR, month)[1] if month is not None else 31
    return PartialDate(day=day if day is not None and 1 <= day <= longest else None, month=month, year=year)


def _subject(lines: Sequence[Line], found: dict[str, Evidence]) -> tuple[str | None, Line | None]:
    """Return the subject, and who decides if that stands below it."""
    by: Line | None = None
    titled = next(((at, title) for at, line in enumerate(lines) if (title := title_of(line))), None)
    if titled is not None:
        at, (_, rest) = titled
        wanted = [lines[at]] if rest else []
        for line in lines[at + 1 :]:
            if _is_other(line.text):
                break
            if _AUTHORITY.match(line.text) and line.text.isupper():
                by = line
                break
            if not wanted and line.text.startswith("CỦA "):
                line = replace(line, text=_without_capitals(line.text))
            if not line.text:
                continue
            wanted.append(line)
        own = lines[at].text if rest.isupper() and not wanted[1:] else rest
        texts = [own, *(line.text for line in wanted[1:])] if rest else [line.text for line in wanted]
        text = _ABOUT.sub("", " ".join(texts)).strip()
        if text:
            found["subject"] = evidence(How.POSITION, texts[0], *wanted)
            return text, by
    for at, line in enumerate(lines):
        if _SUBJECT.match(line.text):
            wanted = [line, *_until_other(lines[at + 1 :])]
            found["subject"] = evidence(How.LABEL, line.text, line)
            return _SUBJECT.sub("", " ".join(each.text for each in wanted)).strip(), by
    return None, by


def _without_capitals(text: str) -> str:
    """Return what follows whose document it is: ``CỦA BAN THƯỜNG VỤ THÀNH ỦY về tăng cường …``."""
    return " ".join(dropwhile(str.isupper, text.split()))


def _until_other(lines: Sequence[Line]) -> list[Line]:
    ends = (at for at, line in enumerate(lines) if _is_other(line.text) or line.text.isupper())
    end = next(ends, len(lines))
    return list(lines[:end])


def _is_other(text: str) -> bool:
    return any(
        pattern.match(text)
        for pattern in (_NUMBER, _BARE_NUMBER, _PLACE_AND_DATE, _NATIONAL, _ENCLOSED, _SECRECY)
    ) or any(pattern.match(text) for _, pattern in _URGENCY)
