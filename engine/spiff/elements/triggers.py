"""What an event waits for: armed once when a token arrives, fired by a command or by another element."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine import clock
from engine.errors import StepFailed
from engine.spiff.details import (
    ConditionTrigger,
    MessageTrigger,
    SignalTrigger,
    TimerKind,
    TimerTrigger,
    Trigger,
)
from engine.spiff.expressions import Moment
from engine.spiff.schedule import Cycle, LateCycles, parse_cycle, parse_duration, parse_instant
from engine.spiff.tokens import Token
from engine.spiff.variables import visible

#: Keys of ``Token.internal_data``; the codec stores them.
DUE = "due"  # a timer's instant as text, None if it never comes
CYCLE = "cycle"  # a cycle: anchor, period, index of the next tick, index of the last one or None
KEY = "key"  # a message's correlation key
SIGNAL = "signal"  # a signal's name
HELD = "held"  # whether a condition held when it was last looked at
PAYLOAD = "payload"  # the variables that came with what fired

#: Characters of a correlation key.
LONGEST_KEY = 200

#: Triggers that wait; the others are caught when they are thrown.
WAITING_TRIGGERS = (TimerTrigger, MessageTrigger, SignalTrigger, ConditionTrigger)


def arm(token: Token, trigger: Trigger | None) -> None:
    """Make a token wait."""
    top = token.workflow.top_workflow
    token._set_state(TaskState.WAITING)
    if isinstance(trigger, TimerTrigger):
        if DUE not in token.internal_data:  # a cycle's next tick comes with its instant
            tick = first_tick(trigger, visible(token), at=top.moment, element_id=token.task_spec.trigger_id)
            token.internal_data.update(kept_of(tick))
        if token.internal_data[DUE] is not None:
            top.recorder.timer_scheduled(token)
    elif isinstance(trigger, MessageTrigger):
        token.internal_data[KEY] = correlation_key(token, trigger)
        top.recorder.message_expected(token)
    elif isinstance(trigger, SignalTrigger):
        token.internal_data[SIGNAL] = trigger.name
    elif isinstance(trigger, ConditionTrigger):
        token.internal_data[HELD] = False
    else:
        raise AssertionError(f"Element '{token.task_spec.bpmn_id}' cannot wait for {trigger}")


def disarm(token: Token) -> None:
    """Tell that a withdrawn token's timer no longer runs."""
    if token.internal_data.get(DUE) is not None:
        token.workflow.top_workflow.recorder.timer_cancelled(token)


def fire(token: Token, payload: Mapping[str, Any] | None = None) -> None:
    """Let a waiting token go on with what came."""
    for key in (DUE, KEY, SIGNAL, HELD):
        token.internal_data.pop(key, None)
    token.internal_data[PAYLOAD] = dict(payload or {})
    token.task_spec.fired(token)


def next_tick(token: Token, late: LateCycles, fired_at: datetime) -> dict[str, Any] | None:
    """Return what a cycle keeps for its next tick; ``None`` if there is none."""
    kept = token.internal_data.pop(CYCLE, None)
    if kept is None:
        return None
    following = Cycle.from_json(kept).after(fired_at, late)
    return None if following is None else kept_of(following)


def becomes_true(token: Token, trigger: ConditionTrigger) -> bool:
    """Look at a condition; say whether it holds now and did not before."""
    value = trigger.condition.evaluate(
        visible(token), at=token.workflow.top_workflow.moment, element_id=token.task_spec.bpmn_id
    )
    held = token.internal_data[HELD]
    token.internal_data[HELD] = value is True
    return value is True and not held


def correlation_key(token: Token, trigger: MessageTrigger) -> str:
    """Return the key of a message that an element waits for or sends.

    Raises:
        StepFailed: it is neither text that fits where keys are stored nor a whole number.
    """
    element_id = token.task_spec.trigger_id
    if trigger.correlation_key is None:
        raise AssertionError(f"Element '{element_id}' was compiled without a correlation key")
    key = trigger.correlation_key.evaluate(
        visible(token), at=token.workflow.top_workflow.moment, element_id=element_id
    )
    written = "" if isinstance(key, bool) or not isinstance(key, str | int) else str(key)
    if not 0 < len(written) <= LONGEST_KEY or "\0" in written:
        raise StepFailed(
            f"Element '{element_id}': expected the correlation key to be text of up to {LONGEST_KEY} "
            f"characters or a whole number, but got {str(key)[:LONGEST_KEY]!r}",
            element_id=element_id,
        )
    return written


def first_tick(
    trigger: TimerTrigger,
    seen: Mapping[str, Any],
    *,
    at: Moment,
    element_id: str,
    since: datetime | None = None,
) -> datetime | Cycle | None:
    """Return when a timer fires; ``None`` if its value is null, and it never does.

    Args:
        at: when its value is evaluated.
        since: when it began to wait, if that was not at the same time.

    Raises:
        StepFailed: its value is no date, duration or cycle, or it names a variable that is not there.
    """
    value = trigger.value.evaluate(seen, at=at, element_id=element_id)
    if value is None:
        missing = trigger.value.missing_variables(seen)
        if missing:
            raise StepFailed(
                f"Element '{element_id}': expected a timer's {trigger.kind}, but there is no variable "
                f"'{missing[0]}'",
                element_id=element_id,
            )
        return None
    try:
        if not isinstance(value, str):
            raise ValueError(f"{value!r} is no text")
        if trigger.kind is TimerKind.DATE:
            return parse_instant(value)
        if trigger.kind is TimerKind.DURATION:
            return parse_duration(value).after(since or at.now)
        return parse_cycle(value, at=since or at.now)
    except ValueError as error:
        raise StepFailed(
            f"Element '{element_id}': expected a timer's {trigger.kind}, but {error}", element_id=element_id
        ) from error


def kept_of(tick: datetime | Cycle | None) -> dict[str, Any]:
    """Return what a waiting timer's token keeps of its next tick."""
    if isinstance(tick, Cycle):
        return {DUE: clock.to_text(tick.due_at), CYCLE: tick.to_json()}
    return {DUE: None if tick is None else clock.to_text(tick)}
