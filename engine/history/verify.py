"""Verification: every byte of a journal is checked, every command is executed again, every digest compared.

What is checked, per entry: the packed bytes; the hash of the document; its canonical form; that the row's columns
say what the document says, byte for byte; the link to the entry before; the definition's bytes; that applying the
command again gives the same events and the same state. Then, that the stored instance is what its last entry says.
What cannot be read is a difference like any other: it is named, and the other instances are still checked.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

import orjson
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from engine.canonical import canonical_bytes, sha256_hex
from engine.definitions.versions import DefinitionCache
from engine.errors import SauroError
from engine.history import raw
from engine.history.journal import GENESIS, JournalEntry, parse
from engine.history.raw import RawEntry
from engine.history.replay import definition_after, replay_entry
from engine.packing import unpack
from engine.spiff import CompiledModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The first place at which an instance's history does not hold.

    Attributes:
        instance_id: the instance; as text where what is stored is no identifier.
        sequence: the entry concerned; 0 where what is stored is no number.
        kind: stable word for what differs, e.g. ``"entry_hash"``.
    """

    instance_id: UUID | str
    sequence: int
    kind: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """The outcome for one instance; ``difference`` is ``None`` when all holds."""

    instance_id: UUID | str
    entries: int
    difference: Difference | None


class _Differs(Exception):
    def __init__(self, sequence: int, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.sequence = sequence
        self.kind = kind
        self.detail = detail


def verify_instance(connection: Connection, definitions: DefinitionCache, instance_id: UUID) -> Verified:
    """Verify one instance from its first entry to its stored state."""
    return _verify(
        connection,
        definitions,
        instance_id,
        lambda: raw.entries_of(connection, instance_id),
        partial(_check_instance, connection, instance_id),
    )


def verify_documents(
    connection: Connection,
    definitions: DefinitionCache,
    instance_id: UUID,
    documents: Sequence[bytes],
    *,
    entries: int,
    head_hash: str,
    definition_hash: str,
) -> Verified:
    """Verify the documents of an instance's entries that lie outside of the journal.

    Args:
        documents: in order.
        entries: how many there must be.
        head_hash: the hash of the last one.
        definition_hash: what it ended under.
    """

    def check_end(last: int, head: str, _digest: str, definition: str) -> None:
        if last != entries:
            raise _Differs(
                min(last, entries) + 1, "missing_entry", f"{last} entries are kept, {entries} were written"
            )
        if head != head_hash:
            raise _Differs(last, "head_hash", "the last entry is not the one that was recorded")
        if definition != definition_hash:
            raise _Differs(last, "definition", "the instance did not end under the definition recorded")

    return _verify(
        connection,
        definitions,
        instance_id,
        lambda: [
            raw.entry_of_document(connection, instance_id, sequence, document)
            for sequence, document in enumerate(documents, start=1)
        ],
        check_end,
    )


def verify_all(
    connection: Connection, definitions: DefinitionCache, *, besides: Collection[UUID] = ()
) -> Iterator[Verified]:
    """Verify every instance, then look for entries that belong to none.

    Args:
        besides: instances whose history lies elsewhere.
    """
    for stored in raw.instance_ids(connection):
        instance_id = raw.identifier_of(connection, stored)
        if instance_id is None:
            yield differing(_shown(stored), 0, 0, "instance", "the instance's identifier is none")
        elif instance_id not in besides:
            yield verify_instance(connection, definitions, instance_id)
    for row in raw.orphans(connection):
        filed = raw.identifier_of(connection, row.instance_id) or _shown(row.instance_id)
        named, sequence = _claimed(row, filed)
        yield differing(
            named,
            0,
            sequence,
            "orphan",
            f"the entry is filed under '{filed}', which is no process instance",
        )


def differing(instance_id: UUID | str, entries: int, sequence: int, kind: str, detail: str) -> Verified:
    """Return the outcome for an instance whose history does not hold."""
    difference = Difference(instance_id=instance_id, sequence=sequence, kind=kind, detail=detail)
    return Verified(instance_id=instance_id, entries=entries, difference=difference)


def _verify(
    connection: Connection,
    definitions: DefinitionCache,
    instance_id: UUID,
    rows: Callable[[], Sequence[RawEntry]],
    check_end: Callable[[int, str, str, str], None],
) -> Verified:
    checked = 0
    try:
        state, head, digest, definition_hash = b"", GENESIS, "", ""
        for expected, row in enumerate(rows(), start=1):
            entry = _checked_entry(connection, row, instance_id, expected, head)
            state, digest = _executed(connection, definitions, entry, state, definition_hash)
            head, definition_hash = entry.entry_hash, entry.definition_hash
            checked += 1
        check_end(checked, head, digest, definition_hash)
    except _Differs as found:
        return differing(instance_id, checked, found.sequence, found.kind, found.detail)
    except (SQLAlchemyError, SauroError, *_UNREADABLE) as error:
        return differing(instance_id, checked, checked + 1, "unreadable", f"it cannot be read: {error}")
    return Verified(instance_id=instance_id, entries=checked, difference=None)


#: What foreign bytes make our own readers raise.
_UNREADABLE = (ValueError, TypeError, KeyError, AttributeError)


def _claimed(row: RawEntry, filed: UUID | str) -> tuple[UUID | str, int]:
    """Return instance and sequence of a stray entry: what its document says, else what its columns hold."""
    try:
        document = orjson.loads(unpack(row.document))
        return UUID(document["instance_id"]), int(document["sequence"])
    except _UNREADABLE:
        return filed, int(row.sequence) if row.sequence.isdigit() else 0


def _shown(stored: bytes) -> str:
    return stored.decode("ascii", "backslashreplace")


def _checked_entry(
    connection: Connection, row: RawEntry, instance_id: UUID, expected: int, head: str
) -> JournalEntry:
    if row.sequence != str(expected).encode():
        raise _Differs(
            expected, "missing_entry", f"entry {expected} is missing; the next is {_shown(row.sequence)}"
        )
    try:
        document = unpack(row.document)
    except ValueError as error:
        raise _Differs(expected, "document", f"the document cannot be unpacked: {error}") from error
    if sha256_hex(document) != row.entry_hash.hex():
        raise _Differs(expected, "entry_hash", "the document does not have the recorded hash")
    try:
        canonical = canonical_bytes(orjson.loads(document)) == document
        entry = parse(document, row.entry_hash.hex())
    except ValueError as error:
        raise _Differs(expected, "document", f"the document cannot be read: {error}") from error
    if not canonical:
        raise _Differs(expected, "document", "the document is not in canonical form")
    said = (
        raw.stored_form(connection, entry.instance_id),
        entry.sequence,
        raw.stored_form(connection, entry.command_id),
    )
    held = (row.instance_id, expected, row.command_id)
    if said != held or entry.instance_id != instance_id or not row.well_typed:
        raise _Differs(expected, "columns", "the row's columns do not say what its document says")
    if entry.previous != head:
        raise _Differs(expected, "chain", "the entry does not follow the one before it")
    return entry


def _executed(
    connection: Connection, definitions: DefinitionCache, entry: JournalEntry, state: bytes, before: str
) -> tuple[bytes, str]:
    def find_model(definition_hash: str) -> CompiledModel:
        return definitions.get(connection, definition_hash).model

    try:
        if entry.definition_hash != definition_after(before, entry):
            raise _Differs(
                entry.sequence, "definition", "the entry names another definition than the command leads to"
            )
        model = find_model(before or entry.definition_hash)
        step = replay_entry(model, state, entry, find_model=find_model)
    except (SQLAlchemyError, SauroError, *_UNREADABLE) as error:
        raise _Differs(entry.sequence, "replay", f"the command cannot be executed again: {error}") from error
    if step.digest != entry.state_digest:
        raise _Differs(entry.sequence, "state_digest", "executing the command again gives another state")
    if list(step.stored_events) != entry.events:
        raise _Differs(entry.sequence, "events", "executing the command again gives other events")
    return step.state, step.digest


def _check_instance(
    connection: Connection, instance_id: UUID, last: int, head: str, digest: str, definition_hash: str
) -> None:
    row = raw.instance(connection, instance_id)
    if row is None:
        raise _Differs(last, "instance_missing", "the journal's process instance does not exist")
    if row.sequence != str(last).encode():
        raise _Differs(
            last + 1,
            "missing_entry",
            f"the instance is at entry {_shown(row.sequence)}, its journal ends at {last}",
        )
    if row.head_hash != head.encode():
        raise _Differs(last, "instance", "the instance names another last entry")
    if row.state_digest != digest.encode():
        raise _Differs(last, "instance", "the instance names another state")
    if row.definition_hash != definition_hash.encode():
        raise _Differs(last, "instance", "the instance names another definition")
    try:
        stored = sha256_hex(unpack(row.state))
    except _UNREADABLE:
        stored = ""
    if stored != digest:
        raise _Differs(last, "instance_state", "the stored state is not the one its journal leads to")
