"""Turns the bytes of a file into the paragraphs of a letter, whatever the file claims about itself."""

import codecs
import lzma
import re
import unicodedata
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath
from zipfile import BadZipFile, LargeZipFile, ZipFile

from lxml import etree

from processes.documents.errors import (
    LetterEmpty,
    LetterEncodingUnknown,
    LetterFormatUnknown,
    LetterNotDocx,
    LetterTooLarge,
    LetterZipBomb,
)
from processes.documents.reading.numbering import Numbering

#: The largest file that is read at all.
LARGEST_FILE = 25 * 1024 * 1024
#: More characters than any letter has; what is longer is not looked into.
LONGEST_TEXT = 1_000_000
#: The most a .docx may unpack to, how many times its packed size, and how many parts it may have.
LARGEST_UNPACKED = 200 * 1024 * 1024
LARGEST_TEXT_PART = 50 * 1024 * 1024
HIGHEST_RATIO = 200
MOST_PARTS = 5000
#: Below this unpacked size the ratio says nothing: an empty page of Word packs very well.
_SMALL_PART = 1024 * 1024

_TEXT_PART = "word/document.xml"
_LISTS_PART = "word/numbering.xml"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_EMPHASIS = re.compile(r"\*+")
#: What reading a damaged archive may raise.
_DAMAGED = (
    BadZipFile,
    LargeZipFile,
    KeyError,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    zlib.error,
    lzma.LZMAError,
)
_LETTERED = re.compile(r"[a-zđ]\s*[.)]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One paragraph of the letter; a text file's line counts as one.

    Attributes:
        text: NFC, single spaces, no markdown emphasis.
        emphasised: markdown emphasis was stripped from it.
    """

    text: str
    emphasised: bool = False


def read_text(content: bytes, filename: str) -> tuple[Line, ...]:
    """Return the paragraphs of a .txt or .docx file.

    Raises:
        LetterUnreadable: one of its kinds; nothing larger than ``LARGEST_FILE`` is parsed.
    """
    if len(content) > LARGEST_FILE:
        # how much larger is not known: nothing is read beyond the limit
        raise LetterTooLarge(
            f"Expected a letter of at most {LARGEST_FILE // (1024 * 1024)} MB, but the file is larger",
            limit=LARGEST_FILE,
        )
    if not content:
        raise LetterEmpty("Expected a letter, but the file is empty")
    suffix = PurePath(filename).suffix.lower()
    if suffix == ".txt":
        lines = tuple(_joined(_decoded(content)))
    elif suffix == ".docx":
        lines = tuple(Line(text=text) for raw in _docx_paragraphs(content) if (text := _plain(raw)))
    else:
        raise LetterFormatUnknown(
            f"Expected a .txt or .docx file, but '{filename}' is none", filename=filename
        )
    if not lines:
        raise LetterEmpty("Expected a letter, but the file holds no text")
    length = sum(len(line.text) for line in lines)
    if length > LONGEST_TEXT:
        raise LetterTooLarge(
            f"Expected a letter of at most {LONGEST_TEXT} characters, but it has {length}",
            size=length,
            limit=LONGEST_TEXT,
        )
    return lines


def _joined(text: str) -> Iterator[Line]:
    """Yield paragraphs: a line that goes on in lower case belongs to the one above it."""
    pieces: list[str] = []
    emphasised = False
    for raw in (*text.splitlines(), ""):
        piece = _plain(raw)
        if pieces and not (piece and _goes_on(piece)):
            yield Line(text=" ".join(pieces), emphasised=emphasised)
            pieces, emphasised = [], False
        if piece:
            pieces.append(piece)
            emphasised = emphasised or "*" in raw


def _goes_on(line: str) -> bool:
    return line[0].islower() and not _LETTERED.match(line)


def _plain(text: str) -> str:
    """Strip emphasis, invisible characters and repeated spaces; the wording stays."""
    visible = "".join(character for character in text if unicodedata.category(character) != "Cf")
    return " ".join(unicodedata.normalize("NFC", _EMPHASIS.sub("", visible)).split())


def _decoded(content: bytes) -> str:
    is_utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    encoding = "utf-16" if is_utf16 else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise LetterEncodingUnknown(
            f"Expected UTF-8, or UTF-16 with a byte order mark, but byte {error.start} is neither; "
            "save the file again as UTF-8",
            position=error.start,
        ) from error
    if "\0" in text:
        raise LetterEncodingUnknown(
            "Expected UTF-8, or UTF-16 with a byte order mark, but the text holds zero characters; "
            "save the file again as UTF-8",
            position=text.index("\0"),
        )
    return text


def _docx_paragraphs(content: bytes) -> Iterator[str]:
    text, lists = _parts(content)
    body = _parsed(text).find(f"{_W}body")
    if body is None:
        raise LetterNotDocx("Expected a Word document, but its text has another form")
    yield from _blocks(body, Numbering(None if lists is None else _parsed(lists)))


def _parsed(part: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )
    try:
        root = etree.fromstring(part, parser)
    except etree.XMLSyntaxError as error:
        raise LetterNotDocx(f"Expected a Word document, but its text is no XML: {error.msg}") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise LetterNotDocx("Expected a Word document, but its text declares a document type")
    return root


def _parts(content: bytes) -> tuple[bytes, bytes | None]:
    """Return the text and the definitions of lists, having refused archives that would unpack to too much."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            unpacked = sum(part.file_size for part in parts)
            if len(parts) > MOST_PARTS or unpacked > LARGEST_UNPACKED:
                raise _bomb(unpacked)
            text = _unpacked(archive, _TEXT_PART)
            lists = _unpacked(archive, _LISTS_PART) if _LISTS_PART in archive.namelist() else None
    except _DAMAGED as error:
        raise LetterNotDocx("Expected a Word document, but the file is no archive with a text") from error
    return text, lists


def _unpacked(archive: ZipFile, name: str) -> bytes:
    part = archive.getinfo(name)
    squeezed = part.file_size / max(part.compress_size, 1)
    if part.file_size > LARGEST_TEXT_PART or (part.file_size > _SMALL_PART and squeezed > HIGHEST_RATIO):
        raise _bomb(part.file_size)
    with archive.open(part) as stream:
        data = stream.read(LARGEST_TEXT_PART + 1)
    if len(data) > LARGEST_TEXT_PART:
        raise _bomb(len(data))
    return data


def _bomb(size: int) -> LetterZipBomb:
    return LetterZipBomb(
        f"Expected a letter, but the archive unpacks to {size} bytes or more",
        size=size,
        limit=LARGEST_UNPACKED,
    )


def _blocks(parent: etree._Element, numbering: Numbering) -> Iterator[str]:
    """Yield paragraphs and table rows in order; a row of one filled cell is its paragraphs."""
    for child in parent:
        if child.tag == f"{_W}p":
            label, text = numbering.label(child), _paragraph(child)
            yield from (label + text if text.strip() else "").split("\n")
        elif child.tag == f"{_W}tbl":
            for row in child.iterchildren(f"{_W}tr"):
                yield from _row(row, numbering)
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins"):
            yield from _blocks(child, numbering)


def _row(row: etree._Element, numbering: Numbering) -> Iterator[str]:
    cells = [
        [text for text in _blocks(cell, numbering) if text.strip()] for cell in row if cell.tag == f"{_W}tc"
    ]
    numbered = len(cells) > 1 and re.fullmatch(r"\d{1,3}\.?", " ".join(cells[0]).strip())
    if numbered:
        first, *others = (" ".join(cell) for cell in cells)
        yield f"{first.strip().rstrip('.')}. " + " ".join(others)
        return
    for cell in cells:
        yield from cell


def _paragraph(paragraph: etree._Element) -> str:
    parts: list[str] = []
    for node in paragraph.iter(f"{_W}t", f"{_W}tab", f"{_W}br", f"{_W}cr", f"{_W}noBreakHyphen"):
        if node.tag == f"{_W}t":
            parts.append(node.text or "")
        elif node.tag == f"{_W}noBreakHyphen":
            parts.append("-")
        else:
            parts.append(" " if node.tag == f"{_W}tab" else "\n")
    return "".join(parts)
