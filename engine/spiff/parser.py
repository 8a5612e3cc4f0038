"""SpiffWorkflow's BPMN parser, taught our elements and nothing else."""

from types import MappingProxyType
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.task_parsers import ConditionalGatewayParser, GatewayParser, SubWorkflowParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition

from engine.spiff import elements
from engine.spiff.details import Details
from engine.spiff.expressions import Value


class Detailed(TaskParser):
    """Hangs what was read from the extension elements on the task spec."""

    def parse_extensions(self, _node: Any = None) -> Details:
        """Return the element's details."""
        return self.process_parser.parser.details[self.bpmn_id]


class StartParser(Detailed):
    """Connects a start event to the process's start."""

    def create_task(self) -> Any:
        """Return the spec."""
        spec = self.spec_class(
            self.spec, self.bpmn_id, event_definition=NoneEventDefinition(), **self.bpmn_attributes
        )
        self.spec.start.connect(spec)
        return spec


class EndParser(Detailed):
    """Connects an end event to the process's end."""

    def create_task(self) -> Any:
        """Return the spec."""
        spec = self.spec_class(
            self.spec, self.bpmn_id, event_definition=NoneEventDefinition(), **self.bpmn_attributes
        )
        spec.connect(self.spec.end)
        return spec


class WaitingEventParser(Detailed):
    """Gives an event its timer or message."""

    def create_task(self) -> Any:
        """Return the spec."""
        details = self.parse_extensions()
        definition = elements.Timer() if details.timer is not None else elements.Message()
        attributes = self.bpmn_attributes
        if self.spec_class is elements.BoundaryEvent:
            attributes["cancel_activity"] = self.node.get("cancelActivity", "true") == "true"
        return self.spec_class(self.spec, self.bpmn_id, event_definition=definition, **attributes)


class ExclusiveGatewayParser(Detailed, ConditionalGatewayParser):
    """Hands compiled conditions to the gateway."""

    def parse_condition(self, sequence_flow: etree._Element) -> Value | None:
        """Return the flow's condition."""
        condition: Value | None = self.process_parser.parser.conditions.get(sequence_flow.get("id"))
        return condition


class ParallelGatewayParser(Detailed, GatewayParser):
    """A gateway without conditions."""


class SubprocessParser(Detailed, SubWorkflowParser):
    """An embedded subprocess."""


class ModelParser(BpmnParser):
    """Parses one checked file.

    Attributes:
        details: what was read of each flow node, by id.
        conditions: the compiled condition of each sequence flow that has one, by id.
    """

    PARSER_CLASSES = MappingProxyType(
        {
            full_tag("startEvent"): (StartParser, elements.StartEvent),
            full_tag("endEvent"): (EndParser, elements.EndEvent),
            full_tag("task"): (Detailed, elements.PassThroughTask),
            full_tag("manualTask"): (Detailed, elements.PassThroughTask),
            full_tag("userTask"): (Detailed, elements.UserTask),
            full_tag("serviceTask"): (Detailed, elements.ServiceTask),
            full_tag("businessRuleTask"): (Detailed, elements.BusinessRuleTask),
            full_tag("scriptTask"): (Detailed, elements.ScriptTask),
            full_tag("exclusiveGateway"): (ExclusiveGatewayParser, elements.ExclusiveGateway),
            full_tag("parallelGateway"): (ParallelGatewayParser, elements.ParallelGateway),
            full_tag("subProcess"): (SubprocessParser, elements.EmbeddedSubprocess),
            full_tag("intermediateCatchEvent"): (WaitingEventParser, elements.IntermediateCatchEvent),
            full_tag("boundaryEvent"): (WaitingEventParser, elements.BoundaryEvent),
        }
    )

    def __init__(self, details: dict[str, Details], conditions: dict[str, Value]) -> None:
        super().__init__()
        self.details = details
        self.conditions = conditions


#: Local names of the flow nodes that run.
SUPPORTED = frozenset(etree.QName(tag).localname for tag in ModelParser.PARSER_CLASSES)
