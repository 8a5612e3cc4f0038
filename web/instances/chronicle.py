"""Tells the journal of an instance as a story: who did what, when, with which values, and what followed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from engine.actors import SYSTEM
from engine.definitions.versions import Definition
from engine.history.journal import JournalEntry
from web import typography
from web.forms.values import shown_values
from web.language import gettext
from web.model_names import element_name, result_text
from web.words import person_in_words


@dataclass(frozen=True, slots=True, kw_only=True)
class ChronicleEntry:
    """One command and what came of it.

    Attributes:
        kind: ``person``, ``clock`` or ``system``.
        values: what was entered, as label and text.
        effects: what the process did by itself afterwards.
    """

    sequence: int
    at: datetime
    kind: str
    icon: str
    who: str
    what: str
    values: Sequence[tuple[str, str]]
    effects: Sequence[str]
    seal: str

    @property
    def on(self) -> date:
        """The day, in Vietnam."""
        return typography.local(self.at).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Knows the model and the names that the story needs.

    Attributes:
        variables: process variables; a form's options may come from them.
    """

    definition: Definition
    names: Mapping[str, str]
    variables: Mapping[str, Any]

    def tell(self, entries: Iterable[JournalEntry]) -> list[ChronicleEntry]:
        """Return the story, the latest first."""
        return [self._entry(entry) for entry in reversed(list(entries))]

    def _entry(self, entry: JournalEntry) -> ChronicleEntry:
        kind, icon, what, values = self._deed(entry)
        return ChronicleEntry(
            sequence=entry.sequence,
            at=entry.effective_at,
            kind=kind,
            icon=icon,
            who=self._who(kind, entry),
            what=what,
            values=values,
            effects=[effect for event in entry.events if (effect := self._effect(event))],
            seal=entry.entry_hash[:12],
        )

    def _who(self, kind: str, entry: JournalEntry) -> str:
        if kind == "clock":
            return gettext("The clock")
        if entry.actor_key == SYSTEM.key:
            return gettext("The system")
        return person_in_words(self.names, entry.actor_key, entry.on_behalf_of)

    def _deed(self, entry: JournalEntry) -> tuple[str, str, str, Sequence[tuple[str, str]]]:
        match entry.command:
            case "start_instance.v1":
                return "person", "player-play", gettext("issued the assignment"), ()
            case "complete_user_task.v1":
                event = _event(entry, "user_task.completed.v1")
                name = self._name(event["element_id"])
                return "person", "check", gettext("completed “%(task)s”", task=name), self._values(event)
            case "fire_timer.v1":
                event = _event(entry, "timer.fired.v1")
                return (
                    "clock",
                    "alarm",
                    gettext("reached “%(timer)s”", timer=self._name(event["element_id"])),
                    (),
                )
            case "correlate_message.v1":
                event = _event(entry, "message.correlated.v1")
                return (
                    "person",
                    "bell",
                    gettext("sent “%(message)s”", message=self._name(event["element_id"])),
                    (),
                )
            case "cancel_instance.v1":
                event = _event(entry, "process_instance.cancelled.v1")
                reason = (gettext("Reason"), str(event.get("reason", "")))
                return "person", "x", gettext("ended the process before its time"), (reason,)
            case _:
                return "system", "settings-automation", entry.command, ()

    def _values(self, event: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
        element = self.definition.model.elements[event["element_id"]]
        form = self.definition.forms.get(element.form_id or "")
        return shown_values(
            form, event["variables"], self.variables, process_key=self.definition.model.process_key
        )

    def _effect(self, event: Mapping[str, Any]) -> str | None:
        match event["type"]:
            case "service_task.completed.v1":
                return self._name(event["element_id"])
            case "user_task.created.v1":
                return gettext("opened “%(task)s”", task=self._name(event["element_id"]))
            case "user_task.cancelled.v1":
                return gettext("withdrew “%(task)s”", task=self._name(event["element_id"]))
            case "decision.evaluated.v1":
                return f"{self._name(event['element_id'])}: {self._result(event['result'])}"
            case "process_instance.completed.v1":
                end = event.get("end_event")
                name = self._name(end) if end else gettext("end")
                return gettext("the process ended: %(end)s", end=name)
            case _:
                return None

    def _name(self, element_id: str) -> str:
        element = self.definition.model.elements.get(element_id)
        drawn = element.name if element is not None else element_id
        return element_name(self.definition.model.process_key, element_id, drawn)

    def _result(self, result: Any) -> str:
        if isinstance(result, Mapping):
            worded = [result[key] for key in ("label", "document") if result.get(key)]
            return ", ".join(self._result(value) for value in worded or result.values() if value is not None)
        if isinstance(result, list):
            return ", ".join(self._result(value) for value in result)
        if isinstance(result, (int, float)) and not isinstance(result, bool):
            return typography.number(result, 0 if float(result).is_integer() else 2)
        return result_text(self.definition.model.process_key, str(result))


def _event(entry: JournalEntry, tag: str) -> Mapping[str, Any]:
    return next(
        (event for event in entry.events if event["type"] == tag), {"element_id": "", "variables": {}}
    )
