"""Finds what is to come of a directive: behind a label, else by the words ``ban hành …``, ``báo cáo …``."""

import re

_PAPERS = (
    r"(?:Kế hoạch|Quyết định|Nghị quyết|Chỉ thị|Quy chế|Quy định|Quy trình|Đề án|Dự án|Phương án|Văn bản|Hướng dẫn"
    r"|Danh mục|Bộ tiêu chí|Bộ chỉ số|Chương trình|Tờ trình|Báo cáo|Công văn|Thông báo|Cẩm nang|Biên bản|Hồ sơ)"
)
_ISSUED = re.compile(
    rf"\b(?:ban hành|xây dựng|lập|soạn thảo|tham mưu|hoàn thiện|hoàn thành|trình(?: phê duyệt| ban hành)?)\s+"
    rf"(?P<product>{_PAPERS}\b[^,;.()\n]*)",
    re.IGNORECASE,
)
_REPORTED = re.compile(
    r"(?:^|[,;.]\s*|\bvà\s+|\bgửi\s+|\btổng hợp\s+)(?P<product>báo cáo\s[^,;.()\n]+)", re.I
)
#: What follows the name of a product.
_AFTER = re.compile(
    r"\s+(?:vào|trước|trong|chậm nhất|muộn nhất|xong|để|theo|hoàn thành|định kỳ|hằng|hàng|bảo đảm|đảm bảo"
    r"|nhằm)\b.*$",
    re.I,
)
#: Who is told, where a paper is not named: ``báo cáo UBND thành phố``.
_ADDRESSED = re.compile(
    r"báo cáo(?:\s+(?:kịp thời|ngay|về|lên|cho|với))*(?:\s+(?:UBND|Ủy ban|Uỷ ban|HĐND|Hội đồng"
    r"|Thường trực|Chủ tịch|Giám đốc|Thủ tướng|Chính phủ|Sở|Bộ|Ban|Cục|Văn phòng|Tỉnh ủy|Thành ủy|cấp"
    r"|lãnh đạo)\b.*)?$",
    re.IGNORECASE,
)
#: A paper that is there already.
_KNOWN = re.compile(r"\bsố\s*:?\s*\d|\bnày\b|\bđã (?:được )?(?:ban hành|phê duyệt|giao)\b", re.IGNORECASE)
_SHORTEST = 2
_LONGEST = 30
_MOST = 5


def products_in(text: str) -> tuple[str, ...]:
    """Return the papers that a directive asks for, as its words name them."""
    found: list[str] = []
    for pattern in (_ISSUED, _REPORTED):
        for match in pattern.finditer(text):
            product = _AFTER.sub("", match["product"]).strip()
            words = len(product.split())
            if _ADDRESSED.match(product):
                continue
            if _SHORTEST <= words <= _LONGEST and not _KNOWN.search(match["product"]):
                found.append(product)
    return tuple(dict.fromkeys(found))[:_MOST]
