"""The kinds of directive documents: by the title, by the notation, by how the text calls itself."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from processes.documents.reading.evidence import Evidence, How, evidence
from processes.documents.source.blocks import Line

OFFICIAL_LETTER = "Công văn"
DIRECTIVE = "Chỉ thị"
PLAN = "Kế hoạch"
NOTICE = "Thông báo"
DECISION = "Quyết định"
DISPATCH = "Công điện"
INVITATION = "Giấy mời"
REPORT = "Báo cáo"
MINUTES = "Biên bản"
SUBMISSION = "Tờ trình"
#: The charter of an association or a fund.
CHARTER = "Điều lệ"
#: By which an office lays a draft before its leaders.
SLIP = "Phiếu trình"
OUTLINE = "Đề cương"
PETITION = "Đơn"
CIRCULAR = "Thông tư"
DECREE = "Nghị định"
#: Kinds of document that carry their name above the subject (Nghị định 30/2020/NĐ-CP, Article 7).
_TITLED = (
    *("Nghị quyết", DECISION, DIRECTIVE, "Quy chế", "Quy định", "Thông cáo", NOTICE, "Hướng dẫn"),
    *("Chương trình", PLAN, "Phương án", "Đề án", "Dự án", REPORT, SUBMISSION, DISPATCH, "Kết luận"),
    *(INVITATION, MINUTES, CHARTER, SLIP, OUTLINE, CIRCULAR, DECREE),
)
#: The short form of a kind in a notation: ``09/CT-UBND``; the party writes ``05-NQ/TU``.
_SHORT = {
    **{"NQ": "Nghị quyết", "QĐ": DECISION, "CT": DIRECTIVE, "QC": "Quy chế", "QyĐ": "Quy định"},
    **{"TB": NOTICE, "TBKL": NOTICE, "HD": "Hướng dẫn", "CTR": "Chương trình", "CTRHĐ": "Chương trình"},
    **{"CTHĐ": "Chương trình", "KH": PLAN, "PA": "Phương án", "ĐA": "Đề án", "DA": "Dự án"},
    **{
        "BC": REPORT,
        "TTR": SUBMISSION,
        "CĐ": DISPATCH,
        "KL": "Kết luận",
        "CV": OFFICIAL_LETTER,
        "GM": INVITATION,
        "BB": MINUTES,
        "PT": SLIP,
    },
}
#: Kinds whose articles state rather than ask: only who is named there has something to do.
STATING = frozenset({DECISION, INVITATION, "Quy chế", "Quy định", "Nghị quyết"})
#: Kinds that tell what was: only ``Giao …`` asks in them.
REPORTING = frozenset({REPORT, MINUTES})
#: Kinds that give nobody anything to do: they state, lay before or ask for.
SILENT = frozenset({SUBMISSION, CHARTER, SLIP, OUTLINE, PETITION, CIRCULAR, DECREE})
#: Kinds of rules: even their sections of tasks ask only whom they name.
RULING = frozenset({"Quy chế", "Quy định"})
_KINDS = {kind.upper(): kind for kind in _TITLED} | {
    "CHƯƠNG TRÌNH HÀNH ĐỘNG": "Chương trình",
    "CHƯƠNG TRÌNH CÔNG TÁC": "Chương trình",
    "THÔNG BÁO KẾT LUẬN": NOTICE,
    "ĐƠN ĐỀ NGHỊ": PETITION,
    "ĐƠN XIN": PETITION,
}
_TITLE = re.compile(rf"^(?P<kind>{'|'.join(sorted(_KINDS, key=len, reverse=True))})(?P<rest>\s+\S.*|\s*:)?$")
#: ``QUY ĐỊNH CHUNG`` heads a chapter.
_CHAPTER = re.compile(r"^QUY ĐỊNH (?:CHUNG|CHI TIẾT|CỤ THỂ)$")
_LONGEST_TITLE = 60
_THIS = re.compile(rf"\b(?P<kind>{'|'.join(_TITLED)}|Công văn) này\b")
#: What a conference does hour by hour; what others wrote of a draft.
_AGENDA = re.compile(r"^(?:hội nghị|hội thảo|cuộc họp|họp|lễ|buổi|làm việc|phiên họp|đại hội|kỳ họp)\b", re.I)
_OPINIONS = re.compile(r"^(?:BẢNG )?TỔNG HỢP\b.*\b(?:GÓP Ý|Ý KIẾN)\b", re.I)
_REMINDS = re.compile(
    r"đôn đốc|nhắc (?:việc|nhở)|khẩn trương báo cáo|chậm (?:báo cáo|tiến độ|muộn)|quá hạn", re.I
)
_STILL_OPEN = re.compile(r"\bđôn đốc\b.*\b(?:đã giao|quá hạn|chậm)|\bđến nay\b.*\bchưa\b", re.I)
_ADDRESSED = re.compile(r"^(?:Kính gửi|V/v|Về việc)\b", re.I)
#: Below the number, without a title: what an official letter is about.
_ABOUT = re.compile(r"^V/v\b", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What kind a document is, and what says so."""

    name: str
    evidence: Evidence


def title_of(line: Line) -> tuple[str, str] | None:
    """Return kind and the rest of a line that names a kind as a title: ``KẾ HOẠCH``, ``KẾ HOẠCH CẢI CÁCH …``."""
    text = line.text.strip()
    match = _TITLE.match(text)
    if match is not None and _CHAPTER.match(text):
        return None
    if match is None and (line.bold or line.centred) and text.upper() in _KINDS:
        return _KINDS[text.upper()], ""
    if match is None:
        return None
    rest = (match["rest"] or "").strip(" :")
    return (_KINDS[match["kind"]], rest) if len(rest.split()) <= _LONGEST_TITLE else None


def short_kind(notation: str | None) -> str | None:
    """Return the kind that a notation names; ``None`` for an official letter's, which names none."""
    parts = re.split(r"[/-]", (notation or "").strip("/- "))
    return next((kind for part in parts if (kind := _SHORT.get(part.upper())) is not None), None)


def kind_of(heading: Sequence[Line], suffix: str | None, number: Line | None, body: Sequence[Line]) -> Kind:
    """Return the kind of a document.

    Args:
        heading: what stands above the body; the first title in it decides, then the notation.
        number: the line with the notation.
    """
    for line in heading:
        title = title_of(line)
        if title is not None:
            return Kind(name=title[0], evidence=evidence(How.TITLE, line.text, line))
    short = None if any(_ABOUT.match(line.text) for line in heading) else short_kind(suffix)
    if short is not None and number is not None:
        found = evidence(How.NOTATION, suffix or "", number)
        return Kind(name=short, evidence=found)
    addressed = next((line for line in heading if _ADDRESSED.match(line.text)), None)
    if addressed is not None or (suffix and number is not None):
        quoted = addressed or number
        assert quoted is not None
        return Kind(name=OFFICIAL_LETTER, evidence=evidence(How.POSITION, quoted.text, quoted))
    for line in body:
        match = _THIS.search(line.text)
        if match is not None:
            return Kind(name=match["kind"], evidence=evidence(How.BODY, match[0], line))
    return Kind(name=OFFICIAL_LETTER, evidence=evidence(How.GUESS, "", *heading[:1]))


def is_silent(kind: str, subject: str | None) -> bool:
    """Say whether a document of a kind gives nobody anything to do, whatever it lists."""
    if kind in SILENT:
        return True
    if subject is None:
        return False
    return (kind == "Chương trình" and _AGENDA.match(subject) is not None) or _OPINIONS.match(
        subject
    ) is not None


def reminds(subject: str | None, opening: Sequence[str]) -> bool:
    """Say whether a letter urges what was asked before, by its subject or, if that is silent, its opening."""
    if subject and _REMINDS.search(subject):
        return True
    return any(
        re.search(r"\bđôn đốc\b.*\b(?:đã giao|quá hạn|chậm)|\bđến nay\b.*\bchưa\b", text) for text in opening
    )
