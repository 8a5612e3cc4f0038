"""Reads BPMN files as XML: safely, and with the names of their namespaces."""

from collections.abc import Iterator

from lxml import etree

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
NAMESPACES = {"bpmn": BPMN, "zeebe": ZEEBE, "camunda": CAMUNDA}

#: Larger files are refused unread.
MAX_FILE_BYTES = 5 * 1024 * 1024

#: More elements, or attributes of one element, are no process that somebody has drawn.
MAX_ELEMENTS = 150_000
MAX_ATTRIBUTES = 200

#: Encodings in which a modeller writes; others can hide what a reader would see.
_ENCODINGS = frozenset({"UTF-8", "US-ASCII", "ASCII"})


def parse_xml(content: bytes) -> etree._Element:
    """Parse a file without entities, network or DTD.

    Raises:
        ValueError: the bytes are no acceptable XML; the message says why.
    """
    if len(content) > MAX_FILE_BYTES:
        raise ValueError(f"it is larger than {MAX_FILE_BYTES // (1024 * 1024)} MB")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError("it is not encoded as UTF-8; save it as UTF-8") from error
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, LookupError, ValueError) as error:
        raise ValueError(f"it is not well-formed XML: {error}") from error
    info = root.getroottree().docinfo
    if info.internalDTD is not None:
        raise ValueError("it has a DOCTYPE")
    if (info.encoding or "UTF-8").upper() not in _ENCODINGS:
        raise ValueError(f"it is encoded as {info.encoding}; save it as UTF-8")
    for count, node in enumerate(root.iter("{*}*")):
        if count >= MAX_ELEMENTS:
            raise ValueError(f"it has more than {MAX_ELEMENTS} XML elements")
        if len(node.attrib) > MAX_ATTRIBUTES:
            raise ValueError(f"an XML element in line {node.sourceline} has {len(node.attrib)} attributes")
    return root


def id_of(node: etree._Element) -> str:
    """Return an element's id; empty if it has none."""
    return str(node.get("id") or "")


def kind_of(node: etree._Element) -> str:
    """Return an element's BPMN name, e.g. ``userTask``; empty for what is not BPMN."""
    if callable(node.tag):  # a comment or processing instruction
        return ""
    name = etree.QName(node)
    return name.localname if name.namespace == BPMN else ""


def around(node: etree._Element) -> etree._Element:
    """Return the element around another; the root is around itself."""
    parent = node.getparent()
    return node if parent is None else parent


def flag(node: etree._Element, name: str, *, default: bool = False) -> bool:
    """Return a truth value as XML Schema writes it: ``true``, ``false``, ``1`` or ``0``."""
    written = (node.get(name) or "").strip()
    return written in ("true", "1") if written else default


def children(node: etree._Element, kind: str) -> list[etree._Element]:
    """Return the BPMN children of one kind."""
    return node.findall(f"bpmn:{kind}", NAMESPACES)


def extension(node: etree._Element, name: str) -> etree._Element | None:
    """Return the first Camunda 8 extension element of that name."""
    return node.find(f"bpmn:extensionElements/zeebe:{name}", NAMESPACES)


def extensions(node: etree._Element, path: str) -> Iterator[etree._Element]:
    """Return the Camunda 8 extension elements at a path such as ``zeebe:ioMapping/zeebe:input``."""
    yield from node.iterfind(f"bpmn:extensionElements/{path}", NAMESPACES)


def event_definitions(node: etree._Element) -> list[etree._Element]:
    """Return the event definitions of an event."""
    return [child for child in node if kind_of(child).endswith("EventDefinition")]
