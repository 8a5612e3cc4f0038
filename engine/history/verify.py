"""Verification: every byte of a journal is checked, every command is executed again, every digest compared.

What is checked, per entry: the hash of the document; its canonical form; that the row's columns say what the
document says; the link to the entry before; the definition's bytes; that applying the command again gives the
same events and the same state. Then, that the stored instance is what its last entry says.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
import zstandard
from sqlalchemy import select
from sqlalchemy.engine import Connection

from engine.canonical import canonical_bytes, sha256_hex
from engine.definitions.versions import DefinitionCache
from engine.errors import SauroError
from engine.history.journal import GENESIS, JournalEntry, parse, read_rows
from engine.history.replay import replay_entry
from engine.instances.instance import unpack
from engine.tables import journal, process_instance


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The first place at which an instance's history does not hold.

    Attributes:
        sequence: the entry concerned.
        kind: stable word for what differs, e.g. ``"entry_hash"``.
    """

    instance_id: UUID
    sequence: int
    kind: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """The outcome for one instance; ``difference`` is ``None`` when all holds."""

    instance_id: UUID
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
    rows = list(read_rows(connection, instance_id))
    checked = 0
    try:
        state, head, digest = b"", GENESIS, ""
        for expected, row in enumerate(rows, start=1):
            entry = _checked_entry(row, instance_id, expected, head)
            state, digest = _executed(connection, definitions, entry, state)
            head = entry.entry_hash
            checked += 1
        _check_instance(connection, instance_id, len(rows), head, digest)
    except _Differs as found:
        difference = Difference(
            instance_id=instance_id, sequence=found.sequence, kind=found.kind, detail=found.detail
        )
        return Verified(instance_id=instance_id, entries=checked, difference=difference)
    return Verified(instance_id=instance_id, entries=checked, difference=None)


def verify_all(connection: Connection, definitions: DefinitionCache) -> Iterator[Verified]:
    """Verify every instance, then look for entries that belong to none."""
    instance_ids = connection.scalars(select(process_instance.c.id).order_by(process_instance.c.id)).all()
    for instance_id in instance_ids:
        yield verify_instance(connection, definitions, instance_id)
    orphans = connection.execute(
        select(journal.c.instance_id, journal.c.sequence)
        .outerjoin(process_instance, process_instance.c.id == journal.c.instance_id)
        .where(process_instance.c.id.is_(None))
        .order_by(journal.c.instance_id, journal.c.sequence)
    )
    for orphan in orphans:
        difference = Difference(
            instance_id=orphan.instance_id,
            sequence=orphan.sequence,
            kind="orphan",
            detail="the entry belongs to no process instance",
        )
        yield Verified(instance_id=orphan.instance_id, entries=0, difference=difference)


def _checked_entry(row: Any, instance_id: UUID, expected: int, head: str) -> JournalEntry:
    if row.sequence != expected:
        raise _Differs(expected, "missing_entry", f"entry {expected} is missing; the next is {row.sequence}")
    document = bytes(row.document)
    if sha256_hex(document) != row.entry_hash:
        raise _Differs(expected, "entry_hash", "the document does not have the recorded hash")
    try:
        canonical = canonical_bytes(orjson.loads(document)) == document
        entry = parse(row)
    except ValueError as error:
        raise _Differs(expected, "document", f"the document cannot be read: {error}") from error
    if not canonical:
        raise _Differs(expected, "document", "the document is not in canonical form")
    if (entry.instance_id, entry.sequence, entry.command_id) != (instance_id, row.sequence, row.command_id):
        raise _Differs(expected, "columns", "the row's columns do not say what its document says")
    if entry.previous != head:
        raise _Differs(expected, "chain", "the entry does not follow the one before it")
    return entry


def _executed(
    connection: Connection, definitions: DefinitionCache, entry: JournalEntry, state: bytes
) -> tuple[bytes, str]:
    try:
        model = definitions.get(connection, entry.definition_hash).model
        step = replay_entry(model, state, entry)
    except (SauroError, KeyError, TypeError, ValueError) as error:
        raise _Differs(entry.sequence, "replay", f"the command cannot be executed again: {error}") from error
    if step.digest != entry.state_digest:
        raise _Differs(entry.sequence, "state_digest", "executing the command again gives another state")
    if list(step.stored_events) != entry.events:
        raise _Differs(entry.sequence, "events", "executing the command again gives other events")
    return step.state, step.digest


def _check_instance(connection: Connection, instance_id: UUID, last: int, head: str, digest: str) -> None:
    row = connection.execute(
        select(process_instance).where(process_instance.c.id == instance_id)
    ).one_or_none()
    if row is None:
        raise _Differs(last, "instance_missing", "the journal's process instance does not exist")
    if row.sequence != last:
        raise _Differs(
            last + 1, "missing_entry", f"the instance is at entry {row.sequence}, its journal ends at {last}"
        )
    if row.head_hash != head:
        raise _Differs(last, "instance", "the instance names another last entry")
    if row.state_digest != digest:
        raise _Differs(last, "instance", "the instance names another state")
    try:
        stored = sha256_hex(unpack(row.state))
    except zstandard.ZstdError:
        stored = ""
    if stored != digest:
        raise _Differs(last, "instance_state", "the stored state is not the one its journal leads to")
