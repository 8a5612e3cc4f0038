"""Reads a .dmn file as XML, safely, and finds its way in it."""

from collections.abc import Iterator

from lxml import etree

from engine.dmn.errors import DmnError

#: The model namespaces of DMN 1.3, 1.4 and 1.5.
NAMESPACES = frozenset(
    f"https://www.omg.org/spec/DMN/{version}/MODEL/" for version in ("20191111", "20211108", "20230324")
)
#: Largest accepted file, in bytes.
MAX_FILE_SIZE = 2_000_000

Element = etree._Element


def parse(content: bytes) -> Element:
    """Return the ``definitions`` of a file.

    Raises:
        DmnError: the file is too large, not XML, carries a document type, or is no DMN 1.3 to 1.5 model.
    """
    if len(content) > MAX_FILE_SIZE:
        raise DmnError(f"Expected a decision model of at most {MAX_FILE_SIZE} bytes, but got {len(content)}")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise DmnError(f"Expected a decision model, but the file is not XML: {error.msg}") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise DmnError("Expected a decision model without a document type declaration")
    namespace, name = split_tag(root)
    if name != "definitions" or namespace not in NAMESPACES:
        raise DmnError(f"Expected the definitions of DMN 1.3, 1.4 or 1.5, but got {name!r} of {namespace!r}")
    return root


def split_tag(element: Element) -> tuple[str, str]:
    """Return the namespace and the local name of an element."""
    name = etree.QName(element)
    return name.namespace or "", name.localname


def children(element: Element, *names: str) -> Iterator[Element]:
    """Yield the child elements of DMN, only those of the given names if any are given."""
    for child in element:
        if isinstance(child.tag, str):
            namespace, name = split_tag(child)
            if namespace in NAMESPACES and (not names or name in names):
                yield child


def child(element: Element, *names: str) -> Element | None:
    """Return the first child element of one of these names."""
    return next(children(element, *names), None)


def text_of(element: Element | None) -> str:
    """Return the text within the ``text`` child, without white space around it."""
    text = None if element is None else child(element, "text")
    return "" if text is None or text.text is None else text.text.strip()


def element_id(element: Element | None) -> str | None:
    """Return the id of an element, else that of the nearest element around it."""
    while element is not None:
        own = element.get("id")
        if own:
            return own
        element = element.getparent()
    return None


def reference(element: Element) -> str:
    """Return the id that an ``href`` points to; in another model it is preceded by that model's namespace.

    Raises:
        DmnError: it points to a model that the file does not import.
    """
    target = element.get("href", "")
    definitions = element.getroottree().getroot()
    namespace, separator, identifier = target.rpartition("#")
    if not separator or not identifier:
        raise DmnError(f"Expected a reference within the file, but got {target!r}", element_id(element))
    if namespace in ("", definitions.get("namespace")):
        return identifier
    if all(imported.get("namespace") != namespace for imported in children(definitions, "import")):
        raise DmnError(
            f"Expected a reference within the file or an imported one, but got {target!r}",
            element_id(element),
        )
    return target
