"""Reads packages of the document exchange axis (edXML, QCVN 102:2016/BTTTT) as they really come.

Roots and layers differ from sender to sender (``edXML``, ``EdXML``, ``edXMLEnvelope``; with and without namespaces
and prefixes; header and body within an envelope or beside each other), so elements are known by their names alone.
The text of the document is that of the first attachment that can be read; what the envelope says goes beside it.
"""

import datetime as dt
import gzip
import re
import zlib
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import PurePath, PurePosixPath
from typing import Any

from lxml import etree

from processes.documents.errors import (
    LetterDamaged,
    LetterNotAttached,
    LetterNotPackage,
    LetterUnreadable,
)
from processes.documents.source import limits
from processes.documents.source.archives import ZIP, Archive, bomb, damaged, parsed
from processes.documents.source.blocks import (
    Attachment,
    Block,
    Line,
    Place,
    Remark,
    SourceKind,
    SourceText,
    Table,
)
from processes.documents.source.characters import plain
from processes.documents.source.collecting import too_long

_ROOTS = ("edxml", "edxmlenvelope", "edxmlheader", "edxmlbody", "messageheader")
_GZIP = b"\x1f\x8b"
_XML_ENDINGS = (".xml", ".edxml", ".edx")
#: What may be the document itself; of kinds that are not read the refusal says why.
_DOCUMENTS = (
    *(".docx", ".docm", ".pdf", ".xlsx", ".xlsm", ".txt", ".md"),
    *(".doc", ".xls", ".rtf", ".odt", ""),
)
_OFFICE_PART = "[Content_Types].xml"
#: Mức độ khẩn of QCVN 102:2016: 0 thường, 1 khẩn, 2 thượng khẩn, 3 hỏa tốc, 4 hỏa tốc hẹn giờ.
_URGENCY = {
    "0": "normal",
    "thường": "normal",
    "1": "urgent",
    "khẩn": "urgent",
    "2": "urgent",
    "thượng khẩn": "urgent",
    "3": "express",
    "hỏa tốc": "express",
    "hoả tốc": "express",
    "4": "express",
    "hỏa tốc hẹn giờ": "express",
}
_DATE = re.compile(r"(?P<year>\d{4})[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})")
_DATE_WRITTEN = re.compile(r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4})")


def read_edxml(content: bytes) -> SourceText:
    """Return the document of a package that is one XML file with its attachments in base64.

    Raises:
        LetterNotPackage: its root is none of edXML's.
        LetterNotAttached: it holds no document.
        LetterUnreadable: what the document itself is refused for; damaged, too large.
    """
    root = _root(content)
    return _read(root, list(_encoded(root)))


def read_edxml_archive(content: bytes) -> SourceText:
    """Return the document of a package that is an archive: the XML, and the files beside it.

    Raises:
        LetterNotPackage: none of its files is edXML.
        LetterUnreadable: as in ``read_edxml``.
    """
    with Archive(content) as archive:
        root = None
        beside: list[Attachment] = []
        for name in archive.names:
            file = archive.read(name)
            if root is None and name.lower().endswith(_XML_ENDINGS) and _is_package(file):
                root = _root(file)
            else:
                beside.append(Attachment(filename=PurePosixPath(name).name, content=file))
    if root is None:
        raise LetterNotPackage("Expected a letter, but the archive holds no package of the exchange axis")
    encoded = list(_encoded(root))
    known = {attachment.filename for attachment in encoded}
    order = [name.lower() for name in _names(root)]
    beside.sort(
        key=lambda each: order.index(each.filename.lower()) if each.filename.lower() in order else len(order)
    )
    return _read(root, encoded + [each for each in beside if each.filename not in known])


def _root(content: bytes) -> etree._Element:
    root = parsed(content, lenient=True)
    if _name(root) not in _ROOTS:
        raise LetterNotPackage("Expected a package of the exchange axis, but the XML has another root")
    if sum(1 for _ in root.iter()) > limits.MOST_ELEMENTS:
        raise too_long("elements", limits.MOST_ELEMENTS)
    return root


def _is_package(file: bytes) -> bool:
    return any(name in file[:4096].lower() for name in (b"edxml", b"messageheader"))


def _read(root: etree._Element, files: Sequence[Attachment]) -> SourceText:
    """Return the text of the first file that can be read; the others stay attachments."""
    from processes.documents.source.read import read_source

    if len(files) > limits.MOST_ATTACHMENTS:
        raise too_long("files", limits.MOST_ATTACHMENTS)
    if sum(len(file.content) for file in files) > limits.LARGEST_ATTACHMENTS:
        raise bomb(sum(len(file.content) for file in files))
    refused: LetterUnreadable | None = None
    unread: list[str] = []
    for file in files:
        if _may_be_document(file):
            try:
                text = read_source(file.content, file.filename)
            except LetterUnreadable as error:
                refused = refused or error
                unread.append(file.filename)
                continue
            remarks = [*text.remarks]
            if unread:
                remarks.append(Remark(code="attachments_unreadable", params={"files": unread}))
            return SourceText(
                kind=SourceKind.EDXML,
                blocks=tuple(_in_part(block, file.filename) for block in text.blocks),
                remarks=tuple(remarks),
                attachments=tuple(each for each in files if each is not file),
                stated=_stated(root),
                pages=text.pages,
            )
    raise refused or LetterNotAttached("Expected a letter, but the package holds no document that is read")


def _may_be_document(file: Attachment) -> bool:
    """Tell by its name; a package or an archive within a package is not opened again."""
    if PurePath(file.filename).suffix.lower() not in _DOCUMENTS or _is_package(file.content):
        return False
    if not file.content.startswith(ZIP):
        return True
    with Archive(file.content) as archive:
        return _OFFICE_PART in archive


def _in_part(block: Block, part: str) -> Block:
    if isinstance(block, Line):
        return replace(block, place=_part(block.place, part))
    rows = tuple(tuple(replace(cell, place=_part(cell.place, part)) for cell in row) for row in block.rows)
    return Table(rows=rows, heading_rows=block.heading_rows, place=_part(block.place, part))


def _part(place: Place | None, part: str) -> Place | None:
    return None if place is None else replace(place, part=part)


def _encoded(root: etree._Element) -> Iterator[Attachment]:
    """Yield the attachments in the XML; names that only the manifest has are taken in its order."""
    references = [
        (_text(each, "contentid"), _text(each, "attachmentname", "filename"))
        for each in _all(root, "reference")
    ]
    names = [name for _, name in references if name is not None]
    named = {key: name for key, name in references if key is not None}
    total = 0
    for at, element in enumerate(_all(root, "contenttransferencoded", "attachmentcontent")):
        if at == limits.MOST_ATTACHMENTS:
            raise too_long("files", limits.MOST_ATTACHMENTS)
        name = _attachment_name(element, named) or (names[at] if at < len(names) else "")
        try:
            content = b64decode("".join((element.text or "").split()), validate=True)
        except (NotBase64, ValueError) as error:
            raise LetterDamaged("Expected a package, but an attachment of it is no base64") from error
        for attachment in _unpacked(content, name or f"{at + 1}"):
            total += len(attachment.content)
            if total > limits.LARGEST_ATTACHMENTS:
                raise bomb(total)
            yield attachment


def _attachment_name(element: etree._Element, named: Mapping[str, str | None]) -> str | None:
    """Return the name beside the content, or that of the reference with the same identifier."""
    parent = element.getparent()
    if parent is None:
        return None
    beside = _text(parent, "attachmentname", "filename", "name")
    return beside or named.get(_text(parent, "contentid") or "")


def _names(root: etree._Element) -> Iterator[str]:
    for reference in _all(root, "reference"):
        name = _text(reference, "attachmentname", "filename")
        if name is not None:
            yield name


def _unpacked(content: bytes, name: str) -> Iterator[Attachment]:
    """Yield an attachment; of one that was zipped for the way, what is within. Archives within stay closed."""
    if content.startswith(_GZIP):
        try:
            with gzip.GzipFile(fileobj=BytesIO(content)) as stream:
                content = stream.read(limits.LARGEST_FILE + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise damaged() from error
        if len(content) > limits.LARGEST_FILE:
            raise bomb(len(content))
    if not content.startswith(ZIP):
        yield Attachment(filename=name, content=content)
        return
    with Archive(content) as archive:
        if _OFFICE_PART in archive or "mimetype" in archive:
            yield Attachment(filename=name, content=content)
            return
        if len(archive.names) > limits.MOST_ATTACHMENTS:
            raise too_long("files", limits.MOST_ATTACHMENTS)
        is_single = len(archive.names) == 1
        for part in archive.names:
            # the names within are often made up by the sender's program
            is_named = is_single and PurePath(name).suffix.lower() not in ("", ".zip")
            inner = name if is_named else PurePosixPath(part).name
            yield Attachment(filename=inner, content=archive.read(part))


def _stated(root: etree._Element) -> dict[str, Any]:
    """Return what the envelope says of the document, in the keys of ``letter read``."""
    found: dict[str, Any] = {}
    code = next(_all(root, "code"), None)
    if code is not None:
        number, notation = _text(code, "codenumber") or "", _text(code, "codenotation") or ""
        joined = number if number.endswith(f"/{notation}") else f"{number}/{notation.lstrip('/')}"
        found["number"] = joined.strip("/") if number else None
    sender = next(_all(root, "from"), None)
    signer = next(_all(root, "signerinfo"), None)
    kind = next(_all(root, "documenttype"), None)
    priority = _text(root, "priority")
    found |= {
        "date": _date(_text(root, "promulgationdate")),
        "issuer": None if sender is None else _text(sender, "organname", "organizationname"),
        "subject": _text(root, "subject"),
        "signer": None if signer is None else _text(signer, "fullname"),
        "urgency": None if priority is None else _URGENCY.get(priority.lower()),
        "doc_type": None if kind is None else _kind(_text(kind, "typename", "typedetailname")),
        "recipients": [name for to in _all(root, "to") if (name := _text(to, "organname")) is not None],
    }
    return {key: value for key, value in found.items() if value}


def _kind(name: str | None) -> str | None:
    """Return the name of a kind of document as in a sentence: ``Công văn`` of ``CÔNG VĂN``."""
    return None if name is None else name[:1].upper() + name[1:].lower()


def _date(text: str | None) -> str | None:
    match = None if text is None else _DATE.match(text) or _DATE_WRITTEN.match(text)
    if match is None:
        return None
    try:
        return dt.date(int(match["year"]), int(match["month"]), int(match["day"])).isoformat()
    except ValueError:
        return None


def _all(root: etree._Element, *names: str) -> Iterator[etree._Element]:
    return (element for element in root.iter(etree.Element) if _name(element) in names)


def _text(root: etree._Element, *names: str) -> str | None:
    """Return the text of the first element of one of these names that has some."""
    return next((text for element in _all(root, *names) if (text := plain(element.text or ""))), None)


def _name(element: etree._Element) -> str:
    """Return an element's name in lower case, without namespace and prefix."""
    return str(element.tag).rpartition("}")[2].rpartition(":")[2].lower()
