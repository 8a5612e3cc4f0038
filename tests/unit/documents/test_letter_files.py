"""Files as they come: what is refused, why, and what a Word document says."""

import zipfile
from dataclasses import replace
from io import BytesIO

import pytest

from processes.documents import errors
from processes.documents.reading import text
from processes.documents.reading.reader import read_letter
from processes.documents.reading.text import read_text
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


@pytest.mark.parametrize(
    ("content", "filename", "refusal", "code"),
    [
        (b"", "a.txt", errors.LetterEmpty, "letter_empty"),
        (b" \n\t\r\n", "a.txt", errors.LetterEmpty, "letter_empty"),
        ("Kính gửi".encode("cp1258", "replace") + b"\xd0\xff", "a.txt", errors.LetterEncodingUnknown, None),
        ("Số: 1".encode("utf-16-le"), "a.txt", errors.LetterEncodingUnknown, "letter_wrong_encoding"),
        (b"Kinh gui", "a.docx", errors.LetterNotDocx, "letter_not_docx"),
        (docx("", part="other.xml"), "a.docx", errors.LetterNotDocx, "letter_not_docx"),
        (docx("<w:p>"), "a.docx", errors.LetterNotDocx, "letter_not_docx"),
        (docx(""), "a.docx", errors.LetterEmpty, "letter_empty"),
        (b"%PDF-1.7", "a.pdf", errors.LetterFormatUnknown, "letter_unknown_format"),
        (b"text", "letter", errors.LetterFormatUnknown, "letter_unknown_format"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(
    content: bytes, filename: str, refusal: type[errors.LetterUnreadable], code: str | None
) -> None:
    with pytest.raises(refusal) as caught:
        read_text(content, filename)

    assert caught.value.code == (code or "letter_wrong_encoding")


@pytest.mark.parametrize("filename", ["a.txt", "a.docx", "a.pdf"])
def test_a_file_that_is_too_large_is_refused_before_anything_else(
    filename: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text, "LARGEST_FILE", 10)

    with pytest.raises(errors.LetterTooLarge) as caught:
        read_text(b"\xff" * 11, filename)
    assert caught.value.params["limit"] == 10


def test_the_limit_is_twenty_five_megabytes() -> None:
    with pytest.raises(errors.LetterTooLarge):
        read_text(bytes(25 * 1024 * 1024 + 1), "a.txt")


def test_a_text_longer_than_any_letter_is_refused() -> None:
    with pytest.raises(errors.LetterTooLarge):
        read_text(b"a" * (text.LONGEST_TEXT + 1), "a.txt")


def test_an_archive_that_packs_too_well_is_refused() -> None:
    with pytest.raises(errors.LetterZipBomb):
        read_text(docx(" " * (4 * 1024 * 1024)), "a.docx")


def test_an_archive_that_would_unpack_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "LARGEST_UNPACKED", 100)

    with pytest.raises(errors.LetterZipBomb):
        read_text(docx(paragraph("Kính gửi")), "a.docx")


def test_an_archive_of_very_many_parts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "MOST_PARTS", 0)

    with pytest.raises(errors.LetterZipBomb):
        read_text(docx(paragraph("Kính gửi")), "a.docx")


def test_an_archive_that_lies_about_its_size_is_no_document() -> None:
    content = docx(paragraph("Kính gửi") * 100)
    with zipfile.ZipFile(BytesIO(content)) as archive:
        size = archive.getinfo("word/document.xml").file_size
    lying = content.replace(size.to_bytes(4, "little"), (10).to_bytes(4, "little"))

    assert lying != content
    with pytest.raises(errors.LetterUnreadable):
        read_text(lying, "a.docx")


def test_entities_are_never_expanded() -> None:
    head = '<!DOCTYPE w:document [<!ENTITY x SYSTEM "file:///etc/hostname">]>'

    with pytest.raises(errors.LetterNotDocx):
        read_text(docx(paragraph("&x;"), head=head), "a.docx")


def test_paragraphs_and_table_rows_come_in_order() -> None:
    body = (
        table(("UBND THÀNH PHỐ", "CỘNG HÒA"))
        + paragraph("Kính gửi:")
        + table(("TT", "Nhiệm vụ"), ("1", "Rà soát"), ("", "Báo cáo"))
        + paragraph("Nơi nhận:")
    )

    assert [line.text for line in read_text(docx(body), "A.DOCX")] == [
        "UBND THÀNH PHỐ",
        "CỘNG HÒA",
        "Kính gửi:",
        "TT",
        "Nhiệm vụ",
        "1. Rà soát",
        "Báo cáo",
        "Nơi nhận:",
    ]


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


def test_a_letter_in_an_old_encoding_is_told_how_to_be_saved() -> None:
    with pytest.raises(errors.LetterEncodingUnknown, match="save the file again as UTF-8"):
        read_text("Kính gửi".encode("utf-16-be"), "a.txt")
