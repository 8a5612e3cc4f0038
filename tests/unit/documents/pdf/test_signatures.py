"""What signing leaves on a page is no text of the document; when and by whom is remarked."""

import datetime as dt

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import NameOID

from processes.documents.source.blocks import Remark, SourceText
from processes.documents.source.pdf import read_pdf
from tests.unit.documents.pdf.drawn import Drawing, Sheet

TIME = "2026-06-12T16:52:11+07:00"


def signed(organisation: str, person: str) -> bytes:
    """Return a signature made with a certificate of that organisation."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, person),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
        ]
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2028, 1, 1, tzinfo=dt.UTC))
        .sign(key, hashes.SHA256())
    )
    builder = pkcs7.PKCS7SignatureBuilder().set_data(b"text").add_signer(certificate, key, hashes.SHA256())
    return builder.sign(Encoding.DER, [pkcs7.PKCS7Options.DetachedSignature])


def document() -> tuple[Drawing, Sheet]:
    drawing = Drawing()
    sheet = drawing.page()
    drawing.text(sheet, 100, 100, "Kính gửi: Sở Tài chính")
    drawing.text(sheet, 380, 600, "KT. CHỦ TỊCH", font="B")
    drawing.text(sheet, 380, 700, "Nguyễn Thị Lan", font="B")
    return drawing, sheet


def texts(source: SourceText) -> list[str]:
    return [line.text for line in source.lines]


BODY = ["Kính gửi: Sở Tài chính", "KT. CHỦ TỊCH", "Nguyễn Thị Lan"]


def test_a_signature_field_is_kept_out_of_the_text_it_covers() -> None:
    drawing, sheet = document()
    drawing.signature = signed("UBND thành phố Sông Vàng", "Nguyễn Thị Lan")
    stamp = {
        10: "Ký bởi: Nguyễn Thị Lan",
        22: "Cơ quan: UBND thành phố",
        34: "Thời gian ký: 12.06.2026 16:52:11 +07:00",
    }
    drawing.shown(sheet, "Sig", (370, 580, 560, 690), stamp)
    source = read_pdf(drawing.bytes())

    assert texts(source) == BODY
    assert source.remarks == (
        Remark(
            code="signature_stamp",
            params={"time": TIME, "organisation": "UBND thành phố Sông Vàng", "page": 1},
        ),
    )


def test_a_signature_that_cannot_be_taken_apart_is_remarked_with_what_is_known() -> None:
    drawing, sheet = document()
    drawing.signature = b"\x30\x03abc"
    drawing.shown(sheet, "Sig", (370, 580, 560, 690), {})
    source = read_pdf(drawing.bytes())

    assert texts(source) == BODY
    assert source.remarks == (Remark(code="signature_stamp", params={"time": TIME}),)


@pytest.mark.parametrize(
    ("stamp", "params"),
    [
        (
            ["Người ký: Văn phòng UBND", "Email: vp@songvang.gov.vn", "Cơ quan: UBND thành phố", "Sông Vàng",
             "Thời gian ký: 12.06.2026", "16:52:11 +07:00"],
            {"time": TIME, "organisation": "UBND thành phố Sông Vàng", "page": 1},
        ),
        (
            ["Signature Not Verified", "Được ký bởi: SỞ NỘI VỤ", "Ngày ký: 12/06/2026 16:52"],
            {"time": "2026-06-12T16:52:00", "page": 1},
        ),
        (
            ["Digitally signed by Sở Nội vụ", "Date: 2026.06.12 16:52:11 +07'00'"],
            {"time": TIME, "page": 1},
        ),
        (
            ["SAO Y; SỞ NỘI VỤ; 12/06/2026; 16:52:11; +07:00"],
            {"time": TIME, "organisation": "SỞ NỘI VỤ", "page": 1},
        ),
    ],
)  # fmt: skip
def test_a_stamp_that_was_printed_into_the_page_is_known_by_its_words(
    stamp: list[str], params: dict[str, object]
) -> None:
    drawing, sheet = document()
    for at, line in enumerate(stamp):
        drawing.text(sheet, 400, 30 + at * 9, line, size=7)
    source = read_pdf(drawing.bytes())

    assert texts(source) == BODY
    assert source.remarks == (Remark(code="signature_stamp", params=params),)


def test_a_stamp_does_not_take_the_line_below_it() -> None:
    drawing, sheet = document()
    drawing.text(sheet, 100, 80, "Người ký: Văn phòng UBND", size=13)
    source = read_pdf(drawing.bytes())

    assert texts(source) == BODY
    assert [remark.code for remark in source.remarks] == ["signature_stamp"]


def test_other_annotations_that_show_text_belong_to_it() -> None:
    drawing, sheet = document()
    drawing.shown(sheet, "Stamp", (100, 140, 200, 160), {12: "HỎA TỐC"})
    source = read_pdf(drawing.bytes())

    assert texts(source) == ["Kính gửi: Sở Tài chính", "HỎA TỐC", "KT. CHỦ TỊCH", "Nguyễn Thị Lan"]
    assert source.remarks == ()


def test_number_and_date_that_signature_fields_fill_in_belong_to_the_text() -> None:
    drawing = Drawing()
    sheet = drawing.page()
    drawing.signature = signed("UBND thành phố Sông Vàng", "Văn phòng UBND")
    drawing.text(sheet, 90, 100, "Số:")
    drawing.text(sheet, 145, 100, "/UBND-TH")
    drawing.text(sheet, 300, 100, "Sông Vàng, ngày")
    drawing.text(sheet, 424, 100, "tháng")
    drawing.text(sheet, 468, 100, "năm 2026")
    drawing.text(sheet, 100, 200, "Thực hiện chỉ đạo của Chủ tịch UBND thành phố.")
    drawing.shown(sheet, "Sig", (110, 78, 290, 104), {15: "12094"})  # above the line
    drawing.shown(sheet, "Sig", (409, 85, 430, 110), {17: "15"})
    drawing.shown(sheet, "Sig", (457, 85, 470, 110), {14: "6"})
    source = read_pdf(drawing.bytes())

    assert texts(source) == [
        "Số: 12094/UBND-TH",
        "Sông Vàng, ngày 15 tháng 6 năm 2026",
        "Thực hiện chỉ đạo của Chủ tịch UBND thành phố.",
    ]
    assert {remark.code for remark in source.remarks} == {"signature_stamp"}


def test_two_signatures_are_two_remarks() -> None:
    drawing, sheet = document()
    for box, time in (
        ((100, 580, 250, 640), "11.06.2026 08:00:00"),
        ((370, 580, 560, 640), "12.06.2026 16:52:11"),
    ):
        drawing.text(sheet, box[0], box[1] - 200, "Ký bởi: Sở Nội vụ", size=7)
        drawing.text(sheet, box[0], box[1] - 191, f"Thời gian ký: {time} +07:00", size=7)
    source = read_pdf(drawing.bytes())

    assert [remark.params["time"] for remark in source.remarks] == ["2026-06-11T08:00:00+07:00", TIME]
