"""Refuses extensions that would have no effect where they stand: what is drawn is done, or refused."""

from collections.abc import Mapping
from types import MappingProxyType

from lxml import etree

from engine.spiff.reading.problems import Problems
from engine.spiff.reading.tasks import EXCLUDES
from engine.spiff.shape import ACTIVITIES, EVENTS, LOOPS, is_event_subprocess, trigger_kind
from engine.spiff.xml import BPMN, CAMUNDA, ZEEBE, children, event_definitions, extension, extensions, kind_of

#: Camunda 8 extension elements that say nothing about how a process runs.
_DESCRIBING = frozenset({"modelerTemplate", "modelerTemplateIcon", "properties", "versionTag", "ioMapping"})
_WORK = frozenset({"taskDefinition", "taskHeaders"})
#: Camunda 8 extension elements that are read, by the element on which they stand.
_READ: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "userTask": frozenset(
            {
                "userTask",
                "assignmentDefinition",
                "taskSchedule",
                "priorityDefinition",
                "formDefinition",
                "taskHeaders",
            }
        ),
        "serviceTask": _WORK,
        "sendTask": _WORK | {"publishMessage"},
        "businessRuleTask": _WORK | {"calledDecision"},
        "scriptTask": _WORK | {"script"},
        "callActivity": frozenset({"calledElement"}),
        "intermediateThrowEvent": _WORK | {"publishMessage"},
        "endEvent": _WORK | {"publishMessage"},
        "multiInstanceLoopCharacteristics": frozenset({"loopCharacteristics"}),
    }
)
#: Attributes of Camunda 8 that say from which element template an element was made.
_TEMPLATE = frozenset({"modelerTemplate", "modelerTemplateVersion", "modelerTemplateIcon"})
#: Attributes of Camunda 8 extension elements that are read.
_ATTRIBUTES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "userTask": frozenset(),
        "assignmentDefinition": frozenset({"assignee", "candidateGroups", "candidateUsers"}),
        "taskSchedule": frozenset({"dueDate", "followUpDate"}),
        "priorityDefinition": frozenset({"priority"}),
        "formDefinition": frozenset({"formId", "formKey", "externalReference", "bindingType"}),
        "taskDefinition": frozenset({"type", "retries"}),
        "taskHeaders": frozenset(),
        "publishMessage": frozenset({"correlationKey"}),
        "calledDecision": frozenset({"decisionId", "resultVariable", "bindingType"}),
        "calledElement": frozenset(
            {"processId", "propagateAllChildVariables", "propagateAllParentVariables", "bindingType"}
        ),
        "script": frozenset({"expression", "resultVariable"}),
        "loopCharacteristics": frozenset(
            {"inputCollection", "inputElement", "outputCollection", "outputElement"}
        ),
    }
)
#: What an element refers to is found when its process is deployed.
_BINDINGS = ("latest", "deployment")
#: Properties that this engine reads begin so; all others are notes.
_OWN_PROPERTIES = "sauro:"

#: Attributes of Camunda 7 that are read, by the element on which they stand.
_READ_OLD: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "userTask": frozenset(
            {
                "assignee",
                "candidateGroups",
                "candidateUsers",
                "dueDate",
                "followUpDate",
                "priority",
                "formRef",
                "formKey",
                "formRefBinding",
            }
        ),
        "serviceTask": frozenset({"type", "topic"}),
        "sendTask": frozenset({"type", "topic"}),
        "intermediateThrowEvent": frozenset({"type", "topic"}),
        "endEvent": frozenset({"type", "topic"}),
        "businessRuleTask": frozenset(
            {"type", "topic", "decisionRef", "decisionRefBinding", "resultVariable", "mapDecisionResult"}
        ),
        "scriptTask": frozenset({"type", "topic"}),
        "callActivity": frozenset({"calledElementBinding"}),
        "multiInstanceLoopCharacteristics": frozenset({"collection", "elementVariable"}),
        "process": frozenset({"historyTimeToLive", "isStartableInTasklist", "versionTag"}),
    }
)
#: Attributes and elements of Camunda 7 that say how its engine works, not what a process does.
_TECHNICAL_OLD = _TEMPLATE | {"asyncAfter", "asyncBefore", "exclusive", "jobPriority", "taskPriority"}
_DESCRIBING_OLD = frozenset({"failedJobRetryTimeCycle", "properties"})

#: Children of event definitions and loops that are read, or refused where they are, or describe.
_DEFINING = frozenset(
    {
        "completionCondition",
        "inputDataItem",
        "loopCardinality",
        "loopCondition",
        "loopDataInputRef",
        "loopDataOutputRef",
        "outputDataItem",
        "condition",
        "documentation",
        "extensionElements",
        "operationRef",
        "source",
        "target",
        "timeCycle",
        "timeDate",
        "timeDuration",
    }
)

#: What modellers note for themselves: colours, revisions, glossary entries.
_NOTES = (
    "http://www.signavio.com",
    "http://bpmn.io/schema/",
    "http://camunda.org/schema/modeler/",
    "http://www.omg.org/spec/BPMN/non-normative/",
    "http://www.omg.org/spec/BPMN/20100524/",
    "http://www.w3.org/2001/XMLSchema-instance",
    "http://www.w3.org/XML/1998/namespace",
)

_ADVICE = {
    "executionListeners": "Use a service task before or after the element.",
    "executionListener": "Use a service task before or after the element.",
    "taskListeners": "Use boundary events and service tasks.",
    "taskListener": "Use boundary events and service tasks.",
    "userTaskForm": "Link the form by its id.",
    "formData": "Draw a form and link it by its id.",
    "inputOutput": "Write the mappings anew with Camunda Modeler's profile for Camunda 8.",
    "in": "Write the mappings anew with Camunda Modeler's profile for Camunda 8.",
    "out": "Write the mappings anew with Camunda Modeler's profile for Camunda 8.",
    "adHoc": "Use an embedded subprocess.",
    "linkedResources": "Let the task's handler find what it needs.",
    "conditionalFilter": "Remove it; the condition is looked at after every change.",
}
#: Advice for what would have an effect elsewhere.
_ADVICE_THERE = {
    ("startEvent", "formDefinition"): "Link the form to a user task; an instance starts with variables.",
}


def check_extensions(node: etree._Element, problems: Problems) -> None:
    """Note the extensions of a flow node, a flow or a process, and of its parts, that nobody reads."""
    _check_part(node, node, problems)
    _check_mappings(node, kind_of(node), problems)
    loops = [child for child in node if kind_of(child) in LOOPS]
    for part in (*event_definitions(node), *loops):
        _check_part(node, part, problems)
        for child in part.iterchildren("{*}*"):
            name = etree.QName(child)
            if kind_of(child) not in _DEFINING and (name.namespace == BPMN or not _is_note(name.namespace)):
                _refuse_element(node, name.localname, problems)
    for condition in children(node, "conditionExpression"):
        _check_part(node, condition, problems)


def _check_part(node: etree._Element, part: etree._Element, problems: Problems) -> None:
    """Note what nobody reads of an element, or of its loop, event definition or condition."""
    kind = kind_of(part)
    read = _READ.get(kind, frozenset()) | (_DESCRIBING if part is node else {"properties"})
    for child in extensions(part, "*"):
        if callable(child.tag):
            continue
        name = etree.QName(child)
        if name.namespace == ZEEBE:
            known = name.localname in read
            if known and name.localname in _ATTRIBUTES:
                _check_attributes(node, child, name.localname, problems)
            if name.localname == "properties":
                _check_properties(node, child, EXCLUDES if kind == "userTask" else "", problems)
        elif name.namespace == CAMUNDA:
            known = name.localname in _DESCRIBING_OLD
        else:
            known = _is_note(name.namespace)
        if not known:
            _refuse_element(node, name.localname, problems)
    for written in part.attrib:
        name = etree.QName(str(written))
        if name.namespace == CAMUNDA:
            known = name.localname in _TECHNICAL_OLD | _READ_OLD.get(kind, frozenset())
        elif name.namespace == ZEEBE:
            known = name.localname in _TEMPLATE
        else:
            known = name.namespace is None or _is_note(name.namespace)
        if not known:
            problems.refuse(
                node,
                f"the attribute '{name.localname}' would have no effect",
                "Remove it, or model it in FEEL.",
            )


def _refuse_element(node: etree._Element, name: str, problems: Problems) -> None:
    advice = _ADVICE_THERE.get((kind_of(node), name)) or _ADVICE.get(name, "Remove it.")
    problems.refuse(node, f"'{name}' would have no effect", advice)


def _check_attributes(
    node: etree._Element, extension_element: etree._Element, name: str, problems: Problems
) -> None:
    for attribute in sorted(str(each) for each in extension_element.attrib):
        if attribute not in _ATTRIBUTES[name]:
            problems.refuse(node, f"'{attribute}' of '{name}' would have no effect", "Remove it.")
    if extension_element.get("bindingType", "latest") not in _BINDINGS:
        problems.refuse(
            node,
            f"the binding '{extension_element.get('bindingType')}' of '{name}' is not supported",
            "Choose the binding 'deployment'.",
        )


def _check_properties(
    node: etree._Element, properties: etree._Element, read: str, problems: Problems
) -> None:
    """Note properties of ours that nobody reads here."""
    for found in properties.iterfind(f"{{{ZEEBE}}}property"):
        name = found.get("name") or ""
        if name.startswith(_OWN_PROPERTIES) and name != read:
            problems.refuse(node, f"the property '{name}' would have no effect", "Remove it.")


def _check_mappings(node: etree._Element, kind: str, problems: Problems) -> None:
    """A mapping stands where there is something that takes inputs or gives outputs."""
    mapping = extension(node, "ioMapping")
    if mapping is None:
        return
    works = kind in ACTIVITIES and not is_event_subprocess(node)
    throws = kind in ("intermediateThrowEvent", "endEvent")
    jumps = trigger_kind(node) == "link"
    takes = (works or throws) and not jumps
    gives = (works or kind in EVENTS) and not jumps
    for allowed, name in ((takes, "input"), (gives, "output")):
        if not allowed and mapping.find(f"{{{ZEEBE}}}{name}") is not None:
            problems.refuse(node, f"{name} mappings have no effect here", "Put them on an activity.")


def _is_note(namespace: str | None) -> bool:
    return namespace is not None and namespace.startswith(_NOTES)
