"""Moves what waits for an instant: timers, and when open user tasks are due and to be followed up."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from engine import clock
from engine.errors import ElementNotWaiting, InvalidVariables, StepFailed
from engine.spiff.details import TimerKind
from engine.spiff.elements.activities import OPEN
from engine.spiff.elements.gateways import RACE
from engine.spiff.elements.opening import dates
from engine.spiff.elements.triggers import CYCLE, DUE, first_tick, kept_of
from engine.spiff.schedule import Cycle
from engine.spiff.tokens import Token
from engine.spiff.variables import visible
from engine.spiff.workflow import Workflow


def postpone(workflow: Workflow, by: timedelta) -> None:
    """Move everything by the length of a pause, so that the time that was left is left still.

    A cycle's next tick moves by exactly that, and so does its anchor, from which the later ticks count: those keep
    their distances, and calendar months are counted from another day. What would lie beyond the calendar stays.
    """
    if not by:
        return
    for token in workflow.tokens():
        data = token.internal_data
        due = data.get(DUE)
        if due is not None:
            data[DUE] = _later(due, by)
            if CYCLE in data:
                anchor, *rest = data[CYCLE]
                data[CYCLE] = [_later(anchor, by), *rest]
            workflow.recorder.timer_rescheduled(token, due)
        opened = data.get(OPEN)
        if opened is not None and (opened["due"] is not None or opened["follow_up"] is not None):
            data[OPEN] = {
                **opened,
                "due": _later(opened["due"], by),
                "follow_up": _later(opened["follow_up"], by),
            }
            workflow.recorder.user_task_rescheduled(token, opened)


def durations(workflow: Workflow) -> list[Token]:
    """Return the waiting timers that count from when they began to wait."""
    return [
        token
        for token in workflow.tokens()
        if token.internal_data.get(DUE) is not None and token.task_spec.trigger.kind is TimerKind.DURATION
    ]


def recompute(workflow: Workflow, element_ids: frozenset[str], since: Mapping[str, datetime]) -> bool:
    """Evaluate again when everything is due that waits; say whether anything is due at another time.

    A duration counts from when its timer began to wait, a cycle from its anchor, with the ticks it has had; a date
    is what its variables say, so that one which a pause has moved is where it was unless they say otherwise. What
    would have been due before now fires as soon as the clock looks.

    Args:
        element_ids: only these elements; all if empty.
        since: when each timer with a duration began to wait, by its identifier.

    Raises:
        ElementNotWaiting: one of the elements does not wait for an instant.
        InvalidVariables: something is no date any more, or waits for nothing else and would wait for ever.
    """
    missing = set(element_ids)
    changed = False
    for token in list(workflow.tokens()):
        element = token.task_spec
        try:
            if DUE in token.internal_data and (not element_ids or element.trigger_id in element_ids):
                missing.discard(element.trigger_id)
                changed |= _recompute_timer(token, since.get(str(token.task_id)))
            if OPEN in token.internal_data and (not element_ids or element.bpmn_id in element_ids):
                missing.discard(element.bpmn_id)
                changed |= _recompute_task(token)
        except StepFailed as failure:
            raise _refused(token, failure.message, "not_a_date") from failure
    if missing:
        element_id = min(missing)
        raise ElementNotWaiting(
            f"Expected element '{element_id}' to wait for an instant, but it does not", element_id=element_id
        )
    return changed


def _recompute_timer(token: Token, since: datetime | None) -> bool:
    data, top = token.internal_data, token.workflow.top_workflow
    before, cycle = data[DUE], None if CYCLE not in data else Cycle.from_json(data[CYCLE])
    tick = first_tick(
        token.task_spec.trigger,
        visible(token),
        at=top.moment,
        element_id=token.task_spec.trigger_id,
        since=since if cycle is None else cycle.anchor,
    )
    if isinstance(tick, Cycle) and cycle is not None:
        tick = tick.at_index(cycle.index)
    kept = kept_of(tick)
    if kept == {key: data[key] for key in (DUE, CYCLE) if key in data}:
        return False
    if kept[DUE] is None and not _may_wait_for_ever(token):
        raise _refused(token, "expected a timer to have an instant, but it would have none", "no_instant")
    if before is None:  # a timer that was not one gets an identifier of its own
        scope = token.workflow
        scope.remove(token)
        scope.place(token.task_spec, host=token.host, **{**data, **kept})
        return True
    if kept[DUE] is None:
        top.recorder.timer_cancelled(token)
    data.pop(CYCLE, None)
    data.update(kept)
    if kept[DUE] not in (None, before):
        top.recorder.timer_rescheduled(token, before)
    return True


def _recompute_task(token: Token) -> bool:
    before = token.internal_data[OPEN]
    element = token.task_spec
    found = dates(element.bpmn_id, element.extensions.assignment, visible(token), token)
    if found == {key: before[key] for key in found}:
        return False
    token.internal_data[OPEN] = {**before, **found}
    token.workflow.top_workflow.recorder.user_task_rescheduled(token, before)
    return True


def _may_wait_for_ever(token: Token) -> bool:
    """Say whether something else goes on while a timer never comes."""
    return token.task_spec.element_type != "intermediateCatchEvent" or RACE in token.internal_data


def _refused(token: Token, message: str, code: str) -> InvalidVariables:
    element_id = token.task_spec.trigger_id
    return InvalidVariables(
        message if element_id in message else f"Element '{element_id}': {message}",
        errors=[{"key": element_id, "code": code}],
    )


def _later(text: str | None, by: timedelta) -> str | None:
    if text is None:
        return None
    try:
        moved: datetime = clock.from_text(text) + by
    except OverflowError:
        return text
    return clock.to_text(moved)
