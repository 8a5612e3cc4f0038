"""What came of it: one sentence for every event."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from web import typography
from web.instances.vocabulary import Vocabulary, in_one_line, reason_of
from web.language import gettext

Event = Mapping[str, Any]

#: Events that only say how the machine got on; they are told among the details.
DETAILS = frozenset(
    {
        "element.completed.v1",
        "message.expected.v1",
        "process_instance.started.v1",
        "timer.cancelled.v1",
        "timer.scheduled.v1",
    }
)


def effect_of(event: Event, words: Vocabulary) -> str:
    """Return an event in words."""
    tell = _EFFECTS.get(event["type"])
    return gettext("something else happened") if tell is None else tell(event, words)


def _name(event: Event, words: Vocabulary) -> str:
    return words.element(event["element_id"])


def _skipped(event: Event, words: Vocabulary) -> str:
    told = gettext(
        "%(person)s skipped “%(name)s”",
        person=words.person(event["skipped_by"]),
        name=words.element(event["element_id"]),
    )
    return in_one_line(told, [*words.given(event["result"]), *reason_of(event["reason"])])


def _erred(event: Event, words: Vocabulary) -> str:
    return gettext(
        "“%(name)s” reported an error: %(message)s",
        name=words.element(event["element_id"]),
        message=event.get("message") or event["error_code"],
    )


def _error_caught(event: Event, words: Vocabulary) -> str:
    return gettext(
        "the error of “%(name)s” was taken up by “%(catcher)s”",
        name=words.element(event["element_id"]),
        catcher=words.element(event["caught_by"]),
    )


def _escalation(event: Event, words: Vocabulary) -> str:
    caught_by = event.get("caught_by")
    name = words.element(event["element_id"])
    if caught_by is None:
        return gettext("“%(name)s” escalated; nothing took it up", name=name)
    return gettext("“%(name)s” escalated to “%(catcher)s”", name=name, catcher=words.element(caught_by))


def _compensation(event: Event, words: Vocabulary) -> str:
    undone = ", ".join(words.element(activity) for activity in event["activity_ids"])
    return gettext("undoing began: %(activities)s", activities=undone or "–")


def _decision(event: Event, words: Vocabulary) -> str:
    return f"{words.element(event['element_id'])}: {words.result(event['result'])}"


def _assigned(event: Event, words: Vocabulary) -> str:
    task, assignee = words.element(event["element_id"]), event.get("assignee")
    if assignee is None:
        return gettext("“%(task)s” is with its group again", task=task)
    if event["how"] == "delegated":
        return gettext(
            "“%(task)s” is with %(person)s, who gives it back to %(owner)s",
            task=task,
            person=words.person(assignee),
            owner=words.person(event.get("owner")),
        )
    return gettext("“%(task)s” is with %(person)s", task=task, person=words.person(assignee))


def _task_moved(event: Event, words: Vocabulary) -> str:
    old, new = event.get("previous_due_at"), event.get("due_at")
    if old == new:
        old, new = event.get("previous_follow_up_at"), event.get("follow_up_at")
    return gettext(
        "“%(name)s” is due at another time: %(old)s → %(new)s",
        name=words.element(event["element_id"]),
        old=typography.moment(old),
        new=typography.moment(new),
    )


def _task_regrouped(event: Event, words: Vocabulary) -> str:
    return gettext("“%(task)s” waits for other people now", task=_name(event, words))


def _timer_moved(event: Event, words: Vocabulary) -> str:
    return gettext(
        "“%(name)s” comes at another time: %(old)s → %(new)s",
        name=words.element(event["element_id"]),
        old=typography.moment(event["previous_due_at"]),
        new=typography.moment(event["due_at"]),
    )


def _timer_set(event: Event, words: Vocabulary) -> str:
    return gettext(
        "“%(name)s” is set for %(at)s",
        name=words.element(event["element_id"]),
        at=typography.moment(event["due_at"]),
    )


def _variable(event: Event, words: Vocabulary) -> str:
    return in_one_line(gettext("a value was changed"), words.change(event))


def _token(event: Event, words: Vocabulary) -> str:
    return gettext(
        "the process went from “%(source)s” to “%(target)s”",
        source=words.element(event["element_id"]),
        target=words.element(event["to_element_id"]),
    )


def _migrated(event: Event, words: Vocabulary) -> str:
    return gettext(
        "the process follows version %(target)s of its model, no longer version %(source)s",
        source=words.version(event["from_definition"]),
        target=words.version(event["to_definition"]),
    )


def _ended(event: Event, words: Vocabulary) -> str:
    end = event.get("end_event")
    return gettext("the process ended: %(end)s", end=words.element(end) if end else gettext("end"))


def _signal(event: Event, _words: Vocabulary) -> str:
    return gettext("the signal “%(signal)s” was sent", signal=event["signal_name"])


def _heard(event: Event, words: Vocabulary) -> str:
    return gettext(
        "“%(name)s” heard the signal “%(signal)s”",
        name=words.element(event["element_id"]),
        signal=event["signal_name"],
    )


#: How each event is told, by its tag.
_EFFECTS: Mapping[str, Callable[[Event, Vocabulary], str]] = MappingProxyType(
    {
        "process_instance.started.v1": lambda _event, _words: gettext("the process began"),
        "process_instance.completed.v1": _ended,
        "process_instance.cancelled.v1": lambda _event, _words: gettext("the process was ended"),
        "process_instance.suspended.v1": lambda _event, _words: gettext("the process was suspended"),
        "process_instance.resumed.v1": lambda _event, _words: gettext("the process went on"),
        "process_instance.migrated.v1": _migrated,
        "element.completed.v1": lambda event, words: gettext("passed “%(name)s”", name=_name(event, words)),
        "user_task.created.v1": lambda event, words: gettext("opened “%(task)s”", task=_name(event, words)),
        "user_task.completed.v1": lambda event, words: gettext(
            "“%(name)s” was completed", name=_name(event, words)
        ),
        "user_task.cancelled.v1": lambda event, words: gettext(
            "withdrew “%(task)s”", task=_name(event, words)
        ),
        "user_task.assigned.v1": _assigned,
        "user_task.rescheduled.v1": _task_moved,
        "user_task.regrouped.v1": _task_regrouped,
        "timer.scheduled.v1": _timer_set,
        "timer.fired.v1": lambda event, words: gettext("reached “%(timer)s”", timer=_name(event, words)),
        "timer.cancelled.v1": lambda event, words: gettext(
            "“%(name)s” is no longer awaited", name=_name(event, words)
        ),
        "timer.rescheduled.v1": _timer_moved,
        "message.correlated.v1": lambda event, words: gettext(
            "the message for “%(name)s” arrived", name=_name(event, words)
        ),
        "message.expected.v1": lambda event, words: gettext(
            "“%(name)s” waits for a message", name=_name(event, words)
        ),
        "message.sent.v1": lambda event, words: gettext(
            "“%(name)s” sent a message", name=_name(event, words)
        ),
        "signal.thrown.v1": _signal,
        "signal.received.v1": _heard,
        "service_task.completed.v1": _name,
        "service_task.skipped.v1": _skipped,
        "service_task.erred.v1": _erred,
        "error.thrown.v1": _error_caught,
        "escalation.thrown.v1": _escalation,
        "compensation.started.v1": _compensation,
        "decision.evaluated.v1": _decision,
        "variable.changed.v1": _variable,
        "token.moved.v1": _token,
    }
)
