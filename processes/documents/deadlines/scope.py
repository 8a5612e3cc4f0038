"""Tells days that set a time from days that say which papers are meant (``hồ sơ phát sinh trước ngày 01/7``)."""

import re

#: How many characters before a day are looked at for what it bounds.
_SCOPE_REACH = 60
#: Words with which a day is a deadline whatever stands before them.
_BINDING = ("chậm nhất", "muộn nhất", "hạn", "không")
#: Before "trước ngày …", these say which papers are meant, not until when something is to be done.
_SCOPE = re.compile(
    r"(?:phát sinh|tồn đọng|tồn tại|tồn|hình thành|tiếp nhận|xảy ra|vi phạm|có hiệu lực|lũy kế|luỹ kế"
    r"|số liệu(?:\s+(?:tính|chốt|cập nhật))?|(?:^|[\s,(])tính|thời điểm|hồ sơ nộp|sử dụng đất"
    r"|(?P<passive>đã|được)\s+(?:được\s+)?(?:ban hành|cấp|giao|nộp|ký|phê duyệt|công bố|thành lập|tuyển dụng"
    r"|bổ nhiệm|đầu tư|nhận|tiếp nhận)|đã\s+(?:được\s+)?(?:hoàn thành|kết thúc))\s*$",
    re.IGNORECASE,
)
_HAS_TO = re.compile(r"\b(?:phải|cần|bảo đảm|đảm bảo)\b[^,;.]*$", re.IGNORECASE)
_FROM_A_DAY = re.compile(
    r"\s*(?:kể\s+)?từ\s+(?:ngày\s+)?[\d/.\-\s]*(?:tháng[\s\d]*)?(?:năm[\s\d]*)?$", re.IGNORECASE
)


def is_scope(match: re.Match[str]) -> bool:
    """Say whether the words before a time make it a bound of papers, not of work."""
    if match[0].casefold().startswith(_BINDING):
        return False
    before = match.string[max(0, match.start() - _SCOPE_REACH) : match.start()].rstrip()
    before = _FROM_A_DAY.sub("", before)
    scope = _SCOPE.search(before)
    if scope is None:
        return False
    is_passive = (scope["passive"] or "").casefold() == "được"
    return not (is_passive and _HAS_TO.search(before[: scope.start()]))
