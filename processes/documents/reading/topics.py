"""Tells by its heading whether a section gives tasks, and by its words whether a paragraph asks at all."""

import re
from enum import StrEnum


class Topic(StrEnum):
    """What stands under a heading."""

    #: Tasks: ``Nhiệm vụ, giải pháp``, ``Tổ chức thực hiện``.
    TASKS = "tasks"
    #: Nothing to do: ``Mục đích, yêu cầu``, ``Đánh giá chung``.
    STATEMENTS = "statements"
    #: Only who is named has something to do: ``Kinh phí thực hiện``.
    NAMED_ONLY = "named_only"
    #: What was achieved and what was not; ``Giao …`` may still stand among it.
    REPORTS = "reports"
    #: The heading does not say.
    OPEN = "open"


_NEVER = re.compile(
    r"^(?:mục đích|mục tiêu|yêu cầu(?:\s+chung)?$|yêu cầu\s*[,;]|quan điểm|chỉ tiêu|căn cứ|cơ sở pháp lý"
    r"|nguyên tắc|giải thích từ ngữ|phạm vi(?:\s+điều chỉnh)?\b|đối tượng(?:\s+áp dụng)?\b|định hướng chung$)",
    re.IGNORECASE,
)
_REPORTS = re.compile(
    r"^(?:(?:về\s+)?(?:đánh giá|kết quả(?!\s+cần)|tình hình|thực trạng|bối cảnh|ưu điểm|tồn tại|hạn chế|khó khăn"
    r"|thuận lợi|nguyên nhân|nhận xét|khái quát|đặc điểm|sự cần thiết|thành phần|nội dung (?:cuộc )?họp"
    r"|những kết quả|kết quả đạt được|bài học|dự báo|thời gian, địa điểm)\b)",
    re.IGNORECASE,
)
_TASKS = re.compile(
    r"nhiệm vụ|giải pháp|tổ chức thực hiện|phân công|trách nhiệm|nội dung (?:thực hiện|triển khai|chỉ đạo)"
    r"|nội dung công việc|ý kiến (?:chỉ đạo|kết luận)|kết luận|chế độ (?:thông tin|báo cáo)|kế hoạch thực hiện",
    re.IGNORECASE,
)
_NAMED = re.compile(r"^(?:về\s+)?(?:kinh phí|nguồn (?:kinh phí|lực|vốn)|dự toán|hiệu lực|điều khoản)\b", re.I)
#: What only says who must obey the document; it is no task.
_ENFORCES = re.compile(
    r"(?:chịu )?trách nhiệm (?:thi hành|thực hiện|tổ chức thực hiện|triển khai thực hiện|tổ chức thi hành)\s+"
    r"(?:các nội dung\s+)?(?:(?:Quyết định|Chỉ thị|Kế hoạch|Công điện|Nghị quyết|Thông báo|Quy chế|Quy định"
    r"|Chương trình|Văn bản|Công văn|nội dung)(?:\s+này)?)"
    r"|căn cứ (?:Quyết định|Nghị quyết)(?: này)? thi hành",
    re.IGNORECASE,
)
_GIVES = re.compile(r"(?:^|[.;]\s+|\n)(?:giao|yêu cầu|đề nghị|phân công)\s", re.IGNORECASE)
_POINTS = re.compile(
    r"\b(?:tại|theo|như|trong)\s+(?:các\s+)?(?:Phụ lục|Danh mục|Bảng|Biểu)\b"
    r"[^.;]{0,40}\b(?:kèm theo|đính kèm|ban hành)",
    re.IGNORECASE,
)
_IN_FORCE = re.compile(r"\bcó hiệu lực\b.*\bkể từ ngày\b|\bcó hiệu lực thi hành\b", re.IGNORECASE)
_PRAISES = re.compile(
    r"^(?:(?:UBND|Ủy ban nhân dân|Chủ tịch|Đồng chí|Hội nghị|Cuộc họp)\b[^.;]{0,80}?\s)?"
    r"(?:ghi nhận|đánh giá cao|biểu dương|hoan nghênh|cơ bản (?:thống nhất|đồng ý|nhất trí|tán thành)|thống nhất"
    r"|đồng ý|nhất trí|thời gian qua|trong thời gian qua|thời gian vừa qua|qua (?:báo cáo|theo dõi|kiểm tra)"
    r"|tuy nhiên|bên cạnh|nhìn chung|hiện nay|trong \d+ tháng đầu năm)\b",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\b(?:giao|đề nghị|phân công|khẩn trương|chỉ đạo)\b"
    r"|(?<!với )(?<!theo )(?<!ứng )(?<!các )(?<!những )\byêu cầu\b(?=\s*:|\s+\w)"
    r"(?!\s+(?:đề ra|của|về|nhiệm vụ)\b)",
    re.IGNORECASE,
)


def topic_of(heading: str, *, among_tasks: bool) -> Topic:
    """Return what stands under a heading.

    Args:
        among_tasks: a heading above it has announced tasks; ``Đánh giá, xếp loại`` is then one of them.
    """
    if _NAMED.match(heading):
        return Topic.NAMED_ONLY
    has_tasks = _TASKS.search(heading) is not None
    if _NEVER.match(heading) and not has_tasks:
        return Topic.STATEMENTS
    if not among_tasks and _REPORTS.match(heading):
        return Topic.REPORTS
    return Topic.TASKS if has_tasks else Topic.OPEN


def assigns(text: str) -> bool:
    """Say whether a text gives somebody something to do by a verb of giving: ``Giao …``, ``Yêu cầu …``."""
    return _GIVES.search(text) is not None


def only_enforces(text: str) -> bool:
    """Say whether a text only tells who must obey the document, or from when it holds."""
    if _IN_FORCE.search(text) and not _ASKS.search(text):
        return True
    match = _ENFORCES.search(text)
    return match is not None and not re.search(r"\bchủ trì\b|\bbáo cáo\b|\bđôn đốc\b", text, re.IGNORECASE)


def only_points(text: str) -> bool:
    """Say whether a text only points at an appendix: ``Các nhiệm vụ cụ thể nêu tại Phụ lục kèm theo.``"""
    return _POINTS.search(text) is not None and not assigns(text)


def only_states(text: str) -> bool:
    """Say whether a text praises, agrees or describes, and asks nobody for anything."""
    return _PRAISES.match(text) is not None and not _ASKS.search(text)
