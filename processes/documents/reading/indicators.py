"""Finds the rates that a directive names, what they divide by what, and how high they are to be."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

_INDICATOR = re.compile(r"\btỷ lệ\s[^,;.()]+", re.IGNORECASE)
_TARGET = re.compile(
    r"\bđạt\s+(?P<least>(?:từ|tối thiểu|ít nhất)\s+)?(?P<over>trên\s+)?"
    r"(?P<number>\d{1,3}(?:[.,]\d+)?)\s*%(?P<up>\s+trở lên)?",
    re.IGNORECASE,
)
#: Where the name of a rate ends and what is asked of it begins.
_ASKED = re.compile(r"\s+(?:đạt|lên|phấn đấu|tối thiểu|không (?:quá|dưới|thấp hơn)|từ \d|trên \d)\b.*$", re.I)
#: ``tỷ lệ hồ sơ giải quyết đúng hạn trên tổng số hồ sơ tiếp nhận``.
_OVER = re.compile(
    r"^tỷ lệ\s+(?P<numerator>.+?)\s+(?:trên|so với)\s+(?P<denominator>(?:tổng )?số\s.+)$", re.I
)
#: The rates of handling administrative procedures (DOMAIN §2.4): what is counted, of how many.
_KNOWN = (
    (
        re.compile(r"thanh toán trực tuyến", re.I),
        "hồ sơ thanh toán trực tuyến",
        "hồ sơ có nghĩa vụ tài chính",
    ),
    (
        re.compile(r"hồ sơ (?:nộp |tiếp nhận |thủ tục hành chính )?trực tuyến", re.I),
        "hồ sơ nộp trực tuyến",
        "tổng số hồ sơ tiếp nhận của thủ tục có dịch vụ công trực tuyến",
    ),
    (
        re.compile(r"(?:tái sử dụng|khai thác, sử dụng lại)\b.*dữ liệu", re.I),
        "hồ sơ (thành phần hồ sơ) dùng lại dữ liệu số đã có",
        "hồ sơ (thành phần hồ sơ) tiếp nhận",
    ),
    (
        re.compile(r"số hóa|số hoá", re.I),
        "hồ sơ, kết quả giải quyết đã số hóa",
        "hồ sơ, kết quả giải quyết phải số hóa",
    ),
    (
        re.compile(r"hồ sơ\b.*(?:đúng hạn|đúng và trước hạn|trước hạn)", re.I),
        "hồ sơ giải quyết đúng hạn",
        "tổng số hồ sơ đã giải quyết và quá hạn chưa giải quyết",
    ),
    (
        re.compile(r"(?:nhiệm vụ|công việc)\b.*đúng hạn", re.I),
        "nhiệm vụ hoàn thành đúng hạn",
        "nhiệm vụ đến hạn",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """A rate that a directive names.

    Attributes:
        numerator, denominator: what is counted, and of how many; ``None`` where neither text nor rule says.
        target: as ``>= 98%``.
        from_text: numerator and denominator are written in the directive.
    """

    name: str
    numerator: str | None = None
    denominator: str | None = None
    unit: str = "%"
    target: str | None = None
    from_text: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return all that is known."""
        return {
            "name": self.name,
            "numerator": self.numerator,
            "denominator": self.denominator,
            "unit": self.unit,
            "target": self.target,
        }


def indicators(text: str) -> tuple[str, ...]:
    """Return the rates that a text names, each once."""
    return tuple(dict.fromkeys(_named(match[0]) for match in _INDICATOR.finditer(text)))


def indicator_details(text: str) -> tuple[Indicator, ...]:
    """Return the rates that a text names, taken apart; each target is the one written behind its rate."""
    found: dict[str, Indicator] = {}
    matches = list(_INDICATOR.finditer(text))
    for match, following in zip_longest(matches, matches[1:]):
        name = _named(match[0])
        end = len(text) if following is None else following.start()
        found.setdefault(name, _detailed(name, target_of(text[match.start() : end])))
    return tuple(found.values())


def target_of(text: str) -> str | None:
    """Return the rate to be reached, as ``>= 98%``; ``None`` if the text sets none."""
    match = _TARGET.search(text)
    if match is None:
        return None
    sign = ">" if match["over"] else ">=" if match["least"] or match["up"] else "="
    return f"{sign} {match['number']}%"


def _named(text: str) -> str:
    return _ASKED.sub("", text.strip())


def _detailed(name: str, target: str | None) -> Indicator:
    written = _OVER.match(name)
    if written is not None:
        return Indicator(
            name=name,
            numerator=written["numerator"],
            denominator=written["denominator"],
            target=target,
            from_text=True,
        )
    numerator, denominator = next(_known(name), (None, None))
    return Indicator(name=name, numerator=numerator, denominator=denominator, target=target)


def _known(name: str) -> Iterator[tuple[str, str]]:
    for pattern, numerator, denominator in _KNOWN:
        if pattern.search(name):
            yield numerator, denominator
