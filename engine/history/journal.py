"""The journal: one entry per command, append-only, chained by SHA-256.

An entry is a *document*, the canonical JSON (RFC 8785) of everything there is to know about the command and what
came of it. ``entry_hash`` is the SHA-256 of the document, and each document names the hash of the one before.
The table holds the document packed (:mod:`engine.packing`).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import bindparam, insert, select
from sqlalchemy.engine import Connection

from engine import ENGINE_VERSION, clock
from engine.canonical import canonical_bytes, sha256_hex
from engine.commands import Command
from engine.database import UNREAD
from engine.packing import Packing, pack, unpack
from engine.spiff import CODEC_VERSION, StepResult
from engine.tables import journal
from engine.writes import Writes

#: What the first entry of an instance names as its predecessor.
GENESIS = "0" * 64

#: The versions of behaviour that a replay depends on.
VERSIONS = {"engine": ENGINE_VERSION, "codec": CODEC_VERSION}

#: What an entry notes of an operator who let a failed command be applied again.
OPERATOR = ("retried_by", "retry_reason", "skipped_by", "skip_reason", "operation")

_INSERT = insert(journal).execution_options(**UNREAD)
_FIND_BY_COMMAND = select(journal.c.document, journal.c.entry_hash).where(
    journal.c.command_id == bindparam("command_id")
)
_JOURNAL_OF = (
    select(journal.c.document, journal.c.entry_hash)
    .where(journal.c.instance_id == bindparam("instance_id"))
    .order_by(journal.c.sequence)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """One entry, read back.

    Attributes:
        effective_at: the instant the command acted at; a timer's due time.
        recorded_at: when it was written.
        request: SHA-256 of what was asked, before it was completed.
        previous: hash of the entry before, :data:`GENESIS` for the first.
        operator: of a command that had failed and was applied again, how: ``retried_by`` and ``retry_reason``, or
            ``skipped_by`` and ``skip_reason``; ``operation`` is the request to do so.
    """

    instance_id: UUID
    sequence: int
    command_id: UUID
    command: str
    effective_at: datetime
    recorded_at: datetime
    actor_key: str
    on_behalf_of: str | None
    request: str
    payload: dict[str, Any]
    events: list[dict[str, Any]]
    service_results: list[dict[str, Any]]
    function_results: list[dict[str, Any]]
    definition_hash: str
    versions: dict[str, int]
    state_digest: str
    previous: str
    entry_hash: str
    operator: Mapping[str, Any]


def compose(
    *,
    instance_id: UUID,
    sequence: int,
    command: Command,
    request: str,
    payload: Mapping[str, Any],
    effective_at: datetime,
    definition_hash: str,
    step: StepResult,
    previous: str,
    operator: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the row of a new entry."""
    actor: dict[str, Any] = {"key": command.actor.key}
    if command.actor.on_behalf_of is not None:
        actor["on_behalf_of"] = command.actor.on_behalf_of
    document: dict[str, Any] = {
        "instance_id": str(instance_id),
        "sequence": sequence,
        "command_id": str(command.command_id),
        "command": command.tag,
        "effective_at": clock.to_text(effective_at),
        "recorded_at": clock.to_text(clock.now()),
        "actor": actor,
        "request": request,
        "payload": payload,
        "events": list(step.stored_events),
        "service_results": list(step.service_results),
        "definition": definition_hash,
        "versions": VERSIONS,
        "state_digest": step.digest,
        "previous": previous,
    }
    if step.function_results:
        document["function_results"] = list(step.function_results)
    document |= operator
    content = canonical_bytes(document)
    return {
        "instance_id": instance_id,
        "sequence": sequence,
        "command_id": command.command_id,
        "document": pack(content, Packing.JOURNAL_1),
        "entry_hash": sha256_hex(content),
    }


def append(writes: Writes, rows: list[dict[str, Any]]) -> None:
    """Collect new entries for writing."""
    writes.add(_INSERT, rows)


def parse(content: bytes, entry_hash: str) -> JournalEntry:
    """Read the document of an entry.

    Raises:
        ValueError: the document is not the JSON of an entry.
    """
    document = orjson.loads(content)
    try:
        return JournalEntry(
            instance_id=UUID(document["instance_id"]),
            sequence=document["sequence"],
            command_id=UUID(document["command_id"]),
            command=document["command"],
            effective_at=clock.from_text(document["effective_at"]),
            recorded_at=clock.from_text(document["recorded_at"]),
            actor_key=document["actor"]["key"],
            on_behalf_of=document["actor"].get("on_behalf_of"),
            request=document["request"],
            payload=document["payload"],
            events=document["events"],
            service_results=document["service_results"],
            function_results=document.get("function_results", []),
            definition_hash=document["definition"],
            versions=document["versions"],
            state_digest=document["state_digest"],
            previous=document["previous"],
            entry_hash=entry_hash,
            operator={key: document[key] for key in OPERATOR if key in document},
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"Expected a journal entry, but {error!r}") from error


def read_journal(connection: Connection, instance_id: UUID) -> list[JournalEntry]:
    """Return all entries of an instance in order."""
    rows = connection.execute(_JOURNAL_OF, {"instance_id": instance_id})
    return [parse(unpack(row.document), row.entry_hash) for row in rows]


def read_documents(connection: Connection, instance_id: UUID) -> list[bytes]:
    """Return the documents of all entries of an instance in order, as they were hashed."""
    return [unpack(row.document) for row in connection.execute(_JOURNAL_OF, {"instance_id": instance_id})]


def find_by_command(connection: Connection, command_id: UUID) -> JournalEntry | None:
    """Return the entry that a command left, if it was applied."""
    row = connection.execute(_FIND_BY_COMMAND, {"command_id": command_id}).one_or_none()
    return None if row is None else parse(unpack(row.document), row.entry_hash)


def any_applied(connection: Connection, command_ids: Collection[UUID]) -> bool:
    """Tell whether one of these commands has left an entry."""
    found = connection.scalar(
        select(journal.c.command_id).where(journal.c.command_id.in_(command_ids)).limit(1)
    )
    return found is not None
