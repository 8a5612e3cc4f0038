"""Files that are not what they should be: each refused for its reason, and within bounds."""

import zipfile
from io import BytesIO

import pytest

from processes.documents import errors
from processes.documents.source import limits
from processes.documents.source.read import read_source
from tests.office import cell, docx, paragraph, relationships, row, table, zipped

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)


def office(main: str, content: str = "<x/>") -> bytes:
    return zipped({"_rels/.rels": relationships({"r": ("officeDocument", main)}), main: content})


def encrypted() -> bytes:
    """Return an archive whose parts are marked as encrypted, in both of its tables."""
    content = bytearray(docx(paragraph("Kính gửi")))
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        begin = -1
        while (begin := content.find(signature, begin + 1)) >= 0:
            content[begin + at] |= 1
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "filename", "code"),
    [
        (b"", "a.txt", "letter_empty"),
        (b" \n\t\r\n", "a.txt", "letter_empty"),
        (docx(""), "a.docx", "letter_empty"),
        (docx(table(row(cell(), cell()))), "a.docx", "letter_empty"),
        (b"\x00\x01\x02", "a.docx", "letter_not_docx"),
        (
            docx("", {"_rels/.rels": "<x/>"}).replace(b"word/document.xml", b"word/document.xmm"),
            "a.docx",
            "letter_not_docx",
        ),
        (office("word/document.xml"), "a.docx", "letter_not_docx"),
        (b"\x00\x01\x02", "a.xlsx", "letter_not_xlsx"),
        (zipped({"a": "b"}), "a.xlsx", "letter_not_xlsx"),
        (office("xl/workbook.xml"), "a.xlsx", "letter_not_xlsx"),
        (b"\x00\x01\x02", "a.pdf", "letter_not_pdf"),
        (b"\x00\x01\x02", "a.bin", "letter_unknown_format"),
        (zipped({"a": "b"}), "a.zip", "letter_not_edxml"),
        (docx("<w:p>"), "a.docx", "letter_damaged"),
        (docx("", {"word/styles.xml": "<"}), "a.docx", "letter_damaged"),
        (docx(paragraph("Kính gửi"))[:-40], "a.docx", "letter_damaged"),
        (b"PK\x03\x04" + bytes(100), "a.docx", "letter_damaged"),
        (encrypted(), "a.docx", "letter_encrypted"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "a.docx", "letter_encrypted"),
        (OLE + "WordDocument".encode("utf-16-le"), "a.doc", "letter_old_word"),
        (OLE, "a.docx", "letter_old_word"),
        (OLE, "a.xls", "letter_old_excel"),
        (OLE + "Workbook".encode("utf-16-le"), "a.xlsx", "letter_old_excel"),
        (office("xl/workbook.bin"), "a.xlsb", "letter_old_excel"),
        (b"{\\rtf1 Kinh gui}", "a.rtf", "letter_other_program"),
        (b"{\\rtf1 Kinh gui}", "a.doc", "letter_other_program"),
        (zipped({"mimetype": "application/vnd.oasis.opendocument.text"}), "a.odt", "letter_other_program"),
        (office("ppt/presentation.xml"), "a.pptx", "letter_other_program"),
        (b"\xef\xbb\xbf\n<html><body>Kinh gui", "a.doc", "letter_other_program"),
        (
            b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><w/>',
            "a.xml",
            "letter_other_program",
        ),
        (b"\x89PNG\r\n", "a.png", "letter_picture"),
        (b"\xff\xd8\xff\xe0", "a.docx", "letter_picture"),
        (b"RIFF\0\0\0\0WEBP", "a.webp", "letter_picture"),
        (b"II*\x00", "a.tif", "letter_picture"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(content: bytes, filename: str, code: str) -> None:
    with pytest.raises(errors.LetterUnreadable) as caught:
        read_source(content, filename)

    assert caught.value.code == code


@pytest.mark.parametrize(
    ("content", "filename", "named", "kind"),
    [
        (docx(paragraph("Kính gửi")), "a.txt", ".txt", "docx"),
        (docx(paragraph("Kính gửi")), "a.doc", ".doc", "docx"),
        (docx(paragraph("Kính gửi")), "letter", "", "docx"),
        ("Kính gửi".encode(), "a.docx", ".docx", "text"),
        ("Kính gửi".encode("utf-16"), "a.pdf", ".pdf", "text"),
    ],
)
def test_a_file_of_another_kind_than_its_name_is_read_as_what_it_is(
    content: bytes, filename: str, named: str, kind: str
) -> None:
    source = read_source(content, filename)

    assert [line.text for line in source.lines] == ["Kính gửi"]
    assert [remark.to_json() for remark in source.remarks] == [
        {"code": "kind_differs", "named": named, "kind": kind}
    ]


def test_a_pdf_is_read_as_one_whatever_its_name() -> None:
    pytest.importorskip(
        "processes.documents.source.pdf", reason="PDFs are read by a part that is not here yet"
    )

    with pytest.raises(errors.LetterUnreadable) as caught:
        read_source(b"%PDF-1.7\n", "a.docx")
    assert caught.value.code != "letter_not_docx"


@pytest.mark.parametrize("filename", ["a.txt", "a.docx", "a.pdf"])
def test_a_file_that_is_too_large_is_refused_before_anything_else(
    filename: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "LARGEST_FILE", 10)

    with pytest.raises(errors.LetterTooLarge) as caught:
        read_source(b"\xff" * 11, filename)
    assert caught.value.params["limit"] == 10


def test_the_limit_is_twenty_five_megabytes() -> None:
    with pytest.raises(errors.LetterTooLarge):
        read_source(bytes(25 * 1024 * 1024 + 1), "a.txt")


def test_a_text_longer_than_any_letter_is_refused() -> None:
    with pytest.raises(errors.LetterTooLarge):
        read_source(b"a" * (limits.LONGEST_TEXT + 1), "a.txt")


def test_a_hundred_thousand_paragraphs_are_refused() -> None:
    for content, filename in (
        (docx(paragraph("a") * 100_000, packed=False), "a.docx"),
        (docx(paragraph("") * 130_000, packed=False), "a.docx"),
        (b"A\n\n" * 100_000, "a.txt"),
    ):
        with pytest.raises(errors.LetterTooLong):
            read_source(content, filename)


def test_a_table_of_very_many_cells_is_refused() -> None:
    content = docx(table(*([("a", "b")] * 50_001)), packed=False)

    with pytest.raises(errors.LetterTooLong):
        read_source(content, "a.docx")


def test_an_archive_that_packs_too_well_is_refused() -> None:
    with pytest.raises(errors.LetterZipBomb):
        read_source(docx(" " * (11 * 1024 * 1024)), "a.docx")


def test_a_plan_whose_rows_say_the_same_is_no_bomb() -> None:
    same = ("Rà soát, trình công bố danh mục thủ tục hành chính của các đơn vị",) * 10

    assert len(read_source(docx(table(*[same] * 1500)), "a.docx").blocks) == 1


def test_an_archive_in_an_archive_is_not_unpacked() -> None:
    inner = zipped({"word/document.xml": bytes(100 * 1024 * 1024)})

    with pytest.raises(errors.LetterUnreadable) as caught:
        read_source(zipped({"a.docx": inner, "b.zip": inner}), "a.zip")
    assert caught.value.code == "letter_not_edxml"


def test_an_archive_that_would_unpack_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LARGEST_UNPACKED", 100)

    with pytest.raises(errors.LetterZipBomb):
        read_source(docx(paragraph("Kính gửi")), "a.docx")


def test_an_archive_of_very_many_parts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_PARTS", 0)

    with pytest.raises(errors.LetterZipBomb):
        read_source(docx(paragraph("Kính gửi")), "a.docx")


def test_an_archive_that_lies_about_its_size_is_damaged() -> None:
    content = docx(paragraph("Kính gửi") * 100)
    with zipfile.ZipFile(BytesIO(content)) as archive:
        size = archive.getinfo("word/document.xml").file_size
    lying = content.replace(size.to_bytes(4, "little"), (10).to_bytes(4, "little"))

    assert lying != content
    with pytest.raises(errors.LetterDamaged):
        read_source(lying, "a.docx")


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE w:document [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        f'<!--{"-x" * 5000}--><!DOCTYPE w:document [<!ENTITY x "{"y" * 100}">]>',
    ],
)
def test_entities_are_never_expanded(head: str) -> None:
    with pytest.raises(errors.LetterDeclaresEntities):
        read_source(docx(paragraph("&x;"), head=head), "a.docx")


def test_elements_within_each_other_without_end_are_refused() -> None:
    body = "<w:sdt><w:sdtContent>" * 5000 + "</w:sdtContent></w:sdt>" * 5000

    with pytest.raises(errors.LetterDamaged):
        read_source(docx(body, packed=False), "a.docx")
