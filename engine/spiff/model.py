"""A process model, checked and compiled; parsed once, shared by all threads, never changed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import orjson
from lxml import etree

from engine.definitions.resources import ModelResources, Problem
from engine.dmn import DecisionModel, DmnError, load_decisions
from engine.errors import DefinitionRefused, DefinitionUnusable
from engine.feel import HostFunctions
from engine.feel.vocabulary import NO_HOST_FUNCTIONS
from engine.forms import FormError, load_form
from engine.spiff.catching import check_catching
from engine.spiff.compiler import Source, compile_source
from engine.spiff.details import Details, Trigger
from engine.spiff.expressions import Value
from engine.spiff.paths import can_be_passed, check_paths
from engine.spiff.reading import DetailsReader
from engine.spiff.reading.problems import NotChecked, Problems
from engine.spiff.reading.tasks import PARTS, call_activity
from engine.spiff.specs import ScopeSpec
from engine.spiff.structure import MAX_ID, MAX_NODES, check_structure, executable_process, flow_nodes
from engine.spiff.xml import BPMN, children, event_definitions, id_of, kind_of, parse_xml

#: Levels of subprocesses and called processes in each other.
MAX_NESTING = 40

#: Tokens that one command may make.
TOKEN_BUDGET = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """A flow node as drawn.

    Attributes:
        id: its id; in a called process, that of the call activity stands before it: ``call/element``.
        type: the BPMN element name, e.g. ``userTask``.
        lane: name of its lane.
        parent: id of the subprocess or call activity around it.
        excludes: ids of the user tasks whose completers may not take this one.
    """

    id: str
    type: str
    name: str
    lane: str | None
    parent: str | None
    form_id: str | None
    excludes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledModel:
    """A process ready to run.

    Attributes:
        elements: the flow nodes by id, in document order.
        calls: ids of the processes that it calls.
        starts: what starts an instance without a command, by the id of the start event.
    """

    process_key: str
    name: str
    elements: Mapping[str, Element]
    calls: frozenset[str]
    starts: Mapping[str, Trigger]
    source: Source
    spec: ScopeSpec
    subprocess_specs: Mapping[str, ScopeSpec]


#: Finds a called process by its id; ``None`` if it is not deployed.
FindCalled = Callable[[str], CompiledModel | None]

#: Finds the model of a deployed definition by its hash; raises ``NotFound`` if there is none.
FindModel = Callable[[str], CompiledModel]


def compile_model(
    resources: ModelResources,
    *,
    service_types: frozenset[str],
    find_called: FindCalled = lambda _process_id: None,
    functions: HostFunctions = NO_HOST_FUNCTIONS,
) -> CompiledModel:
    """Check and compile a model.

    Args:
        service_types: the service task types that have a handler.
        find_called: finds the processes that it calls.
        functions: the functions of the host that its expressions may call.

    Raises:
        DefinitionRefused: it would not run as drawn; ``params["problems"]`` names every reason.
    """
    problems = Problems(functions)
    decisions = _load_decisions(resources.decisions, problems, functions)
    form_ids = _load_forms(resources.forms, problems)
    decision_ids = frozenset(decisions).union(*map(decision_ids_of, resources.decisions))
    process, read = None, _Read()
    called: dict[str, CompiledModel] = {}
    try:
        root = parse_xml(resources.bpmn)
    except ValueError as error:
        problems.refuse_file(f"the BPMN file cannot be read: {error}")
    else:
        process = executable_process(root, problems)
        if process is not None:
            check_structure(process, problems)
            nodes = flow_nodes(process)[: MAX_NODES + 1]
            read = _read(root, process, nodes, problems)
            user_tasks = frozenset(id_of(node) for node in nodes if kind_of(node) == "userTask")
            check = _ReferenceCheck(
                problems, decision_ids, form_ids, user_tasks, service_types, find_called, id_of(process)
            )
            for node in nodes:
                check.node(node, read.details[id_of(node)])
            called = check.called
            check_catching(process, read.details, problems)
    if process is None or problems.found:
        raise _refused(problems.found)
    check_paths(process, problems, _hurried({key: model.source for key, model in called.items()}))
    if problems.found:
        raise _refused(problems.found)
    return _compiled(_source(process, read, decisions, called), called, _Size().note)


def load_model(
    resources: ModelResources,
    *,
    called: Mapping[str, CompiledModel],
    functions: HostFunctions = NO_HOST_FUNCTIONS,
) -> CompiledModel:
    """Compile a model that was checked when it was deployed.

    What is asked of a model today says nothing about one that runs: a handler that is gone is missed when its
    service task is reached.

    Args:
        called: the processes that it calls, by process id.

    Raises:
        DefinitionUnusable: it cannot be compiled at all.
    """
    try:
        root = parse_xml(resources.bpmn)
        problems = NotChecked(functions)
        process = executable_process(root, problems)
        if process is None:
            raise ValueError("it has no executable process")
        decisions: dict[str, DecisionModel] = {}
        for content in resources.decisions:
            model = load_decisions(content, functions=functions)
            decisions.update(dict.fromkeys(model.decisions, model))
        nodes = flow_nodes(process)
        read = _read(root, process, nodes, problems)
        for node in nodes:
            details = read.details[id_of(node)]
            if details.trigger is None and details.work is None and event_definitions(node):
                raise ValueError(f"what event '{id_of(node)}' is for cannot be read")
        return _compiled(_source(process, read, decisions, called), called, lambda _element: None)
    except (AssertionError, AttributeError, DmnError, KeyError, TypeError, ValueError) as error:
        raise DefinitionUnusable(f"Expected a deployed model that can be compiled, but {error}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What was read of a process: the details of each flow node and the condition of each flow, by id."""

    details: dict[str, Details] = field(default_factory=dict)
    conditions: dict[str, Value] = field(default_factory=dict)


def _read(
    root: etree._Element, process: etree._Element, nodes: Sequence[etree._Element], problems: Problems
) -> _Read:
    reader = DetailsReader(root, problems)
    read = _Read(details={id_of(node): reader.read(node) for node in nodes})
    for flow in process.iter(f"{{{BPMN}}}sequenceFlow"):
        condition = reader.condition(flow)
        if condition is not None:
            read.conditions[id_of(flow)] = condition
    return read


def _source(
    process: etree._Element,
    read: _Read,
    decisions: Mapping[str, DecisionModel],
    called: Mapping[str, CompiledModel],
) -> Source:
    return Source(
        process=process,
        details=MappingProxyType(read.details),
        conditions=MappingProxyType(read.conditions),
        decisions=MappingProxyType(dict(decisions)),
        called=MappingProxyType({process_id: model.source for process_id, model in called.items()}),
    )


def process_id_of(bpmn: bytes) -> str | None:
    """Return the id of a file's executable process; ``None`` if there is none to be read."""
    process = _peek(bpmn)
    return None if process is None else id_of(process)


def called_processes(bpmn: bytes) -> list[str]:
    """Return the ids of the processes that a file's call activities name, without checking anything."""
    process = _peek(bpmn)
    if process is None:
        return []
    reader_problems = Problems()
    calls = (
        call_activity(node, reader_problems).get("call") for node in process.iter(f"{{{BPMN}}}callActivity")
    )
    return list(dict.fromkeys(call.process_id for call in calls if call is not None))


def references_of(bpmn: bytes) -> tuple[frozenset[str], frozenset[str]]:
    """Return the ids of the decisions and of the forms that a file names, without checking anything."""
    process = _peek(bpmn)
    decisions: set[str] = set()
    forms: set[str] = set()
    for node in () if process is None else flow_nodes(process):
        details = PARTS[kind_of(node)](node, Problems()) if kind_of(node) in PARTS else {}
        computation, assignment = details.get("computation"), details.get("assignment")
        decisions |= {computation.decision_id} if computation and computation.decision_id else set()
        forms |= {assignment.form_id} if assignment and assignment.form_id else set()
    return frozenset(decisions), frozenset(forms)


def decision_ids_of(content: bytes) -> frozenset[str]:
    """Return the ids of the decisions of a file, without checking anything."""
    try:
        root = parse_xml(content)
    except ValueError:
        return frozenset()
    return frozenset(
        str(node.get("id")) for node in root.iterchildren("{*}*") if etree.QName(node).localname == "decision"
    )


def form_ids_of(content: bytes) -> frozenset[str]:
    """Return the id of the form of a file, as a set, without checking anything."""
    try:
        read = orjson.loads(content)
    except orjson.JSONDecodeError:
        return frozenset()
    form_id = read.get("id") if isinstance(read, dict) else None
    return frozenset({form_id} if isinstance(form_id, str) else ())


def problems_of_files(
    resources: ModelResources, functions: HostFunctions = NO_HOST_FUNCTIONS
) -> list[tuple[Problem, ...]]:
    """Return why each decision file, and after those each form, cannot be used; nothing if it can."""
    found = []
    for content in resources.decisions:
        problems = Problems()
        _load_decisions((content,), problems, functions)
        found.append(tuple(problems.found))
    for content in resources.forms:
        problems = Problems()
        _load_forms((content,), problems)
        found.append(tuple(problems.found))
    return found


def _peek(bpmn: bytes) -> etree._Element | None:
    try:
        return executable_process(parse_xml(bpmn), Problems())
    except ValueError:
        return None


def _compiled(
    source: Source, called: Mapping[str, CompiledModel], note: Callable[[Element], None]
) -> CompiledModel:
    """Compile what was read; ``note`` is told of every element as it is made."""
    process = source.process
    elements: dict[str, Element] = {}
    lanes: dict[etree._Element, dict[str, str | None]] = {}

    def register(name: str, node: etree._Element, details: Details, parent: str | None) -> None:
        around = next(each for each in node.iterancestors() if kind_of(each) == "process")
        if around not in lanes:
            lanes[around] = dict(_lanes(around))
        lane = lanes[around].get(id_of(node))
        if lane is None and parent is not None:
            lane = elements[parent].lane
        elements[name] = Element(
            id=name,
            type=kind_of(node),
            name=" ".join((node.get("name") or "").split()),
            lane=lane,
            parent=parent,
            form_id=None if details.assignment is None else details.assignment.form_id,
            excludes=tuple(
                f"{name.removesuffix(id_of(node))}{excluded}"
                for excluded in (() if details.assignment is None else details.assignment.excludes)
            ),
        )
        note(elements[name])

    spec, inner = compile_source(source, register)
    return CompiledModel(
        process_key=id_of(process),
        name=str(process.get("name") or id_of(process)),
        elements=MappingProxyType(elements),
        calls=frozenset(called),
        starts=MappingProxyType(
            {name: start.trigger for name, start in spec.starts.items() if start.trigger is not None}
        ),
        source=source,
        spec=spec,
        subprocess_specs=MappingProxyType(inner),
    )


class _Size:
    """Refuses a model that becomes too large with the processes that it calls, before it is."""

    def __init__(self) -> None:
        self._depths: dict[str | None, int] = {None: 0}

    def note(self, element: Element) -> None:
        """Count one more element."""
        name = element.id
        self._depths[name] = self._depths[element.parent] + 1
        if len(name) > MAX_ID or len(self._depths) > MAX_NODES + 1 or self._depths[name] > MAX_NESTING:
            raise _refused(
                [
                    Problem(
                        element_id=name[:MAX_ID],
                        element_name="",
                        reason="with the processes that it calls, the model is too large or nested too deeply",
                        advice=f"{MAX_NODES} elements, {MAX_NESTING} levels and ids of {MAX_ID} characters "
                        "are the limits.",
                    )
                ]
            )


def _lanes(process: etree._Element) -> Iterator[tuple[str, str | None]]:
    for lane in process.iter(f"{{{BPMN}}}lane"):
        if not children(lane, "childLaneSet"):
            for reference in children(lane, "flowNodeRef"):
                yield (reference.text or "").strip(), lane.get("name")


class _ReferenceCheck:
    """Finds what the elements of a model refer to, and notes what is not there."""

    def __init__(
        self,
        problems: Problems,
        decision_ids: frozenset[str],
        form_ids: frozenset[str],
        user_tasks: frozenset[str],
        service_types: frozenset[str],
        find_called: FindCalled,
        process_id: str,
    ) -> None:
        self._problems = problems
        self._decision_ids = decision_ids
        self._form_ids = form_ids
        self._user_tasks = user_tasks
        self._service_types = service_types
        self._find_called = find_called
        self._process_id = process_id
        self.called: dict[str, CompiledModel] = {}

    def node(self, node: etree._Element, details: Details) -> None:
        """Check one flow node."""
        refuse = self._problems.refuse
        if details.work is not None and details.work.task_type not in self._service_types:
            refuse(
                node,
                f"no handler is registered for service task type '{details.work.task_type}'",
                f"Use one of: {', '.join(sorted(self._service_types)) or 'none is registered'}.",
            )
        decision_id = None if details.computation is None else details.computation.decision_id
        if decision_id and decision_id not in self._decision_ids:
            refuse(node, f"decision '{decision_id}' is in no file", "Add its .dmn file to the definition.")
        form_id = None if details.assignment is None else details.assignment.form_id
        if form_id and form_id not in self._form_ids:
            refuse(node, f"form '{form_id}' is in no file", "Add its .form file to the definition.")
        for excluded in () if details.assignment is None else details.assignment.excludes:
            if excluded not in self._user_tasks:
                refuse(
                    node,
                    f"whoever completed '{excluded}' is excluded, but it is no user task of the process",
                    "Name user tasks by their ids, separated by commas.",
                )
        if details.call is not None:
            self._call(node, details.call.process_id)

    def _call(self, node: etree._Element, process_id: str) -> None:
        model = self._find_called(process_id)
        if process_id == self._process_id or (model is not None and _calls(model.source, self._process_id)):
            self._problems.refuse(
                node, "the process calls itself", "Use a loop or a multi-instance activity."
            )
        elif model is None:
            self._problems.refuse(
                node, f"process '{process_id}' is not deployed", "Deploy it first, or add it to the files."
            )
        elif model.spec.begin is None:
            self._problems.refuse(
                node, f"process '{process_id}' has no plain start event", "Give it one beside its triggers."
            )
        else:
            self.called[process_id] = model


def _calls(source: Source, process_id: str) -> bool:
    return process_id in source.called or any(_calls(each, process_id) for each in source.called.values())


def _hurried(called: Mapping[str, Source]) -> frozenset[str]:
    """Return the ids of called processes that a token can pass without a stay."""
    return frozenset(
        process_id
        for process_id, source in called.items()
        if can_be_passed(source.process, _hurried(source.called))
    )


def _load_decisions(
    contents: Sequence[bytes], problems: Problems, functions: HostFunctions
) -> dict[str, DecisionModel]:
    decisions: dict[str, DecisionModel] = {}
    for content in contents:
        try:
            model = load_decisions(content, functions=functions)
        except DmnError as error:
            for each in error.all:
                problems.refuse_file(f"a decision file cannot be used: {each}", each.element_id or "")
            continue
        for decision_id in model.decisions:
            if decision_id in decisions:
                problems.refuse_file("two files hold the same decision", decision_id)
            decisions[decision_id] = model
    return decisions


def _load_forms(contents: Sequence[bytes], problems: Problems) -> frozenset[str]:
    """Return the ids of forms, also of those that cannot be used: what refers to these is not wrong itself."""
    form_ids: set[str] = set()
    for content in contents:
        try:
            form = load_form(content)
        except FormError as error:
            for each in error.all:
                problems.refuse_file(f"a form cannot be used: {each}", each.component_id or "")
            form_ids |= form_ids_of(content)
            continue
        if form.id in form_ids:
            problems.refuse_file("two files hold the same form", form.id)
        form_ids.add(form.id)
    return frozenset(form_ids)


def _refused(problems: list[Problem]) -> DefinitionRefused:
    return DefinitionRefused(
        f"Expected a model that runs as drawn, but {len(problems)} problems were found: "
        + "; ".join(f"{p.element_id or 'file'}: {p.reason}" for p in problems[:10]),
        problems=[problem.to_json() for problem in problems],
    )
