"""Activities with a scope of their own: subprocesses, transactions, called processes, event subprocesses."""

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson
from SpiffWorkflow.util.task import TaskState

from engine.spiff.details import CancelTrigger, Trigger
from engine.spiff.elements import triggers
from engine.spiff.elements.activities import Activity
from engine.spiff.elements.base import Element
from engine.spiff.elements.events import Waiting, wait_again
from engine.spiff.elements.throwing import PENDING, undo_next, undone
from engine.spiff.tokens import Token
from engine.spiff.variables import INDEX, LOCAL, ROOT, visible

#: Keys of ``Token.internal_data``.
GIVEN = "given"  # fingerprints of the variables that a called process has been given
ENTERED = "entered"  # a subprocess that is opened from outside, to begin somewhere inside; never stored


class EmbeddedSubprocess(Activity):
    """A subprocess; it sees the variables around it and has its input mappings for itself."""

    def begin(self, token: Token) -> None:
        """Open the scope."""
        token._set_state(TaskState.STARTED)
        scope = token.workflow.top_workflow.open_subprocess(token)
        if PENDING in token.internal_data:
            undo_next(token)
        elif token.internal_data.pop(ENTERED, False):
            scope.listen()
        else:
            scope.begin()

    def inner_scope_ended(self, token: Token, done: list[list[Any]]) -> None:
        """Complete with the scope; remember what was done inside."""
        if done and self.compensation is None:
            token.workflow.done.append([self.name, done, dict(token.internal_data.get(LOCAL, {}))])
        self.finish(token, {})

    def compensated(self, token: Token) -> None:
        """Close the scope again when everything in it is undone."""
        token.workflow.top_workflow.close_subprocess(token)
        undone(token)

    def _on_cancel(self, token: Token) -> None:
        token.workflow.top_workflow.close_subprocess(token)


class Transaction(EmbeddedSubprocess):
    """A subprocess that can be cancelled from inside: what was done is undone, and its cancel event goes on."""

    def cancelled(self, token: Token) -> None:
        """Leave by the cancel boundary event."""
        catching = next((event for event in self.boundary if isinstance(event.trigger, CancelTrigger)), None)
        if catching is not None:
            body = token.workflow.tasks[token.host] if INDEX in token.internal_data else token
            catching.catch(body, {})
            return
        raise AssertionError(f"Transaction '{self.bpmn_id}' was compiled without a cancel boundary event")


class CallActivity(EmbeddedSubprocess):
    """A called process, with variables of its own."""

    def begin(self, token: Token) -> None:
        """Give the called process its variables and open its scope."""
        call = self.extensions.call
        if call is None:
            raise AssertionError(f"Call activity '{self.bpmn_id}' was compiled without a process")
        given = visible(token) if call.sees_all else token.internal_data.get(LOCAL, {})
        token.internal_data[ROOT] = dict(given)
        if call.returns_all and not self.extensions.outputs:
            token.internal_data[GIVEN] = {name: _fingerprint(value) for name, value in given.items()}
        super().begin(token)

    def inner_scope_ended(self, token: Token, _done: list[list[Any]]) -> None:
        """Take what the called process gives back: by mappings, or all that it has changed.

        What it has only been given may have changed outside in the meantime, and stays as it is there.
        """
        root: Mapping[str, Any] = token.internal_data.pop(ROOT)
        given = token.internal_data.pop(GIVEN, None)
        if given is not None:
            root = {name: value for name, value in root.items() if given.get(name) != _fingerprint(value)}
        self.finish(token, root if given is not None or self.extensions.outputs else {})


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

    def inner_scope_ended(self, token: Token, _done: list[list[Any]]) -> None:
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
        subprocess.listen()
        subprocess.place(self.start, **{triggers.PAYLOAD: payload})

    def _run_hook(self, _token: Token) -> bool:
        return True

    def _on_cancel(self, token: Token) -> None:
        super()._on_cancel(token)
        token.workflow.top_workflow.close_subprocess(token)


def _fingerprint(value: Any) -> str:
    return hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]
