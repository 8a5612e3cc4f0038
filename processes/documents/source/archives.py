"""Opens the archives that office files are, and stops before they unpack to more than a letter can be."""

import codecs
import lzma
import posixpath
import zlib
from collections.abc import Iterator
from io import BytesIO
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit
from zipfile import BadZipFile, LargeZipFile, ZipFile

from lxml import etree

from processes.documents.errors import (
    LetterDamaged,
    LetterDeclaresEntities,
    LetterEncrypted,
    LetterZipBomb,
)
from processes.documents.source import limits
from processes.documents.source.blocks import Remark

#: What a zip archive begins with; the second if it is empty.
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
#: What reading a damaged archive may raise; the library reports a way of packing that it does not know as
#: ``NotImplementedError``, encryption as ``RuntimeError``.
DAMAGED = (
    BadZipFile,
    LargeZipFile,
    KeyError,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
    zlib.error,
    lzma.LZMAError,
)
_ENCRYPTED_FLAG = 0x1
_MACROS = "/vbaproject.bin"
_EMBEDDED = ("/embeddings/", "/activex/")
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
#: The names of strict Open XML, and those that everybody writes.
_STRICT = (
    (
        b"http://purl.oclc.org/ooxml/wordprocessingml/",
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/",
    ),
    (b"http://purl.oclc.org/ooxml/spreadsheetml/", b"http://schemas.openxmlformats.org/spreadsheetml/2006/"),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/",
        b"http://schemas.openxmlformats.org/officeDocument/2006/",
    ),
    (b"http://purl.oclc.org/ooxml/drawingml/", b"http://schemas.openxmlformats.org/drawingml/2006/"),
)


class Archive:
    """A zip archive that has been checked: its parts are few, and together within ``LARGEST_UNPACKED``.

    Raises:
        LetterDamaged: it cannot be opened, or one of its parts cannot be read.
        LetterEncrypted: its parts are encrypted.
        LetterZipBomb: it would unpack to too much.
    """

    def __init__(self, content: bytes) -> None:
        try:
            self._zip = ZipFile(BytesIO(content))
        except DAMAGED as error:
            raise damaged() from error
        parts = self._zip.infolist()
        unpacked = sum(part.file_size for part in parts)
        if len(parts) > limits.MOST_PARTS or unpacked > limits.LARGEST_UNPACKED:
            raise bomb(unpacked)
        if any(part.flag_bits & _ENCRYPTED_FLAG for part in parts):
            raise LetterEncrypted("Expected a letter that opens without a password, but the archive has one")
        self.names = tuple(part.filename for part in parts if not part.is_dir())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    def __contains__(self, name: str) -> bool:
        return name in self._zip.NameToInfo

    def read(self, name: str, *, at_most: int | None = None) -> bytes:
        """Return a part; one larger than ``at_most`` bytes (``LARGEST_PART``) or packed too well is a bomb."""
        largest = limits.LARGEST_PART if at_most is None else at_most
        try:
            part = self._zip.getinfo(name)
            squeezed = part.file_size / max(part.compress_size, 1)
            is_blown_up = part.file_size > limits.SMALL_PART and squeezed > limits.HIGHEST_RATIO
            if part.file_size > largest or is_blown_up:
                raise bomb(part.file_size)
            # an archive reads no further than the size that it declares
            return self._zip.read(part)
        except DAMAGED as error:
            raise damaged() from error

    def xml(self, name: str) -> etree._Element:
        """Return the root of a part; see ``parsed``."""
        return parsed(self.read(name))

    def related(self, part: str = "") -> dict[str, tuple[str, str]]:
        """Return what a part refers to within the archive: its type's last word and its name, by identifier."""
        folder, name = posixpath.split(part)
        relationships = posixpath.join(folder, "_rels", f"{name}.rels")
        if relationships not in self:
            return {}
        return {
            each.get("Id", ""): (
                each.get("Type", "").rpartition("/")[2],
                _resolved(folder, each.get("Target", "")),
            )
            for each in self.xml(relationships).iter(_RELATIONSHIP)
            if each.get("TargetMode") != "External"
        }


def ignored(archive: Archive) -> Iterator[Remark]:
    """Yield remarks on what an office file holds that is never looked into: macros, embedded files."""
    names = [f"/{name.lower()}" for name in archive.names]
    if any(name.endswith(_MACROS) for name in names):
        yield Remark(code="macros_ignored")
    objects = sum(any(folder in name for folder in _EMBEDDED) for name in names)
    if objects:
        yield Remark(code="objects_ignored", params={"count": objects})


def parsed(part: bytes, *, lenient: bool = False) -> etree._Element:
    """Return the root of a piece of XML; nothing is fetched and no entity expanded.

    Args:
        lenient: single texts may be longer than 10 MB, and prefixes of names need not be declared; for packages
            with files in them, whose size is bounded, as they are really sent.

    Raises:
        LetterDamaged: it is no XML.
        LetterDeclaresEntities: it declares a document type.
    """
    part = prepared(part)
    try:
        root = etree.fromstring(part, _parser(lenient=lenient))
    except etree.XMLSyntaxError as error:
        # the stubs do not know the kinds of errors
        if not lenient or error.code != etree.ErrorTypes.NS_ERR_UNDEFINED_NAMESPACE:  # type: ignore[attr-defined]
            raise no_xml(error) from error
        root = _recovered(part, error)
    if root.getroottree().docinfo.internalDTD is not None:
        raise _declares()
    return root


def _parser(*, lenient: bool, recover: bool = False) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=lenient,
        recover=recover,
    )


def _recovered(part: bytes, error: etree.XMLSyntaxError) -> etree._Element:
    """Return the root of XML with prefixes that nobody declared; with any other fault it stays refused."""
    parser = _parser(lenient=True, recover=True)
    root = etree.fromstring(part, parser)
    others = [each for each in parser.error_log if each.type != etree.ErrorTypes.NS_ERR_UNDEFINED_NAMESPACE]
    if root is None or others:
        raise no_xml(error) from error
    return root


def no_xml(error: etree.XMLSyntaxError) -> LetterDamaged:
    """Return the refusal of what is no XML.

    Raises:
        MemoryError: the parser says by its error that it had not enough.
    """
    if error.code == etree.ErrorTypes.ERR_NO_MEMORY:  # type: ignore[attr-defined]  # the stubs do not know it
        raise MemoryError from error
    return LetterDamaged(f"Expected a letter, but a part of it is no XML: {error.msg}")


def prepared(part: bytes) -> bytes:
    """Return XML as parsers get it: with the names that everybody writes, and without a document type.

    Raises:
        LetterDeclaresEntities: it does, in whichever encoding.
    """
    is_wide = part.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in part[:4]
    narrow = part.replace(b"\0", b"") if is_wide else part
    if b"<!DOCTYPE" in narrow or b"<!ENTITY" in narrow:
        raise _declares()
    for strict, common in _STRICT:
        part = part.replace(strict, common)
    return part


def bomb(size: int) -> LetterZipBomb:
    """Return the refusal of what unpacks to ``size`` bytes or more."""
    return LetterZipBomb(
        f"Expected a letter, but the archive unpacks to {size} bytes or more",
        size=size,
        limit=limits.LARGEST_UNPACKED,
    )


def damaged() -> LetterDamaged:
    """Return the refusal of an archive that cannot be unpacked."""
    return LetterDamaged("Expected a letter, but the archive is damaged")


def _declares() -> LetterDeclaresEntities:
    return LetterDeclaresEntities("Expected a letter, but its XML declares a document type")


def _resolved(folder: str, target: str) -> str:
    path = unquote(urlsplit(target).path)
    return posixpath.normpath(path.lstrip("/") if path.startswith("/") else posixpath.join(folder, path))
