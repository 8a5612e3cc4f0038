"""Reads a .dmn file into a decision model; everything in it is compiled, so that errors show at once."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from types import MappingProxyType

from engine.dmn.boxed import BOXES, Boxes, function_of
from engine.dmn.document import Element, child, children, element_id, parse, reference, split_tag
from engine.dmn.errors import DmnError
from engine.dmn.imports import ids_of, names_of, read_imports, types_of
from engine.dmn.item_types import ItemType, ItemTypes
from engine.dmn.language import MAX_TEXTS, Language
from engine.dmn.model import Decision, DecisionModel, DecisionService, InputData, Knowledge
from engine.dmn.tables import DecisionTable
from engine.feel.compiler import Closure, constant
from engine.feel.names import is_simple, spaceless
from engine.feel.types import FunctionType
from engine.feel.vocabulary import NO_HOST_FUNCTIONS, HostFunctions, TypeNames

#: Longest accepted chain of requirements.
MAX_CHAIN = 50
#: Elements whose name can stand in an expression.
_NAMED = frozenset(
    {
        "businessKnowledgeModel",
        "column",
        "decision",
        "decisionService",
        "formalParameter",
        "inputData",
        "itemComponent",
        "output",
        "parameter",
        "variable",
    }
)


def load_decisions(
    content: bytes, *, others: Iterable[bytes] = (), functions: HostFunctions = NO_HOST_FUNCTIONS
) -> DecisionModel:
    """Return the decision model of one file (DMN 1.3 to 1.5).

    Args:
        others: the files that it may import.
        functions: the functions that the host offers to its expressions.

    Raises:
        DmnError: the file is no decision model, or something in it cannot be run; names the element.
    """
    definitions = parse(content)
    if sum(1 for _ in definitions.iter("{*}text")) > MAX_TEXTS:
        raise DmnError(f"Expected a file of at most {MAX_TEXTS} expressions")
    imported = read_imports(definitions, tuple(others), partial(load_decisions, functions=functions))
    names = frozenset((*_spaced_names(definitions), *names_of(imported)))
    types = ItemTypes(definitions, names, types_of(imported))
    kinds = TypeNames({name: known.kind for name, known in types.known.items()})
    language = Language(names=names, functions=functions, types=kinds)
    boxes = Boxes(language, types)
    inputs = {
        _id(data): InputData(name=_name(data), type=types.of(child(data, "variable")))
        for data in children(definitions, "inputData")
    }
    knowledge = dict(
        language.each(
            children(definitions, "businessKnowledgeModel"),
            lambda element: (_id(element), _knowledge(element, boxes)),
        )
    )
    decisions = dict(
        language.each(
            children(definitions, "decision"), lambda element: (_id(element), _decision(element, boxes))
        )
    )
    services = {
        _id(element): _service(element, boxes) for element in children(definitions, "decisionService")
    }
    language.refuse()
    callable_ids = {**knowledge, **services}
    for identifier, decision in decisions.items():
        _check(decision.required_decisions, decisions | ids_of(imported, "decisions"), identifier)
        _check(decision.required_inputs, inputs | ids_of(imported, "inputs"), identifier)
        _check(decision.required_knowledge, callable_ids | ids_of(imported, "knowledge"), identifier)
    for identifier, model in knowledge.items():
        _check(model.required_knowledge, callable_ids | ids_of(imported, "knowledge"), identifier)
    for identifier, service in services.items():
        _check(service.output_decisions + service.input_decisions, decisions, identifier)
        _check(service.inputs, inputs, identifier)
    _refuse_cycles(
        {
            key: decision.required_decisions + decision.required_knowledge
            for key, decision in decisions.items()
        }
        | {key: model.required_knowledge for key, model in knowledge.items()}
        | {key: service.output_decisions for key, service in services.items()}
    )
    return DecisionModel(
        name=definitions.get("name", ""),
        decisions=MappingProxyType(decisions),
        inputs=MappingProxyType(inputs),
        knowledge=MappingProxyType(knowledge),
        services=MappingProxyType(services),
        types=MappingProxyType(dict(types.known)),
        tables=tuple(boxes.tables),
        functions=functions,
        unresolved=language.unresolved(_offered_names(definitions) | names),
        imported=MappingProxyType(imported),
    )


def _id(element: Element) -> str:
    identifier = element.get("id") or element.get("name")
    if not identifier:
        raise DmnError(f"Expected a {split_tag(element)[1]} with an id", element_id(element))
    return identifier


def _name(element: Element) -> str:
    variable = child(element, "variable")
    own = None if variable is None else variable.get("name")
    return spaceless(own or element.get("name") or "")


def _spaced_names(definitions: Element) -> Iterator[str]:
    for element in definitions.iter():
        name = element.get("name") if isinstance(element.tag, str) else None
        if name and split_tag(element)[1] in _NAMED and not is_simple(name):
            yield spaceless(name)
        iterator = element.get("iteratorVariable")
        if iterator and not is_simple(iterator):
            yield spaceless(iterator)


def _offered_names(definitions: Element) -> frozenset[str]:
    """Return every name that something in the file offers to expressions, wherever that is."""
    return frozenset(
        spaceless(name)
        for element in definitions.iter()
        if isinstance(element.tag, str)
        for name in (
            element.get("iteratorVariable"),
            *((element.get("name"), element.get("id")) if split_tag(element)[1] in _NAMED else ()),
        )
        if name
    ) | {"item", "partial"}


def _required(element: Element, requirement: str, target: str) -> tuple[str, ...]:
    return tuple(
        reference(found) for group in children(element, requirement) for found in children(group, target)
    )


def _decision(element: Element, boxes: Boxes) -> Decision:
    identifier, name = _id(element), element.get("name", "")
    return Decision(
        id=identifier,
        name=name,
        variable_names=tuple(dict.fromkeys((identifier, spaceless(name), _name(element)))),
        type=boxes.types.of(child(element, "variable")),
        logic=_logic(element, boxes),
        required_decisions=_required(element, "informationRequirement", "requiredDecision"),
        required_inputs=_required(element, "informationRequirement", "requiredInput"),
        required_knowledge=_required(element, "knowledgeRequirement", "requiredKnowledge"),
    )


def _logic(element: Element, boxes: Boxes) -> DecisionTable | Closure:
    box = child(element, *BOXES)
    if box is None:
        return constant(None)
    return boxes.table(box) if split_tag(box)[1] == "decisionTable" else boxes.compile(box)


def _knowledge(element: Element, boxes: Boxes) -> Knowledge:
    definition = child(element, "encapsulatedLogic")
    return Knowledge(
        name=_name(element),
        function=constant(None) if definition is None else function_of(definition, boxes),
        required_knowledge=_required(element, "knowledgeRequirement", "requiredKnowledge"),
    )


def _service(element: Element, boxes: Boxes) -> DecisionService:
    return DecisionService(
        name=_name(element),
        type=_result_type(boxes.types.of(child(element, "variable"))),
        output_decisions=tuple(reference(found) for found in children(element, "outputDecision")),
        input_decisions=tuple(reference(found) for found in children(element, "inputDecision")),
        inputs=tuple(reference(found) for found in children(element, "inputData")),
    )


def _result_type(declared: ItemType) -> ItemType:
    return ItemType(declared.kind.result) if isinstance(declared.kind, FunctionType) else declared


def _check(required: tuple[str, ...], known: Mapping[str, object], owner: str) -> None:
    for identifier in required:
        if identifier not in known:
            raise DmnError(
                f"Expected {owner!r} to require something of the file, but got {identifier!r}", owner
            )


def _refuse_cycles(required: Mapping[str, tuple[str, ...]]) -> None:
    #: How many requirements lie below each that is done, one after another.
    below: dict[str, int] = {}
    for start in required:
        trail: list[tuple[str, Iterator[str]]] = [(start, iter(required[start]))]
        while trail:
            current, rest = trail[-1]
            following = next(
                (identifier for identifier in rest if identifier in required and identifier not in below),
                None,
            )
            if following is None:
                below[current] = 1 + max((below.get(each, 0) for each in required[current]), default=0)
                if below[current] > MAX_CHAIN:
                    raise DmnError(f"Expected at most {MAX_CHAIN} requirements one after another", current)
                trail.pop()
            elif any(following == identifier for identifier, _ in trail):
                raise DmnError(f"Expected {following!r} not to require itself", following)
            elif len(trail) > MAX_CHAIN:
                raise DmnError(f"Expected at most {MAX_CHAIN} requirements one after another", start)
            else:
                trail.append((following, iter(required[following])))
