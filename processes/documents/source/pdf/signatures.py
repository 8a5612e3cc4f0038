"""Tells what signing leaves on a page from the text of the document, and reads when and by whom it was signed."""

import ctypes
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pypdfium2.raw as pdfium
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID

from processes.documents.source.blocks import Remark
from processes.documents.source.pdf.lines import Piece, follows

#: More signatures than anybody puts on a document.
_MOST = 50
_LARGEST = 1024 * 1024
_BEGINS = re.compile(
    r"(?:(?:Người ký|Ký bởi|Được ký bởi|Ký số bởi|Ký điện tử bởi|Đã ký số bởi|Signed by)\s*:"
    r"|(?:Được ký bởi|Digitally signed by|Signature (?:Not Verified|valid|is valid))\b"
    r"|(?:SAO Y|SAO LỤC|TRÍCH SAO)\s*;)",
    re.IGNORECASE,
)
_KEY = re.compile(
    r"(?:Người ký|Ký bởi|Được ký bởi|E-?mail|Cơ quan|Tổ chức|Đơn vị|Chức vụ|Thời gian(?: ký)?|Ngày ký|Giờ ký"
    r"|Ký ngày|Date|Reason|Location|Lý do|Vị trí|Địa điểm|Signing time|DN|Phiên bản|Foxit)\b[^:]{0,20}:",
    re.IGNORECASE,
)
_ORGANISATION = re.compile(
    r"(?:(?:Cơ quan|Tổ chức|Đơn vị)\s*:\s*|(?:SAO Y|SAO LỤC|TRÍCH SAO)\s*;\s*)([^;]+)", re.IGNORECASE
)
_OFFSET = r"(?:;?\s*(?:GMT|UTC)?\s*([+-])(\d{2})[:']?(\d{2}))?"
_DAY_FIRST = re.compile(
    r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})[,;]?\s+(\d{1,2}):(\d{2})(?::(\d{2}))?" + _OFFSET
)
_YEAR_FIRST = re.compile(r"(\d{4})[./-]?(\d{2})[./-]?(\d{2})[T\s]*(\d{2}):?(\d{2}):?(\d{2})?" + _OFFSET)
_ONLY_TIME = re.compile(r"[\d:./+\-'\sZ]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What is known of one signature.

    Attributes:
        at: when it was made, ISO 8601; without an offset where the file gives none.
        organisation: the signer's; the person's name is not kept.
        page: where it is shown.
    """

    at: str | None = None
    organisation: str | None = None
    page: int | None = None


def read_signatures(document: Any) -> list[Signature]:
    """Return what the file's signature fields say; whether a signature is valid is not checked."""
    count = max(pdfium.FPDF_GetSignatureCount(document), 0)
    found = (pdfium.FPDF_GetSignatureObject(document, at) for at in range(min(count, _MOST)))
    return [
        Signature(
            at=_time(_bytes(pdfium.FPDFSignatureObj_GetTime, each).decode("ascii", "replace")),
            organisation=_organisation(_bytes(pdfium.FPDFSignatureObj_GetContents, each)),
        )
        for each in found
        if each
    ]


def _bytes(read: Any, signature: Any) -> bytes:
    length = read(signature, None, 0)
    if not 0 < length <= _LARGEST:
        return b""
    buffer = ctypes.create_string_buffer(length)
    read(signature, buffer, length)
    return buffer.raw


def take_stamps(pieces: Sequence[Piece], page: int) -> tuple[list[Piece], list[Signature]]:
    """Take the texts that signing tools print on a page (``Người ký: … Thời gian ký: …``) from its pieces."""
    left = list(pieces)
    found: list[Signature] = []
    for begin in pieces:
        if not _BEGINS.match(begin.text) or begin not in left:
            continue
        stamp = _stamp(begin, left)
        left = [piece for piece in left if piece not in stamp]
        found.append(read_stamp([piece.text for piece in stamp], page))
    return left, found


def _stamp(begin: Piece, pieces: Sequence[Piece]) -> list[Piece]:
    """Return the lines of a stamp: one below the other, of one size, up to the last that names something."""
    beside = [
        each
        for each in pieces
        if abs(each.base - begin.base) < 1
        and 0 < each.x0 - begin.x0 < 25 * begin.size
        and each.size == begin.size
    ]
    stamp = [begin, *sorted(beside, key=lambda each: each.x0)]
    last_key = len(stamp)
    below = sorted((each for each in pieces if each.base >= begin.base + 1), key=lambda each: each.base)
    for piece in below:
        last = stamp[-1]
        if piece.base - last.base > 2.2 * begin.size:
            break
        is_near = piece.x0 < max(each.x1 for each in stamp) and piece.x1 > begin.x0 - 2
        if not is_near or abs(piece.size - begin.size) > 0.2 * begin.size or piece.x0 < begin.x0 - 4:
            continue
        stamp.append(piece)
        if _KEY.match(piece.text) or _BEGINS.match(piece.text) or _ONLY_TIME.fullmatch(piece.text):
            last_key = len(stamp)
    return stamp[:last_key]


def read_stamp(lines: Sequence[str], page: int) -> Signature:
    """Return what the lines of a stamp say."""
    values: list[str] = []
    for line in lines:
        if values and not _KEY.match(line) and not _BEGINS.match(line):
            values[-1] = follows(values[-1], line)
        else:
            values.append(line)
    named = next((match[1] for value in values if (match := _ORGANISATION.match(value))), None)
    return Signature(at=_time(" ".join(lines)), organisation=named, page=page)


def remarks_on(signatures: Sequence[Signature], stamps: Sequence[Signature]) -> list[Remark]:
    """Return a remark for each signature; a stamp that shows one of the file's own is not counted twice."""
    known = list(signatures)
    for stamp in stamps:
        at = next((i for i, each in enumerate(known) if _are_one(each, stamp)), None)
        if at is None:
            known.append(stamp)
        else:
            known[at] = replace(
                known[at],
                at=known[at].at or stamp.at,
                organisation=known[at].organisation or stamp.organisation,
                page=known[at].page or stamp.page,
            )
    return [
        Remark(
            code="signature_stamp",
            params={
                name: value
                for name, value in (
                    ("time", each.at),
                    ("organisation", each.organisation),
                    ("page", each.page),
                )
                if value is not None
            },
        )
        for each in known
    ]


def _are_one(one: Signature, other: Signature) -> bool:
    if one.page is not None and one.page != other.page:
        return False
    return one.at is None or other.at is None or one.at[:16] == other.at[:16]


def _time(text: str) -> str | None:
    match = _DAY_FIRST.search(text)
    if match is not None:
        day, month, year = match[1], match[2], match[3]
    else:
        match = _YEAR_FIRST.search(text)
        if match is None:
            return None
        year, month, day = match[1], match[2], match[3]
    zone = None
    if match[7]:
        offset = timedelta(hours=int(match[8]), minutes=int(match[9]))
        zone = timezone(-offset if match[7] == "-" else offset)
    try:
        moment = datetime(
            int(year), int(month), int(day), int(match[4]), int(match[5]), int(match[6] or 0), tzinfo=zone
        )
    except ValueError:
        return None
    return moment.isoformat()


def _organisation(contents: bytes) -> str | None:
    """Return the organisation in the signer's certificate: the one that issued none of the others."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            certificates = pkcs7.load_der_pkcs7_certificates(_without_padding(contents))
            issuers = {each.issuer for each in certificates if each.issuer != each.subject}
            signers = [each for each in certificates if each.subject not in issuers] or certificates
            for oid in (NameOID.ORGANIZATION_NAME, NameOID.ORGANIZATIONAL_UNIT_NAME):
                for signer in signers:
                    for attribute in signer.subject.get_attributes_for_oid(oid):
                        return str(attribute.value)
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion):
        return None
    return None


def _without_padding(contents: bytes) -> bytes:
    """Return the DER value at the beginning: the space kept for a signature is filled up with zeros."""
    if len(contents) < 2 or contents[0] != 0x30:
        return contents
    length, header = contents[1], 2
    if length & 0x80:
        count = length & 0x7F
        length, header = int.from_bytes(contents[2 : 2 + count], "big"), 2 + count
    return contents[: header + length]
