"""Activities with a scope of their own: subprocesses, transactions, called processes, event subprocesses."""

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.spiff.details import CancelTrigger, Trigger
from engine.spiff.elements import triggers
from engine.spiff.elements.activities import Activity
from engine.spiff.elements.base import Element
from engine.spiff.elements.events import Waiting, wait_again
from engine.spiff.tokens import Token
from engine.spiff.variables import LOCAL, ROOT, visible


class EmbeddedSubprocess(Activity):
    """A subprocess; it sees the variables around it and has its input mappings for itself."""

    def begin(self, token: Token) -> None:
        """Open the scope."""
        token._set_state(TaskState.STARTED)
        token.workflow.top_workflow.open_subprocess(token).begin()

    def inner_scope_ended(self, token: Token) -> None:
        """Complete with the scope."""
        self.finish(token, {})

    def _on_cancel(self, token: Token) -> None:
        token.workflow.top_workflow.close_subprocess(token)


class Transaction(EmbeddedSubprocess):
    """A subprocess that can be cancelled from inside: what was done is undone, and its cancel event goes on."""

    def cancelled(self, token: Token) -> None:
        """Leave by the cancel boundary event; without one the transaction ends here."""
        catching = next((event for event in self.boundary if isinstance(event.trigger, CancelTrigger)), None)
        if catching is not None:
            catching.catch(token, {})
            return
        scope = token.workflow
        scope.withdraw(token)
        scope.settle()


class CallActivity(EmbeddedSubprocess):
    """A called process, with variables of its own."""

    def begin(self, token: Token) -> None:
        """Give the called process its variables and open its scope."""
        call = self.extensions.call
        if call is None:
            raise AssertionError(f"Call activity '{self.bpmn_id}' was compiled without a process")
        given = visible(token) if call.sees_all else token.internal_data.get(LOCAL, {})
        token.internal_data[ROOT] = dict(given)
        super().begin(token)

    def inner_scope_ended(self, token: Token) -> None:
        """Take what the called process gives back."""
        call = self.extensions.call
        root: Mapping[str, Any] = token.internal_data.pop(ROOT)
        wanted = bool(self.extensions.outputs) or (call is not None and call.returns_all)
        self.finish(token, root if wanted else {})


class EventSubprocess(Waiting):
    """A subprocess that something starts; until then its token only listens.

    Attributes:
        start: its start event.
    """

    is_event_subprocess = True
    start: Element

    @property
    def trigger(self) -> Trigger | None:
        """What starts it."""
        return self.start.extensions.trigger

    @property
    def trigger_id(self) -> str:
        """The start event, which is what waits."""
        element_id: str = self.start.bpmn_id
        return element_id

    @property
    def interrupting(self) -> bool:
        """Whether it takes the place of all else in the scope."""
        return self.start.extensions.interrupting

    def is_listening(self, token: Token) -> bool:
        """Say whether the token has not been started."""
        return bool(token._state == TaskState.WAITING)

    def reconsider(self, token: Token) -> bool:
        """Look at a condition again while listening."""
        return self.is_listening(token) and super().reconsider(token)

    def fired(self, token: Token) -> None:
        """Start; a listener that does not interrupt is followed by another."""
        scope = token.workflow
        if self.interrupting:
            scope.withdraw_all(but=token)
        else:
            wait_again(token, host=None)
        self._open(token)

    def catch(self, level: Token, payload: Mapping[str, Any]) -> None:
        """Take an error or escalation thrown in the scope of ``level``."""
        scope = level.workflow
        if self.interrupting:
            scope.withdraw_all()
        scope.place(self, **{triggers.PAYLOAD: dict(payload)})

    def inner_scope_ended(self, token: Token) -> None:
        """End with the scope."""
        token._set_state(TaskState.READY)
        token.run()

    def _update_hook(self, token: Token) -> bool:
        if triggers.PAYLOAD in token.internal_data:
            self._open(token)
            return False
        return super()._update_hook(token)

    def _open(self, token: Token) -> None:
        token._set_state(TaskState.STARTED)
        payload = token.internal_data.pop(triggers.PAYLOAD)
        subprocess = token.workflow.top_workflow.open_subprocess(token)
        for listener in subprocess.spec.listeners:
            subprocess.place(listener)
        subprocess.place(self.start, **{triggers.PAYLOAD: payload})

    def _run_hook(self, _token: Token) -> bool:
        return True

    def _on_cancel(self, token: Token) -> None:
        super()._on_cancel(token)
        token.workflow.top_workflow.close_subprocess(token)
