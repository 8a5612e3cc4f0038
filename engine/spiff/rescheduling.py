"""Moves what waits for an instant: timers, and when open user tasks are due and to be followed up."""

from datetime import datetime, timedelta

from engine import clock
from engine.spiff.elements.activities import OPEN
from engine.spiff.elements.triggers import CYCLE, DUE
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


def _later(text: str | None, by: timedelta) -> str | None:
    if text is None:
        return None
    try:
        moved: datetime = clock.from_text(text) + by
    except OverflowError:
        return text
    return clock.to_text(moved)
