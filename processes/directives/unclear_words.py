"""Words that sound like an order and leave open what, who, when or with which result.

The lists are our choice, from what coordinators send back: each word is quoted, none forbids anything. They are
kept by what they leave open.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_CONCERNED = (
    r"(?:các|những)\s+(?:cơ quan|đơn vị|sở|ban|ngành|địa phương|tổ chức|cá nhân|bộ phận|lực lượng|bên)"
    r"[^;.:()]{0,60}?(?:có\s+)?liên quan"
)
_WORDS: Mapping[str, tuple[str, ...]] = {
    "work": (
        "tăng cường",
        "đẩy mạnh",
        "chủ động",
        "tích cực",
        "quyết liệt",
        "chú trọng",
        "quan tâm",
        "nâng cao",
        "làm tốt",
        "thực hiện tốt",
        "thực hiện nghiêm(?:\\s+túc)?",
        "tiếp tục",
        "phát huy",
        "quán xuyến",
    ),
    "lead": (rf"^\s*(?:(?:Giao|Yêu cầu|Đề nghị|Phân công)\s+(?:cho\s+)?)?{_CONCERNED}",),
    "coordinate": (
        _CONCERNED,
        "phối hợp chặt chẽ",
        "các (?:cơ quan|lực lượng|đơn vị) chức năng",
        "các ngành(?:,| và) các cấp",
    ),
    "responsibility": (
        "theo (?:đúng )?quy định",
        "theo thẩm quyền",
        "theo (?:đúng )?chức năng(?:,? nhiệm vụ)?(?:,? thẩm quyền)?",
        "theo phân cấp",
    ),
    "time": (
        "trong thời gian sớm nhất",
        "sớm nhất",
        "sớm",
        "khẩn trương",
        "kịp thời",
        "nhanh chóng",
        "nhanh nhất",
        "(?:trong )?thời gian tới",
        "trước mắt",
        "từng bước",
        "lâu dài",
        "(?:đúng|theo) tiến độ",
        "đúng (?:thời hạn|thời gian)(?: quy định)?",
        "khi có yêu cầu",
        "theo yêu cầu",
        "theo (?:đúng )?quy định",
        "định kỳ",
    ),
    "result": (
        "(?:có |đạt )?hiệu quả",
        "thiết thực",
        "thực chất",
        "chuyển biến(?: rõ nét| tích cực| mạnh mẽ)?",
        "đạt kết quả (?:tốt|cao)",
        "cơ bản",
        "đáp ứng yêu cầu",
    ),
}
_PATTERNS = {
    aspect: re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", re.IGNORECASE)
    for aspect, words in _WORDS.items()
}


@dataclass(frozen=True, slots=True, kw_only=True)
class UnclearWord:
    """A word, and where it stands in the text in Unicode form NFC."""

    text: str
    start: int
    end: int

    def to_json(self) -> dict[str, Any]:
        """Return all three."""
        return {"text": self.text, "start": self.start, "end": self.end}


def unclear_words(text: str, aspect: str) -> tuple[UnclearWord, ...]:
    """Return the words that leave an aspect open, in their order.

    Args:
        aspect: ``work``, ``lead``, ``coordinate``, ``responsibility``, ``time`` or ``result``.
    """
    words = unicodedata.normalize("NFC", text)
    return tuple(
        UnclearWord(text=match[0], start=match.start(), end=match.end())
        for match in _PATTERNS[aspect].finditer(words)
    )
