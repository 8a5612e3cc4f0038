"""Reads what a directive says behind labels: ``Đơn vị chủ trì: …; thời gian hoàn thành: …; sản phẩm: …``."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice, zip_longest

from processes.documents.source.blocks import Line


class Field(StrEnum):
    """What a label announces."""

    LEAD = "lead"
    COORDINATE = "coordinate"
    DEADLINE = "deadline"
    PRODUCT = "product"
    #: The content itself, and what nobody is assigned by: means, place, form.
    OTHER = "other"


_BODIES = r"(?:(?:Các\s+)?(?:Đơn vị|Cơ quan|Bộ phận)(?:,\s*(?:đơn vị|cơ quan|địa phương))*\s+)"
_LABELS = (
    (Field.COORDINATE, rf"{_BODIES}?(?:cùng\s+)?phối hợp(?:\s+thực hiện)?"),
    (Field.LEAD, rf"{_BODIES}?chủ trì(?:\s+(?:thực hiện|tham mưu|triển khai))?"),
    (Field.LEAD, rf"{_BODIES}(?:được giao|thực hiện|triển khai|đầu mối)"),
    (Field.LEAD, r"(?:Phân công|Trách nhiệm)(?:\s+thực hiện)?"),
    (Field.DEADLINE, r"Thời (?:hạn|gian)(?:\s+(?:hoàn thành|thực hiện|báo cáo|triển khai|dự kiến))*"),
    (
        Field.DEADLINE,
        r"(?:Hạn hoàn thành|Thời điểm hoàn thành|Tiến độ(?:\s+(?:thực hiện|hoàn thành))?|Hoàn thành)",
    ),
    (
        Field.PRODUCT,
        r"(?:Sản phẩm|Kết quả|Đầu ra)(?:,\s*(?:kết quả|sản phẩm))?"
        r"(?:\s+(?:đầu ra|dự kiến|cần đạt|cụ thể|hoàn thành|thực hiện))*",
    ),
    (
        Field.OTHER,
        r"(?:Nội dung(?:\s+(?:thực hiện|công việc))?|Kinh phí(?:\s+thực hiện)?|Nguồn lực"
        r"|Hình thức(?:\s+thực hiện)?|Địa điểm|Thành phần|Đối tượng|Cách thức(?:\s+thực hiện)?"
        r"|Phạm vi|Số lượng|Yêu cầu)",
    ),
)
_LABEL = re.compile(
    r"(?:^|(?<=[.;(,–])\s|(?<=\()|(?<=\s[-–+])\s)\s*(?:[-–+*]|[a-zđ]\)|\(?\d{1,2}\))?\s*(?:"
    + "|".join(f"(?P<f{at}>{pattern})" for at, (_, pattern) in enumerate(_LABELS))
    + r")\s*:\s*",
    re.IGNORECASE,
)
_CIRCUMSTANCE = re.compile(
    r"^(?:Thời gian|Địa điểm|Thành phần|Đối tượng|Kinh phí|Hình thức|Phạm vi)(?:\s+\w+){0,3}\s*:",
    re.IGNORECASE,
)
#: How far into a paragraph labels are looked for, and how many of them.
_REACH = 20_000
_MOST = 50
_ENDS = " .;,()–-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """One labelled piece of text: its value, and the line it stands in."""

    field: Field
    value: str
    line: Line


def fields_in(lines: Sequence[Line]) -> Mapping[Field, tuple[Labelled, ...]]:
    """Return the labelled values of some lines, by field, in their order."""
    found: dict[Field, tuple[Labelled, ...]] = {}
    for line in lines:
        matches = list(islice(_LABEL.finditer(line.text[:_REACH]), _MOST))
        for match, following in zip_longest(matches, matches[1:]):
            end = len(line.text) if following is None else following.start()
            value = line.text[match.end() : end].strip(_ENDS)
            field = _field(match)
            if value:
                found[field] = (*found.get(field, ()), Labelled(field=field, value=value, line=line))
    return found


def field_of(text: str) -> Field | None:
    """Return the field whose label begins a line; ``None`` if none does."""
    match = _LABEL.match(text)
    return None if match is None else _field(match)


def is_circumstance(text: str) -> bool:
    """Say whether a line tells of place, time, participants or means: ``Thành phần: …``, ``Địa điểm: …``."""
    return _CIRCUMSTANCE.match(text) is not None


def _field(match: re.Match[str]) -> Field:
    return next(field for at, (field, _) in enumerate(_LABELS) if match[f"f{at}"] is not None)
