"""What every model that comes with the product refers to exists, and all its expressions are FEEL."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import orjson
import pytest
from lxml import etree

from engine.definitions.resources import ModelResources
from engine.dmn import load_decisions
from engine.feel import compile_expression
from engine.service_tasks import ServiceTaskHandlers
from engine.spiff import compile_model
from processes.assignments.handlers import TEMPLATE_READERS, AssignmentHandlers, AssignmentSettings
from processes.calendar.working_days import WorkingCalendar

MODELS = sorted((Path(__file__).resolve().parents[3] / "bpmn").glob("*/*.bpmn"))
NS = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "zeebe": "http://camunda.org/schema/zeebe/1.0",
    "modeler": "http://camunda.org/schema/modeler/1.0",
}
IDENTIFIER = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
ZEEBE = f"{{{NS['zeebe']}}}"


@cache
def root_of(path: Path) -> etree._Element:
    return etree.parse(path).getroot()


@pytest.fixture(params=MODELS, ids=lambda path: path.stem)
def path(request: pytest.FixtureRequest) -> Path:
    return request.param


@pytest.fixture
def root(path: Path) -> etree._Element:
    return root_of(path)


@pytest.fixture
def resources(path: Path) -> ModelResources:
    return ModelResources(
        bpmn=path.read_bytes(),
        decisions=tuple(file.read_bytes() for file in sorted(path.parent.glob("decisions/*.dmn"))),
        forms=tuple(file.read_bytes() for file in sorted(path.parent.glob("forms/*.form"))),
    )


def registered_types() -> frozenset[str]:
    handlers = ServiceTaskHandlers()
    AssignmentHandlers(AssignmentSettings(), lambda connection: WorkingCalendar({})).register(handlers)
    return handlers.types()


def attributes(root: etree._Element, expression: str) -> set[str]:
    return {str(value) for value in root.xpath(expression, namespaces=NS)}


def expressions(root: etree._Element) -> Iterator[str]:
    for element in root.iter(f"{ZEEBE}*"):
        yield from (value for value in element.attrib.values() if value.startswith("="))
    for element in root.iter("{*}conditionExpression", "{*}timeDate", "{*}timeDuration", "{*}timeCycle"):
        yield element.text or ""


def test_a_process_is_named_after_its_folder_and_executable(path: Path, root: etree._Element) -> None:
    processes = root.findall("bpmn:process", NS)
    assert [(process.get("id"), process.get("isExecutable")) for process in processes] == [
        (path.parent.name, "true")
    ]


def test_a_model_says_which_platform_it_is_written_for(root: etree._Element) -> None:
    modeler = f"{{{NS['modeler']}}}"
    assert root.get(f"{modeler}executionPlatform") == "Camunda Cloud"
    assert root.get(f"{modeler}executionPlatformVersion") == "8.6.0"


def test_identifiers_are_english_snake_case(root: etree._Element) -> None:
    assert [name for name in attributes(root, "//@id") if not IDENTIFIER.fullmatch(name)] == []


def test_names_are_composed_and_without_stray_spaces(root: etree._Element) -> None:
    for name in attributes(root, "//bpmn:*/@name"):
        assert name == unicodedata.normalize("NFC", " ".join(name.split()))


def test_the_engine_accepts_a_model_with_its_decisions_and_forms(
    path: Path, resources: ModelResources
) -> None:
    compiled = compile_model(resources, service_types=registered_types())
    assert compiled.process_key == path.stem


def test_a_model_uses_all_its_forms_and_no_others(root: etree._Element, resources: ModelResources) -> None:
    forms = {orjson.loads(form)["id"] for form in resources.forms}
    assert attributes(root, "//zeebe:formDefinition/@formId") == forms


def test_a_model_uses_all_its_decisions_and_no_others(
    root: etree._Element, resources: ModelResources
) -> None:
    decisions = {key for content in resources.decisions for key in load_decisions(content).decisions}
    assert attributes(root, "//zeebe:calledDecision/@decisionId") == decisions


def test_templates_named_in_headers_have_readers(root: etree._Element) -> None:
    named = attributes(root, "//zeebe:header[@key='template']/@value")
    assert named <= set(TEMPLATE_READERS)


def test_notify_tasks_name_a_template(root: etree._Element) -> None:
    silent = attributes(
        root,
        "//bpmn:serviceTask[.//zeebe:taskDefinition/@type='notify']"
        "[not(.//zeebe:header[@key='template'])]/@id",
    )
    assert silent == set()


def test_all_expressions_are_feel(root: etree._Element) -> None:
    written = list(expressions(root))
    assert written != []
    for text in written:
        assert text.startswith("="), text
        compile_expression(text[1:])


def test_user_tasks_name_who_may_do_them(root: etree._Element) -> None:
    tasks = attributes(root, "//bpmn:userTask/@id")
    assigned = attributes(
        root,
        "//bpmn:userTask[.//zeebe:userTask]"
        "[.//zeebe:assignmentDefinition[@candidateGroups or @assignee]]/@id",
    )
    assert assigned == tasks


def test_gateways_that_divide_have_a_default_and_conditions_on_all_other_flows(
    root: etree._Element,
) -> None:
    dividing = root.xpath("//bpmn:exclusiveGateway[count(bpmn:outgoing) > 1]", namespaces=NS)
    for gateway in dividing:
        outgoing = {flow.text for flow in gateway.iterfind("bpmn:outgoing", NS)}
        conditional = attributes(
            root, f"//bpmn:sequenceFlow[@sourceRef='{gateway.get('id')}'][bpmn:conditionExpression]/@id"
        )
        assert gateway.get("default") in outgoing, gateway.get("id")
        assert conditional == outgoing - {gateway.get("default")}, gateway.get("id")


def test_only_gateways_join_flows(root: etree._Element) -> None:
    targets = Counter(str(target) for target in root.xpath("//bpmn:sequenceFlow/@targetRef", namespaces=NS))
    gateways = attributes(root, "//bpmn:exclusiveGateway/@id | //bpmn:parallelGateway/@id")
    assert {target for target, count in targets.items() if count > 1} <= gateways
