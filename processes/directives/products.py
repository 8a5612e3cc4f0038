"""Proposes what a directive is to deliver, from its verbs: a paper, a list, an event."""

import re
import unicodedata

_PAPER = (
    r"kế hoạch|đề án|chương trình|báo cáo|tờ trình|quyết định|nghị quyết|chỉ thị|công văn|văn bản|hướng dẫn"
    r"|quy chế|quy định|quy trình|phương án|danh mục|danh sách|biên bản|bảng|bộ chỉ số|bộ tiêu chí|dự thảo|hồ sơ"
    r"|đề cương|cơ sở dữ liệu|phần mềm|hợp đồng|thông báo|sổ tay|kịch bản"
)
_MAKES = (
    r"ban hành|xây dựng|lập|trình|tham mưu|soạn thảo|hoàn thiện|hoàn chỉnh|công bố|phê duyệt|cập nhật|gửi|nộp"
    r"|thẩm định|tổng hợp|đề xuất"
)
_BETWEEN = (
    r"(?:UBND\s+thành\s+phố|Chủ\s+tịch\s+UBND\s+thành\s+phố|Ủy\s+ban\s+nhân\s+dân\s+thành\s+phố|các"
    r"|ban\s+hành)"
)
_STOPS = (
    r"(?:gửi|về|trước|chậm nhất|trong|hoàn thành|để|và|theo|báo cáo|trình|đến|tại|qua|làm|nhằm|ngay|xong"
    r"|bảo đảm)"
)
_DELIVERED = re.compile(
    rf"\b(?:{_MAKES})\s+(?:{_BETWEEN}\s+){{0,4}}(?P<paper>(?:{_PAPER})\b[^,;.:()\n]{{0,90}}?)"
    rf"(?=\s*(?:[,;.:()\n]|$|\b{_STOPS}\s))",
    re.IGNORECASE,
)
#: Verbs whose result has another name.
_RESULTS = tuple(
    (re.compile(rf"\b(?:{verb})\b", re.IGNORECASE), result)
    for verb, result in (
        (r"quán triệt|phổ biến", "Văn bản triển khai hoặc biên bản hội nghị quán triệt"),
        (r"tổ chức (?:hội nghị|hội thảo|cuộc họp|lễ)", "Biên bản, tài liệu hội nghị"),
        (r"rà soát", "Báo cáo kết quả rà soát"),
        (r"kiểm tra|thanh tra|giám sát", "Báo cáo hoặc kết luận kiểm tra"),
        (r"tập huấn|bồi dưỡng|đào tạo", "Báo cáo kết quả bồi dưỡng, danh sách người học"),
        (r"kiểm kê", "Biên bản kiểm kê"),
        (r"khắc phục|giải quyết dứt điểm|xử lý dứt điểm", "Báo cáo kết quả khắc phục, kèm danh mục"),
        (r"báo cáo", "Báo cáo kết quả thực hiện"),
    )
)
_MOST = 5


def products_in(text: str) -> tuple[str, ...]:
    """Return what the verbs of a directive deliver, at most five, each once; empty if they name nothing.

    Papers that it names come first; only without one, what its verbs usually end with.
    """
    papers = papers_in(text)
    if papers:
        return papers
    words = unicodedata.normalize("NFC", text)
    found = (result for verb, result in _RESULTS if verb.search(words))
    return tuple(dict.fromkeys(found))[:_MOST]


def papers_in(text: str) -> tuple[str, ...]:
    """Return the papers that a directive tells to make (``ban hành kế hoạch …``), at most five, each once."""
    words = unicodedata.normalize("NFC", text)
    papers = (match["paper"].strip() for match in _DELIVERED.finditer(words))
    return tuple(dict.fromkeys(paper[0].upper() + paper[1:] for paper in papers if paper))[:_MOST]
