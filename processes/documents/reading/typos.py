"""Points at words that are probably meant otherwise; it never changes them."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from processes.documents.reading.values import Typo
from processes.documents.source.blocks import Line, Place, SourceText

#: ``Thủ tướng`` (Prime Minister) before the units of a city is a slip for ``Thủ trưởng`` (head).
_HEADS = re.compile(
    r"\b(Thủ tướng)\s+(?:các\s+)?(?:cơ quan|đơn vị|địa phương|sở|phòng|ban|ngành)\b", re.IGNORECASE
)
#: Misspelt words of official papers, and what is meant. Variants that dictionaries allow are none.
_MISSPELT = {
    "sát nhập": "sáp nhập",
    "xuất xắc": "xuất sắc",
    "suất sắc": "xuất sắc",
    "bổ xung": "bổ sung",
    "xử dụng": "sử dụng",
    "sử lý": "xử lý",
    "sử phạt": "xử phạt",
    "rà xoát": "rà soát",
    "dà soát": "rà soát",
    "kiểm xoát": "kiểm soát",
    "đôn đúc": "đôn đốc",
    "chủ chì": "chủ trì",
    "tham mưa": "tham mưu",
    "triễn khai": "triển khai",
    "triển khia": "triển khai",
    "thưc hiện": "thực hiện",
    "thực hiên": "thực hiện",
    "nhiêm vụ": "nhiệm vụ",
    "kế hoach": "kế hoạch",
    "kê hoạch": "kế hoạch",
    "phối hơp": "phối hợp",
    "giải quyêt": "giải quyết",
    "thẩm quyển": "thẩm quyền",
    "quyển hạn": "quyền hạn",
    "thũ tục": "thủ tục",
    "hành chánh": "hành chính",
    "ủy ban nhân nhân": "Ủy ban nhân dân",
    "ubdn": "UBND",
    "unbd": "UBND",
    "nghành": "ngành",
    "ngiêm túc": "nghiêm túc",
    "kỹ cương": "kỷ cương",
    "kĩ cương": "kỷ cương",
    "kĩ luật": "kỷ luật",
    "kỹ luật": "kỷ luật",
    "kỷ thuật": "kỹ thuật",
    "kỷ năng": "kỹ năng",
    "đề suất": "đề xuất",
    "đột suất": "đột xuất",
    "sản suất": "sản xuất",
    "năng xuất": "năng suất",
    "hiệu xuất": "hiệu suất",
    "sơ xuất": "sơ suất",
    "xơ kết": "sơ kết",
    "chia xẻ": "chia sẻ",
    "xẵn sàng": "sẵn sàng",
    "chuẩn đoán": "chẩn đoán",
    "tựu chung": "tựu trung",
    "vô hình chung": "vô hình trung",
    "tháo dỡ khó khăn": "tháo gỡ khó khăn",
    "tháo dỡ vướng mắc": "tháo gỡ vướng mắc",
    "nổ lực": "nỗ lực",
    "lảnh đạo": "lãnh đạo",
    "đãm bảo": "đảm bảo",
    "trãi qua": "trải qua",
}
_REPORT = re.compile(r"(?<!thông )\b(báo các)(?=\s+(?:kết quả|tình hình|tiến độ|UBND|Sở))", re.IGNORECASE)
#: Words of grammar that no compound ends or begins with; others meet twice: ``hành vi vi phạm``, ``hiện tại tại``.
_DOUBLED = re.compile(
    r"\b(của|các|và|cho|với|là|được|những|để|khi|nhằm|hoặc|sẽ|đã|đang|rằng|nhưng|thì|mà|nếu) \1\b(?!-)",
    re.IGNORECASE,
)


#: Who makes more slips than these has another script.
_MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """A place in a text where something else is probably meant.

    Attributes:
        start, end: the characters, of the text in Unicode form NFC.
        reason: a stable word: ``confused_word``, ``misspelt``, ``doubled_word``.
        place: of the paragraph or cell in whose text the characters are counted, if it is one of a document.
    """

    found: str
    suggest: str
    start: int
    end: int
    reason: str
    place: Place | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the finding; the original must stay."""
        found: dict[str, Any] = {
            "found": self.found,
            "suggest": self.suggest,
            "start": self.start,
            "end": self.end,
            "reason": self.reason,
            "must_not_silently_change_original": True,
        }
        return found if self.place is None else {**found, "place": self.place.to_json()}


def find_typos(text: str) -> list[Slip]:
    """Return the probable slips of a text, from left to right; a missing space after a number is none."""
    words = unicodedata.normalize("NFC", text)
    return sorted(_slips(words), key=lambda slip: (slip.start, slip.end))


def typos_of(source: SourceText) -> tuple[Slip, ...]:
    """Return the probable slips of a whole document with their places, at most 200."""
    return tuple(islice(_slips_of(source), _MOST))


def find_typo(text: str) -> Typo | None:
    """Return the first probable slip of a text."""
    slips = find_typos(text)
    return Typo(found=slips[0].found, suggest=slips[0].suggest) if slips else None


def _slips_of(source: SourceText) -> Iterator[Slip]:
    for block in source.blocks:
        pieces = (
            [block]
            if isinstance(block, Line)
            else [cell for row in block.rows for cell in row if not cell.inherited]
        )
        for piece in pieces:
            yield from (replace(slip, place=piece.place) for slip in find_typos(piece.text))


def _slips(words: str) -> Iterator[Slip]:
    for match in _HEADS.finditer(words):
        yield _slip(match, "Thủ trưởng", "confused_word")
    for match in _MISSPELT_WORDS.finditer(words):
        yield _slip(match, _MISSPELT[match[1].casefold()], "misspelt")
    for match in _REPORT.finditer(words):
        yield _slip(match, "báo cáo", "misspelt")
    for match in _DOUBLED.finditer(words):
        word = match[1]
        second = match[0][len(word) + 1 :]
        if not second[0].isupper():
            yield Slip(
                found=match[0], suggest=word, start=match.start(), end=match.end(), reason="doubled_word"
            )


def _slip(match: re.Match[str], meant: str, reason: str) -> Slip:
    """Return what is meant with the capitals of what was found."""
    found = match[1]
    if found.isupper():
        meant = meant.upper()
    elif found[0].isupper():
        meant = meant[0].upper() + meant[1:]
    elif not meant.isupper():
        meant = meant[0].lower() + meant[1:]
    return Slip(found=found, suggest=meant, start=match.start(1), end=match.end(1), reason=reason)


_MISSPELT_WORDS = re.compile(
    r"(?<!\w)(" + "|".join(re.escape(word) for word in sorted(_MISSPELT, key=len, reverse=True)) + r")(?!\w)",
    re.IGNORECASE,
)
