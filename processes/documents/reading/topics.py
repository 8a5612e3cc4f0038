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
    r"|nguyên tắc|giải thích từ ngữ|phạm vi(?:\s+điều chỉnh)?\b|đối tượng(?:\s+áp dụng)?\b)",
    re.IGNORECASE,
)
_REPORTS = re.compile(
    r"^(?:(?:về\s+)?(?:đánh giá|kết quả(?!\s+cần)|tình hình|thực trạng|bối cảnh|ưu điểm|tồn tại|hạn chế|khó khăn"
    r"|thuận lợi|nguyên nhân|nhận xét|khái quát|đặc điểm|sự cần thiết|thành phần|nội dung (?:cuộc )?họp"
    r"|những kết quả|kết quả đạt được|bài học|dự báo|thời gian, địa điểm|địa điểm|điểm cầu)\b)",
    re.IGNORECASE,
)
_TASKS = re.compile(
    r"nhiệm vụ|giải pháp|tổ chức thực hiện|phân công|trách nhiệm|nội dung (?:thực hiện|triển khai|chỉ đạo)"
    r"|nội dung công việc|ý kiến (?:chỉ đạo|kết luận)|kết luận|chế độ (?:thông tin|báo cáo)|kế hoạch thực hiện",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"^(?:về\s+)?(?:kinh phí|nguồn (?:kinh phí|lực|vốn)|dự toán|hiệu lực|điều khoản|định hướng"
    r"|nội dung (?:kiểm tra|thanh tra|giám sát|đánh giá|báo cáo|(?:cuộc )?họp|hội nghị|tập huấn))\b",
    re.IGNORECASE,
)
_DEMANDS = re.compile(r"^yêu cầu$", re.IGNORECASE)
_PURPOSE = re.compile(r"\bmục đích\b", re.IGNORECASE)
#: What only says who must obey the document; it is no task.
_ENFORCES = re.compile(
    r"(?:chịu )?trách nhiệm (?:thi hành|thực hiện|tổ chức thực hiện|triển khai thực hiện|tổ chức thi hành)\s+"
    r"(?:các nội dung\s+)?(?:(?:Quyết định|Chỉ thị|Kế hoạch|Công điện|Nghị quyết|Thông báo|Quy chế|Quy định"
    r"|Chương trình|Văn bản|Công văn|nội dung)(?:\s+này)?)"
    r"|căn cứ (?:Quyết định|Nghị quyết)(?: này)? thi hành"
    r"|chịu trách nhiệm thi hành\s*(?:kể từ\b|[./;]|$)",
    re.IGNORECASE,
)
_GIVES = re.compile(r"(?:^|[.;]\s+|\n)(?:giao|yêu cầu|đề nghị|phân công)\s", re.IGNORECASE)
_POINTS = re.compile(
    r"\b(?:tại|theo|như|trong)\s+(?:các\s+)?(?:Phụ lục|Danh mục|Bảng|Biểu)\b"
    r"[^.;]{0,40}\b(?:kèm theo|đính kèm|ban hành)",
    re.IGNORECASE,
)
_POINTER = re.compile(
    r"^\(?(?:(?:Nội dung |Danh sách |Thông tin )?[Cc]hi tiết\s(?:tại|theo|như|xem)"
    r"|(?:Gửi |Có )?[Kk]èm theo|[Gg]ửi kèm"
    r"|(?:Gửi )?[Đđ]ính kèm)\b",
)
_ENCLOSED = re.compile(r"\((?:Ban hành )?[Kk]èm theo (?:Quyết định|Kế hoạch|Công văn|Thông báo|Tờ trình)\b")
_ELSEWHERE = re.compile(
    r":\s*(?:Tại|Theo|Xem)\s+(?:các\s+)?(?:Phụ lục|Danh mục|Biểu)[^.;]{0,60}[.;]?$", re.IGNORECASE
)
_ORDERS = re.compile(r"(?:^|[.;:]\s+|\n)(?:giao|yêu cầu|phân công)\s", re.IGNORECASE)
#: What tells of something and asks nothing: functions, faults, contact persons, places for signatures.
_TELLS = re.compile(
    r"^(?:[^.;:]{3,80}\scó chức năng\b|(?:về\s+)?(?:tồn tại|hạn chế|ưu điểm|kết quả đạt được)[^:]{0,30}:"
    r"|(?:nghiêm khắc |nghiêm túc )?phê bình\b|(?:họ và tên|họ tên|chức vụ|chức danh|ngày sinh|số điện thoại"
    r"|điện thoại|email|đơn vị công tác)\s*:|kính (?:gửi|trình|báo cáo)\b|trân trọng\b|\(?(?:ký tên|ký, |đã ký)"
    r"|mời (?:ông|bà|đồng chí)\s|(?:tham )?dự (?:họp )?tại\b|tham dự:"
    r"|(?:ông|bà)\s+[^\W\d_]+\s(?:[^.;:]{3,80}[-–,]|[^.;:,]{3,40}[.;]?$))",
    re.IGNORECASE,
)
#: What an office says of itself to the one above it.
_UPWARD = re.compile(
    r"\bkính (?:trình|báo cáo|mong|chuyển)\b"
    r"|\bkính đề nghị\s+(?:Chủ tịch\s+)?(?:UBND|Ủy ban nhân dân) (?:tỉnh|thành phố)"
    r"|^(?:Vậy|Vì vậy|Do vậy|Do đó),?\s[^.;,]{2,60}\s(?:gửi|báo cáo)\s",
    re.IGNORECASE,
)
_DID = re.compile(
    r"^(?:Đại hội|Hội|Liên đoàn|Hiệp hội|Câu lạc bộ|Quỹ|UBND|Ủy ban nhân dân|Sở|Ban|Công an|Tỉnh|Thành phố"
    r"|Văn phòng|Trung tâm)\b[^,.;:]{0,80}\sđã\s"
    r"(?:tổ chức|biểu quyết|có|ban hành|gửi|thống nhất|hoàn thành|triển khai|thực hiện)\b"
    r"|^[^.;:]{3,60}:\s*(?:Ông|Bà|Đồng chí|ông|bà|đồng chí)\s",
)
_STILL = re.compile(
    r"\b(?:cần|phải|tiếp tục|khẩn trương|chịu trách nhiệm|có trách nhiệm|trực tiếp|hoàn thành trước|trước ngày"
    r"|chủ trì(?:,| (?!cuộc họp|họp|hội nghị)\w))",
    re.IGNORECASE,
)
_APPROVES = re.compile(r"^(?:Ban hành|Phê duyệt)\s")
_SETS_UP = re.compile(
    r"^(?:Thành lập|Kiện toàn|Công nhận|Bổ nhiệm|Cho phép|Hợp nhất|Sáp nhập|Đổi tên|Giải thể|Bãi bỏ|Thay thế)\s"
)
_DUE = re.compile(
    r"\b(?:trước (?:ngày|\d|tháng|quý)|hoàn thành|chậm nhất|hạn cuối|thời hạn)\b", re.IGNORECASE
)
#: Somebody's part in a body of several: ``Giám đốc Sở Nội vụ, Phó Trưởng ban``.
_ROLE = re.compile(
    r"\s*[,:–-]\s*(?:(?:Phó )?(?:Trưởng (?:ban|đoàn|nhóm)|Tổ trưởng|Chủ tịch Hội đồng)"
    r"(?:\s(?:Chỉ đạo|Thường trực|Tổ chức)(?:\s(?!và\b)[^\W\d_]+){0,6})?"
    r"|(?:Tổ phó|Thành viên|Ủy viên|Uỷ viên|Thư ký)(?:\s(?!và\b)[^\W\d_]+){0,6})$",
    re.IGNORECASE,
)
_AROUND = " .;,:/"
#: Letters and digits mixed within words, as bad text layers have them.
_MIXED = re.compile(r"[^\W\d_][0-9$!|<>]+[^\W\d_]")
_MOST_MIXED = 0.08
_FEWEST_JUDGED = 40
_IN_FORCE = re.compile(r"\bcó hiệu lực\b.*\bkể từ ngày\b|\bcó hiệu lực thi hành\b", re.IGNORECASE)
_PRAISES = re.compile(
    r"^(?:(?:UBND|Ủy ban nhân dân|Chủ tịch|Đồng chí|Hội nghị|Cuộc họp)\b[^.;]{0,80}?\s)?"
    r"(?:ghi nhận|đánh giá cao|biểu dương|hoan nghênh|thống nhất"
    r"|(?:về )?cơ bản (?:thống nhất|đồng ý|nhất trí|tán thành)"
    r"|đồng ý|nhất trí|thời gian qua|trong thời gian qua|thời gian vừa qua|qua (?:báo cáo|theo dõi|kiểm tra)"
    r"|tuy nhiên|bên cạnh|nhìn chung|hiện nay|trong \d+ tháng đầu năm)\b",
    re.IGNORECASE,
)
_TOPIC = re.compile(r"^Về [^:;.]{2,60}:\s*", re.IGNORECASE)
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
    return (_POINTS.search(text) or _POINTER.match(text)) is not None and not assigns(text)


def only_states(text: str) -> bool:
    """Say whether a text praises, agrees or describes, and asks nobody for anything."""
    bare = _TOPIC.sub("", text)
    return _PRAISES.match(bare) is not None and not _ASKS.search(text)


def only_tells(text: str) -> bool:
    """Say whether a text tells of a function, a fault or a person and asks nothing."""
    if _UPWARD.search(text) or _ENCLOSED.search(text) or _ELSEWHERE.search(text):
        return True
    bare = without_role(text)
    if _ASKS.search(bare) or _STILL.search(bare):
        return False
    return bare != text.strip(_AROUND) or bool(_TELLS.match(text) or _DID.match(text))


def orders(text: str) -> bool:
    """Say whether a text gives something to do rather than asks for it: ``Giao …``, not ``Đề nghị …``."""
    return _ORDERS.search(text) is not None


def sets_up(text: str, *, alone: bool) -> bool:
    """Say whether an article sets up, names or allows something.

    Args:
        alone: it has no points; what ``Ban hành Kế hoạch với các nội dung sau:`` approves may ask.
    """
    sets = _SETS_UP.match(text) is not None or (alone and _APPROVES.match(text) is not None)
    return sets and not assigns(text)


def is_due(text: str) -> bool:
    """Say whether a text asks for something by a time, rather than tells when something is."""
    return _DUE.search(text) is not None


def only_demands(heading: str) -> bool:
    """Say whether a heading is ``Yêu cầu`` and nothing more."""
    return _DEMANDS.match(heading) is not None


def is_purpose(heading: str) -> bool:
    """Say whether a heading is about purposes: ``Mục đích, yêu cầu``."""
    return _PURPOSE.search(heading) is not None


def without_role(text: str) -> str:
    """Return a text without the part that somebody has in a body of several."""
    return _ROLE.sub("", text.strip(_AROUND))


def is_garbled(text: str) -> bool:
    """Say whether a text layer is too bad to be read: letters and digits are mixed in its words."""
    words = text.split()
    mixed = sum(_MIXED.search(word) is not None for word in words)
    return len(words) >= _FEWEST_JUDGED and mixed > _MOST_MIXED * len(words)
