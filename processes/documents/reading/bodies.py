"""Knows a body by how its name begins: one that the registry lacks is asked about, not left to every recipient."""

import re

from processes.documents.reading.leads import Leads
from processes.documents.reading.outside import outside_at, shown
from processes.documents.reading.values import UnknownName
from processes.units.names import CAPITALS

#: How the names of bodies begin; a capital must follow, ``Bộ máy`` and ``Ban hành`` name none.
_BODY = re.compile(
    r"^(?:Các\s+)?(?:Giám đốc\s+)?(?P<name>(?:Sở|Ban|Cục|Chi cục|Trung tâm|Bệnh viện|Văn phòng|Kho bạc|Bảo hiểm"
    r"|(?:UBND|Ủy ban nhân dân|Uỷ ban nhân dân) (?:xã|phường)|Hội|Viện|Trường|Quỹ|Đài|Phòng)\s+"
    rf"[{CAPITALS}]\S*(?:\s+(?:[{CAPITALS}]\S*|\S+(?=\s+[{CAPITALS}])))*)"
)
#: Sorts of bodies, by which a heading names several.
_SEVERAL = re.compile(
    r"^(?:Các|Những)\s+(?:bệnh viện|trường|cơ sở|doanh nghiệp|đơn vị|chủ đầu tư|ban quản lý|công ty|phòng|hội"
    r"|tổ chức)\b",
    re.IGNORECASE,
)
#: What may follow a name that carries something out.
_ACTS = re.compile(
    r"^\s*(?::|,?\s*(?:chủ trì|có trách nhiệm|chịu trách nhiệm|phối hợp|theo dõi|khẩn trương|tiếp tục)\b)"
)
_LONGEST = 14


def unknown_body(text: str, *, is_heading: bool) -> Leads | None:
    """Return the body with whose name a text begins, as one to be asked about; ``None`` if it begins with none.

    Bodies above and beside the administration are asked; nothing can be assigned to them.

    Args:
        is_heading: the text is a heading, so that the name stands for all of it.
    """
    outside = outside_at(text)
    if outside is not None and _stands(text[len(outside) :], is_heading=is_heading):
        return Leads(outside=shown(outside))
    match = _BODY.match(text)
    if match is not None and _stands(text[match.end() :], is_heading=is_heading):
        return _asked(match["name"].rstrip(" ,:;."))
    if is_heading and (match is not None or _SEVERAL.match(text)):
        return _asked(text.strip(" :."))
    return None


def _stands(rest: str, *, is_heading: bool) -> bool:
    return _ACTS.match(rest) is not None or (is_heading and not rest.strip(" :."))


def _asked(name: str) -> Leads | None:
    return Leads(unknown=UnknownName(text=name)) if len(name.split()) <= _LONGEST else None
