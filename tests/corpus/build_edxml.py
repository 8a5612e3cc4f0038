"""Builds packages of the document exchange axis (QCVN 102:2016) in two of the variants met in practice.

A description's lines are ``Name: value``; ``To`` may come several times. ``attachment: NAME`` names the document
of the corpus that is packed, ``variant: layered`` or ``variant: flat`` how.
"""

import base64
import io
import zipfile

from lxml import etree

NAMESPACE = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
_BUILT = (2026, 1, 1, 0, 0, 0)


def attachment_of(description: str) -> str:
    """Return the name of the document that is packed."""
    return _fields(description)["attachment"][0]


def build_edxml(description: str, filename: str, content: bytes) -> bytes:
    """Return a package with one attachment.

    Layered: ``edXML > edXMLEnvelope``, namespace, attachment zipped and in base64. Flat: ``EdXMLEnvelope`` is the
    root, no namespace, attachment in base64 alone.
    """
    fields = _fields(description)
    layered = fields["variant"][0] == "layered"
    maker = _Maker(NAMESPACE if layered else None)
    envelope = maker.make("edXMLEnvelope" if layered else "EdXMLEnvelope")
    maker.add(maker.add(envelope, "edXMLHeader"), "MessageHeader", fields)
    manifest = maker.add(maker.add(envelope, "edXMLBody"), "edXMLManifest")
    maker.text(maker.add(manifest, "Reference"), {"ContentId": "cid:1", "AttachmentName": filename})
    root = envelope
    if layered:
        root = maker.make("edXML")
        root.append(envelope)
    attachment = maker.add(maker.add(root, "AttachmentEncoded"), "Attachment")
    packed = _zipped(filename, content) if layered else content
    maker.text(
        attachment,
        {
            "ContentId": "cid:1",
            "AttachmentName": filename,
            "ContentTransferEncoded": base64.b64encode(packed).decode("ascii"),
        },
    )
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


class _Maker:
    """Makes elements in one namespace."""

    def __init__(self, namespace: str | None) -> None:
        self._prefix = "" if namespace is None else f"{{{namespace}}}"
        self._map = None if namespace is None else {"edXML": namespace}

    def make(self, name: str) -> etree._Element:
        return etree.Element(self._prefix + name, nsmap=self._map)

    def add(
        self, parent: etree._Element, name: str, fields: dict[str, list[str]] | None = None
    ) -> etree._Element:
        element = etree.SubElement(parent, self._prefix + name)
        if fields is not None:
            self._header(element, fields)
        return element

    def text(self, parent: etree._Element, values: dict[str, str]) -> None:
        for name, value in values.items():
            etree.SubElement(parent, self._prefix + name).text = value

    def _header(self, header: etree._Element, fields: dict[str, list[str]]) -> None:
        one = {name: values[0] for name, values in fields.items()}
        self.text(self.add(header, "From"), {"OrganId": one["FromId"], "OrganName": one["From"]})
        for name in fields["To"]:
            self.text(self.add(header, "To"), {"OrganName": name})
        self.text(
            self.add(header, "Code"),
            {"CodeNumber": one["CodeNumber"], "CodeNotation": one["CodeNotation"]},
        )
        self.text(
            self.add(header, "PromulgationInfo"),
            {"Place": one["Place"], "PromulgationDate": one["PromulgationDate"]},
        )
        self.text(self.add(header, "DocumentType"), {"Type": one["Type"], "TypeName": one["TypeName"]})
        self.text(header, {"Subject": one["Subject"]})
        signer = {"FullName": one["FullName"]}
        if "Position" in one:
            signer |= {"Competence": one["Competence"], "Position": one["Position"]}
        self.text(self.add(header, "SignerInfo"), signer)
        self.text(self.add(header, "OtherInfo"), {"Priority": one["Priority"]})
        self.text(header, {"SteeringType": "1"})


def _zipped(filename: str, content: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        package.writestr(zipfile.ZipInfo(filename, _BUILT), content, compress_type=zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def _fields(description: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in description.splitlines():
        name, separator, value = line.partition(":")
        if separator:
            found.setdefault(name.strip(), []).append(value.strip())
    return found
