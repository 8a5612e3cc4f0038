"""Makes the PDFs in ``data``: Word files printed by LibreOffice, pages printed by Chromium, one encrypted by qpdf.

Run by hand (``python tests/unit/documents/pdf/make_data.py [FOLDER]``); the tests read what is committed.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from docx import Document
from docx.document import Document as Word
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

DATA = Path(__file__).parent / "data"

ITEMS = (
    "Khẩn trương tổ chức quán triệt, triển khai thực hiện nghiêm túc các nhiệm vụ, giải pháp về cải cách hành "
    "chính, chuyển đổi số đã được giao tại Kế hoạch số 228/KH-UBND ngày 25/12/2025 về cải cách hành chính năm "
    "2026 và các văn bản chỉ đạo của Trung ương, của thành phố; xác định đây là nhiệm vụ trọng tâm, xuyên suốt "
    "trong công tác lãnh đạo, chỉ đạo, điều hành giai đoạn 2026 - 2030 của cơ quan, đơn vị, địa phương.",
    "Tăng cường trách nhiệm người đứng đầu trong tổ chức thực hiện nhiệm vụ; thực hiện nghiêm nguyên tắc “6 rõ” "
    "(rõ người, rõ việc, rõ trách nhiệm, rõ thời gian, rõ kết quả, rõ đơn vị phối hợp); thường xuyên kiểm tra, "
    "đôn đốc, theo dõi tiến độ thực hiện nhiệm vụ được giao; không để xảy ra tình trạng né tránh, đùn đẩy.",
    "Giao Sở Nội vụ chủ trì, phối hợp Văn phòng UBND thành phố theo dõi, đôn đốc, kiểm tra việc thực hiện các nội "
    "dung nêu trên; báo cáo Chủ tịch UBND thành phố trước ngày 25/9/2026.",
)


def new_document() -> Word:
    document = Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Liberation Serif", Pt(14)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin, section.right_margin = Cm(3), Cm(2)
    section.top_margin = section.bottom_margin = Cm(2)
    section.different_first_page_header_footer = True
    number = section.header.paragraphs[0]
    number.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = number.add_run()._r
        if kind:
            field = OxmlElement("w:fldChar")
            field.set(qn("w:fldCharType"), kind)
        else:
            field = OxmlElement("w:instrText")
            field.text = text
        run.append(field)
    return document


def centred(paragraph: Paragraph, text: str, *, bold: bool = False, size: float = 13) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.space_after = Pt(0)
    run = paragraph.add_run(text)
    run.bold, run.font.size = bold, Pt(size)


def fill(cell: _Cell, lines: list[tuple[str, bool]], *, size: float = 13, is_centred: bool = True) -> None:
    for at, (text, bold) in enumerate(lines):
        paragraph = cell.paragraphs[0] if at == 0 else cell.add_paragraph()
        if is_centred:
            centred(paragraph, text, bold=bold, size=size)
        else:
            paragraph.paragraph_format.space_after = Pt(0)
            run = paragraph.add_run(text)
            run.bold, run.font.size = bold, Pt(size)


def body(document: Word, text: str, *, bold: bool = False) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    paragraph.paragraph_format.first_line_indent = Cm(1.27)
    paragraph.paragraph_format.space_after = Pt(6)
    paragraph.add_run(text).bold = bold


def heading(document: Word, left: list[tuple[str, bool]], right: list[tuple[str, bool]]) -> None:
    table = document.add_table(1, 2)
    set_widths(table, (Cm(6.3), Cm(10.2)))
    for cell, lines in zip(table.rows[0].cells, (left, right), strict=True):
        fill(cell, lines)


def set_widths(table: Table, widths: tuple[Cm, ...]) -> None:
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
        for cell in column.cells:
            cell.width = width


def ending(document: Word) -> None:
    table = document.add_table(1, 2)
    left, right = table.rows[0].cells
    cc = ["Nơi nhận:", "- Như trên;", "- Thường trực Thành ủy;", "- Chủ tịch, các PCT UBND thành phố;"]
    fill(left, [(line, False) for line in [*cc, "- Lưu: VT, HCC."]], size=11, is_centred=False)
    fill(
        right, [("KT. CHỦ TỊCH", True), ("PHÓ CHỦ TỊCH", True), *[("", False)] * 4, ("Nguyễn Thị Lan", True)]
    )


def official_letter() -> Word:
    document = new_document()
    heading(
        document,
        [
            ("ỦY BAN NHÂN DÂN", True),
            ("THÀNH PHỐ SÔNG VÀNG", True),
            ("Số:          /UBND-HCC", False),
            ("V/v đẩy mạnh nhiệm vụ trọng tâm liên quan đến công tác cải cách hành chính năm 2026", False),
        ],
        [
            ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", True),
            ("Độc lập - Tự do - Hạnh phúc", True),
            ("", False),
            ("Sông Vàng, ngày       tháng 6 năm 2026", False),
        ],
    )
    document.add_paragraph()
    to = document.add_table(1, 2)
    set_widths(to, (Cm(4), Cm(12)))
    fill(to.rows[0].cells[0], [("Kính gửi:", False)], size=14)
    recipients = [
        "- Sở, ban, ngành; Công an thành phố; Thuế thành phố; Chi cục Hải quan khu vực XVIII; Bảo hiểm xã hội;",
        "- UBND các xã, phường.",
    ]
    fill(to.rows[0].cells[1], [(line, False) for line in recipients], size=14, is_centred=False)
    document.add_paragraph()
    body(
        document,
        "Thực hiện Nghị quyết số 05-NQ/TU ngày 01 tháng 5 năm 2026 của Ban Chấp hành Đảng bộ thành phố, Chủ tịch "
        "UBND thành phố đề nghị các đơn vị, địa phương nghiêm túc triển khai thực hiện một số nội dung như sau:",
    )
    for round_no in range(3):
        for at, item in enumerate(ITEMS, 1):
            body(document, f"{round_no * len(ITEMS) + at}. {item}")
    body(document, "Chủ tịch UBND thành phố yêu cầu Thủ trưởng các cơ quan, đơn vị thực hiện./.")
    ending(document)
    return document


def plan(rows: int, *, pages_of_text: int = 1) -> Word:
    document = new_document()
    heading(
        document,
        [("ỦY BAN NHÂN DÂN", True), ("TỈNH HẢI SƠN", True), ("Số: 38/KH-UBND", False)],
        [
            ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", True),
            ("Độc lập - Tự do - Hạnh phúc", True),
            ("Hải Sơn, ngày 20 tháng 01 năm 2026", False),
        ],
    )
    document.add_paragraph()
    centred(document.add_paragraph(), "KẾ HOẠCH", bold=True, size=14)
    centred(
        document.add_paragraph(),
        "Triển khai thực hiện nhiệm vụ phát triển kinh tế - xã hội, bảo đảm quốc phòng, an ninh năm 2026",
        bold=True,
        size=14,
    )
    document.add_paragraph()
    body(document, "I. MỤC ĐÍCH, YÊU CẦU", bold=True)
    for round_no in range(pages_of_text * 3):
        for item in ITEMS:
            body(document, f"{round_no + 1}. {item}")
    ending(document)
    section = document.add_section()
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21)
    section.different_first_page_header_footer = False
    centred(document.add_paragraph(), "PHỤ LỤC", bold=True, size=14)
    centred(document.add_paragraph(), "DANH MỤC NHIỆM VỤ TRỌNG TÂM NĂM 2026", bold=True, size=14)
    centred(document.add_paragraph(), "(Kèm theo Kế hoạch số 38/KH-UBND ngày 20 tháng 01 năm 2026)", size=13)
    appendix(document, rows)
    return document


def appendix(document: Word, rows: int) -> None:
    widths = (Cm(1.2), Cm(8.6), Cm(3.6), Cm(4), Cm(4.4), Cm(2.9))
    table = document.add_table(0, 6, style="Table Grid")
    set_widths(table, widths)
    titles = ("TT", "Nội dung nhiệm vụ", "Cơ quan chủ trì", "Cơ quan phối hợp", "Sản phẩm", "Thời hạn")
    row(table, titles, widths, bold=True)
    row(table, tuple(f"({at})" for at in range(1, 7)), widths)
    for title in table.rows:
        mark = OxmlElement("w:tblHeader")
        title._tr.get_or_add_trPr().append(mark)
    sections = ("I. LĨNH VỰC KINH TẾ", "II. LĨNH VỰC VĂN HÓA - XÃ HỘI", "III. CẢI CÁCH HÀNH CHÍNH")
    shared: list[_Row] = []
    for at in range(1, rows + 1):
        if at % (rows // 3 + 1) == 1:
            group = table.add_row()
            merged = group.cells[0].merge(group.cells[5])
            merged.paragraphs[0].add_run(sections[at // (rows // 3 + 1)]).bold = True
        found = row(table, directive(at), widths)
        shared = [*shared, found] if at % 7 in (3, 4) else []
        if len(shared) == 2:
            shared[1].cells[5].paragraphs[0].clear()
            shared[0].cells[5].merge(shared[1].cells[5])


def directive(at: int) -> tuple[str, ...]:
    work = (
        f"Tham mưu ban hành Kế hoạch thực hiện nhiệm vụ thứ {at} về rà soát, cắt giảm, đơn giản hóa thủ tục hành "
        "chính; công khai kết quả giải quyết hồ sơ trên Cổng Dịch vụ công quốc gia; tổng hợp báo cáo định kỳ"
    )
    if at % 9 == 0:
        work += (
            ", gồm:\n- Rà soát toàn bộ quy trình nội bộ thuộc thẩm quyền giải quyết của ngành, lĩnh vực phụ trách;"
            "\n- Xây dựng phương án tái cấu trúc quy trình, cung cấp dịch vụ công trực tuyến toàn trình;"
            "\n- Số hóa hồ sơ, kết quả giải quyết còn hiệu lực."
        )
    lead = ("Sở Nội vụ", "Sở Tài chính", "Sở Nông nghiệp và Môi trường", "Văn phòng UBND tỉnh")[at % 4]
    when = ("Quý I/2026", "Trước ngày 30/6/2026", "Thường xuyên", "Trong tháng 01/2026")[at % 4]
    return (
        str(at),
        work,
        lead,
        "Các sở, ban, ngành; UBND các xã, phường",
        f"Kế hoạch số {at} của UBND tỉnh",
        when,
    )


def row(table: Table, texts: tuple[str, ...], widths: tuple[Cm, ...], *, bold: bool = False) -> _Row:
    added = table.add_row()
    for at, (text, width) in enumerate(zip(texts, widths, strict=True)):
        cell = added.cells[at]
        cell.width = width
        for line_no, line in enumerate(text.split("\n")):
            paragraph = cell.paragraphs[0] if line_no == 0 else cell.add_paragraph()
            paragraph.paragraph_format.space_after = Pt(0)
            if bold or at == 0 or text.startswith("("):
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            run = paragraph.add_run(line)
            run.bold, run.font.size = bold, Pt(12)
    return added


CONCLUSION = """<html><head><meta charset="utf-8"><style>
@page { size: A4; margin: 20mm 20mm 20mm 30mm } body { font: 14pt "Liberation Serif"; margin: 0 }
p { text-align: justify; text-indent: 1.27cm; margin: 6pt 0 } .c { text-align: center; text-indent: 0 }
table { border-collapse: collapse; width: 100% } .h td { width: 50%; text-align: center; vertical-align: top }
.g td, .g th { border: 1px solid black; padding: 3pt; font-size: 12pt; vertical-align: top }
</style></head><body>
<table class="h"><tr><td>ỦY BAN NHÂN DÂN<br>THÀNH PHỐ SÔNG VÀNG<br><b>VĂN PHÒNG</b></td>
<td><b>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM<br>Độc lập - Tự do - Hạnh phúc</b></td></tr>
<tr><td>Số: 345/TB-VP</td><td><i>Sông Vàng, ngày 08 tháng 6 năm 2026</i></td></tr></table>
<p class="c"><b>THÔNG BÁO</b></p>
<p class="c"><b>Kết luận của Phó Chủ tịch UBND thành phố Nguyễn Thị Lan tại cuộc họp về tiến độ
thực hiện các nhiệm vụ cải cách hành chính</b></p>
%s
<table class="g"><thead><tr><th rowspan="2">TT</th><th rowspan="2">Nhiệm vụ</th><th colspan="2">Cơ quan</th>
<th rowspan="2">Thời hạn</th></tr><tr><th>Chủ trì</th><th>Phối hợp</th></tr></thead><tbody>
<tr><td>1</td><td>Rà soát thủ tục hành chính</td><td rowspan="2">Sở Nội vụ</td><td>Sở Tài chính</td>
<td>Quý II/2026</td></tr>
<tr><td>2</td><td>Công khai kết quả giải quyết hồ sơ:<br>- trên Cổng Dịch vụ công;<br>- tại bộ phận một cửa</td>
<td></td><td>Trước ngày 30/6/2026</td></tr></tbody></table>
<table class="h"><tr><td style="text-align: left; font-size: 11pt"><b><i>Nơi nhận:</i></b><br>- Như trên;<br>
- Lưu: VT, TH.</td><td><b>TL. CHỦ TỊCH<br>CHÁNH VĂN PHÒNG</b><br><br><br><br><b>Trần Văn Bình</b></td></tr></table>
</body></html>"""


def conclusion() -> str:
    points = "".join(f"<p>{at}. {item}</p>" for at, item in enumerate(ITEMS * 3, 1))
    return CONCLUSION.replace("%s", points)


def print_word(document: Word, target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / f"{target.stem}.docx"
        document.save(str(source))
        command = [
            "soffice",
            "--headless",
            f"-env:UserInstallation=file://{folder}/profile",
            "--convert-to",
            "pdf",
        ]
        subprocess.run(
            [*command, "--outdir", str(target.parent), str(source)], check=True, capture_output=True
        )


def print_page(html: str, target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "page.html"
        source.write_text(html, encoding="utf-8")
        command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
        subprocess.run([*command, f"--print-to-pdf={target}", str(source)], check=True, capture_output=True)


def encrypt(source: Path, target: Path, user: str, owner: str) -> None:
    subprocess.run(["qpdf", "--encrypt", user, owner, "256", "--", str(source), str(target)], check=True)


def main(folder: Path) -> None:
    print_word(official_letter(), folder / "official_letter.pdf")
    print_word(plan(24), folder / "plan.pdf")
    print_page(conclusion(), folder / "conclusion.pdf")
    encrypt(folder / "official_letter.pdf", folder / "locked.pdf", "secret", "owner")
    encrypt(folder / "official_letter.pdf", folder / "restricted.pdf", "", "owner")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else DATA)
