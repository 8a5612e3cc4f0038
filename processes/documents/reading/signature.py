"""Reads who signed: on whose behalf (``TM.``, ``KT.``, ``TL.``, ``TUQ.``), in which office, by which name."""

import re
from collections.abc import Iterator, Sequence

from processes.documents.reading.values import Signer
from processes.documents.source.blocks import Line

#: The party writes ``T/M`` where the state writes ``TM.``.
_AUTHORITY = re.compile(r"^(?:(?:KT|TM|TL|TUQ|Q)\s*\.|(?:K/T|T/M|T/L)\b\.?)\s*\S")
_OFFICES = (
    r"(?:CHỦ TỊCH|CHỦ NHIỆM|TỔNG GIÁM ĐỐC|GIÁM ĐỐC|CHÁNH|TRƯỞNG|TỔNG CỤC TRƯỞNG|CỤC TRƯỞNG|CHI CỤC TRƯỞNG"
    r"|VỤ TRƯỞNG|VIỆN TRƯỞNG|HIỆU TRƯỞNG|BÍ THƯ|BỘ TRƯỞNG|THỨ TRƯỞNG|THỦ TƯỚNG|THỐNG ĐỐC|TỔNG THANH TRA"
    r"|CHỈ HUY TRƯỞNG|TỔ TRƯỞNG|ĐỘI TRƯỞNG|ỦY VIÊN|UỶ VIÊN|THƯỜNG TRỰC)"
)
_OFFICE = re.compile(rf"^(?:PHÓ\s+)?{_OFFICES}(?=\s|$|,|-|–)")
#: A signature that a text layer printed behind an entry of the distribution list.
_BEHIND = re.compile(
    rf"^(?P<left>.*?)\s+(?P<right>(?:(?:(?:KT|TM|TL|TUQ|Q)\s*\.|(?:K/T|T/M|T/L)\b)\s*|PHÓ\s+(?={_OFFICES})|(?={_OFFICES})).+)$"
)
_NAME_BEHIND = re.compile(r"^(?P<left>[-–+]?\s*Lưu\b.*?[.;])\s+(?P<right>\S+(?:\s+\S+){1,5})$")
_SIGNED = re.compile(r"^[\[(]?\s*(?:đã ký|daky|ký tên|ký,? (?:ghi rõ họ tên|đóng dấu))\b.*$", re.IGNORECASE)
_SIGNED_BY = re.compile(r"^[\[(]?\s*đã ký\s*[:\])]\s*(?=\S)", re.IGNORECASE)
_RANK = re.compile(
    r"^(?:(?:GS|PGS|TS|ThS|BS|KS|CN|LS|Ths|Ông|Bà|Đ/c|Đồng chí)\.?\s*(?:[-–]\s*)?"
    r"|BSCK\w*\.?\s+|(?:[A-ZĐ][A-Za-zĐđƯư]{0,5}\.)+\s*"
    r"|(?:Đại|Thượng|Trung|Thiếu)\s+(?:tướng|tá|úy)\s+)+"
)
_CAPITALISED = re.compile(
    r"\b(chủ tịch|chủ nhiệm|tổng giám đốc|giám đốc|chánh|trưởng ban|trưởng phòng|văn phòng|thanh tra|bí thư"
    r"|bộ trưởng|cục trưởng|chi cục trưởng|thủ tướng)\b"
)
#: Bodies within a title, whose own names begin with a capital: ``Giám đốc Sở Nội vụ``, ``Trưởng phòng Tổng hợp``.
_BODIES = re.compile(
    r"(?P<sort>\b(?:Trưởng [Pp]hòng|Trưởng [Bb]an|Phòng|Văn phòng|Cục trưởng|Chi cục trưởng|[Ss]ở)\s)(?P<name>\w+)"
)
#: Family names, by which a line in capitals is known as a person's.
_SURNAMES = frozenset(
    re.findall(
        r"\w+",
        """nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô dương lý đinh mai trịnh đào tô lâm hà
        cao tạ thái lương châu tăng quách đoàn trương tống lưu phùng vương kiều la bế nông triệu ma hứa thạch
        điểu mạc nghiêm ngụy ông quan tiêu từ ưng văn viên chu chử cù doãn giang giáp khổng khuất lại mã nhâm
        ninh phí sầm sơn tần thân thiều tôn trà uông vi vừ giàng sùng thào lò cầm quàng lường bàn đàm""",
    )
)
#: Words of institutions; no person is called so.
_INSTITUTIONS = frozenset(
    (
        "BAN",
        "DÂN",
        "ĐỊNH",
        "ĐỐC",
        "GIÁM",
        "HÀNH",
        "KẾ",
        "NHÂN",
        "PHÒNG",
        "PHỤ",
        "QUYẾT",
        "SỞ",
        "UBND",
        "ỦY",
        "UỶ",
    )
)


def is_signature(text: str) -> bool:
    """Say whether a line can only stand in a signature: authority, office or name."""
    return bool(
        _AUTHORITY.match(text)
        or (_OFFICE.match(text) and text.isupper())
        or _SIGNED.match(text)
        or _name(text) is not None
    )


def ends_signed(texts: Sequence[str]) -> int:
    """Return where the signature at the end of these lines begins; their number if there is none."""
    start = len(texts)
    for at in range(len(texts) - 1, max(-1, len(texts) - 10), -1):
        text = texts[at]
        if _AUTHORITY.match(text) or (_OFFICE.match(text) and text.isupper()):
            start = at
        elif not is_signature(text) and not text.isupper():
            break
    return start


def parted_signature(text: str) -> tuple[str, str]:
    """Return an entry of the distribution list and the piece of a signature that stands behind it on its line."""
    match = _BEHIND.match(text)
    if match is None or not match["right"].isupper():
        match = _NAME_BEHIND.match(text)
        if match is None or _name(match["right"]) is None:
            return text, ""
    return match["left"], match["right"].strip()


def read_signers(lines: Sequence[Line]) -> tuple[tuple[Signer, tuple[Line, ...]], ...]:
    """Return everybody who signed with the lines that say so; a name ends the lines of its signer."""
    return tuple(_signers(lines))


def _signers(lines: Sequence[Line]) -> Iterator[tuple[Signer, tuple[Line, ...]]]:
    own: list[Line] = []
    for line in lines:
        is_office = _AUTHORITY.match(line.text) or _OFFICE.match(line.text)
        if is_office:
            own.append(line)
            continue
        name = _name(line.text)
        if name is not None:
            yield _signer(own, name), (*own, line)
            own = []
    if own:
        yield _signer(own, None), tuple(own)


def _signer(lines: Sequence[Line], name: str | None) -> Signer:
    texts = [line.text.rstrip(" .,;:") for line in lines]
    authority = ", ".join(text for text in texts if _AUTHORITY.match(text)) or None
    office = next((text for text in texts if _OFFICE.match(text)), None)
    acting = next((text for text in texts if re.match(r"Q\.", text)), None)
    if office is None and acting is not None:
        office = f"QUYỀN {acting.removeprefix('Q.').strip()}"
    title = None if office is None else _BODIES.sub(_named, _CAPITALISED.sub(_capital, office.lower()))
    return Signer(name=name, title=title[0].upper() + title[1:] if title else None, authority=authority)


def _name(text: str) -> str | None:
    """Return a line as the name of a person, in small letters also where it is printed in capitals."""
    plain = _RANK.sub("", _SIGNED_BY.sub("", text.strip())).strip(" .").replace("’", "'")
    words = plain.split()
    if not 2 <= len(words) <= 6 or any(
        not word.replace("'", "").replace("-", "").isalpha() for word in words
    ):
        return None
    if plain.isupper():
        known = words[0].lower() in _SURNAMES and not set(words) & _INSTITUTIONS
        return plain.title() if known else None
    return plain if plain.istitle() and words[0] not in ("Nơi", "Như") else None


def _named(match: re.Match[str]) -> str:
    name = match["name"] if match["name"] in ("ủy", "uỷ", "ubnd", "đoàn") else match["name"].capitalize()
    return f"{match['sort'].replace('sở', 'Sở')}{name}"


def _capital(match: re.Match[str]) -> str:
    return match[0][0].upper() + match[0][1:]
