"""Bodies beside the city's administration, and above it: a letter can ask or inform them, nothing is assigned."""

import re

from processes.units.names import CAPITALS

#: What makes others act.
DEMANDS = r"(?:yêu cầu|đề nghị|giao(?! thông| dịch| nhận| hàng)|phân công|kính đề nghị|trân trọng)"
#: What whoever is told to act does; it ends the name before it. Capitals belong to a name.
DOES = (
    r"(?:chủ trì|phối hợp|có (?:trách nhiệm|nhiệm vụ|văn bản|kế hoạch|giải pháp|biện pháp|phương án)"
    r"|chịu trách nhiệm"
    r"|căn cứ|chủ động|tăng cường|tiếp tục|khẩn trương|thực hiện|triển khai|(?<!Ban )(?<!các )tổ chức"
    r"|rà soát|kiểm tra"
    r"|giám sát|theo dõi|đôn đốc|hướng dẫn|tuyên truyền|vận động|báo cáo|tham mưu|tham gia|tổng hợp"
    r"|nghiên cứu|đề xuất"
    r"|(?<!đầu tư )xây dựng|cung cấp|bố trí|quán triệt|(?<!ban )chỉ đạo|(?<!các )lãnh đạo|đẩy mạnh|nâng cao"
    r"|phát huy"
    r"|hoàn thành|hoàn thiện|bảo đảm|đảm bảo|thường xuyên|kịp thời|tập trung|cập nhật|ban hành|phê duyệt"
    r"|thẩm định|thẩm tra|xử lý|giải quyết|tiếp nhận|quyết liệt|nghiêm túc|huy động|duy trì|công khai"
    r"|công bố|phổ biến"
    r"|thành lập|đăng ký|(?<!công )lập|(?<!công )(?<!chương )(?<!quá )(?<!lộ )trình|gửi|họp|giúp(?! việc)"
    r"|phải|cần"
    r"|sẽ|mở|nộp|đăng tải|đăng|khắc phục|tuần tra|lựa chọn|chấp hành|ưu tiên|điều chỉnh|bàn giao|thông báo"
    r"|tạo điều kiện|hỗ trợ|(?<!àng )không|đồng hành|phân bổ|giải ngân|quản lý|bám sát|nắm|lồng ghép|đưa"
    r"|chuẩn bị|sẵn sàng"
    r"|làm việc|làm|tiến hành|quan tâm|xem xét|trực tiếp|phụ trách|thông qua|dự họp|tự chủ|phối kết hợp"
    r"|kiện toàn|góp ý|cho ý kiến"
    rf"|thí điểm|phân tích|đánh giá|xác định|tích cực|vận hành|giữ|khi|theo chức năng|dừng|lấy|tìm|phun"
    rf"|{DEMANDS})"
)
#: What only tells of a body, its past or its nature.
STATES = (
    r"(?:là|được|đã|do|hoạt động|quy định|gồm|bao gồm|có (?:tư cách|quyền|quyết định)|bầu|mỗi|đang|bị|còn|chưa"
    r"|thuộc|chậm|trực thuộc)"
)
_OF_AREA = (
    r"(?:\s+(?:thành phố|tỉnh|TP|cấp xã|các cấp|khu vực|(?:các\s+)?(?:xã|phường)(?:\s*,\s*(?:xã|phường))?))?"
)
_THEN = rf"(?:và|cùng|{DOES})"
_REST = rf"[^,;.()\n:]*?(?=\s*(?:[,;.()\n:]|$|\s{_THEN}(?!\w)))"
_UNIONS = r"(?:đoàn thể|tổ chức chính trị\s*[-–]\s*xã hội)"
OUTSIDE = re.compile(
    r"(?:các\s+)?(?:"
    r"(?:Ban Thường trực\s+)?(?:(?:Ủy|Uỷ) ban\s+)?(?:Mặt trận Tổ quốc|MTTQ)(?:\s+Việt Nam|\s+VN)?"
    rf"{_OF_AREA}(?:\s+và\s+(?:các\s+)?{_UNIONS}(?:\s+(?:thành phố|tỉnh|các cấp))?)?"
    rf"|(?:Thường trực\s+|Lãnh đạo\s+)?(?:Hội đồng nhân dân|HĐND){_OF_AREA}"
    r"|(?:Đoàn\s+)?(?:đại biểu Quốc hội|ĐBQH)(?:\s+(?:thành phố|tỉnh))?"
    rf"|(?:Tòa án|Toà án|Viện [Kk]iểm sát) nhân dân{_OF_AREA}|(?:TAND|VKSND){_OF_AREA}"
    r"|Liên đoàn Lao động(?:\s+(?:thành phố|tỉnh))?|(?:Thành|Tỉnh) đoàn|Thành đoàn|Tỉnh đoàn"
    rf"|Đoàn (?:Thanh niên|TNCS){_REST}"
    rf"|(?:Hội (?:Liên hiệp|LHPN|Nông dân|Cựu chiến binh|CCB|Chữ thập đỏ|Người cao tuổi|Phụ nữ|Khuyến học"
    rf"|Luật gia"
    rf"|Nhà báo|Văn học|Doanh nhân|Doanh nghiệp)|Hiệp hội|Liên minh Hợp tác xã|Liên hiệp các){_REST}"
    r"|(?:(?:Ban Tổ chức|Ban Tuyên giáo và Dân vận|Ban Tuyên giáo|Ban Dân vận|Ban Nội chính|(?:Ủy"
    r"|Uỷ) ban Kiểm tra"
    r"|UBKT|Văn phòng|Ban Thường vụ|Thường trực|Các Ban|Ban)\s+)?(?:Thành|Tỉnh)\s+(?:ủy|uỷ)"
    rf"|Đảng (?:ủy|uỷ)(?:\s+(?:các\s+)?(?:xã|phường)(?:\s*(?:,|và)\s*(?:các\s+)?(?:xã|phường|đặc khu))+|{_REST})"
    rf"|Bộ (?!Chỉ huy|Tư lệnh|CHQS|phận|chỉ số|tiêu chí)[{CAPITALS}]{_REST}"
    r"|(?:Văn phòng\s+)?Chính phủ|Thủ tướng(?: Chính phủ)?|Quốc hội|Trung ương"
    r"|(?:(?:Chủ tịch|(?:các\s+)?Phó Chủ tịch|Lãnh đạo|Thường trực|CT|PCT)\s+)?(?:UBND|(?:Ủy|Uỷ) ban nhân dân)"
    rf"\s+(?:thành phố|tỉnh|TP\.?)(?:\s+[{CAPITALS}][^\W\d_]*){{0,3}}"
    rf"|(?:hội,\s*)?{_UNIONS}(?:\s+(?:thành phố|chính trị\s*[-–]\s*xã hội))?"
    r"|cơ quan (?:thông tấn,?\s+)?báo chí(?:\s+(?:thành phố|trên địa bàn(?:\s+thành phố)?))?"
    rf"|(?:doanh nghiệp|(?:Tổng\s+)?[Cc]ông ty|Tập đoàn|Điện lực|VNPT|Viettel){_REST}"
    rf"|[Tt]rường (?:[Đđ]ại học|[Cc]ao đẳng|Chính trị|THPT|Trung học){_REST}|Ngân hàng{_REST}"
    r")"
)
_SHORT_NAMES = (("Mặt trận Tổ quốc", "MTTQ"),)


def outside_at(text: str, start: int = 0) -> str | None:
    """Return the body outside the registry whose name begins at a place, as written; ``None`` if none does."""
    match = OUTSIDE.match(text, start)
    return None if match is None else match[0].rstrip()


def shown(name: str) -> str:
    """Return a body's name with its usual abbreviation: ``Ủy ban MTTQ Việt Nam thành phố``."""
    for full, short in _SHORT_NAMES:
        name = name.replace(full, short)
    return name
