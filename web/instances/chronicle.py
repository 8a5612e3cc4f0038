"""Tells the journal of an instance as a story: who did what, when, with which values, and what followed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from engine.actors import SYSTEM
from engine.definitions.versions import Definition
from engine.history.journal import JournalEntry
from web import typography
from web.instances.deeds import Deed, deed_of
from web.instances.effects import DETAILS, effect_of
from web.instances.vocabulary import Values, Vocabulary, in_one_line, reason_of
from web.language import gettext
from web.words import person_in_words


@dataclass(frozen=True, slots=True, kw_only=True)
class ChronicleEntry:
    """One command and what came of it.

    Attributes:
        kind: ``person``, ``clock`` or ``system``.
        values: what was entered or changed, and why, as label and text.
        effects: what the process did by itself afterwards.
        details: how the machine got on meanwhile.
    """

    sequence: int
    at: datetime
    kind: str
    icon: str
    who: str
    what: str
    values: Values
    effects: Sequence[str]
    details: Sequence[str]
    seal: str

    @property
    def on(self) -> date:
        """The day, in Vietnam."""
        return typography.local(self.at).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Knows the models and the names that the story needs.

    Attributes:
        definitions: the definitions that the instance has followed, by hash; ``versions``: their numbers.
        variables: process variables; a form's options may come from them.
    """

    definitions: Mapping[str, Definition]
    versions: Mapping[str, int]
    names: Mapping[str, str]
    variables: Mapping[str, Any]

    def tell(self, entries: Iterable[JournalEntry]) -> list[ChronicleEntry]:
        """Return the story, the latest first."""
        return [self._entry(entry) for entry in reversed(list(entries))]

    def words(self, definition_hash: str) -> Vocabulary:
        """Return the words for an entry under one of the definitions."""
        return Vocabulary(
            definition=self.definitions[definition_hash],
            definitions=self.definitions,
            names=self.names,
            versions=self.versions,
            variables=self.variables,
        )

    def _entry(self, entry: JournalEntry) -> ChronicleEntry:
        words = self.words(entry.definition_hash)
        deed = deed_of(entry, words)
        followed = [event for event in entry.events if event["type"] != deed.event]
        effects = [effect_of(event, words) for event in followed if not _is_detail(event, deed)]
        effects = [*_again(entry, words), *effects]
        return ChronicleEntry(
            sequence=entry.sequence,
            at=entry.effective_at,
            kind=deed.kind,
            icon=deed.icon,
            who=self._who(deed, entry),
            what=deed.what,
            values=deed.values,
            effects=effects,
            details=[effect_of(event, words) for event in followed if _is_detail(event, deed)],
            seal=entry.entry_hash[:12],
        )

    def _who(self, deed: Deed, entry: JournalEntry) -> str:
        if deed.kind == "clock":
            return gettext("The clock")
        if entry.actor_key == SYSTEM.key:
            return gettext("The system")
        return person_in_words(self.names, entry.actor_key, entry.on_behalf_of)


def _again(entry: JournalEntry, words: Vocabulary) -> Sequence[str]:
    """Say who had a command that failed applied again, and why."""
    by = entry.operator.get("retried_by")
    if by is None:
        return ()
    told = gettext("tried again by %(person)s after it had failed", person=words.person(by))
    return [in_one_line(told, reason_of(entry.operator.get("retry_reason")))]


def _is_detail(event: Mapping[str, Any], deed: Deed) -> bool:
    """Tell whether an event goes among the details; changes that a deed lists itself are not told twice."""
    if event["type"] == "variable.changed.v1":
        return bool(deed.values)
    return event["type"] in DETAILS
