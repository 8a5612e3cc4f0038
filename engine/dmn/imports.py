"""Models that a decision model imports: their types, functions and decisions, under the name of the import."""

from collections.abc import Callable, Iterator, Mapping

from engine.dmn.document import NAMESPACES, Element, children, element_id, parse
from engine.dmn.errors import DmnError
from engine.dmn.item_types import ItemType
from engine.dmn.model import DecisionModel, Imported


def read_imports(
    definitions: Element, others: tuple[bytes, ...], load: Callable[..., DecisionModel]
) -> dict[str, Imported]:
    """Return the imported models by their namespaces.

    Raises:
        DmnError: an import is none of DMN, none of the other files has its namespace, or files import in a circle.
    """
    imported: dict[str, Imported] = {}
    for element in children(definitions, "import"):
        namespace, prefix = element.get("namespace", ""), element.get("name", "")
        if element.get("importType") not in NAMESPACES or not prefix:
            raise DmnError(
                "Expected a model that imports decision models under a name each, but it imports something else",
                element_id(element),
            )
        found = next((content for content in others if _is(content, namespace)), None)
        if found is None:
            raise DmnError(
                f"Expected the model that this one imports, but no file has namespace {namespace!r}",
                element_id(element),
            )
        # A file is not offered to those that it imports, so that a circle of imports ends.
        rest = tuple(content for content in others if content is not found)
        imported[namespace] = Imported(prefix=prefix, model=load(found, others=rest))
    return imported


def _is(content: bytes, namespace: str) -> bool:
    return parse(content).get("namespace") == namespace


def names_of(imported: Mapping[str, Imported]) -> Iterator[str]:
    """Yield the names under which the importing model sees what it imports."""
    for one in imported.values():
        for decision in one.model.decisions.values():
            yield from (one.prefixed(name) for name in decision.variable_names)
        for data in one.model.inputs.values():
            yield one.prefixed(data.name)
        for knowledge in one.model.knowledge.values():
            yield one.prefixed(knowledge.name)
        for service in one.model.services.values():
            yield one.prefixed(service.name)


def types_of(imported: Mapping[str, Imported]) -> dict[str, ItemType]:
    """Return the imported types by the names under which the importing model sees them."""
    return {one.prefixed(name): kind for one in imported.values() for name, kind in one.model.types.items()}


def ids_of(imported: Mapping[str, Imported], kind: str) -> dict[str, object]:
    """Return what other models offer of one kind, by namespace and id."""
    return {
        f"{namespace}#{identifier}": offered
        for namespace, one in imported.items()
        for identifier, offered in one.offered(kind).items()
    }
