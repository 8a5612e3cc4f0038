"""Decides what a file is, by its content before its name, and takes it apart."""

import codecs
import re
from dataclasses import replace
from pathlib import PurePath

from processes.documents import errors
from processes.documents.source import limits
from processes.documents.source.archives import ZIP, Archive
from processes.documents.source.blocks import Line, Remark, SourceKind, SourceText
from processes.documents.source.encodings import refuse_legacy

_PDF = b"%PDF-"
#: How far into a file a PDF may begin: mail programs put lines before it.
_PDF_WITHIN = 1024
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_RTF = b"{\\rtf"
_PICTURES = (
    (b"\x89PNG", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF8", "gif"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"BM", "bmp"),
)
_HTML = re.compile(r"\s*(?:<!doctype\s+html|<html|<head|<body|MIME-Version:)", re.IGNORECASE)
_XML = re.compile(r"\s*<(?:\?xml|!DOCTYPE|(?:\w+:)?edXML)", re.IGNORECASE)
#: What Word and Excel write into XML of their own.
_OFFICE_XML = 'progid="'
#: How much of a file tells whether it is XML.
_START = 1000
#: Names of streams in binary office files, as these write them.
_WORKBOOK_STREAMS = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
#: Which endings of names fit which kind.
_ENDINGS = {
    SourceKind.TEXT: (".txt", ".md", ".markdown", ".text"),
    SourceKind.DOCX: (".docx", ".docm", ".dotx", ".dotm"),
    SourceKind.PDF: (".pdf",),
    SourceKind.XLSX: (".xlsx", ".xlsm", ".xltx", ".xltm"),
    SourceKind.EDXML: (".edxml", ".xml", ".zip", ".edx"),
}
_MARKDOWN = (".md", ".markdown")
_OLD_EXCEL = (".xls", ".xlt", ".xlsb")
_OTHERS = {".odt": "odt", ".ods": "ods", ".rtf": "rtf", ".html": "html", ".htm": "html", ".pptx": "pptx"}


def read_source(content: bytes, filename: str) -> SourceText:
    """Return the text of a file, in this process; see ``read_source_apart`` for what comes from outside.

    A file that is of another kind than its name says is read as what it is, with the remark ``kind_differs``.

    Args:
        filename: its name, for the kind of a text and for that remark.

    Raises:
        LetterUnreadable: one of its kinds; nothing larger than ``LARGEST_FILE`` is looked into.
    """
    if len(content) > limits.LARGEST_FILE:
        # how much larger is not known: nothing is read beyond the limit
        raise errors.LetterTooLarge(
            f"Expected a letter of at most {limits.LARGEST_FILE // (1024 * 1024)} MB, but the file is larger",
            limit=limits.LARGEST_FILE,
        )
    if not content:
        raise errors.LetterEmpty("Expected a letter, but the file is empty")
    ending = PurePath(filename).suffix.lower()
    source = _taken_apart(content, filename, ending)
    remarks = list(source.remarks)
    text = "\n".join(_texts(source))
    if not text:
        raise errors.LetterEmpty("Expected a letter, but the file holds no text")
    if len(text) > limits.LONGEST_TEXT + len(source.blocks):
        raise errors.LetterTooLarge(
            f"Expected a letter of at most {limits.LONGEST_TEXT} characters, but it has {len(text)}",
            size=len(text),
            limit=limits.LONGEST_TEXT,
        )
    legacy = refuse_legacy(text)
    if legacy is not None:
        remarks.append(legacy)
    if ending not in _ENDINGS[source.kind]:
        remarks.insert(0, Remark(code="kind_differs", params={"named": ending, "kind": source.kind.value}))
    return replace(source, remarks=tuple(remarks))


def _texts(source: SourceText) -> list[str]:
    found: list[str] = []
    for block in source.blocks:
        if isinstance(block, Line):
            found.append(block.text)
        else:
            found += (cell.text for row in block.rows for cell in row if cell.text and not cell.inherited)
    return found


def _taken_apart(content: bytes, filename: str, ending: str) -> SourceText:
    # a parser is loaded only for its own kind: each file has a process of its own, which has to start quickly
    if _PDF in content[:_PDF_WITHIN]:
        from processes.documents.source.pdf import read_pdf

        return read_pdf(content)
    if content.startswith(ZIP):
        return _of_archive(content, ending)
    start = _start(content)
    _refuse_others(content, start, ending)
    if _XML.match(start) or ending == ".edxml":
        from processes.documents.source.edxml import read_edxml

        return read_edxml(content)
    return _of_text(content, filename, ending)


def _of_archive(content: bytes, ending: str) -> SourceText:
    with Archive(content) as archive:
        main = next((name for kind, name in archive.related().values() if kind == "officeDocument"), "")
        names = archive.names
        mimetype = archive.read("mimetype", at_most=200) if "mimetype" in archive else b""
    if mimetype.startswith(b"application/vnd.oasis"):
        raise _other_program("ods" if b"spreadsheet" in mimetype else "odt")
    if main.startswith("ppt/"):
        raise _other_program("pptx")
    if main.endswith(".bin"):
        raise _old_excel()
    if main.startswith("xl/") or "xl/workbook.xml" in names:
        from processes.documents.source.xlsx.workbook import read_xlsx

        return read_xlsx(content)
    if main or "word/document.xml" in names or ending in _ENDINGS[SourceKind.DOCX]:
        from processes.documents.source.docx.document import read_docx

        return read_docx(content)
    if ending in _ENDINGS[SourceKind.XLSX]:
        raise errors.LetterNotWorkbook("Expected an Excel workbook, but the archive holds none")
    from processes.documents.source.edxml import read_edxml_archive

    return read_edxml_archive(content)


def _start(content: bytes) -> str:
    """Return the first characters, as far as they are Unicode or ASCII."""
    is_wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return content[:_START].decode("utf-16" if is_wide else "utf-8-sig", "ignore")


def _refuse_others(content: bytes, start: str, ending: str) -> None:
    if content.startswith(_OLE):
        if _ENCRYPTED_STREAM in content:
            raise errors.LetterEncrypted(
                "Expected a letter that opens without a password, but the file has one"
            )
        if ending in _OLD_EXCEL or (ending != ".doc" and any(name in content for name in _WORKBOOK_STREAMS)):
            raise _old_excel()
        raise errors.LetterOldWord(
            "Expected a .docx file, but this is a .doc of Word 97-2003; save it as .docx"
        )
    picture = next((name for start, name in _PICTURES if content.startswith(start)), None)
    if picture is not None or content[8:12] == b"WEBP" or content[4:12] == b"ftypheic":
        raise errors.LetterPicture(
            "Expected a letter with text, but the file is a picture", format=picture or "picture"
        )
    if content.startswith(_RTF):
        raise _other_program("rtf")
    if _HTML.match(start):
        raise _other_program("html")
    if _XML.match(start) and _OFFICE_XML in start:
        raise _other_program("xml")
    if ending in _OTHERS and not content[:4].isascii():
        raise _other_program(_OTHERS[ending])


def _of_text(content: bytes, filename: str, ending: str) -> SourceText:
    from processes.documents.source.plain import read_plain

    if ending not in _ENDINGS[SourceKind.TEXT] and not _is_text(content):
        if ending in _ENDINGS[SourceKind.DOCX]:
            raise errors.LetterNotDocx("Expected a Word document, but the file is no archive with a text")
        if ending in _ENDINGS[SourceKind.XLSX]:
            raise errors.LetterNotWorkbook(
                "Expected an Excel workbook, but the file is no archive with sheets"
            )
        if ending == ".pdf":
            raise errors.LetterNotPdf("Expected a PDF, but the file does not begin as one")
        raise errors.LetterFormatUnknown(
            f"Expected a .docx, .pdf, .xlsx, .txt, .md or .edxml file, but '{filename}' is none",
            filename=filename,
        )
    return read_plain(content, markdown=ending in _MARKDOWN)


def _is_text(content: bytes) -> bool:
    """Tell whether a file that is not named as a text is one, and surely."""
    try:
        text = content.decode(
            "utf-16" if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
        )
    except UnicodeDecodeError:
        return False
    return not re.search(r"[\x00-\x08\x0e-\x1f]", text)


def _other_program(name: str) -> errors.LetterOtherProgram:
    return errors.LetterOtherProgram(
        f"Expected a .docx or .pdf file, but this is {name}; save it as one of them", format=name
    )


def _old_excel() -> errors.LetterOldExcel:
    return errors.LetterOldExcel("Expected an .xlsx file, but this is .xls or .xlsb; save it as .xlsx")
