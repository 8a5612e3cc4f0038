"""The words of a history: names of elements and people, values as people read them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import orjson
from markupsafe import Markup

from engine.definitions.versions import Definition
from engine.history.journal import JournalEntry
from web import typography
from web.forms.values import shown_values
from web.language import gettext, ngettext, quoted
from web.model_names import element_name, field_label, result_text

#: Fields of entries and their events that hold keys of actors.
_PEOPLE = ("assignee", "previous", "owner", "delegate", "retried_by", "skipped_by")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
#: Characters of a value that is shown; the journal holds all of it.
_LONGEST = 400

#: Label and text of each value.
Values = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Knows the model at one entry and the names that its sentences need.

    Attributes:
        definitions: all definitions that the instance has followed, by hash.
        names: names of people by actor key.
        versions: numbers of definitions by hash.
        variables: process variables; a form's options may come from them.
    """

    definition: Definition
    definitions: Mapping[str, Definition]
    names: Mapping[str, str]
    versions: Mapping[str, int]
    variables: Mapping[str, Any]

    def element(self, element_id: str, definition_hash: str | None = None) -> str:
        """Return an element's name, in the definition at this entry or in another."""
        definition = self.definitions.get(definition_hash or "", self.definition)
        element = definition.model.elements.get(element_id)
        drawn = element.name if element is not None else element_id
        return element_name(definition.model.process_key, element_id, drawn)

    def person(self, key: str | None) -> str:
        """Return a person's name."""
        return self.names.get(key or "", key or "")

    def version(self, definition_hash: str) -> str:
        """Return the number of a definition's version."""
        number = self.versions.get(definition_hash)
        return definition_hash[:8] if number is None else typography.number(number)

    def form_values(self, event: Mapping[str, Any]) -> Values:
        """Return what was entered into the form of a user task."""
        element = self.definition.model.elements.get(event["element_id"])
        form = None if element is None else self.definition.forms.get(element.form_id or "")
        if form is None:
            return self.given(event["variables"])
        key = self.definition.model.process_key
        return shown_values(form, event["variables"], self.variables, process_key=key)

    def given(self, values: Mapping[str, Any]) -> Values:
        """Return values by the names of their variables."""
        return [(self.variable(name), self.value(value)) for name, value in sorted(values.items())]

    def variable(self, name: str) -> str:
        """Return a variable's name in words where it has any: its own, or those of a form field that fills it."""
        known = _variable_in_words(name)
        if known is not None:
            return known
        for form in self.definition.forms.values():
            for field in form.fields:
                if field.key == name and field.label:
                    return field_label(self.definition.model.process_key, name, field.label)
        return name

    def value(self, value: Any) -> str:
        """Return a value as people read it."""
        match value:
            case None:
                return gettext("nothing")
            case bool():
                return gettext("yes") if value else gettext("no")
            case int() | float():
                return typography.number(value, 0 if float(value).is_integer() else 2)
            case str() if _INSTANT.fullmatch(value):
                return typography.moment(value)
            case str() if _DAY.fullmatch(value):
                return _day(value)
            case str():
                return quoted(_shortened(value)) if value else gettext("empty text")
            case _:
                return _shortened(orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode())

    def change(self, event: Mapping[str, Any]) -> Values:
        """Return what became of a variable, old and new; of a context only what is different."""
        old, new = event.get("old"), event.get("new")
        name = self.variable(event["name"])
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            return [
                (f"{name} · {key}", self._from_to(key in old, old.get(key), new.get(key)))
                for key in sorted({*old, *new})
                if old.get(key) != new.get(key) or (key in old) != (key in new)
            ]
        return [(name, self._from_to(event["had_value"], old, new))]

    def _from_to(self, had_value: bool, old: Any, new: Any) -> str:
        before = self.value(old) if had_value else gettext("not set")
        return Markup("{} → {}").format(before, self.value(new))

    def result(self, result: Any) -> str:
        """Return the answer of a decision in words."""
        if isinstance(result, Mapping):
            worded = [result[key] for key in ("label", "document") if result.get(key)]
            return ", ".join(self.result(value) for value in worded or result.values() if value is not None)
        if isinstance(result, list):
            return ", ".join(self.result(value) for value in result)
        if result is None or isinstance(result, bool | int | float):
            return self.value(result)
        return result_text(self.definition.model.process_key, str(result))


def _variable_in_words(name: str) -> str | None:
    """Return the name of a variable that no form fills and people ask about."""
    match name:
        case "appraisal_due_at":
            return gettext("Appraisal due")
        case "deadline_at" | "deadline_on":
            return gettext("Deadline")
        case "explanation_due_at":
            return gettext("Explanation due")
        case "head_groups":
            return gettext("Who works on it")
        case "lead_unit":
            return gettext("Code of the unit")
        case "lead_unit_kind":
            return gettext("Kind of unit")
        case "lead_unit_name":
            return gettext("Lead unit")
        case "milestones":
            return gettext("Reminders and urging")
        case "supplement_count":
            return gettext("Supplements")
        case _:
            return None


def reason_of(reason: object) -> Values:
    """Return a reason as a value; nothing if there is none."""
    return [(gettext("Reason"), quoted(str(reason)))] if reason else []


def in_one_line(told: str, values: Values) -> str:
    """Return a sentence and the values that belong to it."""
    return Markup(" · ").join([told, *(Markup("{}: {}").format(label, value) for label, value in values)])


def span(length: timedelta) -> str:
    """Write a length of time in its two largest units: *2 ngày 3 giờ*, *45 phút*, *chưa đến một phút*."""
    minutes = int(length.total_seconds()) // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [
        ngettext("%(num)s day", "%(num)s days", days) if days else "",
        ngettext("%(num)s hour", "%(num)s hours", hours) if hours else "",
        ngettext("%(num)s minute", "%(num)s minutes", minutes) if minutes else "",
    ]
    told = [part.replace(" ", typography.NBSP) for part in parts if part][:2]
    return " ".join(told) or gettext("less than a minute")


def people_in(entries: Iterable[JournalEntry]) -> set[str]:
    """Return the keys of everybody that entries name."""
    found: set[str] = set()
    for entry in entries:
        found |= {entry.actor_key, entry.on_behalf_of or ""}
        for part in (entry.payload, entry.operator, *entry.events):
            found |= {str(part[name]) for name in _PEOPLE if part.get(name)}
    return found - {""}


def _day(text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError:
        return quoted(text)
    return typography.day(text)


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
