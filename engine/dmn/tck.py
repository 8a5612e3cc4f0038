"""Runs cases of the public DMN Technology Compatibility Kit (``dmn-tck/tck``): models and what they must give.

A folder holds models (``*.dmn``) and, beside them, cases (``*-test-*.xml``): values of the inputs, and for each
decision the value that is expected, or that an error or ``null`` is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from lxml import etree

from engine.dmn.document import Element
from engine.dmn.errors import DmnError
from engine.dmn.loading import load_decisions
from engine.dmn.model import DecisionModel
from engine.feel.temporal_text import read_date, read_date_time, read_duration, read_time
from engine.feel.values import equal

_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
#: Numbers are compared to so many places, as the kit asks for.
_PRECISION = Decimal("1e-8")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One expected result of one decision, or of one decision service.

    Attributes:
        name: folder, case and decision; unique within a run.
        fails: an error is expected, or ``null``.
    """

    name: str
    model: Path
    decision: str
    service: str | None
    inputs: dict[str, Any]
    expected: Any
    fails: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """What became of a case; ``reason`` says why it did not pass, ``None`` if it did."""

    case: Case
    reason: str | None


def cases_in(folder: Path) -> Iterator[Case]:
    """Yield the cases of a folder and of all folders within it, in the order of their names.

    Raises:
        DmnError: a file of cases is not one.
    """
    for path in sorted(folder.rglob("*.xml")):
        try:
            root = etree.parse(path, etree.XMLParser(resolve_entities=False, no_network=True)).getroot()
        except etree.XMLSyntaxError as error:
            raise DmnError(f"Expected cases in {path}, but the file is not XML: {error.msg}") from error
        model_name = next(_children(root, "modelName"), None)
        if etree.QName(root).localname != "testCases" or model_name is None:
            continue
        model = path.parent / (model_name.text or "").strip()
        for number, case in enumerate(_children(root, "testCase"), start=1):
            yield from _cases(case, model, case.get("id") or str(number))


def _cases(case: Element, model: Path, identifier: str) -> Iterator[Case]:
    inputs = {node.get("name", ""): _value_in(node) for node in _children(case, "inputNode")}
    service = case.get("invocableName") if case.get("type") == "decisionService" else None
    for node in _children(case, "resultNode"):
        expected = next(_children(node, "expected"), None)
        decision = node.get("name", "")
        yield Case(
            name=f"{model.parent.name}/{identifier}/{decision}",
            model=model,
            decision=decision,
            service=service,
            inputs=inputs,
            expected=None if expected is None else _value_in(expected),
            fails=node.get("errorResult") == "true",
        )


def run_cases(folder: Path, *, now: datetime) -> Iterator[CaseResult]:
    """Run the cases of a folder and of all folders within it.

    Args:
        now: the aware instant that ``now()`` and ``today()`` answer.

    Raises:
        DmnError: a file of cases is not one.
    """
    models: dict[Path, DecisionModel | DmnError] = {}
    for case in cases_in(folder):
        if case.model not in models:
            models[case.model] = _load(case.model)
        model = models[case.model]
        if isinstance(model, DmnError):
            yield CaseResult(case=case, reason=f"refused: {model.message} ({model.element_id})")
        else:
            yield CaseResult(case=case, reason=_failure(model, case, now))


def _load(path: Path) -> DecisionModel | DmnError:
    try:
        others = [other.read_bytes() for other in sorted(path.parent.glob("*.dmn")) if other != path]
        return load_decisions(path.read_bytes(), others=others)
    except OSError as error:
        return DmnError(f"Expected the model {path.name}, but it cannot be read: {error.strerror}")
    except DmnError as error:
        return error


def _failure(model: DecisionModel, case: Case, now: datetime) -> str | None:
    try:
        actual = _actual(model, case, now)
    except DmnError as error:
        return None if case.fails else str(error)
    expected = None if case.fails else case.expected
    return None if _same(actual, expected) else f"expected {expected!r}, but got {actual!r}"


def _actual(model: DecisionModel, case: Case, now: datetime) -> Any:
    if case.service is not None:
        service = next((each for each in model.services.values() if each.name == case.service), None)
        if service is None:
            raise DmnError(f"Expected a decision service {case.service!r}, but there is none of that name")
        value = model.value_of_service(service, case.inputs, now=now)
        is_one_of_several = len(service.output_decisions) > 1 and isinstance(value, dict)
        return value.get(case.decision) if is_one_of_several else value
    identifier = next((each.id for each in model.decisions.values() if each.name == case.decision), None)
    if identifier is None:
        raise DmnError(f"Expected a decision {case.decision!r}, but there is none of that name")
    return model.value_of(identifier, case.inputs, now=now)


def _same(actual: Any, expected: Any) -> bool:
    if isinstance(actual, Decimal) and isinstance(expected, Decimal):
        return abs(actual - expected) <= _PRECISION * max(abs(expected), Decimal(1))
    if isinstance(actual, list) and isinstance(expected, list):
        return len(actual) == len(expected) and all(map(_same, actual, expected))
    if isinstance(actual, dict) and isinstance(expected, dict):
        return actual.keys() == expected.keys() and all(_same(actual[key], expected[key]) for key in actual)
    return equal(actual, expected) is True


def _children(element: Element, name: str) -> Iterator[Element]:
    return (child for child in element if isinstance(child.tag, str) and etree.QName(child).localname == name)


def _is_nil(element: Element) -> bool:
    return element.get(f"{_XSI}nil") == "true"


def _value_in(element: Element) -> Any:
    """Return the FEEL value that an ``inputNode``, ``expected``, ``component`` or ``item`` holds."""
    if _is_nil(element):
        return None
    for listed in _children(element, "list"):
        return None if _is_nil(listed) else [_value_in(item) for item in _children(listed, "item")]
    components = list(_children(element, "component"))
    if components:
        return {component.get("name", ""): _value_in(component) for component in components}
    for value in _children(element, "value"):
        return None if _is_nil(value) else _typed(value.get(f"{_XSI}type", ""), value.text or "")
    return None


def _typed(kind: str, text: str) -> Any:
    match kind.rpartition(":")[2]:
        case "decimal" | "double" | "integer" | "int" | "long" | "float":
            return Decimal(text.strip())
        case "boolean":
            return text.strip() == "true"
        case "date":
            return read_date(text.strip())
        case "time":
            return read_time(text.strip())
        case "dateTime":
            return read_date_time(text.strip())
        case "duration" | "dayTimeDuration" | "yearMonthDuration":
            return read_duration(text.strip())
        case _:
            return text
