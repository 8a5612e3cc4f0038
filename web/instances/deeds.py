"""What somebody did: one sentence for every command, with its reason and values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from engine import clock
from engine.history.journal import JournalEntry
from web.instances.vocabulary import Values, Vocabulary, reason_of, span
from web.language import gettext, ngettext


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """A command in words, to stand after who gave it.

    Attributes:
        kind: ``person``, ``clock`` or ``system``.
        event: tag of the event that says the same.
    """

    icon: str
    what: str
    values: Values = ()
    kind: str = "person"
    event: str = ""


def deed_of(entry: JournalEntry, words: Vocabulary) -> Deed:
    """Return what the command of an entry did."""
    tell = _DEEDS.get(entry.command)
    if tell is None:
        return Deed(icon="settings-automation", what=gettext("changed the process"), kind="system")
    return tell(entry, words)


def _start(_entry: JournalEntry, _words: Vocabulary) -> Deed:
    return Deed(
        icon="player-play", what=gettext("issued the assignment"), event="process_instance.started.v1"
    )


def _complete(entry: JournalEntry, words: Vocabulary) -> Deed:
    event = _event(entry, "user_task.completed.v1")
    what = gettext("completed “%(task)s”", task=words.element(event["element_id"]))
    return Deed(icon="check", what=what, values=words.form_values(event), event=event["type"])


def _correlate(entry: JournalEntry, words: Vocabulary) -> Deed:
    event = _event(entry, "message.correlated.v1")
    values = [*reason_of(entry.payload.get("reason")), *words.given(event["variables"])]
    what = gettext("sent “%(message)s”", message=words.element(event["element_id"]))
    return Deed(icon="bell", what=what, values=values, event=event["type"])


def _signal(entry: JournalEntry, words: Vocabulary) -> Deed:
    what = gettext("sent the signal “%(signal)s”", signal=entry.payload["signal_name"])
    values = words.given(entry.payload["variables"])
    return Deed(icon="bell", what=what, values=values, event="signal.received.v1")


def _fire(entry: JournalEntry, words: Vocabulary) -> Deed:
    event = _event(entry, "timer.fired.v1")
    what = gettext("reached “%(timer)s”", timer=words.element(event["element_id"]))
    return Deed(icon="alarm", what=what, kind="clock", event=event["type"])


def _cancel(entry: JournalEntry, _words: Vocabulary) -> Deed:
    return Deed(
        icon="x",
        what=gettext("ended the process before its time"),
        values=reason_of(entry.payload["reason"]),
        event="process_instance.cancelled.v1",
    )


def _claim(entry: JournalEntry, words: Vocabulary) -> Deed:
    event = _event(entry, "user_task.assigned.v1")
    what = gettext("took “%(task)s” over", task=words.element(event["element_id"]))
    return Deed(icon="hand-grab", what=what, event=event["type"])


def _release(entry: JournalEntry, words: Vocabulary) -> Deed:
    event = _event(entry, "user_task.assigned.v1")
    what = gettext("gave “%(task)s” back to its group", task=words.element(event["element_id"]))
    values = reason_of(entry.payload["reason"])
    return Deed(icon="arrow-back-up", what=what, values=values, event=event["type"])


def _assign(entry: JournalEntry, words: Vocabulary) -> Deed:
    event = _event(entry, "user_task.assigned.v1")
    task, assignee = words.element(event["element_id"]), entry.payload["assignee"]
    what = (
        gettext("gave “%(task)s” back to its group", task=task)
        if assignee is None
        else gettext("assigned “%(task)s” to %(person)s", task=task, person=words.person(assignee))
    )
    before = [(gettext("Had it before"), words.person(event["previous"]))] if event.get("previous") else []
    values = [*before, *reason_of(entry.payload["reason"])]
    return Deed(icon="user-check", what=what, values=values, event=event["type"])


def _delegate(entry: JournalEntry, words: Vocabulary) -> Deed:
    event = _event(entry, "user_task.assigned.v1")
    what = gettext(
        "let %(person)s work on “%(task)s” and give it back",
        person=words.person(entry.payload["delegate"]),
        task=words.element(event["element_id"]),
    )
    values = reason_of(entry.payload["reason"])
    return Deed(icon="user-share", what=what, values=values, event=event["type"])


def _return(entry: JournalEntry, words: Vocabulary) -> Deed:
    event = _event(entry, "user_task.assigned.v1")
    what = gettext(
        "returned “%(task)s” to %(person)s",
        task=words.element(event["element_id"]),
        person=words.person(event.get("assignee")),
    )
    values = reason_of(entry.payload["reason"])
    return Deed(icon="arrow-back-up", what=what, values=values, event=event["type"])


def _suspend(entry: JournalEntry, _words: Vocabulary) -> Deed:
    return Deed(
        icon="player-pause",
        what=gettext("suspended the process"),
        values=reason_of(entry.payload["reason"]),
        event="process_instance.suspended.v1",
    )


def _resume(entry: JournalEntry, _words: Vocabulary) -> Deed:
    event = _event(entry, "process_instance.resumed.v1")
    since = event.get("suspended_at")
    what = (
        gettext("let the process go on")
        if since is None
        else gettext(
            "let the process go on after a pause of %(length)s",
            length=span(entry.effective_at - clock.from_text(since)),
        )
    )
    values = reason_of(entry.payload["reason"])
    return Deed(icon="player-play", what=what, values=values, event=event["type"])


def _set_variables(entry: JournalEntry, words: Vocabulary) -> Deed:
    what = ngettext("changed %(num)s value", "changed %(num)s values", len(entry.payload["variables"]))
    values = [*_changes(entry, words), *reason_of(entry.payload["reason"])]
    return Deed(icon="variable", what=what, values=values, event="variable.changed.v1")


def _move(entry: JournalEntry, words: Vocabulary) -> Deed:
    what = gettext(
        "moved the process from “%(source)s” to “%(target)s”",
        source=words.element(entry.payload["from_element"]),
        target=words.element(entry.payload["to_element"]),
    )
    values = [*_changes(entry, words), *reason_of(entry.payload["reason"])]
    return Deed(icon="route", what=what, values=values, event="token.moved.v1")


def _recompute(entry: JournalEntry, words: Vocabulary) -> Deed:
    values = [*_changes(entry, words), *reason_of(entry.payload["reason"])]
    return Deed(icon="clock-edit", what=gettext("computed deadlines and due dates again"), values=values)


def _reassign(entry: JournalEntry, words: Vocabulary) -> Deed:
    values = [*_changes(entry, words), *reason_of(entry.payload["reason"])]
    return Deed(icon="building", what=gettext("gave the open tasks to another unit"), values=values)


def _migrate(entry: JournalEntry, words: Vocabulary) -> Deed:
    event = _event(entry, "process_instance.migrated.v1")
    source, target = event["from_definition"], event["to_definition"]
    what = gettext(
        "moved the process from version %(source)s of its model to version %(target)s",
        source=words.version(source),
        target=words.version(target),
    )
    moved = [
        (gettext("Step"), f"{words.element(each['from'], source)} → {words.element(each['to'], target)}")
        for each in event["moved"]
    ]
    values = [*moved, *reason_of(entry.payload["reason"])]
    return Deed(icon="git-branch", what=what, values=values, event=event["type"])


def _retry(_entry: JournalEntry, _words: Vocabulary) -> Deed:
    return Deed(icon="refresh", what=gettext("tried the failed step again"))


def _skip(entry: JournalEntry, words: Vocabulary) -> Deed:
    values = [*words.given(entry.payload["output"]), *reason_of(entry.payload["reason"])]
    return Deed(icon="player-skip-forward", what=gettext("skipped the failed step"), values=values)


def _changes(entry: JournalEntry, words: Vocabulary) -> list[tuple[str, str]]:
    changed = (event for event in entry.events if event["type"] == "variable.changed.v1")
    return [line for event in changed for line in words.change(event)]


def _event(entry: JournalEntry, tag: str) -> Mapping[str, Any]:
    return next(event for event in entry.events if event["type"] == tag)


#: How each command is told, by its tag.
_DEEDS: Mapping[str, Callable[[JournalEntry, Vocabulary], Deed]] = MappingProxyType(
    {
        "start_instance.v1": _start,
        "complete_user_task.v1": _complete,
        "correlate_message.v1": _correlate,
        "receive_signal.v1": _signal,
        "fire_timer.v1": _fire,
        "cancel_instance.v1": _cancel,
        "claim_user_task.v1": _claim,
        "release_user_task.v1": _release,
        "assign_user_task.v1": _assign,
        "delegate_user_task.v1": _delegate,
        "return_user_task.v1": _return,
        "suspend_instance.v1": _suspend,
        "resume_instance.v1": _resume,
        "set_variables.v1": _set_variables,
        "move_token.v1": _move,
        "recompute_due_dates.v1": _recompute,
        "reassign_candidates.v1": _reassign,
        "migrate_instance.v1": _migrate,
        "retry_incident.v1": _retry,
        "skip_service_task.v1": _skip,
    }
)
