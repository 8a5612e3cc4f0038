"""Packages of the document exchange axis, as different senders write them."""

import gzip
from base64 import b64encode

import pytest

from processes.documents import errors
from processes.documents.source import limits
from processes.documents.source.blocks import Attachment, SourceKind, SourceText
from processes.documents.source.read import read_source
from tests.office import docx, edxml, paragraph, zipped

HEADING = """
<From><OrganId>H19</OrganId><OrganizationInCharge>UBND tỉnh</OrganizationInCharge>
<OrganName>UBND thành phố</OrganName></From>
<To><OrganId>H19.1</OrganId><OrganName>Sở Nội vụ</OrganName></To><To><OrganName>Sở Tài chính</OrganName></To>
<DocumentId>H19,2026/06/12,5120</DocumentId>
<Code><CodeNumber>5120</CodeNumber><CodeNotation>UBND-HCC</CodeNotation></Code>
<PromulgationInfo><Place>Sông Vàng</Place><PromulgationDate>2026-06-12</PromulgationDate></PromulgationInfo>
<DocumentType><Type>2</Type><TypeDetail>1</TypeDetail><TypeName>CÔNG VĂN</TypeName></DocumentType>
<Subject> V/v đẩy mạnh\ncải cách </Subject>
<SignerInfo><Competence>KT.</Competence><FullName>Lê Văn Mẫu</FullName></SignerInfo>
<OtherInfo><Priority>3</Priority></OtherInfo><SteeringType>1</SteeringType>
"""
STATED = {
    "number": "5120/UBND-HCC",
    "date": "2026-06-12",
    "issuer": "UBND thành phố",
    "subject": "V/v đẩy mạnh cải cách",
    "signer": "Lê Văn Mẫu",
    "urgency": "express",
    "doc_type": "Công văn",
    "recipients": ["Sở Nội vụ", "Sở Tài chính"],
}
WORD = docx(paragraph("Kính gửi: Sở Nội vụ"))


def read(files: dict[str, bytes], *, heading: str = "", name: str = "package.edxml") -> SourceText:
    return read_source(edxml(files, heading=heading), name)


def texts(source: SourceText) -> list[str]:
    return [line.text for line in source.lines]


def test_the_envelope_is_stated_beside_the_text_of_the_first_document() -> None:
    source = read({"cv.docx": WORD, "phuluc.xlsx": b"x"}, heading=HEADING)

    assert source.kind is SourceKind.EDXML
    assert source.stated == STATED
    assert texts(source) == ["Kính gửi: Sở Nội vụ"]
    place = source.blocks[0].place
    assert place is not None
    assert (place.block, place.part) == (1, "cv.docx")
    assert source.attachments == (Attachment(filename="phuluc.xlsx", content=b"x"),)


TRACE = "<TraceHeaderList><Bussiness><BussinessDocType>0</BussinessDocType></Bussiness></TraceHeaderList>"


@pytest.mark.parametrize(
    ("opened", "closed"),
    [
        ("<EdXML><MessageHeader>{}</MessageHeader>", "</EdXML>"),
        ("<edXMLEnvelope><edXMLHeader><MessageHeader>{}</MessageHeader></edXMLHeader>", "</edXMLEnvelope>"),
        ('<a:edXML xmlns:a="urn:a"><a:MessageHeader>{}</a:MessageHeader>', "</a:edXML>"),
        (f"<edXML>{{}}{TRACE}", "</edXML>"),
        ('<edXML xlink:href=""><a:MessageHeader>{}</a:MessageHeader><a:Reference/>', "</edXML>"),
    ],
    ids=["flat", "envelope", "prefixed", "no-header", "undeclared"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_every_way_to_layer_it_is_read(opened: str, closed: str, encoding: str) -> None:
    attachment = (
        "<AttachmentEncoded><Attachment><AttachmentName>cv.txt</AttachmentName><ContentTransferEncoded>\n"
        f"{b64encode('Kính gửi: Sở Nội vụ'.encode()).decode()}\n"
        "</ContentTransferEncoded></Attachment></AttachmentEncoded>"
    )
    package = f'<?xml version="1.0" encoding="{encoding}"?>{opened.format(HEADING)}{attachment}{closed}'
    source = read_source(package.encode(encoding), "package.xml")

    assert source.stated == STATED
    assert texts(source) == ["Kính gửi: Sở Nội vụ"]


@pytest.mark.parametrize(
    ("heading", "stated"),
    [
        (
            "<Code><CodeNumber>12/CT-UBND</CodeNumber><CodeNotation>CT-UBND</CodeNotation></Code>",
            {"number": "12/CT-UBND"},
        ),
        (
            "<Code><CodeNumber>12</CodeNumber><CodeNotation>/CT-UBND</CodeNotation></Code>",
            {"number": "12/CT-UBND"},
        ),
        ("<Code><CodeNumber/><CodeNotation>CT-UBND</CodeNotation></Code>", {}),
        ("<PromulgationDate>05/08/2026 07:30:00</PromulgationDate>", {"date": "2026-08-05"}),
        ("<PromulgationDate>2026/08/05</PromulgationDate>", {"date": "2026-08-05"}),
        ("<PromulgationDate>2026-02-31</PromulgationDate>", {}),
        ("<Priority>Thượng khẩn</Priority>", {"urgency": "urgent"}),
        ("<Priority>9</Priority>", {}),
    ],
)
def test_what_is_stated_is_taken_only_if_it_can_be(heading: str, stated: dict[str, str]) -> None:
    assert read({"cv.docx": WORD}, heading=heading).stated == stated


@pytest.mark.parametrize(
    "attached",
    [zipped({"30d190ec-60e3.edxml": WORD}), gzip.compress(WORD), WORD],
    ids=["zip", "gzip", "as it is"],
)
def test_an_attachment_may_have_been_packed_for_the_way(attached: bytes) -> None:
    source = read({"cv.docx": attached})

    assert texts(source) == ["Kính gửi: Sở Nội vụ"]
    assert source.blocks[0].place is not None
    assert source.blocks[0].place.part == "cv.docx"


def test_a_package_may_be_an_archive_with_the_files_beside_the_xml() -> None:
    package = edxml({}, heading=HEADING).replace(
        b"</edXMLManifest>",
        b"<Reference><AttachmentName>b.docx</AttachmentName></Reference></edXMLManifest>",
    )
    content = zipped({"a.txt": "Phụ lục", "META/manifest.edxml": package, "b.docx": WORD})
    source = read_source(content, "package.zip")

    assert texts(source) == ["Kính gửi: Sở Nội vụ"]
    assert source.stated == STATED
    assert [attachment.filename for attachment in source.attachments] == ["a.txt"]


def test_a_document_that_cannot_be_read_leaves_it_to_the_next() -> None:
    source = read({"scan.docx": docx(paragraph()), "cv.docx": WORD})

    assert texts(source) == ["Kính gửi: Sở Nội vụ"]
    assert [remark.to_json() for remark in source.remarks] == [
        {"code": "attachments_unreadable", "files": ["scan.docx"]}
    ]
    assert [attachment.filename for attachment in source.attachments] == ["scan.docx"]


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (edxml({}), errors.LetterNotAttached),
        (edxml({"dấu.png": b"\x89PNG"}), errors.LetterNotAttached),
        (edxml({"cv.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"}), errors.LetterOldWord),
        (edxml({"cv.docx": docx(paragraph())}), errors.LetterEmpty),
        (
            edxml({"cv.zip": zipped({"cv.zip": WORD, "a": zipped({"cv.docx": WORD})})}),
            errors.LetterNotAttached,
        ),
        (b"<edXML><ContentTransferEncoded>?!</ContentTransferEncoded></edXML>", errors.LetterDamaged),
        (b"<edXML><ContentTransferEncoded>", errors.LetterDamaged),
        (b'<edXML><Reference xlink:href=""><ContentTransferEncoded></edXML>', errors.LetterDamaged),
        (b"<?xml version='1.0'?><html/>", errors.LetterNotPackage),
        (zipped({"a.xml": "<a/>", "b.docx": WORD}), errors.LetterNotPackage),
        (b'<!DOCTYPE edXML [<!ENTITY x "y">]><edXML>&x;</edXML>', errors.LetterDeclaresEntities),
        (
            '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE edXML SYSTEM "http://a.vn/x.dtd"><edXML/>'.encode(
                "utf-16"
            ),
            errors.LetterDeclaresEntities,
        ),
        (edxml({f"{number}.txt": b"x" for number in range(101)}), errors.LetterTooLong),
        (b"<edXML>%b</edXML>" % (b"<a/>" * 100_000), errors.LetterTooLong),
        (edxml({"cv.docx": gzip.compress(bytes(limits.LARGEST_FILE + 1))}), errors.LetterZipBomb),
        (edxml({"cv.docx": zipped({"cv.docx": bytes(20 * 1024 * 1024)})}), errors.LetterZipBomb),
    ],
)
def test_a_package_without_a_document_that_is_read_says_why(
    content: bytes, refusal: type[errors.LetterUnreadable]
) -> None:
    with pytest.raises(refusal):
        read_source(content, "package.edxml")


def test_attachments_that_unpack_to_too_much_together_are_a_bomb(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LARGEST_ATTACHMENTS", 1000)

    with pytest.raises(errors.LetterZipBomb):
        read({"a.txt": b"a" * 600, "b.txt": b"b" * 600})
