"""Events: where a process starts and ends, what it throws on the way and what it waits for."""

from collections.abc import Mapping
from typing import Any

from engine.errors import StepFailed
from engine.service_tasks import BusinessError
from engine.spiff.details import (
    CancelTrigger,
    CompensationTrigger,
    ConditionTrigger,
    ErrorTrigger,
    EscalationTrigger,
    LinkTrigger,
    MessageTrigger,
    SignalTrigger,
    TerminateTrigger,
    TimerTrigger,
)
from engine.spiff.elements import throwing, triggers
from engine.spiff.elements.base import Element
from engine.spiff.elements.gateways import RACE, withdraw_rivals
from engine.spiff.tokens import Token
from engine.spiff.variables import LOCAL, enter, leave, visible

#: Key of ``Token.internal_data``: the event has thrown and waits for what it has called for.
_THROWN = "thrown"


class StartEvent(Element):
    """A start event; that of an event subprocess brings what started it."""

    def _run_hook(self, token: Token) -> bool:
        leave(token, token.internal_data.pop(triggers.PAYLOAD, {}))
        return True


class Throwing(Element):
    """The part that intermediate throw events and end events share.

    What they throw carries the variables that are mapped into them.
    """

    def throw(self, token: Token) -> Mapping[str, Any] | None:
        """Throw what the event is for; ``None`` if something must be done before the event goes on."""
        trigger = self.trigger
        token.data = dict(token.internal_data.get(LOCAL, {}))
        if self.extensions.work is not None:
            answer: Mapping[str, Any] = token.workflow.top_workflow.recorder.run_service(
                token, self.extensions.work, visible(token)
            )
            return answer
        if isinstance(trigger, SignalTrigger):
            throwing.throw_signal(token, trigger.name, token.data)
        elif isinstance(trigger, EscalationTrigger):
            throwing.throw_escalation(token, trigger.code or "", token.data)
        elif isinstance(trigger, MessageTrigger):
            throwing.send_message(token, trigger)
        elif isinstance(trigger, CompensationTrigger | CancelTrigger):
            if isinstance(trigger, CancelTrigger):
                token.workflow.withdraw_all(but=token)
            if throwing.compensate(token, trigger):
                return None
        return {}

    def compensated(self, token: Token) -> None:
        """Go on when everything is undone."""
        token.internal_data[_THROWN] = True
        token._ready()

    def _run_hook(self, token: Token) -> bool | None:
        result: Mapping[str, Any] | None = {}
        if not token.internal_data.pop(_THROWN, False):
            enter(token)
            try:
                result = self.throw(token)
            except BusinessError as error:
                throwing.throw_error(token, error.error_code, error.message, error.variables)
                return None
        if result is None or not token.is_live:
            return None  # a handler is at work, or what was thrown has interrupted the event itself
        leave(token, result)
        return True


class IntermediateThrowEvent(Throwing):
    """Throws and goes on."""


class EndEvent(Throwing):
    """Throws and ends its path; a terminate end event ends all paths of its scope."""

    def _on_complete(self, token: Token) -> None:
        scope = token.workflow
        trigger = self.trigger
        scope.top_workflow.recorder.element_completed(token, None)
        scope.remove(token)
        if isinstance(trigger, ErrorTrigger):
            throwing.throw_error(token, trigger.code or "", f"thrown by '{self.bpmn_id}'", token.data)
        elif isinstance(trigger, TerminateTrigger):
            scope.withdraw_all()
        elif isinstance(trigger, CancelTrigger):
            scope.withdraw_all()
            owner = scope.owner
            if owner is not None:
                owner.task_spec.cancelled(owner)
        scope.settle()


class LinkEvent(Element):
    """A link's beginning, whose flow leads to the link's end, or that end."""

    @property
    def link_name(self) -> str:
        """The name that both have."""
        trigger = self.trigger
        return trigger.name if isinstance(trigger, LinkTrigger) else ""


class Waiting(Element):
    """The part that events share that wait: armed by their token, fired by a command or another element."""

    def fired(self, token: Token) -> None:
        """Take what came."""
        withdraw_rivals(token)
        token._ready()

    def reconsider(self, token: Token) -> bool:
        """Look at a condition again."""
        trigger = self.trigger
        if triggers.HELD not in token.internal_data or not isinstance(trigger, ConditionTrigger):
            return False
        if not triggers.becomes_true(token, trigger):
            return False
        triggers.fire(token)
        return True

    def _update_hook(self, token: Token) -> bool:
        if triggers.PAYLOAD in token.internal_data:
            return True
        triggers.arm(token, self.trigger)
        return False

    def _run_hook(self, token: Token) -> bool:
        leave(token, token.internal_data.pop(triggers.PAYLOAD))
        return True

    def _on_cancel(self, token: Token) -> None:
        triggers.disarm(token)


class IntermediateCatchEvent(Waiting):
    """A token waits here; alone it must wait for something that can come."""

    def _update_hook(self, token: Token) -> bool:
        ready = super()._update_hook(token)
        if token.internal_data.get(triggers.DUE, "") is None and RACE not in token.internal_data:
            raise StepFailed(
                f"Element '{self.bpmn_id}': expected a timer to have an instant, but it has none",
                element_id=self.bpmn_id,
            )
        return ready


class BoundaryEvent(Waiting):
    """Waits beside an activity, and may interrupt it.

    Attributes:
        waits: it has a token of its own while the activity is at work; errors and escalations find it without.
    """

    @property
    def waits(self) -> bool:
        """Whether it waits for something that comes from elsewhere."""
        return isinstance(self.trigger, triggers.WAITING_TRIGGERS)

    def catch(self, level: Token, payload: Mapping[str, Any]) -> None:
        """Take an error, escalation or cancellation of the activity ``level``."""
        scope = level.workflow
        if self.extensions.interrupting:
            scope.withdraw(level)
        scope.place(self, **{triggers.PAYLOAD: dict(payload)})

    def fired(self, token: Token) -> None:
        """Interrupt the activity, or wait beside it for the next time."""
        scope = token.workflow
        activity = scope.tasks[token.host]
        token.host = None
        if self.extensions.interrupting:
            scope.withdraw(activity)
        else:
            wait_again(token, host=activity.id)
        token._ready()


def wait_again(token: Token, *, host: int | None) -> None:
    """Place a fresh token where one has been fired without interrupting; of timers, only cycles go on."""
    top = token.workflow.top_workflow
    trigger = token.task_spec.trigger
    kept: dict[str, Any] = {}
    if isinstance(trigger, TimerTrigger):
        following = triggers.next_tick(token, top.late_cycles, top.fired_at)
        if following is None:
            return
        kept = following
    again = token.workflow.place(token.task_spec, host=host, **kept)
    if isinstance(trigger, ConditionTrigger):
        again.internal_data[triggers.HELD] = True
