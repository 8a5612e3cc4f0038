"""``python -m tests.corpus.plan``: writes document 28, a plan of some forty pages whose appendix has 170 rows.

The rows are made from lists of what ten fields of work really hold; which unit leads, who cooperates, by when, and
whether a row inherits from its group follow from its place, so that every run writes the same plan and its truth.
"""

import json
from dataclasses import dataclass
from typing import Any

from tests.corpus.corpus import DOCUMENTS

NAME = "28-ke-hoach-170-nhiem-vu"
_ROWS_PER_FIELD = 17
#: Kinds of deadline in the proportions of a real plan: a quarter half the time, a day often, nothing sometimes.
_DEADLINES: tuple[tuple[str, dict[str, Any] | None], ...] = (
    ("Quý II/2026", {"kind": "quarter", "date": "2026-06-30"}),
    ("Quý III/2026", {"kind": "quarter", "date": "2026-09-30"}),
    ("30/6/2026", {"kind": "date", "date": "2026-06-30"}),
    ("Quý IV/2026", {"kind": "quarter", "date": "2026-12-31"}),
    ("", None),
    ("Quý II/2026", {"kind": "quarter", "date": "2026-06-30"}),
    ("Trước ngày 15/8/2026", {"kind": "before_date", "date": "2026-08-14"}),
    ("Quý III/2026", {"kind": "quarter", "date": "2026-09-30"}),
    ("Thường xuyên", {"kind": "ongoing"}),
    ("Tháng 5/2026", {"kind": "month", "date": "2026-05-31"}),
    ("Quý IV/2026", {"kind": "quarter", "date": "2026-12-31"}),
    ("Theo tiến độ dự án", {"kind": "upon_event"}),
    ("Hằng quý", {"kind": "periodic", "rrule": "quarterly"}),
    ("20/11/2026", {"kind": "date", "date": "2026-11-20"}),
    ("Quý II/2026", {"kind": "quarter", "date": "2026-06-30"}),
    ("10 ngày làm việc sau khi Nghị quyết được HĐND thành phố thông qua", {"kind": "upon_event"}),
    ("Năm 2026", {"kind": "year", "date": "2026-12-31"}),
    ("Chậm nhất ngày 25/12/2026", {"kind": "date", "date": "2026-12-25"}),
    ("Hằng tháng", {"kind": "periodic", "rrule": "monthly"}),
)
_COORDINATORS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Văn phòng UBND thành phố; Sở Tài chính", ("VPUB", "STC")),
    ("UBND các xã, phường", ("UBND các xã, phường",)),
    ("Các đơn vị có liên quan", ()),
    ("Sở Tư pháp", ("STP",)),
    ("", ()),
    ("Công an thành phố, Thuế thành phố", ("CATP", "THUE")),
    ("Các sở, ban, ngành; UBND các xã, phường", ("Sở, ban, ngành", "UBND các xã, phường")),
)
_HOW = (
    "phân loại theo mức độ ưu tiên, xác định rõ trách nhiệm của từng cá nhân, gắn với kết quả đánh giá hằng năm",
    "bảo đảm đúng trình tự, thủ tục, tiết kiệm, hiệu quả, không làm phát sinh thêm biên chế và tổ chức bộ máy",
    "lấy ý kiến các đối tượng chịu tác động, hoàn thiện hồ sơ trước khi trình cấp có thẩm quyền xem xét",
    "ưu tiên các địa bàn khó khăn, vùng có đông đồng bào dân tộc thiểu số và khu vực dễ bị thiên tai",
    "kết nối, chia sẻ dữ liệu với các hệ thống dùng chung của thành phố, không yêu cầu người dân nộp lại giấy tờ",
)
_PRODUCTS = (
    "Kế hoạch của UBND thành phố",
    "Báo cáo kết quả thực hiện",
    "Quyết định được ban hành",
    "Tờ trình kèm hồ sơ",
    "Danh mục được công bố",
    "Cơ sở dữ liệu vận hành chính thức",
)
_VERBS = ("Rà soát, hoàn thiện", "Xây dựng và trình ban hành", "Tổ chức triển khai", "Đánh giá, điều chỉnh")


@dataclass(frozen=True, slots=True)
class _Field:
    """A field of work: its heading, who leads in it and whether its rows inherit that, what it deals with."""

    heading: str
    lead: str
    code: str
    inherits: bool
    objects: tuple[str, ...]


_FIELDS = (
    _Field("CẢI CÁCH THỂ CHẾ", "Sở Tư pháp", "STP", True, (
        "hệ thống văn bản quy phạm pháp luật của thành phố", "quy chế phối hợp trong xây dựng pháp luật",
        "danh mục văn bản hết hiệu lực", "công tác theo dõi thi hành pháp luật", "bộ pháp điển dùng chung")),
    _Field("CẢI CÁCH THỦ TỤC HÀNH CHÍNH", "Trung tâm Phục vụ hành chính công thành phố", "TTPVHCC", False, (
        "quy trình nội bộ giải quyết thủ tục", "danh mục dịch vụ công trực tuyến toàn trình",
        "mô hình tiếp nhận hồ sơ phi địa giới", "việc số hóa kết quả giải quyết", "bộ câu hỏi thường gặp")),
    _Field("CẢI CÁCH TỔ CHỨC BỘ MÁY", "Sở Nội vụ", "SNV", True, (
        "chức năng, nhiệm vụ của các phòng chuyên môn", "đề án vị trí việc làm", "quy chế làm việc mẫu cấp xã",
        "phương án sắp xếp đơn vị sự nghiệp", "việc phân cấp quản lý cán bộ")),
    _Field("CẢI CÁCH TÀI CHÍNH CÔNG", "Sở Tài chính", "STC", False, (
        "phương án tự chủ của đơn vị sự nghiệp", "dự toán chi thường xuyên", "kế hoạch đầu tư công trung hạn",
        "việc xử lý trụ sở dôi dư", "quy chế quản lý tài sản công")),
    _Field("XÂY DỰNG CHÍNH QUYỀN SỐ", "Sở Khoa học và Công nghệ", "SKHCN", False, (
        "kiến trúc chính quyền số thành phố", "nền tảng tích hợp, chia sẻ dữ liệu", "kho dữ liệu mở",
        "hệ thống giám sát an toàn thông tin", "trung tâm điều hành thông minh")),
    _Field("ĐẤT ĐAI, MÔI TRƯỜNG", "Sở Nông nghiệp và Môi trường", "SNNMT", True, (
        "cơ sở dữ liệu địa chính", "quy hoạch sử dụng đất cấp xã", "mạng lưới quan trắc môi trường",
        "hồ sơ cấp giấy chứng nhận tồn đọng", "phương án thu gom chất thải nguy hại")),
    _Field("ĐÔ THỊ, GIAO THÔNG", "Sở Xây dựng", "SXD", False, (
        "chương trình phát triển đô thị", "quy hoạch phân khu phía Tây", "hệ thống thoát nước nội thị",
        "các điểm đen tai nạn giao thông", "kế hoạch cải tạo chung cư cũ")),
    _Field("VĂN HÓA, XÃ HỘI", "Sở Văn hóa, Thể thao và Du lịch", "SVHTTDL", False, (
        "hồ sơ di tích cấp thành phố", "thiết chế văn hóa cơ sở", "chương trình du lịch đường sông",
        "phong trào rèn luyện thân thể", "thư viện số dùng chung")),
    _Field("GIÁO DỤC, Y TẾ", "Sở Giáo dục và Đào tạo", "SGDDT", False, (
        "mạng lưới trường lớp", "học bạ số cấp tiểu học", "đề án sữa học đường", "kế hoạch tuyển dụng giáo viên",
        "chương trình kỹ năng an toàn cho học sinh")),
    _Field("CÔNG NGHIỆP, THƯƠNG MẠI", "Sở Công Thương", "SCT", True, (
        "danh mục cụm công nghiệp", "đề án phát triển chợ nông thôn", "chương trình khuyến công",
        "kế hoạch thương mại điện tử", "phương án cung ứng điện mùa khô")),
)  # fmt: skip
#: Every so often another unit leads than the field's.
_OTHERS = (
    ("Thanh tra thành phố", "TTRA"),
    ("UBND các xã, phường", "UBND các xã, phường (each)"),
    ("Công an thành phố", "CATP"),
    ("Ban Quản lý các khu công nghiệp thành phố", "BQLKCN"),
    ("UBND xã Lộc Thạnh Trúc", "X28"),
    ("UBND xã Lộc Thanh Trúc", "X27"),
)
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")

_HEADING = """%layout
>< ỦY BAN NHÂN DÂN
>< **THÀNH PHỐ SÔNG VÀNG**
>< Số: 38/KH-UBND
||
>< **CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM**
>< **Độc lập - Tự do - Hạnh phúc**
>< Sông Vàng, ngày 02 tháng 3 năm 2026
%end
>< **KẾ HOẠCH**
>< **Triển khai các nhiệm vụ trọng tâm năm 2026 của thành phố Sông Vàng**
Thực hiện Nghị quyết số 03-NQ/TU ngày 05/01/2026 của Ban Chấp hành Đảng bộ thành phố; Nghị quyết số 02/NQ-HĐND \
ngày 10 tháng 02 năm 2026 của Hội đồng nhân dân thành phố, UBND thành phố ban hành Kế hoạch như sau:
**I. MỤC ĐÍCH, YÊU CẦU**
1. Mục đích
Cụ thể hóa các mục tiêu, chỉ tiêu phát triển kinh tế - xã hội năm 2026; tạo chuyển biến về kỷ luật, kỷ cương.
2. Yêu cầu
Mỗi nhiệm vụ phải rõ người, rõ việc, rõ trách nhiệm, rõ thời gian, rõ kết quả.
**II. NHIỆM VỤ**
Các nhiệm vụ và phân công thực hiện nêu tại Phụ lục kèm theo Kế hoạch này.
**III. TỔ CHỨC THỰC HIỆN**
"""
_LAST_SECTION = (
    (
        "Các sở, ban, ngành, UBND các xã, phường căn cứ Kế hoạch này ban hành kế hoạch của đơn vị trước ngày "
        "20/3/2026.",
        ["Sở, ban, ngành (each)", "UBND các xã, phường (each)"],
        (),
        {"kind": "before_date", "date": "2026-03-19"},
    ),
    (
        "Giao Văn phòng UBND thành phố chủ trì, phối hợp Sở Nội vụ theo dõi, đôn đốc; báo cáo UBND thành phố "
        "trước ngày 25 hằng tháng.",
        "VPUB",
        ("SNV",),
        {"kind": "periodic", "rrule": "monthly, before day 25"},
    ),
)
_END = """Trên đây là Kế hoạch triển khai các nhiệm vụ trọng tâm năm 2026, yêu cầu các đơn vị thực hiện./.
%layout
**Nơi nhận:**
- Thường trực Thành ủy;
- Các sở, ban, ngành;
- UBND các xã, phường;
- Lưu: VT, TH.
||
>< **TM. ỦY BAN NHÂN DÂN**
>< **KT. CHỦ TỊCH**
>< **PHÓ CHỦ TỊCH**
>< **Lê Quang Dũng**
%end
%landscape
>< **PHỤ LỤC**
>< **DANH MỤC NHIỆM VỤ TRỌNG TÂM NĂM 2026**
>< (Kèm theo Kế hoạch số 38/KH-UBND ngày 02 tháng 3 năm 2026 của UBND thành phố)
%table
STT | Nhiệm vụ | Đơn vị chủ trì | Đơn vị phối hợp | Sản phẩm | Thời hạn hoàn thành
"""


def plan() -> tuple[str, list[dict[str, Any]]]:
    """Return the plan's description and its directives."""
    text, directives = _HEADING, []
    for number, (written, lead, coordinate, deadline) in enumerate(_LAST_SECTION, 1):
        text += f"{number}. {written}\n"
        directives.append(_directive(f"III.{number}", written, lead, coordinate, deadline))
    text += _END
    number = 0
    for roman, field in zip(_ROMAN, _FIELDS, strict=True):
        text += " | ".join([roman, field.heading, field.lead if field.inherits else "", "", "", ""]) + "\n"
        for at in range(_ROWS_PER_FIELD):
            number += 1
            row, directive = _row(number, at, field)
            text += row + "\n"
            directives.append(directive)
    return text + "%end\n", directives


def _row(number: int, at: int, field: _Field) -> tuple[str, dict[str, Any]]:
    subject = field.objects[at % len(field.objects)]
    verb = _VERBS[(at // len(field.objects)) % len(_VERBS)]
    how = "; ".join(_HOW[(number + each) % len(_HOW)] for each in range(2 + number % 2))
    task = f"{verb} {subject} năm 2026; {how}"
    when, deadline = _DEADLINES[number % len(_DEADLINES)]
    whom, coordinate = _COORDINATORS[number % len(_COORDINATORS)]
    product = _PRODUCTS[number % len(_PRODUCTS)]
    lead, code = (("" if field.inherits else field.lead), field.code)
    if number % 11 == 0:
        lead, code = _OTHERS[number // 11 % len(_OTHERS)]
    cells = [str(number), task, lead, whom, product, when]
    return " | ".join(cells), {
        **_directive(str(number), task, code, coordinate, deadline),
        "products": [product],
    }


def _directive(
    ordinal: str, text: str, lead: Any, coordinate: tuple[str, ...], deadline: dict[str, Any] | None
) -> dict[str, Any]:
    words = text.split()
    found: dict[str, Any] = {
        "ordinal": ordinal,
        "first_12_words": " ".join(words[:12]),
        "last_4_words": " ".join(words[-4:]),
        "lead": lead,
    }
    if coordinate:
        found["coordinate"] = list(coordinate)
    return found | {"deadline": deadline}


def main() -> None:
    """Write the description and the truth."""
    description, directives = plan()
    (DOCUMENTS / f"{NAME}.txt").write_text(description, "utf-8")
    envelope = {
        "formats": ["docx", "pdf"],
        "traps": [10, 13, 14, 15],
        "doc_type": "Kế hoạch",
        "number": "38/KH-UBND",
        "number_suffix": "/KH-UBND",
        "date": "2026-03-02",
        "issuer": "UBND thành phố Sông Vàng",
        "signer": {
            "name": "Lê Quang Dũng",
            "title": "Phó Chủ tịch",
            "authority": "TM. ỦY BAN NHÂN DÂN, KT. CHỦ TỊCH",
        },
        "subject": "Triển khai các nhiệm vụ trọng tâm năm 2026 của thành phố Sông Vàng",
        "cc": ["Thường trực Thành ủy", "Các sở, ban, ngành", "UBND các xã, phường", "Lưu: VT, TH"],
    }
    lines = [f' "{key}": {json.dumps(value, ensure_ascii=False)}' for key, value in envelope.items()]
    inner = ",\n".join("  " + json.dumps(each, ensure_ascii=False) for each in directives)
    lines.append(f' "directives": [\n{inner}\n ]')
    (DOCUMENTS / f"{NAME}.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


if __name__ == "__main__":
    main()
