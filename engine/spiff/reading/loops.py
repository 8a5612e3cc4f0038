"""Reads loop characteristics."""

from lxml import etree

from engine.spiff.details import MultiInstance, StandardLoop
from engine.spiff.reading.problems import Problems
from engine.spiff.xml import CAMUNDA, NAMESPACES, flag


def read_loop(node: etree._Element, problems: Problems) -> MultiInstance | StandardLoop | None:
    """Return how often an activity runs; ``None`` for once."""
    many = node.find("bpmn:multiInstanceLoopCharacteristics", NAMESPACES)
    if many is not None:
        return _multi_instance(node, many, problems)
    loop = node.find("bpmn:standardLoopCharacteristics", NAMESPACES)
    return None if loop is None else _standard_loop(node, loop, problems)


def _multi_instance(node: etree._Element, many: etree._Element, problems: Problems) -> MultiInstance:
    written = many.find("bpmn:extensionElements/zeebe:loopCharacteristics", NAMESPACES)
    attributes: dict[str, str] = {}
    if written is not None:
        attributes = {str(name): str(value) for name, value in written.attrib.items()}
    old = {name: many.get(f"{{{CAMUNDA}}}{name}") for name in ("collection", "elementVariable")}
    if old["collection"]:
        name = str(old["collection"])
        attributes.setdefault("inputCollection", f"={name}" if name.isidentifier() else name)
        attributes.setdefault("inputElement", str(old["elementVariable"] or ""))
    collection = problems.expression(node, attributes.get("inputCollection"), "the input collection")
    times = many.findtext("bpmn:loopCardinality", namespaces=NAMESPACES)
    cardinality = problems.value(node, times, "the cardinality")
    if cardinality is not None and cardinality.expression is None and not cardinality.text.isdecimal():
        problems.refuse(node, f"the cardinality '{cardinality.text}' is no whole number", "Give one.")
    if bool(attributes.get("inputCollection")) == bool((times or "").strip()):
        problems.refuse(
            node,
            "the multi-instance activity has neither or both of an input collection and a cardinality",
            "Fill in the input collection.",
        )
    for child in ("loopDataInputRef", "loopDataOutputRef", "inputDataItem", "outputDataItem"):
        if many.find(f"bpmn:{child}", NAMESPACES) is not None:
            problems.refuse(
                node,
                f"'{child}' is not executed",
                "Use the input and output collection of the properties panel.",
            )
    if many.get("behavior", "All") != "All":
        problems.refuse(node, "events at the end of single instances are not thrown", "Remove the behavior.")
    results, result = attributes.get("outputCollection"), attributes.get("outputElement")
    if bool(results) != bool(result):
        problems.refuse(
            node,
            "the multi-instance activity has an output collection or an output element, but not both",
            "Fill in both or none.",
        )
    for what, target in (("input element", attributes.get("inputElement")), ("output collection", results)):
        if target and not target.isidentifier():
            problems.refuse(node, f"the {what} '{target}' is no variable name", "Use letters and digits.")
    return MultiInstance(
        sequential=flag(many, "isSequential"),
        collection=collection,
        cardinality=cardinality,
        item=attributes.get("inputElement") or None,
        results=results or None,
        result=problems.expression(node, result, "the output element"),
        enough=problems.expression(
            node,
            many.findtext("bpmn:completionCondition", namespaces=NAMESPACES),
            "the completion condition",
        ),
    )


def _standard_loop(node: etree._Element, loop: etree._Element, problems: Problems) -> StandardLoop:
    condition = problems.expression(
        node, loop.findtext("bpmn:loopCondition", namespaces=NAMESPACES), "the loop condition"
    )
    written = loop.get("loopMaximum")
    maximum = int(written) if written is not None and written.isdecimal() and len(written) < 7 else None
    if written is not None and not maximum:
        problems.refuse(node, f"the loop maximum '{written}' is no whole number", "Give a number from 1.")
    if condition is None and maximum is None:
        problems.refuse(node, "the loop has neither a condition nor a maximum", "Give at least one of them.")
    return StandardLoop(condition=condition, maximum=maximum, test_before=flag(loop, "testBefore"))
