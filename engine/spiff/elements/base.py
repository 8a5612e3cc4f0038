"""What all elements share: a token arrives, becomes ready, runs, completes and goes on."""

from collections.abc import Sequence
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin

from engine.spiff.details import Details, Trigger
from engine.spiff.specs import Flow
from engine.spiff.tokens import Token


class Element(BpmnSpecMixin):
    """A flow node. SpiffWorkflow's life cycle of a task, without prediction.

    Attributes:
        element_type: its BPMN name, e.g. ``userTask``.
        boundary: the events attached to it; only activities have any.
        flows: outgoing sequence flows in document order.
        incoming: ids of the incoming ones.
        place: a number with one bit that stands for the element within its scope.
    """

    extensions: Details
    element_type: str
    is_event_subprocess = False
    boundary: Sequence[Any] = ()
    flows: Sequence[Flow] = ()
    incoming: Sequence[str] = ()
    place: int = 0

    def __init__(self, wf_spec: Any, bpmn_id: str, *, element_type: str, details: Details) -> None:
        super().__init__(wf_spec, bpmn_id)
        self.element_type = element_type
        self.extensions = details

    @property
    def trigger(self) -> Trigger | None:
        """What it throws or waits for."""
        return self.extensions.trigger

    @property
    def trigger_id(self) -> str:
        """The id under which it waits."""
        element_id: str = self.bpmn_id
        return element_id

    def is_listening(self, _token: Token) -> bool:
        """Say whether a token only waits to start an event subprocess."""
        return False

    def reconsider(self, _token: Token) -> bool:
        """Look again at a token when all others rest; say whether it goes on."""
        return False

    def choose(self, _token: Token) -> Sequence[Flow]:
        """Return the flows that are taken."""
        return self.flows

    def test(self) -> None:
        """Nothing: deployment has checked the connections."""

    def _update_hook(self, _token: Token) -> bool:
        """Say whether a token that has just arrived can run."""
        return True

    def _on_ready_hook(self, token: Token) -> None:
        token.workflow.top_workflow.queue.append(token)

    def _run_hook(self, _token: Token) -> bool | None:
        return True

    def _on_complete(self, token: Token) -> None:
        scope = token.workflow
        taken = self.choose(token)
        scope.top_workflow.recorder.element_completed(
            token, [flow.id for flow in taken] if len(self.flows) > 1 else None
        )
        self.go_on(token, taken)

    def go_on(self, token: Token, taken: Sequence[Flow]) -> None:
        """Send a finished token along flows."""
        scope = token.workflow
        scope.remove(token)
        for flow in taken:
            flow.target.arrive(scope, flow)
        scope.settle()

    def arrive(self, scope: Any, _flow: Flow) -> None:
        """Take a token from a flow."""
        scope.place(self)

    def _on_error(self, token: Token) -> None:
        """Nothing: the command is discarded."""

    def _on_cancel(self, token: Token) -> None:
        """Tell what a withdrawn token no longer does."""
