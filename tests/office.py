"""Makes small office files: the parts of an archive as they are, without a program that would mend them."""

import zipfile
from base64 import b64encode
from collections.abc import Mapping
from io import BytesIO

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_NAMESPACES = (
    f'xmlns:w="{W}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def zipped(parts: Mapping[str, str | bytes], *, packed: bool = True) -> bytes:
    """Return an archive of parts; not packed, it is as large as they are and never looks like a bomb."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def relationships(targets: Mapping[str, tuple[str, str]]) -> str:
    """Return relationships: identifier to type and target."""
    each = "".join(
        f'<Relationship Id="{key}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for key, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="{_RELATIONSHIPS}">{each}</Relationships>'


def run(text: str, properties: str = "") -> str:
    """Return a run of text."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*content: str, properties: str = "") -> str:
    """Return a paragraph of runs, or of texts."""
    runs = "".join(each if each.startswith("<") else run(each) for each in content)
    return f"<w:p><w:pPr>{properties}</w:pPr>{runs}</w:p>"


def listed(text: str, level: int = 0, number: int = 1) -> str:
    """Return a paragraph of a list."""
    properties = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
    return paragraph(*([text] if text else []), properties=properties)


def cell(*content: str, properties: str = "") -> str:
    """Return a cell of paragraphs, or of texts."""
    inside = "".join(each if each.startswith("<") else paragraph(each) for each in content)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inside or paragraph()}</w:tc>"


def row(*cells: str, properties: str = "") -> str:
    """Return a row of cells, or of texts."""
    inside = "".join(each if each.startswith("<") else cell(each) for each in cells)
    return f"<w:tr><w:trPr>{properties}</w:trPr>{inside}</w:tr>"


def table(*rows: tuple[str, ...] | str) -> str:
    """Return a table of rows."""
    inside = "".join(each if isinstance(each, str) else row(*each) for each in rows)
    return f"<w:tbl>{inside}</w:tbl>"


def level(at: int, form: str, text: str, more: str = "") -> str:
    """Return one level of a list."""
    printed = f'<w:numFmt w:val="{form}"/>{more}<w:lvlText w:val="{text}"/>'
    return f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/>{printed}</w:lvl>'


def lists(*definitions: str, numbers: str | None = None) -> str:
    """Return the part of lists: definitions numbered from 1, and as many lists, or the given ones."""
    defined = "".join(
        f'<w:abstractNum w:abstractNumId="{at}">{each}</w:abstractNum>'
        for at, each in enumerate(definitions, 1)
    )
    used = "".join(
        f'<w:num w:numId="{at}"><w:abstractNumId w:val="{at}"/></w:num>'
        for at in range(1, len(definitions) + 1)
    )
    return f"<w:numbering {_NAMESPACES}>{defined}{used if numbers is None else numbers}</w:numbering>"


def style(key: str, content: str, kind: str = "paragraph") -> str:
    """Return a style."""
    return f'<w:style w:styleId="{key}" w:type="{kind}">{content}</w:style>'


def styles(content: str) -> str:
    """Return the part of styles."""
    return f"<w:styles {_NAMESPACES}>{content}</w:styles>"


def header(content: str) -> str:
    """Return the part of a header."""
    return f"<w:hdr {_NAMESPACES}>{content}</w:hdr>"


def docx(
    body: str, parts: Mapping[str, str | bytes] | None = None, *, head: str = "", packed: bool = True
) -> bytes:
    """Return a Word document of a body, with more parts."""
    document = f"{head}<w:document {_NAMESPACES}><w:body>{body}</w:body></w:document>"
    main = relationships({"rId1": ("officeDocument", "word/document.xml")})
    return zipped(
        {"[Content_Types].xml": "<Types/>", "_rels/.rels": main, "word/document.xml": document}
        | dict(parts or {}),
        packed=packed,
    )


def edxml(files: Mapping[str, bytes], *, heading: str = "") -> bytes:
    """Return a package of the exchange axis with files in base64."""
    namespace = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
    references = "".join(
        f"<Reference><ContentId>cid:{at}</ContentId><AttachmentName>{name}</AttachmentName></Reference>"
        for at, name in enumerate(files)
    )
    attachments = "".join(
        f"<Attachment><ContentId>cid:{at}</ContentId>"
        f"<ContentTransferEncoded>{b64encode(content).decode()}</ContentTransferEncoded></Attachment>"
        for at, content in enumerate(files.values())
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?><edXML xmlns="{namespace}"><edXMLEnvelope><edXMLHeader>'
        f"<MessageHeader>{heading}</MessageHeader></edXMLHeader><edXMLBody><edXMLManifest>{references}"
        f"</edXMLManifest></edXMLBody></edXMLEnvelope><AttachmentEncoded>{attachments}</AttachmentEncoded></edXML>"
    ).encode()
