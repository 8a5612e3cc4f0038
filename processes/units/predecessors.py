"""Departments that were merged in 2025, by the names that older papers use: only for what may be meant.

A registry that knows a former name finds its unit by it; these names are offered where it does not.
"""

from collections.abc import Mapping

from processes.units.names import acronyms, folded

_MERGED = (
    ("Sở Kế hoạch và Đầu tư", "Sở Tài chính"),
    ("Sở Giao thông vận tải", "Sở Xây dựng"),
    ("Sở Tài nguyên và Môi trường", "Sở Nông nghiệp và Môi trường"),
    ("Sở Nông nghiệp và Phát triển nông thôn", "Sở Nông nghiệp và Môi trường"),
    ("Sở Lao động, Thương binh và Xã hội", "Sở Nội vụ"),
    ("Sở Thông tin và Truyền thông", "Sở Khoa học và Công nghệ"),
    ("Ban Dân tộc", "Sở Dân tộc và Tôn giáo"),
)

#: The folded name of the department that has the work now, by the folded name or acronym of the former one.
SUCCESSORS: Mapping[str, str] = {
    key: folded(now) for former, now in _MERGED for key in ({folded(former)} | acronyms(former))
}
