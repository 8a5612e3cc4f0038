"""Reads what surrounds the items of a letter: its heading, its addressees, its signature."""

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass

from processes.documents.reading.letter import Addressee, PartialDate, Signer
from processes.documents.source.blocks import Line
from processes.units.groups import groups_named, listed_communes
from processes.units.registry import UnitRegistry

_NUMBER = re.compile(r"^Số\s*:\s*(?P<number>\d+\w*)?\s*(?P<suffix>/?\s*[\wĐđ]+(?:\s*[/-]\s*[\wĐđ]+)*)?", re.I)
_PLACE_AND_DATE = re.compile(
    r"^(?P<place>[^,\d]+?)\s*,\s*ngày\s*(?P<day>\d{1,2})?\s*tháng\s*(?P<month>\d{1,2})?\s*năm\s*(?P<year>20\d\d)?",
    re.IGNORECASE,
)
_SUBJECT = re.compile(r"^(?:V/v|Về việc)\s*:?\s*", re.IGNORECASE)
_TO = re.compile(r"^Kính gửi\s*:?\s*", re.IGNORECASE)
_CC = re.compile(r"^Nơi nhận\s*:?\s*", re.IGNORECASE)
_NATIONAL = re.compile(r"^(?:CỘNG H[ÒO]|Độc lập)", re.IGNORECASE)
_BULLET = re.compile(r"^[-–—•+]\s*")
_ISSUER = re.compile(r"^(?:ỦY BAN NHÂN DÂN|UỶ BAN NHÂN DÂN|UBND)\b\s*", re.IGNORECASE)
_URGENCY = (("express", re.compile(r"^HỎA TỐC|^HOẢ TỐC")), ("urgent", re.compile(r"^(?:THƯỢNG )?KHẨN$")))
#: Kinds of document that carry their name above the subject (Nghị định 30/2020/NĐ-CP, Article 7).
_KINDS = {
    kind.upper(): kind
    for kind in (
        *(
            "Nghị quyết",
            "Quyết định",
            "Chỉ thị",
            "Quy chế",
            "Quy định",
            "Thông cáo",
            "Thông báo",
            "Hướng dẫn",
        ),
        *("Chương trình", "Kế hoạch", "Phương án", "Đề án", "Dự án", "Báo cáo", "Tờ trình", "Công điện"),
    )
}
_LEAP_YEAR = 2024
_STAMP = re.compile(r"^(\d{1,5})\s*[/ ]\s*(\d{1,2})\s*[/ ]\s*(\d{1,2})$")
_AUTHORITY = re.compile(r"^(?:KT|TM|TL|TUQ|Q)\.\s*\w")
_OFFICE = re.compile(r"^(?:PHÓ\s+)?(?:CHỦ TỊCH|GIÁM ĐỐC|CHÁNH|TRƯỞNG|CỤC TRƯỞNG|BÍ THƯ|BỘ TRƯỞNG)")
_CAPITALISED = re.compile(r"\b(chủ tịch|giám đốc|chánh|trưởng ban|văn phòng|bí thư|bộ trưởng)\b")

#: After so many unknown names the text is no list of units; guessing names takes time.
MOST_SUGGESTED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What stands above *Kính gửi*."""

    number: str | None
    suffix: str | None
    place: str | None
    date: PartialDate
    subject: str | None
    issuer: str | None
    urgency: str
    doc_type: str = "Công văn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The lines of a letter, by where they stand."""

    heading: tuple[Line, ...]
    recipients: tuple[Line, ...]
    body: tuple[Line, ...]
    cc: tuple[Line, ...]
    signature: tuple[Line, ...]
    addressed: bool


def split_parts(lines: Sequence[Line]) -> Parts:
    """Divide a letter at *Kính gửi* and *Nơi nhận*."""
    to = next((at for at, line in enumerate(lines) if _TO.match(line.text)), None)
    end = next((at for at, line in enumerate(lines) if _CC.match(line.text)), None)
    last = len(lines) if end is None else end
    if to is None:
        first = _first_of_body(lines[:last])
        heading, recipients, body = lines[:first], lines[:0], lines[first:last]
    else:
        after = to + 1
        while after < last and (_BULLET.match(lines[after].text) or lines[after].text.endswith(";")):
            after += 1
        named = _TO.sub("", lines[to].text)
        if not named and after == to + 1:
            after = min(after + 1, last)
        own = (Line(text=named),) if named else ()
        heading, recipients, body = lines[:to], (*own, *lines[to + 1 : after]), lines[after:last]
    rest = lines[last + 1 :] if end is not None else lines[:0]
    signed = next(
        (at for at, line in enumerate(rest) if _AUTHORITY.match(line.text) or _OFFICE.match(line.text)),
        len(rest),
    )
    return Parts(
        heading=tuple(heading),
        recipients=tuple(recipients),
        body=tuple(body),
        cc=tuple(rest[:signed]),
        signature=tuple(rest[signed:]),
        addressed=to is not None,
    )


def read_heading(lines: Sequence[Line]) -> Heading:
    """Return number, place, date, subject and issuer; each may be missing."""
    number = suffix = place = subject = issuer = None
    date, urgency, doc_type = PartialDate(), "normal", "Công văn"
    texts = [line.text for line in lines]
    for at, text in enumerate(texts):
        if text in _KINDS:
            doc_type = _KINDS[text]
            subject = subject or _SUBJECT.sub("", " ".join(texts[at + 1 : at + 2])) or None
        if (match := _NUMBER.match(text)) and suffix is None and number is None:
            suffix = re.sub(r"\s+", "", match["suffix"] or "") or None
            number = f"{match['number']}{suffix or ''}" if match["number"] else None
            text = text[match.end() :].strip()
        if match := _PLACE_AND_DATE.match(text):
            place = match["place"]
            date = _date(match)
        elif subject is None and _SUBJECT.match(text):
            subject = _SUBJECT.sub("", " ".join(_until_next_part(texts[at:])))
        elif issuer is None and _ISSUER.match(text):
            following = texts[at + 1] if at + 1 < len(texts) and texts[at + 1].isupper() else ""
            name = f"{_ISSUER.sub('', text)} {following}".strip()
            issuer = f"UBND {_city(name)}" if name and not _NATIONAL.match(following) else None
        urgency = next((level for level, pattern in _URGENCY if pattern.match(text)), urgency)
    return Heading(
        number=number,
        suffix=suffix,
        place=place,
        date=date,
        subject=subject,
        issuer=issuer,
        urgency=urgency,
        doc_type=doc_type,
    )


def read_recipients(lines: Sequence[Line], registry: UnitRegistry) -> tuple[Addressee, ...]:
    """Return the addressees; only ``;`` separates them, for ``Sở, ban, ngành`` is one."""
    found: list[Addressee] = []
    for line in lines:
        for text in _BULLET.sub("", line.text).split(";"):
            name = text.strip(" .;")
            if name:
                unknown = sum(each.kind == "unknown" for each in found)
                found.append(_addressee(name, registry, suggest=unknown < MOST_SUGGESTED))
    return tuple(found)


def executors_in_cc(cc: Sequence[str], registry: UnitRegistry) -> tuple[Addressee, ...]:
    """Return the units and groups of *Nơi nhận*: the addressees of a document that has no *Kính gửi*."""
    found = (_addressee(entry, registry, suggest=False) for entry in cc)
    return tuple(each for each in found if each.kind != "unknown")


def read_cc(lines: Sequence[Line]) -> tuple[str, ...]:
    """Return the entries of *Nơi nhận*; they are informed and receive no task."""
    return tuple(text for line in lines if (text := _BULLET.sub("", line.text).strip(" .;")))


def read_signer(lines: Sequence[Line]) -> Signer | None:
    """Return who signed: the authority line, the office and the name below them."""
    texts = [line.text for line in lines]
    authority = ", ".join(text for text in texts if _AUTHORITY.match(text)) or None
    offices = [text for text in texts if _OFFICE.match(text)]
    names = [text for text in texts if not text.isupper() and 2 <= len(text.split()) <= 6 and text.istitle()]
    if not (authority or offices or names):
        return None
    title = _CAPITALISED.sub(_capital, offices[0].lower()) if offices else None
    return Signer(
        name=names[-1] if names else None,
        title=title[0].upper() + title[1:] if title else None,
        authority=authority,
    )


def _date(match: re.Match[str]) -> PartialDate:
    """Return the parts that can be; of 31 February only the month and the year."""
    day, month, year = (int(match[part]) if match[part] else None for part in ("day", "month", "year"))
    month = month if month is not None and 1 <= month <= 12 else None
    longest = monthrange(year or _LEAP_YEAR, month)[1] if month is not None else 31
    return PartialDate(day=day if day is not None and 1 <= day <= longest else None, month=month, year=year)


def find_stamp(lines: Sequence[Line]) -> tuple[str, PartialDate] | None:
    """Return number, day and month that a signing tool left as an orphan block (``277``, ``14``, ``7``)."""
    texts = [line.text for line in lines]
    for at in range(len(texts)):
        for width in (1, 3):
            match = _STAMP.match(" ".join(texts[at : at + width]))
            if match and 1 <= int(match[2]) <= 31 and 1 <= int(match[3]) <= 12:
                return match[1], PartialDate(day=int(match[2]), month=int(match[3]))
    return None


def _addressee(name: str, registry: UnitRegistry, *, suggest: bool = True) -> Addressee:
    if groups_named(name):
        return Addressee(text=name, kind="group")
    if listed_communes(name):
        return Addressee(text=name, kind="list")
    unit = registry.find(name)
    if unit is not None:
        return Addressee(text=name, kind="unit", code=unit.code)
    return Addressee(text=name, kind="unknown", nearest=tuple(registry.nearest(name)) if suggest else ())


def _until_next_part(texts: Sequence[str]) -> list[str]:
    wanted = [texts[0]]
    for text in texts[1:]:
        if any(p.match(text) for p in (_NUMBER, _PLACE_AND_DATE, _NATIONAL, _TO, _STAMP)) or text.isupper():
            break
        wanted.append(text)
    return wanted


def _first_of_body(lines: Sequence[Line]) -> int:
    """Return where the body begins without *Kính gửi*: below the kind of document and its subject."""
    named = next((at for at, line in enumerate(lines) if line.text in _KINDS), None)
    if named is not None:
        return min(named + 2, len(lines))
    return next((at for at, line in enumerate(lines) if _begins_body(line.text)), 0)


def _begins_body(text: str) -> bool:
    return re.match(r"(?:Căn cứ|Thực hiện|Theo|Triển khai|Nhằm|\d{1,2}\s*[.)])", text) is not None


def _city(name: str) -> str:
    words = " ".join(word.capitalize() for word in name.split())
    return re.sub(r"^(Thành Phố|Tỉnh|Xã|Phường)\b", lambda match: match[0].lower(), words)


def _capital(match: re.Match[str]) -> str:
    return match[0][0].upper() + match[0][1:]
