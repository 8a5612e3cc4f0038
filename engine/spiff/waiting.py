"""What an instance at rest waits for: people, timers, messages, signals, conditions."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from engine import clock
from engine.spiff.elements.activities import OPEN, OWNER
from engine.spiff.elements.triggers import DUE, HELD, KEY, SIGNAL
from engine.spiff.results import MessageSubscription, OpenUserTask, SignalSubscription, WaitingTimer
from engine.spiff.tokens import Token
from engine.spiff.workflow import Workflow


def is_subscribed(token: Token) -> bool:
    """Say whether a token waits for a message or a signal."""
    return KEY in token.internal_data or SIGNAL in token.internal_data


def is_waiting(token: Token) -> bool:
    """Say whether something from outside can let a token go on."""
    data = token.internal_data
    return OPEN in data or data.get(DUE) is not None or not data.keys().isdisjoint((KEY, SIGNAL, HELD))


def what_waits(
    workflow: Workflow, waited_before: frozenset[UUID], renewed: Collection[UUID] = ()
) -> dict[str, Any]:
    """Return the parts of a step's result that say what an instance waits for.

    Args:
        waited_before: the tokens that were subscribed before the step.
        renewed: those of them that are subscribed to something else now.
    """
    stayed = waited_before.difference(renewed)
    user_tasks, timers, messages, signals, conditions, active = [], [], [], [], [], []
    for token in workflow.tokens():
        element = token.task_spec
        data = token.internal_data
        if token.host is None and not element.is_listening(token):
            active.append(element.bpmn_id)
        opened = data.get(OPEN)
        if opened is not None:
            user_tasks.append(_open_user_task(token, opened))
        if data.get(DUE) is not None:
            timers.append(
                WaitingTimer(
                    timer_id=token.task_id,
                    element_id=element.trigger_id,
                    due_at=clock.from_text(data[DUE]),
                )
            )
        if KEY in data:
            messages.append(
                MessageSubscription(
                    task_id=token.task_id,
                    element_id=element.trigger_id,
                    message_name=element.trigger.name,
                    correlation_key=data[KEY],
                    fresh=token.task_id not in stayed,
                )
            )
        if SIGNAL in data:
            signals.append(
                SignalSubscription(
                    task_id=token.task_id,
                    element_id=element.trigger_id,
                    signal_name=data[SIGNAL],
                    fresh=token.task_id not in stayed,
                )
            )
        if HELD in data:
            conditions.append(element.trigger_id)
    waiting = {each.task_id for each in messages} | {each.task_id for each in signals}
    return {
        "user_tasks": tuple(user_tasks),
        "timers": tuple(timers),
        "subscriptions": tuple(messages),
        "signals": tuple(signals),
        "ended_subscriptions": tuple(sorted(waited_before - (waiting & stayed))),
        "conditions": tuple(conditions),
        "active_elements": tuple(dict.fromkeys(active)),
    }


def _open_user_task(token: Token, opened: Mapping[str, Any]) -> OpenUserTask:
    def instant(text: str | None) -> datetime | None:
        return None if text is None else clock.from_text(text)

    return OpenUserTask(
        task_id=token.task_id,
        element_id=token.task_spec.bpmn_id,
        assignee=opened["assignee"],
        owner=opened.get(OWNER),
        candidate_groups=tuple(opened["groups"]),
        due_at=instant(opened["due"]),
        follow_up_at=instant(opened["follow_up"]),
        priority=opened["priority"],
        form_id=token.task_spec.extensions.assignment.form_id,
    )
