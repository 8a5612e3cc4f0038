"""What elements throw: errors, escalations, signals, messages, compensation, cancellation, termination.

An error or escalation looks for whoever catches it from the inside outwards: the events attached to the activity,
the event subprocesses of the scope, the events attached to the activity that the scope belongs to, and so on
(BPMN 2.0.2 §10.5.7).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from engine.errors import StepFailed
from engine.spiff.details import (
    CancelTrigger,
    CompensationTrigger,
    ErrorTrigger,
    EscalationTrigger,
    MessageTrigger,
    Trigger,
)
from engine.spiff.elements import triggers
from engine.spiff.tokens import Token
from engine.spiff.variables import COMPENSATES, INDEX, LOCAL

#: Keys of ``Token.internal_data``; the codec stores them.
PENDING = "pending"  # what a compensation has still to undo, the next one last


def throw_error(token: Token, code: str, message: str, variables: Mapping[str, Any]) -> None:
    """Interrupt what is inside of whoever catches the error.

    Raises:
        StepFailed: nobody does.
    """
    for level, catcher in _catchers(token, ErrorTrigger, code):
        token.workflow.top_workflow.recorder.error_thrown(token, code, message, catcher.trigger_id)
        catcher.catch(level, variables)
        return
    raise StepFailed(
        f"Element '{token.task_spec.bpmn_id}': error '{code}' is thrown and nothing catches it: {message}",
        element_id=token.task_spec.bpmn_id,
    )


def throw_escalation(token: Token, code: str, variables: Mapping[str, Any]) -> None:
    """Tell whoever catches the escalation; nobody is fine."""
    recorder = token.workflow.top_workflow.recorder
    for level, catcher in _catchers(token, EscalationTrigger, code):
        recorder.escalation_thrown(token, code, catcher.trigger_id)
        catcher.catch(level, variables)
        return
    recorder.escalation_thrown(token, code, None)


def throw_signal(token: Token, name: str, variables: Mapping[str, Any]) -> None:
    """Let everyone in the instance go on who waits for the signal; others hear of it after commit."""
    top = token.workflow.top_workflow
    top.recorder.signal_thrown(token, name, variables)
    for waiting in [other for other in top.tokens() if other.internal_data.get(triggers.SIGNAL) == name]:
        if waiting.is_live:
            triggers.fire(waiting, variables)


def send_message(token: Token, trigger: Trigger | None) -> None:
    """Send a message to whoever waits for it under its key; it leaves after commit.

    Its variables are the sender's input mappings.

    Raises:
        StepFailed: the key is no text.
    """
    if not isinstance(trigger, MessageTrigger):
        raise AssertionError(f"Element '{token.task_spec.bpmn_id}' was compiled without a message")
    key = triggers.correlation_key(token, trigger)
    sent = dict(token.internal_data.get(LOCAL, {}))
    token.workflow.top_workflow.recorder.message_sent(token, trigger.name, key, sent)


def compensate(token: Token, trigger: CompensationTrigger | CancelTrigger) -> bool:
    """Undo what was done in the scope, the last first; say whether there is something to wait for."""
    scope = token.workflow
    wanted = trigger.activity_id if isinstance(trigger, CompensationTrigger) else None
    chosen: list[list[Any]] = []
    kept: list[list[Any]] = []
    for done in scope.done:
        activity = scope.spec.task_specs[done[0]]
        (chosen if wanted in (None, activity.extensions.element_id) else kept).append(done)
    scope.done = kept
    if not chosen:
        return False
    scope.top_workflow.recorder.compensation_started(token, [done[0] for done in reversed(chosen)])
    token.internal_data[PENDING] = chosen
    undo_next(token)
    return True


def undo_next(asking: Token) -> None:
    """Undo the next activity, or let the token that asked for it go on.

    An activity with a handler is undone by it. A subprocess without one is opened once more, with the variables it
    had at its end, and what was done inside is undone there.
    """
    inside = asking.workflow.top_workflow.subprocesses.get(asking.id)
    scope, host = (asking.workflow, asking.id) if inside is None else (inside, None)
    if not asking.internal_data[PENDING]:
        del asking.internal_data[PENDING]
        asking.task_spec.compensated(asking)
        return
    name, *inner = asking.internal_data[PENDING].pop()
    activity = scope.spec.task_specs[name]
    if not inner:
        scope.place(activity.compensation, host=host, **{COMPENSATES: True})
        return
    done, local = inner
    scope.place(activity, host=host, **{COMPENSATES: True, PENDING: done, LOCAL: local})


def undone(token: Token) -> None:
    """Tell whoever asked for a compensation that one activity is undone."""
    scope = token.workflow
    asking = scope.owner if token.host is None else scope.tasks[token.host]
    scope.remove(token)
    undo_next(asking)


def _catchers(
    token: Token, kind: type[ErrorTrigger] | type[EscalationTrigger], code: str
) -> Iterator[tuple[Token, Any]]:
    """Return who can catch, the innermost first, each with the token at whose level it stands.

    At one level, who names the code comes before who takes every code.
    """
    level: Token | None = token
    while level is not None:
        scope = level.workflow
        if INDEX in level.internal_data:
            level = scope.tasks[level.host]
            continue
        at_hand = [] if COMPENSATES in level.internal_data else [*level.task_spec.boundary]
        at_hand += _handlers_beside(level)
        catching = [each for each in at_hand if _matches(each.trigger, kind, code)]
        for each in sorted(catching, key=lambda catcher: catcher.trigger.code is None):
            yield level, each
        level = scope.owner


def _handlers_beside(level: Token) -> list[Any]:
    """Return the event subprocesses that may catch what is thrown by a token of their scope.

    One that has interrupted the scope is alone in it; one that runs beside it does not catch what it throws
    itself; a subprocess that is only open to be undone has none.
    """
    scope = level.workflow
    if scope.owner is not None and PENDING in scope.owner.internal_data:
        return []
    element = level.task_spec
    if not element.is_event_subprocess:
        return list(scope.spec.handlers)
    return [] if element.interrupting else [each for each in scope.spec.handlers if each is not element]


def _matches(trigger: Trigger | None, kind: type[ErrorTrigger] | type[EscalationTrigger], code: str) -> bool:
    return isinstance(trigger, kind) and trigger.code in (None, code)
