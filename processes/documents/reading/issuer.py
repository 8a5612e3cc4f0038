"""Reads which body issued a document: from its block above the number, else from notation, place and text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from processes.documents.reading.evidence import Evidence, How, evidence
from processes.documents.reading.kinds import short_kind, title_of
from processes.documents.source.blocks import Line
from processes.units.registry import UnitRegistry

_NATIONAL = re.compile(r"^(?:CỘNG H(?:ÒA|OÀ|O)|CHỦ NGHĨA VIỆT NAM|Độc lập|ĐẢNG CỘNG SẢN)", re.IGNORECASE)
_PEOPLES_COMMITTEE = re.compile(r"^(?:ỦY BAN NHÂN DÂN|UỶ BAN NHÂN DÂN|UBND)\b\s*", re.IGNORECASE)
#: How the name of a body begins; any other line in capitals goes on with the one above it.
_BODY = re.compile(
    r"^(?:ỦY BAN|UỶ BAN|UBND|HỘI ĐỒNG|HĐND|SỞ|BAN|VĂN PHÒNG|CÔNG AN|BỘ|CHÍNH PHỦ|THỦ TƯỚNG|THANH TRA|CHI CỤC|CỤC"
    r"|TỔNG CỤC|THÀNH ỦY|THÀNH UỶ|TỈNH ỦY|TỈNH UỶ|ĐẢNG BỘ|ĐẢNG ỦY|ĐẢNG UỶ|TRUNG TÂM|TRƯỜNG|BẢO HIỂM|THUẾ|PHÒNG"
    r"|KHO BẠC|NGÂN HÀNG|MẶT TRẬN|LIÊN ĐOÀN|TÒA ÁN|TOÀ ÁN|VIỆN|HỘI|ĐOÀN|THÀNH ĐOÀN|TỈNH ĐOÀN|TỔ|QUỸ|ĐÀI|BÁO)\b"
)
#: Lines in capitals that name no body.
_OTHER = re.compile(
    r"^(?:HỎA TỐC|HOẢ TỐC|THƯỢNG KHẨN|KHẨN|MẬT|TỐI MẬT|TUYỆT MẬT|DỰ THẢO|BẢN SAO|SỐ\b|V/V|KÍNH GỬI|PHỤ LỤC)"
)
_ENDS_BLOCK = re.compile(r"^(?:Số\b|V/v|Về việc|Kính gửi|\d+\s*[/-])", re.IGNORECASE)
_LEVEL = re.compile(r"\b(?:UBND|Ủy ban nhân dân|Uỷ ban nhân dân) (?P<level>thành phố|tỉnh)\b", re.IGNORECASE)
#: Bodies that are called after the one above them.
_INSIDE = re.compile(r"VĂN PHÒNG|THANH TRA|BAN TỔ CHỨC|BAN NỘI CHÍNH")
_IN_SMALL = re.compile(r"(?:Ủy ban nhân dân|UBND|Sở|Ban)(?: \S+){1,11}$")
_KEPT = (
    ("ubnd", "UBND"),
    ("hđnd", "HĐND"),
    ("đảng bộ", "Đảng bộ"),
    ("nhà nước", "Nhà nước"),
    ("việt nam", "Việt Nam"),
    ("chấp hành", "Chấp hành"),
    ("chính phủ", "Chính phủ"),
    ("trung ương", "Trung ương"),
)
_FIRST_TWO = re.compile(r"^((?:Sở|Ban|Bộ) )(\w)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """The body that issued a document; ``superior`` stands above it in the block."""

    name: str
    superior: str | None
    evidence: Evidence


def written_issuer(heading: Sequence[Line], place: str | None, registry: UnitRegistry) -> Issuer | None:
    """Return the issuer that the block above the number names; the last body of it issues."""
    lines = list(_block(heading))
    bodies: list[str] = []
    for line in lines:
        text = line.text.strip(" *-–")
        alone = bodies and _PEOPLES_COMMITTEE.sub("", bodies[-1]).strip() == ""
        if not bodies or (_BODY.match(text) and not alone):
            bodies.append(text)
        else:
            bodies[-1] += f" {text}"
    bodies = [body for body in bodies if _PEOPLES_COMMITTEE.sub("", body).strip()]
    if not bodies:
        return None
    superior = _named(bodies[-2], place, registry) if len(bodies) > 1 else None
    name = bodies[-1]
    of_party = (superior or "").startswith("Đảng bộ") and name == "BAN CHẤP HÀNH"
    if superior is not None and (_INSIDE.fullmatch(name) or of_party):
        return Issuer(
            name=_inside(name, superior, place, registry), superior=superior, evidence=_quoted(lines)
        )
    return Issuer(name=_named(name, place, registry), superior=superior, evidence=_quoted(lines))


def _quoted(lines: Sequence[Line]) -> Evidence:
    return evidence(How.POSITION, " ".join(line.text for line in lines), *lines)


def _inside(name: str, superior: str, place: str | None, registry: UnitRegistry) -> str:
    """Return a body that is called after the one above it: ``Văn phòng UBND thành phố``."""
    full = f"{_sentence(name, place)} {superior}"
    bare = full.removesuffix(place or "").strip()
    unit = registry.find(full) or registry.find(bare)
    return full if unit is None else unit.name


def inferred_issuer(
    suffix: str | None, place: str | None, number: Line | None, text: str, registry: UnitRegistry
) -> Issuer | None:
    """Return the issuer that notation, place and body together point at."""
    short = _short(suffix)
    if short is None or suffix is None or number is None:
        return None
    found = evidence(How.NOTATION, suffix.lstrip("/"), number)
    if short in ("TU", "TW", "ĐU"):
        name = {"TU": "Thành ủy", "TW": "Ban Chấp hành Trung ương Đảng", "ĐU": "Đảng ủy"}[short]
        if short == "TU" and re.search(r"\bTỉnh ủy\b", text) and not re.search(r"\bThành ủy\b", text):
            name = "Tỉnh ủy"
        return Issuer(
            name=f"{name} {place}" if place and short == "TU" else name, superior=None, evidence=found
        )
    if short == "UBND":
        commune = None if place is None else _commune(place, registry)
        if commune is not None:
            return Issuer(name=commune, superior=None, evidence=found)
        level = _LEVEL.search(text)
        if place is None or level is None:
            return None
        return Issuer(name=f"UBND {level['level'].lower()} {place}", superior=None, evidence=found)
    unit = registry.find({"VP": "VPUB", "VPUBND": "VPUB"}.get(short, short))
    return None if unit is None else Issuer(name=unit.name, superior=None, evidence=found)


def _short(suffix: str | None) -> str | None:
    """Return the issuer's part of a notation: ``UBND`` of ``/CT-UBND``, ``TU`` of ``-NQ/TU``."""
    parts = [part for part in re.split(r"[/-]", (suffix or "").strip("/- ")) if part]
    parts = [part for part in parts if not part.isdecimal()]
    if not parts:
        return None
    named = [part for part in parts if short_kind(part) is None]
    return (named or parts)[0]


def _block(heading: Sequence[Line]) -> list[Line]:
    """Return the lines in capitals that stand above number, title and subject."""
    found: list[Line] = []
    for line in heading:
        text = line.text.strip(" *-–")
        if _NATIONAL.match(text) or not text:
            continue
        if _ENDS_BLOCK.match(text) or title_of(line) is not None:
            break
        begins = (text.isupper() and _BODY.match(text)) or _IN_SMALL.match(text)
        goes_on = bool(found) and text.isupper()
        if not _OTHER.match(text) and (goes_on or (not found and begins)):
            found.append(line)
    return found


def _commune(place: str, registry: UnitRegistry) -> str | None:
    named = [unit for kind in ("phường", "xã") if (unit := registry.find(f"UBND {kind} {place}")) is not None]
    return named[0].name if len(named) == 1 else None


def _named(written: str, place: str | None, registry: UnitRegistry) -> str:
    """Return a name in capitals as it is written in a sentence, a unit's as the registry has it."""
    if not written.isupper():
        return written
    unit = registry.find(written)
    if unit is not None and not _PEOPLES_COMMITTEE.match(written):
        return unit.name
    match = _PEOPLES_COMMITTEE.match(written)
    if match is not None:
        return f"UBND {_city(written[match.end() :])}"
    return _sentence(written, place)


def _city(name: str) -> str:
    words = " ".join(word.capitalize() for word in name.split())
    return re.sub(r"^(Thành Phố|Tỉnh|Xã|Phường|Huyện|Quận|Thị Xã)\b", lambda match: match[0].lower(), words)


def _sentence(written: str, place: str | None) -> str:
    text = written.lower()
    for plain, kept in _KEPT:
        text = text.replace(plain, kept)
    if place:
        text = re.sub(re.escape(place), place, text, flags=re.IGNORECASE)
    else:
        text = re.sub(
            r"\b(thành phố|tỉnh|xã|phường|thành ủy|tỉnh ủy) (.+)$",
            lambda match: f"{match[1]} {' '.join(word.capitalize() for word in match[2].split())}",
            text,
        )
    text = text[:1].upper() + text[1:]
    return _FIRST_TWO.sub(lambda match: match[1] + match[2].upper(), text)
