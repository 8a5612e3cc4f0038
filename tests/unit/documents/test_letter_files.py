"""Letters in Word documents."""

import zipfile
from dataclasses import replace
from io import BytesIO

from processes.documents.reading.reader import read_letter
from processes.units.registry import UnitRegistry

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def paragraph(content: str) -> str:
    return f'<w:p><w:r><w:t xml:space="preserve">{content}</w:t></w:r></w:p>'


def table(*rows: tuple[str, ...]) -> str:
    return (
        "<w:tbl>"
        + "".join(
            "<w:tr>" + "".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) + "</w:tr>" for row in rows
        )
        + "</w:tbl>"
    )


def docx(body: str, *, head: str = "", part: str = "word/document.xml") -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(part, f"{head}<w:document {W}><w:body>{body}</w:body></w:document>")
    return stream.getvalue()


def test_a_row_without_a_number_goes_on_with_the_item_above() -> None:
    body = (
        paragraph("Số: 3/UBND-TH")
        + paragraph("Kính gửi: Các sở, ban, ngành.")
        + table(("1", "Rà soát hồ sơ."), ("", "Báo cáo kết quả."), ("2", "Kiểm tra."))
    )
    reading = read_letter(docx(body), "a.docx", UnitRegistry(()))

    assert [each.paragraphs for each in reading.directives] == [
        ("Rà soát hồ sơ.", "Báo cáo kết quả."),
        ("Kiểm tra.",),
    ]


def test_a_word_letter_reads_like_the_same_letter_as_text() -> None:
    lines = [
        "Số: 3/UBND-TH",
        "Sông Vàng, ngày 5 tháng 8 năm 2026",
        "V/v thử",
        "Kính gửi:",
        "- Các sở, ban, ngành.",
        "1. Rà soát trước ngày 30/9/2026.",
        "2. Báo cáo.",
    ]
    word = read_letter(docx("".join(map(paragraph, lines))), "letter.docx", UnitRegistry(()))
    plain = read_letter("\n\n".join(lines).encode(), "letter.txt", UnitRegistry(()))

    assert replace(word, source="") == replace(plain, source="")
    assert len(word.directives) == 2


def test_numbers_that_word_prints_by_itself_are_read() -> None:
    def listed(content: str, level: int) -> str:
        properties = f'<w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="7"/></w:numPr></w:pPr>'
        return paragraph(content).replace("<w:p>", f"<w:p>{properties}")

    def level(number: int, form: str, label: str) -> str:
        return (
            f'<w:lvl w:ilvl="{number}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
            f'<w:lvlText w:val="{label}"/></w:lvl>'
        )

    lists = (
        f'<w:numbering {W}><w:abstractNum w:abstractNumId="3">'
        + level(0, "decimal", "%1.")
        + level(1, "lowerLetter", "%2)")
        + '</w:abstractNum><w:num w:numId="7"><w:abstractNumId w:val="3"/></w:num></w:numbering>'
    )
    body = (
        paragraph("Số: 3/UBND-TH")
        + paragraph("Kính gửi: Các sở, ban, ngành.")
        + listed("Nhiệm vụ", 0)
        + listed("Rà soát.", 1)
        + listed("Báo cáo.", 1)
        + listed("Tổ chức thực hiện", 0)
        + listed("Kiểm tra.", 1)
    )
    stream = BytesIO(docx(body))
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("word/numbering.xml", lists)

    directives = read_letter(stream.getvalue(), "a.docx", UnitRegistry(())).directives

    assert [(each.ordinal, each.text) for each in directives] == [
        ("1.a", "Rà soát."),
        ("1.b", "Báo cáo."),
        ("2.a", "Kiểm tra."),
    ]
