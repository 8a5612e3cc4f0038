"""Reads what stands above the items: who decides and with which verb, to what end, on which legal bases."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from processes.documents.reading.evidence import Evidence, How, evidence
from processes.documents.reading.heading import Heading
from processes.documents.reading.references import based_on
from processes.documents.reading.values import Reference, Signer
from processes.documents.source.blocks import Line

_ASSIGNS = re.compile(
    r"(?:^|[,;]\s*|\.\s+)(?P<who>(?:(?!\.\s)[^,;])*?)\s+(?:có ý kiến\s+|đã\s+)?"
    r"(?P<verb>đề nghị|yêu cầu|giao|chỉ đạo|chỉ thị|kết luận|có ý kiến)"
    r"(?=[\s:,]|$)",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[^\W\d_])")
#: It says that something follows, not what is done with it.
_OPINION = "có ý kiến"
_COMRADE = re.compile(r"^.*?\b(?:đồng chí|đ/c)\s+(?=(?:Phó )?(?:Chủ tịch|Bí thư|Giám đốc))", re.IGNORECASE)
#: ``Theo đề nghị của …`` says who asked for the document.
_REQUESTED = re.compile(r"^(?:Theo|Xét|Căn cứ)\b", re.IGNORECASE)
_PURPOSE = re.compile(r"^(?:Nhằm|Để)\s", re.IGNORECASE)
#: How the name of who may decide begins; without one of these a verb is part of a sentence.
_DECIDER = re.compile(
    r"\b(?:(?:Phó )?Chủ tịch|UBND|Ủy ban nhân dân|Uỷ ban nhân dân|Giám đốc|Thường trực|Bí thư|Ban|Sở"
    r"|Thành ủy|Tỉnh ủy|Văn phòng|Chánh|Thủ tướng|Bộ trưởng|Trưởng|Cục trưởng|Đồng chí|đồng chí)\b"
)
_ENDS_WHO = re.compile(r"\s+(?:có|đã|thống nhất|nghiêm túc|kính)$")
_LONGEST_WHO = 20
_PLACE = re.compile(r"\b(thành phố|tỉnh|xã|phường) (.+)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What stands above the items."""

    decided_by: str | None
    verb: str | None
    purpose: str | None
    legal_bases: tuple[Reference, ...]
    evidence: dict[str, Evidence]


def read_opening(
    lines: Sequence[Line], heading: Heading, wired_by: Line | None, signer: Signer | None, issuer: str | None
) -> Opening:
    """Return what the opening says; who decides also from the heading or, inferred, from the signature."""
    found: dict[str, Evidence] = {}
    who: str | None = None
    verb: str | None = None
    for line, match in _assigning(lines):
        verb = None if match["verb"].lower() == _OPINION else match["verb"].lower()
        named = match["who"].strip()
        start = _DECIDER.search(named)
        if start is not None and len(named.split()) <= _LONGEST_WHO:
            who = _COMRADE.sub("", _ENDS_WHO.sub("", named))
            found["decided_by"] = evidence(How.WORDING, match[0].strip(" ,;"), line)
    if who is None:
        who = _from_heading(heading, wired_by, found)
    if who is None and signer is not None:
        who = _from_signature(signer, issuer, lines, found)
    bases = tuple(based_on([line.text for line in lines]))
    if bases:
        quoted = bases[0].number or bases[0].title or ""
        found["legal_bases"] = evidence(How.WORDING, quoted, *lines)
    purpose = next((line.text for line in lines if _PURPOSE.match(line.text)), None)
    return Opening(decided_by=who, verb=verb, purpose=purpose, legal_bases=bases, evidence=found)


def _assigning(lines: Sequence[Line]) -> Iterator[tuple[Line, re.Match[str]]]:
    """Yield where somebody decides: in the sentence that announces what follows, else wherever one does."""
    for line in reversed(lines):
        sentence = _SENTENCE.split(line.text)[-1] if line.text.rstrip().endswith(":") else ""
        for match in _ASSIGNS.finditer(sentence):
            if not _REQUESTED.match(match["who"]) and _DECIDER.search(match["who"]):
                yield line, match
                return
    for line in lines:
        for match in _ASSIGNS.finditer(line.text):
            if not _REQUESTED.match(match["who"]):
                yield line, match


def _from_heading(heading: Heading, wired_by: Line | None, found: dict[str, Evidence]) -> str | None:
    line = wired_by or heading.by
    if line is None:
        return None
    found["decided_by"] = evidence(How.POSITION, line.text, line)
    return in_a_sentence(line.text)


def _from_signature(
    signer: Signer, issuer: str | None, lines: Sequence[Line], found: dict[str, Evidence]
) -> str | None:
    authority = signer.authority or ""
    if authority.startswith("TM."):
        who = issuer
    elif "CHỦ TỊCH" in authority or (signer.title or "").startswith("Chủ tịch"):
        who = f"Chủ tịch {issuer}" if issuer else None
    elif signer.title is not None and not authority:
        who = f"{signer.title} {issuer}" if issuer and not signer.title.endswith(issuer) else signer.title
    else:
        who = None
    if who is not None:
        found["decided_by"] = evidence(How.GUESS, authority or signer.title or "", *lines[:1])
    return who


def in_a_sentence(text: str) -> str:
    """Return an office in capitals as it is written in a sentence: ``Chủ tịch UBND thành phố Đồng Nai``."""
    if not text.isupper():
        return text
    small = text.lower()
    for full in ("ủy ban nhân dân", "uỷ ban nhân dân", "ubnd"):
        small = small.replace(full, "UBND")
    named = _PLACE.sub(lambda match: f"{match[1]} {match[2].title()}", small)
    return named[:1].upper() + named[1:]
