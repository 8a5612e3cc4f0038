"""A process model, checked and compiled; parsed once, shared by all threads, never changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from lxml import etree
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

from engine.definitions.resources import ModelResources, Problem
from engine.dmn import DecisionModel, DmnError, load_decisions
from engine.errors import DefinitionRefused
from engine.forms import FormError, load_form
from engine.spiff import checks
from engine.spiff.details import BPMN, NAMESPACES, Details, DetailsReader, id_of
from engine.spiff.expressions import Value
from engine.spiff.parser import ModelParser
from engine.spiff.tokens import Counters, TokenBudgetExceeded
from engine.spiff.workflow import Workflow

#: Tasks that one command may make; sequences of parallel gateways double the tasks foreseen with each pair.
TASK_BUDGET = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """A flow node as drawn.

    Attributes:
        type: the BPMN element name, e.g. ``userTask``.
        lane: name of its lane.
        parent: id of the subprocess around it.
    """

    id: str
    type: str
    name: str
    lane: str | None
    parent: str | None
    form_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledModel:
    """A process ready to run.

    Attributes:
        elements: the flow nodes by id, in document order.
        decisions: the decision model that holds each decision, by decision id.
    """

    process_key: str
    name: str
    elements: Mapping[str, Element]
    decisions: Mapping[str, DecisionModel]
    spec: BpmnProcessSpec
    subprocess_specs: Mapping[str, BpmnProcessSpec]


def compile_model(resources: ModelResources, *, service_types: frozenset[str]) -> CompiledModel:
    """Check and compile a model.

    Raises:
        DefinitionRefused: it would not run as drawn; ``params["problems"]`` names every reason.
    """
    reader = DetailsReader()
    decisions = _load_decisions(resources, reader.problems)
    form_ids = _load_forms(resources, reader.problems)
    try:
        root = checks.parse_xml(resources.bpmn)
    except ValueError as error:
        reader.problems.append(_file_problem(f"the BPMN file cannot be read: {error}"))
        raise _refused(reader.problems) from error
    process = checks.executable_process(root, reader)
    if process is None:
        raise _refused(reader.problems)
    reader.messages = {id_of(message): message for message in root.iterfind("bpmn:message", NAMESPACES)}
    checks.check_process(process, reader)
    nodes = checks.flow_nodes(process)
    details = {id_of(node): reader.read(node) for node in nodes}
    conditions = _conditions(process, nodes, reader)
    for node in nodes:
        _check_references(node, details[id_of(node)], reader, decisions, form_ids, service_types)
    if reader.problems:
        raise _refused(reader.problems)
    spec, subprocess_specs = _parse(root, process, details, conditions)
    model = CompiledModel(
        process_key=id_of(process),
        name=str(process.get("name") or id_of(process)),
        elements=MappingProxyType(_elements(process, nodes, details)),
        decisions=MappingProxyType(decisions),
        spec=spec,
        subprocess_specs=MappingProxyType(subprocess_specs),
    )
    _try_instantiating(model)
    return model


def _load_decisions(resources: ModelResources, problems: list[Problem]) -> dict[str, DecisionModel]:
    decisions: dict[str, DecisionModel] = {}
    for content in resources.decisions:
        try:
            model = load_decisions(content)
        except DmnError as error:
            problems.append(_file_problem(f"a decision file cannot be used: {error}", error.element_id or ""))
            continue
        for decision_id in model.decisions:
            if decision_id in decisions:
                problems.append(_file_problem("two files hold the same decision", decision_id))
            decisions[decision_id] = model
    return decisions


def _load_forms(resources: ModelResources, problems: list[Problem]) -> set[str]:
    form_ids: set[str] = set()
    for content in resources.forms:
        try:
            form = load_form(content)
        except FormError as error:
            problems.append(_file_problem(f"a form cannot be used: {error}", error.component_id or ""))
            continue
        if form.id in form_ids:
            problems.append(_file_problem("two files hold the same form", form.id))
        form_ids.add(form.id)
    return form_ids


def _conditions(
    process: etree._Element, nodes: list[etree._Element], reader: DetailsReader
) -> dict[str, Value]:
    by_id = {id_of(node): node for node in nodes}
    conditions: dict[str, Value] = {}
    for flow in process.iter(f"{{{BPMN}}}sequenceFlow"):
        source = by_id.get(str(flow.get("sourceRef")))
        if source is None or flow.find("bpmn:conditionExpression", NAMESPACES) is None:
            continue
        if etree.QName(source).localname != "exclusiveGateway":
            reader.refuse(flow, "a condition stands on a flow that leaves no gateway", "Use a gateway.")
            continue
        condition = reader.condition(flow)
        if condition is not None:
            conditions[id_of(flow)] = condition
    return conditions


def _check_references(
    node: etree._Element,
    details: Details,
    reader: DetailsReader,
    decisions: Mapping[str, DecisionModel],
    form_ids: set[str],
    service_types: frozenset[str],
) -> None:
    if details.work is not None and details.work.task_type and details.work.task_type not in service_types:
        reader.refuse(
            node,
            f"no handler is registered for service task type '{details.work.task_type}'",
            f"Use one of: {', '.join(sorted(service_types)) or 'none is registered'}.",
        )
    decision_id = None if details.computation is None else details.computation.decision_id
    if decision_id and decision_id not in decisions:
        reader.refuse(node, f"decision '{decision_id}' is in no file", "Add its .dmn file to the definition.")
    form_id = None if details.assignment is None else details.assignment.form_id
    if form_id and form_id not in form_ids:
        reader.refuse(node, f"form '{form_id}' is in no file", "Add its .form file to the definition.")


def _parse(
    root: etree._Element,
    process: etree._Element,
    details: dict[str, Details],
    conditions: dict[str, Value],
) -> tuple[BpmnProcessSpec, dict[str, BpmnProcessSpec]]:
    parser = ModelParser(details, conditions)
    try:
        parser.add_bpmn_xml(root)
        spec = parser.get_spec(id_of(process))
        return spec, parser.get_subprocess_specs(id_of(process))
    except (ValidationException, RecursionError) as error:
        element_id = getattr(error, "id", "")
        raise _refused([_file_problem(f"the model cannot be compiled: {error}", element_id)]) from error


def _elements(
    process: etree._Element, nodes: list[etree._Element], details: Mapping[str, Details]
) -> dict[str, Element]:
    lanes = {
        ref.text: lane.get("name")
        for lane in process.iter(f"{{{BPMN}}}lane")
        if lane.find("bpmn:childLaneSet", NAMESPACES) is None
        for ref in lane.iterfind("bpmn:flowNodeRef", NAMESPACES)
    }
    found: dict[str, Element] = {}
    for node in nodes:
        around = next(node.iterancestors(f"{{{BPMN}}}subProcess"), None)
        parent = None if around is None else id_of(around)
        assignment = details[id_of(node)].assignment
        lane = lanes.get(id_of(node))
        if lane is None and parent is not None:
            lane = found[parent].lane
        found[id_of(node)] = Element(
            id=id_of(node),
            type=etree.QName(node).localname,
            name=" ".join((node.get("name") or "").split()),
            lane=lane,
            parent=parent,
            form_id=None if assignment is None else assignment.form_id,
        )
    return found


def _try_instantiating(model: CompiledModel) -> None:
    counters = Counters(UUID(int=0), budget=TASK_BUDGET)
    trial: Any = None
    try:
        for spec in (model.spec, *model.subprocess_specs.values()):
            Workflow(spec, {}, counters=counters, now=datetime.fromtimestamp(0, UTC), recorder=trial).begin()
    except (TokenBudgetExceeded, RecursionError) as error:
        raise _refused(
            [
                Problem(
                    element_id=model.process_key,
                    element_name=model.name,
                    reason=f"an instance would hold more than {TASK_BUDGET} tasks from its start",
                    advice="Use fewer parallel gateways in sequence and no loops without a gateway.",
                )
            ]
        ) from error


def _file_problem(reason: str, element_id: str = "") -> Problem:
    return Problem(
        element_id=element_id, element_name="", reason=reason, advice="Correct the file in the modeller."
    )


def _refused(problems: list[Problem]) -> DefinitionRefused:
    return DefinitionRefused(
        f"Expected a model that runs as drawn, but {len(problems)} problems were found: "
        + "; ".join(f"{p.element_id or 'file'}: {p.reason}" for p in problems[:10]),
        problems=[problem.to_json() for problem in problems],
    )
