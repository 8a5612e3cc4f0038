"""Gateways: they choose, fork and join."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.errors import StepFailed
from engine.spiff.elements.base import Element
from engine.spiff.specs import Flow
from engine.spiff.tokens import Token
from engine.spiff.variables import visible

#: Keys of ``Token.internal_data``.
VIA = "via"  # the flow by which a token came to a join
RACE = "race"  # tokens of which the first to be fired withdraws the others


def holds(flow: Flow, token: Token) -> bool:
    """Evaluate a flow's condition.

    Raises:
        StepFailed: the value is neither true nor false.
    """
    condition = flow.condition
    if condition is None:
        return True
    element_id = token.task_spec.bpmn_id
    value = condition.evaluate(visible(token), at=token.workflow.top_workflow.moment, element_id=element_id)
    if not isinstance(value, bool):
        raise StepFailed(
            f"Element '{element_id}': expected condition '{condition.text}' to be true or false, "
            f"but it is {value!r}",
            element_id=element_id,
        )
    return value


class ExclusiveGateway(Element):
    """Takes the first flow whose condition holds, else the default flow."""

    def choose(self, token: Token) -> Sequence[Flow]:
        """Return that flow."""
        for flow in self.flows:
            if not flow.is_default and holds(flow, token):
                return [flow]
        return _default(self, "its condition holds")


class Joining(Element):
    """The part that parallel and inclusive gateways share: tokens wait for each other, one from each flow."""

    def arrive(self, scope: Any, flow: Flow) -> None:
        """Take a token and remember which way it came."""
        if len(self.incoming) > 1:
            scope.place(self, **{VIA: flow.id})
        else:
            scope.place(self)

    def waiting(self, scope: Any) -> dict[str, Token]:
        """Return the longest waiting token of each flow that has one."""
        first: dict[str, Token] = {}
        for token in scope.tasks.values():
            if token.task_spec is self and token._state == TaskState.WAITING:
                first.setdefault(token.internal_data[VIA], token)
        return first

    def join(self, token: Token, waiting: Mapping[str, Token]) -> None:
        """Let ``token`` go on for all that wait."""
        for other in waiting.values():
            if other is not token:
                token.workflow.remove(other)
        del token.internal_data[VIA]


class ParallelGateway(Joining):
    """Goes on when a token has come by every flow; leaves by every flow."""

    def _update_hook(self, token: Token) -> bool:
        if len(self.incoming) < 2:
            return True
        token._set_state(TaskState.WAITING)
        waiting = self.waiting(token.workflow)
        if len(waiting) < len(self.incoming):
            return False
        self.join(token, waiting)
        return True

    def reconsider(self, token: Token) -> bool:
        """Go on if nobody is missing: after a migration the gateway may have fewer flows than before."""
        if VIA not in token.internal_data:
            return False
        waiting = self.waiting(token.workflow)
        if len(waiting) < len(self.incoming) or waiting[token.internal_data[VIA]] is not token:
            return False
        self.join(token, waiting)
        token._ready()
        return True


class InclusiveGateway(Joining):
    """Leaves by every flow whose condition holds; goes on when no token can come any more by a flow without one.

    Attributes:
        reach: for each incoming flow, the elements from which a token can get there without passing this gateway,
            as a number with a bit for each place of the scope.
    """

    reach: Mapping[str, int]

    def choose(self, token: Token) -> Sequence[Flow]:
        """Return the flows whose conditions hold, else the default flow."""
        taken = [flow for flow in self.flows if not flow.is_default and holds(flow, token)]
        return taken or _default(self, "any condition holds")

    def _update_hook(self, token: Token) -> bool:
        if len(self.incoming) < 2:
            return True
        token._set_state(TaskState.WAITING)
        return False

    def reconsider(self, token: Token) -> bool:
        """Go on if the gateway waits for nobody any more (BPMN 2.0.2 §13.3.3)."""
        if VIA not in token.internal_data:
            return False
        scope = token.workflow
        waiting = self.waiting(scope)
        if waiting[token.internal_data[VIA]] is not token:
            return False
        filled, empty = 0, 0
        for flow_id in self.incoming if len(self.incoming) > 1 else ():
            if flow_id in waiting:
                filled |= self.reach[flow_id]
            else:
                empty |= self.reach[flow_id]
        if any(places & empty and not places & filled for places in self._elsewhere(scope)):
            return False
        self.join(token, waiting)
        token._ready()
        return True

    def _elsewhere(self, scope: Any) -> Iterable[int]:
        """Return where the other tokens of the scope are; the events that race for one token count as one.

        What a token hosts (a boundary event that waits, one of many instances) is where its host is.
        """
        races: dict[int, int] = {}
        for token in scope.tasks.values():
            if token.host is not None or token.task_spec is self:
                continue
            race = token.internal_data.get(RACE)
            if race is None:
                yield token.task_spec.place
            else:
                races[race] = races.get(race, 0) | token.task_spec.place
        yield from races.values()


class EventBasedGateway(Element):
    """Waits at every event that follows; the first one to be fired withdraws the others."""

    def go_on(self, token: Token, taken: Sequence[Flow]) -> None:
        """Place a token on each event."""
        scope = token.workflow
        scope.remove(token)
        for flow in taken:
            scope.place(flow.target, **{RACE: token.id})
        scope.settle()


def withdraw_rivals(token: Token) -> None:
    """Withdraw the tokens that wait for other events of the same gateway."""
    race = token.internal_data.pop(RACE, None)
    if race is None:
        return
    for other in list(token.workflow.tasks.values()):
        if other is not token and other.internal_data.get(RACE) == race:
            token.workflow.withdraw(other)


def _default(gateway: Element, expected: str) -> Sequence[Flow]:
    for flow in gateway.flows:
        if flow.is_default:
            return [flow]
    raise StepFailed(
        f"Element '{gateway.bpmn_id}': expected a flow to be taken because {expected}, but none is, "
        "and there is no default flow",
        element_id=gateway.bpmn_id,
    )
